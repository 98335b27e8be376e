"""What the machine did: a disk that is full or fails, memory gone, no right to write, damage.

Such an error is neither of the data nor of the program. It comes up as an exception of whichever
library met it, often wrapped in another; here it is told apart and said in words to act on. No
value of a message of a library is passed on, which may hold part of a row.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from jsna.errors import JsnaError, Problem

#: With fewer bytes free a disk is full.
_NO_ROOM: Final = 1_000_000
_SAFE: Final = "Nothing was published, and the previous report is still in place."
_AGAIN: Final = f"then run the same command again. {_SAFE}"
FULL: Final = (
    "the disk is full, or your share of it used up{left}; free some space (not by deleting "
    f"anything in data/ or reports/), {_AGAIN}"
)
MEMORY: Final = (
    "there was not enough memory; close other programs, build with `--cores 1` or use a machine "
    f"with more, {_AGAIN}"
)
KILLED: Final = (
    "the stage was killed, by somebody or, more often, by the system because memory ran out; close "
    f"other programs, build with `--cores 1` or use a machine with more, {_AGAIN}"
)
_BY_NUMBER: Final = {
    errno.ENOSPC: ("full", FULL),
    errno.EDQUOT: ("full", FULL),
    errno.EFBIG: (
        "size",
        "a file became larger than this disk or the limits of your account (`ulimit -f`) allow; "
        f"use another disk or ask for the limit to be raised, {_AGAIN}",
    ),
    errno.ENOMEM: ("memory", MEMORY),
    errno.EIO: (
        "disk",
        "the disk could not be read or written; it may be failing, or a network disk be gone. "
        f"Have it looked at, and copy what you need from it first; {_AGAIN}",
    ),
    errno.EROFS: ("read_only", f"this disk can be read only; work on another, {_AGAIN}"),
    errno.EACCES: (
        "rights",
        f"you have no right to read or write here, or another program has it open; ask for the "
        f"right, or close what holds it, {_AGAIN}",
    ),
    errno.EMFILE: ("files", f"too many files are open (`ulimit -n`); raise the limit, {_AGAIN}"),
    errno.ESTALE: ("disk", f"a network disk lost the file; wait until it is back, {_AGAIN}"),
    errno.ETIMEDOUT: ("disk", f"a network disk does not answer; wait until it does, {_AGAIN}"),
}  # fmt: skip
for _same, _as in ((errno.EPERM, errno.EACCES), (errno.ENFILE, errno.EMFILE)):
    _BY_NUMBER[_same] = _BY_NUMBER[_as]
_NUMBER = re.compile(r"\[?errno (\d+)\]?", re.IGNORECASE)
#: Words of the parquet reader over bytes that are none of a whole file.
_DAMAGE = re.compile(r"magic bytes|checksum|crc|corrupt|thrift|end of stream|footer", re.IGNORECASE)


def pass_on(error: BaseException) -> None:
    """Raise again what the machine did, where anything else would be said to be a damaged file."""
    if isinstance(error, MemoryError) or _number(error) in _BY_NUMBER:
        raise error


def told(error: BaseException, root: Path) -> JsnaError | None:
    """What the machine did, in words; None where the error is of another kind.

    Args:
        error: any exception; those it came of are looked at too.
        root: of the project; files are named from there.
    """
    for one in _chain(error):
        if isinstance(one, JsnaError):
            return None
        if isinstance(one, MemoryError) or type(one).__name__ == "OutOfMemoryException":
            return _problem("this machine", MEMORY, "memory")
        if (number := _number(one)) in _BY_NUMBER:
            code, rule = _BY_NUMBER[number]
            return _problem(_where(one, root), rule.format(left=_left(root)), code)
        if _is_damage(one):
            rule = f"a file that was read is damaged; get it again from where it came, {_AGAIN}"
            return _problem(_where(one, root), rule, "damaged")
    return None


def of_words(text: str, root: Path) -> JsnaError | None:
    """The same of what another program printed, or where it printed nothing and no room is left."""
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.ENOMEM):
        if os.strerror(number) in text:
            return told(OSError(number, ""), root)
    if "MemoryError" in text:
        return told(MemoryError(), root)
    return told(OSError(errno.ENOSPC, ""), root) if _free(root) < _NO_ROOM else None


def killed() -> JsnaError:
    """Of a stage that somebody, or the system, ended."""
    return _problem("this machine", KILLED, "killed")


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__


def _number(error: BaseException) -> int:
    """The number of a system error; 0 where there is none. Libraries below Python write it out."""
    if isinstance(error, OSError) and error.errno:
        return error.errno
    library = type(error).__module__.split(".")[0].strip("_")
    if isinstance(error, OSError) or library in ("duckdb", "pyarrow"):
        text = str(error)
        if found := _NUMBER.search(text):
            return int(found.group(1))
        if "No space left" in text:
            return errno.ENOSPC
        if type(error).__name__ == "IOException":
            return errno.EIO
    return 0


def _is_damage(error: BaseException) -> bool:
    if isinstance(error, zipfile.BadZipFile | zlib.error):
        return True
    library = type(error).__module__.split(".")[0]
    return (isinstance(error, OSError) or library == "pyarrow") and bool(_DAMAGE.search(str(error)))


def _where(error: BaseException, root: Path) -> str:
    """The folder a file lies in, from the project's; nothing of a path elsewhere."""
    name = getattr(error, "filename", None)
    if isinstance(name, str | bytes):
        folder = Path(name if isinstance(name, str) else name.decode("utf-8", "replace")).parent
        if folder.resolve().is_relative_to(root.resolve()):
            return folder.resolve().relative_to(root.resolve()).as_posix()
    return "this machine"


def _left(root: Path) -> str:
    free = _free(root)
    return f" ({free / 1e6:,.0f} MB are free)" if free != float("inf") else ""


def _free(root: Path) -> float:
    """Bytes free where the project is; infinity where nobody can tell."""
    try:
        return shutil.disk_usage(root).free
    except OSError:
        return float("inf")


def _problem(where: str, rule: str, code: str) -> JsnaError:
    return JsnaError(Problem(where, rule, code=f"machine.{code}"))

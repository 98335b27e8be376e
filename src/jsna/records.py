"""Records of digests: what each file between stages was when its stage wrote it.

Beside every file of a zone (`measures.parquet`) stands its record (`.measures.parquet.sha256`, a
line as `sha256sum` writes it), written by `jsna.io` with the file and compared by `jsna.io` before
the file is read. A file that is not what was recorded, or has no record, is read by nobody. See
docs/decisions/0012-digests-between-stages.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from jsna import zones
from jsna.errors import JsnaError, Problem

#: The folders of `data/processed/<edition>/` whose files have records.
ZONES: Final = frozenset({"identified", "restricted", "safe", "draft"})
#: What a person is given to change, in the folder of an edition; nothing is made from it there.
BY_HAND: Final = ("identified/review/", "restricted/audit.yaml")
#: List of digests a synthetic edition's generator writes beside its files.
DIGESTS: Final = "SHA256SUMS"
#: Public, in the safe zone: what may be said of the protection of an edition.
CERTIFICATE: Final = "certificate.json"
#: What is known of undeclared sums, in the restricted zone.
DISCOVERY: Final = "discovery.json"
#: Restricted: what an attacker is left with of every protected count.
INTERVALS: Final = "intervals.parquet"
#: Restricted: what protection says of its choice for the certificate.
CHOICE: Final = "protection.json"
#: Receipts of `draw`, `write` and `tabulate` in the draft: hidden files, which are not published.
DRAWN: Final = ".draw.json"
WRITTEN: Final = ".write.json"
TABULATED: Final = ".tabulate.json"
#: Path -> what it was (inode, length, time of change) when its digest was last found right.
_seen: dict[Path, tuple[int, int, int]] = {}
#: Files of zones this process wrote.
written: set[Path] = set()


class DamagedError(JsnaError):
    """A file between stages is not, or may not be, what the stage that wrote it left."""


def zone(path: Path, names: Iterable[str] = ZONES) -> Path | None:
    """The zone a path lies in (`…/processed/<edition>/restricted`), if in one of those named."""
    for folder in (path, *path.parents):
        if folder.name in names and folder.parent.parent.name == "processed":
            return folder
    return None


def kept(path: Path) -> bool:
    """Whether a record is kept of a file: it lies in a zone, and is not for a person to change."""
    folder = zone(path.parent)
    if folder is None:
        return False
    return not path.relative_to(folder.parent).as_posix().startswith(BY_HAND)


def beside(path: Path) -> Path:
    """Where the record of a file stands."""
    return path.with_name(f".{path.name}.sha256")


def line(path: Path, digest: str) -> str:
    """The content of the record of a file."""
    return f"{digest}  {path.name}\n"


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def read_digests(path: Path) -> dict[str, str]:
    """File -> SHA-256, from a list as `sha256sum` writes it; empty where there is none."""
    if not path.is_file():
        return {}
    lines = (line.split(maxsplit=1) for line in path.read_text(encoding="utf-8").splitlines())
    return {pair[1].lstrip("*").strip(): pair[0] for pair in lines if len(pair) == 2}


def recorded(path: Path) -> str:
    """The digest recorded of a file of a zone.

    Raises:
        DamagedError: there is no record, or it is not one.
    """
    try:
        words = beside(path).read_text(encoding="ascii").split()
    except FileNotFoundError:
        raise _damaged(path, "stands without the record of its digest") from None
    except UnicodeDecodeError:
        words = []
    if len(words) != 2 or len(words[0]) != 64 or words[1] != path.name:
        raise _damaged(path, f"has a damaged record of its digest ({beside(path).name})")
    return words[0]


def verified(path: Path) -> Path:
    """`path`, if it is what its stage wrote; files of which no record is kept pass.

    A file is read through once in a process for as long as it is not written again.

    Raises:
        DamagedError: it is missing, has no record, or is not what was recorded.
    """
    zones.check(path, writing=False)
    if not kept(path):
        return path
    try:
        state = _state(path)
    except FileNotFoundError:
        raise _damaged(path, "is missing") from None
    if _seen.get(path) != state:
        if sha256(path) != recorded(path):
            raise _damaged(path, "is not as the stage that wrote it left it (by its SHA-256)")
        _seen[path] = state
    return path


def digests(below: Path, files: Iterable[Path]) -> dict[str, str]:
    """What a receipt says of the files of its stage: name below a folder -> recorded digest."""
    return {file.relative_to(below).as_posix(): recorded(file) for file in sorted(files)}


def listed(below: Path, digests: Mapping[str, str]) -> list[Path]:
    """The files a receipt lists, each there and as it was then, in order of their names.

    Raises:
        DamagedError: naming every one that is not.
    """
    problems: list[Problem] = []
    found = []
    for name, digest in sorted(digests.items()):
        file = below / name
        try:
            if recorded(verified(file)) != digest:
                raise _damaged(file, "is not the one its stage listed")
            found.append(file)
        except DamagedError as error:
            problems += error.problems
    if problems:
        raise DamagedError(problems)
    return found


def remove(path: Path) -> None:
    """Remove a file and its record."""
    path.unlink(missing_ok=True)
    beside(path).unlink(missing_ok=True)


def _state(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def named(path: Path) -> str:
    """A file of a zone as the user knows it: `data/processed/<edition>/<zone>/…`."""
    folder = zone(path.parent)
    assert folder is not None
    edition = folder.parent
    return f"data/processed/{edition.name}/{path.relative_to(edition).as_posix()}"


def _damaged(path: Path, what: str) -> DamagedError:
    folder = zone(path.parent)
    assert folder is not None
    rule = (
        f"{what}: it was damaged on the disk, or changed by hand, or a stage was stopped while it "
        "wrote. Nothing was made from it. To have everything of this edition made again run: "
        f"jsna build {folder.parent.name} --force"
    )
    return DamagedError(Problem(named(path), rule, code="storage.damaged"))

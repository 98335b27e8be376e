"""What readers made of official releases, kept in `data/releases/` and shared by editions.

It is a convenience and the home of nothing: a release of which nothing is kept is read, and the
same comes of it. An entry is of the bytes of a release, of what is asked of it, and of the code and
packages that read it; where any of these is another, it is not found. It is one parquet file named
by its own digest too, which takes its place in one step: one cut short, damaged or changed is as
good as none, and of two written at once either stands. Nothing is kept that is not read back as it
was made. See docs/decisions/0045-releases-are-read-once.md.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from jsna.io import text_type, write_bytes
from jsna.releases.release import OfficialTable

if TYPE_CHECKING:
    import pyarrow as pa

#: Folder below `data/`, a zone of its own (`jsna.zones`).
FOLDER: Final = "releases"
#: Modules and packages of jsna that readers of releases stand on: their bytes are in the key of an
#: entry. A test holds them to the imports.
CODE: Final = (
    "errors", "formulas", "io", "machine", "model", "records", "releases", "saying", "settings",
    "shared", "sources", "stages", "tables", "zones",
)  # fmt: skip
#: Packages that they stand on.
PACKAGES: Final = ("numpy", "openpyxl", "pandas", "pyarrow")
#: What an entry says of itself.
_SAYS: Final = b"jsna.release"
#: Letters of a digest in a name: paths are to be short enough for Windows.
_SHORT: Final = 16
_SOURCE: Final = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a release.

    Attributes:
        reader: who reads it: module and name.
        release: SHA-256 of its file.
        name: of its file, which stands in what a reader says.
        what: is asked for, as text.
    """

    reader: str
    release: str
    name: str
    what: tuple[str, ...] = ()


@cache
def code() -> str:
    """Digest of the code and the versions of packages that read releases."""
    digest = hashlib.sha256()
    files = (file for part in CODE for file in _files(part))
    for file in sorted(files):
        digest.update(file.relative_to(_SOURCE).as_posix().encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    versions = [f"{name} {version(name)}" for name in PACKAGES]
    digest.update(repr([sys.version_info[:2], versions]).encode())
    return digest.hexdigest()


def _files(part: str) -> Iterator[Path]:
    """The files of a module or package of jsna that decide what it does."""
    alone = _SOURCE / f"{part}.py"
    if alone.is_file():
        yield alone
    yield from (p for p in (_SOURCE / part).rglob("*") if p.suffix in (".py", ".sql", ".yaml"))


def recall(folder: Path, asked: Asked) -> Any:
    """What was made of a release; None where nothing is kept of it that can be trusted."""
    place = _place(folder, asked)
    for file in sorted(place.parent.glob(f"{place.name}-{code()[:_SHORT]}-*.parquet")):
        try:
            content = file.read_bytes()
            if file.stem.rpartition("-")[2] == _named(content):
                return _read(content, asked)
        except (OSError, ValueError, KeyError, TypeError):
            # It went meanwhile, or is none of ours: the release itself is read.
            continue
    return None


def keep(folder: Path, asked: Asked, made: Any) -> None:
    """Keep what was made of a release, where it has a form that is kept.

    What older code made of it goes. That nothing can be written there stops nobody.
    """
    content = _written(made, asked)
    if content is None or not same(_read(content, asked), made):
        return
    place, of = _place(folder, asked), f"-{code()[:_SHORT]}-"
    with suppress(OSError):
        write_bytes(place.with_name(f"{place.name}{of}{_named(content)}.parquet"), content)
        for other in place.parent.glob(f"{place.name}-*.parquet"):
            if of not in other.name:
                other.unlink(missing_ok=True)


def _place(folder: Path, asked: Asked) -> Path:
    """Where what is kept of something asked stands, and how its name begins."""
    text = json.dumps(asdict(asked), sort_keys=True)
    name = hashlib.sha256(text.encode()).hexdigest()[:_SHORT]
    short = re.sub(r"[^\w.]", "_", asked.reader.removeprefix("jsna.releases."))
    return folder / asked.release[:_SHORT] / f"{short}-{name}"


def _named(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[: 2 * _SHORT]


def _written(made: Any, asked: Asked) -> bytes | None:
    """An entry; None of what has no form that is kept."""
    import pyarrow as pa
    from pyarrow import parquet as pq

    tables = made if isinstance(made, dict) else {"": made}
    frames, shape = [], []
    for name, one in tables.items():
        frame, said = one, {}
        if isinstance(one, OfficialTable) and not one.scopes:
            frame, said = one.frame, {"where": one.where, "footnotes": one.footnotes}
        if not isinstance(frame, pd.DataFrame) or not isinstance(name, str):
            return None
        frames.append(frame)
        shape.append({"name": name, "rows": len(frame), **said})
    if not frames or any(not one.dtypes.equals(frames[0].dtypes) for one in frames):
        return None
    try:
        table = pa.Table.from_pandas(pd.concat(frames, ignore_index=True), preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return None
    says = {**asdict(asked), "code": code(), "several": isinstance(made, dict), "tables": shape}
    table = table.replace_schema_metadata({_SAYS: json.dumps(says).encode()})
    out = BytesIO()
    pq.write_table(table, out, compression="zstd", write_page_checksum=True)
    return out.getvalue()


def _read(content: bytes, asked: Asked) -> Any:
    """What an entry holds.

    Raises:
        ValueError, KeyError, TypeError: it is no entry, or one of something else.
    """
    import pyarrow as pa
    from pyarrow import parquet as pq

    with pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True) as file:
        table = file.read(use_threads=False)
    says = json.loads(table.schema.metadata[_SAYS])
    own = {**asdict(asked), "what": [*asked.what], "code": code()}
    if any(says[name] != value for name, value in own.items()):
        raise ValueError("an entry of something else")
    found, at = {}, 0
    for one in says["tables"]:
        found[one["name"]] = _one(table.slice(at, one["rows"]), one)
        at += one["rows"]
    return found if says["several"] else found[""]


def _one(table: pa.Table, says: dict[str, Any]) -> pd.DataFrame | OfficialTable:
    frame: pd.DataFrame = table.replace_schema_metadata(None).to_pandas(types_mapper=text_type)
    if "where" not in says:
        return frame
    return OfficialTable(frame, says["where"], tuple(says["footnotes"]))


def same(one: Any, other: Any) -> bool:
    """Whether two things that readers made are equal: every cell, its type, and all beside it."""
    if isinstance(one, OfficialTable) and isinstance(other, OfficialTable):
        beside = [(t.where, t.footnotes, t.scopes) for t in (one, other)]
        return beside[0] == beside[1] and same(one.frame, other.frame)
    if isinstance(one, pd.DataFrame) and isinstance(other, pd.DataFrame):
        alike = one.dtypes.equals(other.dtypes) and type(one.index) is type(other.index)
        return alike and one.index.equals(other.index) and one.equals(other)
    if isinstance(one, dict) and isinstance(other, dict):
        return [*one] == [*other] and all(same(made, other[name]) for name, made in one.items())
    return False

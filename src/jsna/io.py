"""Files: where things are, and the only ways they are written and read between stages.

Every write is atomic (a temporary file beside the target, then a rename), so that a failed run
leaves the previous result in place. Files of the identified and restricted zones are created
private to the user. Parquet bytes depend on the content alone. Every file of a zone is written
with the record of its digest, and compared with it before it is read (`jsna.records`).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsna import records, zones
from jsna.errors import JsnaError, Problem
from jsna.records import remove, sha256, verified

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

# pandas and pyarrow are imported where they are used: they take longer to import than some stages,
# which need paths and digests alone, to run.

__all__ = ["remove", "sha256", "verified"]

PRIVATE = ("identified", "restricted")
#: Name of a temporary file (see `_temporary`): its target's, eight letters, its target's ending.
_LEFT = re.compile(r"\..+\.[a-z0-9_]{8}(\.\w+)?")


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one edition below the project's root."""

    root: Path
    edition: str

    @property
    def raw(self) -> Path:
        """Files as received; never edited."""
        return self.root / "data" / "raw" / self.edition

    @property
    def published(self) -> Path:
        """Official releases as fetched."""
        return self.raw / "published"

    @property
    def area(self) -> Path:
        """What was derived of the edition's authority from its releases."""
        return self.root / "data" / "processed" / self.edition / "area.json"

    @property
    def identified(self) -> Path:
        """Staged, validated and quarantined rows: only ingest and linkage open it."""
        return self.root / "data" / "processed" / self.edition / "identified"

    @property
    def restricted(self) -> Path:
        """Person keys and unprotected aggregates; no direct identifiers."""
        return self.root / "data" / "processed" / self.edition / "restricted"

    @property
    def safe(self) -> Path:
        """Protected aggregates: only the disclosure stage writes it."""
        return self.root / "data" / "processed" / self.edition / "safe"

    @property
    def draft(self) -> Path:
        """The report while it is being made, from `safe` and configuration alone.

        `seal` publishes it as a whole, so that a failed run leaves the last report.
        """
        return self.root / "data" / "processed" / self.edition / "draft"

    @property
    def reports(self) -> Path:
        """What is published: only `seal` writes here."""
        return self.root / "reports" / self.edition

    @property
    def sealed(self) -> Path:
        """The receipt of `seal`: the digest of the manifest that was published."""
        return self.root / "data" / "processed" / self.edition / "seal.json"


def _private(path: Path) -> Path | None:
    """What of an edition is its owner's alone and holds a path: a private zone, or its extracts."""
    for folder in (path, *path.parents):
        if folder.parent.name == "raw" and folder.parent.parent.name == "data":
            return folder
    return records.zone(path, PRIVATE)


def make_folder(path: Path) -> Path:
    """Create a folder; those of the private zones are readable by the user alone."""
    missing = [p for p in (path, *path.parents) if not p.exists()]
    path.mkdir(parents=True, exist_ok=True)
    if (zone := _private(path)) is not None:
        # The zone itself may be there already: Snakemake makes it, readable by others.
        for folder in {zone, *(p for p in missing if p.is_relative_to(zone))}:
            folder.chmod(0o700)
    return path


@contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[Path]:
    """A temporary file beside `path` that takes its place when the block ends well.

    Args:
        path: where to; in a zone the record of the file's digest is written with it.
        private: only the user may read it, as in a private zone.
    """
    zones.check(path, writing=True)
    make_folder(path.parent)
    rights = 0o600 if private or _private(path) is not None else 0o644
    with _temporary(path) as temporary:
        yield temporary
        temporary.chmod(rights)
        if not records.kept(path):
            temporary.replace(path)
            return
        record = records.beside(path)
        with _temporary(record) as beside:
            beside.write_text(records.line(path, sha256(temporary)), encoding="ascii")
            beside.chmod(rights)
            # Both are on the disk before either is in place: with the disk full neither is.
            beside.replace(record)
            temporary.replace(path)
        records.written.add(path)


@contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    """An empty file beside another, removed at the end if it is still there."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def clear_left(paths: Paths) -> None:
    """Remove what killed processes were writing in the zones of an edition: it may hold rows.

    To be called while no stage is at work.
    """
    for zone in (paths.identified, paths.restricted, paths.safe, paths.draft):
        for file in sorted(zone.rglob(".*")):
            if _LEFT.fullmatch(file.name) and file.is_file():
                file.unlink()


def write_bytes(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write bytes in one step (see `replacing`)."""
    with replacing(path, private=private) as temporary:
        temporary.write_bytes(content)


def write_text(path: Path, content: str) -> None:
    """Write UTF-8 text with LF line ends in one step."""
    write_bytes(path, content.encode("utf-8"))


def write_json(path: Path, content: Any) -> None:
    """Write JSON with sorted keys in one step."""
    write_text(path, json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def write_parquet(
    path: Path, table: pd.DataFrame | pa.Table, metadata: Mapping[str, str] | None = None
) -> None:
    """Write parquet whose bytes depend on rows, types and `metadata` alone."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not isinstance(table, pa.Table):
        table = pa.Table.from_pandas(table, preserve_index=False)
    kept = {key.encode(): value.encode() for key, value in sorted((metadata or {}).items())}
    table = table.replace_schema_metadata(kept or None)
    with replacing(path) as temporary:
        pq.write_table(
            table,
            temporary,
            compression="zstd",
            row_group_size=250_000,
            write_page_checksum=True,
        )


def database(spill: Path | None = None) -> duckdb.DuckDBPyConnection:
    """An empty database in memory.

    It never stops to write its tables out more tightly, which takes longer than to make them.

    Args:
        spill: folder for what memory does not hold. Else the database chooses one in the working
            folder, where no rows with identifiers must go.
    """
    import duckdb

    settings: dict[str, Any] = {"checkpoint_threshold": "1TB"}
    if spill is not None:
        settings["temp_directory"] = spill.as_posix()
    return duckdb.connect(config=settings)


def asked() -> duckdb.DuckDBPyConnection:
    """A connection that sees what is registered on it, and temporary tables of its own, alone.

    A process keeps one database open, which takes long. The connection is to be closed.
    """
    return _kept(os.getpid()).cursor()


@cache
def _kept(process: int) -> duckdb.DuckDBPyConnection:
    """The database of a process: what one opened before it was divided is of no use to both."""
    import duckdb

    return duckdb.connect()


def read_table(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Read parquet into an Arrow table.

    Raises:
        DamagedError: it is not what was written.
    """
    import pyarrow.parquet as pq

    # `pq.read_table` goes through `pyarrow.dataset`, which imports pandas.
    with pq.ParquetFile(verified(path), page_checksum_verification=True) as file:
        return file.read(columns=columns)


def read_parquet(path: Path, columns: list[str] | None = None) -> pd.DataFrame:
    """Read parquet into an Arrow-backed frame.

    Raises:
        DamagedError: it is not what was written.
    """
    frame: pd.DataFrame = read_table(path, columns).to_pandas(types_mapper=text_type)
    return frame


def text_type(kind: pa.DataType) -> Any:
    """The pandas type of a column of text; None for others (a `types_mapper` of pyarrow)."""
    import pandas as pd
    import pyarrow as pa

    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    return pd.StringDtype(na_value=float("nan")) if is_text else None


def parquet_metadata(path: Path) -> dict[str, str]:
    """What `write_parquet` was given as `metadata`."""
    import pyarrow.parquet as pq

    found = pq.read_schema(verified(path)).metadata or {}
    return {key.decode(): value.decode() for key, value in found.items()}


def read_measures(path: Path, *, cells: bool = False) -> pd.DataFrame:
    """The measures in a file, of this version of the schema and obeying it.

    Args:
        cells: whether it holds the cells of the counts too: in the restricted zone only.

    Raises:
        JsnaError: written to another version of the schema, or breaking it.
    """
    from jsna.model import schema

    version = parquet_metadata(path).get(schema.VERSION_KEY, "none")
    if version != schema.SCHEMA_VERSION:
        rule = (
            f"holds measures of schema version {version}, and this is version "
            f"{schema.SCHEMA_VERSION}; build the edition again with this version of jsna"
        )
        raise JsnaError(Problem(path.name, rule, code="measure.version"))
    return schema.check(read_parquet(path), path.name, cells=cells)


def write_measures(path: Path, frame: pd.DataFrame, *, cells: bool = False) -> None:
    """Write measures, checked, with the version of the schema; see `read_measures`."""
    from jsna.model import schema

    metadata = {schema.VERSION_KEY: schema.SCHEMA_VERSION}
    write_parquet(path, schema.check(frame, path.name, cells=cells), metadata)


def read_text(path: Path) -> str:
    """Read UTF-8 text; raises DamagedError where it lies in a zone and is not what was written."""
    return verified(path).read_text(encoding="utf-8")


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        DamagedError: it lies in a zone and is not what was written.
    """
    return json.loads(read_text(path))


def period_file(period: str) -> str:
    """File name of one period's rows: `2024/25` gives `2024-25.parquet`."""
    return f"{period.replace('/', '-')}.parquet"


@contextmanager
def scratch(path: Path) -> Iterator[Path]:
    """An empty folder that is gone when the block ends."""
    clear_folder(path)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def renewing(path: Path) -> Iterator[Path]:
    """An empty folder that takes the place of `path` when the block ends well."""
    with scratch(path.with_name(f"{path.name}.new")) as new:
        yield new
        shutil.rmtree(path, ignore_errors=True)
        new.rename(path)


def clear_folder(path: Path) -> None:
    """Remove a stage's own earlier output, so that nothing stale is read as new."""
    if path.is_dir():
        shutil.rmtree(path)
    make_folder(path)

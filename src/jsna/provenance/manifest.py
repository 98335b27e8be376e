"""The manifest: every input and output of an edition with its digest, and every version used.

Files of the identified and restricted zones carry keyed digests: a plain digest of a small
restricted table would let an outsider test guesses against it.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib.metadata
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsna import __version__, io
from jsna.edition import Configuration
from jsna.workflow import CODE, configuration_files

if TYPE_CHECKING:
    import pyarrow as pa

#: Packages whose version can change a byte of the output.
PACKAGES = (
    "duckdb",
    "fonttools",
    "jinja2",
    "matplotlib",
    "numpy",
    "openpyxl",
    "pandas",
    "pandera",
    "pikepdf",
    "pyarrow",
    "pydantic",
    "scipy",
    "snakemake",
    "weasyprint",
)


def keyed_digest(path: Path, key: bytes) -> str:
    """HMAC-SHA256 of a file, in hexadecimal."""
    with path.open("rb") as handle:
        return hmac.new(key, hashlib.file_digest(handle, "sha256").digest(), "sha256").hexdigest()


def content_digest(path: Path) -> str:
    """Digest of a parquet table's content, the same across versions of the parquet writer.

    Columns and rows are sorted and numbers written with twelve significant digits.
    """
    table = io.read_table(path)
    columns = sorted(table.column_names)
    texts = [_as_text(table.column(column)) for column in columns]
    lines = sorted("\x1f".join(row) for row in zip(*texts, strict=True))
    return hashlib.sha256("\n".join(["\x1f".join(columns), *lines]).encode()).hexdigest()


def _as_text(column: pa.ChunkedArray[Any]) -> list[str]:
    """Cells as text, "" where empty; a whole number is written alike in a column with gaps."""
    import pyarrow as pa

    if pa.types.is_integer(column.type) and column.null_count:
        column = column.cast(pa.float64())
    cells = column.to_pylist()
    if pa.types.is_floating(column.type):
        return ["" if v is None or v != v else f"{v:.12g}" for v in cells]
    return ["" if v is None else str(v) for v in cells]


def manifest(
    config: Configuration, paths: io.Paths, outputs: dict[str, Path], key: bytes, key_name: str
) -> dict[str, Any]:
    """The manifest of an edition.

    Args:
        config: the edition's configuration.
        paths: its folders.
        outputs: name below `reports/<edition>/` -> file, of everything published.
        key: keys the digests of files that are not public.
        key_name: fingerprint of the key; never the key.
    """
    from jsna.provenance.fingerprint import fingerprint

    root = paths.root
    edition = config.edition
    extracts = sorted({f for d in edition.received for f in d.files.values()})
    releases = sorted({source.file for _, source in config.sources.values()})
    return {
        "edition": edition.edition,
        "title": edition.title,
        "synthetic": edition.synthetic,
        "published": edition.published.isoformat(),
        "jsna": __version__,
        "configuration": {
            name: {"sha256": io.sha256(root / name)} for name in configuration_files(config, root)
        },
        "inputs": {
            "extracts": {name: _record(paths.raw / name, key) for name in extracts},
            "releases": {name: _record(paths.published / name) for name in releases},
        },
        "not_linked": {f"{d.extract} {d.period}": d.unrecorded for d in edition.unlinked},
        "intermediate": {
            file.relative_to(paths.identified.parent).as_posix(): _record(file, key)
            for file in finished((paths.identified, paths.restricted))
        },
        "safe": {
            file.relative_to(paths.safe.parent).as_posix(): {
                **_record(file),
                **({"content": content_digest(file)} if file.suffix == ".parquet" else {}),
            }
            for file in finished((paths.safe,))
        },
        "certificate": _certificate(paths),
        "outputs": {name: _record(file) for name, file in sorted(outputs.items())},
        "code": {stage: fingerprint(*modules) for stage, modules in CODE.items()},
        "lock": _record(root / "requirements.lock") if _locked(root) else None,
        "person_key": key_name,
        "versions": versions(),
    }


def _certificate(paths: io.Paths) -> Any:
    """What was proved of the safe measures; the report is not written without it."""
    file = paths.safe / "certificate.json"
    return io.read_json(file) if file.is_file() else None


def _locked(root: Path) -> bool:
    return (root / "requirements.lock").is_file()


def finished(folders: Iterable[Path]) -> list[Path]:
    """Files below the folders, without what a killed process left half written (`io.replacing`)."""
    files = (p for folder in folders for p in folder.rglob("*") if p.is_file())
    return sorted(file for file in files if not file.name.startswith("."))


def _record(path: Path, key: bytes | None = None) -> dict[str, Any]:
    size = path.stat().st_size
    if key is not None:
        return {"hmac_sha256": keyed_digest(path, key), "bytes": size}
    return {"sha256": io.sha256(path), "bytes": size}


def versions() -> dict[str, str]:
    """Versions of Python, of the packages and of the text-shaping libraries in use."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    found.update(_shaping_libraries())
    return found


def _shaping_libraries() -> dict[str, str]:
    """Pango and HarfBuzz can move lines of text, so their versions belong to the record."""
    import ctypes
    import ctypes.util

    found = {}
    for name, library, call in (
        ("pango", "pango-1.0", "pango_version_string"),
        ("harfbuzz", "harfbuzz", "hb_version_string"),
    ):
        file = ctypes.util.find_library(library)
        if file is None:
            found[name] = "not found"
            continue
        function = getattr(ctypes.CDLL(file), call)
        function.restype = ctypes.c_char_p
        found[name] = function().decode()
    return found

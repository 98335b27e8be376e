"""Digests of files and of what tables say.

A plain digest is for what everybody may have. Of a private file it would let somebody who knows
all but one row test guesses at that row; so would its length, or a digest of its own in each of two
publications, which tells whether the file changed. Private files are therefore named by one keyed
digest over all of them together.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jsna import io

if TYPE_CHECKING:
    import pyarrow as pa

#: Significant digits of numbers in open data.
DIGITS: Final = 10


def record(path: Path) -> dict[str, Any]:
    """Digest and length of a file that everybody may have."""
    return {"sha256": io.sha256(path), "bytes": path.stat().st_size}


def keyed(key: bytes, digests: Mapping[str, str]) -> str:
    """HMAC-SHA256 over files together, in hexadecimal: any change of any of them changes it.

    Args:
        key: the secret.
        digests: name of each file -> its SHA-256.
    """
    text = json.dumps(dict(digests), sort_keys=True, ensure_ascii=False)
    return hmac.new(key, b"v2|jsna|files:" + text.encode(), "sha256").hexdigest()


def content_digest(path: Path) -> str:
    """Digest of what a parquet table of measures says; `open_data_digest` of its open data.

    It is the same across versions of the parquet writer, and can be made of the open data alone.
    """
    table = io.read_table(path)
    return _digest({name: _as_text(table.column(name)) for name in table.column_names})


def open_data_digest(rows: Sequence[Mapping[str, str | float]], columns: Iterable[str]) -> str:
    """The same of rows read from open data.

    Args:
        rows: text and numbers by column, nan where empty.
        columns: those of the measure table.
    """
    return _digest({name: [_written(row[name]) for row in rows] for name in columns})


def _digest(texts: Mapping[str, Sequence[str]]) -> str:
    columns = sorted(texts)
    lines = sorted("\x1f".join(row) for row in zip(*(texts[c] for c in columns), strict=True))
    return hashlib.sha256("\n".join(["\x1f".join(columns), *lines]).encode()).hexdigest()


def _as_text(column: pa.ChunkedArray[Any]) -> list[str]:
    """Cells as text, "" where empty; a whole number is written alike in a column with gaps."""
    import pyarrow as pa

    if pa.types.is_integer(column.type):
        column = column.cast(pa.float64())
    return [_written("" if cell is None else cell) for cell in column.to_pylist()]


def _written(cell: Any) -> str:
    """A cell as open data have it: text on one line, numbers of ten significant digits."""
    if isinstance(cell, float):
        return "" if cell != cell else f"{cell:.{DIGITS}g}"
    return " ".join(str(cell).split())

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
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsna import io

if TYPE_CHECKING:
    import pyarrow as pa


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

"""Parquet to a grid: cells that come with types, as the text `typed_files` makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jsna.ingest.grid import Findings, Grid
from jsna.ingest.header import locate, refuse_without_header, too_wide
from jsna.ingest.typed_files import text_of
from jsna.machine import limits, trouble
from jsna.model.contract import Table

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


def read_parquet(content: bytes, table: Table, findings: Findings) -> Grid | None:
    """Read a parquet file; rows are numbered from 2, as if the header were row 1."""
    import numpy as np
    import pyarrow as pa

    file = _parquet(content, table, findings)
    if file is None:
        return None
    try:
        stored = file.read(use_threads=False)
        limits.check_size(sum(map(_spelt_out, stored.columns)), unpacked=True)
    except limits.TooLargeError as large:
        findings.refuse("file.large", str(large))
        return None
    except (pa.ArrowException, OSError) as error:
        _refuse_damaged(error, findings)
        return None
    columns = [_text_column(column) for column in stored.columns]
    rows = np.arange(2, stored.num_rows + 2, dtype=np.int64)
    return Grid(tuple(stored.column_names), columns, rows, typed=True)


def head_parquet(content: bytes, table: Table, findings: Findings) -> list[str] | None:
    """The names of the columns of a parquet file; None where they cannot be told."""
    file = _parquet(content, table, findings)
    return None if file is None else list(file.schema_arrow.names)


def _parquet(content: bytes, table: Table, findings: Findings) -> pq.ParquetFile | None:
    """A parquet file that has the columns of the table, its rows not yet read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # Unlike `read_table` this reads two columns of one name, which is then told.
        # Texts are not spelt out before it is known how long they are together.
        texts = [
            field.name for field in pq.read_schema(pa.BufferReader(content)) if _is_text(field.type)
        ]
        file = pq.ParquetFile(
            pa.BufferReader(content), page_checksum_verification=True, read_dictionary=texts
        )
        limits.check_cells(file.metadata.num_rows * file.metadata.num_columns)
        if too_wide(file.metadata.num_columns, findings):
            return None
    except limits.TooLargeError as large:
        findings.refuse("file.large", str(large))
        return None
    except (pa.ArrowException, OSError) as error:
        _refuse_damaged(error, findings)
        return None
    header = list(file.schema_arrow.names)
    if not locate([header], table).enough:
        refuse_without_header([header], table, findings)
        return None
    return file


def _refuse_damaged(error: Exception, findings: Findings) -> None:
    trouble.pass_on(error)
    rule = "this is not a whole parquet file: it was cut short, damaged or renamed; "
    findings.refuse("file.truncated", rule + "ask for it again")


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return pa.types.is_string(kind) or pa.types.is_large_string(kind)  # type: ignore[no-any-return]


def _spelt_out(column: pa.ChunkedArray[Any]) -> int:
    """Bytes of a column of texts that are each stored once, written out in every row."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(column.type):
        return 0
    lengths = (
        pc.sum(pc.binary_length(part.dictionary).take(part.indices)).as_py() or 0
        for part in column.chunks
        if pa.types.is_string(part.dictionary.type)
        or pa.types.is_large_string(part.dictionary.type)
    )
    return sum(lengths)


def _text_column(column: pa.ChunkedArray[Any]) -> pa.Array[Any]:
    """A typed Arrow column as canonical text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    parts = column.chunks
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
        parts = [part.dictionary_decode() for part in parts]
    whole = pa.concat_arrays(parts) if parts else pa.array([], kind)
    if _is_text(kind):
        return pc.if_else(pc.equal(whole, ""), None, whole).cast(pa.string())
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_date32(kind):
        return whole.cast(pa.string())
    # Few columns of few rows come as anything else: numbers and times.
    return pa.array([text_of(value) for value in whole.to_pylist()], pa.string())

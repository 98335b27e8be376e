"""Tables of the database written as they are worked out, so that no whole one is held twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jsna import io

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

#: Rows of a row group, as `io.write_parquet` has them.
_ROWS: Final = 250_000


def write(database: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Write what a query gives, as `io.write_parquet` would; returns how many rows there are."""
    import pyarrow.parquet as pq

    rows = 0
    batches = database.sql(query).to_arrow_reader(_ROWS)
    with (
        io.replacing(path) as temporary,
        pq.ParquetWriter(
            temporary, batches.schema, compression="zstd", write_page_checksum=True
        ) as writer,
    ):
        for group in _groups(batches):
            writer.write_table(group, _ROWS)
            rows += group.num_rows
    return rows


def _groups(batches: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """Batches put together into row groups, each in one piece but the last of full size."""
    import pyarrow as pa

    held, whole = batches.schema.empty_table(), 0
    for batch in batches:
        held = pa.concat_tables([held, pa.Table.from_batches([batch])])
        while held.num_rows >= _ROWS:
            yield held.slice(0, _ROWS).combine_chunks()
            held, whole = held.slice(_ROWS), whole + 1
    # A table without rows has a row group too.
    if held.num_rows or not whole:
        yield held.combine_chunks()

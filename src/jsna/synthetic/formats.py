"""How each file is written: in the mixture of forms real deliveries come in.

A CSV must keep its published form to the letter, so it cannot say inside that it is synthetic: its
name begins with `synthetic_`, and `SYNTHETIC.txt` stands beside it. Workbooks and parquet files
say so in their properties as well.

Rows come in blocks, and each is written before the next is made. Of a workbook its archive is held
whole: a sheet holds a million rows at most.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Final, TypeAlias

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from jsna.machine.archives import timeless
from jsna.model.contract import Table

#: Begins the rows of a file again.
Blocks: TypeAlias = Callable[[], Iterable[pa.Table]]
#: Rows a sheet holds, with its header.
_SHEET: Final = 1_048_576
NOTICE = "Synthetic: every person, place and number in this file is invented."


@dataclass(frozen=True, slots=True)
class Style:
    """How the CSV files of an extract look: encoding, line ends and how dates are written."""

    encoding: str = "utf-8"
    crlf: bool = False
    date: str = "%Y-%m-%d"


def write(to: BinaryIO, name: str, style: Style, table: Table, blocks: Blocks) -> None:
    """Write a file.

    Args:
        to: an empty file, open to be written.
        name: of the file; its ending says the format.
        style: of the extract's CSV files.
        table: the declaration, for the headers.
        blocks: gives its rows: columns by field, typed; at least one block, be it empty.

    Raises:
        ValueError: more rows than a workbook's sheet holds.
    """
    headers = [column.name for column in table.columns]

    def named() -> Iterator[pa.Table]:
        for rows in blocks():
            yield _as_written(table, rows).rename_columns(headers)

    if name.endswith(".parquet"):
        _parquet(to, named())
    elif name.endswith(".xlsx"):
        to.write(_workbook(table.name, headers, named()))
    else:
        _csv(to, headers, named, style)


def _as_written(table: Table, rows: pa.Table) -> pa.Table:
    """The rows with codes and missing values as the file's own form writes them."""
    import pyarrow.compute as pc

    for position, column in enumerate(table.columns):
        values = rows.column(position)
        if column.spellings:
            codes = pa.array([code for _, code in column.spellings])
            texts = pa.array([text for text, _ in column.spellings])
            written = texts.take(pc.index_in(values, value_set=codes).combine_chunks())
            values = pc.coalesce(written, values)
        if column.absent and column.type in ("string", "code"):
            values = pc.fill_null(values, column.absent[0])
        rows = rows.set_column(position, column.field, values)
    return rows


def _csv(to: BinaryIO, headers: list[str], blocks: Blocks, style: Style) -> None:
    """Lines of a CSV, quoted only where a cell of the file needs it."""
    try:
        _lines(to, headers, blocks(), style, "none")
    except pa.ArrowInvalid:
        # A cell holds a comma or a quotation mark: all text is quoted then, from the first line on.
        to.seek(0)
        to.truncate()
        _lines(to, headers, blocks(), style, "needed")


def _lines(
    to: BinaryIO, headers: list[str], blocks: Iterable[pa.Table], style: Style, quoting: str
) -> None:
    import csv

    # It writes the mark some encodings begin with once.
    encoder = codecs.getincrementalencoder(style.encoding)()

    def write(lines: bytes) -> None:
        lines = lines.replace(b"\n", b"\r\n") if style.crlf else lines
        to.write(lines if style.encoding == "utf-8" else encoder.encode(lines.decode()))

    header = io.StringIO()
    csv.writer(header, lineterminator="\n").writerow(headers)
    write(header.getvalue().encode())
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style=quoting)
    for rows in blocks:
        buffer = io.BytesIO()
        pyarrow.csv.write_csv(_with_dates(rows, style.date), buffer, options)
        write(buffer.getvalue())


def _with_dates(rows: pa.Table, form: str) -> pa.Table:
    """The rows with their days as text."""
    for position, column in enumerate(rows.columns):
        if pa.types.is_date32(column.type):
            rows = rows.set_column(position, rows.column_names[position], _dates(column, form))
    return rows


def _dates(column: pa.ChunkedArray[Any], form: str) -> pa.Array[Any]:
    """Days as text; each different day is written once and looked up."""
    encoded = column.combine_chunks().dictionary_encode()
    words = [None if day is None else day.strftime(form) for day in encoded.dictionary.to_pylist()]
    return pa.array(words, type=pa.string()).take(encoded.indices)


def _parquet(to: BinaryIO, blocks: Iterable[pa.Table]) -> None:
    with ExitStack() as files:
        writer = None
        for rows in blocks:
            rows = rows.replace_schema_metadata({b"notice": NOTICE.encode()})
            if writer is None:
                writer = pq.ParquetWriter(to, rows.schema, compression="zstd")
                files.enter_context(writer)
            writer.write_table(rows, row_group_size=250_000)


def _workbook(sheet_name: str, headers: list[str], blocks: Iterable[pa.Table]) -> bytes:
    """A workbook of one sheet, with nothing in it that tells when it was written."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.title = NOTICE
    book.properties.creator = "jsna"
    book.properties.created = book.properties.modified = datetime(2000, 1, 1)
    sheet = book.create_sheet(sheet_name)
    sheet.append(headers)
    written = 1
    for rows in blocks:
        written += len(rows)
        if written > _SHEET:
            raise ValueError(f"{sheet_name}: a sheet holds {_SHEET - 1:,} rows and no more")
        for line in zip(*(column.to_pylist() for column in rows.columns), strict=True):
            sheet.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return timeless(buffer.getvalue())

"""How each file is written: in the mixture of forms real deliveries come in.

A CSV must keep its published form to the letter, so it cannot say inside that it is synthetic: its
name begins with `synthetic_`, and `SYNTHETIC.txt` stands beside it. Workbooks and parquet files
say so in their properties as well.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from jsna.machine.archives import timeless
from jsna.model.contract import Table

NOTICE = "Synthetic: every person, place and number in this file is invented."


@dataclass(frozen=True, slots=True)
class Style:
    """How the CSV files of an extract look: encoding, line ends and how dates are written."""

    encoding: str = "utf-8"
    crlf: bool = False
    date: str = "%Y-%m-%d"


def encode(name: str, style: Style, table: Table, rows: pa.Table) -> bytes:
    """The bytes of a file.

    Args:
        name: of the file; its ending says the format.
        style: of the extract's CSV files.
        table: the declaration, for the headers.
        rows: columns by field, typed.
    """
    headers = [column.name for column in table.columns]
    named = _as_written(table, rows).rename_columns(headers)
    if name.endswith(".parquet"):
        return _parquet(named)
    if name.endswith(".xlsx"):
        return _workbook(table.name, named)
    return _csv(named, style)


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


def _csv(rows: pa.Table, style: Style) -> bytes:
    import csv

    for position, column in enumerate(rows.columns):
        if pa.types.is_date32(column.type):
            name = rows.column_names[position]
            rows = rows.set_column(position, name, _dates(column, style.date))
    header = io.StringIO()
    csv.writer(header, lineterminator="\n").writerow(rows.column_names)
    content = header.getvalue().encode() + _lines(rows)
    if style.crlf:
        content = content.replace(b"\n", b"\r\n")
    return content if style.encoding == "utf-8" else content.decode().encode(style.encoding)


def _lines(rows: pa.Table) -> bytes:
    """Lines of a CSV, quoted only where a cell needs it."""
    for style in ("none", "needed"):
        buffer = io.BytesIO()
        options = pyarrow.csv.WriteOptions(include_header=False, quoting_style=style)
        try:
            pyarrow.csv.write_csv(rows, buffer, options)
        except pa.ArrowInvalid:
            # A cell holds a comma or a quotation mark: all text is quoted then.
            continue
        return buffer.getvalue()
    raise AssertionError("quoting where needed cannot fail")


def _dates(column: pa.ChunkedArray[Any], form: str) -> pa.Array[Any]:
    """Days as text; each different day is written once and looked up."""
    encoded = column.combine_chunks().dictionary_encode()
    words = [None if day is None else day.strftime(form) for day in encoded.dictionary.to_pylist()]
    return pa.array(words, type=pa.string()).take(encoded.indices)


def _parquet(rows: pa.Table) -> bytes:
    buffer = io.BytesIO()
    rows = rows.replace_schema_metadata({b"notice": NOTICE.encode()})
    pq.write_table(rows, buffer, compression="zstd", row_group_size=250_000)
    return buffer.getvalue()


def _workbook(sheet_name: str, rows: pa.Table) -> bytes:
    """A workbook of one sheet, with nothing in it that tells when it was written."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.title = NOTICE
    book.properties.creator = "jsna"
    book.properties.created = book.properties.modified = datetime(2000, 1, 1)
    sheet = book.create_sheet(sheet_name)
    sheet.append(rows.column_names)
    for line in zip(*(column.to_pylist() for column in rows.columns), strict=True):
        sheet.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return timeless(buffer.getvalue())

"""The workbook as .xlsx, made by gptables, the Analysis Function's own tool for its guidance."""

from __future__ import annotations

import io
import warnings
from datetime import datetime
from typing import Any, Final

import gptables
import pandas as pd

from jsna.workbook import book as books
from jsna.workbook.archive import packed
from jsna.workbook.book import Book, Sheet

#: Text is text, whatever it looks like; nothing is written to the disk on the way.
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def written(book: Book) -> bytes:
    """The bytes of the workbook: they depend on `book` and the versions of the libraries alone."""
    made = io.BytesIO()
    parts = dict(book.cover)
    with warnings.catch_warnings():
        # The notes are a table like the others, in the list of contents, and not gptables' own.
        warnings.filterwarnings("ignore", message="No note text provided")
        # What it calls of pandas still does what it did.
        warnings.filterwarnings("ignore", category=pd.errors.Pandas4Warning)
        workbook = gptables.produce_workbook(
            made,
            sheets={sheet.name: _table(sheet) for sheet in book.sheets},
            cover=gptables.Cover(
                title=book.title,
                intro=list(parts[books.INTRO]),
                about=list(parts[books.ABOUT]),
                contact=list(parts[books.CONTACT]),
                cover_label=books.COVER,
            ),
            contentsheet_label=books.CONTENTS,
            contentsheet_options={
                "title": books.CONTENTS_TITLE,
                "instructions": books.ONE_TABLE,
                "column_names": list(books.CONTENTS_HEADER),
                "table_name": "contents",
            },
            auto_width=False,
            workbook_options=_OPTIONS,
        )
    workbook.set_properties(
        {
            "title": book.title,
            "author": book.author,
            "subject": book.subject,
            "created": datetime(book.published.year, book.published.month, book.published.day),
        }
    )
    sheets = {sheet.name: sheet for sheet in (book.contents(), *book.sheets)}
    for worksheet in workbook.worksheets():
        if worksheet.get_name() in sheets:
            for column, width in enumerate(sheets[worksheet.get_name()].widths):
                worksheet.set_column(column, column, width)
    workbook.close()
    return packed(made.getvalue())


def _table(sheet: Sheet) -> Any:
    """One sheet as gptables has it: numbers of a row are shown with the decimals of the row."""
    shown: dict[int, list[int]] = {}
    for row, decimals in enumerate(sheet.decimals, 1):  # row 0 is the header
        shown.setdefault(decimals, []).append(row)
    formats: list[dict[str, Any]] = [
        {"row": {"rows": rows, "format": {"num_format": _format(decimals)}}}
        for decimals, rows in sorted(shown.items())
    ]
    if sheet.whole:
        whole = [sheet.header[column] for column in sorted(sheet.whole)]
        formats.append({"column": {"columns": whole, "format": {"num_format": _format(0)}}})
    # Of cells as they are: pandas would make whole numbers of a column fractions.
    table = pd.DataFrame(
        [list(row) for row in sheet.rows], columns=list(sheet.header), dtype=object
    )
    return gptables.GPTable(
        table=table,
        table_name=sheet.table,
        title=sheet.title,
        instructions=sheet.instructions,
        legend=list(sheet.legend),
        index_columns={2: 0},
        additional_formatting=formats,
    )


def _format(decimals: int) -> str:
    """How a number of so many decimals is shown: `#,##0.0`."""
    return "#,##0" + (f".{'0' * decimals}" if decimals else "")

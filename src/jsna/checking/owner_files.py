"""Workbooks and page of `jsna check --report`: how they look, and nothing of what they say."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from jsna.formulas import is_formula
from jsna.machine.archives import timeless

if TYPE_CHECKING:
    import pandas as pd

    from jsna.checking.owners import Entry

#: Rows named in a cell, and in the sheet of row numbers of one entry.
FEW: Final = 20
MOST: Final = 10_000
HEADS: Final = (
    "No.", "What becomes of the rows", "Extract", "Period", "File", "What", "How many rows",
    "Which rows of the file", "What to do", "First told", "The same in",
)  # fmt: skip
_WIDTHS: Final = (6, 18, 30, 10, 34, 70, 10, 40, 60, 12, 20)


def named(numbers: Sequence[int], rows: int, most: int = FEW) -> str:
    """Row numbers in a cell: `3, 4, 9 and 12 more`."""
    shown = ", ".join(str(number) for number in numbers[:most])
    more = rows - len(numbers[:most])
    return f"{shown} and {more:,} more" if shown and more > 0 else shown


def _lines(entries: Sequence[Entry]) -> list[tuple[Any, ...]]:
    return [
        (
            at, one.kind, one.extract, one.period, one.file, one.what, one.rows,
            named(one.numbers, one.rows), one.do, one.since, ", ".join(one.others),
        )
        for at, one in enumerate(entries, 1)
    ]  # fmt: skip


def workbook(entries: Sequence[Entry]) -> bytes:
    """What concerns one owner, and the numbers of all its rows; no value of a file."""
    numbers: list[tuple[Any, ...]] = []
    for at, one in enumerate(entries, 1):
        numbers += [(at, one.file, number) for number in one.numbers[:MOST]]
        if len(one.numbers) > MOST:
            numbers.append((at, one.file, f"and {len(one.numbers) - MOST:,} more"))
    return _book(
        {
            "What to put right": (HEADS, _lines(entries)),
            "Rows": (("No.", "File", "Row in the file"), numbers),
        }
    )


def set_aside(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Rows set aside, a sheet for each table of a period."""
    return _book(
        {
            name[:31]: (
                tuple(rows.columns),
                rows.astype(object).where(rows.notna(), None).itertuples(index=False, name=None),
            )
            for name, rows in tables.items()
        }
    )


def _book(sheets: Mapping[str, tuple[Sequence[str], Iterable[Sequence[Any]]]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    book.properties.creator = "jsna"
    wrapped, bold = Alignment(wrap_text=True, vertical="top"), Font(bold=True)
    for title, (heads, rows) in sheets.items():
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        words = tuple(heads) == HEADS
        for at in range(len(heads)):
            letter = get_column_letter(at + 1)
            sheet.column_dimensions[letter].width = _WIDTHS[at] if words else 24
        for number, row in enumerate([heads, *rows]):
            cells = [_cell(WriteOnlyCell(sheet, value=value)) for value in row]
            # A style takes longer than a cell: of many rows none has one.
            for cell in cells if words or not number else ():
                cell.alignment = wrapped
                if not number:
                    cell.font = bold
            sheet.append(cells)
    buffer = io.BytesIO()
    book.save(buffer)
    return timeless(buffer.getvalue())


def _cell(cell: Any) -> Any:
    """A cell whose text stays text, whatever it begins with and when somebody edits it."""
    if isinstance(cell.value, str):
        cell.data_type = "s"
        if is_formula(cell.value):
            cell.quotePrefix = True
    return cell


_PAGE: Final = Markup(
    """<!doctype html>
<html lang="en-GB">
<head><meta charset="utf-8"><title>What to put right: {owner}</title>
<style>
body {{ font: 16px/1.45 sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; width: 100%; }}
caption {{ text-align: left; padding: 0.5rem 0; }}
th, td {{ border: 1px solid #767676; padding: 0.4rem; text-align: left; vertical-align: top; }}
th {{ background: #f0f0f0; }}
</style></head>
<body>
<h1>What to put right: {owner}</h1>
<p>{title}. Checked on {day}. {summary}</p>
<p>Rows are named by their number in the file, the header being row 1. No value of a file stands
here.</p>
{table}
</body></html>
"""
)


def page(owner: str, title: str, today: date, entries: Sequence[Entry]) -> str:
    """The same as the workbook, as a page."""
    row = Markup("<tr>{}</tr>\n")
    head, cell = Markup('<th scope="col">{}</th>'), Markup("<td>{}</td>")
    lines = [row.format(Markup("").join(map(cell.format, line))) for line in _lines(entries)]
    table = Markup(
        "<table>\n<caption>What was found</caption>\n<thead>{}</thead>\n<tbody>\n{}</tbody></table>"
    )
    made = table.format(
        row.format(Markup("").join(map(head.format, HEADS))), Markup("").join(lines)
    )
    refused = sum(one.kind == "refused" for one in entries)
    summary = "Nothing was found." if not entries else f"{len(entries):,} things were found"
    if entries:
        summary += f", {refused:,} of which refuse a file." if refused else "; every file is used."
    return str(
        _PAGE.format(
            owner=owner,
            title=title,
            day=f"{today:%d/%m/%Y}",
            summary=summary,
            table=made if entries else Markup(""),
        )
    )

"""How a sheet of a workbook looks: what is hidden or merged, and what is shown as a per cent."""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal
from typing import Any, Final

from jsna.ingest.grid import Findings, listed, listed_texts
from jsna.ingest.text_file import of_more_bytes

#: Rows hidden, or of no height; some programs write a prefix before the names of elements.
_HIDDEN_ROW = re.compile(
    rb'<(?:\w+:)?row\b(?=[^>]*\b(?:hidden="(?:1|true)"|ht="0(?:\.0+)?"))[^>]*\br="(\d+)"'
)
#: A row by its number, or a cell by the letters of its column.
_PLACED: Final = re.compile(
    rb'<(?:\w+:)?(?:row\b[^>]*?\br="(\d{1,15})"|c\b[^>]*?\br="([A-Z]{1,3})\d)'
)
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
#: Columns hidden, or of no width.
_COLUMN = re.compile(
    rb'<(?:\w+:)?col\b(?=[^>]*\b(?:hidden="(?:1|true)"|width="0(?:\.0+)?"))([^>]*)'
)
#: Cells of a formula and no value.
_FORMULA: Final = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_PLACE: Final = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')
_FROM_TO: Final = (re.compile(rb'\bmin="(\d+)"'), re.compile(rb'\bmax="(\d+)"'))
#: Numbers of the formats of per cents that every workbook has.
_PER_CENT: Final = frozenset({9, 10})


def has_per_cents(book: Any) -> bool:
    """Whether any cell of a workbook may be shown as a per cent."""
    own = {164 + at for at, text in enumerate(book._number_formats) if "%" in text}
    return any(style.numFmtId in own | _PER_CENT for style in book._cell_styles)


def as_shown(cell: Any) -> object:
    """The value of a cell; of one shown as a per cent, the number of per cents with its sign.

    So 0.45 shown as 45% is what an export of text has: `45%`.
    """
    value = cell.value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if "%" not in (cell.number_format or ""):
        return value
    per_cents = format(Decimal(str(value)) * 100, "f")
    return (per_cents.rstrip("0").rstrip(".") if "." in per_cents else per_cents) + "%"


def check(markup: bytes, header_row: int, width: int, findings: Findings) -> None:
    """Hidden rows and columns and merged cells, which openpyxl does not tell when reading fast.

    Args:
        markup: the sheet as the workbook holds it.
        header_row: number of the row of the header; what lies above is not looked at.
        width: how many columns it has.
        findings: where problems go.
    """
    _check_columns(markup, width, findings)
    _check_order(markup, findings)
    hidden = [int(row) for row in _HIDDEN_ROW.findall(markup)]
    hidden = [row for row in hidden if row >= header_row]
    if hidden:
        findings.refuse(
            "file.hidden_rows",
            f"{listed(hidden, 'is', 'are')} hidden, by hand or by a filter; ask its owner which "
            "belong, and for a workbook of those, all shown",
            row=hidden[0],
            count=len(hidden),
        )
    merged = sorted(
        (int(top), f"{left.decode()}{top.decode()}:{right.decode()}{bottom.decode()}")
        for left, top, right, bottom in _MERGED.findall(markup)
        if int(bottom) >= header_row
    )
    if merged:
        findings.refuse(
            "file.merged_cells",
            f"cells {merged[0][1]} are merged, so all but the first are empty; ask its owner for a "
            "workbook without merged cells, each filled",
            row=merged[0][0],
            count=len(merged),
        )


def check_formulas(
    markup: bytes, header_row: int, columns: Collection[int], findings: Findings
) -> None:
    """Formulas that nobody has calculated: a program wrote them, and their cells are empty.

    Args:
        markup: the sheet as the workbook holds it.
        header_row: number of the row of the header.
        columns: numbers of the columns that are read, from 1.
        findings: where a problem goes.
    """
    from openpyxl.utils import column_index_from_string

    found: list[tuple[int, str]] = []
    for cell in _FORMULA.finditer(markup) if b"<f" in markup or b":f" in markup else ():
        place = _PLACE.search(cell[1])
        # One whose value is an empty text has been calculated.
        if place is None or b't="str"' in cell[1]:
            continue
        letters, row = place[1].decode(), int(place[2])
        if row > header_row and column_index_from_string(letters) in columns:
            found.append((row, f"{letters}{row}"))
    if found:
        row, first = min(found)
        findings.refuse(
            "file.formulas",
            f"cells such as {first} hold a formula without the value that it gives: the program "
            "that made the workbook has not calculated it; ask its owner for a workbook of values, "
            "or for CSV",
            row=row,
            count=len(found),
        )


def widest(markup: bytes) -> int:
    """The most cells side by side in a sheet, told before any of them is read."""
    return max(row.count(b"<c ") + row.count(b"<c>") for row in markup.split(b"</row>"))


def plain(markup: bytes) -> bytes:
    """A sheet as it may be searched: one byte a plain letter, and attributes in double marks.

    The marks in its texts are turned too, which nothing here reads.
    """
    coded = of_more_bytes(markup)
    if coded:
        markup = markup.decode(coded).encode()
    return markup.replace(b"'", b'"') if b"'" in markup else markup


def _check_order(markup: bytes, findings: Findings) -> None:
    """Rows and cells that stand before those they follow, which the reader leaves out."""
    back: set[int] = set()
    row, column = 0, (0, b"")
    for found in _PLACED.finditer(markup):
        if found[1]:
            number = int(found[1])
            back.update({number} if number <= row else ())
            row, column = number, (0, b"")
        else:
            here = (len(found[2]), found[2])
            back.update({row} if here <= column else ())
            column = here
    if back:
        findings.refuse(
            "file.row_order",
            f"{listed(sorted(back), 'stands', 'stand')} in another order than the cells and rows "
            "beside, or twice: the sheet is damaged, and values of it would be lost; ask for the "
            "workbook again",
            row=min(back),
            count=len(back),
        )


def _check_columns(markup: bytes, width: int, findings: Findings) -> None:
    """Hidden columns, which are read as the others are."""
    from openpyxl.utils import get_column_letter

    hidden: list[int] = []
    for found in _COLUMN.findall(markup):
        first, last = (int(end[1]) if (end := way.search(found)) else 0 for way in _FROM_TO)
        hidden += range(first, min(last, width) + 1) if first else []
    if hidden:
        letters = [get_column_letter(column) for column in hidden]
        named = listed_texts(letters, "is", "are", noun="column")
        rule = f"{named} hidden, and read like the others; ask its owner whether they belong"
        findings.warn("file.hidden_columns", rule)

"""Workbooks to a grid: cells that come with types, as text.

Canonical text: dates as ISO (with the time where it is not midnight), whole numbers without a
decimal point, other numbers as Python writes them, booleans as `true` and `false`.

A workbook is read as it would be looked at (`looks`), and refused where the eye would be deceived:
hidden rows, merged cells, a title above the header. Formulas count as the value last calculated,
and what is shown as a per cent is text with its sign.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, Final

from jsna.ingest import looks, sheets_together
from jsna.ingest.grid import Findings, Grid
from jsna.ingest.header import (
    SEARCHED,
    locate,
    names,
    of_its_own,
    plain,
    refuse_above,
    refuse_without_header,
)
from jsna.ingest.workbook_file import book_of, rows_of, sheet_of
from jsna.machine import limits
from jsna.model.contract import Table
from jsna.model.layouts import Place

#: Sheets with more than this share of the headers of both in common are of one table.
_TWINS: Final = 0.5


def text_of(value: object) -> str | None:
    """The canonical text of a typed cell; None for an empty one."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def read_xlsx(
    content: bytes, table: Table, alone: bool, findings: Findings, place: Place | None = None
) -> Grid | None:
    """Read one table of a workbook; None where nothing of it can be judged further.

    Args:
        content: bytes of the workbook.
        table: its sheet is the one of the table's name.
        alone: the workbook holds no other table, so its only visible sheet may have any name.
        findings: where problems go.
        place: where the layout of the file has the table; None where it is as declared.
    """
    book = book_of(content, findings)
    if book is None:
        return None
    if several := _several(book, table, alone, place):
        grids = [
            _below(content, book, sheet, table, own, place)
            for sheet, own in _each(book, several, findings)
        ]
        whole = [grid for grid in grids if grid is not None]
        return sheets_together.joined(whole, findings) if len(whole) == len(grids) else None
    sheet = _sheet(book, place.sheet if place else "", table, alone, findings)
    grid = None if sheet is None else _below(content, book, sheet, table, findings, place)
    if grid is not None:
        _refuse_twins(book, sheet, grid.header, table, findings)
    return grid


def _below(
    content: bytes, book: Any, sheet: Any, table: Table, findings: Findings, place: Place | None
) -> Grid | None:
    """The rows of a sheet below its header; None where nothing of it can be judged further."""
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    markup = sheet_of(content, sheet, findings)
    lines = None if markup is None else rows_of(book, sheet, findings)
    found = _headed(markup or b"", lines, table, findings, place)
    if found is None or lines is None:
        return None
    start = found[1]
    rows = range(start + 1, len(lines) + 1)
    return grid_of(found[0], lines[start:], rows, book.epoch == CALENDAR_MAC_1904, findings)


def _several(book: Any, table: Table, alone: bool, place: Place | None) -> list[Any]:
    """Visible sheets that make up a table (`sheets_together`); none where one alone is it."""
    if not alone or (place is not None and place.sheet):
        return []
    if any(plain(sheet.title) == plain(table.name) for sheet in book.worksheets):
        return []
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    found = [sheet for sheet in visible if len(visible) > 1 and _holds(book, sheet, table, place)]
    return found if sheets_together.make_up([sheet.title for sheet in found], table) else []


def _holds(book: Any, sheet: Any, table: Table, place: Place | None) -> bool:
    """Whether a sheet has the header of a table, and a row below."""
    sheet.reset_dimensions()
    lines = rows_of(book, sheet, Findings(""), SEARCHED) or []
    found = locate([[text_of(cell) or "" for cell in line] for line in lines], table, place)
    return found.enough and any(
        cell not in (None, "") for line in lines[found.index + 1 :] for cell in line
    )


def _each(book: Any, several: Sequence[Any], findings: Findings) -> Iterator[tuple[Any, Findings]]:
    """Sheets, each with findings of its own, which become those of the file."""
    _tell_hidden(book, findings)
    at = {sheet.title: number for number, sheet in enumerate(book.worksheets, 1)}
    names = [sheets_together.named(at[sheet.title], sheet.title) for sheet in several]
    findings.places = (findings.where, *(f"{findings.where}, {name}" for name in names))
    for sheet, where in zip(several, findings.places[1:], strict=True):
        own = Findings(where)
        yield sheet, own
        findings.problems += own.problems
        findings.warnings += own.warnings
        findings.remarks += own.remarks


def lines_of(
    content: bytes, table: Table, findings: Findings, place: Place
) -> tuple[list[tuple[Any, ...]], bool] | None:
    """Every row of a sheet, and whether its days count from 1904; None where it cannot be read."""
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book = book_of(content, findings)
    sheet = None if book is None else _sheet(book, place.sheet, table, False, findings)
    if sheet is None or sheet_of(content, sheet, findings) is None:
        return None
    lines = rows_of(book, sheet, findings)
    return None if lines is None else (lines, book.epoch == CALENDAR_MAC_1904)


def head_xlsx(
    content: bytes, table: Table, alone: bool, findings: Findings, place: Place | None = None
) -> list[str] | None:
    """The header of one table of a workbook; None where it cannot be told."""
    book = book_of(content, findings)
    if book is None:
        return None
    if several := _several(book, table, alone, place):
        heads = [
            _head(content, book, sheet, table, own, place)
            for sheet, own in _each(book, several, findings)
        ]
        whole = [head for head in heads if head is not None]
        there = len(whole) == len(heads) and sheets_together.agree(whole, findings)
        return whole[0] if there else None
    sheet = _sheet(book, place.sheet if place else "", table, alone, findings)
    header = None if sheet is None else _head(content, book, sheet, table, findings, place)
    if header is not None:
        _refuse_twins(book, sheet, header, table, findings)
    return header


def _head(
    content: bytes, book: Any, sheet: Any, table: Table, findings: Findings, place: Place | None
) -> list[str] | None:
    """The header of a sheet; None where it cannot be told."""
    markup = sheet_of(content, sheet, findings)
    lines = None if markup is None else rows_of(book, sheet, findings, SEARCHED)
    found = _headed(markup or b"", lines, table, findings, place)
    return None if found is None else found[0]


def _headed(
    markup: bytes,
    lines: Sequence[tuple[Any, ...]] | None,
    table: Table,
    findings: Findings,
    place: Place | None,
) -> tuple[list[str], int] | None:
    """The header among the first rows of a sheet, and the number of its row; None without one."""
    if lines is None:
        return None
    if not any(cell not in (None, "") for line in lines for cell in line):
        findings.refuse("file.empty", "the sheet is empty; ask for the file to be sent again")
        return None
    start = [[text_of(cell) or "" for cell in line] for line in lines[:SEARCHED]]
    header = locate(start, table, place)
    if not header.enough:
        refuse_without_header(start, table, findings, place)
        return None
    refuse_above(start, header.index, findings, place)
    looks.check(markup, header.index + 1, len(start[header.index]), findings)
    known = {plain(name) for column in table.columns for name in names(column)}
    read = {at for at, text in enumerate(start[header.index], 1) if plain(text) in known}
    looks.check_formulas(markup, header.index + 1, read, findings)
    return start[header.index], header.index + 1


def _sheet(book: Any, named: str, table: Table, alone: bool, findings: Findings) -> Any:
    """The sheet of the table: the one a layout names; else of its name, else the only visible one.

    The names of other sheets are not shown: casework is often kept in one sheet for each child.
    """
    wanted = named or table.name
    for sheet in book.worksheets:
        if plain(sheet.title) == plain(wanted):
            if sheet.sheet_state != "visible":
                rule = f"the sheet {wanted!r} is hidden; ask its owner whether it is meant"
                findings.refuse("file.sheet_hidden", rule)
            elif alone:
                _tell_hidden(book, findings)
            return sheet
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not visible:
        findings.refuse("file.sheet_missing", "the workbook has no visible sheet; ask for it again")
        return None
    if alone and len(visible) == 1 and not named:
        _tell_hidden(book, findings)
        return visible[0]
    findings.refuse(
        "file.sheet_missing",
        f"the workbook has {len(visible)} visible sheets and none is named {wanted!r}; "
        + (
            "put `sheet` of the mapping right"
            if named
            else "`jsna map` writes a mapping that says which sheet it is"
        ),
    )
    return None


def _refuse_twins(
    book: Any, sheet: Any, header: Sequence[str], table: Table, findings: Findings
) -> None:
    """Refuse a workbook with further sheets of the same table: one term each, say."""
    others = [
        other
        for other in book.worksheets
        if other is not sheet
        and other.sheet_state == "visible"
        and not of_its_own(sheet.title, other.title, table.name)
        and _alike(book, other, header, table)
    ]
    if others:
        many = "1 more sheet has" if len(others) == 1 else f"{len(others)} more sheets have"
        findings.refuse(
            "file.sheets_alike",
            f"{many} the headers of this one, and rows, of which none would be counted; ask for "
            "all rows of the period in one sheet, or for a file of each",
        )


def _alike(book: Any, other: Any, header: Sequence[str], table: Table) -> bool:
    """Whether another sheet has a table's columns under most of the headers of one, and a row."""
    other.reset_dimensions()
    lines = rows_of(book, other, Findings(""), SEARCHED) or []
    filled = [{plain(text_of(cell) or "") for cell in line} - {""} for line in lines]
    own = {plain(text) for text in header} - {""}
    needed = [{plain(name) for name in names(one)} & own for one in table.columns if one.required]
    for row, cells in enumerate(filled):
        if len(cells & own) > _TWINS * len(cells | own) and all(
            cells & one for one in needed if one
        ):
            return any(filled[row + 1 :])
    return False


def _tell_hidden(book: Any, findings: Findings) -> None:
    """Hidden sheets of a workbook, none of which is read."""
    hidden = sum(sheet.sheet_state != "visible" for sheet in book.worksheets)
    if hidden:
        many = "1 hidden sheet was" if hidden == 1 else f"{hidden} hidden sheets were"
        findings.warn("file.sheet_hidden", f"{many} not read")


def grid_of(
    header: Sequence[str],
    lines: Sequence[tuple[Any, ...]],
    rows: Sequence[int],
    mac: bool,
    findings: Findings,
) -> Grid | None:
    """Rows of a sheet by their numbers, under a header; `mac`: days count from 1904."""
    import numpy as np
    import pyarrow as pa

    # What stands beside the table is told, as in any file.
    beside = {p for line in lines for p in range(len(header), len(line)) if line[p] is not None}
    header = [*header, *[""] * (max(beside) + 1 - len(header))] if beside else header
    # A few kilobytes can hold one long text, and thousands of cells that say it.
    long = (len(cell) for line in lines for cell in line if isinstance(cell, str))
    try:
        limits.check_size(sum(long), unpacked=True)
    except limits.TooLargeError as large:
        findings.refuse("file.large", str(large))
        return None
    columns = [
        pa.array([text_of(line[p]) if p < len(line) else None for line in lines], pa.string())
        for p in range(len(header))
    ]
    numbers = np.array(rows, dtype=np.int64)
    return Grid(tuple(header), columns, numbers, typed=True, epoch_1904=mac)

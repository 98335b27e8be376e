"""Workbooks to a grid: cells that come with types, as text.

Canonical text: dates as ISO (with the time where it is not midnight), whole numbers without a
decimal point, other numbers as Python writes them, booleans as `true` and `false`.

A workbook is read as it would be looked at (`looks`), and refused where the eye would be deceived:
hidden rows, merged cells, a title above the header. Formulas count as the value last calculated,
and what is shown as a per cent is text with its sign.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Final

from jsna.ingest import looks
from jsna.ingest.grid import Findings, Grid
from jsna.ingest.header import (
    SEARCHED,
    locate,
    names,
    of_its_own,
    plain,
    refuse_above,
    refuse_without_header,
    too_wide,
)
from jsna.machine import limits, trouble
from jsna.model.contract import Table
from jsna.model.layouts import Place

_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
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
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    opened = _opened(content, table, alone, findings, place)
    if opened is None:
        return None
    book, sheet, markup = opened
    lines = _lines(book, sheet, findings)
    found = _headed(markup, lines, table, findings, place)
    if found is None or lines is None:
        return None
    _refuse_twins(book, sheet, found[0], table, findings)
    start = found[1]
    rows = range(start + 1, len(lines) + 1)
    mac = book.epoch == CALENDAR_MAC_1904
    return grid_of(found[0], lines[start:], rows, mac, findings)


def lines_of(
    content: bytes, table: Table, findings: Findings, place: Place
) -> tuple[list[tuple[Any, ...]], bool] | None:
    """Every row of a sheet, and whether its days count from 1904; None where it cannot be read."""
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    opened = _opened(content, table, False, findings, place)
    if opened is None:
        return None
    book, sheet, _ = opened
    lines = _lines(book, sheet, findings)
    return None if lines is None else (lines, book.epoch == CALENDAR_MAC_1904)


def head_xlsx(
    content: bytes, table: Table, alone: bool, findings: Findings, place: Place | None = None
) -> list[str] | None:
    """The header of one table of a workbook; None where it cannot be told."""
    opened = _opened(content, table, alone, findings, place)
    if opened is None:
        return None
    book, sheet, markup = opened
    lines = _lines(book, sheet, findings, SEARCHED)
    found = _headed(markup, lines, table, findings, place)
    if found is None:
        return None
    _refuse_twins(book, sheet, found[0], table, findings)
    return found[0]


def _opened(
    content: bytes, table: Table, alone: bool, findings: Findings, place: Place | None
) -> tuple[Any, Any, bytes] | None:
    """The workbook, the sheet of the table, and that sheet as the workbook holds it."""
    from openpyxl import load_workbook

    if content[:4] == _OLD_WORKBOOK:
        rule = "the workbook is protected by a password or in the old .xls form; "
        findings.refuse("file.format", rule + "ask its owner for an .xlsx without a password")
        return None
    try:
        limits.check_workbook(io.BytesIO(content))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except limits.TooLargeError as large:
        findings.refuse("file.large", str(large))
        return None
    except Exception as error:
        trouble.pass_on(error)
        # The library fails in many ways on what it does not know; its words may quote cells.
        if b"xl/chartsheets/" in content:
            rule = "the workbook has a sheet that is a chart, and cannot be read with it; "
            findings.refuse("file.format", rule + "ask its owner for the sheet of the rows alone")
            return None
        rule = "this is not a whole workbook: it was cut short, damaged or renamed; "
        findings.refuse("file.truncated", rule + "ask for it again")
        return None
    sheet = _sheet(book, place.sheet if place else "", table, alone, findings)
    if sheet is None:
        return None
    # Some programs state a wrong size of the sheet, beyond which fast reading would not look.
    sheet.reset_dimensions()
    markup = _markup(content, sheet, findings)
    if markup is None or too_wide(looks.widest(markup), findings):
        return None
    return book, sheet, markup


def _lines(
    book: Any, sheet: Any, findings: Findings, most: int | None = None
) -> list[tuple[Any, ...]] | None:
    """The rows of a sheet, or the first of them; None where it cannot be read."""
    shown = looks.has_per_cents(book)
    rows = sheet.iter_rows(values_only=not shown, max_row=most)
    found: list[tuple[Any, ...]] = []
    try:
        for row in limits.bounded(rows):
            found.append(tuple(map(looks.as_shown, row)) if shown else tuple(row))
    except limits.TooLargeError as large:
        findings.refuse("file.large", str(large))
        return None
    except Exception as error:
        _refuse_sheet(error, findings)
        return None
    return found


def _markup(content: bytes, sheet: Any, findings: Findings) -> bytes | None:
    """The sheet as the workbook holds it; None where it cannot be read."""
    try:
        markup = zipfile.ZipFile(io.BytesIO(content)).read(sheet._worksheet_path.lstrip("/"))
        return looks.plain(markup)
    except Exception as error:
        _refuse_sheet(error, findings)
        return None


def _refuse_sheet(error: Exception, findings: Findings) -> None:
    trouble.pass_on(error)
    findings.refuse("file.truncated", "the sheet cannot be read to its end; ask for it again")


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
    lines = _lines(book, other, Findings(""), SEARCHED) or []
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

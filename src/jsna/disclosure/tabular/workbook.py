"""Tables in workbooks: one sheet, read as it is seen, and written so that no label is a formula."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import pandas as pd

from jsna.disclosure.tabular.codes import Problems
from jsna.formulas import is_formula
from jsna.machine import limits, trouble
from jsna.machine.archives import timeless


def read_sheet(
    content: bytes, name: str, sheet: str, problems: Problems
) -> tuple[list[list[str]], list[int]]:
    """Every row that is not blank as text, and the row each stands on.

    Args:
        content: bytes of the workbook.
        name: what its problems are told under.
        sheet: the sheet to read; the only visible one if not named.
        problems: where what is wrong is noted.
    """
    from openpyxl import load_workbook

    try:
        limits.check_workbook(io.BytesIO(content), limits.TABLE)
        values = load_workbook(io.BytesIO(content), data_only=True)
        written = load_workbook(io.BytesIO(content))
    except limits.TooLargeError as large:
        problems.add(name, str(large))
        return [], []
    except Exception as error:  # openpyxl raises many kinds for a damaged file, and may quote cells
        trouble.pass_on(error)
        problems.add(name, "is no workbook (.xlsx) that can be read; save it again")
        return [], []
    chosen = _chosen(values, name, sheet, problems)
    if chosen is None:
        return [], []
    try:
        # One cell far away would make a table of all that lie before it.
        limits.check_cells(chosen.max_row * chosen.max_column)
    except limits.TooLargeError as large:
        problems.add(name, str(large))
        return [], []
    _check_looks(chosen, name, problems)
    formulas = written[chosen.title]
    records, lines = [], []
    for row in chosen.iter_rows():
        texts = [_text(cell.value) for cell in row]
        for cell, text in zip(row, texts, strict=True):
            if not text and formulas[cell.coordinate].data_type == "f":
                rule = f"the formula in {cell.coordinate} has no value; open the file and save it"
                problems.add(name, rule, row=cell.row)
        if any(text.strip() for text in texts):
            records.append(texts)
            lines.append(row[0].row)
    return records, lines


def _chosen(book: Any, name: str, sheet: str, problems: Problems) -> Any:
    """The sheet to read; None where it is not clear which."""
    visible = [one for one in book.worksheets if one.sheet_state == "visible"]
    shown = ", ".join(repr(one.title) for one in visible)
    if sheet:
        found = [one for one in visible if one.title.strip() == sheet.strip()]
        if not found:
            problems.add("--sheet", f"{name} has no such sheet; it has {shown}", value=sheet)
        return found[0] if found else None
    if len(visible) != 1:
        problems.add(name, f"has {len(visible)} sheets; say which with --sheet ({shown})")
        return None
    return visible[0]


def _check_looks(sheet: Any, name: str, problems: Problems) -> None:
    """Rows and columns that are not seen, and cells that stand for several."""
    hidden = sorted(row for row, look in sheet.row_dimensions.items() if look.hidden)
    if hidden and hidden[0] <= sheet.max_row:
        rule = "this row is hidden, by hand or by a filter; show or delete what is hidden"
        problems.add(name, rule, row=hidden[0], count=len(hidden))
    columns = [look for look in sheet.column_dimensions.values() if look.hidden]
    if columns:
        rule = f"column {columns[0].index} of the sheet is hidden; show or delete what is hidden"
        problems.add(name, rule)
    for merged in sheet.merged_cells.ranges:
        rule = f"cells {merged.coord} are merged; unmerge them and fill each one"
        problems.add(name, rule, row=merged.min_row)


def _text(value: object) -> str:
    """A cell as text, whole numbers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def write_sheet(frame: pd.DataFrame, mark: str) -> bytes:
    """A workbook of one sheet; labels are text whatever they begin with, `mark` what is missing."""
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator = "jsna"
    sheet = book.active
    assert sheet is not None
    sheet.title = "table"
    rows = frame.astype(object).where(frame.notna(), mark)
    for at, row in enumerate([tuple(frame.columns), *rows.itertuples(index=False)], start=1):
        for place, value in enumerate(row, start=1):
            cell = sheet.cell(at, place, value if not isinstance(value, str) else None)
            if isinstance(value, str):
                cell.value, cell.data_type = value, "s"
                # Text stays text when somebody edits the cell.
                cell.quotePrefix = is_formula(value)
    buffer = io.BytesIO()
    book.save(buffer)
    return timeless(buffer.getvalue())

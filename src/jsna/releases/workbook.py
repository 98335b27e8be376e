"""Tables in workbooks: the sheet and the header row are found by what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from jsna.errors import JsnaError, Problem
from jsna.machine import limits, trouble

#: How far down a header is looked for (a title, a blank row and two rows of letters may precede).
DEPTH = 15


def read(path: Path, headers: Mapping[str, str]) -> pd.DataFrame:
    """The first table whose header has every one of `headers`, in any sheet.

    Args:
        path: an .xlsx workbook.
        headers: our name -> header, or its first words (publishers spell what follows in more
            than one way), compared without case and outer or doubled spaces.

    Returns:
        The columns of our names, cells as they are in the workbook, in row order, down to the
        first empty row (what follows is another table or a note).

    Raises:
        JsnaError: not a workbook, one above the limits of size, or no sheet has the table.
    """
    import openpyxl

    try:
        limits.check_workbook(path)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except limits.TooLargeError as large:
        raise JsnaError(Problem(path.name, str(large), code="published.large")) from None
    except Exception as error:  # openpyxl raises many kinds for a damaged file
        trouble.pass_on(error)
        rule = "is not an Excel workbook (.xlsx) that can be read; fetch it again"
        raise JsnaError(Problem(path.name, rule, code="published.workbook")) from error
    try:
        wanted = {_plain(header): name for name, header in headers.items()}
        for sheet in book.worksheets:
            if not hasattr(sheet, "iter_rows"):
                continue
            found: dict[int, str] | None = None
            kept: list[tuple[object, ...]] = []
            rows = limits.bounded(sheet.iter_rows(values_only=True))
            for number, cells in enumerate(rows, start=1):
                if found is None:
                    if number > DEPTH:
                        break
                    found = _header(cells, wanted)
                    continue
                row = tuple(cells[at] for at in found)
                if all(cell is None for cell in row):
                    break
                kept.append(row)
            if found is not None:
                return pd.DataFrame(kept, columns=list(found.values()))
    except limits.TooLargeError as large:
        raise JsnaError(Problem(path.name, str(large), code="published.large")) from None
    finally:
        book.close()
    rule = f"no sheet has a table with the columns {', '.join(map(repr, headers.values()))}"
    raise JsnaError(Problem(path.name, rule, code="published.workbook"))


def _plain(cell: object) -> str:
    return " ".join(str(cell).split()).casefold() if cell is not None else ""


def _header(cells: tuple[object, ...], wanted: Mapping[str, str]) -> dict[int, str] | None:
    """Position -> our name where the row is the header; the first column of a repeated name."""
    found: dict[int, str] = {}
    for at, cell in enumerate(cells):
        plain = _plain(cell)
        name = next(
            (name for words, name in wanted.items() if f"{plain} ".startswith(f"{words} ")), None
        )
        if name is not None and name not in found.values():
            found[at] = name
    return found if len(found) == len(wanted) else None

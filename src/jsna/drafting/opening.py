"""A file as councils send it: text, or a sheet of a workbook.

What the build itself would not read is said: a workbook of several sheets. The draft is of the file
all the same: its owner need be asked once.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from jsna.errors import JsnaError, Problem
from jsna.ingest.grid import Findings
from jsna.ingest.header import SEARCHED, plain
from jsna.ingest.read import TEXTS, WORKBOOKS, Reading, read_table
from jsna.ingest.text_file import HEAD, MARKS, decode, evenest, records
from jsna.ingest.typed_files import text_of
from jsna.machine import limits, trouble
from jsna.model.contract import Table
from jsna.model.layouts import Place

TITLE: Final = "No source can be drafted from this file:"
#: A text shows by itself what its letters are and what separates its cells.
AS_SHOWN: Final = Place()


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that is ready to be read.

    Attributes:
        content: its bytes.
        name: as the user knows it.
        sheet: title of the sheet of a workbook, which is never shown; "" of text.
        lines: its first lines, as text; empty where it cannot be told.
        told: what a build would not take as it is.
        place: what somebody has said of its letters and of what separates its cells.
    """

    content: bytes
    name: str
    sheet: str
    lines: tuple[tuple[str, ...], ...]
    told: tuple[str, ...] = ()
    place: Place = AS_SHOWN

    def read(self, table: Table) -> Reading:
        """The file as the build's reader has it under a declaration."""
        return read_table(self.content, self.name, replace(table, name=self.sheet or table.name))


def opened(file: Path, sheet: str = "", place: Place = AS_SHOWN) -> Opened:
    """The file, or the sheet of it that is asked for.

    Args:
        file: it.
        sheet: of a workbook; "" for its first.
        place: what somebody says of the letters of a text, and of what separates its cells.

    Raises:
        JsnaError: it is not there, of no known kind or too large, or has no such sheet.
    """
    ending = file.suffix.lower()
    if file.is_dir():
        raise _refused(file, "is a folder; give one file of it", "new.file")
    if not file.is_file():
        raise _refused(file, "there is no such file", "new.file")
    if ending not in (*TEXTS, *WORKBOOKS):
        rule = f"is neither CSV ({', '.join(TEXTS)}) nor a workbook ({', '.join(WORKBOOKS)})"
        raise _refused(file, rule, "new.format")
    if sheet and ending not in WORKBOOKS:
        raise _refused(file, "only a workbook has sheets; leave --sheet out", "new.option")
    try:
        limits.check_size(file.stat().st_size)
    except limits.TooLargeError as large:
        raise _refused(file, str(large), "file.large") from None
    content = file.read_bytes()
    return _workbook(file, content, sheet) if ending in WORKBOOKS else _text(file, content, place)


def _refused(file: Path, rule: str, code: str) -> JsnaError:
    return JsnaError(Problem(file.name, rule, code=code), title=TITLE)


# ---- text ----------------------------------------------------------------------------------------


def _text(file: Path, content: bytes, place: Place) -> Opened:
    findings = Findings(file.name)
    text = decode(content, findings, place.encoding)
    if text is None:
        raise JsnaError(findings.problems, title=TITLE)
    head = text[:HEAD].replace("\r\n", "\n").replace("\r", "\n")
    mark = next((m for m, (_, name) in MARKS.items() if name == place.separator), evenest(head))
    return Opened(content, file.name, "", tuple(map(tuple, records(head, mark))), place=place)


# ---- workbooks -----------------------------------------------------------------------------------


def sheets(file: Path) -> list[str] | None:
    """Titles of the visible sheets of a workbook, in order; None of any other file.

    Raises:
        JsnaError: it is not there, or no whole workbook.
    """
    if file.suffix.lower() not in WORKBOOKS:
        return None
    opened(file)
    from openpyxl import load_workbook

    book = load_workbook(file, read_only=True)
    try:
        return [one.title for one in book.worksheets if one.sheet_state == "visible"]
    finally:
        book.close()


def _workbook(file: Path, content: bytes, sheet: str) -> Opened:
    from openpyxl import load_workbook

    try:
        limits.check_workbook(io.BytesIO(content))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        visible = [one for one in book.worksheets if one.sheet_state == "visible"]
        found = [one for one in visible if not sheet or plain(one.title) == plain(sheet)]
        lines = _first_rows(found[0]) if found else ()
    except limits.TooLargeError as large:
        raise _refused(file, str(large), "file.large") from None
    except Exception as error:
        trouble.pass_on(error)
        # The library fails in many ways on what it does not know; its words may quote cells.
        rule = (
            "this is not a whole workbook, or it has a password; ask its owner for an .xlsx without"
        )
        raise _refused(file, rule, "file.truncated") from None
    if not found:
        rule = f"none of its {len(visible)} visible sheets is called so"
        raise JsnaError(Problem("--sheet", rule, value=sheet, code="new.option"), title=TITLE)
    told: tuple[str, ...] = ()
    if len(visible) > 1:
        told = (
            f"it has {len(visible)} sheets, and this is of one: a build reads the sheet that is "
            "called like the source, or a workbook of that sheet alone",
        )
    return Opened(content, file.name, found[0].title, lines, told)


def _first_rows(sheet: Any) -> tuple[tuple[str, ...], ...]:
    # Some programs state a wrong size of the sheet, beyond which fast reading would not look.
    sheet.reset_dimensions()
    rows = sheet.iter_rows(values_only=True, max_row=SEARCHED)
    return tuple(tuple(text_of(cell) or "" for cell in row) for row in rows)

"""A file as councils send it, made one the build's reader takes: text, or a sheet of a workbook.

What the build itself would not read is said: cells apart by something else than a comma, UTF-16, a
workbook of several sheets. The draft is of the file all the same: its owner need be asked once.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from jsna.errors import JsnaError, Problem
from jsna.ingest.csv_file import ASK_FOR_CSV, utf_16
from jsna.ingest.header import SEARCHED, plain
from jsna.ingest.read import Reading, read_table
from jsna.ingest.typed_files import text_of
from jsna.machine import limits, trouble
from jsna.model.contract import Table

TITLE: Final = "No source can be drafted from this file:"
_ENDINGS: Final = (".csv", ".txt", ".tsv", ".xlsx")


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that is ready to be read.

    Attributes:
        content: its bytes, of text as CSV with commas.
        name: as the user knows it.
        sheet: title of the sheet of a workbook, which is never shown; "" of text.
        lines: its first lines, as text; empty where it cannot be told.
        told: what a build would not take as it is.
    """

    content: bytes
    name: str
    sheet: str
    lines: tuple[tuple[str, ...], ...]
    told: tuple[str, ...] = ()

    def read(self, table: Table) -> Reading:
        """The file as the build's reader has it under a declaration."""
        name = self.name if self.sheet else f"{Path(self.name).stem}.csv"
        return read_table(self.content, name, replace(table, name=self.sheet or table.name))


def opened(file: Path, sheet: str = "") -> Opened:
    """The file, or the sheet of it that is asked for.

    Raises:
        JsnaError: it is not there, of no known kind or too large, or has no such sheet.
    """
    ending = file.suffix.lower()
    if file.is_dir():
        raise _refused(file, "is a folder; give one file of it", "new.file")
    if not file.is_file():
        raise _refused(file, "there is no such file", "new.file")
    if ending not in _ENDINGS:
        raise _refused(
            file, "is neither CSV (.csv, .txt, .tsv) nor a workbook (.xlsx)", "new.format"
        )
    if sheet and ending != ".xlsx":
        raise _refused(file, "only a workbook has sheets; leave --sheet out", "new.option")
    try:
        limits.check_size(file.stat().st_size)
    except limits.TooLargeError as large:
        raise _refused(file, str(large), "file.large") from None
    content = file.read_bytes()
    return _workbook(file, content, sheet) if ending == ".xlsx" else _text(file, content)


def _refused(file: Path, rule: str, code: str) -> JsnaError:
    return JsnaError(Problem(file.name, rule, code=code), title=TITLE)


# ---- text ----------------------------------------------------------------------------------------

_DELIMITERS: Final = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}
_HEAD: Final = 200_000


def _text(file: Path, content: bytes) -> Opened:
    told: list[str] = []
    if coded := utf_16(content):
        try:
            content = content.decode(coded).encode("utf-8")
        except UnicodeError:
            raise _refused(
                file, "is cut short or damaged; ask for it again", "file.encoding"
            ) from None
        told.append(f"it is Unicode text (UTF-16), which a build does not read: {ASK_FOR_CSV}")
    head = _head(content)
    delimiter = max(_DELIMITERS, key=lambda mark: (_evenly(head, mark), mark == ","))
    if delimiter != ",":
        told.append(
            f"its cells are separated by {_DELIMITERS[delimiter]}, which a build does not read: "
            f"{ASK_FOR_CSV}"
        )
        content = _with_commas(content, delimiter)
        head = _head(content)
    return Opened(content, file.name, "", tuple(map(tuple, _lines(head, ","))), tuple(told))


def _head(content: bytes) -> str:
    """The beginning of a file as text, in whichever encoding."""
    # Not to its last character, which may be cut in two.
    head = content if len(content) < _HEAD else content[:_HEAD].rpartition(b"\n")[0]
    head = head.removeprefix(b"\xef\xbb\xbf")
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError:
        text = head.decode("cp1252", errors="ignore")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _lines(text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found: list[list[str]] = []
    try:
        for line in reader:
            found.append(line)
            if len(found) == SEARCHED:
                break
    except csv.Error:
        return found
    return found


def _evenly(text: str, delimiter: str) -> tuple[int, int]:
    """In how many of its first lines a mark separates as many cells as in most, and how many.

    None where it separates no cells.
    """
    widths = [len(line) for line in _lines(text, delimiter) if line]
    often = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
    return (widths.count(often), often) if often > 1 else (0, 0)


def _with_commas(content: bytes, delimiter: str) -> bytes:
    """The whole file with its cells apart by commas, in UTF-8; text of no encoding as it is."""
    bare = content.removeprefix(b"\xef\xbb\xbf")
    try:
        text = bare.decode("utf-8")
    except UnicodeDecodeError:
        text = bare.decode("cp1252", errors="replace")
    made = io.StringIO(newline="")
    try:
        csv.writer(made).writerows(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return content
    return made.getvalue().encode("utf-8")


# ---- workbooks -----------------------------------------------------------------------------------


def sheets(file: Path) -> list[str] | None:
    """Titles of the visible sheets of a workbook, in order; None of any other file.

    Raises:
        JsnaError: it is not there, or no whole workbook.
    """
    if file.suffix.lower() != ".xlsx":
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

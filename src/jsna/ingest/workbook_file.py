"""A workbook and its sheets, opened within bounds; what cannot be read is told in words."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from jsna.ingest import looks
from jsna.ingest.grid import Findings
from jsna.ingest.header import too_wide
from jsna.machine import limits, trouble

_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"


def book_of(content: bytes, findings: Findings) -> Any:
    """The workbook; None where it cannot be opened."""
    from openpyxl import load_workbook

    if content[:4] == _OLD_WORKBOOK:
        rule = "the workbook is protected by a password or in the old .xls form; "
        findings.refuse("file.format", rule + "ask its owner for an .xlsx without a password")
        return None
    try:
        limits.check_workbook(io.BytesIO(content))
        return load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
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


def sheet_of(content: bytes, sheet: Any, findings: Findings) -> bytes | None:
    """A sheet as the workbook holds it; None where it cannot be read, or is too wide."""
    # Some programs state a wrong size of the sheet, beyond which fast reading would not look.
    sheet.reset_dimensions()
    markup = _markup(content, sheet, findings)
    return None if markup is None or too_wide(looks.widest(markup), findings) else markup


def rows_of(
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

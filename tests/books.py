"""Workbooks made by a test."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook

Rows = Sequence[Sequence[Any]]


def book(rows: Rows, title: str = "Sheet1", **others: Rows) -> Workbook:
    """A workbook of these rows, and of further sheets by name."""
    made = Workbook()
    del made["Sheet"]
    for name, own in ((title, rows), *others.items()):
        sheet = made.create_sheet(name)
        for row in own:
            sheet.append(row)
    return made


def book_bytes(made: Workbook) -> bytes:
    """What stands in its file."""
    written = BytesIO()
    made.save(written)
    return written.getvalue()

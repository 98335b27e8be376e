"""A file nobody has declared, read by the reader of the build: its header, then its cells."""

from __future__ import annotations

import csv
import io
from itertools import islice
from pathlib import Path
from typing import Final

from jsna.drafting.cells import Cells
from jsna.errors import JsnaError, Problem
from jsna.ingest.header import SEARCHED, plain
from jsna.ingest.read import read_table
from jsna.machine import limits
from jsna.model.contract import Column, Table
from jsna.sources import registry

TITLE: Final = "No source can be drafted from this file:"
_DELIMITERS: Final = ",;\t|"
_HEAD: Final = 200_000


def cells_of(file: Path) -> list[Cells]:
    """Every column of a CSV file that has a header.

    Raises:
        JsnaError: telling at once all for which a build would refuse the file.
    """
    content = _content(file)
    header = _header(content)
    shown = [text.strip() for text in header if text.strip()]
    every = tuple(
        Column(text, f"column_{place}", "string", text, nullable=True)
        for place, text in enumerate(dict.fromkeys(shown))
    )
    table = Table("file", "A row of the file.", every)
    reading = read_table(content, file.name, table)
    problems = list(reading.findings.problems)
    frame = reading.frame
    found = []
    if frame is not None:
        for column in every:
            values = frame[column.field].dropna()
            found.append(Cells(column.name, tuple(map(str, values)), len(frame)))
    if wrong := _no_header(file, found or [Cells(text, (), 0) for text in shown]):
        # What is said of columns names what stands over them.
        problems = [*wrong, *(one for one in problems if one.column is None)]
    if other := _declared(shown):
        rule = f"its header is that of {other}, which has a source; name the file in an edition"
        problems.append(Problem(file.name, rule, code="new.declared"))
    if problems:
        raise JsnaError(problems, title=TITLE)
    return found


def _content(file: Path) -> bytes:
    if not file.is_file():
        raise JsnaError(Problem(file.name, "there is no such file", code="new.file"), title=TITLE)
    if file.suffix.lower() != ".csv":
        rule = "a source is drafted from a CSV file; save the table as one"
        raise JsnaError(Problem(file.name, rule, code="new.format"), title=TITLE)
    try:
        limits.check_size(file.stat().st_size)
        return file.read_bytes()
    except limits.TooLargeError as large:
        raise JsnaError(Problem(file.name, str(large), code="file.large"), title=TITLE) from None


def _header(content: bytes) -> list[str]:
    """The line that is most like a header: the first of those with most cells that differ."""
    text = content[:_HEAD].removeprefix(b"\xef\xbb\xbf").decode("cp1252", errors="ignore")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    best = max((_widest(text, delimiter) for delimiter in _DELIMITERS), key=_like_a_header)
    try:
        return [cell.encode("cp1252").decode("utf-8") for cell in best]
    except UnicodeError:
        return best


def _widest(text: str, delimiter: str) -> list[str]:
    """The first of the lines with most cells that differ, where cells are separated so."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return max(islice(reader, SEARCHED), key=_differing, default=[])
    except csv.Error:
        return []


def _like_a_header(line: list[str]) -> tuple[bool, int]:
    # A file of decimal commas has most cells where it is cut at them, and none is a header.
    return all(Cells(cell, (), 0).is_header for cell in line if cell.strip()), _differing(line)


def _differing(line: list[str]) -> int:
    return len({plain(cell) for cell in line} - {""})


def _no_header(file: Path, found: list[Cells]) -> list[Problem]:
    """Columns over which no header stands; what does is not told, as it may be of a record."""
    numbers = [str(place) for place, one in enumerate(found, 1) if not one.is_header]
    if not numbers:
        return []
    rule = (
        f"what stands over {'column' if len(numbers) == 1 else 'columns'} {', '.join(numbers)} is "
        "no header, but like a record; put a row of headers on top, in words"
    )
    return [Problem(file.name, rule, code="new.header")]


def _declared(header: list[str]) -> str:
    """The declared table all of whose required columns are in a header, in words."""
    cells = {plain(text) for text in header}
    for extract in registry().values():
        for table in extract.tables:
            needed = [column for column in table.columns if column.required]
            names = ({plain(name) for name in (c.name, *c.aliases)} for c in needed)
            if needed and all(cells & one for one in names):
                return f"the table {table.name!r} of {extract.title}"
    return ""

"""A file nobody has declared as a row of headers and columns: of a text, or of each visible sheet.

Which row is the header is told by what most of its cells are alike to; a line of which nothing is
like any declared name is no header of anything that is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from jsna.drafting.cells import Cells
from jsna.drafting.opening import AS_SHOWN, Opened, opened, sheets
from jsna.drafting.writable import has_form
from jsna.errors import JsnaError, Problem
from jsna.ingest.grid import Findings
from jsna.ingest.header import SEARCHED, plain
from jsna.ingest.read import read_table
from jsna.model.contract import Column, Table
from jsna.model.layouts import Origin, Place, Shape

TITLE: Final = "No mapping can be proposed for this file:"
#: A line with fewer filled cells, of the most any line has, is no header.
_FILLED: Final = 0.4


@dataclass(frozen=True, slots=False)
class Sheet:
    """One table of a file, be it a text or a sheet of a workbook.

    Attributes:
        opened: the file, at this sheet.
        sheets: how many visible sheets the file has; 1 of a text.
    """

    opened: Opened
    sheets: int

    @property
    def name(self) -> str:
        """The file, as the user knows it."""
        return self.opened.name

    @property
    def title(self) -> str:
        """Of the sheet; "" of a text."""
        return self.opened.sheet

    @cached_property
    def candidates(self) -> list[int]:
        """Numbers of rows that may be the header, the first row being 1."""
        filled = [sum(bool(cell.strip()) for cell in line) for line in self.opened.lines[:SEARCHED]]
        most = max(filled, default=0)
        return [row for row, many in enumerate(filled, 1) if many and many >= _FILLED * most]

    def header(self, row: int) -> tuple[str, ...]:
        """The cells of a row, trimmed."""
        return tuple(cell.strip() for cell in self.opened.lines[row - 1])

    def best(self, worth: Callable[[Sequence[str]], float]) -> tuple[int, float]:
        """The row that is worth most as a header, the first of equals, and what it is worth."""
        found = (0, 0.0)
        for row in self.candidates:
            if (value := worth(self.header(row))) > found[1]:
                found = (row, value)
        return found

    def columns(self, row: int) -> tuple[list[Cells], Findings]:
        """The columns below a row of headers, and what reading found wrong with the file.

        A header that stands twice is one column, the first: no mapping can tell them apart.
        """
        headers = self.header(row)
        seen: dict[str, str] = {}
        for text in headers:
            if text:
                seen.setdefault(plain(text), text)
        fields = {f"column_{n}": text for n, text in enumerate(seen.values())}
        columns = (
            Column(text, name, "string", text, nullable=True) for name, text in fields.items()
        )
        table = Table("file", "A row of the file.", tuple(columns))
        shape = Shape(
            sheet=self.title,
            header_row=row,
            separator=self.opened.place.separator,
            encoding=self.opened.place.encoding,
            columns={field: Origin(header=text) for field, text in fields.items()},
        )
        reading = read_table(self.opened.content, self.name, table, alone=False, shape=shape)
        frame = reading.frame
        if frame is None:
            return [], reading.findings
        cells = []
        for field, text in fields.items():
            values = frame[field].dropna()
            cells.append(Cells(text, tuple(map(str, values)), len(frame)))
        return cells, reading.findings


def may_be_shown(header: str) -> bool:
    """Whether what stands over a column is words, and no cell of somebody's record."""
    return Cells(header, (), 0).is_header and not has_form(header)


def sheets_of(file: Path, place: Place = AS_SHOWN) -> Iterator[Sheet]:
    """Every visible sheet of a workbook that holds anything, or the text a file is.

    Args:
        file: it.
        place: what somebody says of the letters of a text, and of what separates its cells.

    Raises:
        JsnaError: it is not there, of no known kind, too large or no whole workbook.
    """
    try:
        yield from _sheets_of(file, place)
    except JsnaError as error:
        # Said of a file that is mapped, not of one that a source is drafted from.
        raise JsnaError(error.problems, title=TITLE) from None


def _sheets_of(file: Path, place: Place) -> Iterator[Sheet]:
    titles = sheets(file)
    if titles is None:
        yield Sheet(opened(file, place=place), 1)
        return
    found = [Sheet(opened(file, title), len(titles)) for title in titles]
    if not any(sheet.opened.lines for sheet in found):
        raise JsnaError(Problem(file.name, "no sheet holds anything", code="file.empty"))
    yield from (sheet for sheet in found if sheet.candidates)

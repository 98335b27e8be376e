"""A workbook before it has a format: what stands on each sheet, and how numbers are shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

#: Text, or a number as it is printed.
Cell: TypeAlias = str | int | float

#: Names of the sheets before the tables, and how the list of sheets is headed.
COVER: Final = "Cover"
CONTENTS: Final = "Contents"
CONTENTS_TITLE: Final = "Table of contents"
CONTENTS_HEADER: Final = ("Worksheet", "What it holds")
ONE_TABLE: Final = "This worksheet contains one table."
#: Headings of the cover, in the order the guidance names them.
INTRO: Final = "Introductory information"
ABOUT: Final = "About these data"
CONTACT: Final = "Contact"
#: Widths of columns, in characters.
_LEAST, _MOST, _NUMBERS = 9, 60, 14


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet: a title, lines that explain it, and one table.

    Attributes:
        name: short, without blanks.
        table: name of the table, unique in the workbook.
        title: what the table holds.
        header: names of the columns, each once.
        rows: cells below them; none is empty.
        instructions: how to read it.
        legend: shorthand used in it, explained, a line each.
        decimals: of each row, those its numbers are printed with.
        whole: columns of whole numbers, whatever the row.
    """

    name: str
    table: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    instructions: str = ONE_TABLE
    legend: tuple[str, ...] = ()
    decimals: tuple[int, ...] = ()
    whole: frozenset[int] = frozenset()

    def places(self, row: int, column: int) -> int:
        """Decimals of the number in a cell."""
        return 0 if column in self.whole or not self.decimals else self.decimals[row]

    @property
    def head(self) -> tuple[str, ...]:
        """The lines above the table."""
        return (self.title, self.instructions, *self.legend)

    @property
    def widths(self) -> list[int]:
        """Width of each column in characters: long text is wrapped."""
        return [self._width(column) for column in range(len(self.header))]

    def _width(self, column: int) -> int:
        cells = [row[column] for row in self.rows]
        if any(not isinstance(cell, str) for cell in cells):
            return _NUMBERS
        longest = max((len(str(cell)) for cell in cells), default=0)
        word = max(map(len, self.header[column].split()))
        return max(_LEAST, word + 2, min(longest + 2, _MOST))


@dataclass(frozen=True, slots=True)
class Book:
    """A whole workbook.

    Attributes:
        title, author, subject: for the cover, and the properties of the document.
        published: the only date there is in it.
        cover: heading of the cover -> its lines.
        sheets: in their order, after the cover and the contents.
    """

    title: str
    author: str
    subject: str
    published: date
    cover: tuple[tuple[str, tuple[str, ...]], ...]
    sheets: tuple[Sheet, ...]

    def contents(self) -> Sheet:
        """The sheet that lists the others."""
        rows = tuple((sheet.name, sheet.title) for sheet in self.sheets)
        return Sheet(CONTENTS, "contents", CONTENTS_TITLE, CONTENTS_HEADER, rows)

    def cover_lines(self) -> Iterator[tuple[str, str]]:
        """(kind, text) of each line of the cover: title, heading or text."""
        yield "title", self.title
        for heading, lines in self.cover:
            yield "heading", heading
            for line in lines:
                yield "text", line

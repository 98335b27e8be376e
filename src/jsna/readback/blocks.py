"""Pieces of printed text, as the readers of the outputs hand them on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

#: Stands for a keyed number inside the text of a block.
HOLE: Final = "￼"
#: A number as printed: digits with separators between them, a sign before and a per cent after.
NUMBER: Final = re.compile(r"−?\d(?:[\d.,/]*\d)?%?")
#: Shorthand for a number that is not there, or is not to be trusted.
SHORTHAND: Final = re.compile(r"\[(?:c|x|z|low|u)\]")
#: Field of a number of the certificate.
CERTIFICATE: Final = "certificate"
#: Either, in the order they stand.
TOKEN: Final = re.compile(f"{NUMBER.pattern}|{SHORTHAND.pattern}")


@dataclass(frozen=True, slots=True)
class Cell:
    """A printed measure, or a number of the certificate.

    Attributes:
        key: measure key, or the path of the number in the certificate.
        field: column of the measure; `certificate` for the latter.
        text: as printed.
        value: the machine-readable value beside it; None where there is no room for one.
        status: why there is no number, as the output says; None where it does not say.
        over: key of the measure a ratio is divided by.
    """

    key: str
    field: str = "value"
    text: str = ""
    value: str | None = None
    status: str | None = None
    over: str = ""

    @property
    def named(self) -> str:
        """What it is, for a message."""
        return f"{self.key} {self.field}"


@dataclass(frozen=True, slots=True)
class Segment:
    """Plain text, or a keyed number; `paper` says whether it is printed on paper too."""

    text: str
    cell: Cell | None = None
    paper: bool = True


@dataclass(slots=True)
class Block:
    """Text that reads on without a break: a paragraph, a table cell, a label of a chart.

    Attributes:
        place: element it stands in, such as `th`, `p.source`, `text` or `@content`.
        figure: id of the chart around it.
        x, y: where a label of a chart stands.
        at: number of the table, the row and the column it stands in, from 0; a caption stands in
            row -1. None outside tables.
    """

    place: str
    figure: str = ""
    x: str = ""
    y: str = ""
    segments: list[Segment] = field(default_factory=list)
    at: tuple[int, int, int] | None = None

    @property
    def text(self) -> str:
        """The text on one line, with a hole for each keyed number."""
        return " ".join("".join(HOLE if s.cell else s.text for s in self.segments).split())

    @property
    def printed(self) -> str:
        """The text on one line as a reader sees it."""
        return " ".join("".join(s.cell.text if s.cell else s.text for s in self.segments).split())

    @property
    def cells(self) -> list[Cell]:
        """Its keyed numbers, in order."""
        return [s.cell for s in self.segments if s.cell is not None]

    def paper(self) -> Iterator[tuple[str, Cell | None]]:
        """What is printed on paper: runs of text, and keyed numbers by themselves."""
        run = ""
        for segment in self.segments:
            if not segment.paper:
                continue
            if segment.cell is None:
                run += segment.text
                continue
            yield run, None
            run = ""
            yield segment.text, segment.cell
        yield run, None

"""What every file format is turned into, and what is wrong with it.

A `Grid` is a header and columns of text with the row numbers the user sees. `Findings` gathers
what is wrong, so that one run says everything. Neither ever shows a value of a masked column.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jsna.errors import Problem
from jsna.ingest.places import in_place, place_of, row_of

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Grid:
    """A file as text.

    Attributes:
        header: headers as received, in the file's order.
        columns: one Arrow string array for each header; "" is null.
        rows: int64 row numbers as the user sees them (the first line of the file is 1).
        typed: cells came with types (a workbook, parquet), so dates may be Excel serial numbers.
        folded: bytes of the whole file in lower case where at hand, to see fast what it lacks.
        epoch_1904: serial numbers count from 1904 (workbooks of old Macintosh versions of Excel).
    """

    header: tuple[str, ...]
    columns: list[pa.Array[Any]]
    rows: np.ndarray[Any, np.dtype[np.int64]]
    folded: bytes | None = None
    typed: bool = False
    epoch_1904: bool = False

    def may_hold(self, mark: bytes) -> bool:
        """Whether the file may hold `mark` (lower case ASCII); True where that is not known.

        Searches the whole file: to be asked once for each mark, not for each column.
        """
        return self.folded is None or mark in self.folded


@dataclass(slots=True)
class Findings:
    """Problems (the file is refused), warnings and remarks about one file."""

    where: str
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    #: Things an analyst may want to know and need not act on.
    remarks: list[str] = field(default_factory=list)
    #: Of a table of several sheets the file, then each sheet of it (`jsna.ingest.places`).
    places: tuple[str, ...] = ()

    def refuse(self, code: str, rule: str, **place: Any) -> None:
        """Record a problem: the file cannot be used until it is put right."""
        problem = Problem(self.where, rule, code=code, **place)
        self.problems.append(in_place(problem, self.places))

    def warn(self, code: str, rule: str, **place: Any) -> None:
        """Record a warning: the file is used."""
        problem = Problem(self.where, rule, code=code, **place)
        self.warnings.append(in_place(problem, self.places))

    def remark(self, text: str) -> None:
        """Record something worth knowing."""
        self.remarks.append(text)


def listed(
    numbers: list[int], one: str = "", many: str = "", most: int = 5, noun: str = "row"
) -> str:
    """Row or column numbers in words, with the verb that agrees: "rows 3, 4 and 9 are".

    Past `most` the list is cut, and the cut is stated.
    """
    shown = [
        f"{row_of(number):,}" + (f" of sheet {place}" if (place := place_of(number)) else "")
        for number in numbers
    ]
    return listed_texts(shown, one, many, most, noun)


def listed_texts(
    shown: list[str], one: str = "", many: str = "", most: int = 5, noun: str = "row"
) -> str:
    """The same of what is said of each already: "columns 3 'Colour' and 5 are"."""
    if len(shown) == 1:
        return f"{noun} {shown[0]} {one}".rstrip()
    if len(shown) > most:
        more = f"{len(shown) - most:,} more"
        return f"{noun}s {', '.join(shown[:most])} and {more} {many}".rstrip()
    return f"{noun}s {', '.join(shown[:-1])} and {shown[-1]} {many}".rstrip()

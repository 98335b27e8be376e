"""Which file, or which sheet of a workbook, a row is of, where several make up one table.

The number of a row carries it: above the 32 bits of the number that the user sees stands the place,
counted from 0. So nothing that moves rows needs to know of places, and only what says a row does.
Rows of the one file of a table have the place 0, and its number is what the user sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from jsna.errors import Problem

if TYPE_CHECKING:
    import numpy as np

_BITS: Final = 32
_ROWS: Final = (1 << _BITS) - 1


def placed(rows: Any, at: int) -> Any:
    """Numbers of rows, carrying a place that is `at` further on."""
    return rows + (at << _BITS)


def row_of(number: int) -> int:
    """The number of a row as the user sees it."""
    return int(number) & _ROWS


def place_of(number: int) -> int:
    """The place a number carries."""
    return int(number) >> _BITS


def rows_of(numbers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Numbers of rows as the user sees them."""
    return numbers & _ROWS


def named(number: int, places: Sequence[str]) -> str:
    """The place a number carries, where several make up the table; "" where one does."""
    at = place_of(number)
    return places[at] if len(places) > 1 and at < len(places) else ""


def in_place(problem: Problem, places: Sequence[str]) -> Problem:
    """A problem whose row is said as the user sees it, in the file and sheet it is of."""
    if problem.row is None or not (place := named(problem.row, places)):
        return problem
    return replace(problem, where=place, row=row_of(problem.row))

"""Columns of numbers: their kind, the marks they are written with, and round bounds around them."""

from __future__ import annotations

from typing import Any, Final

from jsna.drafting.cells import Cells
from jsna.model.contract import Column
from jsna.shared import columns

#: Numbers that a maximum is rounded up to, times a power of ten.
_ROUND: Final = (1, 2, 5, 10)


def numbered(cells: Cells, field: str) -> Column | None:
    """The declaration of a column of numbers; None where it is of something else.

    Args:
        cells: of the column. Some may say that there is no number, in words every file has.
        field: what it is to be called.
    """
    kept, none = cells.without_none
    if not (kept.numbers or kept.marked):
        return None
    more: dict[str, Any] = {"field": field}
    more |= {"nullable": True} if kept.empty else {}
    more |= {"absent": none} if none else {}
    low, high = min(kept.numbered), max(kept.numbered)
    minimum, maximum = (0 if low >= 0 else -_above(-low)), _above(high)
    if kept.pounds:
        return columns.pounds(cells.header, maximum, minimum=minimum, **more)
    more |= {"marked": True} if kept.marked else {}
    whole = all(number.is_integer() for number in kept.numbered)
    if whole and not any("." in value or "%" in value for value in kept.values):
        return columns.whole(cells.header, minimum, maximum, **more)
    return columns.number(cells.header, minimum, maximum, **more)


def _above(number: float) -> int:
    """A round number above one, which is none of the column's own."""
    power = 1
    while True:
        for step in _ROUND:
            if step * power > number:
                return step * power
        power *= 10

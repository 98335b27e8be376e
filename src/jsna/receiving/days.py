"""In which order a column writes its dates: what one of them shows, or a question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from jsna.ingest.dates import Written, read
from jsna.ingest.layout import in_order
from jsna.model.layouts import Dates
from jsna.receiving.fits import ORDERS

#: Dates of numbers alone whose first is no year of four digits: read in more than one order.
_OPEN: Final = re.compile(r"\d{1,2}([/.\- ])\d{1,2}\1(\d{2}|\d{4})\b.*|\d{6}|\d{8}")
#: Share of the dates by which an order must be possible: single slips are told by the build.
_NEARLY: Final = 0.99
#: Years a return may speak of.
_YEARS: Final = range(1900, 2100)


@dataclass(frozen=True, slots=True)
class Order:
    """How a column's dates are to be read.

    Attributes:
        dates: the order; "" where every date is read without being told it.
        among: orders by which all of them can be read, where that is more than one.
        told: why.
    """

    dates: Dates = ""
    among: tuple[Dates, ...] = ()
    told: str = ""


def order_of(said: Mapping[str, int]) -> Order:
    """The order of a column's dates.

    Args:
        said: date as written -> how many there are.
    """
    unclear = {text: times for text, times in said.items() if _OPEN.fullmatch(text)}
    total = sum(unclear.values())
    if not total:
        return Order()
    by = {order: sum(n for text, n in unclear.items() if _is_day(text, order)) for order in ORDERS}
    possible = tuple(order for order in ORDERS if by[order] >= _NEARLY * total)
    if len(possible) > 1 and len({_days(unclear, order) for order in possible}) == 1:
        possible = possible[:1]
    if not possible:
        return Order(told="its dates cannot be read in one order: ask who wrote the file")
    if len(possible) > 1:
        return Order(among=possible, told="no date of it shows which number is the day")
    (order,) = possible
    as_it_is = all(_day(text) == _day(in_order(text, order)) for text in unclear)
    told = f"{order}: {total:,} dates can be read in no other order"
    return Order("" if as_it_is else order, told=told)


def _day(text: str) -> date | None:
    found = read(text)
    return found.day if isinstance(found, Written) else None


def _is_day(text: str, order: Dates) -> bool:
    moved = in_order(text, order)
    day = _day(moved)
    return moved != text and day is not None and day.year in _YEARS


def _days(unclear: Mapping[str, int], order: Dates) -> tuple[date | None, ...]:
    return tuple(_day(in_order(text, order)) for text in sorted(unclear))

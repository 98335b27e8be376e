"""Months of a year without one event: whether a file of events is only a part of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Final

from jsna.model.contract import Table
from jsna.shared.periods import window

#: Months in a row without one: no holiday is as long, and a term without any is.
_LONG: Final = 3
#: Fewer events than that leave such months empty by chance.
_ENOUGH: Final = 20
#: Share of the days of a table of one year that are of it.
_MOST: Final = 0.5


def is_of_events(table: Table) -> bool:
    """Whether a row of a table is an event of its year, which the day it is dated by tells apart.

    A register reaches back, and what is measured once a year may be measured in one term.
    """
    return table.dated_by in table.key and table.dated_share >= _MOST


def empty_months(days: Iterable[date], period: str, period_type: str) -> str:
    """`January to August 2024`, the longest run of months without an event; "" for a short one.

    Args:
        days: of the events; those of other years say nothing.
        period, period_type: of the delivery.
    """
    first, last = window(period, period_type)
    inside = [day for day in days if first <= day <= last]
    if len(inside) < _ENOUGH:
        return ""
    held = {(day.year, day.month) for day in inside}
    numbers = range(12 * first.year + first.month - 1, 12 * last.year + last.month)
    months = [(number // 12, number % 12 + 1) for number in numbers]
    runs = [list(some) for full, some in groupby(months, held.__contains__) if not full]
    longest = max(runs, key=len, default=[])
    if len(longest) < _LONG:
        return ""
    begins, ends = date(*longest[0], 1), date(*longest[-1], 1)
    year = "" if begins.year == ends.year else f" {begins.year}"
    return f"{begins:%B}{year} to {ends:%B} {ends.year}"

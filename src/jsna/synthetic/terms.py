"""School days of the invented county."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Final

#: First and last school day of the terms: (month, day) of the first year, then of the second.
_TERMS: Final = (((9, 4), (10, 20)), ((10, 30), (12, 19)), ((1, 6), (2, 9)), ((2, 19), (3, 27)),
          ((4, 16), (5, 24)), ((6, 3), (7, 19)))  # fmt: skip


@cache
def school_days(first_year: int) -> tuple[date, ...]:
    """Weekdays of the terms of a school year."""
    days: list[date] = []
    for (month, day), (last_month, last_day) in _TERMS:
        year = first_year + (month < 9)
        at, end = date(year, month, day), date(year, last_month, last_day)
        while at <= end:
            if at.weekday() < 5:
                days.append(at)
            at += timedelta(days=1)
    return tuple(days)

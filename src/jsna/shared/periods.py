"""Which days a delivery's period covers, and the day its ages are counted on."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

#: Kinds of period that are written 2024/25.
OF_TWO_YEARS: Final = frozenset({"academic_year", "financial_year"})
_YEAR: Final = re.compile(r"20\d\d")
_TWO_YEARS: Final = re.compile(r"(20\d\d)/(\d\d)")


def census_day(year: int) -> date:
    """The January census day of a year: the third Thursday."""
    first = date(year, 1, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 14)


def reference_date(period: str, period_type: str, edition_date: date) -> date:
    """The day a delivery describes, on which ages are counted.

    Args:
        period: `2025`, or `2024/25` for academic and financial years.
        period_type: see `jsna.model.schema.PERIOD_TYPES`.
        edition_date: reference date of the edition, which stands for a January of its own year
            and for dated reference products.

    Returns:
        January: census day. Academic year: census day in it, as pupils' facts are those of that
        roll. Mid-year: 30 June. Calendar and financial year: its last day.
    """
    first = _first_year(period)
    if period_type == "january":
        return edition_date if first == edition_date.year else census_day(first)
    if period_type == "academic_year":
        following = first + 1
        return edition_date if following == edition_date.year else census_day(following)
    if period_type == "mid_year":
        return date(first, 6, 30)
    if period_type in ("calendar_year", "financial_year"):
        return window(period, period_type)[1]
    return edition_date


def ends_in(period: str) -> int:
    """Year a period ends in: 2025 of `2025` and of `2024/25`."""
    return _first_year(period) + ("/" in period)


def beginning_in(first: int, period_type: str) -> str:
    """The period of a kind that begins in a year: `2024/25`, or `2024`."""
    return f"{first}/{(first + 1) % 100:02d}" if period_type in OF_TWO_YEARS else str(first)


def following(period: str, years: int = 1) -> str:
    """The period some years after one: `2025/26` of `2024/25`."""
    first = _first_year(period) + years
    return f"{first}/{(first + 1) % 100:02d}" if "/" in period else str(first)


def is_period(period: str, period_type: str) -> bool:
    """Whether a period is written as those of its kind are."""
    if period_type not in OF_TWO_YEARS:
        return _YEAR.fullmatch(period) is not None
    found = _TWO_YEARS.fullmatch(period)
    return found is not None and (int(found[1]) + 1) % 100 == int(found[2])


def written_like(period_type: str) -> str:
    """How a period of a kind is written, by an example."""
    return "2024/25" if period_type in OF_TWO_YEARS else "2025"


def window(period: str, period_type: str) -> tuple[date, date]:
    """First and last day events of a delivery should fall on.

    A January return describes the calendar year before it; an academic year runs from September
    to August, a financial year from April to March.
    """
    first = _first_year(period)
    if period_type == "january":
        return date(first - 1, 1, 1), date(first - 1, 12, 31)
    if period_type == "academic_year":
        return date(first, 9, 1), date(first + 1, 8, 31)
    if period_type == "financial_year":
        return date(first, 4, 1), date(first + 1, 3, 31)
    return date(first, 1, 1), date(first, 12, 31)


def _first_year(period: str) -> int:
    """Year a period begins in, such as 2024 of `2024/25`."""
    text = period[:4]
    if not (text.isdigit() and len(text) == 4):
        raise ValueError(f"a period is written 2025 or 2024/25, not {period!r}")
    return int(text)

"""How one date is written, and the day it names: every form that can be read only one way.

A day comes before its month where both are numbers, as in the United Kingdom, unless the caller
knows that a column has them the other way round; years come first or last in four digits; a month
by its name may have a year of two. A time of day is no fault in any column and is dropped; where it
says its zone, the day is that of the United Kingdom at that instant, but for midnight in a zone of
its own, which is how systems write a day. Months are English whatever the locale of the machine.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

from jsna.model.contract import CHILDREN

_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_TIME: Final = (
    r"(?:(?:[ T]|, ?)(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d(?:[.,]\d+)?))?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?(?: ?(?P<zone>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?))?)?"
)
_NAME: Final = r"(?P<name>[A-Za-z]{3,9})\.?"
_DAY, _MONTH, _YEAR = r"(?P<day>\d{1,2})", r"(?P<month>\d{1,2})", r"(?P<year>\d{4})"
_MARK: Final = r"(?P<mark>[/.-])"
#: The form that could be month/day/year.
DAY_FIRST: Final = "day/month/year"
YEAR_FIRST: Final = "year-month-day"
_FORMS: Final = (
    (DAY_FIRST, rf"{_DAY}{_MARK}{_MONTH}(?P=mark){_YEAR}"),
    (YEAR_FIRST, rf"{_YEAR}{_MARK}{_MONTH}(?P=mark){_DAY}"),
    # Of eight digits that name a day either way, years of two centuries tell which it is.
    (YEAR_FIRST, r"(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)"),
    (DAY_FIRST, r"(?P<day>[0-3]\d)(?P<month>[0-3]\d)(?P<year>(?:19|20)\d\d)"),
    ("month by name", rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ /.-]?{_NAME}[ /.,-]{{0,2}}"
                      r"(?P<year>\d{4}|\d{2})"),
    ("month by name", rf"(?P<year>\d{{4}})[ /.-]?{_NAME}[ /.-]?(?P<day>\d{{1,2}})"),
    ("month by name", rf"{_NAME}[ /.-]?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ ,/.-]{{1,2}}"
                      r"(?P<year>\d{4})"),
)  # fmt: skip
_PATTERNS: Final = tuple((form, re.compile(pattern + _TIME, re.ASCII)) for form, pattern in _FORMS)


class Kind(enum.Enum):
    """What a text that names no day looks like."""

    MONTH_FIRST = "month first"
    IMPOSSIBLE = "no such day"
    OTHER = "not a date"


@dataclass(frozen=True, slots=True)
class Written:
    """A day and the form it is written in.

    Forms that differ only in punctuation or in the time of day count as one; `timed` says whether
    there is a time of day other than midnight.
    """

    day: date
    form: str
    timed: bool = field(default=False, compare=False)


@lru_cache(maxsize=200_000)
def read(text: str, *, month_first: bool = False) -> Written | Kind:
    """The day a text names, or what is wrong with it.

    Args:
        text: as it stands in the cell.
        month_first: whether the month comes first where the order could be either.
    """
    for form, pattern in _PATTERNS:
        found = pattern.fullmatch(text)
        if found is None:
            continue
        parts = found.groupdict()
        month, number = _month(parts), int(parts["day"])
        if month is None:
            return Kind.IMPOSSIBLE
        if month_first and form == DAY_FIRST:
            month, number = number, month
        day = _day(_year(parts["year"]), month, number)
        if day is None:
            swapped = form == DAY_FIRST and _day(int(parts["year"]), number, month)
            return Kind.MONTH_FIRST if swapped and not month_first else Kind.IMPOSSIBLE
        moved = _at_home(day, parts)
        return Kind.IMPOSSIBLE if moved is None else Written(moved, form, _timed(parts))
    return Kind.OTHER


def _timed(parts: dict[str, str | None]) -> bool:
    """Whether there is a time of day that is not midnight, as it is written."""
    if parts["hour"] is None:
        return False
    hour = int(parts["hour"]) % (12 if parts["half"] else 24)
    after_noon = (parts["half"] or "A") in "Pp"
    later = f"{parts['minute']}{parts['second'] or ''}".strip("0.,")
    return bool(hour or after_noon or later)


def _month(parts: dict[str, str | None]) -> int | None:
    name = parts.get("name")
    if name is None:
        return int(str(parts["month"]))
    folded = name.casefold()
    whole = {"sept": "september"}.get(folded, folded)
    for number, month in enumerate(_MONTHS, 1):
        if whole in (month, month[:3]):
            return number
    return None


def _year(text: str | None) -> int:
    year = int(str(text))
    # Of a column that may be of other years `short_years` has said which before.
    return year if len(str(text)) > 2 else CHILDREN[0] + (year - CHILDREN[0]) % 100


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _at_home(day: date, parts: dict[str, str | None]) -> date | None:
    """The day in the United Kingdom; None where there is no such time."""
    if parts["hour"] is None:
        return day
    hour, minute = int(parts["hour"]), int(str(parts["minute"]))
    if half := parts["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half in "Pp" else 0)
    if hour > 23:
        return None
    zone = parts["zone"]
    if zone is None:
        return day
    from zoneinfo import ZoneInfo

    away = timedelta()
    if zone[0] in "+-":
        digits = zone[1:].replace(":", "")
        away = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
        if away >= timedelta(days=1):
            return None
        away = -away if zone[0] == "-" else away
    if away and not (hour or minute or (parts["second"] or "").strip("0.,")):
        return day
    then = datetime(day.year, day.month, day.day, hour, minute, tzinfo=timezone(away))
    try:
        return then.astimezone(ZoneInfo("Europe/London")).date()
    except OverflowError:
        return None

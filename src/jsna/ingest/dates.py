"""How one date is written, and the day it names: every form that can be read only one way.

A day comes before its month where both are numbers, as in the United Kingdom; years come first or
last in four digits; a month by its name may have a year of two. A time of day is no fault in any
column and is dropped; where it says its zone, the day is that of the United Kingdom at that
instant, but for midnight in a zone of its own, which is how systems write a day. Months are English
whatever the locale of the machine.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

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
_FORMS: Final = (
    ("day/month/year", rf"{_DAY}{_MARK}{_MONTH}(?P=mark){_YEAR}"),
    ("year-month-day", rf"{_YEAR}{_MARK}{_MONTH}(?P=mark){_DAY}"),
    ("month by name", rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ /.-]?{_NAME}[ /.,-]{{0,2}}"
                      r"(?P<year>\d{4}|\d{2})"),
    ("month by name", rf"(?P<year>\d{{4}})[ /.-]?{_NAME}[ /.-]?(?P<day>\d{{1,2}})"),
    ("month by name", rf"{_NAME}[ /.-]?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ ,/.-]{{1,2}}"
                      r"(?P<year>\d{4})"),
)  # fmt: skip
_PATTERNS: Final = tuple((form, re.compile(pattern + _TIME)) for form, pattern in _FORMS)
#: Years of two digits from this one on are of the last century.
_LAST_CENTURY: Final = 70


class Kind(enum.Enum):
    """What a text that names no day looks like."""

    MONTH_FIRST = "month first"
    IMPOSSIBLE = "no such day"
    OTHER = "not a date"


@dataclass(frozen=True, slots=True)
class Written:
    """A day and the form it is written in.

    Forms that differ only in punctuation or in the time of day count as one.
    """

    day: date
    form: str


@lru_cache(maxsize=200_000)
def read(text: str) -> Written | Kind:
    """The day a text names, or what is wrong with it."""
    for form, pattern in _PATTERNS:
        found = pattern.fullmatch(text)
        if found is None:
            continue
        parts = found.groupdict()
        month = _month(parts)
        if month is None:
            return Kind.IMPOSSIBLE
        day = _day(_year(parts["year"]), month, int(parts["day"]))
        if day is None:
            swapped = form == "day/month/year" and _day(
                int(parts["year"]), int(parts["day"]), month
            )
            return Kind.MONTH_FIRST if swapped else Kind.IMPOSSIBLE
        moved = _at_home(day, parts)
        return Kind.IMPOSSIBLE if moved is None else Written(moved, form)
    return Kind.OTHER


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
    if year >= 100:
        return year
    return year + (1900 if year >= _LAST_CENTURY else 2000)


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

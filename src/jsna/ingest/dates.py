"""How one date is written: under which declared format, month first, or not a date at all.

Only to judge a column; the validation of rows reads the dates. Months are English whatever the
locale of the machine.
"""

from __future__ import annotations

import enum
import re
from datetime import date
from functools import cache, lru_cache

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PARTS = {
    "%d": r"(?P<day>\d{1,2})",
    "%m": r"(?P<month>\d{1,2})",
    "%b": r"(?P<month>[A-Za-z]{3})",
    "%Y": r"(?P<year>\d{4})",
}
_WORDS = {"%d": "day", "%m": "month", "%b": "month's name", "%Y": "year"}
_TIME = r"(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?"
#: Numbers in the order of most of the world, or of the United States.
_NUMERIC = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})" + _TIME)
_ISO = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})" + _TIME)


class Kind(enum.Enum):
    """What a text that fits no declared format looks like."""

    MONTH_FIRST = "month first"
    IMPOSSIBLE = "no such day"
    OTHER = "not a date"


@lru_cache(maxsize=200_000)
def kind_of(text: str, formats: tuple[str, ...]) -> Kind | str:
    """The declared way a date is written (`day/month/year`), or what is wrong with it.

    Ways that differ only in the time of day count as one.
    """
    for words, pattern in _patterns(formats):
        if (found := pattern.fullmatch(text)) and _exists(*_parts(found)):
            return words
    if found := _NUMERIC.fullmatch(text):
        first, second, year = (int(part) for part in found.groups())
        if second > 12 and _exists(year, first, second):
            return Kind.MONTH_FIRST
        return Kind.OTHER if _exists(year, second, first) else Kind.IMPOSSIBLE
    if found := _ISO.fullmatch(text):
        exists = _exists(*(int(part) for part in found.groups()))
        return Kind.OTHER if exists else Kind.IMPOSSIBLE
    named = any(pattern.fullmatch(text) for _, pattern in _patterns(formats))
    return Kind.IMPOSSIBLE if named else Kind.OTHER


@cache
def _patterns(formats: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each format's day part as words and as a pattern that any time of day may follow."""
    found = []
    for form in formats:
        day = re.split(r"[ T]%H", form)[0]
        words, pattern = day, re.escape(day)
        for mark, part in _PARTS.items():
            words = words.replace(mark, _WORDS[mark])
            pattern = pattern.replace(re.escape(mark), part)
        found.append((words, re.compile(pattern + _TIME)))
    return tuple(found)


def _parts(found: re.Match[str]) -> tuple[int, int, int]:
    month = found["month"]
    if month.isalpha():
        folded = month.casefold()
        number = _MONTHS.index(folded) + 1 if folded in _MONTHS else 0
    else:
        number = int(month)
    return int(found["year"]), number, int(found["day"])


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True

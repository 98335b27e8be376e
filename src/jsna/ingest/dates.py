"""How one date is written: under which declared format, month first, or not a date at all.

Only to judge a column; the validation of rows reads the dates.
"""

from __future__ import annotations

import enum
import re
from datetime import date, datetime
from functools import lru_cache

_NUMERIC = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: .*)?")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?: .*)?")


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
    for form in formats:
        try:
            datetime.strptime(text, form)
        except ValueError:
            continue
        return _in_words(form)
    if found := _NUMERIC.fullmatch(text):
        first, second, year = (int(part) for part in found.groups())
        if first <= 12 < second and _exists(year, first, second):
            return Kind.MONTH_FIRST
        return Kind.IMPOSSIBLE
    if found := _ISO.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
        return Kind.OTHER if _exists(year, month, day) else Kind.IMPOSSIBLE
    return Kind.OTHER


def _in_words(form: str) -> str:
    words = {"%d": "day", "%m": "month", "%b": "month's name", "%B": "month's name", "%Y": "year"}
    pattern = form.split(" %H")[0]
    for mark, word in words.items():
        pattern = pattern.replace(mark, word)
    return pattern


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True

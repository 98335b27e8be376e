"""Of which period a file is: by the days it is dated by, the ages of its classes, or its name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Final

from jsna.ingest.dates import Written, read
from jsna.model.contract import Extract, Table
from jsna.shared.periods import OF_TWO_YEARS, beginning_in, window

if TYPE_CHECKING:
    import pandas as pd

#: Share of children who are in the class of their age, at least.
_MOST: Final = 0.5
#: In a name: 2024-25, 2024_2025, 202425; and a year alone.
_TWO: Final = re.compile(r"(?<!\d)(20\d\d)[-_/ .]?(?:20)?(\d\d)(?!\d)")
_ONE: Final = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
#: Years of age at the beginning of Year 0, which is Reception.
_RECEPTION: Final = 4
_CLASS: Final = re.compile(r"\d{1,2}")
_SEPTEMBER: Final = 9


def ending(last: int, period_type: str) -> str:
    """A period by the year it ends in."""
    return beginning_in(last - (period_type in OF_TWO_YEARS), period_type)


def of_rows(extract: Extract, table: Table, frame: pd.DataFrame) -> tuple[str, str]:
    """The period of a table's rows, and what tells it; both "" where nothing does.

    Args:
        extract, table: what the rows are.
        frame: its cells as text, under the declared fields.
    """
    if table.dated_by is not None:
        column = table.column(table.dated_by)
        period = _by_days(_days(frame[column.field].dropna()), extract.period_type, table)
        if period:
            return period, f"the days in {column.name!r}"
    if "year_group" in frame and "date_of_birth" in frame and extract.period_type == "january":
        year = _by_classes(frame[["date_of_birth", "year_group"]].dropna())
        if year:
            return str(year), "the ages of its classes"
    return "", ""


def days_in(period: str, extract: Extract, table: Table, frame: pd.DataFrame) -> list[date]:
    """The days of a period that a table is dated by, one a row, the earliest first."""
    if table.dated_by is None:
        return []
    start, end = window(period, extract.period_type)
    found = _days(frame[table.dated_by].dropna())
    return sorted(day for day in found.elements() if start <= day <= end)


def _days(texts: Iterable[str]) -> Counter[date]:
    many = Counter(texts)
    found: Counter[date] = Counter()
    for text, times in many.items():
        day = read(str(text))
        if isinstance(day, Written):
            found[day.day] += times
    return found


def _by_days(days: Counter[date], period_type: str, table: Table) -> str:
    """The period most of the days fall into, where as many do as must."""
    total = sum(days.values())
    firsts = {day.year + more for day in days for more in (-1, 0, 1)}
    if not total:
        return ""
    inside = dict.fromkeys(firsts, 0)
    for first in firsts:
        start, end = window(beginning_in(first, period_type), period_type)
        inside[first] = sum(times for day, times in days.items() if start <= day <= end)
    # Of a register that reaches back the last year with many is its own.
    enough = [first for first, many in inside.items() if many >= table.dated_share * total]
    if not enough:
        return ""
    best = max(enough) if table.dated_share < _MOST else max(enough, key=inside.__getitem__)
    return beginning_in(best, period_type)


def _by_classes(rows: pd.DataFrame) -> int | None:
    """The January in which most children are in the class of their age."""
    found: Counter[int] = Counter()
    for (born, group), times in Counter(
        zip(map(str, rows["date_of_birth"]), map(str, rows["year_group"]), strict=True)
    ).items():
        day = read(born)
        year = 0 if group.upper() == "R" else None
        if _CLASS.fullmatch(group):
            year = int(group)
        if isinstance(day, Written) and year is not None:
            cohort = day.day.year - (day.day.month < _SEPTEMBER)
            found[cohort + 1 + _RECEPTION + year + 1] += times
    if not found:
        return None
    best, times = found.most_common(1)[0]
    return best if times >= _MOST * sum(found.values()) else None


def of_name(stem: str, period_type: str) -> str:
    """The period a file is named for; "" where it names none, or two."""
    if period_type in OF_TWO_YEARS:
        pairs = {
            int(first)
            for first, second in _TWO.findall(stem)
            if (int(first) + 1) % 100 == int(second)
        }
        return beginning_in(pairs.pop(), period_type) if len(pairs) == 1 else ""
    years = {int(year) for year in _ONE.findall(stem)}
    return str(years.pop()) if len(years) == 1 else ""

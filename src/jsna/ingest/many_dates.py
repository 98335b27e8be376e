"""Many dates at once: what `jsna.ingest.dates` says of each text, as arrays.

Nearly all dates stand as 05/03/2024 or 2024-03-05. Those are read together; `dates.read`, which
reads every form, is asked of the others alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jsna.ingest.dates import DAY_FIRST, YEAR_FIRST, Kind, Written, read

Marks = np.ndarray[Any, np.dtype[np.bool_]]
Numbers = np.ndarray[Any, np.dtype[np.int64]]
#: The two forms, and where in each of them year, month and day begin.
_USUAL: Final = (
    (DAY_FIRST, r"^\d\d/\d\d/\d{4}$", (6, 3, 0)),
    (YEAR_FIRST, r"^\d{4}-\d\d-\d\d$", (0, 5, 8)),
)
_LONG: Final = 10
_EPOCH: Final = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Looked:
    """What texts say as dates, arrays of one element each.

    Attributes:
        usual: it stands in one of the two usual forms.
        known: it names a day.
        days: that day, in days since 1970; 0 of others.
        day_first, year_first: it names a day in this form (see `dates.Written`).
        late: the day is past the 12th of its month.
        timed: there is a time of day other than midnight.
        month_first, impossible: what it is instead (see `dates.Kind`).
    """

    usual: Marks
    known: Marks
    days: Numbers
    day_first: Marks
    year_first: Marks
    late: Marks
    timed: Marks
    month_first: Marks
    impossible: Marks


def look(texts: pa.Array[Any]) -> Looked:
    """Read texts, none of them null, as dates: days first where the order could be either."""
    size = len(texts)
    found = Looked(*(np.zeros(size, np.int64 if at == 2 else np.bool_) for at in range(9)))
    for form, pattern, places in _USUAL:
        mine = np.flatnonzero(np.asarray(pc.match_substring_regex(texts, pattern)))
        if not len(mine):
            continue
        found.usual[mine] = True
        year, month, day = _parts(texts.take(pa.array(mine)), places)
        days, there = _civil(year, month, day)
        found.known[mine], found.days[mine] = there, np.where(there, days, 0)
        found.late[mine] = there & (day > 12)
        if form == DAY_FIRST:
            found.day_first[mine] = there
            turned = ~there & _civil(year, day, month)[1]
            found.month_first[mine], found.impossible[mine] = turned, ~there & ~turned
        else:
            found.year_first[mine], found.impossible[mine] = there, ~there
    others = np.flatnonzero(~found.usual)
    for at, text in zip(others.tolist(), texts.take(pa.array(others)).to_pylist(), strict=True):
        _put(found, at, read(text))
    return found


def _put(found: Looked, at: int, said: Written | Kind) -> None:
    """Note what one text says."""
    if isinstance(said, Written):
        found.known[at], found.days[at] = True, said.day.toordinal() - _EPOCH
        found.day_first[at] = said.form == DAY_FIRST
        found.year_first[at] = said.form == YEAR_FIRST
        found.late[at], found.timed[at] = said.day.day > 12, said.timed
    else:
        found.month_first[at] = said is Kind.MONTH_FIRST
        found.impossible[at] = said is Kind.IMPOSSIBLE


def days_of(texts: pa.Array[Any]) -> pa.Array[Any]:
    """The days that texts name, as Arrow dates; null where one names none."""
    found = look(texts)
    return pa.array(found.days.astype(np.int32), pa.int32(), mask=~found.known).cast(pa.date32())


def _parts(texts: pa.Array[Any], places: Sequence[int]) -> list[Numbers]:
    """Year, month and day of texts of ten characters, which begin at these places."""
    content, offsets = texts.buffers()[2], np.frombuffer(texts.buffers()[1], np.int32)
    first = int(offsets[texts.offset])
    letters = np.frombuffer(content, np.uint8, len(texts) * _LONG, first).reshape(-1, _LONG)
    digits = letters.astype(np.int64) - ord("0")

    def number(start: int, width: int) -> Numbers:
        tens = 10 ** np.arange(width - 1, -1, -1)
        made: Numbers = digits[:, start : start + width] @ tens
        return made

    return [number(places[0], 4), number(places[1], 2), number(places[2], 2)]


def _civil(year: Numbers, month: Numbers, day: Numbers) -> tuple[Numbers, Marks]:
    """Days since 1970, and whether there is such a day."""
    there = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
    months = (np.where(there, (year - 1970) * 12 + month - 1, 0)).astype("datetime64[M]")
    first = months.astype("datetime64[D]").astype(np.int64)
    after = (months + 1).astype("datetime64[D]").astype(np.int64)
    days = first + day - 1
    return days, there & (days < after)

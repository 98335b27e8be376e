"""Columns of dates: which of day and month comes first, and what a spreadsheet did to them.

What a layout says of the order has been done before. Else it is what the cells show: a number over
12 is a day. Where none is, days come first, as in the United Kingdom, and it is told. Where
some cells can be read one way only and others the other way, or too few say anything, the file is
refused with the question: a date the wrong way round is seen by nobody later.

Columns are judged on their distinct values (a few thousand, however many rows).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from jsna.ingest import short_years
from jsna.ingest.cells import DAMAGED, at
from jsna.ingest.coded import is_coded
from jsna.ingest.dates import DAY_FIRST, Kind, Written, read
from jsna.ingest.grid import Findings, Grid
from jsna.ingest.many_dates import Looked, Marks, look
from jsna.model.contract import Column

if TYPE_CHECKING:
    import pyarrow as pa

#: Share of days past the 12th of their month.
OVER_TWELVE: Final = 0.6
#: Of dates in numbers, the share that must have a month before a day over 12, and their number, for
#: a column without one of the other order to be taken as written so.
EVIDENT: Final = 1 / 3
FEWEST: Final = 5
#: Different dates none of which is past the 12th: from so many on it is no chance.
ALL_EARLY: Final = 4
_SERIAL: Final = re.compile(r"(\d{1,5})(\.\d+)?", re.ASCII)
#: The day Excel counts that never was: 29 February 1900; the days before it are one too few.
_NEVER_WAS: Final = 60
_TIMED: Final = re.compile(r"(\d{4}-\d\d-\d\d) \d\d:\d\d:\d\d(\.\d+)?")


@dataclass(frozen=True, slots=True)
class _Days:
    """The dates of a column.

    Attributes:
        column: the column.
        said: what each of its distinct texts says, days first.
        indices: which text each cell has, -1 for none.
        rows: row number of each cell.
        findings: where problems go.
    """

    column: Column
    said: Looked
    indices: Any
    rows: Any
    findings: Findings

    @property
    def filled(self) -> int:
        """How many cells are filled."""
        return int((self.indices >= 0).sum())

    def where(self, marked: Sequence[bool] | Marks) -> list[int]:
        """The rows of the cells with a text that is marked."""
        return where(marked, self.indices, self.rows)


def where(marked: Sequence[bool] | Marks, indices: Any, rows: Any) -> list[int]:
    """The rows of the cells with a text that is marked.

    Args:
        marked: of each distinct text.
        indices: which text each cell has, -1 for none.
        rows: row number of each cell.
    """
    some = np.append(np.asarray(marked, np.bool_), False)
    return [int(row) for row in rows[some[indices]]] if some.any() else []


def plain(
    column: Column, values: pa.Array[Any], rows: Any, grid: Grid, findings: Findings
) -> pa.Array[Any]:
    """The dates of a column, none of which can be read two ways.

    Args:
        column: the declaration.
        values: its cells, "" as null.
        rows: row number of each.
        grid: the file: of one whose cells come with types, numbers are days since 1900 or 1904.
        findings: where questions and warnings go.

    Returns:
        the cells, of which those written month first, or as a day of a spreadsheet, are ISO dates.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if values.null_count == len(values):
        return values
    encoded = values if is_coded(values) else values.dictionary_encode()
    given = encoded.dictionary
    indices = np.asarray(pc.fill_null(encoded.indices, -1))
    texts, said = given, look(given)
    if not said.usual.all():
        listed = given.to_pylist()
        made = [_of_workbook(text, grid.epoch_1904) for text in listed] if grid.typed else listed
        made = short_years.plain(column, made, lambda of: where(of, indices, rows), findings)
        if made != listed:
            texts = pa.array(made, pa.string())
            said = look(texts)
        if column.identifier == "date_of_birth":
            _tell_times(column, listed, lambda of: where(of, indices, rows), findings)
    days = _Days(column, said, indices, rows, findings)
    if _month_first(days):
        texts = pa.array([_turned(text) for text in texts.to_pylist()], pa.string())
        days = replace(days, said=look(texts))
    _check_impossible(days)
    _check_turned(days)
    return values if texts is given else texts.take(encoded.indices)


def _of_workbook(text: str, epoch_1904: bool) -> str:
    """A date of a workbook, where it is a number of days, and without its time of day.

    Number 1 is 1 January 1900, or 0 is 1 January 1904. Number 0 of 1900, which is how an empty cell
    looks that was made a date, and 29 February 1900 are none.
    """
    if serial := _SERIAL.fullmatch(text):
        days = int(serial[1])
        if epoch_1904:
            return (date(1904, 1, 1) + timedelta(days=days)).isoformat()
        if days in (0, _NEVER_WAS):
            return text
        return (date(1899, 12, 30) + timedelta(days=days + (days < _NEVER_WAS))).isoformat()
    found = _TIMED.fullmatch(text)
    return found[1] if found else text


def _turned(text: str) -> str:
    """A date written month first as an ISO date; one of another form as it is.

    One that does not exist month first becomes an ISO date that does not exist.
    """
    usual = read(text)
    if usual is not Kind.MONTH_FIRST and not (
        isinstance(usual, Written) and usual.form == DAY_FIRST
    ):
        return text
    found = read(text, month_first=True)
    return found.day.isoformat() if isinstance(found, Written) else "0000-00-00"


def _tell_times(
    column: Column,
    given: Sequence[str],
    where: Callable[[Sequence[bool]], list[int]],
    findings: Findings,
) -> None:
    """Times of day among days of birth, which are left away."""
    timed = []
    for text in given:
        found = read(text) if ":" in text else Kind.OTHER
        timed.append(isinstance(found, Written) and found.timed)
    rows = where(timed)
    if rows:
        findings.warn(
            "column.birth_times",
            "days of birth have a time of day, which is left away; a system that keeps another "
            "time than ours may have moved them by a day: ask the owner of the extract for days",
            **at(column, rows),
        )


def _month_first(days: _Days) -> bool:
    """Whether months come before days in a column; says how that is known, or asks."""
    said = days.said
    first = days.where(said.day_first & said.late)
    last = days.where(said.month_first)
    either = said.day_first & ~said.late
    if not first and not last and either.sum() >= ALL_EARLY:
        days.findings.warn(
            "column.all_days_early",
            "no date written in numbers is past the 12th of a month, so nothing shows whether the "
            "day or the month comes first: read with the day first; ask the owner of the extract, "
            "and say `dates` in a mapping if it is the month",
            **at(days.column, days.where(either)),
        )
    if len(last) <= DAMAGED * days.filled:
        return False
    if not first and len(last) >= max(FEWEST, EVIDENT * (len(last) + len(days.where(either)))):
        days.findings.warn(
            "column.month_first",
            "dates are written month first, none of them day first, and are read so",
            **at(days.column, last),
        )
        return True
    others = "others are day first" if first else "too few to tell it of the others"
    days.findings.refuse(
        "column.month_first",
        f"dates are written month first (the second number is over 12), and {others}: some may be "
        "the wrong way round unseen; does the day or the month come first in this column? Say so "
        "in a mapping (`dates`), or export the file again with day/month/year",
        **at(days.column, last),
    )
    return False


def _check_impossible(days: _Days) -> None:
    impossible = days.where(days.said.impossible)
    # One alone is somebody's slip in a file of any length, and its row is told.
    if len(impossible) > max(1, DAMAGED * days.filled):
        days.findings.refuse(
            "column.impossible_dates",
            "dates do not exist, such as 31 February; ask the owner of the extract",
            **at(days.column, impossible),
        )


def _check_turned(days: _Days) -> None:
    """Dates a spreadsheet of another country took for its own, and turned the wrong way round.

    It turns those it can read month first into dates, and leaves the others as they were: what
    begins with a number over 12 alone is still day/month/year. Two forms each of which holds days
    of both kinds are only two ways of writing, and each is read.
    """
    said = days.said
    guessed = said.late[said.day_first].all() and not said.late[said.year_first].any()
    if not guessed:
        return
    left, turned = days.where(said.day_first), days.where(said.year_first)
    by_chance = OVER_TWELVE ** len(left) * (1 - OVER_TWELVE) ** len(turned)
    if not left or not turned or by_chance > DAMAGED:
        return
    tell = days.findings.refuse if len(turned) > DAMAGED * days.filled else days.findings.warn
    tell(
        "column.mixed_dates",
        "every date written day/month/year is past the 12th of a month and every other date is "
        "not: a spreadsheet has turned those the wrong way round; export the file again and do "
        "not open it",
        **at(days.column, turned),
    )

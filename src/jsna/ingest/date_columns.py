"""Columns of dates: which of day and month comes first, and what a spreadsheet did to them.

What a layout says of the order has been done before. Else it is what the cells show: a number over
12 is a day. Where none is, days come first, as in the United Kingdom, and it is told. Where
some cells can be read one way only and others the other way, or too few say anything, the file is
refused with the question: a date the wrong way round is seen by nobody later.

Columns are judged on their distinct values (a few thousand, however many rows).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from jsna.ingest import short_years
from jsna.ingest.cells import DAMAGED, at
from jsna.ingest.dates import DAY_FIRST, Kind, Written, read
from jsna.ingest.grid import Findings, Grid
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
        texts: its distinct texts.
        found: what each says, days first.
        indices: which text each cell has, -1 for none.
        rows: row number of each cell.
        findings: where problems go.
    """

    column: Column
    texts: Sequence[str]
    found: Sequence[Written | Kind]
    indices: Any
    rows: Any
    findings: Findings

    @property
    def filled(self) -> int:
        """How many cells are filled."""
        return int((self.indices >= 0).sum())

    def where(self, marked: Sequence[bool]) -> list[int]:
        """The rows of the cells with a text that is marked."""
        chosen = np.flatnonzero(marked)
        if not len(chosen):
            return []
        return [int(row) for row in self.rows[np.isin(self.indices, chosen)]]


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
    encoded = values.dictionary_encode()
    given = encoded.dictionary.to_pylist()
    texts = [_of_workbook(text, grid.epoch_1904) for text in given] if grid.typed else given
    indices = np.asarray(pc.fill_null(encoded.indices, -1))

    def where(marked: Sequence[bool]) -> list[int]:
        return [int(row) for row in rows[np.isin(indices, np.flatnonzero(marked))]]

    texts = short_years.plain(column, texts, where, findings)
    days = _Days(column, texts, [read(text) for text in texts], indices, rows, findings)
    if column.identifier == "date_of_birth":
        _tell_times(days, given)
    if _month_first(days):
        texts = [_turned(text) for text in texts]
        days = _Days(column, texts, [read(text) for text in texts], indices, rows, findings)
    _check_impossible(days)
    _check_turned(days)
    if texts == given:
        return values
    return pa.array(texts, pa.string()).take(encoded.indices)


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


def _tell_times(days: _Days, given: Sequence[str]) -> None:
    """Times of day among days of birth, which are left away."""
    timed = []
    for text in given:
        found = read(text) if ":" in text else Kind.OTHER
        timed.append(isinstance(found, Written) and found.timed)
    rows = days.where(timed)
    if rows:
        days.findings.warn(
            "column.birth_times",
            "days of birth have a time of day, which is left away; a system that keeps another "
            "time than ours may have moved them by a day: ask the owner of the extract for days",
            **at(days.column, rows),
        )


def _month_first(days: _Days) -> bool:
    """Whether months come before days in a column; says how that is known, or asks."""
    numeric = [isinstance(one, Written) and one.form == DAY_FIRST for one in days.found]
    over = [isinstance(one, Written) and one.day.day > 12 for one in days.found]
    first = days.where([a and b for a, b in zip(numeric, over, strict=True)])
    last = days.where([one is Kind.MONTH_FIRST for one in days.found])
    either = [a and not b for a, b in zip(numeric, over, strict=True)]
    if not first and not last and sum(either) >= ALL_EARLY:
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
    impossible = days.where([one is Kind.IMPOSSIBLE for one in days.found])
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
    known = [one if isinstance(one, Written) else None for one in days.found]
    first = [one is not None and one.form == DAY_FIRST for one in known]
    last = [one is not None and one.form == "year-month-day" for one in known]
    guessed = all(
        (one.day.day > 12) == is_first
        for one, is_first, is_last in zip(known, first, last, strict=True)
        if one is not None and (is_first or is_last)
    )
    if not guessed:
        return
    left, turned = days.where(first), days.where(last)
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

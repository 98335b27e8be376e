"""What others have published: official figures, and earlier editions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from jsna.disclosure.ledger.linked_tables import NONE, LinkedTables, Ratio
from jsna.model import schema
from jsna.model.cells import Cell
from jsna.model.configuration import Configuration

#: Of an official figure and a local one: that they are of the same thing, however each counts.
_SUBJECT: Final = list(schema.SUBJECT)
#: How the source of a count begins that an earlier edition of the report printed.
BEFORE: Final = "edition "
#: Most decimals an official percentage is taken to be printed with.
_DECIMALS = 3


def mark_public(made: LinkedTables, rows: pd.DataFrame, official: pd.DataFrame) -> None:
    """Mark what an official figure gives away already, being the same count.

    One that is counted in another way is no reason to print a small count that happens to be the
    same: 3 in all schools and 3 in those of the council say that nobody is in another; and were it
    hidden wherever they differ, that it is would say so. That other counts are the same as the
    published ones is taken to be known: whatever is hidden must not follow from it.
    """
    fields = ["numerator", "denominator"]
    given = official[[*_SUBJECT, *fields, "source"]]
    beside = rows[[*_SUBJECT, "segment"]].merge(given, on=_SUBJECT, how="left")
    local = beside["segment"].eq(schema.LOCAL).tolist()
    for field_, cells in zip(fields, (made.numerators, made.denominators), strict=True):
        told = zip(cells, beside[field_].tolist(), beside["source"].tolist(), local, strict=True)
        for cell, count, source, otherwise in told:
            if cell == NONE or count != made.value[cell]:
                continue
            if not otherwise:
                made.public[cell] = source
            elif not 0 < count < max(made.threshold[cell], made.protects[cell]):
                made.tell(cell, count, count)


def join_earlier(
    made: LinkedTables, known: Mapping[Cell, int], name: str, before: pd.DataFrame
) -> dict[Cell, int]:
    """Join an earlier edition: counts it printed are known, counts it hid stay protected.

    A count that has not changed since is the same number. One that has, or that is printed no more,
    is a number of its own, tied by the equations of its own edition.

    Args:
        made: the linked tables; gets the cells of the earlier edition that are not its own.
        known: cell -> cell of this edition.
        name: the earlier edition.
        before: its ledger.

    Returns:
        Cell -> number, of everything the earlier edition counted.
    """
    own: dict[Cell, int] = {}
    own_ = before.loc[~before["derived"] & ~before["earlier"]]
    # Of how many people sums are, and the largest part, was not kept at first.
    rows = own_.reindex(columns=list(_Entry._fields))
    for entry in map(_Entry._make, zip(*(rows[f].tolist() for f in _Entry._fields), strict=True)):
        cell = Cell.read(entry.cell)
        newest = known.get(cell)
        number = next((c for c in made.of(cell) if made.value[c] == entry.value), None)
        if number is None:
            number = made.add(
                cell,
                f"{entry.label} (edition {name})",
                entry.value,
                threshold=entry.threshold,
                zeros_shown=entry.zeros_shown,
                contributor=entry.contributor,
                earlier=True,
            )
            made.rounding[number], made.controlled[number] = entry.rounding, entry.controlled
        own[cell] = number
        if newest != number:
            made.amounts.people[number] = entry.people
            made.amounts.largest[number] = entry.largest
        if newest is not None:
            made.last[newest] = number
            if entry.shown:
                made.before.setdefault(newest, set()).add(entry.printed)
                if newest in made.amounts.fewest and newest != number:
                    made.amounts.printed.setdefault(newest, set()).add(number)
        _tell(made, number, f"{BEFORE}{name}", entry)
        made.threshold[number] = max(made.threshold[number], entry.threshold)
    return own


class _Entry(NamedTuple):
    """What a ledger says of a count, as far as it is needed here."""

    cell: str
    label: str
    value: float
    threshold: int
    zeros_shown: bool
    contributor: float
    public: str
    shown: bool
    printed: float
    rounding: int
    controlled: bool
    people: float
    largest: float


def _tell(made: LinkedTables, cell: int, source: str, entry: _Entry) -> None:
    """Note what an earlier publication, or whoever it named as public, printed of a cell."""
    if entry.public and not entry.public.startswith(BEFORE):
        source = entry.public
    elif not entry.shown:
        return
    elif entry.rounding > 1:
        off = entry.rounding - 1 if entry.controlled else entry.rounding // 2
        made.tell(cell, entry.printed - off, entry.printed + off)
        return
    made.public[cell] = made.public[cell] or source


def ratios(
    made: LinkedTables, rows: pd.DataFrame, official: pd.DataFrame, config: Configuration
) -> Iterator[Ratio]:
    """Official percentages and rates without counts, of rows whose counts are the same.

    One that differs from ours by more than its last digit is of other data and says nothing exact.
    """
    alone = official.loc[official["numerator"].isna() & official["value"].notna()]
    beside = rows[_SUBJECT].merge(alone[[*_SUBJECT, "value"]], on=_SUBJECT, how="left")["value"]
    for place in np.flatnonzero(beside.notna().to_numpy()):
        top, bottom = made.numerators[place], made.denominators[place]
        if NONE in (top, bottom) or made.value[bottom] <= 0:
            continue
        printed = float(beside.iloc[place])
        per = config.indicators[rows["indicator"].iloc[place]].multiplier
        decimals = next((d for d in range(_DECIMALS) if round(printed, d) == printed), _DECIMALS)
        ours = per * made.value[top] / made.value[bottom]
        if abs(ours - printed) <= 0.5 * 10.0**-decimals:
            yield Ratio(top, bottom, printed, decimals, per)

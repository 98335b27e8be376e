"""What others have published: official figures, and earlier editions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from jsna.disclosure.ledger.book import NONE, Book, Ratio
from jsna.disclosure.ledger.regions import Region
from jsna.model import schema
from jsna.model.configuration import Configuration

_KEY = list(schema.KEY)
#: How the source of a count begins that an earlier edition of the report printed.
BEFORE: Final = "edition "
#: Most decimals an official percentage is taken to be printed with.
_DECIMALS = 3


def mark_public(made: Book, rows: pd.DataFrame, official: pd.DataFrame) -> None:
    """Mark what an official figure gives away already, being the same count."""
    key = list(schema.KEY)
    fields = ["numerator", "denominator"]
    beside = rows[key].merge(official[[*key, *fields, "source"]], on=key, how="left")
    for field_, cells in zip(fields, (made.numerators, made.denominators), strict=True):
        given = zip(cells, beside[field_].tolist(), beside["source"].tolist(), strict=True)
        for cell, count, source in given:
            if cell != NONE and count == made.value[cell]:
                made.public[cell] = source


def join_earlier(
    made: Book, known: Mapping[Region, int], name: str, before: pd.DataFrame
) -> dict[Region, int]:
    """Join an earlier edition: counts it printed are known, counts it hid stay protected.

    A count that has not changed since is the same cell. One that has, or that is printed no more,
    is a cell of its own, tied by the equations of its own edition.

    Args:
        made: the book; gets the cells of the earlier edition that are not its own.
        known: region -> cell of this edition.
        name: the earlier edition.
        before: its ledger.

    Returns:
        Region -> cell, of everything the earlier edition counted.
    """
    own: dict[Region, int] = {}
    rows = before.loc[~before["derived"] & ~before["earlier"], list(_Entry._fields)]
    for entry in map(_Entry._make, zip(*(rows[f].tolist() for f in _Entry._fields), strict=True)):
        region = Region.read(entry.region)
        newest = known.get(region)
        cell = next((c for c in made.of(region) if made.value[c] == entry.value), None)
        if cell is None:
            cell = made.add(
                region,
                f"{entry.label} (edition {name})",
                entry.value,
                threshold=entry.threshold,
                zeros_shown=entry.zeros_shown,
                contributor=entry.contributor,
                earlier=True,
            )
            made.rounding[cell], made.controlled[cell] = entry.rounding, entry.controlled
        own[region] = cell
        if newest is not None:
            made.last[newest] = cell
            if entry.shown:
                made.before.setdefault(newest, set()).add(entry.printed)
        _tell(made, cell, f"{BEFORE}{name}", entry)
        made.threshold[cell] = max(made.threshold[cell], entry.threshold)
    return own


class _Entry(NamedTuple):
    """What a ledger says of a count, as far as it is needed here."""

    region: str
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


def _tell(made: Book, cell: int, source: str, entry: _Entry) -> None:
    """Note what an earlier publication, or whoever it named as public, printed of a cell."""
    if entry.public and not entry.public.startswith(BEFORE):
        source = entry.public
    elif not entry.shown:
        return
    elif entry.rounding > 1:
        off = entry.rounding - 1 if entry.controlled else entry.rounding // 2
        low, high = made.told[cell]
        made.told[cell] = max(low, entry.printed - off), min(high, entry.printed + off)
        return
    made.public[cell] = made.public[cell] or source


def ratios(
    made: Book, rows: pd.DataFrame, official: pd.DataFrame, config: Configuration
) -> Iterator[Ratio]:
    """Official percentages and rates without counts, of rows whose counts are the same.

    One that differs from ours by more than its last digit is of other data and says nothing exact.
    """
    alone = official.loc[official["numerator"].isna() & official["value"].notna()]
    beside = rows[_KEY].merge(alone[[*_KEY, "value"]], on=_KEY, how="left")["value"]
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

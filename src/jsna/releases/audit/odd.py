"""Figures that are impossible, or implausible, by themselves and beside the years around them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import pandas as pd

from jsna.model.audits import FindingKind
from jsna.model.releases import SIDES
from jsna.model.schema import TOTAL
from jsna.releases.audit.cells import Table
from jsna.releases.audit.sums import LEAP, far
from jsna.releases.figures import PLUS

#: A share with counts and a value further apart than this many percentage points contradicts
#: itself; less is rounding, or a publisher that divides by a few more cases than it lists.
GROSS: Final = 2.0
#: A zero is in doubt where the country's share, or the years beside it, would give this many.
EXPECTED: Final = 10.0
EXPECTED_OF_CATEGORY: Final = 100.0
#: Percentage of the country from which a zero without counts is in doubt.
COMMON: Final = 5.0
#: Standard errors by which two shares differ for sure.
SURE: Final = 3.0
KEY: Final = ["area_code", "period", "breakdown", "category"]


class Figure(NamedTuple):
    """One figure of one area: its sides are NaN where there is none."""

    area: str
    period: str
    breakdown: str
    category: str
    value: float
    numerator: float
    denominator: float

    @property
    def at(self) -> tuple[str, str, str]:
        """Where it stands, whatever the area."""
        return self.period, self.breakdown, self.category


class Odd(NamedTuple):
    """What is odd about a figure: on which side, of which kind, and why."""

    figure: Figure
    side: str
    kind: FindingKind
    reason: str

    @property
    def published(self) -> float:
        """The publisher's figure."""
        return float(getattr(self.figure, self.side))


def figures(
    table: Table,
    wrong: Collection[tuple[str, ...]] = (),
    of: Collection[str] | None = None,
) -> list[Figure]:
    """The figures of a table, sides together, sorted.

    Args:
        wrong: (side, area, period, breakdown, category) of cells known not to be true.
        of: areas; all where not given.
    """
    frame = table.frame if of is None else table.frame[table.frame["area_code"].isin([*of])]
    if frame.empty:
        return []
    cells = frame.drop_duplicates(["side", *KEY])
    if wrong:
        cells = cells[~pd.MultiIndex.from_frame(cells[["side", *KEY]]).isin(list(wrong))]
    wide = cells.pivot(index=KEY, columns="side", values="value").sort_index()
    sides = [wide[s].tolist() if s in wide else [math.nan] * len(wide) for s in SIDES]
    return [Figure(*at, *numbers) for at, *numbers in zip(wide.index, *sides, strict=True)]


def odd(
    table: Table, areas: Collection[str], nation: str, wrong: Collection[tuple[str, ...]] = ()
) -> Iterator[Odd]:
    """Everything odd about single figures of some areas; nothing is compared with `wrong` ones."""
    every = figures(table, wrong, {*areas, nation})
    mine = [f for f in every if f.area in areas]
    yield from _negative(mine)
    yield from _impossible(mine, table)
    beside = _Beside(table, every, nation, _counted(table, wrong))
    for figure in mine:
        if (zero := beside.zero(figure)) is not None:
            yield zero
    yield from beside.jumps(mine)


def _counted(table: Table, wrong: Collection[tuple[str, ...]]) -> bool:
    """Whether any area has a count that is not known to be wrong."""
    counts = table.frame[(table.frame["side"] == "numerator") & table.frame["value"].notna()]
    if wrong:
        counts = counts[~pd.MultiIndex.from_frame(counts[["side", *KEY]]).isin(list(wrong))]
    return not counts.empty


def at_odds(table: Table) -> set[tuple[str, ...]]:
    """Figures whose published share is not that of their counts: (area, period, …, category)."""
    found = (o for o in _impossible(figures(table), table) if o.kind == "counts")
    return {(o.figure.area, *o.figure.at) for o in found}


def _negative(mine: Sequence[Figure]) -> Iterator[Odd]:
    for figure in mine:
        for side in SIDES:
            number = getattr(figure, side)
            if number < 0:
                yield Odd(figure, side, "negative", f"The published figure, {number:,.10g}, is "
                          "below 0.")  # fmt: skip


def _impossible(mine: Sequence[Figure], table: Table) -> Iterator[Odd]:
    """Shares above their whole, or that are not those of their counts."""
    if not table.indicator.kind.inside:
        return
    # Columns added up here are not what the publisher divided by.
    own = PLUS not in table.columns.get("denominator", PLUS)
    for figure in mine:
        value, part, whole = figure.value * table.scale, figure.numerator, figure.denominator
        if value > 100 + 1e-9:
            reason = f"The published share, {value:.10g}%, is above 100%."
            yield Odd(figure, "value", "impossible", reason)
        elif part > whole * 1.01 + 0.5:
            reason = f"The published part, {part:,.0f}, is above its whole, {whole:,.0f}."
            yield Odd(figure, "numerator", "impossible", reason)
        elif own and whole > 0 and abs(100 * part / whole - value) > GROSS:
            reason = (
                f"The published share, {value:.10g}%, is not that of its counts, {part:,.0f} of "
                f"{whole:,.0f}."
            )
            yield Odd(figure, "value", "counts", reason)


# -- marks -----------------------------------------------------------------------------------------

_Series = dict[tuple[str, str, str], dict[str, Figure]]


class _Beside:
    """What a figure is held to: the country's, the area's total, the periods before and after."""

    def __init__(self, table: Table, every: Sequence[Figure], nation: str, counted: bool) -> None:
        self.unit, self.nation = table.indicator.unit, nation
        #: Whether the published value is itself a count.
        self.adds_up = table.indicator.kind.adds_up
        #: The side a figure's size is told by: its count where there is one.
        self.side = "numerator" if counted else "value"
        self.counted = counted or self.adds_up
        self.country = {f.at: f for f in every if f.area == nation}
        self.totals = {(f.area, f.period): f for f in every if f.breakdown == TOTAL}
        self.series: _Series = {}
        for figure in every:
            of = (figure.area, figure.breakdown, figure.category)
            self.series.setdefault(of, {})[figure.period] = figure

    def zero(self, figure: Figure) -> Odd | None:
        """A zero where the country's share, or the years beside, would give many.

        A category may be truly empty, such as a kind of school a place has none of, so more must
        be expected of one.
        """
        if getattr(figure, self.side) != 0 or figure.area == self.nation:
            return None
        whole = figure.breakdown == TOTAL
        expected = self._expected(figure)
        if expected >= (EXPECTED if whole else EXPECTED_OF_CATEGORY):
            of = f" of {figure.denominator:,.0f}" if self.side == "numerator" else ""
            reason = (
                f"None is recorded{of}, where the country's share would give about {expected:,.0f}."
            )
            return Odd(figure, self.side, "zero", reason)
        if whole and self._empty_among_years(figure):
            reason = "A zero where other years have figures; it may stand for none received."
            return Odd(figure, self.side, "zero", reason)
        return None

    def _expected(self, figure: Figure) -> float:
        """How many the country's share would give, NaN where counts do not tell."""
        there = self.country.get(figure.at)
        if there is None:
            return math.nan
        if self.side == "numerator":
            return there.numerator / max(there.denominator, 1.0) * figure.denominator
        home = self.totals.get((figure.area, figure.period))
        whole = self.totals.get((self.nation, figure.period))
        if figure.breakdown == TOTAL or home is None or whole is None:
            return math.nan
        return there.value / max(whole.value, 1.0) * home.value

    def _empty_among_years(self, figure: Figure) -> bool:
        """Whether a zero total stands beside years that have figures of some size."""
        series = self.series[figure.area, figure.breakdown, figure.category]
        known = [p for p in sorted(series) if math.isfinite(getattr(series[p], self.side))]
        place = known.index(figure.period)
        beside = [
            float(getattr(series[known[i]], self.side))
            for i in (place - 1, place + 1)
            if 0 <= i < len(known)
        ]
        if self.counted:
            return bool(beside) and min(beside) >= EXPECTED
        there = self.country.get(figure.at)
        common = self.unit == "percent" and there is not None and there.value >= COMMON
        return common and bool(beside) and max(beside) > 0

    def jumps(self, mine: Sequence[Figure]) -> Iterator[Odd]:
        """Totals several times, or a fraction of, those of the period before.

        A change the country made too is none. Counts, and shares with counts, must differ by more
        than chance; values without counts by the size of the change alone.
        """
        for area in sorted({f.area for f in mine} - {self.nation}):
            series = self.series.get((area, TOTAL, TOTAL), {})
            known = [p for p in sorted(series) if math.isfinite(self._size(series[p]))]
            for before, after in pairwise(known):
                one, other = series[before], series[after]
                if self._jumped(one, other):
                    yield Odd(other, self._told(other), "jump", self._words(one, other))

    def _told(self, figure: Figure) -> str:
        return "value" if math.isfinite(figure.value) else "numerator"

    def _size(self, figure: Figure) -> float:
        """A total's size: its value, or what its counts come to."""
        if math.isfinite(figure.value) or not figure.denominator > 0:
            return figure.value
        return 100 * figure.numerator / figure.denominator

    def _jumped(self, one: Figure, other: Figure) -> bool:
        first, last = self._size(one), self._size(other)
        if min(first, last) <= 0:
            return False
        there = [self.country.get((p, TOTAL, TOTAL)) for p in (one.period, other.period)]
        sizes = [self._size(f) for f in there if f is not None]
        moved = sizes[1] / sizes[0] if len(sizes) == 2 and min(sizes) > 0 else 1.0
        for start in (first, first * moved):
            if max(start, last) < LEAP * min(start, last):
                return False
        if self.adds_up:
            return far(last, first * moved)
        return _surely(one, other)

    def _words(self, one: Figure, other: Figure) -> str:
        first, last = self._size(one), self._size(other)
        times = max(first, last) / min(first, last)
        how = f"{times:.1f} times the figure of {one.period}"
        if last < first:
            how = f"The figure of {one.period} is {times:.1f} times this one"
        return f"{how}: a change to be confirmed before it is relied on."


def _surely(one: Figure, other: Figure) -> bool:
    """Whether two shares differ by more than chance, where their counts are known."""
    bases = (one.denominator, other.denominator)
    if not (math.isfinite(one.numerator + other.numerator) and min(bases) > 0):
        return True
    pooled = (one.numerator + other.numerator) / sum(bases)
    error = math.sqrt(max(pooled * (1 - pooled), 1e-9) * sum(1 / n for n in bases))
    return abs(other.numerator / bases[1] - one.numerator / bases[0]) > SURE * error

"""The figures of one side of a table as an array, and which sums over it hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jsna.model.schema import TOTAL

#: Least share of the whole by which a sum over areas must be out to count.
MATERIAL: Final = 0.001
#: Categories that give less than this share of their total do not stand for it, where the
#: country's give `COVERED` of theirs.
LEAST_COVERED: Final = 0.5
COVERED: Final = 0.9
#: A sum over areas is expected to hold where it does in this share of those that can be judged.
MOSTLY: Final = 0.5
HOLDS, OVER, UNDER, OPEN = "holds", "over", "under", "open"

#: Period, breakdown, category.
Slice = tuple[str, str, str]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Sum(NamedTuple):
    """A whole and the parts that should add up to it.

    Attributes:
        excess: how far the parts are above the whole.
        state: it `holds`; the parts are `over` or `under` it; or `open`, which cannot be judged.
    """

    whole: int
    parts: tuple[int, ...]
    excess: float
    state: str


@dataclass
class Grid:
    """Figures by slice and area, NaN where there is none.

    Attributes:
        slices: rows of `values`, sorted; `areas`: its columns, sorted.
        hidden: whether the publisher withholds the figure (`c`, `low`, `u`).
        wholes: (period, breakdown) -> what its categories add up to, by area.
        groups: region (its column) -> columns of its authorities, where there are several.
        nation: column of the country; -1 where there is none.
        rounding: base counts are rounded to.
        doubted: (slice, area) of figures that contradict something beside these sums.
    """

    slices: list[Slice]
    areas: list[str]
    values: Floats
    hidden: Flags
    wholes: dict[tuple[str, str], Floats]
    groups: Mapping[int, Sequence[int]]
    nation: int
    rounding: int
    doubted: set[tuple[Slice, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.row = {at: i for i, at in enumerate(self.slices)}
        self.broken_down: dict[tuple[str, str], list[int]] = {}
        for i, (period, breakdown, _) in enumerate(self.slices):
            if breakdown != TOTAL:
                self.broken_down.setdefault((period, breakdown), []).append(i)
        self.complete = True
        judged = [s.state for i in range(len(self.slices)) for s in self.sums(i)]
        held, missed = judged.count(HOLDS), judged.count(UNDER)
        # A release without every authority never adds up: then only parts above their whole tell.
        self.complete = held >= MOSTLY * max(held + missed, 1)

    def own(self) -> Grid:
        """A copy that figures may be taken out of."""
        made = copy(self)
        made.values, made.hidden = self.values.copy(), self.hidden.copy()
        made.wholes = {of: whole.copy() for of, whole in self.wholes.items()}
        made.doubted = set(self.doubted)
        return made

    def tolerance(self, parts: int, whole: float = 0.0) -> float:
        """How far apart a whole and the sum of so many parts may be."""
        return max(self.rounded(parts), MATERIAL * abs(whole)) + 1e-9

    def rounded(self, parts: int) -> float:
        """How far apart rounding alone may put them."""
        return (parts + 1) * self.rounding / 2 if self.rounding > 1 else 0.5

    def sums(self, at: int) -> list[Sum]:
        """The sums over areas in one slice: regions first, then the nation."""
        found = [self._sum(at, whole, parts) for whole, parts in self.groups.items()]
        if self.nation >= 0 and len(self.groups) > 1:
            found.append(self._sum(at, self.nation, [*self.groups]))
        return found

    def _sum(self, at: int, whole: int, parts: Sequence[int]) -> Sum:
        figures = self.values[at, parts]
        there = np.isfinite(figures)
        excess = float(figures[there].sum() - self.values[at, whole])
        state = OPEN
        if np.isfinite(excess) and there.any():
            near = self.tolerance(int(there.sum()), float(self.values[at, whole]))
            if abs(excess) <= near:
                state = HOLDS
            elif excess > near:
                state = OVER
            elif there.all() and self.complete:
                state = UNDER
        return Sum(whole, tuple(parts), excess, state)

    def remove(self, at: Slice, area: str) -> None:
        """Take a figure known to be wrong out of every sum; those beside it are doubted."""
        column = self.areas.index(area)
        self.values[self.row[at], column] = np.nan
        # What is left of its breakdown need not cover the total.
        self.hidden[self.row[at], column] = True
        period, breakdown, _ = at
        self.doubted |= {(s, area) for s in self.slices if s[:2] == at[:2] and breakdown != TOTAL}
        if breakdown == TOTAL:
            for key in self.wholes:
                if key[0] == period:
                    self.wholes[key][column] = np.nan

    def against_total(self, period: str, breakdown: str) -> NDArray[np.str_]:
        """By area, whether the categories are `over` their total, far `under` it, or neither."""
        rows = self.broken_down[period, breakdown]
        states = np.full(len(self.areas), OPEN, dtype="<U5")
        whole = self.wholes.get((period, breakdown))
        if whole is None:
            return states
        figures = self.values[rows]
        there = np.isfinite(figures)
        known, count = np.where(there, figures, 0).sum(axis=0), there.sum(axis=0)
        usable = np.isfinite(whole) & (count > 0)
        near = np.array([self.tolerance(int(n)) for n in count])
        states[usable] = HOLDS
        states[usable & (known - np.nan_to_num(whole) > near)] = OVER
        covers = True
        if self.nation >= 0 and usable[self.nation]:
            covers = bool(known[self.nation] >= COVERED * whole[self.nation])
        if covers:
            few = known < LEAST_COVERED * np.nan_to_num(whole)
            told = ~self.hidden[rows].any(axis=0) & (np.nan_to_num(whole) >= 10)
            states[usable & few & told] = UNDER
        return states

    def series(self, at: Slice, area: int) -> tuple[list[str], Floats]:
        """The area's figures of a category over time: periods, and values where there are any."""
        rows = [i for i, s in enumerate(self.slices) if s[1:] == at[1:]]
        rows = [i for i in rows if np.isfinite(self.values[i, area])]
        return [self.slices[i][0] for i in rows], self.values[rows, area]


def grid(
    cells: pd.DataFrame,
    region_of: Mapping[str, str],
    nation: str,
    rounding: int,
    shares: pd.DataFrame | None = None,
) -> Grid:
    """The grid of one side's cells.

    Args:
        cells: rows of `cells.COLUMNS` of one side.
        region_of: authority -> region.
        shares: cells whose values the categories of a share add up to; else its totals are.
    """
    index = ["period", "breakdown", "category"]
    once = cells.drop_duplicates([*index, "area_code"])
    once = once.assign(hidden=once["status"].isin(("c", "low", "u")))
    values = once.pivot(index=index, columns="area_code", values="value").sort_index()
    hidden = once.pivot(index=index, columns="area_code", values="hidden").sort_index()
    areas = [str(a) for a in values.columns]
    slices = [(str(p), str(b), str(c)) for p, b, c in values.index.to_flat_index()]
    place = {area: i for i, area in enumerate(areas)}
    groups: dict[int, list[int]] = {}
    for area in areas:
        region = region_of.get(area)
        if region in place:
            groups.setdefault(place[region], []).append(place[area])
    numbers: Floats = np.array(values.to_numpy(), dtype=np.float64)
    return Grid(
        slices,
        areas,
        numbers,
        np.array(hidden.to_numpy() == True, dtype=np.bool_),  # noqa: E712  # NaN is no symbol
        _wholes(slices, areas, numbers, shares),
        {region: own for region, own in sorted(groups.items()) if len(own) > 1},
        place.get(nation, -1),
        rounding,
    )


def _wholes(
    slices: Sequence[Slice], areas: Sequence[str], values: Floats, shares: pd.DataFrame | None
) -> dict[tuple[str, str], Floats]:
    if shares is not None:
        place = {area: i for i, area in enumerate(areas)}
        found: dict[tuple[str, str], Floats] = {}
        cells = shares[["period", "breakdown", "area_code", "value"]].dropna()
        for period, breakdown, area, value in cells.itertuples(index=False, name=None):
            new = np.full(len(areas), np.nan)
            whole = found.setdefault((str(period), str(breakdown)), new)
            whole[place[area]] = np.fmax(whole[place[area]], value)
        return found
    row = {at: i for i, at in enumerate(slices)}
    return {
        (period, breakdown): values[row[period, TOTAL, TOTAL]].copy()
        for period, breakdown, _ in slices
        if breakdown != TOTAL and (period, TOTAL, TOTAL) in row
    }

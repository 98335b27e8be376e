"""Numerators meet denominators: dense arrays of two counts, added up into coarser categories,
groups of localities and several years where a recoding of a fallback asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from jsna.measures.cubes import Counts, Cubes, counted
from jsna.measures.keeping import Stratum, kept
from jsna.model.fallbacks import coarser
from jsna.model.hierarchies import members, runs, span
from jsna.model.indicators import LOCALITY, Indicator, Recoding, Side

if TYPE_CHECKING:
    from jsna.model.configuration import Configuration

#: Kinds of period on which the year's middle is still to come.
_BEFORE_SUMMER: Final = frozenset({"january", "31_march"})


@dataclass(frozen=True, slots=True)
class Block:
    """Aligned numerators and denominators of one indicator and breakdown, as dense arrays.

    The arrays have an axis for periods and one for each dimension.

    Attributes:
        periods: as they are written.
        years: the periods of the numerator's table that each of them is made of.
        below: those of the denominator's, one for each of `years`; none without denominator.
        numerator, denominator: the counts.
        kept: which are measures; the others are combinations no one could be in anywhere.
        beside: what is kept beside the counts, in the order of `keeping.kept`.
    """

    periods: list[str]
    years: list[tuple[str, ...]]
    below: list[tuple[str, ...]]
    numerator: Counts
    denominator: Counts
    kept: np.ndarray[Any, np.dtype[np.bool_]]
    beside: tuple[Counts, ...] = ()


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a block: what it is counted by, and what it is shown by.

    Attributes:
        dimension: the dimension the cubes have.
        shown: the dimension of the rows, the same or a coarser one.
        codes: categories shown, in order.
        matrix: which finer categories (columns) add up to each shown (rows); None for itself.
    """

    dimension: str
    shown: str
    codes: Sequence[str]
    matrix: Counts | None = None

    def added(self, counts: Counts, place: int) -> Counts:
        """Counts with the axis at `place` added up into the categories shown."""
        if self.matrix is None:
            return counts
        return np.moveaxis(np.tensordot(counts, self.matrix, (place, 1)), -1, place)


def axis_of(
    dimension: str,
    recoding: Recoding | None,
    categories: Mapping[str, list[str]],
    config: Configuration,
) -> Axis:
    """The axis of a dimension as a recoding shows it; as it is counted where there is none."""
    finer = categories[dimension]
    shown = dimension if recoding is None else coarser(dimension, recoding)
    if shown == dimension:
        return Axis(dimension, dimension, finer)
    parts = members(dimension, shown, config)
    matrix = np.array([[float(code in of) for code in finer] for of in parts.values()])
    return Axis(dimension, shown, list(parts), matrix)


def align(indicator: Indicator, axes: Sequence[Axis], cubes: Mapping[str, Cubes]) -> Block:
    """Numerator over denominator, cell by cell, each at its own period."""
    assert indicator.numerator is not None
    top = cubes[indicator.numerator.table]
    numerator = _counts(top, counted(indicator.numerator), axes)
    if indicator.denominator is None:
        nothing = np.full(numerator.shape, np.nan)
        return Block(
            top.periods,
            [(period,) for period in top.periods],
            [()] * len(top.periods),
            numerator,
            nothing,
            np.ones(numerator.shape, bool),
            tuple(_counts(top, side, axes) for side in kept(indicator)),
        )
    bottom = cubes[indicator.denominator.table]
    split = [axis for axis in axes if axis.dimension not in indicator.over]
    below = _counts(bottom, counted(indicator.denominator), split)
    places = [_period(p, bottom.periods, indicator) for p in top.periods]
    known = [i for i, place in enumerate(places) if place is not None]
    below = below[[place for place in places if place is not None]]
    # The denominator has no axis for a dimension it is the total over.
    sizes = [len(axis.codes) if axis in split else 1 for axis in axes]
    below = np.broadcast_to(below.reshape(len(known), *sizes), (len(known), *numerator.shape[1:]))
    possible = np.ones(below.shape[1:], bool)
    for place, axis in enumerate(axes):
        if axis in split and axis.dimension != LOCALITY:
            seen = axis.added(bottom.seen[axis.dimension].astype(np.float64), 0) > 0
            possible &= seen.reshape([-1 if i == place else 1 for i in range(len(axes))])
    there = (below > 0) | (numerator[known] > 0) | possible
    # A year in which no row tells a dimension is a gap, not a year of noughts.
    for axis in axes:
        told = top.told[axis.dimension][known]
        if axis in split:
            told = told & bottom.told[axis.dimension][[p for p in places if p is not None]]
        there &= told.reshape(-1, *[1] * len(axes))
    of = [bottom.periods[place] for place in places if place is not None]
    at = [place for place in places if place is not None]
    beside = tuple(
        _counts(bottom, side, axes)[at]
        if isinstance(side, Stratum) and side.below
        else _counts(top, side, axes)[known]
        for side in kept(indicator)
    )
    periods = [top.periods[i] for i in known]
    years: list[tuple[str, ...]] = [(period,) for period in periods]
    rest: list[tuple[str, ...]] = [(period,) for period in of]
    return Block(periods, years, rest, numerator[known], below, there, beside)


def _counts(of: Cubes, side: Side, axes: Sequence[Axis]) -> Counts:
    """Counts of a side by period and by what is shown on each axis."""
    counts = of.counts(side, tuple(axis.dimension for axis in axes))
    for place, axis in enumerate(axes, 1):
        counts = axis.added(counts, place)
    return counts


def _period(period: str, among: Sequence[str], indicator: Indicator) -> int | None:
    """Where a denominator's period is found for a numerator's; None where there is none.

    What stands on a day of winter or spring is divided by the population of the summer before.
    """
    assert indicator.denominator is not None
    if indicator.denominator.period == "same":
        return among.index(period) if period in among else None
    year = int(period[:4]) - (indicator.period_type in _BEFORE_SUMMER)
    earlier = [i for i, other in enumerate(among) if int(other[:4]) <= year]
    return earlier[-1] if earlier else None


def together(block: Block, years: int) -> Block:
    """Every run of years added up into one period."""
    found = [list(run) for run in runs(block.periods, years)]
    grouping = (len(found), *block.numerator.shape[1:])

    def added(counts: Counts) -> Counts:
        return np.array([counts[run].sum(axis=0) for run in found]).reshape(grouping)

    return Block(
        [span([block.periods[i] for i in run]) for run in found],
        [tuple(year for i in run for year in block.years[i]) for run in found],
        [tuple(year for i in run for year in block.below[i]) for run in found],
        added(block.numerator),
        added(block.denominator),
        added(block.kept.astype(np.float64)) > 0,
        tuple(added(one) for one in block.beside),
    )

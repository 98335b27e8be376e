"""What is kept of the rows of each cell beside its counts, where counts give no value or no limits.

A mean needs the squares of what it adds up; a standardised rate both counts in each group of the
standard population; a quantile each value. Of a coarser category and of
several years together such things are made from all their rows: squares add up as counts do, and
values are gathered, since the median of two groups follows from no median of each. What is kept
makes values and limits and then goes: none of it is written anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from jsna.measures.values import Floats
from jsna.model.indicators import Indicator, Side
from jsna.model.measured import Standard
from jsna.tables.catalogue import column_of

Objects = np.ndarray[Any, np.dtype[np.object_]]


class Spread(Side):
    """What a mean's limits need beside its sum: the squares of the values in a column, added up."""


class Stratum(Side):
    """The rows of a side in one group of those a rate is standardised by.

    Attributes:
        below: whether they are of the denominator.
    """

    below: bool = False


class Listed(Side):
    """The values in a column, each for itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """Values of a cell's rows, in no order; they are gathered wherever counts are added up."""

    numbers: Floats

    def __add__(self, other: Values) -> Values:
        return Values(np.concatenate((self.numbers, other.numbers)))

    def __mul__(self, times: float) -> Values:
        """As part of a coarser category (1), or as no part of it (0)."""
        return self if times else NO_VALUES


NO_VALUES: Final = Values(np.zeros(0))


def values_of(lists: pd.DataFrame) -> Objects:
    """Lists of values as the database gives them, and none as no values; of the frame's shape."""
    made: Objects = np.full(lists.shape, NO_VALUES, dtype=object)
    for at, name in enumerate(lists):
        for row, numbers in enumerate(lists[name]):
            if isinstance(numbers, np.ndarray):
                made[row, at] = Values(np.asarray(numbers, dtype=np.float64))
    return made


def _strata(indicator: Indicator, standard: Standard) -> Iterator[Stratum]:
    """Both sides in every group of the standard population, those of the numerator first."""
    for below, side in enumerate((indicator.numerator, indicator.denominator)):
        assert side is not None
        for code in standard.population:
            where = f"({side.where}) and \"{column_of(standard.by)}\" = '{code}'"
            yield Stratum(table=side.table, where=where, count=side.count, below=below > 0)


def kept(indicator: Indicator) -> tuple[Side, ...]:
    """What is kept of the rows an indicator counts; nothing where its counts say all."""
    side = indicator.numerator
    if side is None:
        return ()
    if indicator.kind.amounts:
        return (Spread(table=side.table, where=side.where, count=side.count),)
    if indicator.standard is not None:
        return tuple(_strata(indicator, indicator.standard))
    if not indicator.kind.of_values:
        return ()
    every = Listed(table=side.table, where=side.where, count=indicator.values)
    if not indicator.kind.of_waits:
        return (every,)
    # Where it is not known whether a wait has ended, it is not known to have.
    ended = f"coalesce(({indicator.ended}), false)"
    parts = (f"({side.where}) and {ended}", f"({side.where}) and not {ended}")
    return tuple(every.model_copy(update={"where": part}) for part in parts)

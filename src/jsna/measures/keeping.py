"""What is kept of the rows of each cell beside its counts, where counts give no value or no limits.

A mean needs the squares of what it adds up; a quantile each value. Of a coarser category and of
several years together such things are made from all their rows: squares add up as counts do, and
values are gathered, since the median of two groups follows from no median of each. What is kept
makes values and limits and then goes: none of it is written anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from jsna.measures.values import CALCULATED, Floats
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator, Side

Objects = np.ndarray[Any, np.dtype[np.object_]]
#: Why a value is not given, in the column `reason`: too few lie on one side of it.
FEW: Final = "few_values"


class Spread(Side):
    """What a mean's limits need beside its sum: the squares of the values in a column, added up."""


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


def kept(indicator: Indicator) -> tuple[Side, ...]:
    """What is kept of the rows an indicator counts; nothing where its counts say all."""
    side = indicator.numerator
    if side is None:
        return ()
    if indicator.kind.amounts:
        return (Spread(table=side.table, where=side.where, count=side.count),)
    if indicator.kind.of_values:
        return (Listed(table=side.table, where=side.where, count=indicator.values),)
    return ()


def fill(
    frame: pd.DataFrame,
    what: Sequence[tuple[Any, ...]],
    indicators: Mapping[str, Indicator],
    config: Configuration,
) -> None:
    """Fill value and limits that are made of what was kept, in place.

    Args:
        frame: rows with counts, and the values and limits that counts alone give.
        what: what was kept of each row, in the order of `kept`; () of most.
        indicators: the declarations.
        config: profiles, which say how few may lie beyond what is given of a quantile.
    """
    columns = list(CALCULATED)
    result = frame[columns].to_numpy(dtype=np.float64, copy=True)
    places: Any = frame.groupby("indicator", sort=False).indices
    status = frame["status"].to_numpy(dtype=object)
    few = np.zeros(len(frame), dtype=np.bool_)
    for name, rows in places.items():
        indicator = indicators[name]
        rows = rows[status[rows] == ""]
        if indicator.method not in _MADE or not len(rows):
            continue
        fewest = max(config.profile(frame["profile"].iloc[rows[0]]).threshold, 1)
        counts = frame.iloc[rows][["numerator", "denominator"]].to_numpy(dtype=np.float64)
        made = _MADE[indicator.method](indicator, counts, [what[row] for row in rows], fewest)
        result[rows] = made * indicator.multiplier
        few[rows] = np.isnan(made[:, 0])
    frame[columns] = result
    frame["status"] = frame["status"].mask(few, "x")
    frame["reason"] = frame["reason"].mask(few, FEW)


def _means(
    indicator: Indicator, counts: Floats, what: Sequence[tuple[Any, ...]], fewest: int
) -> Floats:
    """Means and their limits, shape (rows, 5), from how many values there are and two sums."""
    from jsna.measures.methods import STORED, mean_t_summary, stored_limits

    total, count = counts.T
    squares = np.array([of for (of,) in what], dtype=np.float64)
    # About the mean; what is below nought is rounding, of values all alike.
    apart = np.maximum(squares - total**2 / count, 0.0)
    deviation = np.sqrt(apart / np.where(count > 1, count - 1, np.nan))
    found = stored_limits(mean_t_summary(total, count, deviation, confidence=STORED))
    return np.column_stack([getattr(found, name) for name in CALCULATED])


def _quantiles(
    indicator: Indicator, counts: Floats, what: Sequence[tuple[Any, ...]], fewest: int
) -> Floats:
    """Quantiles and their limits, shape (rows, 5), to the decimals that are printed.

    More of them would be one child's own value to the last digit.
    """
    from jsna.measures.methods import STORED, quantile, stored_limits

    share = indicator.percentile / 100
    found = np.full((len(what), len(CALCULATED)), np.nan)
    for row, (values,) in enumerate(what):
        limits = stored_limits(quantile(values.numbers, share, fewest=fewest, confidence=STORED))
        found[row] = [getattr(limits, name)[0] for name in CALCULATED]
    return _coarse(found * indicator.multiplier, indicator.decimals) / indicator.multiplier


def _coarse(numbers: Floats, decimals: int) -> Floats:
    """Numbers rounded half up, as they are printed."""
    step = 10.0**decimals
    return np.asarray(np.floor(numbers * step + 0.5) / step, dtype=np.float64)


#: Method -> how its values and limits are made of what was kept.
_MADE: Final[Mapping[str, Callable[..., Floats]]] = {"mean_t": _means, "quantile": _quantiles}

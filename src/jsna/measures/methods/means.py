"""Means of a measurement, with limits from Student's t distribution.

Source: Armitage P, Berry G, Matthews JNS. Statistical Methods in Medical Research, 4th edn,
section 4.2.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from jsna.measures.methods.arrays import (
    MISSING,
    Confidence,
    Floats,
    Interval,
    floats,
    grouped,
    not_negative,
    require,
    same_shape,
    scale,
    totals,
    upper_tail,
)

ONE_VALUE: Final = "a single value has no confidence limits"


def mean_t(
    values: ArrayLike,
    *,
    area: ArrayLike | None = None,
    multiplier: float = 1.0,
    confidence: Confidence = 0.95,
) -> Interval:
    """Mean of each area's values ± t(n - 1)·sd/√n.

    An area with any missing value has no mean (leave such rows out first if that is what is
    meant); an area with one value has a mean and no limits.

    Args:
        values: one measurement per row, any sign, shape (rows,).
        area: which area each row is in; without it, all rows are one.
        multiplier: of the mean, such as 1/7 for days into weeks.
        confidence: one level, or several.

    Raises:
        ValueError: no rows, or labels that do not match them.
    """
    y = floats("values", values)
    labels, codes, groups = grouped(area, y)
    count = totals(codes, groups, np.ones_like(y))
    total = totals(codes, groups, y)
    squares = totals(codes, groups, (y - (total / count)[codes]) ** 2)
    deviation = np.sqrt(squares / np.where(count > 1, count - 1, np.nan))
    found = mean_t_summary(total, count, deviation, multiplier=multiplier, confidence=confidence)
    return found._replace(area=labels)


def mean_t_summary(
    total: ArrayLike,
    count: ArrayLike,
    standard_deviation: ArrayLike,
    *,
    multiplier: float = 1.0,
    confidence: Confidence = 0.95,
) -> Interval:
    """Means and limits from what a database has already added up.

    Args:
        total: sum of the values, shape (n,).
        count: how many values, same shape.
        standard_deviation: of the sample (divisor count - 1), same shape; not used where the
            count is 1.
        multiplier: of the mean.
        confidence: one level, or several.

    Raises:
        ValueError: a count below 1, a standard deviation below 0.
    """
    sum_, n = floats("total", total), floats("count", count)
    deviation = floats("standard_deviation", standard_deviation)
    same_shape(total=sum_, count=n, standard_deviation=deviation)
    require(~(n < 1), "count", "must be 1 or more")
    not_negative("standard_deviation", deviation)
    factor = scale(multiplier)
    value = sum_ / n * factor
    reach = _t_quantile(upper_tail(confidence, n.ndim), n - 1) * deviation / np.sqrt(n) * factor
    unknown = np.isnan(value) | ((n > 1) & np.isnan(deviation))
    reason = np.select([unknown, n == 1], [MISSING, ONE_VALUE], "").astype(np.str_)
    return Interval(value, value - reach, value + reach, reason)


def _t_quantile(tail: Floats, freedom: Floats) -> Floats:
    """Quantile of Student's t; NaN without a degree of freedom."""
    known = np.where(freedom > 0, freedom, np.nan)
    return np.asarray(special.stdtrit(known, tail), dtype=np.float64)

"""Quantiles of a measurement, with limits that assume no shape of its distribution.

A limit is one of the ordered values: that many of n values lie at or below the true quantile p as
the binomial distribution of n and p has it. Sources: Conover WJ. Practical Nonparametric
Statistics, 3rd edn, section 3.2; Campbell MJ, Gardner MJ. Calculating confidence intervals for some
non-parametric analyses. BMJ 1988;296:1454-6.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jsna.measures.methods.arrays import (
    Confidence,
    Floats,
    Interval,
    floats,
    require,
    upper_tail,
)

TOO_FEW: Final = "too few values lie beyond it"
Ranks = NDArray[np.int64]


def limit_ranks(
    count: ArrayLike, share: float, confidence: Confidence = 0.95
) -> tuple[Ranks, Ranks]:
    """Ranks, from 1, of the ordered values that are the limits of a quantile.

    Each side leaves out at most half of what the level does. Rank 0, and one above the count, say
    that even the least or the greatest value is no limit.

    Args:
        count: how many values there are, shape (n,).
        share: which quantile, above 0 and below 1.
        confidence: one level, or several.

    Returns:
        Lower and upper ranks; with several levels each of shape (levels, n).
    """
    from scipy import stats

    size = floats("count", count)
    tail = upper_tail(confidence, size.ndim)
    low = stats.binom.ppf(1 - tail, size, share)
    high = stats.binom.ppf(tail, size, share) + 1
    return low.astype(np.int64), high.astype(np.int64)


def quantile(
    values: ArrayLike, share: float, *, fewest: int = 1, confidence: Confidence = 0.95
) -> Interval:
    """One quantile of some values; between two of them, in proportion (type 7, as R has it).

    A quantile and each of its limits say how many of those counted have as much, or more. What
    fewer than `fewest` reach on either side is not given.

    Args:
        values: in any order, shape (n,).
        share: which quantile, above 0 and below 1; 0.5 is the median.
        fewest: how many values must lie at or below, and at or above, whatever is given.
        confidence: one level, or several.

    Returns:
        Arrays of shape (1,), limits of shape (levels, 1) with several levels; NaN where none is
        given, and all with the reason where the quantile itself is not.

    Raises:
        ValueError: no values, one that is missing, or a share that is none.
    """
    x = np.sort(floats("values", values))
    n = len(x)
    require(np.array([n > 0]), "values", "there must be some")
    require(~np.isnan(x), "values", "must not be missing")
    require(np.array([0 < share < 1]), "share", "must be above 0 and below 1")
    place = 1 + (n - 1) * share
    told = min(int(np.floor(place)), n + 1 - int(np.ceil(place))) >= fewest
    value = np.array([np.quantile(x, share) if told else np.nan])
    ranks = limit_ranks(np.array([float(n)]), share, confidence)
    # Without a quantile there are no limits of it.
    low, high = (_ranked(x, rank, fewest if told else n + 1) for rank in ranks)
    return Interval(value, low, high, np.array(["" if told else TOO_FEW]))


def _ranked(ordered: Floats, rank: Ranks, fewest: int) -> Floats:
    """Values of some ranks; NaN where fewer than `fewest` lie at or beyond them on either side."""
    n = len(ordered)
    enough = (rank >= fewest) & (n + 1 - rank >= fewest)
    at = np.clip(rank, 1, n) - 1
    return np.asarray(np.where(enough, ordered[at], np.nan), dtype=np.float64)

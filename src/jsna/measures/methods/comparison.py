"""Saying whether an area differs from a comparator, and by how much two groups differ.

In every function of two groups the `reference` group is the one compared with: a ratio is the
first group's figure over the reference's, a difference the first's less the reference's.

Sources: ratio of proportions, Katz D et al. Biometrics 1978;34:469-74; ratio of rates, Rothman
KJ, Greenland S. Modern Epidemiology, 2nd edn, ch. 14; difference of proportions, Newcombe RG.
Stat Med 1998;17:873-90 (method 10); standardised difference, Austin PC. Commun Stat Simul Comput
2009;38:1228-34, with the variance of Hedges LV, Olkin I. Statistical Methods for Meta-Analysis,
1985, ch. 5.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from jsna.measures.methods.arrays import (
    MISSING,
    Confidence,
    Floats,
    Interval,
    Words,
    floats,
    missing_reason,
    normal_quantile,
    require,
    same_shape,
    scale,
    upper_tail,
)
from jsna.measures.methods.proportions import checked_counts, wilson_limits
from jsna.measures.methods.rates import checked_events

Polarity: TypeAlias = Literal["high", "low", "neutral"]

BETTER: Final = "better"
WORSE: Final = "worse"
HIGHER: Final = "higher"
LOWER: Final = "lower"
SIMILAR: Final = "similar"
NOT_COMPARED: Final = "not compared"

NO_REFERENCE_EVENTS: Final = "none in the reference group, so there is no ratio"
NO_EVENTS: Final = "none in the group, so the ratio has no limits"
NO_SPREAD: Final = "everyone in both groups, so the ratio has no limits"
NO_OTHERS: Final = "everyone is in the group, so there is no one to compare with"
NO_OTHER_EVENTS: Final = "none outside the group, so the ratio has no limits"
NO_GROUP: Final = "one of the two groups is empty, so there is no difference"
NO_VARIATION: Final = "all or none of both groups, so the difference has no scale"

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "high": (WORSE, BETTER),
    "low": (BETTER, WORSE),
    "neutral": (LOWER, HIGHER),
}


def compare(lower: ArrayLike, upper: ArrayLike, comparator: ArrayLike, polarity: Polarity) -> Words:
    """How each area compares, by whether its interval excludes the comparator, taken as known.

    Args:
        lower, upper: limits of the areas, shape (n,).
        comparator: one value for all, or one for each, in the same unit.
        polarity: "high" where high is good, "low" where low is good, else "neutral".

    Returns:
        `BETTER` / `SIMILAR` / `WORSE`, or `HIGHER` / `SIMILAR` / `LOWER` where neutral, shape
        (n,). A limit equal to the comparator does not exclude it. `NOT_COMPARED` where a limit
        or the comparator is missing.

    Raises:
        ValueError: an unknown polarity, a lower limit above its upper limit.
    """
    if polarity not in _WORDS:
        raise ValueError("polarity: must be 'high', 'low' or 'neutral'")
    low, high = floats("lower", lower), floats("upper", upper)
    same_shape(lower=low, upper=high)
    require(~(low > high), "lower", "must not exceed the upper limit")
    against = floats("comparator", comparator)
    against = np.full(low.shape, float(against)) if against.ndim == 0 else against
    same_shape(lower=low, comparator=against)
    below, above = _WORDS[polarity]
    return np.select(
        [np.isnan(low) | np.isnan(high) | np.isnan(against), high < against, low > against],
        [NOT_COMPARED, below, above],
        SIMILAR,
    ).astype(np.str_)


def ratio_of_proportions(
    numerator: ArrayLike,
    denominator: ArrayLike,
    reference_numerator: ArrayLike,
    reference_denominator: ArrayLike,
    *,
    confidence: Confidence = 0.95,
) -> Interval:
    """Ratio of each proportion to the reference group's, with limits on the log scale.

    Variance of the log ratio: 1/x - 1/n + 1/x_ref - 1/n_ref. The groups must not overlap.

    Args:
        numerator, denominator: the group, shape (n,).
        reference_numerator, reference_denominator: the reference group, same shape.
        confidence: one level, or several.

    Returns:
        Ratios. NaN where the reference has none; 0 without limits where the group has none;
        without limits where everyone in both groups has the characteristic.

    Raises:
        ValueError: figures that are not proportions (see `proportion_wilson`).
    """
    x, n = checked_counts(numerator, denominator)
    x_ref, n_ref = checked_counts(reference_numerator, reference_denominator, " of the reference")
    same_shape(group=x, reference=x_ref)
    minus = 1 / n + 1 / n_ref
    return _ratio(x, n, x_ref, n_ref, minus, confidence)


def ratio_of_rates(
    events: ArrayLike,
    population: ArrayLike,
    reference_events: ArrayLike,
    reference_population: ArrayLike,
    *,
    confidence: Confidence = 0.95,
) -> Interval:
    """Ratio of each rate to the reference group's, with limits on the log scale.

    Variance of the log ratio: 1/x + 1/x_ref. Arguments, results and errors are those of
    `ratio_of_proportions`, but events may exceed the population.
    """
    x, n = checked_events(events, population)
    x_ref, n_ref = checked_events(reference_events, reference_population, " of the reference")
    same_shape(group=x, reference=x_ref)
    return _ratio(x, n, x_ref, n_ref, np.zeros_like(x), confidence)


def _ratio(
    x: Floats, n: Floats, x_ref: Floats, n_ref: Floats, minus: Floats, confidence: Confidence
) -> Interval:
    """Ratio of x/n to x_ref/n_ref; variance of its log 1/x + 1/x_ref less `minus`."""
    top, base = np.where(x == 0, np.nan, x), np.where(x_ref == 0, np.nan, x_ref)
    value = (x / n) / (base / n_ref)
    full = (minus > 0) & (x == n) & (x_ref == n_ref)
    variance = np.where(full, np.nan, np.maximum(1 / top + 1 / base - minus, 0.0))
    z = normal_quantile(upper_tail(confidence, x.ndim))
    spread = np.exp(z * np.sqrt(variance))
    reason = np.select(
        [missing_reason(x, n, x_ref, n_ref) != "", x_ref == 0, x == 0, full],
        [MISSING, NO_REFERENCE_EVENTS, NO_EVENTS, NO_SPREAD],
        "",
    ).astype(np.str_)
    return Interval(value, value / spread, value * spread, reason)


def ratio_to_all(
    numerator: ArrayLike,
    denominator: ArrayLike,
    all_numerator: ArrayLike,
    all_denominator: ArrayLike,
    *,
    rates: bool = False,
    confidence: Confidence = 0.95,
) -> Interval:
    """Ratio of each group's figure to that of everyone, the group among them.

    The two are not independent, so the limits are found where they are: between the group and
    everyone else. Of r, the ratio to the others, and w, the group's part of the denominator, the
    ratio to all is r / (w·r + 1 - w). It rises with r, and w is no matter of chance, so that the
    limits of r carried over enclose it just as often as those of r enclose r.

    Args:
        numerator, denominator: the group, shape (n,).
        all_numerator, all_denominator: everyone, same shape.
        rates: the numerators are events (see `ratio_of_rates`) and no part of the denominators.
        confidence: one level, or several.

    Returns:
        Ratios. NaN where nobody else is counted, or there are no events at all; 0 without limits
        where the group has none; without limits where the others have none.

    Raises:
        ValueError: figures that are no proportions or rates, a group larger than everyone.
    """
    checked = checked_events if rates else checked_counts
    x, n = checked(numerator, denominator)
    x_all, n_all = checked(all_numerator, all_denominator, " of all")
    same_shape(group=x, everyone=x_all)
    require(~((x > x_all) | (n > n_all)), "numerator", "must be part of everyone's")
    alone = n == n_all
    rest = np.where(alone, np.nan, n_all - n)
    between = (ratio_of_rates if rates else ratio_of_proportions)(
        x, n, x_all - x, rest, confidence=confidence
    )
    weight = n / n_all

    def carried(ratio: Floats) -> Floats:
        return ratio / (weight * ratio + 1 - weight)

    value = np.where(alone, np.nan, (x / n) / (np.where(x_all == 0, np.nan, x_all) / n_all))
    reason = np.select(
        [missing_reason(x, n, x_all, n_all) != "", alone, x_all == 0, x == 0, x == x_all],
        [MISSING, NO_OTHERS, NO_REFERENCE_EVENTS, NO_EVENTS, NO_OTHER_EVENTS],
        between.reason,
    ).astype(np.str_)
    return Interval(value, carried(between.lower), carried(between.upper), reason)


def standardised_difference(
    numerator: ArrayLike,
    denominator: ArrayLike,
    reference_numerator: ArrayLike,
    reference_denominator: ArrayLike,
    *,
    confidence: Confidence = 0.95,
) -> Interval:
    """Each proportion less the reference group's, in units of their common standard deviation.

    d = (p - q) / √((p(1 - p) + q(1 - q)) / 2), which unlike a test does not grow with the size of
    the groups; beyond 0.1 either way is usually called a difference that matters (Austin).
    Variance: (n + m) / (n·m) + d² / (2(n + m)).

    Args:
        numerator, denominator: the group, shape (n,); an empty group (0 of 0) is no error.
        reference_numerator, reference_denominator: the reference group, same shape.
        confidence: one level, or several.

    Returns:
        Differences; NaN where a group is empty, or where all or none of both are counted.

    Raises:
        ValueError: figures that are not proportions (see `proportion_wilson`).
    """
    given = [floats("denominator", denominator), floats("denominator", reference_denominator)]
    empty = (given[0] == 0) | (given[1] == 0)
    x, n = checked_counts(numerator, np.where(given[0] == 0, np.nan, given[0]))
    x_ref, n_ref = checked_counts(
        reference_numerator, np.where(given[1] == 0, np.nan, given[1]), " of the reference"
    )
    same_shape(group=x, reference=x_ref)
    p, q = x / n, x_ref / n_ref
    scatter = (p * (1 - p) + q * (1 - q)) / 2
    flat = scatter == 0
    value = (p - q) / np.sqrt(np.where(flat, np.nan, scatter))
    z = normal_quantile(upper_tail(confidence, x.ndim))
    spread = z * np.sqrt((n + n_ref) / (n * n_ref) + value**2 / (2 * (n + n_ref)))
    reason = np.select(
        [empty, missing_reason(x, n, x_ref, n_ref) != "", flat],
        [NO_GROUP, MISSING, NO_VARIATION],
        "",
    ).astype(np.str_)
    return Interval(value, value - spread, value + spread, reason)


def difference_of_proportions(
    numerator: ArrayLike,
    denominator: ArrayLike,
    reference_numerator: ArrayLike,
    reference_denominator: ArrayLike,
    *,
    multiplier: float = 1.0,
    confidence: Confidence = 0.95,
) -> Interval:
    """Each proportion less the reference group's × multiplier, with Newcombe's hybrid limits.

    The distance to each limit is the square root of the sum of squared distances of the two
    proportions to their own Wilson limits. The groups must not overlap.

    Args:
        numerator, denominator: the group, shape (n,).
        reference_numerator, reference_denominator: the reference group, same shape.
        multiplier: 100 for percentage points.
        confidence: one level, or several.

    Raises:
        ValueError: figures that are not proportions (see `proportion_wilson`).
    """
    x, n = checked_counts(numerator, denominator)
    x_ref, n_ref = checked_counts(reference_numerator, reference_denominator, " of the reference")
    same_shape(group=x, reference=x_ref)
    factor = scale(multiplier)
    z = normal_quantile(upper_tail(confidence, x.ndim))
    p, p_ref = x / n, x_ref / n_ref
    low, high = wilson_limits(x, n, z)
    low_ref, high_ref = wilson_limits(x_ref, n_ref, z)
    down = np.hypot(p - low, high_ref - p_ref)
    up = np.hypot(high - p, p_ref - low_ref)
    value = p - p_ref
    return Interval(
        value * factor,
        (value - down) * factor,
        (value + up) * factor,
        missing_reason(x, n, x_ref, n_ref),
    )

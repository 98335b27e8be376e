"""Funnel plots: how far areas of each size may lie from the average by chance.

Limits are those values that an area's own interval would only just reach the average from, so
an area lies outside the funnel exactly where its interval excludes the average: Wilson's
interval for proportions, exact Poisson for rates and ratios.

Source: Spiegelhalter DJ. Funnel plots for comparing institutional performance. Stat Med
2005;24:1185-202.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from jsna.measures.methods.arrays import (
    Floats,
    Words,
    floats,
    normal_quantile,
    not_negative,
    positive,
    same_shape,
    scale,
)

#: Probability of lying beyond one limit by chance: inner (two-sigma) and outer (three-sigma).
INNER_TAIL: Final = 0.025
OUTER_TAIL: Final = 0.001

LOW_OUTER: Final = "low (0.001)"
LOW_INNER: Final = "low (0.025)"
WITHIN: Final = "not significant"
HIGH_INNER: Final = "high (0.025)"
HIGH_OUTER: Final = "high (0.001)"
NOT_ASSESSED: Final = "not assessed"


class FunnelLimits(NamedTuple):
    """Control limits for each size of area, all shape (n,); NaN where the size is missing."""

    lower_025: Floats
    upper_025: Floats
    lower_001: Floats
    upper_001: Floats


def average(numerator: ArrayLike, denominator: ArrayLike, *, multiplier: float = 1.0) -> float:
    """The funnel's centre: all numerators over all denominators × multiplier.

    Areas where either is missing are left out of both.

    Raises:
        ValueError: a numerator below 0, a denominator 0 or below, no area with both.
    """
    x, n = floats("numerator", numerator), floats("denominator", denominator)
    same_shape(numerator=x, denominator=n)
    not_negative("numerator", x)
    positive("denominator", n)
    known = ~(np.isnan(x) | np.isnan(n))
    if not known.any():
        raise ValueError("numerator: no area has both a numerator and a denominator")
    return float(x[known].sum() / n[known].sum()) * scale(multiplier)


def funnel_limits_proportion(
    population: ArrayLike, centre: float, *, multiplier: float = 1.0
) -> FunnelLimits:
    """Limits for proportions: p ± z·√(p(1 - p)/n), kept within 0 and 1 × multiplier.

    Args:
        population: denominators, shape (n,).
        centre: the average, in units of the multiplier (17.2 for 17.2 % if it is 100).
        multiplier: 1 for proportions, 100 for percentages.

    Raises:
        ValueError: a population 0 or below, an average outside 0 to the multiplier.
    """
    n, factor = floats("population", population), scale(multiplier)
    positive("population", n)
    if not 0 <= centre <= factor:
        raise ValueError("centre: must lie between 0 and the multiplier")
    p = centre / factor

    def pair(tail: float) -> tuple[Floats, Floats]:
        reach = normal_quantile(np.array(1 - tail)) * np.sqrt(p * (1 - p) / n)
        return np.maximum(p - reach, 0.0) * factor, np.minimum(p + reach, 1.0) * factor

    return FunnelLimits(*pair(INNER_TAIL), *pair(OUTER_TAIL))


def funnel_limits_rate(
    population: ArrayLike, centre: float, *, multiplier: float = 1.0
) -> FunnelLimits:
    """Limits for rates, exact Poisson.

    Args:
        population: people (or time) at risk, shape (n,).
        centre: the average rate per so many as the multiplier says.
        multiplier: of the rate.

    Raises:
        ValueError: a population 0 or below, an average below 0.
    """
    n, factor = floats("population", population), scale(multiplier)
    positive("population", n)
    if not 0 <= centre < np.inf:
        raise ValueError("centre: must be a finite number, 0 or more")
    return FunnelLimits(*(limit / n * factor for limit in _count_limits(n * (centre / factor))))


def funnel_limits_ratio(expected: ArrayLike, *, multiplier: float = 1.0) -> FunnelLimits:
    """Limits for standardised ratios about 1 × multiplier, exact Poisson.

    Args:
        expected: events each area would have at the reference's rates, shape (n,).
        multiplier: of the ratio.

    Raises:
        ValueError: an expected number 0 or below.
    """
    e, factor = floats("expected", expected), scale(multiplier)
    positive("expected", e)
    return FunnelLimits(*(limit / e * factor for limit in _count_limits(e)))


def funnel_significance(value: ArrayLike, limits: FunnelLimits) -> Words:
    """Where each value lies against its limits, in the words of this module's constants.

    Only a value beyond a limit is significant; one on it is not. Missing is `NOT_ASSESSED`.
    """
    y = floats("value", value)
    same_shape(value=y, limits=limits.lower_025)
    return np.select(
        [
            np.isnan(y) | np.isnan(limits.lower_025),
            y < limits.lower_001,
            y > limits.upper_001,
            y < limits.lower_025,
            y > limits.upper_025,
        ],
        [NOT_ASSESSED, LOW_OUTER, HIGH_OUTER, LOW_INNER, HIGH_INNER],
        WITHIN,
    ).astype(np.str_)


def _count_limits(expected: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Counts whose exact Poisson interval ends at `expected`: inner pair, then outer pair.

    With P the lower incomplete gamma ratio, a count's exact lower limit is where P(count, ·) is
    the tail, and its upper limit where P(count + 1, ·) is one less the tail. Both are solved for
    the count; where even a count of 0 does not reach, the limit is 0.
    """

    def pair(tail: float) -> tuple[Floats, Floats]:
        known = np.where(expected > 0, expected, np.nan)
        upper = np.where(expected == 0, 0.0, special.gdtrib(1.0, tail, known))
        reachable = -np.expm1(-expected) >= 1 - tail  # P(1, e) = 1 - exp(-e)
        inner = np.where(reachable, expected, np.nan)
        lower = np.where(reachable, special.gdtrib(1.0, 1 - tail, inner) - 1, 0.0)
        return np.where(np.isnan(expected), np.nan, lower), upper

    return (*pair(INNER_TAIL), *pair(OUTER_TAIL))

"""Proportions: a numerator that is part of its denominator.

Source: Wilson EB. Probable inference, the law of succession, and statistical inference.
J Am Stat Assoc 1927;22:209-12; recommended in Newcombe RG. Stat Med 1998;17:857-72.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from jsna.measures.methods.arrays import (
    Confidence,
    Floats,
    Interval,
    floats,
    missing_reason,
    normal_quantile,
    not_negative,
    positive,
    require,
    same_shape,
    scale,
    upper_tail,
)


def proportion_wilson(
    numerator: ArrayLike,
    denominator: ArrayLike,
    *,
    multiplier: float = 1.0,
    confidence: Confidence = 0.95,
) -> Interval:
    """Proportions x/n × multiplier with Wilson score limits.

    Args:
        numerator: how many of the denominator have the characteristic, shape (n,).
        denominator: how many there are, same shape.
        multiplier: 1 for a proportion, 100 for a percentage.
        confidence: one level, or several.

    Raises:
        ValueError: numerator below 0 or above its denominator, denominator 0 or below.
    """
    x, n = checked_counts(numerator, denominator)
    factor = scale(multiplier)
    z = normal_quantile(upper_tail(confidence, x.ndim))
    lower, upper = wilson_limits(x, n, z)
    return Interval(x / n * factor, lower * factor, upper * factor, missing_reason(x, n))


def checked_counts(
    numerator: ArrayLike, denominator: ArrayLike, suffix: str = ""
) -> tuple[Floats, Floats]:
    """Numerator and denominator of a proportion as floats, or ValueError if they cannot be one."""
    x, n = floats(f"numerator{suffix}", numerator), floats(f"denominator{suffix}", denominator)
    same_shape(**{f"numerator{suffix}": x, f"denominator{suffix}": n})
    not_negative(f"numerator{suffix}", x)
    positive(f"denominator{suffix}", n)
    require(~(x > n), f"numerator{suffix}", "must not exceed its denominator")
    return x, n


def wilson_limits(x: Floats, n: Floats, z: Floats) -> tuple[Floats, Floats]:
    """Wilson limits of x out of n as proportions, at normal deviate(s) z that broadcast with x."""
    square = z**2
    centre, least = 2 * x + square, n + square
    reach = z * np.sqrt(square + 4 * x * (1 - x / n))
    lower, upper = (centre - reach) / 2 / least, (centre + reach) / 2 / least
    # The formula gives exactly 0 and 1 here; rounding may not.
    return np.where(x == 0, 0.0, lower), np.where(x == n, 1.0, upper)

"""Rates: events that happened over a population (or time) in which they could have happened.

Sources: exact limits, Garwood F. Biometrika 1936;28:437-42, by way of the chi-squared
distribution; Byar's approximation, Breslow NE, Day NE. Statistical Methods in Cancer Research
vol. II. IARC 1987, p. 69.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from jsna.measures.methods.arrays import (
    Confidence,
    Floats,
    Interval,
    floats,
    missing_reason,
    normal_quantile,
    not_negative,
    positive,
    same_shape,
    scale,
    upper_tail,
)

#: From this many events Byar's approximation stands in for the exact limits.
BYAR_FROM: Final = 10


def rate_byar(
    events: ArrayLike,
    population: ArrayLike,
    *,
    multiplier: float = 1.0,
    confidence: Confidence = 0.95,
) -> Interval:
    """Rates x/n × multiplier, limits exact under 10 events and Byar's from 10.

    Args:
        events: how often it happened, shape (n,). May exceed the population.
        population: people (or time) at risk, same shape.
        multiplier: 100, 1,000 … for a rate per so many.
        confidence: one level, or several.

    Raises:
        ValueError: events below 0, population 0 or below.
    """
    x, n = checked_events(events, population)
    factor = scale(multiplier)
    lower, upper = count_limits(x, upper_tail(confidence, x.ndim))
    return Interval(x / n * factor, lower / n * factor, upper / n * factor, missing_reason(x, n))


def checked_events(
    events: ArrayLike, population: ArrayLike, suffix: str = ""
) -> tuple[Floats, Floats]:
    """Events and population of a rate as floats, or ValueError if they cannot be one."""
    x, n = floats(f"events{suffix}", events), floats(f"population{suffix}", population)
    same_shape(**{f"events{suffix}": x, f"population{suffix}": n})
    not_negative(f"events{suffix}", x)
    positive(f"population{suffix}", n)
    return x, n


def count_limits(x: Floats, tail: Floats) -> tuple[Floats, Floats]:
    """Limits of a Poisson count: exact under 10, Byar's from 10.

    Args:
        x: counts, 0 or more, whole or not.
        tail: probability below the upper limit, broadcasting with x.
    """
    few = x < BYAR_FROM
    # Exact limits are slow to solve, so only where they are wanted.
    exact_lower, exact_upper = exact_limits(np.where(few, x, np.nan), tail)
    byar_lower, byar_upper = byar_limits(x, normal_quantile(tail))
    return np.where(few, exact_lower, byar_lower), np.where(few, exact_upper, byar_upper)


def exact_limits(x: Floats, tail: Floats) -> tuple[Floats, Floats]:
    """Exact Poisson limits: χ²(1 - tail, 2x)/2 and χ²(tail, 2x + 2)/2; the lower is 0 at 0.

    Half a chi-squared quantile on 2x degrees of freedom is a gamma quantile of shape x.
    """
    shape = np.where(x == 0, 1.0, x)
    lower = np.where(x == 0, 0.0, special.gammaincinv(shape, 1 - tail))
    return lower, np.asarray(special.gammaincinv(x + 1, tail), dtype=np.float64)


def byar_limits(x: Floats, z: Floats) -> tuple[Floats, Floats]:
    """Byar's approximate Poisson limits at normal deviate(s) z; NaN at 0, where it is not used."""
    y = np.where(x == 0, np.nan, x)
    lower = y * (1 - 1 / (9 * y) - z / (3 * np.sqrt(y))) ** 3
    upper = (y + 1) * (1 - 1 / (9 * (y + 1)) + z / (3 * np.sqrt(y + 1))) ** 3
    return lower, upper

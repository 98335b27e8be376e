"""Slope and relative index of inequality across deprivation quantiles.

A straight line is fitted through the quantiles' values against their mid-points on a scale of
population share from 0 (quantile 1, the most deprived) to 1. The slope index (SII) is the line's
value at 1 less its value at 0, so it is negative where the most deprived have the higher values;
the relative index (RII) is its value at 1 over its value at 0.

Each quantile counts by its share of the population. Because mid-points weighted so always
average one half, the fitted line passes through the average at one half: that height and the
slope are the two things estimated. Limits follow from the quantiles' own standard errors:

- untransformed: SII from the normal distribution of the slope; RII, a ratio of two correlated
  normal figures, by Fieller's theorem (J R Stat Soc B 1954;16:175-85);
- log or logit: the line turns about its height at one half between the limits of the slope, and
  SII and RII are read off after transforming back. Both rise with the slope, so their limits are
  their values at its limits.

Source of the index: Mackenbach JP, Kunst AE. Soc Sci Med 1997;44:757-71. The formulas are
deterministic; they agree with the usual simulation to within its own Monte Carlo error.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from jsna.measures.methods.arrays import (
    MISSING,
    Confidence,
    Flags,
    Floats,
    Interval,
    Words,
    floats,
    normal_quantile,
    not_negative,
    require,
    same_shape,
    scale,
    upper_tail,
)

Transform: TypeAlias = Literal["none", "log", "logit"]

#: A line through fewer points says too little.
FEWEST_QUANTILES: Final = 5
TOO_FEW_QUANTILES: Final = f"fewer than {FEWEST_QUANTILES} quantiles have anyone in them"
NO_TRANSFORM: Final = "a quantile has a value the transform cannot take"
NO_RATIO: Final = "the line does not start clearly above 0, so there is no ratio"


class SlopeIndex(NamedTuple):
    """Inequality in each area.

    Attributes:
        sii: slope index, in the unit of the values × multiplier.
        rii: relative index, a ratio.
        intercept: the line's value at 0 on the scale of the values × multiplier, shape (areas,).
    """

    sii: Interval
    rii: Interval
    intercept: Floats


class _Line(NamedTuple):
    """A fitted line for each area, on the scale of the fit; all shape (areas,)."""

    intercept: Floats
    slope: Floats
    var_intercept: Floats
    var_slope: Floats
    covariance: Floats


def slope_index(
    value: ArrayLike,
    standard_error: ArrayLike,
    population: ArrayLike,
    *,
    transform: Transform = "none",
    multiplier: float = 1.0,
    confidence: Confidence = 0.95,
) -> SlopeIndex:
    """Slope and relative index of inequality with limits.

    Args:
        value: the quantiles' values in order, quantile 1 first: shape (quantiles,) for one area
            or (areas, quantiles). Results have shape (areas,).
        standard_error: of each value, on the scale of the fit (see `standard_error`), same shape.
        population: people in each quantile, same shape. A quantile with none is left out,
            whatever its value.
        transform: "none" for normally distributed values, "log" for rates, "logit" for
            proportions.
        multiplier: turns values into the unit wanted.
        confidence: one level, or several.

    Raises:
        ValueError: population or standard error below 0, an unknown transform, shapes that differ.
    """
    y, se, people = _series(value, standard_error, population)
    if transform not in ("none", "log", "logit"):
        raise ValueError("transform: must be 'none', 'log' or 'logit'")
    factor = scale(multiplier)
    counts = people > 0
    unable = counts & ~_can_transform(y, transform)
    reason = np.select(
        [
            np.isnan(people).any(-1) | (counts & (np.isnan(y) | np.isnan(se))).any(-1),
            counts.sum(-1) < FEWEST_QUANTILES,
            unable.any(-1),
        ],
        [MISSING, TOO_FEW_QUANTILES, NO_TRANSFORM],
        "",
    ).astype(np.str_)
    usable = reason == ""
    line = _fit(
        _forward(np.where(counts & usable[:, None], y, 0.5), transform),
        np.where(counts & usable[:, None], se, 0.0),
        np.where(usable[:, None], people, 1.0),
    )
    line = _Line(*(np.where(usable, part, np.nan) for part in line))
    z = normal_quantile(upper_tail(confidence, line.slope.ndim))
    height = line.intercept + line.slope / 2
    reach = z * np.sqrt(line.var_slope)

    def sii(slope: Floats) -> Floats:
        low, high = _back(height - slope / 2, transform), _back(height + slope / 2, transform)
        return (high - low) * factor

    def rii(slope: Floats) -> Floats:
        return _back(height + slope / 2, transform) / _back(height - slope / 2, transform)

    slope_limits = line.slope - reach, line.slope + reach
    absolute = Interval(sii(line.slope), sii(slope_limits[0]), sii(slope_limits[1]), reason)
    if transform == "none":
        relative = _fieller(line, z, reason)
    else:
        relative = Interval(rii(line.slope), rii(slope_limits[0]), rii(slope_limits[1]), reason)
    return SlopeIndex(absolute, relative, _back(line.intercept, transform) * factor)


def standard_error(
    lower: ArrayLike,
    upper: ArrayLike,
    *,
    transform: Transform = "none",
    confidence: float = 0.95,
) -> Floats:
    """Standard errors on the scale of a fit, from limits: their width there over 2z.

    Args:
        lower, upper: limits of each value, untransformed, any one shape.
        transform: scale of the fit.
        confidence: level of the limits.

    Returns:
        Standard errors, same shape; NaN where a limit is missing or cannot be transformed.

    Raises:
        ValueError: a lower limit above its upper limit.
    """
    low, high = floats("lower", lower), floats("upper", upper)
    same_shape(lower=low, upper=high)
    require(~(low > high), "lower", "must not exceed the upper limit")
    fits = _can_transform(low, transform) & _can_transform(high, transform)
    low, high = np.where(fits, low, np.nan), np.where(fits, high, np.nan)
    width = _forward(high, transform) - _forward(low, transform)
    return width / (2 * normal_quantile(upper_tail(confidence, 0)))


def _series(
    value: ArrayLike, standard_error: ArrayLike, population: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """The three inputs as (areas, quantiles), checked."""
    y, se = floats("value", value), floats("standard_error", standard_error)
    people = floats("population", population)
    same_shape(value=y, standard_error=se, population=people)
    if y.ndim not in (1, 2):
        raise ValueError("value: must have shape (quantiles,) or (areas, quantiles)")
    not_negative("standard_error", se)
    not_negative("population", people)
    return np.atleast_2d(y), np.atleast_2d(se), np.atleast_2d(people)


def _can_transform(y: Floats, transform: Transform) -> Flags:
    """Where a value can be transformed; NaN, being missing rather than unfit, can."""
    if transform == "none":
        return np.ones(y.shape, dtype=np.bool_)
    return ~((y <= 0) | ((y >= 1) & (transform == "logit")))


def _forward(y: Floats, transform: Transform) -> Floats:
    """Values on the scale of the fit."""
    if transform == "none":
        return y
    return np.asarray(np.log(y) if transform == "log" else special.logit(y), dtype=np.float64)


def _back(y: Floats, transform: Transform) -> Floats:
    """Values on their own scale again."""
    if transform == "none":
        return y
    return np.asarray(np.exp(y) if transform == "log" else special.expit(y), dtype=np.float64)


def _fit(y: Floats, se: Floats, people: Floats) -> _Line:
    """Least squares weighted by population share; every argument (areas, quantiles)."""
    share = people / people.sum(-1, keepdims=True)
    middle = np.cumsum(share, axis=-1) - share / 2
    off = middle - 0.5  # mid-points weighted by share average one half
    for_slope = share * off / (share * off**2).sum(-1, keepdims=True)
    for_intercept = share - for_slope / 2
    variance = se**2
    return _Line(
        (for_intercept * y).sum(-1),
        (for_slope * y).sum(-1),
        (for_intercept**2 * variance).sum(-1),
        (for_slope**2 * variance).sum(-1),
        (for_intercept * for_slope * variance).sum(-1),
    )


def _fieller(line: _Line, z: Floats, reason: Words) -> Interval:
    """Ratio of the line's end to its start with Fieller limits.

    A limit r is where end - r·start lies z of its own standard errors from 0: a quadratic in r.
    Where the start is within z standard errors of 0 it has no bounded solution.
    """
    start, end = line.intercept, line.intercept + line.slope
    var_end = line.var_intercept + 2 * line.covariance + line.var_slope
    both = line.var_intercept + line.covariance
    a = start**2 - z**2 * line.var_intercept
    b = start * end - z**2 * both
    c = end**2 - z**2 * var_end
    bounded = (start > 0) & (a > 0)
    root = np.sqrt(np.where(bounded, np.maximum(b**2 - a * c, 0.0), np.nan))
    a = np.where(bounded, a, np.nan)
    value = np.divide(end, start, out=np.full(start.shape, np.nan), where=start > 0)
    all_bounded = bounded.reshape(-1, start.size).all(axis=0)
    told = np.where((reason == "") & ~all_bounded, NO_RATIO, reason).astype(np.str_)
    return Interval(value, (b - root) / a, (b + root) / a, told)

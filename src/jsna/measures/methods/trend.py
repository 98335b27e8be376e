"""Whether a series has risen or fallen over its latest periods.

Proportions and rates: the chi-squared test for linear trend in counts (Cochran WG. Biometrics
1954;10:417-51; Armitage P. Biometrics 1955;11:375-86), one degree of freedom, at 99.8 % as
England's public health profiles have it, because large counts make small wobbles significant at
95 %. Other figures (means, standardised rates): the Mann-Kendall test (Mann HB. Econometrica
1945;13:245-59), at 95 %, because five figures alone cannot reach 99.8 %.

All three look at the unbroken run of periods that ends with the latest: no gap between periods
and no figure missing. A run of fewer than five is not assessed.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from jsna.measures.methods.arrays import (
    Codes,
    Flags,
    Floats,
    Words,
    floats,
    require,
    upper_tail,
)
from jsna.measures.methods.proportions import checked_counts
from jsna.measures.methods.rates import checked_events

FEWEST_PERIODS: Final = 5

INCREASING: Final = "increasing"
DECREASING: Final = "decreasing"
NO_CHANGE: Final = "no significant change"
NOT_ASSESSED: Final = "not assessed"


class Trend(NamedTuple):
    """Result of a trend test, every array of shape (areas,).

    Attributes:
        direction: one of this module's constants.
        statistic: chi-squared, or Kendall's tau; NaN where not assessed.
        p_value: two-sided.
        periods: length of the unbroken run up to the latest period.
        test: which test it was.
    """

    direction: Words
    statistic: Floats
    p_value: Floats
    periods: Codes
    test: str


def trend_proportion(
    numerator: ArrayLike,
    denominator: ArrayLike,
    period: ArrayLike,
    *,
    confidence: float = 0.998,
) -> Trend:
    """Cochran-Armitage test for linear trend in proportions.

    Args:
        numerator, denominator: shape (periods,) for one area or (areas, periods), in order.
        period: the periods as consecutive whole numbers where nothing is missing, shape
            (periods,): 2021 for 2021/22. A step of more than 1 breaks the run.
        confidence: level at which a trend is called significant.

    Raises:
        ValueError: figures that are not proportions, periods not whole or not increasing.
    """
    x, n = checked_counts(numerator, denominator)
    return _chi_squared(x, n, period, confidence, 1.0, "chi-squared for trend in proportions")


def trend_rate(
    events: ArrayLike, population: ArrayLike, period: ArrayLike, *, confidence: float = 0.998
) -> Trend:
    """Armitage test for linear trend in rates: as for proportions, events being Poisson.

    Raises:
        ValueError: figures that are not rates, periods not whole or not increasing.
    """
    x, n = checked_events(events, population)
    return _chi_squared(x, n, period, confidence, 0.0, "chi-squared for trend in rates")


def trend_values(value: ArrayLike, period: ArrayLike, *, confidence: float = 0.95) -> Trend:
    """Mann-Kendall test of whether values keep rising or falling; exact without ties.

    Args:
        value: shape (periods,) for one area or (areas, periods), in order.
        period: as for `trend_proportion`.
        confidence: level at which a trend is called significant.

    Raises:
        ValueError: periods not whole or not increasing.
    """
    y = _rows("value", floats("value", value))
    times = _times(period, y)
    inside = _run(times, ~np.isnan(y))
    tau, p_value = np.full(len(y), np.nan), np.full(len(y), np.nan)
    for area in np.flatnonzero(inside.sum(-1) >= FEWEST_PERIODS):
        tau[area], p_value[area] = _kendall(times[inside[area]], y[area, inside[area]])
    return _result(tau, p_value, np.sign(tau), inside, confidence, "Mann-Kendall")


def _chi_squared(
    x: Floats, n: Floats, period: ArrayLike, confidence: float, binomial: float, test: str
) -> Trend:
    """Test of trend in x/n; `binomial` is 1 where the variance has the factor 1 - p, else 0."""
    x, n = _rows("numerator", x), _rows("denominator", n)
    times = _times(period, x)
    inside = _run(times, ~(np.isnan(x) | np.isnan(n)))
    x, n = np.where(inside, x, 0.0), np.where(inside, n, 0.0)
    enough = inside.sum(-1) >= FEWEST_PERIODS
    size = np.where(enough, n.sum(-1), np.nan)
    p = x.sum(-1) / size
    # Times from their weighted mean, so that large year numbers cost no precision.
    off = times - (n @ times / size)[:, None]
    slope = (x * off).sum(-1)
    variance = p * (1 - binomial * p) * (n * off**2).sum(-1)
    flat = variance <= 0  # nobody, or everybody, in every period
    chi2 = np.where(flat, 0.0, slope**2 / np.where(flat, 1.0, variance))
    p_value = np.asarray(special.chdtrc(1.0, chi2), dtype=np.float64)
    return _result(chi2, p_value, np.sign(slope), inside, confidence, test)


def _result(
    statistic: Floats, p_value: Floats, sign: Floats, inside: Flags, confidence: float, test: str
) -> Trend:
    """Name the direction of each significant trend."""
    limit = 2 * (1 - float(upper_tail(confidence, 0)))
    significant = p_value < limit
    direction = np.select(
        [np.isnan(p_value), significant & (sign > 0), significant & (sign < 0)],
        [NOT_ASSESSED, INCREASING, DECREASING],
        NO_CHANGE,
    ).astype(np.str_)
    return Trend(direction, statistic, p_value, inside.sum(-1).astype(np.int64), test)


def _kendall(times: Floats, y: Floats) -> tuple[float, float]:
    """Kendall's tau with time and its p-value; 0 and 1 where nothing varies."""
    if np.all(y == y[0]):
        return 0.0, 1.0
    exact = len(np.unique(y)) == len(y)
    # Imported here: scipy.stats costs more than the whole measure stage's statistics.
    from scipy import stats

    found = stats.kendalltau(times, y, method="exact" if exact else "asymptotic")
    return float(found.statistic), float(found.pvalue)


def _rows(name: str, values: Floats) -> Floats:
    """One area's series, or several, as (areas, periods)."""
    if values.ndim not in (1, 2):
        raise ValueError(f"{name}: must have shape (periods,) or (areas, periods)")
    return np.atleast_2d(values)


def _times(period: ArrayLike, like: Floats) -> Floats:
    """The periods as numbers, checked against the series."""
    times = floats("period", period)
    if times.shape != like.shape[-1:]:
        raise ValueError(f"period: {times.shape} periods for series of {like.shape[-1]}")
    require(times == np.round(times), "period", "must be a whole number")
    require(np.diff(times, prepend=-np.inf) > 0, "period", "must come after the one before")
    return times


def _run(times: Floats, known: Flags) -> Flags:
    """Which periods belong to the unbroken run that ends with the latest; (areas, periods)."""
    # Whether the step from each period to the next is unbroken; the latest needs none.
    joined = np.append(np.diff(times) == 1, True)
    backwards = np.logical_and.accumulate((known & joined)[:, ::-1], axis=-1)
    return np.asarray(backwards[:, ::-1], dtype=np.bool_)

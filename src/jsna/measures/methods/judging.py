"""How far apart figures are in units of their own chance, and which of many differ.

Everything here takes values with their limits as they are published, whatever method made them,
so that one rule serves proportions, rates and means.

Sources: the distance between two figures from the limits of each, Newcombe RG. Stat Med
1998;17:873-90 (method 10) for proportions and Zou GY, Donner A. Stat Med 2008;27:1693-702 for any
others; two parts of one whole, the exact binomial test; false discovery rate, Benjamini Y,
Hochberg Y. J R Stat Soc B 1995;57:289-300; an area among others with spread of their own, Higgins
JPT, Thompson SG, Spiegelhalter DJ. J R Stat Soc A 2009;172:137-59 (the prediction interval); a
line through figures over time, weighted least squares whose error grows with the scatter about
the line (Kirkwood BR, Sterne JAC. Essential Medical Statistics, 2nd edn, ch. 19).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from jsna.measures.methods.arrays import Flags, Floats, floats, require, same_shape

#: Normal deviates of the two levels at which limits are published: 95 % and 99.8 %.
LEVELS: Final = (1.959963984540054, 3.090232306167813)
#: Figures wander where chance would put them so far from a line less often than this. With half no
#: more than one in twenty of level series is told as a trend, however much they wander about one
#: another; with a fifth it was up to 8 in 100 of five periods (20,000 invented series each).
WANDERS: Final = 0.5
#: Rate of false discoveries among the differences that are told.
FALSE: Final = 0.05


class Bounds(NamedTuple):
    """Figures with both pairs of limits, all of one shape; NaN where there is none."""

    value: Floats
    low: Floats
    high: Floats
    low_far: Floats
    high_far: Floats

    @property
    def error(self) -> Floats:
        """Standard errors: half the width at 95 % over its deviate; 0 of complete figures."""
        return np.asarray(np.abs(self.high - self.low) / (2 * LEVELS[0]), dtype=np.float64)


def deviate(distance: ArrayLike, reach: ArrayLike, reach_far: ArrayLike) -> Floats:
    """How many standard errors a distance is, from how far limits reach over it at two levels.

    Between none, 95 % and 99.8 % the reach is taken to grow evenly, and beyond 99.8 % as it does
    between the two. Without limits at 99.8 % it grows as to 95 %.

    Args:
        distance: 0 or more, shape (n,). reach, reach_far: at 95 % and at 99.8 %, same shape.

    Returns:
        0 of no distance; infinite of one that limits do not reach over at all; NaN without limits.
    """
    d, near, far = floats("distance", distance), floats("reach", reach), floats("far", reach_far)
    same_shape(distance=d, reach=near, far=far)
    inner, outer = LEVELS
    far = np.where(np.isfinite(far) & (far > near), far, near * outer / inner)
    with np.errstate(divide="ignore", invalid="ignore"):
        below = inner * d / near
        beyond = inner + (outer - inner) * (d - near) / (far - near)
    found = np.where(d <= near, below, beyond)
    found = np.where((near <= 0) & np.isfinite(d), np.where(d > 0, np.inf, 0.0), found)
    return np.asarray(np.where(np.isnan(near), np.nan, found), dtype=np.float64)


def apart(one: Bounds, other: Bounds) -> Floats:
    """Deviates of the difference of two separate figures; above 0 where `one` is higher.

    The difference reaches to nought from the lower limit of the higher figure and the upper limit
    of the lower one, squared and added up (Newcombe's rule for proportions, Zou and Donner's for
    all). Squares of reaches at 95 % and at 99.8 % give the deviate at which it just does.
    """
    up = one.value >= other.value

    def reach(low: Floats, high: Floats, low_other: Floats, high_other: Floats) -> Floats:
        down = np.where(up, one.value - low, high - one.value)
        against = np.where(up, high_other - other.value, other.value - low_other)
        return np.hypot(np.maximum(down, 0.0), np.maximum(against, 0.0))

    near = reach(one.low, one.high, other.low, other.high)
    far = reach(one.low_far, one.high_far, other.low_far, other.high_far)
    found = deviate(np.abs(one.value - other.value), near, far)
    return np.asarray(np.where(up, found, -found), dtype=np.float64)


def beside(figure: Bounds, value: ArrayLike, part: ArrayLike = 0.0) -> Floats:
    """Deviates of figures from values that are known; above 0 where the figure is higher.

    Args:
        figure: shape (n,).
        value: what each is set beside, one for all or one for each.
        part: the share of the denominators behind `value` that is the figure's own. A part and
            its whole move together: of a part w the distance to the whole has 1 - w of the
            variance of the part's own figure.
    """
    known = np.broadcast_to(np.asarray(value, dtype=np.float64), figure.value.shape)
    own = np.broadcast_to(np.asarray(part, dtype=np.float64), figure.value.shape)
    up = figure.value >= known
    near = np.where(up, figure.value - figure.low, figure.high - figure.value)
    far = np.where(up, figure.value - figure.low_far, figure.high_far - figure.value)
    shrunk = np.sqrt(np.clip(1 - own, 0.0, 1.0))
    found = deviate(
        np.abs(figure.value - known), np.maximum(near, 0.0) * shrunk, np.maximum(far, 0.0) * shrunk
    )
    return np.asarray(np.where(up, found, -found), dtype=np.float64)


def shared(one: ArrayLike, whole: ArrayLike, part: ArrayLike) -> Floats:
    """Deviates of counts from the share of a whole that is theirs by size; above 0 where larger.

    Of all counted in the whole each falls into the part with the part's share of the denominator:
    the exact binomial test, one side doubled. It is what interval methods come near with many
    counted; with few, those have too thin a tail on the side of more.

    Args:
        one: counts of the parts, shape (n,). whole: of their wholes. part: shares, 0 to 1.
    """
    x, total, w = floats("one", one), floats("whole", whole), floats("part", part)
    same_shape(one=x, whole=total, part=w)
    with np.errstate(invalid="ignore"):
        more = np.where(x > 0, special.betainc(np.maximum(x, 0.5), total - x + 1, w), 1.0)
        fewer = np.where(x < total, special.betainc(np.maximum(total - x, 0.5), x + 1, 1 - w), 1.0)
    up = x >= total * w
    tail = np.clip(np.where(up, more, fewer), 1e-300, 0.5)
    found = np.where(up, 1.0, -1.0) * -special.ndtri(tail)
    return np.asarray(np.where(np.isnan(x + total + w), np.nan, found), dtype=np.float64)


def halves(one: ArrayLike, other: ArrayLike) -> Floats:
    """Deviates of the difference of two counts that shared out one whole between them.

    Of all counted in either, half would be in each but for chance: the exact binomial test, both
    sides, as the deviate of the same probability; above 0 where `one` is larger.
    """
    x, y = floats("one", one), floats("other", other)
    same_shape(one=x, other=y)
    require(~((x < 0) | (y < 0)), "one", "must be 0 or more")
    least, whole = np.minimum(x, y), x + y
    # The chance of as few or fewer: a beta function, so that counts need not be whole.
    tail = np.where(whole > 0, special.betainc(np.maximum(whole - least, 0.5), least + 1, 0.5), 1.0)
    found = -special.ndtri(np.clip(tail, 1e-300, 0.5))
    return np.asarray(np.sign(x - y) * found, dtype=np.float64)


def probability(deviates: ArrayLike) -> Floats:
    """The probability of a normal deviate so far from 0 either way by chance; NaN of NaN."""
    return np.asarray(special.erfc(np.abs(floats_or_far(deviates)) / np.sqrt(2)), dtype=np.float64)


def floats_or_far(deviates: ArrayLike) -> Floats:
    """Deviates as floats; those without end are so far that their probability is nought."""
    given = np.asarray(deviates, dtype=np.float64)
    return np.asarray(np.clip(given, -1e3, 1e3), dtype=np.float64)


def discoveries(probabilities: ArrayLike, rate: float = FALSE) -> Flags:
    """Which of several differences may be told, so that few of those told are false.

    Benjamini and Hochberg: the k smallest probabilities, k the largest for which the k-th is at
    most k/n of `rate`. Of one difference it is the plain test. What is missing is not counted.
    """
    p = np.asarray(probabilities, dtype=np.float64)
    known = np.sort(p[np.isfinite(p)])
    steps = rate * np.arange(1, len(known) + 1) / max(len(known), 1)
    held = np.flatnonzero(known <= steps)
    limit = known[held[-1]] if len(held) else -1.0
    return np.asarray(np.isfinite(p) & (p <= limit), dtype=np.bool_)


def among(value: float, error: float, others: ArrayLike, errors: ArrayLike) -> float:
    """Probability that an area is as far from others as it is, were it one of their kind.

    The others differ more than chance alone makes them. What is left of their variance less that
    of chance, the area's own chance and that of their mean together say how far another of their
    kind may lie; Student's t with one degree less than there are others, both sides.

    Args:
        value: the area's figure. error: its standard error, 0 where unknown.
        others, errors: figures of the others with theirs, shape (n,), n 3 or more.

    Returns:
        The probability; NaN of fewer than three others.
    """
    y = floats("others", others)
    spread = _spread(error, y, floats("errors", errors))
    if np.isnan(spread):
        return float("nan")
    if spread == 0:
        return 0.0 if value != float(y.mean()) else 1.0
    t = abs(value - float(y.mean())) / spread
    return float(2 * special.stdtr(len(y) - 1, -t))


def usual(error: float, others: ArrayLike, errors: ArrayLike) -> tuple[float, float]:
    """Between what an area of their kind lies of which `among` gives no less than `FALSE`.

    Args:
        error: the standard error of its figure, 0 where unknown.
        others, errors: figures of the others with theirs, shape (n,), n 3 or more.

    Returns:
        The ends; NaN of fewer than three others.
    """
    y = floats("others", others)
    reach = _spread(error, y, floats("errors", errors))
    if not np.isnan(reach):
        reach *= float(special.stdtrit(len(y) - 1, 1 - FALSE / 2))
    return float(y.mean()) - reach, float(y.mean()) + reach


def _spread(error: float, y: Floats, se: Floats) -> float:
    """How far another of a kind may lie from the mean of some; NaN of fewer than three."""
    same_shape(others=y, errors=se)
    if len(y) < 3:
        return float("nan")
    variance = float(np.var(y, ddof=1))
    between = max(variance - float(np.mean(se**2)), 0.0)
    return float(np.sqrt(between + error**2 + variance / len(y)))


def line(time: ArrayLike, value: ArrayLike, error: ArrayLike) -> tuple[float, float]:
    """Slope of a line through figures over time, and the probability of one as steep by chance.

    Each figure counts by its standard error. Where they lie further from the line than chance
    puts them, figures that wander do not make a trend: the error of the slope is then as much
    larger, and Student's t with n - 2 degrees of freedom stands for the normal deviate.

    Args:
        time, value: shape (n,), n 3 or more.
        error: standard errors, same shape; all 0 where there is no chance, and then they count
            alike and the scatter alone is the error.
    """
    t, y, se = floats("time", time), floats("value", value), floats("error", error)
    same_shape(time=t, value=y, error=se)
    sure, freedom = not np.all(se > 0), len(y) - 2
    weight = np.ones_like(y) if sure else 1 / se**2
    off = t - np.average(t, weights=weight)
    square = float((weight * off**2).sum())
    slope = float((weight * off * y).sum()) / square
    rest = y - np.average(y, weights=weight) - slope * off
    squares = float((weight * rest**2).sum())
    if sure and np.isclose(squares, 0.0, atol=1e-18):
        return slope, 0.0 if slope else 1.0
    scatter = squares / freedom
    steep = abs(slope) / float(np.sqrt((scatter if sure else max(scatter, 1.0)) / square))
    if sure or float(special.chdtrc(freedom, squares)) < WANDERS:
        return slope, float(2 * special.stdtr(freedom, -steep))
    return slope, float(probability(steep))

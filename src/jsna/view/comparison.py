"""When figures may be said to differ: the one judge of sentences, titles, tables and messages.

Nothing is ever claimed from point estimates alone. Rules (in words in the methods chapter), each
said of the kind of pair it is for:

* two figures of the same area (two periods, two groups): the interval of their difference, from
  the limits of each, leaves out nought;
* two parts of one whole, and two counts of events: the exact binomial test of their counts;
* an area and what it is a part of (a district of the county, the county of its region and of the
  country): its interval, narrowed by the share it has in the whole, leaves out the whole's figure;
* many places beside their whole: the same at 99.8 %, and as false discovery control leaves it;
* what is worked out as a ratio or a difference: its interval leaves out 1 or 0;
* several in one breakdown: as false discovery control leaves them (see `view.groups`);
* how many there are on a day: complete counts, which have changed where they differ by five or
  more; estimates are not compared;
* figures counted in two ways, such as a local one and an official one of another definition, are
  never compared: they are of two segments;
* of fewer than five it is never said that they are more than elsewhere, as one is always more
  than none.

An area among its neighbours is in `view.neighbours`, years in `view.series`, deprivation in
`view.gradients`. Figures are taken as their counts give them where there are any: a publisher
rounds what it prints, and limits are those of the counts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from jsna.measures.methods import judging
from jsna.model.fallbacks import STANDING
from jsna.model.schema import ADJUSTED, MULTIPLIERS
from jsna.view.rows import FEW, Row

Verdict = Literal["higher", "lower", "similar", "unknown"]
Floats = NDArray[np.float64]

#: Normal deviates from which on a difference is told: of one pair, and of one place among many.
TOLD, FAR = judging.LEVELS
#: With fewer counted than this, or fewer to be expected, a part is judged by the exact test too.
FEW_COUNTED: Final = 30
#: Limits this close to a value are on it: they carry the rounding of their own arithmetic.
HAIR: Final = 1e-9
#: Groups of less than this share of the average group are odd ones out, such as the few pupils
#: who stay on after year 13: never the highest or lowest of anything, and found in tables alone.
LEAST_SHARE: Final = 0.05
#: Population bases that count children and young people, or their plans.
PEOPLE: Final = ("attending", "resident", "maintained", "responsible")
#: Standardised differences from here on are usually called differences that matter (Austin, 2009).
MATTERS: Final = 0.1
#: Kinds of period of population estimates.
ESTIMATED: Final = frozenset({"mid_year"})
HIGHER: Final[Mapping[bool, Verdict]] = {True: "higher", False: "lower"}
#: What a claim says of the other figure; a verdict not in it claims nothing.
TURNED: Final[Mapping[Verdict, Verdict]] = {"higher": "lower", "lower": "higher"}


def side(deviate: float, least: float = TOLD) -> Verdict:
    """What a deviate says of the figure it is of; a limit on the other figure leaves it in."""
    if math.isnan(deviate):
        return "unknown"
    return HIGHER[deviate > 0] if abs(deviate) > least * (1 + HAIR) else "similar"


def estimate(row: Row) -> float:
    """A row's figure as its counts give it; as it is published where they are not known."""
    known = row.denominator > 0 and not math.isnan(row.numerator)
    if row.unit == "count" or row.method in ADJUSTED or not known:
        return row.value
    return row.numerator / row.denominator * MULTIPLIERS[row.unit]


def bounds(rows: Sequence[Row]) -> judging.Bounds:
    """Figures with their limits; of complete percentages both are the figure itself."""
    value = np.array([estimate(row) if row.shown else math.nan for row in rows])
    pairs = [row.limits(level) or (math.nan, math.nan) for level in ("95", "998") for row in rows]
    (low, high), (low_far, high_far) = np.array(pairs).reshape(2, len(rows), 2).transpose(0, 2, 1)
    exact = np.array([row.exact for row in rows])
    return judging.Bounds(
        value, *(np.where(exact, value, limit) for limit in (low, high, low_far, high_far))
    )


def of_its_own(row: Row, whole: Row) -> float:
    """The share a part has in the denominator of its whole; 0 where it is not known."""
    if not (row.denominator > 0 and whole.denominator > row.denominator):
        return 0.0
    return row.denominator / whole.denominator


def beside(rows: Sequence[Row], whole: Row) -> Floats:
    """Deviates of figures from that of what they are a part of; NaN where nothing can be told."""
    if not rows:
        return np.zeros(0)
    known = whole.shown and not whole.doubted
    part = [of_its_own(row, whole) for row in rows]
    found = judging.beside(bounds(rows), estimate(whole) if known else math.nan, part)
    found = _no_surer_than_exact(rows, whole, np.array(part), found)
    quiet = [
        row.segment != whole.segment or row.doubted or (row.few and z > 0)
        for row, z in zip(rows, found, strict=True)
    ]
    return np.where(quiet, np.nan, found)


def _no_surer_than_exact(rows: Sequence[Row], whole: Row, part: Floats, deviates: Floats) -> Floats:
    """Deviates no larger than the exact test has them, where few are counted or were to be."""
    x = np.array([row.numerator for row in rows])
    few = (np.minimum(x, part * whole.numerator) < FEW_COUNTED) & (part > 0)
    fit = few & (x >= 0) & (x <= whole.numerator) & np.isfinite(deviates)
    exact = judging.shared(
        np.where(fit, x, 0.0), np.full(len(rows), whole.numerator), np.where(fit, part, 0.5)
    )
    smaller = np.sign(deviates) * np.minimum(np.abs(deviates), np.abs(exact))
    return np.where(fit, smaller, deviates)


def against(row: Row, whole: Row) -> Verdict:
    """Where an area stands to its country or region; the verdict is about the area."""
    return side(float(beside([row], whole)[0]))


def everyone_counted(row: Row) -> bool:
    """Whether a share is one of all there are on a day: no sample, so no chance stands behind it.

    How pupils are recorded may still differ from place to place, and publishers round.
    """
    return row.unit == "percent" and row.period_type in STANDING and row.limits() is None


def untested(row: Row, whole: Row) -> Verdict | None:
    """Where a published figure without counts stands to another, which no interval can bear out.

    None of figures that may not be set beside each other at all: counted in two ways, or in doubt.
    """
    apart_ = row.segment != whole.segment or row.doubted or whole.doubted
    if apart_ or row.local or not (row.shown and whole.shown):
        return None
    if math.isclose(row.value, whole.value, rel_tol=HAIR, abs_tol=HAIR):
        return "similar"
    return HIGHER[row.value > whole.value]


def places(rows: Sequence[Row], whole: Row) -> list[Verdict]:
    """Where each of many places stands to what they are a part of.

    At 99.8 %, since among many places some lie outside 95 % by chance; and where they are so many
    that some lie outside even that, only those that false discovery control leaves.
    """
    found = beside(rows, whole)
    kept = judging.discoveries(judging.probability(found))
    return [
        v if v == "unknown" or good else "similar"
        for v, good in zip([side(z, FAR) for z in found], kept, strict=True)
    ]


def stand_out(rows: Sequence[Row], whole: Row) -> tuple[list[Row], list[Row]]:
    """Places clearly above and clearly below what they are a part of.

    Returns:
        Those above, highest first, and those below, lowest first.
    """
    verdicts = list(zip(rows, places(rows, whole), strict=True))
    above = [r for r, v in verdicts if v == "higher"]
    below = [r for r, v in verdicts if v == "lower"]
    return (
        sorted(above, key=lambda r: (-r.value, r.key)),
        sorted(below, key=lambda r: (r.value, r.key)),
    )


def from_none(rows: Sequence[Row], nothing: float) -> list[Verdict]:
    """Which of several ratios or differences are clearly not 1, or not 0, one breakdown a call."""
    found = off_none(rows, nothing)
    kept = judging.discoveries(judging.probability(found))
    return [
        HIGHER[z > 0] if good else ("unknown" if math.isnan(z) else "similar")
        for z, good in zip(found, kept, strict=True)
    ]


def off_none(rows: Sequence[Row], nothing: float) -> Floats:
    """Deviates of ratios or differences from where there is none; above 0 where they are higher.

    Args:
        nothing: the value of no difference; ratios are judged on the scale of logarithms.
    """
    if not rows:
        return np.zeros(0)
    figures = bounds(rows)
    if nothing > 0:
        with np.errstate(divide="ignore", invalid="ignore"):
            figures = judging.Bounds(*(np.log(np.maximum(part, 0.0)) for part in figures))
    finite = np.isfinite(figures.value)
    return np.where(finite, judging.beside(figures, np.log(nothing) if nothing else 0.0), np.nan)


def apart(
    firsts: Sequence[Row],
    seconds: Sequence[Row],
    *,
    parts: bool = False,
    dispersion: float = 1.0,
) -> Floats:
    """Deviates of the differences of pairs of figures; NaN where nothing can be told.

    Args:
        parts: the figures of each pair are parts of one whole.
        dispersion: of the events such parts count, see `Indicator.dispersion`; other figures have
            it in their limits.
    """
    if not firsts:
        return np.zeros(0)
    alike = [
        one.shown and other.shown and one.segment == other.segment
        for one, other in zip(firsts, seconds, strict=True)
    ]
    if firsts[0].unit == "count" or parts:
        found = _counts(firsts, seconds, alike, dispersion)
    else:
        found = judging.apart(bounds(firsts), bounds(seconds))
    return np.where(alike, found, np.nan)


def _counts(
    firsts: Sequence[Row], seconds: Sequence[Row], alike: Sequence[bool], dispersion: float
) -> Floats:
    """Deviates of pairs of counts; how many places there are is no matter of chance."""

    def count(row: Row) -> float:
        return row.value if row.unit == "count" else row.numerator

    x = np.array([[count(row) for row in rows] for rows in (firsts, seconds)])
    fit = np.array(alike) & np.all(x >= 0, axis=0)
    one, other = np.where(fit, x, 0.0)
    if firsts[0].population_base == "areas":
        return np.where(fit, np.sign(one - other) * np.where(one == other, 0.0, np.inf), np.nan)
    return np.where(fit, judging.halves(one / dispersion, other / dispersion), np.nan)


def interval_of_difference(one: Row, other: Row) -> tuple[float, float]:
    """The 95 % interval of one figure less another, from the limits of each; NaN without."""
    found = bounds([one, other])
    (value, less), low, high = found.value, found.low, found.high
    apart_by = float(value - less)
    down = math.hypot(value - low[0], high[1] - less)
    up = math.hypot(high[0] - value, less - low[1])
    return apart_by - down, apart_by + up


def differ(first: Row, second: Row) -> Verdict:
    """Whether one figure is higher or lower than another, both with uncertainty of their own."""
    return side(float(apart([first], [second])[0]))


def changed(last: Row, first: Row, least: float = TOLD) -> Verdict:
    """Whether a figure of one place is higher or lower than it was.

    How many there are on a day is a complete count, most of them the same children as a year ago,
    so no chance of independent events stands behind it: it has changed where it has, by five or
    more. Estimates of population are revised by more than they move, and no verdict is given.

    Args:
        least: the deviate from which on a change is told.
    """
    if last.unit == "count" and last.period_type in ESTIMATED:
        return "unknown"
    if last.unit == "count" and last.period_type in STANDING and first.shown and last.shown:
        moved = last.value - first.value
        return "similar" if abs(moved) < FEW else HIGHER[moved > 0]
    return side(float(apart([last], [first])[0]), least)


def odd(bases: Sequence[float]) -> list[bool]:
    """Whether each group is too small to be set beside the others; never where that is unknown."""
    known = [base for base in bases if math.isfinite(base)]
    least = LEAST_SHARE * sum(known) / len(known) if known else 0.0
    return [base < least for base in bases]

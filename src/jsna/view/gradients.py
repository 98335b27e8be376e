"""Deprivation gradients: a straight line through all groups from the most to the least deprived.

The slope index of inequality (`measures.methods.inequality`) with its interval at 99.8 %, each
group counted by its people. A gradient is told where the interval leaves out 0 and the figures at
the two ends, which are printed, differ in the same direction at 95 %.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from jsna.measures.methods import judging, slope_index
from jsna.measures.methods.inequality import FEWEST_QUANTILES
from jsna.view.comparison import FAR, TOLD, TURNED, Verdict, apart, bounds, side
from jsna.view.rows import Row


@dataclass(frozen=True, slots=True)
class Gradient:
    """How figures go with deprivation.

    Attributes:
        verdict: about the more deprived: higher, lower, similar where no gradient is clear.
        most, least: the most and the least deprived group with a figure.
        probability: that chance alone makes such a slope; NaN where it cannot be told.
        gap: how much more the most deprived end of the line has than the least, between its limits
            at 99.8 %; None without a line, or without chance in it.
    """

    verdict: Verdict
    most: Row
    least: Row
    probability: float
    gap: tuple[float, float] | None = None


def gradient(rows: Sequence[Row], dimension: str, least: float = FAR) -> Gradient | None:
    """How figures go with deprivation over all the groups that have one.

    Args:
        rows: one row a group, whose category of `dimension` is a number, 1 the most deprived.
        least: the deviate from which on a gradient is told. At 99.8 %, as an edition has some
            twenty, one an indicator, of which at 95 % one would be false.

    Returns:
        None where fewer than two groups have a figure. Of fewer than five groups a line says too
        little, and the two ends are judged.
    """
    shown = sorted(
        (r for r in rows if r.shown and not r.doubted), key=lambda r: int(r.code(dimension))
    )
    if len(shown) < 2:
        return None
    first, last = shown[0], shown[-1]
    ends = float(apart([first], [last])[0])
    gap, error = _line(shown) if len(shown) >= FEWEST_QUANTILES else (math.nan, math.nan)
    found = ends if len(shown) < FEWEST_QUANTILES else _deviate(gap, error)
    verdict = side(found, least)
    # What is said names the two ends, so they have to differ by themselves too.
    if verdict in TURNED and verdict != side(ends):
        verdict = "similar"
    limits = (gap - FAR * error, gap + FAR * error) if error > 0 else None
    return Gradient(verdict, first, last, float(judging.probability(found)), limits)


def gradients(sets: Sequence[Sequence[Row]], dimension: str) -> list[Gradient | None]:
    """The gradients of several groups of one breakdown, as false discovery control leaves them."""
    found = [gradient(rows, dimension, TOLD) for rows in sets]
    kept = judging.discoveries([math.nan if one is None else one.probability for one in found])
    return [
        replace(one, verdict="similar") if one and one.verdict in TURNED and not good else one
        for one, good in zip(found, kept, strict=True)
    ]


def _line(rows: Sequence[Row]) -> tuple[float, float]:
    """How much more the most deprived end of the line has than the least, and its standard error.

    Both are NaN where a figure has no limits.
    """
    figures = bounds(rows)
    people = np.array([row.denominator for row in rows])
    people = people if np.all(people > 0) else np.ones(len(rows))
    if not np.all(np.isfinite(figures.error)):
        return math.nan, math.nan
    index = slope_index(figures.value, figures.error, people).sii
    reach = float(index.upper[0] - index.value[0]) / judging.LEVELS[0]
    return -float(index.value[0]), reach


def _deviate(gap: float, error: float) -> float:
    """How many standard errors a gap is; of complete figures any is without end."""
    if error == 0:
        return math.copysign(math.inf, gap) if gap else 0.0
    return gap / error

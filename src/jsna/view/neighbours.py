"""Where an area stands among its statistical neighbours: rank, and whether it is unlike them.

A handful of areas of all sizes differ by more than chance, so their average is no yardstick. An
area is called unlike them only where it lies further from them than they lie from one another:
outside the interval in which one more of their kind would lie (`measures.methods.judging.among`).
Percentages are compared on the scale of logits and rates on that of logarithms, where each can
lie as far one way as the other; as they are where one of them is nought.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from jsna.measures.methods import judging
from jsna.view import words
from jsna.view.comparison import HIGHER, Floats, Verdict, bounds, estimate
from jsna.view.rows import Row

#: Of fewer neighbours a rank says nothing.
FEWEST: Final = 3
Scale = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Standing:
    """An area among its neighbours.

    Attributes:
        rank: its place from the highest, 1 the highest; areas as high share the better place.
        of: how many areas there are, itself among them.
        tied: whether another has the same figure.
        verdict: whether it is unlike them, and on which side.
        usual: between what another of their kind lies; None where no verdict is given.
    """

    rank: int
    of: int
    tied: bool
    verdict: Verdict
    usual: tuple[float, float] | None

    @property
    def from_top(self) -> bool:
        """Whether it is nearer the highest than the lowest."""
        return 2 * self.rank <= self.of + 1

    @property
    def in_words(self) -> str:
        """`highest`, `second lowest`, `joint fourth highest`: from the nearer end."""
        rank, end = (self.rank, "highest") if self.from_top else (self.from_bottom, "lowest")
        return " ".join(filter(None, ("joint" * self.tied, words.ordinal(rank), end)))

    @property
    def at_an_end(self) -> bool:
        """Whether none is higher, or none lower."""
        return self.rank in (1, self.of)

    @property
    def from_bottom(self) -> int:
        """Its place from the lowest."""
        return self.of + 1 - self.rank


def standing(home: Row, others: Sequence[Row]) -> Standing | None:
    """Where an area stands among others; None where it, or all but two of them, have no figure.

    None as well where all have the same: there is no first among equals.
    """
    told = [r for r in others if r.shown and not r.doubted and r.segment == home.segment]
    mine, theirs = estimate(home), [estimate(row) for row in told]
    if not home.shown or home.doubted or len(told) < FEWEST or set(theirs) == {mine}:
        return None
    above = sum(value > mine for value in theirs)
    return Standing(above + 1, len(told) + 1, mine in theirs, *_unlike(home, told))


def _unlike(home: Row, others: Sequence[Row]) -> tuple[Verdict, tuple[float, float] | None]:
    """The verdict, and between what is usual."""
    if home.limits() is None:
        return "unknown", None
    figures = bounds([home, *others])
    scale, back = _scale(home.unit, figures.value)
    value = scale(figures.value)
    # A limit at nought has no place on the scale: the half that has gives the error.
    with np.errstate(divide="ignore", invalid="ignore"):
        halves = np.array([value - scale(figures.low), scale(figures.high) - value])
    error = np.where(np.isfinite(halves), halves, -math.inf).max(axis=0) / judging.LEVELS[0]
    error = np.where(np.isfinite(error), np.maximum(error, 0.0), 0.0)
    chance = judging.among(float(value[0]), float(error[0]), value[1:], error[1:])
    if math.isnan(chance):
        return "unknown", None
    low, high = back(np.array(judging.usual(float(error[0]), value[1:], error[1:])))
    verdict = HIGHER[value[0] > value[1:].mean()] if chance < judging.FALSE else "similar"
    return verdict, _possible(home.unit, float(low), float(high))


def _scale(unit: str, values: Floats) -> tuple[Scale, Scale]:
    """The scale figures of a unit are compared on, and the way back from it."""
    if unit == "percent" and np.all((values > 0) & (values < 100)):
        return lambda v: np.log(v / (100 - v)), lambda v: 100 * special.expit(v)
    if unit.startswith("per_") and np.all(values > 0):
        return np.log, np.exp
    return lambda v: v, lambda v: v


def _possible(unit: str, low: float, high: float) -> tuple[float, float] | None:
    """A range without what no figure of its unit can be; None where it has no end."""
    if not math.isfinite(high - low):
        return None
    if unit == "percent" or unit.startswith("per_"):
        low = max(low, 0.0)
    return low, min(high, 100.0) if unit == "percent" else high

"""What a change of a rate between two periods comes of: who there is, and the rates among them.

With the share w of each group in all and its rate r, everyone's rate is Σwr, and its change is the
sum of two parts: Σ(w₂ − w₁)(r₁ + r₂)/2, of how the make-up by group changed, and
Σ(r₂ − r₁)(w₁ + w₂)/2, of how rates within groups did. They add up to it and to nothing else,
whichever of the two periods is taken as the standard, as half of each is.

Source: Kitagawa EM. J Am Stat Assoc 1955;50:1168-94. Shares are complete counts; each rate has the
chance of its own limits, taken to be apart from that of every other, so that limits are wide where
many are counted in both periods.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from jsna.measures.methods.arrays import (
    Confidence,
    Floats,
    Interval,
    floats,
    normal_quantile,
    not_negative,
    same_shape,
    upper_tail,
)

NOBODY: Final = "nobody is there in one of the two periods"


class Decomposition(NamedTuple):
    """A change and its two parts, each with values of shape (areas,)."""

    change: Interval
    composition: Interval
    rates: Interval


def decomposition(
    before: tuple[ArrayLike, ArrayLike, ArrayLike],
    after: tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    confidence: Confidence = 0.95,
) -> Decomposition:
    """What changes of rates come of.

    Args:
        before, after: of each period the rates of the groups, their standard errors and the people
            in them, shape (areas, groups). Of a group nobody is in rate and error are not looked
            at: those of the other period stand for them, and all it adds is a change of make-up.
        confidence: one level, or several.

    Raises:
        ValueError: people or a standard error below 0, shapes that differ.
    """
    rate_1, error_1, people_1 = _side(before)
    rate_2, error_2, people_2 = _side(after)
    same_shape(before=rate_1, after=rate_2)
    whole_1, whole_2 = people_1.sum(-1, keepdims=True), people_2.sum(-1, keepdims=True)
    there = ((whole_1 > 0) & (whole_2 > 0))[:, 0]
    share_1 = people_1 / np.where(whole_1 > 0, whole_1, np.nan)
    share_2 = people_2 / np.where(whole_2 > 0, whole_2, np.nan)
    only_1, only_2 = people_2 == 0, people_1 == 0
    rate_1, rate_2 = np.where(only_2, rate_2, rate_1), np.where(only_1, rate_1, rate_2)
    # A group of one period alone has one rate, whose chance counts for both.
    variance_1 = np.where(people_1 > 0, error_1, 0.0) ** 2
    variance_2 = np.where(people_2 > 0, error_2, 0.0) ** 2
    gone, half = share_2 - share_1, (share_1 + share_2) / 2
    of_both = np.where(only_1 | only_2, gone, gone / 2)
    z = normal_quantile(upper_tail(confidence, 1))
    reason = np.where(there, "", NOBODY).astype(np.str_)

    def interval(value: Floats, weight_1: Floats, weight_2: Floats) -> Interval:
        variance = (weight_1**2 * variance_1 + weight_2**2 * variance_2).sum(-1)
        reach = z * np.sqrt(variance)
        return Interval(value, value - reach, value + reach, reason)

    make_up = (gone * (rate_1 + rate_2) / 2).sum(-1)
    within = ((rate_2 - rate_1) * half).sum(-1)
    both = ~(only_1 | only_2)
    return Decomposition(
        interval(make_up + within, share_1, share_2),
        interval(make_up, of_both, of_both),
        interval(within, half * both, half * both),
    )


def _side(given: tuple[ArrayLike, ArrayLike, ArrayLike]) -> tuple[Floats, Floats, Floats]:
    """Rates, standard errors and people of one period, those of empty groups as 0."""
    rate, error, people = (
        np.atleast_2d(floats(name, one))
        for name, one in zip(("rate", "error", "people"), given, strict=True)
    )
    same_shape(rate=rate, error=error, people=people)
    not_negative("people", people)
    not_negative("error", error)
    people = np.nan_to_num(people)
    return np.where(people > 0, rate, 0.0), np.where(people > 0, error, 0.0), people

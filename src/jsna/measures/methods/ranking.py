"""Where each of many areas stands among all of them, and how sure that is.

A rank has no limits of its own. Each area is set beside every other one, and those that are surely
higher and surely lower leave it the places in between: they hold its true rank in 95 of 100 cases.
Nothing is simulated, so the same figures give the same places everywhere.

Source: Mogstad M, Romano JP, Shaikh AM, Wilhelm D. Inference for ranks with applications to
mobility across neighbourhoods and academic achievement across countries. Rev Econ Stud
2024;91:476-518 (marginal confidence sets for ranks), with Holm's rule for the comparisons of one
area: Holm S. Scand J Stat 1979;6:65-70. The distance of two figures is `judging.apart`.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from jsna.measures.methods import judging
from jsna.measures.methods.arrays import Floats

Counts = NDArray[np.int64]
#: Chance that the places of an area leave its true rank out.
FALSE: Final = 0.05
#: Figures that differ by less than this are the same: they carry the rounding of their arithmetic.
HAIR: Final = 1e-9


class Places(NamedTuple):
    """How many areas are above and below each, shape (n,).

    Attributes:
        above, below: by the figures as they are.
        surely_above, surely_below: by more than chance; -1 of an area without limits, of which
            nothing can be told. Another one without limits is surely neither.
    """

    above: Counts
    below: Counts
    surely_above: Counts
    surely_below: Counts


def places(figures: judging.Bounds) -> Places:
    """The place of each of n areas among all.

    Args:
        figures: values, none of them missing, with their limits, each of shape (n,).
    """
    value = figures.value
    scale = HAIR * max(float(np.max(np.abs(value), initial=0.0)), 1.0)
    off = value[None, :] - value[:, None]
    above, below = (off > scale).sum(axis=1), (off < -scale).sum(axis=1)
    known = np.isfinite(figures.low) & np.isfinite(figures.high)
    sure = [_sure(figures, i) if known[i] else (-1, -1) for i in range(len(value))]
    higher, lower = (np.array(side, dtype=np.int64) for side in zip(*sure, strict=True))
    return Places(above, below, higher, lower)


def _sure(figures: judging.Bounds, at: int) -> tuple[int, int]:
    """How many areas are surely above one and surely below it, all its comparisons together."""
    others = np.arange(len(figures.value)) != at
    theirs = judging.Bounds(*(part[others] for part in figures))
    own = judging.Bounds(*(np.broadcast_to(part[at], theirs.value.shape) for part in figures))
    deviates = judging.apart(theirs, own)
    kept = held(judging.probability(deviates))
    return int((kept & (deviates > 0)).sum()), int((kept & (deviates < 0)).sum())


def held(probabilities: Floats, rate: float = FALSE) -> NDArray[np.bool_]:
    """Which of several differences may be told, none of them false but in `rate` of all cases.

    Holm: the k smallest, as long as the j-th of n is at most `rate` / (n - j + 1) for all up to k.
    """
    order = np.argsort(probabilities, kind="stable")
    steps = rate / np.arange(len(order), 0, -1)
    fails = np.flatnonzero(~(probabilities[order] <= steps))
    told = np.zeros(len(order), dtype=np.bool_)
    told[order[: fails[0] if len(fails) else len(order)]] = True
    return told


def quarter(above: Counts, below: Counts) -> Counts:
    """The quarter each area lies in: 1 the highest, 4 the lowest.

    Areas with the same figure lie in the quarter that the middle of their places is in.
    """
    of = above + below + _ties(above, below)
    middle = above + (_ties(above, below) + 1) / 2
    return np.clip(np.ceil(4 * middle / of), 1, 4).astype(np.int64)


def _ties(above: Counts, below: Counts) -> Counts:
    """How many areas share the figure of each, itself among them."""
    return len(above) - above - below

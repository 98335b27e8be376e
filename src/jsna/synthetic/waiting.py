"""How long people wait, from how many are found waiting: what is published of lists."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from jsna.synthetic.course import Draw
from jsna.synthetic.draws import Floats
from jsna.synthetic.often import said


def waits(waiting: str) -> Draw:
    """Days waited, by a parameter of how many are found waiting so many weeks; see `waited`."""
    return lambda at: 7 * waited(at.rng, said(at.world, waiting, at.kind), len(at))


def waited(rng: np.random.Generator, waiting: Mapping[str, float], count: int) -> Floats:
    """Weeks waited.

    How long people wait follows from how many are found waiting: where as many come every week,
    those who have waited so long are as many as come, less those seen sooner.

    Args:
        rng: random numbers.
        waiting: weeks (upper end of a band, the first beginning at none) -> how many are found
            waiting so long.
        count: how many waits.
    """
    ends = np.array([float(weeks) for weeks in waiting])
    width = np.diff(ends, prepend=0.0)
    # How many a week of waiting holds; what every band holds less than the first was seen.
    held = np.array(list(waiting.values())) / width
    left = np.minimum.accumulate(held / held[0])
    # Seen around the end of each band, as far into it as into the next, so that the list stays.
    half = np.minimum(width[:-1], width[1:]) / 2
    weeks = np.r_[np.c_[ends[:-1] - half, ends[:-1] + half].ravel(), ends[-1] - width[-1] / 4]
    weeks = np.r_[weeks, ends[-1]]
    share = np.r_[np.c_[left[:-1], left[1:]].ravel(), left[-1], 0.0]
    # From nobody left to everybody; ever so little steeper, as no two may be the same.
    rising = share[::-1] + 1e-12 * np.arange(len(share))
    found: Floats = np.interp(rng.random(count), rising, weeks[::-1])
    return found

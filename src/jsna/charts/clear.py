"""Where a word can stand among lines without one passing through it: on another area's line, the
word for the home area's missing number would read as that area's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from jsna.charts.canvas import Point

#: Top and bottom.
Span = tuple[float, float]
#: Room around a line, for its weight and markers, in points.
ROOM: Final = 5.0
#: A word of the small size reaches this far above and below its baseline, in points.
ABOVE: Final = 7.0
BELOW: Final = 2.0


def passing(points: Sequence[Point], left: float, right: float) -> list[Span]:
    """Heights a line through `points` (from left to right) takes between `left` and `right`."""
    left, right = left - ROOM, right + ROOM
    spans: list[Span] = []
    for (x, y), (beyond, to) in pairwise([points[0], *points]):
        if beyond < left or x > right:
            continue
        slope = (to - y) / (beyond - x) if beyond > x else 0.0
        ends = [y + slope * (min(max(at, x), beyond) - x) for at in (left, right)]
        spans.append((min(ends) - ROOM, max(ends) + ROOM))
    return spans


def baseline(
    spans: Sequence[Span],
    lowest: float,
    top: float,
    free: Callable[[float], bool] = lambda y: True,
) -> float:
    """The lowest baseline from `lowest` up to `top` that is free and clear of `spans`.

    Where none is clear, the lowest that is free; where none is free either, `lowest`.

    Args:
        free: whether a word on a baseline would collide with no other.
    """
    every = np.arange(lowest, top, -2.0).tolist()
    clear = (y for y in every if not any(h < y + BELOW and low > y - ABOVE for h, low in spans))
    return next(filter(free, clear), next(filter(free, every), lowest))

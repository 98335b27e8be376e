"""Arithmetic of outlines: places put together, hatching within them, where a letter can stand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jsna.charts.canvas import Point
from jsna.model.areas import Point as GridPoint
from jsna.model.areas import Ring, Shape

Floats = NDArray[np.float64]

#: Points tried along each side of a box for where a letter stands.
_TRIED: Final = 28


def together(shapes: Iterable[Shape]) -> Shape:
    """The outline of places that touch, without the borders between them.

    Two places run along their common border in opposite directions, so that its pieces cancel out.
    """
    edges: dict[tuple[GridPoint, GridPoint], int] = {}
    for shape in shapes:
        for ring in shape:
            for edge in pairwise(ring):
                back = edge[::-1]
                if edges.get(back):
                    edges[back] -= 1
                else:
                    edges[edge] = edges.get(edge, 0) + 1
    after: dict[GridPoint, list[GridPoint]] = {}
    for (one, other), times in sorted(edges.items()):
        after.setdefault(one, []).extend([other] * times)
    rings: list[Ring] = []
    for start in sorted(after):
        while after[start]:
            way = [start]
            while (nexts := after.get(way[-1])) and (len(way) == 1 or way[-1] != start):
                way.append(nexts.pop(0))
            if len(way) > 3:
                rings.append(tuple(way))
    return tuple(rings)


def hatching(rings: Sequence[Sequence[Point]], step: float) -> list[tuple[Point, Point]]:
    """Lines rising to the right, `step` apart along either axis, within some closed rings."""
    edges = [edge for ring in rings for edge in pairwise(ring)]
    sums = [x + y for ring in rings for x, y in ring]
    found: list[tuple[Point, Point]] = []
    # Where x + y is the same: a line at 45 degrees, rising to the right as y runs down.
    at = math.floor(min(sums) / step) * step + step / 2
    while at < max(sums):
        crossed = []
        for (x, y), (u, v) in edges:
            one, other = x + y - at, u + v - at
            if (one > 0) != (other > 0):
                crossed.append(x + (u - x) * one / (one - other))
        crossed.sort()
        found += [
            ((left, at - left), (right, at - right))
            for left, right in zip(crossed[::2], crossed[1::2], strict=True)
        ]
        at += step
    return found


@cache
def middle(rings: Shape) -> tuple[Point, float]:
    """A point within some closed rings as far from their edges as can be, and how far it is.

    It is looked for once, however often a place is drawn.
    """
    edges = np.array([(*one, *other) for ring in rings for one, other in pairwise(ring)])
    left, top = edges[:, 0].min(), edges[:, 1].min()
    wide, high = edges[:, 0].max() - left, edges[:, 1].max() - top
    best, room = _best(edges, left, top, wide, high)
    for _ in range(2):  # closer to the best of those tried
        (x, y), wide, high = best, wide / _TRIED * 2, high / _TRIED * 2
        closer, more = _best(edges, x - wide / 2, y - high / 2, wide, high)
        if more > room:
            best, room = closer, more
    return best, room


def _best(edges: Floats, left: float, top: float, wide: float, high: float) -> tuple[Point, float]:
    """The point of a lattice over a box with most room, and its distance from the nearest edge.

    The distance is below 0 outside the rings.
    """
    steps = (np.arange(_TRIED) + 0.5) / _TRIED
    px, py = (at.ravel()[:, None] for at in np.meshgrid(left + wide * steps, top + high * steps))
    x, y, u, v = edges.T
    run, rise = u - x, v - y
    with np.errstate(divide="ignore", invalid="ignore"):
        crossed = ((y > py) != (v > py)) & (px < x + (py - y) / rise * run)
    inside = crossed.sum(axis=1) % 2 == 1
    length = np.maximum(run**2 + rise**2, 1e-12)
    along = np.clip(((px - x) * run + (py - y) * rise) / length, 0.0, 1.0)
    gap = np.hypot(x + along * run - px, y + along * rise - py).min(axis=1)
    room = np.where(inside, gap, -gap)
    at = int(room.argmax())
    return (float(px[at, 0]), float(py[at, 0])), float(room[at])

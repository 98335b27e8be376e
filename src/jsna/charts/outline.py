"""Geometry of outlines: places put together, hatching within them, where a label can stand.

By shapely, which is imported only where a map is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from jsna.charts import lettering
from jsna.charts.canvas import Point
from jsna.model.areas import Ring, Shape

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

#: How closely the middle of a place is looked for, as a share of its longer side.
_CLOSE: Final = 0.005
#: How wide the edge around letters is, in points.
_EDGE: Final = 1.4


def together(shapes: Iterable[Shape]) -> Shape:
    """The outline of places that touch, without the borders between them."""
    import shapely

    whole = shapely.unary_union([polygon(shape) for shape in shapes])
    rings: list[Ring] = []
    for part in shapely.get_parts(whole):
        turned = shapely.geometry.polygon.orient(part, 1.0)
        for line in (turned.exterior, *turned.interiors):
            rings.append(tuple((round(x), round(y)) for x, y in line.coords))
    return tuple(sorted(rings))


def polygon(rings: Sequence[Sequence[Point]]) -> BaseGeometry:
    """What some closed rings enclose, whichever way up: holes run against the largest of them."""
    import shapely

    areas = [_twice_area(ring) for ring in rings]
    way = math.copysign(1.0, max(areas, key=abs, default=1.0))
    parts: list[list[Any]] = [[], []]
    for ring, area in zip(rings, areas, strict=True):
        if area:
            one = shapely.Polygon(ring)
            parts[area * way < 0].append(one if one.is_valid else shapely.make_valid(one))
    shells, holes = (shapely.unary_union(part) for part in parts)
    return shells.difference(holes) if parts[1] else shells


def hatching(rings: Sequence[Sequence[Point]], step: float) -> list[tuple[Point, Point]]:
    """Lines rising to the right, `step` apart along either axis, within some closed rings."""
    import shapely

    whole = polygon(rings)
    left, top, right, bottom = whole.bounds
    # Where x + y is the same: a line at 45 degrees, rising to the right as y runs down.
    at = math.floor((left + top) / step) * step + step / 2
    lines = []
    while at < right + bottom:
        lines.append(((left - 1, at - left + 1), (right + 1, at - right - 1)))
        at += step
    found = []
    for part in shapely.get_parts(shapely.MultiLineString(lines).intersection(whole)):
        if part.geom_type == "LineString" and part.length > 0.01:
            (x, y), *_, (u, v) = part.coords
            found.append(((x, y), (u, v)))
    return sorted(found, key=lambda line: (sum(line[0]), line[0][0]))


@cache
def middle(rings: Shape) -> tuple[Point, float]:
    """A point within some closed rings as far from their edges as can be, and how far it is.

    It is looked for once, however often a place is drawn.
    """
    import shapely

    whole = polygon(rings)
    left, top, right, bottom = whole.bounds
    close = max(right - left, bottom - top) * _CLOSE
    largest = max(shapely.get_parts(whole), key=lambda part: (part.area, part.bounds))
    spoke = shapely.maximum_inscribed_circle(largest, close)
    return (float(spoke.coords[0][0]), float(spoke.coords[0][1])), float(spoke.length)


@cache
def edge(words: str, size: float, weight: int) -> tuple[tuple[Point, ...], ...]:
    """Closed rings a little wider than the letters of a line that starts at 0, 0 on its baseline.

    Filled white they part it from what is below. They are no text, so that nothing is read twice.
    """
    import shapely

    letters = [
        shapely.Polygon(ring) for ring in lettering.outline(words, size, weight).to_polygons()
    ]
    sound = [letter if letter.is_valid else letter.buffer(0) for letter in letters]
    wide = shapely.unary_union(sound).buffer(_EDGE, quad_segs=2).simplify(_EDGE / 10)
    return tuple(
        tuple((float(x), -float(y)) for x, y in part.exterior.coords)
        for part in shapely.get_parts(wide)
    )


def _twice_area(ring: Sequence[Point]) -> float:
    return sum(x * v - u * y for (x, y), (u, v) in pairwise(ring))

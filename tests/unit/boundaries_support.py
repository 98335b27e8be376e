"""Made-up shapes: squares of an invented county, whose sides waver, out at sea on the grid."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Mapping, Sequence
from typing import Any, Final

from jsna.model.areas import Point, Ring, Shape

#: Metres along a side, where the first square begins, and steps along a side.
SIDE, SEA, STEPS = 10_000, (560_000, 520_000), 100
#: The furthest a side strays from straight, in metres.
STRAYS: Final = 30


def squares(codes: Sequence[str], across: int = 4, *, wavers: int = STRAYS) -> dict[str, Shape]:
    """A shape for each code, row by row from the top left; those side by side share their border.

    Every side is drawn once, from `STEPS` points of which all but the ends stray by chance.
    """
    chance = random.Random(7)
    sides: dict[tuple[Point, Point], Ring] = {}

    def side(one: Point, other: Point) -> Ring:
        if one > other:
            return side(other, one)[::-1]
        if (one, other) not in sides:
            (x, y), (u, v) = one, other
            inner = [
                (
                    x + (u - x) * at // STEPS + (chance.randint(-wavers, wavers) if v != y else 0),
                    y + (v - y) * at // STEPS + (chance.randint(-wavers, wavers) if u != x else 0),
                )
                for at in range(1, STEPS)
            ]
            sides[one, other] = (one, *inner, other)
        return sides[one, other]

    made = {}
    for index, code in enumerate(codes):
        x, y = SEA[0] + index % across * SIDE, SEA[1] - index // across * SIDE
        corners = [(x, y), (x + SIDE, y), (x + SIDE, y + SIDE), (x, y + SIDE), (x, y)]
        ring: list[Point] = [corners[0]]
        for one, other in itertools.pairwise(corners):
            ring += side(one, other)[1:]
        made[code] = (tuple(ring),)
    return made


def geojson(
    shapes: Mapping[str, Shape], named: str = "LAD25CD", crs: str | None = "EPSG::27700"
) -> dict[str, Any]:
    """The shapes as the portal lays them out, marked as what they are."""
    content: dict[str, Any] = {
        "type": "FeatureCollection",
        "name": "Synthetic: squares of an invented county",
        "features": [
            {
                "type": "Feature",
                "properties": {"FID": number, named: code},
                "geometry": {
                    "type": "MultiPolygon",
                    "coordinates": [[[list(point) for point in ring]] for ring in shape],
                },
            }
            for number, (code, shape) in enumerate(shapes.items(), 1)
        ],
    }
    if crs:
        content["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{crs}"}}
    return content


def written(shapes: Mapping[str, Shape], **how: Any) -> bytes:
    """The bytes of such a file."""
    return json.dumps(geojson(shapes, **how)).encode()

"""TopoJSON as GeoJSON: pieces of border that neighbours share, put together as rings of places."""

from __future__ import annotations

import math
from typing import Any

#: Points in degrees.
Arc = list[tuple[float, float]]


def features(content: dict[str, Any]) -> dict[str, Any]:
    """The places of a topology as a collection of features.

    Args:
        content: the topology; it has one object, a collection of geometries.

    Raises:
        ValueError: it is no such topology, or a geometry names a piece of border it has not.
    """
    objects = content.get("objects")
    if not isinstance(objects, dict) or len(objects) != 1:
        raise ValueError("must have one object, the places; a topology of several is not read")
    try:
        arcs = _arcs(content)
        (places,) = objects.values()
        made = [
            {
                "type": "Feature",
                "properties": place["properties"],
                "geometry": _geometry(place, arcs),
            }
            for place in places["geometries"]
        ]
    except (KeyError, TypeError, IndexError, ValueError):
        raise ValueError("is no whole TopoJSON: its arcs cannot be put together") from None
    return {"type": "FeatureCollection", "features": made}


def _arcs(content: dict[str, Any]) -> list[Arc]:
    """Every piece of border; with a `transform` each point is a step from the one before."""
    transform = content.get("transform")
    if transform is None:
        return [[(float(x), float(y)) for x, y, *_ in arc] for arc in content["arcs"]]
    (wide, high), (left, low) = transform["scale"], transform["translate"]
    if not all(map(math.isfinite, (wide, high, left, low))):
        raise ValueError
    made = []
    for arc in content["arcs"]:
        x = y = 0
        points = []
        for right, up, *_ in arc:
            x, y = x + right, y + up
            points.append((x * wide + left, y * high + low))
        made.append(points)
    return made


def _geometry(place: dict[str, Any], arcs: list[Arc]) -> dict[str, Any]:
    kind, given = place.get("type"), place.get("arcs", [])
    if kind == "Polygon":
        return {"type": kind, "coordinates": [_ring(ring, arcs) for ring in given]}
    if kind == "MultiPolygon":
        several = [[_ring(ring, arcs) for ring in polygon] for polygon in given]
        return {"type": kind, "coordinates": several}
    return {"type": kind}


def _ring(given: list[int], arcs: list[Arc]) -> list[list[float]]:
    """A ring of pieces one after another; ~n is piece n the other way round."""
    points: list[list[float]] = []
    for number in given:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += [list(point) for point in arc[1 if points else 0 :]]
    return points

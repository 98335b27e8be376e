"""Reader of boundaries: GeoJSON as the Open Geography portal of the ONS issues it, or TopoJSON.

Each feature is a place, with its code in a property the release's entry names (`WD25CD`) and a
polygon or several, in degrees of WGS84 or on the British National Grid. TopoJSON (Bostock 2013),
in which neighbours share each piece of border, is in degrees. A file that cannot be what
it says is refused, with all that is wrong with it: shapes are drawn and never looked at again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from jsna.errors import JsnaError, Problem
from jsna.machine import limits, trouble
from jsna.model.areas import Point, Ring, Shape
from jsna.releases import national_grid, outlines, topology

#: What `crs` names, by its last part -> whether coordinates are degrees. None stands for degrees.
_SYSTEMS: Final = {"CRS84": True, "4326": True, "27700": False}
#: Properties in which the portal gives a point of each place, in degrees and on the grid.
_DEGREES, _GRID = ("LONG", "LAT"), ("BNG_E", "BNG_N")
#: How far the two may lie apart, in metres: the formula is good to five, the degrees to one.
_APART: Final = 15.0
#: Most problems of one kind that are told.
_TOLD: Final = 5


def read(path: Path, property_: str) -> dict[str, Shape]:
    """Code of every place -> its shape, in whole metres of the grid.

    Args:
        path: the file.
        property_: of a feature, that holds the code of its place.

    Raises:
        JsnaError: all that is wrong with the file.
    """
    content = _content(path)
    found, wrong = {}, []
    degrees, problem = _system(content)
    wrong += [problem] if problem else []
    seen: set[str] = set()
    for number, feature in enumerate(content["features"], 1):
        try:
            code = _code(feature, property_)
            if code in seen:
                raise ValueError(f"{code}: has a shape already")
            seen.add(code)
            found[code] = _shape(feature.get("geometry"), code, degrees=degrees)
            _held_to_point(feature["properties"], found[code], code)
        except ValueError as error:
            wrong.append(f"feature {number}: {error}")
    if not wrong and not found:
        wrong.append("has no feature")
    if wrong:
        left = len(wrong) - _TOLD
        more = [f"and {left} more like these"] if left > 0 else []
        raise JsnaError(
            Problem(path.name, rule, code="published.boundaries")
            for rule in (*wrong[:_TOLD], *more)
        )
    return found


def of_places(path: Path, property_: str, wanted: Collection[str]) -> dict[str, Shape]:
    """The shapes of some places, as simple as a map can show; those the file lacks are left out."""
    every = read(path, property_)
    found = {code: every[code] for code in sorted(wanted) if code in every}
    return outlines.simplified(found) if found else {}


def _content(path: Path) -> dict[str, Any]:
    try:
        limits.check_size(path.stat().st_size)
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except limits.TooLargeError as large:
        raise JsnaError(Problem(path.name, str(large), code="published.large")) from None
    except (OSError, ValueError, RecursionError) as error:
        trouble.pass_on(error)
        rule = "is not GeoJSON in UTF-8 that can be read; fetch it again"
        raise JsnaError(Problem(path.name, rule, code="published.boundaries")) from None
    if isinstance(content, dict) and content.get("type") == "Topology":
        try:
            return topology.features(content)
        except ValueError as error:
            raise JsnaError(Problem(path.name, str(error), code="published.boundaries")) from None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or content.get("type") != "FeatureCollection":
        rule = 'is no GeoJSON of places: it has no "FeatureCollection" with "features"'
        raise JsnaError(Problem(path.name, rule, code="published.boundaries"))
    return dict(content)


def _system(content: dict[str, Any]) -> tuple[bool, str]:
    """Whether coordinates are degrees, and what is wrong with the system they are said to be of."""
    crs = content.get("crs")
    if crs is None:
        return True, ""
    try:
        named = str(crs["properties"]["name"])
    except (KeyError, TypeError):
        named = "without a name"
    degrees = _SYSTEMS.get(named.rpartition(":")[2])
    if degrees is None:
        rule = "its coordinates must be of WGS84 (CRS84, EPSG 4326) or the British National Grid"
        return True, f"{rule} (EPSG 27700); they are said to be of the system {named[:60]}"
    return degrees, ""


def _code(feature: Any, property_: str) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    code = properties.get(property_) if isinstance(properties, dict) else None
    if not isinstance(code, str) or not code.strip():
        there = ", ".join(sorted(properties)[:20]) if isinstance(properties, dict) else "none"
        raise ValueError(f"has no code in the property {property_!r}; it has {there or 'none'}")
    return code.strip()


def _shape(geometry: Any, code: str, *, degrees: bool) -> Shape:
    """The rings of one place, outer ones against the clock and holes with it."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"{code}: its shape is {kind or 'none'}, and no polygon")
    polygons = geometry.get("coordinates")
    polygons = [polygons] if kind == "Polygon" else polygons
    rings = []
    try:
        for polygon in polygons:
            for at, given in enumerate(polygon):
                ring = _ring(given, code, degrees=degrees)
                area = outlines.twice_area(ring) if len(ring) > 3 else 0
                if area:
                    rings.append(ring if (area > 0) == (at == 0) else ring[::-1])
    except TypeError:
        raise ValueError(f"{code}: its coordinates are no lists of points") from None
    if not any(outlines.twice_area(ring) > 0 for ring in rings):
        raise ValueError(f"{code}: its shape has no area")
    return tuple(rings)


def _ring(given: Any, code: str, *, degrees: bool) -> Ring:
    """A closed ring in whole metres, without a point twice in a row."""
    try:
        points = np.array([point[:2] for point in given], dtype=np.float64)
    except (ValueError, IndexError):
        raise ValueError(f"{code}: its coordinates are no lists of points") from None
    if len(points) < 4 or points.shape[1:] != (2,) or (points[0] != points[-1]).any():
        raise ValueError(f"{code}: a ring of its shape has under four points, or is not closed")
    if degrees:
        if not (np.isfinite(points).all() and (np.abs(points) <= (180, 90)).all()):
            raise ValueError(f"{code}: its coordinates are no degrees of longitude and latitude")
        points = national_grid.project(points[:, 0], points[:, 1])
    inside = (points >= 0) & (points <= national_grid.EXTENT)
    if not inside.all():
        raise ValueError(f"{code}: lies outside Great Britain, or its coordinates are turned round")
    return tuple(_once(map(tuple, np.rint(points).astype(np.int64).tolist())))


def _once(points: Any) -> Iterator[Point]:
    before: Point | None = None
    for point in points:
        if point != before:
            yield point
        before = point


def _held_to_point(properties: dict[str, Any], shape: Shape, code: str) -> None:
    """Hold a shape to the point its publisher gives of the place, where there is one.

    Raises:
        ValueError: the two ways the point is given differ, or it is outside the shape's box.
    """
    numbers = [properties.get(name) for name in (*_DEGREES, *_GRID)]
    if not all(isinstance(number, int | float) for number in numbers):
        return
    lon, lat, east, north = map(float, numbers)  # type: ignore[arg-type]
    ((x, y),) = national_grid.project(np.array([lon]), np.array([lat]))
    if abs(x - east) > _APART or abs(y - north) > _APART:
        raise ValueError(f"{code}: its point in degrees is not its point on the grid")
    xs, ys = zip(*(point for ring in shape for point in ring), strict=True)
    if not (min(xs) <= east <= max(xs) and min(ys) <= north <= max(ys)):
        raise ValueError(f"{code}: the point given of it lies outside its shape")

"""Outlines of places made as simple as a map on a page can show, the same on every machine.

Places that touch share the points of their border. It is cut where three places meet, and each
piece is thinned once whichever place it is read from, so that neighbours still touch afterwards
(Douglas and Peucker 1973, in whole metres and whole numbers, without rounding).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from jsna.model.areas import Point, Ring, Shape

#: Points across the widest map of a page (482 of width, see `charts.palette`), and how far an
#: outline may move on it: less than the width of a line.
_ACROSS: Final = 480
_MOVES: Final = 0.4
#: An island of a smaller square on that map, in points a side, is left out, but for the last.
_LEAST: Final = 3.0


def simplified(shapes: Mapping[str, Shape]) -> dict[str, Shape]:
    """Outlines with no more points than a map of all of them can show.

    Args:
        shapes: code of a place -> its rings in whole metres, closed, outer ones against the clock
            and holes with it.

    Returns:
        the same places; each has a ring at least.
    """
    across = _extent(shapes)
    move, least = across / _ACROSS * _MOVES, (across / _ACROSS * _LEAST) ** 2
    junctions = _junctions(shapes)
    made = {}
    for code, shape in shapes.items():
        thinned = [_ring(ring, junctions, move) for ring in shape]
        largest = max(range(len(shape)), key=lambda at: (abs(twice_area(shape[at])), -at))
        made[code] = tuple(
            new if len(new) > 3 else old
            for at, (old, new) in enumerate(zip(shape, thinned, strict=True))
            if at == largest or (len(new) > 3 and abs(twice_area(new)) / 2 >= least)
        )
    return made


def twice_area(ring: Ring) -> int:
    """Twice the area of a closed ring, in square metres; above 0 against the clock."""
    return sum(x * v - u * y for (x, y), (u, v) in pairwise(ring))


def _extent(shapes: Mapping[str, Shape]) -> float:
    """The longer side of the box around all places."""
    points = [point for shape in shapes.values() for ring in shape for point in ring]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return float(max(max(xs) - min(xs), max(ys) - min(ys), 1))


def _junctions(shapes: Mapping[str, Shape]) -> frozenset[Point]:
    """Points with more or fewer than two others beside them, whichever place they are of."""
    beside: dict[Point, set[Point]] = {}
    for shape in shapes.values():
        for ring in shape:
            for one, other in pairwise(ring):
                beside.setdefault(one, set()).add(other)
                beside.setdefault(other, set()).add(one)
    return frozenset(point for point, others in beside.items() if len(others) != 2)


def _ring(ring: Ring, junctions: frozenset[Point], move: float) -> Ring:
    """One closed ring, thinned between junctions."""
    open_ring = ring[:-1]
    at = [index for index, point in enumerate(open_ring) if point in junctions]
    # Where nothing meets it, it starts at the same point whichever place it is read from.
    start = at[0] if at else open_ring.index(min(open_ring))
    turned = (*open_ring[start:], *open_ring[:start], open_ring[start])
    out: list[Point] = [turned[0]]
    for piece in _pieces(turned, junctions):
        out += _thinned(piece, move)[1:]
    return tuple(out)


def _pieces(ring: Ring, junctions: frozenset[Point]) -> Iterator[Sequence[Point]]:
    piece = [ring[0]]
    for point in ring[1:]:
        piece.append(point)
        if point in junctions:
            yield piece
            piece = [point]
    if len(piece) > 1:
        yield piece


def _thinned(piece: Sequence[Point], move: float) -> Sequence[Point]:
    """A piece of border, the same from either end."""
    back = tuple(reversed(piece)) < tuple(piece)
    points = list(reversed(piece)) if back else list(piece)
    if points[0] == points[-1]:  # it runs round: its farthest point stays too
        far = max(range(len(points)), key=lambda at: (_square(points[0], points[at]), -at))
        kept = [*_between(points[: far + 1], move), *_between(points[far:], move)[1:]]
    else:
        kept = _between(points, move)
    return kept[::-1] if back else kept


def _between(points: Sequence[Point], move: float) -> list[Point]:
    """The first point, the last, and those farther than `move` from the line between others."""
    if not points:
        return []
    keep = {0, len(points) - 1}
    spans = [(0, len(points) - 1)]
    limit = round(move * move)
    while spans:
        first, last = spans.pop()
        (x, y), (u, v) = points[first], points[last]
        length = _square(points[first], points[last])
        farthest, index = 0, -1
        for at in range(first + 1, last):
            p, q = points[at]
            cross = (u - x) * (q - y) - (v - y) * (p - x)
            # The square of the distance, times the length's; or from the point both ends are.
            far = cross * cross if length else _square(points[first], points[at])
            if far > farthest:
                farthest, index = far, at
        if index >= 0 and farthest > limit * (length or 1):
            keep.add(index)
            spans += [(first, index), (index, last)]
    return [points[at] for at in sorted(keep)]


def _square(one: Point, other: Point) -> int:
    """The square of the distance of two points."""
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2

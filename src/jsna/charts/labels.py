"""Where the names and numbers of places stand on a map: each on or beside its place, none over
another, none cut. Where there is no such room the map has letters and a key (`charts.maps`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from jsna.charts import lettering, outline, palette
from jsna.charts.canvas import Box, Canvas, Point
from jsna.charts.marks import SHORT, Mark

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

SIZE: Final = palette.SMALL
LEADING: Final = SIZE * 1.14
#: Widest line of a name, and room kept between labels, in points.
_WIDEST: Final = 78.0
_ROOM: Final = 2.0
#: A label larger than so many times its place, or more than this share of it over other places,
#: stands beside it with a line.
_LARGER: Final = 3.0
_OVER: Final = 0.62
#: How far from the middle of its place a label is tried, in points, and in how many directions.
_NEAR: Final = tuple(range(0, 30, 3))
_FAR: Final = tuple(range(22, 150, 6))
_WAYS: Final = 24


@dataclass(frozen=True, slots=True)
class Label:
    """The name and number of a place where they are drawn.

    Attributes:
        mark: what they are of.
        lines: of the name.
        number: as printed.
        at: the middle of the label.
        box: left, top, width and height of both.
        line: from the place to the label, where it stands beside it.
        within: whether it is wholly on its place, and so on one colour.
    """

    mark: Mark
    lines: tuple[str, ...]
    number: str
    at: Point
    box: Box
    line: tuple[Point, Point] | None = None
    within: bool = False

    def texts(self) -> list[tuple[str, float, float, int]]:
        """Each line: words, the middle it is centred on, baseline, weight."""
        top, every = self.box[1], [*((name, 400) for name in self.lines), (self.number, 600)]
        return [
            (words, self.at[0], top + at * LEADING + SIZE * 0.8, weight)
            for at, (words, weight) in enumerate(every)
        ]


def placed(
    marks: Sequence[Mark],
    places: Mapping[str, BaseGeometry],
    middles: Mapping[str, tuple[Point, float]],
    sheet: Box,
) -> list[Label] | None:
    """A label for every mark; None where they do not all find room.

    Args:
        marks: one for each place that is labelled.
        places: code -> its shape on the sheet.
        middles: code -> the middle of its place on the sheet, and how far from its edges that is.
        sheet: where labels may stand.
    """
    import shapely

    order = sorted(marks, key=lambda mark: (middles[mark.code][1], mark.code))
    land = shapely.unary_union([places[code] for code in sorted(places)])
    found: dict[str, Label] = {}
    beside: list[Mark] = []
    for mark in order:
        label = _on(mark, places, middles[mark.code], sheet, [*found.values()], land)
        if label is None:
            beside.append(mark)
        else:
            found[mark.code] = label
    for mark in beside:
        label = _beside(mark, middles[mark.code][0], sheet, [*found.values()], land)
        if label is None:
            return None
        found[mark.code] = label
    return [found[mark.code] for mark in marks]


def draw(canvas: Canvas, label: Label, ground: str) -> None:
    """Name and number of a place, with a white edge where they are not on its own colour alone.

    Args:
        canvas, label: what is drawn on, and what.
        ground: the colour of its place.
    """
    if label.line:
        canvas.strokes([label.line], palette.INK, 0.6)
        canvas.dot(*label.line[0], 1.5, palette.INK, palette.WHITE)
    plain = label.within and label.mark.shown
    ink = palette.ink_on(ground) if plain else palette.INK
    how: dict[str, Any] = {"size": SIZE, "anchor": "center"}
    texts = label.texts()
    for words, x, y, weight in texts if not plain else ():
        left = x - lettering.width(words, SIZE, weight) / 2
        rings = [[(left + a, y + b) for a, b in r] for r in outline.edge(words, SIZE, weight)]
        canvas.area(rings, palette.WHITE, palette.WHITE, 0.1)
    for at, (words, x, y, weight) in enumerate(texts):
        key = label.mark.key if at == len(texts) - 1 else ""
        canvas.text(x, y, words, weight=weight, colour=ink, measure=key, **how)


def told(mark: Mark) -> str:
    """What stands for the number of a place."""
    return SHORT["c"] if mark.hidden else mark.text


def _on(
    mark: Mark,
    places: Mapping[str, BaseGeometry],
    middle: tuple[Point, float],
    sheet: Box,
    others: Sequence[Label],
    land: BaseGeometry,
) -> Label | None:
    """The label on its place, as near its middle as may be."""
    import shapely

    own = places[mark.code]
    for x, y in _around(middle[0], _NEAR):
        for lines in _broken(mark):
            label = _label(mark, lines, (x, y))
            if _clashes(label, others, sheet):
                continue
            box = _shape(label.box)
            if not own.contains(shapely.Point(x, y)) or box.area > _LARGER * own.area:
                continue
            over = box.intersection(land).area - box.intersection(own).area
            if over <= _OVER * box.area:
                return replace(label, within=bool(own.contains(box)))
    return None


def _beside(
    mark: Mark, middle: Point, sheet: Box, others: Sequence[Label], land: BaseGeometry
) -> Label | None:
    """The label off its place, best where no place is, with a line from the middle of its own."""
    import shapely

    best: tuple[float, Label] | None = None
    lines_of = [label.line for label in others if label.line]
    for x, y in _around(middle, _FAR):
        for lines in _broken(mark):
            label = _label(mark, lines, (x, y), middle)
            box = _shape(label.box)
            if _clashes(label, others, sheet) or box.contains(shapely.Point(middle)):
                continue
            line = shapely.LineString(label.line)
            if any(line.intersects(_shape(other.box)) for other in others):
                continue
            if any(line.intersects(shapely.LineString(one)) for one in lines_of):
                continue
            if any(box.intersects(shapely.LineString(one)) for one in lines_of):
                continue
            away = math.dist(middle, (x, y))
            cost = away + 60.0 * box.intersection(land).area / box.area
            if best is None or cost < best[0]:
                best = cost, label
    return best[1] if best else None


def _around(middle: Point, steps: Sequence[int]) -> list[Point]:
    """Points around a middle, the nearest first; sideways a little farther than up and down."""
    found = []
    for away in steps:
        for way in range(_WAYS if away else 1):
            angle = 2 * math.pi * way / _WAYS
            found.append(
                (middle[0] + 1.3 * away * math.cos(angle), middle[1] + away * math.sin(angle))
            )
    return found


def _broken(mark: Mark) -> list[tuple[str, ...]]:
    """The name on one line where it is short, and broken."""
    whole = (mark.label,)
    broken = lettering.wrap(mark.label, SIZE, max(_WIDEST * 0.6, _longest(mark.label)))
    short = lettering.width(mark.label, SIZE) <= _WIDEST
    return list(dict.fromkeys([whole, broken])) if short else [broken]


def _longest(name: str) -> float:
    return max(lettering.width(word, SIZE) for word in name.split())


def _label(mark: Mark, lines: tuple[str, ...], at: Point, middle: Point | None = None) -> Label:
    number = told(mark)
    wide = max(*(lettering.width(line, SIZE) for line in lines), lettering.width(number, SIZE, 600))
    high = (len(lines) + 1) * LEADING
    box = (at[0] - wide / 2, at[1] - high / 2, wide, high)
    line = (middle, _edge(box, middle)) if middle else None
    return Label(mark, lines, number, at, box, line)


def _edge(box: Box, point: Point) -> Point:
    """The point of a box nearest to another, a little off it."""
    x, y, wide, high = box
    return (
        min(max(point[0], x - 1.5), x + wide + 1.5),
        min(max(point[1], y - 1.5), y + high + 1.5),
    )


def _clashes(label: Label, others: Sequence[Label], sheet: Box) -> bool:
    """Whether a label leaves the sheet, or is over another or its line."""
    import shapely

    x, y, wide, high = label.box
    left, top, across, down = sheet
    if x < left or y < top or x + wide > left + across or y + high > top + down:
        return True
    for other in others:
        a, b, w, h = other.box
        if x < a + w + _ROOM and a < x + wide + _ROOM and y < b + h and b < y + high:
            return True
        if other.line and _shape(label.box).intersects(shapely.LineString(other.line)):
            return True
    return False


def _shape(box: Box) -> BaseGeometry:
    import shapely

    x, y, wide, high = box
    return shapely.box(x, y, x + wide, y + high)

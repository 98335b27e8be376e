"""A map by shapes, north up: each place shaded by its class, with its name and number on it.

Where the names have no room each has a letter, in the order of the numbers, which leads to name and
number in a key: nothing is told by colour alone. What is hidden is hatched, as everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jsna.charts import labels, legend, lettered, outline, palette, shading
from jsna.charts.bars import ranked
from jsna.charts.canvas import Canvas
from jsna.charts.finish import Paint, foot
from jsna.charts.marks import Mark
from jsna.charts.shown import Shown
from jsna.model.areas import Shape
from jsna.model.hierarchies import LOCALITY_GROUP

#: Tallest map itself, in points.
HIGH: Final = 330.0
#: Beside and over a map with names, so that one at its edge has room.
_MARGIN: Final = 24.0
_EDGE: Final = 4.0
#: Most places whose names stand on a map.
_NAMED: Final = 40


@dataclass(frozen=True, slots=True)
class Drawn:
    """A map as drawn.

    Attributes:
        paint: draws it at a width.
        kind: what it is, for the text alternative.
        note: how to read it.
        sources: ids of the releases its shapes are of.
    """

    paint: Paint
    kind: str
    note: str
    sources: tuple[str, ...] = ()


def draw(shown: Shown, marks: Sequence[Mark]) -> Drawn | None:
    """The map of some places, each of which has a shape; None where no page holds it."""
    shapes, marks = _shapes(shown), ranked(marks)
    if not lettered.fits(shown, marks, shapes):
        return None
    release = next(r for r in shown.config.every_release if r.id == shown.config.area.shapes_from)
    asked = f" {release.attribution}." if release.attribution else ""
    note = f"North is at the top; shapes are simplified.{asked}"

    def paint(width: float) -> Canvas:
        return named(shown, marks, shapes, width) or lettered.draw(shown, marks, shapes, width)

    return Drawn(paint, "Map", note, (release.id,))


def named(
    shown: Shown, marks: Sequence[Mark], shapes: Mapping[str, Shape], width: float
) -> Canvas | None:
    """Some shapes with the name and number of each place on it; None where they have no room.

    Args:
        shown, marks, shapes, width: as of `lettered.draw`.
    """
    if len(marks) > _NAMED:
        return None
    left, top, right, bottom = shading.box(shapes)
    wide, high = right - left, top - bottom
    scale = min((width - 2 * _MARGIN) / wide, HIGH / high)
    down = high * scale + 2 * _EDGE
    at = ((width - wide * scale) / 2, _EDGE)
    placed = {code: shading.on_page(shape, at, scale, shapes) for code, shape in shapes.items()}
    middles = {mark.code: shading.middle(shapes[mark.code], at, scale, shapes) for mark in marks}
    polygons = {code: outline.polygon(rings) for code, rings in placed.items()}
    found = labels.placed(marks, polygons, middles, (0.0, 0.0, width, down))
    if found is None:
        return None
    said = legend.height(marks, width)
    canvas = Canvas(down + said + foot(shown), width)
    shading.shade(canvas, marks, placed, outline.together(shapes.values()), (at, scale, shapes))
    for label, tone in zip(found, legend.tones(marks), strict=True):
        labels.draw(canvas, label, palette.MAP_CLASSES[tone] if tone >= 0 else palette.WHITE)
    legend.draw(canvas, marks, down + 12)
    return canvas


def _shapes(shown: Shown) -> Mapping[str, Shape]:
    """Code of each place of the figure -> its shape; groups are their places put together."""
    area = shown.config.area
    if shown.localities != LOCALITY_GROUP:
        return area.shapes
    return {
        group.code: outline.together(area.shapes[code] for code in group.localities)
        for group in area.locality_groups
    }

"""Shapes of places on a sheet, north up, each in the colour of its class or hatched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jsna.charts import legend, outline, palette
from jsna.charts.canvas import Box, Canvas, Point
from jsna.charts.marks import Mark
from jsna.model.areas import Shape

Rings = list[list[Point]]


def box(shapes: Mapping[str, Shape]) -> Box:
    """West, north, east and south of all places."""
    points = [point for shape in shapes.values() for ring in shape for point in ring]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), max(ys), max(xs), min(ys)


def on_page(shape: Shape, at: Point, scale: float, shapes: Mapping[str, Shape]) -> Rings:
    """The rings of one of some places on a sheet.

    Args:
        shape, shapes: the one, and all of them.
        at: where the box around all starts.
        scale: points per metre.
    """
    west, north, _, _ = box(shapes)
    x0, y0 = at
    return [[(x0 + (x - west) * scale, y0 + (north - y) * scale) for x, y in r] for r in shape]


def middle(
    shape: Shape, at: Point, scale: float, shapes: Mapping[str, Shape]
) -> tuple[Point, float]:
    """Where on the page the middle of a place is, and how far from its edges."""
    (x, y), room = outline.middle(shape)
    west, north, _, _ = box(shapes)
    return (at[0] + (x - west) * scale, at[1] + (north - y) * scale), room * scale


def shade(
    canvas: Canvas,
    marks: Sequence[Mark],
    placed: Mapping[str, Rings],
    whole: Shape,
    how: tuple[Point, float, Mapping[str, Shape]],
) -> None:
    """Every place in its colour, and the outline of them all."""
    tones = legend.tones(marks)
    of = {mark.code: (mark, tone) for mark, tone in zip(marks, tones, strict=True)}
    for code, rings in sorted(placed.items()):
        _place(canvas, rings, *of.get(code, (None, -1)))
    canvas.area(on_page(whole, *how), None, palette.SOFT, 0.8)


def _place(canvas: Canvas, rings: Rings, mark: Mark | None, tone: int) -> None:
    """One place: in the colour of its class, hatched where hidden, white where there is nothing."""
    if mark is not None and mark.shown:
        canvas.area(rings, palette.MAP_CLASSES[tone], palette.SOFT, 0.5)
        return
    if mark is not None and mark.hidden:
        canvas.strokes(outline.hatching(rings, 6.0), palette.HATCH, 0.6)
    canvas.area(rings, None, palette.HATCH, 0.7)

"""The figure of one place: where it lies in the area, and where it stands among the other places.

Each line of the strip is a measure on a scale of its own, from the lowest place to the highest. The
numbers stand in the table beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jsna.charts import lettering, outline, palette, shading, tiles
from jsna.charts.canvas import Canvas, Point
from jsna.charts.comparators import diamond
from jsna.charts.finish import FOOT, SYNTHETIC, image
from jsna.charts.marks import Cell, Drawing, narrow_id
from jsna.model.areas import Shape
from jsna.model.configuration import Configuration
from jsna.view import words
from jsna.view.place_figures import (
    CHAPTER,
    Place,
    PlaceFigure,
    declared,
    figure_id,
    figures,
    with_page,
)
from jsna.view.rows import Measures

#: Width of the map on a page, tallest map, and the gap beside it.
_MAP: Final = 128.0
_HIGH: Final = 150.0
_GAP: Final = 18.0
#: Widest column of names, height of a line of one, of a row and of the heading.
_NAMES: Final = 150.0
_LINE: Final = palette.SMALL * 1.16
_ROW: Final = 14.4
_HEAD: Final = 16.0
_RADIUS: Final = 4.2
_TICK: Final = 4.0
#: A strip of fewer places shows nothing.
_FEWEST: Final = 3


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What one figure is drawn of."""

    config: Configuration
    place: Place
    lines: tuple[PlaceFigure, ...]
    shapes: dict[str, Shape]


def draw(config: Configuration, measures: pd.DataFrame) -> Iterator[Drawing]:
    """A figure for each place that has a page and can be drawn.

    Args:
        config: the edition.
        measures: its safe measures.
    """
    view = Measures(measures, config)
    found = figures(view)
    pages, _ = with_page(config, found)
    shapes = _shapes(config)
    for place in pages:
        lines = tuple(_lines(found[place.code]))
        if lines or shapes:
            yield _drawing(_Sheet(config, place, lines, shapes))


def _lines(given: Sequence[PlaceFigure]) -> Iterator[PlaceFigure]:
    """Measures on which places are set beside each other, of which this one has a number."""
    for one in given:
        shown = sum(row.shown for row in one.others)
        if one.indicator.unit != "count" and one.row.shown and shown >= _FEWEST:
            yield one


def _shapes(config: Configuration) -> dict[str, Shape]:
    """Code of every locality -> its shape, or its tile; none where one has neither."""
    area = config.area
    if area.shapes_from:
        return {} if area.without_shape else dict(area.shapes)
    if not area.localities or any(one.tile is None for one in area.localities):
        return {}
    at = tiles.positions(area.localities)
    return {code: tiles.square(*position) for code, position in at.items()}


def _drawing(sheet: _Sheet) -> Drawing:
    config, place, name = sheet.config, sheet.place, figure_id(sheet.place)
    area, many = config.area, _many(sheet)
    title = f"{place.name} among the {words.small(len(declared(config)))} {many} of {area.name}"
    if len(declared(config)) == 1:
        title = f"{place.name} in {area.name}"
    invented = config.edition.synthetic
    synthetic = f" {SYNTHETIC}." if invented else ""
    alt = f"{_kind(sheet)}. {title}. {' '.join(_told(sheet))}{synthetic}".replace("  ", " ").strip()
    rows = [row for one in sheet.lines for row in (*one.others, one.whole, one.country) if row]
    rows = [row for row in rows if row.shown or row.hidden]
    header, body = _table(sheet)
    release = next((r for r in config.every_release if r.id == area.shapes_from), None)
    drawn = release is not None and bool(sheet.shapes)
    sources = {part for row in rows for part in row.source.split("+") if part}
    return Drawing(
        id=name,
        indicator=CHAPTER,
        chapter=CHAPTER,
        type="place",
        svg=image(_painted(sheet, palette.WIDE), name, alt, synthetic=invented),
        narrow=image(_painted(sheet, palette.NARROW), narrow_id(name), alt, synthetic=invented),
        title=title,
        subtitle=_subtitle(sheet),
        alt=alt,
        note=_note(sheet, release.attribution if drawn and release else ""),
        header=header if body else (),
        rows=tuple(body),
        keys=tuple(dict.fromkeys(row.key for row in rows)),
        sources=tuple(sorted(sources | ({area.shapes_from} if drawn else set()))),
    )


def _table(sheet: _Sheet) -> tuple[tuple[str, ...], list[tuple[str, tuple[Cell, ...]]]]:
    """Headings, and a row for each line: the place, the area and the country."""
    area = sheet.config.area
    body = [
        (
            one.indicator.title,
            tuple(Cell(r.key if r is not None else "") for r in (one.row, one.whole, one.country)),
        )
        for one in sheet.lines
    ]
    return ("Measure", sheet.place.name, area.name, area.country.name), body


def _many(sheet: _Sheet) -> str:
    return sheet.config.dimension(sheet.place.dimension).many


def _kind(sheet: _Sheet) -> str:
    mapped = "Map" if sheet.config.area.shapes_from else "Tile map"
    strip = "strip chart" if sheet.lines else ""
    parts = [mapped if sheet.shapes else "", strip]
    return words.upper_first(" and ".join(part for part in parts if part))


def _told(sheet: _Sheet) -> Iterator[str]:
    """Each line in words: which place is highest, which lowest."""
    names = {place.code: place.name for place in declared(sheet.config)}
    for one in sheet.lines:
        rows = sorted((r for r in one.others if r.shown), key=lambda r: (r.value, r.area_code))
        low, high = names[rows[0].area_code], names[rows[-1].area_code]
        what = one.indicator.short or one.indicator.title
        if rows[0].value < rows[-1].value:
            yield f"{what}: highest {high}, lowest {low}."
        else:
            yield f"{what}: all the same."


def _subtitle(sheet: _Sheet) -> str:
    if not sheet.lines:
        return f"Where {sheet.place.name} lies"
    country = any(one.country is not None and one.country.shown for one in sheet.lines)
    area = sheet.config.area
    diamond_is = f"; diamond: {area.country.name}" if country else ""
    return (
        f"Each line is a measure; circle: {sheet.place.name}; short lines: the other "
        f"{_many(sheet)}; tall line: {area.name}{diamond_is}"
    )


def _note(sheet: _Sheet, attribution: str) -> str:
    scale = "Each line has its own scale, from the lowest to the highest" if sheet.lines else ""
    lie = ""
    if sheet.shapes:
        mapped = sheet.config.area.shapes_from
        lie = "North is at the top" if mapped else "Each tile is a place, set about where it lies"
    return ". ".join(part for part in (scale, lie, attribution) if part)


def _painted(sheet: _Sheet, width: float) -> Canvas:
    """The map beside the strip, or on a narrow screen above it."""
    page = width >= palette.WIDE
    beside = page and bool(sheet.shapes) and bool(sheet.lines)
    wide = _MAP if beside else min(width, 200.0)
    across, scale, high = _scaled(sheet.shapes, wide)
    left = _MAP + _GAP if beside else 0.0
    top = 0.0 if beside or not sheet.shapes else high + 10.0
    room = width - left
    tall = _strip_height(sheet, room, over=not page)
    below = max(high, tall) if beside else top + tall
    canvas = Canvas(max(below, 20.0) + FOOT * sheet.config.edition.synthetic + 4, width)
    if sheet.shapes:
        start = ((wide - across) / 2 if beside else (width - across) / 2, 1.0)
        _locate(canvas, sheet, start, scale)
    _strip(canvas, sheet, (left, top), room, over=not page)
    return canvas


def _scaled(shapes: dict[str, Shape], wide: float) -> tuple[float, float, float]:
    """Width of the map, points per unit of its shapes, and height."""
    if not shapes:
        return 0.0, 1.0, 0.0
    left, top, right, bottom = shading.box(shapes)
    scale = min((wide - 2) / (right - left), (_HIGH - 2) / (top - bottom))
    return (right - left) * scale, scale, (top - bottom) * scale + 2


def _locate(canvas: Canvas, sheet: _Sheet, at: Point, scale: float) -> None:
    """Every place in outline, and the one that is meant filled."""
    own = {*sheet.place.parts}
    for code, shape in sorted(sheet.shapes.items(), key=lambda item: item[0] in own):
        rings = shading.on_page(shape, at, scale, sheet.shapes)
        fill = palette.NAVY if code in own else palette.BAND
        canvas.area(rings, fill, palette.WHITE, 0.6)
    whole = outline.together(sheet.shapes.values())
    canvas.area(shading.on_page(whole, at, scale, sheet.shapes), None, palette.SOFT, 0.6)


def _wrapped(one: PlaceFigure, room: float, *, over: bool) -> tuple[str, ...]:
    name = one.indicator.short or one.indicator.title.split(" (")[0]
    return lettering.wrap(name, palette.SMALL, room - 4 if over else _NAMES)


def _row_height(one: PlaceFigure, room: float, *, over: bool) -> float:
    tall = _LINE * len(_wrapped(one, room, over=over))
    return tall + _ROW if over else max(_ROW, tall + 4)


def _strip_height(sheet: _Sheet, room: float, *, over: bool) -> float:
    if not sheet.lines:
        return 0.0
    return _HEAD + sum(_row_height(one, room, over=over) for one in sheet.lines)


def _strip(canvas: Canvas, sheet: _Sheet, at: Point, room: float, *, over: bool) -> None:
    if not sheet.lines:
        return
    x, y = at
    names = [text for one in sheet.lines for text in _wrapped(one, room, over=over)]
    widest = max(lettering.width(text, palette.SMALL) for text in names)
    start = x + (_RADIUS if over else widest + 10 + _RADIUS)
    stop = x + room - _RADIUS
    canvas.text(start - _RADIUS, y + 9, "lowest", size=palette.SMALL)
    canvas.text(stop + _RADIUS, y + 9, "highest", size=palette.SMALL, anchor="right")
    y += _HEAD
    for one in sheet.lines:
        height = _row_height(one, room, over=over)
        lines = _wrapped(one, room, over=over)
        tall = _LINE * len(lines)
        if over:
            for index, text in enumerate(lines):
                base = y + _LINE * index + palette.SMALL
                canvas.text(x, base, text, size=palette.SMALL, colour=palette.INK)
            middle = y + tall + (height - tall) / 2
        else:
            middle = y + height / 2
            canvas.lines(
                x + widest, middle, lines, size=palette.SMALL, colour=palette.INK, anchor="right"
            )
        _line(canvas, one, (start, stop), middle)
        y += height


def _line(canvas: Canvas, one: PlaceFigure, ends: tuple[float, float], middle: float) -> None:
    """A short line for each other place, a tall one for the area, a diamond and a circle."""
    rows = [row for row in one.others if row.shown]
    beside = [r for r in (one.whole, one.country) if r is not None and r.shown]
    values = [row.value for row in (*rows, *beside)]
    low, high = min(values), max(values)

    def x(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        return ends[0] + share * (ends[1] - ends[0])

    canvas.strokes([((ends[0], middle), (ends[1], middle))], palette.GRID, 0.8)
    others = [x(row.value) for row in rows if row.area_code != one.row.area_code]
    canvas.strokes([((at, middle - _TICK), (at, middle + _TICK)) for at in others],
                   palette.HATCH, 1.2)  # fmt: skip
    if one.whole is not None and one.whole.shown:
        at = x(one.whole.value)
        canvas.strokes([((at, middle - _TICK - 2.5), (at, middle + _TICK + 2.5))],
                       palette.TURQUOISE_TEXT, 2.0)  # fmt: skip
    if one.country is not None and one.country.shown:
        diamond(canvas, x(one.country.value), middle)
    canvas.dot(x(one.row.value), middle, _RADIUS, palette.NAVY, palette.WHITE)

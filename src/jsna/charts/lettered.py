"""A map whose places have letters, in the order of the numbers, and a key of names and numbers.

It is for a narrow screen, and for places too small for their names.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jsna.charts import labels, legend, lettering, outline, palette
from jsna.charts.canvas import Box, Canvas, Point
from jsna.charts.finish import foot
from jsna.charts.marks import Mark
from jsna.charts.shading import Rings, box, middle, on_page, shade
from jsna.charts.shown import Shown
from jsna.model.areas import Shape

#: Tallest map itself, and tallest figure a page holds, in points.
_HIGH: Final = 330.0
TALLEST: Final = 600.0
#: The key beside the map: its width, and the gap before it; columns of one below, and their gap.
_KEY: Final = 176.0
_GAP: Final = 16.0
#: How much larger a map must be to stand over its key and not beside it.
_LARGER: Final = 1.25
_LINE: Final = palette.SMALL * lettering.LEADING
_ROW: Final = _LINE + 2.6
_SWATCH: Final = 10.0
#: From the middle of a letter to the corners of its box, in points, and room around it.
_HALF: Final = 3.4
_ROOM: Final = 1.4
#: How far from its place a letter may stand that does not fit into it.
_AWAY: Final = range(11, 90, 4)
_WAYS: Final = 24


@dataclass(frozen=True, slots=True)
class _Entry:
    """A place in the key."""

    mark: Mark
    letter: str
    tone: int
    lines: tuple[str, ...]

    @property
    def height(self) -> float:
        return _ROW + (len(self.lines) - 1) * _LINE


#: The sheet, where the map starts on it, points per metre, and the rows of the key.
_Laid = tuple[Canvas, Point, float, list[list[tuple[_Entry, float, float, float]]]]


def fits(shown: Shown, marks: Sequence[Mark], shapes: Mapping[str, Shape]) -> bool:
    """Whether a page holds the map with its key."""
    return _layout(shown, marks, shapes, palette.WIDE) is not None


def draw(shown: Shown, marks: Sequence[Mark], shapes: Mapping[str, Shape], width: float) -> Canvas:
    """Some shapes, each with a letter that leads to the name and number of its place.

    Args:
        shown: what the figure is of.
        marks: from the highest to the lowest.
        shapes: code of a place -> its shape.
        width: of the figure, in points; on a page there must be room for it.
    """
    laid = _layout(shown, marks, shapes, width)
    assert laid is not None  # a narrow figure may be as tall as it needs
    canvas, at, scale, entries = laid
    placed = {code: on_page(shape, at, scale, shapes) for code, shape in shapes.items()}
    shade(canvas, marks, placed, outline.together(shapes.values()), (at, scale, shapes))
    middles = {code: middle(shape, at, scale, shapes) for code, shape in shapes.items()}
    _letter(canvas, placed, middles, [entry for column in entries for entry, *_ in column])
    for column in entries:
        for entry, x, y, wide in column:
            _row(canvas, entry, x, y, wide)
    high = legend.height(marks, canvas.width)
    legend.draw(canvas, marks, canvas.height - foot(shown) - high + legend.HEIGHT - 6)
    return canvas


def letters_for(count: int) -> list[str]:
    """A, B … Z, AA, AB …"""
    first = [chr(ord("A") + at) for at in range(26)]
    return [*first, *(f"{one}{other}" for one in first for other in first)][:count]


def _layout(
    shown: Shown, marks: Sequence[Mark], shapes: Mapping[str, Shape], width: float
) -> _Laid | None:
    """The sheet, where the map starts on it, points per metre, and the rows of the key.

    A figure for a narrow screen may be as tall as it needs; None where no page holds another.
    """
    tones, letters = legend.tones(marks), letters_for(len(marks))
    spare = foot(shown)
    said = legend.height(marks, width)
    left, top, right, bottom = box(shapes)
    wide, high = right - left, top - bottom
    page = width >= palette.WIDE
    beside = min((width - _KEY - _GAP) / wide, _HIGH / high)
    below = min(width / wide, _HIGH / high)
    number = max(lettering.width(labels.told(mark), palette.SMALL, 600) for mark in marks)
    letter = max(lettering.width(one, palette.SMALL, 600) for one in letters)
    longest = max(
        lettering.width(word, palette.SMALL) for mark in marks for word in mark.label.split()
    )
    least = _SWATCH + 4 + letter + 5 + longest + 8 + number

    def entries(room: float) -> list[_Entry]:
        names = room - (least - longest)
        return [
            _Entry(mark, one, tone, lettering.wrap(mark.label, palette.SMALL, names))
            for mark, one, tone in zip(marks, letters, tones, strict=True)
        ]

    key = entries(max(_KEY, least))
    long = sum(entry.height for entry in key)
    if below < beside * _LARGER and least <= _KEY and long <= TALLEST - said - 14:
        height = max(high * beside, long) + said
        x = width - _KEY
        rows = _stack(key, x, max(0.0, (height - said - long) / 2), _KEY)
        centre = max(0.0, (height - said - high * beside) / 2)
        return Canvas(height + spare, width), (0.0, centre), beside, [rows]
    columns = max(1, int((width + _GAP) // (max(least, 140.0) + _GAP)))
    room = (width + _GAP) / columns - _GAP
    cut = _cut(entries(room), columns)
    deep = max(sum(entry.height for entry in part) for part in cut)
    height = high * below + 10 + deep + said
    if page and height > TALLEST:
        below *= (high * below - (height - TALLEST)) / (high * below)
        height = TALLEST
        if below < beside / 2:
            return None
    down = high * below + 10
    rows_of = [
        _stack(part, index * (room + _GAP), down, room) for index, part in enumerate(cut) if part
    ]
    return Canvas(height + spare, width), ((width - wide * below) / 2, 0.0), below, rows_of


def _cut(entries: Sequence[_Entry], columns: int) -> list[Sequence[_Entry]]:
    """The key in columns of as many rows, the last perhaps shorter."""
    each = -(-len(entries) // columns)
    return [entries[at : at + each] for at in range(0, len(entries), each)]


def _stack(
    entries: Sequence[_Entry], x: float, y: float, wide: float
) -> list[tuple[_Entry, float, float, float]]:
    rows = []
    for entry in entries:
        rows.append((entry, x, y, wide))
        y += entry.height
    return rows


def _letter(
    canvas: Canvas,
    placed: Mapping[str, Rings],
    middles: Mapping[str, tuple[Point, float]],
    entries: Sequence[_Entry],
) -> None:
    """The letter of each place in its middle, or beside it with a line where it has no room."""
    found = {entry.letter: middles[entry.mark.code] for entry in entries}
    taken: list[Box] = []
    small: list[_Entry] = []
    for entry in entries:
        (x, y), room = found[entry.letter]
        wide, high = _letter_box(entry.letter)
        if room < math.hypot(wide, high):
            small.append(entry)
            continue
        taken.append((x - wide, y - high, 2 * wide, 2 * high))
        mark = entry.mark
        ink = palette.ink_on(palette.MAP_CLASSES[entry.tone]) if mark.shown else palette.INK
        canvas.text(
            x, y + _HALF, entry.letter, size=palette.SMALL, weight=600, colour=ink,
            anchor="center", backing=mark.hidden,
        )  # fmt: skip
    points = [found[entry.letter][0] for entry in small]
    taken += [(x - 2, y - 2, 4, 4) for x, y in points]
    bottom = max(y for rings in placed.values() for ring in rings for _, y in ring)
    for entry in small:
        (x, y), _ = found[entry.letter]
        wide, high = _letter_box(entry.letter)
        to = _free(canvas, (x, y), (wide, high), taken, bottom)
        taken.append((to[0] - wide, to[1] - high, 2 * wide, 2 * high))
        canvas.strokes([((x, y), to)], palette.INK, 0.6)
        canvas.dot(x, y, 1.5, palette.INK, palette.WHITE)
        canvas.text(
            to[0], to[1] + _HALF, entry.letter, size=palette.SMALL, weight=600,
            colour=palette.INK, anchor="center", backing=True,
        )  # fmt: skip


def _letter_box(letter: str) -> tuple[float, float]:
    """Half the width and half the height a letter takes."""
    return lettering.width(letter, palette.SMALL, 600) / 2 + _ROOM, _HALF + _ROOM


def _free(
    canvas: Canvas, at: Point, half: tuple[float, float], taken: Sequence[Box], bottom: float
) -> Point:
    """The nearest point whose box is on the map's part of the sheet and covers no other letter."""
    (x, y), (wide, high) = at, half
    for away in _AWAY:
        for way in range(_WAYS):
            angle = 2 * math.pi * way / _WAYS
            px, py = x + away * math.cos(angle), y + away * math.sin(angle)
            if not (wide <= px <= canvas.width - wide and high <= py <= bottom - high):
                continue
            if not any(
                px - wide < bx + bw and bx < px + wide and py - high < by + bh and by < py + high
                for bx, by, bw, bh in taken
            ):
                return px, py
    return x, y


def _row(canvas: Canvas, entry: _Entry, x: float, y: float, wide: float) -> None:
    """One line of the key: colour, letter, name, number."""
    mark, base = entry.mark, y + palette.SMALL * 0.95
    swatch = (x, y + 1.2, _SWATCH, 9.0)
    if mark.shown:
        canvas.rectangle(*swatch, palette.MAP_CLASSES[entry.tone])
    elif mark.hidden:
        canvas.hatched([swatch])
    else:
        canvas.rectangles([swatch], None, palette.HATCH)
    canvas.text(
        x + _SWATCH + 4, base, entry.letter, size=palette.SMALL, weight=600, colour=palette.INK
    )
    canvas.text(
        x + wide, base, labels.told(mark), size=palette.SMALL, weight=600 if mark.shown else 400,
        colour=palette.INK, anchor="right", measure=mark.key,
    )  # fmt: skip
    start = x + _SWATCH + 4 + (15 if len(entry.letter) > 1 else 10)
    for index, line in enumerate(entry.lines):
        canvas.text(start, base + index * _LINE, line, size=palette.SMALL, colour=palette.INK)

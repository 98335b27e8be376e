"""Lines from one date to another, with names and numbers at both ends.

At the left stands the number of the first date, at the right that of the latest with the name;
where labels would collide they are pushed apart, and a thin line leads each to its point. What has
no number at one of the dates has its word among the labels of that side, and no line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jsna.charts import lettering, palette
from jsna.charts.canvas import Canvas
from jsna.charts.comparators import LINE
from jsna.charts.dots import Pair
from jsna.charts.finish import foot
from jsna.charts.marks import Mark
from jsna.charts.scale import Scale
from jsna.charts.shown import Shown

#: Height of the lines on a page for each of them, and at the least and the most.
EACH: Final = 16.0
LEAST: Final = 150.0
MOST: Final = 420.0
#: From a label to its line, of which the most is what leads from one to the other.
LEAD: Final = 14.0
ROOM: Final = 4.0
DOT: Final = 3.0
#: Widest column of names at the right, of the width of the figure.
NAMES: Final = 0.42
#: What is said under every slope.
SAID: Final = "Solid line: up; dashed: down. The scale does not begin at zero."


@dataclass(frozen=True, slots=True)
class _End:
    """A label at one end: its words in lines, the mark of its number, and where it is wanted."""

    pair: Pair
    mark: Mark
    lines: Sequence[str]

    @property
    def high(self) -> float:
        """Height of the label."""
        return max(1, len(self.lines)) * LINE


def draw(shown: Shown, pairs: Sequence[Pair], names: Sequence[str], width: float) -> Canvas:
    """Draw the lines.

    Args:
        shown: what the figure is of.
        pairs: its groups; the country's marks are left to the table.
        names: what the left and the right ends are of.
        width: of the figure, in points.
    """
    numbers = [
        max(_width(mark.text, 600) for mark in side)
        for side in ([pair.one for pair in pairs], [pair.other for pair in pairs])
    ]
    room = width * NAMES - numbers[1] - ROOM
    said = {pair.name: lettering.wrap(pair.name, palette.LABEL, room) for pair in pairs}
    named = max(_width(line) for lines in said.values() for line in lines)
    left, right = numbers[0] + LEAD, width - named - numbers[1] - ROOM - LEAD
    heads = [lettering.wrap(name, palette.LABEL, width / 2 - ROOM, 600) for name in names]
    top = max(map(len, heads)) * LINE + 8
    sides = [
        [_End(pair, pair.one, ()) for pair in pairs],
        [_End(pair, pair.other, said[pair.name]) for pair in pairs],
    ]
    need = max(sum(end.high + 1.5 for end in side) for side in sides)
    tall = max(need, min(MOST, max(LEAST, EACH * len(pairs))))
    canvas = Canvas(top + tall + 6 + foot(shown), width)
    values = [mark.value for pair in pairs for mark in (pair.one, pair.other) if mark.shown]
    low, high = min(values), max(values)
    margin = LINE / 2
    scale = Scale(low, max(high, low + 1e-6), top + tall - margin, top + margin, ())
    for head, x, anchor in zip(heads, (0.0, width), ("left", "right"), strict=True):
        for at, line in enumerate(head):
            canvas.text(x, (at + 0.8) * LINE, line, weight=600, colour=palette.INK,
                        anchor=anchor)  # type: ignore[arg-type]  # fmt: skip
    for x in (left, right):
        canvas.strokes([((x, top), (x, top + tall))], palette.GRID, 0.8)
    for pair in pairs:
        _line(canvas, pair, scale, (left, right))
    for side, x, way in zip(sides, (left, right), (-1, 1), strict=True):
        placed = _placed(side, scale, top, top + tall)
        for end, middle in placed:
            _label(canvas, end, x, way, middle, scale, numbers[1])
    return canvas


def _placed(
    side: Sequence[_End], scale: Scale, top: float, bottom: float
) -> list[tuple[_End, float]]:
    """Each label with its middle: near its point, those without a number at the foot, none over
    another."""
    shown = sorted((e for e in side if e.mark.shown), key=lambda e: (-e.mark.value, e.pair.name))
    order = [*shown, *(end for end in side if not end.mark.shown)]
    wanted = [scale(e.mark.value) if e.mark.shown else bottom for e in order]
    tall = [end.high + 1.5 for end in order]
    offset = [sum(tall[:at]) + tall[at] / 2 for at in range(len(order))]
    # Taking off what the labels before it need turns "none over another" into "none before it".
    slack = bottom - top - sum(tall)
    free = [min(max(w - top - o, 0.0), slack) for w, o in zip(wanted, offset, strict=True)]
    return [(end, top + o + f) for end, o, f in zip(order, offset, _rising(free), strict=True)]


def _rising(values: Sequence[float]) -> list[float]:
    """Values none of which is below the one before: neighbours that cross meet at their mean."""
    blocks: list[tuple[float, int]] = []
    for value in values:
        blocks.append((value, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (a, n), (b, m) = blocks[-2], blocks[-1]
            blocks[-2:] = [((a * n + b * m) / (n + m), n + m)]
    return [value for value, count in blocks for _ in range(count)]


def _line(canvas: Canvas, pair: Pair, scale: Scale, ends: tuple[float, float]) -> None:
    """The line of a group with both numbers, and the point of each number there is."""
    points = [
        (x, scale(mark.value))
        for x, mark in zip(ends, (pair.one, pair.other), strict=True)
        if mark.shown
    ]
    if pair.whole:
        rises = pair.other.rounded > pair.one.rounded
        falls = pair.other.rounded < pair.one.rounded
        canvas.shape(points, stroke=palette.NAVY if rises else palette.DARK, weight=1.8,
                     dashes=(4, 2.5) if falls else ())  # fmt: skip
    for x, y in points:
        canvas.dot(x, y, DOT, palette.NAVY)


def _label(
    canvas: Canvas, end: _End, x: float, way: int, middle: float, scale: Scale, column: float
) -> None:
    """The number, on the right with the name after it, and what leads to its point."""
    mark = end.mark
    edge = x + way * LEAD
    if mark.shown:
        canvas.strokes([((x + way * DOT, scale(mark.value)), (edge - way * 2, middle))],
                       palette.HATCH, 0.7)  # fmt: skip
    weight, colour = (600, palette.INK) if mark.shown else (400, palette.SOFT)
    base = middle + palette.LABEL * 0.33
    right = edge if way < 0 else edge + column
    canvas.text(right, base, mark.text, weight=weight, colour=colour, anchor="right",
                measure=mark.key)  # fmt: skip
    if end.lines:
        canvas.lines(right + ROOM, middle, end.lines, size=palette.LABEL, colour=palette.INK)


def _width(text: str, weight: int = 400) -> float:
    return lettering.width(text, palette.LABEL, weight)

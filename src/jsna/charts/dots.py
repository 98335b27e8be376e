"""Rows of two dots, each with its number in a column before them, and the country's diamond.

The first dot is a ring and the second is filled, so that both are seen where they are one on the
other. On a narrow screen names stand above their rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jsna.charts import lettering, palette
from jsna.charts.barrows import NAMES
from jsna.charts.canvas import Canvas
from jsna.charts.comparators import DIAMOND, LINE, diamond
from jsna.charts.finish import foot
from jsna.charts.marks import NOTHING, Mark
from jsna.charts.scale import Scale, tight
from jsna.charts.shown import Shown

#: What is said under every such figure of the line at the left of its dots.
SAID: Final = "The line at the left is zero."
#: Radii of the ring and of the filled dot, and room between columns.
RING: Final = 4.6
DOT: Final = 3.4
GAP: Final = 10.0
#: Room for a mark before its name.
MARK: Final = 12.0
#: Which mark is the country's, after the two dots.
THIRD: Final = 2
#: Least height of a row, and of the line of marks over the numbers.
ROW: Final = 15.0
#: Room below a row on a narrow screen, where the name of the next stands under it.
BELOW: Final = 4.0
HEADS: Final = 14.0


@dataclass(frozen=True, slots=True)
class Pair:
    """One row: its name and its two marks, either of which may have no number.

    Beside them the country's, where there is one.
    """

    name: str
    one: Mark
    other: Mark
    beside: Mark = NOTHING

    @property
    def whole(self) -> bool:
        """Whether both have a number."""
        return self.one.shown and self.other.shown


def draw(shown: Shown, pairs: Sequence[Pair], names: Sequence[str], width: float) -> Canvas:
    """Draw the rows.

    Args:
        shown: what the figure is of.
        pairs: its rows, from the top.
        names: what the first and the second dots are of.
        width: of the figure, in points.
    """
    over = width < palette.WIDE
    lines = [lettering.wrap(pair.name, palette.LABEL, width if over else NAMES) for pair in pairs]
    heights = [
        len(each) * LINE + ROW + BELOW if over else max(ROW, len(each) * LINE + 4) for each in lines
    ]
    edge = 0.0 if over else max(_width(text) for each in lines for text in each) + 10
    first = edge + _column([pair.one for pair in pairs])
    second = first + GAP + _column([pair.other for pair in pairs])
    apart = any(pair.beside.shown for pair in pairs)
    names = [*names, shown.country_name] if apart else names
    legend, low = legend_of(names, 0.0 if over else edge, width)
    top = low + HEADS
    canvas = Canvas(top + sum(heights) + 4 + foot(shown), width)
    values = [mark.value for pair in pairs for mark in (pair.one, pair.other, pair.beside)]
    scale = tight(values, second + GAP + RING, width - RING - 2)
    zero = scale(0)
    canvas.strokes([((zero, top - 4), (zero, top + sum(heights)))], palette.SOFT, 0.8)
    for at, x, y, text in legend:
        colour = palette.ORANGE_TEXT if at == THIRD else palette.INK
        canvas.text(x + MARK, y, text, weight=600, colour=colour)
        if at == THIRD:
            diamond(canvas, x + DIAMOND, y - 3.4)
        elif at >= 0:
            _dot(canvas, x + RING, y - 3.4, filled=bool(at))
    _dot(canvas, first - RING, top - HEADS / 2, filled=False)
    _dot(canvas, second - RING, top - HEADS / 2, filled=True)
    y = top
    for pair, said, tall in zip(pairs, lines, heights, strict=True):
        middle = y + tall / 2
        if over:
            canvas.lines(0, y + len(said) * LINE / 2, said, size=palette.LABEL, backing=True)
            middle = y + len(said) * LINE + ROW / 2 - 2
        else:
            canvas.lines(edge - 10, middle, said, size=palette.LABEL, anchor="right")
        _number(canvas, pair.one, first, middle)
        _number(canvas, pair.other, second, middle)
        _pair(canvas, pair, scale, middle)
        y += tall
    return canvas


def _pair(canvas: Canvas, pair: Pair, scale: Scale, middle: float) -> None:
    if pair.whole:
        ends = sorted((scale(pair.one.value), scale(pair.other.value)))
        canvas.strokes([((ends[0], middle), (ends[1], middle))], palette.HATCH, 2.0)
    # The country's lies between the two, so that none of the three covers another whole.
    if pair.one.shown:
        _dot(canvas, scale(pair.one.value), middle, filled=False)
    if pair.beside.shown:
        diamond(canvas, scale(pair.beside.value), middle)
    if pair.other.shown:
        _dot(canvas, scale(pair.other.value), middle, filled=True)


def _dot(canvas: Canvas, x: float, y: float, *, filled: bool) -> None:
    if filled:
        canvas.dot(x, y, DOT, palette.NAVY)
    else:
        canvas.dot(x, y, RING, palette.WHITE, palette.NAVY)


def _number(canvas: Canvas, mark: Mark, right: float, middle: float) -> None:
    weight, colour = (600, palette.INK) if mark.shown else (400, palette.SOFT)
    canvas.text(
        right, middle + palette.LABEL * 0.33, mark.text,
        weight=weight, colour=colour, anchor="right", measure=mark.key,
    )  # fmt: skip


def _column(marks: Sequence[Mark]) -> float:
    """Width of a column of numbers, at the least that of the mark over it."""
    return max(2 * RING, *(_width(mark.text, 600 if mark.shown else 400) for mark in marks))


def legend_of(
    names: Sequence[str], left: float, width: float, room: float = MARK
) -> tuple[list[tuple[int, float, float, str]], float]:
    """What each mark is of: which it is, where it stands, and the words; and where they end.

    Side by side as far as they fit, else below one another. A line that goes on has no mark: −1.

    Args:
        room: for the mark before its name.
    """
    found: list[tuple[int, float, float, str]] = []
    whole = sum(_width(name, 600) + room + 16 for name in names)
    start = left if left + whole - 16 <= width else 0.0
    x, y = start, 10.0
    for at, name in enumerate(names):
        lines = lettering.wrap(name, palette.LABEL, width - room - 2, 600)
        if x > start and x + room + _width(lines[0], 600) * len(lines) > width:
            x, y = start, y + LINE
        for index, line in enumerate(lines):
            found.append((-1 if index else at, x, y + index * LINE, line))
        y += (len(lines) - 1) * LINE
        x += _width(lines[-1], 600) + room + 16
        if len(lines) > 1:
            x = width
    return found, y + 6


def _width(text: str, weight: int = 400) -> float:
    return lettering.width(text, palette.LABEL, weight)

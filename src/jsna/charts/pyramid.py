"""Bars of two groups to either side of a column of names: boys and girls by age or school year.

The youngest stand at the foot. Bars of both sides are on one scale, and every one has its number
at the outer edge of its side, where no bar reaches.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jsna.charts import lettering, palette
from jsna.charts.canvas import Canvas
from jsna.charts.comparators import LINE
from jsna.charts.dots import Pair
from jsna.charts.finish import foot
from jsna.charts.lines import limits
from jsna.charts.marks import Mark
from jsna.charts.scale import Scale, tight
from jsna.charts.shown import Shown

#: Least height of a row, height of its bars, and room beside names and numbers.
ROW: Final = 14.0
BAR: Final = 10.0
GAP: Final = 6.0
#: Widest column of names, of the width of the figure.
NAMES: Final = 0.3
#: What is said under every pyramid.
SAID: Final = "Both sides are on one scale."
#: Colours of the two sides, which differ in lightness too.
COLOURS: Final = (palette.TURQUOISE, palette.NAVY)


def draw(shown: Shown, pairs: Sequence[Pair], names: Sequence[str], width: float) -> Canvas:
    """Draw the rows, the first at the foot.

    Args:
        shown: what the figure is of.
        pairs: its rows, the youngest first.
        names: of the left and of the right side.
        width: of the figure, in points.
    """
    rows = [
        (pair, lettering.wrap(pair.name, palette.LABEL, width * NAMES)) for pair in reversed(pairs)
    ]
    middle = max(_width(line) for _, lines in rows for line in lines) / 2 + GAP
    centre = width / 2
    numbers = max(_width(m.text, 600) for pair in pairs for m in (pair.one, pair.other)) + GAP
    marks = [mark for pair in pairs for mark in (pair.one, pair.other)]
    values = [value for mark in marks for value in (mark.value, *limits(mark))]
    right = tight(values, centre + middle, width - numbers)
    sides = (Scale(right.low, right.high, centre - middle, numbers, right.ticks), right)
    heads = [lettering.wrap(name, palette.LABEL, centre - middle, 600) for name in names]
    top = max(map(len, heads)) * LINE + 6
    heights = [max(ROW, len(lines) * LINE + 3) for _, lines in rows]
    canvas = Canvas(top + sum(heights) + 4 + foot(shown), width)
    for head, x, anchor in zip(heads, (0.0, width), ("left", "right"), strict=True):
        for row, line in enumerate(head):
            canvas.text(x, (row + 0.8) * LINE, line, weight=600, colour=palette.INK,
                        anchor=anchor)  # type: ignore[arg-type]  # fmt: skip
    y = top
    for (pair, lines), tall in zip(rows, heights, strict=True):
        level = y + tall / 2
        canvas.lines(centre, level, lines, size=palette.LABEL, anchor="center")
        for mark, scale, colour in zip((pair.one, pair.other), sides, COLOURS, strict=True):
            _bar(canvas, mark, scale, colour, level)
        y += tall
    for scale in sides:
        canvas.strokes([((scale(0), top - 2), (scale(0), y))], palette.SOFT, 0.8)
    return canvas


def _bar(canvas: Canvas, mark: Mark, scale: Scale, colour: str, middle: float) -> None:
    """A bar with its limits, and its number at the outer edge."""
    left = scale.end < scale.start
    if mark.shown and mark.value:
        ends = sorted((scale(0), scale(mark.value)))
        canvas.rectangle(ends[0], middle - BAR / 2, ends[1] - ends[0], BAR, colour)
    if mark.shown and limits(mark):
        low, high = (scale(end) for end in limits(mark))
        lines = [((low, middle), (high, middle))]
        lines += [((x, middle - 2.5), (x, middle + 2.5)) for x in (low, high)]
        canvas.strokes(lines, palette.WHITE, 2.6)
        canvas.strokes(lines, palette.DARK, 1.0)
    weight, ink = (600, palette.INK) if mark.shown else (400, palette.SOFT)
    canvas.text(
        0.0 if left else canvas.width, middle + palette.LABEL * 0.33, mark.text, weight=weight,
        colour=ink, anchor="left" if left else "right", measure=mark.key,
    )  # fmt: skip


def _width(text: str, weight: int = 400) -> float:
    return lettering.width(text, palette.LABEL, weight)

"""Ratios as dots with their intervals on a scale of logarithms: twice as much lies as far from the
line of no difference as half as much. The line has no number; every dot has its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from jsna.charts import findings, lettering, palette
from jsna.charts.barrows import NAMES
from jsna.charts.canvas import Canvas
from jsna.charts.comparators import LINE, diamond, name_marks, names_height, names_start
from jsna.charts.finish import INTERVALS, finish, foot, period_words, value_table
from jsna.charts.marks import NOTHING, Drawing, Mark, printed
from jsna.charts.shown import Shown
from jsna.model.hierarchies import PLACES
from jsna.model.indicators import Chart
from jsna.view import words

#: Least height of a row, and of one with a comparator below its dot; and how far below.
ROW: Final = 17.0
DOUBLE: Final = 24.0
BELOW: Final = 9.5
#: Radius of a dot, and room between the columns.
RADIUS: Final = 4.0
GAP: Final = 9.0
#: The scale reaches at least this far to either side of no difference.
LEAST: Final = 1.25


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale of logarithms from `low`..`high` to points `start`..`end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Position of a value above zero in points."""
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)


def scale(marks: Sequence[Mark], start: float, end: float) -> Scale:
    """A scale that holds no difference, and every value and limit above zero."""
    given = [v for m in marks for v in (m.value, m.low, m.high) if math.isfinite(v) and v > 0]
    return Scale(min([1 / LEAST, *given]) / 1.05, max([LEAST, *given]) * 1.05, start, end)


def draw(shown: Shown, chart: Chart) -> Drawing | None:
    """The figure; None where the table has nothing to show."""
    (dimension,) = chart.by
    period = shown.latest(chart.by)
    if dimension in PLACES:
        marks = shown.marks_by_area(shown.local_codes, period)
    else:
        marks = shown.marks_by_category(dimension, shown.home, period)
    if not period or not marks:
        return None
    country = [] if dimension in PLACES else shown.beside(dimension, marks, period)
    called = words.dimension_words(dimension, shown.config)
    return finish(
        partial(_draw, shown, marks, country or [NOTHING] * len(marks)),
        shown,
        chart,
        title=findings.ratios(shown, marks, reference(shown)),
        place=shown.home_name,
        period=period_words(shown, period),
        kind=f"Chart of ratios by {called}",
        # The table holds every row, whoever is not drawn among them.
        table=value_table(shown, words.upper_first(called), marks, country),
        note=(
            INTERVALS,
            "Half as much and twice as much lie equally far from the line.",
            "" if dimension in PLACES else shown.without(dimension, marks, period),
        ),
    )


def reference(shown: Shown) -> str:
    """What each ratio is to: "no SEN", "all", "all others", "the least deprived"."""
    derived = shown.indicator.derived
    if derived is None:
        return ""
    if derived.along:
        return "the least deprived"
    dimension, code = derived.reference
    if dimension:
        return words.prose_label(dimension, code, shown.config)
    return "all" if derived.against == "all" else "all others"


def _draw(shown: Shown, marks: Sequence[Mark], beside: Sequence[Mark], width: float) -> Canvas:
    dots, over = any(mark.shown for mark in beside), width < palette.WIDE
    top = 20.0 + (16.0 + names_height(shown, width) if dots else 0.0)
    # On a narrow screen names stand above their rows.
    lines = [lettering.wrap(m.label, palette.LABEL, width if over else NAMES) for m in marks]
    row = DOUBLE if dots else ROW
    above = [len(each) * LINE if over else 0.0 for each in lines]
    heights = [
        tall + row if tall else max(row, len(each) * LINE + 4)
        for each, tall in zip(lines, above, strict=True)
    ]
    bottom = top + sum(heights)
    names = max(lettering.width(text, palette.LABEL) for each in lines for text in each) + 2
    edge = 0.0 if over else names + 8
    numbers = edge + max(_width(mark.text, 600) for mark in marks)
    intervals = numbers + GAP + max(sum(_width(t) for t, _ in _interval(shown, m)) for m in marks)
    along = scale([*marks, *beside], intervals + GAP + RADIUS, width - RADIUS - 2)
    canvas = Canvas(bottom + 3 + foot(shown), width)
    middle = along(1.0)
    canvas.shape([(middle, top - 4), (middle, bottom)], stroke=palette.SOFT, weight=1.0)
    said = words.upper_first(reference(shown))
    room = _width(said, 600)
    start = min(max(middle - room / 2, along.start - RADIUS), width - room)
    canvas.text(start, top - 8, said, weight=600, colour=palette.SOFT)
    y = top
    for mark, other, text, tall, height in zip(marks, beside, lines, above, heights, strict=True):
        middle = y + tall + (height - tall - BELOW * dots) / 2
        if over:
            canvas.lines(0, y + tall / 2, text, size=palette.LABEL)
        else:
            canvas.lines(names, middle, text, size=palette.LABEL, anchor="right")
        _row(canvas, shown, mark, numbers, middle, along)
        if other.shown and other.value > 0:
            diamond(canvas, along(other.value), middle + BELOW)
        y += height
    if dots:
        _legend(canvas, shown, along.start)
    return canvas


def _row(
    canvas: Canvas,
    shown: Shown,
    mark: Mark,
    numbers: float,
    middle: float,
    along: Scale,
) -> None:
    """Number, interval in words, and the dot with its interval."""
    base = middle + palette.LABEL * 0.33
    weight = 600 if mark.shown else 400
    how = {"weight": weight, "colour": palette.INK if mark.shown else palette.SOFT}
    canvas.text(numbers, base, mark.text, measure=mark.key, anchor="right", **how)  # type: ignore[arg-type]
    x = numbers + GAP
    for text, field in _interval(shown, mark):
        # A space at either end of a text would be dropped.
        before = _width(text[: len(text) - len(text.lstrip())])
        key = mark.key if field else ""
        canvas.text(x + before, base, text.strip(), measure=key, field=field or "value")
        x += _width(text)
    if not mark.shown or mark.value <= 0:
        return
    if mark.has_limits and mark.low > 0:
        low, high = along(mark.low), along(mark.high)
        ends = [((low, middle), (high, middle))]
        ends += [((x, middle - 3), (x, middle + 3)) for x in (low, high)]
        canvas.strokes(ends, palette.DARK, 1.2)
    canvas.dot(along(mark.value), middle, RADIUS, palette.NAVY)


def _interval(shown: Shown, mark: Mark) -> list[tuple[str, str]]:
    """Pieces of `(2.8 to 3.4)` with the field each prints; none where there is no interval."""
    if not (mark.shown and mark.has_limits):
        return []
    unit, decimals = shown.indicator.unit, shown.indicator.decimals
    low, high = (printed(limit, "", unit, decimals) for limit in (mark.low, mark.high))
    return [("(", ""), (low, "lower_95"), (" to ", ""), (high, "upper_95"), (")", "")]


def _width(text: str, weight: int = 400) -> float:
    return lettering.width(text, palette.LABEL, weight)


def _legend(canvas: Canvas, shown: Shown, x: float) -> None:
    x = names_start(shown, canvas.width, x)
    canvas.dot(x + RADIUS, 7, RADIUS, palette.NAVY)
    name_marks(canvas, shown, x)

"""Rows of horizontal bars: names left, bars from zero, limits as thin lines, a number to each.

Numbers stand inside the bars where all of them fit, else in a column of their own before the
bars, so that they never touch a limit or the comparator's line. On a narrow screen long names stand
above their bars. Where there is no number there is no bar, however short, that could be taken for a
small one: a word alone stands beside zero, or in the column of numbers where a comparator would
touch it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jsna.charts import lettering, palette
from jsna.charts.canvas import Canvas
from jsna.charts.comparators import (
    DIAMOND,
    LINE,
    diamond,
    name_marks,
    names_height,
    names_start,
)
from jsna.charts.finish import foot
from jsna.charts.marks import Mark
from jsna.charts.scale import Scale, tight
from jsna.charts.shown import Shown

#: Widest column of names, in points; longer names are wrapped.
NAMES: Final = 168.0
#: Room for names where wrapping would make a figure taller than this, in points.
WIDE_NAMES: Final = 250.0
TALLEST: Final = 560.0
#: Widest column of names beside bars on a narrow screen; longer names stand above their bars.
BESIDE: Final = 84.0
#: Name of the range of what is usual, and the height of its row.
USUAL: Final = "usual among them"
RANGE: Final = 18.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its mark, how it is drawn, and a comparator's mark on the same row."""

    mark: Mark
    colour: str = palette.GREY
    bold: bool = False
    dot: Mark | None = None
    #: Extra space below it, to set it apart.
    space: float = 0.0


@dataclass(frozen=True, slots=True)
class _Row:
    bar: Bar
    lines: tuple[str, ...]
    top: float
    middle: float
    height: float


def draw(
    shown: Shown,
    bars: Sequence[Bar],
    line: Mark | None,
    usual: tuple[float, float] | None,
    width: float,
) -> Canvas:
    """Draw the rows.

    Args:
        shown: what the figure is of.
        bars: its rows.
        line: a comparator's value, dashed from top to bottom.
        usual: between what areas like these lie, as a range below them.
        width: of the figure, in points.
    """
    dots = any(bar.dot is not None and bar.dot.shown for bar in bars)
    top = 3.0
    if dots:
        top = 18.0 + names_height(shown, width)
    elif line is not None:
        top = 6.0 + LINE * len(_above(line, width))
    over = width < palette.WIDE and _longest(bars) > BESIDE
    rows, bottom = _rows(bars, top, width if over else 0.0)
    widths = [
        lettering.width(text, palette.LABEL, _weight(row.bar)) for row in rows for text in row.lines
    ]
    names = max([*widths, lettering.width(USUAL, palette.LABEL) if usual else 0.0]) + 2
    # Where bars begin, or the column of numbers before them.
    edge = 0.0 if over else names + 8
    ends, right = usual or (), width - 5
    scale = _scale(bars, line, (max(edge - 2, 1.0), right), ends)
    inside, beside = _fits_inside(bars, scale), _fits_beside(bars, line, scale)
    column = edge + _column(bars, words=not beside)
    if not (inside and beside):
        scale = _scale(bars, line, (column + 8, right), ends)
        # Numbers that go to the column make it narrower, and the words may no longer fit.
        if beside and not _fits_beside(bars, line, scale):
            beside, column = False, edge + _column(bars, words=True)
            scale = _scale(bars, line, (column + 8, right), ends)
    if usual and over:
        bottom += LINE
    below, bottom = bottom, bottom + (RANGE if usual else 0.0)
    canvas = Canvas(bottom + 3 + foot(shown), width)
    for row in rows:
        _bar(canvas, row, scale)
    zero = scale(0)
    canvas.strokes([((zero, top - 2), (zero, bottom))], palette.SOFT, 0.8)
    if line is not None:
        _line(canvas, line, scale, top, bottom)
    for row in rows:
        _name(canvas, row, None if over else names)
        _limits(canvas, row, scale)
        if row.bar.mark.shown:
            _number(canvas, row, scale, None if inside else column)
        else:
            _word(canvas, row, scale, None if beside else column)
        _dot(canvas, row, scale)
    if dots:
        _legend(canvas, shown, scale.start)
    if usual is not None:
        _range(canvas, usual, None if over else names, below + RANGE / 2, scale)
    return canvas


def _longest(bars: Sequence[Bar]) -> float:
    return max(lettering.width(bar.mark.label, palette.LABEL, _weight(bar)) for bar in bars)


def _range(
    canvas: Canvas, ends: tuple[float, float], names: float | None, middle: float, scale: Scale
) -> None:
    """A range without a number, with its name beside it or, where there is no room, above."""
    if names is None:
        canvas.text(0, middle - RANGE / 2 - 2, USUAL)
    else:
        canvas.lines(names, middle, [USUAL], size=palette.LABEL, anchor="right")
    low, high = (scale(end) for end in ends)
    canvas.rectangles([(low, middle - 3.5, high - low, 7.0)], palette.BAND, palette.SOFT)


def _rows(bars: Sequence[Bar], top: float, over: float) -> tuple[list[_Row], float]:
    """Rows with their wrapped names and places, and where the last one ends.

    Args:
        top: where the first begins.
        over: room for names that stand above their bars; 0 where they stand beside them.
    """
    pitch = 14.0 if len(bars) <= 8 else 13.0
    rows: list[_Row] = []
    y = top
    if over:
        for bar in bars:
            lines = lettering.wrap(bar.mark.label, palette.LABEL, over, _weight(bar))
            middle = y + len(lines) * LINE + pitch / 2
            rows.append(_Row(bar, lines, y, middle, pitch - 3))
            y = middle + pitch / 2 + 4 + bar.space
        return rows, y
    for room in (NAMES, WIDE_NAMES):
        rows, y = [], top
        for bar in bars:
            lines = lettering.wrap(bar.mark.label, palette.LABEL, room, _weight(bar))
            height = max(pitch, len(lines) * LINE + 3)
            rows.append(_Row(bar, lines, y, y + height / 2, min(pitch, height) - 3))
            y += height + bar.space
        if y <= TALLEST:
            break
    return rows, y


def _weight(bar: Bar) -> int:
    return 600 if bar.bold else 400


def _scale(
    bars: Sequence[Bar], line: Mark | None, between: tuple[float, float], ends: Sequence[float]
) -> Scale:
    marks = [bar.mark for bar in bars] + [bar.dot for bar in bars if bar.dot is not None]
    marks += [line] if line is not None else []
    values = [value for mark in marks for value in (mark.value, _low(mark), _high(mark))]
    return tight([*values, *ends], *between)


def _low(mark: Mark) -> float:
    return mark.low if mark.has_limits and not mark.exact else mark.value


def _high(mark: Mark) -> float:
    return mark.high if mark.has_limits and not mark.exact else mark.value


def _fits_inside(bars: Sequence[Bar], scale: Scale) -> bool:
    """Whether every number fits into its bar, clear of limits and comparator."""
    for bar in bars:
        if not bar.mark.shown:
            continue
        ends = [bar.mark.value, _low(bar.mark)]
        if bar.dot is not None and bar.dot.shown:
            ends.append(bar.dot.value)
        room = scale(min(ends)) - scale(0)
        if room < lettering.width(bar.mark.text, palette.LABEL, 600) + 13:
            return False
    return True


def _fits_beside(bars: Sequence[Bar], line: Mark | None, scale: Scale) -> bool:
    """Whether every word for a missing number fits beside zero, clear of the comparators."""
    zero = scale(0)
    for bar in bars:
        if bar.mark.shown:
            continue
        end = zero + 4 + lettering.width(bar.mark.text, palette.LABEL)
        marks = [(bar.dot, DIAMOND + 2), (line, 2.0)]
        spans = [
            (scale(mark.value) - room, scale(mark.value) + room)
            for mark, room in marks
            if mark is not None and mark.shown
        ]
        if any(low < end and high > zero + 4 for low, high in spans):
            return False
    return True


def _column(bars: Sequence[Bar], *, words: bool) -> float:
    """Width of the column of numbers, with the words for missing ones where they go there."""
    widths = [
        lettering.width(bar.mark.text, palette.LABEL, 600 if bar.mark.shown else 400)
        for bar in bars
        if bar.mark.shown or words
    ]
    return max(widths, default=0.0)


def _name(canvas: Canvas, row: _Row, names: float | None) -> None:
    """The name of a row, right-aligned at `names` beside its bar, or above it."""
    colour = palette.INK if row.bar.bold else palette.SOFT
    x, middle, anchor = 0.0, row.top + len(row.lines) * LINE / 2, "left"
    if names is not None:
        x, middle, anchor = names, row.middle, "right"
    how = {"weight": _weight(row.bar), "colour": colour, "anchor": anchor, "backing": names is None}
    canvas.lines(x, middle, row.lines, size=palette.LABEL, **how)


def _bar(canvas: Canvas, row: _Row, scale: Scale) -> None:
    mark, top = row.bar.mark, row.middle - row.height / 2
    if mark.shown:
        left, right = sorted((scale(0), scale(mark.value)))
        if right > left:
            canvas.rectangle(left, top, right - left, row.height, row.bar.colour)


def _line(canvas: Canvas, mark: Mark, scale: Scale, top: float, bottom: float) -> None:
    """The comparator's dashed line and its name and number above it."""
    *names, last = _above(mark, canvas.width)
    before = f"{last} " if last else ""
    beside = lettering.width(before, palette.LABEL, 600)
    whole = beside + lettering.width(mark.text, palette.LABEL, 600)
    widest = max([whole, *(lettering.width(name, palette.LABEL, 600) for name in names)])
    x = scale(mark.value) if mark.shown else scale.start
    if mark.shown:
        ends = [(x, top - 4), (x, bottom)]
        canvas.shape(ends, stroke=palette.ORANGE_TEXT, weight=1.4, dashes=(4.5, 3))
    start = min(x + 2, canvas.width - widest)
    how = {"weight": 600, "colour": palette.ORANGE_TEXT}
    for index, name in enumerate(reversed(names)):
        canvas.text(start, top - 8 - LINE * (index + 1), name, **how)  # type: ignore[arg-type]
    canvas.text(start, top - 8, last, **how)  # type: ignore[arg-type]
    canvas.text(start + beside, top - 8, mark.text, measure=mark.key, **how)  # type: ignore[arg-type]


def _above(mark: Mark, width: float) -> tuple[str, ...]:
    """The name of a comparator in lines, of which the last has room for its number."""
    number = lettering.width(f" {mark.text}", palette.LABEL, 600)
    lines = lettering.wrap(mark.label, palette.LABEL, width, 600)
    fits = lettering.width(lines[-1], palette.LABEL, 600) + number <= width
    return lines if fits else (*lines, "")


def _limits(canvas: Canvas, row: _Row, scale: Scale) -> None:
    mark, y = row.bar.mark, row.middle
    if not (mark.shown and mark.has_limits) or mark.exact:
        return
    low, high = scale(mark.low), scale(mark.high)
    lines = [
        ((low, y), (high, y)),
        ((low, y - 2.5), (low, y + 2.5)),
        ((high, y - 2.5), (high, y + 2.5)),
    ]
    if row.bar.colour == palette.NAVY:
        canvas.strokes(lines, palette.WHITE, 2.6)
    canvas.strokes(lines, palette.DARK, 1.0)


def _number(canvas: Canvas, row: _Row, scale: Scale, column: float | None) -> None:
    """The number in its bar, or right-aligned at `column` before the bars."""
    mark, y = row.bar.mark, row.middle + palette.LABEL * 0.33
    if column is None:
        ink = palette.ink_on(row.bar.colour)
        canvas.text(scale(0) + 4, y, mark.text, measure=mark.key, weight=600, colour=ink)
    else:
        how = {"weight": 600, "colour": palette.INK, "anchor": "right"}
        canvas.text(column, y, mark.text, measure=mark.key, **how)  # type: ignore[arg-type]


def _word(canvas: Canvas, row: _Row, scale: Scale, column: float | None) -> None:
    """Why there is no number, beside zero or right-aligned at `column` before the bars."""
    mark, y = row.bar.mark, row.middle + palette.LABEL * 0.33
    if column is None:
        canvas.text(scale(0) + 4, y, mark.text, measure=mark.key)
    else:
        canvas.text(column, y, mark.text, measure=mark.key, anchor="right")


def _dot(canvas: Canvas, row: _Row, scale: Scale) -> None:
    if row.bar.dot is not None and row.bar.dot.shown:
        diamond(canvas, scale(row.bar.dot.value), row.middle)


def _legend(canvas: Canvas, shown: Shown, x: float) -> None:
    x = names_start(shown, canvas.width, x)
    canvas.rectangle(x, 3, 9, 8, palette.NAVY)
    name_marks(canvas, shown, x)

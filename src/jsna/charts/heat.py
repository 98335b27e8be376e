"""Two dimensions as a table of shaded cells with their numbers. A hidden cell is hatched and
marked `[c]`, so that it never looks like a small number.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from typing import Final

from jsna.charts import findings, lettering, palette
from jsna.charts.canvas import Box, Canvas
from jsna.charts.finish import finish, foot, period_words
from jsna.charts.grid import (
    LINE,
    MOST,
    Grid,
    Header,
    cell_width,
    heights,
    key_lines,
    names_width,
    orient,
    read,
    wrapped,
)
from jsna.charts.marks import SHORT, Cell, Drawing, Mark, footnote
from jsna.charts.scale import classes
from jsna.charts.shown import Shown
from jsna.model.indicators import Chart
from jsna.model.schema import STATUS_WORDS
from jsna.view import words
from jsna.view.comparison import MATTERS

#: Room of the hatched square before the shorthand of hidden cells in the legend.
SQUARE: Final = 18.0
#: Room between two pieces of the legend.
BETWEEN: Final = 12.0
#: Shades there are, and what the palest and the darkest are called: of levels, of differences.
TONES: Final = len(palette.HEAT_CLASSES)
LEVELS: Final = ("Lower", "Higher")
SIZES: Final = ("Smaller", "Larger")
#: Standardised differences from which on a cell is a shade darker: those that matter, and others.
SIZE_LIMITS: Final = (MATTERS, 2 * MATTERS, 5 * MATTERS)


def draw(shown: Shown, chart: Chart) -> Drawing | None:
    """The figure; None where the table has nothing to show."""
    period = shown.latest(chart.by)
    grid = read(shown, chart, period)
    if not period or not grid.marks:
        return None
    shape, header = orient(grid)
    if len(shape.rows) > MOST:
        return None  # what no page can hold is in the open data alone
    canvas = _draw(shown, shape, header)
    subject = grid.down
    columns = [[grid.at(row, column) for row, _ in grid.rows] for column, _ in grid.columns]
    across = words.dimension_words(grid.across, shown.config)
    title = findings.table(shown, columns, grid.across)
    called = words.upper_first(words.dimension_words(shape.down, shown.config))
    table = [
        (name, [Cell(shape.at(code, column).key) for column, _ in shape.columns])
        for code, name in shape.rows
    ]
    return finish(
        canvas,
        shown,
        chart,
        title=title,
        place=f"{shown.home_name} by {words.dimension_words(subject, shown.config)} and {across}",
        period=period_words(shown, period),
        kind=f"Shaded table of {words.small(len(grid.rows))} by {words.small(len(grid.columns))}",
        table=((called, *(name for _, name in shape.columns)), table),
        note=(_note(shown, grid.every()),),
    )


def _note(shown: Shown, marks: Sequence[Mark]) -> str:
    """What the shades say, of differences how large they are either way; the shorthand used."""
    if not any(mark.shown for mark in marks):
        return ""
    shades = "Darker cells are higher."
    if _differences(shown):
        shades = "Darker cells are further from zero, either way."
    short = footnote(marks)
    return f"{shades} {short}." if short else shades


def _differences(shown: Shown) -> bool:
    return shown.indicator.kind.matters is not None


# -- drawing -------------------------------------------------------------------------------------


def _draw(shown: Shown, grid: Grid, header: Header) -> Canvas:
    names, cell = names_width(grid), cell_width(grid)
    left = names + 8
    ends = 13.0 if grid.numbered else 0.0
    top = header.height + ends
    tall = heights(grid)
    bottom = top + sum(tall)
    apart = _differences(shown)
    called = SIZES if apart else LEVELS
    legend, key = _legend_lines(grid, left, called), key_lines(header)
    canvas = Canvas(bottom + 9 + (legend + len(key)) * 12 + foot(shown))
    _columns(canvas, header, left, cell, ends)
    if ends:
        right = left + cell * len(grid.columns)
        for x, text, anchor in ((left, "Most", "left"), (right, "Least", "right")):
            canvas.text(
                x, 9, f"{text} deprived", size=palette.SMALL, weight=600, colour=palette.INK,
                anchor=anchor,  # type: ignore[arg-type]
            )  # fmt: skip
    boxes: list[tuple[Mark, Box]] = []
    y = top
    for (code, name), height in zip(grid.rows, tall, strict=True):
        canvas.lines(names, y + height / 2, wrapped(grid, name), size=palette.SMALL, anchor="right")
        for index, (column, _) in enumerate(grid.columns):
            box = (left + index * cell, y, cell - 1, height - 1)
            boxes.append((grid.at(code, column), box))
        y += height
    marks = [mark for mark, _ in boxes]
    tones = _sizes(marks) if apart else classes([m.rounded for m in marks], TONES)
    _boxes(canvas, boxes, tones)
    _legend(canvas, bottom + 14, left, grid, called)
    for index, line in enumerate(key):
        canvas.text(0, bottom + 14 + (legend + index) * 12, line, size=palette.SMALL)
    return canvas


def _columns(canvas: Canvas, header: Header, left: float, cell: float, above: float) -> None:
    """Column names; on two levels every other one stands higher, with a line down to its column."""
    level = max(map(len, header.lines)) * LINE + 4
    base = above + header.height
    drops = []
    for index, lines in enumerate(header.lines):
        x = left + (index + 0.5) * cell - 0.5
        high = header.levels == 2 and index % 2 == 0
        bottom = base - (level + 5 if high else (5 if header.levels == 2 else 3))
        for place, line in enumerate(lines):
            half = lettering.width(line, palette.SMALL) / 2
            y = bottom - (len(lines) - 1 - place) * LINE
            middle = min(x, palette.WIDTH - half)
            canvas.text(middle, y, line, size=palette.SMALL, anchor="center")
        drops.append(((x, bottom + 3), (x, base - 1)))
    if header.levels == 2:
        canvas.strokes(drops, palette.HATCH, 0.6)


def _sizes(marks: Sequence[Mark]) -> list[int]:
    """Class of each standardised difference by its size; −1 of none.

    Those too small to matter are pale in every figure, however they compare with one another.
    """
    return [bisect(SIZE_LIMITS, abs(m.rounded)) if m.shown else -1 for m in marks]


def _boxes(canvas: Canvas, boxes: Sequence[tuple[Mark, Box]], tones: Sequence[int]) -> None:
    """Cells class by class, then hidden ones, then the numbers: alike things stand together."""
    for tone, ground in enumerate(palette.HEAT_CLASSES):
        alike = [box for (_, box), own in zip(boxes, tones, strict=True) if own == tone]
        canvas.rectangles(alike, ground)
    hidden = [box for mark, box in boxes if mark.hidden]
    canvas.hatched(hidden, step=7.0)
    room = lettering.width(SHORT["c"], palette.SMALL) + 3
    middles = [
        (x + (w - fit) / 2, y + h / 2 - 5, fit, 10.0)
        for x, y, w, h in hidden
        for fit in (min(room, w - 2),)
    ]
    canvas.rectangles(middles, palette.WHITE)
    inks = [
        palette.INK if tone < 0 else palette.ink_on(palette.HEAT_CLASSES[tone]) for tone in tones
    ]
    for ink in sorted(set(inks)):
        for (mark, box), its in zip(boxes, inks, strict=True):
            if its == ink:
                _number(canvas, mark, box, ink)


def _number(canvas: Canvas, mark: Mark, box: Box, ink: str) -> None:
    x, y, width, height = box
    text = mark.text.rstrip("%") if mark.shown else SHORT.get(mark.status, SHORT["x"])
    size, room = palette.SMALL, lettering.width(text, palette.SMALL)
    if room > width - 1:
        size *= (width - 1) / room
    base = y + height / 2 + size * 0.33
    canvas.text(x + width / 2, base, text, size=size, colour=ink, anchor="center", measure=mark.key)


def _said(grid: Grid) -> list[tuple[str, float]]:
    """The shorthand used, explained, and the width each piece takes in the legend."""
    used = {mark.status if mark.status in SHORT else "x" for mark in grid.every() if not mark.shown}
    said = [
        (status, f"{SHORT[status]} {STATUS_WORDS[status]}") for status in SHORT if status in used
    ]
    return [
        (text, lettering.width(text, palette.SMALL) + (SQUARE if status == "c" else 0))
        for status, text in said
    ]


def _shades(called: tuple[str, str]) -> float:
    """Width of the legend of shades."""
    ends = lettering.width("".join(called), palette.SMALL)
    return ends + 15 * len(palette.HEAT_CLASSES) + 31


def _said_width(grid: Grid) -> float:
    """Width of the shorthand explained, on one line."""
    widths = [width for _, width in _said(grid)]
    return sum(widths) + BETWEEN * (len(widths) - 1)


def _legend_lines(grid: Grid, left: float, called: tuple[str, str]) -> int:
    """Lines the legend takes: shades and shorthand side by side where they fit."""
    shades, said = any(mark.shown for mark in grid.every()), _said(grid)
    wide = left + _shades(called) + _said_width(grid) > palette.WIDTH
    return 2 if shades and said and wide else 1


def _legend(canvas: Canvas, y: float, left: float, grid: Grid, called: tuple[str, str]) -> None:
    """Shades from the palest to the darkest as they are called, and the shorthand used."""
    x, (pale, dark) = left, called
    if any(mark.shown for mark in grid.every()):
        canvas.text(x, y, pale, size=palette.SMALL)
        start = x + lettering.width(pale, palette.SMALL) + 5
        for index, ground in enumerate(palette.HEAT_CLASSES):
            canvas.rectangle(start + 15 * index, y - 7.5, 14, 9, ground)
        canvas.text(start + 15 * len(palette.HEAT_CLASSES) + 4, y, dark, size=palette.SMALL)
        x += _shades(called)
    if _legend_lines(grid, left, called) == 2:
        x, y = min(left, palette.WIDTH - _said_width(grid)), y + 12
    for text, width in _said(grid):
        before = SQUARE if text.startswith(SHORT["c"]) else 0.0
        if before:
            canvas.hatched([(x, y - 7.5, SQUARE - 4, 9)])
        canvas.text(x + before, y, text, size=palette.SMALL)
        x += width + BETWEEN

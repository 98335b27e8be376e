"""Two dimensions as a table of shaded cells with their numbers.

Each of what is compared is shaded by itself, so that where it is highest is seen of a rare thing as
of a common one. A hidden cell is hatched and marked `[c]`, so that it never looks like a small
number.
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
    narrowed,
    orient,
    read,
    wrapped,
)
from jsna.charts.marks import SHORT, Cell, Drawing, Mark, footnote
from jsna.charts.scale import graded
from jsna.charts.shown import Shown
from jsna.model.indicators import Chart
from jsna.model.schema import STATUS_WORDS
from jsna.view import words
from jsna.view.comparison import MATTERS

#: Room of the hatched square before the shorthand of hidden cells in the legend.
SQUARE: Final = 18.0
#: Room between two parts of a table.
APART: Final = 12.0
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

    def paint(width: float) -> Canvas:
        if width >= palette.WIDE:
            return _draw(shown, [(shape, header)], width)
        widest = max(lettering.width(_told(mark), palette.SMALL) for mark in shape.every())
        return _draw(shown, narrowed(shape, widest), width)

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
        paint,
        shown,
        chart,
        title=title,
        place=f"{shown.home_name} by {words.dimension_words(subject, shown.config)} and {across}",
        period=period_words(shown, period),
        kind=f"Shaded table of {words.small(len(grid.rows))} by {words.small(len(grid.columns))}",
        table=((called, *(name for _, name in shape.columns)), table),
        note=(_note(shown, grid.every(), turned=shape.down != grid.down),),
    )


def _note(shown: Shown, marks: Sequence[Mark], *, turned: bool) -> str:
    """What the shades say, of differences how large they are either way; the shorthand used.

    Args:
        turned: what is compared stands in columns.
    """
    if not any(mark.shown for mark in marks):
        return ""
    shades = f"Darker cells are higher in their {'column' if turned else 'row'}."
    if _differences(shown):
        shades = "Darker cells are further from zero, either way."
    short = footnote(marks)
    return f"{shades} {short}." if short else shades


def _differences(shown: Shown) -> bool:
    return shown.indicator.kind.matters is not None


# -- drawing -------------------------------------------------------------------------------------


def _draw(shown: Shown, parts: Sequence[tuple[Grid, Header]], width: float) -> Canvas:
    """The table, in parts below one another; the shades are of all of them together."""
    grid = parts[0][0]
    left = names_width(grid) + 8
    ends = 13.0 if grid.numbered else 0.0
    tall = heights(grid)
    steps = [ends + header.height + sum(tall) for _, header in parts]
    bottom = sum(steps) + APART * (len(parts) - 1)
    apart = _differences(shown)
    called = SIZES if apart else LEVELS
    every = [mark for part, _ in parts for mark in part.every()]
    said, start = _said(every), left if width >= palette.WIDE else 0.0
    shades = any(mark.shown for mark in every)
    lines = _legend_lines(said, start, called if shades else None, width)
    key = [line for _, header in parts for line in key_lines(header, width)]
    canvas = Canvas(bottom + 9 + (lines + len(key)) * 12 + foot(shown), width)
    boxes: list[tuple[Mark, Box]] = []
    y = 0.0
    for (part, header), step in zip(parts, steps, strict=True):
        boxes += _part(canvas, part, header, y, ends, tall)
        if ends:
            _ends(canvas, part, grid.columns[0] in part.columns, parts[-1][0] is part, left, y + 9)
        y += step + APART
    marks = [mark for mark, _ in boxes]
    tones = _sizes(marks) if apart else _levels(marks)
    _boxes(canvas, boxes, tones)
    _legend(canvas, bottom + 14, start, said, called if shades else None)
    for index, line in enumerate(key):
        canvas.text(0, bottom + 14 + (lines + index) * 12, line, size=palette.SMALL)
    return canvas


def _part(
    canvas: Canvas, grid: Grid, header: Header, top: float, ends: float, tall: Sequence[float]
) -> list[tuple[Mark, Box]]:
    """The names of some columns, and of the rows beside them; returns the boxes of the cells."""
    names = names_width(grid)
    left, cell = names + 8, cell_width(grid, canvas.width)
    _columns(canvas, header, left, cell, top + ends)
    boxes: list[tuple[Mark, Box]] = []
    y = top + ends + header.height
    for (code, name), height in zip(grid.rows, tall, strict=True):
        canvas.lines(names, y + height / 2, wrapped(grid, name), size=palette.SMALL, anchor="right")
        for index, (column, _) in enumerate(grid.columns):
            box = (left + index * cell, y, cell - 1, height - 1)
            boxes.append((grid.at(code, column), box))
        y += height
    return boxes


def _ends(
    canvas: Canvas, part: Grid, first: bool, last: bool, left: float, base: float
) -> None:  # fmt: skip
    """What the first and the last column of groups of deprivation are, above them."""
    right = left + cell_width(part, canvas.width) * len(part.columns)
    room = lettering.width("Most deprived Least deprived ", palette.SMALL, 600)
    after = " deprived" if right - left > room or not (first and last) else ""
    how = {"size": palette.SMALL, "weight": 600, "colour": palette.INK}
    if first:
        canvas.text(left, base, f"Most{after}", **how)  # type: ignore[arg-type]
    if last:
        canvas.text(right, base, f"Least{after}", anchor="right", **how)  # type: ignore[arg-type]


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
            middle = min(x, canvas.width - half)
            canvas.text(middle, y, line, size=palette.SMALL, anchor="center")
        drops.append(((x, bottom + 3), (x, base - 1)))
    if header.levels == 2:
        canvas.strokes(drops, palette.HATCH, 0.6)


def _sizes(marks: Sequence[Mark]) -> list[int]:
    """Class of each standardised difference by its size; −1 of none.

    Those too small to matter are pale in every figure, however they compare with one another.
    """
    return [bisect(SIZE_LIMITS, abs(m.rounded)) if m.shown else -1 for m in marks]


def _levels(marks: Sequence[Mark]) -> list[int]:
    """Class of each figure among those of the same thing that is compared; −1 of none."""
    tones = [-1] * len(marks)
    for code in dict.fromkeys(mark.code for mark in marks):
        own = [at for at, mark in enumerate(marks) if mark.code == code]
        for at, tone in zip(own, graded([marks[at].rounded for at in own], TONES), strict=True):
            tones[at] = tone
    return tones


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
    text = _told(mark)
    size, room = palette.SMALL, lettering.width(text, palette.SMALL)
    if room > width - 1:
        size *= (width - 1) / room
    base = y + height / 2 + size * 0.33
    canvas.text(x + width / 2, base, text, size=size, colour=ink, anchor="center", measure=mark.key)


def _told(mark: Mark) -> str:
    """What stands in a cell."""
    return mark.text.rstrip("%") if mark.shown else SHORT.get(mark.status, SHORT["x"])


def _said(marks: Sequence[Mark]) -> list[tuple[str, float]]:
    """The shorthand used, explained, and the width each piece takes in the legend."""
    used = {mark.status if mark.status in SHORT else "x" for mark in marks if not mark.shown}
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


def _placed(
    said: Sequence[tuple[str, float]], left: float, called: tuple[str, str] | None, width: float
) -> list[tuple[float, int]]:
    """Where each piece of shorthand stands in the legend: how far right, and on which line."""
    x, line = left + (_shades(called) if called else 0.0), 0
    if x + sum(room for _, room in said) + BETWEEN * (len(said) - 1) > width:
        whole = sum(room for _, room in said) + BETWEEN * (len(said) - 1)
        x, line = max(0.0, min(left, width - whole)), 1 if called else 0
    start, places = x, []
    for _, room in said:
        if x > start and x + room > width:
            x, line = start, line + 1
        places.append((x, line))
        x += room + BETWEEN
    return places


def _legend_lines(
    said: Sequence[tuple[str, float]], left: float, called: tuple[str, str] | None, width: float
) -> int:
    """Lines the legend takes: shades and shorthand side by side where they fit."""
    return max([1, *(line + 1 for _, line in _placed(said, left, called, width))])


def _legend(
    canvas: Canvas,
    y: float,
    left: float,
    said: Sequence[tuple[str, float]],
    called: tuple[str, str] | None,
) -> None:
    """Shades from the palest to the darkest as they are called, and the shorthand used."""
    if called:
        pale, dark = called
        canvas.text(left, y, pale, size=palette.SMALL)
        start = left + lettering.width(pale, palette.SMALL) + 5
        for index, ground in enumerate(palette.HEAT_CLASSES):
            canvas.rectangle(start + 15 * index, y - 7.5, 14, 9, ground)
        canvas.text(start + 15 * len(palette.HEAT_CLASSES) + 4, y, dark, size=palette.SMALL)
    places = _placed(said, left, called, canvas.width)
    for (text, _), (x, line) in zip(said, places, strict=True):
        before = SQUARE if text.startswith(SHORT["c"]) else 0.0
        if before:
            canvas.hatched([(x, y + 12 * line - 7.5, SQUARE - 4, 9)])
        canvas.text(x + before, y + 12 * line, text, size=palette.SMALL)

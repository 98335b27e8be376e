"""Two dimensions as a table of shaded cells with their numbers. A hidden cell is hatched and
marked `c`, so that it never looks like a small number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jsna.charts import findings, lettering, palette
from jsna.charts.canvas import Canvas
from jsna.charts.finish import finish, foot, period_words
from jsna.charts.marks import Cell, Drawing, Mark, Shown
from jsna.charts.scale import classes
from jsna.measures.declaration import LOCALITY, Chart
from jsna.measures.schema import STATUS_WORDS, dimensions
from jsna.report import format as words

NAMES: Final = 150.0
LINE: Final = palette.SMALL * lettering.LEADING
#: Shorthand of a cell without a number, by status.
SHORT: Final = {"c": "c", "x": "x", "z": "z", "low": "low", "u": "u"}


@dataclass(frozen=True, slots=True)
class Grid:
    """A two-way table: names of rows and columns, and a mark for each pair of their codes."""

    down: str
    across: str
    rows: list[tuple[str, str]]
    columns: list[tuple[str, str]]
    marks: dict[tuple[str, str], Mark]

    def turned(self) -> Grid:
        """Rows as columns."""
        marks = {(column, row): mark for (row, column), mark in self.marks.items()}
        return Grid(self.across, self.down, self.columns, self.rows, marks)

    def at(self, row: str, column: str) -> Mark:
        """The mark of a pair; one without a number where the table has no such row."""
        return self.marks.get((row, column), Mark("", "", ""))


@dataclass(frozen=True, slots=True)
class _Header:
    """Column names as laid out: lines of each, on how many levels, with a key where shortened."""

    lines: list[list[str]]
    levels: int
    key: list[str]

    @property
    def height(self) -> float:
        """Points above the cells."""
        return self.levels * (max(map(len, self.lines)) * LINE + 4) + (5 if self.levels > 1 else 1)


def draw(shown: Shown, chart: Chart) -> Drawing | None:
    """The figure; None where the table has nothing to show."""
    period = shown.latest(chart.by)
    grid = _grid(shown, chart, period)
    if not grid.marks:
        return None
    shape, header = _orient(grid)
    canvas = _draw(shown, shape, header)
    subject = grid.down
    columns = [[grid.at(row, column) for row, _ in grid.rows] for column, _ in grid.columns]
    across = words.dimension_words(grid.across, shown.config)
    title = findings.table(shown, subject, columns, across, len(grid.columns))
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
        header=(called, *(name for _, name in shape.columns)),
        rows=table,
        note="Darker cells are higher." if any(m.shown for m in grid.marks.values()) else "",
    )


def _grid(shown: Shown, chart: Chart, period: str) -> Grid:
    """The table's rows as a grid; the dimension that is compared goes down."""
    one, other = chart.by
    if one == LOCALITY or (
        one in words.ORDERED and other not in words.ORDERED and other != LOCALITY
    ):
        one, other = other, one
    marks: dict[tuple[str, str], Mark] = {}
    for row in shown.select(chart.by, period=period).itertuples(index=False):
        codes = dimensions(str(row.breakdown), str(row.category)) | {LOCALITY: str(row.area_code)}
        pair = codes[one], codes[other]
        marks[pair] = shown.mark(row, pair[0], shown.label(one, pair[0]))
    rows, columns = (
        [(code, shown.label(name, code))
         for code in words.category_order(name, [pair[i] for pair in marks], shown.config)]
        for i, name in enumerate((one, other))
    )  # fmt: skip
    return Grid(one, other, rows, columns, marks)


# -- layout --------------------------------------------------------------------------------------


def _orient(grid: Grid) -> tuple[Grid, _Header]:
    """The way round whose column names fit; failing both, fewer columns named by their codes."""
    for shape in (grid, grid.turned()):
        header = _header(shape)
        if header is not None:
            return shape, header
    localities_across = grid.across == LOCALITY
    shape = grid.turned() if localities_across else grid
    names = [[code] for code, _ in shape.columns]
    key = [f"{code} {name}" for code, name in shape.columns]
    if max(lettering.width(code, palette.SMALL) for (code,) in names) > _cell(shape) - 2:
        names = [[str(index + 1)] for index in range(len(shape.columns))]
        key = [f"{index + 1} {name}" for index, (_, name) in enumerate(shape.columns)]
    return shape, _Header(names, 1, key)


def _cell(grid: Grid) -> float:
    """Width of a cell."""
    return min(64.0, (palette.WIDTH - _names(grid) - 8) / len(grid.columns))


def _names(grid: Grid) -> float:
    """Width of the column of row names."""
    lines = [line for _, name in grid.rows for line in _wrapped(name)]
    return max(lettering.width(line, palette.SMALL) for line in lines)


def _wrapped(name: str) -> list[str]:
    return lettering.wrap(name, palette.SMALL, NAMES)


def _header(grid: Grid) -> _Header | None:
    """Column names in one level, or in two by turns; None where they do not fit."""
    cell = _cell(grid)
    if cell < 18:
        return None
    for levels, most in ((1, 3), (2, 2)):
        room = levels * cell - 5
        lines = [
            lettering.wrap(_short(grid, c, name), palette.SMALL, room) for c, name in grid.columns
        ]
        widest = max(lettering.width(line, palette.SMALL) for name in lines for line in name)
        if widest <= room and max(map(len, lines)) <= most:
            return _Header(lines, levels, [])
    return None


def _short(grid: Grid, code: str, name: str) -> str:
    """Deprivation tenths go by their number; the ends are named beside the header."""
    return code if grid.across.startswith("imd_") else name


def _draw(shown: Shown, grid: Grid, header: _Header) -> Canvas:
    names, cell = _names(grid), _cell(grid)
    left = names + 8
    ends = 13.0 if grid.across.startswith("imd_") else 0.0
    top = header.height + ends
    heights = [max(17.0, len(_wrapped(name)) * LINE + 3) for _, name in grid.rows]
    bottom = top + sum(heights)
    statuses = sorted({m.status for m in _every(grid) if not m.shown}, key=list(SHORT).index)
    key = _key_lines(header)
    canvas = Canvas(bottom + 22 + len(key) * LINE + foot(shown))
    _columns(canvas, header, left, cell, ends)
    if ends:
        right = left + cell * len(grid.columns)
        how = {"size": palette.SMALL, "weight": 600, "colour": palette.INK}
        canvas.text(left, 9, "Most deprived", **how)  # type: ignore[arg-type]
        canvas.text(right, 9, "Least deprived", anchor="right", **how)  # type: ignore[arg-type]
    tone = dict(zip(grid.marks, classes([m.value for m in grid.marks.values()], 4), strict=True))
    y = top
    for (code, name), height in zip(grid.rows, heights, strict=True):
        canvas.lines(names, y + height / 2, _wrapped(name), size=palette.SMALL, anchor="right")
        for index, (column, _) in enumerate(grid.columns):
            mark = grid.at(code, column)
            box = (left + index * cell, y, cell - 1, height - 1)
            _box(canvas, mark, box, tone.get((code, column), -1))
        y += height
    _legend(canvas, bottom + 13, left, statuses, any(m.shown for m in grid.marks.values()))
    for index, line in enumerate(key):
        canvas.text(0, bottom + 26 + index * LINE, line, size=palette.SMALL)
    return canvas


def _every(grid: Grid) -> list[Mark]:
    return [grid.at(row, column) for row, _ in grid.rows for column, _ in grid.columns]


def _columns(canvas: Canvas, header: _Header, left: float, cell: float, above: float) -> None:
    """Column names; on two levels every other one stands higher, with a line down to its column."""
    level = max(map(len, header.lines)) * LINE + 4
    base = above + header.height
    for index, lines in enumerate(header.lines):
        x = left + (index + 0.5) * cell - 0.5
        high = header.levels == 2 and index % 2 == 0
        bottom = base - (level + 5 if high else (5 if header.levels == 2 else 3))
        for place, line in enumerate(lines):
            y = bottom - (len(lines) - 1 - place) * LINE
            canvas.text(x, y, line, size=palette.SMALL, anchor="center")
        if header.levels == 2:
            canvas.strokes([((x, bottom + 3), (x, base - 1))], palette.HATCH, 0.6)


def _box(canvas: Canvas, mark: Mark, box: tuple[float, float, float, float], tone: int) -> None:
    x, y, width, height = box
    middle, base = x + width / 2, y + height / 2 + palette.SMALL * 0.33
    if mark.shown:
        ground = palette.HEAT_CLASSES[tone]
        canvas.rectangle(x, y, width, height, ground)
        text, colour, backing = mark.text.rstrip("%"), palette.ink_on(ground), False
    else:
        if mark.hidden:
            canvas.hatched(x, y, width, height)
        text, colour, backing = SHORT.get(mark.status, "x"), palette.INK, mark.hidden
    size = palette.SMALL
    if lettering.width(text, size) > width - 1:
        size *= max(0.72, (width - 1) / lettering.width(text, size))
    canvas.text(
        middle, base, text, size=size, colour=colour, anchor="center", measure=mark.key,
        backing=backing,
    )  # fmt: skip


def _legend(canvas: Canvas, y: float, left: float, statuses: Sequence[str], shaded: bool) -> None:
    """Shades from lower to higher, and the shorthand used."""
    x = left
    if shaded:
        canvas.text(x, y, "Lower", size=palette.SMALL)
        x += lettering.width("Lower", palette.SMALL) + 5
        for ground in palette.HEAT_CLASSES:
            canvas.rectangle(x, y - 7.5, 14, 9, ground)
            x += 15
        canvas.text(x + 4, y, "Higher", size=palette.SMALL)
        x += lettering.width("Higher", palette.SMALL) + 22
    said = "; ".join(f"{SHORT[s]} {STATUS_WORDS[s] or 'not available'}" for s in statuses)
    if said:
        if x + lettering.width(said, palette.SMALL) > palette.WIDTH:
            x = palette.WIDTH - lettering.width(said, palette.SMALL)
        canvas.text(x, y, said, size=palette.SMALL)


def _key_lines(header: _Header) -> list[str]:
    """The key to shortened column names, filled into lines."""
    lines: list[str] = []
    for entry in header.key:
        longer = f"{lines[-1]};  {entry}" if lines else entry
        if lines and lettering.width(longer, palette.SMALL) <= palette.WIDTH:
            lines[-1] = longer
        else:
            lines.append(entry)
    return lines

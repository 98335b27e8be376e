"""A two-way table and its layout: which way round it stands, and how its columns are named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from jsna.charts import lettering, palette
from jsna.charts.marks import NOTHING, Mark
from jsna.charts.shown import Shown
from jsna.model.hierarchies import PLACES
from jsna.model.indicators import Chart
from jsna.view import words

#: Widest column of row names, in points.
NAMES: Final = 150.0
#: The same on a narrow screen, and most columns that go by numbers there.
NARROW_NAMES: Final = 92.0
MOST_NARROW: Final = 4
#: The same where wrapping would make the table taller than a page has room for.
WIDE_NAMES: Final = 225.0
TALLEST: Final = 480.0
#: Most rows one page holds.
MOST: Final = 40
LINE: Final = palette.SMALL * lettering.LEADING


@dataclass(frozen=True, slots=True)
class Grid:
    """A two-way table: names of rows and columns, and a mark for each pair of their codes.

    Columns of `graded` dimensions are groups of deprivation, which go by their numbers.
    """

    down: str
    across: str
    rows: list[tuple[str, str]]
    columns: list[tuple[str, str]]
    marks: dict[tuple[str, str], Mark]
    graded: frozenset[str] = frozenset()
    room: float = NAMES

    @property
    def numbered(self) -> bool:
        """Whether columns go by their numbers; the ends are named beside the header."""
        return self.across in self.graded

    def turned(self) -> Grid:
        """Rows as columns."""
        marks = {(column, row): mark for (row, column), mark in self.marks.items()}
        return Grid(self.across, self.down, self.columns, self.rows, marks, self.graded)

    def at(self, row: str, column: str) -> Mark:
        """The mark of a pair; one without a number where the table has no such row."""
        return self.marks.get((row, column), NOTHING)

    def every(self) -> list[Mark]:
        """Every mark, row by row."""
        return [self.at(row, column) for row, _ in self.rows for column, _ in self.columns]


@dataclass(frozen=True, slots=True)
class Header:
    """Column names as laid out: lines of each, on how many levels, with a key where shortened."""

    lines: Sequence[tuple[str, ...]]
    levels: int
    key: list[str]

    @property
    def height(self) -> float:
        """Points above the cells."""
        return self.levels * (max(map(len, self.lines)) * LINE + 4) + (5 if self.levels > 1 else 1)


def read(shown: Shown, chart: Chart, period: str) -> Grid:
    """The table's rows as a grid; the dimension that is compared goes down."""
    one, other = chart.by
    over = shown.indicator.over
    by_value = [shown.config.dimension(name).order == "value" for name in (one, other)]
    ordered = by_value == [False, True] and other not in PLACES
    if other in over or (one not in over and (one in PLACES or ordered)):
        one, other = other, one
    marks: dict[tuple[str, str], Mark] = {}
    for row in shown.select(chart.by, period=period):
        codes = row.dims | dict.fromkeys(PLACES, row.area_code)
        pair = codes[one], codes[other]
        marks[pair] = shown.mark(row, pair[0], shown.label(one, pair[0]))
    rows, columns = (
        [(code, shown.label(name, code))
         for code in words.category_order(name, [pair[i] for pair in marks], shown.config)]
        for i, name in enumerate((one, other))
    )  # fmt: skip
    graded = frozenset(name for name in (one, other) if words.deprived(name, shown.config))
    return Grid(one, other, rows, columns, marks, graded)


def orient(grid: Grid) -> tuple[Grid, Header]:
    """The way round whose column names fit; failing both, fewer columns named by their codes."""
    for shape in (roomy(grid), roomy(grid.turned())):
        header = named(shape, palette.WIDE)
        if header is not None and len(shape.rows) <= MOST:
            return shape, header
    localities_across = grid.across in PLACES
    shape = roomy(grid.turned() if localities_across else grid)
    names = [(code,) for code, _ in shape.columns]
    key = [f"{code} {name}" for code, name in shape.columns]
    if max(lettering.width(code, palette.SMALL) for (code,) in names) > cell_width(shape) - 2:
        names = [(str(index + 1),) for index in range(len(shape.columns))]
        key = [f"{index + 1} {name}" for index, (_, name) in enumerate(shape.columns)]
    return shape, Header(names, 1, key)


def narrowed(grid: Grid, widest: float) -> list[tuple[Grid, Header]]:
    """The table in parts that stand below one another on a narrow screen.

    Each has as many columns, or one fewer, as there is room for with their names.

    Args:
        widest: the widest text of a cell, in points.
    """
    grid = replace(grid, room=NARROW_NAMES)
    for each in range(len(grid.columns), 0, -1):
        parts = _parts(grid, -(-len(grid.columns) // each))
        headers = [named(part, palette.NARROW) for part in parts]
        if cell_width(parts[0], palette.NARROW) >= widest + 3 and None not in headers:
            return [(p, h) for p, h in zip(parts, headers, strict=True) if h is not None]
    numbers = {code: str(index + 1) for index, (code, _) in enumerate(grid.columns)}
    return [
        (part, Header([(numbers[code],) for code, _ in part.columns], 1,
                      [f"{numbers[code]} {name}" for code, name in part.columns]))
        for part in _parts(grid, -(-len(grid.columns) // MOST_NARROW))
    ]  # fmt: skip


def _parts(grid: Grid, count: int) -> list[Grid]:
    """The columns cut into so many parts, as even as may be."""
    ends = [len(grid.columns) * at // count for at in range(count + 1)]
    return [replace(grid, columns=grid.columns[a:b]) for a, b in pairwise(ends)]


def roomy(grid: Grid) -> Grid:
    """The same table, with wider names where they would be wrapped into too tall a table."""
    return grid if sum(heights(grid)) <= TALLEST else replace(grid, room=WIDE_NAMES)


def heights(grid: Grid) -> list[float]:
    """Height of each row."""
    least = 15.0 if len(grid.rows) <= 24 else 13.5
    return [max(least, len(wrapped(grid, name)) * LINE + 3) for _, name in grid.rows]


def cell_width(grid: Grid, width: float = palette.WIDE) -> float:
    """Width of a cell of a table `width` points wide."""
    return min(64.0, (width - names_width(grid) - 8) / len(grid.columns))


def names_width(grid: Grid) -> float:
    """Width of the column of row names."""
    lines = [line for _, name in grid.rows for line in wrapped(grid, name)]
    return max(lettering.width(line, palette.SMALL) for line in lines)


def wrapped(grid: Grid, name: str) -> tuple[str, ...]:
    """A row name on as many lines as its column needs."""
    return lettering.wrap(name, palette.SMALL, grid.room)


def named(grid: Grid, width: float) -> Header | None:
    """Column names in one level, or in two by turns; None where they do not fit."""
    cell = cell_width(grid, width)
    if cell < 18:
        return None
    for levels, most in ((1, 3), (2, 2)):
        room = levels * cell - 5
        lines = [
            lettering.wrap(code if grid.numbered else name, palette.SMALL, room)
            for code, name in grid.columns
        ]
        # The last name has no room to its right but what the table leaves.
        spare = width - names_width(grid) - 8 - cell * len(lines)
        at_end = min(room, cell + 2 * spare)
        if levels > 1:
            last = grid.columns[-1][0 if grid.numbered else 1]
            lines[-1] = lettering.wrap(last, palette.SMALL, at_end)
        widest = max(lettering.width(line, palette.SMALL) for name in lines for line in name)
        ends = max(lettering.width(line, palette.SMALL) for line in lines[-1]) <= at_end
        if widest <= room and max(map(len, lines)) <= most and (levels == 1 or ends):
            return Header(lines, levels, [])
    return None


def key_lines(header: Header, width: float) -> list[str]:
    """The key to shortened column names, filled into lines no wider than `width` points."""
    lines: list[str] = []
    for entry in header.key:
        longer = f"{lines[-1]};  {entry}" if lines else entry
        if lines and lettering.width(longer, palette.SMALL) <= width:
            lines[-1] = longer
        else:
            lines.append(entry)
    return lines

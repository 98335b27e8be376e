"""Small panels of lines in rows, on one scale of figures and one of years.

The scale stands left of each row of panels. Years and the first and the last number stand under
each panel, and below them in words what has no number, so that no word ever lies on a line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from jsna.charts import dots, lettering, lines, palette
from jsna.charts.canvas import Canvas
from jsna.charts.comparators import LINE
from jsna.charts.finish import foot
from jsna.charts.marks import Mark
from jsna.charts.scale import Scale, linear
from jsna.charts.series import Series, year
from jsna.charts.shown import Shown
from jsna.view import words

#: Height of the lines of a panel where there is one row of them, where two, and where more.
PLOTS: Final = (104.0, 62.0, 46.0)
#: Least width of a panel.
LEAST: Final = 84.0
#: Room between panels, across and down.
APART: Final = 14.0
BELOW: Final = 12.0
#: From the ends of a panel to its first and last point, for their markers.
INSET: Final = 4.5
#: Height of a line of small words.
SMALL: Final = palette.SMALL * lettering.LEADING
#: Room for the line before a name in the key.
SAMPLE: Final = 24.0
#: Most periods without a number that are named one by one.
NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Panel:
    """One group: its name, its own line, and the one it is set beside, which may be empty."""

    name: str
    own: Series
    beside: Series

    def gaps(self, periods: Sequence[str]) -> bool:
        """Whether a period between its first and its last number has none."""
        shown = self.own.shown
        return any(p not in shown for p in periods if shown and shown[0] < p < shown[-1])


@dataclass(frozen=True, slots=True)
class _Said:
    """What stands over and under a panel: its name, numbers, and what is missing."""

    name: Sequence[str]
    ends: Sequence[tuple[str, Mark]]
    missing: Sequence[str]

    def height(self, wide: float) -> float:
        """Of what stands under the years."""
        return SMALL * (len(self.missing) + self.rows(wide))

    def rows(self, wide: float) -> int:
        """Lines that the two numbers take: one where they fit beside one another."""
        texts = [_width(mark.text, 600) for _, mark in self.ends]
        return 1 if sum(texts) + 6 <= wide else len(texts)


def draw(
    shown: Shown,
    panels: Sequence[Panel],
    periods: Sequence[str],
    names: Sequence[str],
    width: float,
) -> Canvas:
    """Draw the panels.

    Args:
        shown: what the figure is of.
        panels: from the top left.
        periods: every period, in order.
        names: of a panel's own line and of the one beside it; none where there is no second.
        width: of the figure, in points.
    """
    marks = [mark for one in panels for line in (one.own, one.beside)
             for mark in line.marks.values()]  # fmt: skip
    values = [v for mark in marks for v in (mark.value, *lines.limits(mark))]
    scale = linear(values, 0.0, 1.0, 2)
    ticks = [lines.tick_text(shown, scale, tick) for tick in scale.ticks]
    edge = max(_width(text) for text in ticks) + 5
    columns = max(1, int((width - edge + APART) // (LEAST + APART)))
    rows = -(-len(panels) // columns)
    columns = -(-len(panels) // rows)
    plot = PLOTS[min(rows, len(PLOTS)) - 1]
    wide = (width - edge + APART) / columns - APART
    said = [_said(shown, panel, periods, wide) for panel in panels]
    key, top = dots.legend_of(names, 0.0, width, SAMPLE) if names else ([], 0.0)
    parts = [said[at : at + columns] for at in range(0, len(said), columns)]
    heads = [max(len(one.name) for one in part) * LINE + 4 for part in parts]
    feet = [SMALL + max(one.height(wide) for one in part) + BELOW for part in parts]
    high = top + sum(heads) + sum(feet) + plot * len(parts) - BELOW + 5
    canvas = Canvas(high + foot(shown), width)
    _key(canvas, panels[0], key)
    across = (year(periods[0]), year(periods[-1]))
    step = min(year(b) - year(a) for a, b in pairwise(periods))
    for at, (head, under) in enumerate(zip(heads, feet, strict=True)):
        base = top + head + plot
        up = Scale(scale.low, scale.high, base, base - plot, scale.ticks)
        for tick, text in zip(up.ticks, ticks, strict=True):
            canvas.text(0, up(tick) + 3, text, size=palette.SMALL)
        for column, told in enumerate(parts[at]):
            left = edge + column * (wide + APART)
            places = Scale(*across, left + INSET, left + wide - INSET, ())
            panel = panels[at * columns + column]
            for index, line in enumerate(told.name):
                canvas.text(left, top + (index + 0.8) * LINE, line, weight=600,
                            colour=palette.INK)  # fmt: skip
            _plot(canvas, panel, (left, left + wide), (places, up), step)
            _under(canvas, told, (left, left + wide), base + SMALL, periods)
        top = base + under
    return canvas


def _said(shown: Shown, panel: Panel, periods: Sequence[str], wide: float) -> _Said:
    name = lettering.wrap(panel.name, palette.LABEL, wide, 600)
    marks = panel.own.marks
    ends = [(side, marks[p]) for side, p in zip(("left", "right"), (periods[0], periods[-1]),
            strict=True) if p in marks and (marks[p].key or marks[p].shown)]  # fmt: skip
    inner = {p: m for p, m in marks.items() if p not in (periods[0], periods[-1])}
    missing = _missing(shown, inner, wide)
    return _Said(name, ends, missing)


def _missing(shown: Shown, marks: Mapping[str, Mark], wide: float) -> list[str]:
    """In words what has no number between the ends."""
    found: dict[str, list[str]] = {}
    for period, mark in sorted(marks.items()):
        if not mark.shown:
            found.setdefault(mark.text, []).append(period)
    said: list[str] = []
    for text, when in found.items():
        listed = when if len(when) <= NAMED else [f"{words.small(len(when))} years"]
        for one in listed:
            said += lettering.wrap(f"{text} in {one}", palette.SMALL, wide)
    return said


def _plot(
    canvas: Canvas,
    panel: Panel,
    sides: tuple[float, float],
    scales: tuple[Scale, Scale],
    step: int,
) -> None:
    across, up = scales
    for tick in up.ticks:
        colour, weight = (palette.DARK, 1.0) if tick == 0 else (palette.GRID, 0.8)
        canvas.strokes([((sides[0], up(tick)), (sides[1], up(tick)))], colour, weight)
    lines.band(canvas, panel.own, across, up, step)
    for line in (panel.beside, panel.own):
        lines.line(canvas, line, across, up, step, size=2.8)


def _under(
    canvas: Canvas, said: _Said, sides: tuple[float, float], base: float, periods: Sequence[str]
) -> None:
    """Years, the two numbers, and what is missing."""
    left, right = sides
    canvas.text(left, base, periods[0], size=palette.SMALL)
    canvas.text(right, base, periods[-1], size=palette.SMALL, anchor="right")
    rows = said.rows(right - left)
    for at, (side, mark) in enumerate(said.ends):
        weight, colour = (600, palette.NAVY) if mark.shown else (400, palette.SOFT)
        y = base + SMALL * (1 + (at if rows > 1 else 0))
        canvas.text(
            left if side == "left" else right, y, mark.text, size=palette.SMALL, weight=weight,
            colour=colour, anchor="left" if side == "left" else "right", measure=mark.key,
        )  # fmt: skip
    for at, text in enumerate(said.missing):
        canvas.text(left, base + SMALL * (rows + at + 1), text, size=palette.SMALL)


def _key(canvas: Canvas, panel: Panel, key: Sequence[tuple[int, float, float, str]]) -> None:
    for at, x, y, text in key:
        canvas.text(x + SAMPLE, y, text, weight=600, colour=palette.INK)
        if at >= 0:
            line = (panel.own, panel.beside)[at]
            canvas.shape([(x, y - 3.4), (x + SAMPLE - 6, y - 3.4)], stroke=line.colour,
                         weight=line.weight, dashes=line.dashes)  # fmt: skip


def _width(text: str, weight: int = 400) -> float:
    return lettering.width(text, palette.SMALL, weight)

"""Change over time: the home area with its 95% band, similar areas and the country.

Line style, marker and a direct label tell the series apart beside colour. A line breaks where a
period is missing; a hidden value of the home area is a word above its period, as any mark there
could be taken for a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Final

from jsna.charts import bars, clear, lettering, palette, years
from jsna.charts.canvas import Canvas
from jsna.charts.finish import SYNTHETIC, finish, limits_of, span
from jsna.charts.marks import NOTHING, Cell, Drawing, Mark, footnote
from jsna.charts.scale import Scale, linear, spread
from jsna.charts.shown import Shown, told
from jsna.model.indicators import Chart
from jsna.view import words

PLOT: Final = 88.0
TOP: Final = 16.0
#: What is said under a figure with a break.
BREAK: Final = (
    "Dashed line: break in the series. What lies on either side was counted in another way and is "
    "not compared."
)
#: Height of the plot where every value is hidden.
EMPTY: Final = 34.0


@dataclass(frozen=True, slots=True)
class Series:
    """One line: its name at the end, its look, its marks by period (year it begins in)."""

    name: str
    colour: str
    ink: str
    dashes: tuple[float, ...]
    weight: float
    marker: str
    marks: dict[str, Mark]

    @property
    def shown(self) -> list[str]:
        """Periods with a number."""
        return [period for period, mark in sorted(self.marks.items()) if mark.shown]


def draw(shown: Shown, chart: Chart) -> Drawing | None:
    """The figure, as bars where there is one period only."""
    every = _series(shown)
    home = every[0]
    if not home.marks:
        return None
    every = [home, *(series for series in every[1:] if series.shown)]
    periods = sorted({period for series in every for period in series.marks})
    last = max(home.shown, default=periods[-1])
    country = NOTHING
    if shown.country:
        country = next(
            (s.marks.get(last, NOTHING) for s in every if s.marker == "triangle"), NOTHING
        )
    # The published line goes back further, and is the one to set beside others.
    published = next((s.marks for s in every if s.marker == "diamond"), {})
    told_of = published if last in published else {**published, **home.marks}
    title = years.title(shown, [mark for _, mark in sorted(told_of.items())], country)
    if len(periods) == 1 and len(every) == 1:
        return None  # one number is no figure
    if len(periods) == 1:
        marks = [mark for series in every for mark in series.marks.values()]
        canvas, kind = bars.comparison(shown, chart, marks, periods[0]), "Bar chart"
    else:
        canvas, kind = _draw(shown, every, periods), f"Line chart, {span(shown, periods)}"
    rows = [
        (words.period_label(period, shown.period_type),
         [Cell(series.marks.get(period, NOTHING).key) for series in every])
        for period in periods
    ]  # fmt: skip
    marks = [mark for series in every for mark in series.marks.values()]
    band = limits_of(list(home.marks.values()))
    return finish(
        canvas,
        shown,
        chart,
        title=title,
        place=words.join(
            [words.lower_first(s.name) if s.marker == "square" else s.name for s in every]
        ),
        period=span(shown, periods),
        kind=kind,
        table=(("Period", *(words.upper_first(series.name) for series in every)), rows),
        note=(
            "Shaded: 95% interval." if band and len(periods) > 1 else "",
            BREAK if _breaking(every) and len(periods) > 1 else "",
            shown.as_published(published.get(last, NOTHING)),
            footnote(marks),
        ),
        stamp=canvas.height - 5 if len(periods) > 1 else None,
    )


def year(period: str) -> int:
    """The year a period begins in."""
    return int(period[:4])


def _series(shown: Shown) -> list[Series]:
    """Home, similar areas and country, clipped to the periods the home area speaks of.

    Where local figures have published ones beside them, these are a line of their own.
    """
    looks = [
        (shown.home, shown.home_name, palette.NAVY, palette.NAVY, (), 2.6, "circle"),
        ("neighbours", "Similar areas (median)", palette.TURQUOISE, palette.TURQUOISE_TEXT,
         (7, 3), 2.0, "square"),
        (shown.country, shown.country_name, palette.DARK, palette.DARK, (2, 2.4), 2.0, "triangle"),
    ]  # fmt: skip
    compared = shown.indicator.comparators if shown.indicator.kind.compared else ()
    wanted = [True, "neighbours" in compared, "national" in compared]
    found: list[Series] = []
    first = last = ""
    for keep, (code, name, colour, ink, dashes, weight, marker) in zip(wanted, looks, strict=True):
        if not keep:
            continue
        rows = shown.select(areas=[code])
        if not found:
            spoken = [row.period for row in rows if told(row)]
            first, last = min(spoken, default=""), max(spoken, default="")
        marks = {
            row.period: shown.mark(row, code, name) for row in rows if first <= row.period <= last
        }
        found.append(Series(name, colour, ink, dashes, weight, marker, marks if first else {}))
    return _with_published(found, shown)


def _with_published(found: Sequence[Series], shown: Shown) -> list[Series]:
    """The lines with the home area's as it is published after its own, where the two differ."""
    home, others = found[0], found[1:]
    rows = [row for row in shown.published() if not row.local and row.period in home.marks]
    if all(home.marks[row.period].key == row.key for row in rows):
        return [*found]
    name = f"{shown.home_name}{words.PUBLISHED}"
    marks = {row.period: shown.mark(row, shown.home, name) for row in rows}
    own = {period: mark for period, mark in home.marks.items() if mark.row and mark.row.local}
    line = Series(name, palette.NAVY, palette.NAVY, (4, 2), 1.8, "diamond", marks)
    return [replace(home, marks=own), line, *others]


# -- drawing -------------------------------------------------------------------------------------


def _draw(shown: Shown, every: Sequence[Series], periods: Sequence[str]) -> Canvas:
    ends = [_end_label(series, periods[-1]) for series in every]
    room = max(sum(lettering.width(text, palette.LABEL, 600) for text in end) for end in ends) + 3
    if shown.synthetic:  # the word stands right of the years
        last = lettering.width(periods[-1], palette.SMALL) / 2
        room = max(room, lettering.width(SYNTHETIC, palette.SMALL) + last - 6)
    values = [v for s in every for m in s.marks.values() for v in (m.value, *_limits(m))]
    bottom = TOP + (PLOT if any(series.shown for series in every) else EMPTY)
    scale = linear(values, bottom, TOP, 3)
    ticks = [_tick(shown, scale, tick) for tick in scale.ticks]
    left = max(lettering.width(text, palette.SMALL) for text in ticks[:-1]) + 10
    right = palette.WIDTH - room - 14
    first, last = year(periods[0]), year(periods[-1])
    across = Scale(first, last, left, right, ())
    canvas = Canvas(bottom + 20)
    _grid(canvas, scale, ticks, right, bare=not any(series.shown for series in every))
    _years(canvas, periods, across, scale(scale.low))
    # Two periods alone do not show how often figures come out: years between them are a gap.
    step = min(year(b) - year(a) for a, b in pairwise(periods)) if len(periods) > 2 else 1
    _breaks(canvas, every, across, scale)
    for series in every:
        _band(canvas, series, across, scale, step)
    for series in reversed(every):
        _line(canvas, series, across, scale, step)
    _absences(canvas, every, across, scale, step)
    _labels(canvas, every, ends, across, scale)
    return canvas


def _limits(mark: Mark) -> tuple[float, ...]:
    return (mark.low, mark.high) if mark.has_limits and not mark.exact else ()


def _tick(shown: Shown, scale: Scale, tick: float) -> str:
    step = scale.ticks[1] - scale.ticks[0]
    decimals = next(n for n in range(8) if abs(round(step, n) - step) < 1e-9)
    text = words.number(tick, decimals)
    unit = words.UNIT_SUFFIX[shown.indicator.unit]
    return text + (unit if unit == "%" or tick == scale.ticks[-1] else "")


def _grid(canvas: Canvas, scale: Scale, ticks: Sequence[str], right: float, *, bare: bool) -> None:
    for tick, text in zip(scale.ticks, ticks, strict=True):
        y = scale(tick)
        if tick == 0:
            canvas.strokes([((0, y), (right + 4, y))], palette.DARK, 1.0)
        elif not bare:
            canvas.strokes([((0, y), (right, y))], palette.GRID, 0.8)
            canvas.text(0, y - 3.5, text, size=palette.SMALL)


def _years(canvas: Canvas, periods: Sequence[str], across: Scale, base: float) -> None:
    """Tick marks at every period; labels at as many as fit, counted back from the last."""
    at = [across(year(period)) for period in periods]
    canvas.strokes([((x, base), (x, base + 4)) for x in at], palette.DARK, 0.8)
    free = float("inf")
    for x, period in reversed(list(zip(at, periods, strict=True))):
        half = lettering.width(period, palette.SMALL) / 2
        if x + half <= free:
            canvas.text(max(x, half), base + 15, period, size=palette.SMALL, anchor="center")
            free = x - half - 8


def _runs(series: Series, step: int) -> list[list[str]]:
    """Periods with numbers, cut where one or more are missing and where the series breaks."""
    runs: list[list[str]] = []
    for period in series.shown:
        last = series.marks[runs[-1][-1]] if runs else None
        alike = last is not None and last.segment == series.marks[period].segment
        if runs and alike and year(period) - year(runs[-1][-1]) <= step:
            runs[-1].append(period)
        else:
            runs.append([period])
    return runs


def broken(marks: Mapping[str, Mark]) -> list[tuple[str, str]]:
    """Neighbouring periods between which the way of counting changes."""
    return [
        (one, other)
        for one, other in pairwise(sorted(marks))
        if marks[one].segment != marks[other].segment
    ]


def _breaking(every: Sequence[Series]) -> list[tuple[str, str]]:
    """The breaks of the home area's lines, of which each has its own."""
    lines = [series.marks for series in every if series.marker in ("circle", "diamond")]
    return sorted({pair for marks in lines for pair in broken(marks)})


def _breaks(canvas: Canvas, every: Sequence[Series], across: Scale, scale: Scale) -> None:
    """A dashed line from top to bottom at each break of the series."""
    for one, other in _breaking(every):
        x = (across(year(one)) + across(year(other))) / 2
        line = [(x, TOP - 4), (x, scale(scale.low))]
        canvas.shape(line, stroke=palette.DARK, weight=1.0, dashes=(3, 3))


def _band(canvas: Canvas, series: Series, across: Scale, scale: Scale, step: int) -> None:
    if series.marker != "circle":
        return  # limits of comparators would hide the home area's
    for run in _runs(series, step):
        kept = [(across(year(p)), series.marks[p]) for p in run if _limits(series.marks[p])]
        if len(kept) == 1:
            x, mark = kept[0]
            canvas.strokes([((x, scale(mark.low)), (x, scale(mark.high)))], palette.HATCH, 1.2)
        elif kept:
            above = [(x, scale(mark.high)) for x, mark in kept]
            below = [(x, scale(mark.low)) for x, mark in reversed(kept)]
            canvas.shape([*above, *below], fill=palette.BAND, closed=True)


def _line(canvas: Canvas, series: Series, across: Scale, scale: Scale, step: int) -> None:
    for run in _runs(series, step):
        points = [(across(year(p)), scale(series.marks[p].value)) for p in run]
        if len(points) > 1:
            canvas.shape(points, stroke=series.colour, weight=series.weight, dashes=series.dashes)
        else:
            _marker(canvas, series, *points[0], size=3.0)
    if series.shown:
        last = series.shown[-1]
        _marker(canvas, series, across(year(last)), scale(series.marks[last].value), size=4.2)


def _marker(canvas: Canvas, series: Series, x: float, y: float, size: float) -> None:
    if series.marker == "circle":
        canvas.dot(x, y, size, series.colour)
    elif series.marker == "square":
        canvas.rectangle(x - size * 0.9, y - size * 0.9, size * 1.8, size * 1.8, series.colour)
    elif series.marker == "diamond":
        corners = [(x, y - size * 1.2), (x + size, y), (x, y + size * 1.2), (x - size, y)]
        canvas.shape(corners, fill=series.colour, closed=True)
    else:
        corners = [(x, y - size * 1.1), (x + size, y + size * 0.8), (x - size, y + size * 0.8)]
        canvas.shape(corners, fill=series.colour, closed=True)


def _absences(
    canvas: Canvas, every: Sequence[Series], across: Scale, scale: Scale, step: int
) -> None:
    """Periods of the home area with a row but no number: a word to each, or to neighbours that
    are too close for one each."""
    absent = [(p, m) for p, m in sorted(every[0].marks.items()) if not m.shown]
    lines = [
        [(across(year(p)), scale(series.marks[p].value)) for p in run]
        for series in every
        for run in _runs(series, step)
    ]
    widest = max((lettering.width(m.text, palette.SMALL) for _, m in absent), default=0.0)
    near = across(step) - across(0) < widest + 5
    keyed = groupby(
        enumerate(absent),
        key=lambda e: (year(e[1][0]) - e[0] * step if near else e[1][0], e[1][1].text),
    )
    for (_, text), group in keyed:
        run = [entry for _, entry in group]
        middle = (across(year(run[0][0])) + across(year(run[-1][0]))) / 2
        half = lettering.width(text, palette.SMALL) / 2
        middle = min(max(middle, half), across.end + 31 - half)
        how = {"size": palette.SMALL, "anchor": "center", "backing": True}
        spans = [s for line in lines for s in clear.passing(line, middle - half, middle + half)]
        y = clear.baseline(spans, scale(0) - 5, TOP)
        canvas.text(middle, y, text, measure=run[0][1].key, **how)  # type: ignore[arg-type]


def _end_label(series: Series, last: str) -> tuple[str, str, str]:
    """Name, number, and the period where it is not the figure's last."""
    if not series.shown:
        return series.name, "", ""
    period = series.shown[-1]
    return f"{series.name} ", series.marks[period].text, "" if period == last else f"({period})"


def _labels(
    canvas: Canvas,
    every: Sequence[Series],
    ends: Sequence[tuple[str, str, str]],
    across: Scale,
    scale: Scale,
) -> None:
    """Names and numbers right of the lines, pushed apart where they would collide."""
    named = [(s, end) for s, end in zip(every, ends, strict=True) if s.shown]
    wanted = [scale(series.marks[series.shown[-1]].value) for series, _ in named]
    placed = spread(wanted, 12.5, TOP - 8, TOP + PLOT)
    for (series, (name, number, when)), y in zip(named, placed, strict=True):
        weight = 600 if series.marker == "circle" else 400
        x, base = across.end + 9, y + palette.LABEL * 0.33
        how = {"weight": weight, "colour": series.ink}
        canvas.text(x, base, name.rstrip(), **how)  # type: ignore[arg-type]
        x += lettering.width(name, palette.LABEL, weight)
        key = series.marks[series.shown[-1]].key
        canvas.text(x, base, number, measure=key, **how)  # type: ignore[arg-type]
        x += lettering.width(number, palette.LABEL, weight) + (3 if when else 0)
        canvas.text(x, base, when, **how)  # type: ignore[arg-type]

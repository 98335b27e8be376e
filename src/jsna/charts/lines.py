"""The lines of a trend: grid, years, bands, lines and their names.

The names of lines stand at their ends, and on a narrow screen above them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Final

from jsna.charts import clear, extents, lettering, overhead, palette
from jsna.charts.canvas import Canvas
from jsna.charts.finish import SYNTHETIC, foot
from jsna.charts.marks import Mark
from jsna.charts.scale import Scale, linear, spread
from jsna.charts.series import Series, doubted, runs, year
from jsna.charts.shown import Shown
from jsna.view import words

#: Height of the plot on a page, where the figure is then some 60 mm tall, and on a narrow screen.
PLOT: Final = 140.0
PLOT_NARROW: Final = 120.0
TOP: Final = 16.0
#: Height of the plot where every value is hidden.
EMPTY: Final = 34.0
#: Room for the number of a point below what is said over the years.
ROOM: Final = 12.0
#: Height of a line of the key of a narrow figure.
KEY: Final = 13.0


def draw(
    shown: Shown, every: Sequence[Series], periods: Sequence[str], width: float
) -> Canvas:  # fmt: skip
    """Lines over the years.

    Args:
        shown: what the figure is of.
        every: the lines, the home area's first.
        periods: every period, in order.
        width: of the figure, in points.
    """
    ends = [_end_label(series, periods[-1]) for series in every]
    over = width < palette.WIDE
    room, top = -14.0, TOP
    if over:
        room += max(8.0, lettering.width(periods[-1], palette.SMALL) / 2)
        top += len(_keyed(every)) * KEY
    else:
        texts = [sum(lettering.width(text, palette.LABEL, 600) for text in end) for end in ends]
        room = max(texts) + 3
    notes = overhead.notes(shown, every, periods, width)
    head = top
    said = sum(len(note.lines) for note in notes)
    top += said * overhead.LINE + (ROOM if said else 0.0)
    if shown.synthetic and not over:  # the word stands right of the years
        last = lettering.width(periods[-1], palette.SMALL) / 2
        room = max(room, lettering.width(SYNTHETIC, palette.SMALL) + last - 6)
    values = [v for s in every for m in s.marks.values() for v in (m.value, *limits(m))]
    tall = PLOT_NARROW if over else PLOT
    bottom = top + (tall if any(series.shown for series in every) else EMPTY)
    scale = linear(values, bottom, top, 3)
    ticks = [tick_text(shown, scale, tick) for tick in scale.ticks]
    left = max(lettering.width(text, palette.SMALL) for text in ticks[:-1]) + 10
    right = width - room - 14
    first, last = year(periods[0]), year(periods[-1])
    across = Scale(first, last, left, right, ())
    canvas = Canvas(bottom + 20 + (foot(shown) if over else 0.0), width)
    if not over:
        canvas.stamp = canvas.height - 5
    _grid(canvas, scale, ticks, right, bare=not any(series.shown for series in every))
    _years(canvas, periods, across, scale(scale.low))
    # Two periods alone do not show how often figures come out: years between them are a gap.
    step = min(year(b) - year(a) for a, b in pairwise(periods)) if len(periods) > 2 else 1
    overhead.draw(canvas, notes, across, (head, scale(scale.low)))
    for series in every:
        band(canvas, series, across, scale, step)
    for series in reversed(every):
        line(canvas, series, across, scale, step)
    # Right of the years stand the names of lines, on a narrow screen nothing.
    _absences(canvas, every, (across, scale), step, canvas.width if over else across.end + 5)
    if over:
        _key(canvas, _keyed(every), periods[-1])
    else:
        _labels(canvas, every, ends, across, scale)
    _told(canvas, every, across, scale, step)
    if any(series.shown for series in every):  # beside hidden figures alone it would be read as one
        _zero(canvas, scale, ticks)
    return canvas


def limits(mark: Mark) -> tuple[float, ...]:
    """The limits that are drawn of a mark; none of a complete count."""
    return (mark.low, mark.high) if mark.has_limits and not mark.exact else ()


def tick_text(shown: Shown, scale: Scale, tick: float) -> str:
    """A number on the scale, with its unit where that is short or it is the highest."""
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


def _zero(canvas: Canvas, scale: Scale, ticks: Sequence[str]) -> None:
    """The number at zero, from which every line is to be judged, where no other word stands."""
    text, base = ticks[scale.ticks.index(0)], scale(0) - 3.5
    if canvas.free(extents.text(0, base, text, palette.SMALL, 400, "left")):
        canvas.text(0, base, text, size=palette.SMALL)


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


def band(canvas: Canvas, series: Series, across: Scale, scale: Scale, step: int) -> None:
    """The 95% band of the home area's line."""
    if series.marker != "circle":
        return  # limits of comparators would hide the home area's
    for run in runs(series, step):
        kept = [(across(year(p)), series.marks[p]) for p in run if limits(series.marks[p])]
        if len(kept) == 1:
            x, mark = kept[0]
            canvas.strokes([((x, scale(mark.low)), (x, scale(mark.high)))], palette.HATCH, 1.2)
        elif kept:
            above = [(x, scale(mark.high)) for x, mark in kept]
            below = [(x, scale(mark.low)) for x, mark in reversed(kept)]
            canvas.shape([*above, *below], fill=palette.BAND, closed=True)


def line(
    canvas: Canvas, series: Series, across: Scale, scale: Scale, step: int, size: float = 4.2
) -> None:
    """A line, cut where it may not go on, with the marker of its last point so large."""
    for run in runs(series, step):
        points = [(across(year(p)), scale(series.marks[p].value)) for p in run]
        if len(points) > 1:
            canvas.shape(points, stroke=series.colour, weight=series.weight, dashes=series.dashes)
        else:
            _marker(canvas, series, *points[0], size=min(3.0, size))
    if series.shown:
        last = series.shown[-1]
        _marker(canvas, series, across(year(last)), scale(series.marks[last].value), size=size)
    if series.marker == "circle":
        for period in doubted(series):
            at = across(year(period)), scale(series.marks[period].value)
            canvas.dot(*at, size * 0.86, palette.WHITE, series.colour)


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
    canvas: Canvas,
    every: Sequence[Series],
    scales: tuple[Scale, Scale],
    step: int,
    end: float,
) -> None:
    """Periods of the home area with a row but no number: a word to each, or to neighbours that
    are too close for one each; no word goes further right than `end`."""
    across, scale = scales
    absent = [(p, m) for p, m in sorted(every[0].marks.items()) if not m.shown]
    lines = [
        [(across(year(p)), scale(series.marks[p].value)) for p in run]
        for series in every
        for run in runs(series, step)
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
        middle = min(max(middle, half), min(across.end + 31, end) - half)
        how = {"size": palette.SMALL, "anchor": "center", "backing": True}
        spans = [s for line in lines for s in clear.passing(line, middle - half, middle + half)]

        def free(y: float, middle: float = middle, text: str = text) -> bool:
            return canvas.free(extents.text(middle, y, text, palette.SMALL, 400, "center"))

        y = clear.baseline(spans, scale(0) - 5, scale.end, free)
        canvas.text(middle, y, text, measure=run[0][1].key, **how)  # type: ignore[arg-type]


def _end_label(series: Series, last: str) -> tuple[str, str, str]:
    """Name, number, and the period where it is not the figure's last."""
    if not series.shown:
        return series.name, "", ""
    period = series.shown[-1]
    return f"{series.name} ", series.marks[period].text, "" if period == last else f"({period})"


def _told(
    canvas: Canvas, every: Sequence[Series], across: Scale, scale: Scale, step: int
) -> None:  # fmt: skip
    """The numbers of the home area's first, highest and lowest points, where there is room.

    The last has its number at its end.
    """
    home = every[0]
    periods = home.shown
    if len(periods) < 3:
        return
    value = {period: home.marks[period].value for period in periods}
    high, low = max(periods, key=value.__getitem__), min(periods, key=value.__getitem__)
    lines = [
        [(across(year(p)), scale(series.marks[p].value)) for p in run]
        for series in every
        for run in runs(series, step)
    ]
    for period in dict.fromkeys((high, low, periods[0])):
        if period == periods[-1]:
            continue
        mark = home.marks[period]
        room = lettering.width(mark.text, palette.SMALL, 600)
        x, y = across(year(period)), scale(mark.value)
        left = min(max(x - room / 2, across.start), canvas.width - room)
        below = period == low or (period == periods[0] and value[periods[1]] > value[period])
        for base in (y + 15, y - 8) if below else (y - 8, y + 15):
            spans = [s for line in lines for s in clear.passing(line, left + 3, left + room - 3)]
            free = clear.baseline(spans, base, base - 1) == base and not any(
                high < base + clear.BELOW and low > base - clear.ABOVE for high, low in spans
            )
            said = extents.text(left, base, mark.text, palette.SMALL, 600, "left")
            if free and canvas.free(said) and scale.end - 12 < base < scale.start - 2:
                canvas.text(left, base, mark.text, size=palette.SMALL, weight=600,
                            colour=palette.NAVY, measure=mark.key)  # fmt: skip
                break


def _keyed(every: Sequence[Series]) -> list[Series]:
    return [series for series in every if series.shown]


def _key(canvas: Canvas, every: Sequence[Series], last: str) -> None:
    """Names and numbers above the lines of a narrow figure, each beside its mark."""
    for index, series in enumerate(every):
        y = KEY * index + 6.0
        canvas.shape([(0, y), (18, y)], stroke=series.colour, weight=series.weight,
                     dashes=series.dashes)  # fmt: skip
        _marker(canvas, series, 9.0, y, size=3.6)
        _named(canvas, series, _end_label(series, last), 24.0, y)


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
    placed = spread(wanted, 12.5, scale.end - 8, scale.start)
    for (series, end), y in zip(named, placed, strict=True):
        _named(canvas, series, end, across.end + 9, y)


def _named(
    canvas: Canvas, series: Series, end: tuple[str, str, str], x: float, middle: float
) -> None:
    """The name, number and period of a line, from `x`."""
    name, number, when = end
    weight = 600 if series.marker == "circle" else 400
    base = middle + palette.LABEL * 0.33
    how = {"weight": weight, "colour": series.ink}
    canvas.text(x, base, name.rstrip(), **how)  # type: ignore[arg-type]
    x += lettering.width(name, palette.LABEL, weight)
    key = series.marks[series.shown[-1]].key
    canvas.text(x, base, number, measure=key, **how)  # type: ignore[arg-type]
    x += lettering.width(number, palette.LABEL, weight) + (3 if when else 0)
    canvas.text(x, base, when, **how)  # type: ignore[arg-type]

"""Horizontal bars: localities against the country, the home area among its neighbours, and
categories of one dimension. Bars start at zero; limits are thin lines; every bar has its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jsna.charts import findings, lettering, palette
from jsna.charts.canvas import Canvas
from jsna.charts.finish import (
    FAR,
    INTERVALS,
    finish,
    foot,
    limits_of,
    period_words,
    value_table,
)
from jsna.charts.marks import Drawing, Mark, Shown, footnote
from jsna.charts.scale import Scale, tight
from jsna.measures.declaration import LOCALITY, Chart
from jsna.report import format as words

#: Widest column of names, in points; longer names are wrapped.
NAMES: Final = 168.0
LINE: Final = palette.LABEL * lettering.LEADING


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
    lines: list[str]
    middle: float
    height: float


def localities(shown: Shown, chart: Chart) -> Drawing | None:
    """Localities from highest to lowest, the home area above them, the country as a line."""
    period = shown.latest([LOCALITY])
    marks = shown.marks_by_area(list(shown.config.area.locality_names), period)
    if not marks:
        return None
    marks = ranked(marks)
    counts = shown.indicator.kind == "count"
    home = shown.one(shown.home, period)
    country = shown.one(shown.country, period) if shown.country else Mark("", "", "")
    reference = country if country.shown else home
    rows = [Bar(mark) for mark in marks]
    if home.key and not counts:  # a count's total would dwarf its parts
        rows.insert(0, Bar(home, palette.NAVY, bold=True, space=6))
    canvas = _draw(shown, rows, country if country.key else None)
    title = (
        findings.categories(shown, LOCALITY, marks)
        if counts
        else findings.places(shown, marks, reference)
    )
    entries = [(bar.mark.label, bar.mark) for bar in rows]
    if country.key:
        entries.append((country.label, country))
    header, table = value_table(shown, words.upper_first(shown.places), entries)
    return finish(
        canvas,
        shown,
        chart,
        title=title,
        place=f"{shown.places} of {shown.home_name}",
        period=period_words(shown, period),
        kind=f"Bar chart of {words.small(len(marks))} {shown.places}",
        header=header,
        rows=table,
        note=_note(rows, far=not counts),
    )


def peers(shown: Shown, chart: Chart) -> Drawing | None:
    """The home area among its statistical neighbours, the country as a line."""
    period = shown.latest()
    home = shown.one(shown.home, period)
    codes = [place.code for place in shown.config.area.neighbours]
    neighbours = shown.marks_by_area(codes, period)
    country = shown.one(shown.country, period) if shown.country else Mark("", "", "")
    if not period or not (neighbours or country.key):
        return None
    order = ranked([home, *neighbours])
    rows = [Bar(m, palette.NAVY, bold=True) if m is home else Bar(m) for m in order]
    canvas = _draw(shown, rows, country if country.key else None)
    entries = [(mark.label, mark) for mark in order]
    if country.key:
        entries.append((country.label, country))
    header, table = value_table(shown, "Area", entries)
    several = f"{words.small(len(neighbours))} similar areas"
    return finish(
        canvas,
        shown,
        chart,
        title=findings.peers(shown, home, neighbours, country),
        place=f"{home.label} and {several}" if neighbours else home.label,
        period=period_words(shown, period),
        kind=f"Bar chart of {home.label} and {several}",
        header=header,
        rows=table,
        note=_note(rows, far=True),
    )


def comparison(shown: Shown, chart: Chart, marks: Sequence[Mark], period: str) -> Canvas:
    """The home area, similar areas and the country as bars: a trend of one period."""
    colours = [palette.NAVY, *[palette.GREY] * len(marks)]
    rows = [Bar(m, c, bold=m.code == shown.home) for m, c in zip(marks, colours, strict=False)]
    return _draw(shown, rows, None)


def categories(shown: Shown, chart: Chart) -> Drawing | None:
    """Categories of one dimension in the home area, with the country's value as a diamond."""
    (dimension,) = chart.by
    period = shown.latest(chart.by)
    marks = shown.marks_by_category(dimension, shown.home, period)
    if not marks:
        return None
    if dimension not in words.ORDERED:
        marks = ranked(marks)
    country: dict[str, Mark] = {}
    if shown.country:
        found = shown.marks_by_category(dimension, shown.country, period)
        country = {mark.code: mark for mark in found}
    rows = [Bar(mark, palette.NAVY, dot=country.get(mark.code)) for mark in marks]
    canvas = _draw(shown, rows, None)
    beside: dict[str, list[Mark]] = {}
    if country:
        nothing = Mark("", "", "")
        beside = {shown.country_name: [country.get(mark.code, nothing) for mark in marks]}
    called = words.dimension_words(dimension, shown.config)
    header, table = value_table(
        shown, words.upper_first(called), [(mark.label, mark) for mark in marks], beside
    )
    return finish(
        canvas,
        shown,
        chart,
        title=findings.categories(shown, dimension, marks),
        place=shown.home_name,
        period=period_words(shown, period),
        kind=f"Bar chart by {called}",
        header=header,
        rows=table,
        note=_note(rows, far=False),
    )


def ranked(marks: Sequence[Mark]) -> list[Mark]:
    """From highest to lowest; those without a number last, by name."""
    return sorted(marks, key=lambda m: (not m.shown, -m.value if m.shown else 0.0, m.label))


def _note(rows: Sequence[Bar], *, far: bool) -> str:
    marks = [bar.mark for bar in rows]
    limits = limits_of(marks)
    parts = [INTERVALS if limits else "", FAR if limits and far else "", footnote(marks)]
    return " ".join(part for part in parts if part)


# -- drawing -------------------------------------------------------------------------------------


def _draw(shown: Shown, bars: Sequence[Bar], line: Mark | None) -> Canvas:
    """Draw the rows; `line` is a comparator's value, dashed from top to bottom."""
    dots = any(bar.dot is not None and bar.dot.shown for bar in bars)
    top = 18.0 if dots or line is not None else 3.0
    rows, bottom = _rows(bars, top)
    names = max(
        lettering.width(text, palette.LABEL, _weight(row.bar)) for row in rows for text in row.lines
    )
    numbers = [bar.mark for bar in bars if bar.mark.shown]
    column = max((lettering.width(m.text, palette.LABEL, 600) for m in numbers), default=0.0)
    scale = _scale(bars, line, names + 6)
    inside = _fits_inside(bars, scale)
    if not inside and numbers:
        scale = _scale(bars, line, names + column + 16)
    canvas = Canvas(bottom + 3 + foot(shown))
    for row in rows:
        _name(canvas, row, names)
        _bar(canvas, row, scale)
    zero = scale(0)
    canvas.strokes([((zero, top - 2), (zero, bottom))], palette.SOFT, 0.8)
    if line is not None:
        _line(canvas, line, scale, top, bottom)
    for row in rows:
        _limits(canvas, row, scale)
        _number(canvas, row, scale, None if inside else names + column + 8)
        _dot(canvas, row, scale)
    if dots:
        _legend(canvas, shown, scale.start)
    return canvas


def _rows(bars: Sequence[Bar], top: float) -> tuple[list[_Row], float]:
    """Rows with their wrapped names and places, and where the last one ends."""
    pitch = 17.0 if len(bars) <= 20 else 15.0
    rows, y = [], top
    for bar in bars:
        lines = lettering.wrap(bar.mark.label, palette.LABEL, NAMES, _weight(bar))
        height = max(pitch, len(lines) * LINE + 3)
        rows.append(_Row(bar, lines, y + height / 2, min(pitch, height) - 5))
        y += height + bar.space
    return rows, y


def _weight(bar: Bar) -> int:
    return 600 if bar.bold else 400


def _scale(bars: Sequence[Bar], line: Mark | None, start: float) -> Scale:
    marks = [bar.mark for bar in bars] + [bar.dot for bar in bars if bar.dot is not None]
    marks += [line] if line is not None else []
    values = [value for mark in marks for value in (mark.value, _low(mark), _high(mark))]
    return tight(values, start, palette.WIDTH - 5)


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


def _name(canvas: Canvas, row: _Row, names: float) -> None:
    colour = palette.INK if row.bar.bold else palette.SOFT
    canvas.lines(
        names,
        row.middle,
        row.lines,
        size=palette.LABEL,
        weight=_weight(row.bar),
        colour=colour,
        anchor="right",
    )


def _bar(canvas: Canvas, row: _Row, scale: Scale) -> None:
    mark, top = row.bar.mark, row.middle - row.height / 2
    if mark.shown:
        left, right = sorted((scale(0), scale(mark.value)))
        if right > left:
            canvas.rectangle(left, top, right - left, row.height, row.bar.colour)
    elif mark.hidden:
        canvas.hatched(scale(0) + 1, top, 26, row.height)


def _line(canvas: Canvas, mark: Mark, scale: Scale, top: float, bottom: float) -> None:
    """The comparator's dashed line and its name and number above it."""
    name = f"{mark.label} "
    name_width = lettering.width(name, palette.LABEL, 600)
    whole = name_width + lettering.width(mark.text, palette.LABEL, 600)
    x = scale(mark.value) if mark.shown else scale.start
    if mark.shown:
        ends = [(x, top - 4), (x, bottom)]
        canvas.shape(ends, stroke=palette.ORANGE_TEXT, weight=1.4, dashes=(4.5, 3))
    start = min(x + 2, palette.WIDTH - whole)
    how = {"weight": 600, "colour": palette.ORANGE_TEXT}
    canvas.text(start, top - 8, name.rstrip(), **how)  # type: ignore[arg-type]
    canvas.text(start + name_width, top - 8, mark.text, measure=mark.key, **how)  # type: ignore[arg-type]


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
    """The number in its bar, or right-aligned at `column` before the bars; absences beside zero."""
    mark, y = row.bar.mark, row.middle + palette.LABEL * 0.33
    if not mark.shown:
        x = scale(0) + (32 if mark.hidden else 4)
        canvas.text(x, y, mark.text, measure=mark.key, colour=palette.SOFT, backing=True)
    elif column is None:
        ink = palette.ink_on(row.bar.colour)
        canvas.text(scale(0) + 4, y, mark.text, measure=mark.key, weight=600, colour=ink)
    else:
        how = {"weight": 600, "colour": palette.INK, "anchor": "right"}
        canvas.text(column, y, mark.text, measure=mark.key, **how)  # type: ignore[arg-type]


def _dot(canvas: Canvas, row: _Row, scale: Scale) -> None:
    if row.bar.dot is not None and row.bar.dot.shown:
        _diamond(canvas, scale(row.bar.dot.value), row.middle)


def _diamond(canvas: Canvas, x: float, y: float, size: float = 4.6) -> None:
    corners = [(x, y - size), (x + size, y), (x, y + size), (x - size, y)]
    canvas.shape(corners, fill=palette.ORANGE_TEXT, stroke=palette.WHITE, weight=1.2, closed=True)


def _legend(canvas: Canvas, shown: Shown, x: float) -> None:
    canvas.rectangle(x, 3, 9, 8, palette.NAVY)
    canvas.text(x + 13, 10.5, shown.home_name, weight=600, colour=palette.NAVY)
    beside = x + 13 + lettering.width(shown.home_name, palette.LABEL, 600) + 20
    _diamond(canvas, beside, 7)
    canvas.text(beside + 9, 10.5, shown.country_name, weight=600, colour=palette.ORANGE_TEXT)

"""A strip of all authorities for each of several indicators, with the home area's place in words.

Each row has a scale of its own, from the lowest authority to the highest; of a figure where high or
low is good the good end is on the right. Values, places and the country's figures stand in columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import pandas as pd

from jsna.charts import lettering, palette
from jsna.charts.canvas import Canvas
from jsna.charts.comparators import LINE, diamond
from jsna.charts.finish import FOOT, SYNTHETIC, image
from jsna.charts.marks import Drawing, narrow_id, printed
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator
from jsna.view import words
from jsna.view.rows import Measures, Row
from jsna.view.standings import Placed, Standings, best_first, called, quarter

#: Id of the figure, and what stands for an indicator in the list of figures.
ID: Final = "fig-standings"
#: Most indicators of one chart.
MOST: Final = 14
#: Fewer are no chart.
FEWEST: Final = 3
#: Widest column of names; height of a row and of a heading of a group.
NAMES: Final = 150.0
ROW: Final = 18.0
HEAD: Final = 20.0
GAP: Final = 10.0
RADIUS: Final = 4.2
TICK: Final = 4.0


class Line(NamedTuple):
    """One row: an indicator, the home area among all, the country's figure of the same period."""

    indicator: Indicator
    home: Placed
    every: Sequence[Placed]
    country: Row | None


def draw(config: Configuration, measures: pd.DataFrame, frame: pd.DataFrame) -> Drawing | None:
    """The figure; None where fewer than `FEWEST` indicators have a place among all.

    Args:
        config: the edition.
        measures: its safe measures, for the country's figures.
        frame: its safe table of standings.
    """
    standings = Standings(frame, config)
    chosen = standings.shown(MOST)
    if len(chosen) < FEWEST:
        return None
    view = Measures(measures, config)
    lines = [
        Line(indicator, home, standings.rows(indicator.id), _country(view, home))
        for indicator, home in chosen
    ]
    judged = [line for line in lines if line.indicator.polarity != "neutral"]
    neutral = [line for line in lines if line.indicator.polarity == "neutral"]
    title = finding(config, judged, neutral)
    synthetic = config.edition.synthetic
    place = config.area.name
    alt = " ".join(
        (f"Strip chart of all authorities in {words.small(len(lines))} measures. {title}.",
         *(_told(line, place) for line in lines), f"{SYNTHETIC}." if synthetic else "")
    ).strip()  # fmt: skip
    return Drawing(
        id=ID,
        indicator="",
        chapter="summary",
        type="strip",
        svg=image(_draw(config, judged, neutral, palette.WIDE), ID, alt, synthetic=synthetic),
        narrow=image(
            _draw(config, judged, neutral, palette.NARROW), narrow_id(ID), alt, synthetic=synthetic
        ),
        title=title,
        subtitle=f"Every authority in England with a figure, latest year; circle: {place}, "
        f"diamond: {config.area.country.name}, taller ticks: statistical neighbours",
        alt=alt,
        note="Each line has its own scale. Authorities that have the same figure share a rank.",
        header=(),
        rows=(),
        keys=tuple(line.country.key for line in lines if line.country is not None),
        sources=tuple(sorted({part for line in lines for part in line.home.source.split("+")})),
    )


def _country(view: Measures, home: Placed) -> Row | None:
    """The country's figure of the period, where it is counted as the home area's."""
    code = view.config.area.country.code
    rows = [
        row for row in view.rows(home.indicator)
        if (row.area_code, row.period, row.period_type, row.breakdown, row.segment)
        == (code, home.period, home.period_type, "total", home.segment)
    ]  # fmt: skip
    return next((row for row in rows if row.shown and not row.doubted), None)


def finding(config: Configuration, judged: Sequence[Line], neutral: Sequence[Line]) -> str:
    """What the chart shows: on how many measures the home area is in the worst or best quarter."""
    place = config.area.name
    for wanted, named in ((4, "worst"), (1, "best")):
        told = [line for line in judged if quarter(line.home, line.indicator) == wanted]
        if len(told) == 1:
            what = words.lower_first(told[0].indicator.short or told[0].indicator.title)
            return f"{place} is in the {named} quarter of authorities for {what}"
        if told:
            many, of = words.small(len(told)), words.small(len(judged))
            return f"{place} is in the {named} quarter of authorities on {many} of {of} measures"
    if judged:
        return f"{place} is in neither the best nor the worst quarter on any measure"
    of = words.small(len(neutral))
    return f"Where {place} stands among all authorities on {of} measures"


def _told(line: Line, place: str) -> str:
    """A row in words: the highest, the lowest, and where the home area is."""
    name = line.indicator.short or line.indicator.title
    where = ("highest", "second highest", "second lowest", "lowest")[line.home.quarter - 1]
    high, low = (called(line.every[at].area_name) for at in (0, -1))
    return f"{name}: {place} in the {where} quarter; highest {high}, lowest {low}."


class _Layout(NamedTuple):
    """Where things stand, in points: on a narrow screen names stand above their rows."""

    over: bool
    names: float
    strip: tuple[float, float]
    columns: tuple[float, float, float]
    heads: tuple[str, ...]


def _layout(config: Configuration, lines: Sequence[Line], width: float) -> _Layout:
    over = width < palette.WIDE
    wrapped = [text for line in lines for text in _wrapped(line, over, width)]
    names = max(lettering.width(text, palette.LABEL) for text in wrapped) + 2
    years = max(lettering.width(_year(line), palette.SMALL) for line in lines)
    heads = lettering.wrap(config.area.name, palette.LABEL, 44 if over else 70, 600)
    gap = GAP / 2 if over else GAP
    ranks = [f"{best_first(line.home, line.indicator).place} of {line.home.of}" for line in lines]
    # A long name over the numbers may stand over the strip as well, which needs the room more.
    home = _widest(
        [*(_value(line.home, line.indicator) for line in lines), *(() if over else heads)]
    )
    nation = max(_widest([_national(line) for line in lines]), _widest([config.area.country.name]))
    at_nation = width - _widest([*ranks, "Rank"]) - gap
    at_home = at_nation - nation - gap
    left = RADIUS if over else names + 5 + years + GAP + RADIUS
    strip = (left, at_home - home - gap - RADIUS)
    return _Layout(over, names, strip, (at_home, at_nation, width), heads)


def _wrapped(line: Line, over: bool, width: float) -> tuple[str, ...]:
    return lettering.wrap(_name(line.indicator), palette.LABEL, width - 40 if over else NAMES)


def _draw(
    config: Configuration, judged: Sequence[Line], neutral: Sequence[Line], width: float
) -> Canvas:
    lines = [*judged, *neutral]
    at = _layout(config, lines, width)
    top = LINE * len(at.heads) + 4
    own = [LINE * len(_wrapped(line, at.over, width)) for line in lines]
    heights = [tall + ROW if at.over else max(ROW, tall + 3) for tall in own]
    groups = [group for group in (judged, neutral) if group]
    canvas = Canvas(
        top + sum(heights) + HEAD * len(groups) + 4 + FOOT * config.edition.synthetic, width
    )
    how = {"weight": 600, "anchor": "right"}
    for index, text in enumerate(at.heads):
        base = LINE * (index + 1) - 2
        canvas.text(at.columns[0], base, text, colour=palette.NAVY, **how)  # type: ignore[arg-type]
    base, country = LINE * len(at.heads) - 2, config.area.country.name
    canvas.text(at.columns[1], base, country, colour=palette.ORANGE_TEXT, **how)  # type: ignore[arg-type]
    canvas.text(width, base, "Rank", colour=palette.INK, **how)  # type: ignore[arg-type]
    near = {neighbour.code for neighbour in config.area.neighbours}
    y, row = top, iter(heights)
    for group in groups:
        _head(canvas, at, y, judged=group is judged)
        y += HEAD
        for line in group:
            height = next(row)
            _row(canvas, line, at, near, y, height)
            y += height
    return canvas


def _head(canvas: Canvas, at: _Layout, y: float, *, judged: bool) -> None:
    """What the ends of the strips below mean, and which rank is the first."""
    ends = ("worse", "better") if judged else ("lowest", "highest")
    said = "the first is best" if judged else "the first is highest"
    canvas.text(at.strip[0], y + 13, ends[0], size=palette.SMALL)
    canvas.text(at.strip[1], y + 13, ends[1], size=palette.SMALL, anchor="right")
    canvas.text(canvas.width, y + 13, said, size=palette.SMALL, anchor="right")
    canvas.strokes([((0, y + 17), (canvas.width, y + 17))], palette.GRID, 0.8)


def _row(canvas: Canvas, line: Line, at: _Layout, near: set[str], y: float, height: float) -> None:
    """Name, year, strip and columns of an indicator."""
    names = _wrapped(line, at.over, canvas.width)
    tall = LINE * len(names) if at.over else 0.0
    middle = y + tall + (height - tall) / 2
    if at.over:
        canvas.lines(0, y + tall / 2 + 2, names, size=palette.LABEL, colour=palette.INK)
        last = lettering.width(names[-1], palette.LABEL)
        base = y + tall - LINE / 2 + 2 + palette.LABEL * 0.33
        canvas.text(last + 4, base, _year(line), size=palette.SMALL)
    else:
        how = {"size": palette.LABEL, "colour": palette.INK, "anchor": "right"}
        canvas.lines(at.names, middle, names, **how)  # type: ignore[arg-type]
        base = middle + palette.LABEL * 0.33
        canvas.text(at.names + 5, base, _year(line), size=palette.SMALL)
    _strip(canvas, line, near, at.strip, middle)
    _columns(canvas, line, middle, at.columns)


def _name(indicator: Indicator) -> str:
    title = indicator.short or indicator.title.split(" (")[0]
    return title + (" (%)" if indicator.unit == "percent" else "")


def _year(line: Line) -> str:
    """`(2024)`: no two rows need be of the same year."""
    return f"({line.home.period})"


def _widest(texts: Sequence[str]) -> float:
    return max(lettering.width(text, palette.LABEL, 600) for text in texts)


def _value(home: Placed, indicator: Indicator) -> str:
    return printed(home.value, "", indicator.unit, indicator.decimals)


def _national(line: Line) -> str:
    if line.country is None:
        return ""
    row = line.country
    return printed(row.value, row.status, line.indicator.unit, line.indicator.decimals)


def _strip(
    canvas: Canvas, line: Line, near: set[str], ends: tuple[float, float], middle: float
) -> None:
    """A tick for each authority, a diamond for the country and a circle for the home area."""
    values = [one.value for one in line.every] + ([line.country.value] if line.country else [])
    low, high = min(values), max(values)
    start, stop = ends[::-1] if line.indicator.polarity == "low" else ends

    def x(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        return start + share * (stop - start)

    others = [one for one in line.every if one.area_code != line.home.area_code]
    plain = [x(one.value) for one in others if one.area_code not in near]
    alike = [x(one.value) for one in others if one.area_code in near]
    canvas.strokes([((at, middle - TICK), (at, middle + TICK)) for at in plain],
                   palette.HATCH, 0.7)  # fmt: skip
    canvas.strokes([((at, middle - TICK - 2), (at, middle + TICK + 2)) for at in alike],
                   palette.TURQUOISE_TEXT, 1.6)  # fmt: skip
    if line.country is not None:
        diamond(canvas, x(line.country.value), middle)
    canvas.dot(x(line.home.value), middle, RADIUS, palette.NAVY, palette.WHITE)


def _columns(canvas: Canvas, line: Line, middle: float, at: tuple[float, float, float]) -> None:
    """Home value, the country's, and the rank with how many there are."""
    base, key = middle + palette.LABEL * 0.33, line.home.key
    strong = {"weight": 600, "anchor": "right"}
    text = _value(line.home, line.indicator)
    canvas.text(at[0], base, text, measure=key, colour=palette.NAVY, **strong)  # type: ignore[arg-type]
    if line.country is not None:
        canvas.text(at[1], base, _national(line), measure=line.country.key, anchor="right",
                    colour=palette.ORANGE_TEXT)  # fmt: skip
    place = best_first(line.home, line.indicator)
    of = f"{line.home.of}"
    canvas.text(at[2], base, of, measure=key, field="of", anchor="right")
    before = at[2] - lettering.width(of, palette.LABEL)
    canvas.text(before - 2.5, base, "of", anchor="right")
    before -= lettering.width("of", palette.LABEL) + 5
    field = f"rank_{place.end}"
    canvas.text(before, base, f"{place.place}", measure=key, field=field, colour=palette.INK,
                **strong)  # type: ignore[arg-type]  # fmt: skip

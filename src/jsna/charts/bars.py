"""Horizontal bars: localities against the country, the home area among its neighbours, and
categories of one dimension. Bars start at zero; limits are thin lines; every bar has its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from jsna.charts import barrows, findings, palette
from jsna.charts.barrows import Bar
from jsna.charts.finish import (
    FAR,
    INTERVALS,
    Paint,
    finish,
    limits_of,
    period_words,
    value_table,
)
from jsna.charts.marks import Drawing, Mark, footnote, otherwise, rows_of
from jsna.charts.shown import Shown
from jsna.model.indicators import Chart
from jsna.view import words
from jsna.view.groups import apart_from_few
from jsna.view.neighbours import standing

#: Most localities drawn as bars on one page.
MOST: Final = 40


def localities(shown: Shown, chart: Chart, said: str = "") -> Drawing | None:
    """Localities from highest to lowest, the home area above them, the country as a line.

    Args:
        shown, chart: what is drawn.
        said: what else is to be said under it.
    """
    period = shown.latest(chart.by)
    marks = shown.marks_by_area(shown.local_codes, period)
    if not period or not marks:
        return None
    marks = ranked(marks)
    counts = shown.indicator.kind.adds_up
    home = shown.one(shown.home, period)
    country = shown.national(period)
    reference = country if country.shown else home
    rows, cut = _ends([Bar(mark) for mark in marks])
    if home.key and not counts:  # a count's total would dwarf its parts
        rows.insert(0, Bar(home, palette.NAVY, bold=True, space=6))
    line = country if country.key else None
    title = (
        findings.categories(shown, shown.localities, marks)
        if counts
        else findings.places(shown, marks, reference)
    )
    first = [home] if rows[0].mark is home else []
    last = [country] if country.key else []
    return finish(
        partial(barrows.draw, shown, rows, line, None),
        shown,
        chart,
        title=title,
        place=f"{shown.places} of {shown.home_name}",
        period=period_words(shown, period),
        kind=f"Bar chart of {words.small(len(marks))} {shown.places}",
        table=value_table(shown, words.upper_first(shown.places), [*first, *marks, *last]),
        note=(said, cut, *_note(rows, far=not counts)),
    )


def peers(shown: Shown, chart: Chart) -> Drawing | None:
    """The home area among its statistical neighbours, the country as a line."""
    codes = [place.code for place in shown.config.area.neighbours]
    period = shown.latest_beside([*codes, *filter(None, [shown.country])])
    home = shown.home_as_others(period)
    neighbours = shown.marks_by_area(codes, period)
    country = shown.national(period, home)
    if not period or not (neighbours or country.key):
        return None
    order = ranked([home, *neighbours])
    rows = [Bar(m, palette.NAVY, bold=True) if m is home else Bar(m) for m in order]
    among = standing(home.row, rows_of(neighbours)) if home.row else None
    usual = among.usual if among else None
    line = country if country.key else None
    last = [country] if country.key else []
    several = f"{words.small(len(neighbours))} similar areas"
    return finish(
        partial(barrows.draw, shown, rows, line, usual),
        shown,
        chart,
        title=findings.peers(shown, home, neighbours, country),
        place=f"{home.label} and {several}" if neighbours else home.label,
        period=period_words(shown, period),
        kind=f"Bar chart of {home.label} and {several}",
        table=value_table(shown, "Area", [*order, *last]),
        note=(
            *_note(rows),
            f"{words.upper_first(barrows.USUAL)}: where another area like these lies as a rule."
            if usual
            else "",
            otherwise([home, *neighbours], "Similar areas"),
            shown.as_published(home),
        ),
    )


def comparison(shown: Shown, marks: Sequence[Mark]) -> Paint:
    """The home area, similar areas and the country as bars: a trend of one period."""
    colours = [palette.NAVY, *[palette.GREY] * len(marks)]
    rows = [Bar(m, c, bold=m.code == shown.home) for m, c in zip(marks, colours, strict=False)]
    return partial(barrows.draw, shown, rows, None, None)


def categories(shown: Shown, chart: Chart) -> Drawing | None:
    """Categories of one dimension in the home area, with the country's value as a diamond."""
    (dimension,) = chart.by
    period = shown.latest(chart.by)
    marks = shown.marks_by_category(dimension, shown.home, period)
    if not period or not marks:
        return None
    if shown.config.dimension(dimension).order == "value":
        marks = ranked(marks)
    country = shown.beside(dimension, marks, period)
    dots = {mark.code: mark for mark in country}
    _, away = apart_from_few(rows_of(marks), shown.indicator)
    few = [mark for mark in marks if mark.row in away]
    drawn = [mark for mark in marks if mark.row not in away]
    rows = [Bar(mark, palette.NAVY, dot=dots.get(mark.code)) for mark in drawn]
    called = words.dimension_words(dimension, shown.config)
    return finish(
        partial(barrows.draw, shown, rows, None, None),
        shown,
        chart,
        title=findings.categories(shown, dimension, marks),
        place=shown.home_name,
        period=period_words(shown, period),
        kind=f"Bar chart by {called}",
        table=value_table(shown, words.upper_first(called), marks, country),
        note=(*_note(rows), _left_out(few), shown.without(dimension, marks, period)),
    )


def _left_out(few: Sequence[Mark]) -> str:
    """Names the groups that are in the table alone."""
    if not few:
        return ""
    what = "a very small group, is" if len(few) == 1 else "very small groups, are"
    return f"{words.join([mark.label for mark in few])}, {what} in the table alone."


def ranked(marks: Sequence[Mark]) -> list[Mark]:
    """From highest to lowest; those without a number last, by name."""
    return sorted(marks, key=lambda m: (not m.shown, -m.value if m.shown else 0.0, m.label))


def _ends(rows: list[Bar]) -> tuple[list[Bar], str]:
    """The highest and the lowest where there are too many for a page, and the note that says so."""
    if len(rows) <= MOST:
        return rows, ""
    half = MOST // 2 - 2
    above, below = rows[:half], rows[-half:]
    above[-1] = replace(above[-1], space=10)
    return [*above, *below], (
        f"The {words.small(half)} at either end are drawn; all are in the open data."
    )


def _note(rows: Sequence[Bar], *, far: bool = False) -> Sequence[str]:
    marks = [bar.mark for bar in rows]
    drawn = limits_of(marks)
    return INTERVALS if drawn else "", FAR if drawn and far else "", footnote(marks)

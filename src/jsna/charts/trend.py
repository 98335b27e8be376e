"""Change over time: the home area with its 95% band, similar areas and the country.

Line style, marker and a direct label tell the series apart beside colour. A line breaks where a
period is missing; a hidden value of the home area is a word above its period, as any mark there
could be taken for a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from jsna.charts import bars, lines, overhead, palette, years
from jsna.charts.finish import Paint, finish, limits_of, span
from jsna.charts.marks import NOTHING, Cell, Drawing, footnote
from jsna.charts.series import Series, breaking, doubted
from jsna.charts.shown import Shown, told
from jsna.model.indicators import Chart
from jsna.view import words
from jsna.view.rows import Row

#: What is said under a figure with a number in doubt.
DOUBT: Final = "Hollow point: a published figure in doubt, of which no change is told."
#: What is said under a figure with a break.
BREAK: Final = (
    "Dashed line: break in the series. What lies on either side was counted in another way and is "
    "not compared."
)


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
        paint: Paint = bars.comparison(shown, marks)
        kind = "Bar chart"
    else:
        paint = partial(lines.draw, shown, every, periods)
        kind = f"Line chart, {span(shown, periods)}"
    rows = [
        (words.period_label(period, shown.period_type),
         [Cell(series.marks.get(period, NOTHING).key) for series in every])
        for period in periods
    ]  # fmt: skip
    marks = [mark for series in every for mark in series.marks.values()]
    band = limits_of(list(home.marks.values()))
    return finish(
        paint,
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
            DOUBT if doubted(home) and len(periods) > 1 else "",
            _jumps(shown, home),
            BREAK if breaking(every) and len(periods) > 1 else "",
            _marked(shown, periods) if len(periods) > 1 else "",
            shown.as_published(published.get(last, NOTHING)),
            footnote(marks),
        ),
    )


def _marked(shown: Shown, periods: Sequence[str]) -> str:
    """What the council marks, in words, for who does not see the line."""
    events = "; ".join(one.marked for one in overhead.happened(shown, periods))
    return f"Dotted line: {events}." if events else ""


def _jumps(shown: Shown, home: Series) -> str:
    """That changes several times over are to be confirmed, of which no title tells."""
    rows = {period: mark.row for period, mark in sorted(home.marks.items())}
    jumps = [period for period, row in rows.items() if row is not None and row.jumped]
    if not jumps:
        return ""
    when = ", ".join(f"in {words.period_label(one, shown.period_type)}" for one in jumps)
    return f"To be confirmed: the sudden change {when}."


def spoken(rows: Sequence[Row]) -> tuple[str, str]:
    """The first and the last period of which rows tell something; "" of none."""
    periods = [row.period for row in rows if told(row)]
    return min(periods, default=""), max(periods, default="")


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
            first, last = spoken(rows)
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

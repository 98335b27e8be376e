"""A small trend for each group on one scale, so that paths can be told apart that would tangle.

Each panel has the group's own line and, thinner, what it is set beside: of categories the
country's, of places the whole area's. How it is drawn is in `charts.panels`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from jsna.charts import moves, palette, panels
from jsna.charts.dates import FEWEST, dated
from jsna.charts.dots import Pair
from jsna.charts.finish import finish, limits_of, span
from jsna.charts.marks import NOTHING, Cell, Drawing, Mark, footnote
from jsna.charts.panels import Panel
from jsna.charts.series import Series, breaking
from jsna.charts.shown import Shown
from jsna.charts.trend import spoken
from jsna.model.hierarchies import PLACES
from jsna.model.indicators import Chart
from jsna.view import words
from jsna.view.rows import Row

#: Most panels of a figure, and fewest periods that are a path.
MOST: Final = 20
PERIODS: Final = 3
#: Groups that never reach this share of the highest figure are a flat line on one scale.
SEEN: Final = 0.1
GAP: Final = (
    "Where a line has a gap there is no figure, or what lies on either side was counted in "
    "another way and is not compared."
)


def draw(shown: Shown, chart: Chart) -> Drawing | None:
    """The figure; None where there are not two groups with three periods to compare."""
    (dimension,) = chart.by
    found = dated(shown, dimension)
    if found is None:
        return None
    own = {pair.other.code: _marks(shown, dimension, pair.other.code) for pair in found.every}
    periods = sorted({period for marks in own.values() for period in marks})
    drawn, flat = _seen(found.drawn, own)
    if len(periods) < PERIODS or len(drawn) > MOST:
        return None
    _, without = found.note
    beside, name = _beside(shown, dimension, [] if without else list(own), periods)
    made = [
        Panel(
            pair.name,
            Series(pair.name, palette.NAVY, palette.NAVY, (), 2.2, "circle", own[pair.other.code]),
            Series(name, palette.DARK, palette.DARK, (2, 2), 1.4, "triangle",
                   beside.get(pair.other.code, {})),
        )
        for pair in drawn
    ]  # fmt: skip
    every = [mark for marks in own.values() for mark in marks.values()]
    called = words.dimension_words(dimension, shown.config)
    who = f"Each {called}" if dimension in PLACES else shown.home_name
    names = [who, name] if any(panel.beside.shown for panel in made) else []
    gaps = any(breaking([panel.own]) or panel.gaps(periods) for panel in made)
    return finish(
        partial(panels.draw, shown, made, periods, names),
        shown,
        chart,
        title=moves.than(shown, dimension, drawn),
        place=f"{shown.home_name} by {called}",
        period=span(shown, periods),
        kind=f"Small line charts on one scale, one for each {called}, {span(shown, periods)}",
        table=_table(shown, dimension, periods, [(p.name, p.other.code) for p in found.every],
                     own, beside, name),
        note=(
            "Shaded: 95% interval." if limits_of(every) else "",
            GAP if gaps else "",
            *found.note,
            flat,
            footnote(every),
        ),
        of=len(periods) - 1,
    )  # fmt: skip


def _seen(
    pairs: Sequence[Pair], own: Mapping[str, Mapping[str, Mark]]
) -> tuple[Sequence[Pair], str]:
    """The groups whose path can be seen on one scale, and what names the others."""
    high = {
        pair.other.code: max((abs(m.value) for m in own[pair.other.code].values() if m.shown),
                             default=0.0)
        for pair in pairs
    }  # fmt: skip
    least = max(high.values(), default=0.0) * SEEN
    kept = [pair for pair in pairs if high[pair.other.code] >= least or not pair.other.shown]
    few = [pair.name for pair in pairs if pair not in kept]
    if not few or sum(pair.whole for pair in kept) < FEWEST:
        return pairs, ""
    who = f"The other {words.small(len(few))}" if len(few) > panels.NAMED else words.join(few)
    are = "is" if len(few) == 1 else "are"
    return kept, f"{who} {are} in the table alone, too small for this scale."


def _marks(shown: Shown, dimension: str, code: str) -> dict[str, Mark]:
    """A group's marks by period, of those of which something is told."""
    label = shown.label(dimension, code)
    rows = [row for row in shown.select([dimension]) if row.code(dimension) == code]
    first, last = spoken(rows)
    return {row.period: shown.mark(row, code, label) for row in rows if first <= row.period <= last}


def _beside(
    shown: Shown, dimension: str, codes: Sequence[str], periods: Sequence[str]
) -> tuple[dict[str, dict[str, Mark]], str]:
    """What the panels are set beside, by group and period, and its name."""

    def of(rows: Sequence[Row], name: str) -> dict[str, Mark]:
        return {
            row.period: shown.mark(row, row.area_code, name)
            for row in rows
            if row.period in periods
        }

    if dimension in PLACES:
        whole = of(shown.select(), shown.home_name) if not shown.indicator.kind.adds_up else {}
        return dict.fromkeys(codes, whole), shown.home_name
    rows = shown.select([dimension], areas=[shown.country]) if shown.country else []
    by_code = {
        code: of([row for row in rows if row.code(dimension) == code], shown.country_name)
        for code in codes
    }
    return by_code, shown.country_name


def _table(
    shown: Shown,
    dimension: str,
    periods: Sequence[str],
    named: Sequence[tuple[str, str]],
    own: dict[str, dict[str, Mark]],
    beside: dict[str, dict[str, Mark]],
    name: str,
) -> tuple[Sequence[str], list[tuple[str, list[Cell]]]]:
    """A row for each group and, below it, for the country; for the whole area one at the end."""
    called = words.upper_first(words.dimension_words(dimension, shown.config))
    rows: list[tuple[str, list[Cell]]] = []

    def add(label: str, marks: dict[str, Mark]) -> None:
        if any(mark.key for mark in marks.values()):
            rows.append((label, [Cell(marks.get(period, NOTHING).key) for period in periods]))

    for label, code in named:
        add(label, own[code])
        if dimension not in PLACES:
            add(f"{label}: {name}", beside.get(code, {}))
    if dimension in PLACES:
        add(name, next(iter(beside.values()), {}))
    return (called, *(words.period_label(one, shown.period_type) for one in periods)), rows

"""Two figures of each group as two dots on one row: of two dates, or of two groups.

By one dimension the dots are of the first and the latest period that may be compared; by two they
are of the two categories the second one has. The dots differ in shape as well as in place, and
every one has its number in a column before them. How it is drawn is in `charts.dots`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from jsna.charts import dots, moves
from jsna.charts.dates import FEWEST, MOST, apart, dated
from jsna.charts.dots import Pair
from jsna.charts.finish import finish, period_words, span
from jsna.charts.marks import Cell, Drawing, Mark, footnote
from jsna.charts.shown import Shown
from jsna.model.hierarchies import PLACES
from jsna.model.indicators import Chart
from jsna.view import words


def draw(shown: Shown, chart: Chart) -> Drawing | None:
    """The figure; None where there are not two of each to set beside one another."""
    return _dates(shown, chart) if len(chart.by) == 1 else _groups(shown, chart)


def _dates(shown: Shown, chart: Chart) -> Drawing | None:
    (dimension,) = chart.by
    found = dated(shown, dimension)
    if found is None:
        return None
    there = any(pair.beside.key for pair in found.every)
    called = words.dimension_words(dimension, shown.config)
    when = [words.period_label(one, shown.period_type) for one in (found.first, found.last)]
    return finish(
        partial(dots.draw, shown, found.drawn, [f"In {one}" for one in when]),
        shown,
        chart,
        title=moves.since(shown, dimension, found.drawn),
        place=shown.home_name,
        period=span(shown, [found.first, found.last]),
        kind=f"Two dots for each {called}, in {when[0]} and in {when[1]}",
        table=_table(
            words.upper_first(called), [*when, shown.country_name] if there else when, found.every
        ),
        note=(
            dots.SAID,
            *found.note,
            footnote([m for pair in found.every for m in (pair.one, pair.other)]),
        ),
        of=1,
    )


def _groups(shown: Shown, chart: Chart) -> Drawing | None:
    down, across = chart.by
    period = shown.latest(chart.by)
    marks: dict[tuple[str, str], Mark] = {}
    for row in shown.select(chart.by, period=period):
        code = row.code(down)
        marks[code, row.code(across)] = shown.mark(row, code, shown.label(down, code))
    rows, groups = (
        words.category_order(name, list(dict.fromkeys(pair[at] for pair in marks)), shown.config)
        for at, name in enumerate(chart.by)
    )
    if len(groups) != 2 or not 2 <= len(rows) <= MOST:
        return None
    pairs = [
        Pair(
            shown.label(down, code),
            *(
                marks.get((code, group), Mark("", code, shown.label(down, code)))
                for group in groups
            ),
        )
        for code in rows
    ]
    if down in PLACES or shown.config.dimension(down).order == "value":
        pairs.sort(key=lambda pair: (not pair.one.shown, -pair.one.rounded, pair.name))
    if sum(pair.whole for pair in pairs) < FEWEST:
        return None
    drawn, few = apart(shown, pairs)
    names = [shown.label(across, group) for group in groups]
    told = [words.title_label(across, code, name, shown.config)
            for code, name in zip(groups, names, strict=True)]  # fmt: skip
    called = words.dimension_words(down, shown.config)
    return finish(
        partial(dots.draw, shown, drawn, names),
        shown,
        chart,
        title=moves.between(shown, down, drawn, told),
        place=f"{shown.home_name} by {called} and {words.dimension_words(across, shown.config)}",
        period=period_words(shown, period),
        kind=f"Two dots for each {called}: {words.join(told)}",
        table=_table(words.upper_first(called), names, pairs),
        note=(dots.SAID, few, footnote([m for pair in pairs for m in (pair.one, pair.other)])),
    )


def _table(
    first: str, names: Sequence[str], pairs: Sequence[Pair]
) -> tuple[Sequence[str], list[tuple[str, list[Cell]]]]:
    rows = [
        (pair.name, [Cell(mark.key) for mark in (pair.one, pair.other, pair.beside)[: len(names)]])
        for pair in pairs
    ]
    return (first, *names), rows

"""Two figures of each group as two dots on one row: of two dates, or of two groups.

By one dimension the dots are of the first and the latest period that may be compared; by two they
are of the two categories the second one has. The dots differ in shape as well as in place, and
every one has its number in a column before them. How it is drawn is in `charts.dots`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from jsna.charts import dots, moves
from jsna.charts.dots import Pair
from jsna.charts.finish import finish, period_words, span
from jsna.charts.marks import Cell, Drawing, Mark, footnote, rows_of
from jsna.charts.shown import Shown
from jsna.model.hierarchies import PLACES, THREE_YEARS
from jsna.model.indicators import Chart
from jsna.view import series, words
from jsna.view.groups import apart_from_few
from jsna.view.rows import Row

#: Most rows of a figure.
MOST: Final = 40
#: Fewer pairs with both numbers are no figure.
FEWEST: Final = 2
#: What stands for a figure that is counted in another way than the one beside it.
APART: Final = "not compared"


def draw(shown: Shown, chart: Chart) -> Drawing | None:
    """The figure; None where there are not two of each to set beside one another."""
    return _dates(shown, chart) if len(chart.by) == 1 else _groups(shown, chart)


def _dates(shown: Shown, chart: Chart) -> Drawing | None:
    (dimension,) = chart.by
    last = shown.latest(chart.by)
    by_code: dict[str, list[Row]] = {}
    for row in shown.select(chart.by):
        by_code.setdefault(row.code(dimension), []).append(row)
    codes = words.category_order(dimension, list(by_code), shown.config)
    first = _first(by_code, last)
    if not first or shown.period_type == THREE_YEARS or len(codes) > MOST:
        return None
    pairs = [
        Pair(
            shown.label(dimension, code), *_both(shown, dimension, code, by_code[code], first, last)
        )
        for code in codes
        if any(row.period == last for row in by_code[code])
    ]
    if dimension in PLACES or shown.config.dimension(dimension).order == "value":
        pairs.sort(key=lambda pair: (not pair.other.shown, -pair.other.rounded, pair.name))
    there = () if dimension in PLACES else shown.beside(dimension, [p.other for p in pairs], last)
    if there:
        pairs = [replace(pair, beside=one) for pair, one in zip(pairs, there, strict=True)]
    drawn, few = _apart(shown, pairs)
    called = words.dimension_words(dimension, shown.config)
    apart = (
        [] if dimension in PLACES else [shown.without(dimension, [p.other for p in pairs], last)]
    )
    when = [words.period_label(one, shown.period_type) for one in (first, last)]
    return finish(
        partial(dots.draw, shown, drawn, [f"In {one}" for one in when]),
        shown,
        chart,
        title=moves.since(shown, dimension, drawn),
        place=shown.home_name,
        period=span(shown, [first, last]),
        kind=f"Two dots for each {called}, in {when[0]} and in {when[1]}",
        table=_table(
            words.upper_first(called), [*when, shown.country_name] if there else when, pairs
        ),
        note=(
            dots.SAID,
            few,
            *apart,
            footnote([m for pair in pairs for m in (pair.one, pair.other)]),
        ),
        of=1,
    )


def _first(by_code: dict[str, list[Row]], last: str) -> str:
    """The period the latest is set beside: of those that most may be compared with the earliest."""
    found: dict[str, int] = {}
    for rows in by_code.values():
        alike = series.sound(rows)
        if alike and alike[-1].period == last:
            for row in alike[:-1]:
                found[row.period] = found.get(row.period, 0) + 1
    best = min(found, key=lambda period: (-found[period], period), default="")
    return best if found.get(best, 0) >= FEWEST else ""


def _both(
    shown: Shown, dimension: str, code: str, rows: Sequence[Row], first: str, last: str
) -> tuple[Mark, Mark]:
    """The marks of the two periods; no number of the first where the two are not to be compared."""
    label = shown.label(dimension, code)
    now = next(shown.mark(row, code, label) for row in rows if row.period == last)
    then = next((shown.mark(row, code, label) for row in rows if row.period == first), None)
    if then is None:
        return Mark("", code, label), now
    alike = {row.period for row in series.sound(rows)}
    if then.shown and now.shown and not {first, last} <= alike:
        return Mark("", code, label, text=APART), now
    return then, now


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
    drawn, few = _apart(shown, pairs)
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


def _apart(shown: Shown, pairs: Sequence[Pair]) -> tuple[list[Pair], str]:
    """Those that are drawn, and what names very small groups, which are in the table alone."""
    every = rows_of([pair.other for pair in pairs])
    _, away = apart_from_few(every, shown.indicator)
    few = [pair for pair in pairs if pair.other.row in away]
    left = [pair for pair in pairs if pair not in few]
    if not few or sum(pair.whole for pair in left) < FEWEST:
        return [*pairs], ""
    what = "a very small group, is" if len(few) == 1 else "very small groups, are"
    said = f"{words.join([pair.name for pair in few])}, {what} in the table alone."
    return left, said


def _table(
    first: str, names: Sequence[str], pairs: Sequence[Pair]
) -> tuple[Sequence[str], list[tuple[str, list[Cell]]]]:
    rows = [
        (pair.name, [Cell(mark.key) for mark in (pair.one, pair.other, pair.beside)[: len(names)]])
        for pair in pairs
    ]
    return (first, *names), rows

"""Two figures of each group side by side: of two dates, or of two groups.

By one dimension they are of the first and the latest period that may be compared; by two they are
of the two categories the second one has. They are drawn as dots on a row, as lines from one date
to the other, or as a pyramid; every one has its number where no mark lies.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from jsna.charts import dots, moves, pyramid, slope
from jsna.charts.canvas import Canvas
from jsna.charts.dates import FEWEST, MOST, apart, dated
from jsna.charts.dots import Pair
from jsna.charts.finish import INTERVALS, finish, limits_of, period_words, span
from jsna.charts.marks import Cell, Drawing, Mark, footnote
from jsna.charts.shown import Shown
from jsna.model.hierarchies import PLACES
from jsna.model.indicators import Chart
from jsna.view import words


@dataclass(frozen=True, slots=True)
class How:
    """How pairs are drawn.

    Attributes:
        paint: draws them under the names of the two, at a width.
        kind: what the image is, before what the pairs are of.
        said: how it is read.
        limits: whether 95% limits are drawn.
    """

    paint: Callable[[Shown, Sequence[Pair], Sequence[str], float], Canvas]
    kind: str
    said: str
    limits: bool = False


DOTS: Final = How(dots.draw, "Two dots for each", dots.SAID)
PYRAMID: Final = How(pyramid.draw, "Pyramid, bars to both sides of each", pyramid.SAID, limits=True)

SLOPE: Final = How(slope.draw, "Lines from one date to the other, one for each", slope.SAID)


def draw(how: How, shown: Shown, chart: Chart) -> Drawing | None:
    """The figure; None where there are not two of each to set beside one another."""
    return (_dates if len(chart.by) == 1 else _groups)(how, shown, chart)


def _dates(how: How, shown: Shown, chart: Chart) -> Drawing | None:
    (dimension,) = chart.by
    found = dated(shown, dimension)
    if found is None:
        return None
    there = any(pair.beside.key for pair in found.every)
    called = words.dimension_words(dimension, shown.config)
    when = [words.period_label(one, shown.period_type) for one in (found.first, found.last)]
    return finish(
        partial(how.paint, shown, found.drawn, [f"In {one}" for one in when]),
        shown,
        chart,
        title=moves.since(shown, dimension, found.drawn),
        place=shown.home_name,
        period=span(shown, [found.first, found.last]),
        kind=f"{how.kind} {called}, in {when[0]} and in {when[1]}",
        table=_table(
            words.upper_first(called), [*when, shown.country_name] if there else when, found.every
        ),
        note=(
            how.said,
            *found.note,
            footnote([m for pair in found.every for m in (pair.one, pair.other)]),
        ),
        of=1,
    )


def _groups(how: How, shown: Shown, chart: Chart) -> Drawing | None:
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
    every = [mark for pair in pairs for mark in (pair.one, pair.other)]
    return finish(
        partial(how.paint, shown, drawn, names),
        shown,
        chart,
        title=moves.between(shown, down, drawn, told),
        place=f"{shown.home_name} by {called} and {words.dimension_words(across, shown.config)}",
        period=period_words(shown, period),
        kind=f"{how.kind} {called}: {words.join(told)}",
        table=_table(words.upper_first(called), names, pairs),
        note=(
            how.said,
            INTERVALS if how.limits and limits_of(every) else "",
            few,
            footnote(every),
        ),
    )


def _table(
    first: str, names: Sequence[str], pairs: Sequence[Pair]
) -> tuple[Sequence[str], list[tuple[str, list[Cell]]]]:
    rows = [
        (pair.name, [Cell(mark.key) for mark in (pair.one, pair.other, pair.beside)[: len(names)]])
        for pair in pairs
    ]
    return (first, *names), rows

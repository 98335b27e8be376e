"""Sentences about two sources of the same thing: what each says, and where they differ most."""

from __future__ import annotations

from collections.abc import Sequence

from jsna.model.hierarchies import PLACES
from jsna.model.indicators import Indicator
from jsna.report.deprivation import label
from jsna.report.marks import percent_of
from jsna.report.narrative import Sentence, say, value
from jsna.view import words
from jsna.view.rows import Measures, Row


def sentences(view: Measures, indicator: Indicator) -> list[Sentence]:
    """What each source says of the whole, and the category in which they differ most.

    A difference of two sources is no finding about children, and none of these is called clear.
    """
    row = view.latest(indicator.id)
    made = [_each(view, indicator, row)] if row is not None and row.shown else []
    furthest = (_furthest(view, indicator, dims) for dims in indicator.breakdowns)
    return [sentence for sentence in (*made, *furthest) if sentence is not None]


def _each(view: Measures, indicator: Indicator, row: Row) -> Sentence | None:
    """`“Plans in SEN2” has 12,560 and “Plans in the census” 12,345: the first is 101.7% of it.`"""
    shown = []
    for name in indicator.refers_to:
        found, declared = view.at(name, row.area_code, row), view.declared(name)
        if found is None or declared is None or not found.shown:
            return None
        shown.append((found, declared))
    (one, first), (other, second) = shown
    text = say(
        "“{}” gives {} and “{}” {}",
        first.title, value(one, first), second.title, value(other, second),
    )  # fmt: skip
    if other.value:
        text += say("; the first is {} of the second", percent_of(one, other))
    return Sentence(text + ".", "breakdown")


def _furthest(view: Measures, indicator: Indicator, dims: Sequence[str]) -> Sentence | None:
    """Where they differ most, of the categories of one dimension; None where they all agree."""
    rows = view.breakdown(indicator.id, dims)
    ranked = sorted((row for row in rows if row.shown), key=lambda row: (-abs(row.value), row.key))
    if len(dims) != 1 or len(ranked) < 2 or abs(ranked[0].value) == abs(ranked[1].value):
        return None
    most, dimension = ranked[0], dims[0]
    code = most.code(dimension)
    place = dimension in PLACES
    named = words.area_label(code, view.config) if place else label(dimension, code, view)
    by = words.dimension_words(dimension, view.config)
    among = "of those shown " if any(row.hidden for row in rows) else ""
    text = say("By {}, they differ {}most for {} ({}).", by, among, named, value(most, indicator))
    return Sentence(text, "breakdown")

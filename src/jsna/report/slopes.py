"""Sentences about slope and relative index by the groups of a breakdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from jsna.model.hierarchies import PLACES
from jsna.model.indicators import Indicator
from jsna.report.deprivation import MOST_NAMED, label
from jsna.report.narrative import Sentence, join, say, value
from jsna.view import words
from jsna.view.comparison import Verdict, from_none
from jsna.view.rows import Measures, Row

#: What is said of groups by the verdict about the gap between the two ends of their lines.
_SAID: Final[Sequence[tuple[Verdict, str]]] = (
    ("higher", "the more deprived clearly have more among {}"),
    ("lower", "the more deprived clearly have less among {}"),
    ("similar", "there is no clear gradient among {}"),
)


def sentences(view: Measures, indicator: Indicator) -> list[Sentence]:
    """In which groups of each breakdown there is a gradient, as false discovery control leaves."""
    made = (_of(view, indicator, dims) for dims in indicator.breakdowns)
    return [sentence for sentence in made if sentence is not None]


def _of(view: Measures, indicator: Indicator, dims: Sequence[str]) -> Sentence | None:
    rows = view.breakdown(indicator.id, dims)
    assert indicator.kind.no_difference is not None
    verdicts = from_none(rows, indicator.kind.no_difference)
    parts, clear = [], False
    for verdict, text in _SAID:
        mine = [row for row, found in zip(rows, verdicts, strict=True) if found == verdict]
        if mine:
            clear |= verdict != "similar"
            parts.append(say(text, _named(mine, dims, view, indicator)))
    if not parts:
        return None
    by = words.join([words.dimension_words(d, view.config) for d in dims])
    return Sentence(say("By {}, {}.", by, Markup("; ").join(parts)), "breakdown", clear)


def _named(
    rows: Sequence[Row], dims: Sequence[str], view: Measures, indicator: Indicator
) -> Markup:
    """`“autism” (4.1) and “speech” (3.2)`, the widest gaps first; of many those and how many."""
    shown = sorted(rows, key=lambda row: (-abs(row.value), row.key))
    named: list[Markup | str] = [
        say("{} ({})", words.join([_label(row, d, view) for d in dims]), value(row, indicator))
        for row in (shown if len(shown) <= MOST_NAMED + 1 else shown[:MOST_NAMED])
    ]
    rest = len(shown) - len(named)
    return join([*named, f"{words.small(rest)} others"] if rest else named)


def _label(row: Row, dimension: str, view: Measures) -> str:
    code = row.code(dimension)
    if dimension in PLACES:
        return words.area_label(code, view.config)
    return label(dimension, code, view)

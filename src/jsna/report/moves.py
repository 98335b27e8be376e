"""Sentences about what became of those in each category: shares of a later state, and moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jsna.model.indicators import Indicator
from jsna.report.deprivation import MOST_NAMED
from jsna.report.narrative import Sentence, join, say, value, when
from jsna.view import words
from jsna.view.rows import Measures, Row

#: States now of which each has its sentence; of more the others are in tables alone.
MOST_SAID: Final = 4


def sentences(view: Measures, indicator: Indicator) -> list[Sentence]:
    """What became of those in each state, of every breakdown by the two states alone.

    How many went where is complete, and no share is set beside another: nothing is judged.
    """
    made: list[Sentence] = []
    for dims in indicator.breakdowns:
        if len(dims) == 2:
            of = _shares if indicator.kind.of_one_whole else _moves
            made += of(view, indicator, dims)
    return made


def _shares(view: Measures, indicator: Indicator, dims: Sequence[str]) -> list[Sentence]:
    """`Of pupils with SEN support in January 2024, a year later 78.2% were in “SEN support” …`"""
    later = next(name for name in dims if name in indicator.over)
    now = next(name for name in dims if name != later)
    rows = view.breakdown(indicator.id, dims)
    made: list[Sentence] = []
    for code in words.category_order(now, [row.code(now) for row in rows], view.config):
        own = [row for row in rows if row.code(now) == code]
        if (parts := _ranked(own)) and len(made) < MOST_SAID:
            text = say(
                "Of {}{}, a year later{} {} were in {}",
                _those(view, indicator, now, code),
                "" if made else f" {when(parts[0])}",
                ", of the figures shown," if any(row.hidden for row in own) else "",
                value(parts[0], indicator),
                _label(view, later, parts[0]),
            )
            rest = [say("{} in {}", value(r, indicator), _label(view, later, r)) for r in parts[1:]]
            text = join([text, *rest]) if rest else text
            made.append(Sentence(text + ".", "breakdown"))
    return made


def _moves(view: Measures, indicator: Indicator, dims: Sequence[str]) -> list[Sentence]:
    """`The largest moves in the year after were from “SEN support” to “… plan” (120) …`"""
    now, later = dims
    rows = view.breakdown(indicator.id, dims)
    moved = [row for row in rows if row.code(now) != row.code(later)]
    largest = _ranked(moved)
    if not largest:
        return []
    named = [
        say("from {} to {} ({})", _label(view, now, r), _label(view, later, r), value(r, indicator))
        for r in largest
    ]
    shown = " shown" if any(row.hidden for row in moved) else ""
    text = say("The largest moves{} in the year after were {}.", shown, join(named))
    return [Sentence(text, "breakdown")]


def _ranked(rows: Sequence[Row]) -> list[Row]:
    """The largest figures that are shown, and none of nobody."""
    shown = [row for row in rows if row.shown and row.value > 0]
    return sorted(shown, key=lambda row: (-row.value, row.key))[:MOST_NAMED]


def _label(view: Measures, dimension: str, row: Row) -> str:
    return f"“{words.category_label(dimension, row.code(dimension), view.config)}”"


def _those(view: Measures, indicator: Indicator, dimension: str, code: str) -> str:
    """Who is in a state now: "pupils with SEN support", "pupils in “SEN support”"."""
    if (spoken := view.config.dimension(dimension).spoken.get(code)) is not None:
        return spoken
    return f"{indicator.phrase} in “{words.category_label(dimension, code, view.config)}”"

"""Further measures of a topic, one line each: value, number, England, rank."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from jsna.model.indicators import Indicator
from jsna.report.comparing import compared
from jsna.report.marks import cell
from jsna.report.narrative import say, when
from jsna.report.standings import cells, same
from jsna.report.topics.saying import further
from jsna.view import words
from jsna.view.rows import Measures

#: Cell of what there is none of.
_NONE: Final = "–"
#: Lines of one topic.
MOST: Final = 6


@dataclass(frozen=True, slots=True)
class Lines:
    """The table of a topic's further measures, and sentences on those that are no one figure."""

    header: tuple[str, ...]
    rows: tuple[tuple[Markup | str, ...], ...]
    sentences: tuple[Markup, ...]

    def __bool__(self) -> bool:
        return bool(self.rows or self.sentences)


def lines(view: Measures, indicators: Sequence[Indicator]) -> Lines:
    """One line for each further measure with a figure, columns without any left out."""
    area = view.config.area
    header = ("Measure", "When", area.name, "Number", area.country.name, "Rank")
    rows, sentences, dated = [], [], ""
    for indicator in indicators:
        if indicator.kind.of_one_whole or indicator.derived:
            told = further(view, indicator)
            sentences += [told] if told is not None else []
        elif (found := _line(view, indicator)) is not None:
            rows.append(found[1])
            dated = found[0]
    rows = rows[:MOST]
    if len(rows) == 1:  # no table of one line
        sentences, rows = [_as_sentence(rows[0], dated, header), *sentences], []
    kept = [at for at in range(len(header)) if at < 3 or any(r[at] != _NONE for r in rows)]
    return Lines(
        tuple(header[at] for at in kept),
        tuple(tuple(row[at] for at in kept) for row in rows),
        tuple(sentences),
    )


def _as_sentence(row: Sequence[Markup | str], dated: str, header: Sequence[str]) -> Markup:
    """`EHC plans maintained by the authority: 12,317 in January 2025.`"""
    name, _, home, *others = row
    parts = [
        say("{} {}", head.lower() if head in ("Number", "Rank") else head, one)
        for head, one in zip(header[3:], others, strict=True)
        if one != _NONE
    ]
    return say("{}: {}.", name, Markup("; ").join([say("{} {}", home, dated), *parts]))


def _line(view: Measures, indicator: Indicator) -> tuple[str, tuple[Markup | str, ...]] | None:
    """When it was, as a sentence says it, and the line."""
    row = view.latest(indicator.id)
    if row is None:
        return None
    row = row if row.shown else view.published(row) or row
    country = view.config.area.country.code
    found = compared(view, indicator)
    pair = next((r for c, r, _ in found[1] if c == country), None) if found else None
    if found is not None and pair is not None and found[0].period == row.period:
        row = found[0]
    else:
        pair = None
    if not row.shown:
        return None
    counted = row.unit != "count" and math.isfinite(row.numerator) and not indicator.kind.of_values
    one = view.standings.home(indicator.id)
    return when(row), (
        named(indicator) + (", as published" if view.beside_local(row) else ""),
        words.period_label(row.period, row.period_type),
        cell(row, indicator.decimals),
        cell(row, indicator.decimals, "numerator") if counted else _NONE,
        _NONE if pair is None else cell(pair, indicator.decimals),
        cells(one, indicator)[0] if one is not None and same(one, row) else _NONE,
    )


def named(indicator: Indicator) -> str:
    """A measure in a table: its title with the unit, where the title does not say it."""
    if indicator.unit == "percent":
        return f"{indicator.title}{', %' if indicator.title.endswith(')') else ' (%)'}"
    if indicator.unit.startswith("per_") and " per " not in indicator.title:
        return f"{indicator.title}, {words.UNIT_SUFFIX[indicator.unit].strip()}"
    return indicator.title

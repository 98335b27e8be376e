"""Sentences about what a change comes of: the groups and their figures, or who came and went."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from jsna.model.indicators import Indicator
from jsna.report.marks import limit
from jsna.report.narrative import Sentence, join, say, value
from jsna.view import words
from jsna.view.comparison import from_none
from jsna.view.rows import Measures, Row

#: Part of a change -> what is said that it comes of.
_SAID: Final = {
    "composition": "{} came of a change in the make-up by {}",
    "rates": "{} of changes within its groups",
}


def sentences(view: Measures, indicator: Indicator) -> list[Sentence]:
    """Of how much of the latest change the parts are; further groups are in tables alone."""
    assert indicator.derived is not None
    part = indicator.kind.parts
    rows = {row.code(part): row for row in view.breakdown(indicator.id, (part,)) if row.shown}
    if not set(_SAID) <= set(rows):
        return []
    verdicts = from_none([rows[code] for code in _SAID], 0.0)
    by = words.dimension_words(indicator.derived.along, view.config)
    parts = [
        say(text, _sure(rows[code], indicator, verdict), by)
        for (code, text), verdict in zip(_SAID.items(), verdicts, strict=True)
    ]
    clear = any(verdict in ("higher", "lower") for verdict in verdicts)
    return [Sentence(say("Of this, {}.", join(parts)), "breakdown", clear)]


def flows(view: Measures, indicator: Indicator) -> list[Sentence]:
    """How many of the latest change in a stock joined, left, and came or went as neither."""
    part = indicator.kind.parts
    rows = {row.code(part): row for row in view.breakdown(indicator.id, (part,)) if row.shown}
    if not {"joined", "left", "other"} <= rows.keys():
        return []
    text = "Those who joined add {joined} to it, those who left {left}; {other} is neither."
    said = say(text, **{code: value(row, indicator) for code, row in rows.items()})
    return [Sentence(said, "breakdown")]


def _sure(row: Row, indicator: Indicator, verdict: str) -> Markup:
    """`0.3 percentage points (95% interval 0.1 to 0.5)`; where it may be none, that is said."""
    shown = value(row, indicator)
    if row.limits() is None:
        return shown
    low, high = (
        limit(row, indicator.decimals, field, unit=False) for field in ("lower_95", "upper_95")
    )
    end = "; not clear" if verdict == "similar" else ""
    return say("{} (95% interval {} to {}{})", shown, low, high, end)

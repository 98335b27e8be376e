"""The sentence that tells in which bands of a number most lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jsna.measures.methods import proportion_wilson
from jsna.model.indicators import Indicator
from jsna.report.groups import with_value
from jsna.report.marks import mark
from jsna.report.narrative import Sentence, join, say
from jsna.view import words
from jsna.view.rows import Measures, Row

#: Bands that are named; more are no answer to where most lie.
_MOST: Final = 3


def where_most(
    view: Measures, indicator: Indicator, dimension: str, rows: Sequence[Row]
) -> Sentence | None:
    """The fewest bands beside each other in which clearly more than half lie.

    More than half is clear where the lower 95 % limit of the share of all of them is. Hidden bands
    are in no run, and what lies in others is true whatever they hold.

    Returns:
        None where it takes too many bands, or figures are in doubt or their counts rounded.
    """
    if any(view.rounded(row) or row.doubted for row in rows):
        return None
    codes = words.category_order(dimension, [row.code(dimension) for row in rows], view.config)
    by_code = {row.code(dimension): row for row in rows}
    # A band between two others in which nobody is has a row of its own, as every code has one.
    run = _shortest([by_code[code] for code in codes])
    if not run:
        return None
    named = [with_value(row, dimension, view, indicator) for row in run]
    declared = view.config.dimension(dimension)
    where = f"{words.small(len(run))} adjoining {declared.many}"
    where = f"one {declared.one}" if len(run) == 1 else where
    text = "Most {} were in {}: {}, of {} in all."
    return Sentence(
        say(text, indicator.phrase, where, join(named), mark(run[0], 0, "denominator")),
        "breakdown",
        True,
    )


def _shortest(rows: Sequence[Row]) -> Sequence[Row]:
    """The shortest run of rows with clearly more than half; of several, that with the most."""
    for length in range(1, _MOST + 1):
        runs = [rows[start : start + length] for start in range(len(rows) - length + 1)]
        clear = [run for run in runs if _clear(run)]
        if clear:
            return max(clear, key=lambda run: sum(row.numerator for row in run))
    return []


def _clear(run: Sequence[Row]) -> bool:
    if not all(row.shown for row in run):
        return False
    (found,) = proportion_wilson([sum(row.numerator for row in run)], [run[0].denominator]).lower
    return bool(found > 1 / 2)

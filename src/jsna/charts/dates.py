"""The first and the latest figure of each group, of two dates that may be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from jsna.charts.dots import Pair
from jsna.charts.marks import Mark, rows_of
from jsna.charts.shown import Shown
from jsna.model.hierarchies import PLACES, THREE_YEARS
from jsna.view import series, words
from jsna.view.groups import apart_from_few
from jsna.view.rows import Row

#: Most groups of a figure.
MOST: Final = 40
#: Fewer pairs with both numbers are no figure.
FEWEST: Final = 2
#: Which share of the most that any period has is enough of them to go back to it.
NEARLY: Final = 0.9
#: What stands for a figure that is counted in another way than the one beside it.
APART: Final = "not compared"


@dataclass(frozen=True, slots=True)
class Dated:
    """The groups of a dimension at two dates, in the order they are drawn.

    Attributes:
        every: all of them, for the table.
        drawn: without very small groups.
        note: what is to be said of those that are not drawn, and of the country.
        first, last: the two periods.
    """

    every: Sequence[Pair]
    drawn: Sequence[Pair]
    note: tuple[str, str]
    first: str
    last: str


def dated(shown: Shown, dimension: str) -> Dated | None:
    """The groups at the first and the latest date; None where there are not two to compare."""
    last = shown.latest([dimension])
    by_code: dict[str, list[Row]] = {}
    for row in shown.select([dimension]):
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
    drawn, few = apart(shown, pairs)
    without = ""
    if dimension not in PLACES:
        without = shown.without(dimension, [p.other for p in pairs], last)
    return Dated(pairs, drawn, (few, without), first, last)


def _first(by_code: dict[str, list[Row]], last: str) -> str:
    """The period the latest is set beside: the earliest that nearly as many have as have any."""
    found: dict[str, int] = {}
    for rows in by_code.values():
        alike = series.sound(rows)
        if alike and alike[-1].period == last:
            for row in alike[:-1]:
                found[row.period] = found.get(row.period, 0) + 1
    most = max(found.values(), default=0)
    enough = [period for period in found if found[period] >= max(FEWEST, most * NEARLY)]
    return min(enough, default="")


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


def apart(shown: Shown, pairs: Sequence[Pair]) -> tuple[list[Pair], str]:
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

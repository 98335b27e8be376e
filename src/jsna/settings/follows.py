"""What an indicator need not say, in words: who is counted, and its definition.

Both are made of its table, its condition and its kind. What cannot be put into words is "", and
whoever declares the indicator says it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from jsna.model.asked import Asked, asked, counted
from jsna.model.indicators import Indicator, Side
from jsna.model.kinds import MEDIAN
from jsna.model.tables import AnalysisTable
from jsna.settings.dimensions import Categories
from jsna.tables.catalogue import CATALOGUE

_ARTICLE: Final = re.compile(r"^(an?|the) ")
#: What a row also says stands after a comma, and is no part of who is counted.
_BESIDE: Final = ", and whether "


def population(indicator: Indicator, categories: Categories) -> str:
    """Every row that is counted, or of which a part is."""
    side = counted(indicator)
    table = CATALOGUE.get(side.table) if side is not None else None
    if side is None or table is None:
        return ""
    which = _conditions(side, table, categories)
    if which is None:
        return ""
    once = ", each child once" if side.count == "persons" else ""
    return f"Every {_row(table)}{f' for which {which}' if which else ''}{once}."


def definition(indicator: Indicator, categories: Categories) -> str:
    """What is worked out of the rows that are counted."""
    side, kind = indicator.numerator, indicator.kind
    table = CATALOGUE.get(side.table) if side is not None else None
    every = population(indicator, categories).removesuffix(".")
    if side is None or table is None or not every or kind.moves:
        return ""
    every = f"{every[:1].lower()}{every[1:]}"
    if kind.of_waits and indicator.percentile == MEDIAN:
        return (
            f"The time after which half of the waits had ended, of {every}. Those still waiting "
            "are counted for as long as they have waited."
        )
    what = next((name for asks, name in _OF_A_COLUMN if asks(indicator)), "")
    if what:
        column = indicator.values if kind.of_values else side.count
        known = every.replace(f" for which {called(table, column)} is", " for which it is")
        return f"The {what} of {called(table, column)} over {known}."
    if kind.of_one_whole:
        return f"Those in each category, out of {every}."
    if kind.inside:
        part = _conditions(side, table, categories, _of_the_whole(indicator))
        return f"Those for which {part}, out of {every}." if part else ""
    if kind.is_count and not kind.sums and side.count == "rows":
        return f"How many there are, counting {every}."
    return ""


#: What is asked of an indicator -> what it is of a column.
_OF_A_COLUMN: Final[tuple[tuple[Callable[[Indicator], bool], str], ...]] = (
    (lambda one: one.kind.sums, "sum"),
    (lambda one: one.kind.amounts, "mean"),
    (lambda one: one.kind.of_values and one.percentile == MEDIAN, "median"),
)


def _of_the_whole(indicator: Indicator) -> tuple[Asked, ...]:
    """What is asked of the whole that a part is of."""
    whole = indicator.denominator
    return (asked(whole.where) or ()) if whole is not None else ()


def called(table: AnalysisTable, name: str) -> str:
    """A column as readers are told it: “weekly cost”."""
    column = table.columns.get(name)
    said = (column.description if column is not None else "") or name.replace("_", " ")
    # An abbreviation keeps its capitals.
    first = said[:1] if said[1:2].isupper() else said[:1].lower()
    return f"“{first}{said[1:]}”"


def _row(table: AnalysisTable) -> str:
    return _ARTICLE.sub("", table.row.partition(_BESIDE)[0])


def _conditions(
    side: Side, table: AnalysisTable, categories: Categories, already: tuple[Asked, ...] = ()
) -> str | None:
    """What is asked of a row; "" where nothing is, None where it cannot be put into words.

    Args:
        side, table, categories: of the indicator.
        already: what need not be said again.
    """
    parts = asked(side.where)
    if parts is None or any(one.column not in table.columns for one in parts):
        return None
    said = [_said(one, table, categories) for one in parts if one not in already]
    *others, last = said or [""]
    return f"{', '.join(others)}{' and ' if others else ''}{last}"


def _said(one: Asked, table: AnalysisTable, categories: Categories) -> str:
    if one.what != "code":
        return f"{called(table, one.column)} is {one.what}"
    listed = categories.listed.get(one.column)
    label = listed.codes.get(one.code, one.code) if listed is not None else one.code
    return f"{called(table, one.column)} is “{label}”"

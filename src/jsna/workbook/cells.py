"""What stands in a cell for a number of a measure: the number as it is printed, or shorthand."""

from __future__ import annotations

import math
from typing import Final

from jsna.view.rows import Row
from jsna.view.words import SYMBOLS, rounded, vanishes
from jsna.workbook.book import Cell

_COUNTS: Final = ("numerator", "denominator")
#: Methods whose figures have no limits: complete counts, and what is worked out from places.
_WITHOUT_LIMITS: Final = frozenset({
    "count", "sum", "proportion", "stock_flows", "two_sources", "median_of_areas", "pooled_areas",
})  # fmt: skip
ABSENT: Final = SYMBOLS["x"]


def cell(row: Row | None, decimals: int, field: str = "value") -> Cell:
    """The number of a field as it is printed; shorthand where there is none to print.

    Args:
        row: the measure; None where there is none.
        decimals: decimals of its indicator; counts have none.
        field: which field of the measure.
    """
    if row is None:
        return ABSENT
    value = getattr(row, field)
    if not math.isfinite(value):
        return _absent(row, field)
    places = 0 if row.unit == "count" or field in _COUNTS else decimals
    if field == "value" and (row.status == "low" or (not row.status and vanishes(value, places))):
        # A number beside which shorthand must stand would be no number.
        return SYMBOLS["low"]
    shown = rounded(value, places)
    return float(shown) if places else int(shown)


def _absent(row: Row, field: str) -> str:
    """Why a number is not there: the status of its measure, or that it has none of this kind."""
    if not row.shown:
        return SYMBOLS.get(row.status, ABSENT)
    limits = field not in (*_COUNTS, "value")
    never = row.method in _WITHOUT_LIMITS if limits else row.unit == "count"
    return SYMBOLS["z"] if never else ABSENT

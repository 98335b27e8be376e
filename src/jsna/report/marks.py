"""The one place where a number from the measure table becomes text in the report.

Every printed number is a `<data>` element that carries the key of its measure and the field
shown, so that an audit can read the report back and compare each with the table.
"""

from __future__ import annotations

import math
from typing import Final

from markupsafe import Markup, escape

from jsna.model.derivation import DIFFERENCES
from jsna.model.schema import MULTIPLIERS
from jsna.view.comparison import estimate, interval_of_difference
from jsna.view.rows import Row
from jsna.view.words import (
    SYMBOLS,
    UNIT_SUFFIX,
    UNIT_WORDS,
    cell_text,
    number,
    percent,
    status_words,
    upper_first,
    value_text,
)

_COUNTS: Final = ("numerator", "denominator")


def mark(row: Row, decimals: int, field: str = "value", *, unit: bool = True) -> Markup:
    """A number of a measure, as prose prints it.

    Args:
        row: the measure.
        decimals: decimals of its indicator; counts have none.
        field: which field of the measure.
        unit: whether the unit follows the number.

    Returns:
        The `<data>` element; where the measure has no value, the words that say why.
    """
    value = getattr(row, field)
    if not math.isfinite(value):
        return Markup(escape(status_words(row.status)))
    if field in _COUNTS:
        return _data(row, field, value, number(value))
    return _data(row, field, value, value_text(value, row.unit, decimals, suffix=unit))


def limit(row: Row, decimals: int, field: str, *, unit: bool = True) -> Markup:
    """A limit of a figure that may be below nought, in prose: one that rounds to nought is 0.0."""
    value = getattr(row, field)
    return _data(row, field, value, number(value, decimals) + UNIT_SUFFIX[row.unit] * unit)


def cell(row: Row, decimals: int, field: str = "value") -> Markup:
    """A number of a measure in a table cell, or the shorthand that stands for it."""
    value = getattr(row, field)
    if field == "value" and not math.isfinite(value):
        return Markup('<span data-measure="{}" data-status="{}">{}</span>').format(
            row.key, row.status, SYMBOLS.get(row.status, "[x]")
        )
    if not math.isfinite(value):
        # No limits or counts beside a visible value: they were not published.
        return Markup(escape(SYMBOLS[row.status] if row.status in SYMBOLS else SYMBOLS["x"]))
    if field in _COUNTS:
        return _data(row, field, value, number(value))
    if field != "value":  # a limit that rounds to zero is no finding
        return _data(row, field, value, number(value, 0 if row.unit == "count" else decimals))
    return _data(row, field, value, cell_text(value, row.status, row.unit, decimals))


def difference(row: Row, less: Row, decimals: int) -> Markup:
    """`−0.2 to 2.1 percentage points`: the 95 % interval of one figure less another."""
    return _interval(row, interval_of_difference(row, less), decimals, "difference", less.key)


def gap(row: Row, limits: tuple[float, float], decimals: int) -> Markup:
    """`−0.2 to 2.1 percentage points`: limits of the gap between the ends of a line.

    Args:
        row: the most deprived group, from which on the line is laid through all there are.
        limits: of the most deprived end less the least.
    """
    return _interval(row, limits, decimals, "gap")


def _interval(
    row: Row, limits: tuple[float, float], decimals: int, field: str, over: str = ""
) -> Markup:
    """Two limits worked out from figures, with the unit of a difference of two."""
    pieces = (
        Markup('<span data-measure="{}" data-field="{}_{}" data-over="{}">{}</span>').format(
            row.key, field, end, over, number(value, decimals)
        )
        for end, value in zip(("low", "high"), limits, strict=True)
    )
    return Markup(" to ").join(pieces) + UNIT_SUFFIX[DIFFERENCES.get(row.unit, row.unit)]


def usual(row: Row, ends: tuple[float, float], decimals: int) -> Markup:
    """`14.1% to 33.0%`: between what a figure like this one lies among its neighbours."""
    unit = "%" if row.unit == "percent" else ""
    pieces = (
        Markup('<span data-measure="{}" data-field="usual_{}">{}</span>{}').format(
            row.key, end, number(value, decimals), unit
        )
        for end, value in zip(("low", "high"), ends, strict=True)
    )
    return Markup(" to ").join(pieces)


def percent_of(row: Row, whole: Row) -> Markup:
    """`98.3%`: one figure as a percentage of another."""
    return Markup(
        '<span data-measure="{}" data-field="percent_of" data-over="{}">{}</span>'
    ).format(row.key, whole.key, percent(100 * row.value / whole.value))


def rest(row: Row) -> Markup:
    """`1,422`: how many of those a share is of are not in it."""
    return _keyed(row, "rest", number(row.denominator - row.numerator))


def excess(row: Row, other: Row) -> Markup:
    """`490`: how many more or fewer are counted than there would be at another area's rate."""
    apart = abs(estimate(row) - estimate(other))
    many = apart * row.denominator / MULTIPLIERS[row.unit]
    return _keyed(row, "excess", number(many), other.key)


def _keyed(row: Row, field: str, text: str, over: str = "") -> Markup:
    """A number worked out from a figure, or from two."""
    return Markup('<span data-measure="{}" data-field="{}" data-over="{}">{}</span>').format(
        row.key, field, over, text
    )


def unit_words(unit: str) -> str:
    """How a column of such values is headed: "%", "per 100", "Ratio", "Number"."""
    return UNIT_SUFFIX[unit].strip() or upper_first(UNIT_WORDS[unit])


def _data(row: Row, field: str, value: float, text: str) -> Markup:
    raw = repr(int(value)) if float(value).is_integer() else repr(float(value))
    return Markup('<data value="{}" data-measure="{}" data-field="{}">{}</data>').format(
        raw, row.key, field, text
    )

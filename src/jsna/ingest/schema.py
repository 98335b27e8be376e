"""What the declaration of a column refuses in typed cells, as rows and rules.

The declaration is the contract of a validated table: empty cells, code lists, shapes, bounds; types
are those it was read by. Every check is of a whole column at once, and tells which rule failed in
which rows, never what stands there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jsna.model.contract import LARGEST, NEVER, Column, Context, Table
from jsna.shared import patterns
from jsna.shared.checks import arrow

#: Codes listed in a message at most; a longer list is named instead.
_LISTED = 20
_KINDS = {
    "date": "a date such as 05/03/2024, 2024-03-05 or 5 Mar 2024, and a day that exists",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false (or 1 or 0)",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule about one column, and the rows (positions) that break it."""

    column: Column
    kind: str
    rows: np.ndarray[Any, Any]


def findings(
    table: Table,
    typed: pd.DataFrame,
    context: Context,
    unreadable: Mapping[str, np.ndarray[Any, Any]],
) -> list[Finding]:
    """Every cell that breaks the contract, by column in declared order and then by rule.

    Args:
        table: the declaration.
        typed: frame indexed 0 to n - 1, unreadable cells empty.
        context: gives the code lists.
        unreadable: field -> where cells could not be read, which is not the same as empty.
    """
    found = []
    for column in table.columns:
        values = arrow(typed[column.field])
        failed = dict(_failed(column, values, context))
        unread = unreadable.get(column.field)
        if unread is not None:
            failed["type"] = np.flatnonzero(unread)
        if not column.nullable and values.null_count:
            empty = np.asarray(values.is_null())
            failed["missing"] = np.flatnonzero(empty if unread is None else empty & ~unread)
        found += [Finding(column, kind, failed[kind]) for kind in sorted(failed)]
    return [one for one in found if len(one.rows)]


def _failed(
    column: Column, values: pa.Array[Any], context: Context
) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    """Rules about the filled cells of a column, and the rows that break each."""
    if column.codes is not None:
        codes = sorted(context.codelists.get(column.codes, frozenset()))
        known = pc.is_in(values, value_set=pa.array([*codes, None], pa.string()))
        yield "code", _where_not(known)
    if column.pattern is not None:
        yield "shape", _where_not(pc.match_substring_regex(values, f"^({column.pattern})$"))
    if column.minimum is not None or column.maximum is not None:
        low = -np.inf if column.minimum is None else column.minimum
        high = np.inf if column.maximum is None else column.maximum
        inside = pc.and_(pc.greater_equal(values, low), pc.less_equal(values, high))
        yield "range", _where_not(inside)
    if column.type in ("integer", "number"):
        # Infinite is what a number of 400 digits is read as.
        least, most = -_size(column.minimum), _size(column.maximum)
        usual = pc.and_(pc.greater(values, least), pc.less(values, most))
        yield "size", _where_not(usual)


def _where_not(answers: pa.Array[Any]) -> np.ndarray[Any, Any]:
    """Positions of the cells a rule fails; an empty one passes."""
    found: np.ndarray[Any, Any] = np.flatnonzero(~np.asarray(pc.fill_null(answers, True)))
    return found


def _size(bound: float | None) -> float:
    """What a number stays below on a side, whatever bound is declared of it."""
    return LARGEST if bound is None else NEVER


def in_words(column: Column, kind: str, context: Context) -> str:
    """The rule a cell broke, in words an analyst acts on. Never holds a value of the data."""
    name = repr(column.name)
    if kind == "missing":
        return f"{name} must not be empty"
    if kind == "type":
        marks = ", with or without £, % and commas between thousands" if column.marked else ""
        return f"{name} must be {_KINDS[column.type]}{marks}"
    if kind == "code":
        codes = sorted(context.codelists.get(str(column.codes), frozenset()))
        listed = ", ".join(codes) if len(codes) <= _LISTED else f"{len(codes)} codes"
        listed += "".join(f", or {text} for {code}" for text, code in column.spellings)
        return f"{name} must be a code of the list {column.codes!r} ({listed})"
    if kind == "range":
        if column.maximum is None:
            return f"{name} must be {column.minimum:g} or more"
        if column.minimum is None:
            return f"{name} must be {column.maximum:g} or less"
        return f"{name} must be from {column.minimum:g} to {column.maximum:g}"
    if kind == "size":
        most = min(_size(column.minimum), _size(column.maximum))
        return f"{name} must be below {most:,.0f} in size, or is a slip"
    shape = patterns.WORDS.get(str(column.pattern), f"the pattern {column.pattern}")
    return f"{name} must be {shape}"

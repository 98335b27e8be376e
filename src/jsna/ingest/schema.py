"""A pandera schema made from a declaration, and what it finds as rows and rules.

The schema is the contract of a validated table: types, empty cells, code lists, shapes, bounds.
Every check is of a whole column at once, by Arrow. pandera's own error text quotes cells, so it is
never shown, logged or chained: only which rule failed in which rows leaves this module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jsna.ingest.convert import TEXT, dtype
from jsna.model.contract import LARGEST, NEVER, Column, Context, Table
from jsna.shared import patterns
from jsna.shared.checks import arrow

if TYPE_CHECKING:
    import pandera.pandas as pandera

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


def contract(table: Table, context: Context) -> pandera.DataFrameSchema:
    """The schema typed rows of a table must meet to be valid."""
    import pandera.pandas as pandera

    columns = {
        column.field: pandera.Column(
            # Of text pandera looks at every cell; the type of the column itself says as much.
            None if dtype(column) == TEXT else dtype(column),
            nullable=column.nullable,
            checks=list(_checks(column, context)),
            name=column.field,
        )
        for column in table.columns
    }
    return pandera.DataFrameSchema(columns, strict=False, name=table.name)


def _checks(column: Column, context: Context) -> Iterator[pandera.Check]:
    """Rules about the filled cells of a column; an empty one passes."""
    import pandera.pandas as pandera

    def check(name: str, holds: Callable[[pa.Array[Any]], pa.Array[Any]]) -> pandera.Check:
        def asked(values: pd.Series[Any]) -> pd.Series[Any]:
            answers = np.asarray(pc.fill_null(holds(arrow(values)), True))
            return pd.Series(answers, index=values.index)

        # Empty cells have no answer of Arrow's: to leave them out would copy the column.
        return pandera.Check(asked, name=name, ignore_na=False)

    if column.codes is not None:
        codes = sorted(context.codelists.get(column.codes, frozenset()))
        listed = pa.array([*codes, None], pa.string())
        yield check("code", lambda values: pc.is_in(values, value_set=listed))
    if column.pattern is not None:
        pattern = f"^({column.pattern})$"
        yield check("shape", lambda values: pc.match_substring_regex(values, pattern))
    if column.minimum is not None or column.maximum is not None:
        low = -np.inf if column.minimum is None else column.minimum
        high = np.inf if column.maximum is None else column.maximum
        yield check(
            "range",
            lambda values: pc.and_(pc.greater_equal(values, low), pc.less_equal(values, high)),
        )
    if column.type in ("integer", "number"):
        # Infinite is what a number of 400 digits is read as.
        least, most = -_size(column.minimum), _size(column.maximum)
        yield check(
            "size", lambda values: pc.and_(pc.greater(values, least), pc.less(values, most))
        )


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
    import pandera.errors

    assert all(typed[c.field].dtype == TEXT for c in table.columns if dtype(c) == TEXT)
    failed = {(field, "type"): np.flatnonzero(mask) for field, mask in unreadable.items()}
    try:
        contract(table, context).validate(typed, lazy=True)
    except pandera.errors.SchemaErrors as error:
        for (field, check), group in error.failure_cases.groupby(["column", "check"], sort=True):
            kind = "missing" if check == "not_nullable" else str(check)
            rows = np.unique(group["index"].to_numpy(dtype=np.int64))
            if kind == "missing" and field in unreadable:
                rows = rows[~unreadable[field][rows]]
            failed[str(field), kind] = rows
    return [
        Finding(column, kind, failed[column.field, kind])
        for column in table.columns
        for kind in sorted(kind for field, kind in failed if field == column.field)
        if len(failed[column.field, kind])
    ]


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

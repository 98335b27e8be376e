"""From a view to a table: every declared column, in order, with a quantity of the world or filled
rng = stream(seed, extract.name, table.name, column.field, period, *later)
rows = range(begin, begin + view.rows)
values = _unknown(extract, table, column, rows, period, codelists, rng)
drawn.add(column.field)
"""

from __future__ import annotations

import re._parser as sre  # type: ignore[import-not-found]
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from jsna.model.bands import reach
from jsna.model.contract import Column, Extract, Table
from jsna.shared.periods import window
from jsna.shared.random_bands import banded
from jsna.synthetic.draws import stream
from jsna.synthetic.order import put_in_order
from jsna.synthetic.view import View

#: Rows of a block.
BLOCK = 250_000
#: Share of cells left empty in a column nothing is known of that may be empty.
_EMPTY = 0.3
#: How many different texts a column made from its pattern has.
_DISTINCT = 500
ARROW = {
    "string": pa.string(), "code": pa.string(), "integer": pa.int64(), "number": pa.float64(),
    "date": pa.date32(), "boolean": pa.bool_(),
}  # fmt: skip


def blocks(
    extract: Extract,
    table: Table,
    view: View,
    period: str,
    codelists: Mapping[str, Iterable[str]],
    seed: int,
    most: int = BLOCK,
) -> Iterator[pa.Table]:
    """A table in blocks of so many rows at most, one at least; see `fill`."""
    for begin in range(0, max(view.rows, 1), most):
        block = view.block(begin, min(begin + most, view.rows))
        yield fill(extract, table, block, period, codelists, seed, begin)


def fill(
    extract: Extract,
    table: Table,
    view: View,
    period: str,
    codelists: Mapping[str, Iterable[str]],
    seed: int,
    begin: int = 0,
) -> pa.Table:
    """The declared columns of a table, typed, named by field.

    Args:
        extract, table: what is declared.
        view: the rows.
        period: of the delivery.
        codelists: codes by list.
        seed: of the edition.
        begin: how many rows of the table come before these.

    Raises:
        ValueError: the world shows a code the column's list does not have.
    """
    columns, drawn = {}, set()
    later = [str(begin)] if begin else []
    for column in table.columns:
        values = _known(extract, table, column, view, codelists)
        if values is None:
            rng = stream(seed, extract.name, table.name, column.field, period, *later)
            rows = range(begin, begin + view.rows)
            values = _unknown(extract, table, column, rows, period, codelists, rng)
            drawn.add(column.field)
        columns[column.field] = values
    first, last = map(np.datetime64, window(period, extract.period_type))
    order = stream(seed, extract.name, table.name, "order", period, *later)
    put_in_order(table, columns, drawn, (first, last), order)
    return pa.table(columns)


def _known(
    extract: Extract,
    table: Table,
    column: Column,
    view: View,
    codelists: Mapping[str, Iterable[str]],
) -> pa.Array[Any] | None:
    """The quantity the column shows, if the world has it; one it does not name is of its field."""
    quantity = column.quantity or column.field
    if quantity not in view.quantities:
        return None
    values = view.quantities[quantity]()
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if column.codes is not None:
        strange = set(values.unique().drop_null().to_pylist()) - set(codelists[column.codes])
        if strange:
            where = f"{extract.name}.{table.name}.{column.field}"
            raise ValueError(f"{where}: {sorted(strange)} are not in the list {column.codes!r}")
    return values.cast(ARROW[column.type])


def _unknown(
    extract: Extract,
    table: Table,
    column: Column,
    rows: range,
    period: str,
    codelists: Mapping[str, Iterable[str]],
    rng: np.random.Generator,
) -> pa.Array[Any]:
    """Values of the column's type, within what it declares, of rows by their position."""
    numbered = {table.key[0]} if len(table.key) == 1 else set()
    if table.parent is not None:
        numbered.add(table.parent[1])
    if column.field in numbered and column.type in ("string", "integer") and not column.pattern:
        # The key of a table nothing is known of; a row belongs to its parent's row of that number.
        return pa.array(np.arange(rows.start, rows.stop) + 1).cast(ARROW[column.type])
    if [column.field] == list(table.key) and column.pattern:
        return pa.array(_different(column.pattern, len(rows), rng), type=ARROW[column.type])
    values = _drawn(extract, column, len(rows), period, codelists, rng)
    plain = column.type == "string" and column.pattern is None
    empty = (0.95 if plain else _EMPTY) if column.nullable else 0.0
    mask = rng.random(len(rows)) < empty
    return pa.array(values, mask=mask, type=ARROW[column.type])


def _drawn(
    extract: Extract,
    column: Column,
    rows: int,
    period: str,
    codelists: Mapping[str, Iterable[str]],
    rng: np.random.Generator,
) -> Any:
    if column.codes is not None:
        codes = np.array(list(codelists[column.codes]), dtype=object)
        return codes[rng.integers(0, len(codes), rows)]
    if column.type == "boolean":
        return rng.random(rows) < 0.5
    if column.type == "date":
        first, last = window(period, extract.period_type)
        return np.datetime64(first) + rng.integers(0, (last - first).days + 1, rows)
    if column.type in ("integer", "number"):
        low, high = reach(column.minimum, column.maximum, 100.0, column.bands)
        if column.bands:
            return banded(rng, column, low, high, rows)
        if column.type == "integer":
            return rng.integers(int(np.ceil(low)), int(np.floor(high)) + 1, rows)
        # What is marked is money or a percentage.
        decimals = 2 if column.marked else 3
        return np.round(low + rng.random(rows) * (high - low), decimals).clip(low, high)
    pool = ["Synthetic"]
    if column.pattern is not None:
        pool = [_matching(sre.parse(column.pattern), rng) for _ in range(min(rows, _DISTINCT))]
    pool = pool or [""]
    return np.array(pool, dtype=object)[rng.integers(0, len(pool), rows)]


def _different(pattern: str, rows: int, rng: np.random.Generator) -> list[str]:
    """So many texts of a pattern, no two alike: the key of a table nothing is known of."""
    tokens, made = sre.parse(pattern), dict[str, None]()
    for _ in range(20 * rows):
        if len(made) == rows:
            break
        made[_matching(tokens, rng)] = None
    if len(made) < rows:
        raise ValueError(f"too few texts match {pattern}; give the column a quantity")
    return list(made)


def _matching(tokens: Any, rng: np.random.Generator) -> str:
    """A text the parsed regular expression matches, for the plain ones declarations use."""
    return "".join(_token(name, argument, rng) for name, argument in tokens)


def _token(name: Any, argument: Any, rng: np.random.Generator) -> str:
    kind = str(name)
    if kind == "LITERAL":
        return chr(argument)
    if kind in ("MAX_REPEAT", "MIN_REPEAT"):
        low, high, inner = argument
        times = int(rng.integers(low, min(int(high), low + 8) + 1))
        return "".join(_matching(inner, rng) for _ in range(times))
    if kind == "SUBPATTERN":
        return _matching(argument[-1], rng)
    if kind == "BRANCH":
        return _matching(argument[1][int(rng.integers(len(argument[1])))], rng)
    if kind == "IN":
        options = "".join(_members(*member) for member in argument)
        return options[int(rng.integers(len(options)))]
    if kind == "AT":
        return ""
    raise ValueError(f"patterns with {kind} cannot be filled; give the column a quantity")


def _members(name: Any, argument: Any) -> str:
    """Characters of one member of a class such as `[A-Z\\d_]`."""
    kind = str(name)
    if kind == "LITERAL":
        return chr(argument)
    if kind == "RANGE":
        return "".join(chr(c) for c in range(argument[0], argument[1] + 1))
    if kind == "CATEGORY" and str(argument) == "CATEGORY_DIGIT":
        return "0123456789"
    raise ValueError(f"classes with {kind} cannot be filled; give the column a quantity")

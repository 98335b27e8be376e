"""Values that were drawn apart, put into the order that rules of their table ask for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jsna.model.contract import Column, Table
from jsna.synthetic.draws import Days, Floats, Ints

#: Decimals of a number that is drawn.
_DECIMALS: Final = 3


def put_in_order(
    table: Table,
    columns: dict[str, pa.Array[Any]],
    drawn: Collection[str],
    days: tuple[np.datetime64, np.datetime64],
    rng: np.random.Generator,
) -> None:
    """Draw anew, in place, values that break an order a rule asks for (`Rule.ordered`).

    Of two days it is the later one, of two numbers the one that may not be the greater; what the
    world shows stands, and the other gives way.

    Args:
        table: the declaration.
        columns: its columns by field.
        drawn: fields of which nothing is known, so that they were drawn.
        days: first and last day of the period.
        rng: random numbers of this alone; none are used where no order is broken.
    """
    asked = [rule.fields for rule in table.rules if rule.ordered and {*rule.fields} & {*drawn}]
    # What is drawn anew for one rule may break another: a chain of them settles in as many rounds.
    for _ in asked:
        for lower, upper in asked:
            broken = np.flatnonzero(pc.less(columns[upper], columns[lower]).fill_null(False))
            if len(broken) == 0:
                continue
            is_day = table.column(lower).type == "date"
            up = upper in drawn and (is_day or lower not in drawn)
            name, other = (upper, lower) if up else (lower, upper)
            bounds = columns[other].take(pa.array(broken)).to_numpy(zero_copy_only=False)
            share = rng.random(len(broken))
            column = table.column(name)
            made = _days(bounds, days, up, share) if is_day else _numbers(bounds, column, up, share)
            columns[name] = _replaced(columns[name], broken, made)


def _days(
    bounds: Days, days: tuple[np.datetime64, np.datetime64], up: bool, share: Floats
) -> pa.Array[Any]:
    """Days from a bound of each until the end of the period, or back to its beginning."""
    bounds = bounds.astype("datetime64[D]")
    room = (days[1] - bounds if up else bounds - days[0]).astype(np.int64)
    moved = np.floor(share * (np.maximum(room, 0) + 1)).astype("timedelta64[D]")
    return pa.array(bounds + moved if up else bounds - moved, pa.date32())


def _numbers(bounds: Floats, column: Column, up: bool, share: Floats) -> pa.Array[Any]:
    """Numbers from a bound of each up to the greatest there may be, or down to the least."""
    end = column.maximum if up else column.minimum
    found = bounds + share * ((bounds if end is None else float(end)) - bounds)
    # Away from no bound: a digit that is left out must not break the order again.
    away = np.ceil if up else np.floor
    if column.type == "integer":
        return pa.array(away(found).astype(np.int64))
    return pa.array(away(found * 10**_DECIMALS) / 10**_DECIMALS)


def _replaced(values: pa.Array[Any], places: Ints, made: pa.Array[Any]) -> pa.Array[Any]:
    mask = np.zeros(len(values), dtype=bool)
    mask[places] = True
    return pc.replace_with_mask(values, pa.array(mask), made)

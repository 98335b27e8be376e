"""A view: rows of a table, and what is known of them by quantity, given when asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from jsna.synthetic.draws import Bools, Days, Labels

#: Gives an Arrow array, one value a row.
Quantity: TypeAlias = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class View:
    """Rows of one table: how many, and what is known of them by quantity."""

    rows: int
    quantities: dict[str, Quantity]


def day(days: Days) -> Quantity:
    """Days; empty where not a time."""
    return lambda: pa.array(days, type=pa.date32())


def code(labels: Labels) -> Quantity:
    """Codes; empty where ""."""
    return lambda: pa.array(labels, mask=labels == "", type=pa.string())


def flag(values: Bools) -> Quantity:
    """Indicators."""
    return lambda: pa.array(values)


def where_known(values: pa.Array[Any], known: Bools) -> pa.Array[Any]:
    """Values, empty where they are not known."""
    return pc.if_else(pa.array(known), values, pa.scalar(None, values.type))

"""A view: rows of a table, and what is known of them by quantity, given when asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

#: Gives an Arrow array, one value a row.
Quantity: TypeAlias = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class View:
    """Rows of one table: how many, and what is known of them by quantity."""

    rows: int
    quantities: dict[str, Quantity]

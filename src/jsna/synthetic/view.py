"""A view: rows of a table, and what is known of them by quantity, given when asked for.

Rows are shown in blocks, so that no more than a block of a table is ever held as it is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from jsna.synthetic.draws import Bools

#: Gives an Arrow array, one value a row.
Quantity: TypeAlias = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class View:
    """Rows of one table: how many, and what is known of them by quantity.

    Attributes:
        rows: how many.
        quantities: of all of them.
        some: gives those of some rows, where making less is less work; else they are cut out.
    """

    rows: int
    quantities: dict[str, Quantity]
    some: Callable[[slice], dict[str, Quantity]] | None = None

    def block(self, begin: int, end: int) -> View:
        """The rows from one position to before another."""
        if (begin, end) == (0, self.rows):
            return self
        if self.some is not None:
            return View(end - begin, self.some(slice(begin, end)))
        cut: dict[str, Quantity] = {
            name: partial(_cut, of, begin, end) for name, of in self.quantities.items()
        }
        return View(end - begin, cut)


def _cut(of: Quantity, begin: int, end: int) -> Any:
    return of()[begin:end]


def where_known(values: pa.Array[Any], known: Bools) -> pa.Array[Any]:
    """Values, empty where they are not known."""
    return pc.if_else(pa.array(known), values, pa.scalar(None, values.type))

"""Who came since a period before: those on a later roll, less those who were followed into it.

A table of persons followed into the next period (`shared/followed.py`) counts how many have a state
then. Each of them is one of the later period's rows with that state, and the rest came since: no
row counts them, and everybody gets them by subtraction. So the later count is the sum of those
followed, however they are split, and of a derived cell, which is protected like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from jsna.disclosure.ledger.families import Derived, Sum, nested
from jsna.model.cells import PERIOD, Cell, make
from jsna.model.hierarchies import later
from jsna.model.tables import Followed
from jsna.tables.catalogue import followed

#: Rounding of sums of whole numbers.
_CLOSE: Final = 1e-6


def arrivals(cells: Mapping[Cell, int], values: Sequence[float]) -> Iterator[Sum]:
    """Every later count as the sum of those followed into it and of those who came.

    Where somebody's lasting characteristics were recorded otherwise a year before, more may be
    followed than there are; that says nothing.

    Args:
        cells: cell -> its number.
        values: count of each number.
    """
    said = {name: followed(name) for name in {cell.table for cell in cells}}
    moved = [
        (cell, then) for cell in cells for one in said[cell.table] if (then := _then(cell, one))
    ]
    for whole, number in cells.items():
        levels: dict[tuple[str, ...], list[Cell]] = {}
        for cell, then in moved if said[whole.table] else ():
            if nested(then, whole):
                levels.setdefault(tuple(column for column, _ in cell.box), []).append(cell)
        for columns, found in levels.items():
            parts = _apart(found)
            left = values[number] - sum(values[cells[part]] for part in parts)
            members: list[int | Derived] = [*sorted(cells[part] for part in parts)]
            if left > _CLOSE:
                codes = frozenset().union(*(codes for part in parts for _, codes in part.box))
                members.append(Derived(whole, f"before: {'+'.join(columns)}", codes, True, left))
            if left >= -_CLOSE:
                yield number, tuple(members)


def _then(cell: Cell, said: Followed) -> Cell | None:
    """The rows of the later period that the persons of a cell are among; None where they are not.

    All that is known of them then is their state, and what lasts.
    """
    states, periods = cell.codes(said.column), cell.codes(PERIOD)
    # A year that is counted twice is another count than the rows of the year after.
    plain = periods is not None and not any("," in period for period in periods)
    if states is None or periods is None or said.gone in states or not plain:
        return None
    if cell.what not in ("rows", "persons"):
        return None
    lasting = {column: codes for column, codes in cell.box if column in said.lasting}
    then = frozenset(later(period, 1) for period in periods)
    return make(cell.table, cell.what, {**lasting, said.of: states, PERIOD: then})


def _apart(cells: Sequence[Cell]) -> list[Cell]:
    """Cells of the same columns no two of which share a row, the finest first."""
    chosen: list[Cell] = []
    for cell in sorted(
        cells, key=lambda one: (sum(len(codes) for _, codes in one.box), one.text())
    ):
        if all(_disjoint(cell, other) for other in chosen):
            chosen.append(cell)
    return chosen


def _disjoint(one: Cell, other: Cell) -> bool:
    return any(a.isdisjoint(b) for (_, a), (_, b) in zip(one.box, other.box, strict=True))

"""Under which header of a file each declared column stands, and how sure that is.

Names and cells both speak: a header like a column's name below which stands something else is not
that column. A key is never guessed. What says which row, person or place a row belongs to is taken
only under a header that is its own, since a wrong one puts a child's records on another child.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from jsna.drafting.cells import Cells
from jsna.ingest.header import joins, plain
from jsna.model.contract import Column, Table
from jsna.receiving.alike import likeness
from jsna.receiving.fits import Held, share

Sure = Literal["given", "certain", "likely", "asked", "missing"]
#: From which likeness of a name, cells allowing, a column is taken, and from which it is asked.
LIKELY, POSSIBLE = 0.82, 0.6
#: By how much it must be more like than the next header.
APART: Final = 0.08
#: Share of cells that must fit; below the second they are something else.
FITS, OTHER = 0.9, 0.5
#: Headers that are told of where only the cells speak for them.
MOST: Final = 3


@dataclass(frozen=True, slots=True)
class Placed:
    """Where one declared column stands.

    Attributes:
        column: the declaration.
        cells: what stands below its header; None where no header is taken.
        sure: how sure that is.
        alike: of the header's name, 0 to 1.
        fits: share of the cells that can be the column's; None where they say nothing.
        among: headers it may be, where it is asked about.
    """

    column: Column
    cells: Cells | None
    sure: Sure
    alike: float = 0.0
    fits: float | None = None
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pair:
    column: Column
    cells: Cells
    alike: float
    fits: float | None

    @property
    def worth(self) -> float:
        """Likeness of the name, less what the cells speak against it."""
        return self.alike - (0.0 if self.fits is None else 0.3 * (1 - self.fits))

    @property
    def other(self) -> bool:
        """Whether the cells are something else than the column's."""
        return self.fits is not None and self.fits < OTHER


def place(
    table: Table, every: Sequence[Cells], held: Held, given: Mapping[str, str]
) -> list[Placed]:
    """Where each declared column stands, in the order of the declaration.

    Args:
        table: the declaration.
        every: the columns of the file.
        held: the codes there are.
        given: field -> header, as somebody has said.
    """
    free = {one.key: one for one in every if one.key}
    found: dict[str, Placed] = {}
    for column in table.columns:
        if column.field in given:
            cells = free.pop(plain(given[column.field]), None)
            fits = None if cells is None else share(cells, column, held)
            found[column.field] = Placed(column, cells, "given" if cells else "missing", 1.0, fits)
    pairs = [
        _Pair(column, cells, likeness(cells.header, column), share(cells, column, held))
        for column in table.columns
        if column.field not in found
        for cells in free.values()
        if likeness(cells.header, column) >= POSSIBLE
    ]
    pairs = [pair for pair in pairs if not pair.other or pair.alike == 1.0]
    taken: set[str] = set()
    for pair in sorted(pairs, key=lambda one: (-one.worth, one.column.field, one.cells.key)):
        name = pair.column.field
        if name in found or pair.cells.key in taken:
            continue
        sure = _sure(pair, pairs, table, taken)
        if sure != "asked":
            found[name] = Placed(pair.column, pair.cells, sure, pair.alike, pair.fits)
            taken.add(pair.cells.key)
    for column in table.columns:
        if column.field not in found:
            left = [cells for key, cells in free.items() if key not in taken]
            found[column.field] = _left(column, pairs, left, held)
    return [found[column.field] for column in table.columns]


def _sure(pair: _Pair, pairs: Sequence[_Pair], table: Table, taken: set[str]) -> Sure:
    if pair.other:
        return "asked"
    if pair.alike == 1.0:
        return "certain"
    if joins(pair.column, table) or pair.alike < LIKELY:
        return "asked"
    if pair.fits is not None and pair.fits < FITS:
        return "asked"
    rivals = [
        one.worth
        for one in pairs
        if one is not pair
        and (one.column is pair.column) != (one.cells is pair.cells)
        and one.cells.key not in taken
    ]
    close = max(rivals, default=0.0) > pair.worth - APART
    return "asked" if close else "likely"


def _left(column: Column, pairs: Sequence[_Pair], left: Sequence[Cells], held: Held) -> Placed:
    """A column no header is taken for: those it may be, by their names or by what they hold."""
    keys = {cells.key for cells in left}
    near = sorted(
        (pair for pair in pairs if pair.column is column and pair.cells.key in keys),
        key=lambda one: (-one.worth, one.cells.key),
    )
    if near:
        best = near[0]
        among = [one.cells.header for one in near[:3]]
        return Placed(column, None, "asked", best.alike, best.fits, tuple(among))
    among = [cells.header for cells in left if _holds(cells, column, held)]
    if 0 < len(among) <= MOST:
        return Placed(column, None, "asked", among=tuple(among))
    return Placed(column, None, "missing")


def _holds(cells: Cells, column: Column, held: Held) -> bool:
    """Whether the cells alone, under whatever header, look like the column's."""
    telling = column.type in ("date", "code") or column.identifier or column.pattern
    fits = share(cells, column, held) if telling and cells.is_header else None
    return fits is not None and fits >= FITS

"""Counts of one table laid out in places, so that several may hold what none holds alone."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from jsna.model.cells import Cell, Codes, make

#: Stands for every code of a column that no cell names, and for none.
_OTHER: Final = "\x00any other"
#: A column that is none: it tells the cells that a shape is of.
_TOGETHER: Final = "(together)"

#: A code of each column.
Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Union:
    """Counts that share no row, as one.

    Attributes:
        cell: what they are together.
        wholes: the counts.
        rows: where their rows are …
        places: … among these.
    """

    cell: Cell
    wholes: tuple[Cell, ...]
    rows: frozenset[Place]
    places: Places

    def holds(self, cell: Cell) -> bool:
        """Whether every row of a cell is one of theirs."""
        alike = (cell.table, cell.what) == (self.cell.table, self.cell.what)
        return alike and self.places.of(cell) <= self.rows


class Places:
    """Every combination of codes of some columns.

    Args:
        columns: the columns.
        cells: whose codes tell places apart; where one leaves a column free, it has all of them.
    """

    def __init__(self, columns: Collection[str], cells: Iterable[Cell]) -> None:
        self._every: dict[str, Codes] = {c: frozenset({_OTHER}) for c in sorted(columns)}
        for cell in cells:
            for column, codes in cell.box:
                if column in self._every:
                    self._every[column] |= codes
        self._of: dict[Cell, frozenset[Place]] = {}

    def of(self, cell: Cell) -> frozenset[Place]:
        """Where rows of a cell may be, by what these columns say."""
        if cell not in self._of:
            sets = [cell.codes(column) or every for column, every in self._every.items()]
            self._of[cell] = frozenset(itertools.product(*sets))
        return self._of[cell]

    def cover(self, cell: Cell, among: Sequence[Cell]) -> frozenset[Cell]:
        """Cells that share no row and hold all of one; none if they do not.

        Those that split it finest are tried first, then the widest.
        """
        wanted = self.of(cell)
        touching = sorted(
            (one for one in among if not wanted.isdisjoint(self.of(one))),
            key=lambda one: (len(self.of(one)), one.text()),
        )
        for some in (touching, touching[::-1]):
            taken: set[Place] = set()
            chosen = []
            for one in some:
                if taken.isdisjoint(self.of(one)):
                    taken |= self.of(one)
                    chosen.append(one)
            if wanted <= taken:
                return frozenset(chosen)
        return frozenset()

    def union(self, wholes: Collection[Cell]) -> Union | None:
        """Cells as one; None where they share a row.

        It is a cell of theirs where codes of its columns describe it, and else a shape.
        """
        places: frozenset[Place] = frozenset().union(*map(self.of, wholes))
        if sum(len(self.of(one)) for one in wholes) != len(places):
            return None
        first = next(iter(wholes))
        box: dict[str, Codes] = {}
        for column in self._every:
            sets = [one.codes(column) for one in wholes]
            if None not in sets:
                box[column] = frozenset().union(*(codes for codes in sets if codes is not None))
        cell = make(first.table, first.what, box)
        if self.of(cell) != places:
            texts = frozenset(one.label() for one in wholes)
            cell = make(first.table, first.what, {**box, _TOGETHER: texts})
        return Union(cell, tuple(sorted(wholes, key=Cell.text)), places, self)


def is_shape(cell: Cell) -> bool:
    """Whether it stands for several counts that no codes describe; it adds up to nothing else.

    Girls with SEN support and everyone with a plan are one.
    """
    return cell.codes(_TOGETHER) is not None


def joined(covers: Sequence[frozenset[Cell]]) -> Iterator[frozenset[Cell]]:
    """Sets of cells put together wherever two share one."""
    found: list[frozenset[Cell]] = []
    for cover in covers:
        apart = [one for one in found if one.isdisjoint(cover)]
        found = [*apart, cover.union(*(one for one in found if not one.isdisjoint(cover)))]
    yield from found

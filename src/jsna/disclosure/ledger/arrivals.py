"""Who came since a period before: those on a later roll, less those who were followed into it.

A table of persons followed into the next period (`shared/followed.py`) counts how many have a state
then. Each of them is one of the later period's rows with that state, and the rest came since: no
row counts them, and everybody gets them by subtraction. So the later count is the sum of those
followed, however they are split, and of a derived cell, which is protected like any other. Where
no later count holds those followed, several may together: 124 with SEN support and 91 with a plan
hold 212 who were followed into one of the two, and 3 came.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from jsna.disclosure.ledger.families import Derived, Sum, apart, disjoint, nested
from jsna.disclosure.ledger.links import REST
from jsna.model.cells import PERIOD, Cell, Codes, make
from jsna.model.hierarchies import later
from jsna.model.tables import Followed
from jsna.tables.catalogue import followed

#: Rounding of sums of whole numbers.
_CLOSE: Final = 1e-6

#: Those followed, split alike, each with the later rows they are among.
_Level = list[tuple[Cell, Cell]]


def arrivals(cells: Mapping[Cell, int], values: Sequence[float]) -> Iterator[Sum]:
    """Every later count as the sum of those followed into it and of those who came.

    Where somebody's lasting characteristics were recorded otherwise a year before, more may be
    followed than there are; that says nothing.

    Args:
        cells: cell -> its number; with `unions` of them, those are summed up as well.
        values: count of each number.
    """
    levels = _levels(cells)
    for union, wholes in _unions(cells, levels):
        mine = sum(values[cells[whole]] for whole in wholes)
        if union in cells and abs(values[cells[union]] - mine) <= _CLOSE:
            yield cells[union], tuple(sorted(cells[whole] for whole in wholes))
    for whole, number in cells.items():
        for columns, level in levels.items():
            parts = _parts(whole, level)
            if not parts:
                continue
            left = values[number] - sum(values[cells[part]] for part in parts)
            members: list[int | Derived] = [*sorted(cells[part] for part in parts)]
            if left > _CLOSE:
                codes = frozenset().union(*(codes for part in parts for _, codes in part.box))
                members.append(Derived(whole, f"before: {'+'.join(columns)}", codes, True, left))
            if left >= -_CLOSE:
                yield number, tuple(members)


def unions(counts: Mapping[Cell, float]) -> dict[Cell, float]:
    """Later rows that several counts make up and that hold those followed, where no count does.

    Args:
        counts: cell -> its count.

    Returns:
        Regions not among `counts`, with their counts.
    """
    levels, found = _levels(counts), {}
    for union, wholes in _unions(counts, levels):
        value = sum(counts[whole] for whole in wholes)
        there = [sum(counts[part] for part in _parts(union, some)) for some in levels.values()]
        if union not in counts and any(0 < many <= value + _CLOSE for many in there):
            found[union] = value
    return found


def _levels(cells: Mapping[Cell, object]) -> dict[tuple[str, ...], _Level]:
    """Columns that tell those followed apart -> their cells."""
    said = {name: followed(name) for name in {cell.table for cell in cells}}
    found: dict[tuple[str, ...], _Level] = {}
    for cell in cells:
        for one in said[cell.table]:
            if (then := _then(cell, one)) is not None:
                found.setdefault(tuple(column for column, _ in cell.box), []).append((cell, then))
    return found


def _parts(whole: Cell, level: _Level) -> list[Cell]:
    """Those followed who are all in a later cell, none of them twice."""
    return apart([cell for cell, then in level if nested(then, whole)])


def _then(cell: Cell, said: Followed) -> Cell | None:
    """The rows of the later period that the persons of a cell are among; None where they are not.

    All that is known of them then is their state, and what lasts.
    """
    states, periods = cell.codes(said.column), cell.codes(PERIOD)
    # A year that is counted twice is another count than the rows of the year after.
    plain = periods is not None and not any("," in period for period in periods)
    if states is None or periods is None or not plain:
        return None
    # Those with none of the states that are counted may be gone.
    if said.gone in states or states == REST or cell.what not in ("rows", "persons"):
        return None
    lasting = {column: codes for column, codes in cell.box if column in said.lasting}
    then = frozenset(later(period, 1) for period in periods)
    return make(cell.table, cell.what, {**lasting, said.of: states, PERIOD: then})


def _unions(
    cells: Mapping[Cell, object], levels: Mapping[tuple[str, ...], _Level]
) -> Iterator[tuple[Cell, tuple[Cell, ...]]]:
    """The smallest unions of later counts that hold those followed, with the counts they are of.

    Those that share a count are put together too: where K, E and N together, and other are counted,
    all three hold those followed into K or E and those followed into N or other.
    """
    rolls: dict[tuple[str, str, tuple[str, ...]], list[Cell]] = {}
    for cell in cells if levels else ():
        rolls.setdefault((cell.table, cell.what, tuple(c for c, _ in cell.box)), []).append(cell)
    found: dict[Cell, tuple[Cell, ...]] = {}
    for (table, what, columns), roll in rolls.items():
        for level in levels.values():
            near: dict[Cell, None] = {}
            for _, then in level:
                box = {column: codes for column, codes in then.box if column in columns}
                if (then.table, then.what) == (table, what) and len(box) == len(columns):
                    near.setdefault(make(table, what, box))
            covers = [cover for one in near if (cover := _cover(one, roll))]
            for wholes in [*covers, *_joined(covers)]:
                union = _box(wholes)
                if union is not None and len(wholes) > 1:
                    found.setdefault(union, tuple(sorted(wholes, key=Cell.text)))
    yield from found.items()


def _cover(box: Cell, roll: Sequence[Cell]) -> frozenset[Cell]:
    """Cells that share no row and hold all of a box of the same columns; none if they do not."""
    touching = [cell for cell in roll if not disjoint(cell, box)]
    for finest in (True, False):
        chosen = apart(touching, finest=finest)
        within = [
            [one & other for (_, one), (_, other) in zip(cell.box, box.box, strict=True)]
            for cell in chosen
        ]
        if chosen and sum(map(_size, within)) == _size([codes for _, codes in box.box]):
            return frozenset(chosen)
    return frozenset()


def _joined(covers: Sequence[frozenset[Cell]]) -> list[frozenset[Cell]]:
    """Sets of cells put together wherever two share one."""
    found: list[frozenset[Cell]] = []
    for cover in covers:
        apart = [one for one in found if one.isdisjoint(cover)]
        found = [*apart, cover.union(*(one for one in found if not one.isdisjoint(cover)))]
    return found


def _box(cells: frozenset[Cell]) -> Cell | None:
    """Cells of the same columns as one; None where they share a row or are no cell together."""
    first = next(iter(cells))
    box: dict[str, Codes] = {
        column: frozenset().union(*(cell.codes(column) or () for cell in cells))
        for column, _ in first.box
    }
    sizes = sum(_size([codes for _, codes in cell.box]) for cell in cells)
    if len(apart([*cells])) < len(cells) or sizes != _size([*box.values()]):
        return None
    return make(first.table, first.what, box)


def _size(box: Sequence[Codes]) -> int:
    return math.prod(map(len, box))

"""Who came since a period before: those on a later roll, less those who were followed into it.

A table of persons followed into the next period (`shared/followed.py`) counts how many have a state
then. Each of them is one of the later period's rows with that state, and the rest came since: no
row counts them, and everybody gets them by subtraction. So the later count is the sum of those
followed, however they are split, and of a derived cell, which is protected like any other. Where
no later count holds those followed, several may together: 124 with SEN support and 91 with a plan
hold 212 who were followed into one of the two, and 3 came. And where one holds them with many
others, these may be counted as well: of 604 on the roll 484 are without SEN support, so that 120
have it, though no row says so; 118 were followed into it, and two came.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from jsna.disclosure.ledger.families import Derived, Sum, apart, atoms_of, nested
from jsna.disclosure.ledger.links import REST, is_rest
from jsna.disclosure.ledger.places import Places, Union, is_shape, joined
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
    several = {one.cell: one for one in _unions(cells, levels) if one.cell in cells}
    for union in several.values():
        mine = sum(values[cells[whole]] for whole in union.wholes)
        if abs(values[cells[union.cell]] - mine) <= _CLOSE:
            yield cells[union.cell], tuple(sorted(cells[whole] for whole in union.wholes))
    for whole, number in cells.items():
        for columns, level in levels.items():
            shape = several.get(whole) if is_shape(whole) else None
            parts = _parts(shape or whole, level)
            if not parts:
                continue
            left = values[number] - sum(values[cells[part]] for part in parts)
            members: list[int | Derived] = [*sorted(cells[part] for part in parts)]
            if left > _CLOSE:
                codes = frozenset().union(*(codes for part in parts for _, codes in part.box))
                members.append(Derived(whole, f"before: {'+'.join(columns)}", codes, True, left))
            if left >= -_CLOSE:
                yield number, tuple(members)


def beside(cells: Mapping[Cell, int], values: Sequence[float]) -> Iterator[Sum]:
    """Later counts as the sum of others within them, of those followed into the rest, and arrivals.

    Args:
        cells: cell -> its number.
        values: count of each number.
    """
    for columns, level in _levels(cells).items():
        for whole, less, moves in _less(cells, level):
            parts = sorted(cells[part] for part in (*less, *moves))
            left = values[cells[whole]] - sum(values[part] for part in parts)
            if left > _CLOSE:
                codes = frozenset(one.label() for one in less)
                name = f"before: {'+'.join(columns)}, or"
                yield cells[whole], (*parts, Derived(whole, name, codes, True, left))
            elif left >= -_CLOSE:
                yield cells[whole], tuple(parts)


def _less(
    cells: Mapping[Cell, object], level: _Level
) -> Iterator[tuple[Cell, list[Cell], list[Cell]]]:
    """Later counts, others within them, and those followed into what these leave.

    The others are the finest, and the widest, that share nobody with one of the moves.
    """
    known = {column for _, then in level for column, _ in then.box}
    kinds = {(then.table, then.what) for _, then in level}
    rolls = [
        cell
        for cell in cells
        if (cell.table, cell.what) in kinds
        and _columns(cell) <= known
        and not (is_shape(cell) or is_rest(cell))
    ]
    for whole in rolls:
        inside = [(cell, then) for cell, then in level if nested(then, whole)]
        within = [one for one in rolls if one != whole and nested(one, whole)] if inside else []
        seen: set[frozenset[Cell]] = set()
        for then in {then: None for _, then in inside}:
            others = [one for one in within if _strangers(one, then)]
            for less in (_chosen(others, finest=True), _chosen(others, finest=False)):
                if less and frozenset(less) not in seen:
                    seen.add(frozenset(less))
                    moves = [m for m, t in inside if all(_strangers(t, one) for one in less)]
                    yield whole, less, apart(moves)


def _strangers(one: Cell, other: Cell) -> bool:
    """Whether two cells share no row, by what constrains both."""
    return any(
        (codes := other.codes(column)) is not None and codes.isdisjoint(mine)
        for column, mine in one.box
    )


def _chosen(cells: Sequence[Cell], *, finest: bool) -> list[Cell]:
    """Cells no two of which share a row, taken the finest first, or the widest."""
    sign = 1 if finest else -1
    chosen: list[Cell] = []
    for cell in sorted(
        cells,
        key=lambda one: (
            -sign * len(one.box),
            sign * sum(len(codes) for _, codes in one.box),
            one.text(),
        ),
    ):
        if all(_strangers(cell, other) for other in chosen):
            chosen.append(cell)
    return chosen


def unions(counts: Mapping[Cell, float]) -> dict[Cell, float]:
    """Later rows that several counts make up and that hold those followed, where no count does.

    Args:
        counts: cell -> its count.

    Returns:
        Regions not among `counts`, with their counts.
    """
    levels, found = _levels(counts), {}
    for union in _unions(counts, levels):
        value = sum(counts[whole] for whole in union.wholes)
        there = [sum(counts[part] for part in _parts(union, some)) for some in levels.values()]
        if union.cell not in counts and any(0 < many <= value + _CLOSE for many in there):
            found[union.cell] = value
    return {**_told_apart(counts, levels), **found}


def _told_apart(
    counts: Mapping[Cell, float], levels: Mapping[tuple[str, ...], _Level]
) -> dict[Cell, float]:
    """Later rows that counts which share some tell apart: 489 and 235 of 604 have 120 in common."""
    thens = [then for level in levels.values() for _, then in level]
    kinds = {(then.table, then.what) for then in thens}
    known = {column for then in thens for column, _ in then.box}
    families: dict[tuple[Cell, str], set[Codes]] = {}
    for cell in counts:
        if (cell.table, cell.what) in kinds and _columns(cell) <= known and not is_rest(cell):
            for column, codes in cell.box:
                families.setdefault((cell.without(column), column), set()).add(codes)
    found: dict[Cell, float] = {}
    for (rest, column), sets in families.items():
        own = {
            codes: make(rest.table, rest.what, {**dict(rest.box), column: codes}) for codes in sets
        }
        told = atoms_of({codes: counts[cell] for codes, cell in own.items()}, counts.get(rest))
        for codes, value in told.items():
            if codes not in sets:
                found[make(rest.table, rest.what, {**dict(rest.box), column: codes})] = value
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


def _parts(whole: Cell | Union, level: _Level) -> list[Cell]:
    """Those followed who are all in a later cell, or several together, none of them twice."""
    if isinstance(whole, Cell):
        return apart([cell for cell, then in level if nested(then, whole)])
    return apart([cell for cell, then in level if whole.holds(then)])


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
) -> Iterator[Union]:
    """The smallest unions of later counts that hold those followed, with the counts they are of.

    Those that share a count are put together too: where K, E and N together, and other are counted,
    all three hold those followed into K or E and those followed into N or other. Counts of the same
    columns are looked at by themselves, and then all: girls with SEN support and everyone with a
    plan hold the girls who were followed into either, and all who were followed into a plan.
    """
    every = {then: None for level in levels.values() for _, then in level}
    found: dict[Cell, Union] = {}
    for table, what in {(then.table, then.what): None for then in every}:
        thens = [then for then in every if (then.table, then.what) == (table, what)]
        known = {column for then in thens for column, _ in then.box}
        rolls = [
            cell
            for cell in cells
            if (cell.table, cell.what) == (table, what) and _columns(cell) <= known
        ]
        for columns in {frozenset(known): None, **{_columns(cell): None for cell in rolls}}:
            alike = [cell for cell in rolls if columns == known or _columns(cell) == columns]
            places = Places(columns, [*alike, *thens])
            near = [then for then in thens if columns == known or columns <= _columns(then)]
            covers = [cover for one in near if (cover := places.cover(one, alike))]
            for wholes in [*covers, *joined(covers)]:
                if len(wholes) > 1 and (one := places.union(wholes)) is not None:
                    found.setdefault(one.cell, one)
    yield from found.values()


def _columns(cell: Cell) -> frozenset[str]:
    return frozenset(column for column, _ in cell.box)

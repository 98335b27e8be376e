"""What adds up to what: families of cells that differ in one column, and nested pairs.

Regions that are the same but for one column are sets along that column. Their atoms (the classes of
codes no set tells apart) are counts of rows too: every set is the sum of its atoms. Totals and
subtotals, hierarchies, complements, overlapping groups and sums over years are all of this one
form, and so nothing has to be declared twice. An atom that no row shows is *derived*: a reader gets
it by subtraction, so a small one needs the same protection as a small count that is printed.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from jsna.disclosure.system import Flags, Floats
from jsna.model.cells import Cell, Codes

#: Rounding of sums of whole numbers.
_CLOSE: Final = 1e-6

#: Total and parts: `total = sum of parts`. A part is a cell, or a new derived cell by its name.
Sum = tuple[int, tuple["int | Derived", ...]]


@dataclass(frozen=True, slots=True)
class Derived:
    """A count that nobody prints but everybody can get by subtraction.

    Attributes:
        cell: the rows left once `column` is dropped.
        column: what tells it from the cell; more than one joined by "+".
        codes: codes of the column, or those it does not have.
        rest: whether it is the rows with none of `codes`.
        value: its count.
        certain: whether the counts shown fix it; else `value` is one that fits.
    """

    cell: Cell
    column: str
    codes: Codes
    rest: bool
    value: float
    certain: bool = True

    def label(self) -> str:
        """In words."""
        codes = ", ".join(sorted(code.replace("\x00", "") for code in self.codes))
        how = "not in" if self.rest else "in"
        return f"{self.cell.label()}; {self.column} {how} ({codes})"


def sums(
    cells: Mapping[Cell, int],
    values: Sequence[float],
    *,
    strict: bool = True,
) -> Iterator[Sum]:
    """Every sum that holds between cells, from one-column families and wider margins.

    Args:
        cells: cell -> its number.
        values: count of each number.
        strict: whether parts that come to more than their total are a fault or say nothing.

    Raises:
        ValueError: parts come to more than their total; the message names the total.
    """
    along: dict[tuple[Cell, str], dict[Codes, int]] = {}
    for cell, number in cells.items():
        for column, codes in cell.box:
            along.setdefault((cell.without(column), column), {})[codes] = number
    for (rest, column), sets in along.items():
        total = cells.get(rest)
        if total is not None or len(sets) > 1:
            try:
                yield from _family(rest, column, sets, total, values)
            except ValueError:
                if strict:
                    raise
    yield from _wider(cells, values, strict)


def _family(
    rest: Cell,
    column: str,
    sets: dict[Codes, int],
    total: int | None,
    values: Sequence[float],
) -> Iterator[Sum]:
    universe: Codes = frozenset().union(*sets)
    disjoint = sum(map(len, sets)) == len(universe)
    if disjoint:
        if total is None:
            return
        left = values[total] - sum(values[cell] for cell in sets.values())
        if left < -_CLOSE:
            raise ValueError(rest.label())
        parts: list[int | Derived] = [*sorted(sets.values())]
        if left > _CLOSE:
            parts.append(Derived(rest, column, universe, True, max(left, 0.0)))
        yield total, tuple(parts)
        return
    yield from _overlapping(rest, column, sets, total, values)


def _overlapping(
    rest: Cell,
    column: str,
    sets: dict[Codes, int],
    total: int | None,
    values: Sequence[float],
) -> Iterator[Sum]:
    """Sets that share codes, as sums of their atoms."""
    universe, atoms, matrix, certain, ordered = _atoms(frozenset(sets), whole=total is not None)
    members = [*(sets[codes] for codes in ordered), *(() if total is None else (total,))]
    counts = _solve(matrix, certain, np.array([values[cell] for cell in members]))
    if (counts < -_CLOSE).any():
        raise ValueError(rest.label())
    parts: list[int | Derived | None] = []
    for place, count in enumerate(np.maximum(counts, 0.0)):
        leftover = place == len(atoms)
        codes = universe if leftover else atoms[place]
        made = Derived(rest, column, codes, leftover, float(count), bool(certain[place]))
        # Where nobody is, everyone is taken to know it: that is the safe side.
        nothing = count <= _CLOSE and bool(certain[place]) and (leftover or codes not in sets)
        parts.append(None if nothing else made if leftover else sets.get(codes, made))
    for cell, row in zip(members, matrix, strict=True):
        mine = tuple(
            part for part, inside in zip(parts, row, strict=True) if inside and part is not None
        )
        if mine != (cell,):
            yield cell, mine


def atoms_of(counts: Mapping[Codes, float], total: float | None) -> dict[Codes, float]:
    """The atoms of sets that share codes, with their counts, as far as those of the sets fix them.

    Args:
        counts: count of each set.
        total: that of all codes, where it is known.
    """
    found = _atoms(frozenset(counts), whole=total is not None)
    if sum(map(len, counts)) == len(found.universe):
        return {}
    told = [*(counts[codes] for codes in found.sets), *(() if total is None else (total,))]
    values = _solve(found.matrix, found.certain, np.array(told))
    fixed = zip(found.atoms, values.tolist(), found.certain.tolist(), strict=False)
    return {codes: value for codes, value, certain in fixed if certain and value >= -_CLOSE}


class _Atoms(NamedTuple):
    """Sets that share codes, and their atoms: the classes of codes that no set tells apart.

    Attributes:
        universe: the codes of all sets.
        atoms: in the order of the columns of `matrix`.
        matrix: which atom is in which set, shape (sets, atoms); with a total one row more for it,
            and one column more for what the sets leave of it.
        certain: whether the counts of the sets fix that of the atom, shape (atoms,).
        sets: in the order of the rows.
    """

    universe: Codes
    atoms: list[Codes]
    matrix: Floats
    certain: Flags
    sets: list[Codes]


@cache
def _atoms(sets: frozenset[Codes], *, whole: bool) -> _Atoms:
    """The atoms of sets, of which few are those of very many families."""
    ordered = sorted(sets, key=smallest)
    universe: Codes = frozenset().union(*sets)
    classes: dict[tuple[bool, ...], set[str]] = {}
    for code in sorted(universe):
        classes.setdefault(tuple(code in codes for codes in ordered), set()).add(code)
    atoms = [frozenset(codes) for codes in classes.values()]
    matrix = np.array([[atom <= codes for atom in atoms] for codes in ordered], dtype=float)
    if whole:
        matrix = np.vstack([matrix, np.ones(len(atoms))])
        matrix = np.hstack([matrix, np.eye(len(ordered) + 1)[:, [-1]]])
    _, size, turned = np.linalg.svd(matrix)
    free = turned[int((size > 1e-9).sum()) :]
    return _Atoms(universe, atoms, matrix, np.all(np.abs(free) < 1e-9, axis=0), ordered)


@cache
def smallest(codes: Codes) -> tuple[int, tuple[str, ...]]:
    """Sorts sets of codes, the smallest first; few sets are in very many families."""
    return len(codes), tuple(sorted(codes))


def _solve(matrix: Floats, certain: Flags, counts: Floats) -> Floats:
    """Counts of the atoms that fit the sets, where nothing else fits those that are certain."""
    from scipy.optimize import nnls

    found, *_ = np.linalg.lstsq(matrix, counts, rcond=None)
    if not certain.all():
        found, _ = nnls(matrix, counts)
    fits = np.abs(matrix @ found - counts).max() <= 1e-6 * (1 + np.abs(counts).max())
    return np.asarray(np.round(found, 9) if fits else np.full(len(certain), -1.0))


def _wider(cells: Mapping[Cell, int], values: Sequence[float], strict: bool) -> Iterator[Sum]:
    """Totals whose parts are split by several columns at once, with nothing shown in between."""
    groups: dict[tuple[Cell, tuple[str, ...]], dict[Cell, int]] = {}
    for cell, above, dropped in _margins(cells):
        groups.setdefault((above, dropped), {})[cell] = cells[cell]
    for (above, columns_), parts in groups.items():
        if not _apart(parts, columns_):
            continue
        left = values[cells[above]] - sum(values[number] for number in parts.values())
        if left < -_CLOSE:
            if strict:
                raise ValueError(above.label())
            continue
        members: list[int | Derived] = [*sorted(parts.values())]
        codes: Codes = frozenset().union(*(r.codes(c) or () for r in parts for c in columns_))
        if left > _CLOSE:
            members.append(Derived(above, "+".join(columns_), codes, True, left))
        yield cells[above], tuple(members)


def _margins(cells: Collection[Cell]) -> Iterator[tuple[Cell, Cell, tuple[str, ...]]]:
    """Each cell with each margin of two columns or more that has none between it and the cell.

    There are as many candidates as sets of columns, and few of them are columns of cells. So those
    are known first; and a box is a set of bits, one for each column with its codes: to free a
    column takes its bit away.

    Yields:
        The cell, the margin, and the columns that are free there alone.
    """
    bits: dict[tuple[str, Codes], int] = {}
    there: dict[tuple[str, str], dict[int, Cell]] = {}
    own: list[tuple[Cell, int, list[int]]] = []
    for cell in cells:
        box = [1 << bits.setdefault(pair, len(bits)) for pair in cell.box]
        own.append((cell, sum(box), box))
        there.setdefault((cell.table, cell.what), {})[sum(box)] = cell
    columns = {of: {_columns(cell) for cell in known.values()} for of, known in there.items()}
    freed: dict[tuple[tuple[str, str], tuple[str, ...]], list[tuple[int, ...]]] = {}
    for cell, whole, box in own:
        of = cell.table, cell.what
        known, mine = there[of], _columns(cell)
        if (of, mine) not in freed:
            freed[of, mine] = list(_freed(mine, columns[of]))
        reached: list[int] = []
        for places in freed[of, mine]:
            taken = sum(box[place] for place in places)
            above = known.get(whole - taken)
            if above is None or any(seen & taken == seen for seen in reached):
                continue
            reached.append(taken)
            if len(places) > 1:
                yield cell, above, tuple(mine[place] for place in places)


def _columns(cell: Cell) -> tuple[str, ...]:
    return tuple(name for name, _ in cell.box)


def _freed(mine: tuple[str, ...], there: Collection[tuple[str, ...]]) -> Iterator[tuple[int, ...]]:
    """Places of columns without which others are left that some cell has; the fewest first."""
    for size in range(1, len(mine)):
        for dropped in itertools.combinations(range(len(mine)), size):
            if tuple(name for at, name in enumerate(mine) if at not in dropped) in there:
                yield dropped


def _apart(parts: Mapping[Cell, int], columns: Sequence[str]) -> bool:
    """Whether cells are disjoint because their codes in each column are the same or disjoint."""
    for column in columns:
        sets = {codes for cell in parts if (codes := cell.codes(column)) is not None}
        if sum(map(len, sets)) != len(frozenset().union(*sets)):
            return False
    return True


def nested(inner: Cell, outer: Cell) -> bool:
    """Whether every row of one cell is one of the other's, by what constrains them."""
    if (inner.table, inner.what) != (outer.table, outer.what):
        return False
    return all(
        (codes := inner.codes(column)) is not None and codes <= allowed
        for column, allowed in outer.box
    )


def disjoint(one: Cell, other: Cell) -> bool:
    """Whether two cells of the same columns share no row, by what constrains them."""
    return any(a.isdisjoint(b) for (_, a), (_, b) in zip(one.box, other.box, strict=True))


def apart(cells: Sequence[Cell], *, finest: bool = True) -> list[Cell]:
    """Cells of the same columns no two of which share a row, taken the finest first, or last."""
    sign = 1 if finest else -1
    sizes = {cell: (sign * sum(len(codes) for _, codes in cell.box), cell.text()) for cell in cells}
    chosen: list[Cell] = []
    for cell in sorted(cells, key=sizes.__getitem__):
        if all(disjoint(cell, other) for other in chosen):
            chosen.append(cell)
    return chosen

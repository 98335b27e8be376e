"""What the declarations imply about published counts, with everything unpublished eliminated.

The equations of disclosure control run over more than published counts: over what is left when
parts are taken from a total, for instance. An equation with an unknown of its own says nothing
about published counts; two that share one say something together. Gaussian elimination keeps what
is said, modulo the prime of `modular`, in rows that stay short because sums of tables are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from jsna.disclosure.discovery.counts import NONE, Ints
from jsna.disclosure.discovery.incidence import Incidence, Matrix
from jsna.disclosure.discovery.modular import PRIME, inverse

#: An equation: factor of each column (0 and above) or unknown (below 0), modulo the prime.
Row = dict[int, int]


@dataclass(frozen=True, slots=True)
class Declared:
    """Declared equations between published counts.

    Attributes:
        equations: factors by column, none of them implied by the others.
        false: equations that do not hold in the micro-data.
        follows: for each of `equations`, the column that follows from the columns left.
    """

    equations: Sequence[Row]
    false: Sequence[Row]
    follows: Sequence[int]


def declared(
    found: Incidence,
    numerators: Sequence[int],
    denominators: Sequence[int],
    equations: Iterable[Mapping[int, float]],
) -> Declared:
    """The declared equations, in terms of the columns of an incidence.

    Args:
        found: published counts over micro-data.
        numerators, denominators: cell of each row of measures, or NONE, as disclosure control has
            them; rows that share a cell are declared to be the same count.
        equations: factors by cell; a cell no row has is an unknown.
    """
    cell_of, same = cells_of(found, (numerators, denominators))
    # Nobody is in it in any set of records: a known zero.
    empty = set(np.flatnonzero(found.units == 0).tolist())
    rows = [{a: 1, b: PRIME - 1} for a, b in same]
    for equation in equations:
        row: Row = {}
        for cell, factor in equation.items():
            _add(row, cell_of.get(cell, -1 - cell), int(factor) % PRIME)
        rows.append(row)
    rows = [{c: f for c, f in row.items() if c not in empty} for row in rows]
    known = _known([row for row in rows if row])
    false = _untrue(found, known)
    true = [row for row, wrong in zip(known, false, strict=True) if not wrong]
    # Counts of several years go first: without them no year is tied to another.
    pivots, kept = _independent(true, [len(count.years) for count in found.counts])
    return Declared(kept, [r for r, wrong in zip(known, false, strict=True) if wrong], pivots)


def cells_of(
    found: Incidence, cells: tuple[Sequence[int], Sequence[int]]
) -> tuple[dict[int, int], list[tuple[int, int]]]:
    """Cell -> its first column; and pairs of columns that are declared to be the same count."""
    cell_of: dict[int, int] = {}
    same: dict[tuple[int, int], None] = {}
    for columns, mine in zip((found.numerators, found.denominators), cells, strict=True):
        for column, cell in zip(columns.tolist(), mine, strict=True):
            if NONE in (column, cell):
                continue
            first = cell_of.setdefault(cell, column)
            if first != column:
                same.setdefault((first, column))
    return cell_of, list(same)


def _add(row: Row, column: int, factor: int) -> None:
    total = (row.get(column, 0) + factor) % PRIME
    if total:
        row[column] = total
    else:
        row.pop(column, None)


def _take(row: Row, pivot: Row, column: int) -> None:
    """Take a multiple of `pivot` from `row` so that `column` goes."""
    factor = row[column] * inverse(pivot[column]) % PRIME
    # Written out: of all that is done here this is done most.
    for other, value in pivot.items():
        total = (row.get(other, 0) - factor * value) % PRIME
        if total:
            row[other] = total
        elif other in row:
            del row[other]


def _known(rows: list[Row]) -> list[Row]:
    """The equations without unknowns that the equations imply: each unknown is eliminated."""
    rows = [dict(row) for row in rows]
    within: dict[int, set[int]] = {}
    for at, row in enumerate(rows):
        for column in row:
            if column < 0:
                within.setdefault(column, set()).add(at)
    # Unknowns of few equations first: most stand in one, which then says nothing.
    queue = sorted(within, key=lambda unknown: (len(within[unknown]), -unknown))
    gone: set[int] = set()
    for unknown in queue:
        places = within.pop(unknown)
        if not places:
            continue
        first = min(places, key=lambda at: (len(rows[at]), at))
        pivot = rows[first]
        for at in sorted(places - {first}):
            before = {c for c in rows[at] if c < 0}
            _take(rows[at], pivot, unknown)
            after = {c for c in rows[at] if c < 0}
            for column in after - before:
                within[column].add(at)
            for column in before - after - {unknown}:
                within[column].discard(at)
        for column in pivot:
            if column < 0 and column != unknown:
                within[column].discard(first)
        gone.add(first)
    return [row for at, row in enumerate(rows) if at not in gone and row]


def _untrue(found: Incidence, rows: Sequence[Row]) -> list[bool]:
    """Whether each equation fails for some unit."""
    if not rows:
        return []
    values = (found.matrix @ as_columns(rows, found.matrix.shape[1])).tocoo()
    wrong = np.zeros(len(rows), dtype=bool)
    wrong[values.coords[1][np.mod(values.data, PRIME) != 0]] = True
    return [bool(flag) for flag in wrong]


def as_columns(rows: Sequence[Row], size: int) -> Matrix:
    """Equations as a sparse matrix, one a column, shape (size, equations)."""
    from scipy import sparse

    factors: Ints = np.array([f for row in rows for f in row.values()], dtype=np.int64)
    columns = np.array([c for row in rows for c in row], dtype=np.int64)
    which = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    return sparse.csc_array((factors, (columns, which)), shape=(size, len(rows)))


def _independent(
    rows: Sequence[Row], years: Sequence[int] | None = None
) -> tuple[list[int], list[Row]]:
    """Equations none of which follows from the others, and a column each lets one do without.

    Args:
        rows: equations; taken in their order where `years` is not given.
        years: how many years each column is of: of many, it is rather done without.
    """
    pivots: dict[int, Row] = {}
    for row in rows if years is None else sorted(rows, key=len):
        row = dict(row)
        while True:
            inside = [column for column in row if column in pivots]
            if not inside:
                break
            for column in inside:
                if column in row:
                    _take(row, pivots[column], column)
        if row:
            # Totals are told by the factor −1; what is shown whole is told by its parts.
            spans = {c: 1 if years is None else years[c] for c in row}
            pivots[min(row, key=lambda c: (-spans[c], row[c] != PRIME - 1, c))] = row
    return list(pivots), list(pivots.values())


def beyond(true: Sequence[Row], implied: Declared, shown: Collection[int]) -> list[Row]:
    """What holds between the counts shown and is not declared.

    Args:
        true: equations that imply all that holds between some counts.
        implied: what is declared of those shown.
        shown: columns of the counts shown, some of the former.
    """
    # A count that is not shown is unknown to whoever reads the others.
    columns = set(shown)
    rows = [{c if c in columns else -1 - c: f for c, f in row.items()} for row in true]
    _, kept = _independent([*implied.equations, *_known(rows)])
    return kept[len(implied.equations) :]

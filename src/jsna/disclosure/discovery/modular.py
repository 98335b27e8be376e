"""Exact linear algebra: which columns of a matrix of whole numbers depend on which.

All is done modulo a prime, so nothing is rounded. A rank modulo a prime is never above the true
one, and so a dependence is never missed; one that holds modulo the prime alone is found out by
multiplying it with the matrix itself (`null_space` does).
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
#: `scipy.sparse.csc_array`, which has no type stubs.
Matrix = Any

#: Largest prime below 2²¹: 2,048 products of residues add up in a double without rounding.
PRIME: Final = 2_097_143
_DEPTH: Final = 2_048
#: Columns eliminated one by one; wider panels go by halves and matrix products.
_NARROW: Final = 16
#: Sums of units that a sketch has beyond the number of columns, and how many each unit is in.
_SPARE, _COPIES = 64, 4


@cache
def inverse(factor: int) -> int:
    """What a residue is multiplied by to give 1; few factors are in very many equations."""
    return pow(factor, -1, PRIME)


def null_space(matrix: Matrix, seed: int = 1, first: int | None = None) -> Matrix:
    """A basis of the dependences between columns, modulo `PRIME`.

    Columns that share no unit with others, be it through further columns, are eliminated by
    themselves: a dependence between both kinds is one of each.

    Args:
        matrix: sparse, of whole numbers, shape (units, columns).
        seed: of the random sums of units that stand for the units.
        first: units from which the basis is worked out; it is then held to all of them.

    Returns:
        Sparse, shape (columns, dependences): `matrix @ result` is 0 modulo the prime.
    """
    from scipy import sparse

    part = matrix if first is None else matrix[:first]
    made = [
        _placed(columns, _block(part[:, columns], seed), matrix.shape[1])
        for columns in _parts(part)
    ]
    nothing = sparse.csc_array((matrix.shape[1], 0), dtype=np.int64)
    return held(matrix, sparse.csc_array(sparse.hstack([nothing, *made])), seed)


def held(matrix: Matrix, basis: Matrix, seed: int = 1) -> Matrix:
    """The combinations of some dependences that hold of every unit of a matrix, as a basis."""
    from scipy import sparse

    left = sparse.csr_array(matrix @ basis)
    left.data %= PRIME
    left.eliminate_zeros()
    wrong = np.unique(left.indices)
    if not len(wrong):
        return basis
    # Few dependences are wrong of any unit; the others stand as they are.
    rows = left[np.flatnonzero(np.diff(left.indptr))][:, wrong]
    mixed = _dependences(_sketch(sparse.csc_array(rows), seed))
    kept = sparse.csc_array(basis[:, wrong] @ sparse.csc_array(mixed))
    kept.data %= PRIME
    kept.eliminate_zeros()
    right = np.setdiff1d(np.arange(basis.shape[1]), wrong)
    found = sparse.csc_array(sparse.hstack([basis[:, right], kept]))
    # The sums of units may have hidden a difference.
    return found if mixed.shape[1] == 0 else held(matrix, found, seed + 1)


def _parts(matrix: Matrix) -> list[Ints]:
    """Columns by what they are connected to through units."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    entries = matrix.tocoo()
    units, columns = matrix.shape
    unit, column = entries.coords
    graph = sparse.coo_array(
        (np.ones(len(unit), dtype=np.int8), (unit, units + column)), shape=(units + columns,) * 2
    )
    _, label = connected_components(graph, directed=False)
    order = np.argsort(label[units:], kind="stable")
    ends = np.flatnonzero(np.diff(label[units:][order])) + 1
    return [np.sort(some) for some in np.split(order, ends) if len(some)]


def _block(matrix: Matrix, seed: int) -> Ints:
    """A basis of the dependences of columns that are connected."""
    kept = np.flatnonzero(np.diff(matrix.tocsr().indptr))
    return _dependences(_sketch(matrix[kept], seed))


def _placed(columns: Ints, basis: Ints, size: int) -> Matrix:
    """Dependences of some columns as dependences of all."""
    from scipy import sparse

    at, which = np.nonzero(basis)
    shape = (size, basis.shape[1])
    return sparse.csc_array((basis[at, which], (columns[at], which)), shape=shape)


def rank(dense: Floats) -> int:
    """Rank modulo `PRIME` of a dense matrix of residues."""
    return len(_Echelon(dense.copy()).pivots)


def _residues(product: Any) -> Ints:
    dense = product.toarray() if hasattr(product, "toarray") else product
    return np.mod(np.asarray(dense, dtype=np.int64), PRIME)


def _sketch(matrix: Matrix, seed: int) -> Floats:
    """Random sums of rows, a few more than there are columns: as good as all rows, nearly surely.

    Every row is in `_COPIES` of the sums with random factors.
    """
    from scipy import sparse

    units, columns = matrix.shape
    sums = columns + _SPARE
    draw = np.random.default_rng(seed)
    into = draw.integers(0, sums, (_COPIES, units)).ravel()
    factor = draw.integers(1, PRIME, _COPIES * units)
    which = np.tile(np.arange(units), _COPIES)
    mixing = sparse.csr_array((factor, (into, which)), shape=(sums, units))
    # Entries are small counts: a sum of residues times counts stays far below 2⁶³.
    entries = matrix.astype(np.int64)
    entries.data = np.mod(entries.data, PRIME)
    return _residues(mixing @ entries).astype(np.float64)


def _dependences(dense: Floats) -> Ints:
    """A basis of the dependences between columns of a dense matrix of residues."""
    echelon = _Echelon(dense)
    columns = dense.shape[1]
    free = np.setdiff1d(np.arange(columns), echelon.pivots)
    basis = np.zeros((columns, len(free)), dtype=np.int64)
    basis[free, np.arange(len(free))] = 1
    if len(free) and len(echelon.pivots):
        solved = echelon.solve(free)
        basis[np.array(echelon.pivots), :] = np.mod(-solved, PRIME).astype(np.int64)
    return basis


def _product(left: Floats, right: Floats) -> Floats:
    """Product modulo the prime, exact in doubles."""
    depth = left.shape[1]
    found: Floats = np.zeros((left.shape[0], right.shape[1]))
    for start in range(0, depth, _DEPTH):
        found += _reduced(left[:, start : start + _DEPTH] @ right[start : start + _DEPTH])
    return _reduced(found)


def _reduced(values: Floats) -> Floats:
    """Whole numbers modulo the prime; ones above 2⁵² may come out as −1, which is as good."""
    quotient = np.floor(values / PRIME)
    quotient *= PRIME
    found: Floats = np.subtract(values, quotient, out=quotient)
    return found


class _Echelon:
    """Row echelon form of a matrix of residues, made in place.

    Attributes:
        rows: the matrix, eliminated below the pivots; pivot rows are scaled to 1 at their pivot.
        pivots: independent columns in order; the i-th has its pivot in row i.
    """

    def __init__(self, rows: Floats) -> None:
        self.rows = rows
        self.pivots: list[int] = []
        self._eliminate(0, rows.shape[1])

    def _eliminate(self, start: int, end: int) -> None:
        """Eliminate columns from `start` to before `end`, which are up to date.

        Below the pivots the eliminated columns keep the factors that were taken off, as other
        columns are brought up to date from them; `_clear` puts them to zero.
        """
        if end - start <= _NARROW:
            self._narrow(start, end)
            return
        middle = (start + end) // 2
        before = len(self.pivots)
        self._eliminate(start, middle)
        self._update(before, middle, end)
        self._eliminate(middle, end)

    def _narrow(self, start: int, end: int) -> None:
        rows = self.rows
        for column in range(start, end):
            at = len(self.pivots)
            if at == len(rows):
                return
            found = np.flatnonzero(rows[at:, column])
            if not len(found):
                continue
            if found[0]:
                rows[[at, at + found[0]]] = rows[[at + found[0], at]]
            inverse = float(pow(int(rows[at, column]), -1, PRIME))
            # Entries right of the panel wait for `_update`, which scales them the same.
            rows[at, column + 1 : end] = _reduced(rows[at, column + 1 : end] * inverse)
            below = rows[at + 1 :, column + 1 : end]
            product = rows[at + 1 :, column, None] * rows[at, column + 1 : end]
            below[...] = _reduced(below - product)
            self.pivots.append(column)

    def _update(self, before: int, start: int, end: int) -> None:
        """Bring columns from `start` to before `end` up to date with pivots since `before`."""
        pivots, size = self.pivots[before:], len(self.pivots) - before
        if not size:
            return
        rows = self.rows
        factors = rows[before:, pivots]
        solved = _lower_solve(factors[:size], rows[before : before + size, start:end])
        rows[before : before + size, start:end] = solved
        rest = rows[before + size :, start:end]
        rest -= _product(factors[size:], solved)
        np.add(rest, PRIME, out=rest, where=rest < 0)

    def solve(self, free: NDArray[Any]) -> Floats:
        """Each free column as a sum of pivot columns, shape (pivots, free)."""
        size = len(self.pivots)
        upper = np.triu(self.rows[:size, self.pivots], 1) + np.eye(size)
        # A free column left of a pivot has zeros, not factors, from that pivot's row on.
        place = np.searchsorted(self.pivots, free)
        right = np.where(np.arange(size)[:, None] < place, self.rows[:size, free], 0.0)
        return _upper_solve(upper, right)


def _lower_solve(lower: Floats, right: Floats) -> Floats:
    """Solve with a lower triangle whose diagonal holds the pivots."""
    size = len(lower)
    if size == 1:
        inverse = float(pow(int(lower[0, 0]), -1, PRIME))
        return _reduced(right * inverse)
    half = size // 2
    top = _lower_solve(lower[:half, :half], right[:half])
    rest = _reduced(right[half:] - _product(lower[half:, :half], top))
    return np.vstack([top, _lower_solve(lower[half:, half:], rest)])


def _upper_solve(upper: Floats, right: Floats) -> Floats:
    """Solve with an upper triangle of ones on the diagonal."""
    size = len(upper)
    if size <= 1:
        return right
    half = size // 2
    bottom = _upper_solve(upper[half:, half:], right[half:])
    rest = _reduced(right[:half] - _product(upper[:half, half:], bottom))
    return np.vstack([_upper_solve(upper[:half, :half], rest), bottom])

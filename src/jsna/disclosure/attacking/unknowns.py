"""Unknown cells by what ties them together: an edition falls into thousands of small parts."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from jsna.disclosure.attacking.propagation import propagate
from jsna.disclosure.simplex import Program, program
from jsna.disclosure.system import Floats, Ints, Matrix


class Part:
    """Unknown cells that equations tie together, and their program.

    Attributes:
        cells: their numbers, ascending.
        rows: numbers of the equations that hold any of them.
        right: what the known cells leave of each of these equations.
    """

    def __init__(self, whole: Unknowns, rows: slice, cells: slice) -> None:
        self._whole, self._rows, self._cells = whole, rows, cells
        self.cells: Ints = whole.cells[cells]
        self.rows: Ints = whole.rows[rows]
        self.right: Floats = whole.right[rows]
        self.made: Program | None = None

    @cached_property
    def matrix(self) -> Matrix:
        """The equations over the cells; shape (rows, cells)."""
        whole, first = self._whole.matrix, self._rows.start
        ends = whole.indptr[first : self._rows.stop + 1]
        within = slice(ends[0], ends[-1])
        columns = whole.indices[within] - self._cells.start
        shape = len(self.rows), len(self.cells)
        return sparse.csr_array((whole.data[within], columns, ends - ends[0]), shape=shape)

    def place(self, cell: int) -> int:
        """Place of a cell among `cells`."""
        return int(np.searchsorted(self.cells, cell))

    def program(self, low: Floats, high: Floats) -> Program:
        """The part's program, made at the first call; bounds are those of its cells."""
        if self.made is None:
            self.made = program(self.matrix, self.right, low, high)
        return self.made


class Unknowns:
    """All unknown cells and the equations between them, ordered by part.

    Attributes:
        cells, rows: numbers in the system, those of one part together.
        right: what the known cells leave of each equation.
        matrix: the equations over the cells, one block for each part.
        of_cell, of_row: number of the part of each.
    """

    def __init__(self, cells: Ints, rows: Ints, matrix: Matrix, right: Floats) -> None:
        """As the system has them: `matrix` has a row for each of `rows`, none of them empty."""
        number, label = len(cells), np.arange(len(cells))
        of_row = label[:0]
        if len(rows):
            graph = sparse.block_array([[None, matrix], [matrix.T, None]])
            number, label = connected_components(graph, directed=False)
            of_row, label = label[: len(rows)], label[len(rows) :]
        by_row, by_cell = np.argsort(of_row, kind="stable"), np.argsort(label, kind="stable")
        self.cells, self.rows = cells[by_cell], rows[by_row]
        self.of_cell, self.of_row = label[by_cell], of_row[by_row]
        self.right = right[by_row]
        ordered = matrix[by_row].tocsc()[:, by_cell] if len(cells) else matrix
        self.matrix = sparse.csr_array(ordered.tocsr())
        bounds = np.arange(number + 1)
        row_ends = np.searchsorted(self.of_row, bounds)
        cell_ends = np.searchsorted(self.of_cell, bounds)
        self.parts = [
            Part(
                self,
                slice(int(row_ends[one]), int(row_ends[one + 1])),
                slice(int(cell_ends[one]), int(cell_ends[one + 1])),
            )
            for one in range(number)
        ]

    def narrowed(self, low: Floats, high: Floats) -> tuple[Floats, Floats, Ints]:
        """Bounds by propagation, in the order of `cells`, and the parts these contradict."""
        at = self.cells
        least, most = propagate(self.matrix, self.right, low[at], high[at])
        return least, most, np.unique(self.of_cell[least > most + 1e-4])

    def unfit(self, point: Floats, low: Floats, high: Floats, error: float) -> Ints:
        """The parts in which values of all cells of the system do not fit what is known."""
        own = point[self.cells]
        off = np.abs(self.matrix @ own - self.right) > error * (1 + np.abs(self.right))
        out = (own < low[self.cells] - error) | (own > high[self.cells] + error)
        return np.union1d(self.of_row[off], self.of_cell[out])

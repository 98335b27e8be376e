"""The cheapest way to let one primary move: which cells to hide for it, by one linear program.

Cells not hidden yet may move as well, at a price for each unit; those that do are then hidden.
This is the linear-programming heuristic of the literature (Kelly, Golden and Assad, "Cell
suppression: disclosure protection for sensitive tabular data", Networks 22 (1992), 397–417). It
knows no bound, but it comes to an end after one program for each primary.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from jsna.disclosure.solving.clock import Work
from jsna.disclosure.solving.cuts import DOWN, UP, WIDTH, Target
from jsna.disclosure.system import TOLERANCE, Flags, Floats, Ints, System

#: The price of a unit of what is hidden already, in that of the cheapest cell that is not. It keeps
#: movements short, and the programs fast.
TRIFLE = 1e-3
#: Movements below this are rounding noise of the linear programs.
FAINT = 1e-7


class Routes:
    """Movements of the cells that are hidden or may be."""

    def __init__(self, system: System, movable: Flags) -> None:
        self.cells: Ints = np.flatnonzero(movable)
        self.size = len(self.cells)
        self.place = {int(cell): i for i, cell in enumerate(self.cells)}
        matrix = system.equations.tocsc()[:, self.cells].tocsr()
        matrix = sparse.csr_array(matrix[np.flatnonzero(np.diff(matrix.indptr))])
        # Columns: how far each cell moves up, then how far each moves down.
        self.matrix = sparse.hstack([matrix, -matrix], format="csc")
        value = self.value = system.value[self.cells]
        self.room = np.concatenate(
            [system.high[self.cells] - value, value - system.low[self.cells]]
        )
        self.price = np.maximum(system.weight[self.cells], 1e-4)

    def find(self, target: Target, hidden: Flags) -> Floats | None:
        """A movement of `cells` that reaches a target; None where there is none.

        The cells it moves must be hidden for it to stay possible. A width is sought upwards, and
        downwards where there is not room enough.
        """
        signs = (UP, DOWN) if target.direction == WIDTH else (target.direction,)
        for sign in signs:
            found = self._find(target, sign, hidden)
            if found is not None:
                return found
        return None

    def _find(self, target: Target, sign: int, hidden: Flags) -> Floats | None:
        own = self.place[target.cell]
        at, other = (own, self.size + own) if sign == UP else (self.size + own, own)
        low, high = np.zeros(2 * self.size), self.room.copy()
        giver = self.place.get(target.contributor, own)
        if giver != own and (left := min(high[self.size + giver], self.value[giver]) - 1) >= 0:
            high[self.size + giver] = left
        if high[at] < target.need - TOLERANCE:
            return None
        low[at] = high[at] = target.need
        high[other] = 0.0
        price = np.where(hidden[self.cells], TRIFLE * float(self.price.min()), self.price)
        found = linprog(
            np.concatenate([price, price]),
            A_eq=self.matrix,
            b_eq=np.zeros(self.matrix.shape[0]),
            bounds=np.column_stack([low, high]),
            method="highs-ds",
        )
        # Most of the time goes into making the program small.
        Work.simplex(int(found.nit) + 200, 2 * self.size)
        if found.status != 0:
            return None
        movement = found.x[: self.size] - found.x[self.size :]
        return np.asarray(np.where(np.abs(movement) > FAINT, movement, 0.0))

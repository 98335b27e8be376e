"""The cheapest way to let one primary move: which cells to hide for it, by one linear program.

Cells not hidden yet may move as well, at a price for each unit; those that do are then hidden.
This is the linear-programming heuristic of the literature (Kelly, Golden and Assad, "Cell
suppression: disclosure protection for sensitive tabular data", Networks 22 (1992), 397–417). It
knows no bound, but it comes to an end after one program for each primary.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from jsna.disclosure.simplex import Program, program
from jsna.disclosure.solving.cuts import UP, Target
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
        value = self.value = system.value[self.cells]
        self.room = np.concatenate(
            [system.high[self.cells] - value, value - system.low[self.cells]]
        )
        self.price = np.maximum(system.weight[self.cells], 1e-4)
        # Columns: how far each cell moves up, then how far each moves down.
        self.program: Program = program(
            sparse.hstack([matrix, -matrix], format="csc"),
            np.zeros(matrix.shape[0]),
            np.zeros(2 * self.size),
            self.room,
            afresh=True,
        )

    def find(self, target: Target, hidden: Flags) -> Floats | None:
        """A movement of `cells` that reaches a target; None where there is none.

        The cells it moves must be hidden for it to stay possible. A width is sought upwards, and
        downwards where there is not room enough.
        """
        for sign in target.directions:
            found = self._find(target, sign, hidden)
            if found is not None:
                return found
        return None

    def _find(self, target: Target, sign: int, hidden: Flags) -> Floats | None:
        own = self.place[target.cell]
        at, other = (own, self.size + own) if sign == UP else (self.size + own, own)
        if self.room[at] < target.need - TOLERANCE:
            return None
        low, high = {at: target.need, other: 0.0}, {at: target.need, other: 0.0}
        giver = self.place.get(target.contributor, own)
        down = self.size + giver
        if giver != own and (left := min(self.room[down], self.value[giver]) - 1) >= 0:
            low[down], high[down] = 0.0, float(left)
        changed = np.array(list(low), dtype=np.int64)
        self.program.bound(changed, np.array(list(low.values())), np.array(list(high.values())))
        price = np.where(hidden[self.cells], TRIFLE * float(self.price.min()), self.price)
        every = np.arange(2 * self.size)
        found = self.program.maximise(every, -np.concatenate([price, price]))
        self.program.bound(changed, np.zeros(len(changed)), self.room[changed])
        if found.status != "optimal":
            return None
        movement = found.point[: self.size] - found.point[self.size :]
        return np.asarray(np.where(np.abs(movement) > FAINT, movement, 0.0))

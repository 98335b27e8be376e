"""The attacker's programs: least and greatest values of hidden cells, each with its proof."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog
from scipy.sparse.csgraph import connected_components

from jsna.disclosure.propagation import propagate
from jsna.disclosure.simplex import Optimum, Program, program
from jsna.disclosure.system import TOLERANCE, Floats, Ints, Matrix, System

#: Relative error allowed in a point or a bound that is checked by multiplication.
CHECK = 1e-6


@dataclass(frozen=True, slots=True)
class Side:
    """One end of an interval and the equations (with multipliers) that prove it goes no further."""

    value: float
    because: tuple[tuple[int, float], ...] = ()


class _Part:
    """Unknown cells that equations tie together."""

    def __init__(self, cells: Ints, rows: Ints, matrix: Matrix, right: Floats) -> None:
        self.cells, self.rows, self.matrix, self.right = cells, rows, matrix, right
        self.program: Program | None = None


class Intruder:
    """All that can be worked out from bounds on every cell and the equations between them."""

    def __init__(self, system: System, low: Floats, high: Floats, start: Floats | None) -> None:
        self.low, self.high = low, high
        self.programs = 0
        fixed = high - low <= TOLERANCE
        value = np.where(fixed, low, 0.0)
        right = -(system.equations @ value)
        unknown = np.flatnonzero(~fixed)
        matrix = system.equations.tocsc()[:, unknown].tocsr()
        empty = np.diff(matrix.indptr) == 0
        self.contradictions = [int(i) for i in np.flatnonzero(empty & (np.abs(right) > 1e-4))]
        rows = np.flatnonzero(~empty)
        self.outer_low, self.outer_high = low.astype(float), high.astype(float)
        self.seen_low = np.where(fixed, low, np.inf)
        self.seen_high = np.where(fixed, high, -np.inf)
        #: Points seen in each part (by its identity), and the same in one array.
        self.points: dict[int, list[Floats]] = {}
        self.stacked: dict[int, Floats] = {}
        self.part_of: dict[int, _Part] = {}
        self.parts = _parts(unknown, rows, sparse.csr_array(matrix[rows]), right[rows])
        for part in self.parts:
            self.part_of.update(dict.fromkeys(map(int, part.cells), part))
            self._narrow(part)
            if start is not None:
                self._see(part, start[part.cells])
        if not self.contradictions:
            self._feasible()

    def _narrow(self, part: _Part) -> None:
        """Bounds by propagation, which save programs."""
        at = part.cells
        low, high = propagate(part.matrix, part.right, self.low[at], self.high[at])
        self.outer_low[at], self.outer_high[at] = low, high
        if (low > high + 1e-4).any():
            self.contradictions += [int(row) for row in part.rows[:1]]

    def _feasible(self) -> None:
        for part in self.parts:
            if np.isinf(self.seen_low[part.cells]).any():
                found = self._solve(part, 0, 0.0, None)
                if found.status == "infeasible":
                    self.contradictions += [int(row) for row in part.rows[:1]]

    def order(self, cells: Ints) -> Ints:
        """Cells in an order that spreads the first programs over the tables."""
        return np.asarray(np.random.default_rng(0).permutation(cells))

    def least(self, cell: int, enough: float = -np.inf) -> Side:
        """The least value of a cell, or any value seen that is low enough."""
        if cell not in self.part_of:
            return Side(float(self.low[cell]))
        if self.seen_low[cell] <= max(enough, self.outer_low[cell]) + TOLERANCE:
            return Side(float(self.seen_low[cell]))
        return self._end(cell, -1.0, enough)

    def most(self, cell: int, enough: float = np.inf) -> Side:
        """The greatest value of a cell, or any value seen that is high enough."""
        if cell not in self.part_of:
            return Side(float(self.high[cell]))
        if self.seen_high[cell] >= min(enough, self.outer_high[cell]) - TOLERANCE:
            return Side(float(self.seen_high[cell]))
        return self._end(cell, 1.0, enough)

    def apart(self, cell: int, width: float) -> tuple[Side, Side]:
        """Two values of a cell that are so far apart, or its least and greatest."""
        low, high = float(self.seen_low[cell]), float(self.seen_high[cell])
        if high - low >= width - TOLERANCE:
            return Side(low), Side(high)
        least = self.least(cell)
        return least, self.most(cell, least.value + width)

    def proof(self, cell: int) -> tuple[tuple[int, float], ...]:
        """The equations that prove both ends of a cell's interval."""
        if cell not in self.part_of:
            return ()
        ends = [self._end(cell, sign, sign * np.inf) for sign in (-1.0, 1.0)]
        return tuple(pair for end in ends for pair in end.because)

    def narrowed(self, giver: int, cells: Ints, width: Floats) -> Ints:
        """Cells not seen to move by their `width` among points that leave the giver one."""
        part = self.part_of.get(giver)
        if part is None:
            return np.array([], dtype=np.int64)
        mine, given, _ = np.intersect1d(cells, part.cells[part.cells != giver], return_indices=True)
        if not len(mine):
            return mine
        kept = self._kept(part, cells)
        kept = kept[kept[:, self._place(part, giver)] >= 1 - TOLERANCE]
        if not len(kept):
            return mine
        at = np.searchsorted(part.cells, mine)
        wide = np.ptp(kept[:, at], axis=0) >= width[given] - TOLERANCE
        return np.asarray(mine[~wide])

    def _kept(self, part: _Part, cells: Ints) -> Floats:
        """Points of a part, among them the ends of every one of some cells."""
        points = self.points.setdefault(id(part), [])
        if not points:
            for cell in map(int, np.intersect1d(cells, part.cells)):
                for sign in (-1.0, 1.0):
                    self._solve(part, self._place(part, cell), sign, None)
        stacked = self.stacked.get(id(part))
        if stacked is None or len(stacked) != len(points):
            stacked = np.array(points).reshape(-1, len(part.cells))
            self.stacked[id(part)] = stacked
        return stacked

    def insider(self, giver: int) -> Intruder:
        """What a contributor of one cell knows: as this, with that cell at 1 or more.

        Of the rest nothing changes but the part the cell is in; points seen so far stay possible
        where they leave it one.
        """
        made = copy.copy(self)
        part = self.part_of[giver]
        own = _Part(part.cells, part.rows, part.matrix, part.right)
        made.low = self.low.copy()
        made.low[giver] = max(1.0, float(self.low[giver]))
        made.parts, made.contradictions, made.programs = [own], [], 0
        made.part_of = dict.fromkeys(map(int, part.cells), own)
        made.points, made.stacked = {}, {}
        made.outer_low, made.outer_high = made.low.copy(), made.high.copy()
        made.seen_low, made.seen_high = self.seen_low.copy(), self.seen_high.copy()
        made.seen_low[part.cells], made.seen_high[part.cells] = np.inf, -np.inf
        made._narrow(own)
        for point in self.points.get(id(part), ()):
            made._see(own, point)
        if not made.contradictions:
            made._feasible()
        return made

    def _place(self, part: _Part, cell: int) -> int:
        return int(np.searchsorted(part.cells, cell))

    def _see(self, part: _Part, point: Floats) -> bool:
        """Take a point into account if it fits everything known."""
        at = part.cells
        scale = CHECK * (1 + np.abs(part.right))
        fits = (
            bool((np.abs(part.matrix @ point - part.right) <= scale).all())
            and bool((point >= self.low[at] - CHECK).all())
            and bool((point <= self.high[at] + CHECK).all())
        )
        if fits:
            self.seen_low[at] = np.minimum(self.seen_low[at], point)
            self.seen_high[at] = np.maximum(self.seen_high[at], point)
            if id(part) in self.points:
                self.points[id(part)].append(point)
        return fits

    def _end(self, cell: int, sign: float, enough: float) -> Side:
        part = self.part_of[cell]
        place = self._place(part, cell)
        found = self._solve(part, place, sign, enough)
        if found.status == "unbounded":
            return Side(sign * np.inf)
        bound = self._bound(part, place, sign, found.rows)
        capped = np.isfinite(enough) and sign * (found.point[place] - enough) >= -TOLERANCE
        if capped:
            return Side(float(found.point[place]))
        if abs(bound - sign * found.value) > 1e-4 * (1 + abs(bound)):
            found = self._cold(part, place, sign)
            bound = self._bound(part, place, sign, found.rows)
        used = np.flatnonzero(np.abs(found.rows) > 1e-7)
        because = tuple((int(part.rows[i]), float(found.rows[i])) for i in used)
        return Side(float(sign * bound) + 0.0, because)

    def _bound(self, part: _Part, place: int, sign: float, rows: Floats) -> float:
        """The bound that multipliers of the equations prove, by weak duality."""
        reduced = -(part.matrix.T @ rows)
        reduced[place] += sign
        reduced[np.abs(reduced) < 1e-7] = 0.0
        low, high = self.low[part.cells], self.high[part.cells]
        terms = np.zeros(len(reduced))
        up, down = reduced > 0, reduced < 0
        terms[up], terms[down] = reduced[up] * high[up], reduced[down] * low[down]
        return float(rows @ part.right + terms.sum())

    def _solve(self, part: _Part, place: int, sign: float, enough: float | None) -> Optimum:
        """The program of one cell; it may stop where the cell has gone far enough."""
        at = part.cells
        if part.program is None:
            part.program = program(part.matrix, part.right, self.low[at], self.high[at])
        column = np.array([place])
        low, high = self.low[at[column]], self.high[at[column]]
        stop = enough is not None and np.isfinite(enough)
        if stop and sign > 0:
            part.program.bound(column, low, np.clip(high, low, max(float(enough or 0), low[0])))
        elif stop:
            part.program.bound(column, np.clip(low, min(float(enough or 0), high[0]), high), high)
        found = part.program.maximise(column, np.array([sign]))
        if stop:
            part.program.bound(column, low, high)
        self.programs += 1
        if found.status == "failed" or (
            found.status == "optimal" and not self._see(part, found.point)
        ):
            found = self._cold(part, place, sign)
        if found.status == "optimal":
            value = float(sign * found.point[place])
            return Optimum("optimal", sign * value, found.point, found.rows)
        return found

    def _cold(self, part: _Part, place: int, sign: float) -> Optimum:
        """The same program from nothing, by another route, where the first answer did not check."""
        cost = np.zeros(len(part.cells))
        cost[place] = -sign
        bounds = np.column_stack([self.low[part.cells], self.high[part.cells]])
        found = linprog(cost, A_eq=part.matrix, b_eq=part.right, bounds=bounds, method="highs-ds")
        if found.status == 0:
            self._see(part, np.asarray(found.x))
            rows = -np.asarray(found.eqlin.marginals)
            return Optimum("optimal", float(-found.fun) * sign, np.asarray(found.x), rows)
        status = {2: "infeasible", 3: "unbounded"}.get(found.status, "failed")
        if status == "failed":
            raise ArithmeticError("a program of the attack was not solved")
        return Optimum(status, np.nan, np.zeros(0), np.zeros(0))


def _parts(cells: Ints, rows: Ints, matrix: Matrix, right: Floats) -> list[_Part]:
    """Unknown cells by connected component; cells no equation holds are alone."""
    graph = sparse.block_array([[None, matrix], [matrix.T, None]]) if len(rows) else None
    if graph is None:
        return [_Part(cells[[i]], rows, matrix[:, [i]], right) for i in range(len(cells))]
    number, label = connected_components(graph, directed=False)
    of_row, of_cell = label[: len(rows)], label[len(rows) :]
    by_row, by_cell = np.argsort(of_row, kind="stable"), np.argsort(of_cell, kind="stable")
    row_ends = np.searchsorted(of_row[by_row], np.arange(number + 1))
    cell_ends = np.searchsorted(of_cell[by_cell], np.arange(number + 1))
    found = []
    for one in range(number):
        mine = by_row[row_ends[one] : row_ends[one + 1]]
        places = by_cell[cell_ends[one] : cell_ends[one + 1]]
        part = sparse.csr_array(matrix[mine].tocsc()[:, places])
        found.append(_Part(cells[places], rows[mine], part, right[mine]))
    return found

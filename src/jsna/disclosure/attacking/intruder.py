"""The attacker's programs: least and greatest values of hidden cells, each with its proof."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from jsna.disclosure.attacking.points import Points
from jsna.disclosure.attacking.propagation import propagate
from jsna.disclosure.attacking.unknowns import Part, Unknowns
from jsna.disclosure.simplex import Optimum
from jsna.disclosure.system import TOLERANCE, Floats, Ints, System

#: Relative error allowed in a point or a bound that is checked by multiplication.
CHECK = 1e-6
#: Open cells of a part from which it is worth moving many at once, how often at most, and the share
#: of those still open that another joint movement must settle.
MANY, TIMES, WORTH = 8, 12, 0.1
#: Joint movements by which cells are seen to move far, each there and back, and how far.
ROAMS, FAR = 8, 100.0


@dataclass(frozen=True, slots=True)
class Side:
    """One end of an interval and the equations (with multipliers) that prove it goes no further."""

    value: float
    because: tuple[tuple[int, float], ...] = ()


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
        whole = Unknowns(unknown, rows, sparse.csr_array(matrix[rows]), right[rows])
        self.parts = whole.parts
        self.part_of = {int(cell): part for part in self.parts for cell in part.cells}
        self.seen_low = np.where(fixed, low, np.inf)
        self.seen_high = np.where(fixed, high, -np.inf)
        #: Points seen in a part, by its identity, where they are kept.
        self.points: dict[int, Points] = {}
        self.outer_low, self.outer_high = low.astype(float), high.astype(float)
        least, most, wrong = whole.narrowed(low, high)
        # Bounds by propagation, which save programs.
        self.outer_low[whole.cells], self.outer_high[whole.cells] = least, most
        self.contradictions += [int(row) for one in wrong for row in self.parts[one].rows[:1]]
        waiting = self.parts
        if start is not None:
            unfit = whole.unfit(start, low, high, CHECK)
            fits = whole.cells[~np.isin(whole.of_cell, unfit)]
            self.seen_low[fits] = np.minimum(self.seen_low[fits], start[fits])
            self.seen_high[fits] = np.maximum(self.seen_high[fits], start[fits])
            waiting = [self.parts[one] for one in unfit]
        self.start = start
        #: Whether all values of `start` fit what is known.
        self.fits = start is not None and not waiting
        if not self.contradictions:
            self._feasible(waiting)

    def _feasible(self, parts: Sequence[Part]) -> None:
        for part in parts:
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

    def spread(self, cells: Ints, low: Floats, high: Floats, seed: int = 0) -> None:
        """See cells move as far as to `low` and `high` by few programs, each of which moves many.

        What is not seen so is left to the programs of single cells.
        """
        draw = np.random.default_rng(seed)
        todo: dict[int, list[tuple[int, float, float]]] = {}
        for cell, least, most in zip(map(int, cells), low, high, strict=True):
            if cell in self.part_of:
                todo.setdefault(id(self.part_of[cell]), []).append((cell, least, most))
        for part in self.parts:
            wanted = todo.get(id(part), [])
            # Both directions of each cell; one a cell at a time.
            moves = [(c, sign, e) for c, a, b in wanted for sign, e in ((-1.0, a), (1.0, b))]
            for _ in range(TIMES):
                moves = [move for move in moves if not self._reached(*move)]
                if len(moves) < MANY:
                    break
                self._together(part, {moves[i][0]: moves[i] for i in draw.permutation(len(moves))})
                left = sum(not self._reached(*move) for move in moves)
                if len(moves) - left < WORTH * len(moves):
                    break

    def roam(self, cells: Ints, seed: int = 0) -> None:
        """See cells move far by a few programs that move all of them, each at random up or down.

        What a contributor can rule out leaves most of such points possible: without them two
        programs would have to be solved for many pairs of a contributor and a cell.
        """
        draw = np.random.default_rng(seed)
        for part in self.parts:
            mine = np.intersect1d(cells, part.cells)
            if len(mine) < MANY or id(part) not in self.points:
                continue
            for _ in range(ROAMS):
                signs = draw.choice([-1.0, 1.0], len(mine))
                for way in (1.0, -1.0):
                    sign = way * signs
                    near = np.where(sign > 0, self.seen_high[mine], self.seen_low[mine])
                    moves = zip(map(int, mine), sign, near + sign * FAR, strict=True)
                    self._together(part, {move[0]: move for move in moves})

    def _reached(self, cell: int, sign: float, enough: float) -> bool:
        if sign > 0:
            goal = min(enough, self.outer_high[cell])
            return bool(self.seen_high[cell] >= goal - TOLERANCE)
        return bool(self.seen_low[cell] <= max(enough, self.outer_low[cell]) + TOLERANCE)

    def _together(self, part: Part, moves: dict[int, tuple[int, float, float]]) -> None:
        """Move many cells of a part at once, none further than is enough."""
        columns = np.array([part.place(cell) for cell in moves])
        sign = np.array([sign for _, sign, _ in moves.values()])
        enough = np.array([enough for _, _, enough in moves.values()])
        at = part.cells[columns]
        low, high = self.low[at], self.high[at]
        solver = part.program(self.low[part.cells], self.high[part.cells])
        solver.bound(
            columns,
            np.where(sign < 0, np.clip(enough, low, high), low),
            np.where(sign > 0, np.clip(enough, low, high), high),
        )
        seen = np.where(sign > 0, self.seen_high[at], self.seen_low[at])
        found = solver.maximise(columns, sign / np.maximum(np.abs(enough - seen), 1.0))
        solver.bound(columns, low, high)
        self.programs += 1
        if found.status == "optimal":
            self._see(part, found.point)

    def keep(self, cells: Ints) -> None:
        """Keep the points met from now on in the parts of some cells, for `narrowed`."""
        for cell in map(int, cells):
            if (part := self.part_of.get(cell)) is None or id(part) in self.points:
                continue
            self.points[id(part)] = Points(len(part.cells))
            if self.start is not None:
                self._see(part, self.start[part.cells])

    def narrowed(self, giver: int, cells: Ints, width: Floats) -> Ints:
        """Cells not seen to move by their `width` among points that leave the giver one."""
        part = self.part_of.get(giver)
        if part is None:
            return np.array([], dtype=np.int64)
        mine, given, _ = np.intersect1d(cells, part.cells[part.cells != giver], return_indices=True)
        if not len(mine) or id(part) not in self.points:
            return mine
        at = np.searchsorted(part.cells, mine)
        narrow = self.points[id(part)].narrow(part.place(giver), at, width[given])
        return np.asarray(mine[narrow])

    def insider(self, giver: int) -> Intruder:
        """What a contributor of one cell knows: as this, with that cell at 1 or more.

        Of the rest nothing changes but the part the cell is in; points seen so far stay possible
        where they leave it one. It uses the program of that part until `leave` is called.
        """
        made = copy.copy(self)
        part = self.part_of[giver]
        at = part.cells
        made.low = self.low.copy()
        made.low[giver] = max(1.0, float(self.low[giver]))
        made.parts, made.contradictions, made.programs = [part], [], 0
        made.part_of = dict.fromkeys(map(int, at), part)
        # What is possible with one in that cell is possible: points met go to everyone.
        made.points = {key: kept for key, kept in self.points.items() if key == id(part)}
        made.outer_low, made.outer_high = made.low.copy(), made.high.copy()
        made.seen_low, made.seen_high = self.seen_low.copy(), self.seen_high.copy()
        made.seen_low[at], made.seen_high[at] = np.inf, -np.inf
        low, high = propagate(part.matrix, part.right, made.low[at], made.high[at])
        made.outer_low[at], made.outer_high[at] = low, high
        if (low > high + 1e-4).any():
            made.contradictions += [int(row) for row in part.rows[:1]]
        if id(part) in self.points:
            seen = self.points[id(part)].drawn(part.place(giver))
            made.seen_low[at] = np.min(seen, axis=0, initial=np.inf)
            made.seen_high[at] = np.max(seen, axis=0, initial=-np.inf)
        self._giver(part, giver, float(made.low[giver]))
        if not made.contradictions:
            made._feasible(made.parts)
        return made

    def leave(self, giver: int) -> None:
        """Forget what the insider of a cell knew."""
        self._giver(self.part_of[giver], giver, float(self.low[giver]))

    def _giver(self, part: Part, giver: int, low: float) -> None:
        if part.made is not None:
            column = np.array([part.place(giver)])
            part.made.bound(column, np.array([low]), self.high[[giver]])

    def _see(self, part: Part, point: Floats) -> bool:
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
                self.points[id(part)].add(point)
        return fits

    def _end(self, cell: int, sign: float, enough: float) -> Side:
        part = self.part_of[cell]
        place = part.place(cell)
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

    def _bound(self, part: Part, place: int, sign: float, rows: Floats) -> float:
        """The bound that multipliers of the equations prove, by weak duality."""
        reduced = -(part.matrix.T @ rows)
        reduced[place] += sign
        reduced[np.abs(reduced) < 1e-7] = 0.0
        low, high = self.low[part.cells], self.high[part.cells]
        terms = np.zeros(len(reduced))
        up, down = reduced > 0, reduced < 0
        terms[up], terms[down] = reduced[up] * high[up], reduced[down] * low[down]
        return float(rows @ part.right + terms.sum())

    def _solve(self, part: Part, place: int, sign: float, enough: float | None) -> Optimum:
        """The program of one cell; it may stop where the cell has gone far enough."""
        at = part.cells
        solver = part.program(self.low[at], self.high[at])
        column = np.array([place])
        low, high = self.low[at[column]], self.high[at[column]]
        stop = enough is not None and np.isfinite(enough)
        if stop and sign > 0:
            solver.bound(column, low, np.clip(high, low, max(float(enough or 0), low[0])))
        elif stop:
            solver.bound(column, np.clip(low, min(float(enough or 0), high[0]), high), high)
        found = solver.maximise(column, np.array([sign]))
        if stop:
            solver.bound(column, low, high)
        self.programs += 1
        if found.status == "failed" or (
            found.status == "optimal" and not self._see(part, found.point)
        ):
            found = self._cold(part, place, sign)
        if found.status == "optimal":
            value = float(sign * found.point[place])
            return Optimum("optimal", sign * value, found.point, found.rows)
        return found

    def _cold(self, part: Part, place: int, sign: float) -> Optimum:
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

"""Which primaries a choice of hidden cells leaves narrow: linear programs on hidden cells only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from jsna.disclosure.simplex import Optimum, Program, program
from jsna.disclosure.solving.cuts import DOWN, NOISE, UP, Failure, Target
from jsna.disclosure.system import TOLERANCE, Floats, Ints, System

#: Targets of a component from which it is worth moving many at once, and how often at most.
MANY, TIMES = 40, 12
#: Share of the targets still open that another joint movement must prove.
WORTH = 0.1


class Component:
    """Hidden cells that equations tie together, and the program of their joint movements."""

    def __init__(self, system: System, level: Floats, cells: Ints, rows: Ints, matrix: Any) -> None:
        self.cells, self.rows = cells, rows
        self.low = system.low[cells] - system.value[cells]
        self.high = system.high[cells] - system.value[cells]
        part = level[cells] < 1
        value = system.value[cells]
        #: Whether every cell is hidden outright.
        self.outright = not part.any()
        if part.any():
            most = np.minimum(self.high, float(np.nanmax(system.need_width)))
            self.low = np.where(part, self.low * level[cells], self.low)
            self.high = np.where(part, most * level[cells], self.high)
        #: How far down a contributor's own cell can be: to the one they know of.
        self.given = np.maximum(self.low, -value) + 1
        self.place = {int(cell): i for i, cell in enumerate(cells)}
        self.program: Program = program(matrix, np.zeros(len(rows)), self.low, self.high)

    def reach(self, target: Target, sign: int) -> Optimum:
        """Move a target's cell as far as needed, and no further, in one direction."""
        at = np.array([self.place[target.cell]])
        limit = np.array([target.need])
        changed = [at]
        if sign == UP:
            self.program.bound(at, self.low[at], np.minimum(self.high[at], limit))
        else:
            self.program.bound(at, np.maximum(self.low[at], -limit), self.high[at])
        giver = self.place.get(target.contributor)
        if giver is not None and giver != at[0] and self.given[giver] <= 0:
            of = np.array([giver])
            self.program.bound(of, self.given[of], self.high[of])
            changed.append(of)
        found = self.program.maximise(at, np.array([float(sign)]))
        for columns in changed:
            self.program.bound(columns, self.low[columns], self.high[columns])
        return found

    def together(self, moves: Sequence[tuple[int, int, float]]) -> Optimum:
        """Move many cells at once, each in its direction and no further than its need."""
        at = np.array([self.place[cell] for cell, _, _ in moves])
        sign = np.array([sign for _, sign, _ in moves], dtype=float)
        limit = np.array([need for _, _, need in moves])
        low = np.where(sign < 0, np.maximum(self.low[at], -limit), self.low[at])
        high = np.where(sign > 0, np.minimum(self.high[at], limit), self.high[at])
        self.program.bound(at, low, high)
        found = self.program.maximise(at, sign / limit)
        self.program.bound(at, self.low[at], self.high[at])
        return found


def components(system: System, level: Floats, holding: Ints) -> list[Component]:
    """The cells hidden (to any degree) by connected component, in order of their first cell.

    Only components with one of the cells `holding` are made: most hold nothing to protect. `level`
    is 1 for a hidden cell and 0 for a shown one; in between, as the relaxed master problem
    has them, a cell may move by that part of its room.
    """
    cells = np.flatnonzero(level > 0)
    matrix = system.equations.tocsc()[:, cells].tocsr()
    rows = np.flatnonzero(np.diff(matrix.indptr))
    matrix = sparse.csr_array(matrix[rows])
    graph = sparse.block_array([[None, matrix], [matrix.T, None]]) if len(rows) else None
    asked = np.zeros(system.size, dtype=np.bool_)
    asked[holding] = True
    if graph is None:
        alone = [i for i in range(len(cells)) if asked[cells[i]]]
        return [Component(system, level, cells[[i]], rows, sparse.csr_array((0, 1))) for i in alone]
    number, label = connected_components(graph, directed=False)
    of_row, of_cell = label[: len(rows)], label[len(rows) :]
    first = np.full(number, len(cells))
    np.minimum.at(first, of_cell, np.arange(len(cells)))
    row_order, cell_order = np.argsort(of_row, kind="stable"), np.argsort(of_cell, kind="stable")
    row_ends = np.searchsorted(of_row[row_order], np.arange(number + 1))
    cell_ends = np.searchsorted(of_cell[cell_order], np.arange(number + 1))
    found = []
    held = np.zeros(number, dtype=np.bool_)
    held[of_cell[asked[cells]]] = True
    for one in np.argsort(first, kind="stable"):
        if not held[one]:
            continue
        mine = row_order[row_ends[one] : row_ends[one + 1]]
        places = cell_order[cell_ends[one] : cell_ends[one + 1]]
        part = matrix[mine].tocsc()[:, places]
        found.append(Component(system, level, cells[places], rows[mine], part))
    return found


class Reach:
    """Which targets are seen to be reached, over the movements met so far.

    A movement of hidden cells stays possible as long as they all stay hidden, so those met under
    earlier choices are kept.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.supports: list[Ints] = []
        self.movements: list[Floats] = []
        self.up, self.down = np.zeros(size), np.zeros(size)

    def begin(self, level: Floats) -> None:
        """Keep only what is still possible when cells are hidden to a level."""
        self.up, self.down = np.zeros(self.size), np.zeros(self.size)
        for support, movement in zip(self.supports, self.movements, strict=True):
            if (level[support] >= 1).all():
                self._see(support, movement)

    def note(self, cells: Ints, movement: Floats, *, keep: bool) -> None:
        """A joint movement of some cells, to keep if all of them are hidden outright."""
        moved = np.abs(movement) > NOISE
        support, movement = cells[moved], movement[moved]
        self._see(support, movement)
        if keep:
            self.supports.append(support)
            self.movements.append(movement)

    def _see(self, cells: Ints, movement: Floats) -> None:
        self.up[cells] = np.maximum(self.up[cells], movement)
        self.down[cells] = np.maximum(self.down[cells], -movement)

    def enough(self, target: Target, share: float) -> bool:
        """Whether a target is seen to be reached."""
        up, down = self.up[target.cell], self.down[target.cell]
        seen = up if target.direction == UP else down if target.direction == DOWN else up + down
        return bool(seen >= target.need * share - TOLERANCE)


def failures(
    system: System,
    level: Floats,
    wanted: Sequence[Target],
    cap: int,
    seed: int,
    enough: float = 1.0,
    reach: Reach | None = None,
) -> list[Failure]:
    """Targets that hiding cells to a `level` does not reach, at most `cap` of them.

    None proves that the choice is safe (where levels are 0 and 1 and `enough` is 1). A target
    counts as reached at `enough` of what it needs. Targets are looked at in a drawn order, which
    spreads the cuts over the table; one that another target's movement already proves wide is
    skipped, and so is one that a movement kept in `reach` does.
    """
    seen = Reach(system.size) if reach is None else reach
    seen.begin(level)
    drawn = np.random.default_rng(seed).permutation(len(wanted))
    order = [i for i in drawn if wanted[i].contributor >= 0 or not seen.enough(wanted[i], enough)]
    if not order:
        return []
    holding = np.array([wanted[i].cell for i in order], dtype=np.int64)
    parts = components(system, level, holding)
    part_of = {int(cell): part for part in parts for cell in part.cells}
    _prove(parts, part_of, [wanted[i] for i in order], enough, seen, np.random.default_rng(seed))
    found: list[Failure] = []
    for index in order:
        target = wanted[index]
        if target.contributor < 0 and seen.enough(target, enough):
            continue
        part = part_of[target.cell]
        reached, proofs = 0.0, []
        for sign in target.directions:
            best = part.reach(target, sign)
            if best.status == "unbounded":
                reached = np.inf
                break
            if best.status != "optimal":
                raise ArithmeticError("a separation program was not solved")
            if target.contributor < 0:
                seen.note(part.cells, best.point, keep=part.outright)
            used = np.abs(best.rows) > NOISE
            reached += best.value
            proofs.append((part.rows[used], best.rows[used]))
        if reached < target.need * enough - TOLERANCE:
            found.append(Failure(target, proofs))
            if len(found) >= cap:
                break
    return found


def _prove(
    parts: Sequence[Component],
    part_of: dict[int, Component],
    wanted: Sequence[Target],
    enough: float,
    seen: Reach,
    draw: np.random.Generator,
) -> None:
    """See many targets reached by few programs, which move many cells at once at random."""
    todo: dict[int, list[Target]] = {}
    for target in wanted:
        if target.contributor < 0:
            todo.setdefault(id(part_of[target.cell]), []).append(target)
    for part in parts:
        left = todo.get(id(part), [])
        for _ in range(TIMES):
            left = [target for target in left if not seen.enough(target, enough)]
            if len(left) < MANY:
                break
            moves: dict[int, tuple[int, int, float]] = {}
            for i in draw.permutation(len(left)):
                target = left[i]
                sign = target.direction or int(draw.choice([UP, DOWN]))
                moves.setdefault(target.cell, (target.cell, sign, target.need))
            found = part.together(list(moves.values()))
            if found.status != "optimal":
                break
            seen.note(part.cells, found.point, keep=part.outright)
            after = sum(not seen.enough(target, enough) for target in left)
            if len(left) - after < WORTH * len(left):
                break

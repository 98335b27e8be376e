"""What must be reached for each primary, and the inequality a failure teaches the master problem.

If hiding only the cells of `z` keeps a primary p from moving by `need`, the multipliers g of the
equations in the program max y_p prove it, and so does any other choice that leaves the same cells
shown. With r = e_p − g·M, weak duality bounds the movement for every z by

    Σ (max(r_i, 0)·(high_i − a_i) + max(−r_i, 0)·(a_i − low_i))·z_i,

which must be at least `need`; every term may be cut down to what is still missing, as z is binary.
These are the "capacity constraints" of Fischetti and Salazar-González (2001, section 4), who also
derive them for the width of the interval (sliding protection): there both directions are added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from jsna.disclosure.system import Flags, Floats, Ints, Matrix, System

#: Multipliers and capacities below this are rounding noise of the linear programs.
NOISE = 1e-9
UP, DOWN, WIDTH = 1, -1, 0


@dataclass(frozen=True, slots=True)
class Target:
    """A primary must be able to move by `need` up or down, or by that much altogether (width)."""

    cell: int
    direction: int
    need: float
    #: The cell from which a contributor subtracts their one; −1 for none.
    contributor: int = -1

    @property
    def directions(self) -> tuple[int, ...]:
        """The programs to solve for it."""
        return (UP, DOWN) if self.direction == WIDTH else (self.direction,)


def targets(system: System) -> list[Target]:
    """Every movement the primaries of a system need, in order of cell."""
    found = []
    for cell in map(int, np.flatnonzero(system.primary)):
        value = system.value[cell]
        if system.need_high[cell] > value:
            found.append(Target(cell, UP, float(system.need_high[cell] - value)))
        if system.need_low[cell] < value:
            found.append(Target(cell, DOWN, float(value - system.need_low[cell])))
        if np.isnan(system.need_low[cell]) and system.need_width[cell] > 0:
            found.append(Target(cell, WIDTH, float(system.need_width[cell])))
    return found


@dataclass(frozen=True, slots=True)
class Failure:
    """A target not reached, with the equations and multipliers that prove it, per direction."""

    target: Target
    proofs: Sequence[tuple[Ints, Floats]]


@dataclass(frozen=True, slots=True)
class Cuts:
    """Inequalities `left @ z >= right` over the cells that are still to be decided."""

    left: Matrix
    right: Floats


def cuts(system: System, failures: Sequence[Failure], hidden: Flags, open_: Flags) -> Cuts:
    """The inequality of each failure.

    Args:
        system: the system.
        failures: k of them.
        hidden: cells that are hidden whatever is decided, shape (n,).
        open_: cells that are to be decided, shape (n,).
    """
    count, size = len(failures), system.size
    need = np.array([f.target.need for f in failures])
    own = np.array([f.target.cell for f in failures])
    left = sparse.csr_array((count, size))
    for turn in range(2):
        part = [i for i, f in enumerate(failures) if len(f.proofs) > turn]
        if not part:
            continue
        left = left + _capacities(system, failures, part, turn, need, own)
    left = sparse.coo_array(left)
    rows, cells, size_of = left.coords[0], left.coords[1], left.data
    fixed = hidden[cells]
    given = np.bincount(rows[fixed], weights=size_of[fixed], minlength=count)
    missing = np.asarray(need - given, dtype=np.float64)
    keep = open_[cells] & ~fixed & (missing[rows] > NOISE)
    rows, cells = rows[keep], cells[keep]
    capped = np.minimum(size_of[keep], missing[rows])
    made = sparse.csr_array((capped, (rows, cells)), shape=(count, size))
    return Cuts(made, missing)


def _capacities(
    system: System,
    failures: Sequence[Failure],
    part: list[int],
    turn: int,
    need: Floats,
    own: Ints,
) -> Matrix:
    """How far each cell, once hidden, lets the target of each failure move."""
    shape = (len(failures), system.equations.shape[0])
    lengths = [len(failures[i].proofs[turn][0]) for i in part]
    rows = np.repeat(np.array(part), lengths)
    at = np.concatenate([failures[i].proofs[turn][0] for i in part])
    factor = np.concatenate([failures[i].proofs[turn][1] for i in part])
    multipliers = sparse.csr_array((factor, (rows, at)), shape=shape)
    signs = np.array([failures[i].target.directions[turn] for i in part], dtype=float)
    units = sparse.csr_array((signs, (np.array(part), own[part])), shape=(shape[0], system.size))
    reduced = sparse.coo_array(units - multipliers @ system.equations)
    rows, cells = reduced.coords
    up = np.where(reduced.data > NOISE, reduced.data, 0.0)
    down = np.where(reduced.data < -NOISE, -reduced.data, 0.0)
    giver = np.array([f.target.contributor for f in failures])
    room_up = system.high[cells] - system.value[cells]
    room_down = system.value[cells] - system.low[cells]
    own_room = np.minimum(room_down, system.value[cells]) - 1
    room_down = np.where((giver[rows] == cells) & (own_room >= 0), own_room, room_down)
    with np.errstate(invalid="ignore"):
        moved = np.where(up > 0, up * room_up, 0.0) + np.where(down > 0, down * room_down, 0.0)
    capped = np.minimum(moved, need[rows])
    keep = capped > NOISE
    return sparse.csr_array((capped[keep], (rows[keep], cells[keep])), shape=reduced.shape)


def seeds(system: System, wanted: Sequence[Target]) -> list[Failure]:
    """What single equations teach before any program is solved: something else must move too."""
    by_cell = sparse.csc_array(system.equations)
    found = []
    for target in wanted:
        if target.contributor >= 0:
            continue
        start, end = by_cell.indptr[target.cell : target.cell + 2]
        for row, factor in zip(by_cell.indices[start:end], by_cell.data[start:end], strict=True):
            proofs = [(np.array([row]), np.array([sign / factor])) for sign in target.directions]
            found.append(Failure(target, proofs))
    return found

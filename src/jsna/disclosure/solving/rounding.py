"""Additive controlled rounding: every count a multiple of a base, and totals still add up.

Only leaves are chosen, each the multiple below or above its count (a multiple stays, so zero stays
zero); every total is the sum of its rounded leaves. So additivity costs nothing, and what is
looked for is the choice that moves the totals least. Rounding each cell on its own would move none
by more than half the base, but then totals do not add up, and what they say about each other can
narrow a cell to a single value.

Sources: Cox, "A constructive procedure for unbiased controlled rounding", Journal of the American
Statistical Association 82 (1987), 520–524, for controlled rounding; Fischetti and Salazar-González,
"Computational experience with the controlled rounding problem in statistical disclosure control",
Journal of Official Statistics 14 (1998), 553–565, for its integer program, solved here for small
tables. Tables of more than two dimensions may have no rounding in which totals too move by less
than the base, so totals may go further here. Large tables are rounded by descent: leaves are
turned up or down, one or two at a time, while that lowers the sum of squared changes.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint

from jsna.disclosure.integer import milp
from jsna.disclosure.system import Floats, Ints, Matrix

#: Tables of up to this many cells are rounded by the integer program.
SMALL = 1_500
#: Passes of descent; it stops earlier where nothing is gained.
PASSES = 30


def round_additively(members: Matrix, counts: Floats, base: int) -> Floats:
    """Leaves rounded to multiples of `base` so that the cells they make up change little.

    Args:
        members: sparse matrix, shape (cells, leaves): which leaves each published cell adds up.
        counts: count of each leaf.
        base: what every count becomes a multiple of.

    Returns:
        The rounded count of every leaf; `members @` it are the rounded cells.
    """
    if base < 1:
        raise ValueError("the base of rounding is at least 1")
    matrix = sparse.csc_array(members, dtype=np.float64)
    floor = np.floor(counts / base) * base
    free = np.flatnonzero(counts > floor)
    if not len(free):
        return floor
    open_ = sparse.csc_array(matrix[:, free])
    target = (matrix @ (counts - floor)) / base
    up = _program(open_, target) if matrix.shape[0] <= SMALL else None
    if up is None:
        up = _descent(open_, target, (counts - floor)[free] / base)
    rounded = floor.copy()
    rounded[free] += base * up
    return rounded


def _program(members: Matrix, target: Floats) -> Floats | None:
    """Least sum of absolute changes, as an integer program; None where it takes too long."""
    cells, leaves = members.shape
    # members @ up − over + under = target
    whole = sparse.hstack([members, -sparse.eye_array(cells), sparse.eye_array(cells)])
    cost = np.concatenate([np.zeros(leaves), np.ones(2 * cells)])
    # Beyond the base a change costs more, so that it is spread rather than piled up.
    far = sparse.eye_array(cells)
    none = sparse.csr_array((cells, leaves + 2 * cells))
    excess = sparse.hstack([sparse.csr_array((cells, leaves)), far, far, -far])
    whole = sparse.vstack([sparse.hstack([whole, none[:, :cells]]), excess])
    low = np.concatenate([target, np.full(cells, -np.inf)])
    high = np.concatenate([target, np.ones(cells)])
    found = milp(
        np.concatenate([cost, np.full(cells, 4.0)]),
        constraints=LinearConstraint(whole, low, high),
        integrality=np.concatenate([np.ones(leaves), np.zeros(3 * cells)]),
        bounds=Bounds(0, np.concatenate([np.ones(leaves), np.full(3 * cells, np.inf)])),
        options={"node_limit": 500, "mip_rel_gap": 1e-3},
    )
    if found.x is None:
        return None
    return np.asarray(np.round(found.x[:leaves]))


def _descent(members: Matrix, target: Floats, fraction: Floats) -> Floats:
    """Leaves up or down by descent on the sum of squared changes, from rounding to the nearest."""
    up = (fraction > 0.5).astype(float)
    off = members @ up - target
    starts, rows = members.indptr, members.indices
    order = np.argsort(-np.abs(fraction - 0.5), kind="stable")[::-1]
    for _ in range(PASSES):
        turned = 0
        for leaf in order:
            at = rows[starts[leaf] : starts[leaf + 1]]
            step = 1.0 - 2.0 * up[leaf]
            # The change of Σ off² when off becomes off + step at these cells.
            if 2 * step * off[at].sum() + len(at) < -1e-9:
                off[at] += step
                up[leaf] += step
                turned += 1
        turned += _swap(members, off, up)
        if not turned:
            break
    return up


def _swap(members: Matrix, off: Floats, up: Floats) -> int:
    """Turn one leaf up and a neighbour down where neither alone gains; returns how many pairs.

    Neighbours are sought in the cells that are furthest off.
    """
    by_row = sparse.csr_array(members)
    starts, rows = members.indptr, members.indices
    turned = 0
    worst: Ints = np.argsort(-np.abs(off), kind="stable")[:200]
    for cell in worst:
        sign = -np.sign(off[cell])
        leaves = by_row.indices[by_row.indptr[cell] : by_row.indptr[cell + 1]][:400]
        mine = leaves[(up[leaves] == 0) if sign > 0 else (up[leaves] == 1)]
        for leaf in mine:
            at = rows[starts[leaf] : starts[leaf + 1]]
            gain = 2 * sign * off[at].sum() + len(at)
            worse = np.abs(off[at] + sign).max() - np.abs(off[at]).max()
            if gain <= 0 and worse < 0:
                off[at] += sign
                up[leaf] += sign
                turned += 1
                break
    return turned

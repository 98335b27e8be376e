"""Additive controlled rounding of any published numbers: multiples of a base that still add up.

Tables are rounded from their leaves (`solving.rounding`). What an edition publishes is a
system of equations instead: each cell may have a base of its own, and cells that are not published
tie others together. Each connected component is an integer program: every published cell with a
base becomes one of the multiples next to it, cells that are not printed move freely within their
bounds so that the equations hold, and the sum of the changes (each in its base) is least.

Sources: as `solving.rounding`. In more than two dimensions neighbouring multiples may not
be enough (Fischetti and Salazar-González 1998, section 2): then cells may move by up to two bases.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse.csgraph import connected_components

from jsna.disclosure.integer import milp
from jsna.disclosure.system import TOLERANCE, Flags, Floats, Ints, Matrix, Status, System
from jsna.errors import JsnaError, Problem

#: Bases by which a cell may move: tried in this order.
REACHES = (1, 2)
#: Branch-and-bound nodes of each program; a count, so that the result is always the same.
NODES = 2_000
#: Largest multiplier of an equation that is scaled to whole numbers; others stay as they are.
STEP = 1e-9


def round_system(
    system: System, base: npt.ArrayLike, hidden: npt.ArrayLike | None = None
) -> Floats:
    """Published numbers as multiples of their bases, with every equation still true.

    Args:
        system: what is published.
        base: what each cell becomes a multiple of, shape (n,) or one number; cells of base 1 (or
            less) stay as they are, and so do official ones.
        hidden: cells that are not printed, besides those the system says are not: they may move.

    Returns:
        The values of all cells, shape (n,): published ones rounded, the others so that the
        equations hold. Zeros stay zero.

    Raises:
        JsnaError: naming an equation of every component that no multiples within two bases fit.
    """
    bases = np.broadcast_to(np.asarray(base, dtype=np.float64), system.value.shape)
    loose = system.status >= Status.UNPUBLISHED
    if hidden is not None:
        loose = loose | np.asarray(hidden, dtype=np.bool_)
    grained = (bases > 1) & ~loose & (system.status != Status.PUBLIC)
    rounded = system.value.copy()
    problems: list[Problem] = []
    for cells, rows in _components(system, loose | grained):
        if not grained[cells].any():
            continue
        matrix = sparse.csr_array(system.equations[rows].tocsc()[:, cells])
        right = -(system.equations[rows] @ _without(system.value, cells))
        part = _round(system, cells, matrix, right, bases[cells], grained[cells])
        if part is None:
            rule = "no multiples of the base fit"
            rule = f"{rule}: {system.describe(int(rows[0]))}" if len(rows) else rule
            problems.append(Problem("rounding", rule, value=system.label(int(cells[0]))))
        else:
            rounded[cells] = part
    if problems:
        raise JsnaError(problems, title="The numbers cannot be rounded so that they add up:")
    return rounded


def _without(value: Floats, cells: Ints) -> Floats:
    known = value.copy()
    known[cells] = 0.0
    return known


def _components(system: System, moving: Flags) -> list[tuple[Ints, Ints]]:
    """Cells that may move and the equations between them, by connected component."""
    cells = np.flatnonzero(moving)
    matrix = sparse.csc_array(system.equations)[:, cells]
    graph = sparse.block_array([[None, matrix.T], [matrix, None]])
    _, label = connected_components(graph, directed=False)
    of_cell, of_row = label[: len(cells)], label[len(cells) :]
    return [
        (cells[of_cell == one], np.flatnonzero(of_row == one)) for one in dict.fromkeys(of_cell)
    ]


def _round(
    system: System, cells: Ints, matrix: Matrix, right: Floats, base: Floats, grained: Flags
) -> Floats | None:
    """One component; None where nothing fits."""
    value = system.value[cells]
    if not matrix.shape[0]:
        nearest = np.floor(value / base + 0.5) * base
        return np.asarray(np.where(grained, nearest, value))
    for reach in REACHES:
        found = _program(system, cells, matrix, right, base, grained, reach)
        if found is not None:
            return found
    return None


def _program(
    system: System,
    cells: Ints,
    matrix: Matrix,
    right: Floats,
    base: Floats,
    grained: Flags,
    reach: int,
) -> Floats | None:
    """x = base·k where there is a base; least Σ |x − value| / base, with moves beyond one dear."""
    value, count = system.value[cells], len(cells)
    step = np.where(grained, base, 1.0)
    least = np.where(grained, np.ceil((value - reach * base) / step + STEP), system.low[cells])
    most = np.where(grained, np.floor((value + reach * base) / step - STEP), system.high[cells])
    least, most = np.where(grained, np.maximum(least, 0), least), np.maximum(most, least)
    still = grained & (value == 0)
    most[still] = least[still] = 0.0
    at = np.flatnonzero(grained)
    size = len(at)
    # Columns: the cells, then how far each rounded one moves, then how far beyond its base.
    select = sparse.csr_array((step[at] / base[at], (np.arange(size), at)), shape=(size, count))
    one, none = sparse.eye_array(size), sparse.csr_array((size, size))
    share = value[at] / base[at]
    empty = sparse.csr_array((matrix.shape[0], 2 * size))
    blocks = [
        sparse.hstack([sparse.csr_array(matrix * step), empty]),
        sparse.hstack([select, -one, none]),
        sparse.hstack([select, one, none]),
        sparse.hstack([sparse.csr_array((size, count)), one, -one]),
    ]
    endless = np.full(size, np.inf)
    found = milp(
        np.concatenate([np.zeros(count), np.ones(size), np.full(size, 10.0)]),
        constraints=LinearConstraint(
            sparse.vstack(blocks, format="csc"),
            np.concatenate([right, -endless, share, -endless]),
            np.concatenate([right, share, endless, np.ones(size)]),
        ),
        integrality=np.concatenate([grained.astype(float), np.zeros(2 * size)]),
        bounds=Bounds(
            np.concatenate([least, np.zeros(2 * size)]),
            np.concatenate([most, np.full(2 * size, np.inf)]),
        ),
        options={"node_limit": NODES, "mip_rel_gap": 1e-3},
    )
    if found.x is None:
        return None
    made = np.where(grained, np.round(found.x[:count]) * step, found.x[:count])
    off = np.abs(matrix @ made - right)
    return np.asarray(made) if not len(off) or off.max() < 1e3 * TOLERANCE else None

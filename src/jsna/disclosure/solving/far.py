"""Large tables beyond their blocks: movements through several of them, and a bound for the whole.

A program of the whole of a table of a hundred thousand cells takes minutes, and one of a few blocks
seconds. So what a block cannot reach is sought in more and more of them, those nearest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from scipy import sparse

from jsna.disclosure.solving.cuts import Target, cuts, seeds
from jsna.disclosure.solving.routes import Routes
from jsna.disclosure.system import Block, Flags, Floats, Status, System

#: How many times as many blocks are looked at where fewer did not do.
MORE: Final = 2
#: Targets whose equations are looked at together for a bound.
TOGETHER: Final = 500


def reach_far(system: System, hidden: Flags, left: Sequence[Target]) -> list[Target]:
    """Hide what lets targets be reached through several blocks, in place.

    Args:
        system: a system with blocks.
        hidden: cells hidden so far, shape (n,); gets what is cheapest for each target.
        left: targets that no block reaches.

    Returns:
        Targets that hiding everything would not reach, or only both directions of which together.
    """
    movable = system.unseen | (system.status == Status.FREE)
    missed = []
    for target in left:
        ordered = nearest(system, target.cell)
        number = 1
        while True:
            number = min(number * MORE, len(ordered))
            some = [np.union1d(one.cells, one.context) for one in ordered[:number]]
            cells = np.unique(np.concatenate(some))
            part = system.restrict(cells)
            routes = Routes(part, movable[cells])
            at = replace(target, cell=int(np.searchsorted(cells, target.cell)))
            movement = routes.find(at, hidden[cells])
            if movement is not None:
                hidden[cells[routes.cells[movement != 0]]] = True
                break
            if number == len(ordered):
                missed.append(target)
                break
    return missed


def nearest(system: System, cell: int) -> list[Block]:
    """The blocks of a system: that of a cell, then those with most of what adds up with it."""
    by_cell = sparse.csc_array(system.equations)
    rows = by_cell.indices[by_cell.indptr[cell] : by_cell.indptr[cell + 1]]
    beside = np.unique(system.equations[rows].indices)
    home = next(one for one in system.blocks if (one.cells == cell).any())

    def rank(one: Block) -> tuple[bool, int, int]:
        near = int(np.isin(beside, one.cells, assume_unique=True).sum())
        shared = len(np.intersect1d(one.context, home.context, assume_unique=True))
        return one is not home, -near, -shared

    return sorted(system.blocks, key=rank)


def at_least(system: System, wanted: Sequence[Target]) -> float:
    """A weight that no choice can go below, from what single equations teach.

    The dual of the relaxed program by ascent: each cut in turn is paid for by its cells as far as
    their weights still go. Any such payment is a bound, though rarely the best.
    """
    free = (system.status == Status.FREE) & ~system.unseen
    weight: Floats = np.where(free, system.weight, 0.0)
    bound = 0.0
    for first in range(0, len(wanted), TOGETHER):
        some = wanted[first : first + TOGETHER]
        made = cuts(system, seeds(system, some), system.unseen, free)
        for row in np.flatnonzero(made.right > 0):
            at = slice(made.left.indptr[row], made.left.indptr[row + 1])
            cells, size = made.left.indices[at], made.left.data[at]
            if not len(cells):
                continue
            paid = float((weight[cells] / size).min())
            weight[cells] -= paid * size
            bound += paid * float(made.right[row])
    return bound

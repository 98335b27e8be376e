"""What is possible in one block of a large table while everything else is as it was.

Whatever fits with the rest known fits with the rest unknown too. So what a cell of a table of a
hundred thousand can be seen to reach within its own block needs no program of the whole, which
takes minutes where that of a block takes a moment. The division is the one the table comes with.
What cannot be reached within a block is sought in ever more of them; what is not found so is left
to the programs of the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from jsna.disclosure.attacking.intruder import Intruder
from jsna.disclosure.system import TOLERANCE, Block, Flags, Floats, Ints, System

#: Of a table in fewer blocks the programs of the whole are as soon done as those of several.
FEWEST: Final = 8


def spread_near(system: System, intruder: Intruder, cells: Ints, low: Floats, high: Floats) -> None:
    """See cells move as far as to `low` and `high`, in one block after another, then in several.

    Does nothing where the system has no blocks, or where no values that fit are known to start at.

    Args:
        system: what is published.
        intruder: who attacks it; what is seen is noted there.
        cells, low, high: how far down and up each cell should be seen to go.
    """
    if intruder.start is None or not intruder.fits:
        return
    for block in system.blocks:
        # A total of which nothing could be seen yet may move with what leans on it.
        above = np.isin(cells, block.context) & _open(intruder, cells, low, high)
        mine = np.isin(cells, block.cells) | above
        if mine.any():
            _within(system, intruder, [block], cells[mine], low[mine], high[mine])
    if len(system.blocks) < FEWEST:
        return
    for at in np.flatnonzero(_open(intruder, cells, low, high)):
        own = slice(at, at + 1)
        number, ordered = 2, _nearest(system, int(cells[at]))
        while number < len(ordered) and _open(intruder, cells[own], low[own], high[own]).any():
            _within(system, intruder, ordered[:number], cells[own], low[own], high[own])
            number *= 2


def _open(intruder: Intruder, cells: Ints, low: Floats, high: Floats) -> Flags:
    """Cells that have not been seen to go as far as they should."""
    down = intruder.seen_low[cells] <= np.maximum(low, intruder.outer_low[cells]) + TOLERANCE
    up = intruder.seen_high[cells] >= np.minimum(high, intruder.outer_high[cells]) - TOLERANCE
    return np.asarray(~(down & up))


def _nearest(system: System, cell: int) -> list[Block]:
    """Blocks by how near they are: that of a cell, those that lean on it, those of its family."""
    home = next(block for block in system.blocks if cell in block.cells)
    above = set(home.context.tolist())
    return sorted(
        system.blocks,
        key=lambda block: (
            block is not home,
            cell not in block.context,
            -len(above.intersection(block.context.tolist())),
        ),
    )


def _within(
    system: System,
    intruder: Intruder,
    blocks: Sequence[Block],
    cells: Ints,
    low: Floats,
    high: Floats,
) -> None:
    """See cells move while everything outside some blocks, with their contexts, is as it was."""
    start = intruder.start
    assert start is not None
    within = np.zeros(system.size, dtype=np.bool_)
    for block in blocks:
        within[block.cells] = within[block.context] = True
    near = Intruder(
        system,
        np.where(within, intruder.low, start),
        np.where(within, intruder.high, start),
        start,
    )
    if near.contradictions:
        return
    near.spread(cells, low, high)
    for cell, least, most in zip(cells, low, high, strict=True):
        near.least(int(cell), float(least))
        near.most(int(cell), float(most))
    seen = np.flatnonzero(within)
    intruder.seen_low[seen] = np.minimum(intruder.seen_low[seen], near.seen_low[seen])
    intruder.seen_high[seen] = np.maximum(intruder.seen_high[seen], near.seen_high[seen])
    intruder.programs += near.programs

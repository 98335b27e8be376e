"""What is possible in one block of a large table while everything else is as it was.

Whatever fits with the rest known fits with the rest unknown too. So what a cell of a table of a
hundred thousand can be seen to reach within its own block needs no program of the whole, which
takes minutes where that of a block takes a moment. The division is the one the table comes with;
what cannot be reached within it is left to the programs of the whole.
"""

from __future__ import annotations

import numpy as np

from jsna.disclosure.attacking.intruder import Intruder
from jsna.disclosure.system import Floats, Ints, System


def spread_near(system: System, intruder: Intruder, cells: Ints, low: Floats, high: Floats) -> None:
    """See cells move as far as to `low` and `high`, one block of the system after another.

    Does nothing where the system has no blocks, or where no values that fit are known to start at.

    Args:
        system: what is published.
        intruder: who attacks it; what is seen is noted there.
        cells, low, high: how far down and up each cell should be seen to go.
    """
    start = intruder.start
    if start is None or not intruder.fits:
        return
    for block in system.blocks:
        mine = np.isin(cells, block.cells)
        if not mine.any():
            continue
        within = np.zeros(system.size, dtype=np.bool_)
        within[block.cells] = within[block.context] = True
        near = Intruder(
            system,
            np.where(within, intruder.low, start),
            np.where(within, intruder.high, start),
            start,
        )
        if near.contradictions:
            continue
        near.spread(cells[mine], low[mine], high[mine])
        for cell, least, most in zip(cells[mine], low[mine], high[mine], strict=True):
            near.least(int(cell), float(least))
            near.most(int(cell), float(most))
        seen = np.flatnonzero(within)
        intruder.seen_low[seen] = np.minimum(intruder.seen_low[seen], near.seen_low[seen])
        intruder.seen_high[seen] = np.maximum(intruder.seen_high[seen], near.seen_high[seen])
        intruder.programs += near.programs

"""A division of a large table into blocks that can be protected one after the other."""

from __future__ import annotations

import numpy as np

from jsna.disclosure.system import Block, Ints
from jsna.disclosure.tables import Layout

#: Cells that one block of a large table should have, and the fewest siblings it should hold.
BLOCK_CELLS = 3000
BLOCK_SIBLINGS = 8


def blocks(cells: Layout, size: int = BLOCK_CELLS) -> tuple[Block, ...]:
    """A division of a large table along its longest dimensions, totals first.

    Each block is some siblings with all below them; the totals above them are its context.
    """
    found: list[Block] = []
    _divide(cells, np.arange(len(cells.places)), np.array([], dtype=np.int64), size, found)
    return tuple(found)


def _divide(cells: Layout, part: Ints, context: Ints, size: int, found: list[Block]) -> None:
    if len(part) <= size:
        found.append(Block(part, context))
        return
    present = [np.unique(cells.places[part, k]) for k in range(len(cells.dimensions))]
    for axis in sorted(range(len(present)), key=lambda k: -len(present[k])):
        parent = cells.dimensions[axis].parent
        roots = [int(c) for c in present[axis] if parent[c] not in present[axis]]
        children = [int(c) for c in present[axis] if parent[c] == roots[0]]
        if len(roots) == 1 and children:
            break
    else:
        found.append(Block(part, context))
        return
    at = cells.places[part, axis]
    top = part[at == roots[0]]
    _divide(cells, top, context, size, found)
    packs: list[list[Ints]] = [[]]
    for child in children:
        below = part[np.isin(at, _subtree(parent, child))]
        full = sum(map(len, packs[-1])) + len(below) > size
        if full and len(packs[-1]) >= min(BLOCK_SIBLINGS, len(children) // 2):
            packs.append([])
        packs[-1].append(below)
    for pack in packs:
        _divide(cells, np.sort(np.concatenate(pack)), np.union1d(context, top), size, found)


def _subtree(parent: Ints, node: int) -> list[int]:
    below = [node]
    for code in below:
        below += [int(c) for c in np.flatnonzero(parent == code)]
    return below

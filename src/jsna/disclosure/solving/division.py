"""Division of a problem: into parts that have nothing to do with each other, and into blocks."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from jsna.disclosure.system import Block, Ints, Status, System
from jsna.disclosure.tabular.tables import Layout

#: Cells that one block of a large table should have, and the fewest leaves of a dimension.
BLOCK_CELLS = 3000
BLOCK_SIBLINGS = 4


def components(system: System) -> list[Ints]:
    """Cells that may be hidden and are joined by equations, where a primary is among them.

    Cells that everyone sees whatever is decided are constants and join nothing. In order of the
    first cell.
    """
    cells = np.flatnonzero((system.status != Status.PUBLIC) & (system.status != Status.SHOWN))
    matrix = sparse.csc_array(system.equations)[:, cells]
    graph = sparse.block_array([[None, matrix.T], [matrix, None]])
    number, label = connected_components(graph, directed=False)
    label = label[: len(cells)]
    order = np.argsort(label, kind="stable")
    ends = np.searchsorted(label[order], np.arange(number + 1))
    wanted = np.unique(label[system.primary[cells]])
    found = [cells[order[ends[one] : ends[one + 1]]] for one in wanted]
    return sorted(found, key=lambda part: int(part[0]))


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
    below = [_subtree(parent, child) for child in children]
    counted = np.bincount(at, minlength=len(parent))
    for first, last in _packs(below, [int(counted[nodes].sum()) for nodes in below], size):
        nodes = [node for some in below[first:last] for node in some]
        _divide(cells, part[np.isin(at, nodes)], np.union1d(context, top), size, found)


def _packs(below: list[list[int]], counted: list[int], size: int) -> list[tuple[int, int]]:
    """Runs of siblings of about the same size, none with too few leaves to protect each other.

    As few as leave none of them with more cells than `size`, where any number does: what is divided
    along a second dimension too loses those that would protect it most cheaply.

    Args:
        below: nodes of each sibling, itself among them.
        counted: cells of each sibling.
        size: cells a run should not have more of.
    """
    ends = np.cumsum([max(len(nodes) - 1, 1) for nodes in below])
    most = int(max(ends[-1] // BLOCK_SIBLINGS, 1))
    fewest = int(np.clip(-(-sum(counted) // size), 1, most))
    cells = np.concatenate([[0], np.cumsum(counted)])

    def runs(count: int) -> list[tuple[int, int]]:
        cuts = np.searchsorted(ends, ends[-1] * np.arange(1, count) / count) + 1
        inner = (int(cut) for cut in np.unique(cuts) if cut < len(below))
        return list(pairwise([0, *inner, len(below)]))

    tried = map(runs, range(fewest, most + 1))
    fitting = (one for one in tried if all(cells[b] - cells[a] <= size for a, b in one))
    return next(fitting, runs(fewest))


def _subtree(parent: Ints, node: int) -> list[int]:
    below = [node]
    for code in below:
        below += [int(c) for c in np.flatnonzero(parent == code)]
    return below

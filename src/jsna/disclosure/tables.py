"""Tables as systems: dimensions with trees, totals over every combination, tables that share margins.

Several tables over some of the same dimensions are one set of cells: a table that lacks a dimension
stands at its total. A cell that two tables print is then one cell, and every margin they share
ties them together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from jsna.disclosure.system import Block, Floats, Ints, Matrix

TOTAL = "Total"
#: Cells that one block of a large table should have, and the fewest siblings it should hold.
BLOCK_CELLS = 3000
BLOCK_SIBLINGS = 8
#: Code -> the code it is part of; codes without one are part of the total.
Hierarchy = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension: codes in sorted order within leaves, inner nodes, total (always last)."""

    name: str
    codes: tuple[str, ...]
    #: Index of the node each code is part of; −1 for the total.
    parent: Ints
    leaves: int

    @property
    def root(self) -> int:
        """Index of the total."""
        return len(self.codes) - 1

    def membership(self) -> Floats:
        """Matrix, shape (codes, leaves): whether a leaf is counted at a code."""
        found = np.zeros((len(self.codes), self.leaves))
        for leaf in range(self.leaves):
            node = leaf
            while node >= 0:
                found[node, leaf] = 1.0
                node = int(self.parent[node])
        return found


def dimension(
    name: str, leaves: Iterable[str], hierarchy: Hierarchy | None = None, total: str = TOTAL
) -> Dimension:
    """A dimension from its leaves and the tree above them.

    Raises:
        ValueError: where the tree has a cycle.
    """
    tree = dict(hierarchy or {})
    below = sorted(set(leaves) - {total} - set(tree.values()))
    inner: dict[str, None] = {}
    for leaf in below:
        code, steps = tree.get(leaf, total), 0
        while code != total:
            inner[code] = None
            code, steps = tree.get(code, total), steps + 1
            if steps > len(tree):
                raise ValueError(f"the hierarchy of {name!r} goes round in a circle at {leaf!r}")
    codes = (*below, *sorted(inner), total)
    index = {code: i for i, code in enumerate(codes)}
    parent = [index[tree.get(code, total)] for code in codes[:-1]]
    return Dimension(name, codes, np.array([*parent, -1], dtype=np.int64), len(below))


@dataclass(frozen=True, slots=True)
class Layout:
    """Cells by coordinates: `places[i, k]` is the code of cell i in dimension k."""

    dimensions: tuple[Dimension, ...]
    places: Ints

    @property
    def strides(self) -> Ints:
        """What each dimension's code is multiplied by to make a cell's key."""
        sizes = [len(d.codes) for d in self.dimensions]
        return np.array([int(np.prod(sizes[k + 1 :])) for k in range(len(sizes))], dtype=np.int64)

    @property
    def keys(self) -> Ints:
        """One number for each cell's coordinates."""
        return np.asarray(self.places @ self.strides)

    def names(self) -> list[tuple[str, ...]]:
        """The codes of every cell."""
        columns = [
            np.array(d.codes, dtype=object)[self.places[:, k]]
            for k, d in enumerate(self.dimensions)
        ]
        return list(zip(*columns, strict=True))


def layout(dimensions: Sequence[Dimension], tables: Sequence[Sequence[str]]) -> Layout:
    """Every combination of codes of each table's dimensions, each cell once, sorted."""
    found = []
    for table in tables:
        axes = [
            np.arange(len(d.codes)) if d.name in table else np.array([d.root]) for d in dimensions
        ]
        grid = np.meshgrid(*axes, indexing="ij")
        found.append(np.stack([axis.ravel() for axis in grid], axis=1))
    places = np.unique(np.concatenate(found), axis=0).astype(np.int64)
    return Layout(tuple(dimensions), places)


def count(cells: Layout, leaf_places: Ints, counts: Floats) -> Floats:
    """Value of every cell from counts at leaves (`leaf_places`, one row of leaf codes each)."""
    cube = np.zeros([d.leaves for d in cells.dimensions])
    np.add.at(cube, tuple(leaf_places.T), counts)
    for axis, dim in enumerate(cells.dimensions):
        cube = np.moveaxis(np.tensordot(dim.membership(), cube, axes=(1, axis)), 0, axis)
    return np.asarray(cube[tuple(cells.places.T)])


def equations(cells: Layout) -> Matrix:
    """Each total less its parts, in every dimension, at every combination of the others.

    An equation is made where a total and at least one of its parts are cells; parts that are not
    cells count as zero (published tables leave out rows of zeros).
    """
    keys = cells.keys
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    rows: list[Ints] = []
    columns: list[Ints] = []
    factors: list[Floats] = []
    made = 0
    for axis, dim in enumerate(cells.dimensions):
        stride = cells.strides[axis]
        for node in np.unique(dim.parent[:-1]):
            totals = np.flatnonzero(cells.places[:, axis] == node)
            parts_found = np.zeros(len(totals), dtype=np.int64)
            pieces: list[tuple[Ints, Ints]] = []
            for child in np.flatnonzero(dim.parent == node):
                wanted = keys[totals] + (child - node) * stride
                at = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
                hit = np.flatnonzero(ordered[at] == wanted)
                parts_found[hit] += 1
                pieces.append((hit, order[at[hit]]))
            number = np.cumsum(parts_found > 0) - 1 + made
            kept = np.flatnonzero(parts_found)
            rows += [number[kept], *(number[hit] for hit, _ in pieces)]
            columns += [totals[kept], *(found for _, found in pieces)]
            factors += [-np.ones(len(kept)), *(np.ones(len(hit)) for hit, _ in pieces)]
            made += len(kept)
    if not made:
        return sparse.csr_array((0, len(keys)))
    return sparse.csr_array(
        (np.concatenate(factors), (np.concatenate(rows), np.concatenate(columns))),
        shape=(made, len(keys)),
    )


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

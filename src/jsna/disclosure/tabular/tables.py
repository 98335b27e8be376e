"""Tables as systems: dimensions with trees, totals over all combinations, shared margins.

Several tables over some of the same dimensions are one set of cells: a table that lacks a dimension
stands at its total. A cell that two tables print is then one cell, and every margin they share
ties them together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy import sparse

from jsna.disclosure.system import Floats, Ints, Matrix

TOTAL = "Total"
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

    def chain(self, leaf: int) -> list[int]:
        """A leaf and everything it is part of, the total last."""
        found = [leaf]
        while self.parent[found[-1]] >= 0:
            found.append(int(self.parent[found[-1]]))
        return found

    def membership(self) -> Floats:
        """Matrix, shape (codes, leaves): whether a leaf is counted at a code."""
        found = np.zeros((len(self.codes), self.leaves))
        for leaf in range(self.leaves):
            found[self.chain(leaf), leaf] = 1.0
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


#: Cells of several tables and of all they are margins of, beyond which the latter are left out.
BEHIND = 6_000


def behind(cells: Layout) -> Layout | None:
    """The same cells, and after them those of the table of all dimensions that they are margins of.

    What is printed of several tables is printed of one set of people: none of its combinations is
    counted less than 0 times, and that can rule out what the tables alone leave open.

    Returns:
        None where that table is itself among the cells, or has more cells than `BEHIND`.
    """
    leaf = (cells.places < [dim.root for dim in cells.dimensions]).all(axis=1)
    if leaf.any() or np.prod([float(len(dim.codes)) for dim in cells.dimensions]) > BEHIND:
        return None
    whole = layout(cells.dimensions, [[dim.name for dim in cells.dimensions]])
    more = whole.places[~np.isin(whole.keys, cells.keys)]
    return Layout(cells.dimensions, np.concatenate([cells.places, more]))


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


def members(cells: Layout, leaf_places: Ints) -> Matrix:
    """Matrix, shape (cells, leaves): which rows of leaf codes each cell adds up."""
    ancestors = []
    for dim in cells.dimensions:
        ancestors.append([dim.chain(leaf) for leaf in range(dim.leaves)])
    longest = [max(map(len, chains)) for chains in ancestors]
    keys = cells.keys
    order = np.argsort(keys, kind="stable")
    rows, columns = [], []
    leaves = np.arange(len(leaf_places))
    for steps in product(*map(range, longest)):
        kept = np.ones(len(leaf_places), dtype=np.bool_)
        wanted = np.zeros(len(leaf_places), dtype=np.int64)
        for axis, chains in enumerate(ancestors):
            step = steps[axis]
            at = np.array([chain[step] if step < len(chain) else -1 for chain in chains])
            node = at[leaf_places[:, axis]]
            kept &= node >= 0
            wanted += node * cells.strides[axis]
        found = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
        kept &= keys[order][found] == wanted
        rows.append(order[found[kept]])
        columns.append(leaves[kept])
    at_row, at_column = np.concatenate(rows), np.concatenate(columns)
    ones = np.ones(len(at_row))
    return sparse.csr_array((ones, (at_row, at_column)), shape=(len(keys), len(leaf_places)))

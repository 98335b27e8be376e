"""The order of the rows that are published: that of the rows received, where it tells nothing.

Rows sorted by their counts say between which others a hidden count lies. A combination without a
row is zero, and a row put in for it must not show that it was. So the order of the rows received
is kept only where neither tells anything.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations

import numpy as np

from jsna.disclosure.additions import with_cell
from jsna.disclosure.attacking.attack import attack
from jsna.disclosure.system import Flags, Floats, Ints, Status, System
from jsna.disclosure.tabular.tables import Layout

#: Neighbours in a sorted table above which it is taken to tell something without an attack.
PAIRS = 300
#: What is said where the order could not be kept.
TOLD = (
    "the rows came in the order of their counts, which tells hidden ones; they are sorted by code"
)
MIXED = (
    "the rows came in no order of codes, and some combinations have none; they are sorted by code, "
    "so that it cannot be seen which"
)


def ordered(
    cells: Layout, rows: Sequence[Ints], counts: Floats, made: System, hidden: Flags
) -> tuple[Ints, str]:
    """The cells in the order they are published in, and what is to be said of it.

    Args:
        cells: the cells.
        rows: coordinates of the rows received, in their order, for each table.
        counts: the true counts.
        made: the system of the cells.
        hidden: which of them are hidden; where values are rounded, all of them.
    """
    kept, note = _as_received(cells, rows)
    received = [int(cell) for cell in kept]
    plain = _by_codes(cells, [np.arange(len(dim.codes)) for dim in cells.dimensions])
    if received == plain or not hidden.any():
        return kept, note
    pairs = list(_sorted(cells, received, counts))
    if pairs and _tells(pairs, counts, made, hidden):
        return np.array(plain), TOLD
    return kept, note


def _as_received(cells: Layout, rows: Sequence[Ints]) -> tuple[Ints, str]:
    """Cells as their rows came, then what had none."""
    keys = {int(key): cell for cell, key in enumerate(cells.keys)}
    leaves = [dim.leaves for dim in cells.dimensions]
    leaf: Flags = np.asarray((cells.places < leaves).all(axis=1))
    came = [keys[int(k)] for at in rows for k in at @ cells.strides if int(k) in keys]
    came = list(dict.fromkeys(came))
    plain = [np.arange(len(dim.codes)) for dim in cells.dimensions]
    merged, straight = _merged(cells, rows)
    merged = merged if straight else plain
    codes = _by_codes(cells, merged)
    if leaf[came].sum() == leaf.sum() and len(rows) == 1:
        known = set(came)
        return np.array([*came, *(cell for cell in codes if cell not in known)]), ""
    # Rows put in for what had none stand where their codes say, like any other.
    body = {*came, *np.flatnonzero(leaf).tolist()}
    rest = [cell for cell in codes if cell not in body]
    for axes in permutations(range(len(cells.dimensions))) if straight else ():
        order = [cell for cell in _by_codes(cells, merged, axes) if cell in body]
        place = {cell: i for i, cell in enumerate(order)}
        if all(place[one] < place[other] for one, other in pairwise(came)):
            return np.array([*order, *rest]), ""
    return np.array(_by_codes(cells, plain)), MIXED if len(rows) == 1 else ""


def _merged(cells: Layout, rows: Sequence[Ints]) -> tuple[list[Ints], bool]:
    """The rank of every code of each dimension as the rows have them, and whether they agree.

    Where the rows leave open which of two codes comes first, the alphabet decides: the place of a
    code does not show in which combinations it had a row.
    """
    ranks, straight = [], True
    for axis, dim in enumerate(cells.dimensions):
        after: dict[int, set[int]] = {code: set() for code in range(len(dim.codes))}
        seen: set[int] = set()
        for at in rows:
            for run in _runs(at, axis):
                seen.update(run)
                for one, other in pairwise(run):
                    after[one].add(other)
        waiting = dict.fromkeys(after, 0)
        for following in after.values():
            for code in following:
                waiting[code] += 1
        ready = [(code not in seen, code) for code, before in waiting.items() if not before]
        heapq.heapify(ready)
        order: list[int] = []
        while ready:
            _, code = heapq.heappop(ready)
            order.append(code)
            for other in sorted(after[code]):
                waiting[other] -= 1
                if not waiting[other]:
                    heapq.heappush(ready, (other not in seen, other))
        straight &= len(order) == len(dim.codes)
        order += [code for code in after if code not in set(order)]
        rank = np.zeros(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order))
        ranks.append(rank)
    return ranks, straight


def _runs(at: Ints, axis: int) -> Iterator[list[int]]:
    """The codes of one dimension in their order, for each combination of the others."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for row in at.tolist():
        code = row[axis]
        groups.setdefault((*row[:axis], *row[axis + 1 :]), []).append(code)
    yield from groups.values()


def _by_codes(cells: Layout, ranks: Sequence[Ints], axes: Sequence[int] | None = None) -> list[int]:
    """Cells by the ranks of their codes, the first of the axes slowest."""
    axes = range(len(ranks)) if axes is None else axes
    keys = [ranks[axis][cells.places[:, axis]] for axis in reversed(list(axes))]
    return [int(cell) for cell in np.lexsort(keys)]


def _sorted(cells: Layout, order: Sequence[int], counts: Floats) -> Iterator[tuple[int, int]]:
    """Neighbours of rows that stand in the order of their counts, the greater first.

    Looked at are all leaves, the codes of a dimension within each combination of the others, and
    the codes of a dimension by what they come to.
    """
    leaves = np.array([dim.leaves for dim in cells.dimensions])
    leaf = [cell for cell in order if (cells.places[cell] < leaves).all()]
    yield from _neighbours([leaf], counts)
    for axis, dim in enumerate(cells.dimensions):
        others = [a for a in range(len(leaves)) if a != axis]
        roots = [cells.dimensions[a].root for a in others]
        for level in (range(dim.leaves), range(dim.leaves, dim.root)):
            groups: dict[tuple[int, ...], list[int]] = {}
            for cell in order:
                if cells.places[cell, axis] in level:
                    key = tuple(int(i) for i in cells.places[cell, others])
                    groups.setdefault(key, []).append(cell)
            inner = [g for key, g in groups.items() if (np.array(key) < leaves[others]).all()]
            yield from _neighbours(inner, counts)
            if others:
                whole = {int(cells.places[c, axis]): c for c in groups.get(tuple(roots), [])}
                first = dict.fromkeys(int(cells.places[cell, axis]) for cell in order)
                yield from _neighbours([[whole[c] for c in first if c in whole]], counts)


def _neighbours(groups: Sequence[Sequence[int]], counts: Floats) -> Iterator[tuple[int, int]]:
    """Neighbours of groups that are all sorted the same way, one of them of three or more."""
    if not any(len(group) > 2 for group in groups):
        return
    for sign in (1, -1):
        pairs = [pair for group in groups for pair in pairwise(group[::sign])]
        if all(counts[one] >= counts[other] for one, other in pairs):
            yield from pairs
            return


def _tells(pairs: Sequence[tuple[int, int]], counts: Floats, made: System, hidden: Flags) -> bool:
    """Whether anything more can be worked out by one who knows that rows are sorted."""
    if len(pairs) > PAIRS or hidden.all():
        return True
    knows = made
    for one, other in dict.fromkeys(pairs):
        over = float(counts[one] - counts[other])
        name = f"{made.label(one)} above {made.label(other)}"
        knows = with_cell(knows, name, over, {one: 1.0, other: -1.0}, Status.SLACK)
    more = np.append(hidden, np.ones(knows.size - made.size, dtype=np.bool_))
    return bool(attack(knows, more, start=knows.value).failures)

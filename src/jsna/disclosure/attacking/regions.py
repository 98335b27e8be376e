"""What counts say of groups that none of them counts: by adding some up and taking others away.

Of 604 children 489 are without a plan and 235 have some need: 120 are in both, as a reader finds
who adds the two and takes all away. Counts are rows of a matrix over the places (a code of each
column) that they tell apart; a group is known where it is a combination of rows.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from jsna.disclosure.system import Floats
from jsna.model.cells import Codes

#: Stands for every code that no row names, and for none.
_ANY = "\x00any"
#: What is nothing but for rounding.
_NOTHING = 1e-9

Limits = Mapping[str, Codes]


def known_groups(
    counts: Sequence[Limits], wanted: Sequence[Limits]
) -> Iterator[tuple[list[int], list[int], list[int]]]:
    """Groups that hold one of some others, or several, and follow from counts.

    Args:
        counts: which codes each count is limited to, by column.
        wanted: the same of those whom the groups must hold.

    Yields:
        Places of the counts that are added up, of those taken away, and of those who are held.
    """
    columns: dict[str, set[str]] = {c: {_ANY} for one in counts for c in sorted(one)}
    for one in (*counts, *wanted):
        for column in columns.keys() & one.keys():
            columns[column] |= one[column]
    places = [*itertools.product(*(sorted(codes) for codes in columns.values()))]
    every = np.array([_inside(one, columns, places) for one in counts], dtype=np.float64)
    if not every.size:
        return
    classes, at = np.unique(every, axis=1, return_inverse=True)
    rows = _independent(classes)
    basis = classes[rows].T
    needs = [frozenset(at[_inside(one, columns, places)].tolist()) for one in wanted]
    for some in sorted({*needs, *_joined(needs)}, key=sorted):
        group = np.zeros(classes.shape[1])
        group[[*some]] = 1
        weights, *_ = np.linalg.lstsq(basis, group, rcond=None)
        whole = np.round(weights)
        # Whoever is in no count at all is in no group that follows from them.
        if np.abs(basis @ whole - group).max() > _NOTHING or np.abs(whole).max() > 1:
            continue
        taken = [[rows[n] for n in np.flatnonzero(whole == sign)] for sign in (1, -1)]
        yield taken[0], taken[1], [n for n, need in enumerate(needs) if need <= some]


def _inside(
    one: Limits, columns: Mapping[str, object], places: Sequence[tuple[str, ...]]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which places a group is in, by what it says of the columns."""
    sets = [one.get(column) for column in columns]
    return np.array(
        [
            all(codes is None or code in codes for codes, code in zip(sets, place, strict=True))
            for place in places
        ],
        dtype=np.bool_,
    )


def _independent(matrix: Floats) -> list[int]:
    """Rows none of which follows from those before it."""
    found: list[int] = []
    basis: list[Floats] = []
    for at, row in enumerate(matrix):
        left = row.copy()
        for one in basis:
            left -= (left @ one) * one
        size = float(np.linalg.norm(left))
        if size > _NOTHING:
            found.append(at)
            basis.append(left / size)
    return found


def _joined(needs: Sequence[frozenset[int]]) -> Iterator[frozenset[int]]:
    """Each put together with those that share something with it, and so on."""
    for need in needs:
        more = need
        while (wider := more.union(*(one for one in needs if one & more))) != more:
            more = wider
        yield more

"""Zeros that protect nothing when they are hidden, and so are shown.

Of dimensions one may settle the other: a ward lies in one district, and readers know which. Whether
it is by definition or by chance that each code has counts at one code of the other cannot be seen;
that these zeros are shown is right either way. And a code that is 0 throughout may be part of a
subtotal, or the subtotal of others that are 0, without its counts showing it: readers know.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from itertools import permutations

import numpy as np

from jsna.disclosure.system import Flags, Floats
from jsna.disclosure.tabular.tables import Layout


def known_zeros(
    cells: Layout, counts: Floats, empty: Mapping[str, frozenset[str]]
) -> tuple[Flags, tuple[str, ...]]:
    """Zeros that are to be shown, and what is to be said of it.

    Args:
        cells: the cells.
        counts: their counts.
        empty: codes of each dimension that are 0 throughout and of which nothing shows what they
            are part of.
    """
    known = np.zeros(len(counts), dtype=np.bool_)
    notes = []
    for axis, dim in enumerate(cells.dimensions):
        codes = empty.get(dim.name, frozenset())
        if not codes:
            continue
        known |= np.array([code in codes for code in dim.codes])[cells.places[:, axis]]
        notes.append(
            f"{dim.name}: {len(codes):,} codes are 0 throughout, and cannot be seen to be part of "
            f"a sum or of none: their zeros are not hidden (if no code of {dim.name} is a sum of "
            f"others: --not-total {shlex.quote(dim.name)} '*'; else give the tree with --hierarchy)"
        )
    for one, other in permutations(range(len(cells.dimensions)), 2):
        met = _met(cells, counts, one, other)
        if met is None or not _settles(met):
            continue
        a, b = cells.dimensions[one], cells.dimensions[other]
        somewhere = a.membership() @ met @ b.membership().T > 0
        known |= ~somewhere[cells.places[:, one], cells.places[:, other]] & (counts == 0)
        notes.append(
            f"every {a.name!r} has counts at one {b.name!r} alone, which readers may know: zeros "
            f"at others are not hidden (as a tree: --hierarchy for {a.name!r})"
        )
    return known, tuple(notes)


def _met(cells: Layout, counts: Floats, one: int, other: int) -> Floats | None:
    """Whether leaves of two dimensions have counts together; None where no table has both."""
    a, b = cells.dimensions[one], cells.dimensions[other]
    at = np.ones(len(counts), dtype=np.bool_)
    for axis, dim in enumerate(cells.dimensions):
        place = cells.places[:, axis]
        at &= place < dim.leaves if axis in (one, other) else place == dim.root
    if not at.any():
        return None
    met = np.zeros((a.leaves, b.leaves))
    met[cells.places[at, one], cells.places[at, other]] = counts[at] > 0
    return met


def _settles(met: Floats) -> bool:
    """Whether each code of the first has counts at one of the second, which has fewer codes."""
    met = met[met.any(axis=1)][:, met.any(axis=0)]
    first, second = met.shape
    return bool(first > second > 1 and (met.sum(axis=1) == 1).all())

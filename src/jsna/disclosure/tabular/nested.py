"""Dimensions of which one settles the other: a ward lies in one district, and readers know which.

Such a table has zeros that are zero for everybody. To hide one protects nothing, so they are shown.
Whether it is by definition or by chance that each code has counts at one code of the other cannot
be seen; that these zeros are shown is right either way.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np

from jsna.disclosure.system import Flags, Floats
from jsna.disclosure.tabular.tables import Layout


def known_zeros(cells: Layout, counts: Floats) -> tuple[Flags, tuple[str, ...]]:
    """Cells that are zero because one dimension settles another, and what is to be said of it.

    Args:
        cells: the cells.
        counts: their counts.
    """
    known = np.zeros(len(counts), dtype=np.bool_)
    notes = []
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

"""The counts of a table by the codes of one dimension, whatever the others are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from jsna.disclosure.system import Flags, Floats
from jsna.disclosure.tabular.codes import Named


def by_code(
    table: Named,
    counts: Floats,
    name: str,
    names: Sequence[str],
    totals: Sequence[str],
    place: Mapping[str, int],
) -> tuple[Floats, Flags]:
    """Counts of a table by combination of the other dimensions and by code; NaN where hidden.

    A code without a row is 0, but for totals of the others, which need not be printed: what a code
    comes to over everything is worked out where it is not, and other totals are not known.
    """
    others = [other for other in names if other != name and other in table.frame]
    kept = (table.frame[name] != "").to_numpy()
    frame = table.frame[kept]
    at_total = np.zeros((len(frame), len(others)), dtype=np.bool_)
    for axis, other in enumerate(others):
        at_total[:, axis] = frame[other].isin(list(totals)).to_numpy()
    if others:
        group = frame.groupby(others, sort=False).ngroup().to_numpy()
    else:
        group = np.zeros(len(frame), dtype=np.int64)
    number = int(group.max(initial=-1)) + 1
    values = np.zeros((number, len(place)))
    given = np.zeros((number, len(place)), dtype=np.bool_)
    column = frame[name].map(place).to_numpy(dtype=np.int64)
    values[group, column], given[group, column] = counts[kept], True
    inner = np.ones(number, dtype=np.bool_)
    inner[group[at_total.any(axis=1)]] = False
    whole = np.zeros(number, dtype=np.bool_)
    whole[group[at_total.all(axis=1) & bool(others)]] = True
    known = given | (inner[:, None] & given[inner].any(axis=0))
    for row in np.flatnonzero(whole):
        lacking = ~given[row] & given[inner].any(axis=0)
        values[row, lacking] = values[inner][:, lacking].sum(axis=0)
        known[row] |= lacking
    return values, known

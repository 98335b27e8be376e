"""Changes between publications: quantities of the system like any count.

Of a count that is published twice the difference is known. Where it is small, it tells of the few
children who were added or taken out, whichever number it is the difference of. So every change is a
cell, tied to both counts, and protected and attacked with them.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Mapping, Sequence
from typing import Final

from jsna.disclosure.ledger.linked_tables import LinkedTables

#: Counts this close together are one.
_SAME: Final = 1e-6


def protect_changes(
    made: LinkedTables, versions: Sequence[tuple[str, Mapping[Hashable, int]]]
) -> None:
    """Add a cell for each small change of a count, of every two publications.

    A change of nothing tells of nobody; one as large as the threshold may be published like a
    count. One whose both ends are known already needs no cell, and is still of what has been
    revised; one whose ends are only ever known
    as rounded, or follow from what is, needs none.

    Args:
        made: the linked tables; gets the changes, their equations, and which cells they are of.
        versions: name of each publication and its cells by what they count, oldest first; the last
            is the one about to be made, and has no name.
    """
    done: set[tuple[int, int]] = set()
    for (name, before), (later, after) in itertools.combinations(versions, 2):
        for what, cell in after.items():
            old = before.get(what)
            if old is None or old == cell:
                continue
            if not _is_small(made, old, cell):
                continue
            if (old, cell) not in done and not (made.public[old] and made.public[cell]):
                done.add((old, cell))
                _add(made, old, cell, name)
            if not later:
                made.revised.add(cell)


def _is_small(made: LinkedTables, old: int, cell: int) -> bool:
    rounded = made.rounds([old]) and made.rounds([cell])
    change = abs(made.value[cell] - made.value[old])
    limit = max(made.threshold[old], made.threshold[cell])
    return not rounded and _SAME < change < limit


def _add(made: LinkedTables, old: int, cell: int, name: str) -> None:
    less, more = sorted((old, cell), key=lambda one: made.value[one])
    change = made.add(
        made.cells[cell],
        f"change since {name} of {made.labels[cell]}",
        made.value[more] - made.value[less],
        threshold=max(made.threshold[old], made.threshold[cell]),
        contributor=max(made.contributor[old], made.contributor[cell]),
        derived=True,
        signed=True,
    )
    made.equations.append((more, *sorted((less, change))))

"""Analysis tables: those of each source, and here those of several together and of the work itself.

A source declares its own in its folder, beside the query that makes each; of one that has no
module `tables` they follow from its file. Linked rows hold no
direct identifier, and neither does anything made here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from jsna.model.tables import View
from jsna.shared.usual import tables
from jsna.sources import parts, registry
from jsna.tables import cohort, linkage, quality


def _in_order(views: Mapping[str, View]) -> dict[str, View]:
    """The views, each after all that it, or what stands in its place, may read."""
    found: dict[str, View] = {}

    def add(view: View) -> None:
        if view.name in found:
            return
        for need in needs(view):
            if need in views and need != view.name:
                add(views[need])
        found[view.name] = view

    for view in views.values():
        add(view)
    return found


def needs(view: View) -> Iterator[str]:
    """The tables and views that a view, or what stands in its place, may read."""
    yield from view.needs
    if view.otherwise is not None:
        yield from needs(view.otherwise)


_DECLARED: Final = parts("tables")
_MADE: Final = (
    *(view for part in _DECLARED.values() for view in part.TABLES),
    *(view for name, one in registry().items() if name not in _DECLARED for view in tables(one)),
    *cohort.TABLES,
    *linkage.TABLES,
    *quality.TABLES,
)
#: Every view and analysis table, each after those it reads.
VIEWS: Final[tuple[View, ...]] = tuple(_in_order({view.name: view for view in _MADE}).values())

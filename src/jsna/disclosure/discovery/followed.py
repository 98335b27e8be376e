"""Whether those followed into a later period are there, as the declaration of a table says.

That they are some of the later period's rows is no identity between counts, so nothing finds it; it
is held, person by person, in the records drawn. What is said to last of a person is drawn anew in
each period, and no later count is looked at that is split by it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from jsna.disclosure.discovery.declared import cells_of
from jsna.disclosure.discovery.identities import FALSE, declared_in
from jsna.disclosure.discovery.incidence import Incidence
from jsna.disclosure.ledger.arrivals import arrivals
from jsna.disclosure.ledger.linked_tables import LinkedTables
from jsna.errors import Problem
from jsna.tables.catalogue import followed


def unfounded(found: Incidence, made: LinkedTables) -> Iterator[Problem]:
    """A problem for each indicator of which somebody who is followed is in no later row.

    Args:
        found: published counts over micro-data.
        made: the linked tables of the rows that show them.
    """
    column_of, _ = cells_of(found, (made.numerators, made.denominators))
    cells = {made.cells[cell]: cell for cell in column_of}
    told: set[tuple[str, str]] = set()
    for whole, parts in arrivals(cells, made.value):
        cell = made.cells[whole]
        lasting = {column for one in followed(cell.table) for column in one.lasting}
        if lasting & {column for column, _ in cell.box}:
            continue
        columns = [column_of[part] for part in parts if isinstance(part, int)]
        there, among = found.matrix[:, [column_of[whole]]], found.matrix[:, columns]
        if not len(columns) or (there.toarray()[:, 0] >= np.asarray(among.sum(axis=1))).all():
            continue
        first, then = found.counts[columns[0]], found.counts[column_of[whole]]
        if (first.side.table, first.indicator) not in told:
            table = first.side.table
            told.add((table, first.indicator))
            rule = (
                f"{FALSE.says}: who is in {first.label()} is in {then.label()}. What "
                f"{declared_in(table)} says of `{table}` (`followed`) is wrong"
            )
            yield Problem(f"indicators {first.indicator}", rule, code=FALSE.code)

"""What a file need not have, because another table gives it (`jsna.model.fills`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from jsna.ingest.header import names, plain
from jsna.model.contract import Table
from jsna.model.layouts import Shape


def with_helping(table: Table) -> Table:
    """A table with the columns that are read to fill others by."""
    return replace(table, columns=(*table.columns, *table.helping)) if table.helping else table


def expecting(
    table: Table,
    header: Sequence[str],
    shape: Shape | None = None,
    known: Collection[str] = (),
) -> Table:
    """A table as a file with this header must have it: what can be filled is not asked for.

    Args:
        table: the declaration, under the headers of the file.
        header: of the file.
        shape: how the table arrives, by which a field may come from elsewhere than a header.
        known: further fields that it is known to have.
    """
    there = {plain(text) for text in header}
    had = {*known} | {c.field for c in table.columns if there & set(map(plain, names(c)))}
    if shape is not None:
        had |= {name for name, origin in shape.columns.items() if origin and not origin.here}
    given = {
        field
        for fill in table.fills
        if not fill.needs or had & set(fill.needs)
        for field in fill.fields
    }
    if not given:
        return table
    columns = tuple(replace(c, required=False) if c.field in given else c for c in table.columns)
    return replace(table, columns=columns)

"""What a file need not have, because another table gives it (`jsna.model.fills`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jsna.ingest.header import names, plain
from jsna.model.contract import Table


def with_helping(table: Table) -> Table:
    """A table with the columns that are read to fill others by."""
    return replace(table, columns=(*table.columns, *table.helping)) if table.helping else table


def expecting(table: Table, header: Sequence[str]) -> Table:
    """A table as a file with this header must have it: what can be filled is not asked for."""
    there = {plain(text) for text in header}
    by_field = {column.field: column for column in table.columns}
    given = {
        field
        for fill in table.fills
        if not fill.needs
        or any(there & set(map(plain, names(by_field[name]))) for name in fill.needs)
        for field in fill.fields
    }
    if not given:
        return table
    columns = tuple(replace(c, required=False) if c.field in given else c for c in table.columns)
    return replace(table, columns=columns)

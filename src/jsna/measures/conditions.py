"""The codes a condition lets each column have: what an SQL text says, asked of the database."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from jsna.model import hierarchies as nesting
from jsna.model.cells import MISSING, OTHER, Codes
from jsna.model.configuration import Configuration
from jsna.model.indicators import LOCALITY, Side
from jsna.tables.catalogue import CATALOGUE, column_of

#: Ages a condition may tell apart.
_AGES = range(131)
_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class Condition:
    """A condition, tried on every combination of values its columns may have."""

    side: Side
    config: Configuration

    @cached_property
    def columns(self) -> list[str]:
        """Columns the condition mentions."""
        bare = _LITERAL.sub(" ", self.side.where)
        words = set(_WORD.findall(bare))
        return [column for column in CATALOGUE[self.side.table].columns if column in words]

    @cached_property
    def box(self) -> dict[str, Codes]:
        """The codes each column may have; a condition that is no box is a column of its own."""
        if self._sides is None:
            return {f"({' '.join(self.side.where.split())})": frozenset({"true"})}
        box: dict[str, Codes] = {}
        for column, codes in self._sides.items():
            if len(codes) < len(self._domain(column) or ()):
                # A text meant for another column is any other value here.
                spare = self._spare(column) if OTHER in codes else frozenset()
                name = _dimension(column)
                within: Codes = frozenset().union(
                    *(
                        nesting.codes(name, code, self.config)
                        for code in codes - spare - {OTHER, MISSING}
                    )
                )
                box[nesting.finer(name, self.config)] = within | (codes & {OTHER, MISSING})
        return box

    def among(self, column: str, codes: Codes) -> Codes:
        """Those of some codes that it allows; of a finest dimension's column, or of no list."""
        mine = self.box.get(column, codes)
        stray = codes - frozenset(self._listed(column)) if OTHER in mine else frozenset()
        return (mine & codes) | stray

    @cached_property
    def _sides(self) -> dict[str, Codes] | None:
        """Column -> the values of its domain that are let through; None where that is no box."""
        domains = [self._domain(column) for column in self.columns]
        if any(domain is None for domain in domains):
            return None
        if not self.columns:
            return {}
        listed = [tuple(domain) for domain in domains if domain is not None]
        hits = _hits(self.side, tuple(self.columns), tuple(listed))
        sides = {c: frozenset(hit[i] for hit in hits) for i, c in enumerate(self.columns)}
        if not hits or math.prod(map(len, sides.values())) != len(hits):
            return None
        # Any value that no list knows but one is no set of codes.
        but = (self._spare(c) - codes for c, codes in sides.items() if OTHER in codes)
        return None if any(but) else sides

    def _spare(self, column: str) -> Codes:
        """Texts of the condition that are none of a column's codes."""
        return frozenset(_LITERAL.findall(self.side.where)) - frozenset(self._listed(column))

    def _domain(self, column: str) -> list[str] | None:
        kind = CATALOGUE[self.side.table].columns[column].type
        if kind == "boolean":
            return ["true", "false", MISSING]
        if kind == "integer":
            return [*map(str, _AGES), MISSING] if column == "age" else None
        if kind != "string":
            return None
        literals = _LITERAL.findall(self.side.where)
        return [*dict.fromkeys([*self._listed(column), *literals]), OTHER, MISSING]

    def _listed(self, column: str) -> Iterable[str]:
        return self.config.codelists.get(self.config.dimension(column).codes, {})


def _dimension(column: str) -> str:
    return LOCALITY if column == column_of(LOCALITY) else column


@cache
def _hits(
    side: Side, columns: tuple[str, ...], domains: tuple[tuple[str, ...], ...]
) -> list[tuple[str, ...]]:
    """The combinations of values that meet a condition, as the database judges them."""
    types = [CATALOGUE[side.table].columns[column].sql for column in columns]
    # Each column's values once, and every combination by the database: so the text stays short.
    lists = [
        ", ".join(f"({at}, {_sql(value, kind)})" for at, value in enumerate(domain))
        for domain, kind in zip(domains, types, strict=True)
    ]
    tables = ", ".join(
        f'(values {values}) as "list {at}"("at {at}", "{column}")'
        for at, (values, column) in enumerate(zip(lists, columns, strict=True))
    )
    places = ", ".join(f'"at {at}"' for at in range(len(columns)))
    query = f"select {places} from {tables} where {side.where} order by {places}"
    found = _database().execute(query).fetchall()
    return [tuple(of[at] for of, at in zip(domains, hit, strict=True)) for hit in found]


@cache
def _database() -> Any:
    """A database that holds nothing: opening one takes longer than what is asked of it."""
    import duckdb

    return duckdb.connect(config={"threads": 1})


def _sql(value: str, kind: str) -> str:
    if value == MISSING:
        return f"cast(null as {kind})"
    quoted = value.replace("'", "''").replace("\x00", "?")
    return f"cast('{quoted}' as {kind})"

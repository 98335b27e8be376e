"""The codes a condition lets each column have: what an SQL text says, asked of the database."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from jsna.model import hierarchies as nesting
from jsna.model.cells import MISSING, OTHER, Codes
from jsna.model.configuration import Configuration
from jsna.model.indicators import LOCALITY, Side
from jsna.tables.catalogue import CATALOGUE, column_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlglot import exp

#: Ages a condition may tell apart.
_AGES = range(131)


@dataclass(frozen=True)
class Condition:
    """A condition, tried on every combination of values its columns may have."""

    side: Side
    config: Configuration

    @cached_property
    def box(self) -> dict[str, Codes]:
        """The codes each column may have; a part that is no box is a column of its own."""
        box: dict[str, Codes] = {}
        for part in _apart(self.side.where):
            text = part.sql("duckdb", comments=False)
            sides = self._sides(part, text)
            if sides is None:
                box[f"({text})"] = frozenset({"true"})
                continue
            for column, codes in sides.items():
                if len(codes) < len(self._domain(column, part) or ()):
                    # A text meant for another column is any other value here.
                    spare = self._spare(column, part) if OTHER in codes else frozenset()
                    name = _dimension(column)
                    within: Codes = frozenset().union(
                        *(
                            nesting.codes(name, code, self.config)
                            for code in codes - spare - {OTHER, MISSING}
                        )
                    )
                    finest = nesting.finer(name, self.config)
                    within |= codes & {OTHER, MISSING}
                    box[finest] = box.get(finest, within) & within
        return box

    def among(self, column: str, codes: Codes) -> Codes:
        """Those of some codes that it allows; of a finest dimension's column, or of no list."""
        mine = self.box.get(column, codes)
        stray = codes - frozenset(self._listed(column)) if OTHER in mine else frozenset()
        return (mine & codes) | stray

    def _sides(self, part: exp.Expr, text: str) -> dict[str, Codes] | None:
        """Column -> the values of its domain that are let through; None where that is no box."""
        columns = sorted(names(part))
        if not columns:
            return {} if text == "TRUE" else None
        domains = [self._domain(column, part) for column in columns]
        kinds = {CATALOGUE[self.side.table].columns[column].type for column in columns}
        if None in domains or ("string" in kinds and not _by_equality(part)):
            return None
        listed = [tuple(domain) for domain in domains if domain is not None]
        hits = _hits(self.side.table, text, tuple(columns), tuple(listed))
        sides = {c: frozenset(hit[i] for hit in hits) for i, c in enumerate(columns)}
        if not hits or math.prod(map(len, sides.values())) != len(hits):
            return None
        # Any value that no list knows but one is no set of codes.
        but = (self._spare(c, part) - codes for c, codes in sides.items() if OTHER in codes)
        unknown = any(self._unlisted(side) or self._open(side) for side in sides.items())
        return None if any(but) or unknown else sides

    def _open(self, side: tuple[str, Codes]) -> bool:
        """Whether any value is let through of a column without a list, and none at all is not.

        It would be a code beside those that rows are counted by, though it is all of them together.
        """
        column, codes = side
        return OTHER in codes and MISSING not in codes and not self._listed(column)

    def _unlisted(self, side: tuple[str, Codes]) -> bool:
        """Whether codes of a coarser dimension are made of no finer ones that anyone knows."""
        column, codes = side
        made = nesting.hierarchy(_dimension(column), self.config)
        return made is not None and not codes - {OTHER, MISSING} <= set(made.codes)

    def _spare(self, column: str, part: exp.Expr) -> Codes:
        """Texts of a condition that are none of a column's codes."""
        return frozenset(_texts(part)) - frozenset(self._listed(column))

    def _domain(self, column: str, part: exp.Expr) -> list[str] | None:
        kind = CATALOGUE[self.side.table].columns[column].type
        if kind == "boolean":
            return ["true", "false", MISSING]
        if kind == "integer":
            return [*map(str, _AGES), MISSING] if column == "age" else None
        if kind != "string":
            return None
        return [*dict.fromkeys([*self._listed(column), *_texts(part)]), OTHER, MISSING]

    def _listed(self, column: str) -> Collection[str]:
        """The codes of a column or finest dimension: of places, those of the area."""
        if _dimension(column) == LOCALITY:
            return self.config.area.locality_names
        return self.config.codelists.get(self.config.dimension(column).codes, {})


def _dimension(column: str) -> str:
    return LOCALITY if column == column_of(LOCALITY) else column


@cache
def conjuncts(where: str) -> tuple[exp.Expr, ...]:
    """The conditions that must all hold for a condition to hold, with columns as tables name them.

    Whoever changes one of them copies it first.

    Raises:
        sqlglot.errors.SqlglotError: it cannot be read.
    """
    import sqlglot
    from sqlglot import exp

    parts: list[exp.Expr] = []
    waiting = [sqlglot.parse_one(where, dialect="duckdb")]
    while waiting:
        one = waiting.pop().unnest()
        if isinstance(one, exp.And):
            waiting += [one.right, one.left]
            continue
        for column in one.find_all(exp.Column):
            column.set("table", None)
            column.this.set("this", column.name.lower())
        parts.append(one.copy())
    return tuple(parts)


@cache
def _apart(where: str) -> tuple[exp.Expr, ...]:
    """The conditions that must all hold, those that share a column as one."""
    from sqlglot import exp

    parts: list[exp.Expr] = []
    for one in conjuncts(where):
        alike = [part for part in parts if names(part) & names(one)]
        parts = [part for part in parts if not names(part) & names(one)]
        parts.append(exp.and_(*alike, one) if alike else one)
    return tuple(parts)


def names(part: exp.Expr) -> set[str]:
    """The columns a condition mentions."""
    from sqlglot import exp

    return {column.name for column in part.find_all(exp.Column)}


def named_texts(part: exp.Expr) -> Iterator[tuple[str, str]]:
    """Every column that a condition asks to be a text, or none of some texts, with that text."""
    from sqlglot import exp

    equal = (exp.EQ, exp.NEQ, exp.NullSafeEQ, exp.NullSafeNEQ)
    for node in part.find_all(*equal, exp.In):
        sides = [node.this, *(node.expressions if isinstance(node, exp.In) else [node.expression])]
        columns = [one.name for one in sides if isinstance(one, exp.Column)]
        texts = [one.this for one in sides if isinstance(one, exp.Literal) and one.is_string]
        if len(columns) == 1:
            yield from ((columns[0], text) for text in texts)


def _texts(part: exp.Expr) -> list[str]:
    from sqlglot import exp

    return [one.this for one in part.find_all(exp.Literal) if one.is_string]


def _by_equality(part: exp.Expr) -> bool:
    """Whether a condition asks no more of a column than which of the texts it names it is.

    One text that no list knows then stands for any other. It cannot where texts are put in order,
    matched to a pattern or compared with those of another column.
    """
    from sqlglot import exp

    links = (exp.And, exp.Or, exp.Not, exp.Paren)
    compared = (exp.EQ, exp.NEQ, exp.In, exp.Is, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Coalesce)
    leaves = (exp.Column, exp.Identifier, exp.Literal, exp.Null, exp.Boolean)
    return all(
        isinstance(node, (*links, *leaves)) or (isinstance(node, compared) and len(names(node)) < 2)
        for node in part.walk()
    )


@cache
def _hits(
    table: str, where: str, columns: tuple[str, ...], domains: tuple[tuple[str, ...], ...]
) -> list[tuple[str, ...]]:
    """The combinations of values that meet a condition, as the database judges them."""
    types = [CATALOGUE[table].columns[column].sql for column in columns]
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
    query = f"select {places} from {tables} where {where} order by {places}"
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

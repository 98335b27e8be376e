"""What an analysis table is: its rows, key, columns and the query that makes it, said in one place.

The tables themselves are declared in the folders of `jsna.sources`, and in `jsna.tables`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from jsna.model.configuration import Configuration
from jsna.model.indicators import Base

Type = Literal["string", "integer", "boolean", "number"]

_SQL: Final[Mapping[Type, str]] = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "number": "DOUBLE",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an analysis table.

    Attributes:
        name: its name; of one with a code list, that of its dimension.
        type: kind of its values.
        description: what it says, where the name and its code list do not.
    """

    name: str
    type: Type = "string"
    description: str = ""

    @property
    def sql(self) -> str:
        """Its type in DuckDB."""
        return _SQL[self.type]


@dataclass(frozen=True, slots=True)
class Implied:
    """Where a column of a row has one of certain codes, another has one of certain others.

    Attributes:
        column: the column that says something …
        of: … of this one …
        are: … whose codes are then among these.
        codes: the codes that say it; any code does where none is given.
    """

    column: str
    of: str
    are: frozenset[str]
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Followed:
    """That whoever is in a row is followed into the rows of a table a period later.

    So those with a later state are some of the later period's rows with that state, and the others
    came since: a count that nobody prints and everybody can work out.

    Attributes:
        table: whose rows they are, in both periods.
        column: says the later state …
        of: … which is what this column has in the later row.
        gone: code of those who are in no later row.
        lasting: columns in which a person is taken to have the same in both.
    """

    table: str
    column: str
    of: str
    gone: str
    lasting: tuple[str, ...] = ()


#: A table a query reads, and a name it gives to a query of its own.
_READ: Final = re.compile(r"\b(?:from|join)\s+(?:\"([\w.]+)\"|(\w+))")
_OWN: Final = re.compile(r"(?:\bwith|\),)\s+(\w+)\s+as\s+\(")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """A query over linked tables and other views, which others read.

    Attributes:
        name: what it is called.
        sql: the query, ending in the order of the rows; "" for a table that is not made by one.
        given: what is put into it for what is configured: a word in braces -> SQL.
        otherwise: what stands in its place where something it reads was not received.
    """

    name: str
    sql: str
    given: Callable[[Configuration], Mapping[str, str]] | None = None
    otherwise: View | None = None

    @property
    def needs(self) -> tuple[str, ...]:
        """The tables and views it reads, in order; linked ones as `<extract>.<table>`."""
        own = set(_OWN.findall(self.sql))
        read = ("".join(names) for names in _READ.findall(self.sql))
        return tuple(dict.fromkeys(name for name in read if name not in own))

    def query(self, config: Configuration) -> str:
        """The query for what is configured."""
        sql = self.sql
        for word, part in (self.given(config) if self.given else {}).items():
            sql = sql.replace(f"{{{word}}}", part)
        return sql


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AnalysisTable(View):
    """A table of rows without identifiers that indicators are counted in.

    Attributes:
        row: what one row is.
        base: the population its rows stand for.
        key: columns that no two rows have in common; `derive` checks it.
        columns: name -> column, in order; `derive` holds the query to them.
        dated_by: the extracts whose deliveries its periods are those of, if not the first alone:
            the periods all of them came for.
        period: whether a row's period is that of the `delivery`, the `year_before` it (a January
            return describes the calendar year before it), the year of the 31 `march` that the
            delivery's year ends on, as its rows stand on that day, or that of a delivery which is
            `followed` by one a year later.
        apart: dimensions whose categories are never counted together: children of two ages, say,
            so unlike that a figure of both together says how many there were of each. Every side
            that counts the table holds one of the categories still by its condition.
        rows_of: the table whose rows these are, under other periods, if they are another's.
        followed: what becomes of its persons a period later, if it says so.
        implies: what some values of a row say of others, as the query makes them. Disclosure
            control takes counts for the same count by it.
        known: column -> mark and its code: a row has a value in the column exactly where the mark
            is so. The mark is another column, or a name in brackets for one that is not there.
            All categories of columns with one mark add up to the same.
        official: the datasets it is made of where the edition has no extract for it.
    """

    row: str
    base: Base
    columns: Mapping[str, Column]
    key: tuple[str, ...] = ("period", "person_key")
    dated_by: tuple[str, ...] = ()
    period: Literal["delivery", "year_before", "march", "followed"] = "delivery"
    apart: tuple[str, ...] = ()
    rows_of: str = ""
    followed: Followed | None = None
    implies: tuple[Implied, ...] = ()
    known: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    official: tuple[str, ...] = ()

    @property
    def implied(self) -> tuple[Implied, ...]:
        """What `implies` says, and `known`."""
        marks = ((c, mark, code) for c, (mark, code) in self.known.items())
        return (*self.implies, *(Implied(c, mark, frozenset({code})) for c, mark, code in marks))

    def january(self, period: str) -> str:
        """The period as the table whose rows these are has it: the year an academic year ends."""
        own = self.followed is not None and self.followed.table == self.rows_of
        return str(int(period[:4]) + 1) if self.rows_of and "/" in period and not own else period

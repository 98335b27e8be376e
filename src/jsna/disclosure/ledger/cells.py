"""What a count is a count of: a cell of the micro-data, whichever indicator shows it.

Two indicators that count the same rows show the same quantity, and hiding it in one of them hides
nothing. A cell says which rows are counted in terms that can be compared: a set of codes for
each column that a condition, a category, the place or the period constrains.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Final

from jsna.model import hierarchies as nesting
from jsna.model.configuration import Configuration
from jsna.model.indicators import LOCALITY, Indicator, Side
from jsna.model.schema import dimensions
from jsna.model.tables import AnalysisTable
from jsna.tables.catalogue import CATALOGUE, column_of

PERIOD: Final = "period"
#: Codes that stand for any value no list knows, and for none.
OTHER, MISSING = "\x00other", "\x00missing"
#: Ages a condition may tell apart.
_AGES: Final = range(131)
_LITERAL = re.compile(r"'((?:[^']|'')*)'")
#: As `measures.engine` writes it.
_LATEST = re.compile(r"Denominator of (\S+)\.")
_WORD = re.compile(r"[A-Za-z_]\w*")

Codes = frozenset[str]
#: Column and the codes it may have, by column; a column not named may have any value or none.
Box = tuple[tuple[str, Codes], ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """Rows of one table.

    Attributes:
        table: the analysis table whose rows they are (`roll` is counted among `pupil`).
        what: what is added up: `rows`, `persons` or a column.
        box: what constrains them, sorted by column.
    """

    table: str
    what: str
    box: Box

    def without(self, column: str) -> Cell:
        """The cell with one column free."""
        return Cell(self.table, self.what, tuple(pair for pair in self.box if pair[0] != column))

    def codes(self, column: str) -> Codes | None:
        """The codes a column may have; None where it is free."""
        return next((codes for name, codes in self.box if name == column), None)

    def label(self) -> str:
        """The cell in words, such as `pupil rows: period 2025, sen_provision E`."""
        words = [f"{column} {_words(codes)}" for column, codes in self.box]
        return f"{self.table} {self.what}: {', '.join(words) or 'all'}"

    def text(self) -> str:
        """The cell as JSON, the same for the same cell."""
        box = {column: sorted(codes) for column, codes in self.box}
        return json.dumps([self.table, self.what, box], sort_keys=True, ensure_ascii=False)

    @staticmethod
    def read(text: str) -> Cell:
        """The cell of a text made by `text`."""
        table, what, box = json.loads(text)
        return make(table, what, {column: frozenset(codes) for column, codes in box.items()})


def _words(codes: Codes) -> str:
    named = sorted(code.replace("\x00", "") for code in codes)
    return named[0] if len(named) == 1 else f"in ({', '.join(named)})"


def make(table: str, what: str, box: Mapping[str, Codes]) -> Cell:
    """A cell of a box given in any order."""
    return Cell(table, what, tuple(sorted(box.items(), key=lambda pair: pair[0])))


@dataclass(slots=True)
class Reader:
    """Turns the sides of declarations, with a row's place, period and categories, into cells."""

    config: Configuration
    _boxes: dict[tuple[str, str], dict[str, Codes]] = field(default_factory=dict)
    _splits: dict[tuple[str, str], dict[str, Codes]] = field(default_factory=dict)

    def cell(
        self,
        side: Side,
        indicator: Indicator,
        *,
        area: str,
        geography: str,
        period: str,
        period_type: str,
        breakdown: str,
        category: str,
        over: tuple[str, ...] = (),
        note: str = "",
    ) -> Cell:
        """The cell one side of a row counts.

        Args:
            side: numerator or denominator of the declaration.
            indicator: the declaration.
            area, geography, period, period_type, breakdown, category: key of the row.
            over: dimensions that split the other side only.
            note: of the row; there the engine says of which year a `latest` denominator is.
        """
        table = CATALOGUE[side.table]
        box = dict(self._condition(table.rows_of or table.name, side))
        for column, codes in self._split(breakdown, category).items():
            if column not in {nesting.finer(d, self.config) for d in over}:
                box[column] = box[column] & codes if column in box else codes
        if geography != "authority":
            of = nesting.LOCALITY_GROUP if geography == nesting.LOCALITY_GROUP else LOCALITY
            box[LOCALITY] = nesting.codes(of, area, self.config)
        years = nesting.years(period, period_type)
        box[PERIOD] = frozenset(table.january(year) for year in years)
        if side.period == "latest":
            told = _LATEST.match(note)
            box[PERIOD] = frozenset({told.group(1)}) if told else frozenset(years)
        _restrict(table, box)
        return make(table.rows_of or table.name, side.count, box)

    def _split(self, breakdown: str, category: str) -> dict[str, Codes]:
        found = self._splits.get((breakdown, category))
        if found is None:
            found = {}
            for dimension, code in dimensions(breakdown, category).items():
                column = nesting.finer(dimension, self.config)
                codes = nesting.codes(dimension, code, self.config)
                found[column] = found[column] & codes if column in found else codes
            self._splits[breakdown, category] = found
        return found

    def _condition(self, table: str, side: Side) -> dict[str, Codes]:
        key = side.table, side.where
        if key not in self._boxes:
            self._boxes[key] = _Condition(side, self.config).box
        return self._boxes[key]


def _restrict(table: AnalysisTable, box: dict[str, Codes]) -> None:
    """Restrict a box by what its columns say of others, as the catalogue has it."""
    before = None
    while before != box:
        before = dict(box)
        for implied in table.implied:
            codes = box.get(implied.column)
            if codes is None or MISSING in codes or not codes <= (implied.codes or codes):
                continue
            box[implied.of] = box.get(implied.of, implied.are) & implied.are


@dataclass(frozen=True)
class _Condition:
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
        if not self.columns:
            return {}
        domains = [self._domain(column) for column in self.columns]
        if any(domain is None for domain in domains):
            return self._opaque()
        listed = [list(domain) for domain in domains if domain is not None]
        hits = _hits(self.side, tuple(self.columns), tuple(map(tuple, listed)))
        sides = [frozenset(hit[i] for hit in hits) for i in range(len(listed))]
        size = 1
        for codes in sides:
            size *= len(codes)
        if not hits or size != len(hits):
            return self._opaque()
        box: dict[str, Codes] = {}
        for column, codes, domain in zip(self.columns, sides, listed, strict=True):
            if len(codes) < len(domain):
                name = LOCALITY if column == column_of(LOCALITY) else column
                finest = nesting.finer(name, self.config)
                # A text meant for another column is any other value here.
                spare = set(_LITERAL.findall(self.side.where)) - set(self._listed(column))
                codes = codes - spare if OTHER in codes else codes
                named = codes - {OTHER}
                within: Codes = frozenset().union(
                    *(nesting.codes(name, code, self.config) for code in named - {MISSING})
                )
                box[finest] = within | (codes & {OTHER, MISSING})
        return box

    def _opaque(self) -> dict[str, Codes]:
        return {f"({' '.join(self.side.where.split())})": frozenset({"true"})}

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

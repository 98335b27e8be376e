"""Rows of the extracts as linkage reads them, and the records they are boiled down to.

A child stands in many rows: once a census, once an exclusion. Rows of one table that say the same
of who it is are one *record*, so that each way a child is written down is compared once. Rows that
say too little to be taken for the same child are records of their own.

Relations, for a table `<extract>.<table>`: `raw <name>` (a view: what a step does not ask for is
not even read), `keyed <name>` (a row each, with `record`), `records <name>` (a record each, with
what it carries).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jsna import io
from jsna.errors import JsnaError, Problem
from jsna.linkage import numbers
from jsna.linkage.kinds import NUMBERS, carried
from jsna.model.contract import Extract, Table
from jsna.shared.periods import reference_date

if TYPE_CHECKING:
    import duckdb

    from jsna.model.editions import Delivery

#: Without a number, only rows that give all of these and agree in them are one record.
_ENOUGH: Final = ("forename", "surname", "date_of_birth", "postcode")
#: Kinds of number that name a person, if only within the source.
_NAMING: Final = (*NUMBERS, "local_id")
#: Columns that are put beside those of a table about persons here and in what follows.
_OURS: Final = frozenset(
    {"period", "as_at", "facet", "content", "record", "rows", "person_key", "link", "age"}
)
#: Verdicts of a number that many people may have been given, such as one that fills a place.
_NOBODY: Final = "('shape', 'repeated', 'check')"


@dataclass(frozen=True, slots=True)
class Rows:
    """All deliveries of one table.

    Attributes:
        name: `<extract>.<table>`.
        extract, table: their declarations.
    """

    name: str
    extract: Extract
    table: Table

    @property
    def carries(self) -> dict[str, str]:
        """Kind of identifier -> field, of what can be compared."""
        return carried(self.table)

    @property
    def is_root(self) -> bool:
        """Whether the table itself says who its rows are about, and not one it belongs to."""
        return self.extract.person_level and self.table.parent is None

    @property
    def source(self) -> str:
        """What the table is called as a source of links: its extract, if that has no other."""
        roots = [t for t in self.extract.tables if t.parent is None]
        return self.extract.name if len(roots) == 1 else self.name

    @property
    def fields(self) -> list[str]:
        """Its columns."""
        return [column.field for column in self.table.columns]

    def __post_init__(self) -> None:
        taken = sorted(_OURS & set(self.fields)) if self.extract.person_level else []
        if taken:
            rule = f"linkage has columns of its own called {', '.join(taken)}; call yours otherwise"
            raise JsnaError(Problem(self.name, rule, code="link.field"))


def view(
    database: duckdb.DuckDBPyConnection,
    rows: Rows,
    deliveries: list[Delivery],
    valid: Path,
    edition_date: date,
) -> None:
    """`raw <name>`: the valid rows of all deliveries, with `period` and the day they describe."""
    parts = []
    for delivery in sorted(deliveries, key=lambda d: d.period):
        file = valid / rows.extract.name / rows.table.name / io.period_file(delivery.period)
        # Opened below Python, in its own time: looked at before.
        io.verified(file)
        on = delivery.as_at or reference_date(
            delivery.period, rows.extract.period_type, edition_date
        )
        parts.append(
            f"SELECT '{delivery.period}' AS period, DATE '{on.isoformat()}' AS as_at, "
            f"* EXCLUDE (source_row) FROM read_parquet('{_quoted(file)}')"
        )
    database.execute(f'CREATE VIEW "raw {rows.name}" AS {" UNION ALL BY NAME ".join(parts)}')


def make_records(database: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    """`keyed <name>` and `records <name>`; records are numbered by what they say, from 0."""
    carries = rows.carries
    said = _text(rows.fields)
    same = _text(sorted(carries.values()))
    database.execute(
        f"""
        CREATE TABLE "keyed {rows.name}" AS
        SELECT period, as_at, {", ".join(map(_column, rows.fields))},
            CASE WHEN "says enough" THEN md5({same}) END AS facet,
            CASE WHEN NOT "says enough" THEN md5(period || {said}) END AS content
        FROM (SELECT *, {_complete(carries)} AS "says enough" FROM "raw {rows.name}")
        """
    )
    # Named by its content, not its place in the file: shuffled rows give the same records. Rows
    # alike in everything cannot be told apart, and are as many records as there are rows.
    database.execute(
        f"""
        UPDATE "keyed {rows.name}" SET facet = alone.facet FROM (
            SELECT rowid AS at, 'alone ' || content || row_number() OVER (PARTITION BY content)
                AS facet
            FROM "keyed {rows.name}" WHERE facet IS NULL
        ) alone WHERE "keyed {rows.name}".rowid = alone.at
        """
    )
    columns = [_column(field) for field in sorted(set(carries.values()))]
    shown = "".join(f", any_value({column}) AS {column}" for column in columns)
    database.execute(
        f"""
        CREATE TABLE "records {rows.name}" AS
        SELECT row_number() OVER (ORDER BY facet) - 1 AS record, * FROM (
            SELECT facet{shown}, count(*) AS rows FROM "keyed {rows.name}" GROUP BY facet
        )
        """
    )


def _complete(carries: dict[str, str]) -> str:
    """SQL of whether a row says enough to be the same child as another that says the same."""
    tests = [_says(kind, _column(field)) for kind, field in carries.items() if kind in _NAMING]
    if all(kind in carries for kind in _ENOUGH):
        tests.append(" AND ".join(f"{_column(carries[kind])} IS NOT NULL" for kind in _ENOUGH))
    return " OR ".join(f"({test})" for test in tests) or "false"


def _says(kind: str, column: str) -> str:
    """SQL of whether a number names one person: one that fills a place stands for many."""
    judges: dict[str, Callable[[str], str]] = {
        "upn": numbers.upn,
        "nhs_number": partial(numbers.nhs_number, synthetic=True),
        "uln": numbers.uln,
    }
    judge = judges.get(kind, numbers.number)
    return f"{column} IS NOT NULL AND {judge(numbers.plain(column))} NOT IN {_NOBODY}"


def _text(fields: list[str]) -> str:
    """SQL of what fields say, as one text."""
    parts = [f"coalesce(CAST({_column(field)} AS VARCHAR), '')" for field in fields]
    return f"concat_ws(chr(31), {', '.join(parts)})" if parts else "''"


def _column(field: str) -> str:
    """SQL of a column by its name, which may be a word of SQL."""
    return f'"{field}"'


def _quoted(path: Path) -> str:
    return path.as_posix().replace("'", "''")

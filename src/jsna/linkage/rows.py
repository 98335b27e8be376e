"""Rows of the extracts as linkage reads them, and the records they are boiled down to.

A child stands in many rows: once a census, once an exclusion. Rows of one table that say the same
of who it is are one *record*, so that each way a child is written down is compared once. Rows that
say too little to be taken for the same child are records of their own.

Relations, for a table `<extract>.<table>`: `raw <name>` (a view: what a step does not ask for is
not even read), `keyed <name>` (a row each, with `record`), `records <name>` (a record each, with
what it carries).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jsna import io, zones
from jsna.extracts.base import Extract, Table
from jsna.extracts.periods import reference_date
from jsna.linkage.kinds import NUMBERS, carried

if TYPE_CHECKING:
    import duckdb

    from jsna.edition import Delivery

#: Without a number, only rows that give all of these and agree in them are one record.
_ENOUGH: Final = ("forename", "surname", "date_of_birth", "postcode")


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
        zones.check(file, writing=False)
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
        SELECT period, as_at, {", ".join(rows.fields)},
            CASE WHEN {_complete(carries)} THEN md5({same}) END AS facet,
            CASE WHEN NOT ({_complete(carries)}) THEN md5(period || {said}) END AS content
        FROM "raw {rows.name}"
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
    shown = "".join(f", any_value({field}) AS {field}" for field in sorted(set(carries.values())))
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
    numbers = [f"{carries[kind]} IS NOT NULL" for kind in (*NUMBERS, "local_id") if kind in carries]
    tests = [" OR ".join(numbers)] if numbers else []
    if all(kind in carries for kind in _ENOUGH):
        tests.append(" AND ".join(f"{carries[kind]} IS NOT NULL" for kind in _ENOUGH))
    return " OR ".join(f"({test})" for test in tests) or "false"


def _text(fields: list[str]) -> str:
    """SQL of what fields say, as one text."""
    parts = [f"coalesce(CAST({field} AS VARCHAR), '')" for field in fields]
    return f"concat_ws(chr(31), {', '.join(parts)})" if parts else "''"


def _quoted(path: Path) -> str:
    return path.as_posix().replace("'", "''")

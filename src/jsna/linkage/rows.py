"""Rows of the extracts as linkage reads them, and the records they are boiled down to.

A child stands in many rows: once a census, once an exclusion. Rows of one table that say the same
of who it is are one *record*, so that each way a child is written down is compared once. Rows that
say too little to be taken for the same child are records of their own.

Relations, for a table `<extract>.<table>`: `raw <name>` (a view: what a step does not ask for is
not even read), and for its source `records <source>` (a record each, with what it carries) and
`seen <source>` (the record of each row, by its place `_at` among all: the delivery, then the row in
it).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jsna import io, records
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
_OURS: Final = frozenset({"period", "as_at", "record", "rows", "person_key", "link", "age"})
#: Bits of a row's place that say which row of its delivery it is; those above say which delivery.
PLACES: Final = 40
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
) -> list[tuple[str, str]]:
    """`raw <name>`: the valid rows of all deliveries, with `period` and the day they describe.

    Returns:
        Period and digest of every file, in order.
    """
    parts, files = [], []
    for part, delivery in enumerate(sorted(deliveries, key=lambda d: d.period)):
        file = valid / rows.extract.name / rows.table.name / io.period_file(delivery.period)
        # Opened below Python, in its own time: looked at before.
        files.append((delivery.period, records.recorded(io.verified(file))))
        on = delivery.as_at or reference_date(
            delivery.period, rows.extract.period_type, edition_date
        )
        parts.append(
            f"SELECT '{delivery.period}' AS period, DATE '{on.isoformat()}' AS as_at, "
            f"{part << PLACES} + file_row_number AS _at, * EXCLUDE (source_row, file_row_number) "
            f"FROM read_parquet('{_quoted(file)}', file_row_number = true)"
        )
    database.execute(f'CREATE VIEW "raw {rows.name}" AS {" UNION ALL BY NAME ".join(parts)}')
    return files


def make_records(database: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    """`records <source>` and `seen <source>`; records are numbered by what they say, from 0.

    What rows say of a person is judged once, however many say it.
    """
    carries = rows.carries
    same = _text(sorted(carries.values()))
    columns = [_column(field) for field in sorted(set(carries.values()))]
    shown = "".join(f", {column}" for column in columns)
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _said AS
        SELECT _at, md5_number({same}) AS face FROM "raw {rows.name}";
        CREATE OR REPLACE TEMP TABLE _faces AS
        WITH once AS (
            SELECT _at, face{shown} FROM "raw {rows.name}"
            JOIN (SELECT face, min(_at) AS _at FROM _said GROUP BY face) USING (_at)
        )
        SELECT _at, face, md5({same}) AS facet, {_complete(carries)} AS "says enough"
        FROM ({_made_plain(carries)});
        """
    )
    # Named by its content, not its place in the file: shuffled rows give the same records. Rows
    # alike in everything cannot be told apart, and are as many records as there are rows.
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _numbered AS
        WITH alone AS (
            SELECT _at, md5(period || {_text(rows.fields)}) AS content
            FROM "raw {rows.name}" SEMI JOIN (
                SELECT s._at FROM _said s JOIN _faces USING (face) WHERE NOT "says enough"
            ) USING (_at)
        ), every AS (
            SELECT _at, face, facet FROM _faces WHERE "says enough"
            UNION ALL
            SELECT _at, NULL, 'alone ' || content || row_number() OVER (PARTITION BY content)
            FROM alone
        )
        SELECT row_number() OVER (ORDER BY facet) - 1 AS record, _at, face FROM every;
        CREATE TABLE "records {rows.source}" AS
        SELECT record{shown} FROM _numbered JOIN "raw {rows.name}" USING (_at);
        CREATE TABLE "seen {rows.source}" AS
        SELECT s._at, record FROM _said s JOIN _numbered USING (face)
        UNION ALL SELECT _at, record FROM _numbered WHERE face IS NULL;
        DROP TABLE _said; DROP TABLE _faces; DROP TABLE _numbered
        """
    )


def _numbered(carries: dict[str, str]) -> dict[str, str]:
    """Kind -> field, of the numbers that may name a person."""
    return {kind: field for kind, field in carries.items() if kind in _NAMING}


def _plain(kind: str) -> str:
    return f'"plain {kind}"'


def _digits(kind: str) -> str:
    return f'"digits {kind}"'


def _made_plain(carries: dict[str, str]) -> str:
    """SQL of `once` with each number made plain, and its digits as a number."""
    numbered = _numbered(carries)
    plain = "".join(
        f", {numbers.plain(_column(field))} AS {_plain(kind)}" for kind, field in numbered.items()
    )
    values = "".join(
        f", {digits(_plain(kind))} AS {_digits(kind)}"
        for kind, digits in numbers.DIGITS.items()
        if kind in numbered
    )
    return f"SELECT *{values} FROM (SELECT *{plain} FROM once)"


def _complete(carries: dict[str, str]) -> str:
    """SQL of whether a row says enough to be the same child as another that says the same."""
    tests = [f"{_column(field)} IS NOT NULL AND {_judged(kind)} NOT IN {_NOBODY}"
             for kind, field in _numbered(carries).items()]  # fmt: skip
    if all(kind in carries for kind in _ENOUGH):
        # First: most rows give them all, and no number of theirs need then be judged.
        tests.insert(0, " AND ".join(f"{_column(carries[kind])} IS NOT NULL" for kind in _ENOUGH))
    cases = " ".join(f"WHEN {test} THEN true" for test in tests)
    return f"CASE {cases} ELSE false END" if cases else "false"


def _judged(kind: str) -> str:
    """SQL of the verdict on a number: one that fills a place stands for many."""
    text, value = _plain(kind), _digits(kind)
    if kind == "upn":
        return numbers.upn(text, value=value)
    if kind == "nhs_number":
        return numbers.nhs_number(text, synthetic=True, value=value)
    return numbers.uln(text, value) if kind == "uln" else numbers.number(text)


def _text(fields: list[str]) -> str:
    """SQL of what fields say, as one text."""
    parts = [f"coalesce(CAST({_column(field)} AS VARCHAR), '')" for field in fields]
    return f"concat_ws(chr(31), {', '.join(parts)})" if parts else "''"


def _column(field: str) -> str:
    """SQL of a column by its name, which may be a word of SQL."""
    return f'"{field}"'


def _quoted(path: Path) -> str:
    return path.as_posix().replace("'", "''")

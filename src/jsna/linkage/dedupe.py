"""Which records of one source are of one person.

A register holds a child once for each year, school or spell, and sometimes twice by mistake.
Records are put together where they share a sound number and the guard of `by_number` holds, or
where every trait is the same and no number contradicts it. Fewer than certain is not enough here: a
wrong merger inside a source would spread to every other. A source that has no postcode at all is
asked for the traits it has: else a child in several of its rows would be several people, equally
good for one person elsewhere, and so linked to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jsna.linkage.by_number import guard
from jsna.linkage.kinds import NUMBERS
from jsna.linkage.passes import reaches
from jsna.linkage.standardise import ADDRESS

if TYPE_CHECKING:
    import duckdb

#: A number on more records than this names nobody.
_MOST_RECORDS: Final = 60
#: What is looked up: number, and the column it is compared with.
_LOOKUPS: Final = (
    *(("nhs_number", "nhs_number"), ("upn", "upn"), ("upn", "former_upn")),
    *(("uln", "uln"), ("number", "number"), ("local_id", "local_id")),
)
_TRAITS: Final = ("forename", "surname", "born", "postcode")


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """A source whose records are put together.

    Attributes:
        relation: the standard table, with `person` the least record of each person.
        records, people: how many there are.
        by_number, by_traits: pairs of records put together by each.
        refused: pairs that share a number and were kept apart by the guard.
    """

    relation: str
    records: int
    people: int
    by_number: int
    by_traits: int
    refused: int


def deduplicate(database: duckdb.DuckDBPyConnection, table: str, name: str) -> Deduplicated:
    """Put the records of a standard table together; the result is the table `people <name>`."""
    agreed, known = guard()
    shared = " UNION ".join(
        f"""
        SELECT a.record AS one, b.record AS other, {agreed} >= least(2, {known}) AS holds
        FROM (
            SELECT * FROM {table} SEMI JOIN (
                SELECT {other} AS {one} FROM {table} WHERE {other} IS NOT NULL
                GROUP BY ALL HAVING count(*) BETWEEN {1 + (one == other)} AND {_MOST_RECORDS}
            ) USING ({one})
        ) a JOIN {table} b ON b.{other} = a.{one} AND a.record <> b.record
        {"WHERE a.record < b.record" if one == other else ""}
        """
        for one, other in _LOOKUPS
    )
    named, same = _all_alike(database, table)
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _shared AS
        SELECT least(one, other) AS one, greatest(one, other) AS other, bool_or(holds) AS holds
        FROM ({shared}) GROUP BY ALL;
        CREATE OR REPLACE TEMP TABLE _alike AS
        SELECT a.record AS one, b.record AS other
        FROM {named} a JOIN {table} b ON {same} AND a.record < b.record
        WHERE {reaches("sex", ("same", "missing"))} AND {reaches("number", ("same", "missing"))};
        CREATE OR REPLACE TEMP TABLE _edges AS
        SELECT one, other FROM _shared WHERE holds UNION SELECT one, other FROM _alike
        UNION SELECT a.record, a.person FROM {table} a WHERE a.record <> a.person
        """
    )
    _components(database)
    result = f'"people {name}"'
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE {result} AS "
        f"SELECT t.* REPLACE (coalesce(c.person, t.record) AS person) FROM {table} t "
        "LEFT JOIN _components c ON c.record = t.record"
    )
    counts = database.execute(
        f"SELECT count(*), count(DISTINCT person), (SELECT count(*) FROM _shared WHERE holds), "
        f"(SELECT count(*) FROM _alike), (SELECT count(*) FROM _shared WHERE NOT holds) "
        f"FROM {result}"
    ).fetchall()
    return Deduplicated(result, *(int(value) for value in counts[0]))


def _all_alike(database: duckdb.DuckDBPyConnection, table: str) -> tuple[str, str]:
    """SQL of the records whose traits name somebody, and of whether two of them agree in all.

    In a source without postcodes, traits name nobody where they stand on more records than one
    person has, as with a date that fills a place, or on different numbers or sexes.
    """
    if database.execute(f"SELECT count(postcode) FROM {table}").fetchall()[0][0]:
        return table, " AND ".join(f"a.{trait} = b.{trait}" for trait in _TRAITS)
    traits = [trait for trait in _TRAITS if trait != "postcode"]
    single = " AND ".join(
        f"min({column}) OVER alike IS NOT DISTINCT FROM max({column}) OVER alike"
        for column in (*NUMBERS, "sex")
    )
    usual = (
        f"(SELECT * FROM {table} WINDOW alike AS (PARTITION BY {', '.join(traits)}) "
        f"QUALIFY count(*) OVER alike <= {_MOST_RECORDS} AND {single})"
    )
    equal = [f"a.{trait} = b.{trait}" for trait in traits]
    return usual, " AND ".join(
        [*equal, *(f"a.{part} IS NOT DISTINCT FROM b.{part}" for part in ADDRESS)]
    )


def _components(database: duckdb.DuckDBPyConnection) -> None:
    """`_components`: record -> least record it hangs together with, from the pairs of `_edges`."""
    database.execute(
        """
        CREATE OR REPLACE TEMP TABLE _both AS
        SELECT one, other FROM _edges UNION SELECT other, one FROM _edges;
        CREATE OR REPLACE TEMP TABLE _components AS
        SELECT one AS record, least(one, min(other)) AS person FROM _both GROUP BY one
        """
    )
    while True:
        # Take the least label among neighbours, then the label that one has by now.
        database.execute(
            """
            CREATE OR REPLACE TEMP TABLE _labels AS
            WITH near AS (
                SELECT b.one AS record, min(c.person) AS person
                FROM _both b JOIN _components c ON c.record = b.other GROUP BY b.one
            ), least_of AS (
                SELECT record, least(n.person, c.person) AS person
                FROM near n JOIN _components c USING (record)
            )
            SELECT l.record, least(l.person, f.person) AS person
            FROM least_of l JOIN _components f ON f.record = l.person
            """
        )
        changed = database.execute(
            "SELECT count(*) FROM _labels l JOIN _components c USING (record) "
            "WHERE l.person <> c.person"
        ).fetchall()[0][0]
        database.execute("DROP TABLE _components; ALTER TABLE _labels RENAME TO _components")
        if not changed:
            return

"""Person keys of everyone: from who is who to a pseudonym for each person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jsna.linkage.keys import person_keys, person_scheme
from jsna.linkage.people import People

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

#: What the best identifier of a person is chosen from.
_COLUMNS = "upn, nhs_number, uln, number, surname, forename, born, postcode, sex"


def make_keys(
    database: duckdb.DuckDBPyConnection,
    people: People,
    key: bytes,
    *,
    among: str = "",
    alone: str = "",
) -> None:
    """`keys`: person -> person key.

    Args:
        database: holds the relations.
        people: of all sources.
        key: secret of the person keys.
        among: relation of the `person`s wanted; by default all.
        alone: relation of `person`s nobody knows anything of, each of whom has a key.
    """
    everyone = " UNION ALL ".join(
        f"SELECT m.person, {_COLUMNS} FROM {people.right(name)} s "
        f"JOIN {people.people} m ON m.source = '{name}' AND m.record = s.record"
        for name in sorted(people.made)
    )
    if not everyone:
        nothing = ", ".join(f"NULL::VARCHAR AS {column}" for column in _COLUMNS.split(", "))
        everyone = f"SELECT NULL::BIGINT AS person, {nothing} WHERE false"
    wanted = f"SEMI JOIN {among} USING (person)" if among else ""
    apart = f"UNION ALL SELECT person, 'row', CAST(person AS VARCHAR) FROM {alone}" if alone else ""
    schemes = database.sql(
        f"SELECT person, scheme, identifier FROM (FROM ({person_scheme('person', f'({everyone})')})"
        f" {wanted}) {apart} ORDER BY person"
    ).to_arrow_table()
    _register(database, key, schemes)


def _register(database: duckdb.DuckDBPyConnection, key: bytes, schemes: pa.Table) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = []
    for scheme in sorted(set(schemes["scheme"].to_pylist())):
        rows = schemes.filter(pc.equal(schemes["scheme"], scheme)).combine_chunks()
        keys = person_keys(key, scheme, _whole(rows["identifier"]))
        parts.append(rows.select(["person"]).append_column("person_key", keys))
    empty = pa.table({"person": pa.array([], pa.int64()), "person_key": pa.array([], pa.string())})
    # Taken over once: to read what is Arrow's takes longer each time than to read a table.
    database.register("_keys", pa.concat_tables(parts) if parts else empty)
    database.execute("CREATE OR REPLACE TABLE keys AS FROM _keys")
    database.unregister("_keys")


def _whole(column: pa.ChunkedArray[Any]) -> pa.Array[Any]:
    """A column in one piece."""
    import pyarrow as pa

    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)

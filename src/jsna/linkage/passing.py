"""What leaves the identified zone: a person key, ages, a small area, and no identifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from jsna.linkage.rows import Rows
from jsna.model.contract import Table

if TYPE_CHECKING:
    import duckdb

_SPACES = r"regexp_replace(upper({}), '\s', '', 'g')"


def make_places(database: duckdb.DuckDBPyConnection, roots: Sequence[Rows]) -> None:
    """Where people live: `homes` by person (latest statement) and `postcodes` (of one area).

    Only a postcode that the extracts themselves always put in one area leads to that area.
    """
    people, postcodes = [], []
    for rows in roots:
        placed = "lsoa_code" in rows.fields
        if placed:
            people.append(f'SELECT person_key, period, lsoa_code FROM "keyed {rows.name}"')
        if postcode := rows.table.identifiers.get("postcode"):
            postcodes.append(
                f"SELECT DISTINCT {postcode} AS spelt, "
                f"{'lsoa_code' if placed else 'NULL::VARCHAR AS lsoa_code'} "
                f'FROM "keyed {rows.name}" WHERE {postcode} IS NOT NULL'
            )
    nobody = "SELECT NULL::VARCHAR AS {0}, {1} NULL::VARCHAR AS lsoa_code WHERE false"
    people = people or [nobody.format("person_key", "NULL::VARCHAR AS period,")]
    postcodes = postcodes or [nobody.format("spelt", "")]
    database.execute(
        "CREATE TABLE homes AS SELECT person_key, max_by(lsoa_code, period || lsoa_code) AS "
        f"lsoa_code FROM ({' UNION ALL '.join(people)}) WHERE lsoa_code IS NOT NULL GROUP BY 1"
    )
    # By each way a postcode is spelt, so that it is made plain once and not in every row.
    database.execute(
        f"""
        CREATE TABLE postcodes AS
        WITH stated AS (
            SELECT spelt, {_SPACES.format("spelt")} AS postcode, lsoa_code
            FROM ({" UNION ".join(postcodes)})
        ), sure AS (
            SELECT postcode, min(lsoa_code) AS lsoa_code FROM stated
            WHERE lsoa_code IS NOT NULL
            GROUP BY postcode HAVING count(DISTINCT lsoa_code) = 1
        )
        SELECT DISTINCT stated.spelt, sure.lsoa_code FROM stated JOIN sure USING (postcode)
        """
    )


def passed_on(rows: Rows, tables: Mapping[str, Rows]) -> str:
    """SQL of the rows of a table as they leave the identified zone.

    Args:
        rows: the table.
        tables: every table there is, by name: identifiers reach a row through its parents.
    """
    kept = ", ".join(f"r.{field}" for field in _kept(rows.table))
    if not rows.extract.person_level:
        return f'SELECT r.period, {kept} FROM "raw {rows.name}" r'
    root, alias = rows, "r"
    steps: list[str] = []
    while root.table.parent is not None:
        parent, field = root.table.parent
        root, child, alias = tables[f"{rows.extract.name}.{parent}"], alias, f"p{len(steps)}"
        steps.append(
            f"LEFT JOIN {_one_each(root, field)} {alias} ON {alias}.period = {child}.period "
            f"AND {alias}.{field} = {child}.{field}"
        )
    steps.append(f"LEFT JOIN homes ON homes.person_key = {alias}.person_key")
    places = ["homes.lsoa_code"]
    if "lsoa_code" in root.fields:
        places.insert(0, f"{alias}.lsoa_code")
    if postcode := root.table.identifiers.get("postcode"):
        steps.append(f"LEFT JOIN postcodes ON postcodes.spelt = {alias}.{postcode}")
        places.append("postcodes.lsoa_code")
    return (
        f"SELECT r.period, {alias}.person_key, {alias}.link, {_age(root.table, alias)} AS age, "
        f"{_ages(rows.table, root.table, alias)}coalesce({', '.join(places)}) AS lsoa_code"
        f'{", " if kept else ""}{kept} FROM "{_relation(rows)}" r {" ".join(steps)}'
    )


def make_parents(database: duckdb.DuckDBPyConnection, tables: Mapping[str, Rows]) -> None:
    """`one <name>.<field>`: of a table others hang on, one row for each value of the field.

    The latest, then the first. Made once, however many tables hang on it, with no more of it than
    reaches them. To be made before `passed_on` is asked.
    """
    for rows in tables.values():
        if not rows.extract.person_level or rows.table.parent is None:
            continue
        name, field = rows.table.parent
        parent = tables[f"{rows.extract.name}.{name}"]
        database.execute(
            f"CREATE TABLE IF NOT EXISTS {_one_each(parent, field)} AS "
            f'SELECT {_reaching(parent, field)} FROM "{_relation(parent)}" {_first(parent, field)}'
        )


def _one_each(rows: Rows, field: str) -> str:
    """What `make_parents` makes of a table, by the name of one of its columns."""
    return f'"one {rows.name}.{field}"'


def _reaching(rows: Rows, field: str) -> str:
    """SQL of what of a row reaches those that belong to it."""
    kept = ["period", field]
    if rows.table.parent is not None:
        kept.append(rows.table.parent[1])
    else:
        told = [rows.table.identifiers.get(kind) for kind in ("date_of_birth", "postcode")]
        kept += ["person_key", "link", "as_at", *filter(None, told)]
        kept += [name for name in ("lsoa_code",) if name in rows.fields]
    return ", ".join(f'"{name}"' for name in dict.fromkeys(kept))


def _first(rows: Rows, field: str) -> str:
    """SQL that leaves one row of each value of a field: the latest, then the first."""
    if rows.table.key == (field,):
        return ""
    latest = [f'"{rows.table.dated_by}" DESC NULLS LAST'] if rows.table.dated_by else []
    order = ", ".join(latest + [f'"{f}"' for f in rows.fields])
    return f'QUALIFY row_number() OVER (PARTITION BY period, "{field}" ORDER BY {order}) = 1'


def _relation(rows: Rows) -> str:
    """The rows of a table: with person keys where it has identifiers of its own."""
    return f"{'keyed' if rows.is_root else 'raw'} {rows.name}"


def _age(table: Table, alias: str, day: str = "") -> str:
    """Whole years on a day; on the delivery's where none is given."""
    born = table.identifiers.get("date_of_birth")
    day = day or f"{alias}.as_at"
    return f"date_sub('year', {alias}.{born}, {day})" if born else "NULL::BIGINT"


def _ages(table: Table, root: Table, alias: str) -> str:
    """SQL of the ages on the days of a row's events, each followed by a comma."""
    return "".join(
        f"{_age(root, alias, f'r.{column.field}')} AS {column.age_field}, "
        for column in table.columns
        if column.aged
    )


def _kept(table: Table) -> list[str]:
    """Fields that pass: no identifier, and no free text about a person, which may hold one."""
    joining = {*table.key, *([table.parent[1]] if table.parent else [])}
    return [
        column.field
        for column in table.columns
        if column.identifier is None
        and column.field != "lsoa_code"
        and not (column.personal and column.type == "string" and column.field not in joining)
    ] + (["lsoa_code"] if _is_place(table) else [])


def _is_place(table: Table) -> bool:
    """Whether the table is about areas, so that its area code is its own and not a person's."""
    codes = [column for column in table.columns if column.field == "lsoa_code"]
    return bool(codes) and not codes[0].personal

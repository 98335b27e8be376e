"""Replace identifiers with person keys: what leaves the identified zone.

Here people are linked by UPN (and, within one extract, by NHS number). Which identifiers a table
carries is read from its declaration, so a new extract is linked without an edit here. After this
stage a row has `person_key`, `age` and `lsoa_code`, and no name, date of birth, postcode or
number. Row numbers of the files do not pass either, so that the order of the rows in a file
changes nothing after this point.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsna import io
from jsna.edition import Configuration, Delivery
from jsna.extracts import registry
from jsna.extracts.base import Extract, Table
from jsna.extracts.periods import reference_date
from jsna.linkage.keys import key_fingerprint, person_key_secret, person_keys

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

#: Identifiers no step here needs: they are not even read.
_UNREAD = ("surname", "forename", "uln", "local_id", "house", "street", "town")
#: Identifiers a person is known by, best first, each with the scheme of its keys.
SCHEMES = {"upn": "upn", "nhs_number": "nhs"}
_SPACES = r"regexp_replace(upper({}), '\s', '', 'g')"


def run(config: Configuration, paths: io.Paths) -> None:
    """Link every received extract; writes `restricted/linked/` and `restricted/link.json`."""
    deliveries: dict[str, list[Delivery]] = {}
    for delivery in config.edition.received:
        deliveries.setdefault(delivery.extract, []).append(delivery)
    receipt: dict[str, object] = {"tables": {}, "person_key": ""}
    io.clear_folder(paths.restricted / "linked")
    if deliveries:
        key = person_key_secret(synthetic=config.edition.synthetic, root=paths.root)
        receipt["person_key"] = key_fingerprint(key)
        with io.database() as connection:
            linker = Linker(connection, key, config.edition.reference_date)
            for name, received in sorted(deliveries.items()):
                linker.load(registry()[name], received, paths.identified / "valid")
            receipt["tables"] = linker.link(paths.restricted / "linked")
    io.write_json(paths.restricted / "link.json", receipt)


class Linker:
    """One linkage run over a DuckDB connection.

    Args:
        connection: an empty database.
        key: secret of the person keys.
        reference_date: reference date of the edition, for deliveries that state no day.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, key: bytes, reference_date: date
    ) -> None:
        self.connection = connection
        self.key = key
        self.reference_date = reference_date
        self.tables: dict[str, tuple[Extract, Table]] = {}

    def load(self, extract: Extract, deliveries: list[Delivery], valid: Path) -> None:
        """Make each table of an extract available, all periods together, without names.

        `raw <name>` is a view: what a step does not ask for is not even read.
        """
        for table in extract.tables:
            unread = [table.identifiers[kind] for kind in _UNREAD if kind in table.identifiers]
            parts = []
            for delivery in sorted(deliveries, key=lambda d: d.period):
                file = valid / extract.name / table.name / io.period_file(delivery.period)
                on = delivery.as_at or reference_date(
                    delivery.period, extract.period_type, self.reference_date
                )
                left_out = ", ".join(("source_row", *unread))
                parts.append(
                    f"SELECT '{delivery.period}' AS period, DATE '{on.isoformat()}' AS as_at, "
                    f"* EXCLUDE ({left_out}) FROM read_parquet('{_quoted(file)}')"
                )
            name = f"{extract.name}.{table.name}"
            self.tables[name] = (extract, table)
            self.connection.execute(
                f'CREATE VIEW "raw {name}" AS {" UNION ALL BY NAME ".join(parts)}'
            )

    def link(self, folder: Path) -> dict[str, dict[str, int]]:
        """Key, place and write every table; returns counts by table."""
        roots = [
            name
            for name, (extract, table) in self.tables.items()
            if extract.person_level and _identifiers(table)
        ]
        self._make_keys(roots)
        for name in roots:
            self._key_rows(name)
        self._make_places(roots)
        counts = {}
        for name, (extract, table) in self.tables.items():
            query = self._passed_on(name, extract, table)
            sorted_rows = self.connection.sql(f"SELECT * FROM ({query}) ORDER BY ALL")
            arrow = sorted_rows.to_arrow_table()
            io.write_parquet(folder / f"{name}.parquet", arrow)
            counts[name] = self._counts(name, arrow.num_rows)
        return counts

    def _make_keys(self, roots: list[str]) -> None:
        """`keys`: scheme, identifier -> person key; a former UPN leads to the person's current."""
        import pyarrow as pa
        import pyarrow.compute as pc

        pairs = [
            f"SELECT DISTINCT '{SCHEMES[kind]}' AS scheme, {field} AS identifier "
            f'FROM "raw {name}" WHERE {field} IS NOT NULL'
            for name in roots
            for kind, field in _identifiers(self.tables[name][1]).items()
        ] or ["SELECT NULL::VARCHAR AS scheme, NULL::VARCHAR AS identifier WHERE false"]
        former = [
            f"SELECT f.{t['former_upn']} AS former, f.{t['upn']} AS identifier "
            f'FROM "raw {name}" f ANTI JOIN "raw {name}" u '
            f"ON u.{t['upn']} = f.{t['former_upn']} AND u.period >= f.period"
            for name in roots
            if {"upn", "former_upn"} <= set(t := self.tables[name][1].identifiers)
        ] or ["SELECT NULL AS former, NULL AS identifier"]
        known = self.connection.sql(
            f"""
            WITH renamed AS (
                SELECT former, min(identifier) AS identifier
                FROM ({" UNION ".join(former)})
                WHERE former IS NOT NULL AND identifier IS NOT NULL AND former <> identifier
                -- A former number that leads to two people, or is still in use, leads nowhere.
                GROUP BY former HAVING count(DISTINCT identifier) = 1
            ), pairs AS ({" UNION ".join(pairs)})
            SELECT p.scheme, p.identifier, coalesce(r.identifier, p.identifier) AS current
            FROM pairs p LEFT JOIN renamed r ON p.scheme = 'upn' AND p.identifier = r.former
            """
        ).to_arrow_table()
        parts = []
        for scheme in sorted(set(SCHEMES.values())):
            rows = known.filter(pc.equal(known["scheme"], scheme)).combine_chunks()
            keys = person_keys(self.key, scheme, _whole(rows["current"]))
            parts.append(rows.drop_columns("current").append_column("person_key", keys))
        self.connection.register("keys", pa.concat_tables(parts))

    def _key_rows(self, name: str) -> None:
        """`keyed <name>`: the rows with their person key; one without identifier gets its own.

        Of the identifiers only the postcode stays, to find the place by.
        """
        table = self.tables[name][1]
        joins, found = [], []
        for index, (kind, field) in enumerate(_identifiers(table).items()):
            joins.append(
                f"LEFT JOIN keys k{index} ON k{index}.scheme = '{SCHEMES[kind]}' "
                f"AND k{index}.identifier = r.{field}"
            )
            found.append(f"k{index}.person_key")
        key = f"coalesce({', '.join(found)})"
        kept = [f"r.{c.field}" for c in table.columns if c.identifier in (None, "postcode")]
        # Named by its content, not its place in the file: shuffled rows give the same keys.
        fields = [c.field for c in table.columns if c.identifier not in _UNREAD]
        texts = ", ".join(f"coalesce(CAST(r.{field} AS VARCHAR), '')" for field in fields)
        self.connection.execute(
            f"""
            CREATE TABLE "keyed {name}" AS
            SELECT r.period, {", ".join(kept)},
                {key} AS person_key, {self._age(table)} AS age,
                CASE WHEN {key} IS NULL THEN concat_ws(chr(31), r.period, {texts}) END AS content
            FROM "raw {name}" r {" ".join(joins)}
            """
        )
        alone = self.connection.sql(
            f"""
            SELECT rowid AS "row", concat_ws(
                chr(31), content, row_number() OVER (PARTITION BY content) - 1
            ) AS content
            FROM "keyed {name}" WHERE person_key IS NULL
            """
        ).to_arrow_table()
        if not alone.num_rows:
            return
        own = person_keys(self.key, f"row|{name}", _whole(alone["content"]))
        self.connection.register("alone", alone.append_column("own_key", own))
        self.connection.execute(
            f'UPDATE "keyed {name}" SET person_key = own_key FROM alone '
            f'WHERE "keyed {name}".rowid = alone."row"'
        )
        self.connection.unregister("alone")

    @staticmethod
    def _age(table: Table) -> str:
        """Whole years on the delivery's day."""
        born = table.identifiers.get("date_of_birth")
        return f"date_sub('year', r.{born}, r.as_at)" if born else "NULL::BIGINT"

    def _make_places(self, roots: list[str]) -> None:
        """Where people live: by person (latest statement) and by postcode (where it is one area).

        Only a postcode that the extracts themselves always put in one area leads to that area.
        """
        people, postcodes = [], []
        for name in roots:
            table = self.tables[name][1]
            placed = "lsoa_code" in {column.field for column in table.columns}
            if placed:
                people.append(f'SELECT person_key, period, lsoa_code FROM "keyed {name}"')
            if postcode := table.identifiers.get("postcode"):
                postcodes.append(
                    f"SELECT DISTINCT {postcode} AS spelt, "
                    f"{'lsoa_code' if placed else 'NULL::VARCHAR AS lsoa_code'} "
                    f'FROM "keyed {name}" WHERE {postcode} IS NOT NULL'
                )
        nobody = "SELECT NULL::VARCHAR AS {0}, {1} NULL::VARCHAR AS lsoa_code WHERE false"
        people = people or [nobody.format("person_key", "NULL::VARCHAR AS period,")]
        postcodes = postcodes or [nobody.format("spelt", "")]
        self.connection.execute(
            "CREATE TABLE homes AS SELECT person_key, max_by(lsoa_code, period || lsoa_code) AS "
            f"lsoa_code FROM ({' UNION ALL '.join(people)}) WHERE lsoa_code IS NOT NULL GROUP BY 1"
        )
        # By each way a postcode is spelt, so that it is made plain once and not in every row.
        self.connection.execute(
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

    def _passed_on(self, name: str, extract: Extract, table: Table) -> str:
        """The query of the rows as they leave the identified zone."""
        kept = ", ".join(f"r.{field}" for field in _kept(table))
        if not extract.person_level:
            return f'SELECT r.period, {kept} FROM "raw {name}" r'
        root, alias = name, "r"
        steps: list[str] = []
        while not _identifiers(self.tables[root][1]) and self.tables[root][1].parent:
            parent, field = self.tables[root][1].parent or ("", "")
            root, child, alias = f"{extract.name}.{parent}", alias, f"p{len(steps)}"
            steps.append(
                f'LEFT JOIN "{self._rows(root)}" {alias} ON {alias}.period = {child}.period '
                f"AND {alias}.{field} = {child}.{field}"
            )
        steps.append(f"LEFT JOIN homes ON homes.person_key = {alias}.person_key")
        keyed = self.tables[root][1]
        places = ["homes.lsoa_code"]
        if "lsoa_code" in {column.field for column in keyed.columns}:
            places.insert(0, f"{alias}.lsoa_code")
        if postcode := keyed.identifiers.get("postcode"):
            steps.append(f"LEFT JOIN postcodes ON postcodes.spelt = {alias}.{postcode}")
            places.append("postcodes.lsoa_code")
        return (
            f"SELECT r.period, {alias}.person_key, {alias}.age, "
            f"coalesce({', '.join(places)}) AS lsoa_code"
            f'{", " if kept else ""}{kept} FROM "{self._rows(name)}" r {" ".join(steps)}'
        )

    def _rows(self, name: str) -> str:
        """The rows of a table: with person keys where it has identifiers of its own."""
        return f"{'keyed' if _identifiers(self.tables[name][1]) else 'raw'} {name}"

    def _counts(self, name: str, rows: int) -> dict[str, int]:
        """Rows of a table, and how many carry each identifier."""
        counts = {"rows": rows}
        for kind, field in _identifiers(self.tables[name][1]).items():
            # Read to the end: an unfinished result blocks the connection.
            found = self.connection.execute(f'SELECT count({field}) FROM "raw {name}"').fetchall()
            counts[f"with_{kind}"] = int(found[0][0])
        return counts


def _whole(column: pa.ChunkedArray[Any]) -> pa.Array[Any]:
    """A column in one piece."""
    import pyarrow as pa

    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _identifiers(table: Table) -> dict[str, str]:
    """Identifiers of a table that a person key is made from, best first."""
    return {kind: table.identifiers[kind] for kind in SCHEMES if kind in table.identifiers}


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


def _quoted(path: Path) -> str:
    return path.as_posix().replace("'", "''")

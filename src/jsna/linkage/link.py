"""The stage `link`: who each row is about, and what of it may leave the identified zone.

Which identifiers a table carries is read from its declaration, so a new extract is linked without
an edit here. After this stage a row has `person_key`, `age` and `lsoa_code`, and no name, date of
birth, postcode or number. Row numbers of the files do not pass either, so that the order of the
rows in a file changes nothing after this point.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jsna import io, records
from jsna.linkage import outcomes
from jsna.linkage.keys import key_fingerprint, person_key_secret, person_keys, person_scheme
from jsna.linkage.kinds import Source, usable
from jsna.linkage.passing import make_places, passed_on
from jsna.linkage.people import People, link_sources
from jsna.linkage.rows import Rows, make_records, view
from jsna.linkage.ruleset import Ruleset, read_ruleset
from jsna.model.areas import authorities
from jsna.model.configuration import Configuration
from jsna.model.contract import Extract
from jsna.model.editions import Delivery
from jsna.sources import permission, registry

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

#: Where the rules of linkage stand, below the project's root.
RULES: Final = Path("config/linkage")
#: SQL of how surely a record is linked (code list `link`), from its `method` and `probability`.
LINK: Final = """
    CASE WHEN spine THEN 'spine' WHEN method IN ('number', 'pass') THEN method
        WHEN method IS NULL THEN 'none' WHEN probability >= 0.95 THEN 'model_95'
        WHEN probability >= 0.5 THEN 'model_50' ELSE 'model_05' END
"""


def run(config: Configuration, paths: io.Paths, rules: Ruleset | None = None) -> None:
    """Link every extract that may be linked.

    Writes `restricted/linked/`, the quality of the links in `restricted/linkage/`, the pairs in
    `identified/linkage/`, and `restricted/link.json`.

    Args:
        config, paths: of the edition.
        rules: of linkage; by default those of the project.

    Raises:
        JsnaError: there is no fit key, or the rules cannot be read.
    """
    deliveries: dict[str, list[Delivery]] = {}
    for delivery in permission.linkable(config.edition):
        deliveries.setdefault(delivery.extract, []).append(delivery)
    receipt: dict[str, object] = {"tables": {}, "person_key": ""}
    if deliveries:
        # Before anything is cleared: what is refused leaves the last result as it was.
        key = person_key_secret(synthetic=config.edition.synthetic, root=paths.root)
        receipt["person_key"] = key_fingerprint(key)
        rules = rules or read_ruleset(paths.root / RULES)
    folders = (paths.restricted / "linked", paths.restricted / "linkage")
    for folder in folders:
        io.clear_folder(folder)
    io.clear_folder(paths.identified / "linkage")
    if deliveries:
        assert rules is not None
        spill = io.make_folder(paths.identified / "linkage" / "spill")
        with io.database(spill) as connection:
            linker = Linker(
                connection, key, config.edition.reference_date, rules,
                authorities=authorities(config), synthetic=config.edition.synthetic,
            )  # fmt: skip
            for name, received in sorted(deliveries.items()):
                linker.load(registry()[name], received, paths.identified / "valid")
            receipt["tables"] = linker.link(paths.restricted / "linked")
            outcomes.write(linker, paths)
        spill.rmdir()
    written = (file for folder in folders for file in folder.glob("*.parquet"))
    receipt["files"] = records.digests(paths.restricted, written)
    io.write_json(paths.restricted / "link.json", receipt)


class Linker:
    """One linkage run over a DuckDB connection.

    Args:
        connection: an empty database.
        key: secret of the person keys.
        reference_date: reference date of the edition, for deliveries that state no day.
        rules: of linkage.
        authorities: authority numbers a UPN may carry; None: any of the range in use.
        synthetic: whether the people are invented.

    Attributes:
        tables: every table loaded, by name.
        people: what linking them gave, once `link` has run; None where nobody can be linked.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        key: bytes,
        reference_date: date,
        rules: Ruleset,
        *,
        authorities: frozenset[str] | None = None,
        synthetic: bool = True,
    ) -> None:
        self.connection = connection
        self.key = key
        self.reference_date = reference_date
        self.rules = rules
        self.authorities = authorities
        self.synthetic = synthetic
        self.tables: dict[str, Rows] = {}
        self.people: People | None = None

    @property
    def roots(self) -> list[Rows]:
        """Tables that say themselves who their rows are about, in order of their names."""
        return [self.tables[name] for name in sorted(self.tables) if self.tables[name].is_root]

    def load(self, extract: Extract, deliveries: list[Delivery], valid: Path) -> None:
        """Make each table of an extract available, all periods together."""
        for table in extract.tables:
            came = [delivery for delivery in deliveries if delivery.brought(table)]
            if not came:
                continue
            rows = Rows(f"{extract.name}.{table.name}", extract, table)
            self.tables[rows.name] = rows
            view(self.connection, rows, came, valid, self.reference_date)

    def link(self, folder: Path) -> dict[str, dict[str, int]]:
        """Link, key, place and write every table; returns counts by table."""
        for rows in self.roots:
            make_records(self.connection, rows)
        self._link_records()
        self._make_keys()
        for rows in self.roots:
            self._key_rows(rows)
        make_places(self.connection, self.roots)
        counts = {}
        for name, rows in self.tables.items():
            query = f"SELECT * FROM ({passed_on(rows, self.tables)}) ORDER BY ALL"
            arrow = self.connection.sql(query).to_arrow_table()
            io.write_parquet(folder / f"{name}.parquet", arrow)
            counts[name] = {"rows": arrow.num_rows}
        return counts

    def _link_records(self) -> None:
        """`members`: every record of every source, who it is, and how surely."""
        sources, alone = [], []
        for rows in self.roots:
            if not usable(rows.carries):
                alone.append(rows)
                continue
            source = Source(
                rows.source, f'"records {rows.name}"', rows.carries,
                authorities=self.authorities, synthetic=self.synthetic,
            )  # fmt: skip
            sources.append(source)
        spine = [rows.source for rows in self.roots if rows.extract.name in self.rules.spine]
        order = {name: place for place, name in enumerate(self.rules.spine)}
        spine.sort(key=lambda name: order[name.split(".")[0]])
        self.people = link_sources(
            self.connection, sources, spine, self.rules.rules, self.rules.names
        )
        # Records without a usable identifier are nobody anyone knows: each is a person apart.
        nobody = " ".join(
            f"UNION ALL SELECT '{rows.source}', record, -{place} - record * 1000, "
            f'-{place} - record * 1000, NULL, NULL, NULL FROM "records {rows.name}"'
            for place, rows in enumerate(alone, 1)
        )
        listed = ", ".join(f"'{name}'" for name in spine) or "NULL"
        self.connection.execute(
            f"CREATE TABLE members AS SELECT *, {LINK} AS link FROM ("
            f"SELECT *, method IS NULL AND source IN ({listed}) AS spine FROM "
            f"(FROM {self.people.people} {nobody}))"
        )

    def _make_keys(self) -> None:
        """`keys`: person -> person key."""
        assert self.people is not None
        columns = "upn, nhs_number, uln, number, surname, forename, born, postcode, sex"
        everyone = " UNION ALL ".join(
            f"SELECT m.person, {columns} FROM {standard.relation} s "
            f"JOIN members m ON m.source = '{name}' AND m.record = s.record"
            for name, standard in sorted(self.people.standard.items())
        )
        if not everyone:
            nothing = ", ".join(f"NULL::VARCHAR AS {column}" for column in columns.split(", "))
            everyone = f"SELECT NULL::BIGINT AS person, {nothing} WHERE false"
        apart = (
            "SELECT DISTINCT person, 'row', CAST(person AS VARCHAR) FROM members WHERE person < 0"
        )
        schemes = self.connection.sql(
            f"SELECT person, scheme, identifier FROM ({person_scheme('person', f'({everyone})')}) "
            f"UNION ALL {apart} ORDER BY person"
        ).to_arrow_table()
        self._register_keys(schemes)

    def _register_keys(self, schemes: pa.Table) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        parts = []
        for scheme in sorted(set(schemes["scheme"].to_pylist())):
            rows = schemes.filter(pc.equal(schemes["scheme"], scheme)).combine_chunks()
            keys = person_keys(self.key, scheme, _whole(rows["identifier"]))
            parts.append(rows.select(["person"]).append_column("person_key", keys))
        empty = pa.table(
            {"person": pa.array([], pa.int64()), "person_key": pa.array([], pa.string())}
        )
        self.connection.register("keys", pa.concat_tables(parts) if parts else empty)

    def _key_rows(self, rows: Rows) -> None:
        """`keyed <name>` gets the person key and the surety of the link of every row."""
        name = f'"keyed {rows.name}"'
        self.connection.execute(
            f"""
            CREATE TABLE "_next" AS
            SELECT r.* EXCLUDE (facet, content), c.record, k.person_key, m.link
            FROM {name} r JOIN "records {rows.name}" c ON c.facet = r.facet
            JOIN members m ON m.source = '{rows.source}' AND m.record = c.record
            JOIN keys k ON k.person = m.person;
            DROP TABLE {name};
            ALTER TABLE "_next" RENAME TO {name}
            """
        )


def _whole(column: pa.ChunkedArray[Any]) -> pa.Array[Any]:
    """A column in one piece."""
    import pyarrow as pa

    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)

"""The stage `link`: who each row is about, and what of it may leave the identified zone.

Which identifiers a table carries is read from its declaration, so a new extract is linked without
an edit here. After this stage a row has `person_key`, `age` and `lsoa_code`, and no name, date of
birth, postcode or number. Row numbers of the files do not pass either, so that the order of the
rows in a file changes nothing after this point.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jsna import io, records
from jsna.linkage import outcomes
from jsna.linkage.jobs import Jobs, digest
from jsna.linkage.keying import make_keys
from jsna.linkage.keys import key_fingerprint, person_key_secret
from jsna.linkage.kinds import Source, usable
from jsna.linkage.passing import make_parents, make_places, passed_on
from jsna.linkage.people import People, in_order, link_sources, spine_of
from jsna.linkage.rows import Rows, make_records, view
from jsna.linkage.ruleset import Ruleset, read_ruleset
from jsna.linkage.writing import write
from jsna.model.areas import authorities
from jsna.model.configuration import Configuration
from jsna.model.contract import Extract
from jsna.model.editions import Delivery
from jsna.sources import permission, registry

if TYPE_CHECKING:
    import duckdb

#: Where the rules of linkage stand, below the project's root.
RULES: Final = Path("config/linkage")
#: Where what each source gave is kept; below the identified zone, like the next.
KEPT: Final = Path("linkage/kept")
#: Of each source the digest of what its links hang on; not in the receipt, since it is another
#: where rows stand in another order, and what is linked is not.
JOBS: Final = Path("linkage/jobs.json")
#: What the database holds in memory before it spills, however many people there are.
MEMORY: Final = "1500MB"
#: What `assess` writes beside what linking came to.
ASSESSED: Final = "held_out.parquet"
#: SQL of how surely a record is linked (code list `link`), from its `method` and `probability`.
LINK: Final = """
    CASE WHEN spine THEN 'spine' WHEN method IN ('number', 'pass') THEN method
        WHEN method IS NULL THEN 'none' WHEN probability >= 0.95 THEN 'model_95'
        WHEN probability >= 0.5 THEN 'model_50' ELSE 'model_05' END
"""


def run(config: Configuration, paths: io.Paths, rules: Ruleset | None = None) -> None:
    """Link every extract that may be linked.

    Writes `restricted/linked/`, what linking came to in `restricted/linkage/`, pairs and what each
    source gave in `identified/linkage/`, and `restricted/link.json`.

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
    io.clear_folder(folders[0])
    # What `assess` wrote beside is its own: links that stay as they were are not assessed again.
    for file in sorted(io.make_folder(folders[1]).glob("*.parquet")):
        if file.name != ASSESSED:
            io.remove(file)
    if not deliveries:
        io.clear_folder(paths.identified / "linkage")
    else:
        assert rules is not None
        outcomes.clear_sample(paths)
        with opened(paths) as connection:
            linker = Linker(
                connection, key, config.edition.reference_date, rules,
                authorities=authorities(config), synthetic=config.edition.synthetic,
                folder=paths.identified / KEPT,
            )  # fmt: skip
            for name, received in sorted(deliveries.items()):
                linker.load(registry()[name], received, paths.identified / "valid")
            linker.link()
            outcomes.write(linker, paths)
            receipt["tables"] = linker.write(paths.restricted / "linked")
        io.write_json(paths.identified / JOBS, linker.keys)
    written = (
        file for folder in folders for file in folder.glob("*.parquet") if file.name != ASSESSED
    )
    receipt["files"] = records.digests(paths.restricted, written)
    io.write_json(paths.restricted / "link.json", receipt)


@contextmanager
def opened(paths: io.Paths) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database, which puts what memory does not hold into the identified zone alone."""
    spill = paths.identified / "linkage" / "spill"
    # Of a run that was killed rows may lie there.
    io.clear_folder(spill)
    with io.database(spill) as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        yield connection
    spill.rmdir()


class Linker:
    """One linkage run over a DuckDB connection.

    Args:
        connection: an empty database.
        key: secret of the person keys.
        reference_date: reference date of the edition, for deliveries that state no day.
        rules: of linkage.
        authorities: authority numbers a UPN may carry; None: any of the range in use.
        synthetic: whether the people are invented.
        folder: where what each source gives is kept for the next run; without one nowhere.

    Attributes:
        tables: every table loaded, by name.
        keys: source -> digest of what its links hang on.
        people: what linking them gave, once `link` has run.
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
        folder: Path | None = None,
    ) -> None:
        self.connection = connection
        self.key = key
        self.reference_date = reference_date
        self.rules = rules
        self.authorities = authorities
        self.synthetic = synthetic
        self.folder = folder
        self.tables: dict[str, Rows] = {}
        self.files: dict[str, list[tuple[str, str]]] = {}
        self.keys: dict[str, str] = {}
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
            self.files[rows.name] = view(self.connection, rows, came, valid, self.reference_date)

    def link(self) -> None:
        """Find who is who, give everyone a key and every home its place."""
        self._link_records()
        assert self.people is not None
        nobody = "(SELECT person FROM members WHERE person < 0)"
        make_keys(self.connection, self.people, self.key, alone=nobody)
        for rows in self.roots:
            self._key_rows(rows)
        make_places(self.connection, self.roots)

    def write(self, folder: Path) -> dict[str, dict[str, int]]:
        """Write every table as it leaves the identified zone; returns counts by table."""
        assert self.people is not None
        # Of who is who the rows are all that is needed from here on.
        self.people.drop(self.connection)
        make_parents(self.connection, self.tables)
        counts = {}
        for name, rows in self.tables.items():
            query = f"SELECT * FROM ({passed_on(rows, self.tables)}) ORDER BY ALL"
            counts[name] = {"rows": write(self.connection, query, folder / f"{name}.parquet")}
        return counts

    def _link_records(self) -> None:
        """`members`: every record of every source, who it is, and how surely."""
        known = {rows.source: rows for rows in self.roots if usable(rows.carries)}
        alone = [rows for rows in self.roots if not usable(rows.carries)]
        sources = [
            Source(
                name, f'"records {rows.source}"', rows.carries,
                authorities=self.authorities, synthetic=self.synthetic,
            )
            for name, rows in known.items()
        ]  # fmt: skip
        spine = spine_of(known, self.rules.spine)
        self.keys = self._digests(sources, spine)
        jobs = Jobs(self.connection, self.folder, self.keys)
        jobs.clear_others()
        for rows in alone:
            make_records(self.connection, rows)

        @contextmanager
        def prepared(name: str) -> Iterator[None]:
            make_records(self.connection, known[name])
            yield
            self.connection.execute(f'DROP TABLE "records {name}"')

        self.people = link_sources(
            self.connection, sources, spine, self.rules.rules, self.rules.names, jobs, prepared
        )
        # Records without a usable identifier are nobody anyone knows: each is a person apart.
        nobody = " ".join(
            f"UNION ALL SELECT '{rows.source}', record, -{place} - record * 1000, "
            f'-{place} - record * 1000, NULL, NULL, NULL FROM "records {rows.source}"'
            for place, rows in enumerate(alone, 1)
        )
        listed = ", ".join(f"'{name}'" for name in spine) or "NULL"
        self.connection.execute(
            f"CREATE TABLE members AS SELECT *, {LINK} AS link FROM ("
            f"SELECT *, method IS NULL AND source IN ({listed}) AS spine FROM "
            f"(FROM {self.people.people} {nobody}))"
        )

    def _digests(self, sources: Sequence[Source], spine: Sequence[str]) -> dict[str, str]:
        """Source -> digest of what its links hang on: its own rows, the rules, and the spine's."""
        rules, files = self.rules, {rows.source: self.files[rows.name] for rows in self.roots}
        fields = {rows.source: rows.fields for rows in self.roots}
        of = {source.name: source for source in sources}
        found: dict[str, str] = {}
        before: list[str] = []
        for name, joins in in_order(of, spine):
            said = (of[name], fields[name], files[name], rules.rules, rules.names, before)
            found[name] = digest(*said)
            if joins:
                before = [*before, found[name]]
        return found

    def _key_rows(self, rows: Rows) -> None:
        """`keyed <name>`: every row, its person within the source, the person key and the link.

        A view: of rows, which may be many, only what is asked for is held in memory.
        """
        self.connection.execute(
            f"""
            CREATE TABLE "who {rows.name}" AS
            SELECT s._at, m.own, k.person_key, m.link, m.pass
            FROM "seen {rows.source}" s
            JOIN members m ON m.source = '{rows.source}' AND m.record = s.record
            JOIN keys k ON k.person = m.person;
            DROP TABLE "seen {rows.source}";
            CREATE VIEW "keyed {rows.name}" AS
            SELECT r.* EXCLUDE (_at), w.person_key, w.link
            FROM "raw {rows.name}" r JOIN "who {rows.name}" w ON w._at = r._at
            """
        )

"""Everyone an edition knows: a spine of people, and every other source linked to it.

The spine is built from its own sources in order: the first as it is, each next one linked to what
stands there, whoever is not found being added. Then every other source is linked to the spine.
Nobody is lost: a person of a source who is linked to no one is a person of their own.

A source is a job: what it gives hangs on its own records and on the spine, on no other source and
not on the order in which they are taken. So what is kept of a job (`jobs`) serves as long as these
are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from jsna.linkage.cascade import Linked, Rules, link
from jsna.linkage.dedupe import deduplicate
from jsna.linkage.jobs import Jobs, Made
from jsna.linkage.kinds import Source
from jsna.linkage.splinked import COLUMNS
from jsna.linkage.standardise import standardise
from jsna.model.linkage import Names

if TYPE_CHECKING:
    import duckdb

#: Records of different sources are told apart by this many bits.
_BITS: Final = 40


@dataclass(frozen=True, slots=True)
class People:
    """What linking all sources gave; relations are tables of the database.

    Attributes:
        people: every record of every source, and who it is: `source`, `record`, `own` (the person
            within the source), `person` (in the edition), and of the link `method`, `pass`,
            `probability`, which are empty where there is none.
        spine: the standard table of the spine, `person` throughout the edition's.
        made: of each source by name, people and records numbered by the source's own numbers; the
            first of the spine is not linked to anything.
        offsets: what is added to the numbers of a source to tell them from those of others.
    """

    people: str
    spine: str
    made: dict[str, Made] = field(default_factory=dict)
    offsets: dict[str, int] = field(default_factory=dict)

    @property
    def linked(self) -> dict[str, Linked]:
        """Links of each source that is linked to anything, by name."""
        return {name: one.linked for name, one in self.made.items() if one.linked is not None}

    def drop(self, database: duckdb.DuckDBPyConnection) -> None:
        """Let go of what is known of each person."""
        database.execute(f"DROP TABLE {self.spine}")
        for made in self.made.values():
            database.execute(f"DROP TABLE {made.deduplicated.relation}")
            if made.linked is not None:
                for table in (made.linked.links, made.linked.ties, made.linked.near):
                    database.execute(f"DROP TABLE {table}")

    def before(self, name: str) -> str:
        """SQL of the spine as it was when a source was linked to it."""
        return f"(FROM {self.spine} WHERE record < {self.offsets[name]})"

    def right(self, name: str) -> str:
        """The standard table of a source, with its people."""
        return self.made[name].deduplicated.relation


def link_sources(
    database: duckdb.DuckDBPyConnection,
    sources: Sequence[Source],
    spine: Sequence[str],
    rules: Rules,
    names: Names,
    jobs: Jobs | None = None,
    prepared: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext(),
) -> People:
    """Link every source to the spine.

    Args:
        database: holds the relations of the sources.
        sources: all sources; the order does not matter.
        spine: names of those that make up the spine, in order; one that is not there is left out.
        rules: of the cascade.
        names: lists about names.
        jobs: where what each source gave is kept; by default nowhere.
        prepared: makes the relation of a source while it is needed.
    """
    by_name: Mapping[str, Source] = {source.name: source for source in sources}
    jobs = jobs or Jobs(database)
    result = begin(database)
    for name, joins in in_order(by_name, spine):
        made = jobs.kept(name)
        if made is None:
            with prepared(name):
                standard = standardise(database, by_name[name], names)
            unique = deduplicate(database, standard.relation, name)
            standard.drop(database)
            linked = None
            if result.made:
                linked = link(database, result.spine, unique.relation, rules, f"links {name}")
            made = Made(standard.verdicts, unique, linked)
            jobs.keep(name, made)
        add(database, result, name, made, joins=joins)
    return result


def in_order(sources: Collection[str], spine: Sequence[str]) -> list[tuple[str, bool]]:
    """Sources as they are taken, and whether each belongs to the spine."""
    first = [name for name in spine if name in sources]
    return [(name, True) for name in first] + [(n, False) for n in sorted({*sources} - {*first})]


def spine_of(sources: Iterable[str], extracts: Sequence[str]) -> list[str]:
    """Those of the sources that make up the spine, in its order.

    Args:
        sources: an extract, or `<extract>.<table>`.
        extracts: of the spine, in order.
    """
    of = [name for name in sorted(sources) if name.split(".")[0] in extracts]
    return sorted(of, key=lambda name: extracts.index(name.split(".")[0]))


def begin(database: duckdb.DuckDBPyConnection) -> People:
    """Nobody yet."""
    database.execute(
        "CREATE OR REPLACE TEMP TABLE people (source VARCHAR, record BIGINT, own BIGINT, "
        "person BIGINT, method VARCHAR, pass VARCHAR, probability DOUBLE);"
        "CREATE OR REPLACE TEMP TABLE spine AS SELECT NULL::BIGINT AS person, * FROM ("
        f"SELECT {_typed()}) WHERE false"
    )
    return People("people", "spine")


def add(
    database: duckdb.DuckDBPyConnection, result: People, name: str, made: Made, *, joins: bool
) -> None:
    """Note who the records of a source are, and add them to the spine where it `joins` it."""
    offset = len(result.made) << _BITS
    result.made[name], result.offsets[name] = made, offset
    own, person, said, found = "s.person", f"s.person + {offset}", "NULL, NULL, NULL", ""
    if made.linked is not None:
        person, said = f"coalesce(k.left_person, {person})", "k.method, k.pass, k.probability"
        found = f"LEFT JOIN {made.linked.links} k ON k.right_person = s.person"
        # Several linked to one are one person of the source too, called after the surest.
        own = (
            "coalesce(first_value(k.right_person) OVER (PARTITION BY k.left_person "
            "ORDER BY k.method = 'model', k.weight DESC, k.right_person), s.person)"
        )
    table = made.deduplicated.relation
    source = name.replace("'", "''")
    database.execute(
        f"INSERT INTO people SELECT '{source}', s.record, {own} + {offset}, {person}, {said} "
        f"FROM {table} s {found}"
    )
    if joins:
        columns = ", ".join(f"s.{c}" for c in COLUMNS.split(", ") if c != "record")
        database.execute(
            f"INSERT INTO spine SELECT {person}, s.record + {offset}, {columns} "
            f"FROM {table} s {found}"
        )


def _typed() -> str:
    """SQL of the columns of a standard table, empty, with their types."""
    types = {"record": "BIGINT"}
    return ", ".join(f"NULL::{types.get(c, 'VARCHAR')} AS {c}" for c in COLUMNS.split(", "))

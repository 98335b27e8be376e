"""Everyone an edition knows: a spine of people, and every other source linked to it.

The spine is built from its own sources in order: the first as it is, each next one linked to what
stands there, whoever is not found being added. Then every other source is linked to the spine.
Nobody is lost: a person of a source who is linked to no one is a person of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from jsna.linkage.cascade import Linked, Rules, link
from jsna.linkage.dedupe import Deduplicated, deduplicate
from jsna.linkage.kinds import Source
from jsna.linkage.splinked import COLUMNS
from jsna.linkage.standardise import Standard, standardise
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
        standard, deduplicated, linked: of each source by name; the first of the spine is not
            linked to anything.
    """

    people: str
    spine: str
    standard: dict[str, Standard] = field(default_factory=dict)
    deduplicated: dict[str, Deduplicated] = field(default_factory=dict)
    linked: dict[str, Linked] = field(default_factory=dict)


def link_sources(
    database: duckdb.DuckDBPyConnection,
    sources: Sequence[Source],
    spine: Sequence[str],
    rules: Rules,
    names: Names,
) -> People:
    """Link every source to the spine.

    Args:
        database: holds the relations of the sources.
        sources: all sources; the order does not matter.
        spine: names of those that make up the spine, in order; one that is not there is left out.
        rules: of the cascade.
        names: lists about names.
    """
    by_name: Mapping[str, Source] = {source.name: source for source in sources}
    order = [name for name in spine if name in by_name]
    others = sorted(set(by_name) - set(order))
    result = People("people", "spine")
    database.execute(
        "CREATE OR REPLACE TEMP TABLE people (source VARCHAR, record BIGINT, own BIGINT, "
        "person BIGINT, method VARCHAR, pass VARCHAR, probability DOUBLE);"
        "CREATE OR REPLACE TEMP TABLE spine AS SELECT NULL::BIGINT AS person, * FROM ("
        f"SELECT {_typed()}) WHERE false"
    )
    for number, name in enumerate([*order, *others]):
        standard = standardise(database, by_name[name], names)
        unique = deduplicate(database, standard.relation, name)
        result.standard[name], result.deduplicated[name] = standard, unique
        shifted = f'"shifted {name}"'
        offset = number << _BITS
        database.execute(
            f"CREATE OR REPLACE TEMP TABLE {shifted} AS SELECT person + {offset} AS person, "
            f"{COLUMNS.replace('record', f'record + {offset} AS record', 1)} FROM {unique.relation}"
        )
        if number:
            result.linked[name] = link(database, "spine", shifted, rules, f"links {name}")
        _add(database, name, shifted, offset, linked=result.linked.get(name), joins=name in order)
    return result


def _add(
    database: duckdb.DuckDBPyConnection,
    name: str,
    shifted: str,
    offset: int,
    *,
    linked: Linked | None,
    joins: bool,
) -> None:
    """Note who the records of a source are, and add them to the spine where it `joins` it."""
    own, person, said, found = "s.person", "s.person", "NULL, NULL, NULL", ""
    if linked:
        person, said = "coalesce(k.left_person, s.person)", "k.method, k.pass, k.probability"
        found = f"LEFT JOIN {linked.links} k ON k.right_person = s.person"
        # Several linked to one are one person of the source too, called after the surest.
        own = (
            "coalesce(first_value(k.right_person) OVER (PARTITION BY k.left_person "
            "ORDER BY k.method = 'model', k.weight DESC, k.right_person), s.person)"
        )
    source = name.replace("'", "''")
    database.execute(
        f"INSERT INTO people SELECT '{source}', s.record - {offset}, {own}, {person}, {said} "
        f"FROM {shifted} s {found}"
    )
    if joins:
        columns = COLUMNS.split(", ")
        database.execute(
            f"INSERT INTO spine SELECT {person}, {', '.join(f's.{c}' for c in columns)} "
            f"FROM {shifted} s {found}"
        )


def _typed() -> str:
    """SQL of the columns of a standard table, empty, with their types."""
    types = {"record": "BIGINT"}
    return ", ".join(f"NULL::{types.get(c, 'VARCHAR')} AS {c}" for c in COLUMNS.split(", "))

"""What linking came to: every link, and the tables the quality chapter is counted from.

Nothing here holds an identifier but the sample for clerical review, which stays on the identified
side. Tables in `restricted/linkage/`, each sorted by all its columns:

`links`: one row a link: `source`, `person_key`, `method`, `pass`, `weight` (bits), `probability`,
`levels` (a digit for each comparison of the model), `review`, `veto` (what makes it unsure).
`member`: one row a person of a source: `source`, `person_key`, `compared` (whether the source was
linked to anything: not the first of the spine), `link`, `pass`, `implausible`, and what the source
itself says of the person last: `age`, `sex`, `ethnicity` (in its own codes), `sen_provision`,
`lsoa_code` (empty where it does not say).
`identifier`: how many records got each verdict: `source`, `kind`, `verdict`, `records`.
`event`: what was put together, kept apart or left out: `source`, `event`, `cases`.
`held_out`: one row a true pair (`of` is `pair`) or a link (`link`) of those whose link is known
another way (`answer`: `number`, the blind hold-out; `source`, another source): `source`, `answer`,
`of`, `wrong`, `person_key`. It is written by `assess`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jsna import io
from jsna.linkage import quality, review, writing
from jsna.linkage.rows import PLACES, Rows
from jsna.model.link_passes import TRAITS

if TYPE_CHECKING:
    import pyarrow as pa

    from jsna.linkage.link import Linker
    from jsna.linkage.people import People

#: Pairs of each stratum and source kept for clerical review; a review may take fewer.
KEPT: Final = 100


def write(linker: Linker, paths: io.Paths) -> None:
    """Write the outcomes of a linkage run that has ended."""
    people = linker.people
    assert people is not None
    folder = paths.restricted / "linkage"
    tables = {
        "links": _links(linker, people),
        "member": _members(linker, people),
        "identifier": _identifiers(linker, people),
        "event": _events(linker, people),
    }
    for name, query in tables.items():
        ordered = f"SELECT * FROM ({query}) ORDER BY ALL"
        writing.write(linker.connection, ordered, folder / f"{name}.parquet")
    _write_sample(linker, people, paths)


def clear_sample(paths: io.Paths) -> None:
    """Remove the pairs of an earlier run."""
    folder = io.make_folder(paths.identified / "linkage")
    for file in sorted(folder.iterdir()):
        if file.is_file():
            file.unlink()


def union(parts: list[str], columns: str) -> str:
    """SQL of all parts, or of no row with the columns (`name type, …`)."""
    typed = ", ".join("NULL::{1} AS {0}".format(*c.split()) for c in columns.split(", "))
    # First, since the first gives the columns their names.
    return " UNION ALL ".join([f"SELECT {typed} WHERE false", *parts])


def _links(linker: Linker, people: People) -> str:
    parts = [
        f"SELECT '{name}' AS source, keys.person_key, k.method, k.pass, k.weight, k.probability, "
        f"k.levels, k.review, k.veto FROM {linked.links} k JOIN keys ON keys.person = k.left_person"
        for name, linked in sorted(people.linked.items())
    ]
    columns = "source VARCHAR, person_key VARCHAR, method VARCHAR, pass VARCHAR, weight DOUBLE, "
    columns += "probability DOUBLE, levels VARCHAR, review BOOLEAN, veto VARCHAR"
    return union(parts, columns)


def _members(linker: Linker, people: People) -> str:
    parts = []
    for rows in linker.roots:
        odd, compared = "false", rows.source not in people.made
        if rows.source in people.linked:
            compared = True
            linked = people.linked[rows.source]
            table = f'"implausible {rows.source}"'
            quality.mark_implausible(
                linker.connection,
                people.before(rows.source),
                people.right(rows.source),
                linked.links,
                table,
            )
            offset = people.offsets[rows.source]
            odd = f"l.own - {offset} IN (SELECT right_person FROM {table})"
        _make_latest(linker, rows)
        parts.append(
            f"""
            SELECT '{rows.source}' AS source, l.person_key, {compared} AS compared, l.link,
                coalesce(l.pass, '') AS pass, {odd} AS implausible, {_age(rows)} AS age,
                {_traits(rows)}
            FROM "raw {rows.name}" r
                JOIN "latest {rows.name}" l ON l._at = r._at {_home(rows)}
            """
        )
    columns = "source VARCHAR, person_key VARCHAR, compared BOOLEAN, link VARCHAR, pass VARCHAR, "
    columns += "implausible BOOLEAN, age BIGINT, sex VARCHAR, ethnicity VARCHAR, "
    return union(parts, columns + "sen_provision VARCHAR, lsoa_code VARCHAR")


def _make_latest(linker: Linker, rows: Rows) -> None:
    """`latest <name>`: of each person of a source the last row of it.

    Of several of one period it is the first by what they say, so that their order in the file
    changes nothing.
    """
    content = ", ".join(f"r.{field}" for field in rows.fields)
    linker.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE "latest {rows.name}" AS
        WITH last AS (
            SELECT own, max(part) AS part, max_by(rows, part) AS rows, max_by(_at, part) AS _at
            FROM (
                SELECT own, _at >> {PLACES} AS part, count(*) AS rows, max(_at) AS _at
                FROM "who {rows.name}" GROUP BY ALL
            ) GROUP BY own
        ), chosen AS (
            SELECT _at FROM last WHERE rows = 1
            UNION ALL
            SELECT w._at FROM last l
                JOIN "who {rows.name}" w ON w.own = l.own AND w._at >> {PLACES} = l.part
                JOIN "raw {rows.name}" r ON r._at = w._at
            WHERE l.rows > 1
            QUALIFY row_number() OVER (PARTITION BY w.own ORDER BY {content}) = 1
        )
        FROM "who {rows.name}" SEMI JOIN chosen USING (_at)
        """
    )


def _age(rows: Rows) -> str:
    born = rows.table.identifiers.get("date_of_birth")
    return f"date_sub('year', r.{born}, r.as_at)" if born else "NULL::BIGINT"


def _traits(rows: Rows) -> str:
    """SQL of what a table says of a person, and of the place its postcode or area code gives."""
    found = []
    for trait, codes in TRAITS.items():
        fields = [column.field for column in rows.table.columns if column.codes in codes]
        found.append(f"{f'r.{fields[0]}' if fields else 'NULL::VARCHAR'} AS {trait}")
    places = ["r.lsoa_code"] if "lsoa_code" in rows.fields else []
    if "postcode" in rows.table.identifiers:
        places.append("p.lsoa_code")
    place = f"coalesce({', '.join((*places, 'NULL'))})"
    return f"{', '.join(found)}, {place} AS lsoa_code"


def _home(rows: Rows) -> str:
    """SQL of a join that brings to a row the place its postcode lies in, as `p`."""
    postcode = rows.table.identifiers.get("postcode")
    return f"LEFT JOIN postcodes p ON p.spelt = r.{postcode}" if postcode else ""


def _identifiers(linker: Linker, people: People) -> str:
    parts = [f"FROM {one.verdicts}" for _, one in sorted(people.made.items())]
    return union(parts, "source VARCHAR, kind VARCHAR, verdict VARCHAR, records BIGINT")


def _events(linker: Linker, people: People) -> str:
    counts: list[tuple[str, str, int]] = []
    for name, made in sorted(people.made.items()):
        one = made.deduplicated
        counts += [
            (name, "merged_by_number", one.by_number),
            (name, "merged_by_traits", one.by_traits),
            (name, "number_refused", one.refused),
        ]
    for name, linked in sorted(people.linked.items()):
        for step, _, left_out in linked.steps:
            kind = {"model": "tied"}.get(step, "pass_ambiguous")
            if step in quality.NUMBER_STEPS:
                kind = "number_refused"
            counts.append((name, kind, left_out))
        counts += [
            (name, "joined", linked.joined),
            (name, "vetoed", linked.vetoed),
            (name, "held", linked.held),
        ]
    parts = [f"SELECT '{s}' AS source, '{e}' AS event, {n} AS cases" for s, e, n in counts]
    every = union(parts, "source VARCHAR, event VARCHAR, cases BIGINT")
    return (
        "SELECT source, event, CAST(sum(cases) AS BIGINT) AS cases "
        f"FROM ({every}) GROUP BY ALL HAVING sum(cases) > 0"
    )


def _write_sample(linker: Linker, people: People, paths: io.Paths) -> None:
    """Write the pairs for clerical review, how many there are of each stratum, and every tie."""
    import pyarrow as pa

    folder = paths.identified / "linkage"
    parts: dict[str, list[pa.Table]] = {"review": [], "ties": []}
    strata: dict[str, Any] = {}
    for name, linked in sorted(people.linked.items()):
        right = people.right(name)
        strata[name] = review.sizes(linker.connection, linked)
        drawn = {
            "review": review.sample(linker.connection, people.spine, right, linked, KEPT),
            "ties": review.ties(linker.connection, people.spine, right, linked),
        }
        for table, rows in drawn.items():
            source = pa.array([name] * rows.num_rows, pa.string())
            parts[table].append(rows.add_column(0, "source", source))
    for table, found in parts.items():
        if found:
            io.write_parquet(folder / f"{table}.parquet", pa.concat_tables(found))
    io.write_json(folder / "strata.json", strata)

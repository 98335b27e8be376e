"""`jsna check --rows`: what is wrong with the extracts, and what leaves the counts; writes nothing.

What leaves a count is told with the indicators it touches, and where homes lie, as `build` would
count them. Links are not made here, so a home is known by what a file itself says of it, or by its
postcode where the extracts always put that in one small area.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final

from jsna import io
from jsna.ingest.attrition import APART, EMPTIED, REPEATS, SET_ASIDE, attrition
from jsna.ingest.report import Report, describe
from jsna.ingest.run import Ingested, ingest
from jsna.measures import homes
from jsna.measures.attrition import Lost, Touch, beside, of_cells, touches
from jsna.measures.lineage import HOME, OF_LINKAGE, Cell, root
from jsna.model.configuration import Configuration
from jsna.sources import permission, registry
from jsna.sources.areas import tables as areas

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from jsna.linkage.rows import Rows

#: Indicators named in a line; of more, these and their number.
_NAMED: Final = 3
_DONE: Final = {
    SET_ASIDE: "set aside",
    REPEATS: "entered more than once, and counted once",
    APART: "dates that contradict each other, and what lies between is not counted",
}


def check(config: Configuration, paths: io.Paths) -> Report:
    """Say what is wrong with the extracts of an edition, and what leaves its counts."""
    return described(ingest(config, paths), config, paths)


def described(done: Ingested, config: Configuration, paths: io.Paths) -> Report:
    """The same of extracts that are read and judged."""
    lines: list[str] = []
    placed: dict[str, homes.Counts] = {}
    lost = 0
    if not done.problems and done.results:
        stand = _touches(config)
        lines, lost = _left(attrition(done.results, config), stand)
        placed = _homes(done, config, paths, {c for touch in stand.values() for c in touch.cells})
        lost += sum(counts.get(why, 0) for counts in placed.values() for why in homes.NOWHERE)
    lie = [homes.in_words(name, counts) for name, counts in sorted(placed.items())]
    return describe(done.staged, done.results, done.problems, config, lines, lie, lost)


def _touches(config: Configuration) -> dict[str, Touch]:
    """Title of each indicator, in the order of the report -> what it stands on."""
    given = permission.linkable(config.edition)
    linked = {
        f"{d.extract}.{table.name}"
        for d in given
        for table in registry()[d.extract].tables
        if d.brought(table)
    }
    found = touches(config, [*sorted(linked), *OF_LINKAGE])
    order = {chapter: place for place, chapter in enumerate(config.edition.chapters)}
    shown = sorted(
        (config.indicators[name] for name in found),
        key=lambda indicator: order.get(indicator.chapter, len(order)),
    )
    return {indicator.title: found[indicator.id] for indicator in shown}


def _left(rows: pd.DataFrame, stand: Mapping[str, Touch]) -> tuple[list[str], int]:
    """A line for each thing that leaves or changes counts, and how many rows they are of."""
    of = of_cells(rows, {})
    touched: dict[Lost, list[str]] = {}
    for title, touch in stand.items():
        for one in dict.fromkeys(one for _, _, one in beside(touch, of)):
            touched.setdefault(one, []).append(title)
    told = sorted(touched.items(), key=lambda item: (item[0].cell, item[0].kind))
    return [_line(one, titles) for one, titles in told], sum(one.rows for one in touched)


def _line(one: Lost, titles: list[str]) -> str:
    extract, name = one.cell.table.split(".")
    table = registry()[extract].table(name)
    where = f" in the files for {', '.join(one.periods)}" if one.periods else ""
    what = _DONE.get(one.kind, "")
    if one.kind == EMPTIED:
        what = f"{table.column(one.cell.field).name!r} cannot be used and is emptied"
    named = "; ".join(titles[:_NAMED]) + (" and others" if len(titles) > _NAMED else "")
    many = "1 indicator" if len(titles) == 1 else f"{len(titles)} indicators"
    return (
        f"{registry()[extract].title}: {one.rows:,} of {one.received:,} {table.plural}{where}: "
        f"{what}; touches {many} ({named})"
    )


def _homes(
    done: Ingested, config: Configuration, paths: io.Paths, touched: Collection[Cell]
) -> dict[str, homes.Counts]:
    """Where homes lie, by table that says who its rows are about; none without small areas.

    Of those alone by whose homes some indicator goes.
    """
    from jsna.linkage.passing import make_places
    from jsna.linkage.rows import Rows
    from jsna.releases import lookups

    counted = {(d.extract, d.period) for d in permission.linkable(config.edition)}
    roots = [
        Rows(f"{name}.{table.name}", extract, table)
        for name, extract in sorted(registry().items())
        for table in extract.tables
        if extract.person_level and table.parent is None
    ]
    with io.database() as connection:
        if not _load(connection, "areas", "lsoa", done, counted, '"areas.lsoa"'):
            return {}
        there = [
            rows
            for rows in roots
            if _load(
                connection, rows.extract.name, rows.table.name, done, counted,
                f'"keyed {rows.name}"',
            )
        ]  # fmt: skip
        make_places(connection, there)
        asked = {root(cell.table) for cell in touched if cell.field == HOME}
        found = [r for r in there if r.name in asked and _placed(connection, r)]
        release = config.release("lsoa_2011_lookup")
        path = paths.published / release.file if release else None
        lookup = lookups.lsoas_2011(path) if path is not None and path.is_file() else None
        homes.register(connection, lookup)
        for view in areas.PLACES:
            connection.execute(f'create table "{view.name}" as {view.query(config)}')
        return homes.placed(connection, [rows.name for rows in found])


def _load(
    connection: duckdb.DuckDBPyConnection,
    extract: str,
    table: str,
    done: Ingested,
    counted: set[tuple[str, str]],
    name: str,
) -> bool:
    """Make a table of the valid rows of all deliveries that are counted; False where none came."""
    import pandas as pd
    import pyarrow as pa

    parts = [
        tables[table].valid.assign(period=key[1])
        for key, tables in sorted(done.results.items())
        if key[0] == extract and key in counted and table in tables
    ]
    if not parts:
        return False
    rows = pa.Table.from_pandas(pd.concat(parts, ignore_index=True), preserve_index=False)
    connection.register("_rows", rows)
    connection.execute(f"create table {name} as select *, null::varchar as person_key from _rows")
    connection.unregister("_rows")
    return True


def _placed(connection: duckdb.DuckDBPyConnection, rows: Rows) -> bool:
    """Make the homes of a table as derivation receives them; False where it says nothing of one."""
    own = ["r.lsoa_code"] if "lsoa_code" in rows.fields else []
    join = ""
    if postcode := rows.table.identifiers.get("postcode"):
        own.append("p.lsoa_code")
        join = f"left join postcodes p on p.spelt = r.{postcode}"
    if not own:
        return False
    home = f"coalesce({', '.join((*own, 'null'))}) as lsoa_code"
    connection.execute(
        f'create table "{homes.received(rows.name)}" as '
        f'select {home} from "keyed {rows.name}" r {join}'
    )
    return True

"""From linked rows to the analysis tables that indicators are counted in (`jsna.tables`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from jsna import io, records
from jsna.errors import JsnaError, Problem
from jsna.measures import deliveries, homes
from jsna.model.configuration import Configuration
from jsna.model.tables import AnalysisTable, View
from jsna.tables import VIEWS, needs
from jsna.tables.catalogue import CATALOGUE, arrow

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa


def run(config: Configuration, paths: io.Paths) -> None:
    """Make the analysis tables of an edition; writes `restricted/tables/` and `derive.json`."""
    linked, reference = received(paths), of_releases(paths)
    placed: dict[str, homes.Counts] = {}
    rows: dict[str, int] = {}
    folder = paths.restricted / "tables"
    with io.renewing(folder) as new, io.scratch(paths.restricted / "spill") as spill:

        def keep(name: str, table: pa.Table) -> None:
            io.write_parquet(new / f"{name}.parquet", table)
            rows[name] = table.num_rows

        _derive(linked, config, keep, reference, placed, spill=spill)
    files = [folder / f"{name}.parquet" for name in rows]
    receipt = {
        "rows": dict(sorted(rows.items())),
        "files": records.digests(paths.restricted, files),
        "homes": placed,
    }
    io.write_json(paths.restricted / "derive.json", receipt)


def of_releases(paths: io.Paths) -> dict[str, pa.Table]:
    """The tables the stage `published` wrote, by name."""
    files = io.read_json(paths.restricted / "published.json")["files"]
    return {file.stem: io.read_table(file) for file in records.listed(paths.restricted, files)}


def received(paths: io.Paths, receipt: str = "link.json") -> dict[str, Path]:
    """The tables the stage `link` wrote: `<extract>.<table>`, and of linkage itself `linkage.…`.

    `receipt` is that of another stage, such as `assess`, of whose tables it is to be.
    """
    files = io.read_json(paths.restricted / receipt)["files"]
    return {
        ("linkage." if file.parent.name == "linkage" else "") + file.stem: file
        for file in records.listed(paths.restricted, files)
    }


def derive(
    linked: Mapping[str, pa.Table | pd.DataFrame | Path],
    config: Configuration,
    reference: Mapping[str, pa.Table | pd.DataFrame] | None = None,
    placed: dict[str, homes.Counts] | None = None,
    *,
    invented: bool = False,
) -> dict[str, pa.Table]:
    """Analysis tables from linked rows.

    Args:
        linked: `<extract>.<table>` -> rows of all periods, as `docs/data-flow.md` says, or the
            parquet file that holds them, of which only the columns some table needs are read.
        config: names the area, its localities and the days the rows describe.
        reference: analysis tables (`lsoa`, `population`) made from official releases; they stand
            where the edition has no extract of its own for them. `lsoa_2011` brings homes under
            codes of 2011 to today's.
        placed: is filled with how many homes of each linked table have a place; see `homes`.
        invented: nobody is behind the rows, and messages of the database may be printed whole.

    Returns:
        Table name -> rows, of the columns of the catalogue, ordered. A table whose extracts were
        not received, or not linked, is left out.

    Raises:
        JsnaError: with every query that cannot be run, and every table that is not as declared.
    """
    made: dict[str, pa.Table] = {}
    _derive(linked, config, made.__setitem__, reference, placed, invented=invented)
    return dict(sorted(made.items()))


def _derive(
    linked: Mapping[str, pa.Table | pd.DataFrame | Path],
    config: Configuration,
    keep: Callable[[str, pa.Table], None],
    reference: Mapping[str, pa.Table | pd.DataFrame] | None = None,
    placed: dict[str, homes.Counts] | None = None,
    *,
    invented: bool = False,
    spill: Path | None = None,
) -> None:
    """Make analysis tables one by one; `keep` is given each, takes what `derive` takes.

    Args:
        spill: folder for what memory does not hold.

    Raises:
        JsnaError: as `derive` does; tables may have been kept before.
    """
    made: set[str] = set()
    problems: list[Problem] = []
    failed: set[str] = set()
    with io.database(spill) as connection:
        homes.register(connection, (reference or {}).get(homes.LOOKUP))
        for name, rows in linked.items():
            _register(connection, homes.received(name), rows)
            homes.today(connection, name)
        deliveries.register(connection, linked, config)
        for query in usable(config, linked):
            if failed.intersection(View(name=query.name, sql=query.sql).needs):
                failed.add(query.name)
                continue
            try:
                _make(connection, query, invented=invented)
                if query.name in CATALOGUE:
                    keep(query.name, _as_declared(connection, CATALOGUE[query.name]))
                    made.add(query.name)
            except JsnaError as error:
                problems += error.problems
                failed.add(query.name)
        if problems:
            raise JsnaError(problems, title="Analysis tables are not as declared:")
        if placed is not None:
            placed |= homes.placed(connection, linked)
        for name, rows in (reference or {}).items():
            if name in CATALOGUE and name not in made:
                connection.register(name, homes.as_arrow(rows))
                keep(name, _as_declared(connection, CATALOGUE[name], ours=False))


def one(
    name: str,
    linked: Mapping[str, Path],
    made: Mapping[str, Path],
    config: Configuration,
    reference: Mapping[str, pa.Table],
) -> pa.Table | None:
    """One analysis table, of linked rows and of analysis tables that are made.

    Args:
        name: of the table.
        linked, config, reference: as of `derive`.
        made: analysis tables by name; they are not made again.

    Returns:
        Its rows; None where it cannot be made of what there is.

    Raises:
        JsnaError: the query cannot be run, or the table is not as declared.
    """
    with io.database() as connection:
        homes.register(connection, reference.get(homes.LOOKUP))
        wanted = _beneath(name, made)
        for table in wanted & {*linked}:
            _register(connection, homes.received(table), linked[table])
            homes.today(connection, table)
        for table in wanted & {*made}:
            _register(connection, table, made[table])
        queries = [q for q in usable(config, {*linked, *made}) if q.name in wanted - {*made}]
        for query in queries:
            _make(connection, query, invented=False)
        there = any(query.name == name for query in queries)
        return _as_declared(connection, CATALOGUE[name]) if there else None


def _beneath(name: str, made: Collection[str]) -> set[str]:
    """A view, all it may read, and so on down to what was received or is made."""
    views = {view.name: view for view in VIEWS}
    found, waiting = set(), [name]
    while waiting:
        read = waiting.pop()
        if read not in found:
            found.add(read)
            waiting += needs(views[read]) if read in views and read not in made else ()
    return found


def _register(
    connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table | pd.DataFrame | Path
) -> None:
    """Make rows, or those of a parquet file, readable under a name."""
    if isinstance(rows, Path):
        connection.read_parquet(io.verified(rows).as_posix()).create_view(name)
    else:
        connection.register(name, rows)


class Query(NamedTuple):
    """A query for one edition, with the table it makes."""

    name: str
    sql: str


#: Tables that are made beside the linked ones.
_BESIDE: Final = (homes.LOOKUP, deliveries.TABLE)


def usable(config: Configuration, linked: Iterable[str]) -> list[Query]:
    """The queries that can be made, each after those it builds on.

    Args:
        config: gives the area, the year and what codes mean the same.
        linked: tables there are.
    """
    there = {*linked, *_BESIDE}
    found = []
    for view in VIEWS:
        made: View | None = view
        while made is not None and not there.issuperset(made.needs):
            made = made.otherwise
        if made is not None and (sql := made.query(config)):
            found.append(Query(view.name, sql))
            there.add(view.name)
    return found


def _make(connection: duckdb.DuckDBPyConnection, query: Query, *, invented: bool) -> None:
    """Run a query, kept as a table, so that what builds on it does not make it again.

    Raises:
        JsnaError: with the database's message where no record can be in it.
    """
    import duckdb

    try:
        connection.execute(f'create table "{query.name}" as {query.sql}')
    except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException) as error:
        said = str(error)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        hint = "it may hold a record and is not printed; `jsna check` runs it on invented rows"
        said = (
            str(error)
            if invented
            else f"the database's message is a {type(error).__name__}; {hint}"
        )
    else:
        return
    rule = f"the query of this analysis table fails: {said.splitlines()[0]}"
    raise JsnaError(Problem(query.name, rule, code="table.query")) from None


def _as_declared(
    connection: duckdb.DuckDBPyConnection, table: AnalysisTable, *, ours: bool = True
) -> pa.Table:
    """A table of the database with the columns declared, if no two rows have one key.

    Args:
        connection: to the database.
        table: its declaration.
        ours: made by a query here, and so with no columns but those declared.

    Raises:
        JsnaError: naming columns and no value.
    """
    rows = connection.sql(f'select * from "{table.name}"')
    more = ", ".join(sorted(set(rows.columns) - set(table.columns)))
    if ours and more:
        rule = f"analysis table has the columns {more}, which are not declared: a fault of ours"
        raise JsnaError(Problem(table.name, rule, code="table.columns"))
    found = arrow(table.name, rows.to_arrow_table())
    if _repeated(connection, table):
        rule = f"rows of the analysis table share {', '.join(table.key)}: a fault of ours"
        raise JsnaError(Problem(table.name, rule, code="table.key"))
    return found


def _repeated(connection: duckdb.DuckDBPyConnection, table: AnalysisTable) -> bool:
    """Whether two rows have one key; keys are compared only where their digests are the same."""
    key = ", ".join(f'"{column}"' for column in table.key)
    queries = (
        f'select count(*) > count(distinct hash({key})) from "{table.name}"',
        f'select count(*) > count(distinct row({key})) from "{table.name}"',
    )
    return all(connection.execute(query).fetchall() == [(True,)] for query in queries)

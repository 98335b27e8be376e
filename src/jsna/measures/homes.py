"""Homes: small areas under codes of 2011 brought to those of 2021, and how many have a place.

The census of 2021 ended some small areas. A code of 2011 that became one area, alone or merged with
others, is that area's today; one that was split lies where all its parts do (see `places`). Source:
the look-up of the Office for National Statistics from 2011 to 2021 (dataset `lsoa_2011_lookup`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from jsna.sources import registry

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

#: Name of the look-up among the tables: `lsoa_2011`, `lsoa_code`, `parts`.
LOOKUP: Final = "lsoa_2011"
_HOME: Final = "lsoa_code"
_OF_LINKAGE: Final = "linkage."
_WORDS: Final = {
    "elsewhere_in_england": "elsewhere in England",
    "in_the_area": "in the area, in no one locality",
    "northern_ireland": "Northern Ireland",
    "scotland": "Scotland",
    "wales": "Wales",
}
#: Homes that have no place because what is said of them is not enough, or wrong.
NOWHERE: Final = ("in_the_area", "unknown_code", "no_code")
#: Where a home lies -> homes; `all` is how many rows there are.
Counts = dict[str, int]


def as_arrow(rows: pa.Table | pd.DataFrame) -> pa.Table:
    """The rows as an Arrow table."""
    return rows if isinstance(rows, pa.Table) else pa.Table.from_pandas(rows, preserve_index=False)


def register(connection: duckdb.DuckDBPyConnection, lookup: pa.Table | pd.DataFrame | None) -> None:
    """Make the look-up a table; an empty one where the edition has none."""
    none = "select null::varchar as lsoa_2011, null::varchar as lsoa_code, 1::bigint as parts"
    connection.execute(f"create table {LOOKUP} as {none} where false")
    if lookup is not None:
        connection.register("_lookup", as_arrow(lookup))
        connection.execute(f"insert into {LOOKUP} select {LOOKUP}, {_HOME}, parts from _lookup")


def received(name: str) -> str:
    """What a linked table is called as it came, before its homes are under today's codes."""
    return f"_received.{name}"


def today(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Make a linked table a view, in which codes of 2011 with one successor are that one."""
    query = f'select * from "{received(name)}"'
    if _has_homes(connection, name):
        query = f'''
        select r.* replace (coalesce(l.lsoa_code, r.lsoa_code) as lsoa_code)
        from "{received(name)}" r left join {LOOKUP} l
            on l.parts = 1 and l.lsoa_2011 = r.lsoa_code'''
    connection.execute(f'create view "{name}" as {query}')


def _has_homes(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    extract = registry().get(name.split(".")[0])
    # Of what is no record of a child, the small area is no home.
    if extract is not None and not extract.person_level:
        return False
    return _HOME in connection.sql(f'select * from "{received(name)}" limit 0').columns


def placed(connection: duckdb.DuckDBPyConnection, names: Iterable[str]) -> dict[str, Counts]:
    """Where the homes of each table of an extract lie, in rows.

    `placed` in a locality of the area, of these `by_2011` under a code of 2011; `in_the_area` where
    a split area lies in several localities; `elsewhere_in_england`, `wales`, `scotland`,
    `northern_ireland`; `unknown_code`, and `no_code` for none given. Without the look-up any other
    English code is taken for elsewhere.
    """
    found: dict[str, Counts] = {}
    for name in sorted(names):
        # What linkage says of itself is of the same homes over again.
        if name.startswith(_OF_LINKAGE) or not _has_homes(connection, name):
            continue
        query = f'''
        with known as (select lsoa_2011 as code from {LOOKUP} union select lsoa_code from {LOOKUP}),
        said as (
            select r.lsoa_code as code, case
                when r.lsoa_code is null then 'no_code'
                when p.locality_code is not null then 'placed'
                when p.lsoa_code is not null then 'in_the_area'
                when r.lsoa_code like 'W01%' then 'wales'
                when r.lsoa_code like 'S01%' then 'scotland'
                when r.lsoa_code like 'N2%' or r.lsoa_code like '95%' then 'northern_ireland'
                when r.lsoa_code in (select code from known)
                    or not exists (select 1 from known) then 'elsewhere_in_england'
                else 'unknown_code' end as lies
            from "{received(name)}" r
            left join {LOOKUP} l on l.parts = 1 and l.lsoa_2011 = r.lsoa_code
            left join place p on p.lsoa_code = coalesce(l.lsoa_code, r.lsoa_code))
        select lies, count(*), count(*) filter (
            lies = 'placed' and code in (select lsoa_2011 from {LOOKUP}
                where lsoa_2011 not in (select lsoa_code from {LOOKUP})))
        from said group by lies order by lies'''
        rows = connection.execute(query).fetchall()
        counts = {lies: int(n) for lies, n, _ in rows}
        found[name] = {
            "all": sum(counts.values()),
            **counts,
            "by_2011": sum(int(n) for *_, n in rows),
        }
    return found


def in_words(name: str, counts: Counts) -> str:
    """How many homes of a table have a place in the area, and where the others are."""
    others = ", ".join(
        f"{_WORDS.get(where, where.replace('_', ' '))} {n:,}"
        for where, n in sorted(counts.items())
        if where not in ("all", "placed", "by_2011")
    )
    share = 100 * counts.get("placed", 0) / max(counts["all"], 1)
    extract = registry()[name.split(".")[0]]
    of = f"{extract.title}, homes of {extract.table(name.split('.')[1]).plural}"
    by_2011 = f", {counts['by_2011']:,} of them by a code of 2011" if counts["by_2011"] else ""
    rest = f"; {others}" if others else ""
    return f"{of}: {share:.1f}% of {counts['all']:,} in a locality of the area{by_2011}{rest}"

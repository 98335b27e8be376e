"""Who stands behind a sum of money: how many, and the two largest parts.

A sum can give one part of it away although many are counted in it, where that part is nearly all
of it. Disclosure control needs the two largest parts to see that; they are one child's own, so
this table is restricted and nothing in it is ever printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from jsna import io, records
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.model.hierarchies import LOCALITY_GROUP, codes, finer, years
from jsna.model.indicators import LOCALITY, Indicator, Side
from jsna.tables.catalogue import CATALOGUE, arrow, column_of

if TYPE_CHECKING:
    import pyarrow as pa

#: Columns beside the key of the measure.
NUMBERS: Final = ("contributors", "total", "largest", "second")
COLUMNS: Final = (*schema.KEY, *NUMBERS)
FILE: Final = "contributions.parquet"


def amount(indicator: Indicator) -> Side | None:
    """The side that adds up money; None for an indicator that adds up none."""
    side = indicator.numerator
    adds_up = side is not None and side.count not in ("rows", "persons")
    return side if adds_up and indicator.unit == schema.MONEY else None


def run(measures: pd.DataFrame, config: Configuration, paths: io.Paths) -> None:
    """Write `restricted/contributions.parquet` for the measures of an edition."""
    names = {side.table for side in map(amount, config.indicators.values()) if side is not None}
    made = tables_of(paths)
    tables = {name: io.read_table(made[name]) for name in sorted(names) if name in made}
    io.write_parquet(paths.restricted / FILE, contributions(measures, tables, config))


def tables_of(paths: io.Paths) -> dict[str, Path]:
    """The analysis tables the stage `derive` wrote, by name, each as it was then."""
    files = io.read_json(paths.restricted / "derive.json")["files"]
    return {file.stem: file for file in records.listed(paths.restricted, files)}


def contributions(
    measures: pd.DataFrame,
    tables: Mapping[str, pa.Table | pd.DataFrame],
    config: Configuration,
) -> pd.DataFrame:
    """Contributors to every sum of money that was counted here.

    A contributor is a person, or a row of a table without persons, whose amounts in the cell do
    not come to nothing; amounts below zero count by their size.

    Args:
        measures: measures in the schema; only local rows that add up money are looked at.
        tables: analysis tables by name.
        config: declarations, and what nests in what.

    Returns:
        The key, and `contributors` (how many), `total`, `largest` and `second` (the two largest
        parts); a row for each measure, sorted by key.
    """
    sides = {name: amount(indicator) for name, indicator in config.indicators.items()}
    sums = {name: side for name, side in sides.items() if side is not None and side.table in tables}
    local = measures["indicator"].isin(list(sums)) & measures["source"].str.startswith("local:")
    groups = measures.loc[local].groupby(
        ["indicator", "period_type", "geography", "breakdown"], sort=True
    )
    made = [
        _behind(rows, sums[str(name)], tables, config) for (name, *_), rows in groups if len(rows)
    ]
    if not made:
        return pd.DataFrame(
            {c: pd.Series(dtype="float64" if c in NUMBERS else "str") for c in COLUMNS}
        ).astype({"contributors": "int64"})
    whole = pd.concat(made, ignore_index=True)
    return whole.sort_values(list(schema.KEY), kind="stable").reset_index(drop=True)


def _behind(
    rows: pd.DataFrame,
    side: Side,
    tables: Mapping[str, pa.Table | pd.DataFrame],
    config: Configuration,
) -> pd.DataFrame:
    """Contributors to the measures of one indicator, breakdown, geography and type of period."""
    import duckdb

    first = rows.iloc[0]
    split = list(schema.dimensions(first["breakdown"], first["category"]))
    keys = rows[list(schema.KEY)].reset_index(drop=True)
    values = [
        schema.dimensions(b, c) for b, c in zip(keys["breakdown"], keys["category"], strict=True)
    ]
    keys["_0"] = keys["period"]
    columns = ["period"]
    hierarchies: list[dict[str, Iterable[str]]] = [
        {period: years(period, first["period_type"]) for period in keys["period"]}
    ]
    for dimension in split:
        keys[f"_{len(columns)}"] = shown = [one[dimension] for one in values]
        columns.append(column_of(finer(dimension, config)))
        hierarchies.append({c: codes(dimension, c, config) for c in shown})
    if first["geography"] != "authority":
        of = LOCALITY_GROUP if first["geography"] == LOCALITY_GROUP else LOCALITY
        keys[f"_{len(columns)}"] = keys["area_code"]
        columns.append(column_of(LOCALITY))
        hierarchies.append({a: codes(of, a, config) for a in keys["area_code"]})
    with duckdb.connect() as connection:
        connection.register("rows", arrow(side.table, tables[side.table]))
        for place, pairs in enumerate(hierarchies):
            connection.register(f"nest{place}", _pairs(pairs))
        found = connection.sql(_sql(side, columns)).df()
    axes = [f"_{place}" for place in range(len(columns))]
    behind = keys.merge(found, how="left", on=axes, validate="many_to_one")
    for column in NUMBERS:
        behind[column] = behind[column].fillna(0)
    return behind[list(COLUMNS)].astype({"contributors": "int64"})


def _pairs(hierarchy: Mapping[str, Iterable[str]]) -> pd.DataFrame:
    pairs = [(shown, code) for shown, parts in hierarchy.items() for code in sorted(parts)]
    return pd.DataFrame(pairs, columns=["shown", "code"], dtype="str")


def _sql(side: Side, columns: list[str]) -> str:
    """One row for each combination of the categories shown: `_0`, `_1` …, and the numbers."""
    people = "person_key" in CATALOGUE[side.table].columns
    who = "person_key" if people else "cast(row_number() over () as varchar)"
    at = [f"_{place}" for place in range(len(columns))]
    split = ", ".join(f'"{name}" as a{place}' for place, name in enumerate(columns))
    hierarchies = " ".join(
        f"join nest{place} as n{place} on part.a{place} = n{place}.code"
        for place in range(len(columns))
    )
    shown = ", ".join(f"n{place}.shown as {name}" for place, name in enumerate(at))
    names = ", ".join(at)
    return (
        f'with part as (select {split}, {who} as who, "{side.count}" as amount '
        f"from rows where ({side.where})), "
        f"own as (select {shown}, who, abs(sum(amount)) as amount from part {hierarchies} "
        f"group by {names}, who having abs(sum(amount)) > 0), "
        f"cell as (select {names}, count(*) as contributors, sum(amount) as total, "
        f"max(amount, 2) as top from own group by {names}) "
        f"select {names}, contributors, cast(total as double) as total, "
        f"cast(top[1] as double) as largest, cast(coalesce(top[2], 0) as double) as second "
        f"from cell order by {names}"
    )

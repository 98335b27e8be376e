"""Who stands behind a sum of money: how many, and the two largest parts.

A sum can give one part of it away although many are counted in it, where that part is nearly all
of it. Disclosure control needs the two largest parts to see that; they are one child's own, so
this table is restricted and nothing in it is ever printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from jsna import io, records
from jsna.model import schema
from jsna.model.cells import MISSING, OTHER, Cell, Codes
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator, Side
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
        measures: measures in the schema with their cells; of those that add up money the rows that
            have a cell are looked at.
        tables: analysis tables by name.
        config: declarations.

    Returns:
        The key, and `contributors` (how many), `total`, `largest` and `second` (the two largest
        parts); a row for each measure, sorted by key.
    """
    sides = {name: amount(indicator) for name, indicator in config.indicators.items()}
    known: dict[Side, list[str]] = {}
    for name, side in sides.items():
        if side is not None and side.table in tables:
            known.setdefault(side, []).append(name)
    made = []
    cell = schema.NUMERATOR_CELL
    for side, names in known.items():
        rows = measures.loc[measures["indicator"].isin(names) & measures[cell].ne("")]
        if len(rows):
            behind = _behind(rows[cell].unique().tolist(), side, tables)
            made.append(rows.merge(behind, how="left", on=cell, validate="m:1"))
    if not made:
        return pd.DataFrame(
            {c: pd.Series(dtype="float64" if c in NUMBERS else "str") for c in COLUMNS}
        ).astype({"contributors": "int64"})
    whole = pd.concat(made, ignore_index=True)[list(COLUMNS)].fillna(dict.fromkeys(NUMBERS, 0.0))
    whole = whole.astype({"contributors": "int64"})
    return whole.sort_values(list(schema.KEY), kind="stable").reset_index(drop=True)


def _behind(
    texts: list[str], side: Side, tables: Mapping[str, pa.Table | pd.DataFrame]
) -> pd.DataFrame:
    """Contributors to the cells of a side in which there are any, by the text of the cell."""
    import duckdb

    table = CATALOGUE[side.table]
    assert not table.rows_of, "amounts are of rows that are counted as themselves"
    alike: dict[tuple[str, ...], dict[str, list[Codes]]] = {}
    for text in texts:
        box = {column_of(column): codes for column, codes in Cell.read(text).box}
        # What the condition lets through beside listed codes, it says in the query itself.
        at = tuple(c for c in box if c in table.columns and not box[c] & {OTHER, MISSING})
        alike.setdefault(at, {})[text] = [box[column] for column in at]
    found = []
    with duckdb.connect() as connection:
        connection.register("received", arrow(side.table, tables[side.table]))
        for columns, cells in alike.items():
            keys = pd.DataFrame({schema.NUMERATOR_CELL: list(cells)}, dtype="str")
            for place in range(len(columns)):
                sets = [codes[place] for codes in cells.values()]
                number = {codes: at for at, codes in enumerate(dict.fromkeys(sets))}
                keys[f"_{place}"] = [number[codes] for codes in sets]
                pairs = [(at, code) for codes, at in number.items() for code in sorted(codes)]
                connection.register(f"set{place}", pd.DataFrame(pairs, columns=["number", "code"]))
            behind = connection.sql(_sql(side, columns)).df()
            found.append(keys.merge(behind, on=[f"_{at}" for at in range(len(columns))]))
    return pd.concat(found, ignore_index=True)


def _sql(side: Side, columns: tuple[str, ...]) -> str:
    """One row for each combination of sets of codes: their numbers `_0`, `_1` …, and the counts."""
    people = "person_key" in CATALOGUE[side.table].columns
    who = "person_key" if people else "cast(row_number() over () as varchar)"
    split = ", ".join(f'cast("{name}" as varchar) as a{at}' for at, name in enumerate(columns))
    sets = " ".join(
        f"join set{at} as n{at} on part.a{at} = n{at}.code" for at in range(len(columns))
    )
    shown = ", ".join(f"n{at}.number as _{at}" for at in range(len(columns)))
    names = ", ".join(f"_{at}" for at in range(len(columns)))
    return (
        f'with part as (select {split}, {who} as who, "{side.count}" as amount '
        f"from received where ({side.where})), "
        f"own as (select {shown}, who, abs(sum(amount)) as amount from part {sets} "
        f"group by {names}, who having abs(sum(amount)) > 0), "
        f"cell as (select {names}, count(*) as contributors, sum(amount) as total, "
        f"max(amount, 2) as top from own group by {names}) "
        f"select {names}, contributors, cast(total as double) as total, "
        f"cast(top[1] as double) as largest, cast(coalesce(top[2], 0) as double) as second "
        f"from cell order by {names}"
    )

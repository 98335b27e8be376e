"""Who stands behind a sum of money: each contributor's part of every cell that is added up.

A sum can give one part of it away although many are counted in it, where that part is nearly all
of it, and so can what is left of it when others are taken away. Disclosure control needs the parts
to see that; they are one child's own, so this table is restricted and nothing in it is ever
printed. Behind a standardised rate are the groups of its standard population, each with how many
are counted in it: the proof reads them here, and not where the rate is made.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from jsna import io
from jsna.measures import assessed
from jsna.model import schema
from jsna.model.cells import MISSING, OTHER, PERIOD, Cell, Codes
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator, Side
from jsna.model.tables import AnalysisTable
from jsna.tables.catalogue import CATALOGUE, arrow, column_of

if TYPE_CHECKING:
    import pyarrow as pa

#: The cell as text, the number of a contributor (the same in every cell of a table) or of a group,
#: their amount.
COLUMNS: Final = ("cell", "who", "amount")
FILE: Final = "contributions.parquet"


def amount(indicator: Indicator) -> Side | None:
    """The side that adds up money; None for an indicator that adds up none."""
    side = indicator.numerator
    adds_up = side is not None and side.count not in ("rows", "persons")
    money = indicator.kind.sums or indicator.unit == schema.MONEY
    return side if adds_up and money else None


def run(measures: pd.DataFrame, config: Configuration, paths: io.Paths) -> None:
    """Write `restricted/contributions.parquet` for the measures of an edition."""
    names = {side.table for side, _ in _asked(config)}
    made = tables_of(paths)
    tables = {name: io.read_table(made[name]) for name in sorted(names) if name in made}
    io.write_parquet(paths.restricted / FILE, contributions(measures, tables, config))


def tables_of(paths: io.Paths) -> dict[str, Path]:
    """The analysis tables that were made, by name, each as it was then."""
    made = assessed.tables_of(paths, "derive.json")
    if (paths.restricted / assessed.RECEIPT).is_file():
        made |= assessed.tables_of(paths, assessed.RECEIPT)
    return made


def contributions(
    measures: pd.DataFrame,
    tables: Mapping[str, pa.Table | pd.DataFrame],
    config: Configuration,
) -> pd.DataFrame:
    """Contributors to every sum of money, and groups of every standardised rate, counted here.

    A contributor is a person, or a row of a table without persons, whose amounts in the cell do
    not come to nothing; of groups those in which anybody is counted.

    Args:
        measures: measures in the schema with their cells; of those that add up money or are
            standardised the rows that have a cell are looked at.
        tables: analysis tables by name.
        config: declarations.

    Returns:
        `cell`, `who` and `amount`: one row for each contributor to each cell, sorted.
    """
    made = []
    column = schema.NUMERATOR_CELL
    numbers = {by: _Groups(by, known) for by, known in group_numbers(config).items()}
    for (side, by), names in _asked(config).items():
        cells = measures.loc[measures["indicator"].isin(names) & measures[column].ne(""), column]
        if len(cells) and side.table in tables:
            made.append(_behind(cells.unique().tolist(), side, numbers.get(by), tables))
    if not made:
        return pd.DataFrame({"cell": [], "who": [], "amount": []}).astype(
            {"cell": "str", "who": "int64", "amount": "float64"}
        )
    # Two sides of one table and column may share a cell.
    whole = pd.concat(made, ignore_index=True).drop_duplicates(["cell", "who"])
    return whole.sort_values(["cell", "who"], kind="stable").reset_index(drop=True)


def _asked(config: Configuration) -> dict[tuple[Side, str], list[str]]:
    """Side, and the dimension of its groups where it is of a standardised rate -> indicators."""
    found: dict[tuple[Side, str], list[str]] = {}
    for name, one in config.indicators.items():
        by = "" if one.standard is None else one.standard.by
        side = one.numerator if by else amount(one)
        if side is not None:
            found.setdefault((side, by), []).append(name)
    return found


@dataclass(frozen=True, slots=True)
class _Groups:
    """The groups of a dimension that rates are standardised by, each with its number."""

    by: str
    numbers: Mapping[str, int]


def group_numbers(config: Configuration) -> dict[str, dict[str, int]]:
    """Dimension -> code of a group that rates are standardised by -> its number (`who`).

    Of two rates that count the same each may have groups of its own.
    """
    found: dict[str, dict[str, int]] = {}
    number = itertools.count()
    for one in config.indicators.values():
        if one.standard is not None:
            known = found.setdefault(one.standard.by, {})
            known |= {c: next(number) for c in one.standard.population if c not in known}
    return found


def _behind(
    texts: list[str],
    side: Side,
    groups: _Groups | None,
    tables: Mapping[str, pa.Table | pd.DataFrame],
) -> pd.DataFrame:
    """Contributors to the cells of a side in which there are any, by the text of the cell."""
    import pyarrow as pa

    table = CATALOGUE[side.table]
    assert groups or not table.rows_of, "amounts are of rows that are counted as themselves"
    alike: dict[tuple[str, ...], dict[str, list[Codes]]] = {}
    for text in texts:
        box = {column_of(column): codes for column, codes in Cell.read(text).box}
        # What the condition lets through beside listed codes, it says in the query itself.
        at = tuple(c for c in box if c in table.columns and not box[c] & {OTHER, MISSING})
        alike.setdefault(at, {})[text] = [box[column] for column in at]
    received = arrow(side.table, tables[side.table])
    if groups:
        codes = received[column_of(groups.by)].to_pandas()
        who = codes.map(groups.numbers).fillna(-1)
    elif "person_key" in table.columns:
        who = pd.factorize(received["person_key"].to_pandas(), sort=True)[0]
    else:
        who = range(received.num_rows)
    found = []
    with io.asked() as connection:
        numbered = received.append_column("contributor", pa.array(who, pa.int64()))
        connection.register("received", numbered)
        for columns, cells in alike.items():
            keys = pd.DataFrame({"cell": list(cells)}, dtype="str")
            for place in range(len(columns)):
                sets = [codes[place] for codes in cells.values()]
                number = {codes: at for at, codes in enumerate(dict.fromkeys(sets))}
                keys[f"_{place}"] = [number[codes] for codes in sets]
                pairs = [(at, code) for codes, at in number.items() for code in sorted(codes)]
                connection.register(f"set{place}", pd.DataFrame(pairs, columns=["number", "code"]))
            behind = connection.sql(_sql(side, columns, table)).df()
            on = [f"_{at}" for at in range(len(columns))]
            both = keys.merge(behind, on=on) if on else keys.merge(behind, how="cross")
            found.append(both[list(COLUMNS)])
    return pd.concat(found, ignore_index=True)


def _sql(side: Side, columns: tuple[str, ...], table: AnalysisTable) -> str:
    """Each contributor to each combination of sets of codes: the sets' numbers `_0`, `_1` …"""
    split = ", ".join(f"{_code(name, table)} as a{at}" for at, name in enumerate(columns))
    sets = " ".join(
        f"join set{at} as n{at} on part.a{at} = n{at}.code" for at in range(len(columns))
    )
    shown = ", ".join(f"n{at}.number as _{at}" for at in range(len(columns)))
    names = ", ".join(f"_{at}" for at in range(len(columns)))
    # In decimals, so that the order in which rows are added changes no digit.
    one, every = f'cast("{side.count}" as decimal(18, 6))', "sum(amount)"
    if side.count == "rows":
        one = "1"
    elif side.count == "persons":
        one, every = "person_key", "count(distinct amount)"
    part = ", ".join(filter(None, [split, "contributor", f"{one} as amount"]))
    return (
        f"with part as (select {part} from received where ({side.where})) "
        f"select {', '.join(filter(None, [shown, 'contributor as who']))}, "
        f"cast({every} as double) as amount from part {sets} "
        f"group by {', '.join(filter(None, [names, 'who']))} having {every} != 0"
    )


def _code(column: str, table: AnalysisTable) -> str:
    """A column as cells have it: a period as the table whose rows these are."""
    code = f'cast("{column}" as varchar)'
    if column != PERIOD or table.january("2000/01") == "2000/01":
        return code
    year = f"cast(cast(left({code}, 4) as integer) + 1 as varchar)"
    return f"case when {code} like '%/%' then {year} else {code} end"

"""Counts as dense cubes: one pass of DuckDB over each analysis table, whatever asks for it.

Every numerator and denominator ("side") becomes one filtered aggregate, every breakdown one
grouping set, and all of them are counted together. The counts are then laid out as arrays with an
axis per dimension, in which a combination nobody is in is a zero rather than a missing row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from jsna.model.indicators import LOCALITY, Indicator, Side
from jsna.tables.catalogue import CATALOGUE, arrow, column_of, periods

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from jsna.model.configuration import Configuration

Dimensions = tuple[str, ...]
Counts = NDArray[np.float64]


class Spread(Side):
    """What a mean's limits need beside its sum: the squares of the values in a column, added up."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of one analysis table: sides, and the sets of dimensions to split them by."""

    sides: list[Side]
    sets: list[Dimensions]


@dataclass(frozen=True, slots=True)
class Cubes:
    """Counts of one analysis table.

    Attributes:
        periods: periods of the table, in order; the first axis of every cube.
        cubes: dimensions -> counts of shape (periods, categories of each dimension …, sides).
        sides: side -> its place on the last axis.
        seen: dimension -> which of its categories any row of the table has.
        told: dimension -> in which periods any row tells it, or there are no rows to tell it.
    """

    periods: list[str]
    cubes: Mapping[Dimensions, Counts]
    sides: Mapping[Side, int]
    seen: Mapping[str, NDArray[np.bool_]]
    told: Mapping[str, NDArray[np.bool_]]

    def counts(self, side: Side, dimensions: Dimensions) -> Counts:
        """Counts of a side: shape (periods, categories of each dimension …)."""
        found: Counts = self.cubes[dimensions][..., self.sides[side]]
        return found


def counted(side: Side) -> Side:
    """The side as it is counted: which period it is read at and its base change nothing."""
    return Side(table=side.table, where=side.where, count=side.count)


def spread(indicator: Indicator) -> tuple[Spread, ...]:
    """The squares of the values an indicator adds up; nothing where it adds up none."""
    side = indicator.numerator
    if side is None or not indicator.kind.amounts:
        return ()
    return (Spread(table=side.table, where=side.where, count=side.count),)


def wanted(indicators: Iterable[Indicator]) -> dict[str, Wanted]:
    """Everything the indicators ask, by analysis table; each side and set once."""
    found: dict[str, Wanted] = {}
    for indicator in indicators:
        counts = (indicator.numerator, ()), (indicator.denominator, indicator.over)
        sides = [(counted(side), over) for side, over in counts if side is not None]
        for side, over in (*sides, *((side, ()) for side in spread(indicator))):
            asked = found.setdefault(side.table, Wanted([], []))
            if side not in asked.sides:
                asked.sides.append(side)
            for set_ in sets_of(indicator):
                kept = tuple(d for d in set_ if d not in over)
                if kept not in asked.sets:
                    asked.sets.append(kept)
    return found


def sets_of(indicator: Indicator) -> list[Dimensions]:
    """Sets of dimensions an indicator is measured by, each sorted; () is the total."""
    given = {tuple(sorted(set_)) for set_ in indicator.breakdowns}
    return sorted(given if indicator.over else given | {()}, key=lambda s: (len(s), s))


def sql(name: str, asked: Wanted) -> str:
    """The one query over an analysis table: a column per side, a grouping set per breakdown."""
    dimensions = _dimensions(asked)
    split = [f'"{column_of(d)}"' for d in dimensions]
    sides = [f'{_aggregate(side)} as "s{i}"' for i, side in enumerate(asked.sides)]
    sets = ", ".join(
        "(" + ", ".join(["period", *(f'"{column_of(d)}"' for d in set_)]) + ")"
        for set_ in asked.sets
    )
    grouping = f"grouping_id({', '.join(split)})" if split else "0"
    return (
        f"select {', '.join(['period', *split, f'{grouping} as grouping', *sides])} "
        f'from "{name}" group by grouping sets ({sets})'
    )


def columns(name: str, asked: Wanted) -> list[str]:
    """Columns of an analysis table that its query mentions; the others need not be read."""
    words = set(re.findall(r"\w+", sql(name, asked).lower()))
    return [column for column in CATALOGUE[name].columns if column in words]


def _dimensions(asked: Wanted) -> list[str]:
    return sorted({d for set_ in asked.sets for d in set_})


def _aggregate(side: Side) -> str:
    value = f'"{side.count}"'
    column = CATALOGUE[side.table].columns.get(side.count)
    if column is not None and column.type == "number":
        # In decimals, so that the order in which rows are added changes no digit.
        value = f"cast({value} as decimal(18, 6))"
    sums = {"rows": "count(*)", "persons": "count(distinct person_key)"}
    what = sums.get(side.count, f"sum({value})")
    if isinstance(side, Spread):
        what = f"sum({value} * {value})"
    # A sum over no rows is null in SQL; nobody is a zero here.
    return f"coalesce({what} filter (where {side.where}), 0)"


def count(
    tables: Mapping[str, pa.Table | pd.DataFrame],
    asked: Mapping[str, Wanted],
    config: Configuration,
) -> tuple[dict[str, Cubes], dict[str, list[str]]]:
    """Count everything asked of the tables that are there.

    Args:
        tables: analysis tables by name; one that was not received is left out.
        asked: what to count, from `wanted`.
        config: names the localities and the code lists.

    Returns:
        Cubes by table; and the categories of every dimension, in the order of the cubes' axes.
    """
    import duckdb

    rows: dict[str, pd.DataFrame] = {}
    with duckdb.connect() as connection:
        for name, wish in asked.items():
            if name in tables:
                connection.register(name, arrow(name, tables[name], columns(name, wish)))
                rows[name] = connection.sql(sql(name, wish)).df()
                connection.unregister(name)
    categories = _categories(rows, asked, config)
    return {
        name: _cubes(name, found, asked[name], categories, config) for name, found in rows.items()
    }, categories


def _categories(
    rows: Mapping[str, pd.DataFrame], asked: Mapping[str, Wanted], config: Configuration
) -> dict[str, list[str]]:
    """Categories of each dimension: its code list in order, then any others seen, sorted."""
    seen: dict[str, set[str]] = {}
    for name, found in rows.items():
        for dimension in _dimensions(asked[name]):
            values = found[column_of(dimension)].dropna().unique()
            seen.setdefault(dimension, set()).update(map(str, values))
    result: dict[str, list[str]] = {}
    for dimension, present in seen.items():
        if dimension == LOCALITY:
            result[dimension] = [place.code for place in config.area.localities]
            continue
        listed = list(config.codelists.get(config.dimension(dimension).codes, ()))
        result[dimension] = listed + sorted(present - set(listed))
    return result


def _cubes(
    name: str,
    rows: pd.DataFrame,
    asked: Wanted,
    categories: Mapping[str, list[str]],
    config: Configuration,
) -> Cubes:
    import pandas as pd

    dimensions = _dimensions(asked)
    times = sorted(set(rows["period"].dropna().astype(str)) | periods(name, config))
    place = {
        d: pd.Index(categories[d]).get_indexer(pd.Index(rows[column_of(d)])) for d in dimensions
    }
    time = pd.Index(times).get_indexer(pd.Index(rows["period"]))
    values = rows[[f"s{i}" for i in range(len(asked.sides))]].to_numpy(dtype=np.float64)
    grouping = rows["grouping"].to_numpy()
    cubes: dict[Dimensions, Counts] = {}
    for set_ in asked.sets:
        # A bit is set for each dimension the rows of a grouping set are *not* split by.
        bits = sum(
            1 << (len(dimensions) - 1 - i) for i, d in enumerate(dimensions) if d not in set_
        )
        axes = [time, *(place[d] for d in set_)]
        # Rows whose category is unknown, or a place outside the area, count in the totals only.
        mine = (grouping == bits) & np.all([axis >= 0 for axis in axes], axis=0)
        cube = np.zeros((len(times), *(len(categories[d]) for d in set_), len(asked.sides)))
        cube[tuple(axis[mine] for axis in axes)] = values[mine]
        cubes[set_] = cube
    seen = {d: np.isin(np.arange(len(categories[d])), place[d]) for d in dimensions}
    periods_there = np.arange(len(times))
    empty = ~np.isin(periods_there, time)
    told = {d: empty | np.isin(periods_there, time[place[d] >= 0]) for d in dimensions}
    return Cubes(times, cubes, {side: i for i, side in enumerate(asked.sides)}, seen, told)

"""Counts as dense cubes: one pass of DuckDB over each analysis table, whatever asks for it.

Every numerator and denominator ("side") becomes one filtered aggregate, every breakdown one
grouping set, and all of them are counted together. The counts are then laid out as arrays with an
axis per dimension, in which a combination nobody is in is a zero rather than a missing row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from jsna import io
from jsna.measures.keeping import NO_VALUES, Listed, Spread, kept, values_of
from jsna.model.indicators import LOCALITY, Indicator, Side
from jsna.tables.catalogue import CATALOGUE, arrow, column_of, mentioned, periods, single

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from jsna.model.configuration import Configuration

Dimensions = tuple[str, ...]
Counts = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of one analysis table: sides, and the sets of dimensions to split them by.

    Attributes:
        sides: what is counted or added up.
        sets: by what.
        listed: values that are asked for one by one, which take too much room to be split by more
            than they need; None where there are none.
    """

    sides: list[Side]
    sets: list[Dimensions]
    listed: Wanted | None = None

    def every(self) -> list[Wanted]:
        """Itself, and what is listed, where something is."""
        return [self, self.listed] if self.listed and self.listed.sides else [self]


@dataclass(frozen=True, slots=True)
class Cubes:
    """Counts of one analysis table.

    Attributes:
        periods: periods of the table, in order; the first axis of every cube.
        cubes: dimensions -> counts of shape (periods, categories of each dimension …, sides).
        sides: side -> its place on the last axis.
        listed: the same of values one by one (`keeping.Values`); None where none are asked for.
        seen: dimension -> which of its categories any row of the table has.
        told: dimension -> in which periods any row tells it, or there are no rows to tell it.
    """

    periods: list[str]
    cubes: Mapping[Dimensions, Counts]
    sides: Mapping[Side, int]
    seen: Mapping[str, NDArray[np.bool_]]
    told: Mapping[str, NDArray[np.bool_]]
    listed: Cubes | None = None

    def counts(self, side: Side, dimensions: Dimensions) -> Counts:
        """Counts of a side: shape (periods, categories of each dimension …)."""
        if side not in self.sides and self.listed is not None:
            return self.listed.counts(side, dimensions)
        found: Counts = self.cubes[dimensions][..., self.sides[side]]
        return found


def counted(side: Side) -> Side:
    """The side as it is counted: which period it is read at and its base change nothing."""
    return Side(table=side.table, where=side.where, count=side.count)


def wanted(indicators: Iterable[Indicator]) -> dict[str, Wanted]:
    """Everything the indicators ask, by analysis table; each side and set once."""
    found: dict[str, Wanted] = {}
    for indicator in indicators:
        counts = (indicator.numerator, ()), (indicator.denominator, indicator.over)
        sides = [(counted(side), over) for side, over in counts if side is not None]
        for side, over in (*sides, *((side, ()) for side in kept(indicator))):
            asked = found.setdefault(side.table, Wanted([], [], Wanted([], [])))
            if isinstance(side, Listed):
                assert asked.listed is not None
                asked = asked.listed
            if side not in asked.sides:
                asked.sides.append(side)
            for set_ in sets_of(indicator):
                left = tuple(d for d in set_ if d not in over)
                if left not in asked.sets:
                    asked.sets.append(left)
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
    return mentioned(name, " ".join(sql(name, part) for part in asked.every()))


def _dimensions(asked: Wanted) -> list[str]:
    return sorted({d for set_ in asked.sets for d in set_})


def _aggregate(side: Side) -> str:
    value, table = f'"{side.count}"', CATALOGUE[side.table]
    column = table.columns.get(side.count)
    if column is not None and column.type == "number":
        # In decimals, so that the order in which rows are added changes no digit.
        value = f"cast({value} as decimal(18, 6))"
    # Every set is by period: where nobody has two rows of one, persons are rows that have a key.
    persons = "count(person_key)" if single(table) else "count(distinct person_key)"
    sums = {"rows": "count(*)", "persons": persons}
    what = sums.get(side.count, f"sum({value})")
    if isinstance(side, Spread):
        # Of 19 digits, whose product has 38: a product of two of 18 would have no more than 18.
        exact = f'cast("{side.count}" as decimal(19, 6))'
        what = f"sum({exact} * {exact})"
    if isinstance(side, Listed):
        return f"list(cast({value} as double)) filter (where {side.where})"
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
    rows: dict[str, list[pd.DataFrame]] = {}
    with io.asked() as connection:
        for name, wish in asked.items():
            if name in tables:
                received = arrow(name, tables[name], columns(name, wish))
                connection.register(name, _numbered(received))
                del received
                rows[name] = [connection.sql(sql(name, part)).df() for part in wish.every()]
                connection.unregister(name)
    categories = _categories({name: found[0] for name, found in rows.items()}, asked, config)
    made: dict[str, Cubes] = {}
    for name, found in rows.items():
        parts = asked[name].every()
        listed = [
            _cubes(name, *part, categories, config) for part in zip(found, parts, strict=True)
        ]
        made[name] = replace(listed[0], listed=listed[1] if len(listed) > 1 else None)
    return made, categories


def _numbered(rows: pa.Table) -> pa.Table:
    """Rows with persons as numbers, which are told apart faster and in less room than keys are."""
    import pyarrow as pa

    if "person_key" not in rows.column_names:
        return rows
    keys = rows["person_key"].dictionary_encode()
    numbers = pa.chunked_array([part.indices for part in keys.chunks], pa.int32())
    at = rows.column_names.index("person_key")
    return rows.set_column(at, "person_key", numbers)


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
    columns = [f"s{i}" for i in range(len(asked.sides))]
    listed = any(isinstance(side, Listed) for side in asked.sides)
    values = values_of(rows[columns]) if listed else rows[columns].to_numpy(dtype=np.float64)
    nothing = NO_VALUES if listed else 0.0
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
        shape = (len(times), *(len(categories[d]) for d in set_), len(asked.sides))
        cube = np.full(shape, nothing, dtype=values.dtype)
        cube[tuple(axis[mine] for axis in axes)] = values[mine]
        cubes[set_] = cube
    seen = {d: np.isin(np.arange(len(categories[d])), place[d]) for d in dimensions}
    periods_there = np.arange(len(times))
    empty = ~np.isin(periods_there, time)
    told = {d: empty | np.isin(periods_there, time[place[d] >= 0]) for d in dimensions}
    return Cubes(times, cubes, {side: i for i, side in enumerate(asked.sides)}, seen, told)

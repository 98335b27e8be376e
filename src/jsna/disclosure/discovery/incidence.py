"""Which unit counts how much in which published count: the matrix identities are looked for in.

A unit is a person wherever a table knows persons, so that counts of different tables that are of
the same children are seen together; else it is a row. Each column of the matrix is one published
count as its declaration asks for it (a side, years, categories), whatever disclosure control takes
it for: here nothing is inferred from the text of a condition, the database judges it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from jsna.disclosure.discovery.counts import NONE, Count, Ints, published
from jsna.model import hierarchies as nesting
from jsna.model.configuration import Configuration
from jsna.model.indicators import Side
from jsna.tables.catalogue import CATALOGUE, column_of

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

#: `scipy.sparse.csc_array`, which has no type stubs.
Matrix = Any

PERSON: Final = "person_key"
_ROW: Final = "(row)"


@dataclass(frozen=True, slots=True)
class Incidence:
    """Published counts over micro-data.

    Attributes:
        counts: the counts, one a column.
        matrix: what each unit contributes to each count, whole numbers, shape (units, counts).
        numerators, denominators: count of each measure row, or NONE.
        first: how many units are of the first set of tables.
    """

    counts: Sequence[Count]
    matrix: Matrix
    numerators: Ints
    denominators: Ints
    first: int | None = None

    @property
    def shown(self) -> Ints:
        """The counts that some row shows, in order."""
        cells: Ints = np.unique(np.concatenate([self.numerators, self.denominators]))
        return np.asarray(cells[cells != NONE], dtype=np.int64)

    @property
    def units(self) -> Ints:
        """How many units are in each count."""
        return np.asarray(np.diff(self.matrix.indptr), dtype=np.int64)

    def of(self, chosen: NDArray[np.bool_]) -> Incidence:
        """What the chosen rows show, with the columns numbered as before."""
        return replace(
            self, numerators=self.numerators[chosen], denominators=self.denominators[chosen]
        )


def incidence(
    worlds: Sequence[Mapping[str, pa.Table]], rows: pd.DataFrame, config: Configuration
) -> Incidence:
    """The published counts behind measures, evaluated unit by unit.

    Args:
        worlds: sets of analysis tables the rows were counted from together; in each a person has
            one key in all tables.
        rows: unprotected local measures of them, in the measure schema.
        config: the declarations, and what nests in what.
    """
    import pyarrow.compute as pc
    from scipy import sparse

    times: dict[str, set[str]] = {}
    for tables in worlds:
        for name, table in tables.items():
            found = pc.unique(table["period"]).to_pylist()
            times.setdefault(name, set()).update(filter(None, found))
    counts, numerators, denominators = published(times, rows, config)
    parts = [matrix_of(tables, counts, config) for tables in worlds]
    stacked = sparse.csc_array(sparse.vstack(parts, format="csc"))
    return Incidence(counts, stacked, numerators, denominators, parts[0].shape[0])


def matrix_of(
    tables: Mapping[str, pa.Table], counts: Sequence[Count], config: Configuration
) -> Matrix:
    """What each unit of a set of tables contributes to each count, shape (units, counts)."""
    from scipy import sparse

    units = _units(tables)
    parts = [
        part
        for name in sorted(tables)
        for part in _contributions(name, tables[name], units[name], counts, config)
    ]
    unit, column, amount = (
        np.concatenate([part[i] for part in parts] or [np.zeros(0, np.int64)]) for i in range(3)
    )
    size = 1 + max((int(found.max()) for found in units.values() if len(found)), default=0)
    matrix = sparse.csc_array((amount, (unit, column)), shape=(size, len(counts)))
    matrix.sum_duplicates()
    for at, count in enumerate(counts):
        if count.side.count == "persons":
            start, end = matrix.indptr[at : at + 2]
            matrix.data[start:end] = matrix.data[start:end] > 0
    matrix.eliminate_zeros()
    return matrix


def _units(tables: Mapping[str, pa.Table]) -> dict[str, Ints]:
    """Unit of each row of each table; persons are numbered across tables."""
    import pyarrow as pa

    keyed = [name for name in sorted(tables) if PERSON in tables[name].column_names]
    found: dict[str, Ints] = {}
    first = 0
    if keyed:
        chunks = [chunk for name in keyed for chunk in tables[name][PERSON].chunks]
        coded = pa.chunked_array(chunks, pa.string()).combine_chunks().dictionary_encode()
        codes = coded.indices.to_numpy().astype(np.int64)
        for name in keyed:
            size = tables[name].num_rows
            found[name], codes = codes[:size], codes[size:]
        first = len(coded.dictionary)
    for name in sorted(set(tables) - set(keyed)):
        found[name] = np.arange(first, first + tables[name].num_rows, dtype=np.int64)
        first += tables[name].num_rows
    return found


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of a table with what its counts ask of them.

    Attributes:
        columns: column -> its values in order, and the place of each row's value, or −1.
        amounts: side -> what each row adds to its counts.
    """

    columns: Mapping[str, tuple[list[str], Ints]]
    amounts: Mapping[Side, Ints]


def _contributions(
    name: str, table: pa.Table, units: Ints, counts: Sequence[Count], config: Configuration
) -> list[tuple[Ints, Ints, Ints]]:
    """(unit, count, amount) of every contribution of a table's rows."""
    groups: dict[tuple[Side, tuple[str, ...], int], dict[int, Count]] = {}
    for number, count in enumerate(counts):
        if count.side.table == name:
            names = tuple(dimension for dimension, _ in count.split)
            # Spans of years overlap: each year of a span is looked up on its own.
            for turn in range(len(count.years)):
                group = groups.setdefault((count.side, names, turn + 100 * len(count.years)), {})
                group[number] = count
    if not groups:
        return []
    used = {nesting.finer(d, config) for _, names, _ in groups for d in names}
    rows = _read(name, table, sorted(column_of(d) for d in used), {side for side, _, _ in groups})
    found = []
    for (side, names, turn), group in groups.items():
        amount = rows.amounts[side]
        for number_of in _lookups(group, names, turn % 100, rows, config):
            axes = [rows.columns[c][1] for c in _axes(names, config)]
            inside = (amount != 0) & np.all([axis >= 0 for axis in axes], axis=0)
            at = np.flatnonzero(inside)
            column = number_of[tuple(axis[at] for axis in axes)]
            hit = column >= 0
            found.append((units[at[hit]], column[hit], amount[at[hit]]))
    return found


def _axes(names: Sequence[str], config: Configuration) -> list[str]:
    return ["period", *(column_of(nesting.finer(name, config)) for name in names)]


def _lookups(
    group: Mapping[int, Count],
    names: Sequence[str],
    turn: int,
    rows: _Rows,
    config: Configuration,
) -> list[Ints]:
    """Arrays that give the number of the count for each period and code; −1 where there is none.

    One array does unless counts overlap, as spans of years do.
    """
    axes = _axes(names, config)
    place = {axis: {v: i for i, v in enumerate(rows.columns[axis][0])} for axis in axes}
    shape = tuple(len(place[axis]) for axis in axes)
    made = [np.full(shape, NONE, dtype=np.int64)]
    for number, count in group.items():
        if count.years[turn] not in place["period"]:
            continue
        codes = [
            [place[axis][c] for c in nesting.codes(d, code, config) if c in place[axis]]
            for axis, (d, code) in zip(axes[1:], count.split, strict=True)
        ]
        cells = np.ix_([place["period"][count.years[turn]]], *map(sorted, codes))
        free = next((one for one in made if (one[cells] == NONE).all()), None)
        if free is None:
            made.append(free := np.full(shape, NONE, dtype=np.int64))
        free[cells] = number
    return made


def _read(name: str, table: pa.Table, columns: Sequence[str], sides: set[Side]) -> _Rows:
    """The columns of a table as numbers, and what its rows add to each side."""
    import duckdb
    import pyarrow as pa

    ordered = sorted(sides, key=lambda side: (side.where, side.count))
    asked = ["period", *columns]
    amounts = ", ".join(
        f"case when ({side.where}) then {_amount(side)} else 0 end as s{i}"
        for i, side in enumerate(ordered)
    )
    kept = [column for column in CATALOGUE[name].columns if column in table.column_names]
    # Units are told by the order of rows, which the database does not keep.
    numbered = table.select(kept).append_column(_ROW, pa.array(np.arange(table.num_rows)))
    with duckdb.connect() as connection:
        connection.register(name, numbered)
        found = connection.sql(f'select "{_ROW}", {amounts} from "{name}"').fetchnumpy()
    order = np.argsort(found[_ROW])
    coded: dict[str, tuple[list[str], Ints]] = {}
    for column in asked:
        whole = table[column].combine_chunks().dictionary_encode()
        indices = whole.indices.fill_null(NONE).to_numpy(zero_copy_only=False).astype(np.int64)
        coded[column] = [str(value) for value in whole.dictionary.to_pylist()], indices
    return _Rows(
        coded,
        {
            side: np.ma.filled(found[f"s{i}"], 0)[order].astype(np.int64)
            for i, side in enumerate(ordered)
        },
    )


def _amount(side: Side) -> str:
    return "1" if side.count in ("rows", "persons") else f'coalesce("{side.count}", 0)'

"""How `held.py` compares two tables. Goes with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from held_names import COLUMNS, DIFFERENT, LISTED, Names, Outcome


def tables(label: str, old: Path, new: Path, names: Names) -> Outcome:
    """Compare two Parquet files by what they hold."""
    out = Outcome()
    a, b = pq.read_table(old), pq.read_table(new)
    for key in sorted({*(a.schema.metadata or {}), *(b.schema.metadata or {})}):
        was, now = ((table.schema.metadata or {}).get(key) for table in (a, b))
        if was != now:
            out.add(DIFFERENT, f"schema metadata {key!r}: {was!r}, now {now!r}")
    renamed = [names.name(label, column) for column in a.column_names]
    if renamed != a.column_names:
        out.add(LISTED, f"{sum(map(str.__ne__, renamed, a.column_names))} columns renamed")
    a = a.rename_columns(renamed)
    if extra := [column for column in b.column_names if column not in renamed]:
        out.add(COLUMNS, ", ".join(extra))
    if missing := [column for column in renamed if column not in b.column_names]:
        out.add(DIFFERENT, f"missing columns: {', '.join(missing)}")
    shared = [column for column in renamed if column in b.column_names]
    if shared != [column for column in b.column_names if column in shared]:
        out.add(DIFFERENT, "the columns stand in another order")
    _rows(out, *_alike(out, label, a.select(shared), b.select(shared), names))
    return out


def _alike(
    out: Outcome, label: str, a: pa.Table, b: pa.Table, names: Names
) -> tuple[pa.Table, pa.Table]:
    """Two tables with the same columns, in the same types and the listed words of the new one."""
    for place, column in enumerate(a.column_names):
        was, now = a[column], b[column]
        if was.type != now.type:
            out.add(DIFFERENT, f"column {column}: {was.type}, now {now.type}")
            try:
                now = now.cast(was.type)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
                was, now = was.cast("string"), now.cast("string")
        worded = names.column(label, column, was)
        if not worded.equals(was) and not pa.types.is_floating(was.type):
            out.add(LISTED, f"column {column}: listed words")
        a, b = a.set_column(place, column, worded), b.set_column(place, column, now)
    return a, b


def _rows(out: Outcome, a: pa.Table, b: pa.Table) -> None:
    """Say which rows of two tables with the same columns and types differ."""
    masks: dict[str, Any] = {}
    if a.num_rows == b.num_rows:
        masks = {column: unlike(a[column], b[column]) for column in a.column_names}
        masks = {column: mask for column, mask in masks.items() if mask.any()}
        if not masks:
            return
    where = np.flatnonzero(np.logical_or.reduce(list(masks.values()))).tolist() if masks else []
    lost, more = only(a, b), only(b, a)
    if not (lost.num_rows or more.num_rows):
        out.add(DIFFERENT, f"rows stand in another order, or zero has another sign: {len(where)}, "
                f"first row {where[0] + 1}, in {', '.join(masks)}")  # fmt: skip
    elif masks and len(where) <= max(lost.num_rows, more.num_rows):
        columns = ", ".join(f"{column} {mask.sum()}" for column, mask in masks.items())
        out.add(DIFFERENT, f"{len(where)} of {a.num_rows} rows differ ({columns})")
        for number, key in zip(where[:3], keys(b, b.take(where[:3])), strict=True):
            out.add(DIFFERENT, f"  row {number + 1} {key}".rstrip())
    else:
        out.add(DIFFERENT, f"{a.num_rows} rows, now {b.num_rows}: {lost.num_rows} only in base, "
                f"{more.num_rows} only here")  # fmt: skip
        for side, whole, some in (("in base", a, lost), ("here", b, more)):
            for key in filter(None, keys(whole, some.slice(0, 3))):
                out.add(DIFFERENT, f"  only {side}: {key}")


def unlike(a: pa.ChunkedArray, b: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Where two columns of one type and length differ, to the bit.

    A missing value is like no other; "not a number" is like itself; zero is not minus zero.
    """
    nulls = [np.asarray(pc.is_null(column)) for column in (a, b)]
    if pa.types.is_float64(a.type):
        bits = [np.asarray(pc.fill_null(column, 0.0)).view(np.int64) for column in (a, b)]
        different = bits[0] != bits[1]
    elif a.equals(b):
        different = np.zeros(len(a), bool)
    else:
        pairs = zip(a.to_pylist(), b.to_pylist(), strict=True)
        different = np.fromiter((x != y for x, y in pairs), bool, len(a))
    return np.asarray((nulls[0] != nulls[1]) | different)


def only(a: pa.Table, b: pa.Table) -> pa.Table:
    """Rows of `a` that `b` has not, or has less often."""
    with duckdb.connect() as db:
        db.register("a", a)
        db.register("b", b)
        return db.sql("SELECT * FROM a EXCEPT ALL SELECT * FROM b").to_arrow_table()


def keys(whole: pa.Table, some: pa.Table) -> list[str]:
    """The key of each of some rows: the fewest first columns no two rows of `whole` share.

    Empty for a table with a row a child.
    """
    if "person_key" in whole.column_names:
        return [""] * some.num_rows
    named = [one.name for one in whole.schema if not pa.types.is_floating(one.type)][:10]
    for n in range(1, len(named)):
        if whole.group_by(named[:n]).aggregate([]).num_rows == whole.num_rows:
            named = named[:n]
            break
    found = some.select(named).to_pylist()
    return ["~".join(str(value) for value in row.values()) for row in found]

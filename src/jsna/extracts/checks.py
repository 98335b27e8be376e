"""What rules are made of: comparisons of whole columns in which an empty cell has no answer.

Columns are Arrow-backed, so a comparison with an empty cell is itself empty; the engine counts an
empty answer as a pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Answers = pd.Series  # of bool, missing where there is nothing to judge
_BOOLEAN = pd.ArrowDtype(pa.bool_())
_INTEGER = pd.ArrowDtype(pa.int64())


def among(values: pd.Series[Any], allowed: pd.Series[Any]) -> pd.Series[bool]:
    """Whether each value is one of `allowed`; no answer where it is empty."""
    array = _arrow(values)
    found = pc.is_in(array, value_set=_arrow(allowed))
    return _series(pc.if_else(array.is_valid(), found, None), values, _BOOLEAN)


def given(values: pd.Series[Any]) -> pd.Series[bool]:
    """Whether each cell is filled."""
    return _series(_arrow(values).is_valid(), values, _BOOLEAN)


def implies(condition: pd.Series[bool], consequence: pd.Series[bool]) -> pd.Series[bool]:
    """False where the condition holds and the consequence does not."""
    return ~condition | consequence


def equal(values: pd.Series[Any], *codes: str) -> pd.Series[bool]:
    """Whether each value is one of the codes; no answer where it is empty."""
    return among(values, pd.Series(list(codes), dtype="str"))


def within(values: pd.Series[Any], first: date, last: date) -> pd.Series[bool]:
    """Whether each day lies from `first` to `last`."""
    return (values >= first) & (values <= last)


def age_on(born: pd.Series[Any], day: pd.Series[Any] | date) -> pd.Series[int]:
    """Age in whole years on a day, the same for all or each row's own."""
    then = _number(_arrow(day)) if isinstance(day, pd.Series) else _ymd(day)
    difference = pc.subtract(then, _number(_arrow(born)))
    # Floor, so that a day before birth is an age below zero rather than zero.
    whole = pc.floor(pc.divide(difference.cast(pa.float64()), 10_000.0)).cast(pa.int64())
    return _series(whole, born, _INTEGER)


def lookup(values: pd.Series[Any], numbers: Mapping[str, int]) -> pd.Series[int]:
    """Number each code stands for; none where it stands for none."""
    keys = pa.array(list(numbers), type=pa.string())
    places = pc.index_in(_arrow(values), value_set=keys)
    found = pa.array(list(numbers.values()), type=pa.int64()).take(places)
    return _series(found, values, _INTEGER)


def times(values: pd.Series[Any], where: pd.Series[bool] | None = None) -> pd.Series[int]:
    """How many rows (of those `where`) have the same value as each; none where it is empty."""
    chosen = values if where is None else values[where.fillna(False).to_numpy(bool)]
    counts = _arrow(chosen).drop_null().value_counts()
    places = pc.index_in(_arrow(values), value_set=counts.field("values"))
    return _series(counts.field("counts").take(places), values, _INTEGER)


def _ymd(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def _number(days: pa.Array) -> pa.Array:
    """Days as yyyymmdd, whose differences give whole years."""
    parts = pc.multiply(pc.year(days), 10_000), pc.multiply(pc.month(days), 100), pc.day(days)
    return pc.add(pc.add(parts[0], parts[1]), parts[2])


def _arrow(values: pd.Series[Any]) -> pa.Array:
    array = pa.array(values.array, from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _series(found: pa.Array, like: pd.Series[Any], dtype: pd.ArrowDtype) -> pd.Series[Any]:
    return pd.Series(pd.array(found, dtype=dtype), index=like.index)

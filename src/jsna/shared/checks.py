"""What rules are made of: comparisons of whole columns in which an empty cell has no answer.

Columns are Arrow-backed, so a comparison with an empty cell is itself empty; the engine counts an
empty answer as a pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def among(values: pd.Series[Any], allowed: pd.Series[Any]) -> pd.Series[bool]:
    """Whether each value is one of `allowed`; no answer where it is empty."""
    import pyarrow.compute as pc

    array = arrow(values)
    found = pc.is_in(array, value_set=arrow(allowed))
    return _series(pc.if_else(array.is_valid(), found, None), values)


def given(values: pd.Series[Any]) -> pd.Series[bool]:
    """Whether each cell is filled."""
    return _series(arrow(values).is_valid(), values)


def implies(condition: pd.Series[bool], consequence: pd.Series[bool]) -> pd.Series[bool]:
    """False where the condition holds and the consequence does not."""
    return ~condition | consequence


def equal(values: pd.Series[Any], *codes: str) -> pd.Series[bool]:
    """Whether each value is one of the codes; no answer where it is empty."""
    import pandas as pd

    return among(values, pd.Series(list(codes), dtype="str"))


def within(values: pd.Series[Any], first: date, last: date) -> pd.Series[bool]:
    """Whether each day lies from `first` to `last`."""
    return (values >= first) & (values <= last)


def age_on(born: pd.Series[Any], day: pd.Series[Any] | date) -> pd.Series[int]:
    """Age in whole years on a day, the same for all or each row's own."""
    import pyarrow as pa
    import pyarrow.compute as pc

    then = int(f"{day:%Y%m%d}") if isinstance(day, date) else _number(arrow(day))
    difference = pc.subtract(then, _number(arrow(born)))
    # Floor, so that a day before birth is an age below zero rather than zero.
    whole = pc.floor(pc.divide(difference.cast(pa.float64()), 10_000.0)).cast(pa.int64())
    return _series(whole, born)


def lookup(values: pd.Series[Any], numbers: Mapping[str, int]) -> pd.Series[int]:
    """Number each code stands for; none where it stands for none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    keys = pa.array(list(numbers), type=pa.string())
    places = pc.index_in(arrow(values), value_set=keys)
    found = pa.array(list(numbers.values()), type=pa.int64()).take(places)
    return _series(found, values)


def times(values: pd.Series[Any], where: pd.Series[bool] | None = None) -> pd.Series[int]:
    """How many rows (of those `where`) have the same value as each; none where it is empty."""
    import numpy as np
    import pyarrow as pa

    encoded = arrow(values).dictionary_encode()
    # Empty cells take a number of their own, past the last.
    numbers = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy()
    chosen = numbers if where is None else numbers[where.fillna(False).to_numpy(bool)]
    counts = np.bincount(chosen, minlength=len(encoded.dictionary) + 1)
    counts[-1] = 0
    found = counts[numbers]
    return _series(pa.array(found, pa.int64(), mask=found == 0), values)


def _number(days: pa.Array) -> pa.Array:
    """Days as yyyymmdd, whose differences give whole years."""
    import pyarrow.compute as pc

    parts = pc.multiply(pc.year(days), 10_000), pc.multiply(pc.month(days), 100), pc.day(days)
    return pc.add(pc.add(parts[0], parts[1]), parts[2])


def arrow(values: pd.Series[Any]) -> pa.Array:
    """The cells of a column, empty ones null, as one Arrow array."""
    import pyarrow as pa

    array = pa.array(values.array, from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _series(found: pa.Array, like: pd.Series[Any]) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series(pd.array(found, dtype=pd.ArrowDtype(found.type)), index=like.index)

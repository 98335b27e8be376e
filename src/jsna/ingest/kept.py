"""Rows of a table as text, in as little memory as they need while all files are looked at.

Code that is not about single texts has them as a frame.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from jsna.ingest.coded import compact, spelt

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Numbers = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """Rows as text.

    Attributes:
        columns: field -> cells, null where empty (see `jsna.ingest.coded`).
        numbers: `source_row` of each row.
    """

    columns: Mapping[str, pa.Array[Any]]
    numbers: Numbers

    @classmethod
    def of(cls, frame: pd.DataFrame | Kept) -> Kept:
        """The rows of a frame of text and `source_row`; what is kept already is what it is."""
        if isinstance(frame, Kept):
            return frame
        columns = {str(name): compact(_text(frame[name])) for name in frame if name != "source_row"}
        return cls(columns, frame["source_row"].to_numpy(dtype=np.int64))

    def __len__(self) -> int:
        return len(self.numbers)

    def filled(self, field: str) -> int:
        """How many cells of a column are not empty."""
        return len(self) - int(self.columns[field].null_count)

    def cell(self, field: str, row: int) -> str | None:
        """One cell."""
        found: str | None = self.columns[field][row].as_py()
        return found

    def cells(self, field: str) -> pa.Array[Any]:
        """The cells of a column."""
        return spelt(self.columns[field])

    def frame(self, fields: Collection[str] | None = None) -> pd.DataFrame:
        """The rows as a frame, indexed 0 to n - 1; of some fields where these are given."""
        wanted = self.columns if fields is None else [f for f in self.columns if f in fields]
        return _frame({field: spelt(self.columns[field]) for field in wanted}, self.numbers)

    def without(self, places: Collection[int]) -> Kept:
        """All rows but some."""
        import pyarrow as pa

        left = np.delete(np.arange(len(self)), [*places])
        at = pa.array(left, pa.int64())
        # Texts of no row that is left are left out too.
        columns = {name: compact(spelt(cells.take(at))) for name, cells in self.columns.items()}
        return Kept(columns, self.numbers[left])

    def rows(self, places: Numbers) -> pd.DataFrame:
        """Some rows as a frame, indexed by their places."""
        import pyarrow as pa

        at = pa.array(places, pa.int64())
        some = {name: spelt(cells.take(at)) for name, cells in self.columns.items()}
        return _frame(some, self.numbers[places]).set_axis(places, axis=0)


def _text(values: pd.Series[Any]) -> pa.Array[Any]:
    import pyarrow as pa

    array = pa.array(values.array, type=pa.string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _frame(columns: Mapping[str, pa.Array[Any]], numbers: Numbers) -> pd.DataFrame:
    import pyarrow as pa

    from jsna.io import text_type

    made = pa.table({**columns, "source_row": pa.array(numbers, pa.int64())})
    frame: pd.DataFrame = made.to_pandas(types_mapper=text_type)
    return frame

"""Cells of a column drawn from its declaration alone: code list, bounds, type and name.

Every value is as likely as any other, and a cell that may be empty often is, so that no category
is rare. Texts are drawn from as many as there are rows to a few: what two tables call alike
(`school_urn`) is drawn from the same, so that they join.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from jsna.model.bands import reach
from jsna.model.configuration import Configuration
from jsna.model.contract import Column, Context
from jsna.shared.periods import window
from jsna.shared.random_bands import banded

if TYPE_CHECKING:
    import pyarrow as pa

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: Shares of the cells of a column that are empty: of one that may be, and of one that must not be
#: and whose row stands all the same.
EMPTY, MISSING = 0.4, 0.15
#: Rows to each text of a column of texts: few, so that what is said of a school differs.
_ALIKE: Final = 3
#: Small areas of the authority, and homes outside it.
INSIDE: Final = tuple(f"E0190{number:04d}" for number in range(400))
OUTSIDE: Final = tuple(f"E0199{number:04d}" for number in range(40))
#: Shares of dates in the delivery's window, and in the years before it; the rest are after it.
_DURING, _BEFORE = 0.65, 0.25
_YEARS_BEFORE: Final = 3
#: Oldest people, in years, and days of a year.
_OLDEST, _YEAR = 29, 365.25
#: A number is taken for a year where it may not be below this.
_FIRST_YEAR: Final = 1900
#: Numbers of a column without a bound run over as many.
_RANGE: Final = 1000


@dataclass(frozen=True, slots=True)
class Delivery:
    """The delivery that rows are drawn for.

    Attributes:
        extract, period, period_type: of it.
        year: place of its period among those supposed: one school year has one.
        context: what its rules may know.
    """

    extract: str
    period: str
    period_type: str
    year: int
    context: Context


@dataclass(slots=True)
class Draw:
    """Draws columns.

    Attributes:
        config: of the supposed edition.
        random: what is drawn with.
        size: rows a table has.
        filled: whether nothing is empty that should not be, though a row would stand without.
    """

    config: Configuration
    random: np.random.Generator
    size: int
    filled: bool = False
    _texts: dict[str, pa.Array[Any]] = field(default_factory=dict)

    def column(self, column: Column, size: int, delivery: Delivery) -> pa.Array[Any]:
        """Cells of a column."""
        import pyarrow as pa

        if column.identifier is not None:
            born = column.identifier == "date_of_birth"
            made = self._born(size, delivery) if born else pa.nulls(size, pa.string())
        elif column.type == "code":
            made = self._taken(self._codes(column), size)
        elif column.type == "boolean":
            made = pa.array(self.random.random(size) < 0.5)
        elif column.type == "date":
            made = self._days(size, delivery)
        elif column.type in ("integer", "number"):
            made = self._numbers(column, size, delivery)
        else:
            made = self._taken(self.texts(column.field), size)
        return self._emptied(made, self._empty(column))

    def decided(self, made: pa.Array[Any], by: pa.Array[Any], column: Column) -> pa.Array[Any]:
        """Cells of a column that another decides.

        Args:
            made: a cell for each value that the other may have.
            by: cells of the other.
            column: the other's declaration, of codes or texts.
        """
        import pyarrow.compute as pc

        return made.take(pc.index_in(by, value_set=self.values(column)))

    def values(self, column: Column) -> pa.Array[Any]:
        """The values that a column of codes or texts may have."""
        return self._codes(column) if column.type == "code" else self.texts(column.field)

    def texts(self, name: str) -> pa.Array[Any]:
        """The texts there are in columns of one name."""
        import pyarrow as pa

        if name not in self._texts:
            known = self._known().get(name)
            count = max(self.size // _ALIKE, 1)
            some = [f"{name} {number}" for number in range(count)] if known is None else known
            self._texts[name] = pa.array(some, pa.string())
        return self._texts[name]

    def homes(self, size: int) -> pa.Array[Any]:
        """Small areas that people live in; some elsewhere, and some not known."""
        import pyarrow as pa

        some = pa.array([*INSIDE, *OUTSIDE], pa.string())
        return self._emptied(self._taken(some, size), 0.0 if self.filled else MISSING)

    def sometimes(self, size: int, share: float) -> Flags:
        """Of each of some rows, whether it is one of a share."""
        found: Flags = self.random.random(size) < share
        return found

    def _known(self) -> Mapping[str, Sequence[str]]:
        """Texts that tables and conditions know, by column: codes of the area."""
        area = self.config.area
        localities = [place.code for place in area.localities]
        return {
            "lsoa_code": INSIDE,
            "authority_code": [area.code],
            "district_code": localities,
            "ward_code": localities,
            "old_la_code": [area.old_la_code, "other"],
        }

    def _codes(self, column: Column) -> pa.Array[Any]:
        import pyarrow as pa

        return pa.array(list(self.config.codelists[str(column.codes)]), pa.string())

    def _places(self, size: int, among: int) -> Ints:
        return self.random.integers(0, among, size)

    def _taken(self, values: pa.Array[Any], size: int) -> pa.Array[Any]:
        return values.take(self._places(size, len(values)))

    def _empty(self, column: Column) -> float:
        """Share of the cells of a column that are empty."""
        if column.nullable:
            return EMPTY
        stands = column.on_missing == "warn" or column.on_invalid == "blank"
        return MISSING if stands and not self.filled else 0.0

    def _emptied(self, made: pa.Array[Any], share: float) -> pa.Array[Any]:
        import pyarrow as pa
        import pyarrow.compute as pc

        if not share:
            return made
        filled = pa.array(~self.sometimes(len(made), share))
        return pc.if_else(filled, made, pa.scalar(None, made.type))

    def _numbers(self, column: Column, size: int, delivery: Delivery) -> pa.Array[Any]:
        import pyarrow as pa

        least, most = reach(column.minimum, column.maximum, _RANGE, column.bands)
        if column.bands:
            return pa.array(banded(self.random, column, least, most, size))
        if least >= _FIRST_YEAR:
            return pa.array(np.full(size, int(delivery.period[:4]), dtype=np.int64))
        if column.type == "number":
            return pa.array(np.round(self.random.uniform(least, most, size), 6))
        return pa.array(self.random.integers(int(least), int(most) + 1, size))

    def _born(self, size: int, delivery: Delivery) -> pa.Array[Any]:
        """Days of birth up to the day the delivery describes; a few are of no age group."""
        last = delivery.context.reference_date
        first = last - timedelta(days=int(_OLDEST * _YEAR) - 1)
        return self._between(size, first, last)

    def _days(self, size: int, delivery: Delivery) -> pa.Array[Any]:
        """Days in the delivery's window, before it, and from it to the day it describes."""
        import pyarrow as pa
        import pyarrow.compute as pc

        first, last = window(delivery.period, delivery.period_type)
        earliest = first - timedelta(days=int(_YEARS_BEFORE * _YEAR))
        latest = max(last, delivery.context.reference_date) + timedelta(days=1)
        which = self.random.random(size)
        during = self._between(size, first, last)
        before = self._between(size, earliest, first)
        after = self._between(size, last, latest)
        early = pa.array(which < _DURING + _BEFORE)
        return pc.if_else(pa.array(which < _DURING), during, pc.if_else(early, before, after))

    def _between(self, size: int, first: date, last: date) -> pa.Array[Any]:
        import pyarrow as pa

        start = (first - date(1970, 1, 1)).days
        days = start + self.random.integers(0, (last - first).days + 1, size)
        return pa.array(days.astype(np.int32)).cast(pa.date32())

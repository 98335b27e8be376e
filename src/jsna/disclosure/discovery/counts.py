"""Published counts as their declarations ask for them: a side, years and categories.

Rows that show the same count show it under many names. Here two counts are the same only if they
are asked for in the same words, so that what disclosure control takes for one count is tested.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from jsna.measures.cubes import counted
from jsna.model import hierarchies as nesting
from jsna.model.configuration import Configuration
from jsna.model.indicators import LOCALITY, Indicator, Side
from jsna.model.schema import dimensions
from jsna.tables.catalogue import periods

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]

#: Stands for a row that has no such side.
NONE: Final = -1


@dataclass(frozen=True, slots=True)
class Count:
    """One published count as declared.

    Attributes:
        side: what is counted, less what changes nothing about the count.
        years: the periods of the table it is counted in; one counted twice stands twice.
        split: dimension and category, sorted by dimension; `locality` is one.
        indicator, place: the first declaration that shows it, for whoever reads a message.
    """

    side: Side
    years: tuple[str, ...]
    split: tuple[tuple[str, str], ...]
    indicator: str
    place: str

    @property
    def key(self) -> tuple[Side, tuple[str, ...], tuple[tuple[str, str], ...]]:
        """What makes two counts the same one."""
        return self.side, self.years, self.split

    @property
    def family(self) -> tuple[str, str, tuple[str, ...]]:
        """Counts of one family differ in period and category alone."""
        return self.indicator, self.place, tuple(dimension for dimension, _ in self.split)

    def label(self) -> str:
        """In words, such as `pupils_sen numerator [2025, sex F]`."""
        years = self.years[0] if len(self.years) == 1 else f"{self.years[0]} to {self.years[-1]}"
        words = [years, *(f"{dimension} {code}" for dimension, code in self.split)]
        return f"{self.indicator} {self.place} [{', '.join(words)}]"


def published(
    periods_of: Mapping[str, set[str]], rows: pd.DataFrame, config: Configuration
) -> tuple[list[Count], Ints, Ints]:
    """The counts behind measures, each once, and which of them each row shows.

    Sums of amounts take no part: they are protected as magnitudes, and an amount that is what
    others leave is no count of children.

    Args:
        periods_of: analysis tables the rows were counted from, and the periods of their rows.
        rows: local measures, k of them.
        config: the declarations, and what nests in what.

    Returns:
        Counts; and of each row the number of its numerator and of its denominator, or NONE,
        each of shape (k,).
    """
    known: dict[tuple[Side, tuple[str, ...], tuple[tuple[str, str], ...]], int] = {}
    counts: list[Count] = []
    times = {name: sorted(own | periods(name, config)) for name, own in periods_of.items()}
    shown = np.full((2, len(rows)), NONE, dtype=np.int64)
    fields = ("indicator", "area_code", "geography", "period", "period_type", "breakdown")
    columns = [rows[name].tolist() for name in (*fields, "category")]
    for at, (name, area, geography, period, kind, breakdown, category) in enumerate(
        zip(*columns, strict=True)
    ):
        indicator = config.indicators[name]
        split = dimensions(breakdown, category)
        if geography != "authority":
            # The place is a locality, or a group of them.
            grouped = area not in config.area.locality_names
            split[nesting.LOCALITY_GROUP if grouped else LOCALITY] = area
        for place, (title, side, over) in enumerate(_sides(indicator)):
            if side is None or side.table not in times:
                continue
            left_out = {nesting.finer(dimension, config) for dimension in over}
            count = Count(
                counted(side),
                tuple(
                    found
                    for year in nesting.years(period, kind)
                    if (found := _read_at(year, times[side.table], side)) is not None
                ),
                tuple(
                    (dimension, code)
                    for dimension, code in sorted(split.items())
                    if nesting.finer(dimension, config) not in left_out
                ),
                name,
                title,
            )
            number = known.setdefault(count.key, len(counts))
            if number == len(counts):
                counts.append(count)
            shown[place, at] = number
    return counts, shown[0], shown[1]


def _sides(indicator: Indicator) -> tuple[tuple[str, Side | None, tuple[str, ...]], ...]:
    return (
        ("numerator", None if indicator.sums_amounts else indicator.numerator, ()),
        ("denominator", indicator.denominator, indicator.over),
    )


def _read_at(period: str, times: Sequence[str], side: Side) -> str | None:
    """The period of the table that a row's period stands for; None where it has none."""
    if side.period == "same":
        return period if period in times else None
    earlier = [time for time in times if time[:4] <= period[:4]]
    return earlier[-1] if earlier else None

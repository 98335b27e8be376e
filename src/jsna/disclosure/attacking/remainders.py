"""A reader with a pencil: what published sums of amounts leave over when others are taken away.

Written from the key of a measure (what, where, when, split by what) and from who is behind each
row; of what protection takes to add up it uses nothing. A sum for the authority less its sums by
district is what was spent on those elsewhere: if these are two children, it is printed as good as
in a row of its own. So is the mean of seven of no known district, from sums and numbers.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jsna.disclosure.ledger.linked_tables import NONE, LinkedTables
from jsna.measures.contributions import amount
from jsna.model import schema
from jsna.model.configuration import Configuration

#: Pounds that are a matter of floating point alone.
_NOTHING: Final = 1e-6
#: How uncertain a remainder must stay where its profile has no p % rule, in per cent.
_ELSE: Final = 10.0
#: Geographies that are the home area, and that are parts of it.
_HOME, _PARTS = "authority", frozenset({"district", "locality_group", "ward"})

_KEY: Final = (
    "indicator", "geography", "area_code", "period", "period_type", "breakdown", "category"
)  # fmt: skip

Amounts = Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Sum:
    """A row that adds up amounts, by the parts of its key; `count` of values, NaN of no mean."""

    row: int
    indicator: str
    geography: str
    area: str
    period: str
    period_type: str
    split: Mapping[str, str]
    fewest: int
    share: float
    value: float
    count: float

    @property
    def level(self) -> tuple[str, ...]:
        """What rows that do not overlap have in common."""
        return self.indicator, self.geography, self.period_type, *sorted(self.split)

    def within(self, whole: Sum) -> bool:
        """Whether the row is of a part of what another is of."""
        here = self.area == whole.area and self.geography == whole.geography
        placed = here or (whole.geography == _HOME and self.geography in _PARTS)
        first, _, last = whole.period.partition(" to ")
        timed = self.period == whole.period or (
            bool(last) and " to " not in self.period and first <= self.period <= last
        )
        alike = self.indicator == whole.indicator and whole.split.items() <= self.split.items()
        return placed and timed and alike and self.level != whole.level


class Subtraction:
    """The sums of money among published rows, and what they leave over of each other.

    Args:
        rows: the true measures of the rows, with their cells; k rows.
        config: declarations and profiles.
        contributions: who is behind each sum, see `measures.contributions`.
    """

    def __init__(
        self, rows: pd.DataFrame, config: Configuration, contributions: pd.DataFrame | None
    ) -> None:
        money = {name for name, one in config.indicators.items() if amount(one) is not None}
        means = {name for name, one in config.indicators.items() if one.kind.amounts}
        mine = rows.loc[rows["indicator"].isin(money | means) & rows[schema.NUMERATOR_CELL].ne("")]
        columns = ("profile", schema.NUMERATOR_CELL, "numerator", "denominator", *_KEY)
        of_cell: dict[str, dict[int, float]] = defaultdict(dict)
        if contributions is not None:
            for cell, who, part in contributions.itertuples(index=False, name=None):
                of_cell[cell][who] = part
        self.sums: list[Sum] = []
        self._behind: dict[int, Amounts] = {}
        each = zip(mine.index, *(mine[name].tolist() for name in columns), strict=True)
        for row, profile, cell, value, count, *key in each:
            mean = key[0] in means
            # A sum nobody can be named for may not be printed, and is refused by that.
            if cell in of_cell or value == 0 or mean:
                rule = config.profile(profile)
                limits = rule.minimum_contributors, rule.dominance
                self.sums.append(_sum(row, key, *limits, value, count if mean else math.nan))
                self._behind[row] = of_cell[cell]

    def leaves(self, shown: Collection[int]) -> Iterator[tuple[Sum, list[Sum]]]:
        """What some rows leave over that is of too few, or nearly all one's.

        Args:
            shown: the rows a reader has.

        Yields:
            The whole, and those taken away from it.
        """
        there = [one for one in self.sums if one.row in shown]
        for whole in there:
            levels: dict[tuple[str, ...], list[Sum]] = defaultdict(list)
            for one in there:
                if one.within(whole):
                    levels[one.level].append(one)
            for parts in levels.values():
                left = dict(self._behind[whole.row])
                for one in parts:
                    for who, part in self._behind[one.row].items():
                        left[who] = left.get(who, 0.0) - part
                _, count = _less(whole, parts)
                # NaN is neither above nor below. Nothing of few is a value of each of them.
                if 0 < count < whole.fewest or _tells(left, whole):
                    yield whole, parts

    def require(self, made: LinkedTables) -> None:
        """Ask of linked tables that what all rows would leave over stays uncertain, in place."""
        for whole, parts in [*self.leaves({one.row for one in self.sums})]:
            cells = [made.numerators[one.row] for one in (whole, *parts)]
            value, count = _less(whole, parts)
            if NONE in cells:
                continue
            left = made.add(
                made.cells[cells[0]],
                f"{made.labels[cells[0]]}; less {len(parts)} parts of it",
                value,
                derived=True,
                signed=value < 0,
            )
            if value == 0 and count > 0:
                # Not known before it is worked out: of so many, as much as of others on average.
                value = whole.value * count / whole.count
            made.exposed[left] = (whole.share or _ELSE) / 100 * abs(value)
            made.equations.append((cells[0], *sorted(set(cells[1:])), left))


def _less(whole: Sum, parts: Sequence[Sum]) -> tuple[float, float]:
    """What is left of a sum and of how many values it is of."""
    value = whole.value - sum(one.value for one in parts)
    count = whole.count - sum(one.count for one in parts)
    return 0.0 if abs(value) < _NOTHING else value, count


def _sum(
    row: int, key: Sequence[str], fewest: int, share: float, value: float, count: float
) -> Sum:
    indicator, geography, area, period, period_type, breakdown, category = key
    split = schema.dimensions(breakdown, category)
    where = indicator, geography, area, period, period_type
    return Sum(row, *where, split, fewest, share, value, count)


def _tells(left: Amounts, whole: Sum) -> bool:
    """Whether what is left is of fewer than may be, or the second could work the first out."""
    parts = sorted((abs(part) for part in left.values() if abs(part) > _NOTHING), reverse=True)
    if not parts:
        return False
    beside = sum(parts[2:])
    return len(parts) < whole.fewest or beside < whole.share / 100 * parts[0] - _NOTHING

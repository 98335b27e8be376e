"""Values that lie between two printed quantiles: of the few who are left beside the parts shown.

A quantile or a limit says how many have at most as much, and how many at least. Of a whole and of
all its parts but a few children, such numbers together say how many of the few have at most, and at
least, so much: five of nine boys have 0, say, where of all children nine do and of the girls no
more than four. One bound of a child's value is an inequality; two that lie closer than the p % rule
asks are the value. Then one more part is hidden, so that the few are as many as a row may be of.
Where more are left, hidden parts of them that are few, alone or together, are looked at by
themselves: how many they are of may be printed elsewhere, and of the others nothing is taken to be
known.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from jsna.disclosure.ledger.families import nested
from jsna.disclosure.ledger.linked_tables import NONE, LinkedTables
from jsna.disclosure.revision import BRACKET
from jsna.measures.methods import STORED, limit_ranks
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator

#: Columns of lower and upper limits, by the levels of `STORED`.
_LIMITS: Final = (("lower_95", "upper_95"), ("lower_998", "upper_998"))


@dataclass(frozen=True, slots=True)
class _Told:
    """A printed number: how many have at most `most`, at least, and below `least`, at most."""

    least: float
    most: float
    within: int
    below: int


@dataclass(slots=True)
class _Group:
    """Rows that print quantiles of the same values, and what they say of these."""

    count: int
    rows: list[int]
    told: list[_Told]

    def within(self, number: float) -> int:
        """How many have at most so much, at least."""
        return max((one.within for one in self.told if one.most <= number), default=0)

    def below(self, number: float) -> int:
        """How many have less, at most."""
        return min((one.below for one in self.told if one.least >= number), default=self.count)


class Brackets:
    """The quantiles of an edition, and what they leave known of few.

    Args:
        rows: true measures that are protected; k rows.
        made: their linked tables.
        config: declarations and profiles.
    """

    def __init__(self, rows: pd.DataFrame, made: LinkedTables, config: Configuration) -> None:
        self._made = made
        #: What the values are of -> rows split and placed alike -> row and the indicator it is of.
        self._levels: dict[tuple[str, ...], dict[tuple[str, ...], list[int]]] = {}
        self._of = [config.indicators[name] for name in rows["indicator"]]
        self._numbers = rows[list(schema.NUMBERS)].to_dict("records")
        profiles = [config.profile(name) for name in rows["profile"]]
        self._fewest = [one.minimum_contributors for one in profiles]
        self._share = [one.dominance / 100 for one in profiles]
        keys = ("geography", "breakdown", "period_type")
        for row, (one, *level) in enumerate(
            zip(self._of, *(rows[name].tolist() for name in keys), strict=True)
        ):
            if one.kind.of_values and one.numerator and made.numerators[row] != NONE:
                values = one.numerator.table, one.numerator.where, one.values, one.ended
                levels = self._levels.setdefault(values, {})
                levels.setdefault(tuple(level), []).append(row)

    def hide(self, rules: Sequence[str]) -> list[str]:
        """The rules that hide rows, with those of rows hidden so that nobody is bracketed.

        Args:
            rules: the rule that hides each row, "" where it is shown.
        """
        found = list(rules)
        while more := next(self._telling(found), None):
            for row in more:
                found[row] = BRACKET
        return found

    def _telling(self, rules: Sequence[str]) -> Iterator[list[int]]:
        """The rows of a part that is hidden with the few that it and others leave known."""
        for levels in self._levels.values():
            groups = {
                level: self._groups([row for row in rows if not rules[row]])
                for level, rows in levels.items()
            }
            alone = {level: self._few(rows, groups[level]) for level, rows in levels.items()}
            for cell, whole in (pair for one in groups.values() for pair in one.items()):
                outer = self._made.cells[cell]
                for level, within in groups.items():
                    few = [
                        count
                        for inner, count in alone[level].items()
                        if nested(self._made.cells[inner], outer)
                    ]
                    parts = [
                        part
                        for inner, part in within.items()
                        if inner != cell and nested(self._made.cells[inner], outer)
                    ]
                    if parts and self._tells(whole, parts, few):
                        yield min(parts, key=lambda part: (part.count, part.rows)).rows

    def _groups(self, rows: Sequence[int]) -> dict[int, _Group]:
        """Cell -> what some rows print of the values in it."""
        found: dict[int, _Group] = {}
        for row in rows:
            numbers = self._numbers[row]
            group = found.setdefault(
                self._made.numerators[row], _Group(int(numbers["numerator"]), [], [])
            )
            group.rows.append(row)
            group.told += _told(numbers, self._of[row])
        return found

    def _few(self, rows: Sequence[int], shown: Mapping[int, _Group]) -> dict[int, int]:
        """Cell -> how many it is of, of those that no row shows and that are too few for one."""
        counts = {
            self._made.numerators[row]: int(self._numbers[row]["numerator"])
            for row in rows
            if 0 < self._numbers[row]["numerator"] < self._fewest[row]
        }
        return {cell: count for cell, count in counts.items() if cell not in shown}

    def _tells(self, whole: _Group, parts: Sequence[_Group], hidden: Sequence[int]) -> bool:
        """Whether a value of few of those that parts leave of a whole is told.

        Args:
            whole, parts: what is shown.
            hidden: how many each hidden part is of that is of few.
        """
        left = whole.count - sum(part.count for part in parts)
        # Who is known together is the more, the more there are: of those who are still few.
        together = _most(hidden, min(left, self._fewest[whole.rows[0]] - 1))
        return any(self._brackets(whole, parts, one, left - one) for one in {left, together})

    def _brackets(self, whole: _Group, parts: Sequence[_Group], few: int, others: int) -> bool:
        """Whether a value of the few lies between two close numbers, whatever the others have."""
        if not 0 < few < self._fewest[whole.rows[0]]:
            return False
        share = self._share[whole.rows[0]]
        step = 10.0 ** -self._of[whole.rows[0]].decimals
        every = [one for group in (whole, *parts) for one in group.told]
        # What is never below nought is not below nought.
        floor = 0.0 if all(one.most >= 0 for one in every) else -math.inf
        for place in range(1, few + 1):
            high = min(
                (
                    one.most
                    for one in whole.told
                    if whole.within(one.most) - sum(_less(part, one.most) for part in parts)
                    >= place + others
                ),
                default=math.inf,
            )
            low = max(
                (
                    one.least
                    for one in whole.told
                    if whole.below(one.least) - sum(_under(part, one.least) for part in parts)
                    < place
                ),
                default=floor,
            )
            low = max(low, floor)
            if math.isfinite(high - low) and high - low <= max(share * (high + low), step):
                return True
        return False


def _most(counts: Sequence[int], limit: int) -> int:
    """The most that some of the counts come to together, up to a limit."""
    reached = {0}
    for count in counts:
        reached |= {one + count for one in reached if one + count <= limit}
    return max(reached)


def _less(part: _Group, number: float) -> int:
    """How many of a part have at most so much, at most: fewer than have less than any more."""
    return min((one.below for one in part.told if one.least > number), default=part.count)


def _under(part: _Group, number: float) -> int:
    """How many of a part have less than so much, at least."""
    return max((one.within for one in part.told if one.most < number), default=0)


def _told(numbers: dict[Hashable, Any], indicator: Indicator) -> Iterator[_Told]:
    """What a row says of the values it is of, number by number.

    A limit is one of the ordered values; a quantile lies between two, which are taken to be alike,
    as among whole numbers they often are. Of waits that have not all ended it is taken to say as
    much.
    """
    half = 0.5 * 10.0**-indicator.decimals
    count, share = numbers["numerator"], indicator.percentile / 100
    place = 1 + (count - 1) * share
    ends = [("value", math.ceil(place), math.floor(place))]
    if count > 0:
        low, high = limit_ranks(np.array([count]), share, STORED)
        for columns, *ranks in zip(_LIMITS, low[:, 0], high[:, 0], strict=True):
            ends += [(c, int(rank), int(rank)) for c, rank in zip(columns, ranks, strict=True)]
    for column, first, last in ends:
        number = numbers[column]
        if not math.isnan(number):
            yield _Told(number - half, number + half, first, last - 1)

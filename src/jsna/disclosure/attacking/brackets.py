"""A reader with a pencil: between which printed quantiles the values of a few must lie.

Written from the key of a measure and from its declaration; of what protection takes to add up it
uses nothing. Of a whole, each printed number bounds at that number how many lie at or below it; of
each part as well; and so of those who are in no part that is shown. Where these are few and one of
their values is bounded closely from both sides, it is printed as good as in a row of its own. Where
many are in no such part, those of them in one hidden row of few may be bounded all the same.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from jsna.disclosure.attacking.remainders import Sum
from jsna.disclosure.system import Flags, Floats
from jsna.measures.methods import STORED, limit_ranks
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator

_KEY: Final = ("geography", "area_code", "period", "period_type", "breakdown", "category")
_ENDS: Final = ("lower_95", "lower_998", "upper_95", "upper_998")
#: A cut of the line of numbers: those below a number (0), or those at or below it (1).
_Cut = tuple[float, int]


@dataclass(slots=True)
class _Values:
    """The values of one key: how many, and what is known of them at some cuts.

    Attributes:
        row: the first that prints a quantile of them.
        key: what they are of; of the sums a reader subtracts it has the same form.
        at_least, at_most: cut -> how many are on its lower side.
    """

    row: int
    key: Sum
    count: int
    at_least: dict[_Cut, int]
    at_most: dict[_Cut, int]

    def bounds(self, cuts: Sequence[_Cut]) -> tuple[Floats, Floats]:
        """How many are on the lower side of each cut, in ascending order: at least, and at most."""
        least = np.array([self.at_least.get(cut, 0) for cut in cuts], dtype=np.float64)
        most = np.array([self.at_most.get(cut, self.count) for cut in cuts], dtype=np.float64)
        return np.maximum.accumulate(least), np.minimum.accumulate(most[::-1])[::-1]


def bracketed(
    safe: pd.DataFrame, hidden: Flags, config: Configuration, truth: pd.DataFrame
) -> set[int]:
    """Rows that, with the parts of them that are printed, bound a value of few others closely.

    Args:
        safe: rows as published; k rows.
        hidden: which are not printed, shape (k,).
        config: declarations and profiles.
        truth: the true measures of the rows: how many are in a hidden row is taken to be known.
    """
    found: set[int] = set()
    without = _known(truth, ~hidden, config)
    for of, known in _known(safe, hidden, config).items():
        step = 10.0 ** -config.indicators[known[0].key.indicator].decimals
        # Those of all percentiles are compared as if they were of one indicator.
        alike = {one.row: replace(one.key, indicator="") for one in known}
        few = _few(without.get(of, ()), [*alike.values()])
        for whole in known:
            levels: dict[tuple[str, ...], list[_Values]] = defaultdict(list)
            for one in known:
                if alike[one.row].within(alike[whole.row]):
                    levels[alike[one.row].level].append(one)
            for level, parts in levels.items():
                # Of all who are in no part, or of those in hidden rows beside others.
                beside = [
                    count
                    for key, count in few
                    if key.level == level and key.within(alike[whole.row])
                ]
                if any(_close(whole, parts, step, some) for some in (None, *_sums(beside))):
                    found.add(whole.row)
    return found


def _few(hidden: Sequence[_Values], shown: Sequence[Sum]) -> list[tuple[Sum, int]]:
    """Keys of few that no row prints, and how many they are of."""
    known = {_mark(key) for key in shown}
    found = [
        (replace(one.key, indicator=""), one.count)
        for one in hidden
        if 0 < one.count < one.key.fewest
    ]
    return [(key, count) for key, count in found if _mark(key) not in known]


def _sums(counts: Sequence[int]) -> list[int]:
    """All that one or several hidden rows may come to: whom a reader may look at as one."""
    found: set[int] = set()
    for count in counts:
        found |= {count, *(count + other for other in found)}
    return sorted(found)


def _mark(key: Sum) -> tuple[str, ...]:
    return *key.level, key.area, key.period, *(key.split[name] for name in sorted(key.split))


def _known(
    safe: pd.DataFrame, hidden: Flags, config: Configuration
) -> Mapping[tuple[str, ...], list[_Values]]:
    """What the values are -> by key, what all quantiles of them that are printed say."""
    made: dict[tuple[str, ...], dict[tuple[str, ...], _Values]] = defaultdict(dict)
    declared = config.indicators
    names = [name for name, one in declared.items() if one.kind.of_values and one.numerator]
    mine = safe.loc[safe["indicator"].isin(names) & ~hidden & safe["numerator"].notna()]
    for row, one in zip(mine.index, mine.to_dict("records"), strict=True):
        indicator = declared[one["indicator"]]
        side = indicator.numerator
        assert side is not None
        of = side.table, side.where, indicator.values, indicator.ended
        key = tuple(str(one[name]) for name in _KEY)
        if key not in made[of]:
            made[of][key] = _started(row, one, config)
        values = made[of][key]
        for low, high, first, last in _said(one, indicator):
            cut = (high, 1)
            values.at_least[cut] = max(values.at_least.get(cut, 0), first)
            cut = (low, 0)
            values.at_most[cut] = min(values.at_most.get(cut, values.count), last - 1)
    return {of: [*keys.values()] for of, keys in made.items()}


def _started(row: int, one: Mapping[Hashable, Any], config: Configuration) -> _Values:
    """Values of a row's key of which nothing is known yet but their number."""
    rule = config.profile(one["profile"])
    split = schema.dimensions(one["breakdown"], one["category"])
    where = one["geography"], one["area_code"], one["period"], one["period_type"]
    key = Sum(
        row, one["indicator"], *where, split, rule.minimum_contributors, rule.dominance, 0.0, 0.0
    )
    return _Values(row, key, int(one["numerator"]), {}, {})


def _said(
    one: Mapping[Hashable, Any], indicator: Indicator
) -> Iterator[tuple[float, float, int, int]]:
    """Each printed number as the two it may be between, and the ranks of values about it."""
    half, size = 0.5 * 10.0**-indicator.decimals, one["numerator"]
    place = 1 + (size - 1) * indicator.percentile / 100
    # The two ordered values that a quantile lies between may well be alike.
    ranks = [(math.ceil(place), math.floor(place))]
    if size > 0:
        limits = limit_ranks(np.array([float(size)]), indicator.percentile / 100, STORED)
        ranks += [(int(rank), int(rank)) for rank in np.concatenate(limits).ravel()]
    for column, (first, last) in zip(("value", *_ENDS), ranks, strict=False):
        if not math.isnan(one[column]):
            yield one[column] - half, one[column] + half, first, last


def _close(whole: _Values, parts: Sequence[_Values], step: float, mine: int | None = None) -> bool:
    """Whether of the few who are in no part one has a value between two close numbers.

    Args:
        whole, parts: what is printed.
        step: of printed numbers.
        mine: how many of those left are looked at, of the others of whom nothing is known; all.
    """
    left = whole.count - sum(part.count for part in parts)
    few = left if mine is None else mine
    if not 0 < few < whole.key.fewest or few > left:
        return False
    every = (whole, *parts)
    cuts = sorted({cut for one in every for cut in (*one.at_least, *one.at_most)})
    # Lengths and ages are not below nought, nor anything of which nothing below it is printed.
    if cuts and all(number >= -step for number, _ in cuts):
        cuts = sorted({*cuts, (0.0, 0)})
        whole = _Values(whole.row, whole.key, whole.count, whole.at_least, {**whole.at_most})
        whole.at_most[0.0, 0] = 0
    least, most = whole.bounds(cuts)
    for part in parts:
        fewer, more = part.bounds(cuts)
        least, most = least - more, most - fewer
    least = least - (left - few)
    least, most = np.maximum.accumulate(least), np.minimum.accumulate(most[::-1])[::-1]
    for place in range(1, few + 1):
        above, below = np.flatnonzero(most < place), np.flatnonzero(least >= place)
        if len(above) and len(below):
            low, high = cuts[above[-1]][0], cuts[below[0]][0]
            if high - low <= max(whole.key.share / 100 * (high + low), step):
                return True
    return False

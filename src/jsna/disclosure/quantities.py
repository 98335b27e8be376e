"""What is counted behind the rows, and what adds up to what.

The same count of children stands behind many rows: the numerator of one indicator is the
denominator of another. Hiding it in one place and printing it in the other hides nothing. So the
unit of protection is the *quantity*: a count of one side of a declaration for one place, period
and set of categories. Sums are equations between quantities, taken from the declarations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from jsna.edition import Configuration
from jsna.measures.declaration import LOCALITY, Indicator, Side
from jsna.measures.schema import dimensions

#: Side, period, and (dimension, category) pairs in alphabetical order; the area is a dimension.
Quantity = tuple[str, str, tuple[tuple[str, str], ...]]
#: Stands for a row that has no such side.
NONE: Final = -1


@dataclass(slots=True)
class Ledger:
    """Quantities behind measures.

    Attributes:
        keys: the quantities, each once; its place is its number.
        values: their counts.
        thresholds: the strictest threshold of any row that shows it.
        numerators, denominators: quantity of each row, or NONE.
        equations: each a parent and its parts, as numbers of quantities; parents first.
    """

    keys: list[Quantity] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    thresholds: list[int] = field(default_factory=list)
    numerators: list[int] = field(default_factory=list)
    denominators: list[int] = field(default_factory=list)
    equations: list[list[int]] = field(default_factory=list)

    def number(self, known: dict[Quantity, int], key: Quantity, value: float, limit: int) -> int:
        """Number of a quantity, new or known."""
        place = known.setdefault(key, len(self.keys))
        if place == len(self.keys):
            self.keys.append(key)
            self.values.append(value)
            self.thresholds.append(limit)
        self.thresholds[place] = max(self.thresholds[place], limit)
        return place


def ledger(rows: pd.DataFrame, config: Configuration) -> Ledger:
    """Quantities and equations behind the rows of one edition that are to be protected.

    Args:
        rows: measures of the home area and its localities, in the measure schema.
        config: holds the declarations that say what adds up, and the profiles.
    """
    result = Ledger()
    known: dict[Quantity, int] = {}
    shown: list[tuple[Indicator | None, Quantity | None, Quantity | None]] = []
    seen: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
    fields = ["indicator", "area_code", "geography", "period", "breakdown", "category", "profile"]
    columns = [rows[name].tolist() for name in fields]
    counts = rows["numerator"].to_numpy(), rows["denominator"].to_numpy()
    for name, area, geography, period, breakdown, category, profile, top, bottom in zip(
        *columns, *counts, strict=True
    ):
        indicator = config.indicators.get(name)
        split = seen.get((breakdown, category))
        if split is None:
            split = seen[breakdown, category] = tuple(
                sorted(dimensions(breakdown, category).items())
            )
        if geography != "authority":
            split = tuple(sorted((*split, (LOCALITY, area))))
        limit = config.profiles[profile].threshold
        above = below = None
        if not np.isnan(top):
            above = (_side(name, indicator.numerator if indicator else None), period, split)
            result.numerators.append(result.number(known, above, top, limit))
        else:
            result.numerators.append(NONE)
        if not np.isnan(bottom):
            over = indicator.over if indicator else ()
            kept = tuple(pair for pair in split if pair[0] not in over)
            below = (
                _side(f"{name} of", indicator.denominator if indicator else None),
                period,
                kept,
            )
            result.denominators.append(result.number(known, below, bottom, limit))
        else:
            result.denominators.append(NONE)
        shown.append((indicator, above, below))
    result.equations = sorted(_equations(shown, known, config.indicators))
    return result


def _side(name: str, side: Side | None) -> str:
    """What a side counts, whoever declares it; without a declaration it is the row's own."""
    if side is None:
        return name
    return f"{side.table}|{side.where}|{side.count}|{side.period}"


def _equations(
    shown: list[tuple[Indicator | None, Quantity | None, Quantity | None]],
    known: Mapping[Quantity, int],
    indicators: Mapping[str, Indicator],
) -> Iterator[list[int]]:
    """Every sum whose total is itself a quantity: [total, part, part, …], each once."""
    sums: dict[tuple[int, str], set[int]] = {}
    fixed: set[tuple[int, ...]] = set()
    for indicator, above, below in shown:
        if indicator is None:
            continue
        for quantity, over in ((above, ()), (below, indicator.over)):
            if quantity is None:
                continue
            for dimension in indicator.adds_over:
                if dimension not in over:
                    _add_part(sums, known, quantity, dimension)
        fixed.update(_between_indicators(indicator, above, below, known, indicators))
    yield from ([total, *sorted(parts)] for (total, _), parts in sums.items())
    yield from map(list, fixed)


def _add_part(
    sums: dict[tuple[int, str], set[int]],
    known: Mapping[Quantity, int],
    quantity: Quantity,
    dimension: str,
) -> None:
    side, period, split = quantity
    rest = tuple(pair for pair in split if pair[0] != dimension)
    total = known.get((side, period, rest))
    if len(rest) < len(split) and total is not None:
        sums.setdefault((total, dimension), set()).add(known[quantity])


def _between_indicators(
    indicator: Indicator,
    above: Quantity | None,
    below: Quantity | None,
    known: Mapping[Quantity, int],
    indicators: Mapping[str, Indicator],
) -> Iterator[tuple[int, ...]]:
    """Sums across indicators: declared parts, and a complement with its denominator."""
    if above is None:
        return

    def same_cell(name: str) -> int | None:
        other = indicators.get(name)
        if other is None or other.numerator is None:
            return None
        return known.get((_side(name, other.numerator), above[1], above[2]))

    parts = [same_cell(name) for name in indicator.parts]
    if parts and None not in parts:
        yield (known[above], *sorted(p for p in parts if p is not None))
    if indicator.complement and below is not None:
        other = same_cell(indicator.complement)
        if other is not None:
            yield (known[below], *sorted((known[above], other)))

"""What is known of sums of money, and whether two of them may be told one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from jsna.model.cells import Cell

#: Pounds that are a matter of floating point alone.
_PENCE: Final = 1e-6


@dataclass(slots=True)
class Amounts:
    """Of cells that are sums of money, by number.

    Attributes:
        fewest: the fewest people a row may be of.
        share: p of the p % rule over 100; 0 where it is not asked.
        people: how many have a part, where that is known.
        largest: the largest of the parts by its size, where that is known.
        printed: the cells that a sum was when earlier publications printed it.
    """

    fewest: dict[int, int] = field(default_factory=dict)
    share: dict[int, float] = field(default_factory=dict)
    people: dict[int, float] = field(default_factory=dict)
    largest: dict[int, float] = field(default_factory=dict)
    printed: dict[int, set[int]] = field(default_factory=dict)

    def expect(self, cell: int, fewest: int, share: float) -> None:
        """Note what a row asks of the contributors to a sum, the strictest of all that print it."""
        self.fewest[cell] = max(self.fewest.get(cell, 0), fewest)
        self.share[cell] = max(self.share.get(cell, 0.0), share)

    def count(self, cells: Mapping[int, Cell], contributions: pd.DataFrame) -> None:
        """Note who is behind sums, as `measures.contributions` has it."""
        parts = contributions["amount"].abs().groupby(contributions["cell"])
        many, most = parts.size(), parts.max()
        for number, cell in cells.items():
            self.people[number] = float(many.get(cell.text(), 0))
            self.largest[number] = float(most.get(cell.text(), 0))

    def apart(self, old: int, cell: int, change: float) -> bool:
        """Whether enough people are behind the difference of two sums, and none has nearly all.

        As many more, or fewer, have a part of one as a row must be of: so many at least are behind
        the difference. Nobody has a larger part of it than the largest of either sum, and so no two
        more than twice that: what is left beside these must be as much as the p % rule asks.
        """
        then, now = (self.people.get(one, np.nan) for one in (old, cell))
        most = float(np.max([self.largest.get(one, np.nan) for one in (old, cell)]))
        share = self.share.get(cell, 0.0)
        even = not share or change - 2 * most >= share * most - _PENCE
        return bool(abs(now - then) >= self.fewest[cell] and even)

"""An outsider with a linear program: what follows from printed numbers about every hidden one.

Written from what the indicators are defined to count, and from nothing the pipeline thinks adds up.
Rows of records are of finitely many kinds (one for each combination of values they may have). Each
number printed is the sum of the kinds it counts, no kind has less than nobody, and whatever follows
from that follows for a reader of the report.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
#: Whether a kind of row is counted, by its values.
Counted = Callable[[pd.DataFrame], "pd.Series[bool]"]


def kinds(domains: Mapping[str, Sequence[object]], possible: Counted | None = None) -> pd.DataFrame:
    """Every combination of values a row may have; None stands for a value not known."""
    frame = pd.DataFrame(itertools.product(*domains.values()), columns=list(domains), dtype=object)
    return frame if possible is None else frame[possible(frame)].reset_index(drop=True)


def extremes(cost: Floats, **told: Any) -> tuple[float, float]:
    """Least and greatest of a sum of counts of 0 or more that fit what `linprog` is told."""
    ends = []
    for sign in (1.0, -1.0):
        found = linprog(sign * cost, bounds=(0, None), method="highs", **told)
        if found.status == 3:
            ends.append(-sign * np.inf)
            continue
        assert found.status == 0, found.message
        ends.append(sign * found.fun)
    return ends[0], ends[1]


@dataclass
class Outsider:
    """What is printed about rows of some kinds.

    Attributes:
        size: number of kinds.
        sets: which kinds each printed count counts.
        low, high: between what it is known to lie.
    """

    size: int
    sets: dict[bytes, Flags] = field(default_factory=dict)
    low: dict[bytes, float] = field(default_factory=dict)
    high: dict[bytes, float] = field(default_factory=dict)

    def tell(self, counted: Flags, low: float, high: float) -> None:
        """A count is known to lie between two numbers."""
        key = np.packbits(counted).tobytes()
        self.sets[key] = counted
        self.low[key] = max(low, self.low.get(key, 0.0))
        self.high[key] = min(high, self.high.get(key, np.inf))

    def interval(self, counted: Flags, less: Flags | None = None) -> tuple[float, float]:
        """Least and greatest count, less another, that fit everything told."""
        # Kinds that are in the same sets cannot be told apart.
        taken = np.zeros(self.size, dtype=np.bool_) if less is None else less
        rows = np.array([*self.sets.values(), counted, taken], dtype=np.bool_)
        nobody = np.array([high == 0 for high in self.high.values()], dtype=np.bool_)
        rows = rows[:, ~rows[:-2][nobody].any(axis=0)]
        rows = np.unique(rows, axis=1).astype(float)
        low, high = np.array([*self.low.values()]), np.array([*self.high.values()])
        exact = low == high
        matrix, cost = rows[:-2], rows[-2] - rows[-1]
        bounded = matrix[~exact & np.isfinite(high)]
        return extremes(
            cost,
            A_eq=sparse.csr_array(matrix[exact]),
            b_eq=low[exact],
            A_ub=sparse.csr_array(np.vstack([bounded, -matrix[~exact]])),
            b_ub=np.concatenate([high[~exact & np.isfinite(high)], -low[~exact]]),
        )

"""The master problem: the cheapest choice of hidden cells that satisfies every cut so far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from jsna.disclosure.cuts import Cuts
from jsna.disclosure.system import Flags, Floats, Ints


@dataclass(frozen=True, slots=True)
class Choice:
    """Cells chosen to be hidden, and a bound no choice can be cheaper than."""

    hidden: Flags
    bound: float


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to look for the optimum.

    Attributes:
        slack: a choice this much above the bound counts as optimal (smaller than any difference
            between two tables that matters).
        gap: relative gap at which each master problem may stop.
        nodes: branch-and-bound nodes of each master problem.
        rounds: rounds of cuts.
        cap: cuts added in each round.
    """

    slack: float = 0.0
    gap: float = 0.0
    nodes: int = 100_000
    rounds: int = 400
    cap: int = 400


class Master:
    """The set of cuts, and the cheapest binary choice under them."""

    def __init__(self, weight: Floats, effort: Effort) -> None:
        self.weight, self.effort = weight, effort
        self.left: list[sparse.csr_array] = []
        self.right: list[Floats] = []
        self.bound = 0.0

    def add(self, cuts: Cuts) -> list[int]:
        """Add cuts; returns the places of those nothing can satisfy (left out)."""
        most = np.asarray(cuts.left.sum(axis=1)).ravel()
        hopeless = (most < cuts.right - 1e-7) & (cuts.right > 1e-9)
        useful = np.flatnonzero(~hopeless & (cuts.right > 1e-9))
        self.left.append(cuts.left[useful])
        self.right.append(cuts.right[useful])
        return [int(i) for i in np.flatnonzero(hopeless)]

    @property
    def size(self) -> int:
        """Number of cuts."""
        return sum(map(len, self.right))

    def solve(self, seconds: float | None) -> Choice | None:
        """The cheapest choice; None where time ran out before any was found."""
        hidden = np.zeros(len(self.weight), dtype=np.bool_)
        left = sparse.vstack(self.left, format="csr") if self.left else None
        if left is None or not left.shape[0]:
            return Choice(hidden, self.bound)
        used: Ints = np.unique(left.indices).astype(np.int64)
        cost = self.weight[used]
        options: dict[str, float] = {"node_limit": self.effort.nodes}
        options["mip_rel_gap"] = max(self.effort.gap, self.effort.slack / max(self.bound, 1.0))
        if seconds is not None:
            options["time_limit"] = max(seconds, 0.05)
        found = milp(
            cost,
            constraints=LinearConstraint(left.tocsc()[:, used], np.concatenate(self.right), np.inf),
            integrality=np.ones(len(used)),
            bounds=Bounds(0, 1),
            options=options,
        )
        if found.status == 2:
            raise ArithmeticError("the master problem has no solution")
        if found.mip_dual_bound is not None and np.isfinite(found.mip_dual_bound):
            self.bound = max(self.bound, float(found.mip_dual_bound))
        if found.x is None:
            return None
        hidden[used] = found.x > 0.5
        return Choice(hidden, self.bound)

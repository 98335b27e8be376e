"""The master problem: the cheapest choice of hidden cells that satisfies every cut so far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog

from jsna.disclosure.clock import Work
from jsna.disclosure.integer import milp
from jsna.disclosure.solving.cuts import Cuts
from jsna.disclosure.system import Flags, Floats, Ints

#: Levels nearer than this to 0 or 1 are taken for it.
FAINT = 1e-7
#: A cut must be violated by this share of its right side to be worth adding to a relaxation.
VIOLATED = 0.01
#: Rounds of relaxation after which a cut that never binds is dropped.
IDLE = 4


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
        gaps: relative gaps at which each master problem may stop, one after the other: a safe
            choice under one is kept, and looked for again under the next.
        nodes: branch-and-bound nodes of each master problem.
        rounds: rounds of cuts from binary choices.
        relaxed: rounds of cuts from relaxed choices before those.
        tail: relaxing ends where the bound rises by less than this share.
        steps: rounds of relaxation after each step of rounding.
        share: least share of the undecided cells that is decided in each step of rounding.
        fractional: with more cells than this between shown and hidden in the relaxation, those
            nearest to hidden are decided first (the result is then no longer a proven optimum).
        finish: with a smaller share of targets than this not reached, cells are only added.
        cap: cuts added in each round.
    """

    slack: float = 0.0
    gaps: tuple[float, ...] = (0.0,)
    nodes: int = 100_000
    rounds: int = 400
    relaxed: int = 60
    tail: float = 0.001
    steps: int = 4
    share: float = 0.1
    fractional: int = 1_000_000
    finish: float = 0.0
    cap: int = 400


class Master:
    """The set of cuts, and the cheapest binary choice under them."""

    def __init__(self, weight: Floats, effort: Effort) -> None:
        self.weight, self.effort = weight, effort
        self.left: list[sparse.csr_array] = []
        self.right: list[Floats] = []
        #: Cells decided to be hidden.
        self.fixed: Flags = np.zeros(len(weight), dtype=np.bool_)
        self.idle: Ints = np.zeros(0, dtype=np.int64)
        self.bound = 0.0
        #: The bound under the cells decided so far.
        self.reached = 0.0
        #: Whether cuts that have not bound for some time are dropped.
        self.forgets = True
        #: Cuts the last call of `add` added.
        self.added = 0

    def add(self, cuts: Cuts, level: Floats | None = None) -> list[int]:
        """Add cuts, if levels are given those they violate.

        Returns the places of cuts that nothing can satisfy, which are left out.
        """
        self.added = 0
        most = np.asarray(cuts.left.sum(axis=1)).ravel()
        hopeless = (most < cuts.right - 1e-7) & (cuts.right > 1e-9)
        keep = ~hopeless & (cuts.right > 1e-9)
        if level is not None:
            keep &= cuts.left @ level < cuts.right * (1 - VIOLATED)
        useful = np.flatnonzero(keep)
        self.idle = np.concatenate([self.idle, np.zeros(len(useful), dtype=np.int64)])
        self.left.append(cuts.left[useful])
        self.right.append(cuts.right[useful])
        self.added = len(useful)
        return [int(i) for i in np.flatnonzero(hopeless)]

    @property
    def size(self) -> int:
        """Number of cuts."""
        return sum(map(len, self.right))

    def relax(self) -> Floats:
        """The cheapest levels between 0 and 1."""
        level = np.zeros(len(self.weight))
        left = sparse.vstack(self.left, format="csc") if self.left else None
        if left is None or not left.shape[0]:
            return level
        used = np.flatnonzero(np.diff(left.indptr))
        found = linprog(
            self.weight[used],
            A_ub=-left[:, used],
            b_ub=-np.concatenate(self.right),
            bounds=np.column_stack([self.fixed[used], np.ones(len(used))]),
            method="highs",
        )
        Work.simplex(int(found.nit), len(used))
        if found.status != 0:
            raise ArithmeticError("the relaxed master problem was not solved")
        level[self.fixed] = 1.0
        self._raise(found.fun - 1e-6)
        if self.forgets:
            self._forget(found.slack)
        level[used] = np.where(found.x > FAINT, found.x, 0.0)
        return np.asarray(np.where(level > 1 - FAINT, 1.0, level))

    def _raise(self, bound: float) -> None:
        """A bound holds for every choice only where no cell was decided by rounding."""
        if np.isfinite(bound):
            self.reached = float(bound)
            if not self.fixed.any():
                self.bound = max(self.bound, self.reached)

    def _forget(self, slack: Floats) -> None:
        """Drop cuts that the relaxation has not touched for some time."""
        self.idle = np.where(slack > 1e-6, self.idle + 1, 0)
        keep = self.idle < IDLE
        if keep.mean() < 0.8:
            kept = np.flatnonzero(keep)
            self.left = [sparse.vstack(self.left, format="csr")[kept]]
            self.right = [np.concatenate(self.right)[kept]]
            self.idle = self.idle[kept]

    def solve(self, gap: float, seconds: float | None, work: float | None = None) -> Choice | None:
        """The cheapest choice; None where time ran out before any was found.

        Args:
            gap: relative gap at which a choice is good enough.
            seconds: to spend; None: no limit.
            work: the same in counted work.
        """
        hidden = self.fixed.copy()
        left = sparse.vstack(self.left, format="csr") if self.left else None
        if left is None or not left.shape[0]:
            return Choice(hidden, self.bound)
        used: Ints = np.unique(left.indices).astype(np.int64)
        cost = self.weight[used]
        unmet = int((left @ self.fixed < np.concatenate(self.right)).sum())
        nodes = self.effort.nodes
        if work is not None:
            nodes = min(Work.nodes(len(used), unmet, work), nodes)
        options: dict[str, float] = {"node_limit": nodes}
        options["mip_rel_gap"] = max(gap, self.effort.slack / max(self.reached, 1.0))
        if seconds is not None:
            options["time_limit"] = max(seconds, 0.05)
        found = milp(
            cost,
            constraints=LinearConstraint(left.tocsc()[:, used], np.concatenate(self.right), np.inf),
            integrality=np.ones(len(used)),
            bounds=Bounds(self.fixed[used], 1),
            options=options,
        )
        Work.integers(len(used), unmet, int(found.mip_node_count or 0))
        if found.status == 2:
            raise ArithmeticError("the master problem has no solution")
        if found.mip_dual_bound is not None:
            self._raise(found.mip_dual_bound)
        if found.x is None:
            return None
        hidden[used] = found.x > 0.5
        return Choice(hidden, self.bound)

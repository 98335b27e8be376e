"""Which further cells to hide: at least loss of information, and proven to protect every primary.

Systems of up to `WHOLE` cells are solved as one problem to the optimum. Larger ones are solved
block by block, each block at its own optimum given those before it, and then as a whole for what
no block could reach. Time may be limited: what was found by then is repaired until it is safe, and
the distance from the bound is stated. Without a limit the result depends on nothing but the input.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from jsna.disclosure.cuts import Target, targets
from jsna.disclosure.master import Effort
from jsna.disclosure.planes import Found, cutting_planes
from jsna.disclosure.separation import failures
from jsna.disclosure.system import Flags, Ints, Status, System

#: Systems of up to this many cells are solved as one problem.
WHOLE = 15_000
#: Share of the time after which the search stops and the repair begins.
SEARCH = 0.7
#: A difference in weight that no rule can see (counts are whole; zeros add up to less than a half).
SLACK = 0.4
EXACT = Effort(slack=SLACK, gaps=(0.02, 0.005, 0.0))
#: A block is a part of a heuristic: the last half per cent of its optimum is not worth its time.
ROUGH = Effort(slack=SLACK, gaps=(0.01,), nodes=200, rounds=40, tail=0.02, fractional=100)
#: Choosing among the few cells that are hidden already.
POLISH = Effort(slack=SLACK, gaps=(0.01,), nodes=200, rounds=80, relaxed=8)


@dataclass(frozen=True, slots=True)
class Solution:
    """A choice of hidden cells.

    Attributes:
        hidden: every hidden cell, primaries among them, shape (n,).
        cost: weight of the cells hidden besides primaries.
        bound: no choice that protects every primary can cost less; 0 where none was proven.
        missed: movements that cannot be given to a primary even if all that may be hidden is.
        rounds: rounds of cutting planes, over all parts.
        cuts: cuts, over all parts.
        seconds: CPU seconds.
        timed_out: whether the time limit cut the search short.
    """

    hidden: Flags
    cost: float
    bound: float
    missed: tuple[Target, ...]
    rounds: int
    cuts: int
    seconds: float
    timed_out: bool

    @property
    def gap(self) -> float:
        """Cost above the bound, as a share of the cost; 0 is a proven optimum."""
        over = self.cost - self.bound
        return 0.0 if over <= 2 * SLACK else over / self.cost


class _Search:
    """The state of one search."""

    def __init__(self, system: System, budget: float | None) -> None:
        self.system = system
        self.started = time.process_time()
        self.deadline = None if budget is None else self.started + SEARCH * budget
        self.hidden: Flags = system.primary
        self.bound = 0.0
        self.missed: list[Target] = []
        self.rounds = self.cuts = 0
        self.timed_out = False

    def whole(self, effort: Effort) -> bool:
        """Cutting planes on the whole system; whether they came to an end."""
        everything = np.ones(self.system.size, dtype=np.bool_)
        wanted = targets(self.system)
        found = cutting_planes(
            self.system, wanted, self.system.primary, everything, effort, self.deadline
        )
        self._take(found.rounds, found.cuts)
        self.hidden, self.bound = found.hidden, found.bound
        self.missed = list(found.missed)
        self.timed_out = not found.ended
        return found.safe

    def blocks(self, effort: Effort) -> list[Target]:
        """Each block at its optimum given those before; returns the targets none could reach."""
        left: list[Target] = []
        for block in self.system.blocks:
            hidden_context = block.context[self.hidden[block.context]]
            cells = np.union1d(block.cells, hidden_context)
            part = self.system.restrict(cells)
            mine = np.isin(cells, block.cells)
            wanted = [t for t in targets(part) if mine[t.cell]]
            late = self.deadline is not None and time.process_time() > self.deadline
            rough = replace(effort, gaps=(0.1,), nodes=1, rounds=20) if late else effort
            found = cutting_planes(part, wanted, self.hidden[cells], mine, rough)
            self._take(found.rounds, found.cuts)
            if found.safe and not found.proven:
                found = self.polish(part, wanted, found, self.hidden[cells])
            self.hidden[cells] |= found.hidden
            missed = found.missed if found.safe else tuple(wanted)
            left += [replace(t, cell=int(cells[t.cell])) for t in missed if t.contributor < 0]
        return left

    def polish(self, part: System, wanted: Sequence[Target], found: Found, fixed: Flags) -> Found:
        """The cheapest choice among the cells a rounded choice hides."""
        reached = [t for t in wanted if t not in set(found.missed)]
        fewer = cutting_planes(part, reached, fixed, found.hidden, POLISH, self.deadline)
        self._take(fewer.rounds, fewer.cuts)
        return replace(fewer, missed=found.missed) if fewer.safe else found

    def repair(self, wanted: Sequence[Target]) -> None:
        """Hide more, and keep what is hidden, until every target that can be reached is."""
        everything = np.ones(self.system.size, dtype=np.bool_)
        quick = replace(ROUGH, rounds=10)
        while wanted:
            found = cutting_planes(self.system, wanted, self.hidden, everything, quick)
            self._take(found.rounds, found.cuts)
            stuck = not found.safe and bool((found.hidden == self.hidden).all())
            self.hidden = self.hidden | found.hidden
            if found.safe or stuck:
                self.missed = sorted({*self.missed, *found.missed}, key=_order)
                return

    def clean(self, effort: Effort) -> None:
        """Show again what the repair made needless: the cheapest choice among what is hidden."""
        wanted = [t for t in targets(self.system) if t not in set(self.missed)]
        open_ = self.hidden & ~self.system.primary
        nothing = np.zeros(self.system.size, dtype=np.bool_)
        found = cutting_planes(self.system, wanted, nothing, open_, effort)
        self._take(found.rounds, found.cuts)
        if found.safe and not found.missed:
            self.hidden = found.hidden

    def _take(self, rounds: int, cuts: int) -> None:
        self.rounds += rounds
        self.cuts += cuts


def _order(target: Target) -> tuple[int, int, int]:
    return (target.cell, target.direction, target.contributor)


def solve(system: System, *, budget: float | None = None, whole: int = WHOLE) -> Solution:
    """Hide cells so that every primary is protected, at the least weight.

    Args:
        system: what is published.
        budget: CPU seconds; the search stops at 70 % of it so that the rest is there for repair.
            None looks for the optimum however long it takes.
        whole: systems of up to this many cells, or without blocks, are solved as one problem.

    Returns:
        A choice under which every primary is protected but for the movements in `missed`.
    """
    search = _Search(system, budget)
    if system.size <= whole or not system.blocks:
        if not search.whole(EXACT):
            search.repair(targets(system))
            search.clean(replace(ROUGH, rounds=20))
    else:
        search.repair(search.blocks(ROUGH))
    cost = float(system.weight[search.hidden & ~system.primary].sum())
    return Solution(
        hidden=search.hidden,
        cost=cost,
        bound=search.bound,
        missed=tuple(search.missed),
        rounds=search.rounds,
        cuts=search.cuts,
        seconds=time.process_time() - search.started,
        timed_out=search.timed_out,
    )


def unsafe(system: System, hidden: Flags) -> list[Target]:
    """Movements that a choice does not give its primaries, by the solver's own programs."""
    wanted = targets(system)
    return [failure.target for failure in failures(system, hidden.astype(float), wanted, len(wanted), 0)]


def choosable(system: System) -> Ints:
    """Cells the solver may choose from."""
    return np.flatnonzero(system.status == Status.FREE)

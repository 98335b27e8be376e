"""Which further cells to hide: at least loss of information, and proven to protect every primary.

Each connected component of the cells that may be hidden is a problem of its own, and losses and
bounds add up. Systems of up to `WHOLE` cells are solved to the optimum. Larger ones are solved
block by block, each block at its own optimum given those before it, and then as a whole for what
no block could reach. Time may be limited: then the best choice found by then is made safe, and its
distance from the bound is stated. Without a limit, or with one that is counted rather than timed,
the result depends on nothing but the input.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from jsna.disclosure.clock import Limit
from jsna.disclosure.solving.cuts import Target, cuts, seeds, targets
from jsna.disclosure.solving.division import components
from jsna.disclosure.solving.far import at_least, reach_far
from jsna.disclosure.solving.light import cheapest
from jsna.disclosure.solving.master import Effort, Master
from jsna.disclosure.solving.planes import Found, cutting_planes
from jsna.disclosure.solving.separation import failures
from jsna.disclosure.system import Block, Flags, Ints, Status, System

#: Systems of up to this many cells are solved as one problem, those above `HUGE` with less effort.
WHOLE, HUGE = 15_000, 40_000
#: Share of the time after which the search for the optimum stops.
SEARCH = 0.85
#: A difference that means nothing where weights are whole (zeros come to less than a half).
SLACK = 0.2
EXACT = Effort(gaps=(0.02, 0.005, 0.0))
#: A block is a part of a heuristic: the last per cent of its optimum is not worth its time.
ROUGH = Effort(gaps=(0.01,), nodes=200, rounds=40, tail=0.02, fractional=100, finish=0.03)
QUICK = replace(ROUGH, gaps=(0.05,), relaxed=4, tail=0.03, fractional=-1, steps=2, share=0.4)
#: Choosing among the few cells that are hidden already.
POLISH = Effort(gaps=(0.02,), nodes=200, rounds=6, relaxed=4)


@dataclass(frozen=True, slots=True)
class Solution:
    """A choice of hidden cells.

    Attributes:
        hidden: every hidden cell, primaries among them, shape (n,).
        cost: weight of the cells hidden besides primaries.
        bound: no choice that protects every primary can cost less; 0 where none was proven.
        missed: movements that cannot be given to a primary even if all that may be hidden is.
        rounds: rounds of cutting planes, over all parts.
        cuts: cuts in the end, over all parts.
        seconds: CPU seconds.
        timed_out: whether the time limit cut the search short.
        slack: a difference in cost that means nothing.
        parts: connected components that were solved.
    """

    hidden: Flags
    cost: float
    bound: float
    missed: tuple[Target, ...]
    rounds: int
    cuts: int
    seconds: float
    timed_out: bool
    slack: float = SLACK
    parts: int = 1

    @property
    def gap(self) -> float:
        """Cost above the bound, as a share of the cost; 0 is a proven optimum."""
        over = self.cost - self.bound
        return 0.0 if over <= 2 * self.slack + 1e-9 else over / self.cost


class _Search:
    """The state of one search."""

    def __init__(self, system: System, limit: Limit | None) -> None:
        self.system = system
        self.started = time.process_time()
        self.limit = None if limit is None else limit.part(SEARCH)
        self.hidden: Flags = system.unseen
        self.everything: Flags = np.ones(system.size, dtype=np.bool_)
        self.bound = 0.0
        self.missed: list[Target] = []
        self.rounds = self.cuts = 0
        self.timed_out = False
        heavy = system.weight[system.weight >= 0.5]
        self.slack = SLACK if (heavy == np.round(heavy)).all() else 1e-6 * float(heavy.max())

    def cost(self, hidden: Flags) -> float:
        """Weight of the cells hidden besides those that always are."""
        return float(self.system.weight[hidden & ~self.system.unseen].sum())

    def effort(self, effort: Effort) -> Effort:
        """An effort that knows which differences mean nothing here."""
        return replace(effort, slack=self.slack)

    def whole(self) -> None:
        """Cutting planes on the whole system; a cheaper choice found before is kept."""
        before = None if (self.hidden == self.system.unseen).all() else self.hidden
        wanted = [t for t in targets(self.system) if t not in set(self.missed)]
        unseen, everything = self.system.unseen, self.everything
        found = cheapest(
            self.system, wanted, unseen, everything, self.effort(EXACT), self.limit, before
        )
        self._take(found)
        self.bound = found.bound
        if before is None or self.cost(found.hidden) < self.cost(before):
            self.hidden, self.missed = found.hidden, [*self.missed, *found.missed]

    def blocks(self, effort: Effort) -> None:
        """Each block at its optimum given those before, then what no block could reach."""
        left: list[Target] = []
        todo = sum(int(self.system.primary[b.cells].sum()) for b in self.system.blocks)
        for block in self.system.blocks:
            hidden_context = block.context[self.hidden[block.context]]
            cells = np.union1d(block.cells, hidden_context)
            part = self.system.restrict(cells)
            mine = np.isin(cells, block.cells)
            wanted = [t for t in targets(part) if mine[t.cell]]
            fixed = self.hidden[cells]
            until = self.share(int(part.primary[mine].sum()), todo)
            todo -= int(part.primary[mine].sum())
            found = cheapest(part, wanted, fixed, mine, self.effort(effort), until)
            self._take(found)
            if not found.proven and (until is None or until.left() > 0):
                found = self.polish(part, wanted, found, fixed, until)
            self.hidden[cells] |= found.hidden
            missed = [replace(t, cell=int(cells[t.cell])) for t in found.missed]
            left += self.widened(block, [t for t in missed if t.contributor < 0])
        left = reach_far(self.system, self.hidden, self.still(left))
        if left or (self.system.contributor > 0).any():
            everything = self.everything
            found = cutting_planes(self.system, left, self.hidden, everything, self.effort(QUICK))
            self._take(found)
            self.hidden, self.missed = found.hidden, list(found.missed)

    def widened(self, block: Block, left: Sequence[Target]) -> list[Target]:
        """Reach what a block could not by hiding cells of its context too; what is left of it.

        The context is small beside the whole, whose programs take a hundred times as long.
        """
        if not left:
            return []
        cells = np.union1d(block.cells, block.context)
        part = self.system.restrict(cells)
        wanted = [replace(t, cell=int(np.searchsorted(cells, t.cell))) for t in left]
        every = np.ones(len(cells), dtype=np.bool_)
        found = cutting_planes(part, wanted, self.hidden[cells], every, self.effort(QUICK))
        self._take(found)
        self.hidden[cells] |= found.hidden
        return [replace(t, cell=int(cells[t.cell])) for t in found.missed if t.contributor < 0]

    def still(self, left: Sequence[Target]) -> list[Target]:
        """What remains of targets no block could reach when the blocks that lean on it are done.

        A movement in one of those is a movement in the whole, whose programs take far longer.
        """
        for block in self.system.blocks:
            mine = [target for target in left if target.cell in block.context]
            if not mine:
                continue
            cells = np.union1d(block.cells, block.context)
            part, level = self.system.restrict(cells), self.hidden[cells].astype(float)
            at = [replace(t, cell=int(np.searchsorted(cells, t.cell))) for t in mine]
            failed = {failure.target for failure in failures(part, level, at, len(at), 0)}
            reached = {t for t, here in zip(mine, at, strict=True) if here not in failed}
            left = [target for target in left if target not in reached]
        return list(left)

    def below(self) -> None:
        """A bound for the whole from what single equations teach, where no search proves one."""
        wanted = [t for t in targets(self.system) if t not in set(self.missed)]
        if self.system.size > HUGE:
            self.bound = at_least(self.system, wanted)
            return
        free = (self.system.status == Status.FREE) & ~self.system.unseen
        master = Master(self.system.weight, self.effort(QUICK))
        master.add(cuts(self.system, seeds(self.system, wanted), self.system.unseen, free))
        master.relax()
        self.bound = max(master.bound, 0.0)

    def share(self, mine: int, todo: int) -> Limit | None:
        """The time of a block with so many of the primaries still to do."""
        return None if self.limit is None else self.limit.part(mine / max(todo, 1))

    def polish(
        self,
        part: System,
        wanted: Sequence[Target],
        found: Found,
        fixed: Flags,
        until: Limit | None,
    ) -> Found:
        """The cheapest choice among the cells a rounded choice hides."""
        reached = [t for t in wanted if t not in set(found.missed)]
        fewer = cutting_planes(part, reached, fixed, found.hidden, self.effort(POLISH), until)
        self._take(fewer)
        better = part.weight[fewer.hidden].sum() < part.weight[found.hidden].sum()
        return replace(fewer, missed=found.missed) if better else found

    def _take(self, found: Found) -> None:
        self.rounds += found.rounds
        self.cuts += found.cuts
        self.timed_out |= not found.ended


def solve(
    system: System,
    *,
    budget: float | None = None,
    work: float | None = None,
    whole: int = WHOLE,
) -> Solution:
    """Hide cells so that every primary is protected, at the least weight.

    Args:
        system: what is published.
        budget: CPU seconds after which what was found is made safe and returned; the result may
            then depend on the machine.
        work: the same in counted work (`solving.clock`), about as many seconds; the result
            depends on nothing but the input. Without either the optimum of systems of up to `whole`
            cells is looked for however long it takes.
        whole: systems of up to this many cells, or without blocks, are solved as one problem.

    Returns:
        A choice under which every primary is protected but for the movements in `missed`.
    """
    limit = None if budget is None else Limit(budget)
    if work is not None and limit is None:
        limit = Limit(work, counted=True)
    cells = components(system) if not system.blocks else []
    if len(cells) > 1 or (cells and len(cells[0]) < system.size):
        return _together(system, cells, limit, whole)
    return _solve(system, limit, whole)


def _together(system: System, cells: Sequence[Ints], limit: Limit | None, whole: int) -> Solution:
    """Each component on its own; the time, where it is limited, by their primaries.

    What small ones leave of theirs is left to large ones, which are last.
    """
    found: dict[int, Solution] = {}
    primaries = [int(system.primary[part].sum()) for part in cells]
    todo = sum(primaries)
    for place in sorted(range(len(cells)), key=lambda one: (primaries[one], len(cells[one]))):
        share = None if limit is None else limit.part(primaries[place] / todo)
        todo -= primaries[place]
        found[place] = _solve(system.restrict(cells[place]), share, whole)
    return join(system, cells, [found[place] for place in range(len(cells))])


def join(system: System, cells: Sequence[Ints], found: Sequence[Solution]) -> Solution:
    """The solution of a system from those of its components, each of some of its cells."""
    hidden = system.unseen.copy()
    missed: list[Target] = []
    for part, one in zip(cells, found, strict=True):
        hidden[part] = one.hidden
        for target in one.missed:
            giver = int(part[target.contributor]) if target.contributor >= 0 else -1
            missed.append(replace(target, cell=int(part[target.cell]), contributor=giver))
    # What proven components are above their bounds means nothing; that of others does.
    proven = [one.cost - one.bound for one in found if one.gap == 0]
    return Solution(
        hidden=hidden,
        cost=sum(one.cost for one in found),
        bound=sum(one.bound for one in found),
        missed=tuple(missed),
        rounds=sum(one.rounds for one in found),
        cuts=sum(one.cuts for one in found),
        seconds=sum(one.seconds for one in found),
        timed_out=any(one.timed_out for one in found),
        slack=sum(proven) / 2,
        parts=len(found),
    )


def _solve(system: System, limit: Limit | None, whole: int) -> Solution:
    """One component, or a table with its blocks."""
    search = _Search(system, limit)
    small = system.size <= whole or not system.blocks
    if system.blocks and not small:
        search.blocks(QUICK if system.size > HUGE else ROUGH)
        search.below()
    if small:
        search.whole()
    return Solution(
        slack=search.slack,
        hidden=search.hidden,
        cost=search.cost(search.hidden),
        bound=search.bound,
        missed=tuple(search.missed),
        rounds=search.rounds,
        cuts=search.cuts,
        seconds=time.process_time() - search.started,
        timed_out=search.timed_out,
    )

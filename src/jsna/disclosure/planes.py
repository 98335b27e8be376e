"""Cutting planes: choose the cheapest cells, look for what still fails, learn a cut from it, again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jsna.disclosure.contributors import contributor_failures
from jsna.disclosure.cuts import Failure, Target, cuts, seeds
from jsna.disclosure.master import Effort, Master
from jsna.disclosure.separation import failures
from jsna.disclosure.system import Flags, Floats, Status, System

#: In relaxations a target counts as reached at this share of its need: the rest is left to later.
ENOUGH = 0.98
#: Rounds of relaxation over which the bound must still rise.
TAIL = 3
#: Levels from which a cell counts as near to hidden.
NEAR = 0.6


@dataclass(frozen=True, slots=True)
class Found:
    """What the cutting planes came to.

    Attributes:
        hidden: cells hidden, primaries and those fixed beforehand among them.
        safe: whether every target that can be reached is reached.
        ended: whether the search came to its own end, not to that of its time or rounds.
        missed: targets that hiding everything still open would not reach.
        bound: weight that no choice of the open cells can go below.
        proven: whether the choice is as near to that bound as was asked.
        rounds: rounds of cuts.
        cuts: cuts in the end.
    """

    hidden: Flags
    safe: bool
    ended: bool
    missed: tuple[Target, ...]
    bound: float
    proven: bool
    rounds: int
    cuts: int


def cutting_planes(
    system: System,
    wanted: Sequence[Target],
    fixed: Flags,
    open_: Flags,
    effort: Effort,
    deadline: float | None = None,
) -> Found:
    """The cheapest cells to hide besides `fixed` so that every target is reached.

    Args:
        system: the system.
        wanted: targets to reach.
        fixed: cells hidden whatever is decided; primaries always are.
        open_: cells that may be hidden; only those whose status is free are.
        effort: when to stop.
        deadline: CPU time (`time.process_time`) at which to stop.

    Raises:
        ArithmeticError: where HiGHS cannot solve one of the programs.
    """
    search = _Planes(system, wanted, fixed, open_, effort, deadline)
    level = search.relaxed()
    if int(((level > 0) & (level < 1)).sum()) > effort.fractional:
        return search.dive(level)
    return search.binary()


class _Planes:
    """The state of one search."""

    def __init__(
        self,
        system: System,
        wanted: Sequence[Target],
        fixed: Flags,
        open_: Flags,
        effort: Effort,
        deadline: float | None,
    ) -> None:
        self.system, self.effort, self.deadline = system, effort, deadline
        self.always = fixed | system.primary
        self.free = open_ & (system.status == Status.FREE) & ~self.always
        self.master = Master(system.weight, effort)
        self.left, self.missed = list(wanted), list[Target]()
        self.learn(seeds(system, self.left), None)

    @property
    def late(self) -> bool:
        return self.deadline is not None and time.process_time() >= self.deadline

    def learn(self, failed: Sequence[Failure], level: Floats | None) -> int:
        """Add what failures teach; targets that nothing can reach are given up. Counts both."""
        if not failed:
            return 0
        made = cuts(self.system, failed, self.always, self.free)
        gone = {failed[i].target for i in self.master.add(made, level)}
        self.missed += [target for target in self.left if target in gone]
        self.left = [target for target in self.left if target not in gone]
        return self.master.added + len(gone)

    def dive(self, level: Floats) -> Found:
        """Decide the cells nearest to hidden, relax again, and so on until a choice is safe.

        What is decided is not taken back here; the cheapest part of it is chosen in the end.
        """
        turn = 0
        while not self.late:
            between = np.flatnonzero((level > 0) & (level < 1))
            if not len(between):
                turn += 1
                hidden = level >= 1
                failed = self.unreached(hidden, turn)
                if not failed:
                    return self.found(hidden, turn, safe=True)
                self.learn(failed, None)
            nearest = between[np.argsort(-level[between], kind="stable")]
            count = max(int((level[between] >= NEAR).sum()), len(between) // 10, 1)
            self.master.fixed[nearest[:count]] = True
            self.master.fixed |= (level >= 1) & self.free
            level = self.relaxed()
        return self.found(level > 0, turn, safe=False)

    def relaxed(self) -> Floats:
        """Cuts from relaxed choices, cheap to solve, while they raise the bound."""
        bounds: list[float] = []
        level = self.always.astype(float)
        for turn in range(self.effort.relaxed):
            if self.late:
                break
            level = np.where(self.always, 1.0, self.master.relax())
            bounds.append(self.master.reached)
            tail = bounds[-TAIL - 1 :]
            if len(tail) > TAIL and tail[-1] - tail[0] <= self.effort.tail * tail[-1]:
                break
            failed = failures(self.system, level, self.left, self.effort.cap, turn, ENOUGH)
            if not self.learn(failed, level):
                break
        return level

    def binary(self) -> Found:
        """Cuts from binary choices until one is safe, under one gap after the other."""
        best, hidden, turn = None, self.always, 0
        for gap in self.effort.gaps:
            while turn < self.effort.rounds and not self.settled(best):
                seconds = None if self.deadline is None else self.deadline - time.process_time()
                choice = None if self.late else self.master.solve(gap, seconds)
                if choice is None:
                    break
                turn += 1
                hidden = self.always | choice.hidden
                failed = self.unreached(hidden, turn)
                if not failed:
                    best = hidden
                    break
                self.learn(failed, None)
        return self.found(hidden if best is None else best, turn, safe=best is not None)

    def found(self, hidden: Flags, rounds: int, *, safe: bool) -> Found:
        """What it came to."""
        return Found(
            hidden,
            safe=safe,
            ended=safe and rounds < self.effort.rounds and not self.late,
            missed=tuple(self.missed),
            bound=self.master.bound,
            proven=safe and not self.master.fixed.any(),
            rounds=rounds,
            cuts=self.master.size,
        )

    def settled(self, best: Flags | None) -> bool:
        """Whether a safe choice is as cheap as any can be."""
        if best is None:
            return False
        cost = float(self.system.weight[best & self.free].sum())
        return cost <= self.master.bound + self.effort.slack

    def unreached(self, hidden: Flags, turn: int) -> list[Failure]:
        """Targets a binary choice does not reach, contributors' when all others are reached."""
        level = hidden.astype(float)
        failed = failures(self.system, level, self.left, self.effort.cap, turn)
        if not failed and self.system.contributor > 0:
            known = [*self.left, *self.missed]
            failed = contributor_failures(self.system, hidden, known, self.effort.cap)
            self.left += [failure.target for failure in failed]
        return failed

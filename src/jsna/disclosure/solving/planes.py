"""Cutting planes: choose the cheapest cells, see what still fails, learn a cut from it, again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np

from jsna.disclosure.clock import Limit
from jsna.disclosure.solving.contributors import contributor_failures
from jsna.disclosure.solving.cuts import Failure, Target, cuts, seeds
from jsna.disclosure.solving.master import Effort, Master
from jsna.disclosure.solving.routes import Routes
from jsna.disclosure.solving.separation import Reach, failures
from jsna.disclosure.system import Flags, Floats, Status, System

#: In relaxations a target counts as reached at this share of its need: the rest is left to later.
ENOUGH = 0.98
#: Rounds of relaxation over which the bound must still rise.
TAIL = 3
#: With at most this share of the targets looked at not reached, all are looked at again.
DOUBTFUL = 0.25
#: Share of the targets below which failures are left to binary choices.
FEW = 0.01
#: A choice at most this many times its bound is not worth another search.
PROVEN = 1.02
#: With a smaller share of targets than this not reached, a choice is worth repairing.
REPAIRED = 0.05
#: Rounds of adding the fewest cells before routes are sought.
MENDING = 8
#: Counted work each of them may take when none is left.
MEND = 0.5
#: Levels from which a cell counts as near to hidden.
NEAR = 0.6
#: Shares of the time after which relaxing ends, after which choices must have led to a safe one,
#: and after which cells are decided in haste.
RELAX, CHOOSE, DIVE = 0.4, 0.7, 0.75
#: With more cells than this between shown and hidden when relaxing ran out of time, no integer
#: program is tried.
LATE = 200
#: Share of the undecided cells that is decided in each step when time is up.
HASTE = 0.34


@dataclass(frozen=True, slots=True)
class Found:
    """What the cutting planes came to.

    Attributes:
        hidden: cells hidden, primaries and those fixed beforehand among them; every target that
            can be reached is reached.
        ended: whether the search came to its own end, not to that of its time or rounds.
        missed: targets that hiding everything still open would not reach.
        bound: weight that no choice of the open cells can go below.
        proven: whether the choice is near enough to that bound.
        rounds: rounds of cuts.
        cuts: cuts in the end.
    """

    hidden: Flags
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
    limit: Limit | None = None,
    best: Flags | None = None,
) -> Found:
    """The cheapest cells to hide besides `fixed` so that every target is reached.

    Args:
        system: the system.
        wanted: targets to reach.
        fixed: cells hidden whatever is decided; primaries always are.
        open_: cells that may be hidden; only those whose status is free are.
        effort: when to stop.
        limit: time to spend; what was found by then is made safe.
        best: a safe choice known beforehand, returned if none cheaper is found in time.

    Raises:
        ArithmeticError: where HiGHS cannot solve one of the programs.
    """
    search = _Planes(system, wanted, fixed, open_, effort, limit)
    search.best = best
    search.share = RELAX
    level = search.relaxed(effort.relaxed)
    many = effort.fractional if not search.late else min(effort.fractional, LATE)
    if int(((level > 0) & (level < 1)).sum()) <= many:
        search.share = CHOOSE
        found = search.binary()
        if found is not None:
            return found
        level = search.relaxed(1)
    search.share = DIVE
    return search.dive(level)


class _Planes:
    """The state of one search."""

    def __init__(
        self,
        system: System,
        wanted: Sequence[Target],
        fixed: Flags,
        open_: Flags,
        effort: Effort,
        limit: Limit | None,
    ) -> None:
        self.system, self.effort, self.limit = system, effort, limit
        #: Share of the time after which it is time for something else.
        self.share = 1.0
        self.always = fixed | system.unseen
        self.free = open_ & (system.status == Status.FREE) & ~self.always
        self.master = Master(system.weight, effort)
        self.left, self.missed = list(wanted), list[Target]()
        self.best: Flags | None = None
        self.turn = 0
        #: Targets that the last relaxed choice did not reach.
        self.suspects: list[Target] = []
        self.reach = Reach(system.size)
        self.routes: Routes | None = None
        self.learn(seeds(system, self.left), None)

    @property
    def late(self) -> bool:
        """Whether time is up."""
        return self.limit is not None and self.limit.left(self.share) <= 0

    def learn(self, failed: Sequence[Failure], level: Floats | None) -> int:
        """Add what failures teach; targets that nothing can reach are given up. Counts both."""
        if not failed:
            return 0
        made = cuts(self.system, failed, self.always, self.free)
        gone = {failed[i].target for i in self.master.add(made, level)}
        self.missed += [target for target in self.left if target in gone]
        self.left = [target for target in self.left if target not in gone]
        return self.master.added + len(gone)

    def relaxed(self, rounds: int) -> Floats:
        """Cuts from relaxed choices, cheap to solve, while they raise the bound.

        Most targets are reached again and again: only those that were not are looked at, until they
        teach no more.
        """
        bounds: list[float] = []
        suspects = self.suspects
        level = np.where(self.always, 1.0, self.master.relax())
        for turn in range(rounds):
            bounds.append(self.master.reached)
            tail = bounds[-TAIL - 1 :]
            flat = len(tail) > TAIL and tail[-1] - tail[0] <= self.effort.tail * tail[-1]
            if (flat and not suspects) or self.late:
                break
            failed = self.failures(level, turn, ENOUGH, suspects) if suspects else []
            if flat or len(failed) <= DOUBTFUL * len(suspects):
                failed = self.failures(level, turn, ENOUGH, self.left)
                if len(failed) < FEW * len(self.left):
                    self.learn(failed, level)
                    suspects = []
                    break
            suspects = [failure.target for failure in failed]
            if not self.learn(failed, level):
                break
            level = np.where(self.always, 1.0, self.master.relax())
        self.suspects = suspects
        return level

    def failures(
        self, level: Floats, turn: int, enough: float, among: Sequence[Target]
    ) -> list[Failure]:
        """Targets among some that levels do not reach."""
        cap, reach = self.effort.cap, self.reach
        return failures(self.system, level, among, cap, turn, enough, reach)

    def binary(self) -> Found | None:
        """Cuts from binary choices until one is safe, under one gap after the other."""
        for gap in self.effort.gaps:
            while not self.settled(gap):
                if self.best is not None:
                    self.share = 1.0
                left = self.limit.left(self.share) if self.limit else None
                counted = self.limit is not None and self.limit.counted
                over = self.turn >= self.effort.rounds or self.late
                time = (None, left) if counted else (left, None)
                choice = None if over else self.master.solve(gap, *time)
                if choice is None:
                    return None if self.best is None else self.found(self.best, ended=False)
                self.turn += 1
                hidden = self.always | choice.hidden
                failed = self.unreached(hidden)
                if not failed:
                    self.beat(hidden)
                    break
                self.learn(failed, None)
                if len(failed) < self.effort.finish * len(self.left):
                    self.master.fixed |= choice.hidden
                    return self.dive(self.relaxed(self.effort.steps))
                if len(failed) < REPAIRED * len(self.left):
                    self.repair(choice.hidden)
        assert self.best is not None
        return self.found(self.best, ended=True)

    def repair(self, hidden: Flags) -> None:
        """Add cells to a choice until it is safe: a choice to beat, and more to learn from."""
        before = self.master.fixed.copy()
        self.beat(self.complete(hidden))
        self.master.fixed, self.master.reached = before, self.master.bound

    def complete(self, hidden: Flags) -> Flags:
        """Add cells to a choice until it is safe; none of its own is taken back.

        First the fewest that satisfy every cut; after some rounds, or when time is up, whatever is
        cheapest for one target after the other, which comes to an end.
        """
        self.master.fixed |= hidden & self.free
        hidden = self.always | hidden
        for turn in count():
            failed = self.unreached(hidden)
            if not failed:
                return hidden
            self.learn(failed, None)
            hasty = turn >= MENDING or (self.late and turn >= 1)
            gap = max(self.effort.gaps[0], 0.02)
            work = max(self.limit.left(), MEND) if self.limit and self.limit.counted else None
            choice = None if hasty else self.master.solve(gap, None, work)
            if choice is None:
                self.route(failed, hidden)
            else:
                hidden = self.always | choice.hidden
        raise AssertionError

    def route(self, failed: Sequence[Failure], hidden: Flags) -> None:
        """Hide what is cheapest for one failed target after the other, in place."""
        if self.routes is None:
            self.routes = Routes(self.system, self.always | self.free)
        for failure in failed:
            target = failure.target
            if target.contributor < 0 and self.reach.enough(target, 1.0):
                continue
            movement = self.routes.find(target, hidden)
            if movement is not None:
                hidden[self.routes.cells[movement != 0]] = True
                if target.contributor < 0:
                    self.reach.note(self.routes.cells, movement, keep=True)
            elif failures(self.system, (self.always | self.free).astype(float), [target], 1, 0):
                self.missed.append(target)
                self.left = [other for other in self.left if other != target]
            else:  # a width that only both directions together make up
                made = cuts(self.system, [failure], self.always | hidden, self.free & ~hidden)
                hidden[made.left.indices] = True

    def beat(self, hidden: Flags) -> None:
        """Take a safe choice if it is cheaper than the one there is."""
        if self.best is None or self.cost(hidden) < self.cost(self.best):
            self.best = hidden

    def settled(self, gap: float) -> bool:
        """Whether a safe choice is near enough to as cheap as any can be."""
        if self.best is None:
            return False
        most = max(self.effort.slack, gap * self.master.bound)
        return self.cost(self.best) <= self.master.bound + most

    def cost(self, hidden: Flags) -> float:
        """Weight of what was chosen."""
        return float(self.system.weight[hidden & self.free].sum())

    def dive(self, level: Floats) -> Found:
        """Decide the cells nearest to hidden, relax again, and so on until a choice is safe.

        What is decided is not taken back, so it comes to an end; when time is up it goes faster.
        """
        ended = True
        while True:
            between = np.flatnonzero((level > 0) & (level < 1))
            hasty = self.late or self.turn >= self.effort.rounds
            ended = ended and not hasty
            if not len(between):
                self.share = 1.0
                self.turn += 1
                return self.found(self.complete(level >= 1), ended=ended and not self.late)
            nearest = between[np.argsort(-level[between], kind="stable")]
            near = int((level[between] >= NEAR).sum())
            share = HASTE if hasty else self.effort.share
            most = max(near, int(len(between) * share), 1)
            self.master.fixed[nearest[:most]] = True
            self.master.fixed |= (level >= 1) & self.free
            level = self.relaxed(0 if hasty else self.effort.steps)

    def unreached(self, hidden: Flags) -> list[Failure]:
        """Targets a binary choice does not reach, contributors' when all others are reached."""
        level = hidden.astype(float)
        failed = self.failures(level, self.turn, 1.0, self.left)
        if not failed and (self.system.contributor > 0).any():
            known = [*self.left, *self.missed]
            failed = contributor_failures(self.system, hidden, known, self.effort.cap)
            self.left += [failure.target for failure in failed]
        return failed

    def found(self, hidden: Flags, *, ended: bool) -> Found:
        """What it came to."""
        return Found(
            hidden=hidden,
            ended=ended,
            missed=tuple(self.missed),
            bound=self.master.bound,
            proven=ended and self.cost(hidden) <= self.master.bound * PROVEN + self.effort.slack,
            rounds=self.turn,
            cuts=self.master.size,
        )

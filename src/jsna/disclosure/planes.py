"""Cutting planes: choose the cheapest cells, look for what still fails, learn a cut from it, again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jsna.disclosure.contributors import contributor_failures
from jsna.disclosure.cuts import Target, cuts, seeds
from jsna.disclosure.master import Effort, Master
from jsna.disclosure.separation import failures
from jsna.disclosure.system import Flags, Status, System


@dataclass(frozen=True, slots=True)
class Found:
    """What the cutting planes came to.

    Attributes:
        hidden: cells hidden, primaries and those fixed beforehand among them.
        safe: whether every target that can be reached is reached.
        missed: targets that hiding everything still open would not reach.
        bound: weight that no choice of the open cells can go below.
        rounds: rounds of cuts.
        cuts: cuts in the end.
    """

    hidden: Flags
    safe: bool
    missed: tuple[Target, ...]
    bound: float
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
    always = fixed | system.primary
    free = (open_ & (system.status == Status.FREE) & ~always).astype(float)
    master = Master(system.weight, effort)
    left, missed = list(wanted), list[Target]()
    hidden = always
    new = seeds(system, left)
    for turn in range(effort.rounds):
        hopeless = master.add(cuts(system, new, always.astype(float), free)) if new else []
        if hopeless:
            gone = {new[i].target for i in hopeless}
            missed += [target for target in left if target in gone]
            left = [target for target in left if target not in gone]
        if deadline is not None and time.process_time() >= deadline:
            break
        seconds = None if deadline is None else deadline - time.process_time()
        choice = master.solve(seconds)
        if choice is None:
            break
        hidden = always | choice.hidden
        new = failures(system, hidden, left, effort.cap, turn)
        if not new and system.contributor > 0:
            new = contributor_failures(system, hidden, left, effort.cap)
            left += [failure.target for failure in new]
        if not new:
            return Found(hidden, True, tuple(missed), master.bound, turn + 1, master.size)
    return Found(hidden, False, tuple(missed), master.bound, effort.rounds, master.size)

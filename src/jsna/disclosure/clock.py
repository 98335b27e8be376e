"""When to stop: by CPU seconds, or by counted work, which is the same on every machine.

A search that stops by the clock need not give the same answer twice. Counted in steps of the linear
and integer programs it does; the counts are scaled so that one unit is roughly one CPU second of an
ordinary machine.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

#: Seconds for each linear program, for each iteration of the simplex method, and for each iteration
#: and column, each with what is done around it.
START, STEP, COLUMN = 4e-4, 1e-5, 1e-8
#: Seconds for each integer program, and for each cell and cut of it.
ROOT, CHOICE = 0.02, 2e-7
#: Branch-and-bound nodes that cost as much as the root. Easy programs hardly have any; of the hard
#: ones of an edition, twenty to forty take six times as long as the root.
NODES = 2


class Work:
    """Work done so far by the programs of this process."""

    done = 0.0

    @classmethod
    def simplex(cls, iterations: int, columns: int) -> None:
        """Note a linear program."""
        cls.done += START + iterations * (STEP + COLUMN * columns)

    @classmethod
    def integers(cls, cells: int, cuts: int, nodes: int) -> None:
        """Note an integer program."""
        cls.done += ROOT + CHOICE * cells * cuts * (1 + nodes / NODES)

    @classmethod
    def nodes(cls, cells: int, cuts: int, work: float) -> int:
        """Branch-and-bound nodes that so much work allows, the root among them."""
        root = ROOT + CHOICE * cells * cuts
        return 1 + int(max(work - root, 0.0) / root * NODES)


@dataclass(slots=True)
class Limit:
    """Time to spend.

    Attributes:
        seconds: how much of it.
        counted: whether in counted work rather than in CPU seconds.
    """

    seconds: float
    counted: bool = False
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.now()

    def now(self) -> float:
        """What the clock shows."""
        return Work.done if self.counted else time.process_time()

    def left(self, share: float = 1.0) -> float:
        """What is left of a share of it, at least nothing."""
        return max(self.started + share * self.seconds - self.now(), 0.0)

    def part(self, share: float) -> Limit:
        """A limit of its own from now on, of a share of what is left."""
        return Limit(self.left() * share, self.counted)

"""The attack of a contributor: a family subtracts its own child from one cell, and looks again.

Its knowledge raises the least value of one hidden cell by one. The others must keep the width the
rule asks. Most pairs of cells need no program: movements that leave the contributor's cell at one
or more are open to the contributor as well, and the feasible set is convex, so a movement that
would take a cell of value v to its least may be shortened to (v − 1)/v of its length.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jsna.disclosure.solving.cuts import DOWN, NOISE, UP, WIDTH, Failure, Target
from jsna.disclosure.solving.separation import Component, components
from jsna.disclosure.system import TOLERANCE, Flags, Floats, Ints, Status, System

#: Movements of all cells at once that are tried first, each there and back, and how far they go.
TOGETHER, FAR = 8, 100.0


def contributor_failures(
    system: System, hidden: Flags, known: Sequence[Target], cap: int
) -> list[Failure]:
    """Primaries that one contributor narrows below the width the rule leaves them.

    Args:
        system: the system; `contributor` is the width to leave to each primary.
        hidden: cells hidden, under which every plain target is reached.
        known: targets already in the problem or given up, which are not looked for again.
        cap: the most failures to return.
    """
    told = {(t.cell, t.contributor) for t in known if t.contributor >= 0}
    found: list[Failure] = []
    for part in components(system, hidden.astype(float), np.flatnonzero(system.primary)):
        primaries = part.cells[(system.primary & (system.contributor > 0))[part.cells]]
        givers = _givers(system, part, primaries) if len(primaries) else primaries
        if not len(givers):
            continue
        met = _Met(part, primaries)
        for giver in givers:
            if len(found) >= cap:
                return found
            found += _narrowed(system, part, primaries, met, int(giver), told)
    return found[:cap]


def _givers(system: System, part: Component, primaries: Ints) -> Ints:
    """Cells whose contributor could narrow something by more than the rule allows."""
    signed = np.isneginf(system.low[part.cells])
    room = system.value[part.cells] - np.maximum(system.low[part.cells], 0.0)
    person = system.status[part.cells] != Status.SLACK
    with np.errstate(divide="ignore"):
        left = 1 - 1 / room
    exposed = np.zeros(len(room), dtype=np.bool_)
    for width, asked in sorted({(system.need_width[p], system.contributor[p]) for p in primaries}):
        # What may be less than nothing can be drawn towards one from any distance.
        exposed |= (left * width < asked - TOLERANCE) | signed
    return np.asarray(part.cells[(room >= 1) & person & exposed])


class _Met:
    """Movements met so far, and how far each takes some cells; more are added on the way.

    At first a few that take all of the cells far, each up or down at random and then the other
    way: they show nearly every pair of cells, which programs of their own would take minutes for.
    """

    def __init__(self, part: Component, primaries: Ints) -> None:
        self.part = part
        self.places = np.array([part.place[int(cell)] for cell in primaries])
        self.number = 1
        self.all: Floats = np.zeros((4 * TOGETHER, len(part.cells)))
        #: The movements that take each cell furthest up and down.
        self.ends: Ints = np.zeros((2, len(primaries)), dtype=np.int64)
        draw = np.random.default_rng(len(primaries))
        for _ in range(TOGETHER):
            signs = draw.choice([UP, DOWN], len(primaries))
            for way in (UP, DOWN):
                moves = zip(map(int, primaries), (way * signs).tolist(), strict=True)
                best = part.together([(cell, sign, FAR) for cell, sign in moves])
                if best.status == "optimal":
                    self.add(best.point)

    def add(self, point: Floats) -> None:
        """Remember a movement."""
        if self.number == len(self.all):
            self.all = np.vstack([self.all, np.zeros_like(self.all)])
        self.all[self.number] = point
        moved = point[self.places]
        for end, sign in zip(self.ends, (UP, DOWN), strict=True):
            further = sign * moved > sign * self.all[end, self.places]
            end[further] = self.number
        self.number += 1

    def wide(self, giver: int, asked: Floats) -> Flags:
        """Cells that movements with the contributor's cell at one or more take as far as asked.

        The two movements that take a cell furthest show it for most; all are tried for the others.
        """
        at = self.part.place[giver]
        over = self.all[: self.number, at] - self.part.given[at]
        most = int(np.argmax(over))
        if over[most] < 0:
            return np.asarray(asked <= TOLERANCE)
        share = np.where(over >= 0, 0.0, -over / np.maximum(over[most] - over, TOLERANCE))
        up, down = (
            self._shortened(self.all[end, self.places], share[end], most, self.places)
            for end in self.ends
        )
        shown: Flags = np.asarray(up - down >= asked - TOLERANCE)
        left = np.flatnonzero(~shown)
        if len(left):
            places = self.places[left]
            moved = self.all[: self.number, places]
            moved = self._shortened(moved, share[:, None], most, places)
            shown[left] = np.ptp(moved, axis=0) >= asked[left] - TOLERANCE
        return shown

    def _shortened(self, moved: Floats, share: Floats, most: int, places: Ints) -> Floats:
        """Movements drawn by a share of their way to the one that moves the giver's cell most."""
        return np.asarray(moved + share * (self.all[most, places] - moved))


def _narrowed(
    system: System,
    part: Component,
    primaries: Ints,
    met: _Met,
    giver: int,
    told: set[tuple[int, int]],
) -> list[Failure]:
    """Failures of one contributor; movements met on the way are added to `met`."""
    asked = system.contributor[primaries]
    found = []
    for cell in map(int, primaries[~met.wide(giver, asked)]):
        if cell == giver or (cell, giver) in told:
            continue
        target = Target(cell, WIDTH, float(system.contributor[cell]), giver)
        reached, proofs = 0.0, []
        for sign in target.directions:
            best = part.reach(target, sign)
            if best.status != "optimal":
                raise ArithmeticError("a separation program was not solved")
            reached += best.value
            met.add(best.point)
            used = np.abs(best.rows) > NOISE
            proofs.append((part.rows[used], best.rows[used]))
        if reached < target.need - TOLERANCE:
            found.append(Failure(target, proofs))
    return found

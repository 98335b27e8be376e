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
        met = _points(part, primaries)
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


def _points(part: Component, primaries: Ints) -> list[Floats]:
    """Movements that take each primary as far as it goes, up to a great length."""
    rows = [np.zeros(len(part.cells))]
    for cell in primaries:
        for sign in (UP, DOWN):
            best = part.reach(Target(int(cell), sign, 1e3), sign)
            if best.status == "optimal":
                rows.append(best.point)
    return rows


def _narrowed(
    system: System,
    part: Component,
    primaries: Ints,
    met: list[Floats],
    giver: int,
    told: set[tuple[int, int]],
) -> list[Failure]:
    """Failures of one contributor; movements met on the way are added to `met`."""
    asked = system.contributor[primaries]
    places = np.array([part.place[int(cell)] for cell in primaries])
    wide = _spread(np.array(met), part, giver, places) >= asked - TOLERANCE
    found = []
    for cell in map(int, primaries[~wide]):
        if cell == giver or (cell, giver) in told:
            continue
        target = Target(cell, WIDTH, float(system.contributor[cell]), giver)
        reached, proofs = 0.0, []
        for sign in target.directions:
            best = part.reach(target, sign)
            if best.status != "optimal":
                raise ArithmeticError("a separation program was not solved")
            reached += best.value
            met.append(best.point)
            used = np.abs(best.rows) > NOISE
            proofs.append((part.rows[used], best.rows[used]))
        if reached < target.need - TOLERANCE:
            found.append(Failure(target, proofs))
    return found


def _spread(points: Floats, part: Component, giver: int, places: Ints) -> Floats:
    """How far movements that leave the contributor's cell at one or more take some cells."""
    at = part.place[giver]
    over = points[:, at] - part.given[at]
    most = int(np.argmax(over))
    if over[most] < 0:
        return np.zeros(len(places))
    share = np.where(over >= 0, 0.0, -over / np.maximum(over[most] - over, TOLERANCE))
    moved = points[:, places]
    return np.asarray(np.ptp(moved + share[:, None] * (moved[most] - moved), axis=0))

"""Cells that cost next to nothing, such as zeros: hidden first, and then as few as will do.

Where other weights are whole and all light cells together weigh less than half of one, no choice
among light cells can make up for one of the others. So the others are decided with every light cell
hidden, which leaves far fewer decisions, and the light ones after them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from jsna.disclosure.clock import Limit
from jsna.disclosure.solving.cuts import Target
from jsna.disclosure.solving.master import Effort
from jsna.disclosure.solving.planes import Found, cutting_planes
from jsna.disclosure.system import Flags, Status, System

#: Cells lighter than this are light, if they are so together.
LIGHT = 0.5
#: The number of light cells is near the least; proving it is not worth the time.
TIDY = Effort(slack=0.9, gaps=(0.03,), nodes=200, rounds=20, relaxed=10, finish=0.05, tail=0.01)


def light_cells(system: System, open_: Flags) -> Flags:
    """Free cells among `open_` whose weights together mean nothing."""
    free = open_ & (system.status == Status.FREE)
    light: Flags = free & (system.weight < LIGHT)
    heavy = system.weight[free & ~light]
    whole = bool((heavy == np.round(heavy)).all())
    if not whole or float(system.weight[light].sum()) >= LIGHT:
        return np.zeros(system.size, dtype=np.bool_)
    return light


def cheapest(
    system: System,
    wanted: Sequence[Target],
    fixed: Flags,
    open_: Flags,
    effort: Effort,
    limit: Limit | None = None,
    best: Flags | None = None,
) -> Found:
    """`cutting_planes`, with light cells decided after the others."""
    light = light_cells(system, open_ & ~fixed)
    if not light.any():
        return cutting_planes(system, wanted, fixed, open_, effort, limit, best)
    before = None if best is None else best | light
    found = cutting_planes(system, wanted, fixed | light, open_, effort, limit, before)
    gone = set(found.missed)
    reachable = [target for target in wanted if target not in gone]
    even = replace(system, weight=np.where(light, 1.0, system.weight))
    heavy = found.hidden & ~light
    tidy = cutting_planes(even, reachable, fixed | heavy, light, TIDY)
    return replace(
        found,
        hidden=tidy.hidden,
        missed=(*found.missed, *tidy.missed),
        rounds=found.rounds + tidy.rounds,
        cuts=found.cuts + tidy.cuts,
    )

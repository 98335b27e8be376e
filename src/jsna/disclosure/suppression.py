"""Which counts of linked tables are hidden, and what no choice could have kept from being known."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from jsna.disclosure.attacking.intruder import Intruder
from jsna.disclosure.ledger.linked_tables import LinkedTables
from jsna.disclosure.solving.cuts import targets
from jsna.disclosure.solving.division import components
from jsna.disclosure.solving.separation import failures
from jsna.disclosure.solving.solver import Solution, solve
from jsna.disclosure.system import Flags, Floats, Ints, Status, System

#: Work after which the search for the least loss ends: what was found by then is made safe. About
#: eight seconds of CPU. Counted, so that every machine makes the same choice. Of the demonstration
#: more finds nothing better: one part of it does not come to its end, where a choice is luck.
WORK = 8.0
#: Of parts with more cells than this nobody asks beforehand what no choice could protect: it takes
#: longer than the search, where such counts are few. In smaller ones it saves most of the search.
ASKED = 12_000
#: Values this close together are one.
_CLOSE = 1e-4


@dataclass(frozen=True, slots=True)
class Hiding:
    """What is hidden.

    Attributes:
        system: cells, equations and what each primary requires (no more than can be left).
        solution: the choice of the solver.
        beyond: primaries of which less is uncertain than the profile asks, however much is
            hidden, because of official figures or zeros that are always shown; shape (n,).
    """

    system: System
    solution: Solution
    beyond: Flags


def hide(made: LinkedTables, refused: Flags) -> Hiding:
    """The choice of hidden counts that loses the least.

    Args:
        made: the linked tables.
        refused: rows not printed whatever happens, shape (k,).
    """
    system = made.system(refused)
    parts = components(system)
    beyond = np.zeros(system.size, dtype=np.bool_)
    for part in parts:
        if len(part) <= ASKED:
            beyond[part[_out_of_reach(system.restrict(part))]] = True
    if beyond.any():
        system = attainable(system, np.flatnonzero(beyond))
    solution = solve(system, work=WORK)
    # In large parts such counts are rare, and to ask takes longer than to search.
    late = {one.cell for one in solution.missed if one.contributor < 0 and not beyond[one.cell]}
    if late:
        beyond[sorted(late)] = True
        system = attainable(system, np.flatnonzero(beyond))
        solution = solve(system, work=WORK)
    return Hiding(system, solution, beyond)


def _out_of_reach(system: System) -> Ints:
    """Primaries that are left too little even if all that may be hidden is."""
    everything = np.ones(system.size)
    everything[np.isin(system.status, (int(Status.SHOWN), int(Status.PUBLIC)))] = 0.0
    failed = failures(system, everything, targets(system), cap=system.size * 2, seed=0)
    return np.array(sorted({one.target.cell for one in failed}), dtype=np.int64)


def attainable(system: System, cells: Ints) -> System:
    """The system asking of some primaries no more than is left if all that may be is hidden."""
    low, high = most_uncertain(system, cells)
    need_low, need_high = system.need_low.copy(), system.need_high.copy()
    width = system.need_width.copy()
    need_low[cells] = np.maximum(need_low[cells], low)
    need_high[cells] = np.minimum(need_high[cells], high)
    width[cells] = np.minimum(width[cells], need_high[cells] - need_low[cells])
    spared = system.contributor.copy()
    spared[cells] = np.minimum(spared[cells], np.maximum(width[cells] - 1.0, 0.0))
    return replace(
        system, need_low=need_low, need_high=need_high, need_width=width, contributor=spared
    )


def most_uncertain(system: System, cells: Ints) -> tuple[Floats, Floats]:
    """Ends of the intervals of some cells when everything is hidden that may be.

    An end that is as far out as its cell requires may be further out still.
    """
    fixed = np.isin(system.status, (int(Status.SHOWN), int(Status.PUBLIC)))
    low = np.where(fixed, system.value, system.low)
    high = np.where(fixed, system.value, system.high)
    intruder = Intruder(system, low, high, system.value)
    ends = [
        (
            intruder.least(int(cell), system.need_low[cell]).value,
            intruder.most(int(cell), system.need_high[cell]).value,
        )
        for cell in cells
    ]
    found = np.array(ends, dtype=np.float64).reshape(-1, 2)
    # Ends of counts are whole, but for the noise of the programs.
    near = np.abs(found - np.round(found)) < _CLOSE
    found = np.where(near, np.round(found), found)
    return found[:, 0], found[:, 1]

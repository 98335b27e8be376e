"""The attack: what an outsider can work out about every hidden cell, exactly.

It shares with the solver only the definition of what is published. The true value of a hidden cell
is forgotten on entry. For every hidden cell the least and the greatest value that fits everything
known are found (two linear programs); a verdict is never taken on trust from the program that found
it:

- "wide enough" rests on points whose equations and bounds are checked here by multiplication;
- "too narrow" rests on multipliers of the equations from which the bound is worked out again here
  by weak duality (any multipliers give a valid bound), and these equations are named.

The model is that of Fischetti and Salazar-González (2001, section 2): an attacker solves
`min x_p` and `max x_p` subject to `M x = 0`, with x known where it is published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from jsna.disclosure.attacking.intruder import Intruder, Side
from jsna.disclosure.attacking.near import spread_near
from jsna.disclosure.system import TOLERANCE, Flags, Floats, Ints, Status, System
from jsna.errors import JsnaError, Problem

Verdict = Literal["safe", "narrow", "exact"]
#: Intervals no wider than this are a single value.
EXACT = 1e-4


@dataclass(frozen=True, slots=True)
class Known:
    """Bounds within which everyone knows each cell to lie: equal where it is published."""

    low: Floats
    high: Floats


def known(
    system: System,
    hidden: Flags,
    *,
    printed: Floats | None = None,
    precision: npt.ArrayLike = 0.0,
    marked: tuple[float, float] | None = None,
) -> Known:
    """What is known when the cells `hidden` are not printed.

    Args:
        system: what is published.
        hidden: cells not printed.
        printed: what is printed where cells are not hidden; the true values if not given.
        precision: how far the true values may be from those printed, one number or one per cell:
            `base // 2` for rounding to the nearest, `base − 1` for controlled rounding to a
            multiple next to it. It is granted to everyone.
        marked: where primary cells carry a mark of their own, the least and greatest value that
            mark is known to stand for.
    """
    shown = system.value if printed is None else printed
    off = np.broadcast_to(np.asarray(precision, dtype=np.float64), shown.shape)
    low = np.where(
        hidden, system.low, np.where(off > 0, np.maximum(system.low, shown - off), shown)
    )
    high = np.where(
        hidden, system.high, np.where(off > 0, np.minimum(system.high, shown + off), shown)
    )
    if marked is not None:
        own = hidden & system.primary
        low[own], high[own] = np.maximum(low[own], marked[0]), np.minimum(high[own], marked[1])
    return Known(low, high)


def rounded_needs(
    system: System, knowledge: Known, base: npt.ArrayLike, small: npt.ArrayLike
) -> System:
    """The system in which small numbers are protected by rounding alone.

    Each must keep an interval of `base − 1`, or all that its own printed value leaves where that is
    less (a printed 0 rounded to the nearest 5 stands for 0 to 2): other numbers add nothing to it.

    Args:
        system: what is published.
        knowledge: what is known from each printed value by itself.
        base: what values are rounded to, one number or one per cell; 1 where they are not.
        small: flags of the cells to protect so; the requirements of others stay.
    """
    bases = np.broadcast_to(np.asarray(base, dtype=np.float64), system.value.shape)
    chosen = np.asarray(small, dtype=np.bool_) & (bases > 1) & (system.status != Status.PUBLIC)
    width = np.minimum(bases - 1, knowledge.high - knowledge.low)
    return replace(
        system,
        status=np.where(chosen, int(Status.PRIMARY), system.status),
        need_low=np.where(chosen, np.nan, system.need_low),
        need_high=np.where(chosen, np.nan, system.need_high),
        need_width=np.where(chosen, width, system.need_width),
    )


@dataclass(frozen=True, slots=True)
class Interval:
    """What can be worked out about one hidden cell.

    Attributes:
        cell: number of the cell.
        low: least value it can have; where the verdict is "safe" and only that was asked for, some
            value at or above the least which already is low enough.
        high: greatest value, likewise.
        verdict: "exact" (a single value is left), "narrow" (less than the rule requires) or "safe".
        because: equations with their multipliers that prove a narrow interval, low side first.
        contributor: the cell whose contributor works this out; −1 for anyone.
    """

    cell: int
    low: float
    high: float
    verdict: Verdict
    because: Sequence[tuple[int, float]] = ()
    contributor: int = -1


@dataclass(frozen=True, slots=True)
class Report:
    """The intervals looked at; `failures` are those that are exact or narrow."""

    intervals: Sequence[Interval]
    hidden: int
    programs: int

    @property
    def failures(self) -> list[Interval]:
        """Intervals that give a cell away."""
        return [found for found in self.intervals if found.verdict != "safe"]

    @property
    def exact(self) -> int:
        """Cells of which a single value is left."""
        return sum(found.verdict == "exact" for found in self.intervals)

    @property
    def narrow(self) -> int:
        """Cells whose interval is narrower than required, exact ones among them."""
        return len(self.failures)


def attack(
    system: System,
    hidden: Flags,
    knowledge: Known | None = None,
    *,
    intervals: bool = False,
    judged: Flags | None = None,
    start: Floats | None = None,
    intruder: Intruder | None = None,
) -> Report:
    """Work out every hidden cell that is protected.

    Args:
        system: what is published, with what each primary requires.
        hidden: cells not printed, or not exactly (those whose bounds in `knowledge` differ).
        knowledge: bounds on every cell; those of `known` if not given.
        intervals: find the whole interval of every judged cell, not only whether it is wide enough.
        judged: cells to look at; primaries if not given. One without a requirement of its own is
            judged by whether it is exact.
        start: values that fit everything known, such as the truth. Proofs of safety may begin
            there, as any such values will do; proofs of narrowness never use it.
        intruder: one who has attacked these equations with this knowledge before, so that what was
            found possible then need not be found again; whatever is required may have changed.

    Raises:
        JsnaError: where no values at all fit what is printed.
    """
    knows = known(system, hidden) if knowledge is None else knowledge
    wanted = np.flatnonzero((system.primary if judged is None else judged) & hidden)
    if intruder is None:
        intruder = Intruder(system, knows.low, knows.high, start)
    if intruder.contradictions:
        raise JsnaError(
            [
                Problem("table", f"no values fit: {system.describe(row)}", code="attack.adds_up")
                for row in intruder.contradictions
            ],
            title="What is printed does not add up:",
        )
    if (system.contributor > 0).any():
        intruder.keep(wanted)
    if not intervals:
        ends = _ends(system, intruder, wanted)
        spread_near(system, intruder, *ends)
        intruder.spread(*ends)
    found = [_judge(system, intruder, int(cell), intervals) for cell in intruder.order(wanted)]
    found.sort(key=lambda interval: interval.cell)
    if (system.contributor > 0).any():
        found += _contributors(system, hidden, knows, wanted, start, intruder)
    return Report(tuple(found), int(hidden.sum()), intruder.programs)


def _ends(system: System, intruder: Intruder, cells: Ints) -> tuple[Ints, Floats, Floats]:
    """How far down and up cells must be able to go; one with a width only, up from where it is."""
    least, most = system.need_low[cells], system.need_high[cells]
    width = np.maximum(system.need_width[cells], 10 * EXACT)
    plain, at = np.isnan(least), intruder.seen_low[cells]
    return cells, np.where(plain, at, least), np.where(plain, at + width, most)


def _judge(system: System, intruder: Intruder, cell: int, whole: bool) -> Interval:
    """The interval of a cell: as far as the rule asks, and all of it where that is too little.

    An end that goes as far as is asked may be that or any value beyond: 4 or more is narrow where 0
    to 4 is asked, and must not be told as exactly 4.
    """
    need_low, need_high = system.need_low[cell], system.need_high[cell]
    width = system.need_width[cell]
    plain = np.isnan(need_low)
    if whole:
        least, most = intruder.least(cell), intruder.most(cell)
    elif plain:
        least, most = intruder.apart(cell, max(float(width), 10 * EXACT))
    else:
        least, most = intruder.least(cell, need_low), intruder.most(cell, need_high)
    found = _interval(system, cell, least, most, plain, float(width))
    if found.verdict != "safe" and not whole:
        return _judge(system, intruder, cell, True)
    if found.verdict != "safe" and not found.because:
        return replace(found, because=intruder.proof(cell))
    return found


def _interval(
    system: System, cell: int, least: Side, most: Side, plain: bool, width: float
) -> Interval:
    verdict: Verdict = "safe"
    # Counts are whole: an interval that holds one whole number gives it away.
    if np.floor(most.value + EXACT) <= np.ceil(least.value - EXACT):
        verdict = "exact"
    elif plain:
        verdict = "narrow" if most.value - least.value < width - TOLERANCE else "safe"
    elif (
        least.value > system.need_low[cell] + TOLERANCE
        or most.value < system.need_high[cell] - TOLERANCE
    ):
        verdict = "narrow"
    because = [] if verdict == "safe" else [*least.because, *most.because]
    return Interval(cell, least.value, most.value, verdict, because)


def _contributors(
    system: System,
    hidden: Flags,
    knows: Known,
    wanted: Ints,
    start: Floats | None,
    outsider: Intruder,
) -> list[Interval]:
    """Each contributor in turn subtracts one from its own cell and looks at the others."""
    found: list[Interval] = []
    wanted = wanted[system.contributor[wanted] > 0]
    person = system.status != Status.SLACK
    givers = np.flatnonzero(hidden & person & (knows.low < 1) & (knows.high >= 1))
    if start is not None:
        own = start[givers]
        # Of a change, which may be less than nothing, no size is enough.
        near = (own < _enough(system, wanted)) | np.isneginf(knows.low[givers])
        givers = givers[(own >= 1) & near]
    if len(givers):
        outsider.roam(wanted)
    for giver in map(int, givers):
        exposed = outsider.narrowed(giver, wanted, system.contributor[wanted])
        if not len(exposed):
            continue
        insider = outsider.insider(giver)
        # Where there are contradictions nobody can be in that cell.
        for cell in map(int, exposed if not insider.contradictions else ()):
            width = float(system.contributor[cell])
            one = _interval(system, cell, *insider.apart(cell, width), True, width)
            if one.verdict != "safe":
                ends = insider.least(cell), insider.most(cell)
                one = _interval(system, cell, *ends, True, width)
            if one.verdict != "safe":
                found.append(replace(one, contributor=giver))
        outsider.leave(giver)
        outsider.programs += insider.programs
    return found


def _enough(system: System, wanted: Ints) -> float:
    """Count from which a cell's contributor cannot narrow any of the wanted cells too far.

    The outsider has been shown to be left with all a cell requires. What is possible is convex: of
    the way from the truth to an end of that interval, (v - 1) / v leave one in a cell of v.
    """
    required = np.where(
        np.isnan(system.need_low[wanted]),
        system.need_width[wanted],
        system.need_high[wanted] - system.need_low[wanted],
    )
    spare = required - system.contributor[wanted]
    if not len(wanted) or (spare <= TOLERANCE).any():
        return float("inf")
    return float((required / spare).max())

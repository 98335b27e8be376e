"""Children in care: their episodes by placement and legal status.

A time in care of a child is that of an episode of need (`social_care`). It is cut into episodes of
care where the child moves or the law they are held under changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from jsna.synthetic import draws, need, social_care
from jsna.synthetic.draws import Bools, Days, Ints, Labels, stream
from jsna.synthetic.people import OUTSIDE, RESIDENT
from jsna.synthetic.social_care import EPISODES, LOOKED_AFTER
from jsna.synthetic.world import World

_YEAR = 365.25
#: Legal statuses one after another, with shares; the last is of short breaks and counts nowhere.
_PATHS: Final = (
    (0.50, ("V2", "C1", "C2")), (0.43, ("C1", "C2")), (0.01, ("L2", "C1", "C2")), (0.02, ("J1",)),
    (0.04, ("V4",)),
)  # fmt: skip
_LEGAL, _PLACE, _BOTH = range(3)
_CHANGES: Final = np.array([0.3, 0.6, 0.1])
_MOVES: Final = ("CARPL", "CREQB", "CREQO", "PLACE", "STAND", "APPRR", "CLOSE", "CHILD", "OTHER")
_KEPT: Final = ("P1", "A3", "A5")
#: Most episodes of one time in care.
_MOST = 8


@dataclass(frozen=True, slots=True)
class Care:
    """Episodes of care of everyone, one after another; parallel arrays.

    Attributes:
        case: position in the episodes of need.
        person: position in the people of the world.
        start, end: first and last day; the last may lie in the future.
        entered, left: of the whole time in care.
        new, legal, placement, provider, final, moved: codes of the return; `final` says why the
            episode ended, `moved` why the child moved then ("" for no move).
        home: position of whose postcode the placement has; the child's own at home.
    """

    case: Ints
    person: Ints
    start: Days
    end: Days
    entered: Days
    left: Days
    new: Labels
    legal: Labels
    placement: Labels
    provider: Labels
    final: Labels
    moved: Labels
    home: Ints

    @property
    def short_breaks(self) -> Bools:
        """Agreed short breaks, which are not counted as being looked after."""
        return np.equal(self.legal, "V4").astype(bool)


def care(world: World) -> Care:
    """Every episode of care of the world, made when first asked for."""
    return world.kept("looked after", "", partial(_build, world))


def _build(world: World) -> Care:
    rng = stream(world.synthesis.seed, "looked after")
    cases = EPISODES.happened(world)
    times = np.flatnonzero(cases["kind"] == LOOKED_AFTER)
    case, start = _cut(rng, times, cases["start"][times], cases["end"][times])
    new = np.r_[True, case[1:] != case[:-1]] if len(case) else np.zeros(0, dtype=bool)
    last = np.r_[case[1:] != case[:-1], True] if len(case) else new
    person = cases.person[case]
    end = np.where(last, cases["end"][case], np.r_[start[1:], cases["end"][case[-1:]]])
    legal, change = _legal(rng, world, case, new)
    settled = new | (change != _LEGAL)
    # The latest row at which the child was placed anew.
    at = np.maximum.accumulate(np.where(settled, np.arange(len(case)), 0))
    age = (start - world.people.born[person]).astype(np.float64) / _YEAR
    placement = _placements(rng, world, age, legal)[at]
    provider = _providers(rng, placement, at)
    before = np.array(["L", "P", "B"], dtype=object)[change]
    final = _final(rng, world, placement, age + (end - start).astype(np.float64) / _YEAR)
    moves = np.r_[settled[1:], False] & ~last
    why = np.array(_MOVES, dtype=object)[rng.integers(0, len(_MOVES), len(case))]
    return Care(
        case=case,
        person=person,
        start=start,
        end=end,
        entered=cases["start"][case],
        left=cases["end"][case],
        new=np.where(new, "S", before),
        legal=legal,
        placement=placement,
        provider=provider,
        final=np.where(last, final, "X1"),
        moved=np.where(moves, why, ""),
        home=np.where(placement == "P1", person, _elsewhere(rng, world, len(case))[at]),
    )


def _cut(rng: np.random.Generator, times: Ints, entered: Days, left: Days) -> tuple[Ints, Days]:
    """Case and first day of each episode of these times in care."""
    days = (left - entered).astype(np.int64)
    cuts = np.minimum(rng.poisson(0.3 + 0.8 * days / _YEAR), _MOST - 1)
    at = np.repeat(np.arange(len(times)), cuts)
    later = (rng.random(len(at)) * days[at]).astype(np.int64)
    case = np.r_[times, times[at]]
    start = np.r_[entered, entered[at] + later]
    # No episode shorter than a week, so that none ends before it begins.
    kept = np.r_[np.ones(len(times), dtype=bool), (later > 7) & (later < days[at] - 7)]
    case, start = case[kept], start[kept]
    order = np.lexsort((start, case))
    case, start = case[order], start[order]
    apart = np.r_[True, (case[1:] != case[:-1]) | (start[1:] - start[:-1] > 7)]
    return case[apart], start[apart]


def _legal(rng: np.random.Generator, world: World, case: Ints, new: Bools) -> tuple[Labels, Ints]:
    """Legal status of each episode, and what changed when it began."""
    shares = np.array([share for share, _ in _PATHS])
    path = draws.choose_weighted(rng, shares, int(case.max(initial=0)) + 1)[case]
    # Short breaks are for children with a plan.
    plan = social_care.provision(world)[EPISODES.happened(world).person[case]] == need.E
    path = np.where((path == len(_PATHS) - 1) & ~plan, 0, path)
    change = draws.choose_weighted(rng, _CHANGES, len(case))
    steps = np.cumsum(~new & (change != _PLACE))
    head = np.maximum.accumulate(np.where(new, np.arange(len(case)), 0))
    step = steps - steps[head] if len(case) else steps
    longest = max(len(names) for _, names in _PATHS)
    table = np.array(
        [[names[min(n, len(names) - 1)] for n in range(longest)] for _, names in _PATHS],
        dtype=object,
    )
    ends = np.array([len(names) - 1 for _, names in _PATHS])
    legal = table[path, step.clip(0, longest - 1)]
    # The law changes no further at the end of its path: only the placement does.
    change = np.where(step > ends[path], _PLACE, change)
    return legal, change


def _placements(rng: np.random.Generator, world: World, age: Any, legal: Labels) -> Labels:
    """Where a child of this age would be placed."""
    table = world.effects.table("looked_after.placement")
    codes = sorted({one for row in table.values() for one in row})
    weights = np.array([[row.get(one, 0.0) for one in codes] for row in table.values()])
    group = draws.group_of(np.floor(age).astype(np.int64).clip(0), list(table))
    drawn = np.array(codes, dtype=object)[draws.choose_rows(rng, weights[group])]
    return np.where(legal == "V4", "K2", drawn)


def _providers(rng: np.random.Generator, placement: Labels, at: Ints) -> Labels:
    """Who provides a placement: parents at home, else mostly the authority or a private body."""
    drawn = draws.choose_weighted(rng, np.array([0.46, 0.03, 0.01, 0.44, 0.06]), len(at))[at]
    names = np.array(["PR1", "PR2", "PR3", "PR4", "PR5"], dtype=object)[drawn]
    return np.where(placement == "P1", "PR0", np.where(np.isin(placement, _KEPT), "PR1", names))


def _final(rng: np.random.Generator, world: World, placement: Labels, age: Any) -> Labels:
    """Why care ended, by the age then: adoption only from a placement for it."""
    table = world.effects.table("looked_after.final")
    codes = sorted({one for row in table.values() for one in row})
    weights = np.array([[row.get(one, 0.0) for one in codes] for row in table.values()])
    # Who comes of age is as old as the last group.
    whole = np.where(age > 17.99, 18, np.floor(age)).astype(np.int64).clip(0)
    drawn = np.array(codes, dtype=object)[
        draws.choose_rows(rng, weights[draws.group_of(whole, list(table))])
    ]
    return np.where(np.char.startswith(placement.astype(str), "A"), "E12", drawn)


def _elsewhere(rng: np.random.Generator, world: World, count: int) -> Ints:
    """People at whose postcodes placements are, some outside the area."""
    people = world.people
    inside, outside = (np.flatnonzero(people.kind == kind) for kind in (RESIDENT, OUTSIDE))
    near = inside[rng.integers(0, len(inside), count)]
    far = outside[rng.integers(0, len(outside), count)]
    share = world.effects.value("looked_after.outside")
    return np.where(rng.random(count) < share, far, near)

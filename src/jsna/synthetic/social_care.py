"""Children social care works with: episodes of need, child protection plans, and care.

Each child has one history, from referral to closure, which every extract of social care shows a
part of. An episode is of one kind: need alone, with a child protection plan, or with a time in
care. Children on SEN support or with a plan, and from poorer areas, have more of each.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np

from jsna.synthetic import need
from jsna.synthetic.course import (
    NEVER,
    Course,
    Values,
    apart,
    between,
    by_code,
    codes_of,
    gamma,
    mixed,
)
from jsna.synthetic.draws import YEAR, Bools, Days, Ints, stream
from jsna.synthetic.spells import Spells, birthday, heads
from jsna.synthetic.who import residents
from jsna.synthetic.world import World

#: Whose random numbers these are, and kinds of an episode.
OWN: Final = "social care"
IN_NEED, PROTECTED, LOOKED_AFTER = "in_need", "protected", "looked_after"
#: Age at which a child is of age, and days before it within which nothing runs its course.
_ADULT, _TOO_LATE = 18, 200
_DISABILITY_OF: Final = {
    "ASD": "AUT", "SLCN": "COMM", "SEMH": "BEH", "MLD": "LD", "SLD": "LD", "PMLD": "LD",
    "PD": "MOB", "HI": "HEAR", "VI": "VIS", "MSI": "VIS", "DS": "LD",
}  # fmt: skip
DISABILITIES: Final = (
    "AUT", "BEH", "COMM", "CON", "HAND", "HEAR", "INC", "LD", "MOB", "PC", "VIS", "DDA", "NONE",
)  # fmt: skip


def provision(world: World) -> Ints:
    """Provision for SEN of everyone in the reference January; plans wherever they are placed."""
    return EPISODES.group(world).provision


def disabilities(world: World) -> Ints:
    """Up to three recorded disabilities of everyone, positions in `DISABILITIES`; -1 for none."""
    return world.kept(OWN, "disabilities", partial(_disabilities, world))


def _disabilities(world: World) -> Ints:
    count = len(world.people)
    rng = stream(world.synthesis.seed, OWN, "disabilities")
    share = world.effects.values("social_care.disability")
    chance = np.array([share["N"], share["K"], share["E"]])[provision(world)]
    has = rng.random(count) < chance
    names = [_DISABILITY_OF.get(name, "DDA") for name in need.NEEDS]
    of = np.array([*(DISABILITIES.index(name) for name in names), DISABILITIES.index("DDA")])
    first = np.where(has, of[world.need.primary], DISABILITIES.index("NONE"))
    others = rng.integers(0, DISABILITIES.index("DDA"), (2, count))
    drawn = rng.random(count)
    second = np.where(has & (drawn < share["second"]) & (others[0] != first), others[0], -1)
    third = np.where((drawn < share["third"]) & (second >= 0), others[1], -1)
    third = np.where((third == first) | (third == second), -1, third)
    return np.stack([first, second, third, np.full(count, -1)], axis=1)


def _not_disabled(at: Course) -> Ints:
    """Row of the main reasons: of who is disabled, then of the others."""
    none: Bools = disabilities(at.world)[at.person, 0] == DISABILITIES.index("NONE")
    return none.astype(np.int64)


def _adult(at: Course) -> Days:
    return birthday(at.born, _ADULT)


def _kind(at: Course) -> Values:
    """What cannot run its course before the child is of age is need alone."""
    return np.where(at["referral_date"] > _adult(at) - _TOO_LATE, IN_NEED, at["kind"])


def _start(at: Course) -> Days:
    """First day of the plan or the time in care; a child in care has been born."""
    start = at["referral_date"] + at["wait"]
    born = np.where(at["kind"] == LOOKED_AFTER, np.maximum(start, at.born + 2), start)
    return np.where(at["kind"] == IN_NEED, NEVER, born)


def _days(at: Course) -> Ints:
    return (at["years"] * YEAR).astype(np.int64) + 7


def _closes(at: Course) -> Days:
    """Last day of the episode: where it had a plan or a time in care, some days after that."""
    alone = at["kind"] == IN_NEED
    begun = np.where(alone, at["referral_date"], at["start"] + at["after"])
    return np.minimum(begun + _days(at), _adult(at))


def _earlier_plans(at: Course) -> Ints:
    """Child protection plans the child had before each episode."""
    plan = at["kind"] == PROTECTED
    before = np.cumsum(plan) - plan
    found: Ints = before - before[heads(at.member)]
    return found


#: Beside `kind`: `referral_date` and `closes`, first and last day of an episode; `start` and `end`
#: of the child protection plan or the time in care, not a time of need alone; `of_age`, whether it
#: is closed because the child turned 18; `previous_plans` of the child; and why it is in need.
EPISODES: Final = Spells(
    source=OWN,
    who=residents(),
    kinds="kind",
    level="social_care.starts",
    by="social_care",
    at_age="social_care.at_age",
    years=12,
    unborn=120,
    grown=_ADULT,
    begins="referral_date",
    ends="closes",
    apart=14,
    then={
        "kind": _kind,
        "years": by_code(
            "kind",
            {
                IN_NEED: mixed(
                    "social_care.years.long_share", "social_care.years.long",
                    "social_care.years.short",
                ),
                PROTECTED: gamma("social_care.years.protected", 2.0),
                # Many leave care soon, some stay until they are of age.
                LOOKED_AFTER: gamma("social_care.years.looked_after", 0.7),
            },
        ),
        "wait": between(15, 79),
        "after": between(5, 149),
        "start": _start,
        "end": lambda at: np.minimum(at["start"] + _days(at), _adult(at)),
        "closes": _closes,
        "of_age": lambda at: at["closes"] >= _adult(at),
    },
    also={
        "category_of_need": apart(codes_of("social_care.reason", _not_disabled), OWN, "needs"),
        "previous_plans": _earlier_plans,
    },
)  # fmt: skip

"""Suspensions and permanent exclusions of an academic year, of the pupils on its January roll."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from jsna.synthetic import draws, facts, identifiers, need
from jsna.synthetic.course import Course, Values, codes, further
from jsna.synthetic.draws import Floats, Ints
from jsna.synthetic.events import Events, as_arrow
from jsna.synthetic.formats import Style
from jsna.synthetic.often import Often, of_period
from jsna.synthetic.part import Synthetic
from jsna.synthetic.people import text_of
from jsna.synthetic.terms import school_days
from jsna.synthetic.who import pupils
from jsna.synthetic.world import World

#: Most sessions a pupil may be suspended in a school year (45 days), and most suspensions.
MOST_SESSIONS: Final = 90
_MOST: Final = 40
#: Some pupils are suspended again and again, this year and the next.
_SUSPENDED: Final = Often(
    by="suspension", level="suspension.rate", frailty="suspension.frailty", lasting=("frailty",)
)


def _year(at: Course) -> Course:
    """The suspensions drawn, on days that keep apart, and permanent exclusions after them."""
    number = identifiers.running_number(at.member)
    expelled = _expelled(at)
    suspended = at.rows(number < _MOST)
    sessions = _sessions(suspended)
    days = np.array(school_days(int(at.group.period[:4])), dtype="datetime64[D]")
    place = _places(at.rng, suspended.member, sessions, len(days))
    # A pupil is excluded for good after the last suspension, or on a day of its own.
    last = np.zeros(len(at.group), dtype=np.int64)
    np.maximum.at(last, suspended.member, place)
    final = np.minimum(last[expelled] + at.rng.integers(1, 20, len(expelled)), len(days) - 1)
    kept = ~(np.isin(suspended.member, expelled) & (place >= len(days) - 1))
    every = Course(at.world, at.group, at.rng, np.r_[suspended.member[kept], expelled])
    category = np.repeat(["SUSP", "PERM"], [int(kept.sum()), len(expelled)])
    every.columns = {
        "exclusion_category": category,
        "exclusion_start_date": days[np.r_[place[kept], final]],
        "exclusion_sessions": np.r_[sessions[kept], np.full(len(expelled), np.nan)],
    }
    return every


def _expelled(at: Course) -> Ints:
    """Who is excluded for good in the year: of those suspended, the likelier the frailer."""
    effects, group = at.world.effects, at.group
    ratio = effects.values("permanent.sen")
    gravity = _SUSPENDED.expected(at.world, group, "exclusions") ** 0.5
    gravity *= np.array([1.0, ratio["K"], ratio["E"]])[group.provision]
    gravity[np.bincount(at.member, minlength=len(group)) == 0] = 0.0
    number = round(of_period(effects.values("permanent.rate"), group.period) * len(group))
    clock = at.rng.standard_exponential(len(group)) / np.maximum(gravity, 1e-12)
    return draws.lowest(np.where(gravity > 0, clock, np.inf), number)


def _places(rng: np.random.Generator, member: Ints, sessions: Floats, days: int) -> Ints:
    """School day each event begins on; those of one pupil never overlap.

    The year is cut into as many parts as a pupil has events, and each lies within its own.
    """
    number = identifiers.running_number(member)
    count = np.bincount(member)[member]
    low = number * days // count
    width = (number + 1) * days // count - low
    room = np.maximum(width - (sessions.astype(np.int64) + 1) // 2, 0) + 1
    place: Ints = low + np.minimum((rng.random(len(member)) * room).astype(np.int64), width - 1)
    return place


def _sessions(at: Course) -> Floats:
    """Sessions of each event; those of a pupil never pass the legal limit of the year."""
    drawn = codes("suspension.sessions")(at).astype(float)
    # Frequent suspensions are short: together they stay within the limit.
    number = np.bincount(at.member)[at.member]
    found: Floats = np.minimum(drawn, np.maximum(MOST_SESSIONS // number, 1))
    return found


def _provision(at: Course) -> Values:
    """Provision when excluded: a plan may begin after January, or have begun after the event."""
    plans, start = at.world.need.plans, at["exclusion_start_date"]
    first = np.full(len(at.world.people), np.datetime64("9999-01-01"))
    first[plans.person] = plans.start
    had, later = at.group.provision[at.member], first[at.person] > start
    then = np.where((had == need.E) & later, need.K, had)
    return np.array(need.PROVISIONS)[np.where((had == need.K) & ~later, need.E, then)]


EXCLUDED: Final = Events(
    source="exclusions",
    who=pupils(),
    often=_SUSPENDED,
    history=_year,
    comes={
        "exclusion_reason_1": codes("exclusion.reason"),
        "second": codes("exclusion.reason"),
        "third": codes("exclusion.reason"),
        "exclusion_reason_2": further(
            "second", "exclusion.more_reasons.second", ("exclusion_reason_1",)
        ),
        "exclusion_reason_3": further(
            "third", "exclusion.more_reasons.third", ("exclusion_reason_1", "exclusion_reason_2")
        ),
        "sen_provision_at_event": _provision,
    },
    order=("exclusion_start_date", "school", "person"),
)


def _excluded(world: World, year: str) -> pa.Table:
    found = EXCLUDED.happened(world, year)
    types = world.schools.frame["establishment_type"].tolist()
    return facts.of_persons(
        world, found.person,
        permanent=as_arrow(found["exclusion_category"] == "PERM"),
        school_type=text_of(types, found.group.on_roll.school[found.member]),
    )  # fmt: skip


SYNTHETIC: Final = Synthetic(
    views={"exclusions": EXCLUDED},
    style=Style("cp1252", True, "%d/%m/%Y"),
    facts={"excluded": _excluded},
)

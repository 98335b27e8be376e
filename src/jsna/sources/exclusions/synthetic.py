"""Suspensions and permanent exclusions of an academic year, of the pupils on its January roll."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import pyarrow as pa

from jsna.synthetic import draws, facts, identifiers, need
from jsna.synthetic.draws import Bools, Days, Floats, Ints, stream
from jsna.synthetic.effects import Effects
from jsna.synthetic.formats import Style
from jsna.synthetic.need import NEEDS, E, K
from jsna.synthetic.part import Synthetic
from jsna.synthetic.people import YEAR_GROUPS, text_of
from jsna.synthetic.placement import MAINSTREAM, SETTINGS
from jsna.synthetic.shown import person_quantities, school_quantities
from jsna.synthetic.terms import school_days
from jsna.synthetic.view import Quantity, View
from jsna.synthetic.world import Registrations, World

#: Most sessions a pupil may be suspended in a school year: 45 days.
MOST_SESSIONS = 90


@dataclass(frozen=True, slots=True)
class Events:
    """Parallel arrays, one element an event.

    Attributes:
        row: position on the roll.
        permanent: whether it is a permanent exclusion.
        start: first day.
        sessions: sessions missed; 0 for a permanent exclusion.
        reasons: shape (n, 3): positions in the list of reasons, -1 none.
    """

    row: Ints
    permanent: Bools
    start: Days
    sessions: Ints
    reasons: Ints


def of_year(world: World, period: str) -> tuple[Registrations, Events]:
    """Registrations of the January within an academic year, and the year's events."""
    rows = world.registrations(int(period[:4]) + 1)
    return rows, world.kept("exclusions", period, partial(_build, world, rows, period))


def _build(world: World, rows: Registrations, period: str) -> Events:
    """Events of an academic year such as `2024/25`, of the pupils on its January roll."""
    seed, effects = world.synthesis.seed, world.effects
    person, provision = rows.person[: rows.on_roll], rows.provision[: rows.on_roll]
    rng = stream(seed, "exclusions", period)
    # Some pupils are suspended again and again, this year and the next.
    shape = effects.value("suspension.frailty")
    frailty = stream(seed, "frailty").gamma(shape, 1 / shape, len(world.people))[person]
    mean = _risk(world, rows) * frailty
    target = effects.values("suspension.rate")
    rate = target.get(period, target[max(target)])
    count = rng.poisson(mean * rate * len(person) / mean.sum())
    ratio = effects.values("permanent.sen")
    gravity = mean**0.5 * np.array([1.0, ratio["K"], ratio["E"]])[provision] * (count > 0)
    level = effects.values("permanent.rate")
    number = round(level.get(period, level[max(level)]) * len(person))
    clock = rng.standard_exponential(len(person)) / np.maximum(gravity, 1e-12)
    expelled = draws.lowest(np.where(gravity > 0, clock, np.inf), number)
    days = np.array(school_days(int(period[:4])), dtype="datetime64[D]")
    row = np.repeat(np.arange(len(person)), np.minimum(count, 40))
    sessions = _sessions(rng, row, effects)
    place = _places(rng, row, sessions, len(days))
    # A pupil is excluded for good after the last suspension, or on a day of its own.
    last = np.zeros(len(person), dtype=np.int64)
    np.maximum.at(last, row, place)
    final = np.minimum(last[expelled] + rng.integers(1, 20, len(expelled)), len(days) - 1)
    clash = np.isin(row, expelled) & (place >= len(days) - 1)
    row, place, sessions = row[~clash], place[~clash], sessions[~clash]
    every = np.r_[row, expelled]
    permanent = np.r_[np.zeros(len(row), bool), np.ones(len(expelled), bool)]
    return Events(
        row=every,
        permanent=permanent,
        start=days[np.r_[place, final]],
        sessions=np.r_[sessions, np.zeros(len(expelled), np.int64)],
        reasons=_reasons(rng, len(every), effects),
    )


def _risk(world: World, rows: Registrations) -> Floats:
    """Relative risk of each pupil."""
    effects, people, roll = world.effects, world.people, slice(rows.on_roll)
    person, provision, setting = rows.person[roll], rows.provision[roll], rows.setting[roll]
    special = ~np.isin(setting, [-1, *(SETTINGS.index(s) for s in MAINSTREAM)])
    by_year = effects.values("suspension.year_group")
    risk = np.array([by_year.get(name, 0.0) for name in YEAR_GROUPS])[rows.year_group[roll]]
    sen = effects.values("suspension.sen")
    risk *= np.array([1.0, sen["K"], sen["E"]])[provision]
    has_need = np.isin(provision, (K, E))
    semh = has_need & (world.need.primary[person] == NEEDS.index("SEMH"))
    risk *= np.where(semh, effects.value("suspension.semh"), 1.0)
    risk *= np.where(people.male[person], effects.value("suspension.boys_to_girls"), 1.0)
    risk *= np.where(rows.fsm[roll], effects.value("suspension.fsm"), 1.0)
    risk *= np.where(special, effects.value("suspension.special_school"), 1.0)
    out: Floats = risk * effects.value("suspension.deprivation") ** people.depth[person]
    return out


def _places(rng: np.random.Generator, row: Ints, sessions: Ints, days: int) -> Ints:
    """School day each event begins on; those of one pupil never overlap.

    The year is cut into as many parts as a pupil has events, and each lies within its own.
    """
    number = identifiers.running_number(row)
    count = np.bincount(row)[row]
    low = number * days // count
    width = (number + 1) * days // count - low
    room = np.maximum(width - (sessions + 1) // 2, 0) + 1
    place: Ints = low + np.minimum((rng.random(len(row)) * room).astype(np.int64), width - 1)
    return place


def _sessions(rng: np.random.Generator, row: Ints, effects: Effects) -> Ints:
    """Sessions of each event; those of a pupil never pass the legal limit of the year."""
    shares = effects.values("suspension.sessions")
    lengths = np.array([int(length) for length in shares])
    drawn = lengths[draws.choose(rng, shares, len(row))]
    # Frequent suspensions are short: together they stay within the limit.
    number = np.bincount(row)[row]
    short: Ints = np.minimum(drawn, np.maximum(MOST_SESSIONS // number, 1))
    return short


def _reasons(rng: np.random.Generator, count: int, effects: Effects) -> Ints:
    """Up to three different reasons of each event."""
    shares = effects.values("exclusion.reason")
    more = effects.values("exclusion.more_reasons")
    first, second, third = (draws.choose(rng, shares, count) for _ in range(3))
    drawn, further = rng.random(count), rng.random(count)
    second = np.where((drawn < more["second"]) & (second != first), second, -1)
    third = np.where((second >= 0) & (further < more["third"]), third, -1)
    third = np.where((third == first) | (third == second), -1, third)
    return np.stack([first, second, third], axis=1)


def _exclusions(world: World, period: str) -> View:
    """Suspensions and permanent exclusions of an academic year."""
    rows, found = of_year(world, period)
    person, provision = rows.person[: rows.on_roll], rows.provision[: rows.on_roll]
    order = np.lexsort((person[found.row], rows.school[found.row], found.start))
    row, start = found.row[order], found.start[order]
    reasons = list(world.effects.values("exclusion.reason"))
    kinds = ["SUSP", "PERM"]
    # A plan may begin between January and the event, or have begun after it.
    first = np.full(len(world.people), np.datetime64("9999-01-01"))
    first[world.need.plans.person] = world.need.plans.start
    had = provision[row]
    then = np.where((had == need.E) & (first[person[row]] > start), need.K, had)
    then = np.where((had == need.K) & (first[person[row]] <= start), need.E, then)
    sessions = found.sessions[order]
    quantities: dict[str, Quantity] = {
        **person_quantities(world, person[row]),
        **school_quantities(world, rows.school[row]),
        "exclusion_category": lambda: text_of(kinds, found.permanent[order].astype(np.int64)),
        "exclusion_start_date": lambda: pa.array(start, type=pa.date32()),
        "exclusion_sessions": lambda: pa.array(sessions, mask=sessions == 0),
        "sen_provision_at_event": lambda: text_of(need.PROVISIONS, then),
    }
    for number in range(3):
        quantities[f"exclusion_reason_{number + 1}"] = partial(
            text_of, reasons, found.reasons[order, number]
        )
    return View(len(row), quantities)


def _excluded(world: World, year: str) -> pa.Table:
    rows, found = of_year(world, year)
    types = world.schools.frame["establishment_type"].tolist()
    return facts.of_persons(
        world, rows.person[found.row],
        permanent=pa.array(found.permanent), school_type=text_of(types, rows.school[found.row]),
    )  # fmt: skip


SYNTHETIC: Final = Synthetic(
    views={"exclusions": _exclusions},
    style=Style("cp1252", True, "%d/%m/%Y"),
    facts={"excluded": _excluded},
)

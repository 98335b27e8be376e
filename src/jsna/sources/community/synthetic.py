"""Referrals to community health services, and how long children wait to be seen.

How long they wait follows from how many are found waiting: where as many come every week, those
who have waited so long are as many as come, less those seen sooner. So published counts of a
waiting list by weeks waited give both how many come and how soon they are seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
import pyarrow as pa

from jsna.synthetic import draws, health
from jsna.synthetic.draws import Days, Floats, Ints, stream
from jsna.synthetic.health import NEVER, Year
from jsna.synthetic.part import Synthetic
from jsna.synthetic.people import text_of
from jsna.synthetic.view import View, day
from jsna.synthetic.world import World

SOURCE: Final = "community"
#: Years before a delivery's in which those still waiting may have been referred.
_BACK: Final = 2
#: That the child was seen is the first of `community.wait_end`.
SEEN: Final = 0
#: Published rates of referral are of people younger than this.
_ADULT: Final = 18


@dataclass(frozen=True, slots=True)
class Referrals:
    """Referrals received in a year; parallel arrays.

    `service`, `source` and `reason` (why the wait ended) are positions among their codes; `ended`
    is the day of the first contact, or on which the wait ended without one.
    """

    person: Ints
    number: Ints
    service: Ints
    received: Days
    ended: Days
    source: Ints
    reason: Ints
    closed: Days


def view(world: World, period: str) -> View:
    """Referrals of a financial year, and older ones still waiting when it began."""
    effects, years = world.effects, health.years(world, period, _BACK)
    every = health.together(
        [world.kept(SOURCE, year.period, partial(received, world, year)) for year in years]
    )
    year = years[-1]
    found = health.rows(every, year.here[every.person] & (every.ended >= year.first))
    ended = year.known(found.ended)
    seen = found.reason == SEEN
    services, sources, reasons = (
        list(effects.values(f"community.{name}")) for name in ("referred", "source", "wait_end")
    )
    return View(
        len(found.person),
        {
            **health.patient_quantities(world, found.person, SOURCE, found.received),
            "service_request_id": lambda: pa.array(found.number).cast(pa.string()),
            "community_service": lambda: text_of(services, found.service),
            "community_referral_source": lambda: text_of(sources, found.source),
            "referral_received_date": day(found.received),
            "first_contact_date": day(np.where(seen, ended, NEVER)),
            "wait_end_reason": lambda: text_of(
                reasons, np.where(np.isnat(ended), -1, found.reason)
            ),
            "service_discharge_date": day(year.known(found.closed)),
        },
    )


def received(world: World, year: Year) -> Referrals:
    """Referrals received in a year, with all that followed, in order of day."""
    effects, seed, people = world.effects, world.synthesis.seed, world.people
    rates, bands = effects.values("community.referred"), effects.table("community.waiting")
    persons, services, waits = [], [], []
    for position, (service, rate) in enumerate(rates.items()):
        rng = stream(seed, SOURCE, service, year.period)
        luck = rng.random(len(people))
        referred = np.flatnonzero(year.here & (luck < _chances(world, year, service, rate)))
        persons.append(referred)
        services.append(np.full(len(referred), position))
        waits.append(waited(rng, bands[service], len(referred)))
    person, service_of = np.concatenate(persons), np.concatenate(services)
    rng = stream(seed, SOURCE, "course", year.period)
    received = health.any_day(rng, year, people.born[person])
    ended = health.working(received + (7 * np.concatenate(waits)).astype(np.int64))
    reason = health.chosen(rng, effects.values("community.wait_end"), len(person))
    treated = rng.exponential(effects.value("community.treated"), len(person)).astype(np.int64)
    closed = ended + np.where(reason == SEEN, treated, 0)
    source = health.chosen(rng, effects.values("community.source"), len(person))
    order = np.lexsort((service_of, person, received))
    number = int(year.period[:4]) * 10**6 + 1 + np.arange(len(person))
    found = Referrals(person, number, service_of, received, ended, source, reason, closed)
    return replace(health.rows(found, order), number=number)


def _chances(world: World, year: Year, service: str, rate: float) -> Floats:
    """Chance of everyone to be referred to a service in a year: `rate` among under-18s."""
    people, effects = world.people, world.effects
    by_age = effects.table("community.age")[service]
    relative = np.array(list(by_age.values()))[draws.group_of(year.age.clip(0), list(by_age))]
    boys = np.log(effects.values("community.boys_to_girls")[service])
    poor = np.log(effects.values("community.deprivation")[service])
    relative *= np.exp(boys * (people.male - 0.5) + poor * people.depth)
    relative *= health.by_need(world, year, effects.table("community.need")[service])
    children = year.here & (year.age < _ADULT)
    chances: Floats = (rate * relative / relative[children].mean()).clip(0, 0.9)
    return chances


def waited(rng: np.random.Generator, waiting: Mapping[str, float], count: int) -> Floats:
    """Weeks waited.

    Args:
        rng: random numbers.
        waiting: weeks (upper end of a band, the first beginning at none) -> how many are found
            waiting so long.
        count: how many waits.
    """
    ends = np.array([float(weeks) for weeks in waiting])
    width = np.diff(ends, prepend=0.0)
    # How many a week of waiting holds; what every band holds less than the first was seen.
    held = np.array(list(waiting.values())) / width
    left = np.minimum.accumulate(held / held[0])
    # Seen around the end of each band, as far into it as into the next, so that the list stays.
    half = np.minimum(width[:-1], width[1:]) / 2
    weeks = np.r_[np.c_[ends[:-1] - half, ends[:-1] + half].ravel(), ends[-1] - width[-1] / 4]
    weeks = np.r_[weeks, ends[-1]]
    share = np.r_[np.c_[left[:-1], left[1:]].ravel(), left[-1], 0.0]
    # From nobody left to everybody; ever so little steeper, as no two may be the same.
    rising = share[::-1] + 1e-12 * np.arange(len(share))
    found: Floats = np.interp(rng.random(count), rising, weeks[::-1])
    return found


SYNTHETIC: Final = Synthetic(views={"referrals": view})

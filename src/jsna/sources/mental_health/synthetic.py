"""Referrals to mental health services and the contacts that follow them.

A referral belongs to the year it was received in and is the same in every delivery that has it:
each delivery shows what was known on its last day.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import pyarrow as pa

from jsna.synthetic import draws, health
from jsna.synthetic.draws import Days, Floats, Ints, stream
from jsna.synthetic.effects import Effects
from jsna.synthetic.health import Year
from jsna.synthetic.part import Synthetic
from jsna.synthetic.people import text_of
from jsna.synthetic.view import Quantity, View, day
from jsna.synthetic.world import World

SOURCE: Final = "mental_health"
#: Years before a delivery's whose referrals may still be open in it.
_BACK: Final = 2
#: Most contacts of one referral.
_MOST: Final = 60


@dataclass(frozen=True, slots=True)
class Referrals:
    """Referrals received in a year, in order of day; parallel arrays.

    `source` and `reason` are positions among their codes, -1 where not recorded; `contacts` is how
    many each has.
    """

    person: Ints
    number: Ints
    received: Days
    closed: Days
    source: Ints
    reason: Ints
    contacts: Ints


@dataclass(frozen=True, slots=True)
class Contacts:
    """Contacts of some referrals, one after another; parallel arrays.

    `referral` is the number of the referral each is of; `attendance` and `mechanism` positions
    among their codes.
    """

    number: Ints
    referral: Ints
    day: Days
    attendance: Ints
    mechanism: Ints


def referrals_view(world: World, period: str) -> View:
    """Referrals open at any time in a financial year."""
    year, found, _ = _delivered(world, period)
    return View(
        len(found.person),
        {
            **health.patient_quantities(world, found.person, SOURCE, found.received),
            "service_request_id": _number(found.number),
            "referral_received_date": day(found.received),
            "service_discharge_date": day(year.known(found.closed)),
            "mh_referral_source": _code(world, "source", found.source),
            "mh_referral_reason": _code(world, "reason", found.reason),
        },
    )


def contacts_view(world: World, period: str) -> View:
    """Contacts of a financial year."""
    year, referrals, every = _delivered(world, period)
    found = health.rows(every, np.isin(every.referral, referrals.number) & year.within(every.day))
    found = health.rows(found, np.lexsort((found.number, found.day)))
    return View(
        len(found.number),
        {
            "care_contact_id": _number(found.number),
            "service_request_id": _number(found.referral),
            "care_contact_date": day(found.day),
            "attend_or_dna": _code(world, "attendance", found.attendance),
            "consultation_mechanism": _code(world, "mechanism", found.mechanism),
        },
    )


def _delivered(world: World, period: str) -> tuple[Year, Referrals, Contacts]:
    """The year, the referrals open in it, and contacts of these and others in any year."""
    years = health.years(world, period, _BACK)
    parts = [world.kept(SOURCE, year.period, partial(received, world, year)) for year in years]
    referrals, contacts = (
        health.together([p[0] for p in parts]),
        health.together([p[1] for p in parts]),
    )
    year = years[-1]
    open_then = year.here[referrals.person] & (referrals.closed >= year.first)
    return year, health.rows(referrals, open_then), contacts


def received(world: World, year: Year) -> tuple[Referrals, Contacts]:
    """Referrals received in a year, with all that followed."""
    effects, seed, people = world.effects, world.synthesis.seed, world.people
    again = effects.value("mental_health.again")
    lasting = stream(seed, SOURCE, "lasting").random((2, len(people)))
    luck = stream(seed, SOURCE, year.period).random(len(people))
    # Whom the same luck finds every year is referred again and again.
    luck = np.where(lasting[0] < again, lasting[1], luck)
    person = np.flatnonzero(year.here & (luck < _chances(world, year)))
    rng = stream(seed, SOURCE, "course", year.period)
    received = health.any_day(rng, year, people.born[person])
    order = np.lexsort((person, received))
    person, received = person[order], received[order]
    number = int(year.period[:4]) * 10**6 + 1 + np.arange(len(person))
    wait, contacts, days = _course(rng, received, effects)
    closed = received + wait
    ends = np.cumsum(contacts)[contacts > 0] - 1
    closed[contacts > 0] = days[ends]
    close = effects.values("mental_health.course")["close"]
    closed = closed + 7 + rng.exponential(close, len(person)).astype(np.int64)
    source, reason = (
        health.chosen(rng, effects.values(f"mental_health.{name}"), len(person))
        for name in ("source", "reason")
    )
    attendance, mechanism = (
        health.chosen(rng, effects.values(f"mental_health.{name}"), len(days))
        for name in ("attendance", "mechanism")
    )
    first = np.cumsum(contacts) - contacts
    nth = np.arange(len(days)) - np.repeat(first, contacts)
    of = np.repeat(number, contacts)
    return (
        Referrals(person, number, received, closed, source, reason, contacts),
        Contacts(of * 100 + nth + 1, of, days, attendance, mechanism),
    )


def _chances(world: World, year: Year) -> Floats:
    """Chance of everyone to be referred in a year."""
    people, effects = world.people, world.effects
    levels = effects.table("mental_health.referred")
    groups = list(levels["F"])
    table = np.array([[levels[sex][group] for group in groups] for sex in ("F", "M")])
    group = draws.group_of(year.age.clip(0), groups) + people.male * len(groups)
    trend = effects.values("mental_health.trend")
    level = table.ravel()[group] * trend.get(year.period, min(trend.values()))
    ratios = np.exp(np.log(effects.value("mental_health.deprivation")) * people.depth)
    ratios *= health.by_need(world, year, effects.values("mental_health.need"))
    return health.chances(level, ratios, group, year.here)


def _course(rng: np.random.Generator, received: Days, effects: Effects) -> tuple[Ints, Ints, Days]:
    """Days to the first contact or the refusal of each referral, its contacts, and their days."""
    course = effects.values("mental_health.course")
    count = len(received)
    wait = 1 + rng.gamma(1.3, course["wait"] / 1.3, count)
    contacts = rng.geometric(1 / course["contacts"], count).clip(1, _MOST)
    contacts = np.where(rng.random(count) < course["accepted"], contacts, 0)
    # Days since the contact before it; of the first since the referral.
    gaps = 2 + rng.exponential(course["gap"] - 2, int(contacts.sum()))
    first = (np.cumsum(contacts) - contacts)[contacts > 0]
    gaps[first] = wait[contacts > 0]
    run = np.cumsum(gaps)
    since = run - np.repeat(run[first] - gaps[first], contacts[contacts > 0])
    days = health.working(np.repeat(received, contacts) + since.astype(np.int64))
    return wait.astype(np.int64), contacts, days


def _code(world: World, name: str, positions: Ints) -> Quantity:
    """Codes of positions among the shares of an effect."""
    codes = list(world.effects.values(f"mental_health.{name}"))
    return lambda: text_of(codes, positions)


def _number(numbers: Ints) -> Quantity:
    return lambda: pa.array(numbers).cast(pa.string())


SYNTHETIC: Final = Synthetic(views={"referrals": referrals_view, "contacts": contacts_view})

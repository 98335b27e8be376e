"""To whom something may happen in a period: the first thing a source declares of its invented rows.

Needs are those of the January in the period, so that a child known to a service and to a school has
one truth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from jsna.shared.patients import OLDEST
from jsna.shared.periods import census_day, window
from jsna.synthetic import draws, need, rows
from jsna.synthetic.draws import Bools, Days, Floats, Ints
from jsna.synthetic.people import OUTSIDE, YEAR_GROUPS
from jsna.synthetic.placement import MAINSTREAM, SETTINGS
from jsna.synthetic.shown import person_quantities, school_quantities
from jsna.synthetic.view import Quantity
from jsna.synthetic.world import Registrations, World


def _nobody() -> Ints:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The members of a base in a period; arrays have one element a member.

    Attributes:
        period: such as `2024/25`; `first` and `last` are the days it runs from and to.
        here: to whom of them anything may happen.
        depth: deprivation of their home, -0.5 least to 0.5 most deprived in England.
        quantities: gives what is true of some members, one a row.
        person: positions in the people of the world; like the next two, empty of no persons.
        age: whole years on the last day.
        provision: for special educational needs, positions in `need.PROVISIONS`.
        roll: their registrations, of pupils on a roll.
    """

    period: str
    first: np.datetime64
    last: np.datetime64
    here: Bools
    depth: Floats
    quantities: Callable[[Ints], dict[str, Quantity]]
    person: Ints = field(default_factory=_nobody)
    age: Ints = field(default_factory=_nobody)
    provision: Ints = field(default_factory=_nobody)
    roll: Registrations | None = None

    def __len__(self) -> int:
        return len(self.here)

    @property
    def on_roll(self) -> Registrations:
        """Their registrations; only pupils on a roll have any."""
        assert self.roll is not None, "only pupils on a roll have registrations"
        return self.roll

    def within(self, days: Days) -> Bools:
        """Which days lie in the period."""
        inside: Bools = (days >= self.first) & (days <= self.last)
        return inside


#: Gives the members in a period.
Base: TypeAlias = Callable[[World, str], Group]


def residents(oldest: int = OLDEST, period_type: str = "financial_year") -> Base:
    """Residents of the January in a period, born and up to that old on its last day.

    Members are everyone of the world in any period; `here` says who of them is such a resident.
    """

    def members(world: World, period: str) -> Group:
        first, last = window(period, period_type)
        january, people = _january(world, period, period_type), world.people
        age = people.age(last)
        here = (people.kind != OUTSIDE) & (people.since <= january) & (people.until >= january)
        here &= (age <= oldest) & (people.born <= draws.days(last))
        return Group(
            period=period, first=draws.days(first), last=draws.days(last), here=here,
            depth=people.depth, quantities=partial(person_quantities, world),
            age=draws.narrow(age, np.int16), provision=_provision(world, january),
            person=world.kept("everyone", "", lambda: np.arange(len(people))),
        )  # fmt: skip

    key = f"residents to {oldest}, {period_type}"
    return lambda world, period: world.kept(key, period, partial(members, world, period))


def pupils(
    year_groups: tuple[str, ...] = YEAR_GROUPS,
    *,
    mainstream: bool = False,
    local: bool = False,
    period_type: str = "academic_year",
) -> Base:
    """Pupils on the roll of the January in a period, each once.

    Args:
        year_groups: of which they are.
        mainstream: in mainstream schools only, pupil referral units apart.
        local: living in the county only.
        period_type: of the period.
    """

    def members(world: World, period: str) -> Group:
        first, last = window(period, period_type)
        roll, people = world.registrations(_january(world, period, period_type)), world.people
        person, school = roll.person[: roll.on_roll], roll.school[: roll.on_roll]
        named = [YEAR_GROUPS.index(name) for name in year_groups]
        here = np.isin(roll.year_group[: roll.on_roll], named)
        if mainstream:
            units = world.schools.kinds["alternative_provision"]
            here &= ~elsewhere(roll) & ~np.isin(school, units)
        if local:
            here &= people.kind[person] != OUTSIDE
        return Group(
            period=period, first=draws.days(first), last=draws.days(last), here=here,
            depth=people.depth[person], person=person, age=people.age(last)[person],
            provision=roll.provision[: roll.on_roll], roll=roll,
            quantities=partial(rows.of_pupils, world, roll),
        )  # fmt: skip

    return members


def schools(period_type: str = "academic_year") -> Base:
    """Schools of the register; nothing is said of any person."""
    return lambda world, period: _no_persons(
        period, period_type, np.zeros(len(world.schools.frame)), partial(school_quantities, world)
    )


def small_areas(period_type: str = "calendar_year") -> Base:
    """Small areas of the county; nothing is said of any person."""

    def members(world: World, period: str) -> Group:
        known = rows.small_areas(world, period).quantities
        depth = world.places.depth[: len(world.places.lsoa)]
        return _no_persons(
            period, period_type, depth,
            lambda member: {name: partial(_taken, of, member) for name, of in known.items()},
        )  # fmt: skip

    return members


def _taken(of: Quantity, member: Ints) -> Any:
    return of().take(pa.array(member))


def _no_persons(
    period: str,
    period_type: str,
    depth: Floats,
    quantities: Callable[[Ints], dict[str, Quantity]],
) -> Group:
    first, last = (draws.days(day) for day in window(period, period_type))
    here = np.ones(len(depth), dtype=bool)
    return Group(
        period=period, first=first, last=last, here=here, depth=depth, quantities=quantities
    )


def _january(world: World, period: str, period_type: str) -> int:
    """The January in a period; rolls begin three Januaries back, and so do earlier periods."""
    year = int(period[:4]) if period_type == "january" else window(period, period_type)[1].year
    return max(year, world.reference.year - 2)


def elsewhere(roll: Registrations) -> Bools:
    """Who on a roll has a plan that is not met in a mainstream school."""
    mainstream = [-1, *(SETTINGS.index(setting) for setting in MAINSTREAM)]
    away: Bools = ~np.isin(roll.setting[: roll.on_roll], mainstream)
    return away


def _provision(world: World, january: int) -> Ints:
    """Provision of everyone in a January: on the roll, or by a plan open on census day."""
    roll, plans = world.registrations(january), world.need.plans
    found = np.full(len(world.people), need.N)
    found[roll.person[: roll.on_roll]] = roll.provision[: roll.on_roll]
    day = world.reference if january == world.reference.year else census_day(january)
    then = draws.days(day)
    open_then = (plans.start <= then) & (np.isnat(plans.cease) | (plans.cease > then))
    found[plans.person[open_then]] = need.E
    return draws.narrow(found, np.int8)

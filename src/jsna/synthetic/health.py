"""What health services see of the world's children: who is at risk, and how patients are written.

A service of a financial year sees residents aged 0 to 25. Needs are those of the January in it, so
that a child known to a service and to a school has one truth. Chances are levels by age and sex,
times ratios by deprivation and need, divided by the mean of those ratios: with the ratios set to 1
the levels alone are left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from jsna.shared.patients import OLDEST
from jsna.shared.periods import census_day, window
from jsna.synthetic import draws, need, written
from jsna.synthetic.course import Course
from jsna.synthetic.draws import Bools, Days, Floats, Ints, stream
from jsna.synthetic.people import OUTSIDE, text_of
from jsna.synthetic.shown import person_quantities
from jsna.synthetic.view import Quantity
from jsna.synthetic.world import World

T = TypeVar("T")
NEVER = np.datetime64("NaT", "D")
#: Ethnic groups of schools -> categories of health services.
_ETHNIC = {
    "WBRI": "A", "WIRI": "B", "WIRT": "C", "WROM": "C", "WOTH": "C", "MWBC": "D", "MWBA": "E",
    "MWAS": "F", "MOTH": "G", "AIND": "H", "APKN": "J", "ABAN": "K", "AOTH": "L", "BCRB": "M",
    "BAFR": "N", "BOTH": "P", "CHNE": "R", "OOTH": "S", "REFU": "Z", "NOBT": "99",
}  # fmt: skip
#: States of tracing: found, not yet traced, none wanted, none found.
_STATUS = ("01", "02", "07", "04")
#: First number a provider gives a patient, and share of patients it registered twice.
_FIRST_PATIENT, _TWICE = 1_000_000, 0.01


@dataclass(frozen=True, slots=True)
class Year:
    """A financial year as health services see it; arrays have one element a person.

    Attributes:
        period: such as `2024/25`.
        first, last: days it runs from and to.
        here: residents of the January in it aged 0 to 25 on its last day.
        age: whole years on its last day.
        provision: for special educational needs in its January, plans outside school too:
            positions in `need.PROVISIONS`.
    """

    period: str
    first: np.datetime64
    last: np.datetime64
    here: Bools
    age: Ints
    provision: Ints

    def within(self, days: Days) -> Bools:
        """Which days lie in the year."""
        inside: Bools = (days >= self.first) & (days <= self.last)
        return inside

    def known(self, days: Days) -> Days:
        """Days, those after the year not yet known."""
        return np.where(days <= self.last, days, NEVER)


def years(world: World, period: str, back: int) -> list[Year]:
    """The year of a delivery after so many before it."""
    first = int(period[:4])
    names = [f"{start}/{(start + 1) % 100:02d}" for start in range(first - back, first + 1)]
    return [world.kept("financial year", name, partial(_year, world, name)) for name in names]


def _year(world: World, period: str) -> Year:
    first, last = window(period, "financial_year")
    # The world's rolls begin three Januaries back; earlier years have the needs of the first.
    january = max(last.year, world.reference.year - 2)
    people = world.people
    age = people.age(last)
    here = (people.kind != OUTSIDE) & (people.since <= january) & (people.until >= january)
    here &= (age <= OLDEST) & (people.born <= draws.days(last))
    return Year(period, draws.days(first), draws.days(last), here, age, _provision(world, january))


def _provision(world: World, january: int) -> Ints:
    """Provision of everyone in a January: on the roll, or by a plan open on census day."""
    rows, plans = world.registrations(january), world.need.plans
    provision = np.full(len(world.people), need.N)
    provision[rows.person[: rows.on_roll]] = rows.provision[: rows.on_roll]
    day = world.reference if january == world.reference.year else census_day(january)
    then = draws.days(date(day.year, day.month, day.day))
    open_then = (plans.start <= then) & (np.isnat(plans.cease) | (plans.cease > then))
    provision[plans.person[open_then]] = need.E
    return provision


def by_need(world: World, of: Year, ratios: Mapping[str, float]) -> Floats:
    """Ratio of everyone: `any` for all with SEN, times that of the primary need where given."""
    own = np.array([ratios["any"] * ratios.get(code, 1.0) for code in need.NEEDS])
    return np.where(of.provision == need.N, 1.0, own[world.need.primary])


def chances(levels: Floats, ratios: Floats, group: Ints, of: Bools) -> Floats:
    """Chance of everyone: the level of each, its group's mean over `of` kept as it is.

    Args:
        levels: chance of each if everyone of the group were alike.
        ratios: of each to the others of the group.
        group: whose mean is kept.
        of: over whom the mean is taken; none of a group: the level as it is.
    """
    total = np.bincount(group[of], ratios[of], minlength=int(group.max()) + 1)
    count = np.bincount(group[of], minlength=len(total))
    mean = np.where(total > 0, total / np.maximum(count, 1), 1.0)
    return (levels * ratios / mean[group]).clip(0, 0.9)


def any_day(rng: np.random.Generator, of: Year, born: Days) -> Days:
    """A day of the year for each, not before birth."""
    first = np.maximum(born, of.first)
    length = (of.last - first).astype(np.int64) + 1
    day: Days = first + (rng.random(len(born)) * length).astype(np.int64)
    return day


def working(days: Days) -> Days:
    """Days, weekends put off to Monday."""
    weekday = (days.astype(np.int64) + 3) % 7
    put_off: Days = days + np.where(weekday >= 5, 7 - weekday, 0)
    return put_off


def chosen(rng: np.random.Generator, shares: Mapping[str, float], count: int) -> Ints:
    """Positions among the shares; -1 as often as they leave something of the whole."""
    drawn = np.searchsorted(np.cumsum(list(shares.values())), rng.random(count), side="right")
    return np.where(drawn < len(shares), drawn, -1)


def together(parts: Sequence[T]) -> T:
    """Dataclasses of parallel arrays, one after another."""
    names = [field.name for field in fields(parts[0])]  # type: ignore[arg-type]
    return replace(  # type: ignore[type-var]
        parts[0], **{name: np.concatenate([getattr(p, name) for p in parts]) for name in names}
    )


def rows(of: T, chosen: Bools | Ints) -> T:
    """A dataclass of parallel arrays with some of its rows, or in another order."""
    names = [field.name for field in fields(of)]  # type: ignore[arg-type]
    return replace(of, **{name: getattr(of, name)[chosen] for name in names})  # type: ignore[type-var]


def patients(source: str, received: str) -> Callable[[Course], dict[str, Quantity]]:
    """What a provider's system says of patients, one row a referral.

    Args:
        source: whose system it is.
        received: name of the day of each referral, before which nobody is written as born.
    """
    return lambda found: patient_quantities(found.world, found.person, source, found[received])


def patient_quantities(
    world: World, person: Ints, source: str, received: Days
) -> dict[str, Quantity]:
    """What a provider's system says of patients, one row a referral.

    Args:
        world: the world.
        person: of each referral.
        source: whose system it is.
        received: day of each referral, before which nobody is written as born.
    """
    as_written = written.quantities(world, person, source)
    people, seed = world.people, world.synthesis.seed

    def numbers() -> pa.Array[Any]:
        rng = stream(seed, source, "patients")
        order = rng.permutation(2 * len(people))
        # Of a patient registered twice either record may take the next referral.
        second = (rng.random(len(people)) < _TWICE)[person] & (received.astype(np.int64) % 2 == 1)
        row = person + np.where(second, len(people), 0)
        return pa.array(_FIRST_PATIENT + order[row]).cast(pa.string())

    def status() -> pa.Array[Any]:
        missing = np.asarray(as_written["nhs_number"]().is_null())
        other = stream(seed, source, "status").random(len(people))[person] < 0.03
        return text_of(_STATUS, 2 * missing + other)

    ethnic = [_ETHNIC[code] for code in people.ethnicities]
    return {
        **person_quantities(world, person),
        **as_written,
        "date_of_birth": lambda: believable(as_written, people.born[person], received),
        "local_patient_id": numbers,
        "nhs_number_status": status,
        "nhs_ethnic_category": lambda: text_of(ethnic, people.ethnicity[person]),
    }


def believable(as_written: Mapping[str, Quantity], born: Days, received: Days) -> pa.Array[Any]:
    """Dates of birth as written, but for errors the system would not have taken."""
    said = as_written["date_of_birth"]().to_numpy(zero_copy_only=False).astype("datetime64[D]")
    # Nobody is written as born after the referral, or as too old for the service.
    too_old = (received - said).astype(np.int64) >= (OLDEST + 1) * 365
    return pa.array(np.where((said > received) | too_old, born, said), type=pa.date32())

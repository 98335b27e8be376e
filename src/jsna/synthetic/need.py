"""Who has special educational needs: which kind, since when, and with what provision.

Each kind of need is a clock that runs faster where its rate is higher: the first to strike gives
the primary need, and the order in which people are struck decides who has a plan (so many of each
age) and who is on SEN support (so many of each year group). A rate doubled doubles the chance; an
effect set to 1 leaves no trace.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from jsna.shared.periods import census_day
from jsna.synthetic import draws
from jsna.synthetic.draws import Bools, Days, Floats, Ints, stream
from jsna.synthetic.effects import Effects
from jsna.synthetic.people import LEFT, OUTSIDE, RESIDENT, YEAR_GROUPS

if TYPE_CHECKING:
    from jsna.synthetic.world import World

NEEDS = (
    "ASD", "SLCN", "SEMH", "MLD", "SPLD", "SLD", "PMLD", "PD", "HI", "VI", "MSI", "DS", "OTH",
    "NSA",
)  # fmt: skip
N, K, E = 0, 1, 2
PROVISIONS = ("N", "K", "E")
_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Plans:
    """Plans in force on the reference day or ceased in the two calendar years before it.

    Parallel arrays, one element a plan: `person` (position in `People`), `start`, `cease` (NaT
    while in force), `reason` (position in the reasons of ceasing, -1 in force), `outside` (another
    authority's, of a pupil who lives there).
    """

    person: Ints
    start: Days
    cease: Days
    reason: Ints
    outside: Bools

    @property
    def in_force(self) -> Bools:
        """Whether the area's own authority maintains it on the reference day."""
        return np.isnat(self.cease) & ~self.outside


@dataclass(frozen=True, slots=True)
class Need:
    """Needs of everyone: primary and further ones (positions in `NEEDS`, -1 none), and plans.

    `order` is how soon someone comes onto SEN support; `before` whether a plan was preceded by it.
    """

    primary: Ints
    second: Ints
    third: Ints
    order: Floats
    before: Bools
    plans: Plans


def build(world: World) -> Need:
    """Give needs and plans to everyone."""
    people, effects, seed = world.people, world.effects, world.synthesis.seed
    age = people.age(world.reference)
    struck, plan_need = _clocks(world, age, "plan")
    order, support_need = _clocks(world, age, "support")
    plans = _plans(world, age, struck)
    primary = support_need
    primary[plans.person] = plan_need[plans.person]
    rng = stream(seed, "further needs")
    chance = effects.values("plan.secondary_need")
    drawn = rng.random(len(people))
    second, third = (rng.integers(0, NEEDS.index("NSA"), len(people)) for _ in range(2))
    second = np.where((drawn < chance["second"]) & (second != primary), second, -1)
    third = np.where((drawn < chance["third"]) & (third != primary) & (third != second), third, -1)
    third[second < 0] = -1
    before = stream(seed, "before").random(len(people)) < effects.value("support.before_plan")
    primary, second, third = (draws.narrow(one, np.int8) for one in (primary, second, third))
    return Need(primary, second, third, order, before, plans)


def _clocks(world: World, age: Ints, kind: str) -> tuple[Floats, Ints]:
    """When the first clock strikes, in no unit, and whose it is."""
    people, effects, seed = world.people, world.effects, world.synthesis.seed
    districts = len(world.places.area.localities)
    table = effects.table(f"{kind}.need_by_age")
    groups = list(table)
    share = np.array([[row.get(need, 0.0) for need in NEEDS] for row in table.values()])
    share /= share.sum(axis=1, keepdims=True)
    boys = effects.values("need.boys_to_girls")
    poor = effects.values(f"{kind}.deprivation")
    names = [need for need in NEEDS if share[:, NEEDS.index(need)].any()]
    district = effects.value(f"{kind}.district") ** stream(seed, kind, "district").standard_normal(
        districts + 1
    )
    district[-1] = 1.0
    rng = stream(seed, kind, "clocks")
    group = draws.group_of(age, groups)
    depth = people.depth.astype(np.float32)
    first = np.full(len(people), np.inf, dtype=np.float32)
    whose = np.zeros(len(people), dtype=np.int64)
    half = np.where(people.male, 0.5, -0.5).astype(np.float32)
    for need in names:
        position = NEEDS.index(need)
        # The shares are of both sexes together: half the ratio either way keeps them.
        log_rate = depth * np.float32(np.log(poor[need]))
        log_rate += half * np.float32(np.log(boys.get(need, 1.0)))
        rate = np.exp(log_rate) * share.astype(np.float32)[group, position]
        time = rng.standard_exponential(len(people), dtype=np.float32) / np.maximum(rate, 1e-12)
        sooner = time < first
        first = np.where(sooner, time, first)
        whose = np.where(sooner, position, whose)
    return first.astype(np.float64) / district[people.district], whose


def _plans(world: World, age: Ints, struck: Floats) -> Plans:
    """Plans in force (as many as asked for, so many of each age), ceased, and of outsiders."""
    people, effects, synthesis = world.people, world.effects, world.synthesis
    shares = effects.values("plan.age_share")
    counts = draws.spread(shares, synthesis.plans)
    holders = [
        _soonest(struck, (people.kind == RESIDENT) & _of_age(age, years) & (people.cohort < 25), n)
        for years, n in counts.items()
    ]
    in_force = np.concatenate(holders)
    # Pupils from outside have plans as often as pupils of the county do.
    abroad = people.kind == OUTSIDE
    rate = synthesis.plans / max(1, int(((people.kind == RESIDENT) & (people.cohort < 25)).sum()))
    outside = _soonest(struck, abroad, round(1.3 * rate * int(abroad.sum())))
    ceased, cease, reason = _ceased(world, age, struck, in_force)
    person = np.r_[in_force, ceased, outside]
    cease = np.r_[_never(len(in_force)), cease, _never(len(outside))]
    reason = np.r_[np.full(len(in_force), -1), reason, np.full(len(outside), -1)]
    ends = np.where(np.isnat(cease), draws.days(world.reference), cease)
    start = _starts(people.born[person], ends, synthesis.seed, effects)
    kept = np.zeros(len(person), dtype=bool)
    kept[len(person) - len(outside) :] = True
    return Plans(person, start, cease, reason, kept)


def _of_age(age: Ints, years: str) -> Bools:
    """Of that age; `2` is under three and `25` is 25 and over."""
    if years == "2":
        return (age >= 0) & (age <= 2)
    return age >= 25 if years == "25" else age == int(years)


def _soonest(struck: Floats, eligible: Bools, count: int) -> Ints:
    return draws.lowest(np.where(eligible, struck, np.inf), count)


def _never(count: int) -> Days:
    return np.full(count, "NaT", dtype="datetime64[D]")


def _starts(born: Days, ends: Days, seed: int, effects: Effects) -> Days:
    """First day of each plan: new ones are likeliest, none before the age of two."""
    rng = stream(seed, "plan start")
    held = effects.values("plan.years_held")
    most = ((ends - born).astype(np.float64) / _YEAR - 2.0).clip(0.05, held["longest"])
    drawn = rng.random(len(born)) * -np.expm1(-held["hazard"] * most)
    years = -np.log1p(-drawn) / held["hazard"]
    start: Days = ends - (years * _YEAR).astype(np.int64).astype("timedelta64[D]")
    return start


def _ceased(world: World, age: Ints, struck: Floats, in_force: Ints) -> tuple[Ints, Days, Ints]:
    """Plans that ceased in the two calendar years before the reference day: who, when, why."""
    people, effects, synthesis = world.people, world.effects, world.synthesis
    rng = stream(synthesis.seed, "ceased")
    each = round(effects.value("process.ceased_per_plan") * synthesis.plans)
    reasons = effects.values("process.cease_reason")
    reason = draws.choose(rng, reasons, 2 * each)
    codes = np.array([int(code) for code in reasons])[reason]
    free = np.ones(len(people), dtype=bool)
    free[in_force] = False
    # Who had a plan came soon in the same order as who has one; it is the sooner of those left.
    key = np.where(free, struck, np.inf)
    person = np.full(2 * each, -1, dtype=np.int64)
    year = np.where(np.arange(2 * each) < each, world.reference.year - 1, world.reference.year - 2)
    moved = np.isin(codes, (5, 7))
    for gone, eligible in (
        (False, (people.kind == RESIDENT) & (age >= 16) & (age <= 25)),
        (True, people.kind == LEFT),
    ):
        wanted = np.flatnonzero(moved == gone)
        found = _soonest(key, eligible, len(wanted))
        found = rng.permutation(found)
        person[wanted[: len(found)]] = found
        key[found] = np.inf
    # Who left ceased in the year before they were first missed.
    year = np.where(moved & (person >= 0), people.until[person], year)
    first = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    cease = first + np.where(moved, rng.integers(20, 340, 2 * each), rng.integers(0, 365, 2 * each))
    kept = person >= 0
    return person[kept], cease[kept], reason[kept]


def provision(world: World, on_roll: Bools, january: int) -> Ints:
    """Provision of everyone on a January roll: positions in `PROVISIONS`."""
    people, need, reference, effects = world.people, world.need, world.reference, world.effects
    day = np.datetime64(reference if january == reference.year else census_day(january), "D")
    status = np.zeros(len(people), dtype=np.int64)
    plans = need.plans
    open_then = (plans.start <= day) & (np.isnat(plans.cease) | (plans.cease > day))
    year_group = people.year_group(january, reference.year)
    shares = effects.values("support.year_group_share")
    trend = effects.values("support.trend")
    level = trend.get(str(january), 1.0)
    order = np.where(on_roll, need.order, np.inf)
    # Most who will have a plan are on support first.
    later = plans.person[~open_then & (plans.start > day)]
    order[later] = np.where(need.before[later] & on_roll[later], 0.0, np.inf)
    order[plans.person[open_then]] = np.inf
    for position, name in enumerate(YEAR_GROUPS):
        here = on_roll & (year_group == position)
        count = round(shares[name] * level * int(here.sum()))
        status[draws.lowest(np.where(here, order, np.inf), count)] = K
    status[plans.person[open_then]] = E
    return np.where(on_roll, status, N)


def labels(positions: Ints) -> pa.Array:
    """Codes of needs; null where there is none."""
    return pa.array(NEEDS).take(pa.array(positions, mask=positions < 0, type=pa.int64()))

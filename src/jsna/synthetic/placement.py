"""Where children with a plan are placed, and the ordinary schools of everyone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from jsna.synthetic import draws
from jsna.synthetic.draws import Bools, Days, Ints, stream
from jsna.synthetic.effects import Effects
from jsna.synthetic.need import NEEDS
from jsna.synthetic.people import YEAR_GROUPS

if TYPE_CHECKING:
    from jsna.synthetic.world import World

#: Settings of a plan in the order of `placement.by_age`.
SETTINGS = (
    "mainstream", "resourced_provision", "sen_unit", "mainstream_independent", "special",
    "special_non_maintained", "special_independent", "alternative_provision", "fe_college",
    "specialist_post_16", "early_years", "home_educated", "other_arrangements_la",
    "other_arrangements_parents", "other_setting", "neet", "notice_to_cease",
    "not_in_education_compulsory", "not_in_education_other", "not_recorded",
)  # fmt: skip
MAINSTREAM = ("mainstream", "resourced_provision", "sen_unit")
#: Settings whose pupils stand on the census of the area's state schools.
ON_CENSUS = (*MAINSTREAM, "special", "alternative_provision")
#: Setting -> code of the return, where it is neither a school nor a college.
SETTING_CODES = {
    "early_years": "EYP",
    "home_educated": "EHE",
    "other_arrangements_la": "OLA",
    "other_arrangements_parents": "OPA",
    "other_setting": "OTH",
    "neet": "NEET",
    "notice_to_cease": "NIEC",
    "not_in_education_compulsory": "NIEO",
    "not_in_education_other": "NIEO",
}


@dataclass(frozen=True, slots=True)
class Placements:
    """Placement of each plan, parallel to `Plans`.

    Attributes:
        setting: position in `SETTINGS`.
        school: position in the register; -1 where the setting is not a school or college.
        away: whether that lies outside the area.
        entry: first day there.
        residential: 0 no, 1 part of the year, 2 all year.
    """

    setting: Ints
    school: Ints
    away: Bools
    entry: Days
    residential: Ints


@dataclass(frozen=True, slots=True)
class Homes:
    """School of everyone in ordinary schooling: positions in the register."""

    primary: Ints
    secondary: Ints
    nursery: Ints
    #: In year R: the primary school, for a few the nursery school still.
    reception: Ints


def ordinary(world: World) -> Homes:
    """The mainstream schools of everyone: mostly the nearest, else one of the district."""
    people, places, schools, seed = world.people, world.places, world.schools, world.synthesis.seed
    rng = stream(seed, "ordinary schools")
    count, inside = len(people), len(places.lsoa)
    district = people.district
    homes = []
    for kind in ("primary", "secondary"):
        here = schools.kinds[kind]
        of = schools.frame["district"].to_numpy()[here]
        first = np.searchsorted(of, np.arange(len(places.area.localities)))
        size = np.bincount(of, minlength=len(places.area.localities))
        # Small areas stand in order of district, so near in number is near on the ground.
        low = np.searchsorted(places.lsoa["district"].to_numpy(), district)
        lsoas = np.bincount(places.lsoa["district"], minlength=len(size))
        share = (people.lsoa - low + rng.random(count)) / lsoas[district]
        near = (share * size[district]).astype(np.int64).clip(0, size[district] - 1)
        other = (rng.random(count) * size[district]).astype(np.int64)
        within = first[district] + np.where(rng.random(count) < 0.75, near, other)
        anywhere = rng.integers(0, len(here), count)
        away = (rng.random(count) < 0.03) | (people.lsoa >= inside)
        homes.append(here[np.where(away, anywhere, within)])
    # A few nursery children go to a nursery school rather than the class of their primary school.
    nurseries = schools.kinds["nursery"]
    to_nursery = rng.random(count) < 0.25
    nursery = np.where(to_nursery, nurseries[rng.integers(0, len(nurseries), count)], homes[0])
    late = stream(seed, "reception in nursery").random(count)
    few = world.effects.value("placement.reception_in_nursery")
    still = nurseries[(late / few * len(nurseries)).astype(np.int64).clip(0, len(nurseries) - 1)]
    reception = np.where(late < few, still, homes[0])
    every = (homes[0], homes[1], nursery, reception)
    return Homes(*(draws.narrow(one, np.int32) for one in every))


def build(world: World) -> Placements:
    """Place every plan."""
    rng = stream(world.synthesis.seed, "placements")
    effects, plans = world.effects, world.need.plans
    person = plans.person
    setting = _settings(world, rng)
    # Who lives outside and goes to school here is in a school here.
    setting[plans.outside] = np.where(rng.random(int(plans.outside.sum())) < 0.6, 0, 4)
    away = _away(setting, world.need.primary[person], rng, effects) & ~plans.outside
    school = _school(world, setting, away, rng)
    entry = _entry(world, setting, rng)
    chance = effects.values("placement.residential")
    boards = np.isin(setting, [SETTINGS.index(s) for s in _BOARDING])
    drawn, whole = rng.random(len(person)), rng.random(len(person))
    residential = (boards & (drawn < chance["residential"])).astype(np.int64)
    residential += (residential == 1) & (whole < chance["all_year"])
    # A place in alternative provision is seldom for years.
    ago = rng.integers(3, _LONGEST_IN_UNIT, len(person)).astype("timedelta64[D]")
    brief = setting == SETTINGS.index("alternative_provision")
    entry = np.where(brief, np.maximum(entry, draws.days(world.reference) - ago), entry)
    return Placements(setting, school, away & (school >= 0), entry, residential)


#: Days within which everyone in alternative provision with a plan began there (assumed).
_LONGEST_IN_UNIT = 900

_BOARDING = ("special_independent", "special_non_maintained", "specialist_post_16")


def _settings(world: World, rng: np.random.Generator) -> Ints:
    """Setting of each plan, by age and need."""
    people, need, effects = world.people, world.need, world.effects
    by_age = effects.table("placement.by_age")
    by_need = effects.table("placement.need")
    groups = list(by_age)
    level = np.array([[row.get(s, 0.0) for s in SETTINGS] for row in by_age.values()])
    lift = np.array(
        [[by_need.get(s, {}).get(n, 1.0) for s in SETTINGS] for n in NEEDS], dtype=float
    )
    person = need.plans.person
    age = people.age(world.reference)[person]
    # A setting for post-16 learners begins when school does not, whatever the birthday.
    group = draws.group_of(age, groups)
    schoolchild = people.cohort[person] <= 15
    group = np.where(schoolchild & (age == 16), groups.index("11-15"), group)
    weights = level[group] * lift[need.primary[person]]
    return draws.choose_rows(rng, weights)


def _away(setting: Ints, primary: Ints, rng: np.random.Generator, effects: Effects) -> Bools:
    """Whether each place lies outside the area, by setting and need."""
    base = effects.values("placement.out_of_area")
    ratio = effects.values("placement.out_of_area_need")
    odds = np.array([base.get(s, 0.0) for s in SETTINGS])[setting]
    odds *= np.array([ratio.get(n, 1.0) for n in NEEDS])[primary]
    away = rng.random(len(setting)) < odds / (1 + odds)
    college = np.isin(setting, [SETTINGS.index("fe_college"), SETTINGS.index("specialist_post_16")])
    return np.where(college, rng.random(len(setting)) < 0.12, away)


def _school(world: World, setting: Ints, away: Bools, rng: np.random.Generator) -> Ints:
    """Establishment of each plan; -1 where the setting is none."""
    person, schools, homes = world.need.plans.person, world.schools, world.homes
    school = np.full(len(person), -1, dtype=np.int64)
    year = world.reference.year
    year_group = world.people.year_group(year, year)[person]
    older = year_group >= YEAR_GROUPS.index("7")
    drawn = rng.random(len(person))
    for position, name in enumerate(SETTINGS):
        here = setting == position
        if name in MAINSTREAM:
            near = np.where(older, homes.secondary[person], homes.primary[person])
            near = np.where(year_group < YEAR_GROUPS.index("R"), homes.nursery[person], near)
            school = np.where(here, near, school)
            for phase, old in (("primary", False), ("secondary", True)):
                there = schools.kinds[f"{phase}_outside"]
                abroad = here & away & (older == old)
                school[abroad] = there[(drawn[abroad] * len(there)).astype(np.int64)]
        elif name in schools.kinds:
            for kind, beyond in ((name, False), (f"{name}_outside", True)):
                there = schools.kinds[kind]
                chosen = here & (away == beyond)
                school[chosen] = there[(drawn[chosen] * len(there)).astype(np.int64)]
    return school


def _entry(world: World, setting: Ints, rng: np.random.Generator) -> Days:
    """First day of each placement: the start of the phase, or later where the plan led there."""
    plans, reference = world.need.plans, world.reference
    cohort = world.people.cohort[plans.person]
    phase = np.select([cohort >= 19, cohort >= 16, cohort >= 11, cohort >= 4], [19, 16, 11, 4], 2)
    september = (reference.year - 1 - (cohort - phase) - 1970).astype("datetime64[Y]")
    began = september.astype("datetime64[M]") + 8
    start = began.astype("datetime64[D]") + 2
    moved = ~np.isin(setting, [SETTINGS.index(s) for s in MAINSTREAM])
    after = plans.start + rng.integers(0, 150, len(cohort)).astype("timedelta64[D]")
    entry = np.where(moved & (after > start), after, start)
    latest = np.datetime64(reference, "D") - 3
    day: Days = np.minimum(entry, latest)
    return day

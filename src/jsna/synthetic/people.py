"""Everyone aged 0 to 26 who lives in the county or goes to school there, with who they are.

A person is one row of parallel arrays and has one truth: the same names, birth date, home and
numbers wherever they appear. `cohort` is completed years of age on 31 August before the reference
January: cohort 4 is in Reception then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from jsna.synthetic import draws, identifiers
from jsna.synthetic.draws import Bools, Days, Floats, Ints, Labels, narrow, stream
from jsna.synthetic.effects import Effects
from jsna.synthetic.families import families
from jsna.synthetic.places import pools

if TYPE_CHECKING:
    from jsna.synthetic.world import World

OLDEST_COHORT = 26
YEAR_GROUPS = ("N1", "N2", "R", *(str(year) for year in range(1, 15)))
RESIDENT, LEFT, OUTSIDE = 0, 1, 2
#: Number of the first school that gives pupils their numbers.
FIRST_SCHOOL = 2000
#: The universe is this much larger than the rolls need, and trimmed to them.
_MARGIN = 1.035


@dataclass(frozen=True, slots=True)
class People:
    """Parallel arrays, one element a person, whole numbers in as few bytes as hold them.

    Attributes:
        kind: resident now, left the county, or lives outside it.
        cohort, born, male, ethnicity (positions in `ethnicities`).
        lsoa: position among `Places.codes`.
        depth: deprivation of it, -0.5 least to 0.5 most deprived in England.
        district: position of the district; -1 outside.
        since, until: first and last January present in the county.
        surname, forename, postcode, upn, nhs_number: text.
    """

    kind: Ints
    cohort: Ints
    born: Days
    male: Bools
    ethnicity: Ints
    ethnicities: tuple[str, ...]
    lsoa: Ints
    depth: Floats
    district: Ints
    since: Ints
    until: Ints
    #: Uniform numbers fixed for life: whether at a state school, nursery, sixth form.
    at_school: Floats
    at_nursery: Floats
    at_sixth_form: Floats
    surname: pa.StringArray
    forename: pa.StringArray
    postcode: pa.StringArray
    upn: pa.StringArray
    nhs_number: pa.StringArray

    def __len__(self) -> int:
        return len(self.kind)

    def age(self, on: date) -> Ints:
        """Whole years of age on a day; negative before birth."""
        return draws.completed_years(self.born, on)

    def year_group(self, january: int, reference: int) -> Ints:
        """Position in `YEAR_GROUPS` in a January, outside 0…16 where too young or too old."""
        return self.cohort - (reference - january) - 2


def build(world: World) -> People:
    """Make everyone."""
    places, effects = world.places, world.effects
    seed, year = world.synthesis.seed, world.reference.year
    size = _cohort_size(world.synthesis.pupils, effects)
    cohort, kind = _cohorts(size, effects)
    count = len(cohort)
    rng = stream(seed, "people")
    # Born between 1 September and 31 August, so many years before the school year began.
    first = (year - 1 - cohort - 1 - 1970).astype("datetime64[Y]").astype("datetime64[M]") + 8
    later = rng.integers(0, 365, count).astype("timedelta64[D]")
    born: Days = first.astype("datetime64[D]") + later
    male = rng.random(count) < effects.value("people.male_share")
    inside = len(places.lsoa)
    lsoa = draws.choose_weighted(rng, places.lsoa["weight"].to_numpy(), count)
    lsoa = np.where(kind == OUTSIDE, inside + rng.integers(0, len(places.outside), count), lsoa)
    lsoa = narrow(lsoa, np.int32)
    district = narrow(places.district, np.int16)[lsoa]
    ethnicity, names = _ethnicity(seed, district, len(places.area.localities), effects)
    moves = effects.value("people.movers_per_year")
    drawn = rng.random(count)
    since = np.where(drawn < moves, year, np.where(drawn < 2 * moves, year - 1, 0))
    left = np.where(rng.random(count) < 0.5, year - 1, year - 2)
    since, left = narrow(since, np.int16), narrow(left, np.int16)
    surname, forename = _names(seed, male, np.isin(ethnicity, _asian(names)))
    unit = rng.integers(0, identifiers.POSTCODES_PER_SECTOR, count)
    kin = families(seed, lsoa, ethnicity, cohort, born, forename, effects.value("people.twins"))
    return People(
        kind=kind,
        cohort=cohort,
        born=kin.born,
        male=male,
        ethnicity=ethnicity,
        ethnicities=names,
        lsoa=lsoa,
        depth=places.depth[lsoa],
        district=district,
        since=np.where(kind == LEFT, np.int16(0), since),
        until=np.where(kind == LEFT, left, np.int16(9999)),
        at_school=rng.random(count),
        at_nursery=rng.random(count),
        at_sixth_form=rng.random(count),
        surname=surname.take(pa.array(kin.head)),
        forename=forename,
        postcode=identifiers.postcodes(lsoa, unit[kin.head]),
        upn=_upns(world, cohort, kind),
        nhs_number=identifiers.nhs_numbers(stream(seed, "nhs"), count),
    )


def _cohort_size(pupils: int, effects: Effects) -> int:
    """Residents of one age who fill rolls of that many pupils."""
    share = effects.values("people.participation")
    years = share["N1"] + share["N2"] + 7 * share["primary"] + 5 * share["secondary"]
    years += share["12"] + share["13"]
    return round(pupils / years * _MARGIN)


def _cohorts(size: int, effects: Effects) -> tuple[Ints, Ints]:
    """Cohort and kind of everyone: residents first, then who left, then who lives outside."""
    residents = np.repeat(narrow(np.arange(OLDEST_COHORT + 1), np.int16), size)
    school = narrow(np.arange(2, 20), np.int16)
    moved = 2 * round(size * effects.value("people.movers_per_year"))
    left = np.repeat(school, moved)
    outside = np.repeat(school, max(1, round(size * effects.value("people.pupils_from_outside"))))
    cohort = np.r_[residents, left, outside]
    kinds = narrow(np.array([RESIDENT, LEFT, OUTSIDE]), np.int8)
    kind = np.repeat(kinds, [len(residents), len(left), len(outside)])
    return cohort, kind


def _ethnicity(
    seed: int, district: Ints, districts: int, effects: Effects
) -> tuple[Ints, tuple[str, ...]]:
    """Ethnic group of everyone, the mix differing by district."""
    rng = stream(seed, "ethnicity")
    shares = effects.values("people.ethnicity")
    names = tuple(shares)
    spread = effects.value("people.ethnicity_spread")
    tilt = np.exp(spread * rng.standard_normal((districts + 1, len(names))))
    tilt[:, 0] = 1
    bounds = np.cumsum(np.array(list(shares.values())) * tilt, axis=1)
    drawn = rng.random(len(district))
    group = narrow(np.zeros(len(district), dtype=np.int64), np.int8)
    for place in range(-1, districts):
        here = district == place
        row = bounds[place] / bounds[place, -1]
        group[here] = np.searchsorted(row, drawn[here], side="right")
    return group.clip(0, len(names) - 1), names


def _asian(names: tuple[str, ...]) -> list[int]:
    """Groups whose names come from the South Asian pools."""
    return [names.index(code) for code in ("AIND", "APKN", "ABAN", "AOTH") if code in names]


def _names(seed: int, male: Bools, asian: Bools) -> tuple[pa.StringArray, pa.StringArray]:
    """Surname and forename of everyone."""
    rng, pool = stream(seed, "names"), pools()
    first = [*pool["boys"], *pool["girls"], *pool["boys_asian"], *pool["girls_asian"]]
    starts = np.cumsum([0, *(len(pool[k]) for k in ("boys", "girls", "boys_asian"))])
    sizes = np.array([len(pool[k]) for k in ("boys", "girls", "boys_asian", "girls_asian")])
    which = 2 * asian.astype(np.int64) + ~male
    forename = starts[which] + (rng.random(len(male)) * sizes[which]).astype(np.int64)
    last = [*pool["surnames"], *pool["surnames_asian"]]
    plain = len(pool["surnames"])
    surname = np.where(
        asian,
        plain + rng.integers(0, len(pool["surnames_asian"]), len(male)),
        rng.integers(0, plain, len(male)),
    )
    return pa.array(last).take(surname), pa.array(first).take(forename)


def _upns(world: World, cohort: Ints, kind: Ints) -> pa.StringArray:
    """Unique pupil numbers, given by the school of entry in the year of entry."""
    effects, area = world.effects, world.places.area
    rng = stream(world.synthesis.seed, "upn")
    count = len(cohort)
    elsewhere = (rng.random(count) < effects.value("people.upn_of_other_authority")) | (
        kind == OUTSIDE
    )
    others: Labels = np.array([int(n.old_la_code) for n in area.neighbours] or [999])
    authority = np.where(elsewhere, rng.choice(others, count), int(area.old_la_code))
    school = rng.integers(0, max(len(world.schools.kinds["primary"]), 40), count)
    entered = (world.reference.year - 1 - (cohort - 4)) % 100
    temporary = rng.random(count) < effects.value("people.no_upn_in_time")
    group = ((authority * 10_000 + school) * 100 + entered) * 2 + temporary
    serial = identifiers.running_number(group)
    return identifiers.upns(authority, FIRST_SCHOOL + school, entered, serial, temporary)


def text_of(labels: tuple[str, ...] | list[str], positions: Ints) -> pa.Array[Any]:
    """Labels at positions; null where the position is negative."""
    return pa.array(list(labels), type=pa.string()).take(
        pa.array(positions, mask=positions < 0, type=pa.int64())
    )

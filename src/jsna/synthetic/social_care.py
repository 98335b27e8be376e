"""Children social care works with: episodes of need, child protection plans, and care.

Each child has one history, from referral to closure, which every extract of social care shows a
part of. An episode is of one kind: need alone, with a child protection plan, or with a time in
care. Children on SEN support or with a plan, and from poorer areas, have more of each.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import partial

import numpy as np

from jsna.synthetic import draws
from jsna.synthetic.draws import Bools, Days, Floats, Ints, stream
from jsna.synthetic.often import ratios
from jsna.synthetic.people import RESIDENT
from jsna.synthetic.who import Group, residents
from jsna.synthetic.world import World

KINDS = ("in_need", "protected", "looked_after")
IN_NEED, PROTECTED, LOOKED_AFTER = range(3)
#: Years before the end of the latest year in which histories may begin, and days before birth.
_YEARS, _UNBORN = 12, 120
_YEAR = 365.25
#: Days from the end of a plan or of care to closure at most.
_AFTER = 150


@dataclass(frozen=True, slots=True)
class Cases:
    """Episodes of need, one element each, of a person one after another.

    Attributes:
        person: position in the people of the world.
        kind: position in `KINDS`.
        referral, closure: first and last day; the last may lie in the future.
        start, end: of the child protection plan or the time in care; NaT for need alone.
        first: first referral of the person.
        before: child protection plans the person had before.
        of_age: closed because the child turned 18.
    """

    person: Ints
    kind: Ints
    referral: Days
    closure: Days
    start: Days
    end: Days
    first: Days
    before: Ints
    of_age: Bools

    def __len__(self) -> int:
        return len(self.person)


def cases(world: World) -> Cases:
    """Every episode of the world, made when first asked for."""
    return world.kept("social care", "", partial(_build, world))


def _group(world: World) -> Group:
    """Everyone in the financial year of the reference date, with the needs of its January."""
    year = world.reference.year
    return residents()(world, f"{year - 1}/{year % 100:02d}")


def provision(world: World) -> Ints:
    """Provision for SEN of everyone in the reference January; plans wherever they are placed."""
    return _group(world).provision


def _build(world: World) -> Cases:
    people, effects, seed = world.people, world.effects, world.synthesis.seed
    rng = stream(seed, "social care")
    last = np.datetime64(f"{world.reference.year}-03-31")
    adult = _birthday(people.born, 18)
    begin = np.maximum(people.born - _UNBORN, last - round(_YEARS * _YEAR))
    came = (people.since - 1970).astype("datetime64[Y]").astype("datetime64[D]") + 31
    begin = np.where(people.since > 0, np.maximum(begin, came), begin)
    years = (np.minimum(adult, last) - begin).astype(np.float64) / _YEAR
    years = np.where(people.kind == RESIDENT, years.clip(0), 0.0)
    rates = _rates(world, (adult > last) & (people.kind == RESIDENT))
    weights = effects.table("social_care.at_age")
    highest = max(max(row.values()) for row in weights.values())
    person = np.repeat(np.arange(len(people)), rng.poisson(rates.sum(axis=1) * years * highest))
    kind = draws.choose_rows(rng, rates[person])
    referral: Days = begin[person] + (rng.random(len(person)) * years[person] * _YEAR).astype(
        np.int64
    )
    kept = rng.random(len(person)) * highest < _by_age(referral, people.born[person], kind, weights)
    kept &= referral < last
    person, kind, referral = person[kept], kind[kept], referral[kept]
    # What cannot run its course before the child is of age is need alone.
    kind[referral > adult[person] - 200] = IN_NEED
    start, end, closure = _course(rng, kind, referral, people.born[person], world)
    of_age = closure >= adult[person]
    closure, end = np.minimum(closure, adult[person]), np.minimum(end, adult[person])
    none = np.zeros(len(person), dtype=np.int64)
    return _in_turn(Cases(person, kind, referral, closure, start, end, referral, none, of_age))


def _rates(world: World, counted: Bools) -> Floats:
    """Episodes a year of each kind that begin, for everyone; the mean of those counted is given."""
    starts, group = world.effects.values("social_care.starts"), _group(world)
    rates = [ratios(world, "social_care", group, kind) for kind in KINDS]
    means = [starts[kind] / rate[counted].mean() for kind, rate in zip(KINDS, rates, strict=True)]
    found: Floats = np.stack(rates, axis=1) * np.array(means)
    return found


def _by_age(referral: Days, born: Days, kind: Ints, weights: dict[str, dict[str, float]]) -> Floats:
    """How much likelier than on average an episode of its kind begins at this age."""
    age = ((referral - born).astype(np.float64) / _YEAR).clip(0)
    groups = list(weights[KINDS[0]])
    table = np.array([[weights[name][group] for group in groups] for name in KINDS])
    found: Floats = table[kind, draws.group_of(np.floor(age).astype(np.int64), groups)]
    return found


def _course(
    rng: np.random.Generator, kind: Ints, referral: Days, born: Days, world: World
) -> tuple[Days, Days, Days]:
    """Start and end of the plan or care, and closure, of each episode."""
    length, count = world.effects.values("social_care.years"), len(kind)
    long = rng.random(count) < length["long_share"]
    alone = rng.exponential(np.where(long, length["long"], length["short"]))
    plan = rng.gamma(2.0, length["protected"] / 2.0, count)
    # Many leave care soon, some stay until they are of age.
    care = rng.gamma(0.7, length["looked_after"] / 0.7, count)
    wait, after = rng.integers(15, 80, count), rng.integers(5, _AFTER, count)
    nat = np.datetime64("NaT", "D")
    start = np.where(kind == IN_NEED, nat, referral + wait)
    # A child in care has been born.
    start = np.where(kind == LOOKED_AFTER, np.maximum(start, born + 2), start)
    years = np.choose(kind, [alone, plan, care])
    days = (years * _YEAR).astype(np.int64) + 7
    end = np.where(kind == IN_NEED, nat, start + days)
    closure = np.where(kind == IN_NEED, referral + days, end + after)
    return start, end, closure


def _in_turn(drawn: Cases) -> Cases:
    """The episodes in order, without those that begin before an earlier one has ended."""
    rows = _rows(drawn, np.lexsort((drawn.referral, drawn.person)))
    # Days within a person and persons after one another on one line, so that the latest closure so
    # far is a running maximum.
    line = rows.person * 1_000_000
    latest = np.maximum.accumulate(line + rows.closure.astype(np.int64))
    begins = line + rows.referral.astype(np.int64)
    rows = _rows(rows, np.flatnonzero(np.r_[True, begins[1:] > latest[:-1] + 14]))
    new = np.r_[True, rows.person[1:] != rows.person[:-1]]
    head = np.maximum.accumulate(np.where(new, np.arange(len(rows)), 0))
    plans = np.cumsum(rows.kind == PROTECTED) - (rows.kind == PROTECTED)
    return replace(rows, first=rows.referral[head], before=plans - plans[head])


def _rows(of: Cases, chosen: Bools | Ints) -> Cases:
    """Some of the episodes, or in another order."""
    return replace(of, **{part.name: getattr(of, part.name)[chosen] for part in fields(of)})


def _birthday(born: Days, years: int) -> Days:
    """The day of turning so many years old (1 March for 29 February)."""
    months = born.astype("datetime64[M]")
    day_of_month = born - months.astype("datetime64[D]")
    then: Days = (months + 12 * years).astype("datetime64[D]") + day_of_month
    return then

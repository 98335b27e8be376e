"""Children social care works with: episodes of need, child protection plans, and care.

Each child has one history, from referral to closure, which every extract of social care shows a
part of. An episode is of one kind: need alone, with a child protection plan, or with a time in
care. Children on SEN support or with a plan, and from poorer areas, have more of each.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any, Final

import numpy as np
import pyarrow as pa

from jsna.extracts.periods import window
from jsna.synthetic import draws, need, written
from jsna.synthetic.draws import Bools, Days, Floats, Ints, stream
from jsna.synthetic.people import RESIDENT, YEAR_GROUPS, text_of
from jsna.synthetic.returned import day, flag
from jsna.synthetic.shown import person_quantities
from jsna.synthetic.view import Quantity, View
from jsna.synthetic.world import World

KINDS = ("in_need", "protected", "looked_after")
IN_NEED, PROTECTED, LOOKED_AFTER = range(3)
#: Whose records these are: the same slips in all of them.
SOURCE: Final = "social_care"
#: Years before the end of the latest year in which histories may begin, and days before birth.
_YEARS, _UNBORN = 12, 120
_YEAR = 365.25
#: Days from the end of a plan or of care to closure at most.
_AFTER = 150
#: Days an episode closed after assessment lasts at most.
_ASSESSED = 90
_FIRST_NUMBER = 100_000
_DISABILITY_OF: Final = {
    "ASD": "AUT", "SLCN": "COMM", "SEMH": "BEH", "MLD": "LD", "SLD": "LD", "PMLD": "LD",
    "PD": "MOB", "HI": "HEAR", "VI": "VIS", "MSI": "VIS", "DS": "LD",
}  # fmt: skip
_DISABILITIES: Final = (
    "AUT", "BEH", "COMM", "CON", "HAND", "HEAR", "INC", "LD", "MOB", "PC", "VIS", "DDA", "NONE",
)  # fmt: skip


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

    def taken(self, rows: Ints) -> Cases:
        """These episodes, in this order."""
        return Cases(*(getattr(self, one.name)[rows] for one in fields(self)))


def cases(world: World) -> Cases:
    """Every episode of the world, made when first asked for."""
    return world.kept("social care", "", partial(_build, world))


def provision(world: World) -> Ints:
    """Provision for SEN of everyone in the reference January; plans wherever they are placed."""
    return world.kept("social care", "provision", partial(_provision, world))


def _provision(world: World) -> Ints:
    rows = world.registrations(world.reference.year)
    status = np.full(len(world.people), need.N)
    status[rows.person] = rows.provision
    status[world.need.plans.person[world.need.plans.in_force]] = need.E
    return status


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
    weights = effects.table("social_care.age")
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
    people, effects = world.people, world.effects
    status = provision(world)
    starts = effects.values("social_care.starts")
    poor = effects.values("social_care.deprivation")
    boys = effects.values("social_care.boys_to_girls")
    sen = effects.table("social_care.sen")
    columns = []
    for kind in KINDS:
        log_rate = np.log(poor[kind]) * people.depth
        log_rate += np.log(boys[kind]) * np.where(people.male, 0.5, -0.5)
        log_rate += np.log(np.array([1.0, sen[kind]["K"], sen[kind]["E"]]))[status]
        rate = np.exp(log_rate)
        columns.append(starts[kind] * rate / rate[counted].mean())
    return np.stack(columns, axis=1)


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
    rows = drawn.taken(np.lexsort((drawn.referral, drawn.person)))
    # Days within a person and persons after one another on one line, so that the latest closure so
    # far is a running maximum.
    line = rows.person * 1_000_000
    latest = np.maximum.accumulate(line + rows.closure.astype(np.int64))
    begins = line + rows.referral.astype(np.int64)
    rows = rows.taken(np.flatnonzero(np.r_[True, begins[1:] > latest[:-1] + 14]))
    new = np.r_[True, rows.person[1:] != rows.person[:-1]]
    head = np.maximum.accumulate(np.where(new, np.arange(len(rows)), 0))
    plans = np.cumsum(rows.kind == PROTECTED) - (rows.kind == PROTECTED)
    return replace(rows, first=rows.referral[head], before=plans - plans[head])


def _birthday(born: Days, years: int) -> Days:
    """The day of turning so many years old (1 March for 29 February)."""
    months = born.astype("datetime64[M]")
    day_of_month = born - months.astype("datetime64[D]")
    then: Days = (months + 12 * years).astype("datetime64[D]") + day_of_month
    return then


def numbers(world: World, person: Ints) -> Quantity:
    """What the authority calls each child: numbers in no order."""

    def order() -> Ints:
        rng = stream(world.synthesis.seed, "social care", "numbers")
        return rng.permutation(len(world.people))

    given = world.kept("social care", "numbers", order)[person]
    return lambda: pa.array(_FIRST_NUMBER + given).cast(pa.string())


def child_quantities(
    world: World, person: Ints, first: Days, last: np.datetime64
) -> dict[str, Quantity]:
    """Who a child is, as social care has it at the end of a year.

    Args:
        world: the world.
        person: one a row.
        first: first referral of each.
        last: last day of the year.
    """
    own = person_quantities(world, person)
    said = written.quantities(world, person, SOURCE, np.minimum(first, last))
    year = int(str(last)[:4])
    at_school = world.people.year_group(year, world.reference.year)[person] >= YEAR_GROUPS.index(
        "R"
    )
    born = world.people.born[person] <= last
    expected = world.people.born[person] + (person % 21) - 10

    def upn() -> pa.Array[Any]:
        return _shown(said["upn"](), at_school)

    return {
        **own,
        **said,
        "child_id": numbers(world, person),
        "social_care_upn": upn,
        "former_upn": lambda: _shown(own["former_upn"](), at_school),
        "upn_unknown": lambda: _why_none(upn(), at_school),
        "forename_if_born": lambda: _shown(said["forename"](), born),
        "birth_if_born": lambda: _shown(said["date_of_birth"](), born),
        "sex_if_born": lambda: _shown(own["sex"](), born),
        "expected_birth_date": lambda: pa.array(expected, mask=born, type=pa.date32()),
    }


def _shown(values: pa.Array[Any], where: Bools) -> pa.Array[Any]:
    import pyarrow.compute as pc

    return pc.if_else(pa.array(where), values, pa.scalar(None, values.type))


def _why_none(upn: pa.Array[Any], at_school: Bools) -> pa.Array[Any]:
    """Reasons for a missing number: too young, or not known yet."""
    known = np.asarray(upn.is_valid())
    reason = np.where(at_school, "UN4", "UN1")
    return pa.array(reason, mask=known, type=pa.string())


def disabilities(world: World) -> Ints:
    """Up to three recorded disabilities of everyone, positions in `_DISABILITIES`; -1 for none."""
    return world.kept("social care", "disabilities", partial(_disabilities, world))


def _disabilities(world: World) -> Ints:
    count = len(world.people)
    rng = stream(world.synthesis.seed, "social care", "disabilities")
    share = world.effects.values("social_care.disability")
    chance = np.array([share["N"], share["K"], share["E"]])[provision(world)]
    has = rng.random(count) < chance
    names = [_DISABILITY_OF.get(name, "DDA") for name in need.NEEDS]
    of = np.array([*(_DISABILITIES.index(name) for name in names), _DISABILITIES.index("DDA")])
    first = np.where(has, of[world.need.primary], _DISABILITIES.index("NONE"))
    others = rng.integers(0, _DISABILITIES.index("DDA"), (2, count))
    drawn = rng.random(count)
    second = np.where(has & (drawn < share["second"]) & (others[0] != first), others[0], -1)
    third = np.where((drawn < share["third"]) & (second >= 0), others[1], -1)
    third = np.where((third == first) | (third == second), -1, third)
    return np.stack([first, second, third, np.full(count, -1)], axis=1)


def needs(world: World) -> Ints:
    """Main reason of every episode, position among those of `social_care.need`."""
    return world.kept("social care", "needs", partial(_needs, world))


def _needs(world: World) -> Ints:
    found = cases(world)
    table = world.effects.table("social_care.need")
    rows = np.array([[row[code] for code in table["disabled"]] for row in table.values()])
    none = disabilities(world)[found.person, 0] == _DISABILITIES.index("NONE")
    rng = stream(world.synthesis.seed, "social care", "needs")
    # In the order of the table: who is disabled, then the others.
    return draws.choose_rows(rng, rows[none.astype(np.int64)])


def episodes_view(world: World, period: str) -> View:
    """Episodes open in a financial year, with what was known at its end."""
    found, seed, effects = cases(world), world.synthesis.seed, world.effects
    first, last = (np.datetime64(d) for d in window(period, "financial_year"))
    chosen = np.flatnonzero((found.referral <= last) & (found.closure >= first))
    numbered = stream(seed, "social care", "rows").permutation(len(world.people))
    chosen = chosen[np.lexsort((found.referral[chosen], numbered[found.person[chosen]]))]
    person, kind = found.person[chosen], found.kind[chosen]
    rng = partial(stream, seed, "social care")
    codes = list(effects.table("social_care.need")["disabled"])
    sources, reasons, abuse = (
        effects.values(f"social_care.{name}") for name in ("source", "closure", "abuse")
    )
    # Drawn for all episodes, so that a delivery changes none of them.
    by = draws.choose(rng("source"), sources, len(found))[chosen]
    why = draws.choose(rng("closure"), reasons, len(found))[chosen]
    # Only what ended soon was closed after assessment.
    long = (kind != IN_NEED) | (found.closure[chosen] - found.referral[chosen] > _ASSESSED)
    after = np.isin(why, [list(reasons).index(code) for code in ("RC8", "RC9")])
    why = np.where(long & after, list(reasons).index("RC7"), why)
    why = np.where(found.of_age[chosen], list(reasons).index("RC6"), why)
    category = draws.choose(rng("abuse"), abuse, len(found))[chosen]
    disability = disabilities(world)[person]
    closed = found.closure[chosen] <= last
    planned = (kind == PROTECTED) & (found.start[chosen] <= last)
    ended = planned & (found.end[chosen] <= last)
    quantities = {
        **child_quantities(world, person, found.first[chosen], last),
        "referral_date": day(found.referral[chosen]),
        "referral_source": lambda: text_of(list(sources), by),
        "referral_nfa": flag(np.zeros(len(chosen), dtype=bool)),
        "category_of_need": lambda: text_of(codes, needs(world)[chosen]),
        "closure_date": _until(found.closure[chosen], closed),
        "closure_reason": lambda: text_of(list(reasons), np.where(closed, why, -1)),
        "initial_conference_date": _until(found.start[chosen], planned),
        "cpp_start_date": _until(found.start[chosen], planned),
        "cpp_end_date": _until(found.end[chosen], ended),
        "abuse_category": lambda: text_of(list(abuse), np.where(planned, category, -1)),
        "previous_plans": lambda: pa.array(found.before[chosen], mask=~planned),
    }
    for number in range(disability.shape[1]):
        quantities[f"disability_{number + 1}"] = partial(
            text_of, list(_DISABILITIES), disability[:, number]
        )
    return View(len(chosen), quantities)


def _until(days: Days, known: Bools) -> Quantity:
    """Days, empty where they are not known."""
    return day(np.where(known, days, np.datetime64("NaT", "D")))

"""The SEN2 return: requests, assessments, plans, reviews and placements of a calendar year.

One case is one row of `Cases`: a request which may lead to an assessment and a plan. Plans first
issued before the return's year keep no dates of their request, as in the return itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np

from jsna.synthetic import draws
from jsna.synthetic.course import Course, Values
from jsna.synthetic.draws import Bools, Days, Ints, Labels, stream
from jsna.synthetic.effects import Effects
from jsna.synthetic.people import RESIDENT
from jsna.synthetic.who import residents
from jsna.synthetic.world import World

WITHIN_6, WITHIN_20, YEAR = 42, 140, 365


def cases(world: World) -> Course:
    """Every request of the return of the reference January, made when first asked for.

    Under the names of the return: days of the request and of the decision on it are not a time
    where historical or not yet; `assessment_outcome` is H where decided before the period, and ""
    where there was no assessment. `case` and `plan` are positions, -1 where no plan was issued.
    """
    return world.kept("sen2", "cases", partial(_build, world))


def _build(world: World) -> Course:
    rng = stream(world.synthesis.seed, "cases")
    issued = _issued(world, rng)
    others = _without_plan(world, issued, rng)
    joined = {name: np.concatenate([issued[name], others[name]]) for name in issued}
    # As an export lists them: in no order that tells anything.
    order = rng.permutation(len(joined["person"]))
    columns = {name: values[order] for name, values in joined.items()}
    return _rows(world, columns.pop("person"), case=np.arange(len(order)), **columns)


def _issued(world: World, rng: np.random.Generator) -> dict[str, Labels]:
    """Requests that led to the plans of the return: in force, or ceased in its year."""
    plans, effects, year = world.need.plans, world.effects, world.reference.year - 1
    first = np.datetime64(f"{year}-01-01")
    ceased = (
        ~np.isnat(plans.cease)
        & (plans.cease >= first)
        & (plans.cease <= np.datetime64(f"{year}-12-31"))
    )
    plan = np.flatnonzero(plans.in_force | (ceased & ~plans.outside))
    start = plans.start[plan]
    new = start >= first
    # Nobody is asked for before they are born, however slow the authority is.
    lived = (start - world.people.born[plans.person[plan]]).astype(np.int64)
    took = np.minimum(_weeks(rng, start, effects), lived)
    received = start - took.astype("timedelta64[D]")
    decided = received + np.minimum(_decision(rng, len(plan), effects), np.maximum(took - 50, 0))
    agreed = start - rng.integers(14, 40, len(plan)).astype("timedelta64[D]")
    nat = np.datetime64("NaT", "D")
    return {
        "person": plans.person[plan],
        "plan": plan,
        "received_date": np.where(new, received, nat),
        "request_outcome_date": np.where(new, decided, nat),
        "request_outcome": np.where(new, "Y", "H"),
        "assessment_outcome": np.where(new, "Y", "H"),
        "assessment_outcome_date": np.where(new, np.maximum(agreed, decided), nat),
        "week_20_exception": new & (rng.random(len(plan)) < effects.value("process.exception")),
        "request_mediation": np.zeros(len(plan), dtype=bool),
        "request_tribunal": np.zeros(len(plan), dtype=bool),
    }


def _weeks(rng: np.random.Generator, start: Days, effects: Effects) -> Ints:
    """Days from request to plan, by the timeliness of the year of issue."""
    in_time = effects.values("process.within_20_weeks")
    years = start.astype("datetime64[Y]").astype(np.int64) + 1970
    latest = max(in_time)
    table = {int(year): share for year, share in in_time.items()}
    share = np.array([table.get(int(y), in_time[latest]) for y in np.unique(years)])
    chance = share[np.searchsorted(np.unique(years), years)]
    drawn, count = rng.random(len(start)), len(start)
    longest = effects.value("process.over_52_weeks")
    days = np.select(
        [drawn < chance, drawn < 1 - longest],
        [rng.integers(98, WITHIN_20 + 1, count), rng.integers(WITHIN_20 + 1, YEAR, count)],
        rng.integers(YEAR + 1, YEAR + 200, count),
    )
    return days.astype(np.int64)


def _decision(rng: np.random.Generator, count: int, effects: Effects) -> Ints:
    """Days from request to the decision whether to assess."""
    in_time = rng.random(count) < effects.value("process.within_6_weeks")
    return np.where(
        in_time, rng.integers(18, WITHIN_6 + 1, count), rng.integers(WITHIN_6 + 1, 96, count)
    )


def _without_plan(
    world: World, issued: dict[str, Labels], rng: np.random.Generator
) -> dict[str, Labels]:
    """Requests received in the year that have led to no plan: refused, withdrawn, under way."""
    people, effects, year = world.people, world.effects, world.reference.year - 1
    first = np.datetime64(f"{year}-01-01")
    received_already = int((issued["received_date"] >= first).sum())
    total = round(effects.value("process.requests_per_plan") * world.synthesis.plans)
    shares = effects.values("process.request_outcome")
    counts = {code: round(shares[name] * total) for code, name in _NO_PLAN.items()}
    no_plan = effects.value("process.no_plan_issued")
    new = int((issued["request_outcome"] == "Y").sum())
    counts["none issued"] = round(no_plan / (1 - no_plan) * new)
    counts["under way"] = max(0, total - received_already - sum(counts.values()))
    kind = np.repeat(list(counts), list(counts.values()))
    size = len(kind)
    free = people.kind == RESIDENT
    free[world.need.plans.person] = False
    age = people.age(date(year, 6, 30))
    person = _requested(world, age, free, size, rng)
    kind, person = kind[: len(person)], rng.permutation(person)
    person = _refused_by_phase(person, kind == "N", age, rng, effects)
    return _dated(person, kind, year, rng, effects)


#: Outcome code -> share of requests, see `process.request_outcome`.
_NO_PLAN = {"N": "refused", "A": "undecided", "W": "withdrawn"}


def _requested(world: World, age: Ints, free: Bools, size: int, rng: np.random.Generator) -> Ints:
    """People without a plan for whom one was asked, so many of each age, mostly on SEN support."""
    found: list[Ints] = []
    luck = world.need.order * rng.standard_exponential(len(world.people))
    for years, count in draws.spread(world.effects.values("process.request_age"), size).items():
        here = (
            free & (age == int(years))
            if years not in ("2", "20")
            else free & ((age >= 1) & (age <= 2) if years == "2" else (age >= 20) & (age <= 24))
        )
        found.append(draws.lowest(np.where(here, luck, np.inf), count))
    return np.concatenate(found)


def _refused_by_phase(
    person: Ints, refused: Bools, age: Ints, rng: np.random.Generator, effects: Effects
) -> Ints:
    """The same people in an order that gives refusals to those likelier to be refused."""
    odds = effects.values("process.refused_by_phase")
    years = age[person]
    weight = np.select(
        [years >= 16, years >= 11, years >= 5],
        [odds["post_16"], odds["secondary"], odds["primary"]],
        1.0,
    )
    by_chance = np.argsort(rng.standard_exponential(len(person)) / weight, kind="stable")
    out: Ints = np.empty(len(person), dtype=np.int64)
    out[np.flatnonzero(refused)] = person[by_chance[: int(refused.sum())]]
    out[np.flatnonzero(~refused)] = person[rng.permutation(by_chance[int(refused.sum()) :])]
    return out


def _dated(
    person: Ints, kind: Labels, year: int, rng: np.random.Generator, effects: Effects
) -> dict[str, Labels]:
    """Days of each request without a plan, none after the end of the year."""
    size = len(person)
    last = np.datetime64(f"{year}-12-31")
    undecided = kind == "A"
    took = _decision(rng, size, effects)
    none_issued = kind == "none issued"
    # Assessments need time before the year ends; what is undecided came late in it.
    room = np.select([none_issued, undecided], [130, 0], 96)
    received = np.where(
        undecided,
        last - rng.integers(0, 70, size),
        np.datetime64(f"{year}-01-01") + (rng.random(size) * (365 - room)).astype(np.int64),
    )
    decided = np.where(undecided, np.datetime64("NaT", "D"), received + took)
    # An authority may decide by 16 weeks; a third are that quick.
    left = (last - received).astype(np.int64)
    quick = rng.random(size) < 0.34
    weeks = np.where(quick, rng.integers(98, 113, size), rng.integers(113, 240, size))
    assessed_on = received + np.minimum(np.maximum(weeks, took + 7), np.maximum(left, took))
    odds = effects.values("process.mediation_and_appeal")
    refused = kind == "N"
    return {
        "person": person,
        "plan": np.full(size, -1),
        "received_date": received.astype("datetime64[D]"),
        "request_outcome_date": decided.astype("datetime64[D]"),
        "request_outcome": np.select([refused, undecided, kind == "W"], ["N", "A", "W"], "Y"),
        "assessment_outcome": np.select([none_issued, kind == "under way"], ["N", "A"], ""),
        "assessment_outcome_date": np.where(none_issued, assessed_on, np.datetime64("NaT", "D")),
        "week_20_exception": np.zeros(size, dtype=bool),
        "request_mediation": refused & (rng.random(size) < odds["mediation"]),
        "request_tribunal": refused & (rng.random(size) < odds["appeal"]),
    }


@dataclass(frozen=True, slots=True)
class Export:
    """Rows of the return's modules: positions of cases, and the running numbers of the export.

    Attributes:
        persons: everyone in it, once, in order of their number.
        person_number: number of the person of each case.
        named, active, assessed: cases with a plan, with one in force, with an assessment.
    """

    persons: Ints
    person_number: Ints
    named: Ints
    active: Ints
    assessed: Ints


def export_of(world: World) -> Export:
    """Rows of the return, numbered when first asked for."""
    return world.kept("sen2", "export", partial(_export, world))


def _export(world: World) -> Export:
    """Number the persons of the return, in no order that tells anything."""
    found = cases(world)
    persons, number = np.unique(found.person, return_inverse=True)
    shuffled = stream(world.synthesis.seed, "export").permutation(len(persons))
    rank: Ints = np.empty(len(persons), dtype=np.int64)
    rank[shuffled] = np.arange(len(persons))
    has_plan = found["plan"] >= 0
    in_force = has_plan & world.need.plans.in_force[found["plan"].clip(0)]
    return Export(
        persons=persons[shuffled],
        person_number=rank[number],
        named=np.flatnonzero(has_plan),
        active=np.flatnonzero(in_force),
        assessed=np.flatnonzero(found["assessment_outcome"] != ""),
    )


# ---- as rows of the return ---------------------------------------------------------------------


def persons(world: World) -> Course:
    """Everyone in the return, once, in order of their number."""
    return _rows(world, export_of(world).persons)


def assessed(world: World) -> Course:
    """Requests with an assessment."""
    return cases(world).rows(export_of(world).assessed)


def named(world: World) -> Course:
    """Requests with a plan; `at` is their position among these, `assessed` among assessments."""
    exported = export_of(world)
    found = cases(world).rows(exported.named)
    found.columns["at"] = np.arange(len(found))
    found.columns["assessed"] = np.searchsorted(exported.assessed, exported.named)
    return found


def _rows(world: World, person: Ints, **columns: Values) -> Course:
    everyone = residents(period_type="calendar_year")(world, str(world.reference.year - 1))
    own = stream(world.synthesis.seed, "sen2")
    return Course(world, everyone, own, person, "", columns)

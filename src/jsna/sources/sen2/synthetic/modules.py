"""What the world shows to the eight modules of the SEN2 return."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Final

import numpy as np
import pyarrow as pa

from jsna.sources.sen2.synthetic.cases import cases_of, export_of
from jsna.sources.sen2.synthetic.placed import number, placementdetail, plandetail
from jsna.synthetic import need
from jsna.synthetic.draws import Days, Ints, Labels, stream
from jsna.synthetic.effects import Effects
from jsna.synthetic.people import text_of
from jsna.synthetic.shown import person_quantities
from jsna.synthetic.view import Quantity, View, code, day, flag, where_known
from jsna.synthetic.world import World

#: Shares assumed here have no bearing on any measure.
_UPN_AFTER_SCHOOL, _TRANSFERRED = 0.6, 0.02
#: Columns of plans in force that no measure reads.
_UNFILLED = ("review_draft", "phase_transfer_due", "phase_transfer_final")
_SOURCES, _SOURCE_SHARES = ["1", "2", "3", "4", "5"], [0.42, 0.54, 0.01, 0.02, 0.01]


def _person(world: World) -> View:
    person = export_of(world).persons
    rng = stream(world.synthesis.seed, "return", "person")
    age = world.people.age(world.reference)[person]
    rows = world.registrations(world.reference.year)
    on_roll = np.isin(person, rows.person[: rows.on_roll])
    # Numbers come with the first state school; after school they are often lost from view.
    young = (world.people.cohort[person] < 4) & ~on_roll
    lost = (age > 16) & ~on_roll & (rng.random(len(person)) >= _UPN_AFTER_SCHOOL)
    known = ~(young | lost)
    reason = np.select([young, lost], ["UN1", "UN6"], "")
    learner = (age >= 14) & (rng.random(len(person)) < 0.95)
    quantities = person_quantities(world, person)
    upn = quantities["upn"]
    quantities |= {
        "sen2_table_id": lambda: pa.array(["1"] * len(person)),
        "sen2_upn": lambda: where_known(upn(), known),
        "upn_unknown": code(reason),
        "uln": lambda: where_known(_ulns(len(person)), learner),
    }
    return View(len(person), quantities)


def _ulns(count: int) -> pa.StringArray:
    from jsna.synthetic.identifiers import ulns

    return ulns(count)


def _requests(world: World) -> View:
    cases, rng = cases_of(world), stream(world.synthesis.seed, "return", "requests")
    count = len(cases.person)
    source = rng.choice(len(_SOURCES), count, p=_SOURCE_SHARES)
    return View(
        count,
        {
            **person_quantities(world, cases.person),
            "person_table_id": number(world, "person", export_of(world).person_number),
            "received_date": day(cases.received),
            "request_source": lambda: text_of(
                _SOURCES, np.where(np.isnat(cases.received), -1, source)
            ),
            "rya": flag(np.zeros(count, dtype=bool)),
            "request_outcome_date": day(cases.decided),
            "request_outcome": code(cases.outcome),
            "request_mediation": flag(cases.mediation),
            "request_tribunal": flag(cases.appeal),
            "exported": flag(np.zeros(count, dtype=bool)),
        },
    )


def _assessment(world: World) -> View:
    cases, at = cases_of(world), export_of(world).assessed
    rng = stream(world.synthesis.seed, "return", "assessment")
    none = cases.assessed[at] == "N"
    return View(
        len(at),
        {
            "requests_table_id": number(world, "requests", at),
            "assessment_outcome": code(cases.assessed[at]),
            "assessment_outcome_date": day(cases.assessed_on[at]),
            "assessment_mediation": flag(none & (rng.random(len(at)) < 0.25)),
            "assessment_tribunal": flag(none & (rng.random(len(at)) < 0.18)),
            "other_mediation": flag(rng.random(len(at)) < 0.018),
            "other_tribunal": flag(rng.random(len(at)) < 0.03),
            "week_20_exception": flag(cases.exception[at]),
        },
    )


def _namedplan(world: World) -> View:
    cases, at = cases_of(world), export_of(world).named
    plan = cases.plan[at]
    plans = world.need.plans
    rng = stream(world.synthesis.seed, "return", "namedplan")
    budget = rng.random(len(at)) < world.effects.value("process.personal_budget")
    direct = budget & (rng.random(len(at)) < 0.5)
    reasons = list(world.effects.values("process.cease_reason"))
    return View(
        len(at),
        {
            "assessment_table_id": number(
                world, "assessment", np.searchsorted(export_of(world).assessed, at)
            ),
            "start_date": day(plans.start[plan]),
            "plan_residential": _residential(world, plan),
            "plan_work_based": flag(np.zeros(len(at), dtype=bool)),
            "personal_budget": flag(budget),
            "organised_arrangements": flag(budget & ~direct),
            "direct_payments": flag(direct),
            "cease_date": day(plans.cease[plan]),
            "cease_reason": lambda: text_of(reasons, plans.reason[plan]),
        },
    )


def _residential(world: World, plan: Ints) -> Quantity:
    """Code of a residential place; empty where it is none, as in the return."""
    codes = world.placements.residential[plan]
    return lambda: text_of(["A", "B"], codes - 1)


def moved_in(world: World) -> Ints:
    """Authority each plan in force was brought along from: its position, or -1 for none."""
    count = len(export_of(world).active)
    rng = stream(world.synthesis.seed, "return", "activeplans")
    came = rng.random(count) < _TRANSFERRED
    return np.where(came, rng.integers(0, len(_others(world)), count), -1)


def _others(world: World) -> list[str]:
    return [n.old_la_code for n in world.places.area.neighbours] or ["999"]


def _activeplans(world: World) -> View:
    at = export_of(world).active
    plan = cases_of(world).plan[at]
    came = moved_in(world)
    meeting, outcome, last = _reviews(
        world.need.plans.start[plan], world.reference, world.synthesis.seed, world.effects
    )
    return View(
        len(at),
        {
            "requests_table_id": number(world, "requests", at),
            **{name: partial(pa.nulls, len(at), pa.string()) for name in _UNFILLED},
            "transfer_la": lambda: text_of(_others(world), came),
            "review_meeting": day(meeting),
            "review_outcome": code(outcome),
            "last_review": day(last),
        },
    )


def _reviews(
    start: Days, reference: date, seed: int, effects: Effects
) -> tuple[Days, Labels, Days]:
    """Latest review meeting, decision and its day, of plans in force held for a year."""
    rng = stream(seed, "reviews")
    count = len(start)
    last = np.datetime64(f"{reference.year - 1}-12-31")
    year = np.datetime64(f"{reference.year - 1}-01-01")
    held = (start < year) & (rng.random(count) < effects.value("process.review_in_year"))
    nat = np.datetime64("NaT", "D")
    meeting = np.where(held, year + rng.integers(5, 300, count), nat)
    outcome = np.where(held, np.where(rng.random(count) < 0.45, "A", "M"), "")
    decision = np.where(held, np.minimum(meeting + rng.integers(10, 60, count), last), nat)
    return meeting, outcome, decision


def _senneed(world: World) -> View:
    plan = cases_of(world).plan[export_of(world).active]
    person = world.need.plans.person[plan]
    needs = np.stack([world.need.primary, world.need.second, world.need.third], axis=1)[person]
    at, rank = np.nonzero(needs >= 0)
    return View(
        len(at),
        {
            "activeplans_table_id": number(world, "activeplans", at),
            "plan_sen_type": lambda: need.labels(needs[at, rank]),
            "plan_sen_type_rank": lambda: pa.array(rank + 1),
        },
    )


MODULES: Final[Mapping[str, Callable[[World], View]]] = {
    "person": _person,
    "requests": _requests,
    "assessment": _assessment,
    "namedplan": _namedplan,
    "plandetail": plandetail,
    "activeplans": _activeplans,
    "placementdetail": placementdetail,
    "senneed": _senneed,
}

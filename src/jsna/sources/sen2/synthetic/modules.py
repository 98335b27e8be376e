"""What the world shows to the eight modules of the SEN2 return."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import numpy as np
import pyarrow as pa

from jsna.sources.sen2.synthetic import placed
from jsna.sources.sen2.synthetic.cases import assessed, cases, export_of, named, persons
from jsna.sources.sen2.synthetic.placed import number
from jsna.synthetic import identifiers, need
from jsna.synthetic.course import NEVER, Course, Draw, Values, between, chance, codes, where
from jsna.synthetic.draws import Bools, Days, Ints, stream
from jsna.synthetic.events import Events, Made
from jsna.synthetic.shown import person_quantities
from jsna.synthetic.view import Quantity, where_known
from jsna.synthetic.world import World

#: Columns of plans in force that no measure reads.
_UNFILLED: Final = ("review_draft", "phase_transfer_due", "phase_transfer_final")


def _module(
    name: str,
    make: Callable[[World], Course],
    then: Mapping[str, Draw],
    says: Callable[[Course], Mapping[str, Quantity]] | None = None,
    course: tuple[str, ...] = (),
) -> Events:
    """Rows of a module; the return is that of the reference January, whatever the period."""
    counters: dict[str, Draw] = {
        f"{name}_table_id": number(name),
        # What stands beside the identifiers of every module, and is not used.
        "native_id": _counted,
        "order_sequence": _counted,
        "source_id": lambda at: np.full(len(at), "1"),
    }
    return Events(
        source=f"sen2.{name}", who=Made(make), then={**then, **counters}, says=says,
        course=course or ("return", name),
    )  # fmt: skip


def _counted(at: Course) -> Values:
    return (np.arange(len(at)) + 1).astype(str)


def _never(at: Course) -> Values:
    return np.zeros(len(at), dtype=bool)


# ---- persons and requests ----------------------------------------------------------------------


def _no_number(at: Course) -> Values:
    """Numbers come with the first state school; after school they are often lost from view."""
    roll = at.world.registrations(at.world.reference.year)
    off = ~np.isin(at.person, roll.person[: roll.on_roll])
    age = at.world.people.age(at.world.reference)[at.person]
    young = off & (at.world.people.cohort[at.person] < 4)
    return np.select([young, off & (age > 16) & ~at["kept"]], ["UN1", "UN6"], "")


def _numbers(at: Course) -> dict[str, Quantity]:
    age = at.world.people.age(at.world.reference)[at.person]
    upn = person_quantities(at.world, at.person)["upn"]
    learner, known = (age >= 14) & at["learner"], at["upn_unknown"] == ""

    def uln() -> pa.Array[Any]:
        every = identifiers.ulns(int(at["at"].max(initial=-1)) + 1).take(pa.array(at["at"]))
        return where_known(every, learner)

    return {"sen2_upn": lambda: where_known(upn(), known), "uln": uln}


PERSON: Final = _module(
    "person",
    persons,
    {
        "kept": chance("return.upn_after_school"),
        "upn_unknown": _no_number,
        "learner": chance("return.learner_number"),
        "at": lambda at: np.arange(len(at)),
        "sen2_table_id": lambda at: np.full(len(at), "1"),
    },
    _numbers,
)
REQUESTS: Final = _module(
    "requests",
    cases,
    {
        "person_number": lambda at: export_of(at.world).person_number,
        "person_table_id": number("person", "person_number"),
        "source": codes("return.request_source"),
        "request_source": lambda at: np.where(np.isnat(at["received_date"]), "", at["source"]),
        "rya": _never,
        "exported": _never,
    },
)


ASSESSMENT: Final = _module(
    "assessment",
    assessed,
    {
        "requests_table_id": number("requests", "case"),
        # Of assessments that led to no plan.
        "assessment_mediation": where(
            "assessment_outcome", "N", chance("return.mediation.assessment"), False
        ),
        "assessment_tribunal": where(
            "assessment_outcome", "N", chance("return.tribunal.assessment"), False
        ),
        "other_mediation": chance("return.mediation.other"),
        "other_tribunal": chance("return.tribunal.other"),
    },
)


# ---- plans -------------------------------------------------------------------------------------


def _of_plan(name: str) -> Draw:
    """What is known of each plan, by the name of the world's array."""
    return lambda at: getattr(at.world.need.plans, name)[at["plan"]]


def _reason(at: Course) -> Values:
    reasons = np.array([*at.world.effects.values("process.cease_reason"), ""])
    return reasons[at.world.need.plans.reason[at["plan"]]]


NAMEDPLAN: Final = _module(
    "namedplan",
    named,
    {
        "assessment_table_id": number("assessment", "assessed"),
        "start_date": _of_plan("start"),
        "plan_residential": placed.residential,
        "plan_work_based": _never,
        "personal_budget": chance("process.personal_budget"),
        "halved": chance(0.5),
        "direct_payments": lambda at: at["personal_budget"] & at["halved"],
        "organised_arrangements": lambda at: at["personal_budget"] & ~at["halved"],
        "cease_date": _of_plan("cease"),
        "cease_reason": _reason,
    },
)


def _plandetail(world: World) -> Course:
    """Settings named in plans; none where the plan names none yet."""
    found = named(world)
    return found.rows(placed.recorded(found))


PLANDETAIL: Final = _module(
    "plandetail",
    _plandetail,
    {
        "namedplan_table_id": number("namedplan", "at"),
        "plan_rank": lambda at: np.ones(len(at), dtype=np.int64),
        "plan_sen_setting": placed.placed("plan"),
    },
    partial(placed.provider, prefix="plan"),
)


def _active(world: World) -> Course:
    """Plans in force."""
    found = named(world)
    found = found.rows(world.need.plans.in_force[found["plan"]])
    found.columns["at"] = np.arange(len(found))
    return found


def moved_in(world: World) -> Ints:
    """Authority each plan in force was brought along from: its position, or -1 for none."""
    count = len(_active(world))
    rng = stream(world.synthesis.seed, "return", "activeplans")
    came = rng.random(count) < world.effects.value("return.transferred")
    return np.where(came, rng.integers(0, len(_others(world)), count), -1)


def _others(world: World) -> list[str]:
    return [n.old_la_code for n in world.places.area.neighbours] or ["999"]


def _held(at: Course) -> Bools:
    """Whether a review was held in the year, of plans begun before it."""
    begun = at.world.need.plans.start[at["plan"]] < at.group.first
    held: Bools = begun & chance("process.review_in_year")(at)
    return held


def _decided(at: Course) -> Days:
    """Day of the decision after a review, in the year too."""
    day: Days = np.minimum(at["review_meeting"] + between(10, 59)(at), at.group.last)
    return day


ACTIVEPLANS: Final = _module(
    "activeplans",
    _active,
    {
        "held": _held,
        "review_meeting": where("held", True, lambda at: at.group.first + between(5, 299)(at)),
        "review_outcome": where("held", True, codes("return.review_outcome")),
        "last_review": _decided,
        "requests_table_id": number("requests", "case"),
        "transfer_la": lambda at: np.array([*_others(at.world), ""])[moved_in(at.world)],
        **{name: lambda at: np.full(len(at), "") for name in _UNFILLED},
    },
    course=("reviews",),
)


def _placements(world: World) -> Course:
    """Placements of plans in force, a few with a second beside; none where none is recorded."""
    active = _active(world)
    rng = stream(world.synthesis.seed, "return", "placementdetail")
    known = np.flatnonzero(placed.recorded(active))
    in_school = world.placements.school[active["plan"][known]] >= 0
    share = world.effects.value("return.second_placement")
    second = known[in_school & (rng.random(len(known)) < share)]
    at = np.r_[known, second]
    rank = np.r_[np.ones(len(known), np.int64), np.full(len(second), 2)]
    order = np.lexsort((rank, at))
    found = active.rows(at[order])
    found.columns["placement_rank"] = rank[order]
    return found


PLACEMENTDETAIL: Final = _module(
    "placementdetail",
    _placements,
    {
        "activeplans_table_id": number("activeplans", "at"),
        "placement_sen_setting": placed.placed("placement"),
        "entry_date": lambda at: at.world.placements.entry[at["plan"]],
        "leaving_date": lambda at: np.full(len(at), NEVER),
        "residential": lambda at: np.where(at["placement_rank"] == 1, placed.residential(at), ""),
        "work_based": _never,
    },
    partial(placed.provider, prefix="placement"),
)


def _needs(world: World) -> Course:
    """Needs of plans in force, the first of each first."""
    active, of = _active(world), world.need
    needs = np.stack([of.primary, of.second, of.third], axis=1)[active.person]
    at, rank = np.nonzero(needs >= 0)
    found = active.rows(at)
    found.columns |= {"need": needs[at, rank], "plan_sen_type_rank": rank + 1}
    return found


SENNEED: Final = _module(
    "senneed",
    _needs,
    {
        "activeplans_table_id": number("activeplans", "at"),
        "plan_sen_type": lambda at: np.array(need.NEEDS)[at["need"]],
    },
)

MODULES: Final[Mapping[str, Events]] = {
    module.source.removeprefix("sen2."): module
    for module in (
        PERSON, REQUESTS, ASSESSMENT, NAMEDPLAN, PLANDETAIL, ACTIVEPLANS, PLACEMENTDETAIL, SENNEED
    )
}  # fmt: skip

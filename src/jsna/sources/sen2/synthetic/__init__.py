"""The SEN2 return as the world shows it.

`cases` makes requests and what came of them, `modules` and `placed` show them module by module.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from jsna.sources.sen2.synthetic.cases import cases, export_of
from jsna.sources.sen2.synthetic.modules import MODULES, moved_in
from jsna.synthetic import facts, need
from jsna.synthetic.formats import Style
from jsna.synthetic.part import Synthetic
from jsna.synthetic.people import text_of
from jsna.synthetic.placement import SETTINGS
from jsna.synthetic.world import World


def _requests(world: World) -> pa.Table:
    found = cases(world)
    return facts.of_persons(
        world, found.person,
        received=facts.days(found["received_date"]),
        decided=facts.days(found["request_outcome_date"]),
        outcome=pa.array(found["request_outcome"], type=pa.string()),
    )  # fmt: skip


def _plans(world: World) -> pa.Table:
    """Plans with the request they follow, and of those in force where the child is placed."""
    at = export_of(world).named
    found, plans, placed = cases(world), world.need.plans, world.placements
    plan = found["plan"][at]
    moved = np.zeros(len(found), dtype=bool)
    moved[export_of(world).active] = moved_in(world) >= 0
    school = placed.school[plan]
    types = world.schools.frame["establishment_type"].tolist()
    reasons = list(world.effects.values("process.cease_reason"))
    return facts.of_persons(
        world, plans.person[plan],
        received=facts.days(found["received_date"][at]), started=facts.days(plans.start[plan]),
        ceased=facts.days(plans.cease[plan]), reason=text_of(reasons, plans.reason[plan]),
        exception=pa.array(found["week_20_exception"][at]), moved_in=pa.array(moved[at]),
        in_force=pa.array(plans.in_force[plan]), setting=text_of(SETTINGS, placed.setting[plan]),
        school_type=text_of(types, school), residential=pa.array(placed.residential[plan]),
        need=need.labels(world.need.primary[plans.person[plan]]),
    )  # fmt: skip


SYNTHETIC: Final = Synthetic(
    views=MODULES,
    style=Style(date="%Y-%b-%d 00:00:00"),
    standing={"request": _requests, "plan": _plans},
)

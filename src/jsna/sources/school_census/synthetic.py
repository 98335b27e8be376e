"""The January rolls of the invented county's schools."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from jsna.synthetic import facts, need
from jsna.synthetic.part import Synthetic
from jsna.synthetic.people import YEAR_GROUPS, text_of
from jsna.synthetic.rows import registrations
from jsna.synthetic.world import World


def _pupils(world: World, january: str) -> pa.Table:
    rows = world.registrations(int(january[:4]))
    on_roll = slice(rows.on_roll)
    person, provision = rows.person[on_roll], rows.provision[on_roll]
    primary = np.where(provision != need.N, world.need.primary[person], -1)
    types = world.schools.frame["establishment_type"].tolist()
    return facts.of_persons(
        world, person,
        provision=text_of(need.PROVISIONS, provision), need=need.labels(primary),
        year_group=text_of(YEAR_GROUPS, rows.year_group[on_roll]),
        school_type=text_of(types, rows.school[on_roll]),
    )  # fmt: skip


SYNTHETIC: Final = Synthetic(views={"census": registrations}, facts={"pupil": _pupils})

"""Rows of the world as they are: pupils on a January roll, and small areas."""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow as pa

from jsna.synthetic import need
from jsna.synthetic.draws import Bools, Ints
from jsna.synthetic.people import YEAR_GROUPS, text_of
from jsna.synthetic.placement import MAINSTREAM, SETTINGS
from jsna.synthetic.shown import person_quantities, school_quantities
from jsna.synthetic.view import Quantity, View
from jsna.synthetic.world import Registrations, World


def registrations(world: World, period: str) -> View:
    """Registrations of a January."""
    rows = world.registrations(int(period[:4]))
    return View(
        len(rows.person), of_pupils(world, rows, slice(None)), partial(of_pupils, world, rows)
    )


def of_pupils(world: World, rows: Registrations, chosen: Ints | slice) -> dict[str, Quantity]:
    """What is true of pupils and of their schools, for some registrations of a January."""
    person, school, setting = rows.person[chosen], rows.school[chosen], rows.setting[chosen]
    provision = rows.provision[chosen]
    has_need = provision != need.N
    mainstream = np.isin(setting, [-1, *(SETTINGS.index(s) for s in MAINSTREAM)])

    def needs(values: Ints, shown: Bools) -> Quantity:
        return lambda: need.labels(np.where(shown, values[person], -1))

    def indicator(of: str) -> Quantity:
        return lambda: pa.array(setting == SETTINGS.index(of), mask=~mainstream)

    # A need nobody has assessed is a matter of SEN support alone, and stands by itself.
    further = has_need & (world.need.primary[person] != need.NEEDS.index("NSA"))
    return {
        **person_quantities(world, person),
        **school_quantities(world, school),
        "fsm": lambda: text_of(["N", "Y"], rows.fsm[chosen].astype(np.int64)),
        "enrol_status": lambda: pa.array(rows.status[chosen]),
        "year_group": lambda: text_of(YEAR_GROUPS, rows.year_group[chosen]),
        "sen_provision": lambda: text_of(need.PROVISIONS, provision),
        "primary_need": needs(world.need.primary, has_need),
        "secondary_need": needs(world.need.second, further),
        "sen_unit": indicator("sen_unit"),
        "resourced_provision": indicator("resourced_provision"),
    }


def small_areas(world: World, period: str) -> View:
    """Small areas of the county."""
    frame = world.places.lsoa
    hidden = ("district", "ward", "depth", "weight")
    shown = [str(name) for name in frame.columns if name not in hidden]
    quantities: dict[str, Quantity] = {
        name: partial(pa.array, frame[name], from_pandas=True) for name in shown
    }
    return View(len(frame), quantities)

"""Rows of the world as they are: pupils on a January roll, and small areas.

A table whose source says nothing of its rows gets these, with every quantity they have.
"""

from __future__ import annotations

from dataclasses import fields, replace
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
    return _pupils(world, world.registrations(int(period[:4])))


def roll(world: World, period: str) -> View:
    """Pupils on the roll of a January, each once."""
    rows = world.registrations(int(period[:4]))
    arrays = {f.name: getattr(rows, f.name) for f in fields(rows) if f.name != "on_roll"}
    once = {name: values[: rows.on_roll] for name, values in arrays.items()}
    return _pupils(world, replace(rows, **once))


def _pupils(world: World, rows: Registrations) -> View:
    has_need = rows.provision != need.N
    mainstream = np.isin(rows.setting, [-1, *(SETTINGS.index(s) for s in MAINSTREAM)])

    def needs(values: Ints, shown: Bools) -> Quantity:
        return lambda: need.labels(np.where(shown, values[rows.person], -1))

    def indicator(setting: str) -> Quantity:
        return lambda: pa.array(rows.setting == SETTINGS.index(setting), mask=~mainstream)

    primary = world.need.primary[rows.person]
    # A need nobody has assessed is a matter of SEN support alone, and stands by itself.
    further = has_need & (primary != need.NEEDS.index("NSA"))
    return View(
        len(rows.person),
        {
            **person_quantities(world, rows.person),
            **school_quantities(world, rows.school),
            "fsm": lambda: text_of(["N", "Y"], rows.fsm.astype(np.int64)),
            "enrol_status": lambda: pa.array(rows.status),
            "year_group": lambda: text_of(YEAR_GROUPS, rows.year_group),
            "sen_provision": lambda: text_of(need.PROVISIONS, rows.provision),
            "primary_need": needs(world.need.primary, has_need),
            "secondary_need": needs(world.need.second, further),
            "sen_unit": indicator("sen_unit"),
            "resourced_provision": indicator("resourced_provision"),
        },
    )


def small_areas(world: World, period: str) -> View:
    """Small areas of the county."""
    frame = world.places.lsoa
    hidden = ("district", "ward", "depth", "weight")
    shown = [str(name) for name in frame.columns if name not in hidden]
    quantities: dict[str, Quantity] = {
        name: partial(pa.array, frame[name], from_pandas=True) for name in shown
    }
    return View(len(frame), quantities)

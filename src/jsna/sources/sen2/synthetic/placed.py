"""Columns of the SEN2 return, and where its children are placed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from jsna.sources.sen2.synthetic.cases import cases_of, export_of
from jsna.synthetic.draws import Ints, stream
from jsna.synthetic.people import text_of
from jsna.synthetic.placement import SETTING_CODES, SETTINGS
from jsna.synthetic.view import Quantity, View, day, flag
from jsna.synthetic.world import World

#: Share of placements beside which a second stands; assumed, and of no bearing on any measure.
_SECOND_PLACEMENT = 0.02


def number(world: World, module: str, positions: Ints) -> Quantity:
    """Row identifiers of rows of a module, as text.

    They begin at 1 in every module, in an order of its own, so that a join of one module's numbers
    to another's finds somebody, and somebody else.
    """
    exported = export_of(world)
    rows = {
        "person": exported.persons,
        "requests": cases_of(world).person,
        "assessment": exported.assessed,
        "namedplan": exported.named,
        "activeplans": exported.active,
    }
    count = len(rows[module]) if module in rows else len(positions)
    given = stream(world.synthesis.seed, "export", module).permutation(count) + 1
    return lambda: pa.array(given[positions]).cast(pa.string())


def counters(world: World, module: str, rows: int) -> dict[str, Quantity]:
    """What stands beside the identifiers of every module, and is not used."""
    places = np.arange(rows)
    return {
        f"{module}_table_id": number(world, module, places),
        "native_id": lambda: pa.array(places + 1).cast(pa.string()),
        "order_sequence": lambda: pa.array(places + 1).cast(pa.string()),
        "source_id": lambda: pa.array(np.ones(rows, dtype=np.int64)).cast(pa.string()),
    }


def _provider(world: World, prefix: str, plan: Ints, rank: Ints) -> dict[str, Quantity]:
    """Where a child is placed, as a school, a college or another setting.

    A second placement (rank 2) is always an arrangement of the authority's beside the first.
    """
    first = rank == 1
    school = np.where(first, world.placements.school[plan], -1)
    frame = world.schools.frame
    college = frame["college"].to_numpy()[school.clip(0)] & (school >= 0)
    setting = world.placements.setting[plan]
    codes = sorted(set(SETTING_CODES.values()))
    of = np.array([codes.index(SETTING_CODES[s]) if s in SETTING_CODES else -1 for s in SETTINGS])
    shown = np.where(first, of[setting], codes.index("OLA"))
    in_school = (school >= 0) & ~college

    def unit(name: str) -> Quantity:
        return lambda: pa.array(first & (setting == SETTINGS.index(name)), mask=~in_school)

    return {
        f"{prefix}_urn": lambda: text_of(list(frame["urn"]), np.where(college, -1, school)),
        f"{prefix}_ukprn": lambda: text_of(
            frame["ukprn"].fillna("").tolist(), np.where(college, school, -1)
        ),
        f"{prefix}_sen_setting": lambda: text_of(codes, shown),
        f"{prefix}_rank": lambda: pa.array(rank),
        f"{prefix}_sen_unit": unit("sen_unit"),
        f"{prefix}_resourced_provision": unit("resourced_provision"),
    }


def plandetail(world: World) -> View:
    """Settings named in plans; none where the plan names none yet."""
    at = np.arange(len(export_of(world).named))
    plan = cases_of(world).plan[export_of(world).named]
    named = world.placements.setting[plan] != SETTINGS.index("not_recorded")
    at, plan = at[named], plan[named]
    return View(
        len(at),
        {
            "namedplan_table_id": number(world, "namedplan", at),
            **_provider(world, "plan", plan, np.ones(len(at), dtype=np.int64)),
        },
    )


def placementdetail(world: World) -> View:
    """Placements of plans in force; none where none is recorded."""
    active = cases_of(world).plan[export_of(world).active]
    rng = stream(world.synthesis.seed, "return", "placementdetail")
    known = np.flatnonzero(world.placements.setting[active] != SETTINGS.index("not_recorded"))
    in_school = world.placements.school[active[known]] >= 0
    second = known[in_school & (rng.random(len(known)) < _SECOND_PLACEMENT)]
    at = np.r_[known, second]
    rank = np.r_[np.ones(len(known), np.int64), np.full(len(second), 2)]
    order = np.lexsort((rank, at))
    at, rank = at[order], rank[order]
    plan = active[at]
    return View(
        len(at),
        {
            "activeplans_table_id": number(world, "activeplans", at),
            **_provider(world, "placement", plan, rank),
            "entry_date": day(world.placements.entry[plan]),
            "leaving_date": lambda: pa.nulls(len(at), pa.date32()),
            "residential": lambda: text_of(
                ["A", "B"], np.where(rank == 1, world.placements.residential[plan] - 1, -1)
            ),
            "work_based": flag(np.zeros(len(at), dtype=bool)),
        },
    )

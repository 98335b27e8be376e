"""What the world shows to a table: its rows, and the quantities its columns may ask for.

A view gives each quantity when a column asks for it. Tables this module does not know still get
rows (pupils for records about children, small areas for others) and every quantity those have.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pyarrow as pa

from jsna.model.contract import Extract, Table
from jsna.model.editions import Delivery
from jsna.synthetic import (
    contacts,
    exclusions,
    looked_after_year,
    measurements,
    need,
    residents,
    returns,
    social_care_views,
    waits,
    written,
)
from jsna.synthetic.draws import Bools, Ints
from jsna.synthetic.people import YEAR_GROUPS, text_of
from jsna.synthetic.placement import MAINSTREAM, SETTINGS
from jsna.synthetic.shown import person_quantities, school_quantities
from jsna.synthetic.view import Quantity, View
from jsna.synthetic.world import World


def of(world: World, extract: Extract, table: Table, delivery: Delivery) -> View:
    """The view of a table of one delivery."""
    maker = _MAKERS.get(f"{extract.name}.{table.name}")
    if maker is not None:
        return maker(world, delivery.period)
    if extract.name == "sen2":
        return returns.view(world, table.name)
    if extract.person_level:
        return census(world, str(world.reference.year))
    return areas(world, delivery.period)


def census(world: World, period: str) -> View:
    """Registrations of a January."""
    rows = world.registrations(int(period[:4]))
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


def _exclusions(world: World, period: str) -> View:
    """Suspensions and permanent exclusions of an academic year."""
    rows, found = exclusions.of_year(world, period)
    person, provision = rows.person[: rows.on_roll], rows.provision[: rows.on_roll]
    order = np.lexsort((person[found.row], rows.school[found.row], found.start))
    row, start = found.row[order], found.start[order]
    reasons = list(world.effects.values("exclusion.reason"))
    kinds = ["SUSP", "PERM"]
    # A plan may begin between January and the event, or have begun after it.
    first = np.full(len(world.people), np.datetime64("9999-01-01"))
    first[world.need.plans.person] = world.need.plans.start
    had = provision[row]
    then = np.where((had == need.E) & (first[person[row]] > start), need.K, had)
    then = np.where((had == need.K) & (first[person[row]] <= start), need.E, then)
    sessions = found.sessions[order]
    quantities: dict[str, Quantity] = {
        **person_quantities(world, person[row]),
        **school_quantities(world, rows.school[row]),
        "exclusion_category": lambda: text_of(kinds, found.permanent[order].astype(np.int64)),
        "exclusion_start_date": lambda: pa.array(start, type=pa.date32()),
        "exclusion_sessions": lambda: pa.array(sessions, mask=sessions == 0),
        "sen_provision_at_event": lambda: text_of(need.PROVISIONS, then),
    }
    for number in range(3):
        quantities[f"exclusion_reason_{number + 1}"] = partial(
            text_of, reasons, found.reasons[order, number]
        )
    return View(len(row), quantities)


def _ncmp(world: World, period: str) -> View:
    """Children measured in a school year."""
    rows, found = measurements.of_year(world, period)
    person = rows.person[: rows.on_roll]
    return View(
        len(found.row),
        {
            **person_quantities(world, person[found.row]),
            **written.quantities(world, person[found.row], "ncmp"),
            **school_quantities(world, rows.school[found.row]),
            "ncmp_school_year": lambda: text_of(measurements.SCHOOL_YEARS, found.school_year),
            "ncmp_measurement_date": lambda: pa.array(found.day, type=pa.date32()),
            "weight_category": lambda: text_of(measurements.CATEGORIES, found.category),
            "bmi_p_score": lambda: pa.array(found.p_score),
            "height_cm": lambda: pa.array(found.height_cm),
            "weight_kg": lambda: pa.array(found.weight_kg),
        },
    )


def areas(world: World, period: str) -> View:
    """Small areas of the county."""
    frame = world.places.lsoa
    hidden = ("district", "ward", "depth", "weight")
    shown = [str(name) for name in frame.columns if name not in hidden]
    quantities: dict[str, Quantity] = {
        name: partial(pa.array, frame[name], from_pandas=True) for name in shown
    }
    return View(len(frame), quantities)


def _schools(world: World, period: str) -> View:
    count = len(world.schools.frame)
    return View(count, school_quantities(world, np.arange(count)))


def _population(world: World, period: str) -> View:
    table = residents.count(world, int(period[:4]))
    return View(
        len(table.people),
        {
            "lsoa_code": lambda: text_of(world.places.codes, table.lsoa),
            "population_year": lambda: pa.array(np.full(len(table.people), int(period[:4]))),
            "sex": lambda: text_of(["F", "M"], table.male),
            "age": lambda: pa.array(table.age),
            "people": lambda: pa.array(table.people),
        },
    )


_MAKERS: dict[str, Callable[[World, str], View]] = {
    "school_census.census": census,
    "exclusions.exclusions": _exclusions,
    "ncmp.measurements": _ncmp,
    "mental_health.referrals": contacts.referrals_view,
    "mental_health.contacts": contacts.contacts_view,
    "community.referrals": waits.view,
    "cin_census.episodes": social_care_views.episodes_view,
    "ssda903.header": looked_after_year.header_view,
    "ssda903.episodes": looked_after_year.episodes_view,
    "ssda903.reviews": looked_after_year.reviews_view,
    "ssda903.oc2": looked_after_year.oc2_view,
    "ssda903.missing": looked_after_year.missing_view,
    "areas.lsoa": areas,
    "schools.school": _schools,
    "population.syoa": _population,
}

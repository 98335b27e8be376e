"""What is true of the invented people, for the invented official figures to be counted from.

Facts are taken from the world itself and not from what it shows as extracts: a fact that is shown
wrongly is then wrong in the local figures alone, and the two no longer agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from jsna.synthetic import exclusions, measurements, need, returns
from jsna.synthetic.draws import Ints
from jsna.synthetic.people import YEAR_GROUPS, text_of
from jsna.synthetic.placement import SETTINGS
from jsna.synthetic.written import Records

if TYPE_CHECKING:
    import pandas as pd

    from jsna.model.configuration import Configuration
    from jsna.synthetic.world import World


def facts(world: World, config: Configuration) -> Mapping[str, pd.DataFrame]:
    """Tables of facts.

    Args:
        world: the invented county.
        config: of the edition: which years were received, and whether it names a release on plans.

    Returns:
        Table -> rows, every one of a `person` with `born`, `sex` and `place` (the locality, null
        where the home lies outside): `request`, of requests of the return; `plan`, of plans in
        force or ceased in its year; and for each January or year received `pupil/…`, of the roll,
        `excluded/…`, of suspensions and permanent exclusions, and `measured/…`.
    """
    import pandas as pd

    made: dict[str, pa.Table] = {}
    received = {(d.extract, d.period) for d in config.edition.received}
    if "ehcp" in config.releases or any(extract == "sen2" for extract, _ in received):
        made |= {"request": _requests(world), "plan": _plans(world)}
    makers = {"school_census": _pupils, "exclusions": _excluded, "ncmp": _measured}
    names = {"school_census": "pupil", "exclusions": "excluded", "ncmp": "measured"}
    for extract, period in sorted(received):
        if extract in makers:
            made[f"{names[extract]}/{period}"] = makers[extract](world, period)
    # Arrow's types, in which a day is a day and nothing is a missing value.
    kinds = {kind: pd.ArrowDtype(kind) for kind in (pa.date32(), pa.bool_(), pa.int64())}
    mapper = {pa.string(): pd.StringDtype(na_value=float("nan")), **kinds}
    return {name: table.to_pandas(types_mapper=mapper.get) for name, table in made.items()}


def _table(world: World, person: Ints, *, home: Ints | None = None, **columns: Any) -> pa.Table:
    """Rows of persons with facts beside them; `home` says whose home is theirs, where another's."""
    people, area = world.people, world.places.area
    lsoa = people.lsoa[person if home is None else home]
    inside = lsoa < len(world.places.lsoa)
    of = "ward_code" if area.localities_are == "ward" else "district_code"
    places = world.places.lsoa[of].tolist()
    return pa.table(
        {
            "person": pa.array(person),
            "born": pa.array(people.born[person], type=pa.date32()),
            "sex": text_of(["F", "M"], people.male[person].astype(np.int64)),
            "place": text_of(places, np.where(inside, lsoa, -1)),
            **columns,
        }
    )


def _day(days: np.ndarray[Any, Any]) -> pa.Array[Any]:
    return pa.array(days, type=pa.date32())


def _requests(world: World) -> pa.Table:
    cases = world.cases
    return _table(
        world, cases.person,
        received=_day(cases.received), decided=_day(cases.decided),
        outcome=pa.array(cases.outcome, type=pa.string()),
    )  # fmt: skip


def _plans(world: World) -> pa.Table:
    """Plans with the request they follow, and of those in force where the child is placed."""
    at = world.export.named
    cases, plans, placed = world.cases, world.need.plans, world.placements
    plan = cases.plan[at]
    moved = np.zeros(len(cases.person), dtype=bool)
    moved[world.export.active] = returns.moved_in(world) >= 0
    school = placed.school[plan]
    types = world.schools.frame["establishment_type"].tolist()
    reasons = list(world.effects.values("process.cease_reason"))
    return _table(
        world, plans.person[plan],
        received=_day(cases.received[at]), started=_day(plans.start[plan]),
        ceased=_day(plans.cease[plan]), reason=text_of(reasons, plans.reason[plan]),
        exception=pa.array(cases.exception[at]), moved_in=pa.array(moved[at]),
        in_force=pa.array(plans.in_force[plan]), setting=text_of(SETTINGS, placed.setting[plan]),
        school_type=text_of(types, school), residential=pa.array(placed.residential[plan]),
        need=need.labels(world.need.primary[plans.person[plan]]),
    )  # fmt: skip


def _pupils(world: World, january: str) -> pa.Table:
    rows = world.registrations(int(january[:4]))
    on_roll = slice(rows.on_roll)
    person, provision = rows.person[on_roll], rows.provision[on_roll]
    primary = np.where(provision != need.N, world.need.primary[person], -1)
    types = world.schools.frame["establishment_type"].tolist()
    return _table(
        world, person,
        provision=text_of(need.PROVISIONS, provision), need=need.labels(primary),
        year_group=text_of(YEAR_GROUPS, rows.year_group[on_roll]),
        school_type=text_of(types, rows.school[on_roll]),
    )  # fmt: skip


def _excluded(world: World, year: str) -> pa.Table:
    rows, found = exclusions.of_year(world, year)
    types = world.schools.frame["establishment_type"].tolist()
    return _table(
        world, rows.person[found.row],
        permanent=pa.array(found.permanent), school_type=text_of(types, rows.school[found.row]),
    )  # fmt: skip


def _measured(world: World, year: str) -> pa.Table:
    rows, found = measurements.of_year(world, year)
    person = rows.person[found.row]
    return _table(
        world, person,
        # The programme counts by the home it was told of, for some an old one.
        home=Records(world, person, "ncmp").home(),
        school_year=text_of(measurements.SCHOOL_YEARS, found.school_year),
        weight=text_of(measurements.CATEGORIES, found.category),
    )  # fmt: skip

"""The January census as COLLECT exports it, put together: one row a registration.

Two needs are kept, those of the first ranks. Free meals: a period in force on census day. Of
several addresses the first counts as home. Phase and kind of school are codes of the return.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from jsna.model.contract import Column, Table
from jsna.model.parts import About, Parts
from jsna.shared import columns
from jsna.shared.census_export import CENSUS_ID, PUPIL_ID, SCHOOLS, number, pupils, with_schools

if TYPE_CHECKING:
    import pandas as pd


def _text(name: str, field: str, what: str, *aliases: str, required: bool = False) -> Column:
    return Column(
        name, field, "string", what, required=required, nullable=True, aliases=aliases,
        personal=True,
    )  # fmt: skip


def _day(name: str, field: str, what: str) -> Column:
    return Column(name, field, "date", what, required=False, nullable=True)


_SEQUENCE: Final = "Order of the export."
PUPILS: Final = pupils(
    "pupilonroll",
    "pupilonrolltableid",
    _text("FormerUPN", "former_upn", "An earlier number of the pupil."),
    _text("Ethnicity", "ethnicity", "Ethnic group."),
    _text("Language", "language", "First language."),
    _text("EnrolStatus", "enrol_status", "Kind of registration.", required=True),
    _text("NCYearActual", "year_group", "Year group.", required=True),
    _text("SENprovision", "sen_provision", "Provision.", required=True),
    _text("SENunitIndicator", "sen_unit", "Member of a SEN unit."),
    _text("ResourcedProvisionIndicator", "resourced_provision", "In resourced provision."),
)
NEEDS: Final = Table(
    "senneeds",
    "One need of a pupil.",
    (
        PUPIL_ID,
        _text("SENtype", "sen_type", "Kind of need.", required=True),
        Column("SENtypeRank", "rank", "integer", "Rank of the need.", nullable=True),
        _text("senneedsorderseqcolumn", "sequence", _SEQUENCE),
    ),
    may_be_empty=True,
)
MEALS: Final = Table(
    "fsmperiod",
    "One period in which a pupil may have free meals.",
    (
        PUPIL_ID,
        _day("FSMstartDate", "start_date", "First day."),
        _day("FSMendDate", "end_date", "Last day; empty while it lasts."),
    ),
    may_be_empty=True,
)
ADDRESSES: Final = Table(
    "addresses",
    "One address of a pupil.",
    (
        PUPIL_ID,
        replace(columns.POSTCODE, name="PostCode", required=True),
        Column("addressesorderseqcolumn", "sequence", "integer", _SEQUENCE, False, True),
    ),
    may_be_empty=True,
)
SCHOOL: Final = Table(
    "school",
    "One school.",
    (
        replace(CENSUS_ID),
        _text("phase", "phase", "Phase, code of the return."),
        _text("type", "school_type", "Type, code of the return."),
        replace(number("schooltableid", "school_id"), required=False, nullable=True),
    ),
)


def _needs(pupil: pd.Series[str], needs: pd.DataFrame) -> dict[str, pd.Series[str]]:
    """The two needs of the first ranks."""
    import pandas as pd

    rank = pd.to_numeric(needs["rank"], errors="coerce")
    order = needs.assign(rank=rank).sort_values(["pupil_id", "rank"], kind="stable")
    place = order.groupby("pupil_id").cumcount()
    found = {}
    for at, field in enumerate(("primary_need", "secondary_need")):
        there = order[place == at].set_index("pupil_id")["sen_type"]
        found[field] = pupil.map(there)
    return found


def _meals(pupil: pd.Series[str], periods: pd.DataFrame, day: date) -> pd.Series[str]:
    """Y where a period holds census day, from its first day to its last."""
    on = day.isoformat()
    began = periods["start_date"].le(on).fillna(False).astype(bool)
    lasts = periods["end_date"].isna() | periods["end_date"].ge(on).fillna(False).astype(bool)
    inside = set(periods.loc[began & lasts, "pupil_id"])
    return pupil.isin(inside).map({True: "Y", False: "N"})


def _put_together(parts: Mapping[str, pd.DataFrame], about: About) -> Mapping[str, pd.DataFrame]:
    import pandas as pd

    rows = with_schools(parts[PUPILS.name], parts)
    pupil = rows["pupil_id"]
    made: dict[str, pd.Series[str]] = {}
    if (needs := parts.get(NEEDS.name)) is not None:
        made |= _needs(pupil, needs)
    if (periods := parts.get(MEALS.name)) is not None:
        made["fsm"] = _meals(pupil, periods, about.day)
    if (addresses := parts.get(ADDRESSES.name)) is not None:
        order = addresses.assign(at=pd.to_numeric(addresses["sequence"], errors="coerce"))
        homes = order.sort_values("at", kind="stable").drop_duplicates("pupil_id")
        made["postcode"] = pupil.map(homes.set_index("pupil_id")["postcode"])
    if (schools := parts.get(SCHOOL.name)) is not None:
        there = schools.drop_duplicates("census_id").set_index("census_id")
        made |= {f: rows["census_id"].map(there[f]) for f in ("phase", "school_type")}
    return {"census": rows.assign(**made).drop(columns=["pupil_id", "census_id"])}


PARTS: Final = Parts(
    (PUPILS, SCHOOLS, SCHOOL, NEEDS, MEALS, ADDRESSES),
    (SCHOOLS.name, SCHOOL.name, NEEDS.name, MEALS.name, ADDRESSES.name),
    _put_together,
)

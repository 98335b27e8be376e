"""EHC plans in force in January, each with its primary need and the place it is delivered in.

What a school is, and in which authority it lies, is looked up by its number in the register of
schools (see `schools`). A school that is not there is "not known".
"""

from __future__ import annotations

from typing import Final

from jsna.model.tables import AnalysisTable, Column, Implied
from jsna.shared.fragments import PLACE, RESIDENT, age_group, listed, numbered
from jsna.shared.table_columns import GEOGRAPHY, PLACED, declared

#: SENSetting of the return -> setting, for children who are not placed at a school or college. The
#: department publishes arrangements by the authority (section 61) and by parents (section 42(5)) as
#: education otherwise than at school, and puts both codes of those not in education together.
SEN_SETTINGS: Final = {
    "OLA": "eotas",
    "OPA": "eotas",
    "EHE": "ehe",
    "EYP": "early_years",
    "OTH": "other",
    "NEET": "neet",
    "NIEC": "not_in_education",
    "NIEO": "not_in_education",
}
#: Setting -> sector; colleges and places that are no school have none.
SECTORS: Final = {
    "state": ("mainstream", "sen_unit", "resourced_provision", "special", "ap"),
    "non_maintained": ("non_maintained_special",),
    "independent": ("independent_special", "independent"),
}
#: Settings with a number in the register that are not schools.
_NOT_SCHOOLS: Final = ("fe", "spi")
_OTHER: Final = " ".join(f"when '{code}' then '{s}'" for code, s in SEN_SETTINGS.items())
_SECTOR: Final = " ".join(
    f"when setting in ({listed(s)}) then '{sector}'" for sector, s in SECTORS.items()
)
#: A place lies in or out of the area if it is in the register of schools and no college.
_AT_SCHOOL: Final = Implied(
    "placement",
    "setting",
    frozenset({s for settings in SECTORS.values() for s in settings} | {"other"}),
    frozenset({"in_area", "out_of_area"}),
)

TABLES: Final = (
    AnalysisTable(
        name="plan",
        row="an EHC plan maintained in January",
        base="maintained",
        key=("period", "person_key", "record_number"),
        columns=declared(
            "person_key period age age_group sex ethnicity primary_need setting placement sector "
            "residential",
            Column("resident", "boolean", "Lives in the area, or nobody knows where"),
            GEOGRAPHY,
            "record_number",
        ),
        # Whose place is known is a resident; so is somebody whose home is not known.
        implies=(
            _AT_SCHOOL,
            Implied("locality", "resident", frozenset({"true"})),
            Implied("imd_decile", "resident", frozenset({"true"})),
        ),
        known=PLACED,
        sql=f"""
        with current as (
            -- The main placement on census day: the first in rank that has not ended.
            select p.* from "sen2.placementdetail" p join census_day using (period)
            where p.leaving_date is null or p.leaving_date > census_day.day
            qualify row_number() over (
                partition by p.period, p.activeplans_table_id
                order by p.placement_rank, p.entry_date desc nulls last, p.school_urn, p.ukprn
            ) = 1
        ), ended as (
            -- Exports may list plans that ceased in the year among those in force.
            select n.period, s.requests_table_id
            from "sen2.namedplan" n
                join "sen2.assessment" s using (period, assessment_table_id)
                join census_day using (period)
            group by all
            having bool_and(coalesce(n.cease_date < census_day.day, false))
        ), college as (
            select ukprn, min(kind) as kind from school where ukprn is not null group by ukprn
        ), placed as (
            select a.*, c.residential, s.in_area, c.school_urn, s.kind,
                case when s.kind = 'mainstream' and c.sen_unit then 'sen_unit'
                    when s.kind = 'mainstream' and c.resourced_provision then 'resourced_provision'
                    when s.kind is not null then s.kind
                    when c.school_urn is not null then 'unknown'
                    when c.ukprn is not null and college.kind = 'spi' then 'spi'
                    when c.ukprn is not null then 'fe'
                    else coalesce(case c.sen_setting {_OTHER} end, 'unknown') end as setting
            from {numbered("sen2.activeplans", "activeplans_table_id")} a
                anti join ended using (period, requests_table_id)
                left join current c using (period, activeplans_table_id)
                left join school s on s.school_urn = c.school_urn
                left join college on college.ukprn = c.ukprn
        )
        select p.person_key, p.period, p.age, {age_group("p.age")} as age_group,
            person.sex, person.ethnicity, n.primary_need, p.setting,
            case when p.setting = 'unknown' then 'unknown'
                when p.kind is null or p.setting in ({listed(_NOT_SCHOOLS)}) then 'not_in_school'
                when p.in_area then 'in_area' else 'out_of_area' end as placement,
            case {_SECTOR} else 'other' end as sector,
            coalesce(p.residential, 'none') as residential,
            {RESIDENT.format(row="p")} as resident,
            {PLACE}, p.record_number
        from placed p
            left join "sen2.requests" r using (period, requests_table_id)
            left join "sen2.person" person on person.period = p.period
                and person.person_table_id = r.person_table_id
            left join plan_need n on n.period = p.period
                and n.activeplans_table_id = p.activeplans_table_id
            left join place on place.lsoa_code = p.lsoa_code
        order by p.period, p.person_key, p.activeplans_table_id
        """,
    ),
)

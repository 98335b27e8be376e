"""EHC plans in force in January, each with its primary need and the place it is delivered in.

What a school is, and in which authority it lies, is looked up by its number in the register of
schools. Where the register was not received, the schools of the census stand in for it: they lie
in the area, and any other school is "not known".
"""

from __future__ import annotations

from collections.abc import Iterable

from jsna.measures.tables.recipe import PLACE, RESIDENT, Recipe, age_group
from jsna.model.areas import Area

#: Establishment type of the register -> setting; the others are mainstream schools, and so are
#: maintained nursery schools (15), as in the department's figures.
SETTINGS = {
    "special": ("07", "12", "33", "36", "44"),
    "non_maintained_special": ("08",),
    "independent_special": ("10",),
    "independent": ("11",),
    "ap": ("14", "38", "42", "43"),
    "fe": ("18", "29", "31"),
    "spi": ("32",),
    "other": ("24", "25", "26", "27", "30", "37", "49", "56", "57"),
}
#: SENSetting of the return -> setting, for children who are not placed at a school or college. The
#: department publishes arrangements by the authority (section 61) and by parents (section 42(5)) as
#: education otherwise than at school, and puts both codes of those not in education together.
SEN_SETTINGS = {
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
SECTORS = {
    "state": ("mainstream", "sen_unit", "resourced_provision", "special", "ap"),
    "non_maintained": ("non_maintained_special",),
    "independent": ("independent_special", "independent"),
}
#: Settings with a number in the register that are not schools.
NOT_SCHOOLS = ("fe", "spi")


def _list(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _setting_of_type() -> str:
    cases = " ".join(
        f"when establishment_type in ({_list(t)}) then '{s}'" for s, t in SETTINGS.items()
    )
    return f"case {cases} else 'mainstream' end"


def _register(area: Area, *, received: bool) -> Recipe:
    """`school`: URN, UKPRN, setting of its type, whether it lies in the area."""
    codes = _list((area.old_la_code, *area.former_old_la_codes))
    if received:
        return Recipe(
            "school",
            ("schools.school",),
            f"""
            select school_urn, ukprn, {_setting_of_type()} as kind,
                old_la_code in ({codes}) as in_area
            from "schools.school"
            qualify row_number() over (partition by school_urn order by period desc) = 1
            order by school_urn
            """,
        )
    return Recipe(
        "school",
        ("pupil",),
        """
        select school_urn, null::varchar as ukprn, true as in_area,
            case when school_type = 'non_maintained' then 'non_maintained_special'
                when school_type = 'independent' then 'independent'
                when phase = 'special' then 'special'
                when phase = 'alternative_provision' then 'ap'
                else 'mainstream' end as kind
        from pupil
        qualify row_number() over (partition by school_urn order by period desc, person_key) = 1
        order by school_urn
        """,
    )


def _plan() -> Recipe:
    other = " ".join(f"when '{code}' then '{setting}'" for code, setting in SEN_SETTINGS.items())
    sectors = " ".join(f"when setting in ({_list(s)}) then '{n}'" for n, s in SECTORS.items())
    return Recipe(
        "plan",
        (
            "sen2.activeplans",
            "sen2.requests",
            "sen2.person",
            "sen2.assessment",
            "sen2.namedplan",
            "sen2.placementdetail",
            "plan_need",
            "census_day",
            "place",
        ),
        f"""
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
                    else coalesce(case c.sen_setting {other} end, 'unknown') end as setting
            from "sen2.activeplans" a
                anti join ended using (period, requests_table_id)
                left join current c using (period, activeplans_table_id)
                left join school s on s.school_urn = c.school_urn
                left join college on college.ukprn = c.ukprn
        )
        select p.person_key, p.period, p.age, {age_group("p.age")} as age_group,
            person.sex, person.ethnicity, n.primary_need, p.setting,
            case when p.setting = 'unknown' then 'unknown'
                when p.kind is null or p.setting in ({_list(NOT_SCHOOLS)}) then 'not_in_school'
                when p.in_area then 'in_area' else 'out_of_area' end as placement,
            case {sectors} else 'other' end as sector,
            coalesce(p.residential, 'none') as residential,
            {RESIDENT.format(row="p")} as resident,
            {PLACE}
        from placed p
            left join "sen2.requests" r using (period, requests_table_id)
            left join "sen2.person" person on person.period = p.period
                and person.person_table_id = r.person_table_id
            left join plan_need n on n.period = p.period
                and n.activeplans_table_id = p.activeplans_table_id
            left join place on place.lsoa_code = p.lsoa_code
        order by p.period, p.person_key, p.activeplans_table_id
        """,
    )


def recipes(area: Area, *, register: bool) -> tuple[Recipe, ...]:
    """Tables of the caseload.

    Args:
        area: says which authority codes are its own.
        register: whether the register of schools was received.
    """
    return (_register(area, received=register), _plan())

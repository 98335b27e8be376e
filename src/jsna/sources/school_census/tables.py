"""Pupils on roll: the population that schools report on, counted where pupils attend."""

from __future__ import annotations

from typing import Final

from jsna.model.tables import AnalysisTable, View
from jsna.shared.fragments import ACADEMIC_YEAR, PLACE, age_group
from jsna.shared.table_columns import NEED, PLACED, PUPIL, declared

#: Phases of the schools that the department's headline rates of suspension and exclusion count:
#: not nursery schools, alternative provision and colleges.
HEADLINE: Final = ("primary", "secondary", "all_through", "special")

TABLES: Final = (
    AnalysisTable(
        name="pupil",
        row="a pupil on roll (sole or dual main registration) on census day",
        base="attending",
        columns=declared(PUPIL),
        implies=NEED,
        known=PLACED,
        # Sole (C) and dual main (M) registrations make up the roll. Somebody registered as sole at
        # two schools is still one pupil: the first school by number is kept.
        sql=f"""
        select c.person_key, c.period, c.age, {age_group("c.age")} as age_group,
            c.sex, c.ethnicity, c.fsm, c.year_group, c.phase, c.school_urn, c.school_type,
            c.sen_provision,
            case when c.sen_provision in ('K', 'E') then c.primary_need end as primary_need,
            {PLACE}
        from "school_census.census" c left join place on place.lsoa_code = c.lsoa_code
        where c.enrol_status in ('C', 'M')
        qualify row_number() over (
            partition by c.period, c.person_key order by c.enrol_status desc, c.school_urn
        ) = 1
        order by c.period, c.person_key
        """,
    ),
    View(
        # By every registration, as all pupils of a unit may be on another school's roll. A school
        # whose phase is not known, such as one in no census received, is among them.
        name="headline_school",
        sql=f"""
        select school_urn,
            coalesce(arg_max(phase, (period, phase)) in {HEADLINE!r}, true) as headline
        from "school_census.census" group by school_urn order by school_urn
        """,
    ),
    View(
        # SEN and need as on the January roll of an academic year, by person; nobody's where no
        # census was received.
        name="roll_need",
        sql=f"select person_key, {ACADEMIC_YEAR} as period, sen_provision, primary_need from pupil",
        otherwise=View(
            name="roll_need",
            sql="select null::varchar as person_key, null::varchar as period, "
            "null::varchar as sen_provision, null::varchar as primary_need where false",
        ),
    ),
    View(
        # SEN and home as on the latest roll somebody is on.
        name="latest_roll",
        sql="select person_key, sen_provision, lsoa_code from pupil "
        "qualify row_number() over (partition by person_key order by period desc) = 1",
        otherwise=View(
            name="latest_roll",
            sql="select null::varchar as person_key, null::varchar as sen_provision, "
            "null::varchar as lsoa_code where false",
        ),
    ),
)

"""Pupils on roll: the population that schools report on, counted where pupils attend."""

from __future__ import annotations

from jsna.measures.tables.recipe import PLACE, Recipe, age_group

#: The January roll of an academic year: the census of the calendar year it ends in.
ACADEMIC_YEAR = "(cast(period as integer) - 1) || '/' || right(period, 2)"

#: Phases of the schools that the department's headline rates of suspension and exclusion count:
#: not nursery schools, alternative provision and colleges.
HEADLINE = ("primary", "secondary", "all_through", "special")

TABLES = (
    Recipe(
        "pupil",
        ("school_census.census", "place"),
        # Sole (C) and dual main (M) registrations make up the roll. Somebody registered as sole at
        # two schools is still one pupil: the first school by number is kept.
        f"""
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
    Recipe(
        # By every registration, as all pupils of a unit may be on another school's roll. A school
        # whose phase is not known, such as one in no census received, is among them.
        "headline_school",
        ("school_census.census",),
        f"""
        select school_urn,
            coalesce(arg_max(phase, (period, phase)) in {HEADLINE!r}, true) as headline
        from "school_census.census" group by school_urn order by school_urn
        """,
    ),
    Recipe(
        "roll",
        ("pupil", "headline_school", "exclusions.exclusions", "exclusion_year"),
        # A year whose exclusions did not arrive has no roll: nobody could be seen as suspended.
        f"""
        with suspended as (
            select distinct period, person_key
            from "exclusions.exclusions" left join headline_school using (school_urn)
            where category = 'SUSP' and coalesce(headline, true)
        ), roll as (
            select * replace ({ACADEMIC_YEAR} as period) from pupil
        )
        select roll.*, headline_school.headline,
            suspended.person_key is not null as suspended
        from roll
            semi join exclusion_year using (period)
            join headline_school using (school_urn)
            left join suspended using (period, person_key)
        order by roll.period, roll.person_key
        """,
    ),
)

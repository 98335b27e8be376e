"""Children as social care knows them, on the last day of a financial year, 31 March.

In need: an episode is open that was not closed at once ("no further action"). Looked after: an
episode of care is open, other than one of agreed short breaks. Both are counted by person: a child
in two episodes is one child, and so is one with two child protection plans, who is on a plan while
any of them is open.
"""

from __future__ import annotations

from typing import Final

from jsna.measures.tables.recipe import MARCH, PLACE, Recipe, age_group, listed

#: Legal statuses of agreed series of short breaks, which are in no official count.
SHORT_BREAKS: Final = ("V3", "V4")
#: Reason for a new episode of a child who was not looked after before it.
STARTED: Final = "S"

TABLES: Final = (
    Recipe(
        "in_need",
        ("cin_census.episodes", "service_year"),
        """
        select e.person_key, e.period, min(e.link) as link,
            arg_max(e.sex, (e.referral_date, e.sex)) as sex, max(e.age) as age,
            arg_max(e.lsoa_code, (e.referral_date, e.lsoa_code)) as lsoa_code,
            bool_or(
                coalesce(e.cpp_start_date <= y.last, false)
                and coalesce(e.cpp_end_date > y.last, true)
            ) as protection_plan
        from "cin_census.episodes" e
            join service_year y on y.period = e.period and y.extract = 'cin_census'
        where e.referral_date <= y.last and coalesce(e.closure_date > y.last, true)
            and not coalesce(e.referral_nfa, false)
        group by e.person_key, e.period
        order by e.period, e.person_key
        """,
    ),
    Recipe(
        # Twelve months: the period of care began by the year's first day. Where the file has no
        # beginning, that of the earliest episode in force in the year stands for it.
        "in_care",
        ("ssda903.episodes", "ssda903.header", "service_year"),
        f"""
        with counted as (
            select e.*, y.first, y.last from "ssda903.episodes" e
                join service_year y on y.period = e.period and y.extract = 'ssda903'
            where e.legal_status not in ({listed(SHORT_BREAKS)})
        ), started as (
            select person_key, period, coalesce(
                max(start_date) filter (where new_episode_reason = '{STARTED}'), min(start_date)
            ) as start_date
            from counted where start_date <= last
            group by person_key, period
        ), child as (
            select person_key, period, min(sex) as sex from "ssda903.header"
            group by person_key, period
        )
        select c.person_key, c.period, min(c.link) as link, any_value(child.sex) as sex,
            max(c.age) as age, max(c.lsoa_code) as lsoa_code,
            bool_and(s.start_date <= c.first) as twelve_months
        from counted c
            join started s using (person_key, period)
            left join child using (person_key, period)
        where c.start_date <= c.last and coalesce(c.end_date > c.last, true)
        group by c.person_key, c.period
        order by c.period, c.person_key
        """,
    ),
    Recipe(
        "child_in_need",
        # The authority's own cases, wherever they live.
        ("in_need", "place"),
        f"""
        select n.person_key, {MARCH.format(row="n")} as period, n.age,
            {age_group("n.age")} as age_group, n.sex, n.link,
            n.protection_plan, {PLACE}
        from in_need n left join place on place.lsoa_code = n.lsoa_code
        order by n.period, n.person_key
        """,
    ),
    Recipe(
        # The authority's own, wherever they have been placed.
        "looked_after",
        ("in_care", "place"),
        f"""
        select c.person_key, {MARCH.format(row="c")} as period, c.age,
            {age_group("c.age")} as age_group, c.sex, c.link,
            c.twelve_months, {PLACE}
        from in_care c left join place on place.lsoa_code = c.lsoa_code
        order by c.period, c.person_key
        """,
    ),
)

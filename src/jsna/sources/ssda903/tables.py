"""Children looked after on the last day of a financial year, 31 March, by person; care leavers.

An episode of care is open, other than one of agreed short breaks.
"""

from __future__ import annotations

from typing import Final

from jsna.model.tables import AnalysisTable, Column, Implied, View
from jsna.shared.beside_roll import PERSON, TRUE, beside_roll, how_linked, is_known, on_march
from jsna.shared.fragments import MARCH, age_group, listed
from jsna.shared.table_columns import declared

#: Legal statuses of agreed series of short breaks, which are in no official count.
SHORT_BREAKS: Final = ("V3", "V4")
#: Reason for a new episode of a child who was not looked after before it.
STARTED: Final = "S"
#: Total difficulties from which a score is a cause for concern.
HIGH: Final = 17
#: Care leavers of whom nothing is counted: who died, and who went back to parents for good.
GONE: Final = ("DIED", "RHOM")
#: What care leavers in education, training or employment do.
OCCUPIED: Final = ("F1", "F2", "F3", "F4", "F5", "P1", "P2", "P3", "P4", "P5")
_LONG: Final = Column("twelve_months", "boolean", "For at least twelve months on that day")
_OUTCOMES: Final = (
    Column("recorded", "boolean", "The return has a record of outcomes of them"),
    Column("assessed", "boolean", "Health assessed in the year"),
    Column("scored", "boolean", "The record has a score of difficulties"),
    Column("high_score", "boolean", f"The score is {HIGH} or more"),
    Column("went_missing", "boolean", "Missing, or away without leave, in the year"),
)

TABLES: Final = (
    View(
        # Twelve months: the period of care began by the year's first day. Where the file has no
        # beginning, that of the earliest episode in force in the year stands for it.
        name="in_care",
        sql=f"""
        with counted as (
            select e.*, y.first, y.last from "ssda903.episodes" e
                join delivery y on y.period = e.period and y.extract = 'ssda903'
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
        ), outcome as (
            select person_key, period, max(sdq_score) as score,
                bool_or(coalesce(health_assessment, false)) as assessed
            from "ssda903.oc2" group by person_key, period
        ), gone as (
            select distinct person_key, period from "ssda903.missing"
        )
        select c.person_key, c.period, min(c.link) as link, any_value(child.sex) as sex,
            max(c.age) as age, max(c.lsoa_code) as lsoa_code,
            bool_and(s.start_date <= c.first) as twelve_months,
            bool_or(outcome.person_key is not null) as recorded,
            bool_or(coalesce(outcome.assessed, false)) as assessed,
            bool_or(outcome.score is not null) as scored,
            bool_or(coalesce(outcome.score >= {HIGH}, false)) as high_score,
            bool_or(gone.person_key is not null) as went_missing
        from counted c
            join started s using (person_key, period)
            left join child using (person_key, period)
            left join outcome using (person_key, period)
            left join gone using (person_key, period)
        where c.start_date <= c.last and coalesce(c.end_date > c.last, true)
        group by c.person_key, c.period
        order by c.period, c.person_key
        """,
    ),
    on_march(
        "looked_after",
        "a child the authority looked after on 31 March, short breaks left out",
        "in_care",
        _LONG,
    ),
    beside_roll(
        "roll_looked_after",
        "a pupil on the January roll, and whether they were looked after on 31 March",
        {"ssda903": "in_care"},
        {
            Column("looked_after", "boolean"): is_known("in_care"),
            **{column: f"coalesce(in_care.{column.name}, false)" for column in (_LONG, *_OUTCOMES)},
            Column("care_link", description="How the return's record is linked"): how_linked(
                "in_care"
            ),
        },
        march=True,
        implies=(
            Implied("assessed", "recorded", TRUE, TRUE),
            Implied("scored", "recorded", TRUE, TRUE),
            Implied("high_score", "scored", TRUE, TRUE),
        ),
    ),
    # Who died, or went back to parents for six months or more, is in no official count. In which
    # year somebody is asked about, and whether a plan was in force in its January.
    AnalysisTable(
        name="care_leaver",
        row="a care leaver who turned 17 to 21 in the year, and whether an EHC plan was in force",
        base="responsible",
        columns=declared(
            PERSON,
            Column("ehc_plan"),
            Column("occupied", "boolean", "In education, training or employment"),
        ),
        dated_by=("ssda903",),
        period="march",
        # Who is linked to nobody is in no list of plans.
        implies=(Implied("link", "ehc_plan", frozenset({"without"}), frozenset({"none"})),),
        sql=f"""
        with held as (
            select distinct person_key, period from "sen2.activeplans"
        ), asked as (
            select o.*, {MARCH.format(row="o")} as year from "ssda903.oc3" o
            where coalesce(o.in_touch not in ({listed(GONE)}), true)
        ), child as (
            select person_key, period, min(sex) as sex from "ssda903.header"
            group by person_key, period
        )
        select o.person_key, o.year as period, max(o.age) as age,
            {age_group("max(o.age)")} as age_group, any_value(child.sex) as sex,
            min(o.link) as link,
            case when count(held.person_key) > 0 then 'with' else 'without' end as ehc_plan,
            bool_or(coalesce(o.activity in ({listed(OCCUPIED)}), false)) as occupied
        from asked o
            semi join (select distinct period as year from held) using (year)
            left join held on held.person_key = o.person_key and held.period = o.year
            left join child on child.person_key = o.person_key and child.period = o.period
        group by o.person_key, o.year
        order by o.year, o.person_key
        """,
    ),
)

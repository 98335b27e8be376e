"""Children looked after on the last day of a financial year, 31 March, by person.

An episode of care is open, other than one of agreed short breaks.
"""

from __future__ import annotations

from typing import Final

from jsna.model.tables import Column, View
from jsna.shared.beside_roll import beside_roll, how_linked, is_known, on_march
from jsna.shared.fragments import listed

#: Legal statuses of agreed series of short breaks, which are in no official count.
SHORT_BREAKS: Final = ("V3", "V4")
#: Reason for a new episode of a child who was not looked after before it.
STARTED: Final = "S"
_LONG: Final = Column("twelve_months", "boolean", "For at least twelve months on that day")

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
            _LONG: "coalesce(in_care.twelve_months, false)",
            Column("care_link", description="How the return's record is linked"): how_linked(
                "in_care"
            ),
        },
        march=True,
    ),
)

"""Children seen by mental health services, and pupils with whether they were."""

from __future__ import annotations

from typing import Final

from jsna.model.tables import AnalysisTable, Column, View
from jsna.shared.beside_roll import PERSON, beside_roll, how_linked, is_known
from jsna.shared.fragments import PLACE, RESIDENT, age_group, listed
from jsna.shared.table_columns import GEOGRAPHY, PLACED, declared
from jsna.sources.mental_health.extract import ATTENDED

TABLES: Final = (
    View(
        # A child with at least one contact attended in the year, as their last referral has them.
        name="seen",
        sql=f"""
        select person_key, period, min(link) as link,
            arg_max(sex, service_request_id) as sex, max(age) as age,
            arg_max(lsoa_code, service_request_id) as lsoa_code
        from "mental_health.referrals" r semi join (
            select period, service_request_id from "mental_health.contacts"
            where attendance in ({listed(ATTENDED)})
        ) using (period, service_request_id)
        group by person_key, period
        order by period, person_key
        """,
    ),
    AnalysisTable(
        name="mental_health",
        row="a child seen by mental health services at least once in a financial year",
        base="resident",
        columns=declared(PERSON, GEOGRAPHY),
        known=PLACED,
        sql=f"""
        select s.person_key, s.period, s.age, {age_group("s.age")} as age_group, s.sex, s.link,
            {PLACE}
        from seen s left join place on place.lsoa_code = s.lsoa_code
        where {RESIDENT.format(row="s")}
        order by s.period, s.person_key
        """,
    ),
    beside_roll(
        "roll_mental_health",
        "a pupil on the January roll, and whether mental health services saw them that year",
        {"mental_health": "seen"},
        {
            Column("mh_contact", "boolean", "Seen at least once"): is_known("seen"),
            Column("mh_link", description="How the service's record is linked"): how_linked("seen"),
        },
    ),
)

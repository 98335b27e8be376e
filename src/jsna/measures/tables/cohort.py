"""Pupils with all the services that knew them in a year."""

from __future__ import annotations

from typing import Final

from jsna.measures.tables.services import roll_table, rolls
from jsna.model.tables import Column

#: Those that all have to be there for a pupil to be known to no service. A child looked after is a
#: child in need, and in that census: asking both would set apart the few of whom one record was
#: linked and not the other, and these few would have to be protected.
KNOWING: Final = ("mental_health", "community", "cin_census")

TABLES: Final = (
    roll_table(
        "cohort",
        "a pupil on the January roll, with the services that knew them that year",
        KNOWING,
        (
            Column("mh_contact", "boolean", "Seen by mental health services at least once"),
            Column("community", "boolean", "Referred to community health services"),
            Column("in_need", "boolean", "A child in need on 31 March"),
            "services",
        ),
        ("seen", "referred", "in_need"),
        f"""
        with marked as (
            select roll.*, seen.person_key is not null as mh_contact,
                referred.person_key is not null as community,
                in_need.person_key is not null as in_need
            from ({rolls(*KNOWING)}) roll
                left join seen using (person_key, period)
                left join referred using (person_key, period)
                left join in_need using (person_key, period)
        )
        select *, case when (mh_contact or community) and in_need then 'both'
                when mh_contact or community then 'health'
                when in_need then 'care' else 'neither' end as services
        from marked
        order by period, person_key
        """,
    ),
)

"""Children measured at school, in Reception and Year 6.

What the school census says of a child comes through the person key: it is empty where the child
was not linked, or was on no roll of that January.
"""

from __future__ import annotations

from typing import Final

from jsna.model.tables import AnalysisTable, Implied
from jsna.shared.fragments import PLACE, RESIDENT, numbered
from jsna.shared.table_columns import GEOGRAPHY, NEED, PLACED, SURE, declared

TABLES: Final = (
    AnalysisTable(
        name="ncmp",
        row="a child measured",
        base="resident",
        key=("period", "person_key", "record_number"),
        columns=declared(
            "person_key period school_year sex weight_category link sen_provision primary_need",
            GEOGRAPHY,
            "record_number",
        ),
        # Year 6 has about twice the obesity of Reception, and more of its pupils have SEN.
        apart=("school_year",),
        implies=(*NEED, Implied("sen_provision", "link", SURE)),
        known=PLACED,
        sql=f"""
        select m.person_key, m.period, m.school_year, m.sex, m.weight_category, m.link,
            roll.sen_provision, roll.primary_need, {PLACE}, m.record_number
        from {numbered("ncmp.measurements", "school_year", "weight_category")} m
            left join roll_need roll using (person_key, period)
            left join place on place.lsoa_code = m.lsoa_code
        where {RESIDENT.format(row="m")}
        order by m.period, m.school_year, m.person_key, m.weight_category
        """,
    ),
)

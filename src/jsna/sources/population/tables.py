"""Residents, as estimates of the middle of a year."""

from __future__ import annotations

from typing import Final

from jsna.model.tables import AnalysisTable, Column
from jsna.shared.fragments import PLACE, age_group
from jsna.shared.table_columns import GEOGRAPHY, PLACED, declared

TABLES: Final = (
    AnalysisTable(
        name="population",
        row="residents of a small area, of one sex and one year of age",
        base="resident",
        # Official estimates may be of localities, and have no small area.
        key=("period", "locality_code", "lsoa_code", "sex", "age"),
        columns=declared(
            "period sex",
            Column("age", "integer", "Whole years in the middle of the year"),
            "age_group",
            Column("people", "integer", "How many residents"),
            GEOGRAPHY,
        ),
        known=PLACED,
        official=("population_locality",),
        sql=f"""
        select cast(p.year as varchar) as period, p.sex, p.age, {age_group("p.age")} as age_group,
            p.people, {PLACE}
        from "population.syoa" p join small_area place using (lsoa_code)
        order by p.year, place.lsoa_code, p.sex, p.age
        """,
    ),
)

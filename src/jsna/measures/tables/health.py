"""Children measured at school who live in the area."""

from __future__ import annotations

from jsna.measures.tables.recipe import PLACE, Recipe

TABLES = (
    Recipe(
        "ncmp",
        ("ncmp.measurements", "place"),
        # A child whose home is not known is taken to live here; one known to live elsewhere is not.
        f"""
        select m.person_key, m.period, m.school_year, m.sex, m.weight_category, {PLACE}
        from "ncmp.measurements" m left join place on place.lsoa_code = m.lsoa_code
        where m.lsoa_code is null or place.lsoa_code is not null
        order by m.period, m.school_year, m.person_key, m.weight_category
        """,
    ),
)

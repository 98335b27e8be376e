"""Places: small areas of the authority with their locality and deprivation, and their residents."""

from __future__ import annotations

from jsna.edition import Area
from jsna.measures.tables.recipe import PLACE, Recipe, age_group


def recipes(area: Area) -> tuple[Recipe, ...]:
    """Tables of places, for an area whose localities are its districts or its wards.

    `place` holds one row for each small area of the authority, in its latest release.
    """
    locality = {"district": "district_code", "ward": "ward_code"}[area.localities_are]
    place = Recipe(
        "place",
        ("areas.lsoa",),
        f"""
        select period, lsoa_code, {locality} as locality_code,
            cast(imd_decile as varchar) as imd_decile,
            cast((imd_decile + 1) // 2 as varchar) as imd_quintile,
            imd_rank, idaci_rank, cast(idaci_decile as varchar) as idaci_decile
        from "areas.lsoa"
        where authority_code = '{area.code}'
        qualify row_number() over (partition by lsoa_code order by period desc) = 1
        order by lsoa_code
        """,
    )
    return (place, *TABLES)


TABLES = (
    Recipe(
        "lsoa",
        ("place",),
        f"select period, imd_rank, idaci_rank, idaci_decile, {PLACE} from place order by lsoa_code",
    ),
    Recipe(
        "population",
        ("population.syoa", "place"),
        f"""
        select cast(p.year as varchar) as period, p.sex, p.age, {age_group("p.age")} as age_group,
            p.people, {PLACE}
        from "population.syoa" p join place using (lsoa_code)
        order by p.year, place.lsoa_code, p.sex, p.age
        """,
    ),
)

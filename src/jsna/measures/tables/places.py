"""Places: small areas of the authority with their locality and deprivation, and their residents."""

from __future__ import annotations

from jsna.measures.tables.recipe import PLACE, Recipe, age_group
from jsna.model.areas import Area
from jsna.settings import recoded


def recipes(area: Area) -> tuple[Recipe, ...]:
    """Tables of places, for an area whose localities are its districts or its wards.

    `small_area` holds one row for each small area of the authority, in its latest release. `place`
    has, beside these, the areas of 2011 that were split: with the locality, and the deprivation,
    that all their parts share, and none where these lie in several.
    """
    locality = {"district": "district_code", "ward": "ward_code"}[area.localities_are]
    small_area = Recipe(
        "small_area",
        ("areas.lsoa",),
        f"""
        select period, lsoa_code, {locality} as locality_code,
            cast(imd_decile as varchar) as imd_decile,
            cast((imd_decile + 1) // 2 as varchar) as imd_quintile,
            imd_rank, idaci_rank, cast(idaci_decile as varchar) as idaci_decile
        from "areas.lsoa"
        where authority_code in ({", ".join(f"'{c}'" for c in recoded.every(area.code))})
        qualify row_number() over (partition by lsoa_code order by period desc) = 1
        order by lsoa_code
        """,
    )
    return (small_area, _PLACE, *TABLES)


#: What all parts of a split area must share to be known of a home in it.
_SHARED = ("locality_code", "imd_decile", "imd_quintile", "idaci_decile")


def _shared(column: str) -> str:
    """What all parts have of a column; nothing where they differ."""
    return f"case when min(s.{column}) = max(s.{column}) then min(s.{column}) end as {column}"


_PLACE = Recipe(
    "place",
    ("small_area", "lsoa_2011"),
    f"""
    select * from small_area
    union all by name
    select max(s.period) as period, l.lsoa_2011 as lsoa_code,
        {", ".join(map(_shared, _SHARED))}
    from lsoa_2011 l join small_area s using (lsoa_code)
    where l.parts > 1 and l.lsoa_2011 not in (select lsoa_code from small_area)
    group by l.lsoa_2011
    having count(*) = any_value(l.parts)
    order by lsoa_code
    """,
)


TABLES = (
    Recipe(
        "lsoa",
        ("small_area",),
        f"select period, imd_rank, idaci_rank, idaci_decile, {PLACE} from small_area place "
        "order by lsoa_code",
    ),
    Recipe(
        "population",
        ("population.syoa", "small_area"),
        f"""
        select cast(p.year as varchar) as period, p.sex, p.age, {age_group("p.age")} as age_group,
            p.people, {PLACE}
        from "population.syoa" p join small_area place using (lsoa_code)
        order by p.year, place.lsoa_code, p.sex, p.age
        """,
    ),
)

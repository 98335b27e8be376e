"""Small areas of the authority, with their locality and deprivation."""

from __future__ import annotations

from typing import Final

from jsna.model.configuration import Configuration
from jsna.model.tables import AnalysisTable, Column, View
from jsna.shared.fragments import PLACE, listed
from jsna.shared.table_columns import GEOGRAPHY, PLACED, declared

_LOCALITY: Final = {"district": "district_code", "ward": "ward_code"}


def _own(config: Configuration) -> dict[str, str]:
    """Which areas are the authority's, by any code it had, and what its localities are."""
    codes = listed(config.area.codes)
    return {"codes": codes, "locality": _LOCALITY[config.area.localities_are]}


#: What all parts of a split area must share to be known of a home in it.
_SHARED = ("locality_code", "imd_decile", "imd_quintile", "idaci_decile")


def _shared(column: str) -> str:
    """What all parts have of a column; nothing where they differ."""
    return f"case when min(s.{column}) = max(s.{column}) then min(s.{column}) end as {column}"


#: `place` has, beside `small_area`, the areas of 2011 that were split: with the locality, and the
#: deprivation, that all their parts share, and none where these lie in several.
PLACES: Final = (
    View(
        # One row for each small area, in its latest release.
        name="small_area",
        given=_own,
        sql="""
        select period, lsoa_code, {locality} as locality_code,
            cast(imd_decile as varchar) as imd_decile,
            cast((imd_decile + 1) // 2 as varchar) as imd_quintile,
            imd_rank, idaci_rank, cast(idaci_decile as varchar) as idaci_decile
        from "areas.lsoa"
        where authority_code in ({codes})
        qualify row_number() over (partition by lsoa_code order by period desc) = 1
        order by lsoa_code
        """,
    ),
    View(
        name="place",
        sql=f"""
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
        # Where no small areas were received, nobody has a known place.
        otherwise=View(
            name="place",
            sql="select null::varchar as period, null::varchar as lsoa_code, "
            "null::varchar as locality_code, null::varchar as imd_decile, "
            "null::varchar as imd_quintile, null::bigint as imd_rank, null::bigint as idaci_rank, "
            "null::varchar as idaci_decile where false",
        ),
    ),
)

TABLES: Final = (
    *PLACES,
    AnalysisTable(
        name="lsoa",
        row="a small area (LSOA) of the authority",
        base="areas",
        key=("lsoa_code",),
        columns=declared(
            "period",
            Column("imd_rank", "integer", "Rank of deprivation in England, 1 the most deprived"),
            Column("idaci_rank", "integer", "The same by income deprivation affecting children"),
            Column("idaci_decile", description="Tenth of that rank, 1 the most deprived"),
            GEOGRAPHY,
        ),
        known=PLACED,
        official=("iod", "lsoa_lookup"),
        sql=f"select period, imd_rank, idaci_rank, idaci_decile, {PLACE} from small_area place "
        "order by lsoa_code",
    ),
)

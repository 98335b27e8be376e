"""Suspensions and permanent exclusions, with the pupil's facts as on that year's January roll.

An event of a pupil who is not on that roll keeps its place in the totals, as in the official
rates, and is in no category of need, provision, year group or place. `headline` marks what the
department's headline rates count.
"""

from __future__ import annotations

from jsna.measures.tables.recipe import Recipe

_EVENT = """
    select e.person_key, e.period, e.sex, roll.year_group, roll.sen_provision, roll.primary_need,
        roll.lsoa_code, roll.locality_code, roll.imd_decile, roll.imd_quintile,
        coalesce(school.headline, true) as headline, {columns}
    from "exclusions.exclusions" e left join roll using (period, person_key)
        left join headline_school school on school.school_urn = e.school_urn
"""
_REASONS = "e.category, unnest([e.reason_1, e.reason_2, e.reason_3]) as reason"
_ORDER = "order by e.period, e.person_key, e.start_date, e.school_urn"


def _events(category: str) -> str:
    columns = "e.reason_1 as reason, e.sessions"
    return f"{_EVENT.format(columns=columns)} where e.category = '{category}' {_ORDER}"


_NEEDS = ("exclusions.exclusions", "roll", "headline_school")

TABLES = (
    Recipe("suspension", _NEEDS, _events("SUSP")),
    Recipe("permanent_exclusion", _NEEDS, _events("PERM")),
    Recipe(
        "exclusion_reason",
        _NEEDS,
        f"""
        select * from (
            {_EVENT.format(columns=_REASONS)}
        ) where reason is not null
        order by all
        """,
    ),
)

"""Pupils with what health and social care know of them: the January roll, joined by person key.

A table of its own for each service, so that a year whose records never came, or may not be linked,
is a gap and not a year in which nobody was known; `cohort` has the years in which all came.
"""

from __future__ import annotations

from typing import Final

from jsna.measures.tables.census import ACADEMIC_YEAR
from jsna.measures.tables.recipe import MARCH, Recipe

#: What every table says of the pupil.
COLUMNS: Final = (
    "person_key, age_group, sex, sen_provision, primary_need, lsoa_code, locality_code, "
    "imd_decile, imd_quintile"
)
#: Extracts of services.
SERVICES: Final = ("mental_health", "community", "cin_census", "ssda903")
#: Those that all have to be there for a pupil to be known to no service. A child looked after is a
#: child in need, and in that census: asking both would set apart the few of whom one record was
#: linked and not the other, and these few would have to be protected.
KNOWING: Final = ("mental_health", "community", "cin_census")


def _roll(*extracts: str) -> str:
    """SQL of the January rolls within the financial years for which all extracts came."""
    years = " intersect ".join(
        f"select period from service_year where extract = '{extract}'" for extract in extracts
    )
    return (
        f"select roll.* from (select {ACADEMIC_YEAR} as period, {COLUMNS} from pupil) roll "
        f"semi join ({years}) using (period)"
    )


def _known(name: str, people: str, extract: str, columns: str, *, march: bool = False) -> Recipe:
    """The roll of the years of one extract, beside the people it knows as `known`.

    Args:
        name, people, extract, columns: of the table, of those known, and what is said of them.
        march: it says how things stood on 31 March, and its period is the year of that.
    """
    period = f"{MARCH.format(row='roll')}" if march else "roll.period"
    return Recipe(
        name,
        ("pupil", people, "service_year"),
        f"""
        select roll.* replace ({period} as period), {columns}
        from ({_roll(extract)}) roll left join {people} known using (person_key, period)
        order by period, person_key
        """,
    )


TABLES: Final = (
    _known(
        "roll_mental_health",
        "seen",
        "mental_health",
        "known.person_key is not null as mh_contact, known.link as mh_link",
    ),
    _known(
        "roll_in_need",
        "in_need",
        "cin_census",
        "known.person_key is not null as in_need, known.link as need_link, "
        "coalesce(known.protection_plan, false) as protection_plan",
        march=True,
    ),
    _known(
        "roll_looked_after",
        "in_care",
        "ssda903",
        "known.person_key is not null as looked_after, known.link as care_link, "
        "coalesce(known.twelve_months, false) as twelve_months",
        march=True,
    ),
    Recipe(
        "cohort",
        ("pupil", "seen", "referred", "in_need", "service_year"),
        f"""
        with marked as (
            select roll.*, seen.person_key is not null as mh_contact,
                referred.person_key is not null as community,
                in_need.person_key is not null as in_need
            from ({_roll(*KNOWING)}) roll
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

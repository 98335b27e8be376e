"""Children as health services know them: those measured at school, and those seen for their
mental health.

What the school census says of a child comes through the person key: it is empty where the child
was not linked, or was on no roll of that January.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from jsna.extracts.mental_health import ATTENDED
from jsna.measures.tables.census import ACADEMIC_YEAR
from jsna.measures.tables.recipe import PLACE, RESIDENT, Recipe, age_group, listed

#: SEN and need of the January roll in a year, by person; and where no census was received.
_ROLL: Final = (
    f"select person_key, {ACADEMIC_YEAR} as period, sen_provision, primary_need from pupil"
)
_NO_ROLL: Final = (
    "select null::varchar as person_key, null::varchar as period, null::varchar as sen_provision, "
    "null::varchar as primary_need where false"
)


def _ncmp(*, census: bool) -> Recipe:
    return Recipe(
        "ncmp",
        ("ncmp.measurements", "place", *(("pupil",) if census else ())),
        f"""
        with roll as ({_ROLL if census else _NO_ROLL})
        select m.person_key, m.period, m.school_year, m.sex, m.weight_category, m.link,
            roll.sen_provision, roll.primary_need, {PLACE}
        from "ncmp.measurements" m
            left join roll using (person_key, period)
            left join place on place.lsoa_code = m.lsoa_code
        where {RESIDENT.format(row="m")}
        order by m.period, m.school_year, m.person_key, m.weight_category
        """,
    )


TABLES: Final = (
    Recipe(
        # A child with at least one contact attended in the year, as their last referral has them.
        "seen",
        ("mental_health.referrals", "mental_health.contacts"),
        f"""
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
    Recipe(
        "mental_health",
        ("seen", "place"),
        f"""
        select s.person_key, s.period, s.age, {age_group("s.age")} as age_group, s.sex, s.link,
            {PLACE}
        from seen s left join place on place.lsoa_code = s.lsoa_code
        where {RESIDENT.format(row="s")}
        order by s.period, s.person_key
        """,
    ),
    Recipe(
        # A child with a referral that was open in the year, whether seen yet or still waiting.
        "referred",
        ("community.referrals",),
        """
        select distinct person_key, period from "community.referrals" order by period, person_key
        """,
    ),
)


def recipes(linked: Mapping[str, object]) -> tuple[Recipe, ...]:
    """Tables of health records.

    Args:
        linked: tables that were linked; without the school census nothing is known of SEN.
    """
    return (_ncmp(census="school_census.census" in linked), *TABLES)

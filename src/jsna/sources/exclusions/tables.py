"""Suspensions and permanent exclusions, with the pupil's facts as on that year's January roll.

An event of a pupil who is not on that roll keeps its place in the totals, as in the official
rates, and is in no category of need, provision, year group or place. `headline` marks what the
department's headline rates count.
"""

from __future__ import annotations

from typing import Final

from jsna.model.tables import AnalysisTable, Column, View
from jsna.shared.fragments import ACADEMIC_YEAR, numbered
from jsna.shared.table_columns import GEOGRAPHY, NEED, PLACED, PUPIL, declared

_COLUMNS: Final = (
    f"person_key period sex year_group sen_provision primary_need {GEOGRAPHY} headline"
)
_AS_ON_ROLL: Final = "with the pupil as on the January roll of that academic year"
#: What an event tells of the pupil comes from the roll, all of it or nothing: but for the home and
#: the year group, which the roll itself may not tell.
_ON_ROLL: Final = {
    **PLACED,
    "(place)": ("(roll)", "known"),
    "sen_provision": ("(roll)", "known"),
    "year_group": ("(year)", "known"),
    "(year)": ("(roll)", "known"),
}
_DATED: Final = (
    "start_date", "school_urn", "category", "sessions", "reason_1", "reason_2", "reason_3",
)  # fmt: skip
_EVENT: Final = f"""
    select e.person_key, e.period, e.sex, roll.year_group, roll.sen_provision, roll.primary_need,
        roll.lsoa_code, roll.locality_code, roll.imd_decile, roll.imd_quintile,
        coalesce(school.headline, true) as headline, {{columns}}, e.record_number
    from {numbered("exclusions.exclusions", *_DATED)} e
        left join roll using (period, person_key)
        left join headline_school school on school.school_urn = e.school_urn
"""
_REASONS: Final = (
    "e.category, unnest([e.reason_1, e.reason_2, e.reason_3]) as reason, "
    "unnest([1, 2, 3]) as reason_number"
)


def _events(name: str, row: str, category: str) -> AnalysisTable:
    return AnalysisTable(
        name=name,
        row=row,
        base="attending",
        key=("period", "person_key", "record_number"),
        columns=declared(
            _COLUMNS,
            Column("reason", description="The first reason given"),
            Column("sessions", "number", "Sessions it lasted, each half a school day"),
            "record_number",
        ),
        implies=NEED,
        known=_ON_ROLL,
        sql=f"""{_EVENT.format(columns="e.reason_1 as reason, e.sessions")}
        where e.category = '{category}'
        order by e.period, e.person_key, e.start_date, e.school_urn
        """,
    )


TABLES: Final = (
    View(
        name="exclusion_year",
        sql="select period from delivery where extract = 'exclusions' order by period",
    ),
    AnalysisTable(
        name="roll",
        row="a pupil on the January roll of an academic year for which exclusions came",
        base="attending",
        columns=declared(
            PUPIL,
            "headline",
            Column("suspended", "boolean", "At least once that year"),
            Column(
                "days_suspended",
                "number",
                "School days of all suspensions of the year, to half a day, where each is known",
            ),
        ),
        dated_by=("exclusions",),
        rows_of="pupil",
        implies=NEED,
        known=PLACED,
        # A year whose exclusions did not arrive has no roll: nobody could be seen as suspended.
        sql=f"""
        with roll as (
            select * replace ({ACADEMIC_YEAR} as period) from pupil
        ), suspended as (
            select period, person_key,
                case when count(sessions) = count(*) then sum(sessions) / 2 end as days_suspended
            from "exclusions.exclusions" left join headline_school using (school_urn)
            where category = 'SUSP' and coalesce(headline, true)
            group by period, person_key
        )
        select roll.*, headline_school.headline,
            suspended.person_key is not null as suspended, suspended.days_suspended
        from roll
            semi join exclusion_year using (period)
            join headline_school using (school_urn)
            left join suspended using (period, person_key)
        order by roll.period, roll.person_key
        """,
    ),
    _events("suspension", f"a suspension, {_AS_ON_ROLL}", "SUSP"),
    _events("permanent_exclusion", f"a permanent exclusion, {_AS_ON_ROLL}", "PERM"),
    AnalysisTable(
        name="exclusion_reason",
        row="a reason given for a suspension or permanent exclusion (up to three each)",
        base="attending",
        key=("period", "person_key", "record_number", "reason_number"),
        columns=declared(
            _COLUMNS,
            "category reason",
            Column("reason_number", "integer", "Which of the reasons given for the event it is"),
            "record_number",
        ),
        implies=NEED,
        known=_ON_ROLL,
        sql=f"""
        select * from ({_EVENT.format(columns=_REASONS)}) where reason is not null
        order by all
        """,
    ),
)

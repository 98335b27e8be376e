"""The EHC process: requests, new plans and ceased plans of the calendar year before the return.

A January return holds the requests of every plan in force, so older years are there but not
complete; only the calendar year the return is for is counted. Ages are those the department counts
by: when the request was received, when the plan started, when it ceased.
"""

from __future__ import annotations

from typing import Final

from jsna.model.tables import AnalysisTable, Column, View
from jsna.shared.fragments import PLACE, age_group, numbered
from jsna.shared.table_columns import GEOGRAPHY, PLACED, declared
from jsna.sources.sen2 import plans

#: A decision to assess or not is due 6 weeks, a plan 20 weeks, after the request.
SIX_WEEKS, TWENTY_WEEKS = 6 * 7, 20 * 7

#: SQL of plans issued `n`, each with its assessment `s`, the request `r` and the `person`.
_PLAN_ISSUED: Final = f"""{numbered("sen2.namedplan", "start_date", "namedplan_table_id")} n
            left join "sen2.assessment" s using (period, assessment_table_id)
            left join "sen2.requests" r on r.period = n.period
                and r.requests_table_id = s.requests_table_id
            left join "sen2.person" person on person.period = n.period
                and person.person_table_id = r.person_table_id"""

_YEAR = "cast(cast({row}.period as integer) - 1 as varchar)"
_IN_YEAR = "year({date}) = cast({row}.period as integer) - 1"

_KEY: Final = ("period", "person_key", "record_number")

TABLES: Final = (
    View(
        # The day each return describes.
        name="census_day",
        sql="select period, day from delivery where extract = 'sen2' order by period",
    ),
    AnalysisTable(
        name="request",
        row="a request for an EHC needs assessment, by calendar year received",
        base="maintained",
        key=_KEY,
        columns=declared(
            "person_key period age_group sex outcome",
            Column("decision_due", "boolean", "Decided, to assess or not, or late"),
            Column("within_6_weeks", "boolean", "Decided in six weeks, or no older on census day"),
            GEOGRAPHY,
            "record_number",
        ),
        period="year_before",
        known=PLACED,
        # A request nobody has decided on is late once its six weeks are over, and due no earlier.
        # H: decided before the period of the return, so not a request of this year.
        sql=f"""
        select r.person_key, {_YEAR.format(row="r")} as period,
            {age_group("r.age_at_received_date")} as age_group, person.sex,
            case r.request_outcome when 'Y' then 'assess' when 'N' then 'refuse'
                when 'W' then 'withdrawn' else 'none' end as outcome,
            r.request_outcome in ('Y', 'N') or r.request_outcome not in ('Y', 'N', 'W')
                and census_day.day - r.received_date > {SIX_WEEKS} as decision_due,
            coalesce(r.request_outcome_date, census_day.day) - r.received_date <= {SIX_WEEKS}
                as within_6_weeks,
            {PLACE}, r.record_number
        from {numbered("sen2.requests", "received_date", "requests_table_id")} r
            left join census_day using (period)
            left join "sen2.person" person using (period, person_table_id)
            left join place on place.lsoa_code = r.lsoa_code
        where {_IN_YEAR.format(row="r", date="r.received_date")} and r.request_outcome <> 'H'
        order by r.period, r.person_key, r.received_date, r.requests_table_id
        """,
    ),
    View(
        name="plan_need",
        sql="""
        select a.period, a.requests_table_id, a.activeplans_table_id,
            arg_min(n.sen_type, n.sen_type_rank) as primary_need
        from "sen2.activeplans" a
            join "sen2.senneed" n using (period, activeplans_table_id)
        group by all
        order by all
        """,
    ),
    AnalysisTable(
        name="new_plan",
        row="a plan first issued here, by calendar year",
        base="maintained",
        key=_KEY,
        columns=declared(
            "person_key period age_group sex primary_need",
            Column("within_20_weeks", "boolean", "Issued within twenty weeks of the request"),
            Column("exception", "boolean", "The twenty weeks did not apply to it"),
            GEOGRAPHY,
            "record_number",
        ),
        period="year_before",
        known=PLACED,
        # The need is that of the plan in force, so a plan issued and ended in one year has none. A
        # plan that came from another authority was issued there, and not here for the first time.
        sql=f"""
        with moved as (
            select period, requests_table_id from "sen2.activeplans" where transfer_la is not null
        ), need as (
            select period, requests_table_id, min(primary_need) as primary_need
            from plan_need group by all
        )
        select n.person_key, {_YEAR.format(row="n")} as period,
            {age_group("n.age_at_start_date")} as age_group, person.sex, need.primary_need,
            case when n.start_date >= r.received_date
                then n.start_date - r.received_date <= {TWENTY_WEEKS} end as within_20_weeks,
            coalesce(s.week_20_exception, false) as exception,
            {PLACE}, n.record_number
        from {_PLAN_ISSUED}
            left join need on need.period = n.period
                and need.requests_table_id = s.requests_table_id
            left join place on place.lsoa_code = n.lsoa_code
            anti join moved on moved.period = n.period
                and moved.requests_table_id = s.requests_table_id
        where {_IN_YEAR.format(row="n", date="n.start_date")}
        order by n.period, n.person_key, n.start_date, n.namedplan_table_id
        """,
    ),
    AnalysisTable(
        name="ceased_plan",
        row="a plan ceased, by calendar year",
        base="maintained",
        key=_KEY,
        columns=declared(
            "person_key period age_group sex cease_reason", GEOGRAPHY, "record_number"
        ),
        period="year_before",
        known=PLACED,
        sql=f"""
        select n.person_key, {_YEAR.format(row="n")} as period,
            {age_group("n.age_at_cease_date")} as age_group, person.sex, n.cease_reason, {PLACE},
            n.record_number
        from {_PLAN_ISSUED}
            left join place on place.lsoa_code = n.lsoa_code
        where {_IN_YEAR.format(row="n", date="n.cease_date")}
        order by n.period, n.person_key, n.cease_date, n.namedplan_table_id
        """,
    ),
    *plans.TABLES,
)

"""Pupils by how much of the school year they missed, beside the January roll of that year."""

from __future__ import annotations

from typing import Final

from jsna.model.tables import AnalysisTable, Column, Implied, View
from jsna.shared.beside_roll import TRUE, beside_roll, is_known
from jsna.shared.fragments import listed
from jsna.sources.attendance.extract import ABSENT

TABLES: Final[tuple[AnalysisTable | View, ...]] = (
    View(
        # By every school and term of a pupil, there and gone. Of whom one of them does not add up,
        # or lacks a number, nothing is known: what is missing is no nought. Sums are doubles, as
        # the database can narrow whole ones to the type of what it adds up.
        name="attended",
        sql=f"""
        with term as (
            select person_key, period, school_urn, attendance_term,
                max(sessions_possible)::double as possible,
                sum(
                    case when attendance_reason in ({listed(ABSENT)}) then sessions else 0 end
                )::double as missed,
                attendance_term is not null
                    and count(sessions_possible) = count(*)
                    and min(sessions_possible) = max(sessions_possible)
                    and bool_and((attendance_reason is null) = (sessions is null)) as known
            from "attendance.attendance"
            group by person_key, period, school_urn, attendance_term
        )
        select person_key, period, sum(possible) as possible, sum(missed) as missed
        from term group by person_key, period
        having bool_and(known and missed <= possible) and sum(possible) > 0
        order by period, person_key
        """,
    ),
    beside_roll(
        "roll_attendance",
        "a pupil on the January roll, and how much of the school year they missed",
        {"attendance": "attended"},
        {
            Column("attended", "boolean", "It is known how much"): is_known("attended"),
            Column("persistent", "boolean", "A tenth of possible sessions or more"): (
                "coalesce(10 * attended.missed >= attended.possible, false)"
            ),
            Column("severe", "boolean", "Half of possible sessions or more"): (
                "coalesce(2 * attended.missed >= attended.possible, false)"
            ),
        },
        implies=(Implied("severe", "persistent", TRUE, TRUE),),
    ),
)

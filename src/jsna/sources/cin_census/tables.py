"""Children in need on the last day of a financial year, 31 March, by person.

An episode is open that was not closed at once ("no further action"). A child in two episodes is one
child, and so is one with two child protection plans, who is on a plan while any of them is open.
"""

from __future__ import annotations

from typing import Final

from jsna.model.tables import Column, View
from jsna.shared.beside_roll import beside_roll, how_linked, is_known, on_march

_DISABLED: Final = Column("disabled", "boolean", "With a disability recorded")
_PROTECTED: Final = Column("protection_plan", "boolean", "On a child protection plan on that day")

TABLES: Final = (
    View(
        name="in_need",
        sql="""
        select e.person_key, e.period, min(e.link) as link,
            arg_max(e.sex, (e.referral_date, e.sex)) as sex, max(e.age) as age,
            arg_max(e.lsoa_code, (e.referral_date, e.lsoa_code)) as lsoa_code,
            bool_or(
                coalesce(e.cpp_start_date <= y.last, false)
                and coalesce(e.cpp_end_date > y.last, true)
            ) as protection_plan,
            bool_or(coalesce(e.disability_1 <> 'NONE', false)) as disabled
        from "cin_census.episodes" e
            join delivery y on y.period = e.period and y.extract = 'cin_census'
        where e.referral_date <= y.last and coalesce(e.closure_date > y.last, true)
            and not coalesce(e.referral_nfa, false)
        group by e.person_key, e.period
        order by e.period, e.person_key
        """,
    ),
    View(
        name="enquired",
        sql="""
        select e.person_key, e.period, min(e.link) as link
        from "cin_census.section47" e
            join delivery y on y.period = e.period and y.extract = 'cin_census'
        where e.enquiry_start between y.first and y.last
        group by e.person_key, e.period
        order by e.period, e.person_key
        """,
    ),
    beside_roll(
        "roll_enquired",
        "a pupil on the January roll, and whether a section 47 enquiry began in the year",
        {"cin_census": "enquired"},
        {
            Column("enquiry", "boolean", "An enquiry began in the year"): is_known("enquired"),
            Column("enquiry_link", description="How the census's record is linked"): how_linked(
                "enquired"
            ),
        },
        came="cin_census.section47",
    ),
    on_march(
        "child_in_need",
        "a child in need on 31 March whose case the authority holds",
        "in_need",
        _PROTECTED,
        _DISABLED,
    ),
    beside_roll(
        "roll_in_need",
        "a pupil on the January roll, and whether they were in need on 31 March",
        {"cin_census": "in_need"},
        {
            Column("in_need", "boolean"): is_known("in_need"),
            _PROTECTED: "coalesce(in_need.protection_plan, false)",
            Column("need_link", description="How the census's record is linked"): how_linked(
                "in_need"
            ),
        },
        march=True,
    ),
)

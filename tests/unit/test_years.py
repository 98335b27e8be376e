"""Tables whose rows are made of another period's: refused unless they say whom they follow.

The worked example: 118 of the 120 with SEN support in January 2025 were on the roll of January
2024, as a council's own query counts them by their state a year later. Both counts are large, and
two came since.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from jsna.checking import tables, years
from jsna.disclosure.discovery import supposed
from jsna.disclosure.discovery.worlds import Drawing
from jsna.measures import derive
from jsna.model.tables import AnalysisTable, Column
from jsna.shared.fragments import YEAR_LATER
from jsna.shared.table_columns import declared
from jsna.tables import VIEWS, catalogue
from jsna.tables.catalogue import CATALOGUE
from tests.spec import world

LATER = YEAR_LATER.format(row="now")
#: A year before, and two years after.
BEFORE = "cast(cast(now.period as integer) - 1 as varchar)"
TWO_LATER = "cast(cast(now.period as integer) + 2 as varchar)"
_OTHER = "select now.person_key, now.period, other.sen_provision as sen_provision_later from"
#: What a council may write itself -> the query.
REFUSED = {
    "a join": f"{_OTHER} pupil now left join pupil other "
    f"on other.person_key = now.person_key and other.period = {LATER}",
    "a look back": f"{_OTHER} pupil now join pupil other "
    f"on other.person_key = now.person_key and other.period = {BEFORE}",
    "two years": f"{_OTHER} pupil now join pupil other "
    f"on other.person_key = now.person_key and other.period = {TWO_LATER}",
    "the period of the later year": "select now.person_key, now.period, other.sen_provision "
    "as sen_provision_later from pupil now join pupil other on other.person_key = now.person_key "
    f"where now.period = {LATER.replace('now.', 'other.')}",
    "a window": "select person_key, period, lead(sen_provision) over "
    "(partition by person_key order by period) as sen_provision_later from pupil",
    "a query within": "select person_key, period, sen_provision as sen_provision_later "
    "from pupil now where exists (select 1 from pupil other where "
    f"other.person_key = now.person_key and other.period = {LATER})",
    "names within": "with other as (select person_key, period, sen_provision from pupil) "
    "select now.person_key, now.period, other.sen_provision as sen_provision_later from pupil now "
    f"left join other on other.person_key = now.person_key and other.period = {LATER}",
    "every year": "select person_key, period, max(sen_provision) over (partition by person_key) "
    "as sen_provision_later from pupil",
    "linked rows": "select distinct now.person_key, now.period, null::varchar as "
    'sen_provision_later from "school_census.census" now join "school_census.census" other '
    f"on other.person_key = now.person_key and other.period = {LATER}",
    # A referral that is still open is in the return of the next year too, under the same number.
    "a local number": "select now.person_key, now.period, max(other.referral_reason) as "
    'sen_provision_later from "mental_health.referrals" now join "mental_health.referrals" other '
    f"on other.service_request_id = now.service_request_id and other.period = {LATER} group by all",
}
#: What is of one year of each extract -> the query.
STANDS = {
    "itself": "select person_key, period, sen_provision as sen_provision_later from pupil",
    "the year of another": "select distinct now.person_key, now.period, now.sen_provision as "
    'sen_provision_later from pupil now semi join "ncmp.measurement" other on '
    "other.person_key = now.person_key and right(other.period, 2)::integer + 2001 "
    "= now.period::integer",
}


def table(name: str, sql: str, **more: Any) -> AnalysisTable:
    return AnalysisTable(
        name=name,
        row="a pupil",
        base="attending",
        columns=declared("person_key period", Column("sen_provision_later")),
        rows_of="pupil",
        sql=f"{sql} order by all",
        **more,
    )


def test_a_query_that_looks_into_another_year_is_refused_where_it_does_not_say_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = supposed.configuration(world.with_followed(world.configuration()))
    said = world.FOLLOWED.followed
    refused = [table(f"refused_{number}", sql) for number, sql in enumerate(REFUSED.values())]
    stands = [
        *(table(f"stands_{number}", sql) for number, sql in enumerate(STANDS.values())),
        world.FOLLOWED,
        table("says", REFUSED["a join"], followed=said),
    ]
    # What is declared is a year later, and no more than that.
    further = [
        table(f"further_{number}", REFUSED[name], followed=said)
        for number, name in enumerate(("two years", "every year"))
    ]
    every = [*refused, *stands, *further]
    for one in every:
        monkeypatch.setitem(CATALOGUE, one.name, one)
        monkeypatch.setitem(catalogue._VIEWS, one.name, one)
    ours = [one for one in VIEWS if one.name in ("pupil", "place", "small_area")]
    monkeypatch.setattr(derive, "VIEWS", (*ours, *every))
    rows = {
        name: rows
        for name, rows in Drawing(config).rows(tables.ROWS).items()
        if name.split(".")[0] in ("school_census", "areas", "ncmp", "mental_health")
    }
    found = {
        re.findall("`([^`]+)`", problem.rule)[0]: str(problem)
        for problem in years.faults(rows, config)
    }
    assert {*found} == {one.name for one in (*refused, *further)}
    text = found["refused_0"]
    assert (
        "`refused_0` are made of rows of school_census of 2023 and 2024. Who came or left" in text
    )
    assert "by `jsna.shared.followed.followed` or by declaring `followed=Followed(…)`" in text

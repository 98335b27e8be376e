"""The table of waits: lengths worked by hand, and no longer than they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.measures.methods import wait
from jsna.shared.fragments import first_and_last
from jsna.shared.periods import window
from jsna.shared.waits import waits
from jsna.sources import registry
from jsna.tables.catalogue import CATALOGUE
from tests.spec import world
from tests.tried import tried
from tests.unit import whole_path

COMMUNITY = registry()["community"]
DAYS = {
    "began": "referral_received_date",
    "ended": "first_contact_date",
    "left": "service_discharge_date",
}
TABLE = waits(COMMUNITY, "a referral", **DAYS)  # type: ignore[arg-type]
COLUMNS = ["person_key", "period", *DAYS.values()]


def made(rows: list[tuple[Any, ...]], table: Any = TABLE) -> pd.DataFrame:
    """The table of referrals as (person, period, referred, seen, discharged)."""
    given = pd.DataFrame(rows, columns=COLUMNS)
    for column in DAYS.values():
        given[column] = pd.to_datetime(given[column])
    with duckdb.connect() as database:
        database.register("given_rows", given)
        days = ", ".join(f"{column}::date as {column}" for column in DAYS.values())
        others = [
            column
            for column in TABLE.columns
            if column not in {*COLUMNS, "weeks", "ended", "record_number", "age_group"}
        ]
        nothing = ", ".join(f"null as {name}" for name in others if not name.startswith("imd"))
        database.execute(
            f'create table "community.referrals" as select person_key, period, {days}, {nothing} '
            "from given_rows"
        )
        database.execute("create table place as select 'E01000001' lsoa_code, 'W' locality_code, "
                         "'1' imd_decile, '1' imd_quintile")  # fmt: skip
        return database.sql(table.sql).df()


def test_lengths_and_ends_worked_by_hand() -> None:
    rows = [
        ("seen", "2024/25", "2024-05-01", "2024-05-22", None),
        ("left", "2024/25", "2024-05-01", None, "2024-05-29"),
        ("waits", "2024/25", "2025-03-01", None, None),
        ("same day", "2024/25", "2025-03-31", "2025-03-31", None),
        ("seen and discharged", "2024/25", "2024-04-01", "2024-04-11", "2024-04-11"),
        # What comes after the last day is not known of the others, and is not looked at.
        ("seen later", "2024/25", "2025-03-24", "2025-04-02", None),
        ("seen after leaving", "2024/25", "2024-06-01", "2024-06-20", "2024-06-08"),
        ("seen before", "2024/25", "2024-06-10", "2024-06-01", None),
        # Who began to wait in another year is counted there.
        ("older", "2024/25", "2024-03-31", "2024-05-01", None),
        ("newer", "2024/25", "2025-04-01", None, None),
        ("year before", "2023/24", "2024-03-31", "2024-05-01", None),
    ]
    found = made(rows).set_index("person_key")[["weeks", "ended"]]
    assert {
        person: (None if np.isnan(weeks) else round(weeks * 7), bool(ended))
        for person, weeks, ended in found.itertuples()
    } == {
        "seen": (21, True),
        "left": (28, False),
        "waits": (30, False),
        "same day": (0, True),
        "seen and discharged": (10, True),
        "seen later": (7, False),
        "seen after leaving": (7, False),
        "seen before": (None, True),
        "year before": (0, False),
    }
    assert found.loc["waits", "weeks"] == pytest.approx(30 / 7)


days = st.dates(date(2023, 12, 1), date(2025, 8, 1))


@tried(40)
@given(st.lists(st.tuples(days, st.none() | days, st.none() | days), min_size=1, max_size=30))
def test_any_days_give_the_length_and_the_end_of_going_day_by_day(
    given_: list[tuple[date, date | None, date | None]],
) -> None:
    found = made([(f"p{n}", "2024/25", *row) for n, row in enumerate(given_)])
    rows = found.set_index("person_key")[["weeks", "ended"]]
    told = {person: (weeks, bool(ended)) for person, weeks, ended in rows.itertuples()}
    for n, (began, seen, left) in enumerate(given_):
        if not date(2024, 4, 1) <= began <= date(2025, 3, 31):
            assert f"p{n}" not in told
            continue
        weeks, ended = told[f"p{n}"]
        if (seen is not None and seen < began) or (left is not None and left < began):
            assert np.isnan(weeks)
            continue
        day, length = began, 0
        while day not in (seen, left, date(2025, 3, 31)):
            day, length = day + timedelta(days=1), length + 1
        assert (round(weeks * 7), ended) == (length, day == seen)


def test_rows_of_one_child_are_numbered_by_their_days_in_any_order_of_the_file() -> None:
    rows = [
        ("a", "2024/25", "2024-05-01", None, None), ("a", "2024/25", "2024-06-01", None, None),
        ("a", "2024/25", "2024-05-01", "2024-06-01", None),
    ]  # fmt: skip
    one, other = made(rows), made(rows[::-1])
    pd.testing.assert_frame_equal(one, other)
    assert one["record_number"].tolist() == [1, 2, 3]
    assert TABLE.key == ("period", "person_key", "record_number")


def test_a_condition_is_kept_beside_that_of_the_period() -> None:
    table = waits(
        COMMUNITY, "a referral", began=DAYS["began"], ended=DAYS["ended"], name="some",
        where="e.person_key = 'a' or e.person_key = 'b'",
    )  # fmt: skip
    day = "2024-05-01"
    rows = [(who, "2024/25", day, None, "2024-05-08") for who in "abc"]
    found = made([*rows, ("a", "2024/25", "2020-01-01", None, None)], table)
    assert found["person_key"].tolist() == ["a", "b"]
    # Without a day on which somebody left, they wait to the last day.
    assert (found["weeks"] * 7).round().tolist() == [334, 334]
    assert table.name == "some"


@pytest.mark.parametrize("field", ["began", "ended", "left"])
def test_a_field_that_is_no_date_of_the_file_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match=r"community\.referrals has no date 'service_type'"):
        waits(COMMUNITY, "a referral", **{**DAYS, field: "service_type"})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("period", "period_type"),
    [
        ("2024/25", "financial_year"), ("2023/24", "academic_year"), ("2025", "january"),
        ("2024", "calendar_year"), ("1999/00", "financial_year"),
    ],
)  # fmt: skip
def test_the_days_of_a_period_are_those_of_its_window(period: str, period_type: str) -> None:
    first, last = first_and_last("t", period_type)
    found = duckdb.sql(f"select {first}, {last} from (select '{period}' as period) t").fetchall()
    assert found == [window(period, period_type)]


def test_waits_are_no_longer_than_they_are() -> None:
    """A file has older referrals that were open when its year began: long waits are among them."""
    draw, truth = np.random.default_rng(5), 30.0
    first = date(2021, 4, 1)
    referred = [first + timedelta(days=int(day)) for day in draw.integers(0, 4 * 365, 12_000)]
    lengths = draw.exponential(truth * 7 / np.log(2), len(referred))
    begins, last = date(2024, 4, 1), date(2025, 3, 31)
    rows = [
        (f"p{n}", "2024/25", day, seen if seen <= last else None, None)
        for n, (day, length) in enumerate(zip(referred, lengths, strict=True))
        if day <= last and (seen := day + timedelta(days=int(length))) >= begins
    ]
    found = made(rows)
    known = found.loc[found["ended"], "weeks"], found.loc[~found["ended"], "weeks"]
    own = wait(*known, 0.5, fewest=5)
    assert own.value[0] == pytest.approx(truth, rel=0.06)
    assert own.lower[0] < truth < own.upper[0]
    # With those referred in earlier years the half seems to wait a third longer.
    everyone = [(((seen or last) - day).days / 7, seen is not None) for _, _, day, seen, _ in rows]
    naive = wait(*([w for w, seen in everyone if seen is side] for side in (True, False)))
    assert naive.value[0] > 1.3 * truth


def test_the_table_is_one_to_count_in() -> None:
    assert (TABLE.name, TABLE.base) == ("community_wait", "resident")
    types = [TABLE.columns[name].type for name in ("weeks", "ended")]
    assert types == ["number", "boolean"]
    assert world.WAITS.sql == replace(TABLE, name="wait").sql


ENTRY = """
id: first_contact
title: Wait for a first contact
phrase: a first contact
definition: Weeks from referral after which half of the children had been seen.
population: Children referred in the year.
population_base: resident
period_type: financial_year
kind: wait
unit: weeks
numerator: {table: wait, where: weeks is not null}
values: weeks
ended: ended
breakdowns: [sex]
charts: [trend, bars sex]
"""


def test_a_wait_in_weeks_goes_to_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CATALOGUE, "wait", world.WAITS)
    draw = np.random.default_rng(4)
    rows = [
        (period, "FM"[n % 2], round(min(length, known)) / 7, bool(length <= known))
        for period in ("2023/24", "2024/25")
        for n in range(300)
        for length, known in [(draw.exponential(100), draw.uniform(0, 365))]
    ]
    frame = pd.DataFrame(rows, columns=["period", "sex", "weeks", "ended"])
    frame["ended"] = frame["ended"].astype("boolean")
    frame["person_key"] = [f"p{n}" for n in range(len(frame))]
    found = whole_path.walked(
        tmp_path, {"wait": world.filled("wait", frame)}, [whole_path.declared(ENTRY)]
    )
    assert found.read.problems == ()
    last = frame.loc[frame["period"].eq("2024/25")]
    own = wait(*(last.loc[last["ended"].eq(side), "weeks"] for side in (True, False)))
    weeks = int(own.value[0] + 0.5)
    assert 5 < weeks < 20
    said = f"the median of waits for a first contact was {weeks} weeks in the 2024/25 financial"
    assert said in found.page

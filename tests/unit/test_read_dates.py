"""How a date is written and the day it names, told from its text alone."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.ingest.dates import Kind, Written, read
from jsna.ingest.many_dates import days_of, look
from tests.unit.fault_support import received, sen2_files

APRIL = date(2012, 4, 3)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("03/04/2012", "day/month/year"),
        ("3/4/2012", "day/month/year"),
        ("03/04/2012 00:00", "day/month/year"),
        ("03/04/2012 09:30", "day/month/year"),
        ("3/4/2012 9:30:15.250", "day/month/year"),
        ("03/04/2012 11:59 pm", "day/month/year"),
        ("03/04/2012, 12:00 AM", "day/month/year"),
        ("03-04-2012", "day/month/year"),
        ("03.04.2012", "day/month/year"),
        ("2012-04-03", "year-month-day"),
        ("2012/04/03", "year-month-day"),
        ("2012-04-03 00:00:00", "year-month-day"),
        ("2012-04-03T09:30:00", "year-month-day"),
        ("2012-04-03T09:30:00Z", "year-month-day"),
        ("2012-04-03T09:30:00.000+00:00", "year-month-day"),
        # Midnight of British Summer Time, as a system that keeps universal time writes it.
        ("2012-04-02T23:00:00Z", "year-month-day"),
        ("2012-04-03T00:00:00+0100", "year-month-day"),
        # As PostgreSQL writes instants; and midnight where a system in another zone stands.
        ("2012-04-03 00:00:00+00", "year-month-day"),
        ("2012-04-02 23:00:00.000+00", "year-month-day"),
        ("2012-04-03T00:00:00+05:00", "year-month-day"),
        ("2012-04-03T00:00:00.000-05", "year-month-day"),
        ("2012-Apr-03 00:00:00", "month by name"),
        ("2012-APR-03", "month by name"),
        ("2012-Apr-03 09:30:00", "month by name"),
        ("03-Apr-2012", "month by name"),
        ("3 April 2012", "month by name"),
        ("3rd April 2012", "month by name"),
        ("03-APR-12", "month by name"),
        ("April 3, 2012", "month by name"),
    ],
)
def test_what_can_be_read_one_way_is_read(text: str, form: str) -> None:
    assert read(text) == Written(APRIL, form)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("12/31/2012", Kind.MONTH_FIRST),
        ("12/31/2012 10:15", Kind.MONTH_FIRST),
        ("31/02/2012", Kind.IMPOSSIBLE),
        ("29/02/2013", Kind.IMPOSSIBLE),
        ("32/13/2012", Kind.IMPOSSIBLE),
        ("2012-02-30", Kind.IMPOSSIBLE),
        ("2022-Feb-30 00:00:00", Kind.IMPOSSIBLE),
        ("2022-Sop-28 00:00:00", Kind.IMPOSSIBLE),
        ("03/04/2012 24:10", Kind.IMPOSSIBLE),
        ("03/04/2012 13:10 PM", Kind.IMPOSSIBLE),
        # Two digits of a year may be those of a day.
        ("03/04/12", Kind.OTHER),
        ("03/04-2012", Kind.OTHER),
        ("last spring", Kind.OTHER),
        ("41002", Kind.OTHER),
        ("03/04/2012 03/04/2012", Kind.OTHER),
    ],
)
def test_what_cannot_is_told_apart(text: str, kind: Kind) -> None:
    assert read(text) is kind


def test_years_of_two_digits_are_of_the_time_children_of_today_were_born() -> None:
    assert [read(f"03-Apr-{year}") for year in ("99", "00", "24")] == [
        Written(date(year, 4, 3), "month by name") for year in (1999, 2000, 2024)
    ]


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_month_first_is_told_exactly_where_it_can_be(day: date) -> None:
    found = read(f"{day.month:02d}/{day.day:02d}/{day.year}")
    assert (found is Kind.MONTH_FIRST) == (day.day > 12)


@given(
    st.dates(date(1990, 1, 1), date(2060, 1, 1)),
    st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%d-%b-%Y", "%d %B %Y",
                     "%Y-%b-%d"]),
    st.sampled_from(["", " %H:%M", " %H:%M:%S", "T%H:%M:%S", "T%H:%M:%S.250"]),
    st.times(),
)  # fmt: skip
def test_the_time_of_day_changes_no_day(day: date, form: str, clock: str, time: object) -> None:
    from datetime import datetime

    text = datetime.combine(day, time).strftime(form + clock)  # type: ignore[arg-type]
    found = read(text)
    assert isinstance(found, Written)
    assert found.day == day


def test_requests_received_at_a_time_of_day_stay_in_the_years_count() -> None:
    judged, findings = received("sen2", sen2_files("sen2-received-time-of-day"))
    requests = judged["requests"]
    received_on = requests.valid["received_date"].dropna()
    assert set(received_on) == {date(2024, 3, 5)}
    assert len(received_on) == 20
    assert not findings["requests"].problems
    told = {v.code for v in requests.found if v.severity != "not_run"}
    assert not {code for code in told if code.startswith("requests.received_date")}


def test_midnight_of_summer_time_in_winter_is_that_day() -> None:
    assert read("2015-01-05T00:00:00+01:00") == Written(date(2015, 1, 5), "year-month-day")
    assert read("2015-01-05T00:00:01+01:00") == Written(date(2015, 1, 4), "year-month-day")


NUMBER = st.integers(0, 34)
YEAR = st.integers(0, 9999) | st.sampled_from([1, 1899, 1900, 2000, 2023, 2024])


@given(
    st.lists(
        st.builds("{:02d}/{:02d}/{:04d}".format, NUMBER, NUMBER, YEAR)
        | st.builds("{:04d}-{:02d}-{:02d}".format, YEAR, NUMBER, NUMBER)
        | st.builds("{:d}.{:d}.{:04d}".format, NUMBER, NUMBER, YEAR)
        | st.sampled_from(["2012-04-03 09:30", "5 Mar 2024", "03/04/2012\n", "unknown"]),
        min_size=1,
    )
)
def test_many_dates_at_once_are_read_as_each_alone(texts: list[str]) -> None:
    looked, days = look(pa.array(texts)), days_of(pa.array(texts)).to_pylist()
    for at, text in enumerate(texts):
        said = read(text)
        assert looked.month_first[at] == (said is Kind.MONTH_FIRST)
        assert looked.impossible[at] == (said is Kind.IMPOSSIBLE)
        assert days[at] == (said.day if isinstance(said, Written) else None)
        if isinstance(said, Written):
            assert looked.day_first[at] == (said.form == "day/month/year")
            assert looked.year_first[at] == (said.form == "year-month-day")
            assert looked.late[at] == (said.day.day > 12)
            assert looked.timed[at] == said.timed

"""Times as publishers write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.releases import periods


@pytest.mark.parametrize(
    ("text", "period_type", "period"),
    [
        ("202425", "january", "2025"),
        ("202425", "31_march", "2025"),
        ("202425", "academic_year", "2024/25"),
        ("2024/25", "academic_year", "2024/25"),
        ("199900", "academic_year", "1999/00"),
        ("2024-25 (OT)", "financial_year", "2024/25"),
        ("2025 (prov)", "academic_year", "2024/25"),
        ("2025", "january", "2025"),
        ("2024", "calendar_year", "2024"),
        ("2024.0", "calendar_year", "2024"),
        ("2014-16", "three_years", "2014-16"),
        ("2013/14-15/16", "three_years", "2013-16"),
        ("2024", "release", "2024"),
    ],
)
def test_a_time_becomes_the_period_it_stands_for(text: str, period_type: str, period: str) -> None:
    assert periods.period(text, period_type) == period


@pytest.mark.parametrize(
    ("text", "period_type"),
    [
        ("0", "calendar_year"),
        ("", "january"),
        ("202425", "calendar_year"),
        ("2014-16", "academic_year"),
        ("2024", "three_years"),
        ("202420", "academic_year"),
        ("January", "january"),
    ],
)
def test_a_time_that_does_not_fit_is_none(text: str, period_type: str) -> None:
    assert periods.period(text, period_type) is None


@given(st.integers(1990, 2080), st.sampled_from(["{0}{2:02d}", "{0}/{2:02d}", "{0}-{2:02d}"]))
def test_spellings_of_one_school_year_agree(first: int, spelling: str) -> None:
    text = spelling.format(first, first + 1, (first + 1) % 100)
    assert periods.period(text, "january") == str(first + 1)
    assert periods.period(text, "academic_year") == f"{first}/{(first + 1) % 100:02d}"


def test_the_year_of_a_release_is_the_last_it_names() -> None:
    assert periods.year("Mid-2020") == "2020"
    assert periods.year("Published 2025, data of 2019") == "2019"
    with pytest.raises(ValueError, match="no year"):
        periods.year("latest")

"""What rules are made of, worked by hand; an empty cell has no answer."""

from datetime import date

import pandas as pd
import pyarrow as pa
import pytest

from jsna.shared.checks import age_on, among, equal, given, implies, lookup, times, within
from jsna.shared.periods import census_day, reference_date, window


def text(*values: str | None) -> pd.Series:
    return pd.Series(list(values), dtype="str")


def days(*values: date | None) -> pd.Series:
    return pd.Series(list(values), dtype=pd.ArrowDtype(pa.date32()))


def answers(found: pd.Series) -> list:
    return [None if pd.isna(value) else value for value in found]


def test_age_turns_on_the_birthday() -> None:
    born = days(date(2015, 1, 16), date(2015, 1, 17), date(2016, 2, 29), date(2025, 2, 1), None)
    assert answers(age_on(born, date(2025, 1, 16))) == [10, 9, 8, -1, None]
    on = days(date(2025, 1, 15), date(2025, 1, 17), date(2025, 2, 28), date(2025, 2, 1), None)
    assert answers(age_on(born, on)) == [9, 10, 8, 0, None]


def test_membership_has_no_answer_where_the_cell_is_empty() -> None:
    assert answers(among(text("a", "b", None), text("a", None))) == [True, False, None]
    assert answers(among(text("a"), text())) == [False]
    assert answers(equal(text("K", "N", None), "K", "E")) == [True, False, None]
    assert answers(given(text("a", None))) == [True, False]


def test_implication_fails_only_where_the_condition_holds() -> None:
    condition, consequence = given(text("x", "x", None, None)), given(text("x", None, "x", None))
    assert answers(implies(condition, consequence)) == [True, False, True, True]


def test_counting_and_looking_up() -> None:
    assert answers(times(text("a", "b", "a", None))) == [2, 1, 2, None]
    only = pd.Series([True, True, False, True])
    assert answers(times(text("a", "b", "a", None), only)) == [1, 1, 1, None]
    assert answers(lookup(text("R", "1", "X", None), {"R": 4, "1": 5})) == [4, 5, None, None]


def test_within_holds_on_both_ends() -> None:
    found = within(days(date(2024, 9, 1), date(2025, 8, 31), date(2025, 9, 1), None),
                   *window("2024/25", "academic_year"))  # fmt: skip
    assert answers(found) == [True, True, False, None]


def test_results_keep_the_index_of_their_column() -> None:
    values = pd.Series(["a", "b"], index=[9, 4], dtype="str")
    for found in (given(values), equal(values, "a"), times(values), lookup(values, {"a": 1})):
        assert found.index.tolist() == [9, 4]


@pytest.mark.parametrize(
    ("year", "day"), [(2023, 19), (2024, 18), (2025, 16), (2026, 15)],
)  # fmt: skip
def test_census_days_are_the_third_thursday(year: int, day: int) -> None:
    # 2023 to 2025 as published by the Department for Education.
    assert census_day(year) == date(year, 1, day)


@pytest.mark.parametrize(
    ("period", "period_type", "first", "last", "reference"),
    [
        ("2025", "january", (2024, 1, 1), (2024, 12, 31), (2025, 1, 16)),
        ("2023", "january", (2022, 1, 1), (2022, 12, 31), (2023, 1, 19)),
        ("2024/25", "academic_year", (2024, 9, 1), (2025, 8, 31), (2025, 1, 16)),
        ("2022/23", "academic_year", (2022, 9, 1), (2023, 8, 31), (2023, 1, 19)),
        ("2024/25", "financial_year", (2024, 4, 1), (2025, 3, 31), (2025, 3, 31)),
        ("2024", "calendar_year", (2024, 1, 1), (2024, 12, 31), (2024, 12, 31)),
        ("2024", "mid_year", (2024, 1, 1), (2024, 12, 31), (2024, 6, 30)),
        ("2025", "release", (2025, 1, 1), (2025, 12, 31), (2025, 1, 16)),
    ],
)
def test_periods_cover_their_days(
    period: str, period_type: str, first: tuple, last: tuple, reference: tuple
) -> None:
    assert window(period, period_type) == (date(*first), date(*last))
    assert reference_date(period, period_type, date(2025, 1, 16)) == date(*reference)


def test_a_period_written_otherwise_is_refused() -> None:
    with pytest.raises(ValueError, match="2024/25"):
        window("24/25", "academic_year")

"""How numbers, periods and lists are written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.view import words


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (12317, 0, "12,317"),
        (17.25, 1, "17.3"),
        (17.35, 1, "17.4"),
        (2.675, 2, "2.68"),
        (-0.04, 1, "0.0"),
        (-9, 0, "−9"),
        (0.1 + 0.2, 1, "0.3"),
        (1e9, 0, "1,000,000,000"),
        (100.0, 1, "100.0"),
    ],
)
def test_numbers_are_rounded_as_a_reader_would(value: float, decimals: int, text: str) -> None:
    assert words.number(value, decimals) == text


@given(st.floats(min_value=0, max_value=1e8), st.integers(0, 3))
def test_a_printed_number_reads_back_within_half_a_unit(value: float, decimals: int) -> None:
    read = float(words.number(value, decimals).replace(",", ""))
    assert abs(read - value) <= 0.5 * 10**-decimals * (1 + 1e-9) + 1e-9 * value


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_missing_value_never_becomes_a_number(value: float) -> None:
    with pytest.raises(ValueError, match="no number"):
        words.number(value)


def test_a_hidden_cell_prints_its_shorthand_and_never_zero() -> None:
    assert words.cell_text(math.nan, "c", "percent", 1) == "[c]"
    assert words.cell_text(0.0, "low", "percent", 1) == "0.0 [low]"
    assert words.cell_text(0.0, "", "count", 0) == "0"
    assert words.cell_text(0.04, "", "percent", 1) == "0.0 [low]"
    assert words.value_text(0.04, "percent", 1) == "less than 0.1%"
    assert words.value_text(0.0, "percent", 1) == "0.0%"
    assert words.symbol_note(["", "x", "c"]) == (
        "[x] not available; [c] hidden to protect confidentiality"
    )


def test_periods_say_what_they_are() -> None:
    assert words.period_label("2025", "january") == "January 2025"
    assert words.period_label("2024/25", "academic_year") == "2024/25"
    assert words.period_words("2024/25", "academic_year") == "in the 2024/25 school year"
    assert words.period_words("2024", "mid_year") == "in mid-2024"
    assert words.period_words("2024", "calendar_year") == "in 2024"
    assert words.period_label("2025", "31_march") == "31 March 2025"
    assert words.period_words("2025", "31_march") == "on 31 March 2025"


@pytest.mark.parametrize(
    ("rank", "text"),
    [(1, ""), (2, "second"), (9, "ninth"), (10, "10th"), (11, "11th"), (12, "12th"), (13, "13th"),
     (20, "20th"), (21, "21st"), (22, "22nd"), (23, "23rd"), (24, "24th"), (101, "101st"),
     (111, "111th"), (112, "112th")],
)  # fmt: skip
def test_ranks_in_words(rank: int, text: str) -> None:
    assert words.ordinal(rank) == text


def test_small_grammar() -> None:
    assert words.join(["a"]) == "a"
    assert words.join(["a", "b", "c"]) == "a, b and c"
    assert words.join(["a", "b, of c", "d"]) == "a; b, of c; and d"
    assert words.plural(1, "pupil") == "pupil"
    assert words.plural(1.4, "pupil") == "pupil"
    assert words.plural(0, "pupil") == "pupils"
    assert words.ordinal(1) == ""
    assert words.ordinal(3) == "third"
    assert words.ordinal(12) == "12th"
    assert words.ordinal(22) == "22nd"
    assert words.lower_first("EHC plans") == "EHC plans"
    assert words.lower_first("Pupils with a plan") == "pupils with a plan"
    programme = "National Child Measurement Programme"
    assert words.lower_first(programme) == programme

"""Check letters and digits, against numbers known to be sound and sums done another way."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.extracts.identifiers import (
    nhs_number_ok,
    upn_authority_ok,
    upn_letter_ok,
    upn_temporary,
    upn_wellformed,
)

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def column(*values: str | None) -> pd.Series:
    return pd.Series(list(values), dtype="str")


def answers(found: pd.Series) -> list[bool | None]:
    return [None if pd.isna(value) else bool(value) for value in found]


def letter_by_hand(rest: str) -> str:
    total = sum((LETTERS.index(c) if c in LETTERS else int(c)) * i for i, c in enumerate(rest, 2))
    return LETTERS[total % 23]


def check_digit_by_hand(nine: str) -> int:
    remainder = sum(int(c) * (10 - i) for i, c in enumerate(nine)) % 11
    return {11: 0}.get(11 - remainder, 11 - remainder)


def test_known_pupil_numbers_pass() -> None:
    assert answers(upn_letter_ok(column("A950000178301", "H243278544154"))) == [True, True]


@pytest.mark.parametrize(
    ("upn", "shape", "letter"),
    [
        ("B950000178301", True, False),  # another letter
        ("A950000178310", True, False),  # two digits the other way round
        ("I950000178301", False, False),  # I is no check letter
        ("A95000017830", False, False),  # cut short
        ("A9500001783011", False, False),  # too long
        ("a950000178301", False, False),  # small letter
        ("9.5E+12", False, False),
        ("UN1", False, False),  # a reason, not a number
    ],
)
def test_unsound_pupil_numbers_fail(upn: str, shape: bool, letter: bool) -> None:
    assert answers(upn_wellformed(column(upn))) == [shape]
    assert answers(upn_letter_ok(column(upn))) == [letter]


def test_an_empty_cell_has_no_answer_and_keeps_its_place() -> None:
    values = pd.Series([None, "A950000178301", None], index=[7, 3, 5], dtype="str")
    for check in (upn_letter_ok, upn_wellformed, upn_temporary, upn_authority_ok, nhs_number_ok):
        found = check(values)
        assert found.index.tolist() == [7, 3, 5]
        assert found.isna().tolist() == [True, False, True]


def test_temporary_numbers_count_their_last_letter_by_its_index() -> None:
    rest = "96123456789B"  # B counts as 1
    upn = letter_by_hand(rest) + rest
    assert answers(upn_temporary(column(upn, "A950000178301"))) == [True, False]
    assert answers(upn_letter_ok(column(upn))) == [True]


@given(st.from_regex(r"\A[2-9][0-9]{10}([0-9A-HJ-NP-RT-Z])\Z"))
def test_letters_agree_with_the_sum_done_by_hand(rest: str) -> None:
    right = letter_by_hand(rest)
    column_of_all = column(*(letter + rest for letter in LETTERS))
    passing = column_of_all[upn_letter_ok(column_of_all).to_numpy(bool)]
    assert passing.tolist() == [right + rest]


def test_the_authority_number_must_be_one() -> None:
    assert answers(upn_authority_ok(column("A950000178301", "A200000178301"))) == [True, False]


def test_known_patient_numbers() -> None:
    # 943 476 5919 is the worked example of the data dictionary; 9 at the front was never issued.
    assert answers(nhs_number_ok(column("4010232137", "4010232138"))) == [True, False]
    assert answers(nhs_number_ok(column("9434765919", "9434765919"))) == [False, False]


@pytest.mark.parametrize("digit", "0123456789")
def test_ten_equal_digits_are_refused(digit: str) -> None:
    assert check_digit_by_hand(digit * 9) == int(digit)  # the sum alone would let it pass
    assert answers(nhs_number_ok(column(digit * 10))) == [False]
    assert answers(nhs_number_ok(column(digit * 10), synthetic=True)) == [False]


@pytest.mark.parametrize(
    ("first", "real", "synthetic"),
    [("400", True, False), ("499", True, False), ("500", False, False), ("599", False, False),
     ("600", True, False), ("799", True, False), ("800", False, False), ("399", False, False),
     ("999", False, True), ("900", False, False)],
)  # fmt: skip
def test_only_ranges_in_use_pass(first: str, real: bool, synthetic: bool) -> None:
    nine = next(f"{first}{n:06}" for n in range(100) if check_digit_by_hand(f"{first}{n:06}") < 10)
    number = f"{nine}{check_digit_by_hand(nine)}"
    assert answers(nhs_number_ok(column(number))) == [real]
    assert answers(nhs_number_ok(column(number), synthetic=True)) == [synthetic]


@given(st.from_regex(r"\A(4|6|7)[0-9]{8}\Z"))
def test_check_digits_agree_with_the_sum_done_by_hand(nine: str) -> None:
    right = check_digit_by_hand(nine)
    passing = nhs_number_ok(column(*(f"{nine}{digit}" for digit in range(10)))).to_numpy(bool)
    same = {nine[0]} == set(nine)
    expected = [digit == right and not (same and str(digit) == nine[0]) for digit in range(10)]
    assert passing.tolist() == expected  # a right digit of 10 is written by none

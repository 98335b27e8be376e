"""Check letters and digits, against numbers known to be sound and sums done another way."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.model.areas import authorities
from jsna.settings.checks import codes_missing
from jsna.settings.loading import load
from jsna.settings.shared import codelists
from jsna.shared.identifiers import (
    NHS_NUMBERS_INVENTED,
    NHS_NUMBERS_ISSUED,
    nhs_number_ok,
    upn_authority_ok,
    upn_letter_ok,
    upn_temporary,
    upn_wellformed,
)
from jsna.synthetic.identifiers import nhs_numbers

ROOT = Path(__file__).parents[2]
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
    known = {"243", "902"}
    upns = column("H243278544154", "A950000178301", "A902000178301", "A24", None)
    assert answers(upn_authority_ok(upns, known)) == [True, False, True, False, None]
    assert answers(upn_authority_ok(upns, ())) == [False, False, False, False, None]


def test_authority_numbers_are_those_of_the_list_the_area_and_its_neighbours() -> None:
    config = load("test-2025", ROOT)
    listed = set(config.codelists["authority_number"])
    area = config.area.model_copy(update={"former_old_la_codes": ("974",)})
    near = {place.old_la_code for place in area.neighbours}
    assert not ({area.old_la_code, "974"} | near) & listed  # invented ones
    found = authorities(dataclasses.replace(config, area=area))
    assert found == listed | near | {area.old_la_code, "974"}


def test_the_list_of_authority_numbers_is_asked_for_where_it_is_missing() -> None:
    assert list(codes_missing({}, {"sex"})) == ["authority_number"]
    assert list(codes_missing({}, {"authority_number"})) == []


def test_the_list_has_authorities_of_today_of_the_past_and_of_wales() -> None:
    listed = codelists(ROOT)["authority_number"]
    assert all(re.fullmatch(r"[2-9]\d\d", number) for number in listed)
    # An authority of a reorganisation of each year, and the one made of it.
    pairs = [("902", "820"), ("820", "822"), ("835", "838"), ("928", "940"), ("909", "942")]
    for old, new in pairs:
        assert {old, new} <= set(listed)
        assert "historic" in listed[old]
    assert "historic" not in listed["942"]
    assert {str(number) for number in range(660, 682)} <= set(listed)
    # Numbers nobody has or had, among them those of the invented counties.
    assert not {"200", "321", "659", "682", "804", "961", "973", "990", "999"} & set(listed)


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
     ("999", False, True), ("900", False, True), ("899", False, False), ("199", False, False)],
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


def test_invented_numbers_are_sound_in_synthetic_data_and_nowhere_else() -> None:
    made = pd.Series(nhs_numbers(np.random.default_rng(1), 500).to_pylist(), dtype="str")
    assert made.str.startswith("999").all()
    assert set(answers(nhs_number_ok(made, synthetic=True))) == {True}
    assert set(answers(nhs_number_ok(made))) == {False}
    issued, invented = (
        {first for low, high in ranges for first in range(low, high + 1)}
        for ranges in (NHS_NUMBERS_ISSUED, NHS_NUMBERS_INVENTED)
    )
    assert not issued & invented

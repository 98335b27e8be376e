"""Invented identifiers obey the published sums, recomputed here digit by digit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.synthetic import identifiers
from tests.tried import tried
from tests.unit.synthetic_support import ONE_WORKER, middling, small

pytestmark = ONE_WORKER


def upn_letter(rest: str) -> str:
    """The check letter of the twelve characters after it."""
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    values = [int(c) if c.isdigit() else letters.index(c) for c in rest]
    return letters[sum(v * weight for v, weight in zip(values, range(2, 14), strict=True)) % 23]


def nhs_check(first_nine: str) -> int:
    total = (
        11
        - sum(int(c) * weight for c, weight in zip(first_nine, range(10, 1, -1), strict=True)) % 11
    )
    return 0 if total == 11 else total


def test_the_independent_sum_agrees_with_published_numbers() -> None:
    # Two valid numbers given in the guidance, of an authority code that is nobody's now.
    assert upn_letter("950000178301") == "A"
    assert upn_letter("243278544154") == "H"
    assert nhs_check("943476591") == 9  # the example of the NHS Data Dictionary


@tried(60)
@given(
    st.integers(200, 999), st.integers(0, 9999), st.integers(0, 99), st.integers(0, 999),
    st.booleans(),
)  # fmt: skip
def test_any_upn_has_its_letter(
    authority: int, school: int, year: int, serial: int, temporary: bool
) -> None:
    made = identifiers.upns(
        np.array([authority]), np.array([school]), np.array([year]), np.array([serial]),
        np.array([temporary]),
    )[0].as_py()  # fmt: skip
    assert len(made) == 13
    assert made[1:4] == f"{authority:03d}"
    assert made[4:8] == f"{school:04d}"
    assert made[12].isalpha() == temporary
    assert made[0] == upn_letter(made[1:])


def test_numbers_of_a_whole_census() -> None:
    rows = middling()["school_census.census/2025"]
    upns = rows.drop_duplicates("upn")["upn"]
    assert len(upns) > 39_000
    assert (upns.map(lambda upn: upn_letter(upn[1:])) == upns.str[0]).all()
    of_county = upns.str[1:4].eq("961").mean()
    assert 0.88 < of_county < 0.97
    assert 0 < upns.str[-1].str.isalpha().mean() < 0.01
    former = rows["former_upn"].dropna()
    assert len(former) > 100
    assert (former.map(lambda upn: upn_letter(upn[1:])) == former.str[0]).all()
    assert not set(former) & set(upns)


def test_nhs_numbers_are_of_the_test_range_and_distinct() -> None:
    given = middling()["ncmp.measurements/2023/24"]["nhs_number"]
    assert given.isna().mean() == pytest.approx(0.10, abs=0.02)
    numbers = given.dropna()
    assert numbers.is_unique
    assert numbers.str.startswith("999").all()
    assert (numbers.map(lambda n: nhs_check(n[:9])) == numbers.str[9].astype(int)).all()


def test_learner_numbers_have_their_check_digit() -> None:
    ulns = small()["sen2.person/2025"]["uln"].dropna()
    assert ulns.is_unique
    assert len(ulns) > 50
    for uln in ulns:
        rest = sum(int(c) * w for c, w in zip(uln[:9], range(10, 1, -1), strict=True)) % 11
        assert rest != 0
        assert int(uln[9]) == 10 - rest


def test_postcodes_lie_nowhere_and_in_one_small_area() -> None:
    rows = middling()["school_census.census/2025"]
    assert rows["postcode"].str.fullmatch(r"ZZ[1-9]\d? \d[ABDEFGHJLNPQRSTUWXYZ]{2}").all()
    assert rows.groupby("postcode")["lsoa_code"].nunique().max() == 1


@pytest.mark.full
def test_numbers_do_not_run_out_in_a_large_county() -> None:
    """More people than 999… has numbers for, and more small areas than ZZ has postcodes for."""
    numbers = identifiers.nhs_numbers(np.random.default_rng(1), 950_000).to_pandas()
    assert numbers.is_unique
    assert set(numbers.str[:3]) == {"998", "999"}
    few = numbers[::997]
    assert (few.map(lambda n: nhs_check(n[:9])) == few.str[9].astype(int)).all()
    with pytest.raises(ValueError, match="NHS numbers"):
        identifiers.nhs_numbers(np.random.default_rng(1), 95_000_000)
    sectors = np.arange(18_000)
    postcodes = identifiers.postcodes(sectors, sectors % 400).to_pandas()
    assert postcodes.str.rpartition(" ")[0].add(postcodes.str[-3]).is_unique
    # ZE is Shetland.
    assert postcodes.str.fullmatch(r"Z[A-DF-Z][1-9]\d? \d[A-Z]{2}").all()

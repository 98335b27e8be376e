"""Cells of official statistics: symbols become statuses and never zeros."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.measures.schema import STATUSES
from jsna.published import symbols


def one(cell: str) -> tuple[float, str]:
    column = pd.Series([cell], name="figure", dtype="str")
    found, problems = symbols.cells(column, "file.csv", pd.Series([2]))
    assert problems == []
    return float(found.value[0]), str(found.status[0])


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("z", "z"), ("x", "x"), ("c", "c"), ("k", "low"), ("low", "low"), ("u", "u"),
        (":", "x"), (".", "z"), ("..", "x"), ("*", "c"), ("-", "x"), ("~", "low"),
        ("NULL", "x"), ("NA", "x"), ("n/a", "x"), ("", "x"), (" X ", "x"),
    ],
)  # fmt: skip
def test_a_symbol_is_a_status_and_never_a_number(cell: str, status: str) -> None:
    value, found = one(cell)
    assert math.isnan(value)
    assert found == status


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("0", 0.0), ("17.3", 17.3), ("1,734", 1734.0), ("-9", -9.0), ("12.5%", 12.5),
        ("4.4000000000000004", 4.4), ("7.0000000000000007E-2", 0.07), (".5", 0.5),
    ],
)  # fmt: skip
def test_numbers_as_publishers_and_spreadsheets_write_them(cell: str, value: float) -> None:
    assert one(cell) == (value, "")


@pytest.mark.parametrize("cell", ["inf", "nan", "1,73", "12..5", "about 5", "1e9999", "E0", "--"])
def test_what_is_neither_is_refused_where_it_stands(cell: str) -> None:
    column = pd.Series(["1", cell, cell], name="figure", dtype="str")
    found, problems = symbols.cells(column, "file.csv", pd.Series([2, 3, 4]))
    assert [(p.row, p.column, p.value, p.count) for p in problems] == [(3, "figure", cell, 2)]
    assert found.value[1:].isna().all()


@given(st.text(max_size=8))
def test_any_text_gives_a_number_or_a_known_status_and_not_both(cell: str) -> None:
    column = pd.Series([cell], name="figure", dtype="str")
    found, problems = symbols.cells(column, "file.csv", pd.Series([2]))
    has_value = found.value.notna()[0]
    assert found.status[0] in STATUSES
    assert has_value == (found.status[0] == "")
    assert not (has_value and problems)
    assert not has_value or math.isfinite(found.value[0])


@given(st.integers(-(10**9), 10**9))
def test_whole_numbers_survive_with_and_without_commas(number: int) -> None:
    assert one(str(number)) == (float(number), "")
    assert one(f"{number:,}") == (float(number), "")

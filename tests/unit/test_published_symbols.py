"""Cells of official statistics: symbols become statuses and never zeros."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.model.schema import STATUSES
from jsna.releases import symbols


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
        ("[c]", "c"), ("[x]", "x"), ("[z]", "z"), ("[low]", "low"), ("[u]", "u"), ("[k]", "low"),
        ("[ C ]", "c"), ("[Low]", "low"), ("[c] [note 4]", "c"), ("[note 1, 2]", "x"),
        ("[:]", "x"), ("[..]", "x"), ("[~]", "low"), ("[*]", "c"), ("[b]", "x"), ("[e]", "x"),
        ("[p]", "x"), ("[r]", "x"), ("[r] [c]", "c"), ("c [note 2]", "c"),
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


@pytest.mark.parametrize(
    ("cell", "value", "note"),
    [
        ("17.3 [p]", 17.3, "Provisional."),
        ("1,734[r]", 1734.0, "Revised by the publisher."),
        ("9 [e] [note 12]", 9.0, "Estimated by its publisher. Its publisher has a note about this "
         "figure."),
        ("[b] 5", 5.0, "Its publisher marks a break: not comparable with earlier figures."),
        ("0.4 [U]", 0.4, "Of low reliability, its publisher says."),
        ("5", 5.0, ""),
    ],
)  # fmt: skip
def test_a_mark_beside_a_number_is_said_and_the_number_stands(
    cell: str, value: float, note: str
) -> None:
    column = pd.Series([cell], name="figure", dtype="str")
    found, problems = symbols.cells(column, "file.csv", pd.Series([2]))
    assert problems == []
    assert (found.value[0], found.status[0], found.note[0]) == (value, "", note)


@pytest.mark.parametrize("cell", ["12 [c]", "[c] [x]", "[q]", "12 [q]", "[1 to 4]", "c [x]"])
def test_what_contradicts_itself_is_refused(cell: str) -> None:
    column = pd.Series([cell], name="figure", dtype="str")
    assert [p.value for p in symbols.cells(column, "f.csv", pd.Series([2]))[1]] == [cell]


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

"""The attack: intervals worked out by hand, and every failure mode built on purpose."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsna.disclosure import simplex
from jsna.disclosure.additions import with_cell, with_ratio
from jsna.disclosure.attack import Known, attack, known
from jsna.disclosure.propagation import propagate
from jsna.disclosure.published import attack_tables
from jsna.disclosure.reading import Named
from jsna.disclosure.system import Flags, Rule, System, system
from jsna.errors import JsnaError
from tests.unit.disclosure_support import cell, grid, hide, slow_interval

steady = settings(derandomize=True, deadline=None, max_examples=20)
CORNERS = [("a0", "b0"), ("a0", "b1"), ("a1", "b0"), ("a1", "b1")]


def found(made: System, hidden: Flags, **options: object) -> dict[str, tuple[float, float, str]]:
    """Every hidden cell's interval and verdict by its label."""
    report = attack(made, hidden, judged=hidden, intervals=True, **options)
    return {made.label(i.cell): (i.low, i.high, i.verdict) for i in report.intervals}


def test_a_square_of_four_by_hand() -> None:
    # Rows 5 and 7, columns 4 and 8: x00 lies between max(0, 5 − 8) and min(5, 4), and so on.
    made = grid([[2, 3], [2, 5]], Rule(5))
    hidden = hide(made, *CORNERS)
    values = {name: pair[:2] for name, pair in found(made, hidden).items()}
    assert values == {
        "a0 / b0": (0, 4),
        "a0 / b1": (1, 5),
        "a1 / b0": (0, 4),
        "a1 / b1": (3, 7),
    }


def test_three_hidden_cells_are_solved_one_after_the_other() -> None:
    made = grid([[2, 3], [2, 5]], Rule(5))
    hidden = hide(made, ("a0", "b0"), ("a0", "b1"), ("a1", "b1"))
    assert found(made, hidden) == {
        "a0 / b0": (2, 2, "exact"),
        "a0 / b1": (3, 3, "exact"),
        "a1 / b1": (5, 5, "exact"),
    }


def test_hidden_totals_leave_no_upper_end() -> None:
    made = grid([[2, 3], [2, 5]], Rule(5))
    hidden = hide(made, ("a0", "b0"), ("a0", "T"), ("T", "b0"), ("T", "T"))
    values = found(made, hidden)
    assert values["a0 / b0"] == (0, np.inf, "safe")
    assert values["T / T".replace("T", "Total")][:2] == (10, np.inf)


def test_a_cube_by_hand() -> None:
    # Only +e and −e in turn over the eight corners is possible. Those that take +e are 1, 2, 3, 2,
    # those that take −e are 4, 5, 6, 7: so e lies between −1 and 4.
    values = np.array([[[1, 4], [5, 2]], [[6, 3], [2, 7]]])
    made = grid(values, Rule(5))
    hidden = np.array(["Total" not in name for name in made.names])
    spans = {name: pair[:2] for name, pair in found(made, hidden).items()}
    assert spans["a0 / b0 / c0"] == (1 - 1, 1 + 4)
    assert spans["a1 / b1 / c1"] == (7 - 4, 7 + 1)


def test_equations_that_give_a_cell_away_are_named() -> None:
    made = grid([[2, 3], [9, 5]], Rule(5))
    report = attack(made, made.primary)
    told = {made.describe(row) for one in report.failures for row, _ in one.because}
    # Each small cell is alone in its column.
    assert {"[Total / b0] = [a0 / b0] + [a1 / b0]", "[Total / b1] = [a0 / b1] + [a1 / b1]"} == told
    assert report.exact == 2


def test_a_bound_found_by_propagation_is_proven_too() -> None:
    made = grid([[0, 1], [0, 9]], Rule(5))
    report = attack(made, hide(made, ("a0", "b0"), ("a1", "b0"), ("a0", "b1"), ("a1", "b1")))
    assert report.failures
    assert all(one.because for one in report.failures)


def test_the_true_value_of_a_hidden_cell_is_not_looked_at() -> None:
    made = grid([[2, 3, 9], [2, 5, 6], [7, 8, 1]], Rule(5))
    hidden = made.primary | hide(made, ("a1", "b2"), ("a2", "b0"))
    forgotten = replace(made, value=np.where(hidden, -99.0, made.value))
    assert found(made, hidden) == found(forgotten, hidden)


def test_values_that_fit_nothing_are_refused() -> None:
    made = grid([[2, 3], [2, 5]], Rule(5))
    wrong = replace(made, value=made.value + np.eye(1, made.size, cell(made, "T", "T")).ravel())
    with pytest.raises(JsnaError, match="no values fit"):
        attack(wrong, hide(made, *CORNERS))
    # Hidden cells would have to be negative: a contradiction no single empty row shows.
    low = replace(made, value=np.where(made.value == 5, 1.0, made.value))
    with pytest.raises(JsnaError, match="no values fit"):
        attack(low, hide(made, *CORNERS))


def test_propagation_is_what_a_pencil_does() -> None:
    matrix = grid([[0, 0]], Rule(0)).equations
    row = matrix[[i for i in range(matrix.shape[0]) if matrix[[i]].nnz == 3][:1]]
    low, high = propagate(row, np.zeros(1), np.zeros(6), np.full(6, np.inf))
    assert (low == 0).all()
    assert np.isinf(high).all()
    cells = row.indices
    low[cells[row.data < 0]] = high[cells[row.data < 0]] = 3.0
    _, high = propagate(row, np.zeros(1), low, high)
    assert (high[cells] == 3).all()


small = st.lists(st.integers(0, 9), min_size=9, max_size=9)


@steady
@given(small, st.lists(st.booleans(), min_size=16, max_size=16), st.booleans())
def test_intervals_are_those_of_a_plain_solver(
    values: list[int], flags: list[bool], warm: bool
) -> None:
    made = grid(np.reshape(values, (3, 3)), Rule(5))
    hidden = np.array(flags)
    with pytest.MonkeyPatch.context() as patch:
        if not warm:
            patch.setattr(simplex, "_core", None)
        report = attack(made, hidden, judged=hidden, intervals=True)
    for one in report.intervals:
        assert (one.low, one.high) == pytest.approx(slow_interval(made, hidden, one.cell), abs=1e-6)


@steady
@given(st.lists(st.integers(0, 6), min_size=12, max_size=12), st.randoms(use_true_random=False))
def test_a_start_changes_no_verdict(values: list[int], random: object) -> None:
    made = grid(np.reshape(values, (2, 3, 2)), Rule(5))
    hidden = np.array([random.random() < 0.5 for _ in range(made.size)]) | made.primary  # type: ignore[attr-defined]
    verdicts = [
        [(i.cell, i.verdict) for i in attack(made, hidden, **options).intervals]
        for options in ({}, {"start": made.value}, {"intervals": True})
    ]
    assert verdicts[0] == verdicts[1] == verdicts[2]


# The failure modes of the reference, by their numbers.


def test_mode_1_marks_that_differ_tell_the_rule() -> None:
    made = grid([[4, 4], [10, 10]], Rule(5))
    hidden = hide(made, *CORNERS)
    assert attack(made, hidden).narrow == 0
    # A mark known to stand for 1 to 4, twice in a row that sums to 8.
    marked = attack(made, hidden, known(made, hidden, marked=(1, 4)))
    assert marked.exact == 2


def test_mode_2_not_solvable_is_not_wide_enough() -> None:
    made = grid([[1, 1], [9, 9]], Rule(5))
    report = attack(made, hide(made, *CORNERS), intervals=True)
    assert report.exact == 0
    assert [(one.low, one.high) for one in report.failures] == [(0, 2), (0, 2)]


def test_mode_3_a_contributor_solves_another_cell() -> None:
    made = grid([[1, 1], [0, 5]], Rule(2, sliding=True))
    hidden = hide(made, *CORNERS)
    assert attack(made, hidden).narrow == 0
    inside = attack(replace(made, contributor=1.0), hidden, start=made.value)
    (failure,) = [one for one in inside.failures if one.cell == cell(made, "a0", "b1")]
    assert failure.verdict == "exact"
    assert failure.contributor == cell(made, "a0", "b0")
    assert (failure.low, failure.high) == pytest.approx((1, 1))


def frame(text: str) -> pd.DataFrame:
    """A small table from text; the first line names its columns."""
    lines = [line.split() for line in text.strip().splitlines()]
    return pd.DataFrame(lines[1:], columns=lines[0])


NEED = """
school need value
S1 ASD c
S1 MLD c
S1 Total c
S2 ASD c
S2 MLD c
S2 Total c
Total ASD 20
Total MLD 30
Total Total 50
"""
AGE = """
school age value
S1 young 2
S1 old 1
S1 Total 3
S2 young 27
S2 old 20
S2 Total 47
Total young 29
Total old 21
Total Total 50
"""


def test_mode_4_tables_that_share_a_margin() -> None:
    need, age = Named(frame(NEED), "need"), Named(frame(AGE), "age")
    dims = ["school", "need", "age"]
    alone = attack_tables([need], dims[:2])
    assert alone.count("exact", "narrow") == 0
    joined = attack_tables([need, age], dims)
    assert joined.hidden == 4
    worked_out = joined.frame[joined.frame["outcome"] == "narrow"]
    assert set(worked_out["school"]) == {"S1"}
    assert (worked_out["high"] <= 3).all()


def test_mode_5_zeros_that_are_always_shown() -> None:
    values = [[1, 1, 20], [8, 8, 20]]
    corners = [(a, b) for a in ("a0", "a1") for b in ("b0", "b1")]
    eligible = grid(values, Rule(5))
    report = attack(eligible, hide(eligible, *corners), intervals=True)
    assert [(one.low, one.high) for one in report.failures] == [(0, 2), (0, 2)]
    shown = grid(values, Rule(5, zeros_shown=True))
    assert attack(shown, hide(shown, *corners)).exact == 2


def test_mode_6_a_rate_with_its_denominator() -> None:
    made = system(["boys", "girls", "all"], [3, 37, 40], [[1, 1, -1]], Rule(5))
    hidden = np.array([True, True, False])
    assert attack(made, hidden).narrow == 0
    rated = with_ratio(made, 0, 2, 7.5, 1)
    assert attack(rated, np.append(hidden, [True, True])).exact == 1
    # With the denominator hidden too, the rate alone gives nothing away.
    both = attack(rated, np.array([True, True, True, True, True]))
    assert both.narrow == 0


def test_mode_7_a_total_that_is_known_from_elsewhere() -> None:
    made = system(["a", "b", "c"], [3, 9, 12], [[1, 1, -1]], Rule(5))
    hidden = np.array([True, True, False])
    assert attack(made, hidden).narrow == 0
    told = with_cell(made, "last year's b, which has not changed", 9, {1: 1.0})
    report = attack(told, np.append(hidden, False))
    assert report.exact == 1
    assert any("last year" in told.describe(row) for row, _ in report.failures[0].because)


def test_mode_8_rounding_each_cell_on_its_own() -> None:
    # 3 + 3 = 6, printed 5 + 5 = 5: each part is at least 3 and their sum at most 7.
    made = system(["a", "b", "sum"], [3, 3, 6], [[1, 1, -1]], Rule(5, sliding=True))
    printed = np.array([5.0, 5.0, 5.0])
    report = attack(made, np.ones(3, dtype=bool), Known(printed - 2, printed + 2), intervals=True)
    assert [(one.low, one.high) for one in report.failures] == [(3, 4), (3, 4)]


def test_mode_9_the_numerator_of_the_complement() -> None:
    made = system(["boys", "girls", "all"], [3, 9, 12], [[1, 1, -1]], Rule(5))
    report = attack(made, made.primary)
    assert report.exact == 1
    assert made.describe(report.failures[0].because[0][0]) == "[all] = [boys] + [girls]"


def test_a_contributor_must_leave_the_width_asked() -> None:
    made = grid([[1, 3, 6], [9, 9, 9], [2, 8, 7]], Rule(5, contributor=1.0))
    hidden = np.ones(made.size, dtype=bool)
    assert attack(made, hidden, start=made.value).narrow == 0

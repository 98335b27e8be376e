"""The attack: intervals worked out by hand, and every failure mode built on purpose."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsna.disclosure import simplex
from jsna.disclosure.additions import with_ratio
from jsna.disclosure.attacking.attack import attack, known, rounded_needs
from jsna.disclosure.attacking.intruder import Intruder
from jsna.disclosure.attacking.near import spread_near
from jsna.disclosure.attacking.propagation import propagate
from jsna.disclosure.solving.solver import solve
from jsna.disclosure.system import Flags, Rule, Status, System, system
from jsna.errors import JsnaError
from tests.unit.disclosure_support import cell, divided, grid, hide, slow_interval

steady = settings(derandomize=True, max_examples=20)
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
@given(
    st.lists(st.integers(0, 4), min_size=6, max_size=6),
    st.lists(st.booleans(), min_size=8, max_size=8),
)
def test_intervals_are_those_of_trying_every_table(values: list[int], flags: list[bool]) -> None:
    # In two dimensions the ends of intervals are whole, and with column totals printed the second
    # row follows from the first: so every table there can be is tried.
    made = grid(np.reshape(values, (2, 3)), Rule(5))
    columns = np.reshape(values, (2, 3)).sum(axis=0)
    firsts = np.array(list(itertools.product(*(range(total + 1) for total in columns))))
    leaves = np.concatenate([firsts, columns - firsts], axis=1)
    units = np.array([grid(one.reshape(2, 3), Rule(0)).value for one in np.eye(6)])
    tables = leaves @ units
    hidden = np.zeros(made.size, dtype=bool)
    places = [cell(made, f"a{i}", f"b{j}") for i in range(2) for j in range(3)]
    places += [cell(made, "a0", "T"), cell(made, "a1", "T")]
    hidden[places] = flags
    possible = tables[(tables[:, ~hidden] == made.value[~hidden]).all(axis=1)]
    report = attack(made, hidden, judged=hidden, intervals=True)
    for one in report.intervals:
        seen = possible[:, one.cell]
        assert (one.low, one.high) == pytest.approx((seen.min(), seen.max()))
    # What the attack calls safe, someone who tries every table finds as wide.
    for one in attack(made, hidden).intervals:
        seen = possible[:, one.cell]
        assert (one.verdict == "safe") == (seen.min() == 0 and seen.max() >= 4)
        assert (one.verdict == "exact") == (seen.min() == seen.max())


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


@steady
@given(
    st.lists(st.integers(0, 9), min_size=30, max_size=30),
    st.lists(st.booleans(), min_size=42, max_size=42),
)
def test_a_division_into_blocks_changes_no_verdict(values: list[int], flags: list[bool]) -> None:
    made = divided(np.reshape(values, (6, 5)))
    hidden = np.array(flags) | made.primary
    whole = replace(made, blocks=())
    verdicts = [
        [(i.cell, i.verdict) for i in attack(one, hidden, start=one.value).intervals]
        for one in (made, whole)
    ]
    assert verdicts[0] == verdicts[1]
    # Nor do values to start from that fit nothing.
    wrong = made.value + 1
    again = attack(made, hidden, start=wrong).intervals
    assert [(i.cell, i.verdict) for i in again] == verdicts[1]


def test_what_was_hidden_block_by_block_is_proven_block_by_block() -> None:
    made = divided(np.random.default_rng(3).integers(0, 12, 30).reshape(6, 5))
    hidden = solve(made, whole=10).hidden
    knows = known(made, hidden)
    intruder = Intruder(made, knows.low, knows.high, made.value)
    cells = np.flatnonzero(made.primary)
    assert len(made.blocks) > 2
    assert len(cells) > 5
    spread_near(made, intruder, cells, made.need_low[cells], made.need_high[cells])
    assert (intruder.seen_low[cells] <= 1e-6).all()
    assert (intruder.seen_high[cells] >= 4 - 1e-6).all()


def test_four_or_more_is_not_told_as_four() -> None:
    # 4 is printed and d is anything, so a = d + 4 is 4 or more: too high, and not worked out.
    made = system(["a", "d", "four"], [4, 0, 4], [[1, -1, -1]], Rule(5), public=[0, 0, 1])
    hidden = np.array([True, True, False])
    for options in ({}, {"start": made.value}, {"intervals": True}):
        (a,) = attack(made, hidden, **options).intervals
        assert (a.low, a.high, a.verdict) == (4, np.inf, "narrow")


def test_contributors_are_kept_to_the_width_of_each_cell() -> None:
    made = grid([[1, 1], [0, 5]], Rule(2, sliding=True))
    hidden = hide(made, *CORNERS)
    one, other = cell(made, "a0", "b0"), cell(made, "a0", "b1")
    # With its own 1 in b0, the family of that child leaves b1 no room; not the other way round.
    for asked, told in (((one, other), {other}), ((other,), {other}), ((one,), set())):
        width = np.zeros(made.size)
        width[list(asked)] = 1.0
        report = attack(replace(made, contributor=width), hidden, start=made.value)
        assert {failure.cell for failure in report.failures} == told


def test_a_family_may_be_in_a_cell_of_one_at_the_most() -> None:
    # b is known to be 0 or 1. Of the sum of 2, who is in b knows that a is 1.
    rule = Rule(2, sliding=True)
    made = system(["a", "b", "sum"], [1, 1, 2], [[1, 1, -1]], rule, public=[0, 0, 1])
    made = replace(
        made, high=np.array([np.inf, 1.0, np.inf]), contributor=np.array([1.0, 0.0, 0.0])
    )
    report = attack(made, np.array([True, True, False]), start=made.value)
    assert [(one.cell, one.contributor, one.verdict) for one in report.failures] == [
        (0, 1, "exact")
    ]


def test_what_an_inequality_leaves_over_has_no_family() -> None:
    # Two small numbers in a sum known to be 8: that of 2 to 2.9 in every 10 of the second is a
    # ratio at no decimals. Its slack is a number, but nobody's child is in it.
    made = system(["a", "b", "sum"], [2, 6, 8], [[1, 1, -1]], Rule(5, sliding=True))
    rated = with_ratio(replace(made, contributor=np.array([1.0, 0.0, 0.0])), 0, 1, 33, 0)
    report = attack(rated, np.ones(5, dtype=bool), start=rated.value)
    assert all(one.contributor < 3 for one in report.failures)
    assert (rated.status[3:] == Status.SLACK).all()


def test_a_precision_of_its_own_for_every_cell() -> None:
    made = system(["a", "b", "sum"], [3, 9, 12], [[1, 1, -1]], Rule(5))
    knows = known(
        made, np.zeros(3, dtype=bool), printed=np.array([5.0, 9, 12]), precision=[2, 0, 2]
    )
    assert knows.low.tolist() == [3, 9, 10]
    assert knows.high.tolist() == [7, 9, 14]
    # 9 is printed as it is, the sum is 10 to 14: 3 to 5 are left of a's 3 to 7.
    open_ = knows.high > knows.low
    (a, _) = attack(made, open_, knows, judged=open_, intervals=True).intervals
    assert (a.low, a.high) == (3, 5)


def test_rounding_alone_must_leave_what_its_own_figure_leaves() -> None:
    made = system(["a", "b", "sum"], [3, 3, 6], [[1, 1, -1]], Rule(0))
    none = np.zeros(3, dtype=bool)
    nearest = known(made, none, printed=np.array([5.0, 5, 5]), precision=2)
    asked = rounded_needs(made, nearest, 5, [True, True, False])
    assert attack(asked, ~none, nearest).narrow == 2
    # Controlled rounding leaves 1 to 9 of a printed 5, 0 to 4 of a 0.
    controlled = known(made, none, printed=np.array([5.0, 0, 5]), precision=4)
    asked = rounded_needs(made, controlled, 5, [True, True, False])
    assert attack(asked, ~none, controlled).narrow == 0
    assert asked.need_width.tolist() == [4, 4, 0]


def test_a_contributor_must_leave_the_width_asked() -> None:
    made = grid([[1, 3, 6], [9, 9, 9], [2, 8, 7]], Rule(5, contributor=1.0))
    hidden = np.ones(made.size, dtype=bool)
    assert attack(made, hidden, start=made.value).narrow == 0

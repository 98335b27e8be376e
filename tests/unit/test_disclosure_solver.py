"""What is hidden: never unsafe, never dearer than need be, always the same."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsna.disclosure import simplex
from jsna.disclosure.additions import with_cell, with_ratio
from jsna.disclosure.attack import attack
from jsna.disclosure.division import blocks
from jsna.disclosure.solver import solve
from jsna.disclosure.system import Rule, Status, system
from jsna.disclosure.tables import count, dimension, equations, layout
from tests.unit.disclosure_support import cell, grid, slow_optimum, slow_safe

steady = settings(derandomize=True, deadline=None, max_examples=15)
rules = st.sampled_from(
    [
        Rule(5),
        Rule(3),
        Rule(5, zeros_shown=True),
        Rule(5, sliding=True),
        Rule(5, weight="cells"),
        Rule(6, weight="log"),
    ]
)


def table(shape: tuple[int, ...], most: int) -> st.SearchStrategy[np.ndarray]:
    """Tables of counts of a shape."""
    size = int(np.prod(shape))
    return st.lists(st.integers(0, most), min_size=size, max_size=size).map(
        lambda values: np.reshape(values, shape)
    )


def test_nothing_small_hides_nothing() -> None:
    found = solve(grid([[9, 8], [0, 7]], Rule(5)))
    assert not found.hidden.any()
    assert found.gap == 0


def test_the_cheapest_partner_is_hidden() -> None:
    # 3 in its row and column needs a rectangle; 6, 7 and 8 make the cheapest.
    made = grid([[3, 6, 50], [7, 8, 60], [70, 80, 90]], Rule(5))
    found = solve(made)
    corners = [cell(made, a, b) for a in ("a0", "a1") for b in ("b0", "b1")]
    assert sorted(np.flatnonzero(found.hidden)) == sorted(corners)
    assert found.cost == found.bound == 6 + 7 + 8


def test_a_total_that_is_small_is_hidden_all_the_way_up() -> None:
    made = grid([[1, 2], [0, 0]], Rule(5))
    found = solve(made)
    assert not found.missed
    assert attack(made, found.hidden).narrow == 0


@steady
@given(table((2, 3), 9), rules)
def test_the_optimum_is_that_of_trying_everything(values: np.ndarray, rule: Rule) -> None:
    made = grid(values, rule)
    found = solve(made)
    best = slow_optimum(made)
    if best is None:
        assert found.missed
    else:
        assert not found.missed
        assert found.cost == pytest.approx(best, abs=2 * found.slack)
        assert found.gap == 0
        assert slow_safe(made, found.hidden)


@steady
@given(st.one_of(table((4, 4), 12), table((2, 3, 2), 9)), rules)
def test_nothing_is_ever_unsafe(values: np.ndarray, rule: Rule) -> None:
    made = grid(values, rule)
    found = solve(made)
    missed = {target.cell for target in found.missed}
    failures = {one.cell for one in attack(made, found.hidden).failures}
    assert failures <= missed
    assert not (found.hidden & (made.status == Status.SHOWN)).any()
    again = solve(made)
    assert (again.hidden == found.hidden).all()


@steady
@given(table((6, 5), 12), st.sampled_from([0.0, 1e-6]))
def test_blocks_and_haste_are_as_safe(values: np.ndarray, budget: float) -> None:
    dims = [
        dimension("a", [f"a{i}" for i in range(6)]),
        dimension("b", [f"b{i}" for i in range(5)]),
    ]
    cells = layout(dims, [["a", "b"]])
    at = np.array([[i, j] for i in range(6) for j in range(5)])
    counts = count(cells, at, values.ravel().astype(float))
    divided = blocks(cells, 15)
    made = system(cells.names(), counts, equations(cells), Rule(5), blocks=divided)
    found = solve(made, budget=budget or None, whole=10)
    exact = solve(made)
    assert not found.missed
    assert attack(made, found.hidden).narrow == 0
    assert found.cost >= exact.cost - 0.4
    hasty = solve(made, budget=1e-6)
    assert attack(made, hasty.hidden).narrow == 0
    assert hasty.bound <= exact.cost + 0.4
    assert hasty.timed_out or hasty.gap == 0


@steady
@given(table((3, 4), 4))
def test_contributors_are_kept_out_as_well(values: np.ndarray) -> None:
    made = grid(values, Rule(4, contributor=1.0))
    found = solve(made)
    report = attack(made, found.hidden, start=made.value)
    missed = {(t.cell, t.contributor) for t in found.missed}
    assert {(one.cell, one.contributor) for one in report.failures} <= missed


def test_a_contributor_costs_a_further_cell() -> None:
    made = grid([[1, 1, 9, 9], [0, 5, 9, 9], [9, 9, 9, 9]], Rule(2, sliding=True))
    plain = solve(made)
    assert attack(replace(made, contributor=1.0), plain.hidden, start=made.value).exact > 0
    strict = replace(made, contributor=1.0)
    found = solve(strict)
    assert not found.missed
    assert attack(strict, found.hidden, start=made.value).narrow == 0
    assert found.cost > plain.cost


def test_cells_that_must_stay_are_left_and_what_cannot_be_is_told() -> None:
    shown = np.array([False, True, True])
    made = system(["a", "b", "sum"], [3, 9, 12], [[1, 1, -1]], Rule(5), shown=shown)
    found = solve(made)
    assert {target.cell for target in found.missed} == {0}
    assert found.hidden.tolist() == [True, False, False]


def test_known_totals_and_ratios_are_protected_against() -> None:
    made = system(list("abcd"), [3, 9, 20, 32], [[1, 1, 1, -1]], Rule(5))
    assert solve(made).cost == 9
    # b is official, so c is hidden instead; and so is a rate of c with the total as denominator.
    official = with_cell(made, "official b", 9, {1: 1.0})
    assert solve(official).cost == 20
    rated = with_ratio(official, 2, 3, 62.5, 1)
    found = solve(rated)
    assert found.hidden[[2, 3]].all()
    assert attack(rated, found.hidden).narrow == 0


def test_the_answer_is_the_same_without_warm_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(5)
    made = grid(generator.poisson(6, (5, 6)), Rule(5))
    warm = solve(made)
    monkeypatch.setattr(simplex, "_core", None)
    cold = solve(made)
    assert cold.cost == pytest.approx(warm.cost, abs=0.4)
    assert attack(made, cold.hidden).narrow == 0

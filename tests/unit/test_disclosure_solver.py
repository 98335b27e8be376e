"""What is hidden: never unsafe, never dearer than need be, always the same."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from jsna.disclosure import simplex
from jsna.disclosure.additions import with_cell, with_ratio
from jsna.disclosure.attacking.attack import attack
from jsna.disclosure.clock import NODES, ROOT
from jsna.disclosure.solving import master
from jsna.disclosure.solving.cuts import DOWN, UP, WIDTH, Target, targets
from jsna.disclosure.solving.division import components
from jsna.disclosure.solving.light import cheapest
from jsna.disclosure.solving.master import Effort
from jsna.disclosure.solving.routes import Routes
from jsna.disclosure.solving.solver import EXACT, solve
from jsna.disclosure.system import Rule, Status, System, system
from tests.tried import tried
from tests.unit.disclosure_support import cell, divided, grid, slow_optimum, slow_safe

steady = tried(15, derandomize=True)
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


@pytest.mark.parametrize("closed", [0, 1, 2])
def test_what_may_not_be_hidden_is_shown_however_light(closed: int) -> None:
    """Of two rows that weigh nothing only one that is open protects the 3, or else a dear one."""
    plain = grid([[3, 6, 50], [7, 8, 60], [70, 80, 90], [71, 81, 91]], Rule(5))
    weight = plain.weight.copy()
    lines = {a: [cell(plain, a, f"b{j}") for j in range(3)] for a in ("a1", "a2", "a3")}
    for name in ("a2", "a3"):
        weight[lines[name]] = 0.05
    made = replace(plain, weight=weight)
    shut = [cell for name in ("a2", "a3")[:closed] for cell in lines[name]]
    open_ = np.asarray(made.status == Status.FREE)
    open_[shut] = False
    found = cheapest(made, targets(made), made.primary, open_, Effort())
    assert not found.missed
    assert not found.hidden[shut].any()
    assert not found.hidden[~(open_ | made.primary)].any()
    # A rectangle, with no more of what weighs nothing than it needs.
    assert found.hidden.sum() == 4


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
    made = divided(values)
    found = solve(made, budget=budget or None, whole=10)
    exact = solve(made)
    assert not found.missed
    assert attack(made, found.hidden).narrow == 0
    assert found.cost >= exact.cost - 0.4
    # What is said of a divided table's loss holds: no choice costs less than the bound.
    assert 0 <= found.bound <= exact.cost + 0.4
    hasty = solve(made, budget=1e-6)
    assert attack(made, hasty.hidden).narrow == 0
    assert hasty.bound <= exact.cost + 0.4
    assert hasty.timed_out or hasty.gap == 0


@steady
@given(table((3, 4), 4))
def test_contributors_are_kept_out_as_well(values: np.ndarray) -> None:
    made = grid(values, Rule(4, contributor=1.0))
    found = solve(made)
    # In haste what is missed is no more, and what is hidden as safe.
    for one in (found, solve(made, work=1e-6)):
        report = attack(made, one.hidden, start=made.value)
        missed = {(t.cell, t.contributor) for t in one.missed}
        assert {(left.cell, left.contributor) for left in report.failures} <= missed
        assert missed == {(t.cell, t.contributor) for t in found.missed}
        assert one.cost >= found.bound - 1e-9


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


@pytest.mark.parametrize("warm", [True, False])
def test_a_route_is_the_cheapest_movement(warm: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not warm:
        monkeypatch.setattr(simplex, "_core", None)
    # Rows 1 5 and 7 9, totals 6 16, 8 14 and 22. Along the four inner cells a unit costs 5 + 7 + 9;
    # along a row and its columns' totals 5 + 8 + 14; along a column 7 + 6 + 16.
    made = grid([[1, 5], [7, 9]], Rule(2))
    inner = [cell(made, a, b) for a in ("a0", "a1") for b in ("b0", "b1")]
    routes = Routes(made, np.ones(made.size, dtype=np.bool_))
    unseen = made.primary.copy()

    def moved(target: Target, hidden: np.ndarray) -> dict[int, float] | None:
        found = routes.find(target, hidden)
        if found is None:
            return None
        return {int(c): round(v, 6) for c, v in zip(routes.cells, found, strict=True) if v}

    up = moved(Target(inner[0], UP, 3.0), unseen)
    assert up == dict(zip(inner, [3, -3, -3, 3], strict=True))
    # What is hidden already costs next to nothing.
    totals = [cell(made, "a0", "T"), cell(made, "T", "b0"), cell(made, "T", "T")]
    hidden = unseen.copy()
    hidden[totals] = True
    assert moved(Target(inner[0], UP, 3.0), hidden) == {inner[0]: 3, **dict.fromkeys(totals, 3)}
    # A call leaves nothing behind it; none falls below 0; a width may be had in either direction.
    assert moved(Target(inner[0], UP, 3.0), unseen) == up
    assert moved(Target(inner[0], DOWN, 2.0), unseen) is None
    assert moved(Target(inner[0], WIDTH, 1.0), unseen) == dict(
        zip(inner, [1, -1, -1, 1], strict=True)
    )
    # Whoever knows of a child in the 5 knows that it is not 0: four of five units can go that way,
    # and the last along the first column, 7 + 6 + 16, which is the next cheapest.
    rows = [cell(made, "a0", "T"), cell(made, "a1", "T")]
    giver = moved(Target(inner[0], UP, 5.0, inner[1]), unseen)
    assert giver == dict(zip([*inner, *rows], [5, -4, -5, 4, 1, -1], strict=True))
    alone = np.isin(np.arange(made.size), inner[:1])
    assert Routes(made, alone).find(Target(inner[0], UP, 1.0), alone) is None


def side_by_side(tables: list[System]) -> System:
    """Systems that have nothing to do with each other as one."""
    first = tables[0]
    joined = {
        name: np.concatenate([getattr(table, name) for table in tables])
        for name in (
            "value",
            "status",
            "weight",
            "low",
            "high",
            "need_low",
            "need_high",
            "need_width",
            "contributor",
        )
    }
    names = [(str(i), *name) for i, table in enumerate(tables) for name in table.names]
    matrix = sparse.csr_array(sparse.block_diag([table.equations for table in tables]))
    return replace(first, names=names, equations=matrix, **joined)


@steady
@given(st.lists(table((2, 3), 9), min_size=2, max_size=4))
def test_components_are_solved_apart_and_add_up(values: list[np.ndarray]) -> None:
    tables = [grid(one, Rule(5)) for one in values]
    whole = solve(side_by_side(tables))
    apart = [solve(table) for table in tables]
    assert whole.cost == pytest.approx(sum(one.cost for one in apart))
    assert whole.hidden.tolist() == [flag for one in apart for flag in one.hidden.tolist()]
    assert whole.gap == 0
    assert whole.parts == sum(bool(table.primary.any()) for table in tables) or whole.parts == 1
    assert {t.cell for t in whole.missed} == {
        t.cell + sum(table.size for table in tables[:i])
        for i, one in enumerate(apart)
        for t in one.missed
    }


def test_what_everyone_sees_joins_nothing() -> None:
    # Two pairs of parts of one official total that each have a subtotal of their own.
    values = [3, 9, 12, 2, 11, 13, 25]
    rows = [[1, 1, -1, 0, 0, 0, 0], [0, 0, 0, 1, 1, -1, 0], [0, 0, 1, 0, 0, 1, -1]]
    loose = system(list("abcdefg"), values, rows, Rule(5))
    assert [part.tolist() for part in components(loose)] == [list(range(7))]
    shown = [False, False, True, False, False, True, False]
    fixed = system(list("abcdefg"), values, rows, Rule(5), shown=shown)
    assert [part.tolist() for part in components(fixed)] == [[0, 1], [3, 4]]
    assert solve(fixed).cost == 9 + 11


def test_counted_work_stops_at_the_same_place() -> None:
    made = grid(np.random.default_rng(2).poisson(5, (9, 8, 4)), Rule(5))
    best = solve(made)
    assert best.gap == 0
    hasty = [solve(made, work=0.05) for _ in range(2)]
    assert (hasty[0].hidden == hasty[1].hidden).all()
    assert hasty[0].timed_out
    assert hasty[0].bound <= best.cost + 0.2
    assert best.cost <= hasty[0].cost <= 1.5 * best.cost
    assert attack(made, hasty[0].hidden).narrow == 0


def test_counted_work_bounds_the_nodes_of_each_integer_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # No zeros: these are tidied with an effort of their own.
    values = np.maximum(np.random.default_rng(2).poisson(5, (9, 8, 4)), 1)
    made = grid(values, Rule(5))
    really, nodes = master.milp, list[float]()

    def milp(*given_: object, options: dict[str, float], **named: object) -> object:
        nodes.append(options["node_limit"])
        return really(*given_, options=options, **named)

    monkeypatch.setattr(master, "milp", milp)
    solve(made)
    assert set(nodes) == {EXACT.nodes}
    nodes.clear()
    solve(made, work=1.0)
    assert nodes
    # A second's work is no more than some hundred nodes, each of which costs as much as it does.
    assert max(nodes) <= 1 + NODES / ROOT
    assert min(nodes) >= 1


def test_as_few_zeros_as_will_do_are_hidden() -> None:
    # For 1 to be able to be 0, two partners must be able to rise: zeros are, and cost nothing. Of
    # the many pairs there are one is enough.
    made = grid([[1, 0, 0, 9], [0, 9, 9, 9], [0, 9, 9, 9], [9, 9, 9, 9]], Rule(2))
    found = solve(made)
    assert found.hidden.sum() == 4
    assert made.value[found.hidden].sum() == 1 + 9
    assert found.cost == pytest.approx(9, abs=0.1)
    assert attack(made, found.hidden).narrow == 0


def test_contributors_widths_may_differ() -> None:
    values = [[1, 1, 9, 9], [0, 5, 9, 9], [9, 9, 9, 9]]
    made = grid(values, Rule(2, sliding=True))
    width = np.zeros(made.size)
    plain = solve(made)
    asked = cell(made, "a0", "b1")
    width[asked] = 1.0
    strict = replace(made, contributor=width)
    report = attack(strict, plain.hidden, start=made.value)
    assert {one.cell for one in report.failures} <= {asked}
    found = solve(strict)
    assert attack(strict, found.hidden, start=made.value).narrow == 0

"""What is published, as cells and equations."""

import numpy as np
import pytest
from scipy import sparse

from jsna.disclosure.additions import with_cell, with_ratio
from jsna.disclosure.solving.division import blocks
from jsna.disclosure.system import Rule, Status, system, weights
from jsna.disclosure.tabular.tables import count, dimension, equations, layout, members
from jsna.errors import JsnaError
from tests.unit.disclosure_support import cell, grid

TREE = {"D1": "North", "D2": "North", "D3": "South", "D4": "South"}


def test_a_table_has_totals_over_every_combination() -> None:
    made = grid([[1, 2], [3, 4]], Rule(3))
    assert made.size == 9
    assert made.value[cell(made, "a1", "T")] == 7
    assert made.value[cell(made, "T", "T")] == 10
    # Two rows and two columns, and the totals of each way.
    assert made.equations.shape == (6, 9)
    assert [made.label(i) for i in np.flatnonzero(made.primary)] == ["a0 / b0", "a0 / b1"]


def test_a_tree_adds_up_at_every_node() -> None:
    dims = [dimension("district", TREE, TREE), dimension("sex", ["F", "M"])]
    cells = layout(dims, [["district", "sex"]])
    at = np.array([[d, s] for d in range(4) for s in range(2)])
    counts = count(cells, at, np.arange(8, dtype=float))
    made = system(cells.names(), counts, equations(cells), Rule(3))
    assert made.value[cell(made, "North", "T")] == 0 + 1 + 2 + 3
    assert made.value[cell(made, "South", "M")] == 5 + 7
    told = {made.describe(i) for i in range(made.equations.shape[0])}
    assert "[North / F] = [D1 / F] + [D2 / F]" in told
    assert "[Total / F] = [North / F] + [South / F]" in told
    np.testing.assert_array_equal(members(cells, at) @ np.arange(8), counts)


def test_a_tree_with_a_circle_is_refused() -> None:
    with pytest.raises(ValueError, match="circle"):
        dimension("d", ["x"], {"x": "y", "y": "z", "z": "y"})


def test_linked_tables_share_their_margins() -> None:
    dims = [dimension(n, [f"{n}{i}" for i in range(2)]) for n in ("school", "need", "age")]
    cells = layout(dims, [["school", "need"], ["school", "age"]])
    # 9 + 9 cells, of which the two schools and their total are the same.
    assert len(cells.places) == 15
    made = equations(cells)
    # The total over schools: at need0, need1, age0, age1 and the total; each school's sum twice.
    assert made.shape[0] == 5 + 3 + 3


def test_parts_left_out_count_as_zero() -> None:
    dims = [dimension("a", ["x", "y", "z"])]
    whole = layout(dims, [["a"]])
    assert equations(type(whole)(whole.dimensions, whole.places[[0, 3]])).toarray().tolist() == [
        [1.0, -1.0]
    ]
    assert equations(type(whole)(whole.dimensions, whole.places[[3]])).shape == (0, 1)


def test_blocks_hold_every_cell_once_and_totals_come_first() -> None:
    tree = {f"d{i:02}": f"r{i % 5}" for i in range(60)}
    dims = [dimension("d", tree, tree), dimension("n", [f"n{i}" for i in range(11)])]
    cells = layout(dims, [["d", "n"]])
    found = blocks(cells, 150)
    every = np.concatenate([block.cells for block in found])
    assert sorted(every) == list(range(len(cells.places)))
    seen: set[int] = set()
    for block in found:
        assert set(block.context) <= seen
        seen |= set(block.cells)


def test_blocks_are_small_by_one_dimension_where_it_can_be() -> None:
    # 12 districts of 4 wards by 9 needs: 61 x 10 cells. Two districts have 10 x 10 of them, three
    # too many for a block; five runs of districts would hold more than two.
    tree = {f"w{i:02}": f"d{i // 4:02}" for i in range(48)}
    dims = [dimension("ward", tree, tree), dimension("need", [f"n{i}" for i in range(9)])]
    cells = layout(dims, [["ward", "need"]])
    top, *others = blocks(cells, 120)
    assert len(top.cells) == 10
    assert [len(block.cells) for block in others] == [100] * 6
    for block in others:
        assert len(np.unique(cells.places[block.cells, 1])) == 10
        assert block.context.tolist() == top.cells.tolist()
    # No run of districts is as small as 40 cells: each is divided along the needs as well.
    assert max(len(block.cells) for block in blocks(cells, 40)) <= 40


@pytest.mark.parametrize(
    ("value", "words"), [([-1, 1, 0], "not a count"), ([1.5, 1, 2.5], "not a count")]
)
def test_only_counts_are_taken(value: list[float], words: str) -> None:
    with pytest.raises(JsnaError, match=words):
        system("abc", value, [[1, 1, -1]], Rule(5))


def test_what_does_not_add_up_is_told() -> None:
    with pytest.raises(JsnaError, match=r"does not add up: \[c\] = \[a\] \+ \[b\]"):
        system("abc", [1, 2, 4], [[1, 1, -1]], Rule(5))


def test_a_small_cell_cannot_be_shown() -> None:
    with pytest.raises(JsnaError, match="must stay visible but is a small number"):
        system("abc", [1, 2, 3], [[1, 1, -1]], Rule(5), shown=[True, False, False])


def test_the_status_of_cells_follows_the_rule() -> None:
    made = system("abcd", [0, 3, 9, 12], [[1, 1, 1, -1]], Rule(5, zeros_shown=True))
    assert made.status.tolist() == [Status.SHOWN, Status.PRIMARY, Status.FREE, Status.FREE]
    assert made.low.tolist() == [0, 1, 1, 1]
    assert (made.need_low[1], made.need_high[1]) == (1, 4)
    official = system("abcd", [0, 3, 9, 12], [[1, 1, 1, -1]], Rule(5), public=[0, 1, 0, 0])
    assert not official.primary.any()
    assert official.status[1] == Status.PUBLIC


def test_zeros_together_weigh_less_than_one() -> None:
    values = np.array([0.0, 0.0, 0.0, 1.0, 7.0])
    assert 0 < weights(values, "value")[:3].sum() < 0.5
    assert weights(values, "cells").tolist() == [1] * 5
    # One child costs more than any number of zeros.
    assert weights(np.array([0.0, 1.0, 0.0, 0.0]), "value").tolist() == [0.025, 1.0, 0.025, 0.025]
    assert (np.diff(weights(values, "log")[2:]) > 0).all()


def test_a_known_total_and_a_ratio_are_equations() -> None:
    made = system("abc", [3, 37, 40], [[1, 1, -1]], Rule(5))
    wider = with_cell(made, "last year", 40, {2: 1.0})
    assert wider.status[-1] == Status.PUBLIC
    assert np.abs(wider.equations @ wider.value).max() < 1e-9
    rated = with_ratio(wider, 0, 2, 7.5, 1)
    assert rated.size == wider.size + 2
    assert np.abs(rated.equations @ rated.value).max() < 1e-9
    assert (rated.value[-2:] >= 0).all()
    with pytest.raises(ValueError, match="its parts come to 40"):
        with_cell(made, "wrong", 41, {2: 1.0})


def test_a_part_of_a_system_holds_what_touches_it() -> None:
    made = grid([[1, 2, 3], [4, 5, 6]], Rule(3))
    part = made.restrict(np.array([0, 1, 4]))
    assert part.size == 3
    dense = sparse.csr_array(part.equations).toarray()
    assert (np.abs(dense).sum(axis=1) > 0).all()

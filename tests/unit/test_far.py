"""What one block of a large table cannot reach is found in several, to protect and to attack."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from jsna.disclosure.attacking.intruder import Intruder
from jsna.disclosure.attacking.near import spread_near
from jsna.disclosure.solving.cuts import targets
from jsna.disclosure.solving.far import at_least, nearest, reach_far
from jsna.disclosure.solving.separation import failures
from jsna.disclosure.solving.solver import solve
from jsna.disclosure.system import Block, Rule, System, system

ROWS, COLUMNS = 9, 3
SIZE = (ROWS + 1) * (COLUMNS + 1)


def table(leaves: np.ndarray, *, blocks: bool = True, alone: bool = False) -> System:
    """A table whose totals all stay visible, in blocks: the total row first, then each row.

    With the first count `alone`, all others of its row stay visible too.
    """
    counts = np.pad(leaves.astype(float), ((0, 1), (0, 1)))
    counts[-1, :] = counts.sum(axis=0)
    counts[:, -1] = counts.sum(axis=1)
    at = np.arange(SIZE).reshape(counts.shape)
    sums = [*((line[-1], line[:-1]) for line in at), *((line[-1], line[:-1]) for line in at.T)]
    matrix = np.zeros((len(sums), SIZE))
    for row, (total, parts) in enumerate(sums):
        matrix[row, total], matrix[row, parts] = -1.0, 1.0
    shown = np.ones(counts.shape, dtype=np.bool_)
    shown[:-1, :-1] = False
    shown[0, 1:] |= alone
    none = np.array([], dtype=np.int64)
    return system(
        [str(cell) for cell in range(SIZE)],
        counts.ravel(),
        sparse.csr_array(matrix),
        Rule(5),
        shown=shown.ravel(),
        blocks=(Block(at[-1], none), *(Block(at[row], at[-1]) for row in range(ROWS)))
        if blocks
        else (),
    )


def leaves() -> np.ndarray:
    """Counts of which the first alone is small."""
    found = np.full((ROWS, COLUMNS), 20)
    found[0, 0] = 3
    return found


def test_a_rectangle_through_two_rows_is_hidden_where_a_row_alone_protects_nothing() -> None:
    made = table(leaves())
    home = nearest(made, 0)[0]
    alone = made.restrict(np.union1d(home.cells, home.context))
    everything = np.ones(alone.size)
    everything[alone.status == 1] = 0.0
    assert len(failures(alone, everything, targets(alone), 9, 0)) == 2
    hidden = made.unseen.copy()
    assert reach_far(made, hidden, targets(made)) == []
    # One cell of its row, one of its column, and where these meet: twice at most.
    assert 3 <= (hidden & ~made.unseen).sum() <= 6
    assert failures(made, hidden.astype(float), targets(made), 9, 0) == []


def test_what_nothing_can_reach_is_told_and_hides_nothing() -> None:
    made = table(leaves(), alone=True)
    hidden = made.unseen.copy()
    assert reach_far(made, hidden, targets(made)) == targets(made)
    assert (hidden == made.unseen).all()


def test_the_attack_sees_in_two_rows_what_it_sees_in_none_alone() -> None:
    made = table(leaves())
    hidden = made.unseen.copy()
    reach_far(made, hidden, targets(made))
    low, high = (np.where(hidden, side, made.value) for side in (made.low, made.high))
    intruder = Intruder(made, low, high, made.value)
    ends = np.array([0]), np.array([0.0]), np.array([4.0])
    spread_near(made, intruder, *ends)
    assert (intruder.seen_low[0], intruder.seen_high[0]) == pytest.approx((0, 4))


def test_the_attack_sees_nothing_that_is_not_possible() -> None:
    made = table(leaves())
    # Hidden with one cell of its row: the two columns give both away.
    hidden = made.unseen.copy()
    hidden[1] = True
    low, high = (np.where(hidden, side, made.value) for side in (made.low, made.high))
    intruder = Intruder(made, low, high, made.value)
    spread_near(made, intruder, np.array([0]), np.array([0.0]), np.array([4.0]))
    assert (intruder.seen_low[0], intruder.seen_high[0]) == (3, 3)


@pytest.mark.parametrize("seed", range(6))
def test_the_quick_bound_is_below_the_least_loss_and_above_nothing(seed: int) -> None:
    drawn = np.random.default_rng(seed).poisson(12, (ROWS, COLUMNS))
    drawn[seed, seed % COLUMNS] = 2
    made = table(drawn, blocks=False)
    least = solve(made)
    assert least.missed == ()
    assert least.gap == 0
    assert 0 < at_least(made, targets(made)) <= least.cost + 1e-6

"""Controlled rounding: multiples of the base whose totals add up."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsna.disclosure.solving import rounding
from jsna.disclosure.solving.additive import round_system
from jsna.disclosure.solving.rounding import round_additively
from jsna.disclosure.system import Rule, system
from jsna.disclosure.tabular.protection import round_named
from jsna.disclosure.tabular.reading import Named
from jsna.disclosure.tabular.tables import dimension, layout, members
from jsna.errors import JsnaError
from tests.unit.disclosure_support import grid

steady = settings(derandomize=True, max_examples=20)


def made(shape: tuple[int, ...]) -> object:
    """Which leaves the cells of a table of a shape add up."""
    dims = [dimension(f"d{k}", [f"c{i:02}" for i in range(size)]) for k, size in enumerate(shape)]
    at = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1)
    return members(layout(dims, [[d.name for d in dims]]), at.reshape(-1, len(shape)))


@steady
@given(
    st.lists(st.integers(0, 40), min_size=24, max_size=24),
    st.sampled_from([3, 5, 10]),
    st.sampled_from([(4, 6), (2, 3, 4)]),
    st.booleans(),
)
def test_multiples_that_add_up(
    counts: list[int], base: int, shape: tuple[int, ...], descent: bool
) -> None:
    matrix = made(shape)
    with pytest.MonkeyPatch.context() as patch:
        if descent:
            patch.setattr(rounding, "SMALL", 0)
        rounded = round_additively(matrix, np.array(counts, dtype=float), base)
    cells = matrix @ rounded
    assert (cells % base == 0).all()
    assert (np.abs(rounded - counts) < base).all()
    multiples = np.array(counts) % base == 0
    assert (rounded[multiples] == np.array(counts)[multiples]).all()


@steady
@given(st.lists(st.integers(0, 30), min_size=20, max_size=20))
def test_two_dimensions_need_move_no_total_by_the_base(counts: list[int]) -> None:
    matrix = made((4, 5))
    off = matrix @ round_additively(matrix, np.array(counts, dtype=float), 5) - matrix @ counts
    assert np.abs(off).max() < 5


@steady
@given(
    st.lists(st.integers(0, 40), min_size=24, max_size=24),
    st.sampled_from([3, 5, 10]),
    st.sampled_from([(4, 6), (2, 3, 4)]),
)
def test_descent_is_never_further_off_than_each_count_rounded_to_the_nearest(
    counts: list[int], base: int, shape: tuple[int, ...]
) -> None:
    matrix, exact = made(shape), np.array(counts, dtype=float)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rounding, "SMALL", 0)
        rounded = round_additively(matrix, exact, base)
    nearest = base * np.floor(exact / base + 0.5)
    off, start = (matrix @ (one - exact) for one in (rounded, nearest))
    # Exactly half a base may go either way to begin with.
    if not (np.array(counts) % base * 2 == base).any():
        assert (off**2).sum() <= (start**2).sum() + 1e-9


def test_a_large_table_stays_near() -> None:
    generator = np.random.default_rng(3)
    shape = (40, 12, 2)
    counts = generator.poisson(9, shape).ravel().astype(float)
    matrix = made(shape)
    off = matrix @ round_additively(matrix, counts, 5) - matrix @ counts
    assert np.abs(off).max() <= 10
    assert np.abs(off).mean() < 2


def test_a_frame_is_rounded() -> None:
    table = pd.DataFrame(
        {"d": ["x", "x", "y", "y"], "n": ["p", "q", "p", "q"], "freq": [3, 4, 12, 0]}
    )
    made = round_named(Named(table), [["d", "n"]], "freq", 5)
    assert list(made.published.columns) == ["d", "n", "freq"]
    done = made.record
    value = {(row.d, row.n): row.freq for row in done.itertuples()}
    assert value["x", "Total"] == value["x", "p"] + value["x", "q"]
    assert value["Total", "Total"] == value["x", "Total"] + value["y", "Total"]
    assert value["y", "q"] == 0
    assert done["truth"].max() == 19
    assert done["primary"].tolist() == done["truth"].between(1, 4).tolist()
    assert not done["suppressed"].any()
    assert set(done["rule"][done["freq"] != done["truth"]]) == {"rounded to a multiple of 5"}


def test_the_base_is_at_least_one() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        round_additively(made((2, 2)), np.ones(4), 0)


@steady
@given(
    st.lists(st.integers(0, 23), min_size=12, max_size=12),
    st.sampled_from([(3, 4), (2, 3, 2)]),
    st.sampled_from([3, 5]),
)
def test_systems_are_rounded_like_tables(
    values: list[int], shape: tuple[int, ...], base: int
) -> None:
    table = grid(np.reshape(values, shape), Rule(0))
    rounded = round_system(table, base)
    assert np.abs(table.equations @ rounded).max() < 1e-6
    assert (rounded % base == 0).all()
    assert (rounded[table.value == 0] == 0).all()
    far = np.abs(rounded - table.value).max() / base
    assert far < (1 if len(shape) == 2 else 2)


def test_what_is_not_rounded_stays_and_what_is_not_printed_gives_way() -> None:
    # a + b = c, c + d = e: e is official; d is not printed, and c has no base.
    rows = [[1, 1, -1, 0, 0], [0, 0, 1, 1, -1]]
    made = system(list("abcde"), [3, 9, 12, 5, 17], rows, Rule(0), public=[False] * 4 + [True])
    kept = round_system(made, [5, 1, 1, 1, 1], hidden=[False, True, False, False, False])
    assert kept.tolist() == [5, 7, 12, 5, 17]
    loose = round_system(made, [5, 5, 5, 1, 5], hidden=[False, False, False, True, False])
    assert loose[:3].sum() == 2 * loose[2]
    assert (loose[:3] % 5 == 0).all()
    assert loose[4] == 17
    assert loose[3] == 17 - loose[2]


def test_bases_of_parts_and_totals_may_differ() -> None:
    made = system(list("abc"), [12, 17, 29], [[1, 1, -1]], Rule(0))
    rounded = round_system(made, [5, 5, 10])
    assert rounded[0] + rounded[1] == rounded[2] == 30
    assert (rounded % 5 == 0).all()


def test_multiples_that_cannot_add_up_are_refused() -> None:
    made = system(list("abc"), [3, 9, 12], [[1, 1, -1]], Rule(0), public=[False, False, True])
    with pytest.raises(JsnaError, match="no multiples of the base fit: "):
        round_system(made, 5)

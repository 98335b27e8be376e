"""What must hold of every method whatever the figures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from jsna.measures.methods import (
    compare,
    difference_of_proportions,
    dsr_dobson,
    mean_t,
    proportion_wilson,
    quantiles,
    rate_byar,
    ratio_of_rates,
    slope_index,
    trend_proportion,
)
from jsna.measures.methods.arrays import Interval

pytestmark = pytest.mark.filterwarnings("error")

LEVELS = (0.5, 0.8, 0.95, 0.998)
SLACK = 1e-9

#: The same examples on every run, and no clock to fail by on a busy machine.
steady = settings(derandomize=True)

fractions = st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
events = st.tuples(st.integers(0, 50_000), st.integers(1, 1_000_000))
measured = st.floats(-1e6, 1e6, allow_nan=False).map(lambda y: round(y, 3))


def well_formed(found: Interval) -> None:
    """Limits contain the value and widen with the level."""
    room = SLACK * np.maximum(1, np.abs(found.upper))
    assert (found.lower <= found.value + room).all()
    assert (found.upper >= found.value - room).all()
    assert (np.diff(found.lower, axis=0) <= room[1:]).all()
    assert (np.diff(found.upper, axis=0) >= -room[1:]).all()


@steady
@given(st.lists(fractions, min_size=1, max_size=20))
def test_wilson_is_well_formed_and_symmetrical(pairs: list[tuple[int, int]]) -> None:
    x, n = np.array(pairs).T
    found = proportion_wilson(x, n, confidence=LEVELS)
    well_formed(found)
    assert (found.lower >= 0).all() and (found.upper <= 1).all()
    rest = proportion_wilson(n - x, n, confidence=LEVELS)
    np.testing.assert_allclose(rest.lower, 1 - found.upper, atol=1e-12)
    np.testing.assert_allclose(rest.upper, 1 - found.lower, atol=1e-12)


@steady
@given(fractions, st.sampled_from(LEVELS))
def test_wilson_limits_solve_the_score_equation(pair: tuple[int, int], level: float) -> None:
    x, n = pair
    found = proportion_wilson([x], [n], confidence=level)
    z = stats.norm.ppf(0.5 + level / 2)
    for limit in (found.lower[0], found.upper[0]):
        reach = z * np.sqrt(limit * (1 - limit) / n)
        assert abs(abs(x / n - limit) - reach) < 1e-9 or limit in (0, 1)


@steady
@given(st.lists(events, min_size=1, max_size=20))
def test_rates_are_well_formed(pairs: list[tuple[int, int]]) -> None:
    x, n = np.array(pairs).T
    found = rate_byar(x, n, multiplier=1000, confidence=LEVELS)
    well_formed(found)
    assert (found.lower >= 0).all()
    assert ((found.lower == 0) == (x == 0)).all()


@steady
@given(st.integers(0, 9), st.sampled_from(LEVELS))
def test_exact_limits_cut_equal_tails(x: int, level: float) -> None:
    found = rate_byar([x], [1], confidence=level)
    tail = (1 - level) / 2
    assert stats.poisson.cdf(x, found.upper[0]) == pytest.approx(tail)
    if x:
        assert stats.poisson.sf(x - 1, found.lower[0]) == pytest.approx(tail)


@steady
@given(st.lists(measured, min_size=2, max_size=30), st.sampled_from((0.5, 3.0)))
def test_means_are_well_formed_and_move_with_the_values(values: list[float], by: float) -> None:
    found = mean_t(values, confidence=LEVELS)
    well_formed(found)
    scaled = mean_t(values, multiplier=by, confidence=LEVELS)
    np.testing.assert_allclose(scaled.upper, found.upper * by, rtol=1e-9, atol=1e-6)


@steady
@given(
    st.lists(
        st.tuples(st.integers(0, 500), st.integers(500, 9_000), st.integers(1, 90)),
        min_size=2,
        max_size=19,
    )
)
def test_standardised_rates_are_well_formed(rows: list[tuple[int, int, int]]) -> None:
    x, n, w = np.array(rows).T
    found = dsr_dobson(x, n, w, confidence=LEVELS)
    if x.sum() < 10:
        assert np.isnan(found.value).all() and np.isnan(found.lower).all()
        return
    well_formed(found)
    assert (x / n).min() - SLACK <= found.value[0] <= (x / n).max() + SLACK
    doubled = dsr_dobson(x, n, w * 2, confidence=LEVELS)
    np.testing.assert_allclose(doubled.upper, found.upper, rtol=1e-12)


@steady
@given(fractions, fractions)
def test_difference_turns_round(one: tuple[int, int], other: tuple[int, int]) -> None:
    there = difference_of_proportions(
        *zip(one, strict=True), *zip(other, strict=True), confidence=LEVELS
    )
    back = difference_of_proportions(
        *zip(other, strict=True), *zip(one, strict=True), confidence=LEVELS
    )
    well_formed(there)
    np.testing.assert_allclose(there.lower, -back.upper, atol=1e-12)
    assert (there.lower >= -1 - SLACK).all() and (there.upper <= 1 + SLACK).all()


@steady
@given(st.tuples(st.integers(1, 500), st.integers(1, 9_000)), st.integers(1, 500))
def test_ratio_limits_are_even_on_the_log_scale(one: tuple[int, int], ref: int) -> None:
    found = ratio_of_rates([one[0]], [one[1]], [ref], [1000], confidence=LEVELS)
    well_formed(found)
    assert found.lower * found.upper == pytest.approx(
        np.broadcast_to(found.value**2, found.lower.shape)
    )


@steady
@given(st.lists(measured, min_size=10, max_size=60), st.sampled_from((2, 4, 5, 10)))
def test_quantiles_keep_the_order_of_values(values: list[float], count: int) -> None:
    found = quantiles(values, count)
    order = np.argsort(values, kind="stable")
    assert (np.diff(found[order]) >= 0).all()
    assert set(found) <= set(range(1, count + 1))
    if len(set(values)) == len(values):
        sizes = np.bincount(found.astype(int))[1:]
        assert len(sizes) == count and sizes.max() - sizes.min() <= 1
        inverted = quantiles(values, count, invert=True)
        mirrored = quantiles(-np.array(values), count)
        np.testing.assert_array_equal(inverted, mirrored)


@steady
@given(
    st.lists(
        st.tuples(st.floats(0.05, 0.6), st.floats(0.001, 0.02), st.integers(1, 5_000)),
        min_size=5,
        max_size=10,
    ),
    st.sampled_from(("none", "log", "logit")),
)
def test_inequality_is_well_formed(rows: list[tuple[float, float, int]], transform: str) -> None:
    y, se, people = np.array(rows).T
    found = slope_index(y, se, people, transform=transform, multiplier=0.5, confidence=LEVELS)
    well_formed(found.sii)
    if not np.isnan(found.rii.upper).any():
        well_formed(found.rii)
        if abs(found.sii.value[0]) > SLACK:
            assert (found.sii.value[0] > 0) == (found.rii.value[0] > 1)


@steady
@given(st.lists(fractions, min_size=5, max_size=9))
def test_trend_reverses_with_time(pairs: list[tuple[int, int]]) -> None:
    x, n = np.array(pairs).T
    period = np.arange(2000, 2000 + len(x))
    there = trend_proportion(x, n, period)
    back = trend_proportion(x[::-1], n[::-1], period)
    assert there.statistic == pytest.approx(back.statistic, rel=1e-6, abs=1e-9)
    opposite = {"increasing": "decreasing", "decreasing": "increasing"}
    assert opposite.get(there.direction[0], there.direction[0]) == back.direction[0]


@steady
@given(measured, st.floats(0, 100), measured)
def test_no_claim_unless_the_interval_excludes(low: float, width: float, other: float) -> None:
    told = {p: compare([low], [low + width], other, p)[0] for p in ("high", "low", "neutral")}
    claimed = not low <= other <= low + width
    assert all((word != "similar") == claimed for word in told.values())
    if claimed:
        assert {told["high"], told["low"]} == {"better", "worse"}

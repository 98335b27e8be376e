"""Quantiles, inequality and funnels: worked by hand, by another route, and at the edges."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from jsna.measures.methods import (
    STORED,
    TooFewAreasWarning,
    average,
    funnel_limits_proportion,
    funnel_limits_rate,
    funnel_limits_ratio,
    funnel_significance,
    proportion_wilson,
    quantiles,
    rate_byar,
    slope_index,
    standard_error,
)
from jsna.measures.methods.arrays import MISSING
from jsna.measures.methods.funnel import (
    HIGH_INNER,
    HIGH_OUTER,
    LOW_INNER,
    LOW_OUTER,
    NOT_ASSESSED,
    WITHIN,
)
from jsna.measures.methods.inequality import NO_RATIO, NO_TRANSFORM, TOO_FEW_QUANTILES

pytestmark = pytest.mark.filterwarnings("error")


class TestQuantiles:
    def test_even_split(self) -> None:
        assert list(quantiles([5, 1, 4, 2, 3, 6], 3)) == [3, 1, 2, 1, 2, 3]
        assert list(quantiles([5, 1, 4, 2, 3, 6], 3, invert=True)) == [1, 3, 2, 3, 2, 1]

    def test_uneven_split_by_hand(self) -> None:
        # 7 areas, 5 quantiles, rank r: 6 - ⌈(8 - r)·5/7⌉
        # r = 1..7: ⌈5⌉ ⌈4.29⌉ ⌈3.57⌉ ⌈2.86⌉ ⌈2.14⌉ ⌈1.43⌉ ⌈0.71⌉ = 5 5 4 3 3 2 1
        assert list(quantiles([10, 20, 30, 40, 50, 60, 70], 5)) == [1, 1, 2, 3, 3, 4, 5]

    def test_ties_share_the_lowest_rank(self) -> None:
        # ranks 1 1 1 4 of 4 in two: 3 - ⌈(5 - r)/2⌉ = 1 1 1 2
        assert list(quantiles([2, 2, 2, 9], 2)) == [1, 1, 1, 2]
        # inverted, 9 is rank 1 and the 2s rank 2: 3 - ⌈4/2⌉ = 1, 3 - ⌈3/2⌉ = 1
        assert list(quantiles([2, 2, 2, 9], 2, invert=True)) == [1, 1, 1, 1]

    def test_missing_has_none_and_does_not_count(self) -> None:
        found = quantiles([1, math.nan, 2, None], 2)
        np.testing.assert_array_equal(found, [1, math.nan, 2, math.nan])

    def test_groups_are_ranked_apart(self) -> None:
        found = quantiles([1, 2, 100, 200], 2, group=["n", "n", "s", "s"])
        assert list(found) == [1, 2, 1, 2]

    def test_too_few_areas(self) -> None:
        with pytest.warns(TooFewAreasWarning, match=r"5 quantiles in group\(s\) 1 "):
            found = quantiles(range(8), 5, group=["a"] * 5 + ["b"] * 3)
        np.testing.assert_array_equal(found, [1, 2, 3, 4, 5] + [math.nan] * 3)

    def test_boundaries_are_exact_in_whole_numbers(self) -> None:
        # 28 areas in 20: binary rounding of 28/20 would misplace rank 8
        found = quantiles(np.arange(28), 20)
        exact = [21 - math.ceil(Fraction((28 + 1 - r) * 20, 28)) for r in range(1, 29)]
        assert list(found) == exact

    @pytest.mark.parametrize("count", [0, 1, 2.5])
    def test_count_is_checked(self, count: int) -> None:
        with pytest.raises(ValueError, match="count"):
            quantiles([1, 2, 3], count)


def fit(people: np.ndarray) -> np.ndarray:
    """What makes a start and a slope of values, by matrix algebra: shape (2, quantiles)."""
    share = people / people.sum()
    middle = np.cumsum(share) - share / 2
    design = np.sqrt(share)[:, None] * np.column_stack([np.ones_like(share), middle])
    found: np.ndarray = np.linalg.pinv(design) * np.sqrt(share)
    return found


class TestSlopeIndex:
    def test_by_hand(self) -> None:
        # equal fifths, mid-points .1 .3 .5 .7 .9: line 11 - 10b, so SII = -10, RII = 1/11
        # slope weights (b - .5)/5/.08 = -1 -.5 0 .5 1; their squares sum to 2.5
        found = slope_index([10, 8, 6, 4, 2], [0.2] * 5, [50] * 5, multiplier=100)
        assert found.sii.value == pytest.approx([-1000])
        assert found.rii.value == pytest.approx([1 / 11])
        assert found.intercept == pytest.approx([1100])
        reach = 100 * 1.959963984540054 * 0.2 * math.sqrt(2.5)
        assert found.sii.lower == pytest.approx([-1000 - reach])
        assert found.sii.upper == pytest.approx([-1000 + reach])

    def test_matrix_algebra_agrees_on_unequal_shares(self) -> None:
        y, se = np.array([9.0, 7.5, 8.0, 4.0, 3.5, 1.0]), np.array([0.3, 0.1, 0.5, 0.2, 0.2, 0.4])
        people = np.array([10.0, 70.0, 20.0, 35.0, 5.0, 60.0])
        to = fit(people)
        start, slope = to @ y
        found = slope_index(y, se, people)
        assert found.sii.value == pytest.approx([slope], rel=1e-12)
        assert found.rii.value == pytest.approx([(start + slope) / start], rel=1e-12)
        width = 2 * 1.959963984540054 * math.sqrt((to @ np.diag(se**2) @ to.T)[1, 1])
        assert found.sii.upper - found.sii.lower == pytest.approx([width], rel=1e-12)

    def test_relative_limits_hold_what_simulation_finds(self) -> None:
        y, se = np.array([6.0, 5.0, 5.5, 3.0, 2.0]), np.array([0.5, 0.4, 0.3, 0.4, 0.5])
        people = np.array([10.0, 30.0, 20.0, 25.0, 15.0])
        draws = np.random.default_rng(7).normal(y, se, size=(200_000, 5))
        start, slope = fit(people) @ draws.T
        simulated = np.quantile((start + slope) / start, [0.025, 0.975])
        found = slope_index(y, se, people).rii
        assert [found.lower[0], found.upper[0]] == pytest.approx(simulated, abs=0.004)

    def test_logit_recovers_a_logistic_line(self) -> None:
        middle = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
        p = 1 / (1 + np.exp(-(-1 - 2 * middle)))
        found = slope_index(p, [0.1] * 5, [7] * 5, transform="logit")
        at_0, at_1 = 1 / (1 + math.e), 1 / (1 + math.e**3)
        assert found.intercept == pytest.approx([at_0])
        assert found.sii.value == pytest.approx([at_1 - at_0])
        assert found.rii.value == pytest.approx([at_1 / at_0])
        # slope ± z·0.1·√2.5 about the height -2 at one half
        low = -2 - 1.959963984540054 * 0.1 * math.sqrt(2.5)
        low_0, low_1 = (1 / (1 + math.exp(2 - side * low / 2)) for side in (-1, 1))
        assert found.sii.lower == pytest.approx([low_1 - low_0])
        assert found.rii.lower == pytest.approx([low_1 / low_0])

    def test_log_gives_the_exponential_of_the_slope(self) -> None:
        middle = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
        found = slope_index(np.exp(3 - middle), [0.1] * 5, [7] * 5, transform="log")
        reach = 1.959963984540054 * 0.1 * math.sqrt(2.5)
        assert found.rii.value == pytest.approx([math.exp(-1)])
        assert found.rii.lower == pytest.approx([math.exp(-1 - reach)])
        assert found.rii.upper == pytest.approx([math.exp(-1 + reach)])
        assert found.sii.value == pytest.approx([math.exp(2) - math.exp(3)])

    @pytest.mark.parametrize("transform", ["none", "log", "logit"])
    @pytest.mark.parametrize("multiplier", [0.1, 0.5, 1, 1000])
    def test_limits_keep_their_order_at_any_multiplier(
        self, transform: str, multiplier: float
    ) -> None:
        y = np.array([0.30, 0.25, 0.22, 0.15, 0.12])
        found = slope_index(
            y, [0.01] * 5, [5, 4, 3, 2, 1], transform=transform, multiplier=multiplier
        )
        once = slope_index(y, [0.01] * 5, [5, 4, 3, 2, 1], transform=transform)
        assert found.sii.lower[0] < found.sii.value[0] < found.sii.upper[0]
        assert found.sii.upper == pytest.approx(once.sii.upper * multiplier)
        assert found.rii.upper == pytest.approx(once.rii.upper)

    def test_areas_do_not_mix_and_levels_stack(self) -> None:
        y = np.array([[5.0, 4, 3, 2, 1], [1.0, 2, 3, 4, 5]])
        se, people = np.full_like(y, 0.1), np.ones_like(y)
        both = slope_index(y, se, people, confidence=STORED)
        assert both.sii.value == pytest.approx([-5, 5])
        assert both.sii.lower.shape == both.rii.upper.shape == (2, 2)
        alone = slope_index(y[1], se[1], people[1], confidence=0.998)
        assert both.rii.upper[1, 1] == pytest.approx(alone.rii.upper[0])

    def test_empty_quantile_is_left_out(self) -> None:
        full = slope_index([5, 4, 3, 2, 1], [0.1] * 5, [3, 4, 5, 6, 7])
        padded = slope_index([5, 4, math.nan, 3, 2, 1], [0.1] * 6, [3, 4, 0, 5, 6, 7])
        assert padded.sii.lower == pytest.approx(full.sii.lower)
        assert padded.rii.upper == pytest.approx(full.rii.upper)

    def test_reasons(self) -> None:
        y = np.array(
            [
                [0.5, 0.4, math.nan, 0.2, 0.1],
                [0.5, 0.4, 0.3, 0.2, 0.1],
                [0.5, 0.4, 0.0, 0.2, 0.1],
                [0.5, 0.4, 0.3, 0.2, 0.1],
            ]
        )
        people = np.array([[1.0] * 5, [1, 1, 0, 1, 1], [1.0] * 5, [1.0] * 5])
        found = slope_index(y, np.full(y.shape, 0.1), people, transform="logit")
        expected = [MISSING, TOO_FEW_QUANTILES, NO_TRANSFORM, ""]
        assert list(found.sii.reason) == list(found.rii.reason) == expected
        assert list(np.isnan(found.sii.value)) == [True, True, True, False]

    def test_line_that_starts_near_zero_has_no_ratio(self) -> None:
        found = slope_index([0.1, 2, 4, 6, 8], [1] * 5, [1] * 5)
        assert np.isfinite(found.sii.upper[0])
        assert np.isnan(found.rii.upper[0]) and list(found.rii.reason) == [NO_RATIO]
        assert list(found.sii.reason) == [""]

    def test_standard_error_from_limits(self) -> None:
        # 95 % limits 3.919928 apart are two z apart at a standard error of 1
        assert standard_error([2], [2 + 2 * 1.959963984540054]) == pytest.approx([1])
        logged = standard_error(
            [1], [math.exp(2 * 3.090232306167813)], transform="log", confidence=0.998
        )
        assert logged == pytest.approx([1])
        assert np.isnan(standard_error([0], [0.2], transform="logit"))[0]


class TestFunnel:
    def test_proportion_by_hand(self) -> None:
        # 20 % of 100: ±1.959964·√(.2·.8/100) = ±7.839856; ±3.090232·.04 = ±12.360929
        found = funnel_limits_proportion([100], 20, multiplier=100)
        assert [limit[0] for limit in found] == pytest.approx(
            [12.160144, 27.839856, 7.639071, 32.360929], abs=1e-6
        )

    def test_proportion_stays_within_its_range(self) -> None:
        low, high = funnel_limits_proportion([1], 5, multiplier=1000)[2:]
        assert low[0] == 0 and high[0] < 1000
        assert funnel_limits_proportion([1], 995, multiplier=1000).upper_001[0] == 1000

    def test_outside_exactly_where_wilson_excludes_the_average(self) -> None:
        x, n = np.arange(101), np.full(101, 100)
        told = funnel_significance(x / n, funnel_limits_proportion(n, 0.3))
        inner = proportion_wilson(x, n)
        excluded = (inner.lower > 0.3) | (inner.upper < 0.3)
        np.testing.assert_array_equal(told != WITHIN, excluded)
        assert {LOW_OUTER, LOW_INNER, WITHIN, HIGH_INNER, HIGH_OUTER} == set(told)

    @pytest.mark.parametrize("expected", [0.001, 0.3, 2.0, 5.0, 25.0])
    def test_ratio_is_outside_exactly_where_the_tail_is_small(self, expected: float) -> None:
        observed = np.arange(80)
        told = funnel_significance(observed / expected, funnel_limits_ratio(np.full(80, expected)))
        at_most = stats.poisson.cdf(observed, expected)
        at_least = stats.poisson.sf(observed - 1, expected)
        by_tail = np.select(
            [at_most < 0.001, at_least < 0.001, at_most < 0.025, at_least < 0.025],
            [LOW_OUTER, HIGH_OUTER, LOW_INNER, HIGH_INNER],
            WITHIN,
        )
        np.testing.assert_array_equal(told, by_tail)

    def test_rate_limits_are_counts_whose_exact_limit_is_the_average(self) -> None:
        # 3 events expected of 1,500 at 2 per 1,000. A count at the limit has its own exact limit
        # there: P(count, 3) = .025 above. Below, even no events reach up to 3.689.
        found = funnel_limits_rate([1500], 2, multiplier=1000)
        count = found.upper_025[0] * 1.5
        assert rate_byar([count], [1]).lower[0] == pytest.approx(3, rel=1e-10)
        assert found.lower_025[0] == 0
        # 5 expected: the count below whose exact upper limit is 5
        count = funnel_limits_rate([2500], 2, multiplier=1000).lower_025[0] * 2.5
        assert rate_byar([count], [1]).upper[0] == pytest.approx(5, rel=1e-10)

    def test_no_events_anywhere(self) -> None:
        assert all(limit[0] == 0 for limit in funnel_limits_rate([100], 0))

    def test_average_leaves_incomplete_areas_out(self) -> None:
        assert average([1, None, 2], [10, 90, 20], multiplier=100) == pytest.approx(10)

    def test_missing_is_not_assessed(self) -> None:
        limits = funnel_limits_ratio([math.nan, 4.0])
        assert np.isnan(limits).sum() == 4
        assert list(funnel_significance([1, math.nan], limits)) == [NOT_ASSESSED] * 2

    def test_on_the_limit_is_not_outside(self) -> None:
        limits = funnel_limits_proportion([50], 0.5)
        assert funnel_significance(limits.upper_025, limits)[0] == WITHIN
        assert funnel_significance(limits.upper_001, limits)[0] == HIGH_INNER


@pytest.mark.parametrize(("call", "told"), [
    (lambda: slope_index([1] * 5, [1] * 5, [1, -1, 1, 1, 1]),
     r"population: must be 0 or more .*position 1"),
    (lambda: slope_index([1] * 5, [-1] * 5, [1] * 5), "standard_error"),
    (lambda: slope_index([1] * 5, [1] * 5, [1] * 5, transform="sqrt"), "transform"),
    (lambda: standard_error([2], [1]), "lower: must not exceed"),
    (lambda: funnel_limits_proportion([5], 101, multiplier=100), "centre"),
    (lambda: funnel_limits_rate([5], math.nan), "centre"),
    (lambda: funnel_limits_rate([0], 1), "population: must be more than 0"),
    (lambda: funnel_limits_ratio([0]), "expected: must be more than 0"),
    (lambda: average([None], [4]), "no area"),
])  # fmt: skip
def test_the_impossible_is_refused(call: Callable[[], object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        call()

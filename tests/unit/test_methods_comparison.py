"""Comparisons, ratios, differences and trends: worked by hand, published, and at the edges."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from jsna.measures.methods import (
    STORED,
    compare,
    difference_of_proportions,
    ratio_of_proportions,
    ratio_of_rates,
    stored_limits,
    trend_proportion,
    trend_rate,
    trend_values,
)
from jsna.measures.methods.arrays import MISSING
from jsna.measures.methods.comparison import NO_EVENTS, NO_REFERENCE_EVENTS, NO_SPREAD
from jsna.measures.methods.trend import DECREASING, INCREASING, NO_CHANGE, NOT_ASSESSED

pytestmark = pytest.mark.filterwarnings("error")


class TestCompare:
    @pytest.mark.parametrize(
        ("polarity", "expected"),
        [
            ("high", ["worse", "similar", "better"]),
            ("low", ["better", "similar", "worse"]),
            ("neutral", ["lower", "similar", "higher"]),
        ],
    )
    def test_polarity(self, polarity: str, expected: list[str]) -> None:
        assert list(compare([1, 4, 6], [3, 6, 9], 5, polarity)) == expected

    def test_touching_is_not_excluding(self) -> None:
        assert list(compare([5, 1], [9, 5], 5, "neutral")) == ["similar", "similar"]

    def test_one_comparator_each(self) -> None:
        assert list(compare([1, 1], [3, 3], [0, 4], "neutral")) == ["higher", "lower"]

    def test_nothing_is_claimed_without_limits(self) -> None:
        found = compare([math.nan, 1, 1], [9, None, 2], [5, 5, math.nan], "high")
        assert list(found) == ["not compared"] * 3


class TestRatio:
    def test_published_proportions(self) -> None:
        # Physicians' Health Study, heart attacks, placebo over aspirin: 1.82 (1.43 to 2.30)
        # (Agresti, Categorical Data Analysis, 2nd edn, section 3.1)
        found = ratio_of_proportions([189], [11034], [104], [11037])
        assert [found.value[0], found.lower[0], found.upper[0]] == pytest.approx(
            [1.82, 1.43, 2.30], abs=0.006
        )

    def test_proportions_by_hand(self) -> None:
        # 20/100 over 10/100: ratio 2; variance 1/20 - 1/100 + 1/10 - 1/100 = 0.13
        found = ratio_of_proportions([20], [100], [10], [100])
        factor = math.exp(1.959963984540054 * math.sqrt(0.13))
        assert found.value[0] == pytest.approx(2)
        assert found.lower[0] == pytest.approx(2 / factor)
        assert found.upper[0] == pytest.approx(2 * factor)

    def test_rates_by_hand(self) -> None:
        # Breast cancer after fluoroscopy: 41 in 28,010 years over 15 in 19,017, ratio 1.86
        # (Rothman & Greenland); variance 1/41 + 1/15
        found = ratio_of_rates([41], [28_010], [15], [19_017])
        factor = math.exp(1.959963984540054 * math.sqrt(1 / 41 + 1 / 15))
        assert found.value[0] == pytest.approx(1.86, abs=0.005)
        assert found.lower[0] == pytest.approx(found.value[0] / factor)
        assert found.upper[0] == pytest.approx(found.value[0] * factor)
        assert ratio_of_rates([8], [4], [4], [4]).value[0] == 2  # more events than people

    def test_the_reference_is_the_second_group(self) -> None:
        one = ratio_of_proportions([20], [100], [10], [100])
        other = ratio_of_proportions([10], [100], [20], [100])
        assert other.value == pytest.approx(1 / one.value)
        assert other.lower == pytest.approx(1 / one.upper)

    def test_edges(self) -> None:
        found = ratio_of_proportions([0, 5, 5, None], [9, 9, 5, 9], [3, 0, 5, 3], [9, 9, 5, 9])
        assert list(found.reason) == [NO_EVENTS, NO_REFERENCE_EVENTS, NO_SPREAD, MISSING]
        np.testing.assert_array_equal(found.value, [0, math.nan, 1, math.nan])
        assert np.isnan(found.lower).all() and np.isnan(found.upper).all()
        assert list(ratio_of_rates([0], [9], [0], [9]).reason) == [NO_REFERENCE_EVENTS]

    def test_stored(self) -> None:
        found = stored_limits(ratio_of_rates([4], [9], [3], [9], confidence=STORED))
        assert found.lower_998[0] < found.lower_95[0] < found.value[0] < found.upper_95[0]


class TestDifference:
    @pytest.mark.parametrize(
        ("x", "n", "x_ref", "n_ref", "lower", "upper"),
        # Newcombe 1998, Stat Med 17:873-90, table II, method 10
        [
            (56, 70, 48, 80, 0.0524, 0.3339),
            (9, 10, 3, 10, 0.1705, 0.8090),
            (6, 7, 2, 7, 0.0582, 0.8062),
            (5, 56, 0, 29, -0.0381, 0.1926),
            (0, 10, 0, 20, -0.1611, 0.2775),
            (0, 10, 0, 10, -0.2775, 0.2775),
            (10, 10, 0, 20, 0.6791, 1.0000),
            (10, 10, 0, 10, 0.6075, 1.0000),
        ],
    )
    def test_published(
        self, x: int, n: int, x_ref: int, n_ref: int, lower: float, upper: float
    ) -> None:
        found = difference_of_proportions([x], [n], [x_ref], [n_ref], multiplier=100)
        assert found.value[0] == pytest.approx(100 * (x / n - x_ref / n_ref))
        assert found.lower[0] == pytest.approx(100 * lower, abs=5.1e-3)
        assert found.upper[0] == pytest.approx(100 * upper, abs=5.1e-3)

    def test_missing(self) -> None:
        found = difference_of_proportions([1, 1], [2, 2], [None, 1], [2, 2])
        assert list(found.reason) == [MISSING, ""]
        assert np.isnan(found.upper[0]) and np.isfinite(found.upper[1])


YEARS = [2019, 2020, 2021, 2022, 2023]


class TestTrend:
    def test_published_proportions(self) -> None:
        # Malformations by mother's drinking, scores 1 to 5: 1.83, p = 0.18
        # (Agresti, Categorical Data Analysis, 2nd edn, section 3.4)
        found = trend_proportion([48, 38, 5, 1, 1], [17114, 14502, 793, 127, 38], range(1, 6))
        assert found.statistic[0] == pytest.approx(1.83, abs=0.005)
        assert found.p_value[0] == pytest.approx(0.18, abs=0.005)
        assert list(found.direction) == [NO_CHANGE]

    def test_proportions_by_hand(self) -> None:
        # 10 20 30 40 50 of 100 each: p = .3; slope Σx·(t - mean) = -20 - 20 + 0 + 40 + 100 = 100
        # variance .3·.7·100·(4+1+0+1+4) = 210; chi-squared 10000/210
        found = trend_proportion([10, 20, 30, 40, 50], [100] * 5, YEARS)
        assert found.statistic[0] == pytest.approx(10000 / 210)
        assert list(found.direction) == [INCREASING]
        assert list(found.periods) == [5]

    def test_rates_by_hand(self) -> None:
        # the same counts as events: variance .3·100·10 = 300
        found = trend_rate([50, 40, 30, 20, 10], [100] * 5, YEARS)
        assert found.statistic[0] == pytest.approx(10000 / 300)
        assert list(found.direction) == [DECREASING]

    def test_threshold_is_998(self) -> None:
        # Chi-squared must pass 9.5495 on one degree of freedom.
        # Slope -40 - 25 + 35 + 80 = 50, variance 300: 2500/300 = 8.33, p = 0.004.
        counts = [20, 25, 30, 35, 40]
        assert list(trend_rate(counts, [100] * 5, YEARS).direction) == [NO_CHANGE]
        assert list(trend_rate(counts, [100] * 5, YEARS, confidence=0.95).direction) == [INCREASING]
        # Proportions 22 26 30 34 38 %: slope 40, variance .3·.7·1000: 1600/210 = 7.62, p = 0.006.
        counts = [22, 26, 30, 34, 38]
        assert list(trend_proportion(counts, [100] * 5, YEARS).direction) == [NO_CHANGE]
        level = {"confidence": 0.99}
        assert list(trend_proportion(counts, [100] * 5, YEARS, **level).direction) == [INCREASING]

    def test_mann_kendall_by_hand(self) -> None:
        # of 5! = 120 orders only one rises and one falls throughout: p = 2/120
        found = trend_values([[1, 2, 4, 7, 9], [9, 7, 4, 2, 1], [1, 2, 4, 9, 7]], YEARS)
        assert found.p_value == pytest.approx([2 / 120, 2 / 120, 10 / 120])
        assert list(found.direction) == [INCREASING, DECREASING, NO_CHANGE]

    def test_nothing_changes(self) -> None:
        for found in (
            trend_values([3] * 5, YEARS),
            trend_proportion([0] * 5, [9] * 5, YEARS),
            trend_proportion([9] * 5, [9] * 5, YEARS),
            trend_rate([0] * 5, [9] * 5, YEARS),
        ):
            assert list(found.direction) == [NO_CHANGE]
            assert list(found.statistic) == [0] and list(found.p_value) == [1]

    def test_only_an_unbroken_run_up_to_the_latest_counts(self) -> None:
        x = np.array(
            [
                [10, 20, 30, 40, 50, 60, 70],
                [math.nan, 90, 30, 40, 50, 60, 70],
                [10, math.nan, 30, 40, 50, 60, 70],
                [10, 20, 30, math.nan, 50, 60, 70],
                [10, 20, 30, 40, 50, 60, math.nan],
            ]
        )
        found = trend_proportion(x, np.full(x.shape, 100), range(2017, 2024))
        assert list(found.periods) == [7, 6, 5, 3, 0]
        assert list(found.direction[3:]) == [NOT_ASSESSED] * 2
        assert np.isnan(found.statistic[3:]).all() and np.isnan(found.p_value[3:]).all()
        short = trend_proportion(x[0, 2:], [100] * 5, YEARS)
        assert found.statistic[2] == pytest.approx(short.statistic[0])

    def test_a_skipped_period_breaks_the_run(self) -> None:
        skipped = [2015, 2016, 2018, 2019, 2020, 2021]
        for found in (
            trend_rate([1] * 6, [9] * 6, skipped),
            trend_values(range(6), skipped),
        ):
            assert list(found.periods) == [4]
            assert list(found.direction) == [NOT_ASSESSED]

    def test_series_without_change_in_rate_has_none_whatever_its_sizes(self) -> None:
        found = trend_proportion([1, 20, 300, 4, 50], [10, 200, 3000, 40, 500], YEARS)
        assert found.statistic[0] == pytest.approx(0, abs=1e-12)
        assert list(found.direction) == [NO_CHANGE]


@pytest.mark.parametrize(("call", "told"), [
    # What is wrong with the group that is compared with is said of it.
    (lambda: ratio_of_proportions([1], [2], [3], [2]),
     "numerator of the reference: must not exceed"),
    (lambda: ratio_of_rates([1], [2], [3], [0]),
     "population of the reference: must be more than 0"),
    (lambda: ratio_of_rates([1, 1], [2, 2], [3], [4]), "same shape"),
    (lambda: compare([1], [2], 3, "good"), "polarity"),
    (lambda: compare([2], [1], 3, "high"), "lower: must not exceed the upper limit"),
    (lambda: compare([1, 1], [2, 2], [1, 2, 3], "high"), "same shape"),
    (lambda: trend_values([1, 2], [1, 1.5]), r"period: must be a whole number .*position 1"),
    (lambda: trend_values([1, 2], [2, 2]), "period: must come after the one before"),
    (lambda: trend_values([1, 2], [1, 2, 3]), "periods for series"),
    (lambda: trend_proportion([[1, 9]], [[2, 2]], [1, 2]),
     r"numerator: must not exceed .*position 0, 1"),
])  # fmt: skip
def test_the_impossible_is_refused(call: Callable[[], object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        call()

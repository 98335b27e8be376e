"""Proportions, rates, means, standardised figures: worked by hand, published, and at the edges."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from jsna.measures.methods import (
    METHOD_NAMES,
    STORED,
    dsr_dobson,
    expected_events,
    interval,
    isr_byar,
    mean_t,
    mean_t_summary,
    proportion_wilson,
    rate_byar,
    stored_limits,
)
from jsna.measures.methods.arrays import MISSING
from jsna.measures.methods.means import ONE_VALUE
from jsna.measures.methods.standardised import NONE_EXPECTED, TOO_FEW_EVENTS

pytestmark = pytest.mark.filterwarnings("error")

Z95 = 1.959963984540054
Z998 = 3.090232306167813


class TestProportion:
    def test_by_hand(self) -> None:
        # 10 of 100: z² = 3.84146; centre 2·10 + z² = 23.84146;
        # reach z·√(z² + 4·10·0.9) = 1.95996·√39.84146 = 12.37129; divisor 2(100 + z²) = 207.68292
        found = proportion_wilson([10], [100], multiplier=100)
        assert found.value[0] == pytest.approx(10)
        assert found.lower[0] == pytest.approx(100 * (23.84146 - 12.37129) / 207.68292, abs=1e-4)
        assert found.upper[0] == pytest.approx(100 * (23.84146 + 12.37129) / 207.68292, abs=1e-4)

    @pytest.mark.parametrize(
        ("x", "n", "lower", "upper"),
        # Newcombe 1998, Stat Med 17:857-72, table I, method 3
        [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0000, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ],
    )
    def test_published(self, x: int, n: int, lower: float, upper: float) -> None:
        found = proportion_wilson([x], [n])
        assert found.lower[0] == pytest.approx(lower, abs=5e-5)
        assert found.upper[0] == pytest.approx(upper, abs=5e-5)

    def test_ends_are_exact(self) -> None:
        n = np.arange(1, 500)
        none, everyone = proportion_wilson(0 * n, n), proportion_wilson(n, n, multiplier=100)
        assert (none.lower == 0).all() and (none.upper > 0).all()
        assert (everyone.upper == 100).all() and (everyone.lower < 100).all()

    def test_levels_stack_in_the_order_asked(self) -> None:
        both = proportion_wilson([3, 4], [9, 9], confidence=(0.998, 0.95))
        assert both.lower.shape == (2, 2)
        assert both.lower[0] == pytest.approx(
            proportion_wilson([3, 4], [9, 9], confidence=0.998).lower
        )
        assert both.lower[1] == pytest.approx(proportion_wilson([3, 4], [9, 9]).lower)

    def test_missing_is_missing(self) -> None:
        found = proportion_wilson([None, 1, 2], [5, np.nan, 5])
        assert list(np.isnan(found.value)) == [True, True, False]
        assert list(np.isnan(found.upper)) == [True, True, False]
        assert list(found.reason) == [MISSING, MISSING, ""]

    @pytest.mark.parametrize(
        ("x", "n", "told"),
        [
            ([1, 7], [5, 6], "numerator: must not exceed its denominator .*position 1"),
            ([1, 0], [5, 0], "denominator: must be more than 0 .*position 1"),
            ([-3, 0], [5, 9], "numerator: must be 0 or more .*position 0"),
            ([1, math.inf], [5, 9], "numerator: must be finite .*position 1"),
            ([1, 2], [5], "same shape"),
            (["1"], [5], "must be a number"),
            ([object()], [5], "must be a number"),
        ],
    )
    def test_the_impossible_is_refused(self, x: list, n: list, told: str) -> None:
        with pytest.raises(ValueError, match=told):
            proportion_wilson(x, n)

    def test_errors_count_and_never_show_figures(self) -> None:
        with pytest.raises(ValueError) as refused:
            proportion_wilson([1, 98765, 98765], [5, 43210, 43210])
        assert "position 1, counting from 0; 2 in all" in str(refused.value)
        assert "98765" not in str(refused.value) and "43210" not in str(refused.value)

    @pytest.mark.parametrize("confidence", [0, 1, 95, (), (0.95, 1.5), math.nan])
    def test_confidence_must_be_a_level(self, confidence: float) -> None:
        with pytest.raises(ValueError, match="confidence"):
            proportion_wilson([1], [2], confidence=confidence)

    @pytest.mark.parametrize("multiplier", [0, -1, math.nan, math.inf])
    def test_multiplier_must_be_positive(self, multiplier: float) -> None:
        with pytest.raises(ValueError, match="multiplier"):
            proportion_wilson([1], [2], multiplier=multiplier)

    def test_takes_what_frames_hold(self) -> None:
        expected = proportion_wilson([1.0, math.nan], [4.0, 4.0]).lower
        for x in (
            pd.Series([1, None], dtype="Int64"),
            pd.Series([1, None], dtype="float64[pyarrow]"),
            [Decimal(1), None],
        ):
            np.testing.assert_array_equal(proportion_wilson(x, [4, 4]).lower, expected)
        assert proportion_wilson([], []).value.shape == (0,)


class TestRate:
    @pytest.mark.parametrize(
        ("x", "lower", "upper"),
        # exact limits of a Poisson count as tabled (Garwood 1936; Armitage & Berry)
        [(0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (9, 4.115, 17.085)],
    )
    def test_exact_as_published(self, x: int, lower: float, upper: float) -> None:
        found = rate_byar([x], [1])
        assert found.lower[0] == pytest.approx(lower, abs=5e-4)
        assert found.upper[0] == pytest.approx(upper, abs=1e-3)

    def test_one_event_by_hand(self) -> None:
        # P(X >= 1) = 1 - exp(-lower) = 0.025; P(X = 0) = exp(-upper) = 0.025 for no events
        found = rate_byar([1, 0], [1000, 1000], multiplier=1000)
        assert found.lower[0] == pytest.approx(-math.log(0.975), rel=1e-12)
        assert found.lower[1] == 0
        assert found.upper[1] == pytest.approx(-math.log(0.025), rel=1e-12)

    def test_byar_by_hand(self) -> None:
        # 16 events: 1 - 1/144 - 1.959964/12 = 0.829725; cubed × 16 = 9.13933
        # 17: 1 - 1/153 + 1.959964/(3√17) = 1.151916; cubed × 17 = 25.98477
        found = rate_byar([16], [1])
        assert found.lower[0] == pytest.approx(16 * 0.829725**3, rel=1e-5)
        assert found.upper[0] == pytest.approx(17 * 1.151916**3, rel=1e-5)

    def test_byar_takes_over_at_ten(self) -> None:
        def byar_lower(x: float) -> float:
            return x * (1 - 1 / (9 * x) - Z95 / (3 * math.sqrt(x))) ** 3

        found = rate_byar([9.999, 10], [1, 1]).lower
        assert found[0] != pytest.approx(byar_lower(9.999), rel=1e-6)
        assert found[1] == pytest.approx(byar_lower(10), rel=1e-12)

    def test_events_may_exceed_people(self) -> None:
        assert rate_byar([12], [4], multiplier=100).value[0] == pytest.approx(300)

    def test_edges(self) -> None:
        found = rate_byar([math.nan, 3], [5, math.nan])
        assert np.isnan([found.value, found.lower, found.upper]).all()
        assert list(found.reason) == [MISSING, MISSING]


class TestMean:
    def test_by_hand(self) -> None:
        # 3 and 9: mean 6, sd √18, t(1) at 97.5 % = tan(0.475π) = 12.7062; reach 12.7062·√18/√2
        found = mean_t([3, 9])
        assert found.value[0] == 6
        assert found.upper[0] == pytest.approx(6 + 3 * math.tan(0.475 * math.pi), rel=1e-10)
        assert found.lower[0] == pytest.approx(6 - 3 * math.tan(0.475 * math.pi), rel=1e-10)

    def test_areas_come_back_sorted(self) -> None:
        found = mean_t([1, 10, 3, 20, 7], area=["b", "a", "b", "a", "c"], multiplier=2)
        assert list(found.area) == ["a", "b", "c"]
        assert list(found.value) == [30, 4, 14]
        assert list(found.reason) == ["", "", ONE_VALUE]
        assert np.isnan(found.lower[2]) and np.isnan(found.upper[2])

    def test_missing_value_takes_its_area_only(self) -> None:
        found = mean_t([1, None, 4, 6], area=[1, 1, 2, 2])
        assert np.isnan(found.value[0]) and found.value[1] == 5
        assert list(found.reason) == [MISSING, ""]

    def test_from_sums_is_the_same(self) -> None:
        y = np.array([2.5, -1.0, 7.25, 3.0])
        direct = mean_t(y, confidence=STORED)
        summed = mean_t_summary([y.sum()], [4], [y.std(ddof=1)], confidence=STORED)
        assert summed.lower == pytest.approx(direct.lower, rel=1e-12)
        assert summed.upper == pytest.approx(direct.upper, rel=1e-12)

    def test_from_sums_edges(self) -> None:
        found = mean_t_summary([7, 7], [1, 2], [math.nan, math.nan])
        assert list(found.reason) == [ONE_VALUE, MISSING]


class TestDirectlyStandardised:
    def test_by_hand(self) -> None:
        # two strata, weights 1 and 3 of 4: rate = (20/100·1 + 5/50·3)/4 = 0.125
        # V = (20·(1/100)² + 5·(3/50)²)/16 = (0.002 + 0.018)/16 = 0.00125; O = 25
        # √(V/O) = √0.00005 = 0.00707107; Byar for 25: lower 16.1752, upper 36.9064
        found = dsr_dobson([20, 5], [100, 50], [1, 3])
        assert found.value[0] == pytest.approx(0.125, rel=1e-12)
        byar_lower = 25 * (1 - 1 / 225 - Z95 / 15) ** 3
        byar_upper = 26 * (1 - 1 / 234 + Z95 / (3 * math.sqrt(26))) ** 3
        assert byar_lower == pytest.approx(16.175, abs=1e-3)
        assert byar_upper == pytest.approx(36.906, abs=1e-3)
        spread = math.sqrt(0.00005)
        assert found.lower[0] == pytest.approx(0.125 + spread * (byar_lower - 25), rel=1e-10)
        assert found.upper[0] == pytest.approx(0.125 + spread * (byar_upper - 25), rel=1e-10)

    def test_equal_weights_give_the_crude_rate(self) -> None:
        # weights proportional to the population: the rate and limits of the plain rate
        plain = rate_byar([40], [300], multiplier=1000)
        found = dsr_dobson([10, 30], [100, 200], [1, 2], multiplier=1000)
        assert found.value == pytest.approx(plain.value, rel=1e-12)
        assert found.lower == pytest.approx(plain.lower, rel=1e-12)
        assert found.upper == pytest.approx(plain.upper, rel=1e-12)

    def test_under_ten_events_is_not_calculated(self) -> None:
        found = dsr_dobson(
            [4, 5, 4, 6], [9, 9, 9, 9], [1, 1, 1, 1], area=["few", "few", "ok", "ok"]
        )
        assert list(found.reason) == [TOO_FEW_EVENTS, ""]
        assert np.isnan([found.value[0], found.lower[0], found.upper[0]]).all()
        assert np.isfinite([found.value[1], found.lower[1], found.upper[1]]).all()

    def test_missing_events(self) -> None:
        arguments = ([11, None], [100, 100], [1, 1])
        assert list(dsr_dobson(*arguments).reason) == [MISSING]
        assert np.isnan(dsr_dobson(*arguments).value[0])
        as_none = dsr_dobson(*arguments, missing_events_are_zero=True)
        assert as_none.value[0] == pytest.approx(0.055)
        assert list(dsr_dobson([11, 2], [100, None], [1, 1]).reason) == [MISSING]

    def test_lower_limit_is_never_negative(self) -> None:
        # all the weight on one event in a tiny stratum
        found = dsr_dobson([1, 9], [1, 1_000_000], [1000, 1], confidence=STORED)
        assert (found.lower == 0).all() and (found.upper > found.value).all()


class TestIndirectlyStandardised:
    def test_by_hand(self) -> None:
        # expected = 2/100·50 + 10/100·30 = 1 + 3 = 4; observed 6; ratio 1.5
        # exact limits of 6: 2.20189 and 13.05947
        found = isr_byar([2, 4], [50, 30], [2, 10], [100, 100])
        assert found.value[0] == pytest.approx(1.5, rel=1e-12)
        assert found.lower[0] == pytest.approx(2.20189 / 4, rel=1e-5)
        assert found.upper[0] == pytest.approx(13.05947 / 4, rel=1e-5)
        assert expected_events([50, 30], [2, 10], [100, 100]) == pytest.approx([4])

    def test_the_reference_itself_is_one(self) -> None:
        assert isr_byar([2, 10], [100, 100], [2, 10], [100, 100]).value == pytest.approx([1])

    def test_no_events_expected(self) -> None:
        found = isr_byar([2, 3], [50, 50], [0, 1], [100, 100], area=["a", "b"])
        assert list(found.reason) == [NONE_EXPECTED, ""]
        assert np.isnan(found.value[0]) and np.isnan(found.upper[0])

    def test_missing(self) -> None:
        assert list(isr_byar([None], [5], [1], [9]).reason) == [MISSING]
        assert isr_byar([None], [5], [1], [9], missing_events_are_zero=True).value[0] == 0
        assert list(isr_byar([1], [5], [None], [9]).reason) == [MISSING]


class TestStoredLimits:
    def test_columns_are_the_right_way_round(self) -> None:
        found = interval("proportion_wilson", [10, 0], [100, 7], 100)
        narrow = proportion_wilson([10, 0], [100, 7], multiplier=100, confidence=0.95)
        wide = proportion_wilson([10, 0], [100, 7], multiplier=100, confidence=0.998)
        np.testing.assert_array_equal(found.value, narrow.value)
        np.testing.assert_array_equal(found.lower_95, narrow.lower)
        np.testing.assert_array_equal(found.upper_95, narrow.upper)
        np.testing.assert_array_equal(found.lower_998, wide.lower)
        np.testing.assert_array_equal(found.upper_998, wide.upper)
        # Wilson at z = 3.09023: (20 - reach + z²)/(2(100 + z²)) for 10 of 100
        reach = Z998 * math.sqrt(Z998**2 + 36)
        by_hand = 100 * (20 + Z998**2 - reach) / (2 * (100 + Z998**2))
        assert found.lower_998[0] == pytest.approx(by_hand, rel=1e-10)

    def test_every_name_reaches_its_method(self) -> None:
        strata = ([11, 12], [50, 60])
        made = {
            "proportion_wilson": (
                interval("proportion_wilson", [3], [7]),
                proportion_wilson([3], [7], confidence=STORED),
            ),
            "rate_byar": (
                interval("rate_byar", [3], [7], 1000),
                rate_byar([3], [7], multiplier=1000, confidence=STORED),
            ),
            "mean_t": (
                interval("mean_t", [12], [2], standard_deviation=[4.2]),
                mean_t_summary([12], [2], [4.2], confidence=STORED),
            ),
            "dsr_dobson": (
                interval("dsr_dobson", *strata, standard_population=[1, 3], area=["a", "a"]),
                dsr_dobson(*strata, [1, 3], confidence=STORED),
            ),
            "isr_byar": (
                interval(
                    "isr_byar", *strata, reference_numerator=[5, 9], reference_denominator=[70, 80]
                ),
                isr_byar(*strata, [5, 9], [70, 80], confidence=STORED),
            ),
        }
        assert set(made) == set(METHOD_NAMES)
        for by_name, direct in made.values():
            np.testing.assert_array_equal(by_name.value, direct.value)
            np.testing.assert_array_equal(by_name.lower_95, direct.lower[0])
            np.testing.assert_array_equal(by_name.upper_998, direct.upper[1])

    def test_mean_of_values_by_area(self) -> None:
        found = interval("mean_t", [1, 3, 5, 5], area=["x", "x", "y", "y"])
        assert list(found.area) == ["x", "y"]
        assert list(found.value) == [2, 5]


@pytest.mark.parametrize(("call", "told"), [
    (lambda: rate_byar([-1], [5]), r"events: must be 0 or more .*position 0"),
    (lambda: rate_byar([1], [-5]), "population: must be more than 0"),
    (lambda: mean_t_summary([1], [0], [1]), "count: must be 1 or more"),
    (lambda: mean_t_summary([1], [2], [-1]), "standard_deviation: must be 0 or more"),
    (lambda: mean_t([1, 2], area=["a"]), "labels"),
    (lambda: mean_t([1, 2], area=["a", None]), "labels"),
    (lambda: mean_t([]), "rows"),
    (lambda: dsr_dobson([1, 2], [3, 0], [1, 1]), r"population: must be more than 0 .*position 1"),
    (lambda: dsr_dobson([1, 2], [3, 3], [1, -1]), "standard_population: must be 0 or more"),
    (lambda: dsr_dobson([1, 2], [3, 3], [1, 0], area=["a", "b"]),
     r"added up by area: must be more than 0 .*position 1"),
    (lambda: isr_byar([1], [5], [1], [0]), "population of the reference: must be more than 0"),
    (lambda: interval("median", [1], [2]), "'median' is not one of proportion_wilson"),
    (lambda: interval("proportion_wilson", [1]), "proportion_wilson: needs denominator"),
    (lambda: interval("dsr_dobson", [1], [2]), "dsr_dobson: needs standard_population"),
    (lambda: interval("rate_byar", [1], [2], area=["a"]), "rate_byar: does not take area"),
    (lambda: stored_limits(rate_byar([1, 2], [3, 4])), "STORED"),
])  # fmt: skip
def test_the_impossible_is_refused(call: Callable[[], object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        call()

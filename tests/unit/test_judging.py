"""How far apart figures are, and which differences may be told: against published examples."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from jsna.measures.methods import judging, proportion_wilson, rate_byar
from jsna.measures.methods.judging import Bounds

LEVELS = (0.95, 0.998)


def proportions(x: list[float], n: list[float]) -> Bounds:
    found = proportion_wilson(x, n, confidence=LEVELS)
    return Bounds(found.value, found.lower[0], found.upper[0], found.lower[1], found.upper[1])


def rates(x: list[float], n: list[float]) -> Bounds:
    found = rate_byar(x, n, confidence=LEVELS)
    return Bounds(found.value, found.lower[0], found.upper[0], found.lower[1], found.upper[1])


def test_two_proportions_differ_where_newcombes_interval_leaves_out_nought() -> None:
    """Newcombe 1998, table II, method 10, upper limit of a difference that is 0 at 95 %."""
    # (a) 56/70 - 48/80: 0.0524 to 0.3339, and (c) 6/7 - 2/7: 0.0582 to 0.8062.
    told = judging.apart(proportions([56, 6, 9], [70, 7, 10]), proportions([48, 2, 3], [80, 7, 10]))
    assert np.all(told > judging.LEVELS[0])
    # (d) 5/56 - 0/29: -0.0381 to 0.1926; and the other way round.
    x = proportions([5, 0], [56, 29]), proportions([0, 5], [29, 56])
    one, other = judging.apart(*x)
    assert 0 < one < judging.LEVELS[0]
    assert other == pytest.approx(-one)


def test_a_deviate_is_the_one_at_which_the_interval_just_reaches() -> None:
    """Worked out by halving intervals at every level in between."""
    for x, n, y, m in ((100, 2000, 140, 2000), (9, 400, 30, 500), (200, 900, 90, 900)):
        low, high = 0.01, 8.0
        p, q = max(x / n, y / m), min(x / n, y / m)
        upper, lower = ((x, n), (y, m)) if x / n > y / m else ((y, m), (x, n))
        for _ in range(60):
            z = (low + high) / 2
            level = 2 * stats.norm.cdf(z) - 1
            first = proportion_wilson(*([v] for v in upper), confidence=level)
            second = proportion_wilson(*([v] for v in lower), confidence=level)
            reach = math.hypot(p - first.lower[0], second.upper[0] - q)
            low, high = (z, high) if reach < p - q else (low, z)
        found = judging.apart(
            proportions([upper[0]], [upper[1]]), proportions([lower[0]], [lower[1]])
        )
        # Between the two stored levels the reach is taken to grow evenly, so not to the last digit.
        assert found[0] == pytest.approx(low, rel=0.06)


def test_two_rates_differ_about_as_the_exact_test_has_it() -> None:
    """Of x + y events each is in the first group with the share of its population."""
    for x, n, y, m in ((40, 10_000, 20, 10_000), (18, 4_000, 57, 9_000), (300, 9_000, 250, 9_000)):
        exact = stats.binomtest(x, x + y, n / (n + m)).pvalue
        found = judging.probability(judging.apart(rates([x], [n]), rates([y], [m])))[0]
        assert found == pytest.approx(exact, rel=0.6, abs=0.01)


def test_a_part_is_nearer_its_whole_than_chance_would_put_it_were_it_apart() -> None:
    """A third of the people: the distance has two thirds of the variance."""
    figure = proportions([600], [10_000])
    alone, inside = (judging.beside(figure, 0.05, w)[0] for w in (0.0, 1 / 3))
    assert inside == pytest.approx(alone / math.sqrt(2 / 3), rel=0.05)
    # The two-sample test of the part against the rest has the same deviate.
    x, n, y, m = 600.0, 10_000.0, 900.0, 20_000.0
    p = (x + y) / (n + m)
    rest = (x / n - y / m) / math.sqrt(p * (1 - p) * (1 / n + 1 / m))
    assert inside == pytest.approx(rest, rel=0.06)


def test_two_parts_of_a_whole_are_told_apart_by_the_exact_binomial_test() -> None:
    for x, y in ((10, 3), (4, 0), (57, 18), (2592, 2435), (7, 7), (0, 0)):
        found = float(judging.probability(judging.halves([x], [y]))[0])
        exact = stats.binomtest(x, x + y).pvalue if x + y else 1.0
        assert found == pytest.approx(min(exact, 1.0), rel=1e-9)


def test_a_part_of_few_is_judged_by_the_exact_binomial_test() -> None:
    for x, whole, part in ((10, 180, 1 / 60), (0, 180, 0.02), (40, 100, 0.3), (100, 100, 0.5)):
        found = float(judging.shared([x], [whole], [part])[0])
        more = x >= whole * part
        tail = stats.binom.sf(x - 1, whole, part) if more else stats.binom.cdf(x, whole, part)
        assert stats.norm.sf(abs(found)) == pytest.approx(tail, rel=1e-9)
        assert (found > 0) == more


def test_false_discovery_control_is_that_of_benjamini_and_hochberg() -> None:
    """Their own example: 15 hypotheses of thrombolysis, of which four are rejected at 5 %."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240,
         0.4262, 0.5719, 0.6528, 0.7590, 1.0000]  # fmt: skip
    assert judging.discoveries(p).tolist() == [True] * 4 + [False] * 11
    assert judging.discoveries([0.04]).tolist() == [True]
    assert judging.discoveries([0.04, math.nan]).tolist() == [True, False]
    assert judging.discoveries([]).tolist() == []


def test_an_area_among_others_is_judged_by_how_they_lie_themselves() -> None:
    """Five others of mean 5 and variance 2.5; t = (9 - 5) / sqrt(2.5 + 2.5/5) = 2.309, 4 df."""
    others = [3.0, 4.0, 5.0, 6.0, 7.0]
    found = judging.among(9.0, 0.0, others, [0.0] * 5)
    assert found == pytest.approx(2 * stats.t.sf(4 / math.sqrt(3), 4))
    # An area of few children may lie as far by chance alone.
    assert judging.among(9.0, 3.0, others, [0.0] * 5) > found
    assert math.isnan(judging.among(9.0, 0.0, [1.0, 2.0], [0.0, 0.0]))


def test_a_line_without_chance_is_the_usual_regression() -> None:
    years, values = np.arange(6.0), np.array([3.0, 3.4, 3.3, 4.1, 4.0, 4.6])
    line = stats.linregress(years, values)
    slope, chance = judging.line(years, values, np.zeros(6))
    assert (slope, chance) == (pytest.approx(line.slope), pytest.approx(line.pvalue))
    assert judging.line(years, 2 * years, np.zeros(6)) == (pytest.approx(2.0), 0.0)


def test_a_line_through_figures_of_chance_has_no_less_error_than_they() -> None:
    """Values that lie on the line more closely than chance would put them are no surer for it."""
    years, values = np.arange(5.0), np.array([1.0, 1.1, 1.2, 1.3, 1.4])
    # The variance of the slope is s² / Σ(t - mean)² = 0.04 / 10.
    slope, chance = judging.line(years, values, np.full(5, 0.2))
    assert slope == pytest.approx(0.1)
    assert chance == pytest.approx(2 * stats.norm.sf(0.1 / math.sqrt(0.004)))
    # Scattered five times as far, the error is the scatter's.
    wild = np.array([1.0, 2.0, 0.0, 2.5, 1.0])
    line = stats.linregress(years, wild)
    assert judging.line(years, wild, np.full(5, 0.2))[1] == pytest.approx(line.pvalue)


def test_what_cannot_be_told_is_not_a_number() -> None:
    nothing = Bounds(*(np.array([np.nan]) for _ in range(5)))
    assert np.isnan(judging.apart(nothing, proportions([5], [10]))).all()
    assert np.isnan(judging.beside(nothing, 0.5)).all()
    sure = Bounds(*(np.array([v]) for v in (0.4, 0.4, 0.4, 0.4, 0.4)))
    assert judging.beside(sure, 0.3)[0] == math.inf
    assert judging.beside(sure, 0.4)[0] == 0

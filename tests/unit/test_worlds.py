"""Invented worlds: how often a difference is told where there is none, and found where there is.

Seeds are fixed. A rate of false claims is held to 5 % and what chance may add to it in so many
worlds; a figure half as high again, at the size of a county, is to be found in four worlds of five.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from jsna.measures.methods import STORED, proportion_wilson
from jsna.measures.values import calculate, dispersions
from jsna.view import comparison, series
from jsna.view.gradients import gradient
from jsna.view.groups import Groups
from jsna.view.neighbours import standing
from jsna.view.rows import Row
from tests.unit import report_support as made

pytestmark = pytest.mark.full

PLAN = made.configured()[0]["pupils_ehc_plan"]
WORLDS = 2_000
CLAIMS = ("higher", "lower")
#: 5 %, and three standard errors of a share of so many worlds.
MOST_FALSE = 0.05 + 3 * math.sqrt(0.05 * 0.95 / WORLDS)
#: Pupils of the districts of a county, and of its tenths of deprivation.
DISTRICTS = np.array([9, 11, 12, 13, 14, 15, 15, 16, 17, 18, 19, 21]) * 1_000.0
TENTHS = np.array([25, 22, 21, 19, 18, 17, 16, 15, 14, 13]) * 1_000.0
GROUPS = np.array([160, 24, 8]) * 1_000.0
NEEDS = np.array([8, 7, 5, 4, 2.5, 1, 0.6, 0.4]) * 1_000.0

Floats = NDArray[np.float64]
World = Callable[[np.random.Generator], bool]


def rows(x: Floats, n: Floats, by: str = "", codes: Sequence[str] = ()) -> list[Row]:
    """Percentages x of n, one a row: of a dimension, of years, or of one area after another."""
    found = proportion_wilson(x, n, multiplier=100, confidence=STORED)
    return [
        Row(
            indicator=PLAN.id, area_code=f"E{at}", geography="authority",
            period=codes[at] if codes and not by else "2025", period_type="january",
            breakdown=by or "total", category=codes[at] if by else "total",
            population_base="attending", numerator=x[at], denominator=n[at],
            value=found.value[at], unit="percent",
            lower_95=found.lower[0, at], upper_95=found.upper[0, at],
            lower_998=found.lower[1, at], upper_998=found.upper[1, at],
            method="proportion_wilson", status="", source="local:x", note="", reason="", mark="",
            segment="", profile="default",
        )
        for at in range(len(x))
    ]  # fmt: skip


def share(world: World, worlds: int = WORLDS, seed: int = 11) -> float:
    random = np.random.default_rng(seed)
    return sum(world(random) for _ in range(worlds)) / worlds


def drawn(random: np.random.Generator, n: Floats, p: Floats | float) -> Floats:
    return random.binomial(n.astype(int), p).astype(float)


@pytest.mark.parametrize("p", [0.002, 0.05, 0.4])
@pytest.mark.parametrize("n", [(160_000, 8_000), (1_000, 1_000), (24_000, 400)])
def test_two_figures_alike(p: float, n: tuple[float, float]) -> None:
    def world(random: np.random.Generator) -> bool:
        sizes = np.array(n, dtype=float)
        one, other = rows(drawn(random, sizes, p), sizes)
        return comparison.differ(one, other) in CLAIMS

    assert share(world) <= MOST_FALSE


@pytest.mark.parametrize("sizes", [GROUPS, NEEDS, DISTRICTS], ids=["three", "eight", "twelve"])
@pytest.mark.parametrize("p", [0.005, 0.05, 0.3])
def test_groups_alike(p: float, sizes: Floats) -> None:
    def world(random: np.random.Generator) -> bool:
        codes = [str(n) for n in range(len(sizes))]
        found = Groups(rows(drawn(random, sizes, p), sizes, "sen_provision", codes), PLAN)
        return found.furthest is not None

    assert share(world) <= MOST_FALSE


@pytest.mark.parametrize("p", [0.002, 0.05, 0.3])
@pytest.mark.parametrize("sizes", [DISTRICTS, np.full(60, 1_500.0)], ids=["districts", "wards"])
def test_places_alike(p: float, sizes: Floats) -> None:
    def world(random: np.random.Generator) -> bool:
        x = drawn(random, sizes, p)
        [whole] = rows(np.array([x.sum()]), np.array([sizes.sum()]))
        return any(v in CLAIMS for v in comparison.places(rows(x, sizes), whole))

    assert share(world, 1_000) <= MOST_FALSE


@pytest.mark.parametrize("p", [0.01, 0.2])
def test_an_area_like_its_country_of_which_it_is_a_fifth(p: float) -> None:
    def world(random: np.random.Generator) -> bool:
        sizes = np.array([20_000.0, 80_000.0])
        x = drawn(random, sizes, p)
        one, whole = rows(np.array([x[0], x.sum()]), np.array([sizes[0], sizes.sum()]))
        return comparison.against(one, whole) in CLAIMS

    assert share(world) <= MOST_FALSE


@pytest.mark.parametrize("between", [0.0, 0.1, 0.6])
@pytest.mark.parametrize("size", [3_000, 60_000])
def test_an_area_of_the_kind_of_its_neighbours(between: float, size: float) -> None:
    def world(random: np.random.Generator) -> bool:
        sizes = random.uniform(0.5, 2, 11) * 40_000
        sizes[0] = size
        logit = random.normal(-2.0, between, 11)
        x = drawn(random, np.floor(sizes), 1 / (1 + np.exp(-logit)))
        home, *others = rows(x, np.floor(sizes))
        found = standing(home, others)
        return found is not None and found.verdict in CLAIMS

    assert share(world) <= MOST_FALSE


@pytest.mark.parametrize(
    ("years", "wander"),
    [
        (2, 0.0),
        (4, 0.0),
        (5, 0.0),
        (8, 0.0),
        (5, 0.026),
        (5, 0.04),
        (5, 0.08),
        (8, 0.026),
        (8, 0.08),
    ],
)
def test_years_alike(years: int, wander: float) -> None:
    """Levels that wander about one another over five years or more are no trend either.

    Of fewer the latest is set beside the first, and two levels that differ do differ.
    """

    def world(random: np.random.Generator) -> bool:
        n = np.full(years, 30_000.0)
        x = drawn(random, n, 0.05 * np.exp(random.normal(0, wander, years)))
        periods = [str(2025 - years + 1 + at) for at in range(years)]
        went = series.course(rows(x, n, codes=periods))
        return went is not None and went.long in CLAIMS

    assert share(world) <= MOST_FALSE


@pytest.mark.parametrize("p", [0.0005, 0.05])
def test_no_gradient(p: float) -> None:
    def world(random: np.random.Generator) -> bool:
        codes = [str(n) for n in range(1, 11)]
        found = gradient(rows(drawn(random, TENTHS, p), TENTHS, "imd_decile", codes), "imd_decile")
        return found is not None and found.verdict in CLAIMS

    assert share(world) <= MOST_FALSE


def repeated(random: np.random.Generator, n: Floats, rate: Floats | float) -> list[Row]:
    """Suspensions per 100 pupils: of few pupils many, their variance 7.5 times their number."""
    mean = np.broadcast_to(np.asarray(rate, dtype=float), n.shape) * n
    x = random.negative_binomial(mean / 6.5, 1 / 7.5).astype(float)
    split = {"breakdown": "total", "geography": "district", "method": "rate_byar"}
    given = {"indicator": "suspension_rate", "numerator": x, "denominator": n}
    frame = pd.DataFrame({**given, **split})
    spread = dispersions(frame, made.configured()[0])
    calculate(frame, np.full(len(n), 100.0), dispersion=spread)
    limits = ["lower_95", "upper_95", "lower_998", "upper_998"]
    return [
        replace(row, indicator="suspension_rate", unit="per_100", method="rate_byar",
                value=frame["value"][at], **{name: frame[name][at] for name in limits})
        for at, row in enumerate(rows(np.minimum(x, n), n))
    ]  # fmt: skip


def test_places_alike_in_events_of_which_one_pupil_has_many() -> None:
    """By limits of single events nine of twelve like districts would differ from the county."""

    def world(random: np.random.Generator) -> bool:
        found = repeated(random, DISTRICTS, 0.107)
        x = sum(row.numerator for row in found)
        whole = replace(found[0], numerator=x, denominator=DISTRICTS.sum(),
                        value=100 * x / DISTRICTS.sum())  # fmt: skip
        return any(v in CLAIMS for v in comparison.places(found, whole))

    assert share(world, 1_000) <= MOST_FALSE


def test_two_years_alike_in_events_of_which_one_pupil_has_many() -> None:
    def world(random: np.random.Generator) -> bool:
        one, other = repeated(random, np.array([180_000.0, 180_000.0]), 0.107)
        return comparison.differ(one, other) in CLAIMS

    assert share(world, 1_000) <= MOST_FALSE


def test_a_district_with_half_as_many_suspensions_again_is_found() -> None:
    def world(random: np.random.Generator) -> bool:
        found = repeated(random, DISTRICTS, np.where(np.arange(12) == 3, 0.15, 0.10))
        x = sum(row.numerator for row in found)
        whole = replace(found[0], numerator=x, denominator=DISTRICTS.sum(),
                        value=100 * x / DISTRICTS.sum())  # fmt: skip
        return comparison.places(found, whole)[3] == "higher"

    assert share(world, 500) >= 0.8


def test_half_as_much_again_is_found_at_the_size_of_a_county() -> None:
    """Of one group of eight, of a district, along the tenths, and over five years."""
    codes = [str(n) for n in range(1, 11)]
    # A twelfth of the county's pupils: those of one district, over the years.
    years = np.full(5, 3_750.0)

    def group(random: np.random.Generator) -> bool:
        x = drawn(random, NEEDS, np.where(np.arange(8) == 4, 0.075, 0.05))
        found = Groups(rows(x, NEEDS, "sen_provision", codes[:8]), PLAN)
        return any(found.differ(found.shown[0], row) == "higher" for row in found.shown[1:])

    def district(random: np.random.Generator) -> bool:
        x = drawn(random, DISTRICTS, np.where(np.arange(12) == 3, 0.015, 0.01))
        [whole] = rows(np.array([x.sum()]), np.array([DISTRICTS.sum()]))
        return comparison.places(rows(x, DISTRICTS), whole)[3] == "higher"

    def tenths(random: np.random.Generator) -> bool:
        x = drawn(random, TENTHS, np.linspace(0.0096, 0.0064, 10))
        found = gradient(rows(x, TENTHS, "imd_decile", codes), "imd_decile")
        return found is not None and found.verdict == "higher"

    def trend(random: np.random.Generator) -> bool:
        x = drawn(random, years, np.linspace(0.04, 0.06, 5))
        went = series.course(rows(x, years, codes=["2021", "2022", "2023", "2024", "2025"]))
        return went is not None and went.long == "higher"

    for world in (group, district, tenths, trend):
        assert share(world, 500) >= 0.8, world.__name__


def test_of_differences_told_few_are_false() -> None:
    """Half of sixteen groups are alike: of all pairs told apart at most 5 % are."""
    random = np.random.default_rng(5)
    sizes = np.full(16, 4_000.0)
    p = np.array([0.05] * 8 + [0.035, 0.04, 0.045, 0.055, 0.06, 0.07, 0.08, 0.09])
    codes = [str(n) for n in range(16)]
    rates = []
    for _ in range(400):
        found = Groups(rows(drawn(random, sizes, p), sizes, "sen_provision", codes), PLAN)
        told = [
            (int(a.category), int(b.category))
            for a in found.shown
            for b in found.shown
            if found.differ(a, b) == "higher"
        ]
        rates.append(sum(p[a] <= p[b] for a, b in told) / max(len(told), 1))
    assert np.mean(rates) <= 0.05

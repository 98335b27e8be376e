"""Agreement with the outputs of OHID's PHEindicatormethods 2.1.0.

Reads `shared/reference-values/statistics` beside the repository and fails where it is absent.
Deterministic figures agree to 1e-10 relative on every row; limits the reference simulates lie
within four of its own Monte Carlo standard deviations on every row.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jsna.measures.methods import (
    average,
    dsr_dobson,
    expected_events,
    funnel_limits_proportion,
    funnel_significance,
    isr_byar,
    mean_t,
    proportion_wilson,
    quantiles,
    rate_byar,
    slope_index,
    standard_error,
)
from jsna.measures.methods.funnel import (
    HIGH_INNER,
    HIGH_OUTER,
    LOW_INNER,
    LOW_OUTER,
    WITHIN,
    FunnelLimits,
)
from jsna.measures.methods.quantiles import TooFewAreasWarning
from jsna.measures.methods.standardised import TOO_FEW_EVENTS

pytestmark = pytest.mark.real

REFERENCE = Path(__file__).parents[2].parent / "shared" / "reference-values" / "statistics"
TOLERANCE = 1e-10
SIMULATED = 4  # Monte Carlo standard deviations
LEVELS = (0.95, 0.998)

#: Every file of the folder, with its number of rows; a new or changed file must be looked at.
FILES = {
    "dsr_expected_default.csv": 30,
    "dsr_input.csv": 570,
    "funnel_proportion_input.csv": 150,
    "funnel_proportion_limits_expected.csv": 100,
    "funnel_proportion_significance_expected.csv": 150,
    "isratio_expected_default.csv": 30,
    "isratio_input.csv": 570,
    "mean_expected_default.csv": 8,
    "mean_input.csv": 3268,
    "proportion_expected_default.csv": 358,
    "proportion_input.csv": 358,
    "quantile_expected_nq10_invertTRUE.csv": 232,
    "quantile_expected_nq5_invertFALSE.csv": 232,
    "quantile_input.csv": 232,
    "rate_expected_default.csv": 154,
    "rate_input.csv": 154,
    "sii_expected_normal_se.csv": 12,
    "sii_expected_proportion_logit.csv": 12,
    "sii_input.csv": 120,
}


def read(name: str) -> pd.DataFrame:
    path = REFERENCE / name
    assert path.is_file(), f"{name} is not in shared/reference-values/statistics"
    return pd.read_csv(path)


def agree(found: object, expected: pd.Series) -> None:
    """Same length, missing in the same places, equal to 1e-10 relative everywhere else."""
    ours, theirs = np.asarray(found, dtype=float), expected.to_numpy(dtype=float)
    assert ours.shape == theirs.shape
    assert np.isfinite(theirs).any()
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
    np.testing.assert_allclose(ours, theirs, rtol=TOLERANCE, atol=0, equal_nan=True)


def all_agree(found: Any, expected: pd.DataFrame) -> None:
    """Value and both limits."""
    for ours, theirs in (("value", "value"), ("lower", "lowercl"), ("upper", "uppercl")):
        agree(getattr(found, ours), expected[theirs])


def test_every_reference_file_is_known() -> None:
    assert REFERENCE.is_dir(), "shared/reference-values/statistics is absent"
    assert {path.name: len(read(path.name)) for path in REFERENCE.glob("*.csv")} == FILES


@pytest.mark.parametrize(
    ("name", "method"),
    [("proportion", proportion_wilson), ("rate", partial(rate_byar, multiplier=100_000))],
)
def test_proportions_and_rates(name: str, method: Callable[..., Any]) -> None:
    given, expected = read(f"{name}_input.csv"), read(f"{name}_expected_default.csv")
    assert given["id"].equals(expected["id"])
    all_agree(method(given["x"], given["n"]), expected)


def test_means() -> None:
    given, expected = read("mean_input.csv"), read("mean_expected_default.csv")
    found = mean_t(given["value"], area=given["area"])
    assert found.area is not None
    expected = expected.set_index("area").loc[list(found.area)]
    assert len(expected) == FILES["mean_expected_default.csv"]
    all_agree(found, expected)


def test_directly_standardised_rates() -> None:
    given, expected = read("dsr_input.csv"), read("dsr_expected_default.csv")
    found = dsr_dobson(
        given["x"],
        given["pop"],
        given["stdpop"],
        area=given["area"],
        missing_events_are_zero=True,  # as the reference does with the one blank of area E05
        multiplier=100_000,
    )
    assert found.area is not None
    assert list(found.area) == list(expected["area"])
    all_agree(found, expected)
    few = expected["statistic"].str.endswith("total count < 10").to_numpy()
    assert few.any()
    assert list(found.reason) == [TOO_FEW_EVENTS if row else "" for row in few]


def test_indirectly_standardised_ratios() -> None:
    given, expected = read("isratio_input.csv"), read("isratio_expected_default.csv")
    found = isr_byar(
        given["x"],
        given["pop"],
        given["xref"],
        given["nref"],
        area=given["area"],
        missing_events_are_zero=True,
    )
    assert found.area is not None
    assert list(found.area) == list(expected["area"])
    all_agree(found, expected)
    predicted = expected_events(given["pop"], given["xref"], given["nref"], area=given["area"])
    agree(predicted, expected["expected"])
    agree(found.value * predicted, expected["observed"])


@pytest.mark.parametrize(
    ("count", "invert", "name"),
    [
        (5, False, "quantile_expected_nq5_invertFALSE.csv"),
        (10, True, "quantile_expected_nq10_invertTRUE.csv"),
    ],
)
@pytest.mark.filterwarnings("ignore::jsna.measures.methods.quantiles.TooFewAreasWarning")
def test_quantiles(count: int, invert: bool, name: str) -> None:
    given, expected = read("quantile_input.csv"), read(name)
    assert given[["region", "area"]].equals(expected[["region", "area"]])
    found = quantiles(given["val"], count, group=given["region"], invert=invert)
    agree(found, expected["quantile"])


def test_quantiles_of_too_few_areas_warn() -> None:
    given = read("quantile_input.csv")
    with pytest.warns(TooFewAreasWarning, match="10 quantiles"):
        quantiles(given["val"], 10, group=given["region"], invert=True)


def sii_arrays() -> tuple[list[str], dict[str, np.ndarray]]:
    """The inequality input as (areas, quantiles) arrays, quantile 1 first."""
    given = read("sii_input.csv").sort_values(["area", "quantile"])
    areas = list(given["area"].unique())
    columns = ["value", "lowercl", "uppercl", "se", "population"]
    return areas, {c: given[c].to_numpy(dtype=float).reshape(len(areas), -1) for c in columns}


@pytest.mark.parametrize(
    ("name", "transform", "suffix"),
    [
        ("sii_expected_normal_se.csv", "none", "cl"),
        ("sii_expected_proportion_logit.csv", "logit", ""),
    ],
)
def test_slope_and_relative_index(name: str, transform: str, suffix: str) -> None:
    areas, given = sii_arrays()
    expected = read(name)
    assert list(expected["area"]) == areas
    if transform == "none":
        error = given["se"]
    else:
        error = standard_error(given["lowercl"], given["uppercl"], transform="logit")
    found = slope_index(
        given["value"],
        error,
        given["population"],
        transform=transform,  # type: ignore[arg-type]
        multiplier=100,
        confidence=LEVELS,
    )
    agree(found.sii.value, expected["sii"])
    agree(found.rii.value, expected["rii"])
    # The reference leaves the untransformed intercept out of the multiplier.
    agree(found.intercept / (100 if transform == "none" else 1), expected["intercept"])

    compared = 0
    for index, measure in (("sii", found.sii), ("rii", found.rii)):
        for level, label in enumerate(("95_0", "99_8")):
            for side, limits in (("lower", measure.lower), ("upper", measure.upper)):
                column = f"{index}_{side}{label}{suffix}"
                spread = expected[f"{column}_mcsd"].to_numpy()
                assert (spread > 0).all()
                apart = np.abs(limits[level] - expected[column].to_numpy()) / spread
                assert (apart <= SIMULATED).all(), f"{column}: {apart.max():.1f} spreads apart"
                compared += apart.size
    assert compared == 8 * len(areas)


def test_funnel_limits() -> None:
    given = read("funnel_proportion_input.csv")
    expected = read("funnel_proportion_limits_expected.csv")
    centre = average(given["x"], given["n"], multiplier=100)
    agree(np.full(len(expected), centre), expected["baseline"])
    found = funnel_limits_proportion(expected["Population"], centre, multiplier=100)
    agree(found.lower_025, expected["lower_2s_limit"])
    agree(found.upper_025, expected["upper_2s_limit"])
    agree(found.lower_001, expected["lower_3s_limit"])
    agree(found.upper_001, expected["upper_3s_limit"])


def test_funnel_significance() -> None:
    given = read("funnel_proportion_input.csv")
    expected = read("funnel_proportion_significance_expected.csv")
    assert given["area"].equals(expected["area"])
    words = {
        "Low (0.001)": LOW_OUTER,
        "Low (0.025)": LOW_INNER,
        "Not significant": WITHIN,
        "High (0.025)": HIGH_INNER,
        "High (0.001)": HIGH_OUTER,
    }
    assert set(expected["significance"]) == set(words)
    limits: FunnelLimits = funnel_limits_proportion(given["n"], average(given["x"], given["n"]))
    found = funnel_significance(given["x"] / given["n"], limits)
    assert list(found) == [words[told] for told in expected["significance"]]

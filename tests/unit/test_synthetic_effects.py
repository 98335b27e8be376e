"""Rates are near the published ones they are meant to have, effects are there, and nil is nil.

Everything is recomputed from rows; nothing of the measuring engine is used.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from jsna.errors import JsnaError
from jsna.generator.found import parameters
from jsna.synthetic.need import NEEDS
from tests.unit.synthetic_support import ONE_WORKER, configuration, county, frames, middling, roll
from tests.unit.test_synthetic_people import plans

pytestmark = [pytest.mark.full, ONE_WORKER]

GRADIENTS = ("plan.deprivation", "support.deprivation")


@cache
def without(*names: str) -> dict[str, pd.DataFrame]:
    return frames(county(), parameters().without(*names))


def depth(world: dict[str, pd.DataFrame]) -> pd.Series:
    """Deprivation of small areas, from -0.5 (least in England) to 0.5 (most)."""
    areas = world["areas.lsoa/2025"].set_index("lsoa_code")
    return 0.5 - (areas["imd_rank"] - 0.5) / 33_755


def log_ratio(cases: np.ndarray, at_risk: np.ndarray, x: np.ndarray) -> tuple[float, float]:
    """Slope of log rate on x and its standard error, by Poisson regression."""
    beta = np.array([np.log(cases.sum() / at_risk.sum()), 0.0])
    design = np.stack([np.ones_like(x), x])
    for _ in range(25):
        mean = at_risk * np.exp(beta @ design)
        information = (design * mean) @ design.T
        beta = beta + np.linalg.solve(information, design @ (cases - mean))
    return float(beta[1]), float(np.sqrt(np.linalg.inv(information)[1, 1]))


def by_area(world: dict[str, pd.DataFrame], rows: pd.DataFrame, of: pd.DataFrame) -> tuple:
    x = depth(world)
    count = rows["lsoa_code"].value_counts().reindex(x.index, fill_value=0)
    risk = of["lsoa_code"].value_counts().reindex(x.index, fill_value=0)
    return count.to_numpy(float), risk.to_numpy(float), x.to_numpy(float)


def gradient(world: dict[str, pd.DataFrame], provision: str) -> tuple[float, float]:
    pupils = roll(world, 2025)
    return log_ratio(*by_area(world, pupils[pupils["sen_provision"] == provision], pupils))


def test_the_gradient_is_there() -> None:
    for provision, least in (("E", 0.3), ("K", 0.4)):
        slope, error = gradient(middling(), provision)
        assert slope - 4 * error > 0
        assert slope > least


def test_a_gradient_set_to_nil_leaves_no_trace() -> None:
    world = without(*GRADIENTS)
    for provision in ("E", "K"):
        slope, error = gradient(world, provision)
        assert abs(slope) < 3 * error


def test_a_known_gradient_is_recovered() -> None:
    same = dict.fromkeys(NEEDS, 2.5)
    given = {"plan.deprivation": same, "plan.district": 1.0}
    world = frames(county(), parameters().overridden(given))
    residents = world["population.syoa/2024"].query("age <= 24")
    x = depth(world)
    count = plans(world)["lsoa_code"].value_counts().reindex(x.index, fill_value=0)
    risk = residents.groupby("lsoa_code")["people"].sum().reindex(x.index)
    slope, error = log_ratio(count.to_numpy(float), risk.to_numpy(float), x.to_numpy(float))
    assert abs(slope - np.log(2.5)) < 2 * error
    assert error < 0.1


@pytest.mark.parametrize(
    ("name", "column", "groups"),
    [("suspension.boys_to_girls", "sex", ("M", "F")), ("suspension.fsm", "fsm", ("Y", "N"))],
)
def test_a_ratio_of_suspensions_is_there_and_can_be_nil(
    name: str, column: str, groups: tuple[str, str]
) -> None:
    def ratio(world: dict[str, pd.DataFrame]) -> float:
        pupils = roll(world, 2025)
        events = world["exclusions.exclusions/2024/25"].query("category == 'SUSP'")
        suspended = pupils["upn"].isin(events["upn"])
        risk = suspended.groupby(pupils[column]).mean()
        return float(risk[groups[0]] / risk[groups[1]])

    assert ratio(middling()) > 1.25
    # Beside SEN and deprivation, which both differ by these groups, so not quite one.
    assert ratio(without(name)) < ratio(middling()) / 1.15


def test_children_measured_by_deprivation() -> None:
    def slope(world: dict[str, pd.DataFrame]) -> tuple[float, float]:
        measured = world["ncmp.measurements/2023/24"]
        obese = measured[measured["weight_category"] == "obese"]
        return log_ratio(*by_area(world, obese, measured))

    there, error = slope(middling())
    assert there > 4 * error
    nil, error = slope(without("ncmp.deprivation", "ncmp.sen"))
    assert abs(nil) < 3 * error


def test_one_effect_leaves_the_rest_of_the_world_alone() -> None:
    world, other = middling(), without("ncmp.deprivation", "ncmp.sen")
    for key in world:
        if not key.startswith("ncmp"):
            pd.testing.assert_frame_equal(world[key], other[key])


def test_levels_of_provision() -> None:
    share = roll(middling(), 2025)["sen_provision"].value_counts(normalize=True)
    assert share["K"] == pytest.approx(0.139, abs=0.006)
    assert share["E"] == pytest.approx(0.048, abs=0.004)
    earlier = roll(middling(), 2023)["sen_provision"].value_counts(normalize=True)
    assert earlier["K"] < share["K"]
    assert earlier["E"] < share["E"]


def test_needs_of_plans_are_near_the_published_mix() -> None:
    share = plans(middling())["sen_type"].value_counts(normalize=True)
    published = {"ASD": 0.317, "SLCN": 0.214, "SEMH": 0.209, "MLD": 0.107, "SLD": 0.041}
    for need, expected in published.items():
        assert share[need] == pytest.approx(expected, abs=0.03), need


def test_settings_of_plans_are_near_the_published_mix() -> None:
    found = plans(middling())
    special = found["establishment_type"].isin(["07", "12", "36", "44"])
    independent = found["establishment_type"].isin(["10", "11"])
    college = found["ukprn_x"].notna()
    assert special.mean() == pytest.approx(0.25, abs=0.03)
    assert independent.mean() == pytest.approx(0.058, abs=0.02)
    assert college.mean() == pytest.approx(0.138, abs=0.03)
    assert found["sen_setting"].eq("NEET").mean() == pytest.approx(0.028, abs=0.012)


def test_places_outside_are_mostly_for_two_needs() -> None:
    found = plans(middling())
    outside = found["old_la_code"].notna() & found["old_la_code"].ne("961")
    assert 0.03 < outside.mean() < 0.09
    assert found.loc[outside, "sen_type"].isin(["ASD", "SEMH"]).mean() > 0.8


def test_process_of_the_year() -> None:
    world = middling()
    requests = world["sen2.requests/2025"]
    received = pd.to_datetime(requests["received_date"])
    year = requests[received.dt.year == 2024]
    assert len(year) == round(0.28 * 2_800)
    refused = year["request_outcome"].eq("N").mean()
    assert refused == pytest.approx(0.252, abs=0.005)
    decided = year["request_outcome_date"].notna()
    took = pd.to_datetime(year["request_outcome_date"]) - pd.to_datetime(year["received_date"])
    assert (took[decided].dt.days <= 42).mean() == pytest.approx(0.848, abs=0.04)
    assessed = world["sen2.assessment/2025"][["assessment_table_id", "requests_table_id"]]
    issued = world["sen2.namedplan/2025"].merge(assessed).merge(requests, on="requests_table_id")
    start = pd.to_datetime(issued["start_date"])
    new = issued[start.dt.year == 2024]
    assert 0.12 < len(new) / 2_800 < 0.19
    weeks = pd.to_datetime(new["start_date"]) - pd.to_datetime(new["received_date"])
    assert (weeks.dt.days <= 140).mean() == pytest.approx(0.38, abs=0.06)


@pytest.mark.parametrize(
    ("period", "rate"), [("2022/23", 9.3), ("2023/24", 10.5), ("2024/25", 10.8)]
)
def test_rates_of_suspension(period: str, rate: float) -> None:
    world = middling()
    pupils = roll(world, int(period[:4]) + 1).set_index("upn")
    events = world[f"exclusions.exclusions/{period}"].query("category == 'SUSP'")
    assert 100 * len(events) / len(pupils) == pytest.approx(rate, rel=0.05)
    # Published: 3.6 to 4.1 in a hundred have one or more.
    assert 3.0 < 100 * events["upn"].nunique() / len(pupils) < 5.5
    of = events["upn"].map(pupils["sen_provision"]).value_counts()
    by = 100 * of / pupils["sen_provision"].value_counts()
    assert by["N"] < by["E"] < 35
    assert 2 * by["N"] < by["K"] < 6 * by["N"]


def test_children_with_obesity() -> None:
    measured = middling()["ncmp.measurements/2023/24"]
    share = measured.groupby("school_year")["weight_category"].value_counts(normalize=True)
    assert share["R", "obese"] == pytest.approx(0.100, abs=0.015)
    assert share["6", "obese"] == pytest.approx(0.222, abs=0.02)
    low = {"underweight": 0.0, "healthy": 0.02, "overweight": 0.85, "obese": 0.95}
    floor = measured["weight_category"].map(low)
    assert (measured["bmi_p_score"] >= floor).all()


def test_every_parameter_is_used() -> None:
    chosen = parameters()
    frames(configuration(), chosen)
    assert set(chosen.parameters) - chosen.used == set()


def test_every_parameter_says_where_it_comes_from() -> None:
    for name, parameter in parameters().parameters.items():
        assert len(parameter.source) > 6, name
        assumed = "assumed" in parameter.source or "invented" in parameter.source
        assert assumed or parameter.kind != "assumption", name


def test_unknown_effects_are_refused_together() -> None:
    with pytest.raises(JsnaError) as caught:
        parameters().overridden({"plan.depravation": 1, "no.such": 2})
    assert [p.column for p in caught.value.problems] == ["plan.depravation", "no.such"]
    with pytest.raises(JsnaError, match="not an effect"):
        parameters().without("suspension.rate")

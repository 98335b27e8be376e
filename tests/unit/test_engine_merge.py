"""Local and official figures: which stands, and how they are reconciled."""

from __future__ import annotations

import pandas as pd

from jsna.measures.merge import merge, reconcile
from jsna.model import schema


def row(area: str, period: str, value: float, **other: object) -> dict[str, object]:
    return {
        "edition": "example-2025",
        "indicator": "pupils_ehc_plan",
        "area_code": area,
        "geography": "authority",
        "period": period,
        "period_type": "january",
        "breakdown": "total",
        "category": "total",
        "population_base": "attending",
        "numerator": value * 10,
        "denominator": 1000,
        "value": value,
        "unit": "percent",
        "method": "proportion_wilson",
        "profile": "default",
        "source": "local:school_census",
        **other,
    }


HOME, ENGLAND = "E10000950", "E92000001"
LOCAL = schema.conform(pd.DataFrame([row(HOME, "2024", 5.0), row(HOME, "2025", 5.5)]))
OFFICIAL = schema.conform(
    pd.DataFrame(
        [
            row(HOME, "2023", 4.9, profile="official"),
            row(HOME, "2024", 5.04, profile="official"),
            row(HOME, "2025", 5.8, profile="official"),
            row(ENGLAND, "2025", 5.3, profile="official", geography="national"),
        ]
    )
)


def test_the_local_value_stands_and_the_official_one_is_kept_beside_it() -> None:
    measures, official = merge(LOCAL, OFFICIAL)
    home = measures[measures["area_code"] == HOME].set_index("period")
    assert home["value"].to_dict() == {"2023": 4.9, "2024": 5.0, "2025": 5.5}
    assert home["profile"].to_dict() == {"2023": "official", "2024": "default", "2025": "default"}
    assert official["value"].tolist() == [5.04, 5.8]
    assert (measures["area_code"] == ENGLAND).sum() == 1


def test_nothing_is_lost_between_the_two() -> None:
    measures, official = merge(LOCAL, OFFICIAL)
    assert len(measures) + len(official) == len(LOCAL) + len(OFFICIAL)


def test_an_open_edition_has_official_figures_alone() -> None:
    measures, official = merge(schema.empty(), OFFICIAL)
    pd.testing.assert_frame_equal(measures, schema.conform(OFFICIAL, cells=True))
    assert official.empty


def test_reconciliation_states_the_difference() -> None:
    measures, official = merge(LOCAL, OFFICIAL)
    found = reconcile(measures, official).set_index("period")
    assert found["agrees"].to_dict() == {"2024": True, "2025": False}
    assert round(found.loc["2025", "difference"], 9) == -0.3
    assert found.loc["2025", "local_numerator"] == 55
    assert found.loc["2025", "official_numerator"] == 58


def test_the_publishers_own_figure_stands_over_one_counted_in_a_reference_table() -> None:
    counted = LOCAL.assign(source="population_by_age_2020", profile="official")
    measures, official = merge(counted, OFFICIAL)
    pd.testing.assert_frame_equal(measures, schema.conform(OFFICIAL, cells=True))
    assert official.empty

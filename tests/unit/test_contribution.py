"""Rules on a row by itself: contributors, the p % rule, extremes, and places too small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from jsna.disclosure.contribution import refused
from jsna.measures.contributions import COLUMNS, contributions
from jsna.measures.engine import measure
from jsna.model import schema
from jsna.model.hierarchies import Hierarchy
from jsna.model.indicators import Indicator
from jsna.tables.catalogue import CATALOGUE
from tests.spec import world
from tests.tried import tried
from tests.unit.cells_support import with_cells

SPENT = Indicator.model_validate(
    {
        "id": "spent",
        "chapter": "placements",
        "title": "Spent on placements",
        "phrase": "spent on placements",
        "definition": "Cost of placements in the year.",
        "population": "Children with a plan.",
        "population_base": "maintained",
        "kind": "money",
        "period_type": "financial_year",
        "numerator": {"table": "placement_cost", "count": "cost"},
        "breakdowns": [["setting"], ["locality"]],
        "comparators": [],
    }
)
CONFIG = world.configuration({"spent": SPENT})


@pytest.fixture(autouse=True)
def _costs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CATALOGUE, "placement_cost", world.COSTS)


def costs(*rows: tuple[str, str, float], period: str = "2024/25") -> pd.DataFrame:
    """Placements as (person, setting, cost), all in the west."""
    frame = pd.DataFrame(rows, columns=["person_key", "setting", "cost"])
    return frame.assign(period=period, lsoa_code=None, locality_code=world.WEST)


def row(indicator: str = "spent", **fields: Any) -> dict[str, Any]:
    return {
        "edition": "example-2025",
        "indicator": indicator,
        "area_code": world.AREA,
        "geography": "authority",
        "period": "2024/25",
        "period_type": "financial_year",
        "breakdown": "total",
        "category": "total",
        "method": "count",
        "profile": "default",
        "source": "local:sen2",
        "numerator": 1000.0,
        "value": 1000.0,
        **fields,
    }


def rows(*given: dict[str, Any]) -> pd.DataFrame:
    return schema.conform(pd.DataFrame(list(given)), cells=True)


def behind(frame: pd.DataFrame, *parts: Sequence[float]) -> pd.DataFrame:
    """Contributions of rows, in the order of the rows, from every single part; rows get a cell."""
    frame[schema.NUMERATOR_CELL] = [f"cell {at}" for at in range(len(frame))]
    numbers = [
        (f"cell {at}", who, part) for at, mine in enumerate(parts) for who, part in enumerate(mine)
    ]
    return pd.DataFrame(numbers, columns=list(COLUMNS))


def told(known: pd.DataFrame) -> dict[str, tuple[int, float, float, float]]:
    """Contributors, their sum, and the two largest parts, of each cell."""
    found = {}
    for cell, parts in known.groupby("cell")["amount"]:
        first, second, *_ = [*sorted(parts, reverse=True), 0.0]
        found[str(cell)] = len(parts), sum(parts), first, second
    return found


# The p % rule at 10 %: refused where what is left beside the two largest is under a tenth of the
# largest. Ten children or more stand behind each, so that the other rule is silent.
@pytest.mark.parametrize(
    ("parts", "rule"),
    [
        # 100 and 50, and ten children with 1 each: 10 is a tenth of 100, which is enough.
        ([100, 50, *[1] * 10], ""),
        # One child fewer leaves 9.
        ([100, 50, *[1] * 9], "dominance"),
        # Two children have everything but 8 pounds: the second knows the first within 8 of 1,000.
        ([1000, 900, *[1] * 8], "dominance"),
        # Alike parts give nothing away.
        ([50] * 10, ""),
    ],
)
def test_the_p_per_cent_rule(parts: list[float], rule: str) -> None:
    frame = rows(row(numerator=sum(parts), value=sum(parts)))
    assert refused(frame, CONFIG, behind(frame, parts)) == [rule]


@tried(100)
@given(st.lists(st.floats(1, 1e5), min_size=10, max_size=30))
def test_a_sum_that_is_shown_leaves_the_largest_part_uncertain(parts: list[float]) -> None:
    """Whoever is second takes their own away and has the largest to within p % at best."""
    frame = rows(row(numerator=sum(parts), value=sum(parts)))
    found = refused(frame, CONFIG, behind(frame, parts))
    first, second = sorted(parts, reverse=True)[:2]
    over = sum(parts) - second - first
    assert (found == [""]) == (over >= 0.1 * first - 1e-6) or abs(over - 0.1 * first) < 1e-5


def test_a_sum_of_few_is_refused_and_a_sum_of_nobody_is_not() -> None:
    none = {"numerator": 0.0, "value": 0.0}
    frame = rows(
        row(breakdown="setting", category="A"), row(breakdown="setting", category="B", **none)
    )
    assert refused(frame, CONFIG, behind(frame, [100] * 9, [])) == ["minimum_contributors", ""]


def test_a_sum_nobody_can_be_named_for_is_refused() -> None:
    frame = rows(row(), row(period="2023/24"))
    known = behind(frame, [100.0] * 10, [100.0] * 10)
    assert refused(frame, CONFIG) == ["contributors_unknown"] * 2
    assert refused(frame, CONFIG, known[:10]) == ["", "contributors_unknown"]
    missing = frame.assign(status="x")
    assert refused(missing, CONFIG) == ["", ""]


@pytest.mark.parametrize(
    ("method", "numerator", "denominator", "rule"),
    [
        # A mean of nine children's values, and of ten.
        ("mean_t", 4_000.0, 9.0, "minimum_contributors"),
        ("mean_t", 40.0, 10.0, ""),
        ("quantile", 9.0, np.nan, "minimum_contributors"),
        ("quantile", 10.0, np.nan, ""),
        # Nine events, and ten, in a population large enough.
        ("dsr_dobson", 9.0, 50_000.0, "minimum_contributors"),
        ("dsr_dobson", 10.0, 50_000.0, ""),
        ("sii_linear", 30.0, 9.0, "minimum_contributors"),
        ("rii_linear", 10.0, 400.0, ""),
        ("ratio_log", 9.0, 400.0, "minimum_contributors"),
        # What was expected is no child: 12 observed where 4.2 were expected.
        ("isr_byar", 12.0, 4.2, ""),
        ("isr_byar", 9.0, 12.5, "minimum_contributors"),
        # Nobody had the event, and nobody knows how many had it.
        ("dsr_dobson", 0.0, 50_000.0, ""),
        ("dsr_dobson", np.nan, np.nan, "contributors_unknown"),
        # Counts and proportions are the threshold's business.
        ("proportion_wilson", 3.0, 9.0, ""),
        ("count", 3.0, np.nan, ""),
        # One child's own value, whoever else is there.
        ("maximum", np.nan, 5_000.0, "extreme"),
        ("minimum", np.nan, 5_000.0, "extreme"),
    ],
)
def test_few_contributors_behind_a_value(
    method: str, numerator: float, denominator: float, rule: str
) -> None:
    frame = rows(row("any", method=method, numerator=numerator, denominator=denominator))
    assert refused(frame, CONFIG) == [rule]


def test_a_mean_is_a_mean_whatever_its_method() -> None:
    declared = Indicator.model_validate(
        {
            **SPENT.model_dump(),
            "id": "mean_cost",
            "kind": "mean",
            "unit": "mean",
            "method": "mean_t",
            "denominator": {"table": "placement_cost"},
        }
    )
    config = replace(CONFIG, indicators={"mean_cost": declared})
    few = row("mean_cost", method="proportion", numerator=900.0, denominator=9.0)
    published = {**few, "method": "median_of_areas", "area_code": "neighbours"}
    assert refused(rows(few, published), config) == ["minimum_contributors", ""]


def test_official_figures_pass_and_stricter_profiles_ask_for_more() -> None:
    mean = row("any", method="mean_t", numerator=100.0, denominator=9.0)
    assert refused(rows({**mean, "profile": "official"}), CONFIG) == [""]
    strict = CONFIG.profiles["default"].model_copy(update={"minimum_contributors": 30})
    config = replace(CONFIG, profiles={**CONFIG.profiles, "strict": strict})
    both = {**mean, "denominator": 20.0, "profile": "official+strict"}
    assert refused(rows({**mean, "denominator": 20.0}, {**both, "period": "2025/26"}), config) == [
        "",
        "minimum_contributors",
    ]


SENSITIVE = Indicator.model_validate(
    {**SPENT.model_dump(), "id": "deaths", "breakdowns": [["setting"]],
     "sensitivity": "deaths", "unit": "count", "numerator": {"table": "placement_cost"}}
)  # fmt: skip


def test_sensitive_counts_are_refused_below_the_authority_whoever_gives_them() -> None:
    config = replace(CONFIG, indicators={"deaths": SENSITIVE, "spent": SPENT})
    west = {"area_code": world.WEST, "geography": "district"}
    group = {"area_code": "north", "geography": "locality_group"}
    ward = {"area_code": "E05000001", "geography": "ward", "profile": "official"}
    nation = {"area_code": "E92000001", "geography": "national"}
    other = {**row("any"), **west}
    frame = rows(*(row("deaths", numerator=500.0, **x) for x in ({}, west, group, ward, nation)))
    found = dict(zip(frame["geography"], refused(frame, config), strict=True))
    assert found.pop("authority") == found.pop("national") == ""
    assert set(found) == {"district", "locality_group", "ward"}
    assert set(found.values()) == {"below_authority"}
    assert refused(rows(other), config) == [""]


@pytest.mark.parametrize("dims", [["locality"], ["setting", "locality"], ["lsoa_code"]])
@pytest.mark.parametrize(
    ("sensitivity", "words"),
    [
        ("deaths", "deaths are never shown"),
        ("register", "children on a register are"),
        ("inpatient", "in-patients are"),
    ],
)
def test_a_sensitive_indicator_may_not_be_declared_below_the_authority(
    dims: list[str], sensitivity: str, words: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        Indicator.model_validate(
            {**SENSITIVE.model_dump(), "sensitivity": sensitivity, "breakdowns": [dims]}
        )
    assert words in str(caught.value)
    assert "smaller than the authority" in str(caught.value)


@pytest.mark.parametrize("key", ["kind", "method"])
@pytest.mark.parametrize("value", ["minimum", "maximum"])
def test_least_and_greatest_values_cannot_be_declared(key: str, value: str) -> None:
    with pytest.raises(ValidationError, match="one child's own and is never shown"):
        Indicator.model_validate({**SPENT.model_dump(), key: value})


def test_a_sum_of_money_is_measured_and_judged_by_who_is_behind_it() -> None:
    dominated = [("p1", "A", 60.0), ("p1", "A", 40.0), ("p2", "A", 50.0)]
    dominated += [(f"q{i}", "A", 1.0) for i in range(9)]
    few = [(f"r{i}", "B", 20.0) for i in range(9)]
    enough = [(f"s{i}", "C", 20.0) for i in range(10)]
    void = [("t", "D", 70.0), ("t", "D", -70.0)]
    tables = {"placement_cost": costs(*dominated, *few, *enough, *void)}
    found = measure(tables, [SPENT], CONFIG)
    known = contributions(found, tables, CONFIG)
    assert list(known.columns) == list(COLUMNS)
    # A payment taken back stands for nobody.
    totals = found.loc[found["breakdown"].eq("setting")].set_index("category")["numerator_cell"]
    assert [told(known)[totals[code]] for code in "ABC"] == [
        (11, 159.0, 100.0, 50.0),
        (9, 180.0, 20.0, 20.0),
        (10, 200.0, 20.0, 20.0),
    ]
    assert totals["D"] not in told(known)
    rules = dict(zip(found["category"], refused(found, CONFIG, known), strict=True))
    settings = [rules[code] for code in "ABCD"]
    assert settings == ["dominance", "minimum_contributors", "", ""]
    places = found.loc[found["geography"] == "district"]
    assert dict(zip(places["area_code"], places["value"], strict=True)) == {
        world.WEST: 539.0,
        world.EAST: 0.0,
    }


def test_contributors_of_coarser_rows_are_persons_not_amounts() -> None:
    """Two settings as one and three years as one: a child in several is one contributor."""
    config = replace(
        CONFIG, hierarchies={"kind": Hierarchy("setting", {"school": frozenset({"A", "B"})})}
    )
    tables = {
        "placement_cost": pd.concat(
            [
                costs(("p1", "A", 10.0), ("p2", "C", 99.0), period="2022/23"),
                costs(("p1", "B", 30.0), period="2023/24"),
                costs(("p2", "B", 5.0), ("p3", "A", 1.0)),
                costs(("p1", "A", 500.0), period="2025/26"),
            ]
        )
    }
    three = {"period": "2022/23 to 2024/25", "period_type": "three_years"}
    frame = rows(
        row(breakdown="kind", category="school", **three),
        row(breakdown="kind", category="school", period="2023/24"),
        row(area_code=world.WEST, geography="district", **three),
        row(area_code=world.EAST, geography="district", **three),
        row(source="ehcp_2025", period="2021/22"),
    )
    frame = with_cells(frame, config)
    found = contributions(frame, tables, config)
    by_cell = told(found)
    keys = zip(frame["period"], frame["breakdown"], frame["area_code"], strict=True)
    by_key = {k: by_cell.get(c) for k, c in zip(keys, frame["numerator_cell"], strict=True)}
    assert by_key == {
        (three["period"], "kind", world.AREA): (3, 46.0, 40.0, 5.0),
        ("2023/24", "kind", world.AREA): (1, 30.0, 30.0, 0.0),
        (three["period"], "total", world.WEST): (3, 145.0, 104.0, 40.0),
        (three["period"], "total", world.EAST): None,
        ("2021/22", "total", world.AREA): None,
    }
    # One person has one number in all cells.
    numbered = set(zip(found["amount"], found["who"], strict=True))
    assert {(40.0, 0), (30.0, 0), (104.0, 1), (1.0, 2)} <= numbered


def test_an_edition_without_money_has_no_contributions() -> None:
    config = world.configuration()
    found = contributions(with_cells(rows(row("pupils_ehc_plan")), config), {}, config)
    assert list(found.columns) == list(COLUMNS)
    assert found.empty

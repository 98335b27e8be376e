"""Medians and percentiles: of the values themselves, protected by how many they are of."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jsna.disclosure import contribution
from jsna.disclosure.evidence import gather
from jsna.disclosure.protect import protect
from jsna.errors import JsnaError
from jsna.measures.engine import measure
from jsna.measures.methods import limit_ranks, quantile
from jsna.model.fallbacks import Hierarchy
from jsna.model.indicators import Indicator
from jsna.view.kinds import QUANTILES, said
from tests.spec import world
from tests.tried import tried
from tests.unit import whole_path

LIMITS = ["lower_95", "upper_95", "lower_998", "upper_998"]
ENTRY = """
id: plans_median_age
title: Median age of children with a plan
phrase: ages of children with a plan
definition: The age that half of the children with a plan have not passed.
population: Children with a plan whose age is known.
population_base: maintained
period_type: january
kind: quantile
unit: years
numerator: {table: plan, where: age is not null}
values: age
breakdowns: [sex, setting, imd_decile, locality]
charts: [trend, areas, bars sex, gradient imd_decile]
"""
YEARS = ("2022", "2023", "2024", "2025")
BASE = world.configuration()
#: Numbers below this are small in the profile the tests protect by.
FEWEST = 5


def configured(one: Indicator, **changes: Any) -> Any:
    return replace(BASE, indicators={one.id: one}, **changes)


def plans(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """Plans as (period, age, sex, setting, locality), and a tenth of deprivation."""
    columns = ["period", "age", "sex", "setting", "locality_code", "imd_decile"]
    frame = pd.DataFrame(
        [(*row, None)[: len(columns)] for row in rows], columns=columns, dtype=object
    )
    return world.filled("plan", frame).assign(person_key=[f"p{n}" for n in range(len(rows))])


# -- the method -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "ranks"),
    # Campbell and Gardner's table of limits of a median at 95 %.
    [(6, (1, 6)), (10, (2, 9)), (15, (4, 12)), (20, (6, 15)), (30, (10, 21)), (50, (18, 33)),
     (100, (40, 61))],
)  # fmt: skip
def test_limits_of_a_median_are_the_ranks_that_are_published(
    count: int, ranks: tuple[int, int]
) -> None:
    low, high = limit_ranks([count], 0.5)
    assert (low[0], high[0]) == ranks


@tried(60)
@given(st.integers(1, 200), st.sampled_from(sorted(QUANTILES)), st.sampled_from([0.95, 0.998]))
def test_limits_leave_out_no_more_than_the_level_allows(
    count: int, percentile: int, level: float
) -> None:
    """By sums of the binomial distribution in whole numbers, and no wider than they must be."""

    def up_to(k: int) -> float:
        over = percentile**count if k >= count else 0
        terms = (
            math.comb(count, i) * percentile**i * (100 - percentile) ** (count - i)
            for i in range(min(k, count - 1) + 1)
        )
        return float((sum(terms) + over) / 100**count) if k >= 0 else 0.0

    (low,), (high,) = limit_ranks([count], percentile / 100, level)
    tail = (1 - level) / 2
    slack = 1e-9
    assert up_to(int(low) - 1) <= tail + slack
    assert up_to(int(low)) >= tail - slack
    assert 1 - up_to(int(high) - 1) <= tail + slack
    assert 1 - up_to(int(high) - 2) >= tail - slack


def test_limits_are_those_that_scipy_gives() -> None:
    draw = np.random.default_rng(11)
    for n, p in ((25, 0.5), (60, 0.25), (80, 0.9), (143, 0.5)):
        values = draw.gamma(2.0, 30.0, n)
        found = quantile(values, p)
        own = stats.quantile_test(values, p=p).confidence_interval(0.95)
        assert (found.lower[0], found.upper[0]) == (own.low, own.high)
        assert found.value[0] == pytest.approx(np.quantile(values, p))


@tried(80)
@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=80),
    st.sampled_from(sorted(QUANTILES)),
    st.integers(1, 10),
)
def test_nothing_is_given_that_fewer_reach_than_may(
    values: list[int], percentile: int, fewest: int
) -> None:
    found = quantile(values, percentile / 100, fewest=fewest, confidence=(0.95, 0.998))
    given_ = [found.value[0], *found.lower[:, 0], *found.upper[:, 0]]
    for number in given_:
        if not math.isnan(number):
            assert sum(value <= number for value in values) >= fewest
            assert sum(value >= number for value in values) >= fewest
    assert bool(found.reason[0]) == math.isnan(found.value[0])


# -- the engine -----------------------------------------------------------------------------------

rows_of_plans = st.lists(
    st.tuples(
        st.sampled_from(YEARS[:3]),
        st.none() | st.integers(0, 25),
        st.sampled_from(["F", "M"]),
        st.sampled_from(["A", "B", "C"]),
        st.sampled_from([world.WEST, world.EAST, None]),
    ),
    min_size=1,
    max_size=120,
)


@tried(40)
@given(rows_of_plans, st.sampled_from([25, 50, 90]))
def test_every_quantile_is_of_the_very_values_it_is_of(
    rows: list[tuple[str, int | None, str, str, str | None]], percentile: int
) -> None:
    """So are those of recodings, which are counted anew from all the rows they put together."""
    recodings = [{"collapse": {"setting": "kind"}}, {"collapse": {"setting": "kind"}, "years": 3}]
    one = whole_path.declared(
        ENTRY,
        percentile=percentile,
        period_type="financial_year",
        breakdowns=[["sex"], ["setting"], ["locality"]],
        fallbacks=[{"breakdown": ["setting"], "recodings": recodings}],
    )
    kinds = {"school": frozenset({"A", "B"}), "other": frozenset({"C"})}
    years = {"2022": "2022/23", "2023": "2023/24", "2024": "2024/25"}
    rows = [(years[row[0]], *row[1:]) for row in rows]
    config = configured(one, hierarchies={"kind": Hierarchy("setting", kinds)})
    found = measure({"plan": plans(list(rows))}, [one], config)
    assert not found.empty
    for row in found.itertuples():
        mine = [r for r in rows if r[0] == row.period or row.period_type == "three_years"]
        mine = [r for r in mine if r[1] is not None]
        if row.geography == "district":
            mine = [r for r in mine if r[4] == row.area_code]
        elif row.breakdown in ("sex", "setting", "kind"):
            at = 2 if row.breakdown == "sex" else 3
            codes = kinds[str(row.category)] if row.breakdown == "kind" else {row.category}
            mine = [r for r in mine if r[at] in codes]
        values = np.sort([r[1] for r in mine if r[1] is not None])
        assert row.numerator == len(values)
        assert math.isnan(row.denominator)
        place = (len(values) - 1) * percentile / 100
        beyond = min(math.floor(place) + 1, len(values) - math.ceil(place))
        if not len(values):
            assert row.status == "z"
        elif beyond < FEWEST:
            assert (row.status, row.reason) == ("x", "few_values")
            assert np.isnan([getattr(row, name) for name in ("value", *LIMITS)]).all()
        else:
            assert row.value == math.floor(np.quantile(values, percentile / 100) + 0.5)
            for level, names in ((0.95, LIMITS[:2]), (0.998, LIMITS[2:])):
                low, high = limit_ranks([float(len(values))], percentile / 100, level)
                for rank, name in zip((low[0], high[0]), names, strict=True):
                    told = getattr(row, name)
                    if min(rank, len(values) + 1 - rank) < FEWEST:
                        assert math.isnan(told)
                    else:
                        assert told == values[rank - 1]


# -- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"values": "sex"}, "values"),
        ({"values": "height"}, "values"),
        ({"numerator": {"table": "plan"}}, "numerator.where"),
        ({"numerator": {"table": "plan", "where": "age is not null", "count": "persons"}},
         "numerator.count"),
        ({"denominator": {"table": "plan"}}, "method"),
        ({"over": ["sex"], "breakdowns": [["sex"]]}, "over"),
    ],
)  # fmt: skip
def test_a_quantile_is_of_a_column_of_the_rows_counted(changes: dict[str, Any], key: str) -> None:
    one = whole_path.declared(ENTRY, **changes)
    with pytest.raises(JsnaError, match=rf"plans_median_age\.{key}"):
        measure({"plan": plans([(YEARS[0], 5, "F", "A", None)])}, [one], configured(one))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"values": ""}, "names in `values` the column"),
        ({"kind": "count", "unit": "count"}, "names in `values` the column"),
        ({"percentile": 100}, "percentile"),
        ({"percentile": 99}, "percentile"),
        ({"kind": "maximum"}, "one child's own"),
        ({"unit": ""}, "a quantile says its `unit`"),
    ],
)
def test_a_declaration_that_is_no_quantile_is_refused(changes: dict[str, Any], rule: str) -> None:
    with pytest.raises(ValueError, match=rule.replace("`", ".")):
        whole_path.declared(ENTRY, **changes)


# -- protection -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("boys", "girls"), [(9, ""), (4, "c")])
def test_a_median_of_few_children_is_hidden(boys: int, girls: str) -> None:
    """The profile asks for ten. How many nine boys are is no secret, and no median follows from
    two others; how many four are is one, and the girls would give it away."""
    rows = [(YEARS[0], age, "F", "A", world.WEST) for age in range(3, 23)]
    rows += [(YEARS[0], age, "M", "A", world.WEST) for age in range(5, 5 + boys)]
    one = whole_path.declared(ENTRY, breakdowns=[["sex"]])
    config = configured(one)
    measured = measure({"plan": plans(list(rows))}, [one], config)
    rules = dict(zip(measured["category"], contribution.refused(measured, config), strict=True))
    assert rules == {"total": "", "F": "", "M": "minimum_contributors"}
    found = protect(measured, config)
    shown = found.safe.set_index("category")
    assert (shown.loc["M", "status"], shown.loc["F", "status"]) == ("c", girls)
    assert shown.loc[shown["status"].eq("c"), ["numerator", "value", *LIMITS]].isna().all(axis=None)
    assert (shown.loc["total", "numerator"], shown.loc["total", "status"]) == (20 + boys, "")
    gather(found.safe, measured, config)


@pytest.mark.parametrize("children", [20, 22])
def test_a_median_of_a_rounded_number_of_children_stands_without_limits(children: int) -> None:
    """Limits follow from the true number; were they there only where rounding changes nothing,
    they would tell that it does not."""
    one = whole_path.declared(ENTRY, breakdowns=[])
    rounds = BASE.profiles["default"].model_copy(update={"rounding": 5, "threshold": 0})
    config = configured(one, profiles={**BASE.profiles, "default": rounds})
    rows = [(YEARS[0], age, "F", "A", None) for age in range(1, children + 1)]
    measured = measure({"plan": plans(list(rows))}, [one], config)
    found = protect(measured, config)
    (row,) = found.safe.itertuples()
    assert (row.numerator, row.value) == (20.0, math.floor((children + 1) / 2 + 0.5))
    assert np.isnan([getattr(row, name) for name in LIMITS]).all()
    gather(found.safe, measured, config)
    with pytest.raises(JsnaError, match="not that of the counts"):
        gather(found.safe.assign(value=found.safe["value"] + 1), measured, config)


# -- words, charts and reading back ----------------------------------------------------------------


def county(codes: list[str]) -> pd.DataFrame:
    """Four years of plans; boys are two years older, and all get older from year to year."""
    draw = np.random.default_rng(1)
    rows = []
    for number, period in enumerate(YEARS):
        for n in range(400):
            sex = "FM"[n % 2]
            age = draw.normal(9 + 2 * (sex == "M") + number, 3)
            place = str(draw.choice(codes))
            tenth = str(draw.integers(1, 11))
            rows.append((period, int(np.clip(age, 0, 25)), sex, "special", place, tenth))
    return plans(rows)


def test_a_median_goes_all_the_way_to_the_page(tmp_path: Path) -> None:
    one = whole_path.declared(ENTRY)
    config = whole_path.configuration([one])
    rows = county([place.code for place in config.area.localities])
    found = whole_path.walked(tmp_path, {"plan": rows}, [one])
    assert found.read.problems == ()
    by = {sex: rows.loc[rows["period"].eq("2025") & rows["sex"].eq(sex), "age"] for sex in "FM"}
    every = rows.loc[rows["period"].eq("2025"), "age"]
    girls, boys, all_ = (
        math.floor(float(np.median(part.astype(float))) + 0.5) for part in (by["F"], by["M"], every)
    )
    assert (
        f"the median of ages of children with a plan was {all_} years in January 2025" in found.page
    )
    assert f"Female{girls}" in found.page
    assert f"Male{boys}" in found.page
    assert re.search(r"has risen from \d+ years in January 2022", found.page)
    assert "no clear gradient by deprivation" in found.figures[2]["title"]
    assert "Medians and percentiles have intervals" in found.page
    assert [figure["type"] for figure in found.figures] == ["trend", "bars", "gradient"]
    assert "higher for males than for females" in found.figures[1]["title"]


def test_percentiles_are_called_by_what_they_are() -> None:
    for percentile, words in QUANTILES.items():
        one = whole_path.declared(ENTRY, percentile=percentile)
        assert said(one).noun == f"the {words} of"
        assert words in said(one).level

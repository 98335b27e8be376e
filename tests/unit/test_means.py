"""Means from the database's sums: as from the values themselves, and protected as means are."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jsna.disclosure import contribution, limits
from jsna.disclosure.evidence import gather
from jsna.disclosure.protect import protect
from jsna.disclosure.prove import prove
from jsna.errors import JsnaError
from jsna.measures.engine import measure
from jsna.model import schema
from jsna.model.fallbacks import Hierarchy
from jsna.model.indicators import Indicator
from jsna.model.tables import Column
from jsna.tables.catalogue import CATALOGUE
from tests.spec import world
from tests.tried import drawn, tried
from tests.unit import whole_path

LIMITS = ["lower_95", "upper_95", "lower_998", "upper_998"]
ENTRY: dict[str, Any] = {
    **world.LEAST,
    "id": "mean_age",
    "phrase": "age of children with a plan",
    "population_base": "maintained",
    "kind": "mean",
    "period_type": "financial_year",
    "numerator": {"table": "plan", "where": "age is not null", "count": "age"},
    "denominator": {"table": "plan", "where": "age is not null"},
    "breakdowns": [["sex"], ["setting"], ["locality"]],
}
YEARS = ("2022/23", "2023/24", "2024/25")
BASE = world.configuration()


def declared(**changes: Any) -> Indicator:
    return Indicator.model_validate({**ENTRY, **changes})


def configured(one: Indicator) -> Any:
    return replace(BASE, indicators={one.id: one})


def plans(rows: list[tuple[str, int | None, str, str, str | None]]) -> pd.DataFrame:
    """Plans as (period, age, sex, setting, locality)."""
    columns = ["period", "age", "sex", "setting", "locality_code"]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    return world.filled("plan", frame).assign(person_key=[f"p{n}" for n in range(len(rows))])


def expected(ages: list[Any]) -> list[float]:
    """Mean and limits of values, from them alone."""
    values = np.array(ages, dtype=float)
    n = len(values)
    reach = [stats.t.ppf(p, n - 1) * values.std(ddof=1) / np.sqrt(n) for p in (0.975, 0.999)]
    mean = float(values.mean())
    return [mean, *(mean + sign * reach[level] for level in (0, 1) for sign in (-1, 1))]


ages = st.integers(min_value=0, max_value=25)
rows_of_plans = st.lists(
    st.tuples(
        st.sampled_from(YEARS),
        st.none() | ages,
        st.sampled_from(["F", "M"]),
        st.sampled_from(["A", "B", "C"]),
        st.sampled_from([world.WEST, world.EAST, None]),
    ),
    min_size=1,
    max_size=60,
)


@tried(60)
@given(rows_of_plans)
def test_every_mean_and_its_limits_are_those_of_the_values_it_is_of(
    rows: list[tuple[str, int | None, str, str, str | None]],
) -> None:
    """So are those of recodings, which add up categories and years."""
    recodings = [{"collapse": {"setting": "kind"}}, {"collapse": {"setting": "kind"}, "years": 3}]
    one = declared(fallbacks=[{"breakdown": ["setting"], "recodings": recodings}])
    kinds = {"school": frozenset({"A", "B"}), "other": frozenset({"C"})}
    config = replace(configured(one), hierarchies={"kind": Hierarchy("setting", kinds)})
    found = measure({"plan": plans(rows)}, [one], config)
    assert not found.empty
    for row in found.itertuples():
        years = YEARS if row.period_type == "three_years" else (row.period,)
        mine = [r for r in rows if r[0] in years and r[1] is not None]
        if row.geography == "district":
            mine = [r for r in mine if r[4] == row.area_code]
        elif row.breakdown in ("sex", "setting", "kind"):
            at = 2 if row.breakdown == "sex" else 3
            codes = kinds.get(str(row.category), {row.category})
            mine = [r for r in mine if r[at] in codes]
        values = [r[1] for r in mine if r[1] is not None]
        assert (row.numerator, row.denominator) == (sum(values), len(values))
        shown = [row.value, *(getattr(row, name) for name in LIMITS)]
        if len(values) > 1:
            assert shown == pytest.approx(expected(values), abs=1e-9)
        elif values:
            assert shown[0] == values[0]
            assert np.isnan(shown[1:]).all()
        else:
            assert np.isnan(shown).all()
            assert row.status == "z"


def test_measurements_with_decimals_add_up_to_the_same_in_any_order() -> None:
    columns = {**CATALOGUE["plan"].columns, "weight": Column("weight", "number")}
    table = replace(CATALOGUE["plan"], columns=columns)
    side = {"table": "plan", "where": "weight is not null"}
    one = declared(numerator={**side, "count": "weight"}, denominator=side, breakdowns=[["sex"]])
    # Enough rows for the database to add them up in several parts, in whichever order these end.
    draw = np.random.default_rng(7)
    weights = np.round(draw.normal(35.0, 9.0, 300_000), 1)
    frame = pd.DataFrame(
        {"period": YEARS[0], "weight": weights, "sex": draw.choice(["F", "M"], 300_000)}
    )
    frame["person_key"] = frame.index.astype(str)
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(CATALOGUE, "plan", table)
        made = [
            measure({"plan": rows.reindex(columns=list(columns))}, [one], configured(one))
            for rows in (frame, frame.iloc[::-1])
        ]
    pd.testing.assert_frame_equal(made[0], made[1], check_exact=True)
    (total,) = made[0].loc[made[0]["breakdown"] == "total"].itertuples()
    assert total.numerator == math.fsum(weights)
    assert [total.value, *(getattr(total, name) for name in LIMITS)] == pytest.approx(
        expected(list(weights)), rel=1e-9
    )


def test_a_mean_of_thousands_is_counted() -> None:
    """Costs of 1,000 to 900,000 pounds: their squares pass 18 digits."""
    columns = {**CATALOGUE["plan"].columns, "weight": Column("weight", "number")}
    side = {"table": "plan", "where": "weight is not null"}
    one = declared(numerator={**side, "count": "weight"}, denominator=side, breakdowns=[])
    values = [1_000.0, 900_000.25, *[123_456.78] * 40]
    frame = pd.DataFrame({"period": YEARS[0], "weight": values})
    frame = frame.assign(person_key=frame.index.astype(str)).reindex(columns=list(columns))
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(CATALOGUE, "plan", replace(CATALOGUE["plan"], columns=columns))
        (row,) = measure({"plan": frame}, [one], configured(one)).itertuples()
    shown = [row.value, *(getattr(row, name) for name in LIMITS)]
    assert shown == pytest.approx(expected(values), rel=1e-9)


def refusal(rows: pd.DataFrame, **changes: Any) -> str:
    one = declared(**changes)
    with pytest.raises(JsnaError) as caught:
        measure({"plan": rows}, [one], configured(one))
    return str(caught.value)


def test_a_mean_over_rows_without_a_value_is_refused() -> None:
    rows = plans([(YEARS[0], 5, "F", "A", None), (YEARS[0], None, "F", "A", None)])
    whole = {"table": "plan"}
    said = refusal(rows, numerator={**whole, "count": "age"}, denominator=whole)
    assert "mean_age.numerator.where" in said
    assert "leave them out, as in `age is not null`" in said


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"numerator": {"table": "plan", "where": "age is not null"}}, "numerator.count"),
        ({"denominator": {"table": "plan"}}, "denominator"),
        ({"denominator": {**ENTRY["denominator"], "count": "persons"}}, "denominator"),
        ({"over": ["sex"], "breakdowns": [["sex"]]}, "over"),
    ],
)
def test_a_mean_is_of_the_rows_that_have_the_value(changes: dict[str, Any], key: str) -> None:
    assert f"mean_age.{key}" in refusal(plans([(YEARS[0], 5, "F", "A", None)]), **changes)


def many(sex: str, setting: str, ages: list[int]) -> list[tuple[str, int, str, str, str]]:
    return [(YEARS[0], age, sex, setting, world.WEST) for age in ages]


def test_a_mean_of_few_children_is_hidden_and_its_sum_stays_uncertain() -> None:
    """Nine boys are fewer than the ten the profile asks for; the girls would give them away."""
    rows = [*many("F", "A", list(range(4, 24))), *many("M", "A", list(range(5, 14)))]
    rows += many("F", "B", list(range(6, 20)))
    one = declared(breakdowns=[["sex"]])
    config = configured(one)
    measured = measure({"plan": plans(rows)}, [one], config)
    by = measured.set_index("category")
    rules = dict(zip(measured["category"], contribution.refused(measured, config), strict=True))
    assert rules == {"total": "", "F": "", "M": "minimum_contributors"}
    found = protect(measured, config)
    shown = found.safe.set_index("category")
    assert shown.loc["M", "status"] == shown.loc["F", "status"] == "c"
    assert shown.loc[["F", "M"], ["numerator", "value", *LIMITS]].isna().all(axis=None)
    assert shown.loc["total", "value"] == by.loc["total", "value"]
    assert shown.loc["total", LIMITS].tolist() == by.loc["total", LIMITS].tolist()
    gather(found.safe, measured, config)  # what is printed is what was measured


def test_a_mean_over_a_rounded_count_has_no_limits() -> None:
    """They would be those of the count before it was rounded."""
    one = declared(breakdowns=[])
    rounds = BASE.profiles["default"].model_copy(update={"rounding": 5, "threshold": 0})
    config = replace(configured(one), profiles={**BASE.profiles, "default": rounds})
    measured = measure({"plan": plans(many("F", "A", list(range(1, 13))))}, [one], config)
    found = protect(measured, config)
    (row,) = found.safe.itertuples()
    assert (row.numerator, row.denominator, row.value) == (78.0, 10.0, pytest.approx(7.8))
    assert np.isnan([getattr(row, name) for name in LIMITS]).all()
    gather(found.safe, measured, config)


def few_of_some() -> tuple[Any, pd.DataFrame]:
    """Means of four settings, of which one is of nine children and another hides it."""
    rows = many("F", "A", list(range(4, 24))) + many("M", "B", list(range(5, 14)))
    rows += many("F", "C", list(range(6, 18))) + many("F", "D", list(range(3, 25)))
    one = declared(breakdowns=[["setting"]])
    config = configured(one)
    return config, measure({"plan": plans(rows)}, [one], config)


def test_a_mean_beside_a_hidden_one_has_no_limits() -> None:
    """They give the squares of the values added up: what all have together less what those shown
    have is what the hidden ones have, and where values are alike that is nearly their sum."""
    config, measured = few_of_some()
    found = protect(measured, config)
    shown = found.safe.set_index("category")
    hidden = shown["status"].eq("c")
    assert hidden["B"]
    left = [name for name in "ACD" if not hidden[name]]
    assert len(left) == 2
    assert shown.loc[left, LIMITS].isna().all(axis=None)
    by = measured.set_index("category")
    assert shown.loc[left, "value"].tolist() == by.loc[left, "value"].tolist()
    assert shown.loc["total", LIMITS].tolist() == by.loc["total", LIMITS].tolist()
    gather(found.safe, measured, config)
    told = found.safe.merge(measured[["category", *LIMITS]], on="category", suffixes=("", "_true"))
    mine = told["category"].isin(left)
    for name in LIMITS:
        told.loc[mine, name] = told.loc[mine, f"{name}_true"]
    with pytest.raises(JsnaError, match="prints the limits of a mean beside one that is hidden"):
        gather(told[list(found.safe.columns)], measured, config)


@pytest.mark.parametrize(
    ("elsewhere", "kept"),
    [
        ([23] * 7, False), ([23] * 9, False), ([0, 9] * 3, False), ([2] * 10, True),
        # That seven have nothing says it of each; of ten a row would.
        ([0] * 7, False), ([0] * 10, True),
    ],
)  # fmt: skip
def test_means_do_not_leave_that_of_few_of_no_known_district(
    elsewhere: list[int], kept: bool
) -> None:
    """The whole less both districts would be the sum of the others, and so their mean."""
    rows = [
        (YEARS[0], age, "F", "A", place)
        for place, ages in (
            (world.WEST, list(range(4, 16))), (world.EAST, list(range(3, 17))), (None, elsewhere)
        )
        for age in ages
    ]  # fmt: skip
    one = declared(breakdowns=[["locality"]])
    config = configured(one)
    measured = measure({"plan": plans(list(rows))}, [one], config)
    safe = protect(measured, config).safe
    shown = safe["status"].ne("c") & safe["denominator"].gt(0)
    assert (shown.sum() == 3) == kept
    prove(gather(safe, measured, config))
    if not kept:
        open_ = measured[list(safe.columns)].assign(**dict.fromkeys(LIMITS, np.nan))
        with pytest.raises(JsnaError) as caught:
            prove(gather(open_, measured, config))
        assert "prove.remainder" in {problem.code for problem in caught.value.problems}


def test_a_hidden_mean_of_nought_is_not_what_is_left() -> None:
    """Seven of a district have nothing, so that the sum of the other is the whole's."""
    rows = [(YEARS[0], age, "F", "A", world.WEST) for age in range(3, 17)]
    rows += [(YEARS[0], 0, "F", "A", world.EAST)] * 7
    one = declared(breakdowns=[["locality"]])
    config = configured(one)
    measured = measure({"plan": plans(list(rows))}, [one], config)
    safe = protect(measured, config).safe
    assert safe.loc[safe["status"].ne("c"), "geography"].tolist() in (["authority"], ["district"])
    prove(gather(safe, measured, config))
    bare = measured[list(safe.columns)].assign(**dict.fromkeys(LIMITS, np.nan))
    mine = bare["area_code"].eq(world.EAST)
    bare.loc[mine, list(schema.NUMBERS)] = np.nan
    bare.loc[mine, ["status", "reason"]] = "c", "disclosure_control"
    with pytest.raises(JsnaError, match="leaves over beside its parts"):
        prove(gather(bare, measured, config))


def test_of_three_years_of_which_one_is_hidden_there_are_no_limits() -> None:
    """Their squares less those of the two years shown are the hidden year's."""
    spans = "2022/23 to 2024/25", "2021/22 to 2023/24"
    kinds = dict.fromkeys(("2021/22", "2022/23", "2023/24", "2024/25"), "financial_year")
    kinds |= dict.fromkeys(spans, "three_years")
    numbers = dict.fromkeys(schema.NUMBERS, np.nan)
    rows = pd.DataFrame(
        [
            {**numbers, "indicator": "mean_age", "geography": "authority", "area_code": world.AREA,
             "breakdown": "total", "category": "total", "method": "other", "profile": "default",
             "period": period, "period_type": kind}
            for period, kind in kinds.items()
        ]
    )  # fmt: skip
    hidden = rows["period"].eq("2024/25").to_numpy()
    found = limits.withheld(rows, rows[list(schema.NUMBERS)], hidden, configured(declared()))
    assert rows.loc[found, "period"].tolist() == ["2022/23 to 2024/25"]


@pytest.mark.parametrize("seed", drawn(8, 3))
def test_drawn_means_are_protected_and_proven(seed: int) -> None:
    """Protection and attack agree, and the test's own count of who is left finds no few."""
    draw = np.random.default_rng(seed)
    rows = [
        (YEARS[0], int(draw.integers(0, 26 if seed % 2 else 2)), "F", setting, place)
        for place in (world.WEST, world.EAST, None)
        for setting in "ABC"
        for _ in range(int(draw.integers(0, 25)))
    ]
    one = declared(breakdowns=[["locality"], ["setting"]])
    config = configured(one)
    measured = measure({"plan": plans(list(rows))}, [one], config)
    safe = protect(measured, config).safe
    prove(gather(safe, measured, config))
    shown = safe.loc[safe["value"].notna()]
    whole = shown.loc[shown["geography"].eq("authority") & shown["breakdown"].eq("total")]
    for parts in (shown["geography"].eq("district"), shown["breakdown"].eq("setting")):
        left = whole["denominator"].sum() - shown.loc[parts, "denominator"].sum()
        assert whole.empty or not parts.any() or left == 0 or left >= 10


@pytest.mark.parametrize(
    ("values", "printed"),
    [
        ([4, 9, 14] * 10, True),
        # 29 are few.
        ([4, 9, 14] * 9 + [4, 9], False),
        # All alike: the value of each; 39 of 40 alike: one of 8 is the only way to it.
        ([7] * 40, False),
        ([7] * 39 + [8], False),
        # A standard deviation of 1.01 about 10 is a tenth of it; one of 0.9 is not.
        ([9, 11] * 25, True),
        ([9, 11] * 20 + [10] * 10, False),
        # The sum squared is all the squares: one has it all. Of four alike none has half.
        ([0] * 39 + [25], False),
        ([0] * 36 + [25] * 3, False),
        ([0] * 36 + [25] * 4, True),
    ],
)
def test_limits_of_a_mean_tell_of_no_single_value(values: list[int], printed: bool) -> None:
    one = declared(breakdowns=[])
    config = configured(one)
    measured = measure({"plan": plans(many("F", "A", values))}, [one], config)
    safe = protect(measured, config).safe
    assert safe["value"].tolist() == [sum(values) / len(values)]
    assert safe[LIMITS].notna().to_numpy().tolist() == [[printed] * 4]
    gather(safe, measured, config)
    if not printed:
        with pytest.raises(JsnaError, match="prints the limits of a mean"):
            gather(measured[list(safe.columns)], measured, config)


@pytest.mark.parametrize("left", [[23] * 12, [0] * 11 + [24], [23] * 20])
def test_limits_of_a_whole_and_its_parts_tell_nothing_of_who_is_in_none(left: list[int]) -> None:
    """Squares of the whole less those of both districts: twelve of no district are all 23."""
    west, east = [3, 9, 15, 21] * 15, [4, 8, 12, 16, 20] * 10
    rows = [
        (YEARS[0], age, "F", "A", place)
        for place, ages in ((world.WEST, west), (world.EAST, east), (None, left))
        for age in ages
    ]
    one = declared(breakdowns=[["locality"]])
    config = configured(one)
    measured = measure({"plan": plans(rows)}, [one], config)
    safe = protect(measured, config).safe
    printed = safe.set_index("area_code")["lower_95"].notna().to_dict()
    # The smaller district's are left with theirs.
    assert printed == {world.WEST: True, world.EAST: False, world.AREA: True}
    assert safe["value"].notna().all()
    gather(safe, measured, config)
    with pytest.raises(JsnaError, match="prints the limits of a mean"):
        gather(measured[list(safe.columns)], measured, config)


def test_an_edition_published_again_prints_the_same_limits_and_no_more() -> None:
    config, measured = few_of_some()
    first = protect(measured, config)
    again = protect(measured, config, last=first.safe)
    columns = ["category", "status", "numerator", "denominator", "value", *LIMITS]
    pd.testing.assert_frame_equal(again.safe[columns], first.safe[columns])
    # What was hidden then would follow from limits that are printed now.
    grown = measured.copy()
    more = grown["category"].isin(["B", "total"])
    grown.loc[more, "numerator"] += 300
    grown.loc[more, "denominator"] += 20
    later = protect(grown, config, last=first.safe).safe.set_index("category")
    was = first.safe.set_index("category")
    silent = was["value"].notna() & was["lower_95"].isna()
    assert silent.sum() == 2
    assert later.loc[silent[silent].index, LIMITS].isna().all(axis=None)


def test_a_mean_goes_all_the_way_to_the_page(tmp_path: Path) -> None:
    text = """
id: plans_mean_age
title: Mean age of children with a plan
phrase: the age of children with a plan
definition: Ages of the children with a plan added up, over how many there are.
population: Children with a plan whose age is known.
population_base: maintained
period_type: january
kind: mean
unit: years
numerator: {table: plan, where: age is not null, count: age}
denominator: {table: plan, where: age is not null}
breakdowns: [sex, locality]
charts: [trend, areas, bars sex]
"""
    one = whole_path.declared(text)
    codes = [place.code for place in whole_path.configuration([one]).area.localities]
    draw = np.random.default_rng(5)
    rows = [
        (period, int(np.clip(draw.normal(9 + 2 * (n % 2) + year, 3), 0, 25)), "FM"[n % 2], "A",
         codes[n % 4])
        for year, period in enumerate(("2022", "2023", "2024", "2025"))
        for n in range(400)
    ]  # fmt: skip
    found = whole_path.walked(tmp_path, {"plan": plans(list(rows))}, [one])
    assert found.read.problems == ()
    last = [row for row in rows if row[0] == "2025"]
    every, girls, boys = (
        f"{sum(ages) / len(ages):.1f} years"
        for ages in (
            [row[1] for row in last],
            [row[1] for row in last if row[2] == "F"],
            [row[1] for row in last if row[2] == "M"],
        )
    )
    assert (
        f"the average for the age of children with a plan was {every} in January 2025" in found.page
    )
    assert (
        f"It was higher for boys and young men ({boys}) than for girls and young women ({girls})."
        in found.page
    )
    assert "Averages have intervals from Student’s t distribution." in found.page
    assert [figure["type"] for figure in found.figures] == ["trend", "bars"]

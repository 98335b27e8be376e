"""Waits: how long until half are seen, where some are still waiting."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jsna.errors import JsnaError
from jsna.measures.engine import measure
from jsna.measures.methods import kaplan_meier, wait
from jsna.model.tables import Column
from jsna.tables.catalogue import CATALOGUE
from tests.spec import world
from tests.tried import tried
from tests.unit import whole_path

pytestmark = pytest.mark.filterwarnings("ignore:The confidence interval is undefined")

LIMITS = ["lower_95", "upper_95", "lower_998", "upper_998"]
ENTRY = """
id: wait_median
title: Wait for a first appointment
phrase: a first appointment
definition: Days from referral after which half of the children had been seen.
population: Children referred.
population_base: maintained
period_type: january
kind: wait
numerator: {table: plan, where: days is not null}
values: days
ended: seen
breakdowns: [sex, imd_decile, locality]
charts: [trend, areas, bars sex, gradient imd_decile]
"""
#: Weeks in remission of children with leukaemia (Freireich and others, Blood 1963): those given
#: 6-mercaptopurine who relapsed and who were in remission still, and those given a placebo.
TREATED = (6, 6, 6, 7, 10, 13, 16, 22, 23)
STILL = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
PLACEBO = (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)


# -- the method -----------------------------------------------------------------------------------


def test_the_curve_of_a_published_trial() -> None:
    """As every textbook of survival analysis has it."""
    curve = kaplan_meier(TREATED, STILL)
    assert curve.length.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.waiting.round(4).tolist() == [
        0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482,
    ]  # fmt: skip
    errors = (curve.waiting * np.sqrt(curve.variance)).round(4)
    assert errors.tolist() == [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]


@pytest.mark.parametrize(
    ("ended", "waiting", "expected"),
    [(TREATED, STILL, (23, 13, math.nan)), (PLACEBO, (), (8, 4, 11))],
)
def test_medians_of_a_published_trial(
    ended: Sequence[int], waiting: Sequence[int], expected: tuple[float, ...]
) -> None:
    """The medians as they are published; limits where those of scipy's curve come to a half."""
    found = wait(ended, waiting)
    np.testing.assert_equal((found.value[0], found.lower[0], found.upper[0]), expected)
    own = stats.ecdf(stats.CensoredData(uncensored=ended, right=waiting)).sf
    limits = own.confidence_interval(0.95, method="log-log")
    for side, limit in ((limits.low, expected[1]), (limits.high, expected[2])):
        down = np.flatnonzero(side.probabilities <= 0.5)
        crossed = own.quantiles[down[0]] if len(down) else math.nan
        np.testing.assert_equal(crossed, limit)


lengths = st.lists(st.integers(0, 60), max_size=40)


@tried(80)
@given(lengths.filter(bool), lengths)
def test_the_curve_and_its_limits_are_those_of_scipy(ended: list[int], waiting: list[int]) -> None:
    curve = kaplan_meier(ended, waiting)
    own = stats.ecdf(stats.CensoredData(uncensored=ended, right=waiting)).sf
    at = np.searchsorted(own.quantiles, curve.length)
    np.testing.assert_allclose(curve.waiting, own.probabilities[at], atol=1e-12)
    with np.errstate(all="ignore"):
        limits = own.confidence_interval(0.95, method="log-log")
    low, high = curve.limits(np.array(0.975))
    some = curve.waiting > 0
    np.testing.assert_allclose(low[some], limits.low.probabilities[at][some], atol=1e-10)
    np.testing.assert_allclose(high[some], limits.high.probabilities[at][some], atol=1e-10)


@tried(80)
@given(lengths, lengths, st.sampled_from([0.25, 0.5, 0.9]), st.integers(1, 8))
def test_nothing_is_given_that_fewer_reach_than_may(
    ended: list[int], waiting: list[int], share: float, fewest: int
) -> None:
    if not ended and not waiting:
        return
    found = wait(ended, waiting, share, fewest=fewest, confidence=(0.95, 0.998))
    for number in (found.value[0], *found.lower[:, 0], *found.upper[:, 0]):
        if not math.isnan(number):
            assert sum(length <= number for length in ended) >= fewest
            assert sum(length >= number for length in (*ended, *waiting)) >= fewest
    assert bool(found.reason[0]) == math.isnan(found.value[0])


@tried(60)
@given(lengths.filter(bool))
def test_where_nobody_is_waiting_the_median_is_the_ordinary_one(ended: list[int]) -> None:
    assert wait(ended, []).value[0] == np.median(ended)


def test_where_more_than_half_are_waiting_no_median_is_known() -> None:
    found = wait([1, 2, 3], [3, 4, 5, 6])
    assert (math.isnan(found.value[0]), found.reason[0]) == (True, "too many are still waiting")
    assert wait([], [1, 2]).reason[0] == "too many are still waiting"


# -- the engine -----------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def waits() -> Iterator[None]:
    """The plans as if they were waits, with a length and whether it has ended."""
    own = {"days": Column("days", "integer"), "seen": Column("seen", "boolean")}
    table = replace(CATALOGUE["plan"], columns={**CATALOGUE["plan"].columns, **own})
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(CATALOGUE, "plan", table)
        yield


def rows_of(given_: list[tuple[Any, ...]]) -> pd.DataFrame:
    """Waits as (period, days, seen, sex, locality, tenth)."""
    columns = ["period", "days", "seen", "sex", "locality_code", "imd_decile"]
    frame = pd.DataFrame(given_, columns=columns, dtype=object)
    frame["seen"] = frame["seen"].astype("boolean")
    return world.filled("plan", frame).assign(person_key=[f"p{n}" for n in range(len(frame))])


@tried(30)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["2024", "2025"]), st.none() | st.integers(0, 90),
            st.none() | st.booleans(), st.sampled_from("FM"),
            st.sampled_from([world.WEST, world.EAST, None]), st.none(),
        ),
        min_size=1, max_size=120,
    )
)  # fmt: skip
def test_every_wait_is_of_the_very_rows_it_is_of(given_: list[tuple[Any, ...]]) -> None:
    one = whole_path.declared(ENTRY, breakdowns=[["sex"], ["locality"]])
    config = replace(world.configuration(), indicators={one.id: one})
    for row in measure({"plan": rows_of(given_)}, [one], config).itertuples():
        mine = [r for r in given_ if r[0] == row.period and r[1] is not None]
        if row.geography == "district":
            mine = [r for r in mine if r[4] == row.area_code]
        elif row.breakdown == "sex":
            mine = [r for r in mine if r[3] == row.category]
        assert row.numerator == len(mine)
        if not mine:
            assert row.status == "z"
            continue
        # Who is not known to have been seen is not known to wait no longer.
        ended, waiting = ([r[1] for r in mine if (r[2] is True) == seen] for seen in (True, False))
        own = wait(ended, waiting, fewest=5, confidence=(0.95, 0.998))
        told = [own.value[0], own.lower[0, 0], own.upper[0, 0], own.lower[1, 0], own.upper[1, 0]]
        shown = [row.value, *(getattr(row, name) for name in LIMITS)]
        np.testing.assert_equal(shown, np.floor(np.array(told) + 0.5))
        assert (row.status == "x") == math.isnan(own.value[0])


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"ended": ""}, "says in .ended. on which condition one has"),
        ({"kind": "quantile", "unit": "days"}, "says in .ended. on which condition"),
    ],
)
def test_a_wait_says_when_it_has_ended(changes: dict[str, Any], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        whole_path.declared(ENTRY, **changes)


def test_a_condition_that_cannot_be_read_is_refused_with_its_key() -> None:
    one = whole_path.declared(ENTRY, ended="was_seen")
    config = replace(world.configuration(), indicators={one.id: one})
    with pytest.raises(JsnaError, match=r"wait_median\.ended.*is no condition on table 'plan'"):
        measure({"plan": rows_of([("2025", 1, True, "F", None, None)])}, [one], config)


# -- words, charts and reading back ----------------------------------------------------------------


def test_a_wait_goes_all_the_way_to_the_page(tmp_path: Path) -> None:
    """Boys wait twice as long as girls; in the last year nearly all of those referred still do."""
    one = whole_path.declared(ENTRY)
    config = whole_path.configuration([one])
    codes = [place.code for place in config.area.localities]
    draw = np.random.default_rng(3)
    given_ = []
    for period in ("2022", "2023", "2024"):
        for n in range(400):
            sex = "FM"[n % 2]
            length = draw.exponential(60 * (1 + (sex == "M")))
            known = draw.uniform(0, 365)
            given_.append(
                (period, int(min(length, known)), bool(length <= known), sex,
                 str(draw.choice(codes)), str(draw.integers(1, 11)))
            )  # fmt: skip
    given_ += [("2025", 30, n < 40, "FM"[n % 2], codes[n % 4], None) for n in range(400)]
    found = whole_path.walked(tmp_path, {"plan": rows_of(given_)}, [one])
    assert found.read.problems == ()
    last = [row for row in given_ if row[0] == "2024"]
    ended, waiting = ([row[1] for row in last if row[2] == seen] for seen in (True, False))
    median = math.floor(wait(ended, waiting).value[0] + 0.5)
    said = f"the median of waits for a first appointment was {median} days in January 2024"
    assert said in found.page
    assert "higher for boys and young men" in found.page
    assert "by Kaplan and Meier" in found.page or "Kaplan and Meier’s method" in found.page
    assert [figure["type"] for figure in found.figures] == ["trend", "bars", "gradient"]
    total = found.safe.loc[found.safe["breakdown"].eq("total") & found.safe["period"].eq("2025")]
    county = total.loc[total["geography"].eq("authority")].iloc[0]
    assert (county["status"], county["reason"]) == ("x", "still_waiting")
    assert county["numerator"] == 400

"""Protection: what is hidden, what that hides in turn, and what stays as it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jsna.disclosure.protect import REASON, protect
from jsna.errors import JsnaError
from jsna.measures import schema
from jsna.measures.engine import measure
from tests.spec import world

CONFIG = world.configuration()
HEALTH = world.configuration(profiles={"ncmp": "health"})
NEEDS = ("ASD", "SLCN", "SEMH", "MLD")
NUMBERS = list(schema.NUMBERS)


def plans(cells: dict[tuple[str, str], int]) -> pd.DataFrame:
    """Measures of the caseload from counts by locality and need."""
    rows = [
        {"period": "2025", "locality_code": place, "primary_need": need, "resident": True}
        for (place, need), number in cells.items()
        for _ in range(number)
    ]
    frame = pd.DataFrame(rows, columns=["period", "locality_code", "primary_need", "resident"])
    names = ("plans", "plan_primary_need")
    return measure(
        {"plan": world.filled("plan", frame)}, [CONFIG.indicators[name] for name in names], CONFIG
    )


def pick(
    frame: pd.DataFrame, indicator: str, breakdown: str, category: str, area: str
) -> pd.Series:
    found = frame[
        (frame["indicator"] == indicator)
        & (frame["breakdown"] == breakdown)
        & (frame["category"] == category)
        & (frame["area_code"] == area)
    ]
    assert len(found) == 1
    return found.iloc[0]


def test_a_small_count_takes_the_next_smallest_with_it() -> None:
    measures = plans({("", "ASD"): 40, ("", "SLCN"): 12, ("", "SEMH"): 30, ("", "MLD"): 3})
    safe, log = protect(measures, CONFIG)
    status = {
        need: pick(safe, "plans", "primary_need", need, world.AREA)["status"] for need in NEEDS
    }
    assert status == {"ASD": "", "SLCN": "c", "SEMH": "", "MLD": "c"}
    # The share shows the same counts, so it is hidden alike.
    for need in ("MLD", "SLCN"):
        row = pick(safe, "plan_primary_need", "primary_need", need, world.AREA)
        assert row[NUMBERS].isna().all()
        assert row["reason"] == REASON
    kinds = log.set_index(["indicator", "category"])["kind"]
    assert kinds["plans", "MLD"] == "primary"
    assert kinds["plans", "SLCN"] == "secondary"


def test_nothing_small_hides_nothing() -> None:
    measures = plans({("", "ASD"): 40, ("", "SLCN"): 12})
    safe, log = protect(measures, CONFIG)
    pd.testing.assert_frame_equal(safe, measures)
    assert log.empty


def test_a_small_rest_hides_the_count_beside_it() -> None:
    frame = pd.DataFrame(
        {
            "period": "2024",
            "within_20_weeks": [True] * 38 + [False] * 2,
            "exception": False,
            "age_group": "5-10",
            "primary_need": "ASD",
        }
    )
    found = measure(
        {"new_plan": world.filled("new_plan", frame)},
        [CONFIG.indicators["ehc_plans_20_weeks"]],
        CONFIG,
    )
    safe, log = protect(found, CONFIG)
    row = pick(safe, "ehc_plans_20_weeks", "total", "total", world.AREA)
    assert row["status"] == "c"
    assert "small_complement" in set(log["rule"])


def test_a_total_is_hidden_where_only_zeros_are_left() -> None:
    """Three children with one need and nobody with another: the total is the three."""
    safe, _ = protect(plans({("", "ASD"): 3}), CONFIG)
    assert pick(safe, "plans", "total", "total", world.AREA)["status"] == "c"
    # Of a total of 1 to 4 the zeros of a share say as much as the total: all are hidden.
    row = pick(safe, "plan_primary_need", "primary_need", "SLCN", world.AREA)
    assert row["status"] == "c"
    assert pick(safe, "plans", "primary_need", "SLCN", world.AREA)["value"] == 0


def test_health_counts_are_rounded_and_percentages_follow() -> None:
    rows = [("healthy", 123), ("obese", 42), ("overweight", 31), ("underweight", 0)]
    frame = pd.DataFrame(
        [{"period": "2023/24", "weight_category": c} for c, n in rows for _ in range(n)]
    )
    frame = world.filled("ncmp", frame)
    found = measure({"ncmp": frame}, [HEALTH.indicators["ncmp_obesity"]], HEALTH)
    assert set(found["profile"]) == {"health"}
    row = pick(protect(found, HEALTH)[0], "ncmp_obesity", "total", "total", world.AREA)
    assert (row["numerator"], row["denominator"]) == (40, 195)
    assert row["value"] == pytest.approx(100 * 40 / 195)
    assert row["lower_95"] < row["value"] < row["upper_95"]
    few = measure({"ncmp": frame.iloc[116:-31]}, [HEALTH.indicators["ncmp_obesity"]], HEALTH)
    row = pick(protect(few, HEALTH)[0], "ncmp_obesity", "total", "total", world.AREA)
    assert row["status"] == "c"  # 42 of 49: the rest, seven, is small


def test_official_figures_pass_through() -> None:
    measures = plans({("", "ASD"): 2, ("", "SLCN"): 12})
    measures["profile"] = "official"
    measures.loc[0, NUMBERS] = np.nan
    measures.loc[0, "status"] = "x"
    safe, log = protect(measures, CONFIG)
    pd.testing.assert_frame_equal(safe, measures)
    assert log.empty


def test_a_row_without_a_profile_is_refused() -> None:
    measures = plans({("", "ASD"): 20})
    measures["profile"] = ""
    with pytest.raises(JsnaError, match="no disclosure profile"):
        protect(measures, CONFIG)


def test_parts_of_an_indicator_do_not_give_each_other_away() -> None:
    """Plan and SEN support make up SEN: with one hidden and both others shown it is solved."""
    frame = pd.DataFrame({"sen_provision": ["E"] * 3 + ["K"] * 20 + ["N"] * 50})
    frame["period"] = "2025"
    names = ("pupils_ehc_plan", "pupils_sen_support", "pupils_sen", "pupils")
    found = measure(
        {"pupil": world.filled("pupil", frame)}, [CONFIG.indicators[n] for n in names], CONFIG
    )
    safe, _ = protect(found, CONFIG)
    status = {n: pick(safe, n, "total", "total", world.AREA)["status"] for n in names}
    assert status["pupils_ehc_plan"] == "c"
    assert [status["pupils_sen_support"], status["pupils_sen"]].count("c") == 1
    assert status["pupils"] == ""


CELLS = st.dictionaries(
    st.tuples(st.sampled_from((world.WEST, world.EAST)), st.sampled_from(NEEDS)),
    st.integers(0, 14),
    min_size=3,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CELLS)
def test_no_line_has_exactly_one_hidden_cell(cells: dict[tuple[str, str], int]) -> None:
    measures = plans(cells)
    safe, log = protect(measures, CONFIG)
    hidden = safe["status"] == "c"
    # Hidden rows carry no number; shown ones are unchanged, zeros with them; all keys are kept.
    assert safe.loc[hidden, NUMBERS].isna().all(axis=None)
    pd.testing.assert_frame_equal(safe[~hidden], measures[~hidden.to_numpy()])
    assert safe[list(schema.KEY)].equals(measures[list(schema.KEY)])
    assert len(log) == hidden.sum()
    counts = safe[safe["indicator"] == "plans"]
    shown = counts.loc[counts["status"] != "c", "numerator"]
    assert not shown.between(1, 4).any()
    # One column for each place and the area; the lines are places of a need and needs of a place.
    for (breakdown, _), line in counts.groupby(["breakdown", "category"]):
        if breakdown == "total":
            assert (line["status"] == "c").sum() != 1
    area = counts[counts["area_code"] == world.AREA]
    needs = area[area["breakdown"].isin(["primary_need", "total"])]
    assert (needs["status"] == "c").sum() != 1
    shares = safe[safe["indicator"] == "plan_primary_need"]
    for _, line in shares.groupby(["area_code", "breakdown"]):
        assert (line["status"] == "c").sum() != 1
    # The same need over all places, with the area: a line of the two-way table.
    for _, line in shares.groupby(["breakdown", "category"]):
        assert (line["status"] == "c").sum() != 1


@settings(max_examples=20, deadline=None)
@given(CELLS, st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(cells: dict[tuple[str, str], int], random: object) -> None:
    measures = plans(cells)
    order = list(range(len(measures)))
    random.shuffle(order)  # type: ignore[attr-defined]
    pd.testing.assert_frame_equal(
        protect(measures, CONFIG)[0], protect(measures.iloc[order], CONFIG)[0]
    )

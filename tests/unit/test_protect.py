"""Protection: what is hidden, what that hides in turn, and what stays as it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from jsna.disclosure.fallbacks import choose
from jsna.disclosure.protect import REASON, protect
from jsna.errors import JsnaError
from jsna.measures.engine import measure
from jsna.model import schema
from tests.spec import world
from tests.tried import drawn
from tests.unit.protection_support import caseload

CONFIG = world.configuration()
HEALTH = world.configuration(profiles={"ncmp": "health"})
NEEDS = ("ASD", "SLCN", "SEMH", "MLD")
PLACES = (world.WEST, world.EAST)
NUMBERS = list(schema.NUMBERS)
#: Plans of no known place, by need.
UNEVEN = {"ASD": 40, "SLCN": 12, "SEMH": 30, "MLD": 3}
FEW = {"ASD": 41, "SLCN": 13, "SEMH": 2, "MLD": 1}


def pick(
    frame: pd.DataFrame, indicator: str, breakdown: str = "total", category: str = "total"
) -> pd.Series:
    """The row of the whole authority."""
    key = [indicator, breakdown, category, world.AREA]
    found = frame[frame[["indicator", "breakdown", "category", "area_code"]].eq(key).all(axis=1)]
    assert len(found) == 1
    return found.iloc[0]


def in_time(top: int, bottom: int) -> pd.DataFrame:
    """Measures of new plans, so many of them within 20 weeks."""
    late = [False] * (bottom - top)
    frame = pd.DataFrame({"period": "2024", "within_20_weeks": [True] * top + late})
    frame = frame.assign(exception=False, age_group="5-10", primary_need="ASD")
    table = {"new_plan": world.filled("new_plan", frame)}
    return measure(table, [CONFIG.indicators["ehc_plans_20_weeks"]], CONFIG)


def test_a_small_count_takes_the_next_smallest_with_it() -> None:
    measures = caseload(UNEVEN, CONFIG)
    made = protect(measures, CONFIG)
    safe, log = made.safe, made.log
    status = {need: pick(safe, "plans", "primary_need", need)["status"] for need in NEEDS}
    assert status == {"ASD": "", "SLCN": "c", "SEMH": "", "MLD": "c"}
    # The share shows the same counts, so it is hidden alike.
    for need in ("MLD", "SLCN"):
        row = pick(safe, "plan_primary_need", "primary_need", need)
        assert row[NUMBERS].isna().all()
        assert row["reason"] == REASON
    kinds = log.set_index(["indicator", "category"])["kind"]
    assert kinds["plans", "MLD"] == "primary"
    assert kinds["plans", "SLCN"] == "secondary"


def test_nothing_small_hides_nothing() -> None:
    measures = caseload({"ASD": 40, "SLCN": 12}, CONFIG)
    made = protect(measures, CONFIG)
    safe, log = made.safe, made.log
    pd.testing.assert_frame_equal(safe, schema.conform(choose(measures, CONFIG)[0]))
    assert log.empty
    assert not made.ledger["value"].between(1, 4).any()


def test_a_small_rest_hides_the_count_beside_it() -> None:
    made = protect(in_time(38, 40), CONFIG)
    assert pick(made.safe, "ehc_plans_20_weeks")["status"] == "c"
    assert "small_complement" in set(made.log["rule"])


def test_a_total_is_hidden_where_only_zeros_are_left() -> None:
    """Three children with one need and nobody with another: the total is the three."""
    safe = protect(caseload({"ASD": 3}, CONFIG), CONFIG).safe
    assert pick(safe, "plans")["status"] == "c"
    # Of a total of 1 to 4 the zeros of a share say as much as the total: all are hidden.
    row = pick(safe, "plan_primary_need", "primary_need", "SLCN")
    assert row["status"] == "c"
    assert pick(safe, "plans", "primary_need", "SLCN")["value"] == 0


def test_health_counts_are_rounded_and_percentages_follow() -> None:
    rows = [("healthy", 123), ("obese", 42), ("overweight", 31), ("underweight", 0)]
    frame = pd.DataFrame({"weight_category": [c for c, n in rows for _ in range(n)]})
    frame = world.filled("ncmp", frame.assign(period="2023/24", school_year="6"))
    found = measure({"ncmp": frame}, [HEALTH.indicators["ncmp_obesity_year_6"]], HEALTH)
    assert set(found["profile"]) == {"default+health"}  # linked to the census
    row = pick(protect(found, HEALTH).safe, "ncmp_obesity_year_6")
    assert (row["numerator"], row["denominator"]) == (40, 195)
    assert row["value"] == pytest.approx(100 * 40 / 195)
    assert row["lower_95"] < row["value"] < row["upper_95"]
    few = measure({"ncmp": frame.iloc[116:-31]}, [HEALTH.indicators["ncmp_obesity_year_6"]], HEALTH)
    row = pick(protect(few, HEALTH).safe, "ncmp_obesity_year_6")
    assert row["status"] == "c"  # 42 of 49: the rest, seven, is small


def test_official_figures_pass_through() -> None:
    measures = caseload({"ASD": 2, "SLCN": 12}, CONFIG)
    measures["profile"], measures["source"] = "official", "release"
    measures.loc[0, NUMBERS] = np.nan
    measures.loc[0, "status"] = "x"
    made = protect(measures, CONFIG)
    safe, log = made.safe, made.log
    pd.testing.assert_frame_equal(safe, schema.conform(measures))
    assert log.empty


def test_a_row_without_a_profile_is_refused() -> None:
    measures = caseload({"ASD": 20}, CONFIG)
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
    safe = protect(found, CONFIG).safe
    status = {n: pick(safe, n)["status"] for n in names}
    assert status["pupils_ehc_plan"] == "c"
    assert [status["pupils_sen_support"], status["pupils_sen"]].count("c") == 1
    assert status["pupils"] == ""


def random_cells(seed: int) -> dict[tuple[str, str], int]:
    draw = np.random.default_rng(seed)
    return {(place, need): int(draw.integers(0, 15)) for place in PLACES for need in NEEDS}


@pytest.mark.parametrize("seed", drawn(4, 2))
def test_what_is_printed_is_as_it_was_and_what_is_hidden_carries_no_number(seed: int) -> None:
    # What a row notes of its figure goes with the figure.
    measures = caseload(random_cells(seed), CONFIG).assign(note="Some have no date.")
    made = protect(measures, CONFIG)
    before = schema.conform(choose(measures, CONFIG)[0])
    hidden = made.safe["status"].eq("c")
    assert hidden.any()
    assert made.safe.loc[hidden, NUMBERS].isna().all(axis=None)
    assert made.safe.loc[hidden, "note"].eq("").all()
    assert set(made.safe.loc[hidden, "reason"]) == {REASON}
    pd.testing.assert_frame_equal(made.safe[~hidden], before[~hidden])
    keys = list(schema.KEY)
    assert made.safe[keys].equals(before[keys])
    logged = made.log[keys].reset_index(drop=True)
    pd.testing.assert_frame_equal(logged, made.safe.loc[hidden, keys].reset_index(drop=True))
    assert not made.safe["numerator"].between(1, 4).any()


def test_a_count_hidden_in_one_indicator_is_hidden_in_every_other() -> None:
    measures = caseload(UNEVEN, CONFIG)
    safe = protect(measures, CONFIG).safe
    split = safe[safe["breakdown"].ne("total") & safe["area_code"].eq(world.AREA)]
    both = split.pivot(index=["breakdown", "category"], columns="indicator", values="status")
    both = both.dropna()
    assert (both["plans"] == "c").any()
    # A share is hidden also where its total is; the count alone may stand then.
    assert (both.loc[both["plans"].eq("c"), "plan_primary_need"] == "c").all()


def test_order_of_rows_changes_nothing() -> None:
    measures = caseload(random_cells(2), CONFIG)
    shuffled = measures.sample(frac=1, random_state=7)
    one, other = protect(measures, CONFIG), protect(shuffled, CONFIG)
    pd.testing.assert_frame_equal(one.safe, other.safe)
    pd.testing.assert_frame_equal(one.log, other.log)
    pd.testing.assert_frame_equal(one.ledger, other.ledger)


def test_zeros_that_are_always_shown_stand_beside_what_is_hidden() -> None:
    config = world.configuration(profiles={"sen2": "health"})
    rows = {"ASD": 60, "SLCN": 3, "SEMH": 20, "HI": 0}
    measures = caseload(rows, CONFIG).assign(profile="health")
    safe = protect(measures, config).safe
    few = pick(safe, "plans", "primary_need", "SLCN")
    assert few["status"] == "c"
    none = safe[safe["indicator"].eq("plans") & safe["numerator"].eq(0)]
    truth = choose(measures, config)[0]
    assert len(none) == (truth["indicator"].eq("plans") & truth["numerator"].eq(0)).sum() > 0


def test_controlled_rounding_keeps_every_total_and_hides_nothing() -> None:
    config = world.configuration(profiles={"sen2": "rounded"})
    measures = caseload(FEW, CONFIG).assign(profile="rounded")
    made = protect(measures, config)
    assert not made.safe["status"].eq("c").any()
    mine = made.safe[made.safe["indicator"].eq("plans")]
    assert (mine["numerator"] % 5 == 0).all()
    total = mine.loc[mine["breakdown"].eq("total") & mine["area_code"].eq(world.AREA), "numerator"]
    for _, parts in mine[mine["breakdown"].ne("total")].groupby("breakdown"):
        assert set(parts["breakdown"]) <= {"primary_need", "need_group"}
        assert parts["numerator"].sum() == total.item()
    # 2 may stand as 0 or 5, 1 as 0 or 5, never as themselves; and the note says so.
    assert mine["note"].str.contains("rounded to a multiple of 5").all()


@pytest.mark.parametrize("base", [2, 5, 10])
def test_counts_are_rounded_to_the_nearest_multiple_and_never_as_they_are(base: int) -> None:
    config = world.configuration(profiles={"sen2": "rounded"})
    nearest = config.profiles["rounded"].model_copy(
        update={"rounding": base, "rounding_method": "nearest"}
    )
    config = replace(config, profiles={**config.profiles, "rounded": nearest})
    safe = protect(caseload(FEW, CONFIG).assign(profile="rounded"), config).safe
    for need, count in [*FEW.items(), ("total", 57)]:
        split = "total" if need == "total" else "primary_need"
        found = pick(safe, "plans", split, need)
        # A half goes up.
        assert found["numerator"] == (2 * count + base) // (2 * base) * base
        assert found["note"] == f"Counts rounded to the nearest {base}."


@pytest.mark.parametrize(
    ("top", "bottom", "rule"),
    [
        (3, 200, "small_count"),
        (3, 4, "small_count"),
        (197, 200, "small_complement"),
        (196, 200, "small_complement"),
    ],
)
def test_the_record_says_which_count_of_a_row_is_small(top: int, bottom: int, rule: str) -> None:
    log = protect(in_time(top, bottom), CONFIG).log
    mine = log[log["breakdown"].eq("total") & log["area_code"].eq(world.AREA)]
    assert mine["rule"].tolist() == [rule]

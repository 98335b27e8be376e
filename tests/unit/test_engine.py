"""The engine: what it refuses, what it fills in, and that it counts as plain pandas does."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.errors import JsnaError
from jsna.measures.engine import measure
from jsna.measures.sources import profile_of_extracts
from jsna.model import schema
from jsna.model.indicators import Indicator
from jsna.sources import registry
from tests.spec import world
from tests.tried import tried

CONFIG = world.configuration()
PLANS = CONFIG.indicators["pupils_ehc_plan"]


def changed(indicator: Indicator, **values: object) -> Indicator:
    """A declaration with some keys changed, validated again."""
    return Indicator.model_validate({**indicator.model_dump(), **values})


def refusal(*indicators: Indicator) -> str:
    with pytest.raises(JsnaError) as caught:
        measure({}, indicators, CONFIG)
    return str(caught.value)


def pupils(rows: list[tuple[str, str, str | None]], period: str = "2025") -> pd.DataFrame:
    """Pupils as (provision, sex, locality)."""
    frame = pd.DataFrame(rows, columns=["sen_provision", "sex", "locality_code"], dtype=object)
    return world.filled("pupil", frame.assign(period=period))


def test_the_declared_indicators_are_sound() -> None:
    assert measure({}, CONFIG.indicators.values(), CONFIG).empty


def test_a_ratio_across_population_bases_is_refused() -> None:
    said = refusal(changed(PLANS, numerator={"table": "plan"}))
    assert "pupils_ehc_plan.numerator.base" in said
    assert "maintained" in said
    assert "across population bases" in said


def test_the_caseload_cannot_be_divided_by_residents_unless_narrowed_to_them() -> None:
    rate = CONFIG.indicators["plans_rate_0_25"]
    assert "needs a condition" in refusal(
        changed(rate, numerator={"table": "plan", "base": "resident"})
    )


@pytest.mark.parametrize(
    "where",
    [
        "true",
        "weight_category = 'obese'",
        "school_year in ('R', '6')",
        "school_year = '6' or school_year = 'R'",
        "school_year = '6' and sex = 'F' or sex = 'M'",
        "school_year = '6' and sex = 'F' OR sex = 'M'",
        "school_year = '6' and not sex = 'F'\nor true",
    ],
)
def test_reception_and_year_6_are_never_put_together(where: str) -> None:
    obesity = CONFIG.indicators["ncmp_obesity_year_6"]
    said = refusal(changed(obesity, denominator={"table": "ncmp", "where": where}))
    assert "puts every school_year of table 'ncmp' together" in said


@pytest.mark.parametrize(
    ("where", "rule"),
    [
        ("random() > 0.5", "uses random, which is another every time"),
        ("uuid() > 'a'", "uses uuid"),
        ("current_date > date '2025-01-01'", "uses current_date"),
        ("current_timestamp::date > date '2025-01-01'", "uses current_timestamp"),
        ("now() > timestamp '2025-01-01'", "uses now"),
        ("today() > date '2025-01-01'", "uses current_date"),
        ("age = (select max(age) from pupil)", "asks other rows"),
        ("sex in (select sex from pupil)", "asks other rows"),
        ("age", "is no condition: it is a bigint"),
    ],
)
def test_a_condition_is_of_one_row_and_the_same_every_time(where: str, rule: str) -> None:
    said = refusal(changed(PLANS, numerator={"table": "pupil", "where": where}))
    assert rule in said


@pytest.mark.parametrize("where", ["period = '2025'", "sex = 'F' and Period > '2023'"])
def test_a_condition_on_the_period_is_refused(where: str) -> None:
    """The cell of a count says its period by itself; it would say rows that are not counted."""
    said = refusal(changed(PLANS, numerator={"table": "pupil", "where": where}))
    assert "pupils_ehc_plan.numerator.where" in said
    assert "names a period" in said


def test_persons_are_not_added_up_over_years_or_categories() -> None:
    """Somebody suspended in each of three years is one person and not three."""
    fallbacks = [{"breakdown": [], "recodings": [{"years": 3}]}]
    persons = {"table": "request", "count": "persons"}
    requests = changed(CONFIG.indicators["ehc_requests"], numerator=persons, fallbacks=fallbacks)
    assert "counts persons, who may be in several of the years" in refusal(requests)


def test_persons_of_one_year_do_not_stand_for_another() -> None:
    """36 in three years, 30 of them in the first: three in the second, which stands for the third.

    The three may be hidden wherever they are shown by themselves.
    """
    latest = {"table": "plan", "base": "resident", "where": "resident", "period": "latest"}
    rate = changed(CONFIG.indicators["plans_rate_0_25"], denominator=latest)
    assert "three years together could have one twice" in refusal(rate)


def test_amounts_of_persons_that_are_no_money_are_refused() -> None:
    """Ten half days may be one child's: as a count they would be shown."""
    sessions = {"table": "permanent_exclusion", "count": "sessions"}
    lost = changed(CONFIG.indicators["permanent_exclusion_rate"], numerator=sessions)
    assert "it would not be protected" in refusal(lost)


def test_every_fault_of_every_declaration_is_told_at_once() -> None:
    said = refusal(
        changed(PLANS, numerator={"table": "pupils", "where": "true"}),
        changed(PLANS, id="second", denominator={"table": "pupil", "where": "no_column = 1"}),
        changed(PLANS, id="third", breakdowns=[["primary_ned"]]),
        changed(PLANS, id="fourth", unit="per_100", multiplier=1000),
        changed(PLANS, id="fifth", numerator={"table": "pupil", "count": "sex"}),
    )
    for part in (
        "no analysis table 'pupils'",
        "second.denominator.where",
        "no_column",
        "third.breakdowns",
        "primary_ned",
        "fourth.multiplier",
        "fifth.numerator.count",
    ):
        assert part in said


def test_a_numerator_above_its_denominator_is_refused() -> None:
    wrong = changed(PLANS, denominator={"table": "pupil", "where": "sex = 'F'"})
    rows = {"pupil": pupils([("E", "M", None), ("E", "F", None)])}
    with pytest.raises(JsnaError, match="above the denominator"):
        measure(rows, [wrong], CONFIG)


def test_an_extract_not_received_leaves_its_indicators_out() -> None:
    found = measure({"pupil": pupils([("E", "M", None)])}, CONFIG.indicators.values(), CONFIG)
    assert "pupils_ehc_plan" in set(found["indicator"])
    assert not set(found["indicator"]) & {"plans", "suspension_rate", "ncmp_obesity_year_6"}


def test_nobody_with_it_is_zero_and_nobody_at_all_is_not_applicable() -> None:
    rows = [("N", "M", world.WEST), ("E", "F", world.WEST)]
    found = measure({"pupil": pupils(rows)}, [PLANS], CONFIG).set_index(["area_code", "category"])
    assert found.loc[(world.AREA, "M"), "value"] == 0
    assert found.loc[(world.AREA, "M"), "status"] == ""
    east = found.loc[(world.EAST, "total")]
    assert (east["status"], east["reason"]) == ("z", "no_population")
    assert pd.isna(east["value"])


def test_a_dimension_no_row_tells_is_a_gap_and_not_a_table_of_zeros() -> None:
    """Population estimates by age alone say nothing of how many are girls."""
    people = pd.DataFrame({"period": "2020", "age": [3, 12], "age_group": ["0-4", "11-15"]})
    rows = world.filled("population", people.assign(people=10, locality_code=world.WEST))
    found = measure({"population": rows}, [CONFIG.indicators["population_0_25"]], CONFIG)
    assert set(found["breakdown"]) == {"total", "age_group"}
    assert found.loc[found["category"] == "0-4", "value"].max() == 10


def test_a_year_without_an_event_is_a_zero_and_a_year_not_received_a_gap() -> None:
    roll = world.filled(
        "roll",
        pd.DataFrame(
            {
                "period": ["2022/23", "2023/24", "2024/25"],
                "suspended": False,
                "headline": True,
            }
        ),
    )
    events = pd.DataFrame({"period": ["2022/23"], "headline": True})
    events = world.filled("permanent_exclusion", events)
    config = world.configuration(deliveries=[("exclusions", "2022/23"), ("exclusions", "2023/24")])
    rate = config.indicators["permanent_exclusion_rate"]
    found = measure({"roll": roll, "permanent_exclusion": events}, [rate], config)
    total = found[(found["breakdown"] == "total") & (found["area_code"] == world.AREA)]
    assert dict(zip(total["period"], total["numerator"], strict=True)) == {
        "2022/23": 1,
        "2023/24": 0,
    }


def test_distinct_persons_are_counted_once() -> None:
    frame = world.filled("request", pd.DataFrame({"period": "2024", "person_key": list("aab")}))
    persons = {"table": "request", "count": "persons"}
    people = changed(CONFIG.indicators["ehc_requests"], numerator=persons, fallbacks=())
    found = measure({"request": frame}, [people], CONFIG)
    assert found.loc[found["breakdown"] == "total", "value"].tolist() == [2]


def test_a_value_that_would_print_as_zero_says_so() -> None:
    rows = {"pupil": pupils([("N", "M", None)] * 2999 + [("E", "M", None)])}
    found = measure(rows, [PLANS], CONFIG)
    total = found[(found["breakdown"] == "total") & (found["area_code"] == world.AREA)]
    assert total["status"].tolist() == ["low"]


def test_figures_declared_to_differ_from_official_ones_are_of_a_segment_of_their_own() -> None:
    rows = {"pupil": pupils([("E", "M", None)])}
    assert PLANS.caveats.beside
    assert set(measure(rows, [PLANS], CONFIG)["segment"]) == {"local"}
    alike = PLANS.model_copy(update={"caveats": PLANS.caveats.model_copy(update={"beside": ""})})
    assert set(measure(rows, [alike], CONFIG)["segment"]) == {""}


def test_profile_is_the_strictest_of_the_sources() -> None:
    rows = {"pupil": pupils([("E", "M", None)])}
    strict = world.configuration(profiles={"school_census": "health"})
    assert set(measure(rows, [PLANS], strict)["profile"]) == {"health"}
    assert set(measure(rows, [PLANS], CONFIG)["profile"]) == {"default"}
    record = pd.DataFrame({"period": ["2025"], "rows_received": [1], "rows_quarantined": [0]})
    quality = CONFIG.indicators["records_quarantined"]
    found = measure({"record": world.filled("record", record)}, [quality], CONFIG)
    assert set(found["profile"]) == {"quality"}
    assert set(found["source"]) == {"local:quality"}


def test_a_file_about_no_person_is_protected_unless_anyone_has_what_it_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two who come to a club by ward are two children, though no row of the file is one."""
    clubs = replace(registry()["schools"], name="clubs", public=False)
    monkeypatch.setattr("jsna.measures.sources.registry", lambda: {**registry(), "clubs": clubs})
    assert profile_of_extracts(["clubs"], CONFIG) == CONFIG.edition.profile
    assert profile_of_extracts(["schools"], CONFIG) == "official"
    assert {n for n, one in registry().items() if one.public} == {
        "areas", "population", "postcodes", "schools"
    }  # fmt: skip


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["N", "K", "E"]),
        st.sampled_from(["F", "M"]),
        st.sampled_from([world.WEST, world.EAST, None]),
    ),
    min_size=1,
    max_size=40,
)


@tried(30)
@given(ROWS)
def test_counts_are_those_of_plain_pandas(rows: list[tuple[str, str, str | None]]) -> None:
    frame = pupils(rows)
    found = measure({"pupil": frame}, [PLANS], CONFIG)
    planned = frame["sen_provision"] == "E"
    for row in found.to_dict("records"):
        mine = pd.Series(True, index=frame.index)
        if row["area_code"] != world.AREA:
            mine &= frame["locality_code"] == row["area_code"]
        for dimension, value in schema.dimensions(row["breakdown"], row["category"]).items():
            mine &= frame[dimension] == value
        assert row["denominator"] == mine.sum()
        assert row["numerator"] == (mine & planned).sum()
        if row["denominator"]:
            assert row["value"] == pytest.approx(100 * row["numerator"] / row["denominator"])
            assert row["lower_998"] <= row["lower_95"] <= row["value"] + 1e-9
            assert row["value"] - 1e-9 <= row["upper_95"] <= row["upper_998"]
    # Whatever is in the code list is there, so that a place never seems to lack a category.
    assert set(found.loc[found["breakdown"] == "sex", "category"]) <= {"F", "M"}
    told = frame["locality_code"].notna().any()
    assert len(found[found["breakdown"] == "total"]) == (3 if told else 1)


@tried(10)
@given(ROWS, st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(
    rows: list[tuple[str, str, str | None]], random: object
) -> None:
    other = list(rows)
    random.shuffle(other)  # type: ignore[attr-defined]
    pd.testing.assert_frame_equal(
        measure({"pupil": pupils(rows)}, [PLANS], CONFIG),
        measure({"pupil": pupils(other)}, [PLANS], CONFIG),
    )

"""Published figures as measures, by worked examples."""

import math
from pathlib import Path

import pytest

from jsna.releases.labels import expanded
from tests.unit.published_support import (
    EAST,
    FAR,
    HOME,
    NATION,
    REGION,
    UPPER,
    WEST,
    indicator,
    mapped,
    published,
    read,
    refused,
)

FIGURES = {"plans": "200", "timely": "34", "timely_pc": "17.0"}


def test_the_right_areas_are_found_and_others_left_out(tmp_path: Path) -> None:
    everyone = [NATION, REGION, HOME, EAST, WEST, FAR, UPPER]
    outside = {"geographic_level": "Regional", "region_code": "z"}
    release = read(tmp_path, [{**area, **FIGURES} for area in [*everyone, outside]])
    found = mapped(release, indicator())
    assert dict(zip(found["area_code"], found["geography"], strict=True)) == {
        "E92000001": "national",
        "E12000095": "region",
        "E10000951": "authority",
        "E06000951": "authority",
        "E06000952": "authority",
        "E07000951": "district",
    }


def test_an_authority_recoded_is_found_by_its_old_code_and_never_twice(tmp_path: Path) -> None:
    before = {**HOME, "new_la_code": "E10000900"}
    rows = [
        {**before, **FIGURES, "time_period": "2022"},
        {**before, **FIGURES, "time_period": "2023", "timely_pc": "99.0"},
        {**HOME, **FIGURES, "time_period": "2023"},
    ]
    found = mapped(read(tmp_path, rows), indicator()).set_index("period")
    assert set(found["area_code"]) == {"E10000951"}
    assert found["value"].to_dict() == {"2022": 17.0, "2023": 17.0}


def test_a_published_percentage_is_kept_with_limits_from_its_counts(tmp_path: Path) -> None:
    found = mapped(read(tmp_path, [{**HOME, **FIGURES}]), indicator()).iloc[0]
    # Wilson's interval of 34 in 200, by hand: (71.8415 ∓ 21.1750) / 407.6829.
    assert found["value"] == 17.0
    assert found["lower_95"] == pytest.approx(12.4279, abs=1e-4)
    assert found["upper_95"] == pytest.approx(22.8159, abs=1e-4)
    assert found["lower_998"] < found["lower_95"] < found["upper_95"] < found["upper_998"]
    assert (found["numerator"], found["denominator"]) == (34, 200)
    assert found["method"] == "proportion_wilson"
    assert (found["status"], found["note"], found["source"]) == ("", "", "source_1")


def test_without_a_published_value_it_is_calculated_and_said_to_be(tmp_path: Path) -> None:
    given = {"plans": "7", "timely": "2", "timely_pc": "x"}
    found = mapped(read(tmp_path, [{**HOME, **given}]), indicator()).iloc[0]
    assert found["value"] == pytest.approx(100 * 2 / 7)
    assert found["note"] == "Calculated from published counts."
    assert found["status"] == ""


@pytest.mark.parametrize(
    ("published_value", "note"),
    [
        ("17.0", ""), ("17", ""), ("16.95", ""),
        ("17.1", "From the published counts; the publisher prints 17.1."),
    ],
)  # fmt: skip
def test_the_value_is_that_of_the_counts_and_another_printed_is_said(
    tmp_path: Path, published_value: str, note: str
) -> None:
    given = {"plans": "200", "timely": "34", "timely_pc": published_value}
    if published_value == "16.95":
        given |= {"timely": "339", "plans": "2000"}
    found = mapped(read(tmp_path, [{**HOME, **given}]), indicator()).iloc[0]
    assert found["value"] == pytest.approx(16.95 if published_value == "16.95" else 17.0)
    assert found["note"] == note


def test_a_value_the_publisher_rounds_lies_inside_the_limits_of_its_counts(tmp_path: Path) -> None:
    """As England's permanent exclusions, 0.10 where the limits of the counts begin at 0.102."""
    given = {"plans": "10000000", "timely": "10450", "timely_pc": "0.10"}
    found = mapped(read(tmp_path, [{**HOME, **given}]), indicator()).iloc[0]
    assert found["lower_95"] <= found["value"] <= found["upper_95"]
    assert round(found["value"], 4) == 0.1045


def test_counts_the_publisher_rounds_do_not_replace_its_value(tmp_path: Path) -> None:
    release = read(tmp_path, [{**HOME, "plans": "150", "timely": "20", "timely_pc": "14.6"}])
    found = mapped(release, indicator(), rounding=10).iloc[0]
    assert (found["value"], found["note"]) == (14.6, "")
    assert found["lower_95"] < 14.6 < found["upper_95"]


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ({"plans": "c", "timely": "c", "timely_pc": "c"}, "c"),
        ({"plans": "0", "timely": "0", "timely_pc": "z"}, "z"),
        ({"plans": "9", "timely": "c", "timely_pc": "c"}, "c"),
        ({"plans": "900", "timely": "k", "timely_pc": "low"}, "low"),
        ({"plans": "", "timely": "", "timely_pc": ""}, "x"),
    ],
)
def test_a_symbol_is_the_status_and_there_is_no_value(
    tmp_path: Path, cells: dict[str, str], status: str
) -> None:
    found = mapped(read(tmp_path, [{**HOME, **cells}]), indicator()).iloc[0]
    assert found["status"] == status
    assert math.isnan(found["value"])
    assert math.isnan(found["lower_95"])


def test_negative_and_impossible_figures_are_not_available(tmp_path: Path) -> None:
    rows = [
        {**HOME, "plans": "10", "timely": "-9", "timely_pc": "-90.0"},
        {**EAST, "plans": "10", "timely": "12", "timely_pc": "120.0"},
        {**WEST, "plans": "-3", "timely": "x", "timely_pc": "41.0"},
    ]
    found = mapped(read(tmp_path, rows), indicator()).set_index("area_code")
    assert set(found["status"]) == {"x"}
    assert found[["value", "numerator", "denominator", "lower_95"]].isna().all(axis=None)
    notes = found["note"].to_dict()
    assert notes["E10000951"] == "The published figure, -90, is below 0. It is not used."
    assert notes["E06000951"] == "The published share, 120%, is above 100%. It is not used."
    assert notes["E06000952"] == "The published figure, -3, is below 0. It is not used."


def test_a_count_is_its_own_numerator_and_has_no_limits(tmp_path: Path) -> None:
    mapping = published({"value": "plans", "numerator": None, "denominator": None})
    counted = indicator(kind="count", unit="count", method="count", published=mapping)
    found = mapped(read(tmp_path, [{**HOME, "plans": "1,234"}]), counted).iloc[0]
    assert (found["value"], found["numerator"]) == (1234, 1234)
    assert math.isnan(found["denominator"])
    assert math.isnan(found["lower_95"])


AGES = published(
    {
        "dimensions": {"age_group": "breakdown"},
        "categories": {"age_group": {"under 3": "0-4", "age 3..4": "0-4", "age 5": "5-10"}},
    }
)


def age(label: str, plans: str, timely: str) -> dict[str, str]:
    return {**HOME, "breakdown": label, "plans": plans, "timely": timely, "timely_pc": "50.0"}


def test_labels_of_one_category_are_added_up_and_the_value_calculated(tmp_path: Path) -> None:
    rows = [age("under 3", "2", "1"), age("age 3", "3", "2"), age("age 4", "5", "0"),
            age("age 5", "8", "4"), age("unknown", "1", "1")]  # fmt: skip
    found = mapped(read(tmp_path, rows), indicator(published=AGES)).set_index("category")
    assert set(found["breakdown"]) == {"age_group"}
    young = found.loc["0-4"]
    assert (young["numerator"], young["denominator"], young["value"]) == (3, 10, 30.0)
    assert young["note"] == "Calculated from published counts."
    assert found.loc["5-10", "value"] == 50.0
    assert found.loc["5-10", "note"] == ""


def test_a_hidden_part_hides_the_sum(tmp_path: Path) -> None:
    rows = [age("under 3", "2", "c"), age("age 3", "3", "2")]
    found = mapped(read(tmp_path, rows), indicator(published=AGES)).iloc[0]
    assert found["status"] == "c"
    assert math.isnan(found["value"])
    assert math.isnan(found["numerator"])


def test_ranges_of_labels_are_written_out() -> None:
    assert expanded({"age 9..11": "a", "unknown": "b"}) == {
        "age 9": "a", "age 10": "a", "age 11": "a", "unknown": "b",
    }  # fmt: skip


SETTINGS = published(
    {
        "value": None,
        "numerator": None,
        "denominator": "plans",
        "category_columns": {
            "setting": {
                "special": {"numerator": "special"},
                "mainstream": {"numerator": "maintained + academy"},
            }
        },
    }
)
SHARE = {"kind": "share", "over": ("setting",), "breakdowns": (("setting",),)}


def test_wide_columns_become_categories_and_added_columns_one_figure(tmp_path: Path) -> None:
    row = {**HOME, "plans": "40", "special": "10", "maintained": "20", "academy": "10"}
    found = mapped(read(tmp_path, [row]), indicator(published=SETTINGS, **SHARE))
    values = dict(zip(found["category"], found["value"], strict=True))
    assert values == {"special": 25.0, "mainstream": 75.0}


def test_subtotals_among_categories_are_refused_as_double_counting(tmp_path: Path) -> None:
    row = {**HOME, "plans": "40", "special": "10", "maintained": "30", "academy": "30"}
    message = refused(read(tmp_path, [row]), indicator(published=SETTINGS, **SHARE))
    assert "overlap" in message
    assert "add up to 70 where the total is 40" in message


def test_a_column_not_collected_that_year_is_said_and_hides_nothing(tmp_path: Path) -> None:
    row = {**HOME, "plans": "40", "special": "10", "maintained": "30", "academy": "x"}
    found = mapped(read(tmp_path, [row]), indicator(published=SETTINGS, **SHARE))
    whole = found.set_index("category").loc["mainstream"]
    assert whole["value"] == 75.0
    assert "Some of the published columns" in whole["note"]


def test_a_denominator_of_another_table_is_found_by_area_and_time(tmp_path: Path) -> None:
    mapping = published(
        {
            "value": None,
            "numerator": "homes",
            "denominator": "plans",
            "denominator_from": {"table": "caseload", "select": {"breakdown": "All"}},
        }
    )
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    ours = read(tmp_path / "a", [{**HOME, "homes": "5"}, {**EAST, "homes": "2"}])
    whole = read(
        tmp_path / "b",
        [
            {**HOME, "breakdown": "All", "plans": "50"},
            {**HOME, "breakdown": "Female", "plans": "20"},
        ],
    )
    found = mapped(ours, indicator(published=mapping), whole).set_index("area_code")
    assert found.loc["E10000951", "value"] == 10.0
    assert found.loc["E06000951", "status"] == "x"


def test_rows_a_mapping_cannot_tell_apart_are_refused(tmp_path: Path) -> None:
    rows = [{**HOME, **FIGURES, "sex": "Total"}, {**HOME, **FIGURES, "sex": "Female"}]
    message = refused(read(tmp_path, rows), indicator())
    assert "rows 2, 3" in message
    assert "indicator timely" in message
    chosen = published({"select": {"sex": "Total"}})
    assert len(mapped(read(tmp_path, rows), indicator(published=chosen))) == 1


def test_a_column_the_file_lacks_is_named(tmp_path: Path) -> None:
    message = refused(read(tmp_path, [{**HOME, "plans": "1"}]), indicator())
    assert "column 'timely'" in message
    assert "column 'timely_pc'" in message


def test_unknown_text_in_a_figure_is_refused_and_in_other_columns_is_not(tmp_path: Path) -> None:
    rows = [{**HOME, **FIGURES, "remark": "about"}]
    assert len(mapped(read(tmp_path, rows), indicator())) == 1
    message = refused(read(tmp_path, [{**HOME, **FIGURES, "timely": "about 30"}]), indicator())
    assert "row 2, column 'timely'" in message
    assert "'about 30'" in message


def test_times_that_do_not_fit_are_refused_unless_their_rows_are_empty(tmp_path: Path) -> None:
    nothing = {**HOME, "time_period": "0", "plans": "-", "timely": "-", "timely_pc": "-"}
    release = read(tmp_path, [{**HOME, **FIGURES}, nothing])
    assert list(mapped(release, indicator())["period"]) == ["2024"]
    message = refused(read(tmp_path, [{**HOME, **FIGURES, "time_period": "202324"}]), indicator())
    assert "does not fit the period type 'calendar_year'" in message


def test_a_footnote_in_a_column_travels_with_its_row(tmp_path: Path) -> None:
    rows = [{**HOME, **FIGURES, "footnote": "Late return."}, {**EAST, **FIGURES}]
    found = mapped(read(tmp_path, rows), indicator()).set_index("area_code")
    assert found["note"].to_dict() == {"E10000951": "Late return.", "E06000951": ""}

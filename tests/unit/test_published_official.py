"""A whole edition's published figures: precedence, comparators, checks, footnotes, the stage."""

from pathlib import Path

import pandas as pd
import pytest

from jsna.errors import JsnaError
from jsna.io import read_parquet, sha256
from jsna.model import schema
from jsna.releases import official
from jsna.releases.run import run
from tests.unit.published_support import (
    EAST,
    HOME,
    MAPPING,
    NATION,
    WEST,
    configuration,
    indicator,
    paths,
    source,
)
from tests.unit.test_audit import write

PLANS = [
    {**NATION, "plans": "1000", "timely": "500", "timely_pc": "50.0"},
    {**HOME, "plans": "200", "timely": "34", "timely_pc": "17.0"},
    {**EAST, "plans": "100", "timely": "30", "timely_pc": "30.0"},
    {**WEST, "plans": "c", "timely": "c", "timely_pc": "c"},
]

FIVE_OF_TEN = {"plans": "10", "timely": "5", "timely_pc": "50.0"}


def one(found: pd.DataFrame, area: str, period: str = "2024") -> pd.Series:
    rows = found[(found["area_code"] == area) & (found["period"] == period)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_one_changed_figure_of_an_invented_release_is_noticed(tmp_path: Path) -> None:
    write(tmp_path, "plans.csv", PLANS)
    file = paths(tmp_path).published / "plans.csv"
    sums = paths(tmp_path).raw / "SHA256SUMS"
    sums.write_text(f"{sha256(file)}  published/plans.csv\n", encoding="utf-8")
    config = configuration({"plans": source("plans", "plans.csv", synthetic=True)})
    assert official.unfetched(config, paths(tmp_path)) == []
    file.write_text(file.read_text(encoding="utf-8").replace("1000", "1001"), encoding="utf-8")
    (problem,) = official.unfetched(config, paths(tmp_path))
    assert problem.code == "published.hash"
    assert "jsna synthesise" in problem.rule


def test_the_median_of_neighbours_is_over_those_with_a_figure(tmp_path: Path) -> None:
    write(tmp_path, "plans.csv", PLANS)
    config = configuration({"plans": source("plans", "plans.csv")}, [indicator()])
    found = official.published_measures(config, paths(tmp_path))
    median = one(found, "neighbours")
    assert (median["geography"], median["value"], median["method"]) == (
        "neighbours", 30.0, "median_of_areas",
    )  # fmt: skip
    assert median["note"] == "Median of the 1 of 2 statistical neighbours with a figure."
    assert pd.isna(median["lower_95"])
    assert "neighbours_together" not in set(found["area_code"])  # one alone is no two together
    assert one(found, "E06000952")["status"] == "c"
    schema.check(found, "test")


def test_the_first_mapping_with_a_value_stands_and_a_different_one_is_said(tmp_path: Path) -> None:
    none, half = dict.fromkeys(("plans", "timely", "timely_pc"), "x"), FIVE_OF_TEN
    write(tmp_path, "plans.csv", [{**HOME, **none}, {**EAST, **half}, {**WEST, **half}])
    shares = [{**HOME, "share": "16.5"}, {**EAST, "share": "50.04"}, {**WEST, "share": "49.9"}]
    write(tmp_path, "more.csv", shares)
    second = {**MAPPING, "dataset": "more", "value": "share", "numerator": None,
              "denominator": None}  # fmt: skip
    config = configuration(
        {"plans": source("plans", "plans.csv"), "more": source("more", "more.csv")},
        [indicator(published=[MAPPING, second])],
    )
    found = official.published_measures(config, paths(tmp_path))
    home, east, west = (one(found, code) for code in ("E10000951", "E06000951", "E06000952"))
    assert (home["value"], home["source"]) == (16.5, "more_1")
    assert (east["value"], east["source"], east["note"]) == (50.0, "plans_1", "")
    assert (west["value"], west["note"]) == (50.0, "more_1 gives 49.9.")


def test_mappings_of_datasets_the_edition_lacks_are_passed_over(tmp_path: Path) -> None:
    assert official.published_measures(configuration({}, [indicator()]), paths(tmp_path)).empty


def test_every_problem_of_every_release_is_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, "plans.csv", [{**HOME, "plans": "some", "timely": "1", "timely_pc": "1"}])
    (paths(tmp_path).published / "more.csv").write_text("not\ta\tfile\n")
    second = {**MAPPING, "dataset": "more"}
    config = configuration(
        {"plans": source("plans", "plans.csv"), "more": source("more", "more.csv")},
        [indicator(published=[MAPPING, second])],
    )
    with pytest.raises(JsnaError) as caught:
        official.published_measures(config, paths(tmp_path))
    assert "plans.csv, row 2, column 'plans'" in str(caught.value)
    assert "more.csv: columns are separated by tabs" in str(caught.value)


def test_a_release_not_fetched_or_not_the_registered_one_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "plans.csv", PLANS)
    sources = {
        "plans": source("plans", "plans.csv", sha256="0" * 64),
        "more": source("more", "gone.csv"),
    }
    with pytest.raises(JsnaError) as caught:
        official.published_measures(configuration(sources, [indicator()]), paths(tmp_path))
    assert "not the file the register names" in str(caught.value)
    assert "0" * 64 in str(caught.value)
    assert "gone.csv has not been fetched; run: python -m jsna fetch norland-open" in str(
        caught.value
    )


def test_footnotes_go_with_the_figures_they_are_about(tmp_path: Path) -> None:
    from jsna.releases import footnotes
    from jsna.releases.release import OfficialTable

    rows = [{**EAST, "la_name": "Eastmere", "region_code": "E12000095"}]
    frame = pd.DataFrame([{**rows[0], "geographic_level": "Local authority"}])
    notes = (
        "Counts are unrounded.",
        "Eastmere made no return for 2023.",
        "Age is that on census day.",
        "Collected in 2026.",
    )
    scopes = footnotes.scopes(OfficialTable(frame, "file", notes))
    figures = pd.DataFrame(
        [
            ("E06000951", "authority", "2023", "total"),
            ("E06000951", "authority", "2024", "total"),
            ("E10000951", "authority", "2023", "total"),
            ("E12000095", "region", "2023", "total"),
            ("E10000951", "authority", "2024", "age_group"),
        ],
        columns=["area_code", "geography", "period", "breakdown"],
    )
    assert footnotes.of(figures, scopes).tolist() == [
        "Counts are unrounded. Eastmere made no return for 2023.",
        "Counts are unrounded. Collected in 2026.",
        "Counts are unrounded.",
        "Counts are unrounded. Eastmere made no return for 2023.",
        "Counts are unrounded. Age is that on census day. Collected in 2026.",
    ]


def test_the_stage_writes_the_measures_private_and_the_same_bytes_twice(tmp_path: Path) -> None:
    write(tmp_path, "plans.csv", PLANS)
    config = configuration({"plans": source("plans", "plans.csv")}, [indicator()])
    run(config, paths(tmp_path))
    file = paths(tmp_path).restricted / "published.parquet"
    first = file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    write(tmp_path, "plans.csv", PLANS[::-1])
    run(config, paths(tmp_path))
    assert file.read_bytes() == first
    assert one(schema.conform(read_parquet(file)), "E10000951")["value"] == 17.0


def test_a_mapping_by_another_kind_of_year_than_the_dictionary_s_is_refused(tmp_path: Path) -> None:
    folder = paths(tmp_path).published
    columns = ["Short Desc", "Years", "LA and Regions", "Values", "LA Number"]
    rows = [("Rate", "2024", "England", "5", 970.0), ("Rate", "2024", "Norland", "4", 951.0)]
    pd.DataFrame(rows, columns=columns).to_parquet(folder / "tool.parquet")
    (folder / "dictionary.csv").write_text("Measure_short,Year_Type\nRate,Academic Year\n")
    sources = {
        "lait": source("lait", "tool.parquet"),
        "lait_dictionary": source("lait_dictionary", "dictionary.csv"),
    }

    def measured(period_type: str) -> pd.DataFrame:
        mapping = {"dataset": "lait", "table": "Rate", "value": "Values"}
        declared = indicator(published=[{**mapping, "period_type": period_type}])
        return official.published_measures(configuration(sources, [declared]), paths(tmp_path))

    with pytest.raises(JsnaError, match=r"gives 'Rate' by academic year.*says 'calendar_year'"):
        measured("calendar_year")
    found = measured("academic_year")
    assert one(found, "E10000951", "2023/24")["value"] == 4.0
    assert one(found, "E10000951", "2023/24")["method"] == "published"

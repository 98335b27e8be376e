"""The readers on the real official files, oddities and planted defects included.

Reads `shared/published` beside the repository and fails where it is absent.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest

from jsna.errors import JsnaError, Problem
from jsna.model.areas import Area
from jsna.model.releases import Published
from jsna.releases import areas, ees, figures, lait, lookups, neighbours, periods, symbols
from jsna.releases.release import LEVEL, NATIONAL
from tests.real.published_support import PUBLISHED
from tests.unit.published_support import AREA

pytestmark = pytest.mark.real

EHCP = PUBLISHED / "d_dfe_ehcp/ehcp_2025.zip"
DEFECTS = PUBLISHED / "d_ees_testdata/defects"


def statuses(frame: pd.DataFrame, column: str) -> dict[str, int]:
    """How often each status stands in a column; fails on text that is no figure."""
    found, problems = symbols.cells(frame[column], "file", frame["_row"])
    assert problems == []
    return {k: int(n) for k, n in found.status.value_counts().items() if k}


def test_every_file_of_the_release_on_plans_reads_and_every_figure_is_understood() -> None:
    with zipfile.ZipFile(EHCP) as archive:
        tables = [Path(n).stem for n in archive.namelist() if n.startswith("data/")]
    assert len(tables) == 12
    for table in tables:
        frame = ees.read(EHCP, table).frame
        text = {"la_name", "breakdown", "breakdown_topic", "footnote"}
        text |= {c for c in frame if c.endswith(("_code", "_name", "_identifier", "_level"))}
        text |= {"characteristic_kind", "characteristic_value", "_row"}
        for column in set(frame) - text:
            statuses(frame, str(column))


def test_a_column_published_twice_is_read_once() -> None:
    frame = ees.read(EHCP, "annual_reviews").frame
    assert list(frame.columns).count("review_meeting_prior_24") == 1


def test_negative_counts_are_read_as_published() -> None:
    frame = ees.read(EHCP, "annual_reviews").frame
    found, _ = symbols.cells(frame["review_decision_outstanding"], "f", frame["_row"])
    assert (found.value < 0).sum() > 0
    home = frame[(frame["old_la_code"] == "888") & (frame["breakdown"] == "All annual reviews")]
    assert home["review_decision_outstanding"].tolist() == ["-9"]


def test_files_that_are_not_in_the_layout_are_refused() -> None:
    with pytest.raises(JsnaError, match="no column 'time_period'"):
        ees.read(PUBLISHED / "d_dfe_exclusions/clean_la_data.csv", "x")
    with pytest.raises(JsnaError, match="first row must be the header"):
        ees.read(EHCP, "SEND Tribunals and appeal rate 2014-2024")


def test_swapped_characteristic_columns_are_told_by_content() -> None:
    path = PUBLISHED / "d_dfe_attainment_absence/1_eyfsp_headline_measures_2022.csv"
    frame = ees.read(path, "eyfsp").frame
    assert "EHC plan" not in set(frame["characteristic_kind"])
    rows = frame[frame["characteristic_kind"] == "SEN provision"]
    assert {"EHC plan", "SEN support", "All SEN"} <= set(rows["characteristic_value"])
    assert set(frame[LEVEL]) == {
        "National", "Regional", "Local authority", "Local authority district",
    }  # fmt: skip


def test_every_time_and_value_of_the_interactive_tool_is_understood() -> None:
    path = PUBLISHED / "d_lait/bds_long_0.parquet"
    names = sorted(set(pd.read_parquet(path, columns=["Short Desc"])["Short Desc"].str.strip()))
    releases = lait.read(path, names)
    times: set[str] = set()
    rows = missing = 0
    for release in releases.values():
        times |= set(release.frame["time_period"])
        rows += len(release.frame)
        missing += statuses(release.frame, "Values").get("x", 0)
    assert (len(times), rows, missing) == (65, 641_070, 93_883)
    assert {t for t in times if periods.parse(t) is None} == {"0"}


def test_the_wide_neighbours_and_the_workbook_agree() -> None:
    folder = PUBLISHED / "h_lookups_neighbours"
    book = neighbours.read(folder / "lait_sn_may_2025.xlsx")
    assert book["old_la_code"].nunique() == 153
    pd.testing.assert_frame_equal(book, neighbours.read(folder / "sn_model_2025_wide.csv"))


def test_regions_leave_out_what_is_no_region() -> None:
    found = lookups.regions(PUBLISHED / "h_lookups_neighbours/dfe_region_la_hierarchy.csv")
    assert found["region_code"].str.startswith("E1").all()
    assert not found["old_la_code"].isin(["x", "z"]).any()


# ---- the screener's planted defects: each is refused with the reason, or read with its status


def defect(name: str) -> pd.DataFrame:
    return ees.read(DEFECTS / f"{name}.csv", name).frame


def test_there_is_a_test_for_every_planted_defect() -> None:
    names = {p.stem for p in DEFECTS.glob("*.csv") if not p.stem.endswith(".meta")}
    assert names == {
        "blanks_indicators", "data_empty_cols", "duplicate_rows", "file_separator",
        "lad_within_la", "no_data_symbols", "notavailable_symbols",
        "outside_of_england_region", "roundedzero_symbols", "utf8",
    }  # fmt: skip


def test_blank_figures_are_not_available() -> None:
    assert statuses(defect("blanks_indicators"), "enrolments_pa_10_exact_percent") == {"x": 11}


def test_superseded_symbols_have_today_s_statuses() -> None:
    gone = defect("no_data_symbols")
    assert statuses(gone, "sess_overall_percent") == {"z": 1}
    assert statuses(gone, "sess_authorised_percent") == {"x": 1}
    assert statuses(gone, "enrolments_pa_10_exact_percent") == {"x": 1, "z": 1}
    unavailable = defect("notavailable_symbols")
    rounded = defect("roundedzero_symbols")
    for column in ("enrolments", "sess_authorised_percent", "enrolments_pa_10_exact"):
        assert statuses(unavailable, column) == {"x": 1}
        assert statuses(rounded, column) == {"low": 1}


def mapped(frame: pd.DataFrame, value: str, area: Area = AREA) -> tuple[int, list[Problem]]:
    mapping = Published.model_validate(
        {"dataset": "d", "table": "t", "value": value, "period_type": "academic_year"}
    )
    found = figures.figures(areas.located(frame, area), mapping, "file")
    return len(found.frame), found.problems


def test_repeated_rows_are_refused_where_they_are_used() -> None:
    frame = defect("duplicate_rows")
    _, problems = mapped(frame[frame["school_type"].str.endswith("primary")], "num_schools")
    assert "several rows give the same area, period and category" in problems[0].rule


def test_a_metadata_file_separated_by_tabs_is_refused_and_its_data_file_reads() -> None:
    with pytest.raises(JsnaError, match="separated by tabs"):
        ees.read(DEFECTS / "file_separator.meta.csv", "meta")
    frame = defect("file_separator")
    assert statuses(frame, "ind") == {"z": 5, "x": 2}


def test_a_district_of_another_authority_is_no_locality_of_this_one() -> None:
    frame = defect("lad_within_la")
    stray = frame[frame[LEVEL] == "Local authority district"]
    assert len(stray) == 1
    code = stray["new_la_code"].iloc[0]
    home = AREA.model_copy(update={"code": code, "old_la_code": stray["old_la_code"].iloc[0]})
    found = areas.located(frame, home)
    assert set(found["geography"]) == {"national", "authority"}


def test_outside_england_is_no_region() -> None:
    frame = defect("outside_of_england_region")
    # The file has "z"; codes are read in capitals, whoever wrote them small.
    assert "Z" in set(frame["region_code"])
    assert set(areas.located(frame, AREA)["geography"]) == {"national"}
    with_z = AREA.model_copy(
        update={"region": AREA.region.model_copy(update={"code": "E12000002"})}
    )
    found = areas.located(frame, with_z)
    assert set(found.loc[found["geography"] == "region", "region_name"]) == {"North West"}


def test_empty_columns_and_byte_order_marks_do_not_matter() -> None:
    assert len(defect("data_empty_cols")) == 33
    frame = defect("utf8")
    assert set(frame[LEVEL]) == {NATIONAL}
    assert (DEFECTS / "utf8.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert statuses(frame, "number_of_pupils") == {}


@pytest.mark.parametrize("path", sorted(DEFECTS.glob("*.meta.csv")), ids=lambda p: p.stem)
def test_a_file_of_metadata_is_not_taken_for_data(path: Path) -> None:
    with pytest.raises(JsnaError):
        ees.read(path, path.stem)

"""True shapes of official files: time identifiers, codes, symbols in brackets, what is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from jsna.errors import JsnaError
from jsna.releases import areas, ees, identifiers, mapping, official
from jsna.releases.release import OfficialTable
from tests.unit.published_support import (
    AREA,
    EAST,
    HOME,
    NATION,
    WEST,
    configuration,
    csv_text,
    indicator,
    mapped,
    paths,
    published,
    read,
    refused,
    source,
)

FAULTS = Path(__file__).parents[1] / "faults"
FIGURES = {"plans": "200", "timely": "34", "timely_pc": "17.0"}


def by(period_type: str, **changes: object) -> object:
    """An indicator whose mapping is of such periods."""
    return indicator(
        period_type=period_type, published=published({"period_type": period_type, **changes})
    )


# -- time identifiers -------------------------------------------------------------------------

#: Identifier, time as published, period type -> the period; None where there is none.
TIMES = [
    ("Academic year", "202425", "academic_year", "2024/25"),
    ("Academic year", "202425", "january", "2025"),
    ("Academic year", "2024", "academic_year", "2024/25"),
    ("Financial year", "202425", "financial_year", "2024/25"),
    ("Financial year", "2024", "financial_year", "2024/25"),
    ("Financial year", "202425", "31_march", "2025"),
    ("Calendar year", "2024", "calendar_year", "2024"),
    ("Calendar year", "2024", "january", "2024"),
    ("Reporting year", "2024", "31_march", "2024"),
    ("Reporting year", "2024", "mid_year", "2024"),
    ("January", "2025", "january", "2025"),
    ("March", "2025", "31_march", "2025"),
    ("  academic   YEAR ", "202425", "academic_year", "2024/25"),
    ("Autumn term", "202425", "academic_year", None),
    ("Autumn term", "202425", "january", None),
    ("Spring term", "202425", "january", None),
    ("Summer term", "2024", "calendar_year", None),
    ("Autumn and spring term", "202425", "academic_year", None),
    ("Tax year", "202425", "financial_year", None),
    ("Financial year Q1", "202425", "financial_year", None),
    ("Financial year Q1-Q3", "202425", "financial_year", None),
    ("Academic year Q4", "202425", "academic_year", None),
    ("Calendar year Q2", "2024", "calendar_year", None),
    ("Part 1 (April to September)", "202425", "financial_year", None),
    ("February", "2025", "january", None),
    ("October", "2024", "calendar_year", None),
    ("Week 1", "2024", "calendar_year", None),
    ("Week 52", "202425", "academic_year", None),
    ("Financial year", "202425", "academic_year", None),
    ("Academic year", "202425", "financial_year", None),
    ("Calendar year", "2024", "academic_year", None),
    ("January", "2025", "calendar_year", None),
]


@pytest.mark.parametrize(("identifier", "time", "period_type", "period"), TIMES)
def test_a_row_is_of_the_period_its_time_identifier_says_or_of_none(
    tmp_path: Path, identifier: str, time: str, period_type: str, period: str | None
) -> None:
    rows = [{**HOME, **FIGURES, "time_identifier": identifier, "time_period": time}]
    release, declared = read(tmp_path, rows), by(period_type)
    if period is not None:
        assert mapped(release, declared)["period"].tolist() == [period]  # type: ignore[arg-type]
        return
    told = refused(release, declared)  # type: ignore[arg-type]
    assert f"no periods of type '{period_type}'" in told
    assert identifier in told
    assert "row 2" in told


def test_a_term_among_years_is_refused_and_the_year_can_be_chosen(tmp_path: Path) -> None:
    year = {**HOME, **FIGURES, "time_identifier": "Academic year", "time_period": "202425"}
    term = {**year, "time_identifier": "Autumn term", "timely": "9", "timely_pc": "4.5"}
    release = read(tmp_path, [term, year])
    told = refused(release, by("academic_year"))  # type: ignore[arg-type]
    assert "name 'Academic year' for 'time_identifier' in the mapping's `select`" in told
    chosen = by("academic_year", select={"time_identifier": "Academic year"})
    assert mapped(release, chosen)["value"].tolist() == [17.0]  # type: ignore[arg-type]


def test_an_identifier_there_is_none_of_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(JsnaError, match=r"row 2.*is 'academic year' meant.*Academc year"):
        read(tmp_path, [{**HOME, **FIGURES, "time_identifier": "Academc year"}])


def test_every_week_and_no_other_is_known() -> None:
    known = [week for week in range(120) if identifiers.known(f"Week {week}")]
    assert known == list(range(1, 54))


# -- codes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "codes",
    [
        {"new_la_code": " E10000951", "old_la_code": "951.0"},
        {"new_la_code": "e10000951 ", "old_la_code": " 951"},
        {"new_la_code": "", "old_la_code": "951.0"},
        {"new_la_code": "z", "old_la_code": "951.00"},
        {"new_la_code": "\u00a0E10000951\u00a0", "old_la_code": ""},
    ],
)
def test_codes_as_spreadsheets_leave_them_are_read(tmp_path: Path, codes: dict[str, str]) -> None:
    frame = read(tmp_path, [{**HOME, **FIGURES, **codes}]).frame
    found = areas.located(frame, AREA)
    assert found["area_code"].tolist() == ["E10000951"]


@pytest.mark.parametrize(
    ("column", "code"),
    [
        ("new_la_code", "E1000951"),
        ("new_la_code", "951"),
        ("new_la_code", "E10000951.5"),
        ("old_la_code", "95"),
        ("old_la_code", "951.5"),
        ("old_la_code", "E10000951"),
        ("lad_code", "Norland"),
    ],
)
def test_what_is_no_code_is_told_where_it_stands(tmp_path: Path, column: str, code: str) -> None:
    rows = [{**NATION, **FIGURES}, {**HOME, **FIGURES, column: code}]
    with pytest.raises(JsnaError) as caught:
        read(tmp_path, rows)
    (problem,) = caught.value.problems
    assert (problem.row, problem.column, problem.value) == (3, column, code)


# -- symbols ----------------------------------------------------------------------------------


def test_shorthand_of_accessible_spreadsheets_is_read() -> None:
    frame = ees.read(FAULTS / "ees-gss-symbols/gss-symbols.csv", "gss-symbols").frame
    lancashire = AREA.model_copy(update={"code": "E10000017", "old_la_code": "888"})
    shown = OfficialTable(areas.located(frame, lancashire), "gss-symbols.csv")
    count = indicator(
        kind="count", unit="count", method="count", period_type="academic_year",
        published=[
            {"dataset": "plans", "table": "t", "value": "n", "period_type": "academic_year"}
        ],
    )  # fmt: skip
    found, problems = mapping.measures(shown, count, count.published[0])
    assert problems == []
    told = dict(zip(found["area_code"], found[["value", "status"]].values.tolist(), strict=True))
    assert told["E92000001"] == [1000.0, ""]
    assert pd.isna(told["E10000017"][0])
    assert told["E10000017"][1] == "c"


def test_marks_beside_a_number_go_into_its_note(tmp_path: Path) -> None:
    rows = [{**HOME, **FIGURES, "timely_pc": "17.0 [p] [note 3]", "timely": "34[r]"}]
    found = mapped(read(tmp_path, rows), indicator()).iloc[0]
    assert (found["value"], found["numerator"], found["status"]) == (17.0, 34.0, "")
    assert found["note"].startswith("Provisional. Its publisher has a note about this figure.")
    assert "Revised by the publisher." in found["note"]


# -- what matches nothing ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"select": {"need": "autism"}}, "column 'need': no row has the entry a mapping asks for; "
         "the nearest are 'Autism'"),
        ({"select": {"need": "Autistic spectrum"}}, "the nearest are 'Autistic Spectrum Disorder'"),
        ({"select": {"need": "Hearing"}}, "there are 'Autism', 'Autistic Spectrum Disorder'"),
        ({"select": {"need": "Autism", "sex": "Boys"}}, "no row has together all that a mapping "
         "asks for in the columns 'need', 'sex'"),
        ({"dimensions": {"sex": "sex"}, "categories": {"sex": {"girls": "F"}}},
         "column 'sex': no row has the entry a mapping asks for; the nearest are 'Girls'"),
    ],
)  # fmt: skip
def test_a_mapping_that_matches_no_row_is_told_with_what_there_is(
    tmp_path: Path, changes: dict[str, object], told: str
) -> None:
    rows = [
        {**HOME, **FIGURES, "need": "Autism", "sex": "Girls"},
        {**HOME, **FIGURES, "need": "Autistic Spectrum Disorder", "sex": "Boys"},
    ]
    declared = indicator(published=published(changes))
    assert told in refused(read(tmp_path, rows), declared)


def test_an_area_that_matches_no_row_is_told_with_the_nearest(tmp_path: Path) -> None:
    rows = [
        {**NATION, **FIGURES},
        {**EAST, **FIGURES, "la_name": "Eastmere"},
        {**WEST, **FIGURES, "la_name": "Norland, County of"},
    ]
    folder = paths(tmp_path).published
    (folder / "plans.csv").write_text(csv_text(rows), encoding="utf-8", newline="")
    config = configuration({"plans": source("plans", "plans.csv")}, [indicator()])
    with pytest.raises(JsnaError) as caught:
        official.published_measures(config, paths(tmp_path))
    (problem,) = caught.value.problems
    assert "2 authorities and none of Norland (E10000951, 951)" in problem.rule
    assert "the nearest are Norland, County of (E06000952)" in problem.rule
    # One found in the register of authorities has no other code: the release is older than it.
    known = replace(config, area=config.area.model_copy(update={"registered": True}))
    made = official.audited_measures(known, paths(tmp_path))
    assert made.lacking == ["plans_1 has no figures of Norland in release"]
    assert AREA.code not in {*made.measures["area_code"]}


@pytest.mark.parametrize("row", [NATION, HOME])
def test_a_file_without_authorities_or_with_the_area_is_no_fault(
    tmp_path: Path, row: dict[str, str]
) -> None:
    assert areas.absent(read(tmp_path, [{**row, **FIGURES}]).frame, AREA, "plans.csv") == []


def test_an_area_under_its_old_code_alone_is_there(tmp_path: Path) -> None:
    recoded = {**HOME, **FIGURES, "new_la_code": "E10000950"}
    assert areas.absent(read(tmp_path, [recoded]).frame, AREA, "plans.csv") == []

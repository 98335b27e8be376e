"""The department's workbook of a SEN2 return, written here as its one public reader knows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from jsna.ingest.cross import Tables
from jsna.ingest.read import Reading, read_heading, read_table
from jsna.ingest.validate import validate_delivery
from jsna.sources import registry
from tests.books import book, book_bytes
from tests.unit.validation_support import context

SEN2 = registry()["sen2"]
_PERSON = "Person ID\n\n(This must match the relevant ID in the Person record table)"
_REQUEST = "Requests record ID\n\n(This must match the relevant ID in the Requests table)"
_LA = "LA\n(From Header Record)"
_PLACE = [
    "URN - Unique Reference Number", "UKPRN - UK Provider Reference Number",
    "SEN Setting – Establishment type", "SEN Setting - Other",
    "Placement Rank (1=Primary, 2=Secondary)",
]  # fmt: skip
_UNITS = ["SEN Unit Indicator", "Resourced Provision Indicator"]
Lines = list[Sequence[Any]]
#: Title -> headers, then rows: two children, of whom the second has two placements and needs.
STACK: dict[str, Lines] = {
    "Header Record": [
        ["Record Type", "Collection Name", "Year", "Reference Date", "Source Level", "LA Number",
         "Date & Time \n(ccyy-mm-ddThh:mm:ss)", "Designated Medical Officer"],
        ["Header", "SEN2", 2025, "2025-01-16", "L", 999, 45678.5, 1],
    ],
    "Person Record": [
        ["Record Type", "Person ID\n\n(This must be a unique ID for each Person record)", _LA,
         "Surname", "Forename", "Date of Birth \n(ccyy-mm-dd)", "Sex", "Ethnicity", "Post Code",
         "UPN - Unique Pupil Number", "ULN - Young Persons Unique Learner Number",
         "UPN and ULN unavailable – Reason"],
        ["Person", 11, 999, "Quill", "Zora", "2015-02-03", "F", "WBRI", "ZZ1 1AA",
         "A950000178301", None, None],
        ["Person", 12.0, 999, "Rook", "Yan", datetime(2009, 11, 20), "M", "APKN", "ZZ1 1AB",
         "H243278544154", None, None],
        # As the workbook comes, with nothing filled in.
        ["Person", None, 999, *[None] * 9],
    ],
    "Requests Records": [
        ["Record Type", "Requests record ID\n\n(This must be a unique ID for each Requests record)",
         _LA, _PERSON, "Date request was received",
         "Source of request for an EHC needs assessment", "Initial Request Whilst In RYA",
         "Request Outcome Date", "Request Outcome", "Request Mediation", "Request Tribunal",
         "Exported - Child or young person moves out of LA before assessment is completed"],
        ["Requests", 7, 999, 12, "2024-02-01", 1, 0, "2024-03-01", "Y", 0, 0, 0],
        ["Requests", 8, 999, 11, "2024-04-02", 1, 0, "2024-05-02", "Y", 0, 0, 0],
    ],
    "Assessments Records": [
        ["Record Type", _PERSON, _LA, _REQUEST, "Assessment Outcome - Decision to issue EHC plan",
         "Assessment Outcome Date", "Assessment Mediation", "Assessment Tribunal",
         "Other Mediation", "Other Tribunal", "Twenty week time limit exceptions apply"],
        ["Assessment", 12, 999, 7, "Y", "2024-05-30", 0, 0, 0, 0, 1],
        ["Assessment", 11, 999, 8, "N", "2024-07-30", 0, 0, 0, 0, 0],
    ],
    "Named Plan Records": [
        ["Record Type", _PERSON, _REQUEST, _LA, "EHC Plan Start Date", "Residential Settings",
         "Work Based Learning Activity", "Personal Budget taken up",
         "Personal Budget - Organised Arrangements", "Personal Budget - Direct Payments",
         "Date EHC plan ceased", "Reason EHC plan ceased"],
        ["NamedPlan", 12, 7, 999, "2024-06-14", None, 0, 0, 0, 0, None, None],
    ],
    "Plan Detail Records": [
        ["Record Type", _PERSON, _REQUEST, _LA, *_PLACE, *_UNITS],
        ["PlanDetail", 12, 7, 999, 900001, None, None, None, 1, 1, 0],
    ],
    "Active Plan Records": [
        ["Record Type", _PERSON, _LA, _REQUEST,
         "EHC Plan transferred in from another LA during calendar year",
         "EHC Plan Review Decisions Date", "Annual Review Decision",
         "Annual review – date draft amended EHC plan issued",
         "Phase transfer review - due date for any amended plan",
         "Phase transfer review - final plan date", "Annual Review Meeting Date"],
        ["ActivePlans", 12, 999, 7, None, "2024-12-20", "M", None, None, None, "2024-11-11"],
    ],
    "Placement Detail Records": [
        ["Record Type", _PERSON, _REQUEST, _LA, *_PLACE, "Placement Start Date",
         "Placement Leaving Date", *_UNITS, "Residential Settings", "Work Based Learning Activity"],
        ["PlacementDetail", 12, 7, 999, 900001, None, None, None, 1, "2024-09-02", None, 1, 0,
         None, 0],
        ["PlacementDetail", 12, 7, 999, None, None, "EHE", None, 2, "2024-09-03", None, None,
         None, None, 0],
    ],
    "SEN Need Records": [
        ["Record Type", _PERSON, _REQUEST, _LA, "SEN Type of Need",
         "SEN Type of Need rank  (1=Primary, 2=Secondary)"],
        ["SENneed", 12, 7, 999, "ASD", 1],
        ["SENneed", 12, 7, 999, "SLCN", 2],
    ],
}  # fmt: skip


def workbook(stack: dict[str, Lines], sheet: str = "Data Entry Template") -> bytes:
    """Tables below each other, a blank row and a note above each title but the first."""
    lines: Lines = []
    for title, rows in stack.items():
        if lines:
            lines += [[None], [None, "Add rows above this line"]]
        lines += [[title], *rows]
    return book_bytes(book([["How to fill this in"]], "Guidance", **{sheet: lines}))


def read(content: bytes, name: str = "return.xlsm") -> dict[str, Reading]:
    return {
        table.name: read_table(content, name, table, alone=False, stacked=SEN2.workbook)
        for table in SEN2.tables
    }


def judged(content: bytes) -> Tables:
    readings = read(content)
    assert not [problem for one in readings.values() for problem in one.findings.problems]
    frames = {name: one.frame for name, one in readings.items() if one.frame is not None}
    return validate_delivery(SEN2, frames, context("sen2"))


def test_every_module_is_read_from_below_its_title() -> None:
    tables = judged(workbook(STACK))
    assert {name: len(one.valid) for name, one in tables.items()} == {
        "person": 2, "requests": 2, "assessment": 2, "namedplan": 1, "plandetail": 1,
        "activeplans": 1, "placementdetail": 2, "senneed": 2,
    }  # fmt: skip
    assert not [one for table in tables.values() for one in table.reasons]
    person = tables["person"].valid
    assert person["person_table_id"].tolist() == ["11", "12"]
    assert person["date_of_birth"].astype(str).tolist() == ["2015-02-03", "2009-11-20"]
    assert person["upn"].tolist() == ["A950000178301", "H243278544154"]
    # Plans hang on the request, as the workbook numbers nothing else.
    requests, named = tables["requests"].valid, tables["namedplan"].valid
    assert requests["person_table_id"].tolist() == ["12", "11"]
    assert named[["namedplan_table_id", "assessment_table_id"]].values.tolist() == [["7", "7"]]
    assert tables["assessment"].valid["week_20_exception"].tolist() == [True, False]
    plan = tables["activeplans"].valid.iloc[0]
    assert str(plan["review_meeting"])[:10] == "2024-11-11"
    assert str(plan["last_review"])[:10] == "2024-12-20"
    placed = tables["placementdetail"].valid
    assert placed["school_urn"].fillna("").tolist() == ["900001", ""]
    assert placed["sen_unit"].fillna(False).tolist() == [True, False]


def test_rows_are_numbered_as_in_the_sheet_and_notes_are_none() -> None:
    readings = read(workbook(STACK))
    person = readings["person"].frame
    assert person is not None
    # Title, header and row of the header record; the gap; title and header of the persons.
    assert person["source_row"].tolist() == [8, 9]
    # The same sheet is no other return's, and a header of its own is not asked for.
    assert (
        read_heading(
            workbook(STACK), "a.xlsm", SEN2.table("person"), alone=False, stacked=SEN2.workbook
        ).findings.problems
        == []
    )


def test_a_row_in_the_gap_is_read_where_it_has_a_number() -> None:
    stack = dict(STACK)
    stack["Person Record"] = STACK["Person Record"][:2]
    lines = workbook({**stack, "Person Record": [*STACK["Person Record"][:2]]})
    assert len(read(lines)["person"].frame) == 1  # type: ignore[arg-type]
    # Filled in down to the last line before the next title.
    full = {title: [*rows] for title, rows in STACK.items()}
    sheet: Lines = []
    for title, rows in full.items():
        sheet += [[title], *rows]
    content = book_bytes(book(sheet, "Data Entry Template"))
    found = read(content)
    assert {name: len(one.frame) for name, one in found.items() if one.frame is not None} == {
        "person": 2, "requests": 2, "assessment": 2, "namedplan": 1, "plandetail": 1,
        "activeplans": 1, "placementdetail": 2, "senneed": 2,
    }  # fmt: skip


@pytest.mark.parametrize("title", ["SEN Need Records", "Person Record"])
def test_another_version_of_the_workbook_is_refused_in_words(title: str) -> None:
    stack = {"Other Records" if name == title else name: rows for name, rows in STACK.items()}
    problems = [p for one in read(workbook(stack)).values() for p in one.findings.problems]
    assert any(title in problem.rule and "version" in problem.rule for problem in problems)
    assert not any("Quill" in str(problem) for problem in problems)


def test_two_plans_of_one_request_are_told_and_none_is_taken_for_the_other() -> None:
    stack = {name: [*rows] for name, rows in STACK.items()}
    stack["Named Plan Records"].append(
        ["NamedPlan", 12, 7, 999, "2024-06-20", None, 0, 0, 0, 0, None, None]
    )
    plans = judged(workbook(stack))["namedplan"]
    assert len(plans.valid) == 1
    assert plans.quarantined["reasons"].tolist() == ["namedplan.key.duplicate"]


def test_without_the_sheet_it_is_any_workbook() -> None:
    problems = read(workbook(STACK, "Return"))["person"].findings.problems
    assert [problem.code for problem in problems] == ["file.sheet_missing"]

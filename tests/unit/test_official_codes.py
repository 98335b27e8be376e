"""Codes of official files: other spellings, former and finer codes, and their years."""

from __future__ import annotations

import pytest

from jsna.model.codelists import CodeList
from jsna.settings.checks import of_codelist
from tests.unit.fault_support import received
from tests.unit.validation_support import codes, judge

CENSUS, CARE, EVENTS = "school_census.census", "ssda903.episodes", "exclusions.exclusions"


@pytest.mark.parametrize(
    ("name", "field", "read"),
    [
        (CENSUS, "phase", {"PS": "primary", "SS": "secondary", "sp": "special", "NS": "nursery",
                           "MP": "primary", "All-through": "all_through"}),
        (CENSUS, "school_type", {"01": "maintained", "1": "maintained", "49": "academy",
                                 "52": "academy", "08": "non_maintained", "10": "independent"}),
        (CENSUS, "year_group", {"E2": "N1", "M": "X"}),
        (CENSUS, "ethnicity", {"ABRI": "AOTH", "BWEL": "BOTH", "ORAB": "OOTH", "UNCL": "NOBT"}),
        (EVENTS, "category", {"FIXD": "SUSP", "LNCH": "SUSP", "perm": "PERM"}),
        ("ncmp.measurements", "weight_category", {
            "healthy weight": "healthy", "Healthy weight": "healthy", "very overweight": "obese",
            "Obese": "obese", "living with obesity": "obese", "Severely obese": "severely_obese",
            "living with severe obesity": "severely_obese", "Overweight": "overweight",
            "underweight": "underweight"}),
        ("ncmp.measurements", "school_year", {"Reception": "R", "Year 6": "6", "Year 0": "R"}),
        ("ncmp.measurements", "sex", {"ge01": "M", "ge02": "F", "Female": "F", "1": "M"}),
        (CARE, "placement", {"K3": "K3", "Z12": "Z12", "H5": "H5"}),
    ],
)  # fmt: skip
def test_what_official_files_write_is_read(name: str, field: str, read: dict[str, str]) -> None:
    # Rows that are alike but for the code are duplicates, so each is judged alone.
    for text, code in read.items():
        judged = judge(name, {field: text})
        assert judged.valid[field].tolist() == [code]
        assert not [found for found in judged.found if found.code.endswith(f".{field}.code")]


def test_a_former_code_is_read_until_its_last_return() -> None:
    for text, code, last in (("S", "E", 2018), ("A", "K", 2015), ("P", "K", 2015)):
        judged = judge(CENSUS, {"sen_provision": text}, period=str(last))
        assert judged.valid["sen_provision"].tolist() == [code]
        late = judge(CENSUS, {"sen_provision": text}, period=str(last + 1))
        assert codes(late) >= {("error", "census.sen_provision.code")}
        assert ("warning", "census.sen_provision.year") not in codes(late)


def test_sex_unknown_is_no_fault_in_the_returns_since_2024() -> None:
    judged = judge(
        "ssda903.header",
        {"sex": "U"},
        {"sex": "M", "child_id": "2", "upn": ""},
        {"sex": "1", "child_id": "3", "upn": ""},
    )
    assert not [found for found in judged.found if found.fields == ("sex",)]
    assert judged.valid["sex"].fillna("").tolist() == ["", "M", "M"]


@pytest.mark.parametrize(
    ("name", "field", "code", "period", "other"),
    [
        (CARE, "placement", "K3", "2022/23", True),
        (CARE, "placement", "K3", "2023/24", False),
        # In force by the day an episode began: a return holds older ones.
        (CARE, "placement", "H5", "2024/25", False),
        (CARE, "placement", "Z11", "2024/25", True),
        (CARE, "end_reason", "E43", "2017/18", False),
        (CARE, "end_reason", "E43", "2018/19", True),
        (CARE, "end_reason", "E45", "2017/18", True),
        ("cin_census.episodes", "closure_reason", "RC9", "2021/22", True),
        ("cin_census.episodes", "closure_reason", "RC9", "2022/23", False),
        ("cin_census.episodes", "referral_source", "5D", "2021/22", True),
        (EVENTS, "reason_1", "OT", "2020/21", True),
        (EVENTS, "reason_1", "OT", "2019/20", False),
        (EVENTS, "reason_1", "PH", "2019/20", True),
        (CENSUS, "ethnicity", "ABRI", "2024", True),
        (CENSUS, "ethnicity", "ABRI", "2025", False),
    ],
)
def test_a_code_of_another_year_is_told_and_stays(
    name: str, field: str, code: str, period: str, other: bool
) -> None:
    judged = judge(name, {field: code}, period=period)
    told = f"{judged.table.name}.{field}.year"
    assert (("warning", told) in codes(judged)) is other
    if other:
        (found,) = [found for found in judged.found if found.code == told]
        assert found.message.endswith(f"the return of {period} does not have: {code}")
        assert found.rows == 1


def test_a_code_without_a_source_for_its_meaning_is_told() -> None:
    judged = judge(CENSUS, {"school_type": "49"}, {"school_type": "01"}, {"phase": "MP"})
    told = [(f.code, f.rows) for f in judged.found if f.code.endswith("unconfirmed")]
    assert told == [("census.phase.unconfirmed", 1), ("census.school_type.unconfirmed", 1)]


def test_years_of_codes_that_are_not_there_are_found() -> None:
    made = CodeList.model_validate(
        {
            "codelist": "colour", "title": "Colour", "source": "Made up", "version": "1",
            "codes": {"R": "Red"}, "rolls_up": {"R": ["P"]}, "since": {"2020": ["P", "G"]},
            "until": {"lately": ["R"]}, "unconfirmed": ["B"],
        }
    )  # fmt: skip
    assert [key for key, _, _ in of_codelist(made, {"colour": made})] == [
        "until.R", "since.G", "unconfirmed.B",
    ]  # fmt: skip


#: The national system's pupil extract, as its in-year code reads it.
NATIONAL = (
    "NcmpSystemId,NhsNumber,LastName,FirstName,DateOfBirth,GenderCode,GenderDescription,"
    "PupilPostcode,PupilLowerSuperOutputArea2011,SchoolUrn,SchoolYear,DateOfMeasurement,Height,"
    "Weight,Bmi,BmiPScore,BmiPopulationCategory,NcmpSchoolStatus\n"
    "1,9990000018,Quill,Zora,01/10/2018,ge02,Female,ZZ1 1AA,E01900001,900001,R,05/02/2024,110.0,"
    "19.0,15.7,0.5,healthy weight,NCMP\n"
    "2,9990000026,Rook,Yan,01/10/2018,1,Male,ZZ1 1AA,E01900001,900001,R,05/02/2024,110.0,"
    "24.0,19.8,0.96,Very overweight,NCMP\n"
    "3,,Stone,Wren,01/10/2018,1,Male,ZZ1 1AA,E01900001,900001,R,,,,,,,NCMP\n"
)


def test_the_national_extract_of_measurements_is_read_as_exported() -> None:
    judged, findings = received("ncmp", {"measurements": NATIONAL.encode()})
    assert not findings["measurements"].problems
    table = judged["measurements"]
    assert not table.problems
    assert table.valid["weight_category"].tolist() == ["healthy", "obese"]
    assert table.valid["sex"].tolist() == ["F", "M"]
    assert table.valid["surname"].tolist() == ["Quill", "Rook"]
    # A pupil on the list who was not measured is no measurement, and no fault.
    (left_out,) = [w for w in findings["measurements"].warnings if w.code == "row.other"]
    assert (left_out.row, left_out.count) == (4, 1)
    assert len(table.reasons) == 0

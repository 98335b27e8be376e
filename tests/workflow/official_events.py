"""Suspensions and child measurements written out as their systems export them.

By code of the tests' own. Rows come as text by field, from what the project found valid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from xml.etree import ElementTree as Tree

from tests.workflow.official_shapes import Row, as_csv, groups, message, new, put, written

Numbers = Mapping[str, tuple[str, str]]
_WHO = {"UPN": "upn", "Surname": "surname", "Forename": "forename", "DOB": "date_of_birth",
        "Sex": "sex"}  # fmt: skip
_EVENT = {"Category": "category", "Reason1": "reason_1", "Reason2": "reason_2",
          "Reason3": "reason_3", "StartDate": "start_date", "Sessions": "sessions",
          "SENprovision": "sen_provision_at_event"}  # fmt: skip
#: Those excluded for good are on no roll any more.
_GONE = "PERM"


def _pupils(rows: Sequence[Row]) -> list[list[Row]]:
    return groups(rows, [*_WHO.values(), "school_urn"])


def _with_time(day: str) -> str:
    return date.fromisoformat(day).strftime("%Y-%b-%d 00:00:00") if day else ""


def _term(row: Row) -> str:
    """The census an event stands in: that of two terms later."""
    month = int(row["start_date"][5:7])
    return "summer" if month > 8 else "autumn" if month < 5 else "spring_after"


def export(rows: Sequence[Row], numbers: Numbers) -> dict[str, bytes]:
    """Events as COLLECT exports them: tables of three censuses, numbered anew in each."""
    files = {}
    for term in sorted({_term(row) for row in rows}):
        tables: dict[str, list[Row]] = {}
        own = [row for row in rows if _term(row) == term]
        urns = sorted({row["school_urn"] for row in own}, reverse=True)
        tables["schoolcensus"] = [
            {"schoolcensustableid": str(n), "NativeId": f"SCH{n}", "lea": numbers[urn][0],
             "estab": numbers[urn][1]}
            for n, urn in enumerate(urns, start=1)
        ]  # fmt: skip
        for gone in (False, True):
            pupils = "pupilnolongeronroll" if gone else "pupilonroll"
            events = f"termlyexclusions{'offroll' if gone else 'onroll'}"
            there = [row for row in own if (row["category"] == _GONE) == gone]
            for number, of in enumerate(_pupils(there), start=1):
                key = {f"{pupils}tableid": str(number)}
                who = {name.lower(): of[0][field] for name, field in _WHO.items()}
                tables.setdefault(pupils, []).append(
                    {
                        **key,
                        "schoolcensustableid": str(urns.index(of[0]["school_urn"]) + 1),
                        **who,
                        "dob": _with_time(who["dob"]),
                        "ncyearactual": "",
                    }
                )
                for row in of:
                    said = {name.lower(): row[field] for name, field in _EVENT.items()}
                    said["startdate"] = _with_time(said["startdate"])
                    said["sessions"] = f"{float(said['sessions'])}" if said["sessions"] else ""
                    tables.setdefault(events, []).append(
                        {**key, f"{events}tableid": f"{len(tables.get(events, [])) + 1}", **said}
                    )
        files |= {f"{name}.{term}": as_csv(made) for name, made in tables.items()}
    return files


def xml(rows: Sequence[Row], numbers: Numbers) -> dict[str, bytes]:
    """Events as the XML of each school, of pupils there and gone."""
    found = {}
    for number, school in enumerate(groups(rows, ["school_urn"]), start=1):
        lea, own = numbers[school[0]["school_urn"]]
        root = message("SC", LEA=lea, Estab=own)
        pupils = Tree.SubElement(root, "Pupils")
        for several, one, gone in (
            ("PupilsOnRoll", "PupilOnRoll", False),
            ("PupilsNoLongerOnRoll", "PupilNoLongerOnRoll", True),
        ):
            below = Tree.SubElement(pupils, several)
            for of in _pupils([row for row in school if (row["category"] == _GONE) == gone]):
                pupil = Tree.SubElement(below, one)
                put(new(pupil, "PupilIdentifiers"), of[0], _WHO)
                events = new(pupil, "Exclusions")
                for row in of:
                    put(new(events, "TermlyExclusion"), row, _EVENT)
        found[f"exclusions.{number:03}"] = written(root)
    return found


#: The pupil extract of the national system, as far as its readers know it -> field.
_MEASURED = {
    "NcmpSystemId": "", "AcademicYear": "", "NhsNumber": "nhs_number", "LastName": "surname",
    "FirstName": "forename", "DateOfBirth": "date_of_birth", "GenderCode": "sex",
    "GenderDescription": "", "PupilPostcode": "postcode", "NhsEthnicityCode": "",
    "PupilLowerSuperOutputArea2011": "lsoa_code", "PupilIndexOfMultipleDeprivationDecile": "",
    "SchoolUrn": "school_urn", "SchoolLowerSuperOutputArea2011": "",
    "SubmitterLocalAuthorityCode": "", "SubmitterLocalAuthorityName": "",
    "SchoolYear": "school_year", "DateOfMeasurement": "measurement_date", "Height": "height_cm",
    "Weight": "weight_kg", "Bmi": "", "BmiPScore": "bmi_p_score",
    "BmiPopulationCategory": "weight_category", "NonMeasurementReasonDescription": "",
    "NcmpSchoolStatus": "",
}  # fmt: skip
_CODES = {"F": "ge02", "M": "ge01", "obese": "very overweight", "healthy": "healthy weight"}
_BODY = ("height_cm", "weight_kg", "bmi_p_score", "weight_category")


def measured(rows: Sequence[Row]) -> dict[str, bytes]:
    """Children measured as the national system exports them, and some who were not."""
    made = []
    for number, row in enumerate(rows, start=1):
        said = {name: row.get(field, "") for name, field in _MEASURED.items()}
        for name in ("GenderCode", "BmiPopulationCategory"):
            said[name] = _CODES.get(said[name], said[name])
        for name in ("DateOfBirth", "DateOfMeasurement"):
            day = said[name]
            said[name] = date.fromisoformat(day).strftime("%d/%m/%Y") if day else ""
        said |= {"NcmpSystemId": str(500_000 + number), "NcmpSchoolStatus": "NCMP",
                 "GenderDescription": {"F": "Female", "M": "Male"}.get(row["sex"], "")}  # fmt: skip
        made.append(said)
        if number % 50 == 0:
            nothing = {name: "" for name, field in _MEASURED.items() if field in _BODY}
            made.append({**said, **nothing, "NcmpSystemId": str(900_000 + number), "NhsNumber": "",
                         "NonMeasurementReasonDescription": "Child absent on the day"})  # fmt: skip
    return {"measurements": as_csv(made)}

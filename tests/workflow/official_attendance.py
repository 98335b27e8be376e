"""Attendance written out as the school census has it, by code of the tests' own.

Rows come as text by field, from what the project found valid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from xml.etree import ElementTree as Tree

from tests.workflow.official_shapes import Row, as_csv, groups, message, new, put, written

Numbers = Mapping[str, tuple[str, str]]
_WHO = {"UPN": "upn", "Surname": "surname", "Forename": "forename", "DOB": "date_of_birth",
        "Sex": "sex"}  # fmt: skip
_PUPIL = (*_WHO.values(), "school_urn")
#: Term -> the return that tells of it.
_RETURN = {"AUT": "SPR", "SPR": "SUM", "SUM": "AUT", "HT2": "AUT"}
#: Term -> element of the XML; others are the termly ones.
_SECOND = "SummerHalfTerm2Attendance"


def whole(rows: Sequence[Row]) -> list[Row]:
    """Rows of terms that a return can say: with what was possible, and each reason's sessions."""
    return [
        row
        for term in groups(rows, [*_PUPIL, "attendance_term"])
        if term[0]["attendance_term"]
        and term[0]["upn"]
        and len({row["sessions_possible"] for row in term} - {""}) == 1
        and all(row["sessions_possible"] for row in term)
        and (len(term) == 1 or all(row["sessions"] for row in term))
        and all(bool(row["sessions"]) == bool(row["attendance_reason"]) for row in term)
        for row in term
    ]


def _gone(row: Row) -> bool:
    """Some pupils are on no roll any more."""
    return row["upn"][-1] in "13"


def _returns(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(_RETURN[row["attendance_term"]], []).append(row)
    return found


def export(rows: Sequence[Row], numbers: Numbers) -> dict[str, bytes]:
    """As COLLECT exports it: tables of three returns, numbered anew in each."""
    files = {}
    for term, own in _returns(rows).items():
        urns = sorted({row["school_urn"] for row in own}, reverse=True)
        tables: dict[str, list[Row]] = {
            "schoolcensus": [
                {"schoolcensustableid": str(n), "lea": numbers[urn][0], "estab": numbers[urn][1],
                 "term": term}
                for n, urn in enumerate(urns, start=1)
            ]
        }  # fmt: skip
        for number, of in enumerate(groups(own, _PUPIL), start=1):
            pupils, ending = ("pupilnolongeronroll", "off") if _gone(of[0]) else (
                "pupilonroll", "on"
            )  # fmt: skip
            key = {f"{pupils}tableid": str(number)}
            born = date.fromisoformat(of[0]["date_of_birth"]).strftime("%Y-%b-%d 00:00:00")
            possible = {row["attendance_term"] == "HT2": row["sessions_possible"] for row in of}
            tables.setdefault(pupils, []).append(
                {
                    **key,
                    "schoolcensustableid": str(urns.index(of[0]["school_urn"]) + 1),
                    **{name.lower(): of[0][field] for name, field in _WHO.items()},
                    "dob": born,
                    "termlysessionspossible": possible.get(False, ""),
                    "summerhalfterm2sessionspossible": possible.get(True, ""),
                }
            )
            for row in of:
                if row["sessions"]:
                    kind = "summerhalfterm2" if row["attendance_term"] == "HT2" else "termly"
                    tables.setdefault(f"{kind}sessiondetails{ending}roll", []).append(
                        {**key, "sessions": f"{row['sessions']}.0",
                         "attendancereason": row["attendance_reason"]}
                    )  # fmt: skip
        files |= {f"{name}.{term.lower()}": as_csv(made) for name, made in tables.items()}
    return files


def xml(rows: Sequence[Row], numbers: Numbers) -> dict[str, bytes]:
    """As the XML of each school and return."""
    found = {}
    for term, of_return in _returns(rows).items():
        for number, school in enumerate(groups(of_return, ["school_urn"]), start=1):
            lea, own = numbers[school[0]["school_urn"]]
            root = message("SC", LEA=lea, Estab=own)
            details = root.find("Header/CollectionDetails")
            assert details is not None
            Tree.SubElement(details, "Term").text = term
            pupils = Tree.SubElement(root, "Pupils")
            below = {
                gone: Tree.SubElement(pupils, f"Pupils{name}")
                for gone, name in ((False, "OnRoll"), (True, "NoLongerOnRoll"))
            }
            for of in groups(school, _PUPIL):
                gone = _gone(of[0])
                pupil = new(below[gone], "PupilNoLongerOnRoll" if gone else "PupilOnRoll")
                put(new(pupil, "PupilIdentifiers"), of[0], _WHO)
                attended = new(pupil, "Attendance")
                for one in groups(of, ["attendance_term"]):
                    second = one[0]["attendance_term"] == "HT2"
                    there = new(attended, _SECOND if second else "TermlyAttendance")
                    put(there, one[0], {"SessionsPossible": "sessions_possible"})
                    said = [row for row in one if row["sessions"]]
                    every = new(there, "SessionDetails") if said else there
                    for row in said:
                        put(
                            new(every, "SessionDetail"),
                            row,
                            {
                                "AttendanceReason": "attendance_reason",
                                "AbsenceSessions": "sessions",
                            },
                        )
            found[f"attendance.{term.lower()}{number:03}"] = written(root)
    return found

"""Attendance in the XML of one school's census, of pupils on roll and of those who have left.

`Attendance/TermlyAttendance`, `SessionsPossible` and `SessionDetails/SessionDetail` with
`AttendanceReason` and `AbsenceSessions` are known from readers of such files (Aspen, 2012 to 2014,
and a published exercise of 2008); the second half of the summer term and the term of the return are
inferred from the names of the CSV export. What stands in it becomes the parts of the export.
"""

from __future__ import annotations

from typing import Final

from jsna.model.xml_forms import XmlForm, XmlTable

_WHO: Final = "PupilIdentifiers"
_TERMLY: Final = "Attendance/TermlyAttendance"
_SECOND: Final = "Attendance/SummerHalfTerm2Attendance"
_PUPIL: Final = {"pupilonrolltableid": "#"}


def _details(above: str) -> XmlTable:
    path = f"{above}/SessionDetails/SessionDetail"
    return XmlTable(
        path,
        {
            **_PUPIL,
            "AttendanceReason": f"{path}/AttendanceReason",
            "Sessions": f"{path}/Sessions|{path}/AbsenceSessions",
        },
    )


XML: Final = XmlForm(
    root="Message",
    record="Pupils/PupilsOnRoll/PupilOnRoll|Pupils/PupilsNoLongerOnRoll/PupilNoLongerOnRoll",
    collection=("SC", "SCHOOL CENSUS"),
    # The return of the autumn tells of the school year before.
    year=False,
    tables={
        "pupilonroll": XmlTable(
            "",
            {
                **_PUPIL,
                **{name: f"{_WHO}/{name}" for name in ("UPN", "Surname", "Forename")},
                "DOB": f"{_WHO}/DOB|{_WHO}/BirthDate",
                "Sex": f"{_WHO}/Sex|{_WHO}/Gender",
                "LEA": "/Header/Source/LEA",
                "Estab": "/Header/Source/Estab",
                "URN": "/Header/Source/URN",
                "Term": "/Header/CollectionDetails/Term",
                "termlysessionspossible": f"{_TERMLY}/SessionsPossible",
                "summerhalfterm2sessionspossible": f"{_SECOND}/SessionsPossible",
            },
        ),
        "termlysessiondetailsonroll": _details(_TERMLY),
        "summerhalfterm2sessiondetailsonroll": _details(_SECOND),
    },
    unused=(
        _WHO, "PupilCharacteristics", "PupilStatus", "SpecialEducationalNeeds", "HomeInformation",
        "Attendance", "Exclusions", "LearnerSupport", "/School",
    ),
)  # fmt: skip

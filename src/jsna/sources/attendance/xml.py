"""Attendance in the XML of one school's census, of pupils on roll and of those who have left.

`Attendance/TermlyAttendance`, `SessionsPossible` and `SessionDetails/SessionDetail` with
`AttendanceReason` and `AbsenceSessions` are known from readers of such files (Aspen, 2012 to 2014,
and a published exercise of 2008); the second half of the summer term and the term of the return are
inferred from the names of the CSV export. What stands in it becomes the parts of the export.
"""

from __future__ import annotations

from typing import Final

from jsna.model.xml_forms import XmlForm, XmlTable
from jsna.shared.census_message import (
    COLLECTION,
    LEFT,
    ON_ROLL,
    PUPIL,
    ROOT,
    SCHOOL,
    WHO,
    pupil,
)

_TERMLY: Final = "Attendance/TermlyAttendance"
_SECOND: Final = "Attendance/SummerHalfTerm2Attendance"


def _details(above: str) -> XmlTable:
    path = f"{above}/SessionDetails/SessionDetail"
    return XmlTable(
        path,
        {
            **PUPIL,
            "AttendanceReason": f"{path}/AttendanceReason",
            "Sessions": f"{path}/Sessions|{path}/AbsenceSessions",
        },
    )


XML: Final = XmlForm(
    root=ROOT,
    record=f"{ON_ROLL}|{LEFT}",
    collection=COLLECTION,
    # The return of the autumn tells of the school year before.
    year=False,
    tables={
        "pupilonroll": XmlTable(
            "",
            {
                **PUPIL,
                **pupil("UPN", "Surname", "Forename"),
                **SCHOOL,
                "Term": "/Header/CollectionDetails/Term",
                "termlysessionspossible": f"{_TERMLY}/SessionsPossible",
                "summerhalfterm2sessionspossible": f"{_SECOND}/SessionsPossible",
            },
        ),
        "termlysessiondetailsonroll": _details(_TERMLY),
        "summerhalfterm2sessiondetailsonroll": _details(_SECOND),
    },
    unused=(
        WHO, "PupilCharacteristics", "PupilStatus", "SpecialEducationalNeeds", "HomeInformation",
        "Attendance", "Exclusions", "LearnerSupport", "/School",
    ),
)  # fmt: skip

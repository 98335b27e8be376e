"""Suspensions in the XML of one school's census, of pupils on roll and of those who have left.

`Exclusions/TermlyExclusion/Category` is known from a vendor's export (Aspen, 2012 to 2014); the
other names are those of the common basic data set.
"""

from __future__ import annotations

from typing import Final

from jsna.model.xml_forms import XmlForm, XmlTable

_WHO: Final = "PupilIdentifiers"
_EVENT: Final = "Exclusions/TermlyExclusion"

XML: Final = XmlForm(
    root="Message",
    record="Pupils/PupilsOnRoll/PupilOnRoll|Pupils/PupilsNoLongerOnRoll/PupilNoLongerOnRoll",
    collection=("SC", "SCHOOL CENSUS"),
    # An event stands in the return two terms later, which may be that of the next year.
    year=False,
    tables={
        "exclusions": XmlTable(
            _EVENT,
            {
                **{name: f"{_WHO}/{name}" for name in ("UPN", "Surname", "Forename")},
                "DateOfBirth": f"{_WHO}/DOB|{_WHO}/BirthDate",
                "Sex": f"{_WHO}/Sex|{_WHO}/Gender",
                **{
                    name: f"{_EVENT}/{name}"
                    for name in ("Category", "Reason2", "Reason3", "StartDate", "SENprovision")
                },
                "Reason1": f"{_EVENT}/Reason1|{_EVENT}/Reason",
                "Sessions": f"{_EVENT}/ActualNumberOfSessions|{_EVENT}/Sessions",
                "LEA": "/Header/Source/LEA",
                "Estab": "/Header/Source/Estab",
                "URN": "/Header/Source/URN",
            },
        ),
    },
    unused=(
        _WHO, "PupilCharacteristics", "PupilStatus", "SpecialEducationalNeeds", "HomeInformation",
        "Attendance", "LearnerSupport", "/School",
    ),
)  # fmt: skip

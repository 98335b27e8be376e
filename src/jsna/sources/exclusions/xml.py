"""Suspensions in the XML of one school's census, of pupils on roll and of those who have left.

`Exclusions/TermlyExclusion/Category` is known from a vendor's export (Aspen, 2012 to 2014); the
other names are those of the common basic data set.
"""

from __future__ import annotations

from typing import Final

from jsna.model.xml_forms import XmlForm, XmlTable
from jsna.shared.census_message import COLLECTION, LEFT, ON_ROLL, ROOT, SCHOOL, WHO, below, pupil

_EVENT: Final = "Exclusions/TermlyExclusion"

XML: Final = XmlForm(
    root=ROOT,
    record=f"{ON_ROLL}|{LEFT}",
    collection=COLLECTION,
    # An event stands in the return two terms later, which may be that of the next year.
    year=False,
    tables={
        "exclusions": XmlTable(
            _EVENT,
            {
                **pupil("UPN", "Surname", "Forename", born="DateOfBirth"),
                **below(_EVENT, "Category", "Reason2", "Reason3", "StartDate", "SENprovision"),
                "Reason1": f"{_EVENT}/Reason1|{_EVENT}/Reason",
                "Sessions": f"{_EVENT}/ActualNumberOfSessions|{_EVENT}/Sessions",
                **SCHOOL,
            },
        ),
    },
    unused=(
        WHO, "PupilCharacteristics", "PupilStatus", "SpecialEducationalNeeds", "HomeInformation",
        "Attendance", "LearnerSupport", "/School",
    ),
)  # fmt: skip

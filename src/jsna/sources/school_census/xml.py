"""The XML of one school's census, by the names of the common basic data set.

Elements are those a vendor's export and validator know (Aspen, census of 2012 to 2014: pupils,
needs, exclusions, attendance) and, since, names of the CSV export; root, free meals and addresses
are inferred from these. What stands in it becomes the parts of the export (`parts.py`).
"""

from __future__ import annotations

from typing import Final

from jsna.model.xml_forms import XmlForm, XmlTable
from jsna.shared.census_message import (
    COLLECTION,
    ON_ROLL,
    PUPIL,
    ROOT,
    SCHOOL,
    WHO,
    below,
    pupil,
)

_IS, _AT = "PupilCharacteristics", "PupilStatus"
_SEN: Final = "SpecialEducationalNeeds"
_NEED: Final = f"{_SEN}/SENneeds/SENneed"
_MEALS: Final = f"{_IS}/FSMperiods/FSMperiod"
_HOME: Final = "HomeInformation/Address"


XML: Final = XmlForm(
    root=ROOT,
    record=ON_ROLL,
    collection=COLLECTION,
    year=True,
    tables={
        "pupilonroll": XmlTable(
            "",
            {
                **PUPIL,
                **pupil("UPN", "FormerUPN", "Surname", "Forename"),
                **below(_IS, "Ethnicity", "Language"),
                **below(_AT, "EnrolStatus"),
                "NCYearActual": f"{_AT}/NCyearActual",
                **below(
                    _SEN, "SENprovision", "SENunitIndicator", "ResourcedProvisionIndicator"
                ),
                **SCHOOL,
            },
        ),
        "senneeds": XmlTable(_NEED, {**PUPIL, **below(_NEED, "SENtype", "SENtypeRank")}),
        "fsmperiod": XmlTable(_MEALS, {**PUPIL, **below(_MEALS, "FSMstartDate", "FSMendDate")}),
        "addresses": XmlTable(_HOME, {**PUPIL, **below(_HOME, "PostCode")}),
    },
    unused=(
        WHO, _IS, _AT, "Exclusions", "HomeInformation", "Attendance", "LearnerSupport",
        "/Pupils/PupilsNoLongerOnRoll", "/School",
    ),
)  # fmt: skip

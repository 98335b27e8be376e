"""The XML of one school's census, by the names of the common basic data set.

Elements are those a vendor's export and validator know (Aspen, census of 2012 to 2014: pupils,
needs, exclusions, attendance) and, since, names of the CSV export; root, free meals and addresses
are inferred from these. What stands in it becomes the parts of the export (`parts.py`).
"""

from __future__ import annotations

from typing import Final

from jsna.model.xml_forms import XmlForm, XmlTable

_WHO, _IS, _AT = "PupilIdentifiers", "PupilCharacteristics", "PupilStatus"
_SEN: Final = "SpecialEducationalNeeds"
_NEED: Final = f"{_SEN}/SENneeds/SENneed"
_MEALS: Final = f"{_IS}/FSMperiods/FSMperiod"
_HOME: Final = "HomeInformation/Address"
_PUPIL: Final = {"pupilonrolltableid": "#"}


def _below(path: str, *names: str) -> dict[str, str]:
    return {name: f"{path}/{name}" for name in names}


XML: Final = XmlForm(
    root="Message",
    record="Pupils/PupilsOnRoll/PupilOnRoll",
    collection=("SC", "SCHOOL CENSUS"),
    year=True,
    tables={
        "pupilonroll": XmlTable(
            "",
            {
                **_PUPIL,
                **_below(_WHO, "UPN", "FormerUPN", "Surname", "Forename"),
                "DOB": f"{_WHO}/DOB|{_WHO}/BirthDate",
                "Sex": f"{_WHO}/Sex|{_WHO}/Gender",
                **_below(_IS, "Ethnicity", "Language"),
                **_below(_AT, "EnrolStatus"),
                "NCYearActual": f"{_AT}/NCyearActual",
                **_below(
                    _SEN, "SENprovision", "SENunitIndicator", "ResourcedProvisionIndicator"
                ),
                "LEA": "/Header/Source/LEA",
                "Estab": "/Header/Source/Estab",
                "URN": "/Header/Source/URN",
            },
        ),
        "senneeds": XmlTable(_NEED, {**_PUPIL, **_below(_NEED, "SENtype", "SENtypeRank")}),
        "fsmperiod": XmlTable(_MEALS, {**_PUPIL, **_below(_MEALS, "FSMstartDate", "FSMendDate")}),
        "addresses": XmlTable(_HOME, {**_PUPIL, **_below(_HOME, "PostCode")}),
    },
    unused=(
        _WHO, _IS, _AT, "Exclusions", "HomeInformation", "Attendance", "LearnerSupport",
        "/Pupils/PupilsNoLongerOnRoll", "/School",
    ),
)  # fmt: skip

"""The XML of the SEN2 return, as data-to-insight/patch reads it (apps 013 and 015, 6f53a10).

Requests, plans and placements stand in each other and have no keys: they are numbered as they come.
Where the one reader there is and the CSV of COLLECT spell an element otherwise, both are read.
"""

from __future__ import annotations

from typing import Final

from jsna.model.xml_forms import XmlForm, XmlTable

_REQUEST: Final = "Requests"
_ASSESSMENT: Final = f"{_REQUEST}/Assessment"
_NAMED: Final = f"{_ASSESSMENT}/NamedPlan"
_DETAIL: Final = f"{_NAMED}/PlanDetail"
_ACTIVE: Final = f"{_REQUEST}/ActivePlans"
_PLACED: Final = f"{_ACTIVE}/PlacementDetail"
_NEED: Final = f"{_ACTIVE}/SENneed"
_OF_PLACE: Final = (
    "URN", "UKPRN", "SENSetting", "SENSettingOther", "PlacementRank", "SENunitIndicator",
    "ResourcedProvisionIndicator",
)  # fmt: skip


def _below(path: str, *names: str) -> dict[str, str]:
    return {name: f"{path}/{name}" for name in names}


XML: Final = XmlForm(
    root="Message",
    record="Persons/Person",
    collection=("SEN2",),
    year=True,
    tables={
        "person": XmlTable(
            "",
            {
                "persontableid": "#",
                "Surname": "Surname|FamilyName",
                "Forename": "Forename|Firstname",
                "PersonBirthDate": "PersonBirthDate",
                "Sex": "Sex|GenderCurrent",
                **{
                    name: name
                    for name in (
                        "Ethnicity", "PostCode", "UPN", "UniqueLearnerNumber", "UPNunknown",
                    )
                },
            },
        ),
        "requests": XmlTable(
            _REQUEST,
            {
                "requeststableid": f"#{_REQUEST}",
                "persontableid": "#",
                **_below(
                    _REQUEST, "ReceivedDate", "RequestSource", "RYA", "RequestOutcomeDate",
                    "RequestOutcome", "RequestMediation", "RequestTribunal", "Exported",
                ),
            },
        ),
        "assessment": XmlTable(
            _ASSESSMENT,
            {
                "assessmenttableid": f"#{_ASSESSMENT}",
                "requeststableid": f"#{_REQUEST}",
                **_below(
                    _ASSESSMENT, "AssessmentOutcome", "AssessmentOutcomeDate",
                    "AssessmentMediation", "AssessmentTribunal", "OtherMediation",
                    "OtherTribunal", "Week20",
                ),
            },
        ),
        "namedplan": XmlTable(
            _NAMED,
            {
                "namedplantableid": f"#{_NAMED}",
                "assessmenttableid": f"#{_ASSESSMENT}",
                **_below(_NAMED, "StartDate", "PlanRes", "PB", "OA", "DP"),
                "PlanWBP": f"{_NAMED}/PlanWBP|{_NAMED}/PlanWPB",
                **_below(_NAMED, "CeaseDate", "CeaseReason"),
            },
        ),
        "plandetail": XmlTable(
            _DETAIL,
            {"namedplantableid": f"#{_NAMED}", **_below(_DETAIL, *_OF_PLACE)},
        ),
        "activeplans": XmlTable(
            _ACTIVE,
            {
                "activeplanstableid": f"#{_ACTIVE}",
                "requeststableid": f"#{_REQUEST}",
                **_below(
                    _ACTIVE, "TransferLA", "ReviewMeeting", "ReviewOutcome", "ReviewDraft",
                    "PhaseTransferDueDate", "PhaseTransferFinalDate", "LastReview",
                ),
            },
        ),
        # Until the return of 2023 what is residential stood with the plan.
        "placementdetail": XmlTable(
            _PLACED,
            {
                "activeplanstableid": f"#{_ACTIVE}",
                **_below(_PLACED, *_OF_PLACE, "EntryDate", "LeavingDate"),
                "Res": f"{_PLACED}/Res|{_ACTIVE}/Res",
                "WBP": f"{_PLACED}/WBP|{_PLACED}/WPB|{_ACTIVE}/WBP|{_ACTIVE}/WPB",
            },
        ),
        "senneed": XmlTable(
            _NEED,
            {"activeplanstableid": f"#{_ACTIVE}", **_below(_NEED, "SENtype", "SENtypeRank")},
        ),
    },
    unused=(f"{_PLACED}/AttendancePattern",),
)  # fmt: skip

"""The workbook of the department in which a SEN2 return may be filled in.

As MastodonC/witan.sen2 reads it (`return/person_level/blade/template.clj`, 3ddb8c3; versions 1.1 to
1.3, returns of 2023 to 2025): one sheet, each module below its title. Modules have no numbers but
those of persons and requests, so that an assessment, a plan issued and a plan in force are known by
their request: one of each, or those beyond the first are told as repeated.

The reader takes the date of the review meeting for that of the decision and the other way round,
against its own labels: here each is what its header says.

Not known: the return of 2026; whether rows nobody filled in hold anything but the record type and
the number of the authority; what stands in the two rows above each title.
"""

from __future__ import annotations

from typing import Final

from jsna.model.stacked import Stacked, StackedTable

_PERSON, _REQUEST = "Person ID", "Requests record ID"
_PLACE: Final = {
    "URN": "URN - Unique Reference Number",
    "UKPRN": "UKPRN - UK Provider Reference Number",
    "SENSetting": "SEN Setting – Establishment type",
    "SENSettingOther": "SEN Setting - Other",
    "PlacementRank": "Placement Rank",
    "SENunitIndicator": "SEN Unit Indicator",
    "ResourcedProvisionIndicator": "Resourced Provision Indicator",
}
#: Since version 1.2 with the placement, before with the plan.
_WHERE: Final = {"Res": "Residential Settings", "WBP": "Work Based Learning Activity"}

WORKBOOK: Final = Stacked(
    sheet="Data Entry Template",
    tables={
        "person": StackedTable(
            "Person Record",
            {
                "persontableid": _PERSON,
                "Surname": "Surname",
                "Forename": "Forename",
                "PersonBirthDate": "Date of Birth",
                "Sex": "Sex",
                "GenderCurrent": "Gender",
                "Ethnicity": "Ethnicity",
                "PostCode": "Post Code",
                "UPN": "UPN - Unique Pupil Number",
                "UniqueLearnerNumber": "ULN - Young Persons Unique Learner Number",
                "UPNunknown": "UPN and ULN unavailable – Reason",
            },
            _PERSON,
        ),
        "requests": StackedTable(
            "Requests Records",
            {
                "requeststableid": _REQUEST,
                "persontableid": _PERSON,
                "ReceivedDate": "Date request was received",
                "RequestSource": "Source of request for an EHC needs assessment",
                "RYA": "Initial Request Whilst In RYA",
                "RequestOutcomeDate": "Request Outcome Date",
                "RequestOutcome": "Request Outcome",
                "RequestMediation": "Request Mediation",
                "RequestTribunal": "Request Tribunal",
                "Exported": (
                    "Exported - Child or young person moves out of LA before assessment is "
                    "completed"
                ),
            },
            _REQUEST,
        ),
        "assessment": StackedTable(
            "Assessments Records",
            {
                "assessmenttableid": _REQUEST,
                "requeststableid": _REQUEST,
                "AssessmentOutcome": "Assessment Outcome - Decision to issue EHC plan",
                "AssessmentOutcomeDate": "Assessment Outcome Date",
                "AssessmentMediation": "Assessment Mediation",
                "AssessmentTribunal": "Assessment Tribunal",
                "OtherMediation": "Other Mediation",
                "OtherTribunal": "Other Tribunal",
                "Week20": "Twenty week time limit exceptions apply",
            },
            _REQUEST,
        ),
        "namedplan": StackedTable(
            "Named Plan Records",
            {
                "namedplantableid": _REQUEST,
                "assessmenttableid": _REQUEST,
                "StartDate": "EHC Plan Start Date",
                "PlanRes": "Residential Settings",
                "PlanWBP": "Work Based Learning Activity",
                "PB": "Personal Budget taken up",
                "OA": "Personal Budget - Organised Arrangements",
                "DP": "Personal Budget - Direct Payments",
                "CeaseDate": "Date EHC plan ceased",
                "CeaseReason": "Reason EHC plan ceased",
            },
            _REQUEST,
        ),
        "plandetail": StackedTable(
            "Plan Detail Records", {"namedplantableid": _REQUEST, **_PLACE}, _REQUEST
        ),
        "activeplans": StackedTable(
            "Active Plan Records",
            {
                "activeplanstableid": _REQUEST,
                "requeststableid": _REQUEST,
                "TransferLA": "EHC Plan transferred in from another LA during calendar year",
                "ReviewMeeting": "Annual Review Meeting Date",
                "ReviewOutcome": "Annual Review Decision",
                "ReviewDraft": "Annual review – date draft amended EHC plan issued",
                "PhaseTransferDueDate": "Phase transfer review - due date for any amended plan",
                "PhaseTransferFinalDate": "Phase transfer review - final plan date",
                "LastReview": "EHC Plan Review Decisions Date",
                **_WHERE,
            },
            _REQUEST,
        ),
        "placementdetail": StackedTable(
            "Placement Detail Records",
            {
                "activeplanstableid": _REQUEST,
                **_PLACE,
                "EntryDate": "Placement Start Date",
                "LeavingDate": "Placement Leaving Date",
                **_WHERE,
            },
            _REQUEST,
        ),
        "senneed": StackedTable(
            "SEN Need Records",
            {
                "activeplanstableid": _REQUEST,
                "SENtype": "SEN Type of Need",
                "SENtypeRank": "SEN Type of Need rank",
            },
            _REQUEST,
        ),
    },
    titles=("Header Record",),
    unused=("Record Type", "LA", _PERSON, _REQUEST, "Attendance Pattern"),
    apart=2,
)

"""The XML of the children in need census, 2017 to 2026.

Elements are those of the schemas by year of SocialFinanceDigitalLabs/liia-tools-pipeline
(`CIN_schema_2017.xsd` to `_2026.xsd`, 4aff918) and, before proceedings, of
data-to-insight/csc-validator-be-cin (1bf6f22). One row is a child protection plan of an episode, or
an episode without one; a child without any episode is a row that is set aside and told.
"""

from __future__ import annotations

from typing import Final

from jsna.model.xml_forms import XmlForm, XmlTable
from jsna.sources.cin_census.room import DISABILITIES

_CHILD, _EPISODE = "ChildIdentifiers", "CINdetails"
_PLAN: Final = f"{_EPISODE}/ChildProtectionPlans"
_FOUND: Final = f"{_EPISODE}/Assessments/FactorsIdentifiedAtAssessment/AssessmentFactors"


def _of_episode(part: str, *names: str) -> dict[str, str]:
    """Columns of something that stands below an episode."""
    return {
        "LAchildID": f"{_CHILD}/LAchildID",
        "CINreferralDate": f"{_EPISODE}/CINreferralDate",
        **{name: f"{_EPISODE}/{part}/{name}" for name in names},
    }


XML: Final = XmlForm(
    root="Message",
    record="Children/Child",
    collection=("CIN",),
    year=True,
    tables={
        "episodes": XmlTable(
            rows=_PLAN,
            outer=True,
            columns={
                **{
                    name: f"{_CHILD}/{name}"
                    for name in (
                        "LAchildID", "UPN", "FormerUPN", "UPNunknown", "PersonBirthDate",
                        "ExpectedPersonBirthDate",
                    )
                },
                "GenderCurrent": f"{_CHILD}/GenderCurrent|{_CHILD}/Sex",
                "Ethnicity": "ChildCharacteristics/Ethnicity",
                **{
                    f"Disability{n}": f"ChildCharacteristics/Disabilities/Disability[{n}]"
                    for n in range(1, DISABILITIES + 1)
                },
                **{
                    name: f"{_EPISODE}/{name}"
                    for name in (
                        "CINreferralDate", "ReferralSource", "ReferralNFA", "PrimaryNeedCode",
                        "CINclosureDate", "ReasonForClosure",
                    )
                },
                # The conference of the episode, or else of the enquiry that led to it.
                "DateOfInitialCPC": (
                    f"{_EPISODE}/DateOfInitialCPC|{_EPISODE}/Section47[1]/DateOfInitialCPC"
                ),
                **{
                    name: f"{_PLAN}/{name}"
                    for name in (
                        "CPPstartDate", "CPPendDate", "InitialCategoryOfAbuse",
                        "NumberOfPreviousCPP",
                    )
                },
            },
        ),
        "assessments": XmlTable(
            rows=_FOUND,
            outer=True,
            columns={
                **_of_episode(
                    "Assessments", "AssessmentActualStartDate", "AssessmentInternalReviewDate",
                    "AssessmentAuthorisationDate",
                ),
                "AssessmentFactors": _FOUND,
            },
            said_by=("AssessmentActualStartDate", "AssessmentFactors"),
        ),
        "section47": XmlTable(
            rows=f"{_EPISODE}/Section47",
            columns=_of_episode(
                "Section47", "S47ActualStartDate", "InitialCPCtarget", "DateOfInitialCPC",
                "ICPCnotRequired",
            ),
        ),
        "plans": XmlTable(
            rows=f"{_EPISODE}/CINPlanDates",
            columns=_of_episode("CINPlanDates", "CINPlanStartDate", "CINPlanEndDate"),
        ),
    },
    unused=(
        f"{_CHILD}/PersonDeathDate",
        f"{_EPISODE}/PreProceedingsandFGDM",
        f"{_PLAN}/LatestCategoryOfAbuse",
        f"{_PLAN}/Reviews",
    ),
)  # fmt: skip

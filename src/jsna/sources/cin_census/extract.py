"""Children in need census: everyone social care worked with in a financial year, by episode."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jsna.model.contract import Column, Extract, Table
from jsna.shared import columns
from jsna.shared.columns import code, flag
from jsna.sources.cin_census import rules as cin_census_rules
from jsna.sources.cin_census.room import DISABILITIES
from jsna.sources.cin_census.xml import XML


def _date(name: str, field: str, what: str, *, on_invalid: str = "blank") -> Column:
    """A date that may be empty."""
    column = Column(name, field, "date", what, nullable=True, quantity=field)
    return replace(column, on_invalid="blank") if on_invalid == "blank" else column


def _disability(number: int) -> Column:
    column = code(
        f"Disability{number}", f"disability_{number}", "disability",
        "Disability recorded; NONE alone where there is none.",
    )  # fmt: skip
    return replace(column, required=number == 1)


COLUMNS = (
    Column(
        "LAchildID", "child_id", "string", "What the authority itself calls the child.",
        identifier="local_id", quantity="child_id", aliases=("ChildID",),
    ),
    # A child not yet at school has none.
    replace(columns.UPN, nullable=True, quantity="social_care_upn", on_missing="quarantine"),
    Column(
        "FormerUPN", "former_upn", "string", "An earlier unique pupil number of the same child.",
        required=False, nullable=True, identifier="former_upn", quantity="former_upn",
        on_invalid="blank", pattern=columns.UPN.pattern,
    ),
    code("UPNunknown", "upn_unknown", "upn_unknown", "Why there is no UPN."),
    # Not in the census: the local extract has them for linkage.
    replace(columns.SURNAME, required=False, nullable=True, on_invalid="blank"),
    replace(
        columns.FORENAME, required=False, nullable=True, on_invalid="blank",
        quantity="forename_if_born",
    ),
    replace(columns.POSTCODE, required=False),
    replace(
        columns.DATE_OF_BIRTH, name="PersonBirthDate", aliases=("DateOfBirth", "DoB"),
        nullable=True, on_invalid="blank", quantity="birth_if_born",
    ),
    Column(
        "ExpectedPersonBirthDate", "expected_birth_date", "date",
        "Day a child not yet born is expected.",
        required=False, nullable=True, identifier="other_date", on_invalid="blank",
        quantity="expected_birth_date", aliases=("ExpectedBirthDate",),
    ),
    replace(
        columns.SEX, name="GenderCurrent", aliases=("Sex", "Gender", "GenderCode"), nullable=True,
        on_invalid="blank", quantity="sex_if_born", spellings=(("1", "M"), ("2", "F")),
        absent=("0", "9", "U"),
    ),
    replace(columns.ETHNICITY, nullable=True, on_invalid="blank"),
    *(_disability(number) for number in range(1, DISABILITIES + 1)),
    Column(
        "CINreferralDate", "referral_date", "date",
        "Day the child was referred, when the episode began.",
        quantity="referral_date", aliases=("ReferralDate",),
    ),
    code("ReferralSource", "referral_source", "cin_referral_source", "Who referred the child."),
    flag(
        "ReferralNFA", "referral_nfa",
        "Whether nothing was to be done after the referral: then no child in need.",
    ),
    code("PrimaryNeedCode", "category_of_need", "cin_need", "Main reason the child is in need."),
    # An episode is in force until it is closed, so a row whose end cannot be read says neither.
    _date(
        "CINclosureDate", "closure_date", "Day the episode ended; empty while it lasts.",
        on_invalid="quarantine",
    ),
    code("ReasonForClosure", "closure_reason", "cin_closure_reason", "Why the episode ended."),
    _date("DateOfInitialCPC", "initial_conference_date", "Initial child protection conference."),
    _date(
        "CPPstartDate", "cpp_start_date", "Day the child protection plan began, if there was one.",
        on_invalid="quarantine",
    ),
    _date(
        "CPPendDate", "cpp_end_date", "Day it ended; empty while it lasts.",
        on_invalid="quarantine",
    ),
    code(
        "InitialCategoryOfAbuse", "abuse_category", "abuse_category",
        "Category of abuse when the plan began.",
    ),
    Column(
        "NumberOfPreviousCPP", "previous_plans", "integer",
        "Child protection plans the child had before this one.",
        required=False, nullable=True, minimum=0, maximum=20, quantity="previous_plans",
        on_invalid="blank",
    ),
)  # fmt: skip


_CHILD = Column(
    "LAchildID",
    "child_id",
    "string",
    "Child of the file of episodes.",
    identifier="local_id",
    quantity="child_id",
    aliases=("ChildID",),
)
_REFERRED = Column(
    "CINreferralDate",
    "referral_date",
    "date",
    "Day of the referral that began the episode.",
    quantity="referral_date",
    aliases=("ReferralDate",),
)


def _day(name: str, field: str, what: str) -> Column:
    return Column(name, field, "date", what, quantity=field)


ASSESSMENTS = (
    _CHILD,
    _REFERRED,
    _day("AssessmentActualStartDate", "assessment_start", "Day the assessment began."),
    _date("AssessmentInternalReviewDate", "assessment_review", "Day it was to be reviewed."),
    _date("AssessmentAuthorisationDate", "assessment_end", "Day it was authorised; empty before."),
    code("AssessmentFactors", "factor", "cin_factor", "One of what it found."),
)

ENQUIRIES = (
    _CHILD,
    _REFERRED,
    _day("S47ActualStartDate", "enquiry_start", "Day the enquiry began."),
    _date("InitialCPCtarget", "conference_target", "Day the conference was due."),
    _date("DateOfInitialCPC", "conference_date", "Day of the initial conference it led to."),
    flag("ICPCnotRequired", "conference_not_needed", "No conference was needed."),
)

PLANS = (
    _CHILD,
    _REFERRED,
    _day("CINPlanStartDate", "plan_start", "Day the plan for the child in need began."),
    _date(
        "CINPlanEndDate", "plan_end", "Day it ended; empty while it lasts.",
        on_invalid="quarantine",
    ),
)  # fmt: skip

_OF_CHILD = ("episodes", "child_id")
_MAY_LACK: dict[str, Any] = {"parent": _OF_CHILD, "may_be_empty": True, "optional": True}

EXTRACT = Extract(
    name="cin_census",
    title="Children in need census",
    short="Children in need",
    description=(
        "Every episode of need, from referral to closure, that was open at any time in a financial "
        "year, with child protection plans; as councils lay the return out, a row for each plan of "
        "an episode (the return allows many), and one for an episode without. Assessments, section "
        "47 enquiries and plans for children in need are files of their own, where they come; "
        "reviews of child protection plans, their latest category, days of death and steps before "
        "proceedings are not read. "
        "The return itself has no names and no addresses: the local extract adds them for linkage."
    ),
    period_type="financial_year",
    population_base="resident",
    xml=XML,
    tables=(
        Table(
            name="episodes",
            description="One child protection plan of an episode of need, or one without a plan.",
            columns=COLUMNS,
            key=("child_id", "referral_date", "cpp_start_date"),
            rules=cin_census_rules.RULES,
            counted_as="episode of need",
            dated_by="referral_date",
            # Many episodes began in earlier years, but those of another year's file all did.
            dated_share=0.05,
        ),
        Table(
            "assessments",
            "One factor that an assessment found, or one assessment without a factor.",
            ASSESSMENTS,
            key=("child_id", "referral_date", "assessment_start", "factor"),
            rules=cin_census_rules.ASSESSMENTS,
            counted_as="factor of an assessment",
            **_MAY_LACK,
        ),
        Table(
            "section47",
            "One enquiry whether a child suffers significant harm.",
            ENQUIRIES,
            key=("child_id", "referral_date", "enquiry_start"),
            rules=cin_census_rules.ENQUIRIES,
            counted_as="enquiry",
            **_MAY_LACK,
        ),
        Table(
            "plans",
            "One plan for a child in need that is no child protection plan.",
            PLANS,
            key=("child_id", "referral_date", "plan_start"),
            rules=cin_census_rules.PLANS,
            counted_as="child in need plan",
            **_MAY_LACK,
        ),
    ),
    cross_rules=cin_census_rules.CROSS_RULES,
)

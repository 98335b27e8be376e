"""SEN2: requests, assessments and plans the authority is responsible for.

Eight modules as COLLECT exports the official person-level return ("Blade" CSV), one file each.
Column names follow the return (version 1.3, 2025). Every module has its own `…tableid` and the
`…tableid` of its parent: requests hang on a person, assessments and plans in force on a request, a
plan issued on the assessment it came of. The numbers may begin again at 1 in every module, so equal
numbers of two modules mean nothing. A child under five or over sixteen has no UPN, and is kept.
"""

from __future__ import annotations

from dataclasses import replace

from jsna.model.contract import Column, Extract, Table
from jsna.model.fills import Fill
from jsna.shared import columns, patterns
from jsna.shared.columns import code, flag
from jsna.shared.postcode_lookup import LSOA_BY_POSTCODE
from jsna.sources.sen2 import rules as sen2_rules
from jsna.sources.sen2.workbook import WORKBOOK
from jsna.sources.sen2.xml import XML

#: Modules that others hang on.
_REFERRED_TO = ("person", "requests", "assessment", "namedplan", "activeplans")


def _id(name: str, field: str, what: str) -> Column:
    """An identifier of a row of the export. It means nothing outside the file, but is masked."""
    return Column(name, field, "string", what, quantity=field, personal=True)


def _exported(module: str, field: str) -> tuple[Column, ...]:
    """What COLLECT puts at the head of every module: its own row identifier, and three counters.

    The row identifier is required where other modules refer to it.
    """

    def unused(name: str, field: str, what: str) -> Column:
        return Column(
            name, field, "string", what, required=False, nullable=True, quantity=field,
            personal=True,
        )  # fmt: skip

    own = f"Row of the {module} module."
    return (
        (_id if module in _REFERRED_TO else unused)(f"{module}tableid", field, own),
        unused("NativeId", "native_id", "Counter of the export; not used."),
        unused(f"{module}orderseqcolumn", "order_sequence", "Counter of the export; not used."),
        unused("sourceid", "source_id", "Counter of the export; not used."),
    )


def _date(name: str, field: str, what: str, *, nullable: bool = True, aged: bool = False) -> Column:
    return Column(
        name, field, "date", what, nullable=nullable, quantity=field, aged=aged,
        on_invalid="blank" if nullable else "quarantine",
    )  # fmt: skip


def _provider(prefix: str) -> tuple[Column, ...]:
    """Where a plan names or a child is placed: a school, a college, or another setting."""
    return (
        Column(
            "URN", "school_urn", "string", "Unique reference number of the school.",
            nullable=True, quantity=f"{prefix}_urn", pattern=patterns.URN, on_invalid="blank",
        ),
        Column(
            "UKPRN", "ukprn", "string", "UK provider reference number, for colleges.",
            nullable=True, quantity=f"{prefix}_ukprn", pattern=patterns.UKPRN, on_invalid="blank",
        ),
        Column(
            "SENSetting", "sen_setting", "code", "Kind of setting where it is not a school.",
            nullable=True, codes="sen_setting", quantity=f"{prefix}_sen_setting",
            on_invalid="blank",
        ),
        Column(
            "SENSettingOther", "sen_setting_other", "string", "Other settings, in words.",
            required=False, nullable=True, personal=True,
        ),
        Column(
            "PlacementRank", "placement_rank", "integer",
            "Rank of the placement; 1 for the main one.",
            minimum=1, maximum=9, quantity=f"{prefix}_rank", on_invalid="blank",
            on_missing="warn",
        ),
        Column(
            "SENunitIndicator", "sen_unit", "boolean", "Placed in a SEN unit of the school.",
            required=False, nullable=True, quantity=f"{prefix}_sen_unit", on_invalid="blank",
        ),
        Column(
            "ResourcedProvisionIndicator", "resourced_provision", "boolean",
            "Receives resourced provision of the school.",
            required=False, nullable=True, quantity=f"{prefix}_resourced_provision",
            on_invalid="blank",
        ),
    )  # fmt: skip


PERSON = (
    *_exported("person", "person_table_id"),
    Column(
        "sen2tableid", "sen2_table_id", "string", "Row of the return it belongs to; not used.",
        required=False, nullable=True, quantity="sen2_table_id", personal=True,
    ),
    columns.SURNAME,
    columns.FORENAME,
    replace(
        columns.DATE_OF_BIRTH, name="PersonBirthDate", aliases=("DateOfBirth", "DoB")
    ),
    columns.SEX,
    replace(columns.ETHNICITY, nullable=True),
    replace(columns.POSTCODE, name="PostCode"),
    # Not in the return: added by the council from the postcode.
    replace(columns.LSOA, required=False),
    # A child not yet or no longer at school has none.
    replace(columns.UPN, nullable=True, quantity="sen2_upn", on_missing="quarantine"),
    Column(
        "UniqueLearnerNumber", "uln", "string", "Unique learner number, from age 14.",
        required=False, nullable=True, identifier="uln", quantity="uln", on_invalid="blank",
        pattern=patterns.TEN_DIGITS,
    ),
    code("UPNunknown", "upn_unknown", "upn_unknown", "Why there is no UPN."),
)  # fmt: skip

REQUESTS = (
    *_exported("requests", "requests_table_id"),
    _id("persontableid", "person_table_id", "Row of the person module it belongs to."),
    # Ages of requests, new plans and ceased plans are those on these days: footnotes of the
    # department's release ("age on the date the request … was received", "age when plan started",
    # "on the date the plan ceased").
    _date(
        "ReceivedDate", "received_date", "Day the request was received; empty if historical.",
        aged=True,
    ),
    # Since the return of 2025.
    code(
        "RequestSource", "request_source", "request_source", "Who asked for the assessment.",
        required=False,
    ),
    flag("RYA", "rya", "In relevant youth accommodation."),
    _date("RequestOutcomeDate", "request_outcome_date", "Day it was decided whether to assess."),
    Column(
        "RequestOutcome", "request_outcome", "code", "Decision on the request.",
        codes="request_outcome", quantity="request_outcome",
    ),
    flag("RequestMediation", "request_mediation", "Mediation on the decision not to assess."),
    flag("RequestTribunal", "request_tribunal", "Appeal on the decision not to assess."),
    flag("Exported", "exported", "The case moved to another authority before it was decided."),
)  # fmt: skip

ASSESSMENT = (
    *_exported("assessment", "assessment_table_id"),
    _id("requeststableid", "requests_table_id", "Row of the requests module it belongs to."),
    Column(
        "AssessmentOutcome",
        "assessment_outcome",
        "code",
        "Decision on issuing a plan.",
        codes="assessment_outcome",
        quantity="assessment_outcome",
    ),
    _date("AssessmentOutcomeDate", "assessment_outcome_date", "Day of that decision."),
    flag("AssessmentMediation", "assessment_mediation", "Mediation on the decision."),
    flag("AssessmentTribunal", "assessment_tribunal", "Appeal on the decision."),
    flag("OtherMediation", "other_mediation", "Mediation on another matter."),
    flag("OtherTribunal", "other_tribunal", "Appeal on another matter."),
    flag("Week20", "week_20_exception", "An exception to the 20-week limit applies."),
)

NAMEDPLAN = (
    *_exported("namedplan", "namedplan_table_id"),
    _id("assessmenttableid", "assessment_table_id", "Row of the assessment module it belongs to."),
    _date("StartDate", "start_date", "Day the plan was first issued.", nullable=False, aged=True),
    code(
        "PlanRes", "plan_residential", "residential_weeks",
        "Residential placement named in the plan.", required=False,
    ),
    flag("PlanWBP", "plan_work_based", "Work-based placement named in the plan."),
    flag("PB", "personal_budget", "Has a personal budget."),
    flag("OA", "organised_arrangements", "Personal budget as organised arrangements."),
    flag("DP", "direct_payments", "Personal budget as direct payments."),
    _date(
        "CeaseDate", "cease_date", "Day the plan ceased; empty while it is maintained.", aged=True
    ),
    code("CeaseReason", "cease_reason", "cease_reason", "Why the plan ceased."),
)  # fmt: skip

PLANDETAIL = (
    *_exported("plandetail", "plandetail_table_id"),
    _id("namedplantableid", "namedplan_table_id", "Row of the namedplan module it belongs to."),
    *_provider("plan"),
)

ACTIVEPLANS = (
    *_exported("activeplans", "activeplans_table_id"),
    _id("requeststableid", "requests_table_id", "Row of the requests module it belongs to."),
    Column(
        "TransferLA", "transfer_la", "string", "Authority the plan came from, three-digit code.",
        nullable=True, quantity="transfer_la", pattern=patterns.OLD_LA_CODE, on_invalid="blank",
    ),
    # Since the return of 2024.
    replace(
        _date("ReviewMeeting", "review_meeting", "Day of the latest review meeting."),
        required=False,
    ),
    code(
        "ReviewOutcome", "review_outcome", "review_outcome", "Decision after the review.",
        required=False,
    ),
    # Since 2025; of no measure yet, so nothing is held against what they say.
    *(
        Column(
            name, field, "string", what, required=False, nullable=True, quantity=field,
            personal=True,
        )
        for name, field, what in (
            ("ReviewDraft", "review_draft", "Draft of the amended plan after the review."),
            ("PhaseTransferDueDate", "phase_transfer_due", "Day a phase transfer plan is due."),
            ("PhaseTransferFinalDate", "phase_transfer_final", "Day that plan was final."),
        )
    ),
    _date("LastReview", "last_review", "Day of the decision of the last annual review."),
)  # fmt: skip

PLACEMENTDETAIL = (
    *_exported("placementdetail", "placementdetail_table_id"),
    _id("activeplanstableid", "activeplans_table_id", "Row of the activeplans module."),
    *_provider("placement"),
    _date("EntryDate", "entry_date", "Day the placement began."),
    _date("LeavingDate", "leaving_date", "Day the placement ended; empty while it lasts."),
    code(
        "Res", "residential", "residential_weeks", "Residential placement.", required=False,
    ),
    flag("WBP", "work_based", "Work-based placement."),
)  # fmt: skip

#: Of the return of 2023, in which the plan says what later its placement does.
OF_PLAN = (
    code("Res", "residential", "residential_weeks", "Residential placement.", required=False),
    flag("WBP", "work_based", "Work-based placement."),
)

#: The plan of a placement, by the number both have.
OF_ITS_PLAN = Fill(
    ("residential", "work_based"),
    (),
    "activeplans",
    "the plans in force",
    lambda rows, _: rows["activeplans_table_id"],
    lambda plans, _: plans[["residential", "work_based"]].assign(key=plans["activeplans_table_id"]),
)

SENNEED = (
    *_exported("senneed", "senneed_table_id"),
    _id("activeplanstableid", "activeplans_table_id", "Row of the activeplans module."),
    Column(
        "SENtype", "sen_type", "code", "Kind of need.",
        codes="sen_type", quantity="plan_sen_type",
    ),
    Column(
        "SENtypeRank", "sen_type_rank", "integer", "Rank of the need; 1 for the primary one.",
        minimum=1, maximum=9, quantity="plan_sen_type_rank", on_invalid="blank",
        on_missing="warn",
    ),
)  # fmt: skip

EXTRACT = Extract(
    name="sen2",
    title="SEN2 (education, health and care plans)",
    short="Education, health and care plans",
    description=(
        "The person-level return of requests for assessment, assessments, plans issued and ceased "
        "in the calendar year before, and plans in force on census day, for children and young "
        "people aged 0 to 25 the authority is responsible for, wherever they are placed."
    ),
    period_type="january",
    population_base="maintained",
    xml=XML,
    tables=(
        Table(
            "person", "One child or young person.", PERSON,
            key=("person_table_id",), rules=sen2_rules.PERSON, counted_as="person",
            fills=(LSOA_BY_POSTCODE,),
        ),
        Table(
            "requests", "One request for an assessment.", REQUESTS,
            key=("requests_table_id",), parent=("person", "person_table_id"),
            rules=sen2_rules.REQUESTS, counted_as="request",
            dated_by="received_date", dated_share=0.01,
        ),
        Table(
            "assessment", "One needs assessment.", ASSESSMENT,
            key=("assessment_table_id",), parent=("requests", "requests_table_id"),
            rules=sen2_rules.ASSESSMENT, counted_as="assessment", may_be_empty=True,
        ),
        Table(
            "namedplan", "One plan, when first issued.", NAMEDPLAN,
            key=("namedplan_table_id",), parent=("assessment", "assessment_table_id"),
            rules=sen2_rules.NAMEDPLAN, counted_as="plan issued",
        ),
        Table(
            "plandetail", "One setting named in a plan.", PLANDETAIL,
            key=("namedplan_table_id", "placement_rank"),
            parent=("namedplan", "namedplan_table_id"),
            rules=sen2_rules.PROVIDER, counted_as="setting named", may_be_empty=True,
        ),
        Table(
            "activeplans", "One plan in force on census day.", ACTIVEPLANS,
            key=("activeplans_table_id",), parent=("requests", "requests_table_id"),
            rules=sen2_rules.ACTIVEPLANS, counted_as="plan in force", helping=OF_PLAN,
        ),
        Table(
            "placementdetail", "One placement under a plan in force.", PLACEMENTDETAIL,
            key=("activeplans_table_id", "placement_rank", "entry_date"),
            parent=("activeplans", "activeplans_table_id"), rules=sen2_rules.PLACEMENTDETAIL,
            counted_as="placement", fills=(OF_ITS_PLAN,),
        ),
        Table(
            "senneed", "One need of a child with a plan in force.", SENNEED,
            key=("activeplans_table_id", "sen_type_rank"),
            parent=("activeplans", "activeplans_table_id"), counted_as="need",
        ),
    ),
    cross_rules=sen2_rules.CROSS_RULES,
    workbook=WORKBOOK,
)  # fmt: skip

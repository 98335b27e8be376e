"""SSDA903: children looked after by the authority in a financial year, six files of the return.

Headers are those of the return. Every file but the first says whose a row is by the child's number.
Children under agreed short breaks (legal status V3, V4) are in the files and in no official count.
"""

from __future__ import annotations

from dataclasses import replace

from jsna.model.contract import Column, Extract, Table
from jsna.shared import columns
from jsna.shared.columns import code, flag
from jsna.shared.patterns import OFSTED_URN
from jsna.sources.ssda903 import rules as ssda903_rules
from jsna.sources.ssda903.xml import XML

#: What the return writes in place of a UPN: why it is not known. Never taken for a number.
NO_UPN = ("UN4", "UN1", "UN2", "UN3", "UN5", "UN6", "UN7", "UN0")


def _child(what: str) -> Column:
    return Column("CHILD", "child_id", "string", what, identifier="local_id", quantity="child_id")


def _born() -> Column:
    """Date of birth; a child keeps their place in a count where it cannot be read."""
    return replace(
        columns.DATE_OF_BIRTH, name="DOB", aliases=(), on_invalid="blank", on_missing="warn"
    )


def _postcode(name: str, field: str, what: str) -> Column:
    return replace(columns.POSTCODE, name=name, field=field, description=what, quantity=field)


HEADER = (
    _child("What the authority itself calls the child."),
    replace(
        columns.SEX, name="SEX", aliases=("GENDER",), nullable=True, on_invalid="blank",
        spellings=(("1", "M"), ("2", "F")),
        # Since 2024/25 the return has M, F and U, for unknown; before, such a cell was left empty.
        absent=("", "U"),
    ),
    _born(),
    replace(columns.ETHNICITY, name="ETHNIC", nullable=True, on_invalid="blank"),
    replace(
        columns.UPN, nullable=True, on_missing="quarantine", quantity="social_care_upn",
        absent=NO_UPN,
    ),
    Column(
        "MOTHER", "mother", "integer", "1 where the child is a mother.",
        nullable=True, minimum=0, maximum=1, quantity="mother", on_invalid="blank", personal=True,
    ),
    Column(
        "MC_DOB", "mother_child_birth_date", "date", "Date of birth of her child.",
        nullable=True, identifier="other_date", quantity="mother_child_birth_date",
        on_invalid="blank",
    ),
    # Not in the return: the local extract has them for linkage.
    replace(columns.SURNAME, name="SURNAME", required=False, nullable=True, on_invalid="blank"),
    replace(columns.FORENAME, name="FORENAME", required=False, nullable=True, on_invalid="blank"),
    replace(columns.POSTCODE, name="POSTCODE", required=False),
)  # fmt: skip

EPISODES = (
    _child("Child of the header file."),
    Column(
        "DECOM", "start_date", "date", "Day the episode of care began.",
        quantity="care_start_date",
    ),
    code("RNE", "new_episode_reason", "cla_new_episode", "Why the episode began."),
    # It says whether a child counts as looked after, so a row without it is of no use.
    Column(
        "LS", "legal_status", "code", "Legal status.",
        codes="cla_legal_status", quantity="legal_status",
    ),
    code("CIN", "category_of_need", "cla_need", "Main reason the child is looked after."),
    code("PLACE", "placement", "cla_placement", "Where the child is placed."),
    code("PLACE_PROVIDER", "placement_provider", "cla_provider", "Who provides the placement."),
    # An episode is in force until its end, so a row whose end cannot be read says neither.
    Column(
        "DEC", "end_date", "date", "Day the episode ended; empty while it lasts.",
        nullable=True, quantity="care_end_date",
    ),
    code("REC", "end_reason", "cla_end_reason", "Why the episode ended."),
    code("REASON_PLACE_CHANGE", "place_change_reason", "cla_place_change", "Why the child moved."),
    _postcode("HOME_POST", "home_postcode", "Postcode of the home the child came from."),
    _postcode("PL_POST", "placement_postcode", "Postcode of the placement."),
    Column(
        "URN", "placement_urn", "string", "Ofsted's number of the home or agency.",
        nullable=True, quantity="placement_urn", pattern=OFSTED_URN, absent=("XXXXXXX", "XXXXXX"),
        on_invalid="blank", personal=True,
    ),
)  # fmt: skip

REVIEWS = (
    _child("Child of the header file."),
    _born(),
    Column("REVIEW", "review_date", "date", "Day of a review.", quantity="review_date"),
    code("REVIEW_CODE", "review_code", "cla_review", "How the child took part."),
)

OC2 = (
    _child("Child of the header file."),
    _born(),
    Column(
        "SDQ_SCORE", "sdq_score", "integer",
        "Total difficulties of the strengths and difficulties questionnaire; 17 is high.",
        nullable=True, minimum=0, maximum=40, quantity="sdq_score", on_invalid="blank",
    ),
    code("SDQ_REASON", "sdq_reason", "cla_sdq_reason", "Why there is no score."),
    *(
        flag(name, name.lower(), what, required=True)
        for name, what in (
            ("CONVICTED", "Convicted or cautioned in the year."),
            ("HEALTH_CHECK", "Development checks up to date, under five years."),
            ("IMMUNISATIONS", "Immunisations up to date."),
            ("TEETH_CHECK", "Teeth checked in the year."),
            ("HEALTH_ASSESSMENT", "Health assessed in the year."),
            ("SUBSTANCE_MISUSE", "Substance misuse known in the year."),
            ("INTERVENTION_RECEIVED", "Was helped with it."),
            ("INTERVENTION_OFFERED", "Was offered help with it."),
        )
    ),
)  # fmt: skip

MISSING = (
    _child("Child of the header file."),
    _born(),
    Column(
        "MISSING", "missing_kind", "code", "Missing, or away without authorisation.",
        codes="cla_missing", quantity="missing_kind",
    ),
    Column("MIS_START", "missing_start", "date", "Day it began.", quantity="missing_start"),
    Column(
        "MIS_END", "missing_end", "date", "Day it ended; empty while it lasts.",
        nullable=True, quantity="missing_end",
    ),
)  # fmt: skip

OC3 = (
    _child("Care leaver of the header file."),
    _born(),
    code("IN_TOUCH", "in_touch", "cla_in_touch", "Whether the authority is in touch."),
    code("ACTIV", "activity", "cla_activity", "What the care leaver does."),
    code("ACCOM", "accommodation", "cla_accommodation", "Where the care leaver lives."),
)

_OF_CHILD = ("header", "child_id")

EXTRACT = Extract(
    name="ssda903",
    title="SSDA903 (children looked after)",
    short="Looked-after children",
    description=(
        "The return of children looked after at any time in a financial year: who they are, their "
        "episodes of care, reviews, outcomes of those looked after for twelve months, times "
        "missing, and what became of care leavers. Its tables of unaccompanied asylum seekers, "
        "adoptions, earlier permanence, social workers and deprivations of liberty are not read. "
        "The return itself has no names: the local extract adds them for linkage."
    ),
    period_type="financial_year",
    population_base="resident",
    xml=XML,
    tables=(
        Table(
            "header", "One child looked after in the year.", HEADER,
            key=("child_id",), rules=ssda903_rules.HEADER, counted_as="looked-after child",
        ),
        Table(
            "episodes", "One episode of care: a placement under a legal status.", EPISODES,
            key=("child_id", "start_date"), parent=_OF_CHILD, rules=ssda903_rules.EPISODES,
            counted_as="episode of care", dated_by="start_date", dated_share=0.05,
        ),
        Table(
            "reviews", "One review of a child's care.", REVIEWS,
            key=("child_id", "review_date"), parent=_OF_CHILD, rules=ssda903_rules.REVIEWS,
            counted_as="review", may_be_empty=True,
        ),
        Table(
            "oc2", "Outcomes of one child looked after for twelve months.", OC2,
            key=("child_id",), parent=_OF_CHILD, rules=ssda903_rules.OC2,
            counted_as="record of outcomes", may_be_empty=True,
        ),
        Table(
            "missing", "One time a child was missing.", MISSING,
            key=("child_id", "missing_start"), parent=_OF_CHILD, rules=ssda903_rules.MISSING,
            counted_as="time missing", may_be_empty=True,
        ),
        Table(
            "oc3",
            "One care leaver who turned 17 to 21 in the year, around that birthday.", OC3,
            key=("child_id",), parent=_OF_CHILD, rules=ssda903_rules.OC3,
            counted_as="care leaver", may_be_empty=True, optional=True,
        ),
    ),
    cross_rules=ssda903_rules.CROSS_RULES,
)  # fmt: skip

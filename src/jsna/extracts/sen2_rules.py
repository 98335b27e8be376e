"""Rules of the SEN2 return across columns and modules.

A plan in force is a child's place in the caseload: dates that contradict each other are emptied
with a warning rather than cost that place, except where the row is itself the event they date.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jsna.extracts.base import Context, CrossRule, Rule
from jsna.extracts.checks import age_on, among, equal, given, implies
from jsna.extracts.identifiers import upn_letter_ok

if TYPE_CHECKING:
    import pandas as pd

    Frames = Mapping[str, pd.DataFrame]


def _not_in_future(field: str) -> Any:
    return lambda rows, context: rows[field] <= context.reference_date


def _received(frames: Frames, table: str) -> pd.Series[Any]:
    """Day the request of each row of a module was received."""
    requests = frames["requests"][["requests_table_id", "received_date"]]
    rows = frames[table][["requests_table_id"]].merge(requests, "left", "requests_table_id")
    return rows["received_date"].set_axis(frames[table].index)


def _has_primary_need(frames: Frames, _: Context) -> pd.Series[bool]:
    needs = frames["senneed"]
    first = needs.loc[(needs["sen_type_rank"] == 1).fillna(False).to_numpy(bool)]
    return among(frames["activeplans"]["activeplans_table_id"], first["activeplans_table_id"])


def _not_ceased(frames: Frames, context: Context) -> pd.Series[bool]:
    """Whether a plan in force has not ceased by census day; passes where any plan is open."""
    plans = frames["namedplan"]
    over = (plans["cease_date"] < context.reference_date).fillna(False).to_numpy(bool)
    request = frames["activeplans"]["requests_table_id"]
    ended = among(request, plans.loc[over, "requests_table_id"])
    return ~ended | among(request, plans.loc[~over, "requests_table_id"])


PERSON = (
    Rule(
        "date_of_birth.future", "error", "'PersonBirthDate' is after census day",
        ("date_of_birth",), _not_in_future("date_of_birth"),
    ),
    Rule(
        "date_of_birth.age", "warning", "the person is over 26 years old on census day",
        ("date_of_birth",),
        lambda rows, context: age_on(rows["date_of_birth"], context.reference_date) <= 26,
    ),
    Rule(
        "upn.letter", "warning",
        "the check letter of 'UPN' does not agree with its digits; kept as it is",
        ("upn",), lambda rows, _: upn_letter_ok(rows["upn"]),
    ),
    Rule(
        "upn_unknown.absent", "warning", "there is no 'UPN' and no 'UPNunknown' says why",
        ("upn", "upn_unknown"), lambda rows, _: given(rows["upn"]) | given(rows["upn_unknown"]),
    ),
)  # fmt: skip

REQUESTS = (
    Rule(
        "received_date.absent", "warning", "a request of the period has no 'ReceivedDate'",
        ("received_date", "request_outcome"),
        lambda rows, _: equal(rows["request_outcome"], "H") | given(rows["received_date"]),
    ),
    Rule(
        "received_date.future", "warning", "'ReceivedDate' is after census day; emptied",
        ("received_date",), _not_in_future("received_date"), blanks=("received_date",),
    ),
    Rule(
        "request_outcome_date.absent", "warning", "a decision without 'RequestOutcomeDate'",
        ("request_outcome", "request_outcome_date"),
        lambda rows, _: implies(
            equal(rows["request_outcome"], "Y", "N"), given(rows["request_outcome_date"])
        ),
    ),
    Rule(
        "request_outcome_date.before_received", "warning",
        "'RequestOutcomeDate' is before 'ReceivedDate'; the date of the decision is emptied",
        ("received_date", "request_outcome_date"),
        lambda rows, _: rows["request_outcome_date"] >= rows["received_date"],
        blanks=("request_outcome_date",),
    ),
)  # fmt: skip

ASSESSMENT = (
    Rule(
        "assessment_outcome_date.absent", "warning", "a decision without 'AssessmentOutcomeDate'",
        ("assessment_outcome", "assessment_outcome_date"),
        lambda rows, _: implies(
            equal(rows["assessment_outcome"], "Y", "N"), given(rows["assessment_outcome_date"])
        ),
    ),
)  # fmt: skip

NAMEDPLAN = (
    Rule(
        "start_date.future", "error", "'StartDate' is after census day",
        ("start_date",), _not_in_future("start_date"),
    ),
    Rule(
        "cease_date.before_start", "error", "'CeaseDate' is before 'StartDate'",
        ("start_date", "cease_date"), lambda rows, _: rows["cease_date"] >= rows["start_date"],
    ),
    Rule(
        "cease_reason.absent", "warning", "a plan has ceased and no 'CeaseReason' says why",
        ("cease_date", "cease_reason"),
        lambda rows, _: implies(given(rows["cease_date"]), given(rows["cease_reason"])),
    ),
    Rule(
        "cease_date.absent", "warning", "there is a 'CeaseReason' and no 'CeaseDate'",
        ("cease_date", "cease_reason"),
        lambda rows, _: implies(given(rows["cease_reason"]), given(rows["cease_date"])),
    ),
)  # fmt: skip

#: Of both modules that say where: the setting of a school follows from its number.
PROVIDER = (
    Rule(
        "sen_setting.unexpected", "warning",
        "a school's 'URN' and a 'SENSetting' for those without a school are both given",
        ("school_urn", "sen_setting"),
        lambda rows, _: implies(
            given(rows["school_urn"]), ~given(rows["sen_setting"]) | equal(
                rows["sen_setting"], "EYP", "OTH"
            )
        ),
    ),
    Rule(
        "sen_unit.both", "warning", "the placement is a SEN unit and resourced provision",
        ("sen_unit", "resourced_provision"),
        lambda rows, _: ~(rows["sen_unit"] & rows["resourced_provision"]),
    ),
)  # fmt: skip

ACTIVEPLANS = (
    Rule(
        "last_review.future", "warning", "'LastReview' is after census day; emptied",
        ("last_review",), _not_in_future("last_review"), blanks=("last_review",),
    ),
)  # fmt: skip

PLACEMENTDETAIL = (
    *PROVIDER,
    Rule(
        "leaving_date.before_entry", "error", "'LeavingDate' is before 'EntryDate'",
        ("entry_date", "leaving_date"), lambda rows, _: rows["leaving_date"] >= rows["entry_date"],
    ),
)  # fmt: skip

CROSS_RULES = (
    CrossRule(
        "assessment_outcome_date.before_request", "warning",
        "'AssessmentOutcomeDate' is before the request was received; emptied",
        "assessment", ("assessment_outcome_date",), ("requests",),
        lambda frames, _: (
            frames["assessment"]["assessment_outcome_date"] >= _received(frames, "assessment")
        ),
        blanks=("assessment_outcome_date",),
    ),
    CrossRule(
        "start_date.before_request", "error", "the plan starts before its request was received",
        "namedplan", ("start_date",), ("requests",),
        lambda frames, _: frames["namedplan"]["start_date"] >= _received(frames, "namedplan"),
    ),
    CrossRule(
        "sen_type.absent", "warning", "a plan in force has no primary need (rank 1)",
        "activeplans", ("activeplans_table_id",), ("senneed",), _has_primary_need,
    ),
    CrossRule(
        "cease_date.active", "warning", "a plan in force on census day had ceased before it",
        "activeplans", ("requests_table_id",), ("namedplan",), _not_ceased,
    ),
)  # fmt: skip

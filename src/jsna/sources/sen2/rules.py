"""Rules of the SEN2 return across columns and modules.

Rows of a module belong to a row of its parent by numbers that may begin again in every module, so
a module that hangs on the wrong one still finds a parent for each row: another child's. What tells
is what the rows then say: plans that start before their assessment, requests for the unborn. One
such row is a mistake and is warned of; a tenth of them is a wrong join, and the file is refused.

A plan in force is a child's place in the caseload: dates that contradict each other are emptied
with a warning rather than cost that place, except where the row is itself the event they date.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from jsna.model.contract import Context, CrossRule, Rule
from jsna.shared import rules
from jsna.shared.checks import age_on, among, equal, given, implies
from jsna.sources.sen2 import persons as sen2_persons

if TYPE_CHECKING:
    import pandas as pd

    Frames = Mapping[str, pd.DataFrame]


def _above(frames: Frames, table: str, field: str) -> pd.Series[Any]:
    """`field` of the nearest module above `table` that has it, for each row of `table`."""
    from jsna.sources.sen2.extract import EXTRACT

    rows = frames[table]
    name, found = table, rows
    while (parent := EXTRACT.table(name).parent) is not None:
        name, key = parent
        above = frames[name]
        # Columns of the modules between are not carried along: their names repeat.
        further = EXTRACT.table(name).parent
        kept = {key, *([field] if field in above else [further[1]] if further else [])}
        found = found[[key]].merge(above[sorted(kept)], "left", key)
        if field in above:
            return found[field].set_axis(rows.index)
    raise KeyError(field)


def _alive(frames: Frames, table: str, day: str) -> pd.Series[bool]:
    """Whether the person had been born, and was not past 25, on a day of a row of `table`."""
    age = age_on(_above(frames, table, "date_of_birth"), frames[table][day])
    return (age >= 0) & (age <= 25)


def _could_be_assessed(frames: Frames, _: Context) -> pd.Series[bool]:
    """Whether a request led to an assessment, and one of the period not to one decided before."""
    asked = _above(frames, "assessment", "request_outcome")
    before = equal(frames["assessment"]["assessment_outcome"], "H")
    return equal(asked, "H") | (equal(asked, "Y") & ~before)


def _has_issued(frames: Frames, _: Context) -> pd.Series[bool]:
    """Whether a plan was issued for a plan in force whose assessment decided so in the period.

    No answer for plans decided on earlier: a return need not hold their issue.
    """
    import numpy as np
    import pandas as pd

    assessed = frames["assessment"]
    decided = equal(assessed["assessment_outcome"], "Y") & given(
        assessed["assessment_outcome_date"]
    )
    issued = among(assessed["assessment_table_id"], frames["namedplan"]["assessment_table_id"])

    def of(chosen: pd.Series[bool]) -> Any:
        mask = chosen.fillna(False).to_numpy(bool)
        found = among(
            frames["activeplans"]["requests_table_id"], assessed.loc[mask, "requests_table_id"]
        )
        return found.fillna(False).to_numpy(bool)

    asked, answer = of(decided), of(issued)
    values = np.where(asked, answer, None)
    return pd.Series(values, index=frames["activeplans"].index, dtype="boolean")


def _has_primary_need(frames: Frames, _: Context) -> pd.Series[bool]:
    needs = frames["senneed"]
    first = needs.loc[(needs["sen_type_rank"] == 1).fillna(False).to_numpy(bool)]
    return among(frames["activeplans"]["activeplans_table_id"], first["activeplans_table_id"])


def _not_ceased(frames: Frames, context: Context) -> pd.Series[bool]:
    """Whether a plan in force has not ceased by census day; passes where any plan is open."""
    plans = frames["namedplan"]
    plans = plans.assign(requests_table_id=_above(frames, "namedplan", "requests_table_id"))
    over = (plans["cease_date"] < context.reference_date).fillna(False).to_numpy(bool)
    request = frames["activeplans"]["requests_table_id"]
    ended = among(request, plans.loc[over, "requests_table_id"])
    return ~ended | among(request, plans.loc[~over, "requests_table_id"])


PERSON = (
    *sen2_persons.PERSON,
    rules.by_reference(
        "date_of_birth.future", "error", "'PersonBirthDate' is after census day", "date_of_birth",
    ),
    rules.at_most(26, "the person is over 26 years old on census day"),
    rules.UPN_LETTER,
    rules.UPN_OR_WHY,
)  # fmt: skip

REQUESTS = (
    Rule(
        "received_date.absent", "warning", "a request of the period has no 'ReceivedDate'",
        ("received_date", "request_outcome"),
        lambda rows, _: equal(rows["request_outcome"], "H") | given(rows["received_date"]),
    ),
    rules.by_reference(
        "received_date.future", "warning", "'ReceivedDate' is after census day; emptied",
        "received_date", blanks=("received_date",),
    ),
    rules.of_code(
        "request_outcome_date.absent", "a decision without 'RequestOutcomeDate'", "request_outcome",
        "request_outcome_date", "Y", "N",
    ),
    rules.in_order(
        "request_outcome_date.before_received", "warning",
        "'RequestOutcomeDate' is before 'ReceivedDate'; the date of the decision is emptied",
        "received_date", "request_outcome_date", blanks=("request_outcome_date",),
    ),
)  # fmt: skip

ASSESSMENT = (
    rules.of_code(
        "assessment_outcome_date.absent", "a decision without 'AssessmentOutcomeDate'",
        "assessment_outcome", "assessment_outcome_date", "Y", "N",
    ),
)  # fmt: skip

NAMEDPLAN = (
    rules.by_reference(
        "start_date.future", "error", "'StartDate' is after census day", "start_date",
    ),
    rules.in_order(
        "cease_date.before_start", "error", "'CeaseDate' is before 'StartDate'", "start_date",
        "cease_date",
    ),
    rules.needs(
        "cease_reason.absent", "warning", "a plan has ceased and no 'CeaseReason' says why",
        ("cease_date", "cease_reason"), "cease_date",
    ),
    rules.needs(
        "cease_date.absent", "warning", "there is a 'CeaseReason' and no 'CeaseDate'",
        ("cease_date", "cease_reason"), "cease_reason",
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
    rules.by_reference(
        "last_review.future", "warning", "'LastReview' is after census day; emptied", "last_review",
        blanks=("last_review",),
    ),
)  # fmt: skip

PLACEMENTDETAIL = (
    *PROVIDER,
    rules.in_order(
        "leaving_date.before_entry", "error", "'LeavingDate' is before 'EntryDate'", "entry_date",
        "leaving_date",
    ),
)  # fmt: skip

#: Share of rows that contradict the rows they hang on past which the modules are joined wrongly.
_WRONG_JOIN = 0.1
_HOW = (
    "{message}: these rows hang on other children's, since the numbers in {key!r} are not those of "
    "the module it names. Have all modules exported again together; change no number and no header "
    "of a '…tableid' by hand"
)


def _join(
    code: str,
    message: str,
    table: str,
    fields: tuple[str, ...],
    needs: tuple[str, ...],
    key: str,
    check: Callable[[Frames, Context], pd.Series[bool]],
    *,
    then: str = "",
    blanks: tuple[str, ...] = (),
    apart: tuple[str, ...] = (),
) -> CrossRule:
    """A rule that shows whether rows hang on the rows they belong to, by the column `key`.

    `then` says what becomes of a row that breaks it.
    """
    return CrossRule(
        code, "warning", message + then, table, fields, needs, check, blanks,
        fatal_share=_WRONG_JOIN, fatal_message=_HOW.format(message=message, key=key),
        apart=apart,
    )  # fmt: skip


def _not_before(table: str, day: str, earlier: str) -> Callable[[Frames, Context], Any]:
    """Whether a day of a row is not before one of a row above it."""
    return lambda frames, _: frames[table][day] >= _above(frames, table, earlier)


CROSS_RULES = (
    *sen2_persons.cross_rules(_above),
    _join(
        "person_table_id.no_request", "the person has no request", "person",
        ("person_table_id",), ("requests",), "persontableid",
        lambda frames, _: among(
            frames["person"]["person_table_id"], frames["requests"]["person_table_id"]
        ),
    ),
    _join(
        "received_date.age", "the person was not born or was over 25 when the request was received",
        "requests", ("received_date",), ("person",), "persontableid",
        lambda frames, _: _alive(frames, "requests", "received_date"),
    ),
    _join(
        "assessment_outcome_date.before_request",
        "'AssessmentOutcomeDate' is before the request was received",
        "assessment", ("assessment_outcome_date",), ("requests",), "requeststableid",
        _not_before("assessment", "assessment_outcome_date", "received_date"),
        then="; emptied", blanks=("assessment_outcome_date",),
    ),
    _join(
        "requests_table_id.no_assessment",
        "'AssessmentOutcome' and 'RequestOutcome' of its request cannot both be so", "assessment",
        ("requests_table_id", "assessment_outcome"), ("requests",), "requeststableid",
        _could_be_assessed,
    ),
    _join(
        "start_date.age", "the person was not born or was over 25 when the plan started",
        "namedplan", ("start_date",), ("assessment", "requests", "person"), "assessmenttableid",
        lambda frames, _: _alive(frames, "namedplan", "start_date"),
    ),
    _join(
        "start_date.before_request", "the plan starts before its request was received",
        "namedplan", ("start_date",), ("assessment", "requests"), "assessmenttableid",
        _not_before("namedplan", "start_date", "received_date"),
        then="; the time it took is not counted", apart=("requests.received_date",),
    ),
    _join(
        "start_date.before_assessment",
        "the plan starts before it was decided to issue one ('AssessmentOutcomeDate')",
        "namedplan", ("start_date",), ("assessment",), "assessmenttableid",
        _not_before("namedplan", "start_date", "assessment_outcome_date"),
    ),
    _join(
        "assessment_table_id.no_plan",
        "a plan was issued and 'AssessmentOutcome' of its assessment says none was",
        "namedplan", ("assessment_table_id",), ("assessment",), "assessmenttableid",
        lambda frames, _: equal(_above(frames, "namedplan", "assessment_outcome"), "Y", "H"),
    ),
    _join(
        "requests_table_id.no_plan",
        "a plan is in force and 'RequestOutcome' of its request says there was no assessment",
        "activeplans", ("requests_table_id",), ("requests",), "requeststableid",
        lambda frames, _: equal(_above(frames, "activeplans", "request_outcome"), "Y", "H"),
    ),
    _join(
        "requests_table_id.not_issued",
        "a plan in force was agreed in the period, and no plan issued belongs to its assessment",
        "activeplans", ("requests_table_id",), ("assessment", "namedplan"), "assessmenttableid",
        _has_issued,
    ),
    CrossRule(
        "sen_type.absent", "warning", "a plan in force has no primary need (rank 1)",
        "activeplans", ("activeplans_table_id",), ("senneed",), _has_primary_need,
    ),
    CrossRule(
        "cease_date.active", "warning",
        "a plan among those in force had ceased before census day; it is not counted as in force",
        "activeplans", ("requests_table_id",), ("namedplan", "assessment"), _not_ceased,
    ),
)  # fmt: skip

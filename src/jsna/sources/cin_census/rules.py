"""Rules of the children in need census across columns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from jsna.model.contract import Context, CrossRule, Rule
from jsna.shared import rules
from jsna.shared.checks import given, implies
from jsna.sources.cin_census.room import DISABILITIES

if TYPE_CHECKING:
    import pandas as pd

#: A child may be referred before birth, so long before it at most.
UNBORN = timedelta(days=300)


def _none_alone(frame: pd.DataFrame, _: Context) -> pd.Series[bool]:
    """Whether NONE stands beside no other disability."""
    fields = [f"disability_{number}" for number in range(1, DISABILITIES + 1)]
    codes = frame[fields]
    alone = codes.notna().sum(axis=1) <= 1
    answer: pd.Series[bool] = ~codes.isin(["NONE"]).any(axis=1) | alone
    return answer


def _born_in_time(frame: pd.DataFrame, _: Context) -> pd.Series[bool]:
    """Whether a child was born before the referral, or so soon after that they were expected."""
    born, referred = (
        frame[field].astype("timestamp[s][pyarrow]") for field in ("date_of_birth", "referral_date")
    )
    answer: pd.Series[bool] = born - UNBORN <= referred
    return answer


def _one_closure(frame: pd.DataFrame, _: Context) -> pd.Series[bool]:
    """Whether the rows of an episode agree on when it was closed."""
    closed = frame["closure_date"].astype("string").fillna("open")
    episode = [frame["child_id"], frame["referral_date"]]
    answer: pd.Series[bool] = closed.groupby(episode, dropna=False).transform("nunique") == 1
    return answer


def _after_the_last(frame: pd.DataFrame, _: Context) -> pd.Series[bool]:
    """Whether a child's plan began when their plan before it had ended."""
    plans = frame.dropna(subset=["child_id", "cpp_start_date"]).sort_values(
        ["child_id", "cpp_start_date", "cpp_end_date"], kind="stable"
    )
    # The same plan twice is a duplicate, which is told as such.
    plans = plans.drop_duplicates(["child_id", "cpp_start_date"])
    before = plans.groupby("child_id")["cpp_end_date"].shift()
    second = plans["child_id"].eq(plans["child_id"].shift())
    ended = (plans["cpp_start_date"] >= before).fillna(False)
    answer: pd.Series[bool] = (~second | ended).reindex(frame.index)
    return answer


def _nothing_found_alone(frame: pd.DataFrame, _: Context) -> pd.Series[bool]:
    """Whether an assessment that found nothing has no factor beside."""
    of = [frame["child_id"], frame["referral_date"], frame["assessment_start"]]
    many = frame["factor"].notna().groupby(of, dropna=False).transform("sum")
    answer: pd.Series[bool] = ~frame["factor"].eq("21").fillna(False) | (many <= 1)
    return answer


def _in_episode(
    table: str, start: str, frames: Mapping[str, pd.DataFrame], _: Context
) -> pd.Series[bool]:
    """Whether a row belongs to an episode by its referral, and began while that was open."""
    key = ["child_id", "referral_date"]
    episodes = frames["episodes"][[*key, "closure_date"]].drop_duplicates(key, keep="last")
    rows = frames[table][[*key, start]].merge(episodes, "left", key, indicator="found")
    late = (rows[start] > rows["closure_date"]).fillna(False).astype(bool)
    answer: pd.Series[bool] = (rows["found"].eq("both") & ~late).set_axis(frames[table].index)
    return answer


def _within_referral(field: str, header: str) -> tuple[Rule, ...]:
    """A day is not before the referral, nor after the delivery's year."""
    return (
        rules.by_end(
            f"{field}.after_year", "error", f"{header!r} is after the end of the delivery's year",
            field,
        ),
        rules.in_order(
            f"{field}.before_referral", "warning", f"{header!r} is before 'CINreferralDate'",
            "referral_date", field,
        ),
    )  # fmt: skip


#: What empties a date comes last: the others judge it as it was given.
RULES = (
    rules.by_end(
        "referral_date.after_year", "error",
        "'CINreferralDate' is after the end of the delivery's year", "referral_date",
    ),
    rules.from_start(
        "closure_date.before_year", "error",
        "the episode was closed before the delivery's year began", "closure_date",
    ),
    rules.in_order(
        "closure_date.before_referral", "error", "'CINclosureDate' is before 'CINreferralDate'",
        "referral_date", "closure_date",
    ),
    Rule(
        "cpp_start_date.outside_episode", "error",
        "the child protection plan began before the referral or after the episode was closed",
        ("referral_date", "closure_date", "cpp_start_date"),
        lambda rows, _: (rows["cpp_start_date"] >= rows["referral_date"]).fillna(True)
        & (rows["cpp_start_date"] <= rows["closure_date"]).fillna(True),
    ),
    rules.in_order(
        "cpp_end_date.before_start", "error", "'CPPendDate' is before 'CPPstartDate'",
        "cpp_start_date", "cpp_end_date",
    ),
    rules.needs(
        "cpp_end_date.without_start", "error", "there is a 'CPPendDate' and no 'CPPstartDate'",
        ("cpp_start_date", "cpp_end_date"), "cpp_end_date",
    ),
    Rule(
        "cpp_start_date.overlap", "warning",
        "a child protection plan began before the child's plan before it had ended",
        ("child_id", "cpp_start_date", "cpp_end_date"), _after_the_last, together=True,
    ),
    Rule(
        "closure_date.differs", "warning",
        "the rows of one episode do not agree on 'CINclosureDate'; open if one says so",
        ("child_id", "referral_date", "closure_date"), _one_closure, together=True,
    ),
    rules.needs(
        "abuse_category.absent", "warning",
        "a child protection plan has no 'InitialCategoryOfAbuse'",
        ("cpp_start_date", "abuse_category"), "cpp_start_date",
    ),
    rules.by_end(
        "date_of_birth.future", "error", "'PersonBirthDate' is after the delivery's year",
        "date_of_birth",
    ),
    Rule(
        "date_of_birth.after_referral", "error",
        "the child was born more than 300 days after 'CINreferralDate'",
        ("date_of_birth", "referral_date"),
        _born_in_time,
    ),
    Rule(
        "date_of_birth.absent", "warning",
        "there is neither a 'PersonBirthDate' nor an 'ExpectedPersonBirthDate'",
        ("date_of_birth", "expected_birth_date"),
        lambda rows, _: given(rows["date_of_birth"]) | given(rows["expected_birth_date"]),
    ),
    rules.at_most(25, "the child is over 25 years old at the end of the year"),
    rules.UPN_LETTER,
    rules.UPN_OR_WHY,
    rules.needs(
        "closure_reason.absent", "warning",
        "an episode is closed and no 'ReasonForClosure' says why",
        ("closure_date", "closure_reason"), "closure_date",
    ),
    rules.needs(
        "closure_reason.unexpected", "warning",
        "there is a 'ReasonForClosure' and no 'CINclosureDate'", ("closure_date", "closure_reason"),
        "closure_reason",
    ),
    Rule(
        "disability_1.none", "warning", "NONE stands beside a disability",
        tuple(f"disability_{number}" for number in range(1, DISABILITIES + 1)), _none_alone,
    ),
    rules.by_end(
        "closure_date.after_year", "warning",
        "'CINclosureDate' is after the end of the delivery's year, when the episode was open; "
        "emptied",
        "closure_date", blanks=("closure_date",),
    ),
)  # fmt: skip

ASSESSMENTS = (
    *_within_referral("assessment_start", "AssessmentActualStartDate"),
    rules.in_order(
        "assessment_end.before_start", "error",
        "'AssessmentAuthorisationDate' is before 'AssessmentActualStartDate'",
        "assessment_start", "assessment_end",
    ),
    Rule(
        "factor.none_beside", "warning",
        "21, for no factor found, stands beside a factor of the same assessment",
        ("child_id", "assessment_start", "factor"), _nothing_found_alone, together=True,
    ),
    rules.needs(
        "factor.unfinished", "warning", "there are 'AssessmentFactors' and the assessment is open",
        ("factor", "assessment_end"), "factor",
    ),
)  # fmt: skip

ENQUIRIES = (
    *_within_referral("enquiry_start", "S47ActualStartDate"),
    rules.in_order(
        "conference_date.before_start", "error",
        "'DateOfInitialCPC' is before 'S47ActualStartDate'", "enquiry_start", "conference_date",
    ),
    Rule(
        "conference_date.unexpected", "warning",
        "there is a 'DateOfInitialCPC' and 'ICPCnotRequired' says that none was needed",
        ("conference_date", "conference_not_needed"),
        lambda rows, _: implies(rows["conference_not_needed"], ~given(rows["conference_date"])),
    ),
)  # fmt: skip

PLANS = (
    *_within_referral("plan_start", "CINPlanStartDate"),
    rules.in_order(
        "plan_end.before_start", "error", "'CINPlanEndDate' is before 'CINPlanStartDate'",
        "plan_start", "plan_end",
    ),
)  # fmt: skip

CROSS_RULES = tuple(
    CrossRule(
        "referral_date.no_episode", "warning",
        "no episode of the child began on that 'CINreferralDate' and was open when this began",
        table, ("child_id", "referral_date", start), ("episodes",),
        partial(_in_episode, table, start),
    )
    for table, start in (
        ("assessments", "assessment_start"), ("section47", "enquiry_start"), ("plans", "plan_start")
    )
)  # fmt: skip

"""Children in need census: everyone social care worked with in a financial year, by episode."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from jsna.extracts import columns
from jsna.extracts.base import Column, Context, Extract, Rule, Table
from jsna.extracts.checks import age_on, given, implies
from jsna.extracts.identifiers import upn_letter_ok
from jsna.extracts.periods import window

if TYPE_CHECKING:
    import pandas as pd

#: A child may be referred before birth, so long before it at most.
UNBORN = timedelta(days=300)
#: Disabilities of one child the extract has room for.
DISABILITIES = 4


def _date(name: str, field: str, what: str, *, on_invalid: str = "blank") -> Column:
    """A date that may be empty."""
    column = Column(name, field, "date", what, nullable=True, quantity=field)
    return replace(column, on_invalid="blank") if on_invalid == "blank" else column


def _code(name: str, field: str, codes: str, what: str) -> Column:
    """A code that may be empty, and is emptied where it is none of its list."""
    return Column(
        name, field, "code", what, nullable=True, codes=codes, quantity=field, on_invalid="blank"
    )


def _disability(number: int) -> Column:
    column = _code(
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
    _code("UPNunknown", "upn_unknown", "upn_unknown", "Why there is no UPN."),
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
    _code("ReferralSource", "referral_source", "cin_referral_source", "Who referred the child."),
    Column(
        "ReferralNFA", "referral_nfa", "boolean",
        "Nothing was to be done after the referral: no child in need.",
        required=False, nullable=True, quantity="referral_nfa", on_invalid="blank",
    ),
    _code("PrimaryNeedCode", "category_of_need", "cin_need", "Main reason the child is in need."),
    # An episode is in force until it is closed, so a row whose end cannot be read says neither.
    _date(
        "CINclosureDate", "closure_date", "Day the episode ended; empty while it lasts.",
        on_invalid="quarantine",
    ),
    _code("ReasonForClosure", "closure_reason", "cin_closure_reason", "Why the episode ended."),
    _date("DateOfInitialCPC", "initial_conference_date", "Initial child protection conference."),
    _date(
        "CPPstartDate", "cpp_start_date", "Day the child protection plan began, if there was one.",
        on_invalid="quarantine",
    ),
    _date(
        "CPPendDate", "cpp_end_date", "Day it ended; empty while it lasts.",
        on_invalid="quarantine",
    ),
    _code(
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


def _first(context: Context) -> date:
    return window(context.period, "financial_year")[0]


def _last(context: Context) -> date:
    return window(context.period, "financial_year")[1]


#: What empties a date comes last: the others judge it as it was given.
RULES = (
    Rule(
        "referral_date.after_year", "error",
        "'CINreferralDate' is after the end of the delivery's year",
        ("referral_date",), lambda rows, context: rows["referral_date"] <= _last(context),
    ),
    Rule(
        "closure_date.before_year", "error",
        "the episode was closed before the delivery's year began",
        ("closure_date",), lambda rows, context: rows["closure_date"] >= _first(context),
    ),
    Rule(
        "closure_date.before_referral", "error", "'CINclosureDate' is before 'CINreferralDate'",
        ("referral_date", "closure_date"),
        lambda rows, _: rows["closure_date"] >= rows["referral_date"],
    ),
    Rule(
        "cpp_start_date.outside_episode", "error",
        "the child protection plan began before the referral or after the episode was closed",
        ("referral_date", "closure_date", "cpp_start_date"),
        lambda rows, _: (rows["cpp_start_date"] >= rows["referral_date"]).fillna(True)
        & (rows["cpp_start_date"] <= rows["closure_date"]).fillna(True),
    ),
    Rule(
        "cpp_end_date.before_start", "error", "'CPPendDate' is before 'CPPstartDate'",
        ("cpp_start_date", "cpp_end_date"),
        lambda rows, _: rows["cpp_end_date"] >= rows["cpp_start_date"],
    ),
    Rule(
        "cpp_end_date.without_start", "error", "there is a 'CPPendDate' and no 'CPPstartDate'",
        ("cpp_start_date", "cpp_end_date"),
        lambda rows, _: implies(given(rows["cpp_end_date"]), given(rows["cpp_start_date"])),
    ),
    Rule(
        "abuse_category.absent", "warning",
        "a child protection plan has no 'InitialCategoryOfAbuse'",
        ("cpp_start_date", "abuse_category"),
        lambda rows, _: implies(given(rows["cpp_start_date"]), given(rows["abuse_category"])),
    ),
    Rule(
        "date_of_birth.future", "error", "'PersonBirthDate' is after the delivery's year",
        ("date_of_birth",), lambda rows, context: rows["date_of_birth"] <= _last(context),
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
    Rule(
        "date_of_birth.age", "warning", "the child is over 25 years old at the end of the year",
        ("date_of_birth",),
        lambda rows, context: age_on(rows["date_of_birth"], context.reference_date) <= 25,
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
    Rule(
        "closure_reason.absent", "warning",
        "an episode is closed and no 'ReasonForClosure' says why",
        ("closure_date", "closure_reason"),
        lambda rows, _: implies(given(rows["closure_date"]), given(rows["closure_reason"])),
    ),
    Rule(
        "closure_reason.unexpected", "warning",
        "there is a 'ReasonForClosure' and no 'CINclosureDate'",
        ("closure_date", "closure_reason"),
        lambda rows, _: implies(given(rows["closure_reason"]), given(rows["closure_date"])),
    ),
    Rule(
        "disability_1.none", "warning", "NONE stands beside a disability",
        tuple(f"disability_{number}" for number in range(1, DISABILITIES + 1)), _none_alone,
    ),
    Rule(
        "closure_date.after_year", "warning",
        "'CINclosureDate' is after the end of the delivery's year, when the episode was open; "
        "emptied",
        ("closure_date",), lambda rows, context: rows["closure_date"] <= _last(context),
        blanks=("closure_date",),
    ),
)  # fmt: skip

EXTRACT = Extract(
    name="cin_census",
    title="Children in need census",
    short="Children in need",
    description=(
        "Every episode of need, from referral to closure, that was open at any time in a financial "
        "year, with child protection plans; one row an episode, as councils lay the return out. "
        "The return itself has no names and no addresses: the local extract adds them for linkage."
    ),
    period_type="financial_year",
    population_base="resident",
    tables=(
        Table(
            name="episodes",
            description="One episode of need of a child.",
            columns=COLUMNS,
            key=("child_id", "referral_date"),
            rules=RULES,
            counted_as="episode of need",
            dated_by="referral_date",
            # Many episodes began in earlier years, but those of another year's file all did.
            dated_share=0.05,
        ),
    ),
    feeds=("social_care",),
)

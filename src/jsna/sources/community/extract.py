"""Referrals to community health services and how long children wait: as known on 31 March.

One file in the manner of the Community Services Data Set: every referral received in the financial
year, and every older one for which the child was still waiting when it began. A child waits from
the referral to the first contact, or until the wait ends without one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jsna.model.contract import Column, Context, Extract, Rule, Table
from jsna.shared import columns, patient_rules, patients, rules
from jsna.shared.checks import equal, given, implies

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    *patients.COLUMNS,
    Column(
        "ServiceType", "service_type", "code", "Service the child was referred to.",
        codes="community_service", quantity="community_service", aliases=("TeamType",),
    ),
    columns.code(
        "ReferralSource", "referral_source", "community_referral_source", "Who referred.",
        aliases=("SourceOfReferral",), quantity="community_referral_source",
    ),
    patients.RECEIVED,
    Column(
        "FirstContactDate", "first_contact_date", "date",
        "Day of the first contact attended; empty while the child waits.",
        nullable=True, quantity="first_contact_date", on_invalid="blank",
        aliases=("FirstAttendedContactDate",),
    ),
    columns.code(
        "WaitEndReason", "wait_end_reason", "wait_end_reason",
        "Why the wait ended; empty while the child waits.",
    ),
    patients.DISCHARGED,
)  # fmt: skip


def _reason_given(rows: pd.DataFrame, _: Context) -> pd.Series[bool]:
    over = given(rows["first_contact_date"]) | given(rows["service_discharge_date"])
    return implies(over, given(rows["wait_end_reason"]))


RULES = (
    *patient_rules.RULES,
    rules.in_order(
        "first_contact_date.before_referral", "error",
        "'FirstContactDate' is before the referral was received", "referral_received_date",
        "first_contact_date",
    ),
    rules.by_end(
        "first_contact_date.future", "warning",
        "'FirstContactDate' is after the end of the delivery's period: the child is still waiting; "
        "emptied",
        "first_contact_date", blanks=("first_contact_date",),
    ),
    Rule(
        "wait_end_reason.absent", "warning",
        "the child was seen or discharged and no 'WaitEndReason' says which",
        ("first_contact_date", "service_discharge_date", "wait_end_reason"), _reason_given,
    ),
    Rule(
        "wait_end_reason.unseen", "warning",
        "'WaitEndReason' says the child was seen and there is no 'FirstContactDate'",
        ("first_contact_date", "wait_end_reason"),
        lambda rows, _: implies(
            equal(rows["wait_end_reason"], "seen"), given(rows["first_contact_date"])
        ),
    ),
)  # fmt: skip

EXTRACT = Extract(
    name="community",
    title="Community health services for children and young people",
    short="Community health services",
    description=(
        "Referrals of residents aged 0 to 25 to therapies, community paediatrics, audiology and "
        "neurodevelopmental assessment: received in a financial year, or waiting when it began."
    ),
    period_type="financial_year",
    population_base="resident",
    tables=(
        Table(
            name="referrals",
            description="One referral to one service.",
            columns=COLUMNS,
            key=("service_request_id",),
            rules=RULES,
            counted_as="community health referral",
            dated_by="referral_received_date",
            # Where waits are long, many referrals of a year's file are older.
            dated_share=0.3,
        ),
    ),
)

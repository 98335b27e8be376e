"""Contacts of children and young people with mental health services in a financial year.

A flat extract of two files in the manner of the Mental Health Services Data Set: the referrals
open at any time in the year, and every contact of the year that was arranged for them. A child had
a contact where at least one was attended; appointments missed or cancelled are in the file too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from jsna.model.contract import Column, CrossRule, Extract, Table
from jsna.shared import columns, patient_rules, patients, rules

if TYPE_CHECKING:
    import pandas as pd

#: Codes of `AttendOrDNACode` that mean the patient was seen.
ATTENDED: Final = ("5", "6")

REFERRALS = (
    *patients.COLUMNS,
    patients.RECEIVED,
    columns.code(
        "SourceOfReferralMH", "referral_source", "mh_referral_source", "Who referred.",
        aliases=("SourceOfReferral",), quantity="mh_referral_source",
    ),
    columns.code(
        "PrimReasonReferralMH", "referral_reason", "mh_referral_reason",
        "Main reason for the referral.", aliases=("PrimaryReasonForReferral",),
        quantity="mh_referral_reason",
    ),
    patients.DISCHARGED,
)  # fmt: skip

CONTACTS = (
    Column(
        "CareContactId", "care_contact_id", "string",
        "Number of the contact in the provider's system.",
        quantity="care_contact_id", personal=True, aliases=("CareContactIdentifier",),
    ),
    patients.SERVICE_REQUEST,
    Column(
        "CareContDate", "care_contact_date", "date", "Day the contact took place or was due.",
        quantity="care_contact_date", aliases=("CareContactDate",),
    ),
    Column(
        "AttendOrDNACode", "attendance", "code", "Whether the patient attended.",
        codes="attend_or_dna", quantity="attend_or_dna", aliases=("AttendanceStatus",),
    ),
    columns.code(
        "ConsMechanismMH", "consultation_mechanism", "consultation_mechanism",
        "How patient and staff met.", aliases=("ConsMediumUsed",),
    ),
)  # fmt: skip

#: One such row does no harm, as no contact of the year hangs on it: only a file of them is refused.
_OPEN_IN_YEAR = rules.from_start(
    "service_discharge_date.period", "warning", "referrals were closed before the period began",
    "service_discharge_date", fatal_share=0.5, counted=False,
    fatal_message=(
        "most referrals were closed before the period began: this looks like the file of an "
        "earlier year; check which file stands for this period in the edition"
    ),
)  # fmt: skip
_IN_YEAR = rules.in_year(
    "care_contact_date.outside", "'CareContDate' is not in the delivery's period",
    "care_contact_date",
)  # fmt: skip


def _of_referral(frames: Mapping[str, pd.DataFrame], field: str) -> pd.Series[Any]:
    """A date of the referral each contact belongs to."""
    key = "service_request_id"
    found = frames["contacts"][[key]].merge(frames["referrals"][[key, field]], "left", key)
    return found[field].set_axis(frames["contacts"].index)


CROSS_RULES = (
    CrossRule(
        "care_contact_date.before_referral", "error",
        "'CareContDate' is before its referral was received",
        "contacts", ("care_contact_date",), ("referrals",),
        lambda frames, _: frames["contacts"]["care_contact_date"]
        >= _of_referral(frames, "referral_received_date"),
    ),
    CrossRule(
        "care_contact_date.after_discharge", "warning",
        "'CareContDate' is after its referral was closed; kept as it is",
        "contacts", ("care_contact_date",), ("referrals",),
        lambda frames, _: frames["contacts"]["care_contact_date"]
        <= _of_referral(frames, "service_discharge_date"),
    ),
)  # fmt: skip

EXTRACT = Extract(
    name="mental_health",
    title="Mental health services for children and young people",
    short="Mental health services",
    description=(
        "Referrals to NHS-funded mental health services that were open in a financial year, and "
        "the contacts of that year, of residents aged 0 to 25. Support in schools and in general "
        "practice is not in it."
    ),
    period_type="financial_year",
    population_base="resident",
    tables=(
        Table(
            name="referrals",
            description="One referral open at some time in the year.",
            columns=REFERRALS,
            key=("service_request_id",),
            rules=(*patient_rules.RULES, _OPEN_IN_YEAR),
            counted_as="mental health referral",
        ),
        Table(
            name="contacts",
            description="One contact arranged for a day of the year, attended or not.",
            columns=CONTACTS,
            key=("care_contact_id",),
            rules=(_IN_YEAR,),
            counted_as="mental health contact",
            parent=("referrals", "service_request_id"),
            dated_by="care_contact_date",
        ),
    ),
    cross_rules=CROSS_RULES,
)

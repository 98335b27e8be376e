"""What extracts of health services say of a patient, and the rules on it, declared once.

Their names are those of the Mental Health and Community Services Data Sets. Neither set carries a
name: whoever makes a local extract adds it and, if it can, the small area of the postcode. Health
services have no UPN, so a patient is linked to a pupil by these alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jsna.extracts import columns, patterns, rules
from jsna.extracts.checks import age_on, equal, given, implies
from jsna.model.contract import Column, Context, Rule

if TYPE_CHECKING:
    import pandas as pd

#: Oldest patients the assessment is about.
OLDEST = 25
#: States of tracing in which the record has a number, and in which it has none.
_TRACED, _ABSENT = ("01", "02"), ("07",)

NHS_NUMBER = Column(
    "NHSNumber", "nhs_number", "string", "NHS number; empty where it is not known.",
    nullable=True, identifier="nhs_number", quantity="nhs_number", on_invalid="blank",
    pattern=patterns.TEN_DIGITS, aliases=("NHS_Number",),
)  # fmt: skip
SERVICE_REQUEST = Column(
    "ServiceRequestId", "service_request_id", "string",
    "Number of the referral in the provider's system.",
    quantity="service_request_id", personal=True, aliases=("ServiceRequestIdentifier",),
)  # fmt: skip

COLUMNS = (
    SERVICE_REQUEST,
    Column(
        "LocalPatientId", "local_patient_id", "string",
        "Number of the patient in the provider's system; one patient may have several.",
        nullable=True, identifier="local_id", quantity="local_patient_id", on_invalid="blank",
    ),
    NHS_NUMBER,
    columns.code(
        "NHSNumberStatus", "nhs_number_status", "nhs_number_status",
        "Whether the number has been traced.", required=False,
        aliases=("NHSNumberStatusIndicatorCode",),
    ),
    columns.SURNAME,
    columns.FORENAME,
    replace(
        columns.DATE_OF_BIRTH, name="PersonBirthDate", aliases=("DateOfBirth", "DoB")
    ),
    # The data sets write 1 and 2; an extract already in letters is read as well.
    replace(
        columns.SEX, nullable=True, on_invalid="blank", spellings=(("1", "M"), ("2", "F"))
    ),
    columns.POSTCODE,
    # Not in the data sets: added by whoever makes the extract, from the postcode.
    replace(columns.LSOA, required=False),
    columns.code(
        "EthnicCategory", "ethnic_category", "nhs_ethnic_category",
        "Ethnic group, as health services code it.", quantity="nhs_ethnic_category",
    ),
)  # fmt: skip


RECEIVED = Column(
    "ReferralRequestReceivedDate", "referral_received_date", "date",
    "Day the referral was received.",
    quantity="referral_received_date", aliases=("ReferralReceivedDate",),
)  # fmt: skip
DISCHARGED = Column(
    "ServDischDate", "service_discharge_date", "date",
    "Day the patient was discharged from the service; empty while the referral is open.",
    nullable=True, quantity="service_discharge_date", on_invalid="blank",
    aliases=("ServiceDischargeDate", "DischargeDate"),
)  # fmt: skip


def _status_agrees(rows: pd.DataFrame, _: Context) -> pd.Series[bool]:
    status, has = rows["nhs_number_status"], given(rows["nhs_number"])
    return implies(equal(status, *_TRACED), has) & implies(equal(status, *_ABSENT), ~has)


RULES = (
    rules.NHS_NUMBER,
    Rule(
        "nhs_number_status.differs", "warning",
        "'NHSNumberStatus' says there is a number where there is none, or none where there is one",
        ("nhs_number", "nhs_number_status"), _status_agrees,
    ),
    rules.in_order(
        "date_of_birth.future", "error", "'PersonBirthDate' is after the referral", "date_of_birth",
        "referral_received_date",
    ),
    Rule(
        "date_of_birth.age", "warning", f"the patient was over {OLDEST} years old when referred",
        ("date_of_birth", "referral_received_date"),
        lambda rows, _: age_on(rows["date_of_birth"], rows["referral_received_date"]) <= OLDEST,
    ),
    # Nothing the provider knew lies after the period; a file full of it is a later one.
    rules.by_end(
        "referral_received_date.future", "error",
        "'ReferralRequestReceivedDate' is after the end of the delivery's period",
        "referral_received_date", fatal_share=0.5,
        fatal_message=(
            "most referrals came after the end of the period: this looks like the file of a later "
            "year; check which file stands for this period in the edition"
        ),
    ),
    rules.in_order(
        "service_discharge_date.before_referral", "warning",
        "'ServDischDate' is before the referral was received; emptied", "referral_received_date",
        "service_discharge_date", blanks=("service_discharge_date",),
    ),
)  # fmt: skip

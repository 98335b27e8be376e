"""Rules on what extracts of health services say of a patient (`patients`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jsna.model.contract import Context, Rule
from jsna.shared import rules
from jsna.shared.checks import age_on, equal, given, implies
from jsna.shared.patients import OLDEST

if TYPE_CHECKING:
    import pandas as pd

#: States of tracing in which the record has a number, and in which it has none.
_TRACED, _ABSENT = ("01", "02"), ("07",)


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

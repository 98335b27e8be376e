"""What extracts of health services say of a patient, declared once; `patient_rules` has the rules.

Their names are those of the Mental Health and Community Services Data Sets. Neither set carries a
name: whoever makes a local extract adds it and, if it can, the small area of the postcode. Health
services have no UPN, so a patient is linked to a pupil by these alone.
"""

from __future__ import annotations

from dataclasses import replace

from jsna.model.contract import Column
from jsna.shared import columns, patterns

#: Oldest patients the assessment is about.
OLDEST = 25
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

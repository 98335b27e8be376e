"""Good rows of tables, written by hand, and the means to judge rows that differ from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from jsna.ingest.judge import Validated, validate_table
from jsna.ingest.validate import apply_cross, validate_delivery
from jsna.model.contract import Context, Extract, Table
from jsna.settings.shared import categories, codelists, rolls, usage_of
from jsna.sources import registry
from jsna.synthetic.fill import fill
from jsna.synthetic.view import View

ROOT = Path(__file__).parents[2]
CODELISTS = {name: frozenset(codes) for name, codes in codelists(ROOT).items()}
ROLLS = rolls(ROOT)
USAGE = usage_of(categories(ROOT).lists)
_OF_KIND = {
    "january": "2025", "calendar_year": "2024", "academic_year": "2024/25",
    "financial_year": "2024/25", "mid_year": "2024", "release": "2025",
}  # fmt: skip
#: Extract -> the period its rows here are of.
PERIODS = {name: _OF_KIND[one.period_type] for name, one in registry().items()} | {
    "ncmp": "2023/24"
}
#: Two sound pupil numbers whose letters were worked out by hand.
UPN, OTHER_UPN = "A950000178301", "H243278544154"

#: What the export of SEN2 writes into every module, and nothing uses.
EXPORTED = {"native_id": "1", "order_sequence": "1", "source_id": ""}

#: Rows in which nothing is wrong.
WRITTEN: dict[str, dict[str, str]] = {
    "school_census.census": {
        "upn": UPN, "former_upn": "", "surname": "Quill", "forename": "Zora",
        "date_of_birth": "14/03/2015", "sex": "F", "ethnicity": "WBRI", "fsm": "N",
        "language": "ENG", "postcode": "ZZ1 1AA", "lsoa_code": "E01900001",
        "school_urn": "900001", "phase": "primary", "school_type": "maintained",
        "enrol_status": "C", "year_group": "5", "sen_provision": "K", "primary_need": "SLCN",
        "secondary_need": "", "sen_unit": "0", "resourced_provision": "0",
    },
    "exclusions.exclusions": {
        "upn": UPN, "surname": "Quill", "forename": "Zora", "date_of_birth": "14/03/2015",
        "sex": "F", "school_urn": "900001", "category": "SUSP", "reason_1": "PP", "reason_2": "DB",
        "reason_3": "", "start_date": "03/10/2024", "sessions": "4", "sen_provision_at_event": "K",
    },
    "attendance.attendance": {
        "upn": UPN, "surname": "Quill", "forename": "Zora", "date_of_birth": "14/03/2015",
        "sex": "F", "school_urn": "900001", "attendance_term": "AUT", "sessions_possible": "140",
        "attendance_reason": "I", "sessions": "6",
    },
    "ncmp.measurements": {
        "nhs_number": "9990000018", "surname": "Quill", "forename": "Zora",
        "date_of_birth": "14/03/2013", "sex": "F", "postcode": "ZZ1 1AA",
        "lsoa_code": "E01900001", "school_urn": "900001", "school_year": "6",
        "measurement_date": "12/02/2024", "height_cm": "141.5", "weight_kg": "34.2",
        "bmi_p_score": "0.45", "weight_category": "healthy",
    },
    "cin_census.episodes": {
        "child_id": "123456", "upn": UPN, "former_upn": "", "upn_unknown": "", "surname": "Quill",
        "forename": "Zora", "postcode": "ZZ1 1AA", "date_of_birth": "2015-03-14",
        "expected_birth_date": "", "sex": "2", "ethnicity": "WBRI", "disability_1": "AUT",
        "disability_2": "LD", **{f"disability_{number}": "" for number in range(3, 13)},
        "referral_date": "2024-05-01", "referral_source": "2A", "referral_nfa": "0",
        "category_of_need": "N1", "closure_date": "2024-12-01", "closure_reason": "RC7",
        "initial_conference_date": "2024-06-01", "cpp_start_date": "2024-06-01",
        "cpp_end_date": "2024-11-01", "abuse_category": "NEG", "previous_plans": "0",
    },
    "cin_census.assessments": {
        "child_id": "123456", "referral_date": "2024-05-01", "assessment_start": "2024-05-02",
        "assessment_review": "2024-05-12", "assessment_end": "2024-06-20", "factor": "5A",
    },
    "cin_census.section47": {
        "child_id": "123456", "referral_date": "2024-05-01", "enquiry_start": "2024-05-10",
        "conference_target": "2024-06-03", "conference_date": "2024-06-01",
        "conference_not_needed": "0",
    },
    "cin_census.plans": {
        "child_id": "123456", "referral_date": "2024-05-01", "plan_start": "2024-11-02",
        "plan_end": "2024-12-01",
    },
    "ssda903.header": {
        "child_id": "123456", "sex": "2", "date_of_birth": "14/03/2015", "ethnicity": "WBRI",
        "upn": UPN, "mother": "", "mother_child_birth_date": "", "surname": "Quill",
        "forename": "Zora", "postcode": "ZZ1 1AA",
    },
    "ssda903.episodes": {
        "child_id": "123456", "start_date": "01/05/2024", "new_episode_reason": "S",
        "legal_status": "C1", "category_of_need": "N1", "placement": "U6",
        "placement_provider": "PR1", "end_date": "01/11/2024", "end_reason": "E4A",
        "place_change_reason": "", "home_postcode": "ZZ1 1AA", "placement_postcode": "ZZ2 2BB",
        "placement_urn": "SC990001",
    },
    "ssda903.reviews": {
        "child_id": "123456", "date_of_birth": "14/03/2015", "review_date": "30/05/2024",
        "review_code": "PN1",
    },
    "ssda903.oc2": {
        "child_id": "123456", "date_of_birth": "14/03/2015", "sdq_score": "17", "sdq_reason": "",
        "convicted": "0", "health_check": "", "immunisations": "1", "teeth_check": "1",
        "health_assessment": "1", "substance_misuse": "0", "intervention_received": "0",
        "intervention_offered": "0",
    },
    "ssda903.missing": {
        "child_id": "123456", "date_of_birth": "14/03/2015", "missing_kind": "M",
        "missing_start": "02/07/2024", "missing_end": "03/07/2024",
    },
    "ssda903.oc3": {
        "child_id": "123456", "date_of_birth": "14/03/2006", "in_touch": "YES", "activity": "F2",
        "accommodation": "U1",
    },
    "mental_health.referrals": {
        "service_request_id": "61", "local_patient_id": "1000061", "nhs_number": "9990000018",
        "nhs_number_status": "01", "surname": "Quill", "forename": "Zora",
        "date_of_birth": "14/03/2013", "sex": "F", "postcode": "ZZ1 1AA",
        "lsoa_code": "E01900001", "ethnic_category": "A", "referral_received_date": "03/06/2024",
        "referral_source": "A1", "referral_reason": "05", "service_discharge_date": "",
    },
    "mental_health.contacts": {
        "care_contact_id": "6101", "service_request_id": "61", "care_contact_date": "15/07/2024",
        "attendance": "5", "consultation_mechanism": "01",
    },
    "community.referrals": {
        "service_request_id": "71", "local_patient_id": "2000071", "nhs_number": "9990000018",
        "nhs_number_status": "01", "surname": "Quill", "forename": "Zora",
        "date_of_birth": "14/03/2013", "sex": "F", "postcode": "ZZ1 1AA",
        "lsoa_code": "E01900001", "ethnic_category": "A", "service_type": "audiology",
        "referral_source": "gp", "referral_received_date": "03/06/2024",
        "first_contact_date": "12/08/2024", "wait_end_reason": "seen",
        "service_discharge_date": "",
    },
    "areas.lsoa": {
        "lsoa_code": "E01900001", "lsoa_name": "Mossby 001A", "ward_code": "E05900001",
        "ward_name": "Mossby", "district_code": "E07000901", "district_name": "Mossby",
        "authority_code": "E10000901", "authority_name": "", "imd_rank": "3376",
        "imd_decile": "2", "imd_score": "", "idaci_rank": "33755", "idaci_decile": "10",
        "idaci_score": "0.02",
    },
    "population.syoa": {
        "lsoa_code": "E01900001", "year": "2024", "sex": "F", "age": "9", "people": "12",
    },
    "schools.school": {
        "school_urn": "900001", "old_la_code": "961", "school_name": "Mossby Primary",
        "establishment_type": "01", "register_phase": "Primary", "ukprn": "10000001",
    },
    "sen2.person": {
        "person_table_id": "11", **EXPORTED, "sen2_table_id": "1",
        "surname": "Quill", "forename": "Zora",
        "date_of_birth": "2015-Mar-14 00:00:00", "sex": "F", "ethnicity": "WBRI",
        "postcode": "ZZ1 1AA", "lsoa_code": "E01900001", "upn": UPN, "uln": "",
        "upn_unknown": "",
    },
    "sen2.requests": {
        "requests_table_id": "21", **EXPORTED,
        "person_table_id": "11",
        "received_date": "2024-Feb-01 00:00:00", "request_source": "1", "rya": "0",
        "request_outcome_date": "2024-Mar-01 00:00:00", "request_outcome": "Y",
        "request_mediation": "0", "request_tribunal": "0", "exported": "0",
    },
    "sen2.assessment": {
        "assessment_table_id": "31", **EXPORTED,
        "requests_table_id": "21", "assessment_outcome": "Y",
        "assessment_outcome_date": "2024-May-01 00:00:00", "assessment_mediation": "0",
        "assessment_tribunal": "0", "other_mediation": "0", "other_tribunal": "0",
        "week_20_exception": "0",
    },
    "sen2.namedplan": {
        "namedplan_table_id": "41", **EXPORTED,
        "assessment_table_id": "31",
        "start_date": "2024-Jun-01 00:00:00", "plan_residential": "", "plan_work_based": "0",
        "personal_budget": "0", "organised_arrangements": "0", "direct_payments": "0",
        "cease_date": "", "cease_reason": "",
    },
    "sen2.plandetail": {
        "plandetail_table_id": "61", **EXPORTED,
        "namedplan_table_id": "41", "school_urn": "900001", "ukprn": "", "sen_setting": "",
        "sen_setting_other": "", "placement_rank": "1", "sen_unit": "0",
        "resourced_provision": "0",
    },
    "sen2.activeplans": {
        "activeplans_table_id": "51", **EXPORTED,
        "requests_table_id": "21", "transfer_la": "",
        "review_meeting": "", "review_outcome": "", "review_draft": "",
        "phase_transfer_due": "", "phase_transfer_final": "", "last_review": "",
    },
    "sen2.placementdetail": {
        "placementdetail_table_id": "61", **EXPORTED,
        "activeplans_table_id": "51", "school_urn": "900001", "ukprn": "", "sen_setting": "",
        "sen_setting_other": "", "placement_rank": "1", "sen_unit": "0",
        "resourced_provision": "0", "entry_date": "2024-Sep-02 00:00:00", "leaving_date": "",
        "residential": "", "work_based": "0",
    },
    "sen2.senneed": {
        "senneed_table_id": "61", **EXPORTED,
        "activeplans_table_id": "51", "sen_type": "ASD", "sen_type_rank": "1",
    },
}  # fmt: skip


def _typed(extract: Extract, table: Table) -> dict[str, str]:
    """A row of what each column may hold by its type alone, as a file would have it."""
    codes = {name: sorted(listed) for name, listed in CODELISTS.items()}
    row = fill(extract, table, View(1, {}), PERIODS[extract.name], codes, seed=1)
    return {
        field: "" if value is None else str(int(value) if isinstance(value, bool) else value)
        for field, (value,) in row.to_pydict().items()
    }


#: A row of every table: as written here or, where nobody wrote one, of its columns' types.
GOOD = {
    name: WRITTEN.get(name) or _typed(extract, table)
    for extract in registry().values()
    for table in extract.tables
    for name in [f"{extract.name}.{table.name}"]
}


def context(extract: str, **changes: object) -> Context:
    """The delivery of an extract in a made-up edition of January 2025."""
    base = Context(
        reference_date=date(2025, 1, 16),
        period=PERIODS[extract],
        authority_code="E10000901",
        codelists=CODELISTS,
        rolls=ROLLS,
        usage=USAGE,
        synthetic=True,
        localities=frozenset({GOOD["areas.lsoa"]["district_code"]}),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def staged(rows: Sequence[Mapping[str, str | None]]) -> pd.DataFrame:
    """Rows as the reader hands them over: text, "" as empty, numbered from row 2."""
    frame = pd.DataFrame(list(rows), dtype="str").replace("", None).astype("str")
    return frame.assign(source_row=range(2, len(frame) + 2))


def rows_of(name: str, *changes: Mapping[str, str]) -> pd.DataFrame:
    """The good row of `extract.table` once for each set of changes."""
    return staged([GOOD[name] | dict(change) for change in changes or ({},)])


def judge(name: str, *changes: Mapping[str, str], **contexts: object) -> Validated:
    """One table judged alone."""
    extract = registry()[name.split(".")[0]]
    table = extract.table(name.split(".")[1])
    return validate_table(
        extract, table, rows_of(name, *changes), context(extract.name, **contexts)
    )


def codes(judged: Validated) -> set[tuple[str, str]]:
    """(severity, code) of what was found."""
    return {(found.severity, found.code) for found in judged.found}


def _judged(
    extract: Extract, changes: Mapping[str, Sequence[Mapping[str, str]]]
) -> dict[str, Validated]:
    """One delivery judged by itself, its good rows changed; what may not come, if it is named."""
    tables = {
        table.name: rows_of(name, *changes.get(name, ()))
        for table in extract.tables
        if (name := f"{extract.name}.{table.name}") in changes or not table.optional
    }
    return validate_delivery(extract, tables, context(extract.name))


@cache
def _good(name: str) -> dict[str, Validated]:
    """The good rows of an extract judged by themselves, once for all: nobody changes them."""
    return _judged(registry()[name], {})


def judge_together(
    changes: Mapping[str, Sequence[Mapping[str, str]]], *, leave_out: Sequence[str] = ()
) -> dict[str, Validated]:
    """Every extract with its good rows, but for the tables changed, judged as one edition."""
    results = {}
    for extract in registry().values():
        if extract.name in leave_out or f"{extract.name}.{extract.tables[0].name}" not in WRITTEN:
            continue
        mine = {f"{extract.name}.{table.name}" for table in extract.tables} & changes.keys()
        key = (extract.name, PERIODS[extract.name])
        results[key] = _judged(extract, changes) if mine else _good(extract.name)
    return {
        f"{key[0]}.{table}": judged
        for key, tables in apply_cross(results).items()
        for table, judged in tables.items()
    }

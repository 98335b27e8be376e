"""Every rule of every extract: a row that breaks it is found by it, and by nothing else."""

from collections.abc import Mapping

import pytest

from jsna.generator import faults
from jsna.sources import registry

from .validation_support import OTHER_UPN, WRITTEN, codes, judge, judge_together

#: An episode of need without a child protection plan.
NO_PROTECTION = {
    "initial_conference_date": "", "cpp_start_date": "", "cpp_end_date": "", "abuse_category": "",
    "previous_plans": "",
}  # fmt: skip
#: Rules across columns: table -> code -> severity, changes to the good row.
FAULTS = [fault for kind in faults.kinds().values() for fault in kind]
CASES: dict[str, dict[str, tuple[str, dict[str, str]]]] = {
    "school_census.census": {
        "upn.letter": ("warning", {"upn": "B950000178301"}),
        "upn.authority": ("warning", {"upn": "C100000000000"}),
        "date_of_birth.future": ("error", {"date_of_birth": "17/01/2025"}),
        "date_of_birth.age": ("warning", {"date_of_birth": "17/01/2023", "year_group": "X"}),
        "year_group.age": ("warning", {"year_group": "7"}),
        "primary_need.absent": ("warning", {"primary_need": ""}),
        "primary_need.unexpected": ("warning", {"sen_provision": "N"}),
        "primary_need.assessed": ("warning", {"sen_provision": "E", "primary_need": "NSA"}),
        "secondary_need.repeated": ("warning", {"secondary_need": "SLCN"}),
        "sen_unit.both": ("warning", {"sen_unit": "true", "resourced_provision": "1"}),
    },
    "exclusions.exclusions": {
        "start_date.outside": ("error", {"start_date": "01/09/2025"}),
        "upn.letter": ("warning", {"upn": "B950000178301"}),
        "date_of_birth.future": ("error", {"date_of_birth": "01/09/2025"}),
        "date_of_birth.age": ("warning", {"date_of_birth": "01/09/2022"}),
        "sessions.absent": ("warning", {"sessions": ""}),
        "sessions.unexpected": ("warning", {"category": "PERM"}),
        "reason_1.repeated": ("warning", {"reason_3": "PP"}),
    },
    "attendance.attendance": {
        "upn.letter": ("warning", {"upn": "B950000178301"}),
        "date_of_birth.future": ("error", {"date_of_birth": "01/09/2025"}),
        "date_of_birth.age": ("warning", {"date_of_birth": "01/09/2023"}),
        "sessions.reason": ("warning", {"sessions": ""}),
        "sessions.exceed": ("warning", {"sessions": "141"}),
    },
    "ncmp.measurements": {
        "nhs_number.check_digit": ("warning", {"nhs_number": "9990000019"}),
        "measurement_date.outside": ("error", {"measurement_date": "31/08/2023"}),
        "date_of_birth.future": ("error", {"date_of_birth": "13/02/2024"}),
        "school_year.age": ("warning", {"school_year": "R"}),
        "weight_category.score": ("warning", {"weight_category": "overweight"}),
    },
    "cin_census.episodes": {
        "referral_date.after_year": (
            "error", {"referral_date": "2025-04-01", "closure_date": "", "closure_reason": "",
                      **NO_PROTECTION},
        ),
        "closure_date.before_year": (
            "error", {"referral_date": "2024-01-05", "closure_date": "2024-03-31",
                      **NO_PROTECTION},
        ),
        "closure_date.before_referral": (
            "error", {"closure_date": "2024-04-30", **NO_PROTECTION},
        ),
        "closure_date.after_year": ("warning", {"closure_date": "2025-04-01"}),
        "cpp_start_date.outside_episode": ("error", {"cpp_start_date": "2024-04-30"}),
        "cpp_end_date.before_start": ("error", {"cpp_end_date": "2024-05-31"}),
        "cpp_end_date.without_start": ("error", {"cpp_start_date": ""}),
        "abuse_category.absent": ("warning", {"abuse_category": ""}),
        "date_of_birth.future": (
            "error", {"date_of_birth": "2025-04-01", "referral_date": "2025-03-01",
                      "closure_date": "", "closure_reason": "", **NO_PROTECTION},
        ),
        # 301 days after the referral.
        "date_of_birth.after_referral": ("error", {"date_of_birth": "2025-02-26"}),
        "date_of_birth.absent": ("warning", {"date_of_birth": ""}),
        "date_of_birth.age": ("warning", {"date_of_birth": "1999-01-16"}),
        "upn.letter": ("warning", {"upn": "B950000178301"}),
        "upn_unknown.absent": ("warning", {"upn": ""}),
        "closure_reason.absent": ("warning", {"closure_reason": ""}),
        "closure_reason.unexpected": ("warning", {"closure_date": ""}),
        "disability_1.none": ("warning", {"disability_2": "NONE"}),
    },
    "cin_census.assessments": {
        "assessment_start.after_year": (
            "error", {"assessment_start": "2025-04-01", "assessment_end": "", "factor": ""},
        ),
        "assessment_start.before_referral": ("warning", {"assessment_start": "2024-04-30"}),
        "assessment_end.before_start": ("error", {"assessment_end": "2024-05-01"}),
        "factor.unfinished": ("warning", {"assessment_end": ""}),
    },
    "cin_census.section47": {
        "enquiry_start.after_year": (
            "error", {"enquiry_start": "2025-04-01", "conference_date": ""},
        ),
        "enquiry_start.before_referral": ("warning", {"enquiry_start": "2024-04-30"}),
        "conference_date.before_start": ("error", {"conference_date": "2024-05-09"}),
        "conference_date.unexpected": ("warning", {"conference_not_needed": "1"}),
    },
    "cin_census.plans": {
        "plan_start.after_year": ("error", {"plan_start": "2025-04-01", "plan_end": ""}),
        "plan_start.before_referral": ("warning", {"plan_start": "2024-04-30"}),
        "plan_end.before_start": ("error", {"plan_end": "2024-11-01"}),
    },
    "ssda903.header": {
        "date_of_birth.future": ("error", {"date_of_birth": "01/04/2025"}),
        "date_of_birth.age": ("warning", {"date_of_birth": "16/01/1999"}),
        "upn.letter": ("warning", {"upn": "B950000178301"}),
        "mother.sex": ("warning", {"sex": "1", "mother": "1"}),
    },
    "ssda903.episodes": {
        "start_date.after_year": (
            "error", {"start_date": "01/04/2025", "end_date": "", "end_reason": ""},
        ),
        "end_date.before_year": ("error", {"start_date": "01/01/2024", "end_date": "31/03/2024"}),
        "end_date.before_start": ("error", {"end_date": "30/04/2024"}),
        "end_date.after_year": ("warning", {"end_date": "01/04/2025"}),
        "end_reason.absent": ("warning", {"end_reason": ""}),
        "end_reason.unexpected": ("warning", {"end_date": ""}),
    },
    "ssda903.reviews": {
        "review_date.after_year": ("warning", {"review_date": "01/04/2025"}),
        "review_date.before_birth": ("error", {"date_of_birth": "31/05/2024"}),
        "review_code.age": ("warning", {"review_code": "PN0"}),
    },
    "ssda903.oc2": {
        "sdq_score.absent": ("warning", {"sdq_score": ""}),
        "sdq_reason.unexpected": ("warning", {"sdq_reason": "SDQ1"}),
    },
    "ssda903.missing": {
        "missing_start.after_year": (
            "error", {"missing_start": "01/04/2025", "missing_end": "02/04/2025"},
        ),
        "missing_end.before_year": (
            "error", {"missing_start": "30/03/2024", "missing_end": "31/03/2024"},
        ),
        "missing_end.before_start": ("error", {"missing_end": "01/07/2024"}),
    },
    "ssda903.oc3": {
        # 22 years old on 31 March.
        "date_of_birth.oc3": ("warning", {"date_of_birth": "31/03/2003"}),
        "activity.absent": ("warning", {"activity": ""}),
    },
    "mental_health.referrals": {
        "nhs_number.check_digit": ("warning", {"nhs_number": "9990000019"}),
        "nhs_number_status.differs": ("warning", {"nhs_number": ""}),
        "date_of_birth.future": ("error", {"date_of_birth": "04/06/2024"}),
        "date_of_birth.age": ("warning", {"date_of_birth": "03/06/1998"}),
        "referral_received_date.future": ("error", {"referral_received_date": "01/04/2025"}),
        "service_discharge_date.before_referral": (
            "warning", {"service_discharge_date": "02/06/2024"},
        ),
    },
    "mental_health.contacts": {
        "care_contact_date.outside": ("error", {"care_contact_date": "31/03/2024"}),
    },
    "community.referrals": {
        "nhs_number.check_digit": ("warning", {"nhs_number": "9990000019"}),
        "nhs_number_status.differs": ("warning", {"nhs_number_status": "07"}),
        "date_of_birth.future": ("error", {"date_of_birth": "04/06/2024"}),
        "date_of_birth.age": ("warning", {"date_of_birth": "03/06/1998"}),
        "referral_received_date.future": (
            "error", {"referral_received_date": "01/04/2025", "first_contact_date": "",
                      "wait_end_reason": ""},
        ),
        "service_discharge_date.before_referral": (
            "warning", {"service_discharge_date": "02/06/2024"},
        ),
        "first_contact_date.before_referral": ("error", {"first_contact_date": "02/06/2024"}),
        "first_contact_date.future": (
            "warning", {"first_contact_date": "01/04/2025", "wait_end_reason": ""},
        ),
        "wait_end_reason.absent": ("warning", {"wait_end_reason": ""}),
        "wait_end_reason.unseen": ("warning", {"first_contact_date": ""}),
    },
    "areas.lsoa": {
        "authority_code.other": ("error", {"authority_code": "E10000902"}),
        "locality.unknown": ("warning", {"district_code": "E07000999"}),
        "imd_decile.rank": ("warning", {"imd_decile": "3"}),
        "idaci_decile.rank": ("warning", {"idaci_decile": "9"}),
    },
    "population.syoa": {"year.other": ("error", {"year": "2023"})},
    "sen2.person": {
        "date_of_birth.future": ("error", {"date_of_birth": "2025-Jan-17 00:00:00"}),
        "date_of_birth.age": ("warning", {"date_of_birth": "1998-Jan-16 00:00:00"}),
        "upn.letter": ("warning", {"upn": "B950000178301"}),
        "upn_unknown.absent": ("warning", {"upn": ""}),
    },
    "sen2.requests": {
        "received_date.absent": ("warning", {"received_date": ""}),
        "received_date.future": (
            "warning", {"received_date": "2025-Feb-01 00:00:00", "request_outcome": "A",
                        "request_outcome_date": ""},
        ),
        "request_outcome_date.absent": ("warning", {"request_outcome_date": ""}),
        "request_outcome_date.before_received": (
            "warning", {"request_outcome_date": "2024-Jan-31 00:00:00"},
        ),
    },
    "sen2.assessment": {
        "assessment_outcome_date.absent": ("warning", {"assessment_outcome_date": ""}),
    },
    "sen2.namedplan": {
        "start_date.future": ("error", {"start_date": "2025-Jan-17 00:00:00"}),
        "cease_date.before_start": (
            "error", {"cease_date": "2024-May-31 00:00:00", "cease_reason": "9"},
        ),
        "cease_reason.absent": ("warning", {"cease_date": "2024-Dec-01 00:00:00"}),
        "cease_date.absent": ("warning", {"cease_reason": "2"}),
    },
    "sen2.plandetail": {
        "sen_setting.unexpected": ("warning", {"sen_setting": "EHE"}),
        "sen_unit.both": ("warning", {"sen_unit": "1", "resourced_provision": "1"}),
    },
    "sen2.activeplans": {
        "last_review.future": ("warning", {"last_review": "2025-Jan-17 00:00:00"}),
    },
    "sen2.placementdetail": {
        "sen_setting.unexpected": ("warning", {"sen_setting": "NEET"}),
        "sen_unit.both": ("warning", {"sen_unit": "1", "resourced_provision": "1"}),
        "leaving_date.before_entry": ("error", {"leaving_date": "2024-Sep-01 00:00:00"}),
    },
}  # fmt: skip
#: Rules tried by tests of their own below or beside this file.
ELSEWHERE = {
    "school_census.census": {"upn.two_rolls", "year_group.period"},
    "mental_health.referrals": {"service_discharge_date.period"},
    "ssda903.episodes": {"end_date.overlap"},
    "exclusions.exclusions": {"sessions.half", "start_date.twice", "start_date.same_day"},
    "attendance.attendance": {"sessions_possible.differs"},
    "sen2.person": {"person_table_id.twice"},
    "cin_census.episodes": {"cpp_start_date.overlap", "closure_date.differs"},
    "cin_census.assessments": {"factor.none_beside"},
}
FLAT = [
    (name, code, severity, change)
    for name, cases in CASES.items()
    for code, (severity, change) in cases.items()
]


@pytest.mark.parametrize("name", WRITTEN)
def test_a_good_row_is_valid_and_nothing_is_said(name: str) -> None:
    judged = judge(name)
    assert len(judged.valid) == 1
    assert judged.found == ()
    assert judged.problems == ()


@pytest.mark.parametrize(("name", "code", "severity", "change"), FLAT)
def test_a_rule_finds_the_row_that_breaks_it(
    name: str, code: str, severity: str, change: Mapping[str, str]
) -> None:
    # Beside good rows with keys of their own, so that only the rule can be what tells them apart.
    table = name.split(".")[1]
    key = registry()[name.split(".")[0]].table(table).key
    others = [{key[0]: f"X{n}"} for n in range(3)] if key[0].endswith("_id") else []
    if name == "sen2.person":
        others = [
            row | {"surname": f"Other{n}", "upn": "", "upn_unknown": "UN1"}
            for n, row in enumerate(others)
        ]
    judged = judge(name, change, *others)
    assert codes(judged) == {(severity, f"{table}.{code}")}
    assert [found.first_row for found in judged.found] == [2]
    assert len(judged.quarantined) == (severity == "error")
    assert len(judged.valid) == len(others) + (severity == "warning")
    if severity == "error":
        assert judged.quarantined["reasons"].tolist() == [f"{table}.{code}"]
        assert judged.quarantined["source_row"].tolist() == [2]


def test_every_rule_has_its_case() -> None:
    for extract in registry().values():
        for table in extract.tables:
            name = f"{extract.name}.{table.name}"
            tried = set(CASES.get(name, {})) | ELSEWHERE.get(name, set())
            if name not in WRITTEN:
                # Of a source without a row here, by the faults of its columns and in its folder.
                tried |= {
                    f.expect.removeprefix(f"{table.name}.") for f in FAULTS if f.table == name
                }
            declared = {rule.code for rule in table.rules}
            assert declared <= tried, name
            assert name not in WRITTEN or tried == declared, name


@pytest.mark.parametrize(
    ("table", "change", "emptied"),
    [
        ("sen2.requests", {"received_date": "2025-Feb-01 00:00:00"}, "received_date"),
        (
            "sen2.requests",
            {"request_outcome_date": "2024-Jan-31 00:00:00"},
            "request_outcome_date",
        ),
        ("sen2.activeplans", {"last_review": "2025-Jan-17 00:00:00"}, "last_review"),
    ],
)
def test_a_date_that_cannot_be_true_is_emptied_and_the_child_kept(
    table: str, change: Mapping[str, str], emptied: str
) -> None:
    judged = judge(table, change)
    assert len(judged.valid) == 1
    assert judged.valid[emptied].isna().all()


@pytest.mark.parametrize(
    ("second", "found"),
    [
        ({"school_urn": "900002"}, True),  # sole at two schools
        ({"school_urn": "900002", "enrol_status": "M"}, True),  # main at another
        ({"school_urn": "900002", "enrol_status": "S"}, False),  # subsidiary is no roll
        ({"school_urn": "900002", "upn": OTHER_UPN}, False),  # another pupil
        ({"enrol_status": "M"}, False),  # the same school twice is another matter
    ],
)
def test_a_pupil_on_two_rolls_is_reported(second: Mapping[str, str], found: bool) -> None:
    judged = judge("school_census.census", {}, second)
    assert (("warning", "census.upn.two_rolls") in codes(judged)) == found
    assert len(judged.valid) == 2


def test_usual_ages_follow_the_school_year() -> None:
    # Born on 31 August and 1 September: a day, and a whole year group, apart.
    assert (
        codes(judge("school_census.census", {"date_of_birth": "31/08/2015", "year_group": "4"}))
        == set()
    )  # a year out is let pass
    last, first = {"date_of_birth": "31/08/2015"}, {"date_of_birth": "01/09/2015"}
    assert codes(judge("school_census.census", last | {"year_group": "3"})) == {
        ("warning", "census.year_group.age")
    }
    assert codes(judge("school_census.census", first | {"year_group": "3"})) == set()


#: Rules across files: extract.table whose row is found, its severity, changes by table.
CROSS: dict[str, tuple[str, str, dict[str, dict[str, str]]]] = {
    **{
        f"{name.split('.')[1]}.{parent}.orphan": (name, "error", {name: {parent: of_nothing}})
        for name, parent, of_nothing in (
            ("sen2.requests", "person_table_id", "12"),
            ("sen2.assessment", "requests_table_id", "22"),
            ("sen2.namedplan", "assessment_table_id", "32"),
            ("sen2.plandetail", "namedplan_table_id", "42"),
            ("sen2.activeplans", "requests_table_id", "22"),
            ("sen2.placementdetail", "activeplans_table_id", "52"),
            ("sen2.senneed", "activeplans_table_id", "52"),
            ("mental_health.contacts", "service_request_id", "62"),
            ("ssda903.episodes", "child_id", "99"),
            ("ssda903.reviews", "child_id", "99"),
            ("ssda903.oc2", "child_id", "99"),
            ("ssda903.missing", "child_id", "99"),
            ("ssda903.oc3", "child_id", "99"),
            ("cin_census.assessments", "child_id", "99"),
            ("cin_census.section47", "child_id", "99"),
            ("cin_census.plans", "child_id", "99"),
        )
    },
    "assessment.assessment_outcome_date.before_request": (
        "sen2.assessment", "warning",
        {"sen2.assessment": {"assessment_outcome_date": "2024-Jan-31 00:00:00"}},
    ),
    "namedplan.start_date.before_request": (
        "sen2.namedplan", "warning", {"sen2.namedplan": {"start_date": "2024-Jan-31 00:00:00"}},
    ),
    "person.person_table_id.no_request": (
        "sen2.person", "warning", {"sen2.requests": {"person_table_id": "12"}},
    ),
    "requests.received_date.age": (
        "sen2.requests", "warning", {"sen2.person": {"date_of_birth": "2024-Feb-02 00:00:00"}},
    ),
    "assessment.requests_table_id.no_assessment": (
        "sen2.assessment", "warning", {"sen2.assessment": {"assessment_outcome": "H"}},
    ),
    "namedplan.start_date.age": (
        "sen2.namedplan", "warning", {"sen2.person": {"date_of_birth": "1998-Jun-01 00:00:00"}},
    ),
    "namedplan.start_date.before_assessment": (
        "sen2.namedplan", "warning", {"sen2.namedplan": {"start_date": "2024-Apr-30 00:00:00"}},
    ),
    "namedplan.assessment_table_id.no_plan": (
        "sen2.namedplan", "warning", {"sen2.assessment": {"assessment_outcome": "N"}},
    ),
    "activeplans.requests_table_id.no_plan": (
        "sen2.activeplans", "warning", {"sen2.requests": {"request_outcome": "W"}},
    ),
    "activeplans.requests_table_id.not_issued": (
        "sen2.activeplans", "warning", {"sen2.namedplan": {"assessment_table_id": "32"}},
    ),
    "activeplans.sen_type.absent": (
        "sen2.activeplans", "warning", {"sen2.senneed": {"sen_type_rank": "2"}},
    ),
    "activeplans.cease_date.active": (
        "sen2.activeplans", "warning",
        {"sen2.namedplan": {"cease_date": "2024-Dec-01 00:00:00", "cease_reason": "9"}},
    ),
    "exclusions.upn.not_on_roll": (
        "exclusions.exclusions", "warning", {"exclusions.exclusions": {"upn": OTHER_UPN}},
    ),
    "exclusions.date_of_birth.differs": (
        "exclusions.exclusions", "warning",
        {"exclusions.exclusions": {"date_of_birth": "15/03/2015"}},
    ),
    "contacts.care_contact_date.before_referral": (
        "mental_health.contacts", "error",
        {"mental_health.referrals": {"referral_received_date": "16/07/2024"}},
    ),
    "contacts.care_contact_date.after_discharge": (
        "mental_health.contacts", "warning",
        {"mental_health.referrals": {"service_discharge_date": "14/07/2024"}},
    ),
    "episodes.start_date.before_birth": (
        "ssda903.episodes", "error", {"ssda903.header": {"date_of_birth": "02/05/2024"}},
    ),
    "header.child_id.no_episode": (
        "ssda903.header", "warning", {"ssda903.episodes": {"child_id": "99"}},
    ),
    **{
        f"{table}.date_of_birth.differs": (
            f"ssda903.{table}", "warning",
            {"ssda903.header": {"date_of_birth": "15/03/2015"}, f"ssda903.{table}": {}},
        )
        for table in ("reviews", "oc2", "missing", "oc3")
    },
    **{
        f"{table}.referral_date.no_episode": (
            f"cin_census.{table}", "warning",
            {f"cin_census.{table}": {"referral_date": "2024-04-30"}},
        )
        for table in ("assessments", "section47", "plans")
    },
    "oc3.child_id.died_or_moved": (
        "ssda903.oc3", "warning", {"ssda903.episodes": {"end_reason": "E2"}, "ssda903.oc3": {}},
    ),
    "census.lsoa_code.coverage": (
        "school_census.census", "warning", {"school_census.census": {"lsoa_code": "E01900002"}},
    ),
    "census.school_urn.unknown": (
        "school_census.census", "warning", {"school_census.census": {"school_urn": "900009"}},
    ),
    "syoa.lsoa_code.unknown": (
        "population.syoa", "error", {"population.syoa": {"lsoa_code": "E01900002"}},
    ),
    "lsoa.lsoa_code.no_population": (
        "areas.lsoa", "warning", {"areas.lsoa": {"lsoa_code": "E01900002"}},
    ),
}  # fmt: skip


def test_files_that_agree_give_nothing_to_say() -> None:
    for name, judged in judge_together({}).items():
        assert judged.found == (), name
        assert len(judged.valid) == 1, name


@pytest.mark.parametrize("code", CROSS)
def test_a_rule_across_files_finds_the_row_that_breaks_it(code: str) -> None:
    name, severity, changes = CROSS[code]
    together = judge_together({table: [change] for table, change in changes.items()})
    assert (severity, code) in codes(together[name])
    assert (code in "".join(together[name].quarantined["reasons"])) == (severity == "error")


def test_every_rule_across_files_has_its_case() -> None:
    declared = set()
    for extract in registry().values():
        declared |= {f"{rule.table}.{rule.code}" for rule in extract.cross_rules}
        declared |= {f"{t.name}.{t.parent[1]}.orphan" for t in extract.tables if t.parent}
    # Tried in a file of their own.
    twice = {f"{table}.person_table_id.twice" for table in ("requests", "namedplan", "activeplans")}
    assert declared - twice == set(CROSS)

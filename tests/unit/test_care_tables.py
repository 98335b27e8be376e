"""What the return says of pupils in care and of care leavers, on made-up cases worked by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd

from jsna.measures.derive import derive
from tests.spec import world
from tests.unit.test_first_fruits import YEAR, Row, care, tables
from tests.unit.test_tables import linked, pupil

LONG = date(2020, 5, 1)


def leaver(person: str, activity: str | None, in_touch: str = "YES", period: str = YEAR) -> Row:
    said = {"in_touch": in_touch, "activity": activity, "accommodation": "U1"}
    return {"person_key": person, "period": period, "link": "none", "age": 19, **said}


def derived(name: str, given: dict[str, object]) -> pd.DataFrame:
    sent = [("ssda903", "2023/24"), ("ssda903", YEAR), ("sen2", "2025")]
    made = derive(given, world.configuration(deliveries=sent))  # type: ignore[arg-type]
    return made[name].to_pandas().set_index("person_key")


def test_a_care_leaver_is_in_education_training_or_employment_by_activity_alone() -> None:
    leavers = [
        leaver("studies", "P2"),
        leaver("apprentice", "F4"),
        leaver("formerly", "F3"),
        leaver("ill", "G4"),
        leaver("silent", "0", "NO"),
        leaver("not said", None),
        leaver("died", "0", "DIED"),
        leaver("home", "F2", "RHOM"),
        # Of a year for which there is no return of plans, nobody knows who had one.
        leaver("before", "F2", period="2023/24"),
    ]
    plans: list[Row] = [
        {"person_key": p, "period": "2025", "link": "spine", "age": 19} for p in ("studies", "ill")
    ]
    heads: list[Row] = [
        {"person_key": "studies", "period": YEAR, "link": "none", "sex": "M"},
        {"person_key": "ill", "period": YEAR, "link": "none", "sex": "F"},
    ]
    found = derived(
        "care_leaver",
        {
            "ssda903.oc3": linked("ssda903.oc3", leavers),
            "ssda903.header": linked("ssda903.header", heads),
            "sen2.activeplans": linked("sen2.activeplans", plans),
        },
    )
    assert found["occupied"].to_dict() == {
        "studies": True, "apprentice": True, "formerly": True, "ill": False, "silent": False,
        "not said": False,
    }  # fmt: skip
    assert found.index[found["ehc_plan"] == "with"].tolist() == ["ill", "studies"]
    assert found["sex"].dropna().to_dict() == {"studies": "M", "ill": "F"}
    assert set(found["period"]) == {"2025"}


def test_a_pupil_in_care_has_the_outcomes_of_the_year() -> None:
    given: dict[str, object] = {
        **tables(
            census=[pupil(p, sen_provision="E") for p in ("all", "low", "none", "new")],
            cares=[
                care("all", LONG),
                care("low", LONG),
                care("none", LONG),
                care("new", date(2024, 9, 1)),
            ],
        )
    }
    given["ssda903.oc2"] = linked(
        "ssda903.oc2",
        [
            {"person_key": "all", "period": YEAR, "sdq_score": 17, "health_assessment": True},
            {"person_key": "low", "period": YEAR, "sdq_score": 16},
            # Of another year, and of one not yet in care for twelve months.
            {"person_key": "none", "period": "2023/24", "sdq_score": 40},
            {"person_key": "new", "period": YEAR, "sdq_score": 40},
        ],
    )
    gone = {"period": YEAR, "missing_start": date(2024, 6, 1)}
    given["ssda903.missing"] = linked(
        "ssda903.missing", [{"person_key": "low", **gone}, {"person_key": "low", **gone}]
    )
    found = derived("roll_looked_after", given)
    flags = ["recorded", "assessed", "scored", "high_score", "went_missing"]
    assert {person: row.tolist() for person, row in found[flags].iterrows()} == {
        "all": [True, True, True, True, False],
        "low": [True, False, True, False, True],
        "none": [False, False, False, False, False],
        # In care for less than a year, with a record all the same: in no figure.
        "new": [True, False, True, True, False],
    }
    assert found.index[found["twelve_months"]].tolist() == ["all", "low", "none"]


def test_a_pupil_with_an_enquiry_of_the_year_is_counted_in_years_that_have_enquiries() -> None:
    said = {"link": "number", "referral_date": date(2024, 1, 2)}
    enquiries: list[Row] = [
        {"person_key": "a", "period": YEAR, "enquiry_start": date(2024, 5, 1), **said},
        {"person_key": "a", "period": YEAR, "enquiry_start": date(2024, 9, 1), **said},
        # Begun before the year whose return still shows it.
        {"person_key": "b", "period": YEAR, "enquiry_start": date(2024, 3, 31), **said},
    ]
    given: dict[str, object] = {**tables()}
    made = world.configuration(deliveries=[("cin_census", "2023/24"), ("cin_census", YEAR)])
    assert "roll_enquired" not in derive(given, made)  # type: ignore[arg-type]
    given["cin_census.section47"] = linked("cin_census.section47", enquiries)
    found = derive(given, made)["roll_enquired"].to_pandas()  # type: ignore[arg-type]
    assert found.set_index("person_key")["enquiry"].to_dict() == {"a": True, "b": False, "c": False}
    # The year before came without the table: a gap.
    assert set(found["period"]) == {YEAR}

"""What linkage is for: pupils with what health and social care say of them, on made-up cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
import pyarrow as pa
import pytest

from jsna.disclosure.ledger.entries import linked_tables
from jsna.disclosure.protect import protect
from jsna.measures.derive import derive
from jsna.measures.engine import measure
from tests.spec import world
from tests.unit.test_tables import PLACES, linked, pupil

Row = dict[str, object]
YEAR = "2024/25"
SERVICES = ("mental_health", "community", "cin_census")
CENSUS = [
    pupil("a", sen_provision="K", primary_need="SEMH"),
    pupil("b", sen_provision="E", primary_need="ASD"),
    pupil("c"),
    pupil("old", "2024"),
]


def known(person: str, **said: object) -> Row:
    """A row that a service has of a child, linked by number."""
    return {"person_key": person, "period": YEAR, "link": "number", "age": 9, **said}


def resident(person: str, **said: object) -> Row:
    """One that says where a girl lives."""
    return known(person, **{"sex": "F", "lsoa_code": "E01000001", **said})


def referral(person: str, number: str, **said: object) -> Row:
    return resident(person, link="pass", service_request_id=number, **said)


def contact(person: str, number: str, attendance: str) -> Row:
    own = {"care_contact_id": f"{number} {attendance}", "attendance": attendance}
    return {"person_key": person, "period": YEAR, "service_request_id": number, **own}


def need(person: str, began: date, **said: object) -> Row:
    return resident(person, referral_date=began, **said)


def care(
    person: str, began: date, reason: str | None = "S", status: str = "C2", **said: object
) -> Row:
    own = {"start_date": began, "new_episode_reason": reason, "legal_status": status}
    return known(person, **own, **said)


def tables(
    *,
    census: Sequence[Row] = CENSUS,
    referrals: Sequence[Row] = (),
    contacts: Sequence[Row] = (),
    community: Sequence[Row] = (),
    needs: Sequence[Row] = (),
    cares: Sequence[Row] = (),
    measured: Sequence[Row] = (),
) -> dict[str, pa.Table]:
    """Linked tables of all extracts; those left out are there without a row."""
    children = sorted({str(row["person_key"]) for row in cares})
    headers: list[Row] = [
        {"person_key": child, "period": YEAR, "link": "number", "sex": "M"} for child in children
    ]
    rows = {
        "school_census.census": census,
        "mental_health.referrals": referrals,
        "mental_health.contacts": contacts,
        "community.referrals": community,
        "cin_census.episodes": needs,
        "ssda903.header": headers,
        "ssda903.episodes": cares,
        "ssda903.oc2": (),
        "ssda903.missing": (),
        "ncmp.measurements": measured,
    }
    return {"areas.lsoa": PLACES, **{name: linked(name, list(r)) for name, r in rows.items()}}


def derived(
    given: dict[str, pa.Table], name: str, sent: Sequence[tuple[str, str]] = ()
) -> pd.DataFrame:
    """An analysis table of an edition to which the named deliveries were sent."""
    found: pd.DataFrame = derive(given, world.configuration(deliveries=sent))[name].to_pandas()
    return found


def all_sent(period: str = YEAR) -> list[tuple[str, str]]:
    return [(name, period) for name in SERVICES]


def test_a_measured_child_has_the_sen_of_the_january_within_the_school_year() -> None:
    measured: list[Row] = [
        {"person_key": p, "period": period, "school_year": "R", "weight_category": "healthy"}
        for p, period in [("a", YEAR), ("c", YEAR), ("old", YEAR), ("nobody", YEAR)]
    ]
    found = derived(tables(measured=measured), "ncmp").set_index("person_key")
    assert found["sen_provision"].dropna().to_dict() == {"a": "K", "c": "N"}
    assert found["primary_need"].dropna().to_dict() == {"a": "SEMH"}
    # On the roll of another January only, or on none: counted, and in no group of SEN.
    assert {"old", "nobody"} <= set(found.index)


def test_without_a_census_measured_children_are_counted_without_sen() -> None:
    given = tables(measured=[{"person_key": "a", "period": YEAR, "school_year": "6"}])
    del given["school_census.census"]
    found = derived(given, "ncmp")
    assert found["school_year"].tolist() == ["6"]
    assert found["sen_provision"].isna().all()
    assert "cohort" not in derive(given, world.configuration(deliveries=all_sent()))


def test_a_year_that_tells_no_sen_is_a_gap_and_not_a_year_of_noughts() -> None:
    measured: list[Row] = [
        {"person_key": "a", "period": p, "school_year": "R", "weight_category": "obese"}
        for p in ("2022/23", YEAR)
    ]
    config = world.configuration()
    made = derive(tables(measured=measured), config)
    rows = measure({"ncmp": made["ncmp"]}, [config.indicators["ncmp_obesity_reception"]], config)
    assert set(rows.loc[rows["breakdown"] == "sen_provision", "period"]) == {YEAR}
    assert set(rows.loc[rows["breakdown"] == "total", "period"]) == {"2022/23", YEAR}


def test_a_child_is_seen_by_an_attended_contact_alone_and_once() -> None:
    given = tables(
        referrals=[
            referral("a", "1"),
            referral("a", "2", lsoa_code="E01000002"),
            referral("b", "3"),
            referral("c", "4"),
            referral("far", "5", lsoa_code="E01999999"),
            referral("homeless", "6", lsoa_code=None),
        ],
        contacts=[
            contact("a", "1", "5"),
            contact("a", "2", "6"),
            contact("b", "3", "3"),  # did not attend
            contact("far", "5", "5"),
            contact("homeless", "6", "5"),
        ],
    )
    found = derived(given, "mental_health").set_index("person_key")
    assert sorted(found.index) == ["a", "homeless"]
    # As the later of two referrals has it.
    assert found["locality_code"].dropna().to_dict() == {"a": world.EAST}
    assert found["link"].tolist() == ["pass", "pass"]


def test_a_child_is_in_need_on_31_march_while_an_episode_is_open() -> None:
    last = date(2025, 3, 31)
    episodes = [
        need("open", date(2024, 5, 1)),
        need("open", date(2024, 9, 1), closure_date=date(2024, 10, 1)),
        need("closed", date(2024, 5, 1), closure_date=date(2024, 8, 1)),
        need("closed that day", date(2024, 5, 1), closure_date=last),
        need("no action", date(2025, 3, 1), referral_nfa=True),
        need("unborn", last, age=None, sex=None, lsoa_code=None),
        need("plan", date(2024, 5, 1), cpp_start_date=date(2024, 6, 1)),
        need("plan over", date(2024, 5, 1), cpp_start_date=date(2024, 6, 1), cpp_end_date=last),
        need("far", date(2024, 5, 1), lsoa_code="E01999999"),
    ]
    found = derived(tables(needs=episodes), "child_in_need").set_index("person_key")
    # The department counts whose case the authority holds, wherever they live.
    assert sorted(found.index) == ["far", "open", "plan", "plan over", "unborn"]
    assert found["locality_code"].dropna().index.tolist() == ["open", "plan", "plan over"]
    assert set(found["period"]) == {"2025"}
    assert found.index[found["protection_plan"]].tolist() == ["plan"]


def test_a_child_is_looked_after_for_twelve_months_from_the_first_of_april() -> None:
    episodes = [
        care("year", date(2024, 4, 1)),
        care("since", date(2024, 4, 2)),
        care("moved", date(2020, 1, 1), "P", end_date=date(2024, 9, 1)),
        care("moved", date(2024, 9, 1), "P"),
        care("back", date(2020, 1, 1), end_date=date(2024, 6, 1)),
        care("back", date(2024, 8, 1)),
        care("left", date(2020, 1, 1), end_date=date(2025, 3, 31)),
        care("break", date(2020, 1, 1), status="V4"),
        care("no reason", date(2024, 9, 1), None),
    ]
    found = derived(tables(cares=episodes), "looked_after").set_index("person_key")
    assert sorted(found.index) == ["back", "moved", "no reason", "since", "year"]
    assert found.index[found["twelve_months"]].tolist() == ["moved", "year"]


def test_a_year_of_one_service_is_a_roll_of_its_own() -> None:
    given = tables(
        referrals=[referral("a", "1")],
        contacts=[contact("a", "1", "5")],
        needs=[need("b", date(2024, 5, 1))],
    )
    sent = [("cin_census", "2023/24"), ("cin_census", YEAR), ("mental_health", YEAR)]
    seen = derived(given, "roll_mental_health", sent)
    assert seen["person_key"].tolist() == ["a", "b", "c"]
    assert seen["mh_contact"].tolist() == [True, False, False]
    in_need = derived(given, "roll_in_need", sent)
    # Nobody in need in a year for which a file came is nobody; no file is no year.
    assert in_need["period"].value_counts().to_dict() == {"2024": 1, "2025": 3}
    assert in_need.loc[in_need["in_need"], "person_key"].tolist() == ["b"]
    assert derived(given, "roll_looked_after", sent).empty
    assert derived(given, "cohort", sent).empty


def test_the_services_that_know_a_pupil() -> None:
    given = tables(
        census=[pupil(p) for p in ("health", "waiting", "care", "both", "none")],
        referrals=[referral("health", "1"), referral("none", "2"), referral("both", "3")],
        contacts=[
            contact("health", "1", "5"),
            contact("none", "2", "7"),
            contact("both", "3", "6"),
        ],
        community=[referral("waiting", "9")],
        needs=[need("care", date(2024, 5, 1)), need("both", date(2024, 5, 1))],
    )
    found = derived(given, "cohort", all_sent()).set_index("person_key")
    assert found["services"].to_dict() == {
        "both": "both",
        "care": "care",
        "health": "health",
        "none": "neither",
        "waiting": "health",
    }
    assert set(found["period"]) == {YEAR}


PROFILES = {
    "mental_health": "mhsds",
    "community": "mhsds",
    "cin_census": "children_in_need",
    "ssda903": "children_in_need",
}


def pupils(table: str, **groups: tuple[int, Row]) -> pd.DataFrame:
    """So many rows of each group, every one a pupil of their own."""
    rows = [
        {"person_key": f"{name} {at}", "sen_provision": "N", **columns}
        for name, (count, columns) in groups.items()
        for at in range(count)
    ]
    return world.filled(table, pd.DataFrame(rows))


def safe(given: dict[str, pd.DataFrame], *indicators: str) -> dict[tuple[str, str], Row]:
    """Protected measures of the indicators, by indicator and category."""
    config = world.configuration(profiles=PROFILES)
    rows = measure(given, [config.indicators[name] for name in indicators], config)
    found = protect(rows, config).safe
    keys = zip(found["indicator"], found["category"], strict=True)
    return {key: dict(row) for key, (_, row) in zip(keys, found.iterrows(), strict=True)}


def roll(seen: int, unseen: int) -> dict[str, pd.DataFrame]:
    return {
        table: pupils(
            table,
            seen=(seen, {"mh_contact": True, "period": period}),
            unseen=(unseen, {"mh_contact": False, "period": period}),
        )
        for table, period in (("pupil", "2025"), ("roll_mental_health", YEAR))
    }


def test_pupils_of_the_census_are_not_rounded_because_health_is_divided_by_them() -> None:
    found = safe(roll(33, 70), "pupils", "pupils_mental_health")
    whole = found["pupils", "total"]
    part = found["pupils_mental_health", "N"]
    assert whole["numerator"] == 103
    assert part["denominator"] == 103
    assert part["numerator"] == 35
    assert part["value"] == pytest.approx(100 * 35 / 103)


def test_a_count_of_everyone_is_not_rounded_above_everyone() -> None:
    part = safe(roll(33, 0), "pupils_mental_health")["pupils_mental_health", "N"]
    assert (part["numerator"], part["denominator"], part["value"]) == (33, 33, 100)


def test_those_known_to_community_services_alone_are_not_given_away() -> None:
    # 42 by health, 40 of them seen for their mental health: 2 are known to community services.
    groups: dict[str, tuple[int, bool, bool, str]] = {
        "seen": (40, True, False, "health"),
        "waiting": (2, False, True, "health"),
        "neither": (200, False, False, "neither"),
        "care": (20, False, False, "care"),
        "both": (20, True, False, "both"),
    }
    cohort = pupils(
        "cohort",
        **{
            name: (n, {"period": YEAR, "mh_contact": mh, "community": com, "services": services})
            for name, (n, mh, com, services) in groups.items()
        },
    )
    given = {"cohort": cohort, "roll_mental_health": world.filled("roll_mental_health", cohort)}
    config = world.configuration(profiles=PROFILES)
    names = ["pupils_by_service", "pupils_mental_health"]
    rows = measure(given, [config.indicators[name] for name in names], config)
    made = linked_tables(rows, config)
    left = [v for v, derived in zip(made.value, made.derived, strict=True) if derived and v == 2]
    assert left
    found = protect(rows, config).safe.set_index(["indicator", "breakdown", "category"])
    told = [
        ("pupils_mental_health", "total", "total"),
        ("pupils_by_service", "services", "health"),
        ("pupils_by_service", "services", "both"),
    ]
    assert any(found.loc[key, "status"] == "c" for key in told)


def test_a_year_without_permission_for_one_service_has_no_joint_cohort() -> None:
    given = tables()
    del given["community.referrals"]
    made = derive(given, world.configuration(deliveries=all_sent()))
    assert "cohort" not in made
    assert made["roll_in_need"].num_rows == 3

"""Analysis tables from linked rows, each rule on a case made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd
import pyarrow as pa
import pytest

from jsna.linkage.passing import _kept
from jsna.measures.derive import derive
from jsna.sources import registry
from jsna.tables.catalogue import CATALOGUE
from jsna.tables.quality import record
from tests.spec import world

CONFIG = world.configuration()
#: Columns of other types are text.
TYPES = {"integer": pa.int64(), "number": pa.float64(), "date": pa.date32(), "boolean": pa.bool_()}


def linked(name: str, rows: list[dict[str, object]]) -> pa.Table:
    """Rows of a linked table with all the columns that linkage passes on."""
    extract, table = name.split(".")
    declared = registry()[extract].table(table)
    fields = [("period", pa.string())]
    if registry()[extract].person_level:
        fields += [("person_key", pa.string()), ("link", pa.string()), ("age", pa.int64())]
        fields += [("lsoa_code", pa.string())]
    fields += [
        (field, TYPES.get(declared.column(field).type, pa.string())) for field in _kept(declared)
    ]
    fields += [(c.age_field, pa.int64()) for c in declared.columns if c.aged]
    schema = pa.schema(fields)
    for row in rows:
        assert set(row) <= set(schema.names), f"{name} passes no {set(row) - set(schema.names)}"
    return pa.Table.from_pylist(
        [{field: row.get(field) for field in schema.names} for row in rows], schema=schema
    )


def areas(*lsoas: tuple[str, str, int]) -> pa.Table:
    return linked(
        "areas.lsoa",
        [
            {
                "period": "2025",
                "lsoa_code": code,
                "district_code": district,
                "ward_code": "E05900001",
                "authority_code": world.AREA if district.startswith("E0700095") else "E06000999",
                "imd_rank": decile * 3000,
                "imd_decile": decile,
                "idaci_rank": decile * 3000,
                "idaci_decile": decile,
            }
            for code, district, decile in lsoas
        ],
    )


PLACES = areas(("E01000001", world.WEST, 1), ("E01000002", world.EAST, 10), ("E01000009", "X", 5))


def given(**rows: list[dict[str, object]]) -> dict[str, pa.Table]:
    """Linked tables of these rows (`extract__table`), beside the areas."""
    named = {name.replace("__", ".", 1): own for name, own in rows.items()}
    return {"areas.lsoa": PLACES, **{name: linked(name, own) for name, own in named.items()}}


def made(tables: Mapping[str, pa.Table], name: str) -> pd.DataFrame:
    return derive(tables, CONFIG)[name].to_pandas()


def pupil(person: str, period: str = "2025", **other: object) -> dict[str, object]:
    return {
        "person_key": person,
        "period": period,
        "age": 9,
        "lsoa_code": "E01000001",
        "school_urn": "900001",
        "enrol_status": "C",
        "year_group": "4",
        "sen_provision": "N",
        "sex": "F",
        **other,
    }


def test_the_roll_is_sole_and_main_registrations_once_each() -> None:
    census = [
        pupil("a"),
        pupil("b", enrol_status="M"),
        pupil("b", enrol_status="S", school_urn="900002"),
        pupil("c", enrol_status="G"),
        pupil("d", school_urn="900002"),
        pupil("d", school_urn="900001"),
        pupil("e", sen_provision="N", primary_need="ASD"),
        pupil("f", sen_provision="K", primary_need="ASD", lsoa_code="E01000009"),
    ]
    found = made(given(school_census__census=census), "pupil").set_index("person_key")
    assert list(found.index) == ["a", "b", "d", "e", "f"]
    assert found.loc["d", "school_urn"] == "900001"
    assert found["primary_need"].dropna().to_dict() == {"f": "ASD"}
    # One who lives elsewhere attends here: on the roll, in no place of the area.
    assert found.loc["f", ["lsoa_code", "locality_code", "imd_decile"]].isna().all()
    assert found.loc["a", ["locality_code", "imd_decile", "imd_quintile"]].tolist() == [
        world.WEST,
        "1",
        "1",
    ]
    assert found.loc["a", "age_group"] == "5-10"


def test_a_suspended_pupil_has_the_facts_of_that_years_january() -> None:
    census = [
        pupil("a", "2024", sen_provision="K", primary_need="SEMH"),
        pupil("a", "2025", sen_provision="E", primary_need="SEMH"),
        pupil("b", "2024", phase="primary"),
        pupil("c", "2024", phase="alternative_provision", school_urn="900009"),
        # Registered at a second school that has no pupil of its own.
        pupil("b", "2024", phase="nursery", school_urn="900008", enrol_status="S"),
        pupil("d", "2024", phase=None, school_urn="900007"),
    ]
    schools = {"b": "900008", "c": "900009", "d": "900007"}
    events = [
        {"period": "2023/24", "person_key": p, "category": c, "sex": "F", "reason_1": r,
         "reason_2": s, "start_date": date(2023, 11, 3), "sessions": 2,
         "school_urn": schools.get(p, "900001"), "sen_provision_at_event": "E"}
        for p, c, r, s in [("a", "SUSP", "DB", "PP"), ("z", "SUSP", "PA", None),
                           ("b", "PERM", "PA", None), ("c", "SUSP", "PP", None),
                           ("b", "SUSP", "PA", None), ("d", "SUSP", "PA", None)]
    ]  # fmt: skip
    tables = given(school_census__census=census, exclusions__exclusions=events)
    suspended = made(tables, "suspension").set_index("person_key")
    assert suspended.loc["a", ["sen_provision", "primary_need"]].tolist() == ["K", "SEMH"]
    # The national rates leave out what happens in nursery schools and alternative provision; a
    # school nobody says the phase of is counted.
    assert suspended["headline"].to_dict() == {
        "a": True, "b": False, "c": False, "d": True, "z": True,
    }  # fmt: skip
    # Not on the roll: in the total, in no category.
    assert suspended.loc["z", ["sen_provision", "locality_code"]].isna().all()
    assert made(tables, "permanent_exclusion")["person_key"].tolist() == ["b"]
    reasons = made(tables, "exclusion_reason")
    assert sorted(zip(reasons["category"], reasons["reason"], strict=True)) == [
        ("PERM", "PA"), ("SUSP", "DB"), *[("SUSP", "PA")] * 3, ("SUSP", "PP"), ("SUSP", "PP"),
    ]  # fmt: skip
    roll = made(tables, "roll")
    # January 2025 belongs to a year whose exclusions were not received.
    assert set(roll["period"]) == {"2023/24"}
    assert roll.set_index("person_key")[["headline", "suspended"]].to_dict("index") == {
        "a": {"headline": True, "suspended": True},
        "b": {"headline": True, "suspended": False},
        "c": {"headline": False, "suspended": False},
        "d": {"headline": True, "suspended": True},
    }


def case(number: int, **other: object) -> dict[str, dict[str, object]]:
    """The rows of one child in each SEN2 module, by module."""
    at = {"period": "2025", "person_key": f"p{number}", "age": 9, "lsoa_code": "E01000001"}
    rows: dict[str, dict[str, object]] = {
        "person": {**at, "person_table_id": f"{number}", "sex": "M"},
        "requests": {**at, "person_table_id": f"{number}", "requests_table_id": f"r{number}",
                     "received_date": date(2024, 1, 10), "age_at_received_date": 4,
                     "request_outcome": "Y",
                     "request_outcome_date": date(2024, 2, 21)},
        "assessment": {**at, "requests_table_id": f"r{number}", "assessment_table_id": f"s{number}",
                       "assessment_outcome": "Y", "week_20_exception": False},
        "namedplan": {**at, "assessment_table_id": f"s{number}", "namedplan_table_id": f"n{number}",
                      "start_date": date(2024, 5, 29), "age_at_start_date": 4,
                      "age_at_cease_date": 16},
        "activeplans": {**at, "requests_table_id": f"r{number}",
                        "activeplans_table_id": f"a{number}"},
        "placementdetail": {**at, "activeplans_table_id": f"a{number}", "placement_rank": 1,
                            "entry_date": date(2024, 9, 1), "school_urn": "900001"},
        "senneed": {**at, "activeplans_table_id": f"a{number}", "sen_type": "ASD",
                    "sen_type_rank": 1},
    }  # fmt: skip
    for name, value in other.items():
        module, field = name.split("__")
        rows[module][field] = value
    return rows


def sen2(*cases: dict[str, dict[str, object]]) -> dict[str, pa.Table]:
    modules = {f"sen2__{module}": [c[module] for c in cases if module in c] for module in case(0)}
    schools = [
        {"period": "2025", "school_urn": urn, "old_la_code": la, "establishment_type": kind,
         "ukprn": ukprn}
        for urn, la, kind, ukprn in [
            ("900001", "990", "01", None), ("900002", "990", "44", None),
            ("900007", "990", "15", None),
            ("900003", "991", "10", None), ("900004", "991", "08", None),
            ("900005", "990", "18", "10000001"), ("900006", "991", "32", "10000002"),
        ]
    ]  # fmt: skip
    return given(schools__school=schools, **modules)


SETTINGS = [
    ({}, "mainstream", "in_area", "state"),
    ({"sen_unit": True}, "sen_unit", "in_area", "state"),
    ({"resourced_provision": True}, "resourced_provision", "in_area", "state"),
    ({"school_urn": "900007"}, "mainstream", "in_area", "state"),  # a maintained nursery school
    ({"school_urn": "900002"}, "special", "in_area", "state"),
    ({"school_urn": "900003"}, "independent_special", "out_of_area", "independent"),
    ({"school_urn": "900004"}, "non_maintained_special", "out_of_area", "non_maintained"),
    ({"school_urn": "900005"}, "fe", "not_in_school", "other"),
    ({"school_urn": None, "ukprn": "10000002"}, "spi", "not_in_school", "other"),
    ({"school_urn": None, "ukprn": "10000003"}, "fe", "not_in_school", "other"),
    ({"school_urn": None, "sen_setting": "EHE"}, "ehe", "not_in_school", "other"),
    ({"school_urn": None, "sen_setting": "OLA"}, "eotas", "not_in_school", "other"),
    ({"school_urn": None, "sen_setting": "OPA"}, "eotas", "not_in_school", "other"),
    ({"school_urn": None, "sen_setting": "EYP"}, "early_years", "not_in_school", "other"),
    ({"school_urn": None, "sen_setting": "NIEC"}, "not_in_education", "not_in_school", "other"),
    ({"school_urn": None, "sen_setting": "NIEO"}, "not_in_education", "not_in_school", "other"),
    ({"school_urn": "999999"}, "unknown", "unknown", "other"),
    ({"school_urn": None}, "unknown", "unknown", "other"),
    ({"leaving_date": date(2024, 12, 20)}, "unknown", "unknown", "other"),
    ({"leaving_date": date(2025, 7, 20)}, "mainstream", "in_area", "state"),
]


@pytest.mark.parametrize(("placed", "setting", "placement", "sector"), SETTINGS)
def test_setting_and_place_of_a_plan(
    placed: dict[str, object], setting: str, placement: str, sector: str
) -> None:
    rows = case(1, **{f"placementdetail__{field}": value for field, value in placed.items()})
    found = made(sen2(rows), "plan")
    assert found[["setting", "placement", "sector"]].values.tolist() == [
        [setting, placement, sector]
    ]


def test_each_plan_is_one_row_however_many_placements_and_needs() -> None:
    second = case(1, placementdetail__placement_rank=2, placementdetail__school_urn="900003",
                  senneed__sen_type_rank=2, senneed__sen_type="SLCN")  # fmt: skip
    other = {module: second[module] for module in ("placementdetail", "senneed")}
    young = case(2, person__sex="F", activeplans__age=2, activeplans__lsoa_code="E01000009",
                 placementdetail__residential="B")  # fmt: skip
    found = made(sen2(case(1), other, young), "plan").set_index("person_key")
    assert found["primary_need"].to_dict() == {"p1": "ASD", "p2": "ASD"}
    assert found["setting"].to_dict() == {"p1": "mainstream", "p2": "mainstream"}
    assert found["resident"].to_dict() == {"p1": True, "p2": False}
    assert found["residential"].to_dict() == {"p1": "none", "p2": "B"}
    assert found["age_group"].to_dict() == {"p1": "5-10", "p2": "0-4"}
    assert found["sex"].to_dict() == {"p1": "M", "p2": "F"}


def test_without_a_register_the_schools_of_the_census_are_the_area() -> None:
    tables = sen2(case(1), case(2, placementdetail__school_urn="900003"))
    del tables["schools.school"]
    census = [pupil("x", phase="special", school_type="maintained")]
    tables["school_census.census"] = linked("school_census.census", census)
    found = made(tables, "plan").set_index("person_key")
    assert found["setting"].to_dict() == {"p1": "special", "p2": "unknown"}
    assert found["placement"].to_dict() == {"p1": "in_area", "p2": "unknown"}


def test_six_weeks_and_twenty_weeks_are_counted_in_days() -> None:
    tables = sen2(
        case(1),  # 42 days to the decision, 140 to the plan: within both
        case(2, requests__request_outcome_date=date(2024, 2, 22),
             namedplan__start_date=date(2024, 5, 30)),
        case(3, requests__received_date=None, assessment__week_20_exception=True),
        case(4, requests__request_outcome="A", requests__request_outcome_date=None,
             namedplan__start_date=date(2023, 12, 1)),
        case(5, requests__received_date=date(2023, 9, 1), requests__request_outcome="N"),
        # Open, and six weeks old on census day, 16 January 2025; and a day older.
        case(6, requests__received_date=date(2024, 12, 5), requests__request_outcome="A",
             requests__request_outcome_date=None, namedplan__start_date=date(2023, 12, 1)),
        case(7, requests__received_date=date(2024, 12, 4), requests__request_outcome="A",
             requests__request_outcome_date=None, namedplan__start_date=date(2023, 12, 1)),
        case(8, requests__request_outcome="W", namedplan__start_date=date(2023, 12, 1)),
        # Moved in from another authority.
        case(9, requests__received_date=date(2023, 9, 1), activeplans__transfer_la="991"),
    )  # fmt: skip
    requests = made(tables, "request").set_index("person_key")
    # Those received in other years, or on no known day, are not requests of 2024.
    assert list(requests.index) == ["p1", "p2", "p4", "p6", "p7", "p8"]
    assert set(requests["period"]) == {"2024"}
    due = requests[requests["decision_due"]]
    assert due["within_6_weeks"].to_dict() == {"p1": True, "p2": False, "p4": False, "p7": False}
    assert requests["outcome"].tolist() == ["assess", "assess", "none", "none", "none", "withdrawn"]
    assert set(requests["age_group"]) == {"0-4"}  # nine in January, four when it was received
    plans = made(tables, "new_plan").set_index("person_key")
    assert list(plans.index) == ["p1", "p2", "p3", "p5"]
    assert plans["within_20_weeks"].to_dict() == {"p1": True, "p2": False, "p3": None, "p5": False}
    assert plans["exception"].to_dict() == {"p1": False, "p2": False, "p3": True, "p5": False}
    assert plans["primary_need"].tolist() == ["ASD"] * 4
    assert set(plans["age_group"]) == {"0-4"}


def test_a_plan_that_has_ceased_is_not_in_force_though_it_is_listed() -> None:
    """An export may list plans that ceased in the year, and say whence they came."""
    tables = sen2(
        case(1),
        case(2, namedplan__cease_date=date(2024, 8, 31), namedplan__cease_reason="5",
             activeplans__transfer_la="888"),
        case(3, namedplan__cease_date=date(2025, 1, 16)),
    )  # fmt: skip
    # On census day itself a plan is maintained still.
    assert made(tables, "plan")["person_key"].tolist() == ["p1", "p3"]
    assert made(tables, "ceased_plan")["person_key"].tolist() == ["p2"]
    # Moved in and ceased before January: its row says that it was not issued here.
    assert "p2" not in made(tables, "new_plan")["person_key"].tolist()


def test_a_plan_ceased_in_the_year_is_counted_with_its_reason() -> None:
    tables = sen2(
        case(1, namedplan__cease_date=date(2024, 8, 31), namedplan__cease_reason="3"),
        case(2, namedplan__cease_date=date(2023, 8, 31), namedplan__cease_reason="1"),
        case(3),
    )
    found = made(tables, "ceased_plan")
    assert found[["person_key", "period", "cease_reason", "age_group"]].values.tolist() == [
        ["p1", "2024", "3", "16-19"]
    ]


def test_measured_children_known_to_live_elsewhere_are_left_out() -> None:
    rows = [
        {"period": "2023/24", "person_key": key, "lsoa_code": lsoa, "school_year": "R"}
        for key, lsoa in (("a", "E01000002"), ("b", None), ("c", "E01000009"))
    ]
    found = made(given(ncmp__measurements=rows), "ncmp")
    assert found["person_key"].tolist() == ["a", "b"]
    assert found["imd_decile"].fillna("none").tolist() == ["10", "none"]


def test_areas_and_residents_are_those_of_the_authority() -> None:
    people = [
        {"period": "2024", "lsoa_code": lsoa, "year": 2024, "sex": "F", "age": age, "people": 7}
        for lsoa in ("E01000001", "E01000009")
        for age in (3, 26)
    ]
    tables = given(population__syoa=people)
    assert made(tables, "lsoa")["lsoa_code"].tolist() == ["E01000001", "E01000002"]
    found = made(tables, "population")
    assert found["age_group"].fillna("none").tolist() == ["0-4", "none"]
    assert set(found["locality_code"]) == {world.WEST}


def test_official_reference_tables_stand_where_no_extract_does() -> None:
    reference = derive(given(), CONFIG)["lsoa"]
    assert derive({}, CONFIG, {"lsoa": reference})["lsoa"].equals(reference)
    assert derive({}, CONFIG) == {}
    other = areas(("E01000001", world.WEST, 3))
    found = derive({"areas.lsoa": other}, CONFIG, {"lsoa": reference})["lsoa"]
    assert found.num_rows == 1


def test_tables_have_the_declared_columns_whatever_the_order_of_the_rows() -> None:
    census = [pupil(key) for key in "abcdef"]
    one, two = (
        derive(given(school_census__census=rows), CONFIG)["pupil"]
        for rows in (census, census[::-1])
    )
    assert one.equals(two)
    assert one.column_names == list(CATALOGUE["pupil"].columns)
    identifiers = {"upn", "forename", "surname", "date_of_birth", "postcode", "nhs_number", "uln"}
    for table in CATALOGUE.values():
        assert not identifiers & set(table.columns)


def test_records_are_counted_for_the_edition() -> None:
    rows = [("2023/24", 10, 9, 1, "received"), ("2022/23", 0, 0, 0, "not received")]
    counts = ["rows_received", "rows_valid", "rows_quarantined"]
    quality = pd.DataFrame(rows, columns=["period", *counts, "status"])
    quality = quality.assign(extract="ncmp", table="measurements")
    # A look-up that others are filled by and that is left behind has no records to tell of.
    look_up = pd.DataFrame([("2025", 0, 0, 0, "received")], columns=["period", *counts, "status"])
    look_up = look_up.assign(extract="postcodes", table="postcode")
    found = record(pd.concat([quality, look_up], ignore_index=True), CONFIG)
    assert found[["period", "delivery_period", "rows_received"]].values.tolist() == [
        ["2025", "2023/24", 10]
    ]

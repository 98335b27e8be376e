"""One person has one truth in every extract, and the pieces of a return fit together."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.unit.synthetic_support import ONE_WORKER, middling, module, roll, small

pytestmark = ONE_WORKER

IDENTITY = ["surname", "forename", "date_of_birth", "sex"]


def same_people(left: pd.DataFrame, right: pd.DataFrame, fields: list[str], key: str) -> int:
    """Rows of people in both; fails where one of them differs."""
    both = left.drop_duplicates(key).merge(right.drop_duplicates(key), on=key, suffixes=("", "_2"))
    for field in fields:
        assert (both[field] == both[f"{field}_2"]).all(), field
    return len(both)


def test_a_pupil_is_the_same_every_january() -> None:
    world = middling()
    fields = [*IDENTITY, "ethnicity", "postcode", "lsoa_code"]
    stayed = same_people(roll(world, 2024), roll(world, 2025), fields, "upn")
    # Thirteen of fourteen year groups stay, less those who move.
    assert 0.85 * 40_000 < stayed < 0.95 * 40_000


def test_sen2_and_census_agree_about_a_child() -> None:
    world = middling()
    persons = world["sen2.person/2025"]
    census = world["school_census.census/2025"]
    fields = [*IDENTITY, "ethnicity", "postcode", "lsoa_code"]
    assert same_people(persons[persons["upn"].notna()], census, fields, "upn") > 1_500


def test_exclusions_are_of_pupils_on_the_roll_of_that_year() -> None:
    world = middling()
    for period, january in (("2022/23", 2023), ("2023/24", 2024), ("2024/25", 2025)):
        events = world[f"exclusions.exclusions/{period}"]
        pupils = roll(world, january)
        assert set(events["upn"]) <= set(pupils["upn"])
        same_people(events, pupils, IDENTITY, "upn")
        schools = events.merge(pupils[["upn", "school_urn"]], on="upn", suffixes=("", "_roll"))
        assert (schools["school_urn"] == schools["school_urn_roll"]).all()


def test_measured_children_are_pupils_of_their_year() -> None:
    world = middling()
    measured = world["ncmp.measurements/2023/24"]
    assert "upn" not in measured
    pupils = roll(world, 2024)
    found = measured.merge(pupils, on=[*IDENTITY, "postcode"], suffixes=("", "_roll"))
    # Those the programme writes as the school does; some 17 in 100 have an error in one of these.
    assert len(found) / len(measured) == pytest.approx(0.845, abs=0.03)
    # Two of a name, date of birth and postcode aside, they are of the two years measured.
    assert found["year_group"].isin(["R", "6"]).mean() > 0.999
    assert set(found["phase"]) <= {"nursery", "primary"}


def plans(world: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Plans in force with their person, primary need and main placement."""
    key = "activeplans_table_id"
    needs = module(world, "senneed").query("sen_type_rank == 1")
    placed = module(world, "placementdetail").query("placement_rank == 1")
    return (
        module(world, "activeplans")
        .merge(module(world, "requests"), on="requests_table_id")
        .merge(module(world, "person"), on="person_table_id")
        .merge(needs, on=key)
        .merge(placed, on=key, how="left")
        .merge(world["schools.school/2025"], on="school_urn", how="left")
    )


def test_every_plan_in_force_has_one_person_and_one_primary_need() -> None:
    found = plans(middling())
    assert len(found) == 2_800
    assert found["person_table_id"].is_unique


def test_plans_at_the_areas_schools_stand_in_the_census_and_no_others_do() -> None:
    world = middling()
    found = plans(world)
    pupils = roll(world, 2025)
    own = pupils.merge(found.dropna(subset="upn"), on="upn", suffixes=("", "_plan"))
    assert (own["sen_provision"] == "E").all()
    assert (own["school_urn"] == own["school_urn_plan"]).all()
    assert (own["primary_need"] == own["sen_type"]).all()
    state = ~found["establishment_type"].isin(["08", "10", "11", "18", "32"])
    here = found[found["old_la_code"].eq("961") & state]
    # All of school age who are placed in a state school of the area are on its roll.
    assert len(own) == len(here)
    # The other pupils with a plan live outside the county.
    others = pupils[pupils["sen_provision"].eq("E") & ~pupils["upn"].isin(own["upn"])]
    assert 0 < len(others) < 0.05 * len(own)
    assert not set(others["lsoa_code"]) & set(world["areas.lsoa/2025"]["lsoa_code"])


def test_children_without_a_number_are_in_the_caseload() -> None:
    persons = middling()["sen2.person/2025"]
    missing = persons[persons["upn"].isna()]
    assert len(missing) > 50
    assert missing["upn_unknown"].notna().all()
    assert persons.loc[persons["upn"].notna(), "upn_unknown"].isna().all()
    age = 2025 - pd.to_datetime(missing["date_of_birth"]).dt.year
    assert ((age <= 6) | (age >= 16)).all()


def test_residents_are_the_people_of_the_world() -> None:
    world = middling()
    residents = world["population.syoa/2024"]
    areas = world["areas.lsoa/2025"]
    assert set(residents["lsoa_code"]) == set(areas["lsoa_code"])
    per_age = residents.groupby("age")["people"].sum()
    # 40,000 pupils of some 13 years of age who are nine tenths of the children.
    assert per_age[5:15].between(3_300, 4_200).all()
    own = roll(world, 2024).query("year_group == '3'")
    resident = own[own["lsoa_code"].isin(areas["lsoa_code"])]
    assert len(resident) < per_age[7]


def test_small_areas_are_ranked_once_and_deciles_follow() -> None:
    for world in (small(), middling()):
        areas = world["areas.lsoa/2025"]
        for index in ("imd", "idaci"):
            assert areas[f"{index}_rank"].is_unique
            decile = -(-areas[f"{index}_rank"] * 10 // 33_755)
            assert (areas[f"{index}_decile"] == decile).all()
        assert areas["ward_name"].nunique() == areas["ward_code"].nunique()
        assert areas["lsoa_name"].is_unique


def test_some_young_pupils_are_in_alternative_provision_and_nursery_schools() -> None:
    """As in true counties: else the roll with such schools and without would be one count."""
    pupils = pd.concat([roll(middling(), january) for january in (2023, 2024, 2025)])
    primary = pupils[pupils["year_group"].isin(["R", *map(str, range(1, 7))])]
    units = primary[primary["phase"] == "alternative_provision"]
    assert 0.0001 < len(units) / len(primary) < 0.002
    assert set(units["sen_provision"]) == {"K", "E"}
    # Most there are older.
    assert len(units) < 0.25 * (pupils["phase"] == "alternative_provision").sum()
    nurseries = pupils[pupils["phase"] == "nursery"]
    assert set(nurseries["year_group"]) == {"N1", "N2", "R"}
    assert (nurseries["year_group"] == "R").mean() < 0.1


def test_pupils_come_to_alternative_provision_and_go() -> None:
    """Else the pupils there in one year and a year older in the next would be one count."""
    both = roll(middling(), 2024).merge(roll(middling(), 2025), on="upn", suffixes=("", "_later"))
    unit = "alternative_provision"
    came = (both["phase"] != unit) & (both["phase_later"] == unit)
    stayed = (both["phase"] == unit) & (both["phase_later"] == unit)
    went = (both["phase"] == unit) & (both["phase_later"] != unit)
    assert min(came.sum(), stayed.sum(), went.sum()) > 5


def test_pupils_have_one_registration_that_counts() -> None:
    for january in (2023, 2024, 2025):
        on_roll = roll(middling(), january)
        assert len(on_roll) == 40_000
        assert on_roll["upn"].is_unique
        main = on_roll[on_roll["enrol_status"] == "M"]
        second = middling()[f"school_census.census/{january}"].query("enrol_status == 'S'")
        assert set(second["upn"]) <= set(main["upn"])
        assert len(second) > 100


def test_suspensions_of_a_pupil_never_overlap_nor_pass_the_legal_limit() -> None:
    events = middling()["exclusions.exclusions/2023/24"].query("category == 'SUSP'")
    assert events.groupby("upn")["sessions"].sum().max() <= 90
    assert not events.duplicated(["upn", "start_date"]).any()
    ordered = events.sort_values(["upn", "start_date"])
    gap = pd.to_datetime(ordered["start_date"]).groupby(ordered["upn"]).diff().dt.days
    # Days of the week run on, so a gap in days is at least the school days before it.
    before = ((ordered["sessions"] + 1) // 2).groupby(ordered["upn"]).shift()
    assert (gap.dropna() >= before[gap.notna()]).all()

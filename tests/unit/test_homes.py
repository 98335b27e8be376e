"""Homes under codes of 2011 that ended in 2021, placed by a made-up look-up of the true layout."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pandas as pd
import pytest

from jsna import io
from jsna.errors import JsnaError
from jsna.measures import homes
from jsna.measures.derive import derive
from jsna.releases import lookups
from jsna.sources.areas.tables import PLACES as MADE
from tests.spec import world
from tests.unit.test_tables import CONFIG, areas, linked, pupil

FAULT = Path(__file__).parents[1] / "faults/census-lsoa-2011/census.csv"
#: 2011 -> 2021: two that were merged, one split within a district, one split between two, one
#: unchanged, and one of another authority.
CHANGES = [
    ("E01000901", "M", "E01000001"), ("E01000902", "M", "E01000001"),
    ("E01000903", "S", "E01000001"), ("E01000903", "S", "E01000003"),
    ("E01000904", "S", "E01000001"), ("E01000904", "S", "E01000002"),
    ("E01000002", "U", "E01000002"), ("E01000905", "U", "E01000905"),
]  # fmt: skip
PLACES = areas(
    ("E01000001", world.WEST, 1), ("E01000002", world.EAST, 10), ("E01000003", world.WEST, 4)
)
LIVES = [
    "E01000001", "E01000901", "E01000902", "E01000903", "E01000904", "E01000905", "W01000010",
    "S01006506", "N20000001", "E01999999", None,
]  # fmt: skip


@pytest.fixture
def lookup(tmp_path: Path) -> pd.DataFrame:
    head = "lsoa11_name,lsoa11_code,change_code,lsoa21_name,lsoa21_code,ltla22_name,ltla22_code"
    lines = [f"A,{old},{change},B,{new},Place,E07000951" for old, change, new in CHANGES]
    path = tmp_path / "lookup.csv.gz"
    path.write_bytes(gzip.compress("\n".join([head, *lines]).encode()))
    return lookups.lsoas_2011(path)


def placed(lookup: pd.DataFrame | None) -> tuple[pd.DataFrame, homes.Counts]:
    """The pupils, one of each home, and where their homes lie."""
    rows = [pupil(f"P{n:02d}", lsoa_code=code) for n, code in enumerate(LIVES)]
    tables = {"areas.lsoa": PLACES, "school_census.census": linked("school_census.census", rows)}
    counts: dict[str, homes.Counts] = {}
    reference = None if lookup is None else {homes.LOOKUP: lookup}
    made = derive(tables, CONFIG, reference, counts)
    assert made["lsoa"].num_rows == 3
    return made["pupil"].to_pandas().sort_values("person_key"), counts["school_census.census"]


def test_ended_areas_are_today_s_where_that_is_certain(lookup: pd.DataFrame) -> None:
    pupils, counts = placed(lookup)
    found = pupils.set_index("person_key")[["lsoa_code", "locality_code", "imd_decile"]]
    found = found.astype("object").where(found.notna(), None)
    merged = ["E01000001", world.WEST, "1"]
    assert found.loc["P00"].tolist() == merged
    assert found.loc["P01"].tolist() == merged
    assert found.loc["P02"].tolist() == merged
    # Split within a district: its locality is known, its deprivation is not.
    assert found.loc["P03"].tolist()[1:] == [world.WEST, None]
    # Split between districts: it lies in the authority, and nothing more is known.
    assert found.loc["P04"].tolist()[1:] == [None, None]
    assert found.loc["P05":, "locality_code"].isna().all()
    assert counts == {
        "all": 11, "placed": 4, "by_2011": 3, "in_the_area": 1, "elsewhere_in_england": 1,
        "wales": 1, "scotland": 1, "northern_ireland": 1, "unknown_code": 1, "no_code": 1,
    }  # fmt: skip


def test_without_the_look_up_only_today_s_codes_have_a_place() -> None:
    pupils, counts = placed(None)
    assert pupils["locality_code"].notna().sum() == 1
    assert (counts["placed"], counts["by_2011"], counts["elsewhere_in_england"]) == (1, 0, 6)


def test_every_home_of_the_file_is_placed_or_counted(lookup: pd.DataFrame) -> None:
    """The fault folder: 20 homes under ended codes, and some in Wales, Scotland and elsewhere."""
    with FAULT.open(encoding="utf-8") as file:
        codes = [row["LSOA"] for row in csv.DictReader(file)]
    today = sorted({code for code in codes if code.startswith("E01")})
    ended, kept = today[:10], today[10:]
    changes = pd.DataFrame(
        [(old, kept[0], 1) for old in ended], columns=["lsoa_2011", "lsoa_code", "parts"]
    )
    rows = [pupil(f"P{n:03d}", lsoa_code=code) for n, code in enumerate(codes)]
    tables = {
        "areas.lsoa": areas(*[(code, world.WEST, 1) for code in kept]),
        "school_census.census": linked("school_census.census", rows),
    }
    counts: dict[str, homes.Counts] = {}
    derive(tables, CONFIG, {homes.LOOKUP: changes}, counts)
    found = counts["school_census.census"]
    assert (
        found["all"]
        == len(codes)
        == sum(n for name, n in found.items() if name not in ("all", "by_2011"))
    )
    assert found["by_2011"] == sum(code in ended for code in codes)
    assert found["placed"] == sum(code in today for code in codes)
    assert (found["wales"], found["scotland"]) == (
        sum(code.startswith("W") for code in codes), sum(code.startswith("S") for code in codes)
    )  # fmt: skip


def test_a_file_that_is_not_the_look_up_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("lsoa21_code,ward24_code\nE01000001,E05000001\n", encoding="utf-8")
    with pytest.raises(JsnaError, match=r"no column .* for lsoa_2011"):
        lookups.lsoas_2011(path)


def test_homes_are_told_of_extracts_alone(lookup: pd.DataFrame) -> None:
    """Of linkage's own tables, which have the same homes, nothing is told."""
    member = pd.DataFrame({"person_key": ["a"], "lsoa_code": ["W01000010"]})
    tables = {
        "areas.lsoa": PLACES,
        "school_census.census": linked("school_census.census", [pupil("a", lsoa_code=None)]),
        "linkage.member": member,
    }
    counts: dict[str, homes.Counts] = {}
    with io.database() as connection:
        homes.register(connection, lookup)
        for name, rows in tables.items():
            connection.register(homes.received(name), rows)
            homes.today(connection, name)
        for view in MADE:
            connection.execute(f'create table "{view.name}" as {view.query(CONFIG)}')
        counts = homes.placed(connection, tables)
    assert list(counts) == ["school_census.census"]
    said = homes.in_words("school_census.census", counts["school_census.census"])
    assert said == (
        "School census (January), homes of pupil registrations: 0.0% of 1 in a locality of the "
        "area; no code 1"
    )

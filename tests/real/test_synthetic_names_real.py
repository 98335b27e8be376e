"""No invented place has the name or code of a real one, in any official look-up."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
import yaml

from jsna.generator import official
from jsna.generator.found import parameters
from jsna.model.areas import Area
from jsna.synthetic import places
from tests.unit.synthetic_support import configuration

pytestmark = pytest.mark.real
ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT.parent / "shared" / "published"
EDITIONS = ("demo-2025", "test-2025")


@cache
def look_ups() -> dict[str, pd.DataFrame]:
    folders = ("b_lookups", "h_lookups_neighbours")
    files = sorted(f for folder in folders for f in (PUBLISHED / folder).glob("*.csv*"))
    assert len(files) >= 8, "the real look-ups are not beside the project"
    return {f.name: pd.read_csv(f, dtype=str, encoding="utf-8-sig") for f in files}


def plain(name: str) -> str:
    return re.sub(r"[^a-z ]", "", name.lower().replace("-", " ")).strip()


@cache
def real_names() -> frozenset[str]:
    """Every name of a place, whole and in its parts, without the number of a small area."""
    found: set[str] = set()
    for frame in look_ups().values():
        for column in frame.columns:
            if re.search(r"name|nm$", column, re.I):
                for name in frame[column].dropna().unique():
                    stem = re.sub(r" \d{3}[A-Z]$", "", name)
                    found |= {plain(p) for p in (stem, *re.split(r" & | and |, | with |/", stem))}
    return frozenset(found - {""})


@cache
def real_words() -> frozenset[str]:
    return frozenset(word for name in real_names() for word in name.split())


@cache
def areas() -> list[Area]:
    folder = ROOT / "config" / "areas"
    contents = [
        yaml.safe_load(f.read_text(encoding="utf-8")) for f in sorted(folder.glob("*.yaml"))
    ]
    return [Area.model_validate(c) for c in contents if c.get("code", "").startswith("E100009")]


@cache
def land(name: str) -> tuple[places.Places, places.Schools]:
    config = configuration(name)
    synthesis = config.edition.synthesis
    assert synthesis is not None
    made = places.build(config.area, synthesis.lsoas, synthesis.seed, parameters())
    schools = places.build_schools(made, synthesis.pupils, synthesis.plans, synthesis.seed)
    return made, schools


def test_the_look_ups_are_read() -> None:
    assert {"burnley", "south east", "kent", "hartlepool"} <= real_names()
    assert len(real_names()) > 9_000
    assert len(areas()) == 2


def test_no_place_of_the_areas_has_a_real_name() -> None:
    names = {
        place.name
        for area in areas()
        for place in (area, area.region, *area.localities, *area.neighbours)
    }
    names = {getattr(n, "name", n) for n in names}
    assert len(names) > 25
    assert {n for n in names if plain(n) in real_names()} == set()
    # Nor is any word of one a real place's, points of the compass and kinds of place aside.
    ordinary = {"west", "vale"}
    words = {w for n in names for w in plain(n).split()} - ordinary
    assert words & real_words() == set()


def test_no_authority_of_the_rest_of_the_country_has_a_real_name() -> None:
    names = {begin + end for end in official.END for begin in official.BEGIN}
    assert len(names) == 144
    assert {plain(name) for name in names} & (real_names() | real_words()) == set()


@pytest.mark.parametrize("edition", EDITIONS)
def test_no_ward_small_area_or_school_has_a_real_name(edition: str) -> None:
    made, schools = land(edition)
    wards = set(made.lsoa["ward_name"])
    stems = {re.sub(r" \d{3}[A-Z]$", "", name) for name in made.lsoa["lsoa_name"]}
    own = {name.split()[0] for name in schools.frame["school_name"]}
    assert {n for n in wards | stems if plain(n) in real_names()} == set()
    assert {n for n in own | wards if plain(n.split()[0]) in real_words()} == set()


@pytest.mark.parametrize("edition", EDITIONS)
def test_no_code_is_a_real_one(edition: str) -> None:
    made, schools = land(edition)
    real = {
        value
        for frame in look_ups().values()
        for column in frame.columns
        for value in frame[column].dropna().unique()
        if re.fullmatch(r"E\d{8}|\d{3}", value)
    }
    assert "E10000017" in real
    assert "888" in real
    area = made.area
    codes = {area.code, area.old_la_code, area.region.code}
    codes |= {n.code for n in area.neighbours} | {n.old_la_code for n in area.neighbours}
    codes |= {p.code for p in area.localities} | set(made.codes) | set(made.lsoa["ward_code"])
    codes |= set(schools.frame["school_old_la_code"])
    # Codes of the national tool for England and regions are not authorities' but are taken.
    assert codes & (real | {"970", *(str(code) for code in range(980, 991))}) == set()
    patterns = r"E01\d{6}|E05\d{6}|E0[67]\d{6}|E10\d{6}|E12\d{6}|9[67]\d"
    assert all(re.fullmatch(patterns, code) for code in codes)

"""`jsna new edition`: any authority by any of its names, and its area from the releases."""

from __future__ import annotations

import gzip
import hashlib
import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml

from jsna import cli
from jsna.drafting import edition as drafting
from jsna.errors import JsnaError
from jsna.io import Paths, read_json
from jsna.provenance import inputs
from jsna.releases import home
from jsna.releases.run import check_area
from jsna.settings import authorities, loading
from tests.conftest import ROOT

EVERY = authorities.register(ROOT)
NAME = "cheshire-west-and-chester-open-2025"
WARDS = [("E05000003", "Oak"), ("E05000001", "Ash"), ("E05000003", "Oak")]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    return tmp_path


def test_what_came_of_others_that_are_gone_began_on_the_day_after_their_last() -> None:
    def since(number: str) -> tuple[str, tuple[str, ...]]:
        one = EVERY.by_number[number]
        return one.began.isoformat() if one.began else "", one.came_of

    assert since("942") == since("943") == ("2023-04-01", ("Cumbria",))
    assert since("839") == ("2019-04-01", ("Bournemouth", "Poole", "Dorset"))
    assert since("941") == ("2021-04-01", ("Northamptonshire",))
    assert since("886") == ("", ())


def test_there_are_153_and_each_is_found_by_all_its_names() -> None:
    every = list(EVERY)
    assert len(every) == len({one.code for one in every}) == len({one.slug for one in every}) == 153
    for one in every:
        for text in (one.name, one.name.upper(), one.slug, one.code, one.number):
            assert EVERY.find(text) == one
    kinds = [one.kind for one in every]
    # 152 without the Isles of Scilly and the City of London in them: 21 counties remain after 2023.
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "city_corporation": 1, "london_borough": 32, "metropolitan_district": 36,
        "council_of_isles": 1, "unitary": 62, "county": 21,
    }  # fmt: skip


@pytest.mark.parametrize("text", ["Quill's Lynn and West Norbury", "E07000999"])
def test_a_district_is_told_with_its_county_and_the_command(project: Path, text: str) -> None:
    asked = drafting.Wanted(text, 2025, "open", date(2025, 9, 1))
    with pytest.raises(JsnaError) as unknown:
        drafting.draft(asked, project)
    assert "if it is a district, name its county" in str(unknown.value)
    content = (
        b"ltla23_code,ltla23_name,utla23_code,utla23_name\n"
        b"E07000999,Quill's Lynn and West Norbury,E10000999,Norbury\n"
        b"E06000999,Elsewhere,E06000999,Elsewhere\n"
    )
    release = project / "config/releases/authority_lookup/authority_2023.yaml"
    given = yaml.safe_load(release.read_text(encoding="utf-8"))
    given["sha256"] = hashlib.sha256(content).hexdigest()
    release.write_text(yaml.safe_dump(given), encoding="utf-8")
    file = Paths(project, "some-2025").published / given["file"]
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    with pytest.raises(JsnaError) as told:
        drafting.draft(asked, project)
    assert "Norbury is a district of Norbury, whose edition" in str(told.value)
    assert 'jsna new edition "Norbury"' in str(told.value) or (
        "jsna new edition Norbury" in str(told.value)
    )
    # A file that is not the registered one says nothing.
    file.write_bytes(content + b"\n")
    with pytest.raises(JsnaError, match="if it is a district, name its county"):
        drafting.draft(asked, project)


@pytest.mark.parametrize(
    ("text", "number"),
    [("E10000027", "933"), ("E08000016", "370"), ("e06000048", "929"), ("Bristol", "801"),
     ("City of Bristol", "801"), ("county of herefordshire", "884"), (" St  Helens ", "342"),
     ("Hammersmith & Fulham", "205"), ("Dorset", "838"), ("Kent County Council", "886"),
     ("London Borough of Barnet", "302"), ("Durham", "840"), ("Durham CC", "840"),
     ("Buckinghamshire County Council", "825"), ("Hull", "810"), ("Hull City Council", "810"),
     ("Hull, City of", "810"), ("Southend", "882"), ("Bath", "800"), ("Barnsley MBC", "370"),
     ("Royal Borough of Windsor & Maidenhead", "868"), ("City of York Council", "816"),
     ("Council of the Isles of Scilly", "420"), ("Nottingham City Council", "892")],
)  # fmt: skip
def test_former_codes_and_other_spellings(text: str, number: str) -> None:
    assert EVERY.find(text).number == number


@pytest.mark.parametrize(
    ("text", "said"),
    [("Cumbria", "Cumberland .* and Westmorland and Furness"), ("909", "Cumberland"),
     ("E10000021", "North Northamptonshire"), ("Reding", "Reading"), ("Yorkshire", "North York"),
     ("Cumbria County Council", "Cumberland .* and Westmorland"), ("London", "City of London"),
     ("Greater London", "no authority of England"), ("Lincoln City Council", "Lincolnshire"),
     ("Norwich City Council", "no authority of England"), ("County Council", "no authority"),
     ("London Borough of Barnett", "Barnet"),
     ("", "no authority of England"), ("999", "no authority of England")],
)  # fmt: skip
def test_what_is_no_authority_is_told_with_what_comes_near(text: str, said: str) -> None:
    with pytest.raises(JsnaError, match=said):
        EVERY.find(text)


def test_census_day_is_the_third_thursday_of_january() -> None:
    days = {2020: 16, 2021: 21, 2022: 20, 2023: 19, 2024: 18, 2025: 16, 2026: 15, 2027: 21}
    assert {year: drafting.census_day(year).day for year in days} == days


def test_an_edition_is_written_by_name_and_loads(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["new", "edition", "Cheshire", "West", "and", "Chester", "--root", str(project)]
    assert cli.main(asked) == 0
    out = capsys.readouterr().out
    assert f"jsna fetch {NAME}" in out
    config = loading.load(NAME, project)
    assert (config.area.code, config.area.old_la_code) == ("E06000050", "896")
    assert (config.edition.kind, config.edition.reference_date) == ("open", date(2025, 1, 16))
    # Another form of a release is not taken beside it, nor one that is of other authorities alone.
    southend = loading.load("southend-open-2025", ROOT).releases
    assert config.releases == {k: v for k, v in southend.items() if k != "boundaries"}
    assert cli.main(asked) == 1
    assert "is there already, and stays as it is; open it, or" in capsys.readouterr().err
    for year in ("0", "1999", "20251"):
        for whose in (["Kent"], ["--from", NAME]):
            assert cli.main(["new", "edition", *whose, "--year", year, "--root", str(project)]) == 1
            assert "is a year from 2000 to 2099" in capsys.readouterr().err

    full = drafting.draft(drafting.Wanted("384", 2025, "full", date(2026, 1, 2)), project)
    content = yaml.safe_load(full.text)
    assert (content["kind"], content["published"]) == ("full", date(2026, 1, 2))
    assert content["releases"]["lsoa_2011_lookup"] == "lsoa_2011"
    drafting.write(full, project)
    assert loading.load(full.name, project).area.name == "Wakefield"
    early = drafting.draft(drafting.Wanted("384", 2021, "open", date(2021, 6, 1)), project)
    assert "ehcp" in early.missing
    assert (
        yaml.safe_load(early.text)["releases"]["population_locality"] == "population_district_2020"
    )
    with pytest.raises(JsnaError, match="no official release is registered that is as early"):
        drafting.draft(drafting.Wanted("384", 25, "open", date(2026, 1, 2)), project)
    assert "boundaries" not in full.missing
    # A file that declares the code keeps its name; a release that is of it alone is taken.
    wanted = drafting.Wanted("Southend-on-Sea", 2025, "open", date(2026, 1, 2))
    text = drafting.draft(wanted, project).text
    assert "area: southend\n" in text
    assert "  boundaries: wards_2025_southend\n" in text


def invented(project: Path, dataset: str, release: str, content: bytes) -> None:
    """A release of the register with another file, in the folder of the edition."""
    path = project / f"config/releases/{dataset}/{release}.yaml"
    entry = yaml.safe_load(path.read_text(encoding="utf-8"))
    entry["sha256"] = hashlib.sha256(content).hexdigest()
    path.write_text(yaml.safe_dump(entry), encoding="utf-8")
    file = Paths(project, NAME).published / entry["file"]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def look_ups(project: Path, wards: list[tuple[str, str]] = WARDS) -> None:
    """Made-up look-ups of the real authority: its wards, and neighbours from a wide table."""
    rows = [f"E0100000{n},A,{code},{name},E06000050,C" for n, (code, name) in enumerate(wards)]
    rows.append("E01000009,A,E05000009,Elsewhere,E06000049,D")
    head = "lsoa21_code,lsoa21_name,ward24_code,ward24_name,ltla24_code,ltla24_name"
    small = gzip.compress("\n".join([head, *rows]).encode(), mtime=0)
    invented(project, "lsoa_lookup", "lsoa_ward_2024", small)
    upper = "ltla23_code,ltla23_name,utla23_code,utla23_name\nE06000050,C,E06000050,C\n"
    invented(project, "authority_lookup", "authority_2023", upper.encode())
    wide = ",".join(["old_la_code", *(f"SN_{n}" for n in range(1, 11))])
    near = "896,895,840,,,,,,,,\n840,896,895,,,,,,,,\n"
    invented(project, "neighbours", "neighbours_2025_wide", f"{wide}\n{near}".encode())
    path = project / f"config/editions/{NAME}.yaml"
    edition = yaml.safe_load(path.read_text(encoding="utf-8"))
    edition["releases"]["neighbours"] = "neighbours_2025_wide"
    path.write_text(yaml.safe_dump(edition, sort_keys=False), encoding="utf-8")


def test_the_area_is_derived_from_the_releases_kept_and_made_anew(project: Path) -> None:
    assert cli.main(["new", "edition", "896", "--root", str(project)]) == 0
    look_ups(project)
    assert loading.load(NAME, project).area.unsettled
    assert home.settle(NAME, project)
    config, paths = loading.load(NAME, project), Paths(project, NAME)
    area = config.area
    assert [(one.code, one.name) for one in area.localities] == sorted({*WARDS})
    assert [(one.name, one.old_la_code) for one in area.neighbours] == [
        ("Cheshire East", "895"), ("County Durham", "840"),
    ]  # fmt: skip
    assert (area.region.name, area.kind, area.localities_are) == ("North West", "unitary", "ward")
    kept = paths.area.relative_to(project).as_posix()
    assert kept in inputs.configuration(config, project)
    assert len(read_json(paths.area)["stands_on"]) == 3

    # What is declared stands over what is derived; a tile of no locality is refused.
    path = project / f"config/areas/{area.area}.yaml"
    path.write_text(f"area: {area.area}\nname: West Cheshire\ntiles: {{Oak: [1, 0]}}\n", "utf-8")
    over = loading.load(NAME, project).area
    assert (over.name, [one.tile for one in over.localities]) == ("West Cheshire", [None, (1, 0)])
    path.write_text(f"area: {area.area}\ntiles: {{Elm: [1, 0]}}\n", "utf-8")
    with pytest.raises(JsnaError, match="the area has no such ward"):
        loading.load(NAME, project)
    path.unlink()

    # Another look-up: what was derived from the last counts for nothing until it is found anew.
    before = inputs.recipe(config, project)
    look_ups(project, [*WARDS, ("E05000002", "Elm")])
    later = loading.load(NAME, project)
    (problem,) = check_area(later, paths)
    assert later.area.unsettled
    assert f"jsna fetch {NAME}" in problem.rule
    assert home.settle(NAME, project)
    again = loading.load(NAME, project)
    assert len(again.area.localities) == 3
    assert inputs.recipe(again, project) != before

    # A file that is not the one the register names is not read.
    paths.area.unlink()
    (paths.published / "sn_model_2025_wide.csv").write_bytes(b"old_la_code\n")
    assert not home.settle(NAME, project)

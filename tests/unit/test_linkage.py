"""The stage that links, on rows small enough to check by hand: who is who, and what passes."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from jsna import io
from jsna.linkage.keys import DEMONSTRATION_KEY, person_keys
from tests.unit.linkage_stage_support import (
    CHILDREN,
    ROLL,
    SPINE,
    Stage,
    column,
    extract,
    nhs,
    of,
    table,
    uln,
    upn,
)

#: Two children alike in all the roll says, and without a number.
NAMELESS = {"surname": "Brown", "sex": "M", "date_of_birth": date(2020, 5, 5),
            "postcode": "ZZ1 2AB", "lsoa_code": "E01900002"}  # fmt: skip
#: A postcode that lies in two areas.
SPLIT = "ZZ9 9ZZ"
PUPILS = [
    CHILDREN[0] | {"note": "free text about Amelia"},
    CHILDREN[1] | {"former_upn": upn(20)},
    CHILDREN[2] | {"postcode": SPLIT},
    CHILDREN[3] | {"postcode": "zz99zz"},
    NAMELESS,
    NAMELESS,
]
CASES = extract(
    "cases",
    table("child", column("child_table_id", personal=True), "upn", "surname", "date_of_birth",
          "postcode", key=("child_table_id",)),
    table("need", column("child_table_id", personal=True), "need",
          parent=("child", "child_table_id")),
    population_base="maintained",
)  # fmt: skip
CASE_ROWS: dict[str, list[dict[str, Any]]] = {
    "child": [
        # Another home than the roll's.
        of(0, "upn", "surname", "date_of_birth", child_table_id="1", postcode="ZZ1 2AB"),
        # By a former number, and from a postcode nobody has placed.
        of(1, "surname", "date_of_birth", child_table_id="2", upn=upn(20), postcode="ZZ8 8ZZ"),
        # Too young for a number: placed by postcode, however it is spelt.
        {"child_table_id": "3", "date_of_birth": date(2022, 3, 1), "postcode": "zz12ab"},
        {"child_table_id": "4", "date_of_birth": date(2022, 3, 2), "postcode": SPLIT},
    ],
    "need": [{"child_table_id": "1", "need": "ASD"}, {"child_table_id": "3", "need": "SLCN"}],
}
TABLES = ("roll.pupil", "cases.child", "cases.need")


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(tmp_path, monkeypatch)


@pytest.fixture
def two(stage: Stage) -> Stage:
    return stage.add(ROLL, {"pupil": PUPILS}).add(CASES, CASE_ROWS)


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Both sources linked, once for all tests that only read what was made."""
    with pytest.MonkeyPatch.context() as patch:
        made = Stage(tmp_path_factory.mktemp("linked"), patch)
        made.add(ROLL, {"pupil": PUPILS}).add(CASES, CASE_ROWS).run()
    return made


def by_id(stage: Stage, name: str) -> pd.DataFrame:
    return stage.linked(name).set_index("child_table_id")


def test_one_person_has_one_key_in_every_table_also_by_a_former_number(linked: Stage) -> None:
    roll = linked.linked("roll.pupil").set_index("lsoa_code")["person_key"]
    child, need = by_id(linked, "cases.child"), by_id(linked, "cases.need")
    assert child["person_key"]["1"] == roll["E01900001"]
    assert child["person_key"]["2"] in set(roll["E01900002"])
    assert list(child["link"][["1", "2", "3"]]) == ["number", "number", "none"]
    for number in ("1", "3"):
        assert need["person_key"][number] == child["person_key"][number]
    # The key is that of the number (of several the least), so that it is the same in any edition.
    wanted = person_keys(DEMONSTRATION_KEY, "upn", pa.array([upn(1), min(upn(2), upn(20))]))
    assert list(child["person_key"][["1", "2"]]) == wanted.to_pylist()


def test_rows_without_identifier_each_get_a_key_of_their_own(linked: Stage) -> None:
    roll = linked.linked("roll.pupil")
    assert roll["person_key"].notna().all()
    assert roll["person_key"].nunique() == len(PUPILS)


def test_age_is_in_whole_years_on_the_day(linked: Stage) -> None:
    # Born on 17 January 2015, the first is still 9 on the 16th.
    assert list(by_id(linked, "cases.child")["age"][["1", "2", "3", "4"]]) == [9, 15, 2, 2]
    assert list(by_id(linked, "cases.need")["age"][["1", "3"]]) == [9, 2]


def test_home_comes_from_the_row_then_the_person_then_an_unambiguous_postcode(
    linked: Stage,
) -> None:
    home = by_id(linked, "cases.child")["lsoa_code"]
    assert list(home[["1", "2", "3"]]) == ["E01900001", "E01900002", "E01900002"]
    assert pd.isna(home["4"])


def test_no_identifier_and_no_free_text_passes(linked: Stage) -> None:
    forbidden = {"upn", "former_upn", "forename", "surname", "date_of_birth", "postcode", "note"}
    for name in TABLES:
        assert not (forbidden | {"source_row"}) & set(linked.linked(name).columns)
    values = {str(v) for row in PUPILS + CASE_ROWS["child"] for f, v in row.items()
              if f in forbidden}  # fmt: skip
    assert len(values) > 20
    for file in linked.written():
        path = linked.paths.restricted / file
        if path.suffix == ".sha256":
            continue
        shown = path.read_text() if path.suffix == ".json" else io.read_parquet(path).to_csv()
        assert not [value for value in values if value in shown], file


def test_shuffled_rows_give_the_same_bytes(two: Stage) -> None:
    two.run()
    straight = two.written()
    two.run(shuffle=3)
    assert two.written() == straight
    assert len(straight) >= len(TABLES) + 6


def test_another_key_gives_other_keys(two: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    two.run()
    one = set(two.linked("roll.pupil")["person_key"])
    monkeypatch.setenv("JSNA_PERSON_KEY", hashlib.sha256(b"a key of tests").hexdigest())
    monkeypatch.delenv("JSNA_PERSON_KEY_FILE", raising=False)
    two.synthetic = False
    two.run()
    assert not one & set(two.linked("roll.pupil")["person_key"])


def test_an_area_table_keeps_its_own_code(stage: Stage) -> None:
    areas = extract("areas", table("lsoa", column("lsoa_code", personal=False)), person_level=False)
    stage.add(ROLL, {"pupil": PUPILS}).add(areas, {"lsoa": [{"lsoa_code": "E01900001"}]}).run()
    kept = stage.linked("areas.lsoa").to_dict("list")
    assert kept == {"period": ["2025"], "lsoa_code": ["E01900001"]}


def test_an_edition_without_a_person_is_linked(stage: Stage) -> None:
    schools = extract("schools", table("school", "school_urn"), person_level=False)
    stage.add(schools, {"school": [{"school_urn": "900001"}]}).run()
    assert len(stage.linked("schools.school")) == 1
    assert stage.outcome("member").empty


def rolls(stage: Stage, **years: list[dict[str, Any]]) -> pd.DataFrame:
    """Rolls of several years, linked."""
    for year, rows in years.items():
        stage.add(ROLL, {"pupil": rows}, year.removeprefix("y"))
    stage.run()
    return stage.linked("roll.pupil")


def test_a_former_number_leads_to_the_person_in_earlier_years(stage: Stage) -> None:
    later = CHILDREN[0] | {"upn": upn(9), "former_upn": upn(1), "postcode": "ZZ7 1AA"}
    pupils = rolls(stage, y2024=[CHILDREN[0]], y2025=[later])
    assert pupils["person_key"].nunique() == 1
    assert stage.events(SPINE) == {"merged_by_number": 1}


def test_a_former_number_that_somebody_else_has_leads_nowhere(stage: Stage) -> None:
    other = CHILDREN[1] | {"former_upn": upn(1)}
    pupils = rolls(stage, y2025=[CHILDREN[0], other])
    assert pupils["person_key"].nunique() == 2
    assert stage.events(SPINE) == {"number_refused": 1}


def test_ages_are_counted_to_the_day_of_the_period_where_none_is_stated(stage: Stage) -> None:
    # Born 17 January 2015; the census days are the third Thursdays of January.
    pupils = rolls(stage, y2023=[CHILDREN[0]], y2025=[CHILDREN[0]])
    assert list(pupils["age"]) == [8, 9]


# What follows declares extracts nobody has seen: no line of `jsna.linkage` knows their names.

NAMED = ("forename", "surname", "date_of_birth", "postcode")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        # An NHS number and names, as health services have them: no such number is on the roll.
        (("nhs_number", *NAMED, "sex"),
         [(of(0, *NAMED, "sex", nhs_number=nhs(1)), "pass", 0),
          (of(1, *NAMED, "sex", nhs_number=nhs(2)), "pass", 1)]),
        # A learner number the roll does not have: alone it leads nowhere.
        (("uln",), [({"uln": uln(1)}, "none", None), ({"uln": uln(2)}, "none", None)]),
        (("uln", *NAMED), [(of(2, *NAMED, uln=uln(1)), "pass", 2)]),
        # Names only: the second is nobody of the roll.
        (NAMED,
         [(of(0, *NAMED), "pass", 0),
          ({"forename": "Qwerty", "surname": "Zzyzx", "date_of_birth": date(2011, 9, 9),
            "postcode": "ZZ7 7AA"}, "none", None)]),
        # Nothing at all: alike as they are, nobody says that they are one child.
        (("sex",), [(of(0, "sex"), "none", None)] * 2 + [(of(1, "sex"), "none", None)]),
        # The number of the roll and no more.
        (("upn",), [(of(3, "upn"), "number", 3), ({"upn": upn(40)}, "none", None)]),
    ],
)  # fmt: skip
def test_an_extract_is_linked_by_what_it_declares(
    stage: Stage,
    fields: tuple[str, ...],
    expected: list[tuple[dict[str, Any], str, int | None]],
) -> None:
    seen = extract("newcomers", table("seen", *fields, "finding"))
    rows = [{**row, "finding": str(number)} for number, (row, _, _) in enumerate(expected)]
    stage.add(ROLL, {"pupil": CHILDREN}).add(seen, {"seen": rows}).run()
    found = stage.linked("newcomers.seen").sort_values("finding")
    identifying = {*NAMED, "upn", "nhs_number", "uln"}
    assert not identifying & set(found.columns)
    assert list(found["link"]) == [link for _, link, _ in expected]
    roll = stage.linked("roll.pupil").set_index("lsoa_code")["person_key"]
    for key, (_, _, child) in zip(found["person_key"], expected, strict=True):
        if child is None:
            assert key not in set(roll)
        else:
            assert key == roll[CHILDREN[child]["lsoa_code"]]
    assert found["person_key"].nunique() == len(expected)


def test_a_source_is_also_linked_through_a_number_only_it_and_another_part_of_the_spine_have(
    stage: Stage,
) -> None:
    # The spine is two extracts: the second gives the first's children an NHS number.
    register = extract("register", table("child", "nhs_number", *NAMED))
    clinic = extract("clinic", table("visit", "nhs_number", "date_of_birth"))
    stage.rules = replace(stage.rules, spine=(SPINE, "register"))
    stage.add(ROLL, {"pupil": CHILDREN})
    stage.add(register, {"child": [of(4, *NAMED, nhs_number=nhs(7))]})
    stage.add(clinic, {"visit": [of(4, "date_of_birth", nhs_number=nhs(7))]}).run()
    keys = {name: stage.linked(name) for name in ("roll.pupil", "register.child", "clinic.visit")}
    assert list(keys["clinic.visit"]["link"]) == ["number"]
    assert list(keys["register.child"]["link"]) == ["pass"]
    person = keys["clinic.visit"]["person_key"].item()
    assert person == keys["register.child"]["person_key"].item()
    assert keys["roll.pupil"].set_index("person_key")["lsoa_code"][person] == "E01900005"


def test_links_say_how_sure_they_are(stage: Stage) -> None:
    slips = [
        of(0, *NAMED),  # all the same
        of(1, *NAMED, surname="Okonkvo"),  # one edit
        of(2, *NAMED, forename="Clem", surname="Vasques", postcode="ZZ6 6AA"),  # moved, and slips
        of(3, *NAMED, surname="Smith", postcode="ZZ6 6AB"),  # moved, another surname
    ]
    seen = extract("seen", table("child", *NAMED, "sex", "finding"))
    rows = [{**row, "sex": CHILDREN[n]["sex"], "finding": str(n)} for n, row in enumerate(slips)]
    stage.add(ROLL, {"pupil": CHILDREN}).add(seen, {"child": rows}).run()
    assert set(stage.linked("roll.pupil")["link"]) == {"spine"}
    links = stage.outcome("links")
    assert set(links["source"]) == {"seen"}
    sure = {key: (p, review) for key, p, review in zip(
        links["person_key"], links["probability"], links["review"], strict=True)}  # fmt: skip
    found = stage.linked("seen.child").sort_values("finding")
    codes = list(found["link"])
    assert codes[0] == "pass"
    assert codes[1].startswith("model_")
    for key, code in zip(found["person_key"], codes, strict=True):
        if code.startswith("model_"):
            p, review = sure[key]
            assert code == ("model_95" if p >= 0.95 else "model_50" if p >= 0.5 else "model_05")
            assert review == (p < 0.5)
    # A digit for each comparison, noughts in front kept.
    comparisons = len(stage.rules.rules.model["comparisons"])
    assert set(links["levels"].astype(str).str.len()) == {comparisons}


def test_a_child_table_takes_its_person_from_its_parent_by_the_sources_own_numbers(
    stage: Stage,
) -> None:
    # In the manner of looked-after children's returns: only the header says who a child is.
    own = column("child_id", identifier="local_id")
    care = extract(
        "care",
        table("header", own, "upn", "date_of_birth", "sex", key=("child_id",)),
        table("episodes", own, "placement", parent=("header", "child_id")),
    )
    header = [of(0, "upn", "date_of_birth", "sex", child_id="C1"), {"child_id": "C2"}]
    episodes = [{"child_id": "C1", "placement": "U1"}, {"child_id": "C1", "placement": "K2"},
                {"child_id": "C2", "placement": "P1"}]  # fmt: skip
    stage.add(ROLL, {"pupil": CHILDREN}).add(care, {"header": header, "episodes": episodes}).run()
    found = stage.linked("care.episodes").set_index("placement")
    roll = stage.linked("roll.pupil").set_index("lsoa_code")
    assert found["person_key"]["U1"] == found["person_key"]["K2"] == roll["person_key"]["E01900001"]
    assert found["link"].to_dict() == {"U1": "number", "K2": "number", "P1": "none"}
    assert "child_id" not in found
    assert found["lsoa_code"]["U1"] == "E01900001"

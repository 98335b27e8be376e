"""Bad input met by the stage that links: each a refusal, or an outcome that is counted."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from jsna import io
from jsna.errors import JsnaError
from jsna.ingest.run import run as ingest
from jsna.linkage import outcomes
from jsna.linkage.cascade import link
from jsna.linkage.link import Linker
from jsna.model.contract import Column
from jsna.synthetic.registers import registers
from tests.supplied import supplied
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
    upn,
)
from tests.unit.linkage_support import both, ruleset
from tests.workflow.small_world import CENSUS, EXCLUSIONS, World

NAMED = ("forename", "surname", "date_of_birth", "postcode")
PATIENTS = extract("patients", table("seen", "nhs_number", *NAMED, "sex", "row"))


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(tmp_path, monkeypatch).add(ROLL, {"pupil": CHILDREN})


def patients(stage: Stage, *rows: dict[str, Any]) -> dict[str, Any]:
    """`row` -> person key of patients, after linking them."""
    numbered = [{**row, "row": str(number)} for number, row in enumerate(rows)]
    stage.add(PATIENTS, {"seen": numbered}).run()
    found = stage.linked("patients.seen").sort_values("row", key=lambda row: row.astype(int))
    assert list(found["row"]) == [str(number) for number in range(len(rows))]
    return {"key": list(found["person_key"]), "link": list(found["link"])}


def roll_keys(stage: Stage) -> list[str]:
    """Person keys of `CHILDREN`, in their order."""
    by_home = stage.linked("roll.pupil").set_index("lsoa_code")["person_key"]
    return [str(by_home[child["lsoa_code"]]) for child in CHILDREN]


def members(stage: Stage, source: str) -> dict[str, int]:
    found = stage.outcome("member").query("source == @source")["link"].value_counts()
    return {str(link): int(people) for link, people in found.items()}


def test_a_source_without_usable_identifiers_is_kept_and_counted_as_linked_to_nobody(
    stage: Stage,
) -> None:
    # A surname is no way to tell a child; nor are a sex and a number of the source's own.
    survey = extract("survey", table("answer", "surname", "sex", "said"))
    visits = extract("visits", table("visit", column("mine", identifier="local_id"), "sex"))
    stage.add(survey, {"answer": [of(0, "surname", "sex", said=text) for text in "aab"]})
    stage.add(visits, {"visit": [{"mine": "1", "sex": "F"}, {"mine": "2", "sex": "F"}]})
    stage.run()
    answers = stage.linked("survey.answer")
    assert list(answers["link"]) == ["none"] * 3
    assert answers["person_key"].nunique() == 3
    assert not set(answers["person_key"]) & set(roll_keys(stage))
    assert members(stage, "survey") == {"none": 3}
    assert members(stage, "visits") == {"none": 2}
    assert "survey" not in set(stage.outcome("links")["source"])


def test_columns_that_are_declared_and_always_empty_link_nobody(stage: Stage) -> None:
    found = patients(stage, {"sex": "F"}, {"sex": "M"}, {})
    assert found["link"] == ["none"] * 3
    assert len(set(found["key"])) == 3
    assert stage.verdicts("patients", "nhs_number") == {"missing": 3}
    assert stage.verdicts("patients", "surname") == {"missing": 3}
    assert members(stage, "patients") == {"none": 3}


def test_with_all_nhs_numbers_missing_people_are_linked_by_what_else_is_known(
    stage: Stage,
) -> None:
    found = patients(stage, *(of(child, *NAMED) for child in range(4)))
    assert found == {"key": roll_keys(stage)[:4], "link": ["pass"] * 4}
    assert stage.verdicts("patients", "nhs_number") == {"missing": 4}
    # Nobody's number is known, so there is no hold-out, and no error rate is claimed.
    assert "patients" not in set(stage.outcome("held_out")["source"])


#: Number that is not sound -> why.
UNSOUND = {
    "4010232137": "range",  # issued to somebody, but these people are invented
    "9999999999": "repeated",
    nhs(1)[:-1] + str((int(nhs(1)[-1]) + 1) % 10): "check",
    "12345": "shape",
}


@pytest.mark.parametrize("numbers", [[*UNSOUND][:3], [*UNSOUND][3:]], ids=["three", "one"])
def test_numbers_that_are_not_sound_are_counted_and_not_linked_on(
    stage: Stage, numbers: list[str]
) -> None:
    # Two children, one bad number: it does not make one of them.
    twice = [number for number in numbers for _ in range(2)]
    found = patients(stage, *(of(at, *NAMED, nhs_number=bad) for at, bad in enumerate(twice)))
    assert found["key"] == roll_keys(stage)[: len(twice)]
    wanted = {UNSOUND[number]: 2 for number in numbers}
    assert stage.verdicts("patients", "nhs_number") == wanted
    assert stage.events("patients").get("merged_by_number", 0) == 0


def test_a_number_that_fills_a_place_makes_no_one_child_of_all_who_have_it(stage: Stage) -> None:
    # Nothing else is known of any of them. A sound one names somebody, in however many rows.
    fill = ("9999999999", "0000000000", "1234567890")
    found = patients(
        stage, *({"nhs_number": one, "sex": "F"} for one in (*fill, nhs(8)) for _ in range(3))
    )
    assert len(set(found["key"][:9])) == 9
    assert len(set(found["key"][9:])) == 1
    assert not set(found["key"][:9]) & set(found["key"][9:])
    assert members(stage, "patients") == {"none": 10}


def test_one_number_on_two_children_of_a_source_makes_nobody_of_them_the_other(
    stage: Stage,
) -> None:
    shared = nhs(3)
    found = patients(stage, of(0, *NAMED, nhs_number=shared), of(1, *NAMED, nhs_number=shared))
    assert found["key"] == roll_keys(stage)[:2]
    assert stage.events("patients") == {"number_refused": 1}


def test_a_number_that_two_children_of_the_spine_have_is_not_linked_on(stage: Stage) -> None:
    twice = upn(30)
    stage.add(ROLL, {"pupil": [CHILDREN[0] | {"upn": twice}, CHILDREN[1] | {"upn": twice}]})
    care = extract("care", table("child", "upn", "date_of_birth", "sex"))
    # No name that could tell which of the two it is.
    stage.add(care, {"child": [{"upn": twice, "date_of_birth": None}]}).run()
    assert stage.linked("roll.pupil")["person_key"].nunique() == 2
    assert stage.linked("care.child")["link"].item() == "none"
    assert stage.events(SPINE) == {"number_refused": 1}
    assert stage.events("care") == {"number_refused": 1}


def test_a_number_of_another_child_is_refused_by_what_else_is_known(stage: Stage) -> None:
    care = extract("care", table("child", "upn", "surname", "forename", "date_of_birth"))
    stranger = {"upn": upn(1), "surname": "Zzyzx", "forename": "Qwerty",
                "date_of_birth": date(2009, 2, 3)}  # fmt: skip
    stage.add(care, {"child": [stranger]}).run()
    assert stage.linked("care.child")["person_key"].item() not in roll_keys(stage)
    assert stage.events("care")["number_refused"] == 1


def test_two_records_of_one_child_are_one_person(stage: Stage) -> None:
    moved = of(2, *NAMED, nhs_number=nhs(5), postcode="ZZ8 1AA", surname="Vasquez-Lund")
    found = patients(
        stage,
        of(2, *NAMED, nhs_number=nhs(5)), moved,  # by number, after a move
        of(3, *NAMED), of(3, *NAMED, sex="M"),  # by all that is known
        of(4, *NAMED), of(4, *NAMED),  # the same row twice
    )  # fmt: skip
    keys = roll_keys(stage)
    assert found["key"] == [keys[2], keys[2], keys[3], keys[3], keys[4], keys[4]]
    # The same words twice are one record to begin with, of which nothing need be put together.
    assert stage.events("patients") == {"merged_by_number": 1, "merged_by_traits": 1}
    assert members(stage, "patients") == {"pass": 3}
    assert len(stage.outcome("links")) == 3


def test_rows_alike_but_for_a_name_are_not_one_child(stage: Stage) -> None:
    # Twins: one day, one home, one surname.
    twins = [of(5, *NAMED), of(5, *NAMED, forename="Wilhelmina")]
    found = patients(stage, *twins)
    assert found["key"][0] == roll_keys(stage)[5]
    assert found["key"][1] != found["key"][0]


def test_no_source_but_the_spine_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = Stage(tmp_path, monkeypatch).add(PATIENTS, {"seen": [of(0, *NAMED, row="0")]})
    alone.run()
    assert list(alone.linked("patients.seen")["link"]) == ["none"]
    assert alone.outcome("links").empty


def test_fields_may_be_words_of_sql_but_not_columns_of_linkage(stage: Stage) -> None:
    odd = extract("odd", table("seen", *NAMED, "order", "group", "at", "end"))
    stage.add(odd, {"seen": [of(0, *NAMED, order="1", group="2", at="3", end="4")]}).run()
    row = stage.linked("odd.seen").iloc[0]
    assert list(row[["order", "group", "at", "end"]]) == ["1", "2", "3", "4"]
    stage.add(extract("odd", table("seen", *NAMED, "record", "period")), {"seen": []})
    with pytest.raises(JsnaError, match="called period, record"):
        stage.run()


def test_a_file_of_a_header_and_no_rows_is_linked(stage: Stage) -> None:
    assert patients(stage) == {"key": [], "link": []}
    assert members(stage, SPINE) == {"spine": len(CHILDREN)}


def test_to_link_again_takes_away_nothing_that_was_assessed(stage: Stage) -> None:
    patients(stage, of(0, *NAMED))
    stage.outcome("held_out")
    stale = stage.paths.restricted / "linkage/left.parquet"
    before = stage.written()
    io.write_parquet(stale, stage.outcome("member"))
    stage.run()
    assert stage.written() == before


def test_without_permission_nothing_of_an_extract_is_linked(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.add(PATIENTS, {"seen": [of(0, *NAMED, row="0")]})
    made = stage.configuration()
    some = tuple(
        delivery.model_copy(update={"legal_basis": ""}) if delivery.extract == "patients"
        else delivery
        for delivery in made.edition.deliveries
    )  # fmt: skip
    refused = replace(made, edition=made.edition.model_copy(update={"extracts": supplied(some)}))
    monkeypatch.setattr(stage, "configuration", lambda: refused)
    stage.run()
    files = {file.name for file in (stage.paths.restricted / "linked").glob("*.parquet")}
    assert files == {"roll.pupil.parquet"}
    assert "patients" not in set(stage.outcome("member")["source"])


def test_another_years_file_is_refused_before_anybody_is_looked_for(tmp_path: Path) -> None:
    world = World(tmp_path)
    place = world.census[0].index("NCYearActual")
    for row in world.census[1:]:
        row[place] = "4"
    start = world.exclusions[0].index("StartDate")
    for row in world.exclusions[1:]:
        row[start] = row[start].replace("2024", "2022").replace("2025", "2023")
    config = world.place()
    with pytest.raises(JsnaError) as caught:
        ingest(config, world.paths)
    refused = {
        (problem.where.rsplit("/", 1)[-1], problem.code) for problem in caught.value.problems
    }
    assert {
        (CENSUS, "census.year_group.period"),
        (EXCLUSIONS, "exclusions.wrong_period"),
    } <= refused
    # Snakemake runs the stage that links only where this receipt is.
    assert not (world.paths.identified / "ingest.json").exists()


@pytest.mark.full
def test_what_memory_does_not_hold_lies_in_the_identified_zone_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = registers(12_000, 15_000, seed=3)
    stage = Stage(tmp_path / "project", monkeypatch)
    for name, rows in ((SPINE, made.school), ("patients", made.health)):
        declared = extract(name, table("child", "nhs_number", *NAMED, "sex"))
        stage.add(declared, {"child": rows.to_pylist()})
    spilt: list[Path] = []
    opened: list[Path | None] = []
    usual, written = io.database, outcomes.write

    def small(spill: Path | None = None) -> duckdb.DuckDBPyConnection:
        opened.append(spill)
        connection = usual(spill)
        connection.execute("SET threads = 1")
        return connection

    def looked_at(linker: Linker, paths: io.Paths) -> None:
        written(linker, paths)
        rows = linker.connection.execute("SELECT path FROM duckdb_temporary_files()").fetchall()
        spilt.extend(Path(row[0]).resolve() for row in rows)

    monkeypatch.setattr(io, "database", small)
    monkeypatch.setattr(f"{Linker.__module__}.MEMORY", "55MB")
    monkeypatch.setattr(outcomes, "write", looked_at)
    monkeypatch.chdir(tmp_path)
    stage.run()
    folder = stage.paths.identified / "linkage" / "spill"
    assert opened == [folder]
    assert spilt, "nothing was spilt: give it less memory"
    assert all(path.is_relative_to(folder.resolve()) for path in spilt)
    assert not folder.exists()
    assert stat.S_IMODE(stage.paths.identified.stat().st_mode) == 0o700
    # Neither in the working folder nor beside the zones.
    assert {path.name for path in tmp_path.iterdir()} == {"project"}


def test_too_little_memory_is_told_as_such() -> None:
    made = registers(12_000, 15_000, seed=3)
    with duckdb.connect(config={"threads": 1, "temp_directory": ""}) as tight:
        left, right = both(tight, made, "nhs_number")
        tight.execute("SET memory_limit = '40MB'")
        with pytest.raises(JsnaError, match="too little memory"):
            link(tight, left, right, ruleset().rules)


def test_the_age_on_the_day_of_an_event_leaves_linkage_and_the_date_of_birth_does_not(
    stage: Stage,
) -> None:
    """Benedict, born 16 January 2010, was 4 the day before his birthday and is 15 on census day."""
    cases = extract(
        "cases",
        table(
            "child", "child_id", "upn", "forename", "surname", "date_of_birth", key=("child_id",)
        ),
        table(
            "request",
            "child_id",
            replace(column("asked"), type="date", aged=True),
            replace(column("ended"), type="date", aged=True),
            parent=("child", "child_id"),
        ),
    )
    known = of(1, "upn", "forename", "surname", "date_of_birth", child_id="x")
    days = [(date(2015, 1, 15), None), (date(2015, 1, 16), date(2024, 12, 31))]
    rows = [{"child_id": "x", "asked": asked, "ended": ended} for asked, ended in days]
    stage.add(cases, {"child": [known], "request": rows}).run()
    found = stage.linked("cases.request").sort_values("asked")
    assert found["age"].tolist() == [15, 15]
    assert found["age_at_asked"].tolist() == [4, 5]
    assert found["age_at_ended"].fillna(-1).tolist() == [-1, 14]
    assert "date_of_birth" not in found


def test_rows_below_a_child_of_several_rows_are_each_there_once(stage: Stage) -> None:
    """Of the rows of one child the latest says how old they are, and where they live."""
    told = extract(
        "told",
        table(
            "episode", "local_id", "upn", "date_of_birth", Column("day", "day", "date", "The day."),
            key=("local_id", "day"), dated_by="day",
        ),
        table("event", "local_id", "row", parent=("episode", "local_id"), optional=True),
    )  # fmt: skip
    child = CHILDREN[0]
    of_child = {"local_id": "7", "upn": child["upn"]}
    episodes = [
        {**of_child, "day": date(2024, 3, 1), "date_of_birth": None},
        {**of_child, "day": date(2024, 9, 1), "date_of_birth": child["date_of_birth"]},
    ]
    events = [{"local_id": "7", "row": "1"}, {"local_id": "7", "row": "2"}]
    stage.add(told, {"episode": episodes, "event": events})
    # Of another year only the episodes came: it says nothing of events, and stops nothing.
    stage.add(told, {"episode": episodes}, "2024")
    stage.run()
    found = stage.linked("told.event")
    assert sorted(found["row"]) == ["1", "2"]
    assert set(found["person_key"]) == {roll_keys(stage)[0]}
    assert found["age"].notna().all()
    assert set(found["period"]) == {"2025"}
    assert set(stage.linked("told.episode")["period"]) == {"2024", "2025"}

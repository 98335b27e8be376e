"""What owners of extracts are sent: every fault by its rows, no value; what is set aside apart."""

from __future__ import annotations

import io as bytes_io
import stat
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from jsna import io
from jsna.checking import owners
from jsna.checking.owner_files import HEADS, named
from jsna.ingest.run import ingest
from tests.workflow.small_world import EDITION, World, canaries

pytestmark = pytest.mark.usefixtures("queries_tried_once")
FIRST, LATER = date(2026, 2, 3), date(2026, 3, 4)


def sheets(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(bytes_io.BytesIO(file.read_bytes()))
    return {one.title: list(one.iter_rows(values_only=True)) for one in book.worksheets}


def checked(world: World, day: date) -> dict[str, Path]:
    """Files written of a check, by name."""
    config = world.place()
    written = owners.write(ingest(config, world.paths), config, world.paths, day)
    return {file.name: file for file in written}


def put_right(file: Path) -> list[dict[str, Any]]:
    head, *rows = sheets(file)["What to put right"]
    assert head == HEADS
    return [dict(zip(HEADS, row, strict=True)) for row in rows]


def test_owners_are_told_what_and_which_rows_and_never_a_value(tmp_path: Path) -> None:
    world = World(tmp_path)
    column = {name: at for at, name in enumerate(world.census[0])}
    # Rows 4 and 9 of the file have no provision; 12 a day of birth that is none, and a formula.
    for row in (4, 9):
        world.census[row - 1][column["SENprovision"]] = ""
    world.census[11][column["DateOfBirth"]] = "32/01/2015"
    world.census[11][column["Forename"]] = "=1+1"
    made = checked(world, FIRST)
    assert set(made) == {"to_a_team.xlsx", "to_a_team.html", "set_aside_school_census.xlsx"}
    found = {(one["What becomes of the rows"], one["Which rows of the file"]): one
             for one in put_right(made["to_a_team.xlsx"])}  # fmt: skip
    missing = found["set aside", "4, 9"]
    assert missing["How many rows"] == 2
    assert "'SENprovision' must not be empty" in missing["What"]
    assert "send the file again" in missing["What to do"]
    assert missing["First told"] == "2026-02-03"
    assert ("set aside", "12") in found
    numbers = sheets(made["to_a_team.xlsx"])["Rows"][1:]
    assert [row[2] for row in numbers if row[0] == missing["No."]] == [4, 9]
    page = made["to_a_team.html"].read_text("utf-8")
    assert "must not be empty" in page and "4, 9" in page
    everything = page + str(sheets(made["to_a_team.xlsx"]))
    assert not [value for value in (*canaries(), "32/01/2015", "=1+1") if value in everything]
    assert owners.told([*made.values()], world.paths) == (
        f"Written to data/processed/{EDITION}/identified/check: a workbook and a page for 1 owner, "
        "without values; the rows set aside stand in set_aside_school_census.xlsx: do not send it."
    )
    # What is set aside is whole, with its reasons, and for the analyst alone.
    ((sheet, rows),) = sheets(made["set_aside_school_census.xlsx"]).items()
    assert sheet == "census 2025"
    head, *aside = rows
    assert head[:3] == ("Row in the file", "Why it is set aside", "UPN")
    assert [row[0] for row in aside] == [4, 9, 12]
    assert "must be a date" in aside[2][1]
    assert aside[2][head.index("DateOfBirth")] == "32/01/2015"
    book = load_workbook(made["set_aside_school_census.xlsx"])
    cell = book["census 2025"].cell(4, head.index("Forename") + 1)
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
    for file in made.values():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.is_relative_to(io.Paths(tmp_path, EDITION).identified)


def test_what_is_told_again_keeps_the_day_it_was_first_told(tmp_path: Path) -> None:
    world = World(tmp_path)
    place = world.census[0].index("SENprovision")
    world.census[3][place] = ""
    checked(world, FIRST)
    world.census[5][world.census[0].index("DateOfBirth")] = "32/01/2015"
    told = {one["What"]: one["First told"] for one in put_right(
        checked(world, LATER)["to_a_team.xlsx"])}  # fmt: skip
    (missing,) = (day for what, day in told.items() if "'SENprovision' must not" in what)
    (born,) = (day for what, day in told.items() if "'DateOfBirth' must be" in what)
    assert (missing, born) == ("2026-02-03", "2026-03-04")
    # Once put right it is forgotten, and its rows are no longer there.
    world.census[3][place] = "K"
    world.census[5][world.census[0].index("DateOfBirth")] = "02/09/2014"
    made = checked(world, LATER)
    assert not any(name.startswith("set_aside") for name in made)
    kept = io.read_json(world.paths.identified / owners.FOLDER / owners.SINCE)
    assert not [key for key in kept if "sen_provision" in key or "date_of_birth" in key]


@pytest.mark.full
def test_the_command_writes_them_and_says_which_may_be_sent(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.census[3][world.census[0].index("SENprovision")] = ""
    world.place()
    run = world.jsna("check", "--report")
    assert run.returncode == 1
    assert "a workbook and a page for 1 owner" in run.stdout
    assert (world.paths.identified / "check/to_a_team.html").is_file()


def test_a_refused_file_is_told_first(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.census[0][world.census[0].index("Sex")] = "Gendre"
    first = put_right(checked(world, FIRST)["to_a_team.xlsx"])[0]
    assert first["What becomes of the rows"] == "refused"
    assert "'Sex'" in first["What"] and first["File"] == "census.csv"


def test_many_rows_are_counted_where_they_are_not_all_named() -> None:
    assert named([3, 4], 2) == "3, 4"
    assert named(range(1, 101), 100, 3) == "1, 2, 3 and 97 more"
    assert named((), 5) == ""
    # Of a file's fault only the first row is known.
    assert named([7], 30) == "7 and 29 more"

"""`jsna doctor`: what arrived, of which source and year, and how it is written into the edition."""

from __future__ import annotations

import hashlib
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsna import cli
from jsna.ingest.named_after import by_its_day
from jsna.ingest.read import FORMATS
from jsna.model.editions import Edition
from jsna.receiving import years
from jsna.receiving.entries import Entry, update
from jsna.receiving.folder import files_of, passed_over
from jsna.saying import quoted
from jsna.shared.whole_year import empty_months
from jsna.sources import registry
from tests.conftest import ROOT
from tests.unit.test_map import csv_of
from tests.unit.test_xml_returns import IN_NEED

NAME = "quill-full-2025"
EDITION = """\
# yaml-language-server: $schema=../schemas/edition.json
edition: quill-full-2025
title: Quill SEND joint strategic needs assessment
kind: full
area: quillshire
reference_date: 2025-01-16
published: 2026-01-29  # the board meets then
extracts:
  # Asked for in November.
  - extract: exclusions
    owner: Inclusion team
    legal_basis: Education Act 2002, section 51A
    assessment: DPIA-01
    opt_out: None applies
    periods:
      - period: "2022/23"
        status: not received
        reason: The owner was late
        as_at: 2024-01-31  # told by phone
      # The year before last.
      - {period: "2023/24", status: not received, reason: Not asked for}
severities: {}
"""
HEADER = ["UPN", "Surname", "Forename", "DateOfBirth", "Sex", "URN", "Category", "Reason1",
          "Reason2", "Reason3", "StartDate", "Sessions", "SENprovision"]  # fmt: skip


def suspensions(first: int, header: list[str] = HEADER) -> bytes:
    """Suspensions of the academic year that begins in a year."""
    rows = [
        [f"A9730000{n:05d}", "Zwyx", "Qoph", f"{n % 28 + 1}/02/2012", "M", "900001", "SUSP", "DB",
         "", "", f"{date(first, 9, 5) + timedelta(days=9 * n):%d/%m/%Y}", "2", "K"]
        for n in range(30)
    ]  # fmt: skip
    return csv_of([header, *rows])


def held(text: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(text)
    Edition.model_validate(content)
    return content


def entry(period: str, **more: Any) -> Entry:
    return Entry("exclusions", period, {"exclusions": "a b.csv"}, {"a b.csv": "a" * 64}, **more)


def test_entries_are_written_into_the_text_and_all_else_stays() -> None:
    new = Entry("ncmp", "2023/24", {"measurements": "n.csv"}, {"n.csv": "b" * 64})
    made = update(EDITION, [entry("2022/23"), entry("2023/24"), entry("2024/25"), new])
    kept = [line for line in EDITION.splitlines() if "#" in line or "opt_out" in line]
    assert [line for line in made.splitlines() if line in kept][: len(kept)] == kept
    extracts = held(made)["extracts"]
    assert [(s["extract"], [p["period"] for p in s["periods"]]) for s in extracts] == [
        ("exclusions", ["2022/23", "2023/24", "2024/25"]), ("ncmp", ["2023/24"])
    ]  # fmt: skip
    first = extracts[0]["periods"][0]
    assert first == {
        "period": "2022/23", "files": {"exclusions": "a b.csv"}, "sha256": {"a b.csv": "a" * 64},
        "as_at": date(2024, 1, 31),
    }  # fmt: skip
    assert extracts[1]["owner"] == ""
    # A year that comes late has its place among the others.
    for year, place in (("2021/22", 0), ("2022/23", 0), ("2025/26", 3)):
        late = update(made, [entry(year)])
        several = [p["period"] for p in held(late)["extracts"][0]["periods"]]
        assert (several.index(year), several) == (place, sorted(several))
        assert late.index("# The year before last.") < late.index('- period: "2023/24"')
    # Once more is no change.
    assert update(made, [entry("2022/23"), new]) == made


def test_a_mapping_said_of_the_whole_extract_is_not_said_again() -> None:
    shared = EDITION.replace("    periods:\n", "    mapping: quill/exclusions\n    periods:\n")
    same = held(update(shared, [entry("2022/23", mapping="quill/exclusions")]))
    assert "mapping" not in same["extracts"][0]["periods"][0]
    other = held(update(shared, [entry("2022/23", mapping="quill/old")]))
    assert other["extracts"][0]["periods"][0]["mapping"] == "quill/old"
    none = held(update(shared, [entry("2023/24")]))
    assert none["extracts"][0]["periods"][1]["mapping"] == ""


@pytest.mark.parametrize(
    "empty",
    ["extracts: []\n", "# none yet\nextracts: []\nseverities: {}\n", ""],
)
def test_an_edition_without_any_begins_with_one(empty: str) -> None:
    head = EDITION[: EDITION.index("extracts:")]
    made = update(head + empty, [entry("2022/23", beside={"homes": "h.csv"}), entry("2023/24")])
    extracts = held(made)["extracts"]
    assert [p["period"] for p in extracts[0]["periods"]] == ["2022/23", "2023/24"]
    assert extracts[0]["periods"][0]["beside"] == {"homes": "h.csv"}
    assert [line for line in empty.splitlines() if line[:1] == "#" and line not in made] == []


@pytest.mark.parametrize(
    "periods",
    ["periods: []\n", 'periods: [{period: "2021/22", status: not received, reason: Lost}]\n'],
)
def test_a_list_in_brackets_is_written_out(periods: str) -> None:
    text = EDITION[: EDITION.index("periods:")] + periods + "severities: {}\n"
    found = held(update(text, [entry("2022/23")]))["extracts"][0]["periods"]
    assert [one["period"] for one in found][-1] == "2022/23"
    assert len(found) == (1 if "[]" in periods else 2)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "config/editions").mkdir(parents=True)
    shutil.copytree(ROOT / "config/codelists", tmp_path / "config/codelists")
    (tmp_path / f"config/editions/{NAME}.yaml").write_text(EDITION, encoding="utf-8")
    mapping = tmp_path / "config/mappings/quill/exclusions.yaml"
    mapping.parent.mkdir(parents=True)
    columns = {"upn": "Pupil number", "surname": "Family name"}
    content = {"extract": "exclusions", "tables": {"exclusions": {"columns": columns}}}
    mapping.write_text(yaml.safe_dump(content), encoding="utf-8")
    folder = tmp_path / "from them"
    folder.mkdir()
    other = ["Pupil number", "Family name", *HEADER[2:]]
    (folder / "susp 1.csv").write_bytes(suspensions(2023, other))
    (folder / "spring").mkdir()
    (folder / "spring/susp 2.csv").write_bytes(suspensions(2024))
    (folder / "copy.csv").write_bytes(suspensions(2024))
    (folder / "letter.csv").write_bytes(b"Colour,Shape\nred,round\n")
    needs = b"activeplanstableid,SENtype,SENtypeRank\n" + b"4,SLCN,1\n" * 9
    (folder / "senneed_2025.csv").write_bytes(needs)
    renamed = ["Pupil no", "Family name", "First name", *HEADER[3:]]
    (folder / "mapme.csv").write_bytes(suspensions(2021, renamed))
    for name in ("cut.parquet", "cut.xlsx", "cut.xml"):
        (folder / name).write_bytes(f"<?xml {name}".encode())
    (folder / "~$susp.xlsx").write_bytes(b"lock")
    return tmp_path


def doctor(project: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str]:
    words = ["doctor", NAME, str(project / "from them"), "--root", str(project), *more]
    code = cli.main(words)
    said = capsys.readouterr()
    assert "Zwyx" not in said.out + said.err
    return code, said.out + said.err


def test_what_arrived_is_told_and_written_into_the_edition(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = project / f"config/editions/{NAME}.yaml"
    code, said = doctor(project, capsys, "--dry-run")
    assert code == 0
    assert file.read_text(encoding="utf-8") == EDITION
    assert not (project / "data/raw").exists()
    assert '+      - period: "2024/25"' in said
    code, said = doctor(project, capsys)
    assert code == 1  # something is unclear
    assert "exclusions, 2023/24, by quill/exclusions: late" in said
    assert "exclusions, 2024/25: new; year by the days in 'StartDate'" in said
    assert "sen2, 2025: incomplete (no 'person'" in said
    assert "the same as 'copy.csv', byte for byte" in said
    assert "Unclear: letter.csv: looks like no table that is declared" in said
    assert "may be the table 'exclusions' of exclusions, in a shape of its own: jsna map" in said
    assert all(f"Unclear: cut.{ending}: " in said for ending in ("parquet", "xlsx", "xml"))
    assert "Missing: exclusions, 2022/23 (The owner was late)" in said
    assert "Missing: school_census: nothing" in said
    assert "susp.xlsx" not in said
    raw = project / "data/raw" / NAME
    assert sorted(p.name for p in raw.iterdir()) == ["copy.csv", "susp 1.csv"]
    assert {p.stat().st_mode & 0o777 for p in raw.iterdir()} == {0o600}
    periods = held(file.read_text(encoding="utf-8"))["extracts"][0]["periods"]
    digest = hashlib.sha256((raw / "susp 1.csv").read_bytes()).hexdigest()
    assert periods[1] == {
        "period": "2023/24", "mapping": "quill/exclusions", "files": {"exclusions": "susp 1.csv"},
        "sha256": {"susp 1.csv": digest},
    }  # fmt: skip
    again = doctor(project, capsys)[1]
    assert "exclusions, 2023/24, by quill/exclusions: as the edition names it" in again
    assert "0 deliveries written" in again
    # All that its use needs is recorded of suspensions; nothing more is asked for.
    assert "Say there" not in said
    assert f"Then: jsna check {NAME}" in said
    file.write_text(EDITION.replace("    assessment: DPIA-01\n", ""), encoding="utf-8")
    asked = doctor(project, capsys)[1]
    assert "Say there of exclusions what allows its use, else its rows are checked" in asked
    assert "no data-protection assessment is recorded" in asked


@pytest.mark.full
def test_a_file_sent_again_is_a_new_one_and_the_old_stays(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    doctor(project, capsys)
    folder, raw = project / "from them", project / "data/raw" / NAME
    before = (raw / "susp 1.csv").read_bytes()
    (folder / "susp 1.csv").write_bytes(before.replace(b"900001", b"900002"))
    said = doctor(project, capsys)[1]
    assert "exclusions, 2023/24, by quill/exclusions: replaced" in said
    assert (raw / "susp 1.csv").read_bytes() == before
    text = (project / f"config/editions/{NAME}.yaml").read_text(encoding="utf-8")
    (name,) = held(text)["extracts"][0]["periods"][1]["files"].values()
    assert name.startswith("susp 1-")
    assert (raw / name).read_bytes() == (folder / "susp 1.csv").read_bytes()


@pytest.mark.full
def test_a_year_nothing_tells_is_asked_and_taken_as_said(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project / "from them"
    names = {
        table.name: [c.name for c in table.columns if c.required]
        for table in registry()["schools"].tables
    }
    ((_, header),) = names.items()
    (folder / "register.csv").write_bytes(csv_of([header, ["1"] * len(header)]))
    assert (
        "schools; of which year? jsna doctor … --period register.csv=YEAR"
        in doctor(project, capsys, "--dry-run")[1]
    )
    assert (
        "schools, 2025: new; year as you say"
        in doctor(project, capsys, "--dry-run", "--period", "register.csv=2025")[1]
    )
    before = (project / f"config/editions/{NAME}.yaml").read_text(encoding="utf-8")
    for said, rule in {
        "none.csv=2025": "is written FILE=PERIOD",
        "register.csv=banana": "a period of schools is written like 2025",
        "copy.csv=2024": "a period of exclusions is written like 2024/25",
        "copy.csv=2022/23": "the file is of 2024/25, by the days in 'StartDate'",
        "register.csv=2031": "begins after the edition is published",
    }.items():
        code, told = doctor(project, capsys, "--period", said)
        assert (code, rule in told) == (1, True), told
    assert (project / f"config/editions/{NAME}.yaml").read_text(encoding="utf-8") == before


def test_what_cannot_be_taken_is_told_for_what_it_is(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, whole = project / "from them", suspensions(2024)
    # A mapping that only says on which sheet the table stands is no other way to read text.
    placed = {"extract": "exclusions", "tables": {"exclusions": {"sheet": "Autumn", "columns": {}}}}
    mapping = project / "config/mappings/quill/autumn.yaml"
    mapping.write_text(yaml.safe_dump(placed), encoding="utf-8")
    declared = IN_NEED.split(b"\n", 1)[1]
    evil = "a$(touch pwned)`id`.csv"
    for name, content in {
        "bare 2024-25.csv": whole.split(b"\n")[0] + b"\n",
        "short.csv": whole[:-20],
        "type.xml": b"<!DOCTYPE Message [<!ENTITY x 'y'>]>\n" + declared,
        "half.xml": IN_NEED[:-60],
        "other.xml": b"<?xml version='1.0'?>\n<Letter/>",
        evil: (folder / "mapme.csv").read_bytes() + b"\n",
        "copy (1).csv": whole, "old.xls": b"x", "all.zip": b"x", "sub/notes.json": b"{}",
        "published/a.csv": whole, "published/b.csv": whole,
        "uasc.csv": b"CHILD,SEX,DOB,DUC\n1,M,01/02/2008,01/02/2026\n",
    }.items():  # fmt: skip
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    said = doctor(project, capsys, "--dry-run")[1]
    assert "exclusions, 2024/25: new; year by the days" in said
    told = said.split("Not looked at: all.zip, old.xls, published/, sub/notes.json\n")[1]
    # What is safe to do with each kind, and nothing of kinds that are not there.
    steps = [line.strip().split(": ", 1) for line in told.splitlines() if line.startswith("  .")]
    assert [kind for kind, _ in steps] == [".xls", ".zip"]
    assert "(.xlsx) under a new name, never over a file" in steps[0][1]
    assert "into a new, empty folder" in steps[1][1]
    unclear = dict(
        line.removeprefix("Unclear: ").split(": ", 1)
        for line in said.splitlines() if line.startswith("Unclear: ")
    )  # fmt: skip
    for name, words in {
        "bare 2024-25.csv": "exclusions, exclusions: the file has a header and no rows; ask for",
        "short.csv": "cells: the file was cut short; ask for it again",
        "type.xml": "line 2: the file declares types or entities (DOCTYPE)",
        "half.xml": "the file ends before what it began: it was cut short",
        "other.xml": "an XML of no return that is declared",
        "copy (1).csv": "the same as 'copy.csv', byte for byte",
        "uasc.csv": "SSDA903 (children looked after), unaccompanied asylum-seeking children: not",
        evil: f"jsna map '{(folder / evil).as_posix()}' --source exclusions",
    }.items():
        assert words in unclear[name], said


def test_a_word_of_a_command_is_read_by_no_shell_as_another() -> None:
    assert [quoted(text) for text in ("a/b.csv", "upn=Pupil ref", "a$b", 'q"', "it's `id`")] == [
        "a/b.csv", '"upn=Pupil ref"', "'a$b'", "'q\"'", "'it'\"'\"'s `id`'"
    ]  # fmt: skip
    assert [quoted(text, "nt") for text in ("a b", "%PATH% x", "$(x)")] == ['"a b"', '"…"', '"…"']


def test_files_of_one_year_are_its_parts_where_their_days_follow_one_another(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(project / "from them")
    folder = project / "from them"
    folder.mkdir()
    head, *rows = suspensions(2022).splitlines(keepends=True)
    rows += [row.replace(b"A973", b"B973") for row in rows]
    autumn, rest = [*rows[:12], *rows[30:42]], [*rows[12:30], *rows[42:]]
    file = project / f"config/editions/{NAME}.yaml"

    def given(name: str, some: list[bytes]) -> str:
        (folder / name).write_bytes(b"".join([head, *some]))
        return doctor(project, capsys)[1]

    def periods() -> list[Any]:
        found = held(file.read_text(encoding="utf-8"))["extracts"][0]["periods"]
        return [one.get("files") for one in found]

    # Days until 13 December: nothing tells that there is more, but nobody is left to think so.
    said = given("z autumn.csv", autumn)
    assert "no row from January to August 2023: if the file is a part of the year" in said
    assert periods() == [{"exclusions": "z autumn.csv"}, None]
    said = given("rest.csv", rest)
    assert "replaced: other files" in said
    assert "no row from" not in said
    assert "rows where there were" not in said
    both = {"exclusions.1": "z autumn.csv", "exclusions.2": "rest.csv"}
    assert periods() == [both, None]
    assert "as the edition names it" in doctor(project, capsys)[1]
    # Which of two with the same days is right nothing tells: neither is taken, and none replaced.
    said = given("again.csv", rest[:-1])
    for name in ("z autumn.csv", "rest.csv", "again.csv"):
        assert f"Unclear: {name}: exclusions, 2022/23: " in said
    assert "none is taken, as no days tell them apart" in said
    assert "0 deliveries written" in said
    assert periods() == [both, None]
    # One part alone is no whole year: how many rows it had is told.
    for name in ("again.csv", "rest.csv"):
        (folder / name).unlink()
    said = given("z autumn.csv", autumn[:-1])
    assert "replaced: other files" in said
    assert "23 rows where there were 60: is that all of it?" in said


def test_no_file_is_taken_or_named_whose_name_holds_a_day_of_birth(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project / "from them"
    for name in (
        "Zwyx 12-03-2009.csv", "zwyx_20090312.csv", "Zwyx 12th March 2009.csv", "Zwyx 12.3.09.docx",
        # Not so long ago, and a date of birth of its rows.
        "spring/Zwyx 2019-02-12.csv",
    ):  # fmt: skip
        first = 2019 if "2019" in name else 2020
        (folder / name).write_bytes(suspensions(first).replace(b"12/02/2012", b"12/02/2019"))
    said = doctor(project, capsys)[1]
    assert said.count("bytes: its name holds a day on which a child may have been born") == 4
    assert "a .docx file of" in said
    text = (project / f"config/editions/{NAME}.yaml").read_text(encoding="utf-8")
    assert "exclusions, 2019/20" not in said
    assert "Zwyx" not in text


def test_no_file_is_taken_or_named_that_is_called_after_a_child(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project / "from them"
    whole = suspensions(2022)
    # As `suspensions` has them: of few rows one name says whose it is, of many both must be there.
    head, *rows = whole.splitlines(keepends=True)
    forename, surname = (rows[0].decode().split(",")[at] for at in (2, 1))
    few = b"".join([head, *rows[:2]])
    for name, content in {
        f"{surname}{forename} suspensions.csv": whole,
        f"{surname.upper()} 2022-23.csv": few,
        f"letters/{forename.lower()}_{surname.lower()}.csv": IN_NEED,
        f"Plan of {forename} {surname}.pdf": b"x",
        f"{surname}.zip": b"x",
        f"{forename}'s form.xlsx": b"no workbook",
        f"list.{forename} {surname}": b"x",
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    said = doctor(project, capsys)[1]
    text = (project / f"config/editions/{NAME}.yaml").read_text(encoding="utf-8")
    for name in (forename, surname):
        assert name.casefold() not in (said + text).casefold(), said
    assert said.count("its name holds the name of a child") == 3, said
    assert "a .pdf file of 1 bytes" in said and "a .xlsx file of 11 bytes" in said
    assert "Missing: exclusions, 2022/23" in said


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Blade-Export_16-01-2025_person.csv", False),
        ("exclusions_2016-17.csv", False),
        ("census 2015.csv", False),
        ("20180116 census.csv", False),
        ("2009-03-12/plan.csv", True),
        ("A B 31_12_2017.csv", True),
        ("A B 01 Jan 2010.xlsx", True),
    ],
)
def test_a_day_older_than_what_an_edition_is_made_of_is_of_a_birth(name: str, told: bool) -> None:
    assert by_its_day(name, date(2025, 1, 16)) == told


def test_a_year_without_events_for_months_is_told() -> None:
    def days(*months: int) -> list[date]:
        return [date(2023 + (month < 9), month, day) for month in months for day in (3, 9, 20)]

    for held_in, told in (
        ((9, 10, 11, 12, 1, 2, 3, 4, 5, 6, 7), ""),
        ((9, 10, 11, 12, 1, 2, 3), "April to August 2024"),
        ((9, 10, 11, 12, 4, 5, 6, 7), "January to March 2024"),
        ((1, 2, 3, 4, 5, 6, 7), "September to December 2023"),
        ((3, 4, 5, 6, 7, 8), ""),
        ((12, 4, 5, 6, 7, 8, 1), "September to November 2023"),
        ((10, 2, 3, 4, 5, 6, 7), "November 2023 to January 2024"),
    ):
        # Fewer than twenty say nothing; those of another year neither.
        assert empty_months(days(*held_in), "2023/24", "academic_year") == told
        assert empty_months([date(2020, 9, 3)] * 50 + days(9), "2023/24", "academic_year") == ""


def test_two_ways_to_read_a_file_are_asked_about(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The same headers, and other codes: read as declared it would give other numbers.
    codes = {"header": "SENprovision", "codes": {"K": "E", "E": "K", "N": "N"}}
    content = {"extract": "exclusions", "tables": {"exclusions": {"columns": {
        "sen_provision_at_event": codes}}}}  # fmt: skip
    other = project / "config/mappings/quill/turned.yaml"
    other.write_text(yaml.safe_dump(content), encoding="utf-8")
    said = doctor(project, capsys)[1]
    assert "which may be read as declared or mapping quill/turned alike" in said
    assert "--mapping exclusions= or --mapping exclusions=quill/turned" in said
    for way, told in {
        "exclusions=": "exclusions, 2024/25: new",
        "exclusions=quill/turned": "exclusions, 2024/25, by quill/turned: new",
        "exclusions=quill/none": "is written SOURCE=MAPPING",
        "ncmp=quill/turned": "is written SOURCE=MAPPING",
        "exclusions": "is written SOURCE=MAPPING",
    }.items():
        assert told in doctor(project, capsys, "--dry-run", "--mapping", way)[1]
    file = project / f"config/editions/{NAME}.yaml"
    owner = "    owner: Inclusion team\n"
    chosen = EDITION.replace(owner, f"{owner}    mapping: quill/turned\n")
    file.write_text(chosen, encoding="utf-8")
    assert "exclusions, 2024/25, by quill/turned: new" in doctor(project, capsys)[1]
    file.write_text(EDITION.replace(owner, f'{owner}    mapping: ""\n'), encoding="utf-8")
    assert "exclusions, 2024/25: new" in doctor(project, capsys)[1]


@pytest.mark.parametrize(
    ("stem", "kind", "period"),
    [
        ("exclusions_2022-23", "academic_year", "2022/23"),
        ("exclusions 2022 2023 v2", "academic_year", "2022/23"),
        ("suspensions202223", "academic_year", "2022/23"),
        ("Blade-Export_16-01-2025_person", "january", "2025"),
        ("2024 and 2025", "january", ""),
        ("2024-26", "financial_year", ""),
        ("pupils", "january", ""),
    ],
)
def test_a_year_is_read_from_a_name_only_where_it_is_one(stem: str, kind: str, period: str) -> None:
    assert years.of_name(stem, kind) == period


def test_whatever_form_of_file_is_read_is_looked_at(tmp_path: Path) -> None:
    for ending in (*FORMATS, ".xml", ".xls"):
        (tmp_path / f"return{ending}").write_bytes(b"x")
    assert {file.suffix for file in files_of(tmp_path)} == {*FORMATS, ".xml"}
    assert passed_over(tmp_path) == ["return.xls"]

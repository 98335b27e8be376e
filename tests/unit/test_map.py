"""`jsna map`: what it proposes for a file in a council's shape, asks, writes and never shows."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsna import cli
from jsna.drafting.cells import Cells
from jsna.ingest.fills import fill
from jsna.ingest.kept import Kept
from jsna.ingest.read import read_table
from jsna.ingest.stage import Staged
from jsna.model.contract import Column
from jsna.model.editions import Delivery
from jsna.model.layouts import MappingFile
from jsna.receiving.coded import coding
from jsna.receiving.days import order_of
from jsna.receiving.fits import Held
from jsna.receiving.looks import look
from jsna.receiving.seen import Known
from jsna.sources import registry
from tests.books import book, book_bytes
from tests.conftest import ROOT

EXCLUSIONS = registry()["exclusions"].table("exclusions")
NAMES = ["Zwyx", "Qoph", "Vyrn", "Ubbel", "Ostrix", "Plimsoe"]
UPNS = [f"A9730000{n:05d}" for n in range(60)]
#: What may stand in nothing that is said or written.
CANARIES = [*NAMES, *UPNS, "Mrs Tutor"]
HEADER = ["Pupil ref", "Family name", "Forename", "DOB", "Gender", "School URN", "Exclusion type",
          "Reason1", "First day", "Sessions", "SEN status", "Tutor"]  # fmt: skip
#: As somebody answers what is asked of it.
ANSWERS = ["--column", "upn=Pupil ref", "--column", "surname=Family name",
           "--column", "school_urn=School URN", "--column", "start_date=First day",
           "--column", "category=Exclusion type", "--dates", "start_date=day first",
           "--absent", "reason_2", "--absent", "reason_3",
           "--code", "sen_provision_at_event:None=N"]  # fmt: skip


def row(n: int) -> list[str]:
    """A suspension, worked out from its number; no start date has a day past the twelfth."""
    born, began = date(2010, 1, 1) + timedelta(days=37 * n), date(2024, 1 + n % 12, 1 + n % 11)
    return [
        UPNS[n], NAMES[n % 6], NAMES[(n + 1) % 6], f"{born:%m/%d/%Y}", ["Male", "Female"][n % 2],
        f"90000{n % 3}", ["Suspension", "Permanent exclusion"][n % 10 == 0], "DB",
        f"{began:%d/%m/%Y}", str(1 + n % 5), ["SEN support", "EHC plan", "None"][n % 3],
        "Mrs Tutor",
    ]  # fmt: skip


ROWS = [row(n) for n in range(60)]


def csv_of(rows: Sequence[Sequence[str]]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    for part in ("codelists", "dimensions.yaml", "linkage", "indicators", "recoded.yaml"):
        source = ROOT / "config" / part
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / "config" / part)
    (tmp_path / "e.csv").write_bytes(csv_of([["Suspensions 2023/24"], HEADER, *ROWS]))
    return tmp_path


def run(project: Path, capsys: pytest.CaptureFixture[str], *more: str, file: str = "e.csv") -> Any:
    code = cli.main(["map", str(project / file), "--root", str(project), *more])
    said = capsys.readouterr()
    for canary in CANARIES:
        assert canary not in said.out + said.err
    return code, said.out + said.err


def mapping(project: Path) -> MappingFile:
    text = (project / "config/mappings/quill/exclusions.yaml").read_text(encoding="utf-8")
    assert not [canary for canary in CANARIES if canary in text]
    return MappingFile.model_validate(yaml.safe_load(text))


def test_what_is_sure_is_taken_and_a_key_is_never_guessed(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run(project, capsys)
    assert code == 1
    assert "the table 'exclusions' of Suspensions and permanent exclusions" in said
    assert "headers on row 2" in said
    assert "date_of_birth: 'DOB' (a name of its own); dates month first" in said
    assert "forename: 'Forename' (a name of its own)" in said
    # Its cells have the shape of one, and that is not enough.
    assert "upn: asked" in said
    assert "upn (Unique pupil number) stand under 'Pupil ref'? --column \"upn=Pupil ref\"" in said
    assert "'Tutor'" in said
    assert not (project / "config/mappings").exists()
    asked = run(project, capsys, "--to", "quill/exclusions")
    assert asked[0] == 1
    assert "not written until this is answered" in asked[1]
    assert not (project / "config/mappings").exists()


def test_answers_make_a_mapping_by_which_the_file_is_read(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run(project, capsys, *ANSWERS, "--to", "quill/exclusions")
    assert code == 0, said
    assert "Covered: 11 of 13 columns" in said
    made = mapping(project)
    shape = made.tables["exclusions"]
    assert shape.header_row == 2
    frame = read_table((project / "e.csv").read_bytes(), "e.csv", EXCLUSIONS, shape=shape).frame
    assert frame is not None
    assert frame["upn"].to_list() == UPNS
    assert frame["date_of_birth"].iloc[1] == "2010-02-07"
    assert frame["start_date"].iloc[2] in ("2024-03-03", "03/03/2024")
    category = {"Suspension": "SUSP", "Permanent exclusion": "PERM"}
    assert frame["category"].to_list() == [category[one[6]] for one in ROWS]
    provision = {"SEN support": "K", "EHC plan": "E", "None": "N"}
    assert frame["sen_provision_at_event"].to_list() == [provision[one[10]] for one in ROWS]
    # A second time only where that is said.
    assert "--again" in run(project, capsys, *ANSWERS, "--to", "quill/exclusions")[1]


def test_schools_may_be_found_by_numbers_that_stand_under_headers_of_a_systems_own(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = HEADER.index("School URN")
    header = [*HEADER[:at], "Auth", "Base no", *HEADER[at + 1 :]]
    rows = [[*one[:at], "961", f"{4000 + n % 3}", *one[at + 1 :]] for n, one in enumerate(ROWS)]
    (project / "e.csv").write_bytes(csv_of([header, *rows]))
    others = [one for pair in zip(ANSWERS[::2], ANSWERS[1::2], strict=True)
              if "school_urn" not in pair[1] for one in pair]  # fmt: skip
    asked = run(project, capsys, *others)[1]
    assert "where is school_urn" in asked
    numbers = ["--column", "lea=Auth", "--column", "estab=Base no"]
    code, said = run(project, capsys, *others, *numbers, "--to", "quill/exclusions")
    assert (code, "estab: 'Base no' (as you say)" in said) == (0, True), said
    shape = mapping(project).tables["exclusions"]
    reading = read_table((project / "e.csv").read_bytes(), "e.csv", EXCLUSIONS, shape=shape)
    assert reading.frame is not None and not reading.findings.problems
    assert [*reading.frame["estab"][:3]] == ["4000", "4001", "4002"]
    delivery = Delivery(extract="exclusions", period="2023/24", files={"exclusions": "e.csv"})
    register = (
        b"URN,LA (code),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (code),"
        b"PhaseOfEducation (name)\n" + b"".join(
            b"90000%d,961,%d,Mossby,01,Primary\n" % (n, 4000 + n) for n in range(3)
        )
    )  # fmt: skip
    schools = Delivery(extract="schools", period="2024", files={"school": "s.csv"})
    listed = read_table(register, "s.csv", registry()["schools"].table("school"))
    assert not listed.findings.problems
    staged = [
        Staged(delivery, "exclusions", Kept.of(reading.frame), reading.findings),
        Staged(schools, "school", Kept.of(listed.frame), listed.findings),
    ]
    found = fill(staged, lambda _: date(2024, 8, 31), "961")[0].rows
    assert found is not None
    assert found.cells("school_urn").to_pylist()[:3] == ["900000", "900001", "900002"]
    assert look(project / "e.csv", Known({"quill/exclusions": mapping(project)})).mapping


def test_what_is_the_same_in_every_row_is_said_once_and_of_no_key(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    same = ["--constant", "sessions=2", "--constant", "reason_2=DB", "--to", "quill/exclusions"]
    code, said = run(project, capsys, *ANSWERS[:-6], *ANSWERS[-4:], *same)
    assert (code, "sessions: always '2'" in said) == (0, True), said
    shape = mapping(project).tables["exclusions"]
    frame = read_table((project / "e.csv").read_bytes(), "e.csv", EXCLUSIONS, shape=shape).frame
    assert frame is not None
    assert frame["sessions"].to_list() == ["2"] * 60
    for name in ("upn", "surname", "date_of_birth", "school_urn"):
        told = run(project, capsys, *ANSWERS, "--constant", f"{name}=1")
        assert (told[0], "never the same in all" in told[1]) == (1, True)
    # Nor is it offered of one.
    (project / "e.csv").write_bytes(csv_of([HEADER[1:9], *(one[1:9] for one in ROWS)]))
    asked = run(project, capsys, "--source", "exclusions", "--table", "exclusions")[1]
    assert "where is upn (Unique pupil number)? --column upn=HEADER, or of another file" in asked
    assert "--constant sessions=VALUE" in asked


def test_dates_that_read_two_ways_are_asked_about_once_a_column(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = run(project, capsys, *ANSWERS[:-8], *ANSWERS[-6:])[1]
    assert said.count("in which order are the dates") == 1
    assert '--dates "start_date=day first" or --dates "start_date=month first"' in said
    assert "is one of day first" in run(project, capsys, "--dates", "start_date=backwards")[1]


def test_a_column_of_another_file_is_joined_by_the_key_that_is_said(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    homes = [["Urns", ""], ["Child", "School"], *[[u, "900001"] for u in UPNS[:57]]]
    (project / "homes.xlsx").write_bytes(book_bytes(book(homes, "Schools", Other=[["x"]])))
    beside = ["--beside", f"homes={project / 'homes.xlsx'}", "--column", "school_urn=homes:School"]
    told = run(project, capsys, *ANSWERS, *beside)
    assert told[0] == 1
    assert "say by which key" in told[1]
    said = run(project, capsys, *ANSWERS, *beside, "--key", "homes=Pupil ref=Child",
               "--to", "quill/exclusions")[1]  # fmt: skip
    assert "95.0% of the rows have their key there" in said
    made = mapping(project)
    assert (made.beside["homes"].sheet, made.beside["homes"].header_row) == ("Schools", 2)
    origin = made.tables["exclusions"].columns["school_urn"]
    assert origin is not None
    assert origin.join is not None
    assert (origin.join.key, origin.join.there) == ("Pupil ref", "Child")


def test_two_sheets_of_one_table_are_no_file_of_it(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = {"Autumn 2023": ROWS[:30], "Spring 2024": ROWS[30:]}
    for titles, shown in (
        (list(parts), " ('Autumn 2023', 'Spring 2024')"),
        (["Autumn", "Zwyx"], ""),
    ):
        first, second = ([HEADER, *rows] for rows in parts.values())
        (project / "e.xlsx").write_bytes(book_bytes(book(first, titles[0], **{titles[1]: second})))
        if shown:
            said = run(project, capsys, file="e.xlsx")[1]
            assert f"2 sheets look like the table 'exclusions'{shown}; say which" in said
    said = run(
        project, capsys, *ANSWERS, "--sheet", "Autumn", "--to", "quill/exclusions", file="e.xlsx"
    )[1]
    assert "1 more sheet has the headers of this one" in said
    seen = look(project / "e.xlsx", Known({"quill/exclusions": mapping(project)}))
    assert "1 more sheet has the headers" in seen.told


def test_the_sheet_of_a_workbook_is_known_by_its_headers(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = book([["Read me"]], "Notes", Returned=[["Suspensions"], [], HEADER, *ROWS])
    (project / "e.xlsx").write_bytes(book_bytes(made))
    run(project, capsys, *ANSWERS, "--to", "quill/exclusions", file="e.xlsx")
    shape = mapping(project).tables["exclusions"]
    assert (shape.sheet, shape.header_row) == ("Returned", 3)
    # Where the source is said too, the other sheets are none of it.
    run(project, capsys, *ANSWERS, "--source", "exclusions", "--to", "quill/exclusions", "--again",
        file="e.xlsx")  # fmt: skip
    assert mapping(project).tables["exclusions"] == shape
    two = book([HEADER, *ROWS], "Spring", Summer=[HEADER, *ROWS])
    (project / "e.xlsx").write_bytes(book_bytes(two))
    assert "2 sheets look like the table" in run(project, capsys, file="e.xlsx")[1]
    # Casework is kept in one sheet for each child.
    own = book([HEADER, *ROWS], "Zwyx", Notes=[["x"]])
    (project / "e.xlsx").write_bytes(book_bytes(own))
    assert "is a name in it too" in run(project, capsys, file="e.xlsx")[1]


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        (["--source", "nothing"], "no source has such a table"),
        (["--column", "colour=Tutor"], "the table has no such field"),
        (["--column", "upn=Number"], "no column of the file has this header"),
        (["--column", "upn"], "is written NAME=VALUE"),
        (["--to", "Quill"], "is written <council>/<source>"),
        (["--row", "99"], "the header is on one of the first"),
        (["--row", "0"], "the header is on one of the first"),
        (["--column", "category=First day"], "is said of start_date and category; a header stands"),
        (["--code", "category:Suspension=XXXX"], "is no code of category; it has SUSP, PERM"),
        (["--constant", "category=XXXX"], "is no code of category; it has SUSP, PERM"),
        (["--sheet", "Autumn"], "only a workbook has sheets; leave it out"),
    ],
)
def test_what_cannot_be_meant_is_told(
    project: Path, capsys: pytest.CaptureFixture[str], more: list[str], rule: str
) -> None:
    code, said = run(project, capsys, *ANSWERS, *more)
    assert code == 1
    assert rule in said


def test_a_file_of_nothing_declared_is_told(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "e.csv").write_bytes(csv_of([["Colour", "Shape"], *[["red", "round"]] * 9]))
    code, said = run(project, capsys)
    assert code == 1
    assert "nothing in it looks like a declared table" in said
    (project / "old.docx").write_bytes(b"x")
    (project / "folder.csv").mkdir()
    for name, rule in {
        "old.docx": "is neither CSV (.csv, .txt, .tsv) nor a workbook (.xlsx, .xlsm)",
        "return.xml": "XML of a return is read without a mapping: `jsna doctor`",
        "none.csv": "there is no such file",
        "folder.csv": "is a folder; give one file of it",
    }.items():
        told = run(project, capsys, file=name)[1]
        assert "No mapping can be proposed" in told
        assert rule in told


HELD = Held({"kind": {"A": "Bus", "B": "A", "C": "Car and driver"}}, {})
KIND = Column("Kind", "kind", "code", "Kind.", codes="kind")


def coded(*values: str, looked_at: bool = False, **given: str) -> Any:
    cells = Cells("Kind", values * 6, 6 * len(values))
    return coding(cells, KIND, HELD, {"zwyx"}, given, looked_at)


def test_codes_are_read_by_their_labels_and_what_fits_two_is_asked() -> None:
    assert dict(coded("bus", "C").codes) == {"bus": "A", "C": "C"}
    # A is a code, and the label of another.
    assert dict(coded("A").asked) == {"A": ("A", "B")}
    assert dict(coded("A", A="B").codes) == {"A": "B"}
    # What is said of a code holds where this file has it not.
    assert dict(coded("A", A="B", Z="C").codes) == {"A": "B", "Z": "C"}
    # Short codes of a system's own are asked about, what may be a name is not shown.
    assert dict(coded("Q1", "C").asked) == {"Q1": ()}
    hidden = coded("Zwyx", "Tram", "C")
    assert (hidden.hidden, dict(hidden.asked), hidden.mapped, hidden.rows) == (2, {}, 6, 18)
    assert hidden.too_few
    assert list(coded("Tram", "C", looked_at=True).asked) == ["Tram"]
    # A code may be called like what says nothing: it is asked which of them it is.
    assert list(coded("None", "C").asked) == ["None"]
    assert coded("None", "C", none="").empty == ("None",)
    # A code that ends with a return stays itself whatever else is said: the build knows the year.
    held = replace(HELD, rolls={"kind": {"S": "C", "T": "C"}}, until={"kind": {"S": 2018}})
    cells = Cells("Kind", ("s", "T", "Q1") * 6, 18)
    made = coding(cells, KIND, held, set(), {"Q1": "A"}, False)
    assert (dict(made.codes), made.ended) == ({"s": "S", "T": "C", "Q1": "A"}, {"S": 2018})
    assert coding(cells, KIND, held, set(), {"s": "B"}, False).codes["s"] == "B"
    # Also where somebody says outright what it counted as.
    said = coding(cells, KIND, held, set(), {"s": "C", "Q1": "A"}, False)
    assert (said.codes["s"], said.ended) == ("S", {"S": 2018})
    # And where somebody looked, still no name of the file.
    assert coded("Zwyx", "C", looked_at=True).hidden == 1


@pytest.mark.parametrize(
    ("days", "order", "among"),
    [
        (["04/13/2012", "01/02/2012"], "month first", ()),
        (["13/04/2012", "01/02/2012"], "", ()),
        (["2012-04-13", "3 April 2012"], "", ()),
        (["01/02/2012"], "", ("day first", "month first")),
        (["13.04.12"], "", ("day first", "year first")),
        (["31.02.99"], "", ()),
        (["13/04/2012", "04/13/2012"], "", ()),
        # Both ways it is the same day.
        (["04/04/2012"], "", ()),
    ],
)
def test_the_order_of_dates_is_what_one_of_them_shows(
    days: list[str], order: str, among: tuple[str, ...]
) -> None:
    found = order_of(dict.fromkeys(days, 1))
    assert (found.dates, found.among) == (order, among)

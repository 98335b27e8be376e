"""`jsna new source`: a draft declares the file it came from, and holds nothing of a child."""

from __future__ import annotations

import dataclasses
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna import io
from jsna.drafting import cli, source
from jsna.drafting.source import Asked, draft
from jsna.errors import JsnaError
from jsna.ingest.judge import Validated
from jsna.ingest.read import read_table
from jsna.ingest.validate import validate_delivery
from jsna.model.contract import Context, Extract
from jsna.model.tables import AnalysisTable
from jsna.shared import usual
from tests.conftest import ROOT
from tests.tried import tried

from .draft_support import FIRST, LAST, Rows, as_csv, breaks, clinic, day, nhs_number, places, saved
from .validation_support import CODELISTS

SHAPES: dict[str, tuple[Callable[[], Rows], str]] = {
    "sleep clinic 2024-25.csv": (clinic, "cp1252"),
    "short_breaks.csv": (breaks, "utf-8-sig"),
    "specialist_places.csv": (places, "utf-8"),
}


#: Columns of codes of these files, as somebody who looked at them would name them.
CODES = ("Clinic", "Outcome", "Kind of break", "Kind of place")


def coded(file: Path, **more: str) -> Asked:
    """What is asked of a file of `SHAPES`, with its columns of codes named."""
    head = file.read_bytes().decode("utf-8", errors="replace").partition("\n")[0]
    return Asked(file, codes=tuple(code for code in CODES if code in head), **more)


def declared(made: source.Draft) -> Extract:
    """What the text of a draft declares, run as a module of its own."""
    space: dict[str, object] = {"__name__": "drafted"}
    exec(made.files["extract.py"], space)
    extract = space["EXTRACT"]
    assert isinstance(extract, Extract)
    return extract


def said(extract: Extract) -> tuple[Extract, list[str]]:
    """An extract with what its rules are called: what they do is no two times the same object."""
    (table,) = extract.tables
    codes = [rule.code for rule in table.rules]
    return dataclasses.replace(extract, tables=(dataclasses.replace(table, rules=()),)), codes


def judged(made: source.Draft, file: Path, period: str = "2024/25") -> Validated:
    """The file under its draft, read and validated as a build does."""
    extract = declared(made)
    (table,) = extract.tables
    reading = read_table(file.read_bytes(), file.name, table)
    assert reading.findings.problems == []
    assert reading.frame is not None
    own = {str(c.codes): frozenset(dict(c.labels)) for c in table.columns if c.labels}
    context = Context(date(2025, 1, 16), period, "E10000901", {**CODELISTS, **own}, synthetic=True)
    return validate_delivery(extract, {table.name: reading.frame}, context)[table.name]


def kinds(made: source.Draft) -> dict[str, str]:
    """Header -> what its column is taken for."""
    return {c.name: c.identifier or c.type for c in made.extract.tables[0].columns}


@pytest.mark.parametrize("name", SHAPES)
def test_a_draft_validates_the_file_it_came_from(tmp_path: Path, name: str) -> None:
    rows, encoding = SHAPES[name]
    file = saved(tmp_path, name, rows(), encoding)
    made = draft(coded(file), ROOT)
    found = judged(made, file)
    assert (found.found, found.problems, len(found.reasons)) == ((), (), 0)
    assert len(found.valid) == len(rows()) - 1
    assert said(declared(made)) == said(made.extract)


@pytest.mark.parametrize("name", list(SHAPES)[:2])
def test_nothing_of_a_child_is_in_a_draft_or_told(tmp_path: Path, name: str) -> None:
    rows, encoding = SHAPES[name]
    head, *records = rows()
    made = draft(coded(saved(tmp_path, name, [head, *records], encoding)), ROOT)
    said = "\n".join([*made.files.values(), *cli._told(made)]).casefold()
    masked = ("nhs_number", "forename", "surname", "date_of_birth", "postcode")
    personal = [at for at, header in enumerate(head) if kinds(made).get(header) in masked]
    assert len(personal) == (5 if "NHS No" in head else 4)
    # Nor of a column that was left out, of the days, or of what names a row.
    others = {"Notes", "Referral ID", "Referral date", "First seen", "Start date", "Weekly cost"}
    closed = [at for at, header in enumerate(head) if header in others]
    for record in records:
        for at in (*personal, *closed):
            assert not record[at] or record[at].casefold() not in said, head[at]


def test_what_columns_are_taken_for(tmp_path: Path) -> None:
    made = draft(coded(saved(tmp_path, "clinic.csv", clinic())), ROOT)
    assert kinds(made) == {
        "NHS No": "nhs_number", "First name": "forename", "Last name": "surname",
        "D.O.B.": "date_of_birth", "Gender": "code", "Home postcode": "postcode",
        "Referral ID": "string", "Referral date": "date", "Clinic": "code", "First seen": "date",
        "Attended": "boolean", "Nights observed": "integer", "Outcome": "code",
    }  # fmt: skip
    assert made.told == {
        "Notes": "may name or describe somebody; left out",
        "Clinic": "called clinic_clinic, as its own name means something else",
        "Outcome": "called clinic_outcome, as its own name means something else",
    }
    table = made.extract.table("clinic")
    assert table.key == ("referral_id",)
    assert table.dated_by == "referral_date"
    assert table.column("first_seen").nullable and not table.column("referral_date").nullable
    assert table.column("sex").spellings == (("male", "M"), ("female", "F"))
    nights = table.column("nights_observed")
    assert (nights.minimum, nights.maximum) == (0, 10)
    # `outcome` is a code list already, of other codes.
    assert [c.codes for c in table.columns if c.labels] == ["clinic_clinic", "clinic_outcome"]
    assert table.column("clinic_outcome").labels == (
        ("Discharged", "Discharged"), ("Treated", "Treated"),
    )  # fmt: skip
    assert made.extract.population_base == "resident" and made.extract.person_level
    assert [*made.files] == ["__init__.py", "extract.py"]
    assert [table.name for table in usual.tables(made.extract)] == [
        "clinic", "in_clinic", "roll_clinic",
    ]  # fmt: skip


def test_children_without_a_number_are_told_apart_by_who_they_are_and_the_day(
    tmp_path: Path,
) -> None:
    made = draft(Asked(saved(tmp_path, "short_breaks.csv", breaks())), ROOT)
    assert made.extract.tables[0].key == ("surname", "forename", "date_of_birth", "start_date")
    assert made.extract.population_base == "responsible"
    cost = made.extract.tables[0].column("weekly_cost")
    assert (cost.type, cost.minimum, cost.maximum) == ("number", 0, 500)


def test_a_file_about_no_person(tmp_path: Path) -> None:
    asked = Asked(saved(tmp_path, "x.csv", places()), "specialist_places", period_type="january")
    made = draft(asked, ROOT)
    assert not made.extract.person_level and not made.extract.about_persons
    assert made.extract.tables[0].key == ("school_urn",)
    assert not made.extract.tables[0].column("lsoa_code").masked
    assert made.told["School name"] == "may name or describe somebody; left out"
    (table,) = usual.tables(made.extract)
    assert isinstance(table, AnalysisTable)
    assert (table.name, table.row) == ("specialist_places", "a record of specialist places")
    assert made.extract.title == "Specialist places"


def test_codes_that_few_rows_have_are_not_written(tmp_path: Path) -> None:
    """A record moved by a cell has a name among the codes."""
    head, *records = clinic()
    at = head.index("Outcome")
    records[3][at] = "Ottoline"
    file = saved(tmp_path, "clinic.csv", [head, *records])
    made = draft(coded(file), ROOT)
    text = "".join(made.files.values()) + "".join(cli._told(made))
    assert "ottoline" not in text.casefold()
    assert "fewer than 5 rows (1 of them)" in made.told["Outcome"]
    found = judged(made, file)
    assert [(v.code, v.severity, v.rows) for v in found.found] == [
        ("clinic.clinic_outcome.code", "warning", 1)
    ]
    assert len(found.reasons) == 0


def test_a_column_of_names_under_another_header_is_left_out(tmp_path: Path) -> None:
    head, *records = clinic(200)
    for record in records:
        record[head.index("Clinic")] = record[head.index("First name")].upper()
    made = draft(coded(saved(tmp_path, "clinic.csv", [head, *records])), ROOT)
    assert made.told["Clinic"] == "holds names of children; left out"
    assert not any(name.casefold() in "".join(made.files.values()).casefold() for name in FIRST)


# ---- text ----------------------------------------------------------------------------------------

VISITS = [f"2024-0{1 + i % 9}-1{i % 9}" for i in range(60)]
FULL = [f"{first} {last}" for first, last in zip(FIRST[:6], LAST, strict=False)]
UPNS = [f"A23207320{i}152" for i in range(10, 16)]


def output(file: Path, *codes: str) -> str:
    """All that a draft of a file writes and says, or why there is none; also as of areas."""
    whole = []
    for base in ("", "areas"):
        try:
            made = draft(Asked(file, codes=codes, base=base), ROOT)
            whole += [*made.files.values(), *cli._told(made)]
        except JsnaError as error:
            whole.append(str(error))
    return "\n".join(whole).casefold()


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize(
    ("header", "values"),
    [
        *((header, FULL) for header in ("Pupil", "Child name", "Young person", "Brother", "Name")),
        *((header, FULL) for header in ("Best friend", "Keyworker", "Learner", "Siblings")),
        ("Home", [f"{i} High Street" for i in range(1, 7)]),
        ("Code", UPNS),
        ("Code", [f"{upn[:4]} {upn[4:8]} {upn[8:]}" for upn in UPNS]),
        ("Code", [upn[1:] for upn in UPNS]),
        ("Code", [*UPNS[:1], "tbc", "pending", "see file", "not known"]),
        ("Code", ["999-000 0018", "999 000 0026", "none"]),
        ("Area", ["ZZ1 1AB", "zz12ab", "ZZ1-3AB", "moved"]),
        ("Area", ["moved to ZZ1 1AB", "there"]),
        ("Cohort", ["10 March 2011 or so", "about 3.4.2012", "2013-05-06?"]),
        ("Cohort", ["31st of May", "Sept 2011", "later"]),
        ("Class", [f"Set {first}" for first in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO"]),
    ],
)
def test_text_that_may_be_somebody_is_never_written(
    tmp_path: Path, header: str, values: list[str], named: bool
) -> None:
    """Beside an NHS number and in a file of which nothing says that it is about children."""
    values = [f"{value} {at}" if header == "Class" else value for at, value in enumerate(values)]
    draw = random.Random(3)
    for others, rows in ((["NHS No"], [nhs_number(draw)] * 600), (["Visits"], ["3"] * 600)):
        made = [[*others, header, "Visit"]]
        for at, first in enumerate(rows):
            first = nhs_number(draw) if others == ["NHS No"] else first
            made.append([first, values[at % len(values)], VISITS[at % 60]])
        said = output(saved(tmp_path, "visits.csv", made), *[header] * named)
        for value in values:
            if len(value) > 3:
                assert value.casefold() not in said
        assert "left out" in said


def test_codes_are_written_where_they_are_short_or_somebody_named_the_column(
    tmp_path: Path,
) -> None:
    rows = [["Visits", "Band", "Set", "Team", "Visit"]]
    rows += [
        ["3", ("A1", "B2")[i % 2], ("Ann", "Joe")[i % 2], ("Coast team", "Hill team")[i % 2], day]
        for i, day in enumerate(VISITS)
    ]
    rows[1][1] = "Zq"
    file = saved(tmp_path, "visits.csv", rows)
    made = draft(Asked(file), ROOT)
    listed = {c.name: c.labels for c in made.extract.tables[0].columns if c.labels}
    assert listed == {"Band": (("A1", "A1"), ("B2", "B2"))}
    said = output(file)
    assert not any(text in said for text in ("zq", "ann", "joe", "coast team"))
    assert "column 4, 'team': text, left out;" in said
    assert "--codes team" in said
    assert "hill team" in output(file, "TEAM")
    assert "no column has this header (found 'kind')" in output(file, "Kind")
    assert "taken for something else" in output(file, "Visit")


WORDS = st.text("abcdefghijkLMNOPQ' -19", min_size=4, max_size=12).map(lambda word: f"q{word}q")


@given(
    columns=st.lists(st.lists(WORDS, min_size=1, max_size=4, unique=True), min_size=1, max_size=4),
    person=st.booleans(),
    header=st.booleans(),
)
@tried(40)
def test_no_text_reaches_a_draft_or_the_screen_unasked(
    tmp_path_factory: pytest.TempPathFactory, columns: list[list[str]], person: bool, header: bool
) -> None:
    draw = random.Random(4)
    first = ["NHS No" if person else "Visits", *("Kind " + "abcd"[i] for i in range(len(columns)))]
    rows = [
        [nhs_number(draw) if person else "3", *(values[at % len(values)] for values in columns)]
        for at in range(40)
    ]
    file = saved(tmp_path_factory.mktemp("text"), "visits.csv", [first, *rows] if header else rows)
    said = output(file)
    assert not any(value.strip().casefold() in said for values in columns for value in values)


@pytest.mark.parametrize("digits", [9, 10, 20, 308, 400])
def test_a_number_of_any_length_is_read(tmp_path: Path, digits: int) -> None:
    rows = [["Visit", "Cost"], *([day, "7" * digits] for day in VISITS)]
    said = output(saved(tmp_path, "visits.csv", rows))
    assert ("identifier, a postcode or a day; left out" in said) == (digits > 9)
    assert "77777" not in said


# ---- what is refused ---------------------------------------------------------------------------


def told(asked: Asked) -> str:
    with pytest.raises(JsnaError) as caught:
        draft(asked, ROOT)
    return str(caught.value)


def test_a_file_without_a_header_is_refused_and_none_of_it_told(tmp_path: Path) -> None:
    _, *records = clinic()
    said = told(Asked(saved(tmp_path, "clinic.csv", records)))
    assert "is no header, but like a record" in said
    assert not any(cell and cell in said for cell in records[0][:8])


def test_words_that_stand_below_themselves_are_no_header(tmp_path: Path) -> None:
    records = [["Zora", "Quillfeather", "Coast"], ["Milo", "Penhale", "Coast"]] * 5
    said = told(Asked(saved(tmp_path, "clinic.csv", records)))
    assert "no header" in said
    assert not any(cell in said for record in records for cell in record)


@pytest.mark.parametrize(
    ("first", "part"),
    [
        (["Zora", "", "Coast"], "over column 2 is no header"),
        (["Zora", "17", "tbc"], "over columns 2 and 3 is no header"),
        (["Zora", "17 May 2011", "Coast"], "over column 2 is no header"),
        (["ZZ1 1AB", "Quillfeather", "A232073202152"], "over columns 1 and 3 is no header"),
        (["Zora", "Quillfeather", "Zora"], "two columns have the same header: columns 1 and 3;"),
        (["Zora", "Quillfeather", "Coast"], "nothing tells its first line from a record"),
    ],
)
def test_a_line_that_may_be_a_record_is_told_by_numbers_alone(
    tmp_path: Path, first: list[str], part: str
) -> None:
    rows = [first, *(["Milo", "Penhale", "Hill"], ["Wren", "Carrow", "Dale"]) * 9]
    said = told(Asked(saved(tmp_path, "visits.csv", rows)))
    assert part in said
    assert not any(cell and cell in said for row in rows for cell in row)


def test_a_row_with_more_cells_than_headers_is_named(tmp_path: Path) -> None:
    head, *records = clinic()
    records[0].append("Ottoline")
    said = told(Asked(saved(tmp_path, "clinic.csv", [head, *records])))
    assert "row 2 has more cells than the header's 14" in said
    assert "semicolon" not in said and "Ottoline" not in said


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "clinic.csv"
    rows = [["Report of the clinic"], [], *clinic()]
    file.write_text(as_csv(rows, ";"), encoding="utf-8")
    said = told(Asked(file, "areas", title='So "called"', period_type="januray", base="residents"))
    for part in (
        "there is a source of this name", "did you mean january?", "did you mean resident?",
        "a title is words without quotation marks", "the header stands on row 3",
    ):  # fmt: skip
        assert part in said


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        (Asked(Path("none.csv"), "clinic"), "there is no such file"),
        (Asked(Path(__file__), "clinic"), "is neither CSV (.csv, .txt, .tsv) nor a workbook"),
        (Asked(Path("none.csv"), "pupil"), "there is an analysis table of this name"),
        (Asked(Path("none.csv"), "import"), "small letters and _ alone"),
        (Asked(Path("none.csv"), "Clinic 2"), "small letters and _ alone"),
        (Asked(Path("none.csv"), "clinic", title="A\0"), "braces and numbers, on one line"),
    ],
)
def test_what_cannot_be_drafted(asked: Asked, part: str) -> None:
    assert part in told(asked)


def test_a_file_that_has_a_source_is_named(tmp_path: Path) -> None:
    head = ["URN", "LA (code)", "EstablishmentName", "TypeOfEstablishment (code)"]
    rows = [head, ["900001", "990", "One", "01"], ["900002", "990", "Two", "02"]]
    said = told(Asked(saved(tmp_path, "register.csv", rows)))
    assert "the table 'school' of Register of schools and colleges, which has a source" in said


def test_children_whom_nothing_leads_to_other_records_are_refused(tmp_path: Path) -> None:
    rows = [[row[0], row[1], *row[5:]] for row in breaks()]
    assert "names children by nothing" in told(Asked(saved(tmp_path, "b.csv", rows), "respite"))


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        *((header, "C{}x") for header in ("Child ref", "Case ref", "Mosaic ID", "Young person")),
        *((header, "12{}") for header in ("Liquidlogic ID", "MosaicID", "Pupil", "ID", "Ref no")),
        *((header, "12{}") for header in ("SEN", "Child number", "Age at start", "Reference")),
        *((header, "Z{}Q") for header in ("Initials", "Primary need", "Ethnicity", "YP")),
        *(("Code", cell) for cell in ("9,999 000 00{}8", "ZZ1 {}AB", "23207320{}152", "MF{}")),
        ("School contact name", "Z{}Q"),
    ],
)
def test_children_whom_no_known_number_names_are_no_things(
    tmp_path: Path, header: str, cell: str
) -> None:
    """Sixty rows of three children are not sixty things, of which each may be published."""
    rows = [["Start", header, "Category"]]
    for at, start in enumerate(VISITS):
        one = "mf"[at % 2] if cell == "MF{}" else cell.format(at % 3)
        rows.append([start, one, "AB"[at % 4 != 0]])
    file = saved(tmp_path, "respite_stays.csv", rows)
    for base in ("", "resident"):
        refused = told(Asked(file, base=base))
        assert "[new.persons]" in refused and "ask for the NHS number or UPN" in refused
        assert not any(len(row[1]) > 1 and row[1] in refused for row in rows)
    assert "(column 2: see what stands over it)" in told(Asked(file))
    # Whoever says that no row is about a person has a draft; who is named is no amount or code.
    made = draft(Asked(file, base="areas"), ROOT)
    assert header in (*TRAITS, "Code") or header not in kinds(made)


#: What is said of somebody, and may be said of areas.
TRAITS = ("SEN", "Age at start", "Primary need", "Ethnicity")


def test_what_names_a_place_tells_of_nobody_and_no_file_of_children_is_of_areas(
    tmp_path: Path,
) -> None:
    rows = [["School name", "Ward ref", "Contract ref", "Number of places", "Opened"]]
    rows += [[f"S{at}", str(at), f"C{at}", str(at), day] for at, day in enumerate(VISITS)]
    made = draft(Asked(saved(tmp_path, "places.csv", rows)), ROOT)
    assert kinds(made) == {
        "Ward ref": "string", "Contract ref": "string", "Number of places": "integer",
        "Opened": "date",
    }  # fmt: skip
    said = told(Asked(saved(tmp_path, "short_breaks.csv", breaks()), base="areas"))
    assert "--base areas says that no row is about a person, and the file names persons" in said


@pytest.mark.parametrize(
    ("head", "cells", "part"),
    [
        (FULL, ("Yes", "No"), "over columns 2, 3, 4, 5, 6 and 7 may be names of children"),
        (FIRST[:6], ("1", "3"), "over columns 2, 3, 4, 5, 6 and 7 may be names of children"),
        (FULL[:2], ("P", "L"), "over columns 2 and 3 may be names of children"),
        (["Zora born 2011"], ("A", "B"), "over column 2 is no header"),
        (["Paid", "Cancelled", "Booked", "Extra", "Seen"], ("Yes", "No"), ""),
    ],
)
def test_headers_that_may_be_children_are_told_by_numbers_alone(
    tmp_path: Path, head: Sequence[str], cells: tuple[str, str], part: str
) -> None:
    rows = [["Date", *head], *([day, *[cells[i % 2]] * len(head)] for i, day in enumerate(VISITS))]
    said = output(saved(tmp_path, "sessions.csv", rows))
    assert part in said
    assert ("extract.py" in said) == (not part)
    assert not part or not any(name.casefold() in said for name in head)


@pytest.mark.parametrize(
    ("top", "head"),
    [
        (["Pupil", FULL[0], "School", "Oak"], ["Date", "Session", "Hours", "Attended"]),
        (["Subject", FULL[0]], ["Date", "Hours"]),
    ],
)
def test_a_line_above_the_headers_of_one_childs_file_is_no_header(
    tmp_path: Path, top: list[str], head: list[str]
) -> None:
    rows = [[day, *["A", "3", "Yes"][-len(head) + 1 :]] for day in VISITS]
    if len(head) == 2:
        rows = [[day, "3"] for day in VISITS]
    said = output(saved(tmp_path, "sessions.csv", [top, head, *rows]))
    assert "its headers seem to stand one row lower" in said
    assert FULL[0].casefold() not in said and "extract.py" not in said


def test_codes_of_few_children_are_not_written(tmp_path: Path) -> None:
    """Ten rows of one child give her name ten times; that makes it no code."""
    names = ("AVA", "MIA", "JBS", "ZQ")
    draw = random.Random(5)
    numbers = [nhs_number(draw) for _ in range(6)]
    for codes in ((), ("Attends with",)):
        rows = [["NHS No", "Attends with", "Outcome", "Visit"]]
        rows += [
            [numbers[at % 6], names[at % 4], ("DNA", "OK")[at // 6 % 2], visit]
            for at, visit in enumerate(VISITS)
        ]
        made = draft(Asked(saved(tmp_path, "visits.csv", rows), codes=codes), ROOT)
        said = "".join([*made.files.values(), *cli._told(made)])
        assert not any(f'"{name}"' in said for name in names)
        assert '"DNA", "OK"' in said
    # Where nobody knows how many children have them, letters are no codes by their look.
    rows = [["Visit", "Seen", "Mark"]]
    rows += [[visit, names[at % 4], ("A", "B2")[at % 2]] for at, visit in enumerate(VISITS)]
    unnamed = output(saved(tmp_path, "visits.csv", rows))
    assert not any(f'"{name}"'.casefold() in unnamed for name in names)
    assert '"a", "b2"' in unnamed and "--codes seen" in unnamed


def test_a_surname_among_other_words_is_no_code(tmp_path: Path) -> None:
    head, *records = clinic()
    for at, record in enumerate(records):
        record[head.index("Clinic")] = f"{LAST[at % 4]} set"
    made = draft(coded(saved(tmp_path, "clinic.csv", [head, *records])), ROOT)
    assert made.told["Clinic"] == "holds names of children; left out"


def test_a_file_called_as_a_child_asks_for_a_name(tmp_path: Path) -> None:
    file = saved(tmp_path, f"{FULL[0]} 2010.csv", clinic())
    assert "the file's name may be a child's" in told(Asked(file))
    assert draft(Asked(file, "sleep_clinic"), ROOT).name == "sleep_clinic"


# ---- writing -----------------------------------------------------------------------------------


def test_a_folder_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = draft(Asked(saved(tmp_path, "short_breaks.csv", breaks())), ROOT)
    sources = tmp_path / source.FOLDER
    sources.mkdir(parents=True)
    whole = io.write_text

    def full(path: Path, content: str) -> None:
        if path.name == "extract.py":
            raise OSError("no space left on device")
        whole(path, content)

    monkeypatch.setattr(io, "write_text", full)
    with pytest.raises(OSError, match="no space"):
        source.write(made, tmp_path)
    assert [*sources.iterdir()] == []
    monkeypatch.setattr(io, "write_text", whole)
    folder = source.write(made, tmp_path)
    assert sorted(file.name for file in folder.iterdir()) == sorted(made.files)
    said = [p.rule for p in source._misnamed(Asked(Path("x"), "short_breaks"), tmp_path)]
    assert said == ["there is a source of this name; nothing is written over: take another"]


@pytest.mark.full
def test_a_drafted_source_and_its_indicator_pass_check_and_lint_at_once(tmp_path: Path) -> None:
    """In a copy of the project, by the commands as they are typed."""
    project = tmp_path / "project"
    for part in ("src", "config", "docs", "reports/templates"):
        shutil.copytree(
            ROOT / part, project / part, ignore=shutil.ignore_patterns("__pycache__")
        )  # fmt: skip
    file = saved(tmp_path, "sleep clinic 2024-25.csv", clinic())

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *words], cwd=project, capture_output=True, text=True,
            env={"PYTHONPATH": str(project / "src"), "PATH": ""}, check=False,
        )  # fmt: skip
        return done.stdout + done.stderr

    assert "sleep_clinic/: __init__.py, extract.py\n" in run(
        "jsna", "new", "source", str(file), "--codes", "Clinic", "--codes", "Outcome"
    )
    assert "`sleep_clinic.sleep_clinic`" in (project / "docs/data-dictionary.md").read_text("utf-8")
    words = ("jsna", "new", "indicator", "sleep_nights", "--table", "sleep_clinic")
    entry = run(*words, "--kind", "mean", "--chapter", "sleep", "--new-chapter", "Sleep")
    assert "count: nights_observed" in entry
    # Of what is configured nothing is wrong; no release was fetched here.
    wrong = re.findall(r"  - .*", run("jsna", "check", "test-open-2026"))
    assert [line for line in wrong if not line.endswith("[published.missing]")] == []
    drafted = str(project / "src/jsna/sources/sleep_clinic")
    rules = ("--config", str(ROOT / "pyproject.toml"))
    assert "All checks passed" in run("ruff", "check", *rules, drafted)
    assert "already formatted" in run("ruff", "format", "--check", *rules, drafted)


# ---- any file ----------------------------------------------------------------------------------

COLUMNS: dict[str, Callable[[random.Random, int], str]] = {
    "NHS Number": lambda draw, _: nhs_number(draw),
    "Surname": lambda draw, _: draw.choice(LAST),
    "First name": lambda draw, _: draw.choice(FIRST),
    "Date of birth": lambda draw, _: f"{day(draw, date(2008, 1, 1), 5000):%d/%m/%Y}",
    "Postcode": lambda draw, _: f"ZZ{draw.randrange(1, 9)}{draw.randrange(9)}AB",
    "Reason 1": lambda draw, _: draw.choice(["01", "02", "A1"]),
    "Team/Area": lambda draw, _: draw.choice(["North & East", "South (all)", "west"]),
    "Closed on": lambda draw, _: f"{day(draw, date(2024, 4, 1), 300):%d %b %Y}",
    "Opened": lambda draw, _: f"{day(draw, date(2024, 4, 1), 300)} 00:00:00",
    "Open?": lambda draw, _: draw.choice(["yes", "No"]),
    "Score": lambda draw, _: f"{draw.gauss(0, 40):.1f}",
    "Visits": lambda draw, _: str(draw.randrange(70)),
    "Group": lambda draw, _: draw.choice(["a", "A", "b"]),
    "Case ref": lambda _, number: f"C-{number:04d}",
    "Order": lambda draw, _: draw.choice(["first", "later"]),
    "What was said": lambda draw, number: f"call {number} of {draw.choice(FIRST)}",
}
PERSON = ("NHS Number", "Surname", "First name", "Date of birth")


@given(
    headers=st.permutations(list(COLUMNS)).flatmap(
        lambda every: st.integers(2, len(every)).map(lambda count: every[:count])
    ),
    empty=st.sets(st.sampled_from(list(COLUMNS))),
    rows=st.integers(25, 60),
    seed=st.integers(0, 10_000),
)
@tried(25)
def test_any_file_that_can_be_drafted_is_valid_by_its_draft(
    tmp_path_factory: pytest.TempPathFactory,
    headers: list[str],
    empty: set[str],
    rows: int,
    seed: int,
) -> None:
    draw = random.Random(seed)
    # Enough to link children by, where there are any.
    if set(headers) & set(PERSON):
        headers = list(dict.fromkeys([*headers, *PERSON[1:]]))
    made = [headers]
    for number in range(rows):
        cells = [COLUMNS[header](draw, number) for header in headers]
        made.append(
            ["" if h in empty and draw.random() < 0.3 else c
             for h, c in zip(headers, cells, strict=True)]
        )  # fmt: skip
    file = saved(tmp_path_factory.mktemp("any"), "any file.csv", made)
    # One that names no child and tells of somebody all the same is drafted only as of areas.
    base = "" if set(headers) & set(PERSON) else "areas"
    try:
        drafted = draft(Asked(file, base=base), ROOT)
    except JsnaError as error:
        # A register of nothing but what leads to homes has no column that may stand.
        # One of nothing but text has nothing that tells its first line from a record.
        refused = ("no column can be declared", "nothing tells its first line from a record")
        assert any(rule in str(error) for rule in refused)
        return
    found = judged(drafted, file)
    assert found.problems == ()
    # None is set aside but a row over again, in every cell.
    again = len(made) - len({tuple(row) for row in made})
    assert len(found.reasons) <= again and {*found.reasons} <= {"any_file.key.duplicate"}
    assert {v.severity for v in found.found if not v.code.endswith(".duplicate")} <= {"warning"}
    assert {v.code.rsplit(".", 1)[1] for v in found.found} <= {"code", "duplicate"}
    text = "".join(drafted.files.values()).casefold()
    if drafted.extract.person_level:
        assert not any(name.casefold() in text for name in (*FIRST, *LAST))
    assert not re.search(r"\d{10}|zz\d", text)

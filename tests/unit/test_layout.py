"""A file in a shape of its own, read by a layout: the same frame as the declared file gives."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from jsna.ingest.layout import in_order
from jsna.ingest.read import Reading, read_table
from jsna.ingest.stage import Staged, stage_deliveries
from jsna.model.contract import Column, Extract, Table
from jsna.model.editions import Delivery
from jsna.model.fills import Fill
from jsna.model.layouts import Dates, Layout, Origin, Shape
from tests.books import book, book_bytes

TABLE = Table(
    "pupils",
    "A pupil.",
    (
        Column("UPN", "upn", "string", "Number.", identifier="upn"),
        Column("Surname", "surname", "string", "Name.", identifier="surname"),
        Column("BirthDate", "date_of_birth", "date", "Day.", identifier="date_of_birth"),
        Column("Provision", "provision", "code", "Provision.", codes="provision"),
        Column("DfE", "school", "string", "School."),
        Column("LSOA", "lsoa", "string", "Home.", nullable=True),
        Column("Year", "year", "string", "Year."),
        Column("Note", "note", "string", "Words.", required=False, nullable=True),
    ),
    key=("upn",),
)
DECLARED = (
    "UPN,Surname,BirthDate,Provision,DfE,LSOA,Year\n"
    "A1,Zwyx,03/04/2012,K,9012001,E01000001,2025\n"
    "A2,Qoph,2015-12-13,E,9012002,,2025\n"
    "A3,Vyrn,29/02/2016,N,9012001,E01000002,2025\n"
)
#: K and E stand for each other, days stand after months, and homes in another file.
SHAPE = Shape(
    sheet="Pupils",
    empty=("NULL", "-"),
    dates="month first",
    columns={
        "upn": "Pupil no.",
        "surname": Origin(header=("Family name", "Last name")),
        "date_of_birth": "Born on",
        "provision": Origin(header="Support", codes={"K": "E", "e": "K", "0": "N"}),
        "school": Origin(together=("LA", "Estab")),
        "lsoa": Origin(
            header="Area", join={"file": "homes", "key": "Ref", "their_key": "Pupil ref"}
        ),
        "year": Origin(constant="2025"),
        "note": None,
    },
)
HEADER = ["Ref", "Pupil no.", "Last name", "Born on", "Support", "LA", "Estab", "Note"]
ROWS = [
    ["1", "A1", "Zwyx", "04/03/2012", "E", "901", "2001", "x"],
    ["2", "A2", "Qoph", "12/13/2015", "K", "901", "2002", "y"],
    ["3", "A3", "Vyrn", "2/29/2016", "0", "901", "2001", "NULL"],
]
HOMES = "Title of the list\nPupil ref,Area,Since\n3,E01000002,2020\n2,NULL,2021\n1,E01000001,2024\n"


def csv_of(*rows: list[str]) -> bytes:
    return "".join(",".join(row) + "\n" for row in rows).encode()


def staged(
    folder: Path, content: bytes, homes: str = HOMES, name: str = "a.csv", shape: Shape = SHAPE
) -> Staged:
    files = {name: content, "homes.csv": homes.encode()}
    for file, held in files.items():
        (folder / file).write_bytes(held)
    delivery = Delivery(
        extract="roll", period="2025", files={"pupils": name}, beside={"homes": "homes.csv"},
        sha256={file: hashlib.sha256(held).hexdigest() for file, held in files.items()},
    )  # fmt: skip
    extract = Extract("roll", "Roll", "", "january", "pupil", (TABLE,))
    layout = Layout("council/roll", {"pupils": shape})
    (found,) = stage_deliveries(
        [delivery], {"roll": extract}, folder, synthetic=False, layouts=lambda _: layout
    )
    return found


def declared_frame() -> pd.DataFrame:
    frame = read_table(DECLARED.encode(), "a.csv", TABLE).frame
    assert frame is not None
    return frame


def codes(found: Staged | Reading) -> list[str]:
    return [problem.code for problem in found.findings.problems]


NONE: pd.Series[str] = pd.Series(dtype=str)
FRAME = pd.DataFrame()
DAYS = ["2012-04-03", "2015-12-13", "2016-02-29"]


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_a_file_in_another_shape_is_the_declared_one(tmp_path: Path, name: str) -> None:
    titles = [["Pupils of the council", *[""] * 7], [""] * 8]
    rows = [*titles, HEADER, *ROWS, ["Total", "3", *[""] * 6]]
    made = csv_of(*rows)
    if name == "a.xlsx":
        made = book_bytes(book(rows, "Pupils", Notes=[["by", "hand"]]))
    found = staged(tmp_path, made, name=name)
    assert codes(found) == []
    assert found.frame is not None
    assert found.frame["date_of_birth"].to_list() == DAYS
    assert found.frame["source_row"].to_list() == [4, 5, 6]
    rest = [column.field for column in TABLE.columns if column.field != "date_of_birth"]
    pd.testing.assert_frame_equal(found.frame[rest], declared_frame()[rest])


def test_each_of_several_files_of_a_table_arrives_as_it_does() -> None:
    layout = Layout("quill/pupils", {"pupils": SHAPE})
    assert [layout.shape(name) for name in ("pupils", "pupils.1", "others.1")] == [
        SHAPE,
        SHAPE,
        None,
    ]


def test_a_code_a_mapping_does_not_know_is_none_of_the_declared_ones(tmp_path: Path) -> None:
    # N would be a declared code, and is none here: it may mean something else.
    rows = [HEADER, [*ROWS[0][:4], "N", *ROWS[0][5:]]]
    found = staged(tmp_path, csv_of(*rows)).frame
    assert found is not None
    assert found["provision"].to_list() == ["N (not in the mapping)"]
    columns = {**SHAPE.columns, "provision": Origin(header="Support", others="declared",
                                                    codes={"K": "E"})}  # fmt: skip
    declared = SHAPE.model_copy(update={"columns": columns})
    found = staged(tmp_path, csv_of(*rows), shape=declared).frame
    assert found is not None
    assert found["provision"].to_list() == ["N"]


def test_what_a_joined_file_lacks_is_counted_and_what_it_says_twice_refused(tmp_path: Path) -> None:
    lacking = staged(tmp_path, csv_of(HEADER, *ROWS), HOMES.replace("3,E0", "4,E0"))
    assert codes(lacking) == []
    assert [(w.code, w.count) for w in lacking.findings.warnings if w.column == "LSOA"] == [
        ("column.unjoined", 1)
    ]
    assert lacking.frame is not None
    assert lacking.frame["lsoa"].isna().to_list() == [False, True, True]
    twice = staged(tmp_path, csv_of(HEADER, *ROWS), HOMES + "1,E01000009,2025\n")
    assert [(p.where, p.code, p.count) for p in twice.findings.problems] == [
        ("homes.csv", "column.two_values", 1)
    ]
    # The same said twice is one thing said.
    again = staged(tmp_path, csv_of(HEADER, *ROWS), HOMES + "1,E01000001,2025\n")
    assert codes(again) == []


def test_a_joined_file_is_judged_by_its_digest_and_its_headers(tmp_path: Path) -> None:
    good = staged(tmp_path, csv_of(HEADER, *ROWS))
    (tmp_path / "homes.csv").write_text(HOMES + "5,E01000003,2025\n")
    layout = Layout("council/roll", {"pupils": SHAPE})
    extract = Extract("roll", "Roll", "", "january", "pupil", (TABLE,))
    (other,) = stage_deliveries(
        [good.delivery], {"roll": extract}, tmp_path, synthetic=False, layouts=lambda _: layout
    )
    assert [(p.where, p.code) for p in other.findings.problems] == [("homes.csv", "file.digest")]
    missing = staged(tmp_path, csv_of(HEADER, *ROWS), HOMES.replace("Area", "Zone"))
    assert ("homes.csv", "column.missing", "Area") in [
        (p.where, p.code, p.column) for p in missing.findings.problems
    ]


def test_messages_name_the_file_s_own_headers_and_no_key_is_guessed(tmp_path: Path) -> None:
    header = [{"Ref": "Refs", "Support": "Supports"}.get(name, name) for name in HEADER]
    found = staged(tmp_path, csv_of(header, *ROWS))
    told = {p.column: p.rule for p in found.findings.problems}
    assert told.keys() == {"Ref", "Support"}
    assert "has a name like it" in told["Support"]
    assert "no other column can stand for it" in told["Ref"]


def test_the_header_stands_on_the_row_the_mapping_says(tmp_path: Path) -> None:
    second = SHAPE.model_copy(update={"header_row": 2})
    # What stands above is not looked at, though it has as many cells as a record.
    titled = staged(tmp_path, csv_of([f"Title {n}" for n in range(8)], HEADER, *ROWS), shape=second)
    assert codes(titled) == []
    moved = staged(tmp_path, csv_of(HEADER, *ROWS), shape=second)
    assert [(p.code, p.row) for p in moved.findings.problems] == [("file.header_row", 1)]
    found = staged(tmp_path, csv_of(*ROWS, HEADER))
    assert codes(found) == ["file.header_moved", "file.header_only"]
    book_of = book_bytes(book([HEADER, *ROWS], "Others", Pupil=[HEADER]))
    sheets = staged(tmp_path, book_of, name="a.xlsx")
    assert [(p.code, "none is named 'Pupils'" in p.rule) for p in sheets.findings.problems] == [
        ("file.sheet_missing", True)
    ]


@pytest.mark.parametrize(
    ("order", "text", "expected"),
    [
        ("month first", "04/03/2012", "2012-04-03"),
        ("month first", "4-3-2012 00:00", "2012-04-03 00:00"),
        # No such month: told as a day that does not exist, and never read the other way.
        ("month first", "13/12/2015", "2015-13-12"),
        ("day first", "03.04.12", "2012-04-03"),
        ("day first", "03/04/98", "1998-04-03"),
        ("day first", "03042012", "2012-04-03"),
        ("day first", "030412", "2012-04-03"),
        ("year first", "20120403", "2012-04-03"),
        ("year first", "12/04/03", "2012-04-03"),
        ("month first", "2012-04-03T00:00:00Z", "2012-04-03T00:00:00Z"),
        ("month first", "3 April 2012", "3 April 2012"),
        ("month first", "not known", "not known"),
        ("day first", "1/2/3", "1/2/3"),
    ],
)
def test_the_order_of_a_date_is_as_the_mapping_says(order: Dates, text: str, expected: str) -> None:
    assert in_order(text, order) == expected


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({}, "give one of"),
        ({"header": "A", "constant": "1"}, "give one of"),
        ({"together": ("A",)}, "two headers or more"),
        ({"constant": "1", "join": {"file": "homes", "key": "A"}}, "needs the `header`"),
        ({"constant": "1", "codes": {"A": "1"}}, "leave the other keys out"),
        ({"header": "A", "codes": {"a": "1", "A ": "2"}}, "stands twice but for its case"),
    ],
)
def test_an_origin_says_one_thing(given: dict[str, Any], rule: str) -> None:
    with pytest.raises(ValidationError, match=rule):
        Origin(**given)


def test_a_column_that_another_fills_is_not_asked_for_where_a_mapping_gives_what_it_needs() -> None:
    fill = Fill(("lsoa",), ("school",), "roll.homes", "homes", lambda *_: NONE, lambda *_: FRAME)
    filled = replace(TABLE, fills=(fill,))
    columns = {**SHAPE.columns}
    del columns["lsoa"]
    content = csv_of(HEADER, *ROWS)
    given = read_table(
        content, "a.csv", filled, shape=SHAPE.model_copy(update={"columns": columns})
    )
    assert codes(given) == []
    # A column the mapping says is not there helps nobody.
    columns["school"] = None
    absent = SHAPE.model_copy(update={"columns": columns})
    told = read_table(content, "a.csv", filled, shape=absent).findings.problems
    assert [(p.code, p.column) for p in told] == [("column.missing", "LSOA")]

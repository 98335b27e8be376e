"""Reading one file: what is read the same however it is written, and what is refused, and how."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.ingest.looks import _HIDDEN_ROW, _MERGED
from jsna.ingest.read import Reading, read_heading, read_table
from jsna.model.contract import Column, Table
from jsna.shared.patterns import NOTHING
from tests.books import book, book_bytes
from tests.tried import tried

TABLE = Table(
    name="register",
    description="A child on an invented register.",
    columns=(
        Column("UPN", "upn", "string", "Number.", identifier="upn", nullable=True),
        Column("Surname", "surname", "string", "Name.", identifier="surname"),
        Column("BirthDate", "date_of_birth", "date", "Day.", identifier="date_of_birth"),
        Column("SENprovision", "sen_provision", "code", "Provision.", aliases=("SEN status",)),
        Column("Sessions", "sessions", "integer", "Sessions.", nullable=True),
        Column("Note", "note", "string", "Words.", required=False, nullable=True),
    ),
)
HEADER = ["UPN", "Surname", "BirthDate", "SENprovision", "Sessions"]
ROWS = [
    ["A950000178301", "O'Brien-Nuñez", "03/04/2012", "K", "4"],
    ["H243278544154", "Zwyx, the elder", "13/12/2015", "E", ""],
    ["", "Qoph", "29/02/2016", "N", "12"],
]
#: Personal values none of which may ever stand in a message.
CANARIES = [cell for row in ROWS for cell in row[:3] if cell]


def quoted(cell: str) -> str:
    return f'"{cell}"' if any(mark in cell for mark in ',";|\t\n') else cell


def csv_of(rows: list[list[str]], delimiter: str = ",", end: str = "\n") -> str:
    return "".join(delimiter.join(map(quoted, row)) + end for row in rows)


def many(count: int) -> list[list[str]]:
    """Distinct good rows."""
    return [
        [f"A9500001{n:05d}", f"Name{n}", f"{n % 28 + 1:02d}/05/2014", "K", str(n)]
        for n in range(count)
    ]


def read(content: bytes | str, name: str = "register.csv", **options: Any) -> Reading:
    if isinstance(content, str):
        content = content.encode()
    reading = read_table(content, name, TABLE, **options)
    said = [str(p) for p in (*reading.findings.problems, *reading.findings.warnings)]
    for text in (*said, *reading.findings.remarks):
        assert not any(canary in text for canary in CANARIES), text
    return reading


def codes(reading: Reading) -> list[str]:
    return [problem.code for problem in reading.findings.problems]


def only(reading: Reading, code: str) -> Any:
    assert codes(reading) == [code], reading.findings.problems
    return reading.findings.problems[0]


def cells(reading: Reading) -> list[list[str | None]]:
    assert reading.frame is not None, reading.findings.problems
    frame = reading.frame[["upn", "surname", "date_of_birth", "sen_provision", "sessions"]]
    return [[None if pd.isna(v) else v for v in row] for row in frame.itertuples(index=False)]


def numbers(reading: Reading) -> list[int]:
    """Where the rows stood in their file."""
    assert reading.frame is not None, reading.findings.problems
    return list(reading.frame["source_row"])


def warned(reading: Reading) -> list[tuple[str, int | None]]:
    return [(one.code, one.row) for one in reading.findings.warnings]


EXPECTED = [[cell or None for cell in row] for row in ROWS]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("last", [True, False])
def test_csv_is_read_the_same_however_it_is_written(end: str, encoding: str, last: bool) -> None:
    text = csv_of([HEADER, *ROWS], end=end)
    reading = read((text if last else text.removesuffix(end)).encode(encoding))
    assert not reading.findings.problems
    assert not reading.findings.warnings
    assert cells(reading) == EXPECTED
    assert numbers(reading) == [2, 3, 4]
    assert list(reading.frame.columns) == [c.field for c in TABLE.columns] + ["source_row"]
    assert reading.frame["note"].isna().all()


def test_all_formats_give_the_same_frame() -> None:
    typed: list[list[Any]] = [
        ["A950000178301", "O'Brien-Nuñez", datetime(2012, 4, 3), "K", 4],
        ["H243278544154", "Zwyx, the elder", date(2015, 12, 13), "E", None],
        [None, "Qoph", "2016-02-29", "N", "12"],
    ]
    workbook = read(book_bytes(book([HEADER, *typed])), "register.xlsx")
    columns = {
        "UPN": [row[0] for row in typed],
        "Surname": [row[1] for row in typed],
        "BirthDate": pa.array([date(2012, 4, 3), date(2015, 12, 13), date(2016, 2, 29)]),
        "SENprovision": pa.array(["K", "E", "N"]).dictionary_encode(),
        "Sessions": pa.array([4.0, None, 12.0]),
    }
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    parquet = read(buffer.getvalue(), "register.parquet")
    iso = [[*row[:2], day, *row[3:]] for row, day in zip(
        EXPECTED, ("2012-04-03", "2015-12-13", "2016-02-29"), strict=True
    )]  # fmt: skip
    assert cells(workbook) == iso
    assert cells(parquet) == iso
    assert workbook.frame is not None
    assert parquet.frame is not None
    pd.testing.assert_frame_equal(workbook.frame, parquet.frame)


def test_headers_match_without_case_spaces_or_order_and_by_alias() -> None:
    header = ["sen STATUS", " birthdate ", "SUR NAME", "upn", "sessions "]
    reading = read(csv_of([header, ["K", "03/04/2012", "Q", "A950000178301", "1"]]))
    assert not codes(reading)
    assert cells(reading) == [["A950000178301", "Q", "03/04/2012", "K", "1"]]


def test_white_space_is_removed_and_blank_rows_keep_the_numbering() -> None:
    text = csv_of([HEADER, ["  ", " Qoph ", "03/04/2012 ", "K\u00a0", "7"], [""] * 5, ROWS[0]])
    reading = read(text + "\n,,,,\n")
    assert cells(reading) == [[None, "Qoph", "03/04/2012", "K", "7"], EXPECTED[0]]
    assert numbers(reading) == [2, 4]
    assert reading.findings.remarks == [
        "no-break spaces and characters without width were removed from 1 cell of 1 column",
        "3 blank rows left out",
    ]


def test_line_breaks_inside_quotes_are_one_row() -> None:
    reading = read(csv_of([HEADER, ["", "two\nlines", "03/04/2012", "K", "1"], ROWS[2]]))
    assert cells(reading)[0][1] == "two\nlines"
    assert numbers(reading) == [2, 3]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n \n"])
def test_empty_file(content: bytes) -> None:
    reading = read(content)
    assert "empty" in only(reading, "file.empty").rule
    assert reading.frame is None


def test_header_only_is_refused_unless_declared_legitimate() -> None:
    assert only(read(csv_of([HEADER])), "file.header_only")
    import dataclasses

    lenient = dataclasses.replace(TABLE, may_be_empty=True)
    reading = read_table(csv_of([HEADER]).encode(), "register.csv", lenient)
    assert not reading.findings.problems
    assert reading.frame is not None
    assert len(reading.frame) == 0


@pytest.mark.parametrize(
    ("delimiter", "words"), [(";", "semicolon"), ("\t", "tab"), ("|", "vertical bar")]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
def test_another_separator_is_read_and_told(delimiter: str, words: str, encoding: str) -> None:
    text = csv_of([HEADER, *ROWS, ["", f"Long{delimiter}name", "13/12/2015", "K", "1"]], delimiter)
    reading = read(text.encode(encoding))
    assert codes(reading) == []
    assert cells(reading) == [*EXPECTED, [None, f"Long{delimiter}name", "13/12/2015", "K", "1"]]
    assert numbers(reading) == [2, 3, 4, 5]
    (told,) = (one for one in reading.findings.remarks if "separated" in one)
    assert words in told and "the header and 4 rows" in told
    # What is wrong with it is told as of any file.
    missing = read(csv_of([[*HEADER[:4], "Sesions"], *many(3)], delimiter))
    assert codes(missing) == ["column.missing"]
    rows = [*many(3), [*many(1)[0], "x"]]
    ragged = read(csv_of([HEADER, *rows], delimiter))
    assert f"a {words} inside a cell" in only(ragged, "file.ragged").rule


@pytest.mark.parametrize("ending", ["csv", "txt", "tsv"])
def test_texts_are_read_whatever_their_ending(ending: str) -> None:
    reading = read(csv_of([HEADER, *ROWS], "\t").encode("utf-16"), f"register.{ending}")
    assert cells(reading) == EXPECTED
    assert reading.findings.remarks[0] == "read as UTF-16, with its mark"


@pytest.mark.parametrize(
    "footer",
    [
        "\nApplied filters: Year is 2024, SENprovision is K\n",
        '\n"Applied filters:\nYear is 2024\nSENprovision is K, E"\n',
    ],
)
def test_filters_of_an_export_are_no_record_and_told(footer: str) -> None:
    whole = csv_of([HEADER, *ROWS])
    reading = read(whole + footer)
    assert codes(reading) == [] and cells(reading) == EXPECTED
    assert [code for code, _ in warned(reading)] == ["file.filtered", "row.total"]
    assert "children may be left out" in reading.findings.warnings[0].rule
    shown = footer.strip().strip('"')
    sheet = read(book_bytes(book([HEADER, *ROWS, [], [shown]])), "register.xlsx")
    assert codes(sheet) == [] and cells(sheet) == EXPECTED
    assert {code for code, _ in warned(sheet)} == {"file.filtered", "row.total"}
    noted = read(whole + "\nSource: the council's own system\n")
    assert codes(noted) == [] and cells(noted) == EXPECTED


def test_what_two_marks_cut_alike_is_asked_about() -> None:
    from jsna.model.layouts import Shape

    names = Table("names", "A name.", (Column("Surname", "surname", "string", "Name."),))
    both = b"Surname,Surname;Surname\nZwyx,a;b\nQoph,c;d\n"
    asked = read_table(both, "names.csv", names).findings.problems
    (two,) = (one for one in asked if one.code == "file.delimiter")
    assert "`separator: comma` or `separator: semicolon`" in two.rule
    shape = Shape(separator="semicolon")
    found = read_table(b"Surname;Note,s\nZwyx;a,b\n", "names.csv", names, shape=shape)
    assert found.frame is not None and list(found.frame["surname"]) == ["Zwyx"]
    # One column of names has nothing to separate.
    alone = read_table(b"Surname\nZwyx\nQoph;Zwyx\n", "names.csv", names)
    assert alone.frame is not None and len(alone.frame) == 2 and not alone.findings.problems


@pytest.mark.parametrize(("encoding", "called"), [("cp850", "dos"), ("mac-roman", "macintosh")])
@pytest.mark.parametrize("name", ["Nuñez", "José", "Müller", "Zoë"])
def test_letters_of_old_programs_are_asked_about_and_read_as_said(
    encoding: str, called: str, name: str
) -> None:
    from jsna.model.layouts import Shape

    rows = [*many(3), ["", name, "03/04/2012", "K", "1"]]
    content = csv_of([HEADER, *rows]).encode(encoding)
    reading = read_table(content, "register.csv", TABLE)
    if codes(reading):
        assert only(reading, "file.encoding").row == 5
        assert "`encoding: dos` or `encoding: macintosh`" in reading.findings.problems[0].rule
    else:
        # Windows-1252 has a dash and an apostrophe there, and both may stand in a name.
        assert encoding == "mac-roman" and name in ("Nuñez", "Zoë")
    shape = Shape.model_validate({"encoding": called})
    said = read_table(content, "register.csv", TABLE, shape=shape)
    assert cells(said)[3][1] == name and not codes(said)
    # The same letters as Windows-1252 writes them, beside its own marks, are read.
    plain = csv_of([HEADER, *rows, ["", "O’Q – “x”", "03/04/2012", "K", "1"]]).encode("cp1252")
    assert codes(read_table(plain, "register.csv", TABLE)) == []


@pytest.mark.parametrize("cut", [1, 3])
def test_utf16_that_is_damaged_is_refused(cut: int) -> None:
    content = csv_of([HEADER, *many(30)]).encode("utf-16")
    assert "UTF-16" in only(read(content[:-cut]), "file.encoding").rule
    text = csv_of([HEADER, *many(30)]).encode("utf-16-le") + b"\0\0\0\0"
    assert "damaged further on" in only(read(text), "file.encoding").rule


def test_bytes_of_no_encoding_name_the_row() -> None:
    lines = csv_of([HEADER, *many(5)]).encode().split(b"\n")
    lines[3] = lines[3].replace(b"Name2", b"Nam\x81e")
    assert only(read(b"\n".join(lines)), "file.encoding").row == 4


def test_twice_encoded_letters_are_recognised() -> None:
    text = csv_of([HEADER, *many(3), ["", "Nuñez", "03/04/2012", "K", "1"]])
    spoilt = text.encode().decode("cp1252").encode()
    problem = only(read(spoilt), "file.encoding")
    assert problem.row == 5
    assert "Nu" not in problem.rule
    # Letters that only look alike are left alone.
    assert not codes(read(text.replace("Nuñez", "Ãgata Âmbar").encode()))


def test_file_cut_short_in_a_row_or_in_quotes() -> None:
    text = csv_of([HEADER, *many(3), ["", "Long, name", "03/04/2012", "K", "1"]])
    cut = text[: text.index("Long") - 6 + 20]
    assert only(read(cut), "file.truncated").row == 5
    inside = text[: text.index("Long") + 3]
    problem = only(read(inside), "file.truncated")
    assert problem.row == 5
    assert "quotation" in problem.rule
    # Three whole cells, then nothing.
    short = csv_of([HEADER, *many(3)]) + "A9500001"
    assert only(read(short), "file.truncated").row == 5


def test_rows_of_another_width_are_all_named() -> None:
    rows = many(6)
    rows[1] = [*rows[1][:1], "Smith", "Jane", *rows[1][2:]]
    rows[3] = rows[3][:3]
    reading = read(csv_of([HEADER, *rows]))
    assert codes(reading) == ["file.ragged", "file.ragged"]
    assert [p.row for p in reading.findings.problems] == [5, 3]
    assert "row 5 has fewer cells" in reading.findings.problems[0].rule
    assert "row 3 has more cells" in reading.findings.problems[1].rule


def test_renamed_missing_duplicate_and_unknown_columns_at_once() -> None:
    header = ["UPN", "Surname", "Surname ", "BirthDate", "SENprovison", "Colour"]
    rows = [["A950000178301", "Qoph", "Qoph", "03/04/2012", "K", "red"]]
    reading = read(csv_of([header, *rows]))
    assert sorted(codes(reading)) == ["column.duplicate", "column.missing", "column.missing"]
    said = reading.findings
    by_column = {problem.column: problem.rule for problem in said.problems}
    assert "Column 5 'SENprovison' has a name like it: ask" in by_column["SENprovision"]
    assert "has a name like it" not in by_column["Sessions"]
    assert "columns 2 ('Surname'), 3 ('Surname')" in by_column["Surname"]
    assert ["Colour" in warning.rule for warning in said.warnings] == [True]


def test_a_header_with_every_name_changed_is_recognised() -> None:
    header = ["UPN no", "Surnames", "Birth_Dates", "SENprovisions", "Session count"]
    reading = read(csv_of([header, *ROWS]))
    pointed_out = {p.column: "has a name like it" in p.rule for p in reading.findings.problems}
    # Nothing is taken for a name, a number or a date of birth because its header is like one.
    assert pointed_out == {
        "UPN": False, "Surname": False, "BirthDate": False, "SENprovision": True, "Sessions": True,
    }  # fmt: skip


def test_a_header_like_two_missing_columns_is_pointed_out_for_neither() -> None:
    header = ["UPN", "Surname", "BirthDate", "SENsessions"]
    reading = read(csv_of([header, ["A950000178301", "Qoph", "03/04/2012", "K"]]))
    assert codes(reading) == ["column.missing", "column.missing"]
    assert not any("has a name like it" in p.rule for p in reading.findings.problems)


def test_without_a_header_no_cell_is_shown() -> None:
    problem = only(read(csv_of(ROWS)), "file.header_missing")
    assert "UPN, Surname" in problem.rule


def test_what_looks_like_data_is_not_shown_as_an_unknown_column() -> None:
    reading = read(csv_of([[*HEADER, "H243278544154"], [*ROWS[0], "x"]]))
    assert [w.code for w in reading.findings.warnings] == ["column.unknown"]


@pytest.mark.parametrize("above", [1, 3])
def test_title_above_the_header_names_its_row(above: int) -> None:
    titles = [["Register of Zwyx, the elder"], [""], ["as at May"]][:above]
    problem = only(read(csv_of([*titles, HEADER, *many(200)])), "file.title_above")
    assert problem.row == above + 1
    made = book([*titles, HEADER, *many(200)])
    assert only(read(book_bytes(made), "register.xlsx"), "file.title_above").row == above + 1


@pytest.mark.parametrize("place", [1, 20])
def test_a_header_sorted_among_the_records_costs_none_of_them(place: int) -> None:
    rows = many(28)
    moved = [*rows[:place], HEADER, *rows[place:]]
    for reading in (read(csv_of(moved)), read(book_bytes(book(moved)), "register.xlsx")):
        problem = only(reading, "file.header_moved")
        assert problem.row == place + 1
        assert "ask its owner to export it again" in problem.rule
        assert "delete" not in problem.rule


def test_rows_below_a_title_keep_their_numbers() -> None:
    reading = read(csv_of([["Title"], HEADER, *ROWS]))
    assert numbers(reading) == [3, 4, 5]


@pytest.mark.parametrize(
    "label",
    ["Total", "GRAND TOTAL", "Sub-total", "totals:", "End of report", "*** End of file ***"],
)
def test_a_row_that_is_no_record_is_left_out_and_named(label: str) -> None:
    reading = read(csv_of([HEADER, *many(3), [label, "", "", "", "24"]]))
    assert not codes(reading)
    assert warned(reading) == [("row.total", 5)]
    assert numbers(reading) == [2, 3, 4]
    # A child may be called so, and have nothing in the cells that may be empty.
    child = ["A950000178301", "Total", "03/04/2012", "K", "1"]
    for rows in ([HEADER, child], [[*HEADER, "Note"], ["", "Total", "03/04/2012", "K", "", ""]]):
        reading = read(csv_of(rows))
        assert not reading.findings.warnings
        assert reading.frame is not None and len(reading.frame) == 1


@pytest.mark.parametrize(
    "line",
    [
        "*** END OF REPORT ***", "End of report - printed by A. Clerk on 3 May 2025",
        "Report generated on 03/05/2025 10:12", '"Page 1 of 1"', "Total", "Grand total,,",
    ],
)  # fmt: skip
def test_a_line_below_the_records_is_no_file_cut_short(line: str) -> None:
    reading = read(csv_of([HEADER, *many(3)]) + line + "\n")
    assert not codes(reading)
    assert warned(reading) == [("row.total", 5)]
    assert numbers(reading) == [2, 3, 4]


def test_a_header_once_more_among_the_records_is_no_record() -> None:
    for head in (HEADER, [name.upper() for name in HEADER]):
        rows = [HEADER, *many(3), head, *many(2)]
        for reading in (read(csv_of(rows)), read(book_bytes(book(rows)), "register.xlsx")):
            assert not codes(reading)
            assert warned(reading) == [("row.total", 5)]
            assert numbers(reading) == [2, 3, 4, 6, 7]


def test_a_totals_row_is_found_where_a_record_must_have_one_cell_alone() -> None:
    table = Table(
        name="places",
        description="Places at a made-up school.",
        columns=(
            Column("School", "school_name", "string", "Name."),
            Column("Places", "places", "integer", "Places.", nullable=True),
            Column("Taken", "taken", "integer", "Taken.", nullable=True),
        ),
    )
    rows = [["School", "Places", "Taken"], ["Mossby", "12", "9"], ["Tarn", "8", ""]]
    reading = read_table(csv_of([*rows, ["Total", "20", ""]]).encode(), "places.csv", table)
    assert reading.frame is not None and len(reading.frame) == 3
    reading = read_table(csv_of([*rows, ["Total", "", ""]]).encode(), "places.csv", table)
    assert warned(reading) == [("row.total", 4)]
    assert reading.frame is not None and len(reading.frame) == 2


def test_scientific_notation_in_a_column_is_refused_and_in_one_cell_is_not() -> None:
    rows = many(300)
    rows[10][0] = "9.99E+12"
    assert not codes(read(csv_of([HEADER, *rows])))
    for row in rows[40:60]:
        row[0] = "9.99E+12"
    problem = only(read(csv_of([HEADER, *rows])), "column.scientific")
    assert (problem.row, problem.count, problem.column) == (12, 21, "UPN")
    # A measurement may be written so, and has lost nothing.
    columns = (TABLE.columns[0], Column("Score", "score", "number", "Score.", nullable=True))
    table = Table(name="scores", description="Invented scores.", columns=columns)
    lines = [["UPN", "Score"], *([row[0], "1.25E+01"] for row in many(30))]
    reading = read_table(csv_of(lines).encode(), "scores.csv", table)
    assert not codes(reading)
    assert reading.frame is not None and len(reading.frame) == 30


def test_month_first_impossible_and_mixed_dates() -> None:
    rows = many(100)
    for row in rows[5:15]:
        row[2] = "05/28/2014"
    problem = only(read(csv_of([HEADER, *rows])), "column.month_first")
    assert (problem.row, problem.count) == (7, 10)
    for row in rows[5:15]:
        row[2] = "31/02/2014"
    assert only(read(csv_of([HEADER, *rows])), "column.impossible_dates").count == 10


def test_two_ways_of_writing_dates_are_read_unless_a_spreadsheet_turned_some() -> None:
    rows = many(100)
    for row in rows[5:15]:
        row[2] = "2014-02-21"
    assert not codes(read(csv_of([HEADER, *rows])))
    # What it could read month first it turned; what is past the 12th it left.
    for place, row in enumerate(rows):
        row[2] = f"{place % 16 + 13}/05/2014"
    for row in rows[5:15]:
        row[2] = "2014-02-07"
    problem = only(read(csv_of([HEADER, *rows])), "column.mixed_dates")
    assert (problem.row, problem.count) == (7, 10)
    # One cell of a hundred and one is a slip: told, but the file is used.
    rows = [*rows[:5], *rows[15:], *[list(rows[0]) for _ in range(10)], list(rows[0])]
    rows[50][2] = "2014-02-07"
    reading = read(csv_of([HEADER, *rows]))
    assert not codes(reading)
    assert warned(reading) == [("column.mixed_dates", 52)]
    # Of few dates the pattern says nothing.
    few = [[*ROWS[0][:2], day, *ROWS[0][3:]] for day in ("20/05/2014", "2014-02-07")]
    assert not read(csv_of([HEADER, *few])).findings.warnings


def test_workbook_hidden_rows_and_merged_cells() -> None:
    made = book([HEADER, *many(5)])
    sheet = made.active
    assert sheet is not None
    sheet.row_dimensions[3].hidden = True
    sheet.row_dimensions[5].hidden = True
    sheet.merge_cells("D4:D6")
    reading = read(book_bytes(made), "register.xlsx")
    assert codes(reading) == ["file.hidden_rows", "file.merged_cells"]
    hidden, merged = reading.findings.problems
    assert "rows 3 and 5" in hidden.rule
    assert hidden.count == 2
    assert "D4:D6" in merged.rule
    # Hidden rows are read all the same, so that everything else wrong is told too.
    assert reading.frame is not None
    assert len(reading.frame) == 5


def test_workbook_dates_as_serial_numbers_and_with_times() -> None:
    rows: list[list[Any]] = [
        ["A950000178301", "Qoph", 41002, "K", 4.0],
        [9991234567, "Qoph", datetime(2012, 4, 3, 9, 30), "K", "7"],
    ]
    assert cells(read(book_bytes(book([HEADER, *rows])), "register.xlsx")) == [
        ["A950000178301", "Qoph", "2012-04-03", "K", "4"],
        ["9991234567", "Qoph", "2012-04-03", "K", "7"],
    ]


def test_rows_without_height_and_prefixed_markup_are_seen_as_hidden() -> None:
    markup = (
        b'<x:row r="3" spans="1:2" hidden="1"><x:row r="5" ht="0" customHeight="1">'
        b'<row hidden="true" r="7"><row r="8" ht="0.75"><row r="9" hidden="0">'
    )
    assert _HIDDEN_ROW.findall(markup) == [b"3", b"5", b"7"]
    assert _MERGED.findall(b'<x:mergeCell ref="A5:B6"/>') == [(b"A", b"5", b"B", b"6")]


def test_a_workbook_the_library_cannot_read_is_refused() -> None:
    made = book([HEADER, *ROWS])
    made.create_chartsheet("Chart")
    only(read(book_bytes(made), "register.xlsx"), "file.format")


def test_two_columns_of_one_name_in_parquet_are_told() -> None:
    names = [*(column.name for column in TABLE.columns), TABLE.columns[0].name]
    stored = pa.table([pa.array(["1"]) for _ in names], names=names)
    content = io.BytesIO()
    pq.write_table(stored, content)
    assert "column.duplicate" in codes(read(content.getvalue(), "register.parquet"))


def test_sheet_is_chosen_by_name_or_alone_and_never_guessed() -> None:
    made = book([HEADER, *ROWS], "Zwyx, the elder")
    assert not codes(read(book_bytes(made), "register.xlsx"))
    made.create_sheet("Other")
    problem = only(read(book_bytes(made), "register.xlsx"), "file.sheet_missing")
    assert "2 visible sheets" in problem.rule
    sheet = made.create_sheet("REGISTER")
    for row in [HEADER, ROWS[0]]:
        sheet.append(row)
    # What the other holds would be lost without a word, here as by its headers alone.
    twice = book_bytes(made)
    for reading in (read(twice, "register.xlsx"), read_heading(twice, "register.xlsx", TABLE)):
        assert "1 more sheet has the headers" in only(reading, "file.sheets_alike").rule
    # No table of the same headers: no row below them, or other columns.
    made["Zwyx, the elder"].delete_rows(2, 99)
    assert len(cells(read(book_bytes(made), "register.xlsx"))) == 1
    made["Other"].append(["Code", "Label"])
    made["Other"].append(["A", "B"])
    assert len(cells(read(book_bytes(made), "register.xlsx"))) == 1
    sheet.sheet_state = "hidden"
    assert only(read(book_bytes(made), "register.xlsx"), "file.sheet_hidden")


def test_damaged_and_misnamed_files() -> None:
    whole = book_bytes(book([HEADER, *ROWS]))
    for cut in (whole[: len(whole) // 2], whole[:-10], b"PK\x03\x04", b"not a workbook"):
        assert only(read(cut, "register.xlsx"), "file.truncated")
    assert only(read(b"\xd0\xcf\x11\xe0" + b"x" * 600, "register.xlsx"), "file.format")
    assert "named .csv" in only(read(whole, "register.csv"), "file.format").rule
    assert only(read(b"PAR1abc", "register.parquet"), "file.truncated")
    assert only(read(b"a,b", "register.ods"), "file.format")
    assert only(read(b"<html><body>Sign in</body></html>"), "file.format")
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("x.txt", "x")
    assert only(read(other.getvalue(), "register.xlsx"), "file.truncated")


WORD = st.text(
    st.characters(codec="cp1252", exclude_categories=("Cc", "Cf", "Cs", "Zs", "Zl", "Zp")),
    max_size=12,
).filter(lambda text: not any(mark in text for mark in "ÃÂâ") and text.casefold() not in NOTHING)


@tried(60)
@given(
    rows=st.lists(st.tuples(WORD, WORD, WORD), min_size=1, max_size=8),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_is_written_is_read(
    rows: list[tuple[str, str, str]], encoding: str, end: str
) -> None:
    """Cells come back as written, in any encoding and with any text that says something."""
    import csv

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator=end)
    writer.writerow(HEADER)
    for number, (upn, surname, provision) in enumerate(rows):
        writer.writerow([upn, surname, "03/04/2012", provision, str(number)])
    reading = read_table(buffer.getvalue().encode(encoding), "register.csv", TABLE)
    expected = [
        [u or None, s or None, "03/04/2012", p or None, str(n)] for n, (u, s, p) in enumerate(rows)
    ]
    assert cells(reading) == expected


@tried(80)
@given(st.binary(max_size=400), st.sampled_from(["csv", "xlsx", "parquet"]))
def test_no_bytes_raise(content: bytes, ending: str) -> None:
    """Whatever a file holds, the answer is a frame or a problem, never an exception."""
    reading = read_table(content, f"register.{ending}", TABLE)
    assert reading.frame is not None or reading.findings.problems


@tried(60)
@given(st.data())
def test_a_file_cut_anywhere_never_gives_rows_it_did_not_have(data: st.DataObject) -> None:
    """Cutting loses rows, or a last cell's end; what is left is refused or a prefix."""
    text = csv_of([HEADER, *many(12)])
    cut = data.draw(st.integers(0, len(text)))
    reading = read_table(text[:cut].encode(), "register.csv", TABLE)
    if reading.findings.problems:
        return
    whole = cells(read_table(text.encode(), "register.csv", TABLE))
    got = cells(reading)
    assert got[:-1] == whole[: len(got) - 1]
    assert got[-1][:4] == whole[len(got) - 1][:4]


def test_a_totals_row_is_not_judged_as_a_record() -> None:
    reading = read(csv_of([HEADER, *many(3), ["Total", "", "", "", "24"], *many(1)]))
    assert numbers(reading) == [2, 3, 4, 6]
    (warning,) = reading.findings.warnings
    assert "row 5 is totals, the end of a list or a header" in warning.rule


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "########"])
def test_errors_of_a_spreadsheet_are_not_data(error: str) -> None:
    rows = many(300)
    rows[7][1] = error
    problem = only(read(csv_of([HEADER, *rows])), "column.error_cells")
    assert (problem.row, problem.column, problem.value) == (9, "Surname", "")
    assert only(read(book_bytes(book([HEADER, *rows])), "register.xlsx"), "column.error_cells")
    # A hash in a name or a note is none.
    rows[7][1] = "Flat #3"
    assert not codes(read(csv_of([HEADER, *rows])))


def test_a_workbook_that_states_a_wrong_size_is_read_whole() -> None:
    content = book_bytes(book([HEADER, *many(5)]))
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert b'<dimension ref="A1:E6"' in data
                data = data.replace(b'<dimension ref="A1:E6"', b'<dimension ref="A1"')
            target.writestr(name, data)
    assert len(cells(read(buffer.getvalue(), "register.xlsx"))) == 5


def test_gaps_in_a_workbook_keep_the_row_numbers() -> None:
    made = book([HEADER, many(1)[0]])
    sheet = made.active
    assert sheet is not None
    for place, value in enumerate(many(2)[1], start=1):
        sheet.cell(row=6, column=place, value=value)
    reading = read(book_bytes(made), "register.xlsx")
    assert numbers(reading) == [2, 6]


NOTED = "".join(",".join(map(quoted, row)) + "\n" for row in [HEADER, *ROWS])


@pytest.mark.parametrize(
    ("below", "notes"),
    [
        ("\nThese figures are provisional\nSent on request by the team\n", [6, 7]),
        ("\n\n  Provisional until the autumn\n\nFor use inside the council", [7, 9]),
        ('\n"Provisional, until checked"\nNotes: none\nAsk us for the rest\n', [6, 8]),
    ],
)
def test_lines_of_words_below_an_empty_line_are_notes(below: str, notes: list[int]) -> None:
    reading = read(NOTED + below)
    assert not codes(reading)
    assert len(cells(reading)) == len(ROWS)
    (told,) = [w for w in reading.findings.warnings if w.code == "row.notes"]
    assert (told.row, told.count) == (notes[0], len(notes))
    assert all(str(row) in told.rule for row in notes)
    assert "rovisional" not in told.rule


@pytest.mark.parametrize(
    "below",
    [
        # Without an empty line above they may be the end of a record, or a line break in a cell.
        "These figures are provisional\n",
        # The beginning of a record that was cut short has no words, or records go on below it.
        "\nA950000178301\n",
        "\nThese figures are provisional\nA950000178301\n",
        "\nThese figures are provisional\nA950000178301,Quoph,03/04/2012,K,4\n",
        # A comma outside quotation marks makes two cells, which notes of one cell are not.
        "\nProvisional until the autumn, and longer\n",
    ],
)
def test_what_may_be_a_record_cut_short_is_no_note(below: str) -> None:
    reading = read(NOTED + below)
    assert {"file.truncated", "file.ragged"} & {*codes(reading)}
    assert not [w for w in reading.findings.warnings if w.code == "row.notes"]

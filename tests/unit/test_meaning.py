"""What cells mean, in whichever way they are written and in every form of file; what is asked."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jsna.ingest.judge import Validated, validate_table
from jsna.ingest.read import Reading, read_table
from jsna.model.contract import Column
from jsna.model.layouts import Origin, Shape
from jsna.shared import patterns
from jsna.shared.one_file import one_file
from tests.books import book, book_bytes
from tests.unit.validation_support import context

COLUMNS = (
    Column("Ref", "ref", "string", "Number."),
    Column("Surname", "surname", "string", "Name.", identifier="surname"),
    Column("Born", "born", "date", "Day.", nullable=True, identifier="date_of_birth"),
    Column("Seen", "seen", "date", "Day.", nullable=True, on_invalid="blank"),
    Column("Sex", "sex", "code", "Sex.", codes="sex", nullable=True),
    Column("Year", "year_group", "code", "Year.", codes="year_group", nullable=True),
    Column("Meals", "fsm", "code", "Meals.", codes="fsm", nullable=True),
    Column("Plan", "plan", "boolean", "Plan.", nullable=True),
    Column("URN", "urn", "string", "School.", pattern=patterns.URN, nullable=True),
    Column("Home", "home", "string", "Area.", pattern=patterns.LSOA, nullable=True),
    Column("Hours", "hours", "integer", "Hours.", nullable=True),
    Column("Share", "share", "number", "Share.", nullable=True, marked=True),
)
EXTRACT = one_file("clinic", "Clinic.", "financial_year", "maintained", *COLUMNS)
(TABLE,) = EXTRACT.tables
HEADER = [column.name for column in TABLE.columns]
GOOD: dict[str, Any] = {
    "Ref": "R1", "Surname": "Qoph", "Born": "2012-04-03", "Seen": "2024-11-20", "Sex": "F",
    "Year": "5", "Meals": "Y", "Plan": "true", "URN": "119999", "Home": "E01000001", "Hours": "4",
    "Share": "45",
}  # fmt: skip
#: What the good row says.
SAYS = {
    "born": date(2012, 4, 3), "sex": "F", "year_group": "5", "fsm": "Y", "plan": True,
    "urn": "119999", "home": "E01000001", "hours": 4, "share": 45.0,
}  # fmt: skip


def content(rows: list[dict[str, Any]], ending: str) -> bytes:
    """Rows of the good one with other cells, as a file."""
    lines = [[{**GOOD, **row}[name] for name in HEADER] for row in rows]
    if ending == "csv":
        return pd.DataFrame(lines, columns=HEADER).to_csv(index=False).encode()
    if ending == "xlsx":
        return book_bytes(book([HEADER, *lines]))
    buffer = io.BytesIO()
    pq.write_table(pa.table({n: [line[i] for line in lines] for i, n in enumerate(HEADER)}), buffer)
    return buffer.getvalue()


def read(
    *rows: dict[str, Any], ending: str = "csv", shape: Shape | None = None
) -> tuple[Reading, Validated]:
    numbered = [{"Ref": f"R{n}", **row} for n, row in enumerate(rows)]
    reading = read_table(content(numbered, ending), f"clinic.{ending}", TABLE, shape=shape)
    assert reading.frame is not None, reading.findings.problems
    return reading, validate_table(EXTRACT, TABLE, reading.frame, context("areas"))


def told(reading: Reading) -> list[tuple[str, str, int]]:
    """Code, column and count of what a file is refused or warned for."""
    found = (*reading.findings.problems, *reading.findings.warnings)
    return [(one.code, one.column or "", one.count) for one in found]


#: Field -> ways of writing what the good row says, none of which can be read as something else.
WRITTEN = {
    "Born": "03/04/2012;3/4/2012;03-04-2012;03.04.2012;03-Apr-2012;3 April 2012;2012-04-03;"
            "2012-04-03T00:00:00Z;20120403;2012/04/03;03/04/2012 00:00;2012-Apr-03 00:00:00",
    "Sex": "f;Female;FEMALE;2;2.0;female ;\u00a0F;F\u200b;girl",
    "Year": "05;5.0;5 ;\ufeff5",
    "Meals": "y;Yes;TRUE;true;1;1.0;T",
    "Plan": "True;TRUE;t;yes;Y;1;1.0;01",
    "URN": "119999.0;119 999;\u200b119999;119999.00",
    "Home": "e01000001;E01000001\u00a0;E01 000001",
    "Hours": "4.0;04;4.00",
    "Share": "45%;45.0;45 %;£45;45.00%",
}  # fmt: skip


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_a_form_that_reads_one_way_is_read(ending: str) -> None:
    for name, ways in WRITTEN.items():
        for way in ways.split(";"):
            _, judged = read({name: way}, ending=ending)
            assert not judged.found, (name, way, judged.found)
            (row,) = judged.valid.to_dict("records")
            assert {field: row[field] for field in SAYS} == SAYS, (name, way)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_what_says_nothing_is_empty_and_counted(ending: str) -> None:
    for way in ("NULL", "null", "N/A", "n/a", "-", "--", "\N{EN DASH}", "(null)"):
        names = [name for name in HEADER if name not in ("Ref", "Surname")]
        reading, judged = read(dict.fromkeys(names, way), {}, ending=ending)
        assert not told(reading)
        assert reading.findings.remarks == [
            "NULL, N/A, - or the like is read as empty in 10 cells of 10 columns"
        ]
        assert not judged.found
        assert judged.valid.iloc[0][list(SAYS)].isna().all(), way
        assert judged.valid.iloc[1]["born"] == SAYS["born"]


@pytest.mark.parametrize(
    ("names", "stands"),
    [
        # Nobody's name where names have small letters, and somebody's where none has.
        (["NULL", "Zwyx", "Qoph"], False),
        (["NULL", "ZWYX", "QOPH"], True),
        (["Null", "Zwyx", "Qoph"], True),
        (["-", "Zwyx", "Qoph"], False),
        (["N/A", "ZWYX", "QOPH"], False),
    ],
)
def test_null_may_be_a_name(names: list[str], stands: bool) -> None:
    reading, _ = read(*({"Surname": name} for name in names))
    assert reading.frame is not None
    assert (
        reading.frame["surname"].iloc[0] == names[0]
        if stands
        else reading.frame["surname"].isna().tolist() == [True, False, False]
    )


def test_ids_that_a_program_took_for_numbers_are_those_of_other_files() -> None:
    _, judged = read({"Ref": "12.0"}, {"Ref": "13.0"})
    assert judged.valid["ref"].tolist() == ["12", "13"]
    # Where one is no number, none is changed.
    _, judged = read({"Ref": "12.0"}, {"Ref": "A.0"})
    assert judged.valid["ref"].tolist() == ["12.0", "A.0"]


def test_removed_characters_are_counted_over_all_columns() -> None:
    reading, judged = read({"Sex": "\u200bF\ufeff", "URN": "119\u00a0999"}, {"Sex": "F\u2060"})
    assert reading.findings.remarks == [
        "no-break spaces and characters without width were removed from 3 cells of 2 columns"
    ]
    assert judged.valid["urn"].tolist() == ["119999", "119999"]


def seen(*days: str, shape: Shape | None = None) -> tuple[list[tuple[str, str, int]], list[Any]]:
    reading, judged = read(*({"Seen": day} for day in days), shape=shape)
    return told(reading), [None if pd.isna(d) else d for d in judged.valid["seen"]]


def test_months_come_first_where_a_column_shows_it() -> None:
    days = [date(2024, 10, n) for n in range(1, 29)]
    found, got = seen(*(f"{day:%m/%d/%Y}" for day in days))
    assert found == [("column.month_first", "Seen", 16)]
    assert got == days
    # The same written with the day first is read so, and nothing is to be told.
    assert seen(*(f"{day:%d/%m/%Y}" for day in days)) == ([], days)
    # Times of day and dates of another form beside them change nothing.
    mixed = [f"{day:%m/%d/%Y} 09:30" if day.day % 2 else f"{day:%Y-%m-%d}" for day in days]
    assert seen(*mixed) == ([("column.month_first", "Seen", 8)], days)


def test_what_can_be_read_two_ways_is_asked_about_once_a_column() -> None:
    # Both orders in one column, and a column in which too few say which it is.
    for days in (
        ["28/05/2024"] * 20 + ["05/28/2024"] * 5 + ["03/04/2024"] * 5,
        ["03/04/2024"] * 20 + ["05/28/2024"],
    ):
        reading, _ = read(*({"Seen": day} for day in days))
        (problem,) = reading.findings.problems
        assert (problem.code, problem.column) == ("column.month_first", "Seen")
        assert "does the day or the month come first" in problem.rule


SCHOOL_DAYS = [date(2024, 9, 2), date(2024, 10, 31), date(2025, 1, 17), date(2025, 3, 9)]
BIRTHS = [date(1999 + n, 1 + 5 * n % 12, 1 + 17 * n % 28) for n in range(25)]


@pytest.mark.parametrize("days", [SCHOOL_DAYS, BIRTHS], ids=["of a year", "of births"])
@pytest.mark.parametrize("form", ["%d/%m/%y", "%d-%m-%y", "%d.%m.%y", "%d/%m/%y 09:30", "%d-%b-%y"])
def test_years_of_two_digits_are_of_the_one_century_there_is(days: list[date], form: str) -> None:
    reading, judged = read(*({"Seen": f"{day:{form}}"} for day in days))
    assert told(reading) == [] and judged.valid["seen"].tolist() == days
    assert reading.findings.remarks == [
        f"years of two digits are read as of 1970 to 2069 in {len(days)} dates of the column 'Seen'"
    ]


def test_years_of_two_digits_that_come_first_or_behind_days_that_come_second() -> None:
    assert seen(*(f"{day:%y-%m-%d}" for day in BIRTHS)) == ([], BIRTHS)
    found, got = seen(*(f"{day:%m/%d/%y}" for day in BIRTHS))
    assert [code for code, _, _ in found] == ["column.month_first"] and got == BIRTHS


def test_years_of_two_digits_that_may_stand_first_or_last_are_asked_about() -> None:
    # Any of three may be the year; and firsts of months, of years that would be days as well.
    firsts = [f"01/{1 + n % 12:02d}/{8 + n:02d}" for n in range(15)]
    for days in (
        ["05/06/07"],
        ["05/06/07", "08/09/10"],
        firsts,
        [d[6:] + d[2:6] + d[:2] for d in firsts],
    ):
        reading, _ = read(*({"Seen": day} for day in days))
        (problem,) = reading.findings.problems
        assert (problem.code, problem.count) == ("column.short_years", len(days))
        assert "`dates: day first` or `dates: year first`" in problem.rule
    for order, want in (("day first", date(2007, 6, 5)), ("year first", date(2005, 6, 7))):
        shape = Shape.model_validate({"columns": {"seen": {"header": "Seen", "dates": order}}})
        assert seen("05/06/07", shape=shape) == ([], [want])


def test_years_of_two_digits_that_may_be_of_two_centuries_are_asked_about() -> None:
    column = Column("Opened", "opened", "date", "Day.", nullable=True, years=(598, 2069))
    extract = one_file("schools_old", "Schools.", "financial_year", "maintained", column)
    text = b"Opened\n31/08/65\n01-Sep-24\n"
    reading = read_table(text, "old.csv", extract.tables[0])
    assert told(reading) == [("column.short_years", "Opened", 2)]
    assert "any year from 598 to 2069" in reading.findings.problems[0].rule
    shape = Shape.model_validate({"columns": {"opened": {"header": "Opened", "years_from": 1930}}})
    reading = read_table(text, "old.csv", extract.tables[0], shape=shape)
    assert told(reading) == [] and reading.frame is not None
    judged = validate_table(extract, extract.tables[0], reading.frame, context("areas"))
    assert judged.valid["opened"].tolist() == [date(1965, 8, 31), date(2024, 9, 1)]


def test_a_column_whose_days_are_all_early_is_told() -> None:
    early = [f"{n:02d}/04/2024" for n in range(1, 11)]
    assert seen(*early) == (
        [("column.all_days_early", "Seen", 10)], [date(2024, 4, n) for n in range(1, 11)],
    )  # fmt: skip
    # Of one day over and over, or with one that is past the 12th, there is nothing to tell.
    assert seen(*["01/09/2024"] * 10)[0] == []
    assert seen(*early, "13/04/2024")[0] == []
    assert seen(*(f"2024-04-{n:02d}" for n in range(1, 11)))[0] == []


def test_a_declared_order_stands_against_what_cells_show() -> None:
    month, day = (
        Shape(columns={"seen": Origin(header="Seen", dates=order)})
        for order in ("month first", "day first")
    )
    early = [f"{n:02d}/04/2024" for n in range(1, 11)]
    assert seen(*early, shape=month) == ([], [date(2024, n, 4) for n in range(1, 11)])
    assert seen(*early, shape=day) == ([], [date(2024, 4, n) for n in range(1, 11)])
    # A cell that has no such day is none, however it might be read.
    filled = ["04/03/2024"] * 300
    assert seen(*filled, "28/05/2024", shape=month)[1][-1] is None
    assert seen(*filled, "05/28/2024", shape=day)[1][-1] is None


def test_mapped_codes_and_words_for_nothing_are_those_of_the_file() -> None:
    codes = {"Weiblich": "F", "-": "M"}
    shape = Shape(columns={"sex": Origin(header="Sex", codes=codes, empty=("unbekannt",))})
    cells = ("weiblich", "unbekannt", "-", "NULL", "W\u200beiblich")
    reading, judged = read(*({"Sex": cell} for cell in cells), shape=shape)
    assert not told(reading)
    assert [None if pd.isna(v) else v for v in judged.valid["sex"]] == ["F", None, "M", None, "F"]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_times_of_birth_are_told_and_left_away(ending: str) -> None:
    born: list[Any] = ["2012-04-02 23:00:00", "2012-04-03 00:00:00", "2012-04-03"]
    if ending != "csv":
        born = [datetime(2012, 4, 2, 23), datetime(2012, 4, 3), datetime(2012, 4, 3)]
    rows = [{"Born": day, "Seen": born[0]} for day in born]
    reading, judged = read(*rows, ending=ending)
    assert told(reading) == [("column.birth_times", "Born", 1)]
    assert judged.valid["born"].tolist() == [date(2012, 4, 2), date(2012, 4, 3), date(2012, 4, 3)]


def test_per_cents_of_a_workbook_are_those_of_a_text() -> None:
    shares = [0.45, 0.4537, 1, -0.005]
    made = book([HEADER, *([{**GOOD, "Share": share}[n] for n in HEADER] for share in shares)])
    sheet = made.active
    assert sheet is not None
    for row, form in zip(range(2, 6), ["0%", "0.0%", "0.00 %", "0%"], strict=True):
        sheet.cell(row=row, column=HEADER.index("Share") + 1).number_format = form
    reading = read_table(book_bytes(made), "clinic.xlsx", TABLE)
    assert reading.frame is not None
    assert reading.frame["share"].tolist() == ["45%", "45.37%", "100%", "-0.5%"]
    judged = validate_table(EXTRACT, TABLE, reading.frame, context("areas"))
    assert judged.valid["share"].tolist() == [45.0, 45.37, 100.0, -0.5]


def shares(*cells: str) -> tuple[list[str], list[float | None]]:
    reading, judged = read(*({"Share": cell} for cell in cells))
    values = judged.valid["share"]
    return [code for code, _, _ in told(reading)], [None if pd.isna(v) else v for v in values]


def test_decimals_behind_a_comma_are_read_where_nothing_else_is_meant() -> None:
    assert shares("12,5", "7", "0,125", "-3,25") == (["column.decimals"], [12.5, 7, 0.125, -3.25])
    # Commas between thousands, with a point before decimals, are none.
    assert shares("1,234.5", "12", "1,234,567") == ([], [1234.5, 12, 1234567])
    assert shares("1,234") == ([], [1234])
    # Both at once are asked about.
    assert shares("12,5", "1,234")[0] == ["column.decimals"]


def test_a_share_beside_a_per_cent_is_asked_about() -> None:
    assert shares("50%", "0.5")[0] == ["column.per_cent"]
    assert shares("50%", "45") == ([], [50, 45])
    assert shares("0.5", "0.25") == ([], [0.5, 0.25])


def test_long_cells_unknown_and_hidden_columns_are_told_in_one_line_each() -> None:
    reading, _ = read({"Ref": "x" * 1001}, {"Ref": "x" * 1000}, {"Ref": "é" * 1000})
    assert told(reading) == [("column.long_cells", "Ref", 1)]
    wide = [[*HEADER, *(f"Extra {n}x" for n in range(40))], [*GOOD.values(), *["1"] * 40]]
    made = book(wide)
    sheet = made.active
    assert sheet is not None
    for letter in ("C", "F", "AA"):
        sheet.column_dimensions[letter].hidden = True
    for name in ("Zwyx, the elder", "notes"):
        made.create_sheet(name).sheet_state = "hidden"
    found = read_table(book_bytes(made), "clinic.xlsx", TABLE).findings
    assert [one.code for one in found.warnings] == [
        "file.sheet_hidden", "file.hidden_columns", "column.unknown"
    ]  # fmt: skip
    sheets, hidden, unknown = (one.rule for one in found.warnings)
    assert sheets == "2 hidden sheets were not read"
    assert hidden.startswith("columns C, F and AA are hidden")
    assert unknown.startswith("columns 13 'Extra 0x', 14 'Extra 1x'")
    assert unknown.endswith("and 28 more are not declared for this table and are not used")
    assert not found.problems

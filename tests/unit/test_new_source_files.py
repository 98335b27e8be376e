"""`jsna new source` of files as councils keep them: their marks, codes, and what rows keep."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from jsna.drafting import cli, source
from jsna.drafting.source import Asked, draft
from jsna.errors import JsnaError
from jsna.ingest.judge import Validated
from jsna.ingest.validate import validate_delivery
from jsna.model.contract import Column, Context
from jsna.settings import made_lists
from jsna.shared import headers
from jsna.shared.columns import listed
from tests.conftest import ROOT

from .draft_support import Rows, as_csv, clinic, saved
from .test_new_source import declared, said
from .validation_support import CODELISTS


def read(made: source.Draft, content: bytes, name: str) -> Validated:
    """A file of the build under a draft."""
    from jsna.ingest.read import read_table

    extract = declared(made)
    (table,) = extract.tables
    reading = read_table(content, name, table)
    assert reading.frame is not None and reading.findings.problems == []
    own = {str(c.codes): frozenset(dict(c.labels)) for c in table.columns if c.labels}
    context = Context(date(2025, 1, 16), "2024/25", "E1", {**CODELISTS, **own}, synthetic=True)
    return validate_delivery(extract, {table.name: reading.frame}, context)[table.name]


def workbook(file: Path, sheets: dict[str, Rows]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([int(cell) if cell.isdigit() and len(cell) < 3 else cell for cell in row])
    book.save(file)
    return file


def asked(file: Path, **more: str) -> Asked:
    return Asked(file, "sleep_clinic", codes=("Clinic", "Outcome"), **more)


@pytest.mark.parametrize(
    ("delimiter", "encoding"),
    [
        (",", "utf-8"),
        (",", "utf-8-sig"),
        (",", "cp1252"),
        (";", "cp1252"),
        ("\t", "utf-8"),
        ("|", "utf-8-sig"),
        (",", "utf-16"),
        ("\t", "utf-16"),
    ],
)
def test_the_same_file_however_it_is_written(tmp_path: Path, delimiter: str, encoding: str) -> None:
    plain = draft(asked(saved(tmp_path, "plain.csv", clinic())), ROOT)
    file = tmp_path / "other.csv"
    file.write_bytes(as_csv(clinic(), delimiter).encode(encoding))
    made = draft(asked(file), ROOT)
    assert said(made.extract) == said(plain.extract)
    assert made.told == plain.told
    assert made.notes == plain.notes


def test_a_sheet_of_a_workbook(tmp_path: Path) -> None:
    plain = draft(asked(saved(tmp_path, "plain.csv", clinic())), ROOT)
    one = draft(asked(workbook(tmp_path / "one.xlsx", {"Zora Q": clinic()})), ROOT)
    assert said(one.extract) == said(plain.extract) and one.notes == plain.notes
    notes = [["Zora Quillfeather"], ["asked again"]]
    both = workbook(tmp_path / "both.xlsx", {"Zora Q": notes, "Referrals": clinic()})
    made = draft(asked(both, sheet="referrals"), ROOT)
    assert said(made.extract) == said(plain.extract)
    assert "it has 2 sheets, and this is of one" in made.notes[0]
    assert "Zora" not in "".join([*cli._told(made), *made.files.values()])
    with pytest.raises(JsnaError, match="none of its 2 visible sheets is called so"):
        draft(asked(both, sheet="Kim"), ROOT)
    with pytest.raises(JsnaError, match=r"is no header, but like a record|nothing tells") as caught:
        draft(asked(both), ROOT)
    assert "Zora" not in str(caught.value)
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(both.read_bytes()[:400])
    with pytest.raises(JsnaError, match="not a whole workbook"):
        draft(asked(broken), ROOT)
    with pytest.raises(JsnaError, match="only a workbook has sheets"):
        draft(asked(tmp_path / "plain.csv", sheet="x"), ROOT)


def contracts() -> Rows:
    """Contracts of transport: about no person, in the marks councils write."""
    rows = [[
        "Contract ref", "Ward", "District", "MSOA", "Vehicle type", "Start", "End",
        "Weekly cost (£)", "Spend", "Share of budget", "Seats", "Seats taken", "Miles",
    ]]  # fmt: skip
    for at in range(60):
        start = date(2024, 4, 1) + timedelta(days=5 * at)
        rows.append([
            f"ST/{100 + at}", f"E05099{at % 40:03d}", f"E0700090{at % 3}", f"E02{at:06d}",
            ("Taxi", "Minibus", "Coach")[at % 3], f"{start:%d/%m/%Y}",
            f"{start + timedelta(days=at):%d/%m/%Y}" if at % 4 else "",
            f"£{1000 + 7.5 * at:,.2f}" if at % 9 else "n/a", f"{950 + at:,}",
            f"{at / 10:.1f}%", str(8 + at % 5), str(at % 8), f"{at / 3:.1f}" if at else "-",
        ])  # fmt: skip
    return rows


def columns(made: source.Draft) -> dict[str, Column]:
    return {column.name: column for column in made.extract.tables[0].columns}


def test_marks_codes_of_areas_and_what_every_row_keeps(tmp_path: Path) -> None:
    file = saved(tmp_path, "transport_contracts.csv", contracts(), "cp1252")
    made = draft(Asked(file, codes=("Vehicle type",)), ROOT)
    found = columns(made)
    cost, spend, share = found["Weekly cost (£)"], found["Spend"], found["Share of budget"]
    # N/A and - say nothing in any file, and need not be declared.
    assert (cost.field, cost.type, cost.marked, cost.absent, cost.nullable) == (
        "weekly_cost", "number", True, (), True,
    )  # fmt: skip
    assert cost.description == "Weekly cost, in pounds." and (cost.minimum, cost.maximum) == (
        0,
        2000,
    )
    assert (spend.type, spend.marked, share.type, share.marked) == ("integer", True, "number", True)
    assert (found["Miles"].type, found["Miles"].absent) == ("number", ())
    assert [found[name].field for name in ("Ward", "District", "MSOA")] == [
        "ward_code", "district_code", "msoa_code",
    ]  # fmt: skip
    table = made.extract.tables[0]
    assert [(rule.code, rule.severity) for rule in table.rules] == [
        ("end.before_start" if "end" in [c.field for c in table.columns] else
         "transport_contracts_end.before_start", "warning"),
        ("seats_taken.above_seats", "error"),
    ]  # fmt: skip
    judged = read(made, file.read_bytes(), "transport_contracts.csv")
    assert (judged.found, len(judged.reasons)) == ((), 0)
    first = judged.valid.iloc[1]
    assert (first["weekly_cost"], first["spend"], first["share_of_budget"]) == (1007.5, 951, 0.1)
    assert judged.valid["weekly_cost"].isna().sum() == 7
    # What is no number is told: a comma of another country is not one between thousands.
    spoilt = file.read_bytes().decode("cp1252").replace('"£1,007.50"', '"1007,50"').encode()
    (violation,) = read(made, spoilt, "x.csv").found
    assert violation.code == "transport_contracts.weekly_cost.type"
    assert "£" in violation.message and "1007" not in violation.message


def test_a_day_that_breaks_the_order_once_makes_no_rule(tmp_path: Path) -> None:
    rows = contracts()
    rows[7][6] = "01/01/2020"
    rows[8][11] = "99"
    file = saved(tmp_path, "transport_contracts.csv", rows)
    assert draft(Asked(file), ROOT).extract.tables[0].rules == ()


def test_rows_that_stand_twice_are_told_and_set_aside_by_the_key(tmp_path: Path) -> None:
    head, *records = clinic(120)
    at = head.index("Referral ID")
    twice = [[c for n, c in enumerate(row) if n != at] for row in [head, *records, *records[:3]]]
    file = saved(tmp_path, "clinic.csv", twice)
    made = draft(Asked(file), ROOT)
    key = made.extract.tables[0].key
    assert key[0] == "nhs_number" and "referral_date" in key
    assert "3 rows are another one over again, in every cell: its key sets the copies aside" in (
        made.notes
    )
    # One of a child without a number is nobody's copy.
    numbered = sum(bool(row[0]) for row in records[:3])
    assert len(read(made, file.read_bytes(), "clinic.csv").reasons) == numbered
    # Where rows are often alike that is no slip, and none is set aside.
    many = [
        ["Kind", "Visits", "Day"],
        *([["A1", "3", "01/05/2024"]] * 9),
        ["B2", "1", "02/05/2024"],
    ]
    made = draft(Asked(saved(tmp_path, "visits.csv", many)), ROOT)
    assert made.extract.tables[0].key == ()
    assert (
        "8 rows are another one over again, in every cell: they are counted as often" in made.notes
    )


def test_a_wait_is_asked_for_by_the_headers_of_two_days(tmp_path: Path) -> None:
    file = saved(tmp_path, "clinic.csv", clinic())
    made = draft(Asked(file, wait=("Referral date", "First seen")), ROOT)
    assert made.extract.tables[0].wait == ("referral_date", "first_seen")
    for wait, part in (
        (("Referral date", "Clinic"), "no column of days has this header; there are 'D.O.B.'"),
        (("First seen", "Referral date"), "the day a wait began must stand in every row"),
    ):
        with pytest.raises(JsnaError) as caught:
            draft(Asked(file, wait=wait), ROOT)
        assert part in str(caught.value)


def test_no_mark_makes_a_number_of_what_may_name_a_child(tmp_path: Path) -> None:
    """Ten digits, in whichever marks, are an NHS number until somebody says otherwise."""
    numbers = ["999,000,0018", "£9990000026", "9990000034%", "999 000 0042"]
    rows = [
        ["Cost", "Visit"],
        *([numbers[at % 4], f"2024-05-{1 + at % 28:02d}"] for at in range(80)),
    ]
    file = saved(tmp_path, "visits.csv", rows)
    with pytest.raises(JsnaError, match=r"new\.persons") as caught:
        draft(Asked(file), ROOT)
    made = draft(Asked(file, base="areas"), ROOT)
    text = "".join([str(caught.value), *made.files.values(), *cli._told(made)])
    assert "Cost" not in columns(made)
    assert not any(number in text for number in [*numbers, *(n.strip("£%") for n in numbers)])


@pytest.mark.parametrize(
    ("header", "field", "words"),
    [
        (
            "Hearing loss (dB, better ear)",
            "hearing_loss_db_better_ear",
            "Hearing loss dB better ear.",
        ),
        ("DNA Count", "dna_count", "DNA count."),
        ("RAG", "rag", "RAG."),
        ("WEEKLY COST", "weekly_cost", "Weekly cost."),
        ("DateOfReferral", "date_of_referral", "Date of referral."),
        ("Weekly cost (£)", "weekly_cost", "Weekly cost."),
    ],
)
def test_a_header_in_words_keeps_what_abbreviates(header: str, field: str, words: str) -> None:
    assert (headers.field(header), headers.sentence(header)) == (field, words)


def test_names_of_places_keep_their_capitals() -> None:
    """Wards and names of two words in capitals are names; kinds of thing are not."""
    for header, codes, labels in (
        ("Ward", ("Abbey", "Dene"), "names"),
        ("Base", ("Abbey", "Castle Hill"), "names"),
        ("Vehicle type", ("Taxi", "Wheelchair accessible", "SEND only"), "plain"),
    ):
        column = listed(header, *codes)
        assert (made_lists._named(column), column.called) == (labels == "names", header)


def test_a_decimal_comma_in_every_line_is_no_delimiter(tmp_path: Path) -> None:
    rows = [["Visit", "Kind", "Hours, minutes"]]
    rows += [[f"2024-05-{1 + at:02d}", "A1", f"{at},5"] for at in range(20)]
    file = tmp_path / "visits.csv"
    file.write_text(as_csv(rows, ";"), encoding="utf-8")
    made = draft(Asked(file), ROOT)
    assert [*columns(made)] == ["Visit", "Kind"]

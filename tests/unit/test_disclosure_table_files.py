"""Tables as people have them, and as they are published: their forms, and the order of the rows."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from jsna.disclosure.tabular.protection import protect, round_named
from jsna.disclosure.tabular.reading import Named
from tests.books import book
from tests.unit.tables_support import Tables

NEEDS = ("SLCN", "ASD", "MLD")
#: District -> its counts by need, in no order.
COUNTS = {"Ostley": (14, 3, 22), "Hesketon": (8, 12, 5), "Merrowby": (19, 7, 2), "Acre": (6, 21, 9)}
CELLS = [(d, n, c) for d, own in COUNTS.items() for n, c in zip(NEEDS, own, strict=True)]
DIMS = ("--dims", "district,need")


def read(file: Path) -> list[list[str]]:
    return [line.split(",") for line in file.read_text().splitlines()]


def frame(cells: list[tuple[str, str, int]]) -> pd.DataFrame:
    return pd.DataFrame(cells, columns=["district", "need", "freq"])


def labels(published: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(published["district"], published["need"], strict=True))


@pytest.fixture
def plain(tool: Tables) -> bytes:
    """What is published of the table in the plainest form."""
    tool.protect(tool.file(frame(CELLS).to_csv(index=False)), *DIMS)
    return tool.out.read_bytes()


@pytest.mark.parametrize(
    ("old", "new", "encoding"),
    [(",", ";", "utf-8"), (",", "\t", "utf-8"), ("\n", "\r\n", "utf-8-sig")],
    ids=["semicolons", "tabs", "marked"],
)
def test_one_table_in_many_forms(
    tool: Tables, plain: bytes, old: str, new: str, encoding: str
) -> None:
    text = frame(CELLS).to_csv(index=False).replace(old, new)
    tool.protect(tool.file(text.encode(encoding)), *DIMS)
    assert tool.out.read_bytes() == plain


def test_windows_1252_is_read_and_utf_8_written(tool: Tables) -> None:
    tool.protect(tool.file("café,freq\nOst–ley,9\nHès,8\n".encode("cp1252")), "--dims", "café")
    assert tool.out.read_text(encoding="utf-8").splitlines()[:2] == ["café,freq", "Ost–ley,9"]


@pytest.mark.parametrize(
    ("written", "value"),
    [('"1,234"', 1234), ('"12,345,678"', 12345678), ("1 234", 1234), ("1\u00a0234", 1234)],
)
def test_thousands_set_apart(tool: Tables, written: str, value: int) -> None:
    tool.protect(tool.file(f"d,freq\na,{written}\nb,9\n"), "--dims", "d")
    # What is published has every number in one form.
    published = ["d,freq", f"a,{value}", "b,9", f"Total,{value + 9}"]
    assert tool.out.read_text().splitlines() == published
    tool.attack(tool.file(f"d,freq\na,{written}\nb,c\nTotal,{value + 3}\n"), "--dims", "d", ends=1)


@pytest.mark.parametrize("written", ['"12,34"', '"1,2345"', '"1234,567"', "1.5", "1,2"])
def test_what_may_be_no_thousands_is_refused(tool: Tables, written: str) -> None:
    file = tool.file(f"d,freq\na,{written}\nb,9\n")
    assert "t.csv, row 2" in tool.protect(file, "--dims", "d", ends=1)
    assert not tool.out.exists()


def test_labels_never_become_formulas(tool: Tables) -> None:
    bad = {"=1+1": 9, "+SUM(A1)": 8, "-cmd": 17, "@x": 6, "-5": 23, "+7%": 31, "a=b": 40}
    heading = "=area"
    given = pd.DataFrame({heading: list(bad), "freq": list(bad.values())})
    options = ("--dims", heading, "--not-total", heading, "*")
    tool.protect(tool.file(given.to_csv(index=False)), *options)
    first = [row[0] for row in read(tool.out)]
    assert first == ["'=area", "'=1+1", "'+SUM(A1)", "'-cmd", "'@x", "-5", "+7%", "a=b", "Total"]
    # They are the same codes when the file is read again.
    tool.attack(tool.out, *options)
    sheets, again = tool.folder / "out.xlsx", tool.folder / "again.csv"
    tool.protect(tool.out, *options, "--out", sheets)
    sheet = openpyxl.load_workbook(sheets).active
    assert sheet is not None
    assert [cell.data_type for cell in sheet["A"]] == ["s"] * 9
    assert [cell.value for cell in sheet["A"]][:3] == [heading, "=1+1", "+SUM(A1)"]
    tool.protect(sheets, *options, "--out", again)
    assert again.read_bytes() == tool.out.read_bytes()


ROWS: list[list[object]] = [["district", "need", "freq"], *([*cell] for cell in CELLS)]


def test_workbooks(tool: Tables, plain: bytes) -> None:
    file = tool.folder / "t.xlsx"
    book(ROWS, "counts", notes=[["made up"]]).save(file)
    told = tool.protect(file, *DIMS, ends=1)
    assert "t.xlsx: has 2 sheets; say which with --sheet ('counts', 'notes')" in told
    told = tool.protect(file, *DIMS, "--sheet", "other", ends=1)
    assert "t.xlsx has no such sheet; it has 'counts', 'notes' (found 'other')" in told
    options = (file, *DIMS, "--sheet", "counts")
    tool.protect(*options)
    assert tool.out.read_bytes() == plain
    # What is published as a workbook is the same table, and the same bytes each time.
    sheets, other = tool.folder / "out.xlsx", tool.folder / "other.xlsx"
    for one in (sheets, other):
        tool.protect(*options, "--out", one)
    assert sheets.read_bytes() == other.read_bytes()
    sheet = openpyxl.load_workbook(sheets).active
    assert sheet is not None
    shown = [
        ["" if v is None else str(v) for v in row] for row in sheet.iter_rows(values_only=True)
    ]
    assert shown == read(tool.out)
    tool.attack(sheets, *DIMS)


def test_what_is_not_seen_in_a_sheet_is_refused(tool: Tables) -> None:
    file = tool.folder / "t.xlsx"
    made = book([*ROWS, ["Acre", "OTH", "=1+2"]])
    sheet = made.active
    assert sheet is not None
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    sheet.merge_cells("A5:A6")
    made.save(file)
    told = tool.protect(file, *DIMS, ends=1)
    assert "t.xlsx, row 3: this row is hidden" in told
    assert "column B of the sheet is hidden" in told
    assert "t.xlsx, row 5: cells A5:A6 are merged" in told
    assert "t.xlsx, row 14: the formula in C14 has no value" in told


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 no workbook", "is no workbook (.xlsx) that can be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is a workbook of the old .xls form"),
        ("d,freq\na,9\n".encode("utf-16"), "is in UTF-16"),
    ],
)
def test_files_that_are_no_tables(tool: Tables, content: bytes, words: str) -> None:
    assert words in tool.protect(tool.file(content, "t.xlsx"), "--dims", "d", ends=1)


def test_rows_stay_in_the_order_they_came_in() -> None:
    done = protect(frame(CELLS), ["district", "need"])
    own = [(d, n) for d, n, _ in CELLS]
    assert labels(done.published)[: len(own)] == own
    assert labels(done.published)[len(own) :] == [
        *((d, "Total") for d in COUNTS),
        *(("Total", n) for n in (*NEEDS, "Total")),
    ]
    assert labels(done.record) == labels(done.published)
    assert not done.notes
    # Any order of a whole table: by need first, or none at all, with totals among the rows.
    for seed in range(3):
        cells = [*CELLS, ("Ostley", "Total", 39)]
        order = np.random.default_rng(seed).permutation(len(cells))
        mixed = frame([cells[i] for i in order])
        done = protect(mixed, ["district", "need"])
        assert labels(done.published)[: len(cells)] == labels(mixed)


def test_rows_put_in_stand_where_they_would_have_come() -> None:
    # Where Hesketon has no MLD, and Ostley no SLCN, must not show: they are zeros.
    absent = {("Hesketon", "MLD"), ("Ostley", "SLCN")}
    cells = [cell for cell in CELLS if cell[:2] not in absent]
    done = protect(frame(cells), ["district", "need"])
    truth = done.record.set_index(["district", "need"])["truth"]
    assert truth[("Hesketon", "MLD")] == truth[("Ostley", "SLCN")] == 0
    whole = [(d, n) for d, n, _ in CELLS]
    assert labels(done.published)[: len(whole)] == whole
    # With zeros written out it is the same file.
    zeros = [(d, n, 0 if (d, n) in absent else c) for d, n, c in CELLS]
    assert protect(frame(zeros), ["district", "need"]).published.equals(done.published)
    # Rows in no order could not take them in: all are sorted, which is said.
    order = np.random.default_rng(1).permutation(len(cells))
    mixed = protect(frame([cells[i] for i in order]), ["district", "need"])
    leaves = [one for one in labels(mixed.published) if "Total" not in one]
    assert leaves == sorted(leaves)
    assert "sorted by code, so that it cannot be seen which" in mixed.notes[0]


def test_the_order_of_rows_tells_no_count() -> None:
    # From the greatest to the least: the two hidden ones lie between 6 and 5.
    table = pd.DataFrame({"d": list("zyxwvu"), "freq": [40, 31, 22, 6, 4, 3]})
    table = pd.concat([table, pd.DataFrame({"d": ["Total"], "freq": [106]})])
    done = protect(table, ["d"])
    assert list(done.published["d"]) == [*"uvwxyz", "Total"]
    assert "came in the order of their counts" in done.notes[0]
    # From the least to the greatest: neither is above 6.
    rising = pd.DataFrame({"d": [*"zyxwvu", "Total"], "freq": [3, 4, 6, 22, 31, 40, 106]})
    done = protect(rising, ["d"])
    assert list(done.published["d"]) == [*"uvwxyz", "Total"]
    # The order of codes says nothing of counts, though they fall with it; nor is there anything to
    # say of counts that are all shown.
    falling = pd.DataFrame({"d": [*"uvwxyz", "Total"], "freq": [40, 31, 22, 6, 4, 3, 106]})
    done = protect(falling, ["d"])
    assert (list(done.published["d"]), done.notes) == ([*"uvwxyz", "Total"], ())
    shown = pd.DataFrame({"d": [*"zyxw", "Total"], "freq": [40, 31, 22, 16, 109]})
    done = protect(shown, ["d"])
    assert (list(done.published["d"]), done.notes) == ([*"zyxw", "Total"], ())
    # In no such order they stay.
    mixed = table.iloc[[3, 0, 5, 2, 4, 1, 6]]
    assert list(protect(mixed, ["d"]).published["d"]) == [*"wzuxvy", "Total"]
    # Sorted within each district, or districts by what they come to.
    inside = [(d, f"n{9 - i}", c) for d in "ba" for i, c in enumerate((33, 8, 4, 2, 1))]
    done = protect(frame(inside), ["district", "need"])
    assert labels(done.published)[0] == ("a", "n5")
    rounded = round_named(Named(table), [["d"]], "freq", 5)
    assert list(rounded.published["d"]) == [*"uvwxyz", "Total"]


def test_linked_tables_are_in_the_order_of_their_codes(tool: Tables) -> None:
    micro = [(d, n, a, c + i) for d, n, c in CELLS for i, a in enumerate(("old", "young"))]
    given = pd.DataFrame(micro, columns=["district", "need", "age", "freq"])
    options = ("--dims", "district,need", "--dims", "district,age")
    tool.protect(tool.file(given.to_csv(index=False)), *options)
    first = list(dict.fromkeys(row[0] for row in read(tool.out)[1:]))
    assert first == [*COUNTS, "Total"]
    tool.attack(tool.out, *options)


def test_every_problem_of_a_file_has_its_place(tool: Tables) -> None:
    file = tool.file("district,need,freq\nOstley,ASD,\n,MLD,3\nOstley,MLD,*\nOstley,OTH,4.5\n")
    tree = json.dumps({"district": {"Mars": "North", "Ostley": "North"}})
    told = tool.protect(file, *DIMS, "--hierarchy", tool.file(tree, "tree.json"), ends=1)
    for words in (
        "t.csv, row 2, column 'freq': the value is missing or hidden; give the true count",
        "t.csv, row 3, column 'district': a code is missing",
        "t.csv, row 4, column 'freq': the value is missing or hidden; give the true count (found",
        "t.csv, row 5, column 'freq': a count must be whole (found '4.5')",
        "tree.json, column 'district': this code is not in the table (found 'Mars')",
    ):
        assert words in told


def test_a_workbook_has_nothing_that_tells_when_it_was_made(tool: Tables) -> None:
    from zipfile import ZipFile

    out = tool.folder / "out.xlsx"
    tool.protect(tool.file(frame(CELLS).to_csv(index=False)), *DIMS, "--out", out)
    with ZipFile(io.BytesIO(out.read_bytes())) as archive:
        assert {member.date_time[0] for member in archive.infolist()} == {2000}
        assert b"2000-01-01T00:00:00Z" in archive.read("docProps/core.xml")

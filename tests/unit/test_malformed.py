"""Files as they should not be: each read as the good one is, or refused in words; nothing is lost.

Damage of single cells is told by the validation of rows, and damaged XML beside its reader.
"""

from __future__ import annotations

import base64
import gzip
import io
import zipfile
from collections.abc import Callable

import pandas as pd
import pytest

from jsna.ingest.read import read_table
from tests.books import book, book_bytes
from tests.unit.test_read import HEADER, TABLE, csv_of, many

ROWS = [[row[0], f"Zwyx{n}thorpe", *row[2:]] for n, row in enumerate(many(30))]
GOOD = csv_of([HEADER, *ROWS])
LINES = GOOD.splitlines()
WIDE = ",".join(["x"] * 1_000_000)


def joined(*lines: str, end: str = "\n") -> str:
    return "".join(line + end for line in lines)


def line(number: int, old: str, new: str) -> str:
    """The good file with one of its lines changed."""
    assert old in LINES[number]
    return joined(*LINES[:number], LINES[number].replace(old, new), *LINES[number + 1 :])


def every(change: Callable[[list[str]], list[str]]) -> str:
    """The good file with every row changed."""
    return csv_of([HEADER, *(change([*row]) for row in ROWS)])


def sheet(*rows: list[str], **more: list[list[str]]) -> bytes:
    return book_bytes(book([*rows], **more))


def part(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The good workbook with one of its parts changed."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(sheet(HEADER, *ROWS))) as source,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for one in source.namelist():
            content = source.read(one)
            target.writestr(one, change(content) if one == name else content)
    return made.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
#: Files that hold what the good one holds, and say so in one way only.
READ: dict[str, str | bytes] = {
    "line ends of Windows": joined(*LINES, end="\r\n"),
    "line ends of old systems": joined(*LINES, end="\r"),
    "mixed line ends": joined(*LINES[:9], end="\r\n") + joined(*LINES[9:]),
    "line ends doubled": joined(*LINES, end="\r\r\n"),
    "no last line end": GOOD.rstrip("\n"),
    "a mark of order": "\ufeff" + GOOD,
    "two marks of order": "\ufeff\ufeff" + GOOD,
    "a mark of the end": GOOD + "\x1a",
    "blank lines below": GOOD + "\n\n,,,,\n",
    "blank cells below": GOOD + " , , , , \n",
    "every cell quoted": joined(*('"' + row.replace(",", '","') + '"' for row in LINES)),
    "spaces about cells": GOOD.replace(",", " , "),
    "a comma behind every line": GOOD.replace("\n", ",\n"),
    "a hint how cells are separated": "sep=,\n" + GOOD,
    "a line drawn below the header": joined(LINES[0], ",".join(["-" * 9] * 5), *LINES[1:]),
    "NULL in every cell of a row": GOOD + ",".join(["NULL"] * 5) + "\n",
    "the number of rows below": GOOD + "\n(30 rows affected)\n",
    "the number of records below": GOOD + "30 records\n",
    "a total below": GOOD + "Total,,,,30\n",
    "the end told below": GOOD + "*** End of report ***\n",
    "the page told below": GOOD + '"Page 1 of 1"\n',
    "the header once more": joined(*LINES[:9], LINES[0], *LINES[9:]),
    "a header in capitals": joined(LINES[0].upper(), *LINES[1:]),
    "a header with spaces and marks": joined("U P N,SUR-NAME,Birth Date,SEN_provision,sessions ",
                                             *LINES[1:]),
    "a header with a line end in it": joined('UPN,Surname,"Birth\nDate",SENprovision,Sessions',
                                             *LINES[1:]),
    "a header with what is not seen": joined("UPN,Surname\u200b,Birth\u00a0Date,SENprovision,"
                                             "\ufeffSessions", *LINES[1:]),
    "characters without width": GOOD.replace("thorpe", "th\u200borpe"),
    "a mark of direction": GOOD.replace("Zwyx", "\u202eZwyx"),
    "no-break spaces about cells": GOOD.replace(",", "\u202f,\u00a0"),
    "columns in another order": csv_of([HEADER[::-1], *(row[::-1] for row in ROWS)]),
    "cells kept by a formula": GOOD.replace(",K,", ',"=""K""",'),
    "semicolons": GOOD.replace(",", ";"),
    "tabs": GOOD.replace(",", "\t"),
    "bars": GOOD.replace(",", "|"),
    "semicolons and a hint": "sep=;\n" + GOOD.replace(",", ";"),
    "two marks of bytes": GOOD.encode("utf-16"),
    "two bytes a letter": GOOD.encode("utf-16-le"),
    "two bytes the other way": GOOD.encode("utf-16-be"),
    "four bytes a letter": GOOD.encode("utf-32"),
    "tabs of two bytes, as spreadsheets write text": GOOD.replace(",", "\t").encode("utf-16"),
    "years of two digits": GOOD.replace("/2014", "/14"),
    "columns nobody declared": joined(*(f"{row},{n}" for n, row in enumerate(LINES))),
}  # fmt: skip
#: Files that are refused: what they are, the code, a word of what is said, and their name.
REFUSED: dict[str, tuple[str | bytes, str, str] | tuple[str | bytes, str, str, str]] = {
    "nothing": (b"", "file.empty", "0 bytes"),
    "blank lines": ("\n \n\n", "file.empty", "sent again"),
    "a header alone": (LINES[0], "file.header_only", "no rows"),
    "records alone": (joined(*LINES[1:]), "file.header_missing", "no header"),
    "a title above": ("Register\n\n" + GOOD, "file.title_above", "below rows 1 and 2 of titles"),
    "records above the header": (joined(*LINES[1:4], LINES[0], *LINES[4:]), "file.header_moved",
                                 "export it again"),
    "columns by width": (GOOD.replace(",", "    "), "file.header_missing", "UPN"),
    "a row in one cell": (joined(*(f'"{row}"' for row in LINES)), "file.header_missing", "UPN"),
    "rows for columns": (csv_of([list(c) for c in zip(HEADER, *ROWS, strict=True)]),
                         "file.header_missing", "UPN"),
    "a cell too many": (line(5, "Zwyx4", "Zwyx,4"), "file.ragged", "row 6 has more"),
    "a cell too few": (line(5, ",K", ""), "file.ragged", "row 6 has fewer"),
    "a comma escaped by a slash": (line(5, "Zwyx4", "Zwyx\\,4"), "file.ragged", "more cells"),
    "a line end in a cell": (line(5, "Zwyx4", "Zwyx\n4"), "file.ragged", "fewer cells"),
    "a comma behind records alone": (joined(LINES[0], *(row + "," for row in LINES[1:])),
                                     "file.ragged", "more cells"),
    "a quotation mark never closed": (line(5, "Zwyx4", '"Zwyx4'), "file.truncated", "quotation"),
    "cut in its last row": (GOOD[:-9], "file.truncated", "cut short"),
    "bytes of no encoding": (line(5, "Zwyx4", "Zwyx\u0178").encode("latin-1", "replace")
                             .replace(b"Zwyx?", b"Zwyx\x81"), "file.encoding", "Windows-1252"),
    "letters spoilt before": (line(5, "Zwyx4", "Zw\u00c3\u00b1x"), "file.encoding", "spoilt"),
    "letters replaced before": (line(5, "Zwyx4", "Zw\ufffdx"), "file.encoding", "spoilt"),
    "a zero byte": (line(5, "Zwyx4", "Zw\0x"), "file.encoding", "NUL"),
    "a web page": (f"<html><table><tr><td>{GOOD}", "file.format", "web page"),
    "XML": (f"<?xml version='1.0'?><a>{GOOD}</a>", "file.format", "XML"),
    "JSON": ('[{"UPN": "Zwyx0thorpe"}]', "file.format", "document"),
    "PDF": (f"%PDF-1.7\n{GOOD}", "file.format", "document"),
    "rich text": (f"{{\\rtf1 {GOOD}}}", "file.format", "document"),
    "packed": (gzip.compress(GOOD.encode(), mtime=0), "file.encoding", "damaged"),
    "letters for bytes": (base64.b64encode(GOOD.encode()), "file.header_missing", "another file"),
    "a link to a file": ("[InternetShortcut]\nURL=file:x\n", "file.header_missing", "another"),
    "a place holder": ("version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 3\n",
                       "file.header_missing", "another file"),
    "a workbook called text": (sheet(HEADER, *ROWS), "file.format", "workbook"),
    "text called a workbook": (GOOD, "file.truncated", "not a whole workbook", "xlsx"),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + GOOD.encode(), "file.format", "password", "xlsx"),
    "another kind of file": (GOOD, "file.format", "use .csv", "ods"),
    "text called parquet": (GOOD, "file.truncated", "parquet", "parquet"),
    "bytes a letter that are cut": (GOOD.encode("utf-16")[:-1], "file.encoding", "cut short"),
    "letters of DOS": (line(5, "Zwyx4", "Zw\u00e9x").encode("cp850"), "file.encoding", "DOS"),
    "years of two digits in two places": (
        every(lambda row: [*row[:2], "05/06/07", *row[3:]]), "column.short_years", "year first"),
    "a column twice": (GOOD.replace("Sessions", "Surname"), "column.duplicate", "2 times"),
    "a column without its header": (GOOD.replace("Sessions", ""), "column.missing", "missing"),
    "another name for a column": (GOOD.replace("SENprovision", "SENprovison"), "column.missing",
                                  "a name like it"),
    "a million headers": (WIDE + "\n" + GOOD, "file.wide", "1,000,000 cells"),
    "a million cells": (joined(*LINES[:9], WIDE, *LINES[9:]), "file.wide", "side by side"),
    "a million cells far down": (GOOD * 9 + WIDE + "\n", "file.ragged", "more cells"),
    "numbers without their digits": (every(lambda row: ["9.5E+11", *row[1:]]),
                                     "column.scientific", "digits are lost"),
    "an error of a spreadsheet": (line(5, ",K", ",#REF!"), "column.error_cells", "error"),
    "dates too wide to show": (every(lambda row: [*row[:2], "#######", *row[3:]]),
                               "column.error_cells", "#####"),
    "dates in two orders": (GOOD.replace("09/05/2014", "05/28/2014").replace("08/05", "05/27"),
                            "column.month_first", "day or the month"),
    "days that are none": (GOOD.replace("09/05", "31/02").replace("08/05", "30/02"),
                           "column.impossible_dates", "31 February"),
    "dates turned by a spreadsheet": (
        every(lambda row: [*row[:2], f"2014-{row[2][:2]}-05" if row[2][:2] < "13" else row[2],
                           *row[3:]]), "column.mixed_dates", "wrong way round"),
    "two sheets": (sheet(HEADER, *ROWS, more=[["x"]]), "file.sheet_missing", "2 visible", "xlsx"),
    "an empty sheet": (sheet(), "file.empty", "empty", "xlsx"),
    "a workbook cut short": (sheet(HEADER, *ROWS)[:-99], "file.truncated", "whole", "xlsx"),
    "a sheet cut short": (part(SHEET, lambda xml: xml[:-999]), "file.truncated", "end", "xlsx"),
    "a hidden row": (part(SHEET, lambda xml: xml.replace(b'<row r="5"', b'<row hidden="1" r="5"')),
                     "file.hidden_rows", "row 5 is hidden", "xlsx"),
    "merged cells": (part(SHEET, lambda xml: xml.replace(
        b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="D4:D6"/></mergeCells>')),
        "file.merged_cells", "D4:D6", "xlsx"),
    "a title above in a sheet": (sheet(["Register"], HEADER, *ROWS), "file.title_above", "row 1",
                                 "xlsx"),
}  # fmt: skip
#: Made only when it is looked at.
BROAD = "a million cells in a sheet"
REFUSED[BROAD] = (b"", "file.wide", "side by side", "xlsx")
PERSONAL = ("Zwyx", "thorpe", "A9500001", "05/2014")


def looked_at(content: str | bytes, ending: str = "csv") -> tuple[pd.DataFrame | None, list[str]]:
    """What is read of a file, and the codes it is refused for; no personal value is said."""
    given = content.encode() if isinstance(content, str) else content
    reading = read_table(given, f"register.{ending}", TABLE)
    found = reading.findings
    words = [*map(str, (*found.problems, *found.warnings)), *found.remarks]
    assert not [text for text in words for value in PERSONAL if value in text]
    return reading.frame, [problem.code for problem in found.problems]


def test_what_says_the_same_is_read_the_same() -> None:
    good, none = looked_at(GOOD)
    assert good is not None and not none and len(good) == len(ROWS)
    for name, content in READ.items():
        frame, codes = looked_at(content)
        assert frame is not None and not codes, (name, codes)
        assert frame.drop(columns="source_row").equals(good.drop(columns="source_row")), name


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_in_words(name: str) -> None:
    content, code, word, *more = REFUSED[name]
    if name == BROAD:
        cells = b"<c><v>1</v></c>" * 1_000_000 + b"</row>"
        content = part(SHEET, lambda xml: xml.replace(b"</row>", cells, 1))
    frame, codes = looked_at(content, *more)
    assert code in codes
    given = content.encode() if isinstance(content, str) else content
    (said,) = (
        one
        for one in read_table(given, f"register.{(*more, 'csv')[0]}", TABLE).findings.problems
        if one.code == code and word in f"{one.rule} {one.column}"
    )
    assert len(said.rule) > 30
    # No file is put right by hand: what is opened and saved is no longer what came.
    assert not {"save", "delete", "unmerge", "fill"} & {*said.rule.split()}
    assert frame is None or len(frame) <= 10 * len(ROWS)

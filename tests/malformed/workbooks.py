"""Workbooks and parquet as they should not be."""

from __future__ import annotations

import gzip
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.books import book, book_bytes
from tests.malformed.kind import GOOD, HEADER, ROWS, Content, Kind

Change = Callable[[bytes], bytes]
SHEET = "xl/worksheets/sheet1.xml"
BOOK, STRINGS, STYLES = "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"
TYPES, RELATED = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
MAIN = rb"application/vnd\.openxmlformats-officedocument\.spreadsheetml\.sheet\.main\+xml"
#: Cells of the sixth row.
B6, E6 = rb'<c r="B6"[^>]*>.*?</c>', rb'<c r="E6"[^>]*>.*?</c>'
#: An entity of ten of the one before, eight times.
BOMB = b"".join(
    b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10 if n else b"x" * 10) for n in range(8)
)


def sheet(*rows: list[Any], **more: list[list[str]]) -> bytes:
    """A workbook of these rows, and of further sheets."""
    return book_bytes(book([*rows], **more))


WHOLE = sheet(HEADER, *ROWS)


def parts(
    changes: Mapping[str, Change] = {},
    more: Mapping[str, bytes] = {},
    without: str = "",
    of: bytes = WHOLE,
) -> bytes:
    """The good workbook with some of its parts changed, further ones, and without one."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(of)) as source,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            if name != without:
                content = source.read(name)
                target.writestr(name, changes[name](content) if name in changes else content)
        for name, content in more.items():
            target.writestr(name, content)
    return made.getvalue()


def put(old: bytes, new: bytes, count: int = 1) -> Change:
    """Something of a part, by a pattern, with something else."""

    def change(content: bytes) -> bytes:
        made, found = re.subn(old, new, content, count=count, flags=re.DOTALL)
        assert found, old
        return made

    return change


def one(name: str, old: bytes, new: bytes, count: int = 1) -> Callable[[], bytes]:
    """The good workbook with one change of one part."""
    return lambda: parts({name: put(old, new, count)})


def typed(name: str, change: Callable[[int], Any], made: Workbook | None = None) -> bytes:
    """The good workbook with a column of typed values; of a row from 0 on, None as it is."""
    made = made or book([HEADER, *ROWS])
    sheet = made.worksheets[0]
    header = [*HEADER] if name in HEADER else [*HEADER, name]
    at = header.index(name) + 1
    sheet.cell(1, at, name)
    for n in range(len(ROWS)):
        if (value := change(n)) is not None:
            sheet.cell(n + 2, at, value)
    return book_bytes(made)


def shown(state: str, title: str = "more") -> bytes:
    """A workbook of two sheets one of which is hidden."""
    made = book([HEADER, *ROWS], more=[["x"]])
    made[title].sheet_state = state
    return book_bytes(made)


def of_1904() -> bytes:
    """A workbook of old Macintosh versions, in which days count from 1904."""
    made = book([HEADER, *ROWS])
    made.epoch = CALENDAR_MAC_1904
    return typed("BirthDate", lambda n: 40302 + n % 28, made)


def with_chart() -> bytes:
    """A workbook with a sheet that is a chart."""
    made = book([HEADER, *ROWS])
    made.create_chartsheet("Chart")
    return book_bytes(made)


def archive(members: Mapping[str, Content]) -> bytes:
    """A zip file of these members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return made.getvalue()


def member_twice() -> bytes:
    """A workbook whose zip file holds its sheet twice, of which the last counts."""
    made = io.BytesIO(WHOLE)
    with warnings.catch_warnings(), zipfile.ZipFile(made, "a") as target:
        warnings.simplefilter("ignore")
        target.writestr(SHEET, target.read(SHEET))
    return made.getvalue()


def locked() -> bytes:
    """A workbook each part of which says that it needs a password."""
    made = bytearray(WHOLE)
    for mark, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(mark), WHOLE):
            made[found.start() + flag] |= 1
    return bytes(made)


def shared(text: bytes, cell: bytes = b'<c r="B6" t="s"><v>0</v></c>', more: bytes = b"") -> bytes:
    """The good workbook with one text kept apart, as Excel keeps all, and a cell that says it.

    Args:
        text: what stands in the text's element.
        cell: the cell instead of the fifth name.
        more: further rows.
    """
    part = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</sst>' % text
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    told = b'<Override PartName="/xl/sharedStrings.xml" ContentType="%s"/></Types>' % kind
    return parts(
        {
            TYPES: put(b"</Types>", told),
            SHEET: lambda xml: put(b"</sheetData>", more + b"</sheetData>")(put(B6, cell)(xml)),
        },
        {STRINGS: part},
    )


def strings_bomb() -> bytes:
    """Twenty thousand cells, all of one text of a hundred thousand letters: two gigabytes."""
    rows = b"".join(
        b'<row r="%d"><c r="B%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(32, 20_032)
    )
    return shared(b"<si><t>" + b"x" * 100_000 + b"</t></si>", more=rows)


def parquet(rows: int = 30, **columns: pa.Array) -> bytes:
    """The good rows as parquet, with columns instead of some, and so many of them."""
    cells = list(zip(*ROWS, strict=True))
    given = {name: pa.array(cells[at][:rows]) for at, name in enumerate(HEADER)} | columns
    made = io.BytesIO()
    pq.write_table(pa.table(given), made, compression="zstd")
    return made.getvalue()


def parquet_bomb() -> bytes:
    """A text of a megabyte, in each of two thousand rows of a few kilobytes."""
    long = pa.DictionaryArray.from_arrays(pa.array([0] * 2_000, pa.int32()), ["x" * 1_000_000])
    rows = {name: pa.array(["1"] * 2_000) for name in HEADER}
    return parquet(0, **{**rows, "Surname": long})


DATES: dict[str, Callable[[int], Any]] = {
    "half texts": lambda n: ROWS[n][2] if n % 2 else datetime(2014, 5, n % 28 + 1),
    "turned": lambda n: datetime(2014, n % 28 + 1, 5) if n % 28 < 12 else ROWS[n][2],
}
WORKBOOKS: dict[str, Kind] = {
    "days as numbers": Kind(lambda: typed("BirthDate", lambda n: 41760 + n % 28 + 0), same=False),
    "days as numbers since 1904": Kind(of_1904),
    "days as numbers with a time": Kind(lambda: typed("CeaseDate", lambda n: 45444.5 + n)),
    "day 0 of a spreadsheet": Kind(lambda: typed("CeaseDate", lambda n: 0 if n == 4 else 45444),
                                   word="a date"),
    "day 60 of a spreadsheet": Kind(lambda: typed("CeaseDate", lambda n: 60 if n == 4 else 45444),
                                    word="a date"),
    "a day before all days": Kind(lambda: typed("CeaseDate", lambda n: -5 if n == 4 else 45444),
                                  word="a date"),
    "a time of day for a day": Kind(
        lambda: typed("CeaseDate", lambda n: time(9, 30) if n == 4 else 45444), word="a date"),
    "days and texts": Kind(lambda: typed("BirthDate", DATES["half texts"])),
    "days turned and texts": Kind(lambda: typed("BirthDate", DATES["turned"]),
                                  word="wrong way round"),
    "numbers too large": Kind(lambda: typed("NHSNumber", lambda n: 1e300), word="digits are lost"),
    "formulas nobody calculated": Kind(lambda: typed("Sessions", lambda n: f"=1+{n}"),
                                       word="has not calculated it"),
    "one formula nobody calculated": Kind(
        lambda: typed("Sessions", lambda n: "=1+1" if n == 4 else None), word="such as E6"),
    "formulas of a column nobody reads": Kind(lambda: typed("Other", lambda n: f"=1+{n}"),
                                              same=True),
    "a formula that failed": Kind(one(SHEET, E6, b'<c r="E6" t="e"><f>1/0</f><v>#DIV/0!</v></c>'),
                                  word="error"),
    "a formula of an empty text": Kind(one(SHEET, E6, b'<c r="E6" t="str"><f>""</f><v></v></c>')),
    "two sheets": Kind(lambda: sheet(HEADER, *ROWS, more=[["x"]]), word="2 visible", valid=None),
    "two sheets of the table": Kind(lambda: book_bytes(book([HEADER, *ROWS], "register",
                                                            second=[HEADER, *ROWS])),
                                    word="1 more sheet has"),
    "a hidden sheet beside": Kind(lambda: shown("hidden"), word="1 hidden sheet", same=True),
    "a sheet hidden deep beside": Kind(lambda: shown("veryHidden"), word="1 hidden sheet",
                                       same=True),
    "the table hidden": Kind(lambda: shown("veryHidden", "Sheet1"), word="no header", valid=None),
    "an empty sheet": Kind(lambda: sheet(), word="empty", valid=None),
    "a title above": Kind(lambda: sheet(["Register"], HEADER, *ROWS), word="row 1"),
    "two rows of headers": Kind(lambda: sheet(["Child", "", "", "Plan", ""], HEADER, *ROWS),
                                word="row 1"),
    "notes below": Kind(lambda: sheet(HEADER, *ROWS, [], ["OFFICIAL"]), word="not records",
                        same=True),
    "notes beside": Kind(lambda: sheet(HEADER, *([*row, "", "call"] for row in ROWS)),
                         word="column 7 has no header", same=True),
    "two tables below each other": Kind(lambda: sheet(HEADER, *ROWS[:9], [], HEADER, *ROWS[9:]),
                                        word="not records", same=True),
    "two tables side by side": Kind(
        lambda: sheet([*HEADER, "", *HEADER],
                      *([*a, "", *b] for a, b in zip(ROWS[:15], ROWS[15:], strict=True))),
        word="2 times", valid=15),
    "sums of a pivot": Kind(lambda: sheet(["Row Labels", "Count of UPN"], ["K", 30]),
                            word="no header", valid=None),
    "a hidden row": Kind(one(SHEET, b'<row r="5"', b'<row hidden="1" r="5"'), word="row 5 is"),
    "a filtered row": Kind(lambda: parts({SHEET: lambda xml: put(
        b"</sheetData>", b'</sheetData><autoFilter ref="A1:E31"/>')(
        put(b'<row r="9"', b'<row r="9" spans="1:5" hidden="true"')(xml))}), word="by a filter"),
    "a hidden row of two bytes a letter": Kind(lambda: parts({SHEET: lambda xml: put(
        b'<row r="5"', b'<row hidden="1" r="5"')(xml).decode().encode("utf-16")}), word="row 5 is"),
    "a row hidden with other marks": Kind(one(SHEET, b'<row r="9"', b"<row r='9' hidden='1'"),
                                          word="row 9 is"),
    "rows hidden unless there": Kind(
        one(SHEET, rb"<sheetFormatPr[^>]*/>", b'<sheetFormatPr defaultRowHeight="15" '
            b'zeroHeight="1"/>'), same=True),
    "merged cells": Kind(one(SHEET, b"</sheetData>", b"</sheetData><mergeCells><mergeCell "
                             b'ref="D4:D6"/></mergeCells>'), word="D4:D6"),
    "a link to another workbook": Kind(lambda: parts(
        {BOOK: put(b"</sheets>", b'</sheets><externalReferences><externalReference xmlns:r="http://'
                   b'schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId99"/>'
                   b"</externalReferences>"),
         RELATED: put(b"</Relationships>", b'<Relationship Id="rId99" Type="http://schemas.'
                      b'openxmlformats.org/officeDocument/2006/relationships/externalLink" '
                      b'Target="externalLinks/externalLink1.xml"/></Relationships>')}), same=True),
    "a workbook with macros": Kind(lambda: parts(
        {TYPES: put(MAIN, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")},
        {"xl/vbaProject.bin": b"x"}), same=True),
    "a sheet of macros": Kind(one(RELATED, b"relationships/worksheet",
                                  b"relationships/xlMacrosheet"), same=True),
    "a chart for a sheet": Kind(with_chart, word="chart", valid=None),
    "another ending: macros": Kind(WHOLE, ending="xlsm", same=True),
    "another ending: binary": Kind(WHOLE, word="use .csv", ending="xlsb", valid=None),
    "another ending: old": Kind(WHOLE, word="use .csv", ending="xls", valid=None),
    "another ending: open document": Kind(WHOLE, word="use .csv", ending="ods", valid=None),
    "an old workbook, or one with a password": Kind(b"\xd0\xcf\x11\xe0" + GOOD.encode(),
                                                    word="password", ending="xlsx", valid=None),
    "a zip file with a password": Kind(locked, word="whole", valid=None),
    "an open document": Kind(lambda: archive({"mimetype": "application/vnd.oasis", "content.xml":
                                              "<x/>"}), word="whole", valid=None),
    "a letter": Kind(lambda: archive({TYPES: "<Types/>", "word/document.xml": "<x/>"}),
                     word="whole", valid=None),
    "a text in a zip file": Kind(lambda: archive({"register.csv": GOOD}), word="whole", valid=None),
    "a packed workbook": Kind(lambda: gzip.compress(WHOLE, mtime=0), word="whole", valid=None),
    "cut short": Kind(WHOLE[:-99], word="whole", valid=None),
    "cut in half": Kind(WHOLE[: len(WHOLE) // 2], word="whole", valid=None),
    "a flipped bit": Kind(lambda: WHOLE[:1500] + bytes([WHOLE[1500] ^ 255]) + WHOLE[1501:],
                          word="", valid=None),
    "rubbish behind": Kind(WHOLE + b"rubbish" * 9, same=True),
    "a sheet cut short": Kind(lambda: parts({SHEET: lambda xml: xml[:-999]}), word="end",
                              valid=None),
    "a sheet of nothing": Kind(lambda: parts({SHEET: lambda _: b""}), word="", valid=None),
    "a sheet that is no XML": Kind(lambda: parts({SHEET: lambda _: b"hello"}), word="", valid=None),
    "a sheet of no data": Kind(one(SHEET, b"<sheetData>.*</sheetData>", b""), word="empty",
                               valid=None),
    "no sheet": Kind(lambda: parts(without=SHEET), word="", valid=None),
    "no texts": Kind(lambda: parts(without=STRINGS, of=shared(b"<si><t>x</t></si>")), valid=None),
    "no styles": Kind(lambda: parts(without=STYLES), same=True),
    "a text that is not there": Kind(lambda: shared(b"<si><t>x</t></si>",
                                                    b'<c r="B6" t="s"><v>99999</v></c>'),
                                     word="end", valid=None),
    "a style that is not there": Kind(one(SHEET, b'<c r="B6"', b'<c r="B6" s="9999"'), same=True),
    "a text in pieces": Kind(lambda: shared(b"<si><r><t>Zwyx</t></r><r><t>4thorpe</t></r></si>"),
                             same=True),
    "a line end written out": Kind(lambda: shared(b"<si><t>Zwyx4thorpe_x000D_</t></si>"),
                                   same=True),
    "a text of a megabyte": Kind(lambda: shared(b"<si><t>" + b"x" * 1_000_000 + b"</t></si>"),
                                 word="1,000 characters"),
    "one text in thousands of cells": Kind(strings_bomb, word="unpacks to", valid=None),
    "entities of entities": Kind(lambda: parts({SHEET: lambda xml: b"<!DOCTYPE worksheet [" + BOMB
        + b"]>" + put(B6, b'<c r="B6" t="str"><v>&e7;</v></c>')(xml)}), word="end", valid=None),
    "an entity of another file": Kind(lambda: parts(
        {STRINGS: lambda xml: b'<!DOCTYPE sst [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + xml},
        of=shared(b"<si><t>&e;</t></si>")), valid=None),
    "a row far below": Kind(one(SHEET, b'<row r="31"', b'<row r="1048576"'), word="blank rows",
                            same=True),
    "a row beyond all rows": Kind(one(SHEET, b'<row r="31"', b'<row r="99999999999"'),
                                  word="JSNA_LIMIT_CELLS", valid=None),
    "row nought": Kind(one(SHEET, b'<row r="31"', b'<row r="0"'), word="row 0 stands",
                       valid=29),
    "a row of no number": Kind(one(SHEET, b'<row r="31"', b'<row r="abc"'), word="end", valid=None),
    "a row numbered back": Kind(one(SHEET, b'<row r="31"', b'<row r="5"'), word="row 5 stands",
                               valid=29),
    "rows without numbers": Kind(one(SHEET, rb'<row r="\d+"', b"<row", 0), same=True),
    "cells without places": Kind(one(SHEET, rb'<c r="[A-Z]+\d+"', b"<c", 0), same=True),
    "a cell twice": Kind(one(SHEET, rb'(<c r="E6"[^>]*>.*?</c>)', rb"\1\1"), word="row 6 stands",
                         same=True),
    "cells in another order": Kind(one(SHEET, rb'(<c r="D6".*?</c>)(<c r="E6".*?</c>)', rb"\2\1"),
                                   word="row 6 stands"),
    "a cell beyond all columns": Kind(one(SHEET, b'<c r="E6"', b'<c r="ZZZZ6"'), word="end",
                                      valid=None),
    "a sheet with prefixes": Kind(lambda: parts({SHEET: lambda xml: re.sub(
        rb"<(/?)(?!\?)", rb"<\1x:", xml).replace(b"xmlns=", b"xmlns:x=")}), same=True),
    "a sheet of two bytes a letter": Kind(
        lambda: parts({SHEET: lambda xml: xml.decode().encode("utf-16")}), same=True),
    "a sheet twice in the zip file": Kind(member_twice, same=True),
    "letters spoilt before": Kind(one(SHEET, b"Zwyx4", "Zw\u00c3\u00b1x".encode()),
                                  word="spoilt"),
    "a million cells in a sheet": Kind(one(SHEET, b"</row>", b"<c><v>1</v></c>" * 1_000_000
                                           + b"</row>"), word="side by side", valid=None),
    "parquet cut short": Kind(lambda: parquet()[:-9], word="parquet", ending="parquet", valid=None),
    "parquet of lists": Kind(lambda: parquet(Sessions=pa.array([[1, 2]] * 30)), word="whole number",
                             ending="parquet"),
    "parquet of letters spoilt before": Kind(
        lambda: parquet(Surname=pa.array(["Zw\u00c3\u00b1x"] * 30)), word="spoilt",
        ending="parquet"),
    "one text in thousands of rows of parquet": Kind(parquet_bomb, word="unpacks to",
                                                     ending="parquet", valid=None),
}  # fmt: skip
#: Those that say nothing of their ending are workbooks.
WORKBOOKS = {
    name: kind
    if kind.ending != "csv"
    else Kind(kind.content, kind.word, "xlsx", kind.valid, kind.same)
    for name, kind in WORKBOOKS.items()
}

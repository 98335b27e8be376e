"""CSV bytes to a grid.

The clean path is pyarrow's parser (180,000 rows of 20 columns in about 0.2 s); Python's own `csv`
only looks at the first lines and, in a damaged file, for the place of the damage.

Read: UTF-8 with or without a byte order mark, Windows-1252, line ends of any system, quoted cells
with line breaks. Refused, each with what was found and what to do: UTF-16, bytes of no encoding,
text decoded wrongly before it came here, any delimiter but the comma, rows too long or too short,
quotes never closed. Errors of the parser are never shown, since they quote the row.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from jsna.ingest.cells import NO_RECORD, leave_out
from jsna.ingest.grid import Findings, Grid, listed
from jsna.ingest.header import (
    SEARCHED,
    locate,
    refuse_above,
    refuse_without_header,
    too_wide,
)
from jsna.model.contract import Table
from jsna.model.layouts import Place

if TYPE_CHECKING:
    import pyarrow as pa

_DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}
#: A program that opens and saves a file changes identifiers and days without a word.
ASK_FOR_CSV = "ask its owner for CSV in UTF-8 with commas, as the system exports it"
#: UTF-8 read as Windows-1252 and saved: Ã or Â before what was a continuation byte, or â€.
_CONTINUATION = bytes(
    byte for byte in range(0x80, 0xC0) if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
).decode("cp1252")
_SPOILT = (*(lead + follow for lead in "ÃÂ" for follow in _CONTINUATION), "â€", "\ufffd")
#: How files begin that hold no table: web pages, XML, PDF, rich text, JSON.
_NO_TABLE = ("<!doctype", "<html", "<?xml", "<table", "%pdf", "{\\rtf", "[{", '{"')
#: A line that some programs write above the header for others: how cells are separated.
_SEPARATOR = re.compile(r"sep=[;|\t]?", re.IGNORECASE)
#: Characters looked at for the header and its delimiter.
_HEAD = 200_000


@dataclass(frozen=True, slots=True)
class Opened:
    """A CSV file of which no more is known than its header.

    Attributes:
        text: the whole file.
        delimiter: what separates its cells.
        index: the line the header stands on, from 0.
        header: headers as received.
    """

    text: str
    delimiter: str
    index: int
    header: list[str]


def read_csv(
    content: bytes, table: Table, findings: Findings, place: Place | None = None
) -> Grid | None:
    """Read a CSV file; None where nothing of it can be judged further.

    Args:
        content: bytes of the file.
        table: the declaration, under the headers of the file.
        findings: where problems go.
        place: where the layout of the file has the table; None where it is as declared.
    """
    opened = open_csv(content, table, findings, place)
    return None if opened is None else _parse(opened, findings)


def open_csv(
    content: bytes, table: Table, findings: Findings, place: Place | None = None
) -> Opened | None:
    """Find the header of a CSV file, which takes what `read_csv` takes; None as there."""
    text = _decode(content, findings)
    if text is None:
        return None
    if not text.strip():
        findings.refuse("file.empty", "the file is empty; ask for it to be sent again")
        return None
    if "\n" not in text:
        text = text.replace("\r", "\n")
    if text.lstrip()[:20].lower().startswith(_NO_TABLE):
        rule = (
            "this is a web page, XML or a document, not CSV (was a login page saved instead of the "
            "file?)"
        )
        findings.refuse("file.format", rule)
        return None
    if any(too_wide(cells, findings, row) for row, cells in _widths(text)):
        return None
    start = text[:_HEAD]
    delimiter = _delimiter(start, table, findings)
    lines = _records(start, delimiter, SEARCHED)
    found = locate(lines, table, place)
    if not found.enough:
        refuse_without_header(lines, table, findings, place)
        return None
    if found.index != 1 or not _SEPARATOR.fullmatch("".join(lines[0])):
        refuse_above(lines, found.index, findings, place)
    _check_quotes(text, delimiter, findings)
    return Opened(text, delimiter, found.index, lines[found.index])


def _widths(text: str) -> Iterator[tuple[int, int]]:
    """Number of each of the first lines, and how many cells it may have at most."""
    start = 0
    for row in range(1, SEARCHED + 1):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield row, 1 + max(text.count(mark, start, end) for mark in _DELIMITERS)
        start = end + 1


def utf_16(content: bytes) -> str:
    """How a text of two bytes a character is to be decoded, with its mark or without; "" of others.

    Without one every second byte of plain letters is nought: the first of two, or the second.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    start = content[:200]
    if start.count(0) <= len(start) // 10:
        return ""
    return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"


def _decode(content: bytes, findings: Findings) -> str | None:
    """Text of the file, whatever encoding it is in, with problems recorded."""
    if utf_16(content):
        findings.refuse(
            "file.encoding", f"the file is Unicode text (UTF-16), not CSV; {ASK_FOR_CSV}"
        )
        return None
    if b"\0" in content:
        findings.refuse(
            "file.encoding",
            "the file holds NUL bytes, so it is damaged or not a text file; ask for it again",
        )
        return None
    # A mark of the end of a file, of a time when files had no length.
    content = content.removeprefix(b"\xef\xbb\xbf").removesuffix(b"\x1a")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError as second:
            row = content.count(b"\n", 0, second.start) + 1
            findings.refuse(
                "file.encoding",
                f"the file is neither UTF-8 nor Windows-1252 from here on; {ASK_FOR_CSV}",
                row=row,
            )
            return content.decode("cp1252", errors="ignore")
        findings.remark(f"read as Windows-1252 (not UTF-8 from row {row:,} on)")
    if not text.isascii():
        _check_letters(text, findings)
    return text


def _check_letters(text: str, findings: Findings) -> None:
    """UTF-8 once read as Windows-1252 and saved so, or letters replaced because unreadable."""
    # Names hold single such letters: looking for pairs only behind one keeps the search fast.
    leads = [lead for lead in "ÃÂâ\ufffd" if lead in text]
    marks = [mark for mark in _SPOILT if mark[0] in leads and mark in text]
    if not marks:
        return
    rows = [n for n, line in enumerate(text.split("\n"), 1) if any(m in line for m in marks)]
    findings.refuse(
        "file.encoding",
        "letters with accents were spoilt before the file came here: it was opened in one "
        "encoding and saved in another; export it again from its source as UTF-8 and do not "
        "open it",
        row=rows[0],
        count=len(rows),
    )


def _records(start: str, delimiter: str, most: int) -> list[list[str]]:
    reader = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
    try:
        return list(islice(reader, most))
    except csv.Error:
        return [line.split(delimiter) for line in start.splitlines()[:most]]


def _delimiter(start: str, table: Table, findings: Findings) -> str:
    """The delimiter under which the declared headers appear; any but the comma is refused.

    A file with another delimiter would often read well, but it comes from a spreadsheet set up
    for another country, which has then rewritten decimals and dates too: so it is refused. The
    rest of it is still looked at, so that every other problem is told as well.
    """
    if locate(_records(start, ",", SEARCHED), table).enough:
        return ","
    places = {d: locate(_records(start, d, SEARCHED), table) for d in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda d: (places[d].enough, places[d].matched, d == ","))
    if best != "," and places[best].enough:
        findings.refuse(
            "file.delimiter",
            f"cells are separated by {_DELIMITERS[best]}, not by a comma; {ASK_FOR_CSV} "
            "on a computer with United Kingdom settings",
        )
        return best
    return ","


def _check_quotes(text: str, delimiter: str, findings: Findings) -> None:
    """A quote opened and never closed swallows the rest of the file: say where it opens."""
    if text.count('"') % 2 == 0:
        return
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    opened = 1
    try:
        for row, _ in enumerate(reader, start=1):
            opened = row + 1
    except csv.Error:
        findings.refuse(
            "file.truncated",
            "a quotation mark opens in this row and does not close where its cell ends; the file "
            "was cut short or damaged: ask for it again",
            row=opened,
        )


def _parse(opened: Opened, findings: Findings) -> Grid | None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.csv as pacsv

    text, delimiter, header = opened.text, opened.delimiter, opened.header
    labels = [f"c{position}" for position in range(len(header))]
    ragged: list[tuple[int, int]] = []
    below: list[int] = []

    def note(row: Any) -> str:
        if row.actual_columns < len(header) and _no_record(row.text, delimiter):
            below.append(row.number)
        else:
            ragged.append((row.number, row.actual_columns))
        return "skip"

    skipped = _lines_of(text, delimiter, opened.index + 1)
    if text.count("\n", 0, _HEAD) < skipped:
        text += "\n"  # a header that is all there is
    encoded = text.encode("utf-8")
    try:
        parsed = pacsv.read_csv(
            io.BytesIO(encoded),
            read_options=pacsv.ReadOptions(
                use_threads=False, column_names=labels, skip_rows=skipped, block_size=1 << 24
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter,
                ignore_empty_lines=False,
                newlines_in_values='"' in text,
                invalid_row_handler=note,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(labels, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid:
        # The parser's own words quote the row: they are not shown.
        if not findings.problems:
            findings.refuse("file.damaged", "the rows cannot be told apart; the file is damaged")
        return None
    total = parsed.num_rows + len(ragged) + len(below)
    rows = np.arange(skipped + 1, skipped + 1 + total, dtype=np.int64)
    if ragged or below:
        taken = [*below, *(number for number, _ in ragged)]
        rows = np.setdiff1d(rows, np.array(taken, dtype=np.int64))
    if below:
        leave_out(below, findings)
    _report_ragged(ragged, len(header), skipped + total, findings)
    columns = [_whole(parsed.column(position)) for position in range(len(header))]
    return Grid(tuple(header), columns, rows, folded=encoded.lower())


def _lines_of(text: str, delimiter: str, records: int) -> int:
    """How many lines the first `records` records take (more where a cell has a line break)."""
    reader = csv.reader(io.StringIO(text[:_HEAD], newline=""), delimiter=delimiter)
    for _ in islice(reader, records):
        pass
    return reader.line_num


def _no_record(text: str, delimiter: str) -> bool:
    """Whether a row of few cells is a line that a report puts below its records."""
    cells = [cell.strip(' "\r\n') for cell in text.split(delimiter)]
    return re.fullmatch(NO_RECORD, cells[0]) is not None and not any(cells[1:])


def _report_ragged(
    ragged: list[tuple[int, int]], width: int, last: int, findings: Findings
) -> None:
    """Rows with another number of cells: never guess where a comma belongs."""
    if ragged and ragged[-1][0] == last and ragged[-1][1] < width:
        row, cells = ragged.pop()
        # Where a quote never closes its words have been said already.
        if not any(problem.code == "file.truncated" for problem in findings.problems):
            findings.refuse(
                "file.truncated",
                f"the last row has {cells} of {width} cells: the file was cut short; "
                "ask for it again",
                row=row,
            )
    for short, words in ((True, "fewer"), (False, "more")):
        some = [(row, cells) for row, cells in ragged if (cells < width) == short]
        if some:
            findings.refuse(
                "file.ragged",
                f"{listed([row for row, _ in some], 'has', 'have')} {words} cells than the "
                f"header's {width} (the first has {some[0][1]}): a comma inside a cell needs "
                "quotation marks around the cell",
                row=some[0][0],
                count=len(some),
            )


def _whole(column: pa.ChunkedArray[Any]) -> pa.Array[Any]:
    import pyarrow as pa

    if column.num_chunks == 0:
        return pa.array([], pa.string())
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)

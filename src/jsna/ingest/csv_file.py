"""CSV bytes to a grid.

The clean path is pyarrow's parser (180,000 rows of 20 columns in about 0.2 s); Python's own `csv`
only looks at the first lines and, in a damaged file, for the place of the damage.

Read: what `text_file` can tell the letters and the cells of, line ends of any system, quoted cells
with line breaks. Refused, each with what was found and what to do: rows too long or too short,
quotes never closed. Errors of the parser are never shown, since they quote the row.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from jsna.ingest.cells import FILTERED, NO_RECORD, leave_out, tell_filtered
from jsna.ingest.grid import Findings, Grid, listed
from jsna.ingest.header import (
    SEARCHED,
    locate,
    refuse_above,
    refuse_without_header,
    too_wide,
)
from jsna.ingest.text_file import HEAD, MARKS, decode, records, separated_by
from jsna.model.contract import Table
from jsna.model.layouts import Place

if TYPE_CHECKING:
    import pyarrow as pa

#: How files begin that hold no table: web pages, XML, PDF, rich text, JSON.
_NO_TABLE = ("<!doctype", "<html", "<?xml", "<table", "%pdf", "{\\rtf", "[{", '{"')
#: A line that some programs write above the header for others: how cells are separated.
_SEPARATOR = re.compile(r"sep=[;|\t]?", re.IGNORECASE)
#: Lines at the end of a file that may be notes.
_MOST_NOTES: Final = 500
#: Two words, of which a cell of a record cut short has none.
_WORDS: Final = re.compile(r"[^\W\d_]{2,}[ '\u2019-]+(?:[^\W\d_]+|\d+)")
#: Ends of lines of systems that do not end them as most do.
_LINE_ENDS: Final = ("\r", "\u0085", "\u2028", "\u2029")
#: Longest end of the last line.
_LAST_END: Final = 3
#: A quotation mark that neither opens nor closes a cell, nor stands doubled in one.
#: (The mark comes first in the pattern: so it is searched for, and not tried at every letter.)
_ASTRAY: Final = re.compile(r'"(?<![,;\t|\r\n"]")(?! *(?:[,;\t|\r\n"]|\Z))')


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
    text = decode(content, findings, place.encoding if place else "")
    if text is None:
        return None
    if not text.strip():
        findings.refuse("file.empty", "the file is empty; ask for it to be sent again")
        return None
    text = _lines(text)
    if text.lstrip()[:20].lower().startswith(_NO_TABLE):
        rule = (
            "this is a web page, XML or a document, not CSV (was a login page saved instead of the "
            "file?)"
        )
        findings.refuse("file.format", rule)
        return None
    if any(too_wide(cells, findings, row) for row, cells in _widths(text)):
        return None
    delimiter = separated_by(text, table, findings, place)
    lines = records(text[:HEAD], delimiter)
    found = locate(lines, table, place)
    if not found.enough:
        refuse_without_header(lines, table, findings, place)
        return None
    if found.index != 1 or not _SEPARATOR.fullmatch("".join(lines[0])):
        refuse_above(lines, found.index, findings, place)
    _check_quotes(text, delimiter, findings)
    return Opened(text, delimiter, found.index, lines[found.index])


def _lines(text: str) -> str:
    """The text with its lines ended as elsewhere, and no blank ones at its end.

    Millions of them would be as many rows.
    """
    if "\n" not in text:
        end = next((end for end in _LINE_ENDS if end in text), "")
        text = text.replace(end, "\n") if end else text
    whole = text.rstrip("\r\n")
    return text if len(text) - len(whole) <= _LAST_END else f"{whole}\n"


def _widths(text: str) -> Iterator[tuple[int, int]]:
    """Number of each of the first lines, and how many cells it may have at most."""
    start = 0
    for row in range(1, SEARCHED + 1):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield row, 1 + max(text.count(mark, start, end) for mark in MARKS)
        start = end + 1


def _check_quotes(text: str, delimiter: str, findings: Findings) -> None:
    """A quote opened and never closed swallows the rest of the file: say where it opens.

    One that stands among the letters of a cell in quotation marks is left out by the parser, or
    takes others along.
    """
    if text.count('"') % 2 == 0 and not _ASTRAY.search(text):
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
            "was cut short or damaged, or marks inside a cell are not doubled: ask for it again",
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
    worded: list[int] = []

    def note(row: Any) -> str:
        if row.actual_columns < len(header) and _no_record(row.text, delimiter):
            below.append(row.number)
            if re.match(FILTERED, row.text.strip(' "'), re.IGNORECASE):
                tell_filtered(row.number, findings)
        else:
            ragged.append((row.number, row.actual_columns))
            if row.actual_columns == 1 and _WORDS.search(row.text):
                worded.append(row.number)
        return "skip"

    skipped = _lines_of(text, delimiter, opened.index + 1)
    if text.count("\n", 0, HEAD) < skipped:
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
    if notes := _notes(worded, {*below}, rows, parsed, skipped + total):
        ragged = [(number, cells) for number, cells in ragged if number not in notes]
        rule = f"{listed(sorted(notes), 'is words', 'are words')} below an empty line at the end "
        rule += "of the file, notes and not records; left out"
        findings.warn("row.notes", rule, row=min(notes), count=len(notes))
    if below:
        leave_out(below, findings)
    _report_ragged(ragged, len(header), skipped + total, MARKS[delimiter][0], findings)
    if delimiter != ",":
        findings.remark(
            f"cells are separated by {MARKS[delimiter][0]}, in the header and "
            f"{parsed.num_rows:,} rows"
        )
    columns = [_whole(parsed.column(position)) for position in range(len(header))]
    if '"' in text:
        _check_run_together(columns, rows, delimiter, findings)
    return Grid(tuple(header), columns, rows, folded=encoded.lower())


def _notes(
    worded: list[int], below: set[int], rows: Any, parsed: pa.Table, last: int
) -> frozenset[int]:
    """Lines of one cell of words that, from below an empty line on, are all to the file's end.

    Args:
        worded: numbers of lines of one cell that holds words.
        below: of others that are no records.
        rows: of every line in `parsed`.
        parsed: the rows that have as many cells as the header, and empty lines.
        last: number of the last line.
    """
    import numpy as np

    def is_empty(number: int) -> bool:
        at = int(np.searchsorted(rows, number))
        if at == len(rows) or rows[at] != number:
            return False
        return all(not column[at].is_valid for column in parsed.columns)

    found = {*worded}
    first = last + 1
    while last - first < _MOST_NOTES and (
        first - 1 in found or first - 1 in below or is_empty(first - 1)
    ):
        first -= 1
    empty = [number for number in range(first, last + 1) if is_empty(number)]
    return frozenset(number for number in found if empty and number > empty[0])


def _check_run_together(
    columns: list[pa.Array[Any]], rows: Any, delimiter: str, findings: Findings
) -> None:
    """Rows between a quotation mark in one and another in a later one, all taken for one cell.

    Such a cell has the commas of a whole row for each end of a line in it.
    """
    import pyarrow.compute as pc

    found: list[int] = []
    for values in columns:
        lines = pc.count_substring(values, "\n")
        if not (pc.max(lines).as_py() or 0):
            continue
        wanted = pc.multiply(lines, len(columns) - 1)
        several = pc.and_(
            pc.greater(lines, 0), pc.equal(pc.count_substring(values, delimiter), wanted)
        )
        found += rows[pc.indices_nonzero(pc.fill_null(several, False)).to_numpy()].tolist()
    if found and len(columns) > 1:
        findings.refuse(
            "file.run_together",
            "a cell holds the end of one row and the beginning of another: a quotation mark opens "
            "in one and closes in the other, and rows between them are lost; ask for the file "
            "again",
            row=min(found),
            count=len(found),
        )


def _lines_of(text: str, delimiter: str, records: int) -> int:
    """How many lines the first `records` records take (more where a cell has a line break)."""
    reader = csv.reader(io.StringIO(text[:HEAD], newline=""), delimiter=delimiter)
    for _ in islice(reader, records):
        pass
    return reader.line_num


def _no_record(text: str, delimiter: str) -> bool:
    """Whether a row of few cells is a line that a report puts below its records."""
    cells = [cell.strip(' "\r\n') for cell in text.split(delimiter)]
    # What the filters were may hold the mark that separates cells.
    if re.match(FILTERED, cells[0], re.IGNORECASE):
        return True
    return re.fullmatch(NO_RECORD, cells[0]) is not None and not any(cells[1:])


def _report_ragged(
    ragged: list[tuple[int, int]], width: int, last: int, mark: str, findings: Findings
) -> None:
    """Rows with another number of cells: never guess where a separator, `mark`, belongs."""
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
                f"header's {width} (the first has {some[0][1]}): {mark} inside a cell needs "
                "quotation marks around the cell",
                row=some[0][0],
                count=len(some),
            )


def _whole(column: pa.ChunkedArray[Any]) -> pa.Array[Any]:
    import pyarrow as pa

    if column.num_chunks == 0:
        return pa.array([], pa.string())
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)

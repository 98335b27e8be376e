"""Damage to whole columns that a row-by-row check would not see for what it is.

A spreadsheet that opens and saves an export can write identifiers as 1.23E+12, turn the dates it
understands the wrong way round, or add a row of totals. Where such marks stand in more than one
of a hundred filled cells of a column, the column has been through a spreadsheet and none of it
can be trusted: the file is refused. Fewer are single mistakes, left to the validation of rows.

Dates are judged on the distinct values of a column (a few thousand, however many rows).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from jsna.ingest.dates import Kind, Written, read
from jsna.ingest.grid import Findings, Grid, listed
from jsna.ingest.header import names
from jsna.model.contract import Column, Table

if TYPE_CHECKING:
    import pyarrow as pa

#: Share of the filled cells of a column beyond which marks of damage refuse the file.
DAMAGED = 0.01
#: Problems of a whole column, of which unreadable cells are the consequence.
DAMAGE = frozenset(
    {"column.scientific", "column.month_first", "column.impossible_dates", "column.error_cells"}
)
#: Share of days past the 12th of their month.
OVER_TWELVE = 0.6
_SCIENTIFIC = r"^[+-]?\d(\.\d+)?[eE]\+\d+$"
#: What a spreadsheet shows instead of a value: failed formulas, and dates in too narrow a column.
_ERROR = r"^#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|#+)$"
#: What a report puts below, or among, the records it lists, by a word that stands in it.
_LINES: Final = {
    "total": r"((grand|sub)[ -]?)?totals?\s*:?",
    "end of": r"[*-]*\s*end of (the )?(report|file|data|extract|list)\b.{0,80}",
    "page ": r"page \d+ of \d+",
    **{
        f"{done} ": rf"(report )?{done} (by|on|at|from)\b.{{0,80}}"
        for done in ("printed", "generated", "produced", "exported", "run")
    },
}
NO_RECORD: Final = rf"(?i)^\s*({'|'.join(_LINES.values())})\s*$"
_SERIAL = r"^\d{1,5}$"

Columns = Mapping[str, "pa.Array[Any]"]


def check_cells(
    table: Table,
    columns: Columns,
    rows: Any,
    grid: Grid,
    findings: Findings,
    first: Sequence[pa.Array[Any]] = (),
) -> list[int]:
    """Look for damage to whole columns, and for rows that are no records, such as totals.

    Args:
        table: the declaration.
        columns: field -> text, of the columns found in the file.
        rows: row number of each element.
        grid: the file they come from.
        findings: where problems go.
        first: the first columns of the file, where others than the declared may stand there.

    Returns:
        positions of rows that are no records, and are not to be judged further.
    """

    errors, scientific = grid.may_hold(b"#"), grid.may_hold(b"e+")
    for column in table.columns:
        values = columns.get(column.field)
        if values is None or values.null_count == len(values):
            continue
        if errors:
            _check_errors(column, values, rows, findings)
        if column.type == "date":
            _check_dates(column, values, rows, findings)
        elif column.type != "number" and scientific:
            found = _where(_scientific(values), rows)
            if len(found) > DAMAGED * (len(values) - values.null_count):
                findings.refuse(
                    "column.scientific",
                    "numbers are written like 1.23E+12, so digits are lost: a spreadsheet has "
                    "opened and saved the file; export it again and do not open it",
                    **_at(column, found),
                )
    told = any(grid.may_hold(word.encode()) for word in _LINES)
    begin = [*list(columns.values())[:4], *first[:4]] if told else []
    return _no_records(table, columns, rows, _headers(table, columns), begin, findings)


def _check_errors(column: Column, values: pa.Array[Any], rows: Any, findings: Findings) -> None:
    """Cells that hold a spreadsheet's error: never data, however few."""
    import pyarrow.compute as pc

    found = _where(pc.match_substring_regex(values, _ERROR), rows)
    if found:
        findings.refuse(
            "column.error_cells",
            "cells hold an error of a spreadsheet (such as #N/A, or ##### from too narrow a "
            "column) instead of a value; put the formula right or export the file again",
            **_at(column, found),
        )


def _scientific(values: pa.Array[Any]) -> pa.Array[Any]:
    """Which cells are written like 1.23E+12."""
    import pyarrow as pa
    import pyarrow.compute as pc

    # The pattern is slow and the mark is rare: it is first looked for in the column as one text.
    content = values.buffers()[-1]
    text = content.to_pybytes() if content is not None else b""
    if b"E+" in text or b"e+" in text:
        return pc.match_substring_regex(values, _SCIENTIFIC)
    return pa.nulls(len(values), pa.bool_())


def _where(marked: pa.Array[Any], rows: Any) -> list[int]:
    """Row numbers of the true cells."""
    import pyarrow.compute as pc

    positions = pc.indices_nonzero(pc.fill_null(marked, False)).to_numpy()
    return [int(row) for row in rows[positions]]


def _at(column: Column, rows: list[int]) -> dict[str, Any]:
    return {"row": rows[0], "column": column.name, "count": len(rows)}


def leave_out(rows: list[int], findings: Findings) -> None:
    """Say that rows of a file are no records."""
    rule = f"{listed(rows, 'is', 'are')} totals, the end of a list or a header, not records; "
    findings.warn("row.total", f"{rule}left out", row=rows[0], count=len(rows))


def _headers(table: Table, columns: Columns) -> list[int]:
    """Positions of rows that are the header once more, as at the head of every printed page."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    alike = [
        pc.is_in(
            pc.utf8_lower(columns[field]),
            pa.array([name.casefold() for name in names(table.column(field))]),
        )
        for field in list(columns)[:4]
    ]
    heads = np.sum([np.asarray(pc.fill_null(one, False)) for one in alike], axis=0) >= 2
    return [int(at) for at in np.flatnonzero(heads)]


def _no_records(
    table: Table,
    columns: Columns,
    rows: Any,
    headers: list[int],
    begin: list[pa.Array[Any]],
    findings: Findings,
) -> list[int]:
    """Rows that are no records: totals, the end of a list, the header once more.

    They can be read in one way only, so the file is used without them, and says so. Totals and
    ends have most of the cells that a record must have empty.

    Args:
        table, columns, rows, findings: as in `check_cells`.
        headers: positions of headers.
        begin: columns that may say so; none where the file has no words of totals and ends.
    """
    import numpy as np
    import pyarrow.compute as pc

    needed = [c.field for c in table.columns if not c.nullable and c.field in columns]
    if len(needed) < 2:
        needed = list(columns)
    suspected: set[int] = set()
    for cells in begin:
        marked = pc.fill_null(pc.match_substring_regex(cells, NO_RECORD), False)
        suspected.update(int(p) for p in np.flatnonzero(np.asarray(marked)))
    empty = [
        position
        for position in suspected
        if sum(columns[field][position].is_valid for field in needed) <= len(needed) / 2
    ]
    positions = sorted({*empty, *headers})
    if positions:
        found = [int(rows[position]) for position in positions]
        leave_out(found, findings)
    return positions


def _check_dates(column: Column, values: pa.Array[Any], rows: Any, findings: Findings) -> None:
    import numpy as np
    import pyarrow.compute as pc

    encoded = pc.dictionary_encode(values)
    distinct = encoded.dictionary.to_pylist()
    kinds = [read(text) if text is not None else Kind.OTHER for text in distinct]
    indices = encoded.indices
    filled = len(values) - values.null_count

    def marks(test: Sequence[bool]) -> list[int]:
        chosen = np.flatnonzero(test)
        if not len(chosen):
            return []
        positions = np.asarray(pc.fill_null(indices, -1))
        return [int(row) for row in rows[np.isin(positions, chosen)]]

    month_first = marks([kind is Kind.MONTH_FIRST for kind in kinds])
    if len(month_first) > DAMAGED * filled:
        findings.refuse(
            "column.month_first",
            "dates are written month first (the second number is over 12), so others may be the "
            "wrong way round unseen; export the file again with day/month/year",
            **_at(column, month_first),
        )
    impossible = marks([kind is Kind.IMPOSSIBLE for kind in kinds])
    if len(impossible) > DAMAGED * filled:
        findings.refuse(
            "column.impossible_dates",
            "dates do not exist, such as 31 February; ask the owner of the extract",
            **_at(column, impossible),
        )
    days = [kind if isinstance(kind, Written) else None for kind in kinds]
    first, last = (
        [d is not None and d.form == form for d in days]
        for form in ("day/month/year", "year-month-day")
    )
    guessed = all(
        (d.day.day > 12) == is_first
        for d, is_first, is_last in zip(days, first, last, strict=True)
        if d is not None and (is_first or is_last)
    )
    if guessed:
        _report_guessed(column, marks(first), marks(last), filled, findings)


def _report_guessed(
    column: Column, first: list[int], last: list[int], filled: int, findings: Findings
) -> None:
    """Dates a spreadsheet of another country took for its own, and turned the wrong way round.

    It turns those it can read month first into dates, and leaves the others as they were: what
    begins with a number over 12 alone is still day/month/year. Two forms each of which holds days
    of both kinds are only two ways of writing, and each is read.

    Args:
        column: the column.
        first, last: rows written day/month/year, and year-month-day.
        filled: its filled cells.
        findings: where the problem goes.
    """
    by_chance = OVER_TWELVE ** len(first) * (1 - OVER_TWELVE) ** len(last)
    if not first or not last or by_chance > DAMAGED:
        return
    tell = findings.refuse if len(last) > DAMAGED * filled else findings.warn
    tell(
        "column.mixed_dates",
        "every date written day/month/year is past the 12th of a month and every other date is "
        "not: a spreadsheet has turned those the wrong way round; export the file again and do "
        "not open it",
        **_at(column, last),
    )


def serial_dates(values: pa.Array[Any], epoch_1904: bool) -> pa.Array[Any]:
    """Dates of a workbook: Excel serial numbers as ISO dates, times of day dropped.

    Serial number 1 is 1 January 1900 and Excel believes in 29 February 1900, hence the origin.
    """
    import pyarrow as pa

    origin = date(1904, 1, 1) if epoch_1904 else date(1899, 12, 30)
    serial, timed = re.compile(_SERIAL), re.compile(r"(\d{4}-\d\d-\d\d) \d\d:\d\d:\d\d")

    def convert(text: str | None) -> str | None:
        if text is None:
            return None
        if serial.fullmatch(text):
            return (origin + timedelta(days=int(text))).isoformat()
        found = timed.fullmatch(text)
        return found[1] if found else text

    return pa.array([convert(text) for text in values.to_pylist()], pa.string())

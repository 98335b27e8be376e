"""Damage to whole columns that a row-by-row check would not see for what it is.

A spreadsheet that opens and saves an export can write identifiers as 1.23E+12 or add a row of
totals; what it does to dates is told in `date_columns`. Where such marks stand in more than one of
a hundred filled cells of a column, the column has been through a spreadsheet and none of it can be
trusted: the file is refused. Fewer are single mistakes, left to the validation of rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from jsna.ingest.coded import spelt, spread, texts
from jsna.ingest.grid import Findings, Grid, listed
from jsna.ingest.header import names
from jsna.model.contract import Column, Table

if TYPE_CHECKING:
    import pyarrow as pa

#: Share of the filled cells of a column beyond which marks of damage refuse the file.
DAMAGED = 0.01
#: Problems of a whole column, of which unreadable cells are the consequence.
_DAMAGES = (
    "scientific", "short_years", "month_first", "impossible_dates", "error_cells", "decimals",
)  # fmt: skip
DAMAGE = frozenset(f"column.{what}" for what in _DAMAGES)
_SCIENTIFIC = r"^[+-]?\d((\.\d+)?[eE]\+\d+|\.\d+[eE]\d+)$"
#: What a spreadsheet shows instead of a value: failed formulas, and dates in too narrow a column.
_ERROR = r"^#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|#+)$"
#: What a program writes below an export of which filters may have left rows out.
FILTERED: Final = r"applied filters\b.*"
#: What a report puts below, or among, the records it lists.
_LINES: Final = (
    r"((grand|sub)[ -]?)?totals?\s*:?",
    r"[*-]*\s*end of (the )?(report|file|data|extract|list)\b.{0,80}",
    r"page \d+ of \d+",
    r"\(?[\d,]+ (row|record)(s|\(s\))?( (affected|selected|returned|exported|found))?\.?\)?",
    "(classification ?: ?)?official([ :\N{EN DASH}-]*sensitive)?( ?[\N{EN DASH}:(-].{0,40})?",
    FILTERED,
    r"(foot)?notes?\s*:.{0,200}",
    r"(data )?sources?\s*:.{0,80}",
    r"(report )?(printed|generated|produced|exported|run) (by|on|at|from)\b.{0,80}",
)
NO_RECORD: Final = rf"(?is)^\s*({'|'.join(_LINES)})\s*$"

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

    errors = grid.may_hold(b"#")
    for column in table.columns:
        values = columns.get(column.field)
        if values is None or values.null_count == len(values):
            continue
        if errors:
            _check_errors(column, values, rows, findings)
        if column.type not in ("date", "number"):
            found = _where(spread(_scientific(texts(values)), values), rows)
            if len(found) > DAMAGED * (len(values) - values.null_count):
                findings.refuse(
                    "column.scientific",
                    "numbers are written like 1.23E+12, so digits are lost: a spreadsheet has "
                    "opened and saved the file; export it again and do not open it",
                    **at(column, found),
                )
    begin = [*list(columns.values())[:4], *first[:4]]
    return _no_records(table, columns, rows, _headers(table, columns), begin, findings)


def _check_errors(column: Column, values: pa.Array[Any], rows: Any, findings: Findings) -> None:
    """Cells that hold a spreadsheet's error: never data, however few."""
    import pyarrow.compute as pc

    found = _where(spread(pc.match_substring_regex(texts(values), _ERROR), values), rows)
    if found:
        findings.refuse(
            "column.error_cells",
            "cells hold an error of a spreadsheet (such as #N/A, or ##### from too narrow a "
            "column) instead of a value; ask its owner to export the file again",
            **at(column, found),
        )


def _scientific(values: pa.Array[Any]) -> pa.Array[Any]:
    """Which cells are written like 1.23E+12."""
    import pyarrow as pa
    import pyarrow.compute as pc

    # The pattern is slow and its marks are rare: the column is first looked at as one text.
    content = values.buffers()[-1]
    text = content.to_pybytes() if content is not None else b""
    if b"+" in text or (b"." in text and (b"E" in text or b"e" in text)):
        return pc.match_substring_regex(values, _SCIENTIFIC)
    return pa.nulls(len(values), pa.bool_())


def _where(marked: pa.Array[Any], rows: Any) -> list[int]:
    """Row numbers of the true cells."""
    import pyarrow.compute as pc

    positions = pc.indices_nonzero(pc.fill_null(marked, False)).to_numpy()
    return [int(row) for row in rows[positions]]


def at(column: Column, rows: list[int]) -> dict[str, Any]:
    """Where cells of a column stand, as a problem says it."""
    return {"row": rows[0], "column": column.name, "count": len(rows)}


def leave_out(rows: list[int], findings: Findings) -> None:
    """Say that rows of a file are no records."""
    rule = f"{listed(rows, 'is', 'are')} totals, the end of a list or a header, not records; "
    findings.warn("row.total", f"{rule}left out", row=rows[0], count=len(rows))


def tell_filtered(row: int, findings: Findings) -> None:
    """Say that filters were on when a file was exported."""
    findings.warn(
        "file.filtered",
        "the file says below its records that filters were applied when it was exported, so "
        "children may be left out; ask its owner which, and for a file without filters",
        row=row,
    )


def _headers(table: Table, columns: Columns) -> list[int]:
    """Positions of rows that are the header once more, as at the head of every printed page."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    alike = [
        spread(
            pc.is_in(
                pc.utf8_lower(texts(columns[field])),
                pa.array([name.casefold() for name in names(table.column(field))]),
            ),
            columns[field],
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
    ends have most of the cells that a record must have empty: their words are looked for in such
    rows alone, which are few.

    Args:
        table, columns, rows, findings: as in `check_cells`.
        headers: positions of headers.
        begin: columns that may say so.
    """
    import numpy as np
    import pyarrow.compute as pc

    needed = [c.field for c in table.columns if not c.nullable and c.field in columns]
    if len(needed) < 2:
        needed = list(columns)
    lacking = np.zeros(len(rows), np.int64)
    for field in needed:
        if columns[field].null_count:
            lacking += np.asarray(columns[field].is_null())
    suspected = np.flatnonzero(2 * lacking >= len(needed))
    found = set(headers)
    for cells in begin if len(suspected) else ():
        some = spelt(cells.take(suspected))
        marked = pc.match_substring_regex(some, NO_RECORD)
        found.update(int(place) for place in suspected[np.asarray(pc.fill_null(marked, False))])
        filtered = pc.match_substring_regex(some, rf"(?is)^\s*{FILTERED}")
        told = suspected[np.asarray(pc.fill_null(filtered, False))]
        if len(told) and not any(one.code == "file.filtered" for one in findings.warnings):
            tell_filtered(int(rows[told[0]]), findings)
    positions = sorted(found)
    if positions:
        leave_out([int(rows[position]) for position in positions], findings)
    return positions

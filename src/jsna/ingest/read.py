"""One declared table from the bytes of one file, or everything that is wrong with the file.

What comes out is the staged frame of `docs/data-flow.md`: every declared column as text under its
field name, each cell a text that can be read in one way only (`jsna.ingest.meaning`) or null, and
`source_row`. Whether values are right is judged later, row by row; here a file is refused only for
what concerns it as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from jsna.ingest import letters, meaning, sheets_together
from jsna.ingest.cells import check_cells
from jsna.ingest.coded import compact, is_coded, spelt, spread, texts
from jsna.ingest.csv_file import open_csv, read_csv
from jsna.ingest.fillable import expecting, with_helping
from jsna.ingest.grid import Findings, Grid, listed
from jsna.ingest.header import joins, match
from jsna.ingest.kept import Kept, Numbers
from jsna.ingest.layout import Beside, arriving, as_named, declared_cells, nothing_beside
from jsna.ingest.parquet_file import head_parquet, read_parquet
from jsna.ingest.stacked_file import holds, read_stacked
from jsna.ingest.typed_files import head_xlsx, read_xlsx
from jsna.ingest.xml_file import is_xml, read_xml
from jsna.model.contract import Table
from jsna.model.layouts import Place, Shape
from jsna.model.stacked import Stacked
from jsna.model.xml_forms import XmlForm

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

#: Problems that say rows could not be taken apart.
_ROWS_LOST = frozenset({"file.ragged", "file.truncated"})
#: How the names of texts end: the same, whatever separates the cells.
TEXTS = (".csv", ".txt", ".tsv")
#: And those of workbooks; what one runs when it is opened is not looked at.
WORKBOOKS = (".xlsx", ".xlsm")
FORMATS = (*TEXTS, *WORKBOOKS, ".parquet")


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading one table.

    Attributes:
        rows: the rows as text; None where they cannot be judged.
        findings: problems (the file is refused, even if its rows can be judged), warnings, remarks.
    """

    rows: Kept | None
    findings: Findings

    @property
    def frame(self) -> pd.DataFrame | None:
        """The rows as a frame, made whenever it is asked for."""
        return None if self.rows is None else self.rows.frame()


def read_table(
    content: bytes,
    name: str,
    table: Table,
    *,
    alone: bool = True,
    shape: Shape | None = None,
    beside: Beside = nothing_beside,
    xml: XmlForm | None = None,
    stacked: Stacked | None = None,
) -> Reading:
    """Read one declared table from a CSV, XLSX, parquet or XML file, whichever its bytes are.

    Args:
        content: bytes of the file.
        name: name of the file as the user knows it, used in messages; its ending is the format.
        table: the declaration.
        alone: the file holds no other table (so a workbook's only sheet may have any name).
        shape: how the table arrives; None where as declared.
        beside: gives columns that other files of the delivery hold.
        xml: the XML of the return; None where it has none.
        stacked: the workbook of the return with all tables on one sheet; None where it has none.

    Returns:
        The staged frame and everything found wrong. Nothing is raised, so that the problems of
        all files can be told together.
    """
    findings = Findings(name)
    table = with_helping(table)
    arrives = table if shape is None else arriving(table, shape)
    if xml is not None and is_xml(content):
        grid = _xml_grid(content, xml, arrives, findings)
    elif xml is not None and content and PurePosixPath(name).suffix.lower() == ".xml":
        rule = "the file is named .xml and does not begin like one: it may be packed, or in an "
        findings.refuse("file.format", rule + "unusual encoding; ask for it as XML in UTF-8")
        return Reading(None, findings)
    elif stacked is not None and shape is None and holds(content, stacked):
        grid = read_stacked(content, stacked, table, findings)
    else:
        grid = _grid(content, name, arrives, alone, findings, shape)
    if grid is None:
        return Reading(None, findings)
    if grid.folded is None:
        letters.check_columns(grid.columns, grid.rows, findings)
    places = match(grid.header, expecting(arrives, grid.header, shape), findings)
    if any(problem.code == "column.missing" for problem in findings.problems):
        return Reading(None, findings)
    grid = replace(grid, columns=[compact(column) for column in grid.columns])
    shown = meaning.visible(grid, findings)
    trimmed = [_trim(column) for column in shown]
    said = meaning.said(arrives, {f: trimmed[p] for f, p in places.items()}, shape, findings)
    for field, position in places.items():
        trimmed[position] = said[field]
    rows = _drop_blank(grid, trimmed, findings)
    if len(rows) == 0 and not table.may_be_empty:
        # Where no row could be taken apart that has been said already.
        if not any(problem.code in _ROWS_LOST for problem in findings.problems):
            rule = "the file has a header and no rows; ask for it to be sent again"
            findings.refuse("file.header_only", rule)
        return Reading(None, findings)
    _tell_unnamed(grid, trimmed, findings)
    columns = {field: trimmed[position] for field, position in places.items()}
    if shape is not None:
        columns = {field: spelt(cells) for field, cells in columns.items()}
        columns = declared_cells(table, shape, columns, len(rows), beside, findings)
        arrives = as_named(table, shape, arrives)
    columns = meaning.plain(arrives, columns, rows, grid, findings)
    first = () if shape is None else trimmed
    totals = check_cells(arrives, columns, rows, grid, findings, first)
    kept = _kept(table, columns, rows)
    if totals:
        kept = kept.without(totals)
    if findings.places:
        kept = Kept.of(sheets_together.once(table, kept.frame(), findings))
    return Reading(_made_of(table, kept, findings), findings)


def _made_of(table: Table, rows: Kept, findings: Findings) -> Kept:
    """The rows of what the table is about, where a file lists others too."""
    if not table.made_of:
        return rows
    others = rows.frame(table.made_of)[list(table.made_of)].isna().all(axis=1).to_numpy()
    if not others.any():
        return rows
    left_out = rows.numbers[others]
    findings.warn(
        "row.other",
        f"{table.other_rows} are not rows of this table; left out",
        row=int(left_out.min()),
        count=len(left_out),
    )
    return rows.without(others.nonzero()[0].tolist())


def read_heading(
    content: bytes,
    name: str,
    table: Table,
    *,
    alone: bool = True,
    shape: Shape | None = None,
    beside: Beside = nothing_beside,
    xml: XmlForm | None = None,
    stacked: Stacked | None = None,
) -> Reading:
    """What is wrong with a file as far as its header tells it; takes what `read_table` takes.

    Its rows are not read, so that a county's files are judged in a second or two.
    """
    findings, table = Findings(name), with_helping(table)
    arrives = table if shape is None else arriving(table, shape)
    if xml is not None and is_xml(content):
        # An XML has no header: only reading all of it tells what it holds.
        return Reading(None, findings)
    if stacked is not None and shape is None and holds(content, stacked):
        # Where its tables stand, reading all of the sheet tells.
        return Reading(None, findings)
    header = _header(content, name, arrives, alone, findings, shape)
    if header is not None:
        match(header, expecting(arrives, header, shape), findings)
    return Reading(None, findings)


def _header(
    content: bytes, name: str, table: Table, alone: bool, findings: Findings, place: Place | None
) -> Sequence[str] | None:
    ending = _format(content, name, findings)
    if ending == ".csv":
        opened = open_csv(content, table, findings, place)
        return None if opened is None else opened.header
    if ending == ".xlsx":
        return head_xlsx(content, table, alone, findings, place)
    return head_parquet(content, table, findings) if ending else None


def _grid(
    content: bytes, name: str, table: Table, alone: bool, findings: Findings, place: Place | None
) -> Grid | None:
    ending = _format(content, name, findings)
    if ending == ".csv":
        return read_csv(content, table, findings, place)
    if ending == ".xlsx":
        return read_xlsx(content, table, alone, findings, place)
    return read_parquet(content, table, findings) if ending else None


def _xml_grid(content: bytes, xml: XmlForm, table: Table, findings: Findings) -> Grid | None:
    """The rows of a table of a return; a key that stands nowhere in it is a missing column."""
    grid = read_xml(content, xml, table.name, findings)
    if grid is None or not len(grid.rows):
        return grid
    needed = {c.name for c in table.columns if joins(c, table) and not c.nullable}
    there = [
        at
        for at, (header, cells) in enumerate(zip(grid.header, grid.columns, strict=True))
        if header not in needed or cells.null_count < len(cells)
    ]
    return replace(
        grid,
        header=tuple(grid.header[at] for at in there),
        columns=[grid.columns[at] for at in there],
    )


def _format(content: bytes, name: str, findings: Findings) -> str:
    """The ending of a file that is what its ending says; "" for any other."""
    if not content:
        findings.refuse(
            "file.empty",
            "the file is empty (0 bytes): it may not have been copied to its end, or be open "
            "elsewhere; copy it again",
        )
        return ""
    ending = PurePosixPath(name).suffix.lower()
    if ending not in FORMATS:
        rule = f"files ending in {ending or 'nothing'} are not read; use {', '.join(FORMATS)}"
        findings.refuse("file.format", rule)
        return ""
    if ending not in WORKBOOKS and content[:4] == b"PK\x03\x04":
        rule = f"this is a workbook or zip file named {ending}; name it for what it is"
        findings.refuse("file.format", rule)
        return ""
    return ".csv" if ending in TEXTS else ".xlsx" if ending in WORKBOOKS else ending


def _trim(column: pa.Array[Any]) -> pa.Array[Any]:
    """Text without white space around it, "" as null."""
    import pyarrow.compute as pc

    words = texts(column)
    trimmed = pc.utf8_trim_whitespace(words)
    empty = pc.equal(trimmed, "")
    if pc.any(empty).as_py():
        trimmed = pc.if_else(empty, None, trimmed)
    elif is_coded(column) and trimmed.equals(words):
        return column
    return compact(spread(trimmed, column))


def _tell_unnamed(grid: Grid, columns: list[pa.Array[Any]], findings: Findings) -> None:
    """Columns of values without a header, in one line."""
    unnamed = [
        position + 1
        for position, text in enumerate(grid.header)
        if not text.strip() and columns[position].null_count < len(columns[position])
    ]
    if unnamed:
        rule = f"{listed(unnamed, 'has', 'have', noun='column')} no header and {{}} not used"
        rule = rule.format("is" if len(unnamed) == 1 else "are")
        findings.warn("column.unnamed", rule)


def _drop_blank(grid: Grid, columns: list[pa.Array[Any]], findings: Findings) -> Any:
    """Remove rows without any value from `columns` in place; return the row numbers kept."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if any(column.null_count == 0 for column in columns) or not columns:
        return grid.rows
    filled = columns[0].is_valid()
    for column in columns[1:]:
        filled = pc.or_(filled, column.is_valid())
    kept = filled.to_numpy(zero_copy_only=False)
    if kept.all():
        return grid.rows
    columns[:] = [column.filter(pa.array(kept)) for column in columns]
    findings.remark(f"{int((~kept).sum()):,} blank rows left out")
    return grid.rows[kept]


def _kept(table: Table, columns: dict[str, pa.Array[Any]], rows: Numbers) -> Kept:
    """Declared columns in order, absent optional ones empty."""
    import pyarrow as pa

    absent = compact(pa.nulls(len(rows), pa.string()))
    found = {column.field: compact(columns.get(column.field, absent)) for column in table.columns}
    return Kept(found, rows)

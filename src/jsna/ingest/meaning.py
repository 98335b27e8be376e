"""What the cells of a file mean: each becomes a text that can be read in one way only, or null.

This is the one place where that is decided, for every source, layout and form of file. A column is
decided on as a whole, since a cell alone may be read two ways; what can be all the same is asked
about, once for the column. Between `said` and `plain` a layout puts its own codes and order of days
into the words of the declaration; `jsna.ingest.convert` then reads each text by its column's type.

Whole columns are looked at by their distinct values, or by their bytes where nearly all are plain.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

from jsna.ingest import date_columns, number_columns
from jsna.ingest.coded import any_like, compact, is_coded, spelt, texts
from jsna.ingest.grid import Findings, Grid
from jsna.ingest.letters import plain_bytes
from jsna.model.contract import Column, Table
from jsna.model.layouts import Shape
from jsna.shared.patterns import NOTHING

if TYPE_CHECKING:
    import pyarrow as pa

Columns = Mapping[str, "pa.Array[Any]"]

#: Characters that take no room, be they of control, and those that look like a space and are none.
_CONTROL: Final = "\\x01-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f"
_NO_ROOM: Final = f"[{_CONTROL}\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
_LIKE_SPACES: Final = "[\u00a0\u2000-\u200a\u202f\u205f\u3000]"
#: Characters of a cell beyond which it is told of: a note, or rows that have run together.
LONG: Final = 1_000
#: Letters and digits as wide as those of Chinese and Japanese, which some keyboards write.
_WIDE: Final = "[\uff01-\uff5e]"
_REMOVED: Final = "no-break spaces and characters without width were removed from"
#: A letter as web pages write it: `&#39;`, `&eacute;`.
_ENTITY: Final = r"&(#[0-9]{1,6}|#[xX][0-9a-fA-F]{1,5}|[A-Za-z]{2,8});"
#: A sign of control as workbooks write it: `_x000D_` at the end of a line of Windows.
_WRITTEN_OUT: Final = "_x00[01][0-9A-Fa-f]_"
#: What stands for a day where a system or a form has none.
_NO_DAY: Final = (
    r"^(0{1,2}[/.-]0{1,2}[/.-]0{4}|0{4}[/.-]0{1,2}[/.-]0{1,2})([ T]0{1,2}:00(:00(\.0+)?)?)?$"
    r"|^[ _]*[/.-][ _]*[/.-][ _]*$"
)
_FORMULA: Final = r'^\s*="([^"]*)"\s*$'
_SILENT: Final = sorted({way for t in NOTHING for way in (t, t.upper(), t.capitalize())})
#: Of a column of names: `NULL` may be somebody's where all are in capitals, and `Null` anywhere.
_NAMES: Final = ("forename", "surname")
_NO_NAMES: Final = [text for text in _SILENT if text.casefold() != "null"]
#: Longest of the texts that say nothing, in bytes.
_SHORT: Final = max(len(text.encode()) for text in NOTHING)


def _cells(cells: int, columns: int) -> str:
    """`3 cells of 2 columns`."""
    some = "1 cell" if cells == 1 else f"{cells:,} cells"
    return f"{some} of {'1 column' if columns == 1 else f'{columns:,} columns'}"


def visible(grid: Grid, findings: Findings) -> list[pa.Array[Any]]:
    """Cells without the characters nobody sees, and with plain spaces; counted in a remark.

    What stands as `="012"`, so that a spreadsheet keeps its zero, is `012`.
    """
    import pyarrow.compute as pc

    told: dict[str, list[int]] = {}
    found = []
    formulas, entities = grid.may_hold(b"="), grid.may_hold(b"&")
    for values in grid.columns:
        if is_coded(values):
            if not _odd(values, grid, formulas=formulas, entities=entities):
                found.append(values)
                continue
            values = spelt(values)
        if entities:
            named = pc.match_substring_regex(values, _ENTITY)
            if cells := pc.sum(named).as_py():
                told.setdefault("letters as web pages write them (&#39;) are read in", []).append(
                    cells
                )
                values = _spelt(values, named)
        if grid.typed:
            values = pc.replace_substring_regex(values, _WRITTEN_OUT, " ")
        if formulas:
            values = pc.replace_substring_regex(values, _FORMULA, r"\1")
        if not plain_bytes(values):
            hidden = pc.match_substring_regex(values, f"{_NO_ROOM}|{_LIKE_SPACES}")
            if cells := pc.sum(hidden).as_py():
                told.setdefault(_REMOVED, []).append(cells)
                values = pc.replace_substring_regex(values, _NO_ROOM, "")
                values = pc.replace_substring_regex(values, _LIKE_SPACES, " ")
            wide = pc.match_substring_regex(values, _WIDE)
            if cells := pc.sum(wide).as_py():
                told.setdefault("letters of full width are read as plain ones in", []).append(cells)
                values = pc.if_else(wide, pc.utf8_normalize(values, "NFKC"), values)
        found.append(compact(values))
    for what, some in told.items():
        findings.remark(f"{what} {_cells(sum(some), len(some))}")
    return found


def _odd(values: pa.Array[Any], grid: Grid, *, formulas: bool, entities: bool) -> bool:
    """Whether any text of a column holds what `visible` removes or turns into something else."""
    ways = (
        *([_ENTITY] if entities else []),
        *([_WRITTEN_OUT] if grid.typed else []),
        *([_FORMULA] if formulas else []),
        *([] if plain_bytes(texts(values)) else [f"{_NO_ROOM}|{_LIKE_SPACES}|{_WIDE}"]),
    )
    return any(any_like(values, way) for way in ways)


def _spelt(values: pa.Array[Any], named: pa.Array[Any]) -> pa.Array[Any]:
    """The cells that hold names or numbers of letters, as on web pages, with the letters."""
    import html

    import pyarrow as pa
    import pyarrow.compute as pc

    named = pc.fill_null(named, False)
    letters = [html.unescape(text) for text in values.filter(named).to_pylist()]
    return pc.replace_with_mask(values, named, pa.array(letters, pa.string()))


def said(
    table: Table, columns: Columns, shape: Shape | None, findings: Findings
) -> dict[str, pa.Array[Any]]:
    """Cells of the columns found in a file, those that say nothing as null; counted in a remark.

    Args:
        table: the declaration, under the headers of the file.
        columns: field -> cells, trimmed, "" as null.
        shape: how the table arrives: what it takes for a code is one.
        findings: where the remark goes.
    """
    empty: list[int] = []
    found = {**columns}
    for column in table.columns:
        if column.field in columns:
            origin = None if shape is None else shape.columns.get(column.field)
            codes = {text.strip().casefold() for text in origin.codes} if origin else set()
            read, cells = _said(column, columns[column.field], codes)
            found[column.field] = compact(read)
            empty += [cells] if cells else []
    if empty:
        many = _cells(sum(empty), len(empty))
        findings.remark(f"NULL, N/A, - or the like is read as empty in {many}")
    return found


def plain(
    table: Table, columns: Columns, rows: Any, grid: Grid, findings: Findings
) -> dict[str, pa.Array[Any]]:
    """Cells of the declared columns, each a text that reads one way.

    Args:
        table: the declaration.
        columns: field -> cells as `said` has them.
        rows: row number of each element.
        grid: the file they come from.
        findings: where questions, warnings and remarks go.
    """
    found = {**columns}
    for column in table.columns:
        if column.field not in columns:
            continue
        values = columns[column.field]
        if column.type == "date":
            values = date_columns.plain(column, values, rows, grid, findings)
        elif column.type == "number":
            values = number_columns.plain(column, values, rows, findings)
        _check_long(column, values, rows, findings)
        found[column.field] = values
    return found


def _said(
    column: Column, values: pa.Array[Any], codes: Collection[str]
) -> tuple[pa.Array[Any], int]:
    """The cells, those that say nothing and are no codes as null, and how many these are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if is_coded(values):
        words = texts(values)
        none = column.type == "date" and any_like(values, _NO_DAY)
        silent = pc.any(pc.is_in(words, value_set=pa.array(_SILENT, pa.string()))).as_py()
        if not (none or silent or _ruled(values)):
            return values, 0
        values = spelt(values)
    ruled = int(_ruled(values))
    if ruled:
        values = pa.concat_arrays([pa.nulls(1, pa.string()), values.slice(1)])
    if column.type == "date":
        none = pc.fill_null(pc.match_substring_regex(values, _NO_DAY), False)
        if days := pc.sum(none).as_py():
            values, ruled = pc.if_else(none, None, values), ruled + days
    if not _may_be_silent(values):
        return values, ruled
    says = _SILENT
    if column.identifier in _NAMES:
        says = [*_NO_NAMES, *(["NULL"] if _never_null(values) else [])]
    says = [text for text in says if text.casefold() not in codes]
    silent = pc.is_in(values, value_set=pa.array(says, pa.string()))
    cells = pc.sum(silent).as_py() or 0
    return pc.if_else(silent, None, values) if cells else values, cells + ruled


def _ruled(values: pa.Array[Any]) -> bool:
    """Whether the first cell is a line of dashes, as some programs draw below the header."""
    first = values[0].as_py() if len(values) else None
    return first is not None and len(first) > 1 and not first.strip("-")


def _may_be_silent(values: pa.Array[Any]) -> bool:
    """Whether any text that says nothing may stand in a column."""
    import pyarrow.compute as pc

    return bool(pc.any(pc.less_equal(pc.binary_length(values), _SHORT)).as_py())


def _never_null(values: pa.Array[Any]) -> bool:
    """Whether `NULL` is no name in a column: it stands there, and most names have small letters."""
    import pyarrow.compute as pc

    if not pc.any(pc.equal(values, "NULL")).as_py():
        return False
    small = pc.sum(pc.match_substring_regex(values, r"\p{Ll}")).as_py() or 0
    return bool(2 * small > len(values) - values.null_count)


def _check_long(column: Column, values: pa.Array[Any], rows: Any, findings: Findings) -> None:
    """Cells far longer than a return has: the rows they stand in are to be looked at."""
    import numpy as np
    import pyarrow.compute as pc

    if (pc.max(pc.binary_length(texts(values))).as_py() or 0) <= LONG:
        return
    long = pc.fill_null(pc.greater(pc.utf8_length(spelt(values)), LONG), False)
    places = np.flatnonzero(np.asarray(long))
    if len(places):
        findings.warn(
            "column.long_cells",
            f"a cell has more than {LONG:,} characters: it may be several rows that have run "
            "together, at a quotation mark that was never closed; look at the rows",
            row=int(rows[places[0]]),
            column=column.name,
            count=len(places),
        )

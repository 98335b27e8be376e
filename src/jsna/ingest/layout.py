"""A declaration as a layout has it arrive, and cells of such a file as the declaration has them.

Between the two lies reading, which goes by headers: `arriving` gives it the declared columns under
the headers they stand under here, and `declared_cells` makes of what it read what a file in the
declared shape would have held. So everything that judges a file judges every layout.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from jsna.ingest.grid import Findings
from jsna.ingest.short_years import whole
from jsna.model.contract import CHILDREN, Column, Table
from jsna.model.layouts import Dates, Origin, Shape

if TYPE_CHECKING:
    import pyarrow as pa

#: Before the header of a column that is no field, but needed to make one.
_PART: Final = "+"
#: What follows a code that the layout does not know, so that it is none of the declared ones.
UNKNOWN: Final = " (not in the mapping)"
_NUMBERS: Final = re.compile(r"(\d{1,4})(?P<mark>[/.\- ]?)(\d{1,2})(?P=mark)(\d{1,4})\b(.*)")
_SOLID: Final = re.compile(r"\d{6}|\d{8}")
#: Of two digits in numbers, and behind a month by its name.
_SHORT: Final = re.compile(
    r"(\d{1,2}[/.-]\d{1,2}[/.-]|\d{1,2}(?:st|nd|rd|th)?[ /.-]?[A-Za-z]{3,9}\.?[ /.,-]{0,2})(\d\d)"
    r"((?:[ T,].*)?)"
)

Columns = dict[str, "pa.Array[Any]"]
#: What gives a column of another file: the origin -> key there -> value; None where it cannot.
Beside = Callable[[Column, Origin], "Mapping[str, str | None] | None"]


def arriving(table: Table, shape: Shape) -> Table:
    """The declaration under the headers of a file: fields that no header gives are not in it.

    What only helps to make a field stands under `_PART` and its header.
    """
    columns: list[Column] = []
    parts: dict[str, Column] = {}
    for column in table.columns:
        if column.field not in shape.columns:
            columns.append(column)
            continue
        origin = shape.columns[column.field]
        if origin is None:
            continue
        if origin.join is None and origin.headers:
            first, *others = origin.headers
            columns.append(replace(column, name=first, aliases=tuple(others)))
        for header in (*origin.together, *([origin.join.key] if origin.join else ())):
            name, before = _PART + header, parts.get(_PART + header)
            required = column.required or (before is not None and before.required)
            parts[name] = Column(header, name, "string", "Part of another.", required)
    # Nothing stands for a key but itself.
    return replace(table, columns=(*columns, *parts.values()), key=(*table.key, *parts))


def declared_cells(
    table: Table,
    shape: Shape,
    columns: Columns,
    length: int,
    beside: Beside,
    findings: Findings,
) -> Columns:
    """Cells as a file in the declared shape holds them.

    Args:
        table: the declaration.
        shape: how the table arrives.
        columns: field -> trimmed text, of the columns of `arriving` that were found.
        length: rows of each.
        beside: gives columns of other files of the delivery.
        findings: where problems go.

    Returns:
        field -> text, of the declared fields that the file gives.
    """
    made: Columns = {}
    for column in table.columns:
        name = column.field
        origin = shape.columns.get(name, Origin(header=column.name))
        found = _received(column, origin, columns, length, beside, findings)
        if found is None or origin is None:
            continue
        made[name] = _meant(column, origin, shape, found)
    return made


def _received(
    column: Column,
    origin: Origin | None,
    columns: Columns,
    length: int,
    beside: Beside,
    findings: Findings,
) -> pa.Array[Any] | None:
    """The cells of one field as they stand in the files; None where they do not."""
    import pyarrow as pa

    if origin is None:
        return None
    if origin.constant:
        return pa.array([origin.constant] * length, pa.string())
    if origin.together:
        parts = [columns.get(_PART + header) for header in origin.together]
        return _together([one for one in parts if one is not None], len(origin.together))
    if origin.join is None:
        return columns.get(column.field)
    keys = columns.get(_PART + origin.join.key)
    there = None if keys is None else beside(column, origin)
    return None if keys is None or there is None else _joined(column, keys, there, findings)


def _together(parts: list[pa.Array[Any]], wanted: int) -> pa.Array[Any] | None:
    """Cells one after the other; empty where one of them is."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if len(parts) < wanted:
        return None
    return pc.binary_join_element_wise(*parts, pa.scalar("", pa.string()))


def _joined(
    column: Column, keys: pa.Array[Any], there: Mapping[str, str | None], findings: Findings
) -> pa.Array[Any]:
    """The cell of another file by the key of each row; those without one are counted."""
    import pyarrow as pa

    given = keys.to_pylist()
    lost = sum(key is not None and key not in there for key in given)
    if lost:
        findings.warn(
            "column.unjoined",
            f"{lost:,} rows have a key that the file the column comes from has not: the column is "
            "empty there; ask for that file for the same day",
            column=column.name,
            count=lost,
        )
    return pa.array([None if key is None else there.get(key) for key in given], pa.string())


def _meant(column: Column, origin: Origin, shape: Shape, cells: pa.Array[Any]) -> pa.Array[Any]:
    """Cells in the words of the declaration; each distinct one is put so once."""
    import pyarrow as pa

    none = {text.strip().casefold() for text in (*shape.empty, *origin.empty)}
    codes = {said.strip().casefold(): code for said, code in origin.codes.items()}
    order = (origin.dates or shape.dates) if column.type == "date" else ""
    first = origin.years_from
    years = (first, first + 99) if first else column.years
    # What the declaration reads as empty says so here too, whatever the codes.
    kept = {text.casefold() for text in column.absent}
    if not (none or codes or order or first):
        return cells

    def put(text: str) -> str | None:
        folded = text.casefold()
        if folded in codes:
            return codes[folded]
        if folded in none:
            return None
        if codes and origin.others == "unknown" and folded not in kept:
            return text + UNKNOWN
        if order:
            text = in_order(text, order, years)
        return _in_full(text, years) if first else text

    encoded = cells.dictionary_encode()
    texts = [None if text is None else put(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(texts, pa.string()).take(encoded.indices)


def _in_full(text: str, years: tuple[int, int]) -> str:
    """A date with its year in four digits, where it stands last in two."""
    found = _SHORT.fullmatch(text)
    year = found and whole(int(found[2]), years)
    return f"{found[1]}{year:04d}{found[3]}" if found and year else text


def in_order(text: str, order: Dates, years: tuple[int, int] = CHILDREN) -> str:
    """A date of numbers alone as year-month-day, whatever day or month that is; else as it is.

    One whose year has two digits stays as it is where `years` leave it more than one century.
    """
    solid = _SOLID.fullmatch(text)
    if solid:
        year = len(text) - 4
        cuts = (year, year + 2) if order == "year first" else (2, 4)
        parts, rest = [text[: cuts[0]], text[cuts[0] : cuts[1]], text[cuts[1] :]], ""
    else:
        found = _NUMBERS.fullmatch(text)
        if found is None or not found["mark"]:
            return text
        parts, rest = [found[1], found[3], found[4]], found[5]
    if len(parts[0]) == 4 or order == "year first":
        year_text, month, day = parts
    else:
        year_text = parts[2]
        day, month = parts[:2] if order == "day first" else (parts[1], parts[0])
    if len(year_text) == 2:
        year_text = str(whole(int(year_text), years) or "")
    if len(year_text) != 4 or len(day) > 2:
        return text
    return f"{year_text}-{month:0>2}-{day:0>2}{rest}"


def as_named(table: Table, shape: Shape, arrives: Table) -> Table:
    """The declaration with each column called as in the file, where it stands there.

    What is the same in every row says of none that it is a record.
    """
    here = {column.field: column for column in arrives.columns}
    named = (here.get(column.field, column) for column in table.columns)
    constant = {name for name, origin in shape.columns.items() if origin and origin.constant}
    return replace(
        table,
        columns=tuple(replace(c, nullable=True) if c.field in constant else c for c in named),
    )


def nothing_beside(column: Column, origin: Origin) -> None:
    """What gives columns of other files where a delivery has none."""

"""What a file looks like: which table of which source, by which mapping, and of which year.

By its headers first: a file is a table only where every column that must be there is, under the
declared names or those of a mapping. Its year is that of its days, of the ages of its classes, or
of its name, whichever speaks first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jsna.drafting.guess import names_in
from jsna.errors import JsnaError, Problem
from jsna.ingest import named_after
from jsna.ingest.fillable import expecting, with_helping
from jsna.ingest.header import locate, names, plain
from jsna.ingest.layout import arriving
from jsna.ingest.read import read_table
from jsna.ingest.xml_file import is_xml
from jsna.ingest.xml_year import stated_years
from jsna.machine import limits, trouble
from jsna.model.contract import Extract, Table
from jsna.model.layouts import Shape
from jsna.receiving import years
from jsna.receiving.known import likeness
from jsna.receiving.propose import KNOWN
from jsna.receiving.seen import Known, Looks
from jsna.receiving.sheets import Sheet, sheets_of
from jsna.saying import quoted
from jsna.shared.whole_year import empty_months, is_of_events
from jsna.sources import parts, registry

if TYPE_CHECKING:
    import pandas as pd

#: What shows that there is more of a file than arrived, or than is read of it.
_CUT_SHORT: Final = ("file.truncated", "file.sheets_alike")
#: What tells a year that only the file's name says.
NAMED: Final = "its name"


def look(file: Path, known: Known) -> Looks:
    """What a file looks like. Nothing is raised: what stops it from being read is told."""
    try:
        content = limits.read(file)
    except limits.TooLargeError as large:
        return Looks(file, "", told=str(large), unread=True)
    except OSError as error:
        if not isinstance(error, PermissionError):
            trouble.pass_on(error)
        rule = "cannot be opened: another program has it open, or you may not read it"
        return Looks(file, "", told=rule, unread=True)
    digest = hashlib.sha256(content).hexdigest()
    if digest in known.told:
        return replace(known.told[digest], file=file)
    seen = Looks(file, digest)
    try:
        if is_xml(content):
            return _return(content, seen, known)
        if file.suffix.lower() == ".parquet":
            return _of_header(content, seen, known)
        return _of_sheets(content, seen, known, list(sheets_of(file)))
    except JsnaError as error:
        unread = error.problems[0].code.startswith("file.")
        return replace(seen, told=error.problems[0].rule, unread=unread)


def _return(content: bytes, seen: Looks, known: Known) -> Looks:
    """An XML: the return that has rows in it, or why it is none that can be read."""
    wrong: dict[str, str] = {}
    for extract in registry().values():
        if extract.xml is None:
            continue
        frames = {}
        for table in extract.tables:
            reading = read_table(content, seen.file.name, table, xml=extract.xml)
            for one in reading.findings.problems:
                line = "" if one.row is None else f"line {one.row:,}: "
                wrong.setdefault(one.code, f"{line}{one.rule}")
            if reading.frame is not None and len(reading.frame):
                frames[table.name] = reading.frame
        if frames:
            every = tuple(table.name for table in extract.tables)
            found = replace(seen, extract=extract.name, tables=every)
            dated = _dated(found, extract, frames, known)
            return (not dated.told and _headed(content, dated, extract)) or dated
    # That it is not the one return says nothing where it may be another.
    wrong.pop("file.other_table", None)
    why = next(iter(wrong.values()), "an XML of no return that is declared, or one of no records")
    return replace(seen, told=why, unread=True)


def _headed(content: bytes, seen: Looks, extract: Extract) -> Looks | None:
    """A return by the year its header says; None where it says none that is the period's."""
    said = stated_years(content) if extract.xml is not None and extract.xml.year else ()
    if len(said) > 1:
        told = f"its header says two years, {' and '.join(map(str, said))}; ask for it again"
        return replace(seen, period="", by="", told=told)
    if not said:
        return None
    period = years.ending(said[0], extract.period_type)
    return replace(seen, period=period, by="the year its header says")


def _of_header(content: bytes, seen: Looks, known: Known) -> Looks:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        header = pq.ParquetFile(pa.BufferReader(content)).schema_arrow.names
    except (pa.ArrowException, OSError) as error:
        trouble.pass_on(error)
        return replace(seen, told="no whole parquet file: it was cut short, damaged or renamed")
    best = _best([(header,)], known)
    if best is None:
        return replace(seen, told="a parquet file of no table that is declared")
    return _read(content, seen, [best], known)


def _of_sheets(content: bytes, seen: Looks, known: Known, sheets: Sequence[Sheet]) -> Looks:
    """A text or a workbook: the tables its sheets hold, all of one source and mapping."""
    found = []
    for sheet in sheets:
        best = _best([sheet.opened.lines], known, sheet)
        if best is not None:
            found.append(best)
    sources = {(one[0].name, one[2]) for one in found}
    if len(sources) > 1:
        return replace(seen, told="its sheets are of several sources; ask for a file of each")
    if found:
        return _read(content, seen, found, known)
    if named_after.by_cells(known.called(seen.file), _names(sheets)):
        return replace(seen, told=named_after.CALLED)
    beside = tuple(_beside(sheets, known))
    if beside:
        return replace(seen, beside=beside)
    return replace(seen, told=_nearly(seen.file, sheets))


def _names(sheets: Sequence[Sheet]) -> frozenset[str]:
    """Names of persons that stand in sheets of no declared table."""
    every = (sheet.columns(row)[0] for sheet in sheets for row in sheet.candidates[:1])
    return frozenset(name for columns in every for name in names_in(columns))


_Found = tuple[Extract, Table, str, Shape | None]


def _best(
    parts: Sequence[Sequence[Sequence[str]]], known: Known, sheet: Sheet | None = None
) -> _Found | None:
    """The shape most of whose columns stand in a sheet; all that must be there do.

    Raises:
        JsnaError: several shapes fit alike, of which codes may be read otherwise by each.
    """
    best: list[_Found] = []
    most = 0
    for extract, table, name, shape in known.shapes():
        if sheet is not None and not _may_be(sheet, table, shape):
            continue
        whole_table = with_helping(table)
        arrives = whole_table if shape is None else arriving(whole_table, shape)
        for lines in parts:
            place = locate(lines, arrives, shape)
            if not place.enough or (shape is None and place.index):
                continue
            cells = {plain(text) for text in lines[place.index]}
            there = [c for c in arrives.columns if cells & set(map(plain, names(c)))]
            needed = expecting(arrives, lines[place.index], shape).columns
            fields = {column.field for column in there}
            whole = all(column.field in fields for column in needed if column.required)
            if whole and len(there) >= most:
                best = [*(best if len(there) == most else ()), (extract, table, name, shape)]
                most = len(there)
    return _chosen(best, known)


def _chosen(best: Sequence[_Found], known: Known) -> _Found | None:
    """Of shapes that fit alike the one somebody has chosen."""
    if len(best) < 2:
        return best[0] if best else None
    said = [one for one in best if known.chosen.get(one[0].name) == one[2]]
    if len(said) == 1:
        return said[0]
    if not best[0][2]:
        # A mapping that only says where the table stands reads what is as declared alike.
        best = [best[0], *(one for one in best[1:] if not _only_placed(one[3]))]
    if len(best) == 1:
        return best[0]
    ways = " or ".join(f"mapping {one[2]}" if one[2] else "as declared" for one in best)
    extract = best[0][0].name
    how = " or ".join(f"--mapping {extract}={one[2]}" for one in best)
    rule = (
        f"the table {best[0][1].name!r} of {extract}, which may be read {ways} alike; say which: "
        f"jsna doctor … {how}"
    )
    raise JsnaError(Problem("", rule, code="doctor.shape"))


def _only_placed(shape: Shape | None) -> bool:
    """Whether a shape says nothing of headers and cells."""
    return shape is not None and not (shape.columns or shape.empty or shape.dates)


def _may_be(sheet: Sheet, table: Table, shape: Shape | None) -> bool:
    """Whether a build would look for the table on this sheet."""
    wanted = (shape.sheet if shape else "") or table.name
    alone = sheet.sheets == 1 and not (shape and shape.sheet)
    return not sheet.title or alone or plain(sheet.title) == plain(wanted)


def _beside(sheets: Sequence[Sheet], known: Known) -> Iterator[str]:
    """What mappings call the file, of those that join columns of one with these headers."""
    cells = [{plain(text) for text in line} for sheet in sheets for line in sheet.opened.lines]
    for name, mapping in sorted(known.mappings.items()):
        for other in sorted(mapping.joined):
            wanted = {
                plain(text)
                for shape in mapping.tables.values()
                for origin in shape.columns.values()
                if origin is not None and origin.join is not None and origin.join.file == other
                for text in (origin.join.there, origin.headers[0])
            }
            if any(wanted <= line for line in cells):
                yield f"{name}:{other}"


def _unread(lines: Iterable[Sequence[str]]) -> str:
    """What a file holds by its headers that nothing is made of; "" where it is none of these."""
    cells = [{plain(text) for text in line} for line in lines]
    for source, part in parts("unread").items():
        for what, headers in part.UNREAD.items():
            if any(set(map(plain, headers)) <= line for line in cells):
                return f"{registry()[source].title}, {what}: not read, as nothing is made of it yet"
    return ""


def _nearly(file: Path, sheets: Sequence[Sheet]) -> str:
    """Which table a file may be in a shape of its own, and the command that maps it."""
    for sheet in sheets:
        if told := _unread(sheet.opened.lines):
            return told
    ranked = sorted(
        (
            (part * whole, extract.name, table.name)
            for sheet in sheets
            for extract in registry().values()
            for table in extract.tables
            for part, whole in (likeness(sheet, table),)
            if part >= KNOWN
        ),
        reverse=True,
    )
    if not ranked:
        return "looks like no table that is declared"
    _, extract, table = ranked[0]
    return (
        f"may be the table {table!r} of {extract}, in a shape of its own: "
        f"jsna map {quoted(file.as_posix())} --source {extract} --table {table}"
    )


def _read(content: bytes, seen: Looks, found: Sequence[_Found], known: Known) -> Looks:
    extract, _, mapping, _ = found[0]
    frames, wrong = {}, ""
    for _, table, _, shape in found:
        reading = read_table(content, seen.file.name, table, alone=len(found) == 1, shape=shape)
        if reading.frame is not None:
            frames[table.name] = reading.frame
        for one in reading.findings.problems:
            if reading.frame is None or one.code in _CUT_SHORT:
                wrong = wrong or one.rule
    tables = tuple(table.name for _, table, _, _ in found)
    looks = _dated(
        replace(seen, extract=extract.name, tables=tables, mapping=mapping), extract, frames, known
    )
    if wrong and looks.told not in named_after.TOLD:
        told = f"{extract.name}, {found[0][1].name}: {wrong}"
        return replace(seen, told=told, children=looks.children)
    return looks


def _dated(
    seen: Looks, extract: Extract, frames: Mapping[str, pd.DataFrame], known: Known
) -> Looks:
    tables = {table.name: table for table in extract.tables}
    seen = replace(seen, children=named_after.children(tables, frames, known.words))
    if named_after.by_its_rows(seen.file, tables, frames):
        return replace(seen, told=named_after.BORN)
    if named_after.by_few(known.called(seen.file), tables, frames):
        return replace(seen, told=named_after.CALLED)
    seen = replace(seen, rows=sum(map(len, frames.values())))
    for name, frame in frames.items():
        table = extract.table(name)
        period, by = years.of_rows(extract, table, frame)
        if period:
            days = years.days_in(period, extract, table, frame)
            empty = empty_months(days, period, extract.period_type) if is_of_events(table) else ""
            lasts = (days[0], days[-1]) if days else None
            return replace(seen, period=period, by=by, days=lasts, empty=empty)
    period = years.of_name(seen.file.stem, extract.period_type)
    return replace(seen, period=period, by=NAMED if period else "")

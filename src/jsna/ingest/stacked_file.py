"""A workbook in which tables stand below each other on one sheet, to a grid of each of them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

from jsna.ingest.grid import Findings, Grid
from jsna.ingest.header import plain
from jsna.ingest.typed_files import grid_of, lines_of, text_of
from jsna.machine import trouble
from jsna.model.contract import Table
from jsna.model.layouts import Place
from jsna.model.stacked import Stacked, StackedTable

#: Where in a workbook the names of its sheets are.
_NAMES: Final = "xl/workbook.xml"
_NOTE: Final = re.compile(r"\s*[(\r\n].*", re.DOTALL)
_NUMBER: Final = re.compile(r"\d+")
_Lines = Sequence[tuple[object, ...]]


def holds(content: bytes, form: Stacked | None) -> bool:
    """Whether a file is a workbook with the sheet of a form."""
    if form is None or content[:4] != b"PK\x03\x04":
        return False
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).read(_NAMES)
    except Exception as error:
        trouble.pass_on(error)
        return False
    return f'name="{escape(form.sheet)}"'.encode() in names


def read_stacked(content: bytes, form: Stacked, table: Table, findings: Findings) -> Grid | None:
    """One table of the sheet, under its declared headers; None where it cannot be read.

    Args:
        content: bytes of a workbook that holds the sheet.
        form: the form of the return.
        table: the declaration.
        findings: where problems go.
    """
    found = lines_of(content, table, findings, Place(sheet=form.sheet))
    if found is None:
        return None
    lines, mac = found
    one = form.tables[table.name]
    first = [plain(text_of(line[0]) or "") if line else "" for line in lines]
    titles = {plain(title) for title in (*form.titles, *(t.title for t in form.tables.values()))}
    starts = [at for at, text in enumerate(first) if text in titles]
    own = [at for at in starts if first[at] == plain(one.title)]
    if len(own) != 1 or own[0] + 1 == len(lines):
        many = "more than once" if own else "nowhere"
        findings.refuse(
            "file.other_table",
            f"the sheet {form.sheet!r} has {one.title!r} {many} in its first column with a header "
            "below it: this is another version of the workbook; give the return as its XML, or "
            "as the export of COLLECT",
        )
        return None
    begin = own[0] + 1
    end = min([at for at in starts if at > begin], default=len(lines) + form.apart)
    return _table(lines[:end], begin, end - form.apart, one, form, mac, findings)


def _table(
    lines: _Lines,
    begin: int,
    end: int,
    one: StackedTable,
    form: Stacked,
    mac: bool,
    findings: Findings,
) -> Grid | None:
    """The rows below a header, under the declared names; further columns under their own."""
    said = [_NOTE.sub("", text_of(cell) or "") for cell in lines[begin]]
    under = {plain(text): at for at, text in reversed([*enumerate(said)]) if text}
    header, places = [], []
    for name, other in one.columns.items():
        if plain(other) in under:
            header.append(name)
            places.append(under[plain(other)])
    known = {plain(text) for text in (*one.columns.values(), *form.unused)}
    for text, at in under.items():
        if text not in known:
            header.append(said[at])
            places.append(at)
    number = under.get(plain(one.numbered))

    def stands(at: int) -> bool:
        """Whether a row is the table's: above the gap, or with a number all the same."""
        if at < end:
            return True
        cell = lines[at][number] if number is not None and number < len(lines[at]) else None
        return _NUMBER.fullmatch(text_of(cell) or "") is not None

    rows = [at for at in range(begin + 1, len(lines)) if stands(at)]
    below = [
        tuple(lines[at][place] if place < len(lines[at]) else None for place in places)
        for at in rows
    ]
    return grid_of(header, below, [at + 1 for at in rows], mac, findings)

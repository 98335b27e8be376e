"""A file nobody has declared, read by the reader of the build: its header, then its cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from jsna.drafting.cells import NEARLY_ALL, Cells
from jsna.drafting.guess import identifier, known_headers
from jsna.drafting.opening import TITLE, Opened
from jsna.drafting.writable import has_form
from jsna.errors import JsnaError, Problem
from jsna.ingest.header import plain
from jsna.model.contract import Column, Table
from jsna.sources import registry

_NOTHING: Final = frozenset(
    {"tbc", "tba", "unknown", "notknown", "unk", "na", "none", "null", "nil", "pending", "missing"}
)


def cells_of(opened: Opened) -> tuple[list[Cells], frozenset[int]]:
    """Every column of a file that has a header.

    Returns:
        the columns, and the numbers of rows that are one above over again in every cell.

    Raises:
        JsnaError: telling at once all for which a build would refuse the file.
    """
    header = _header(opened)
    shown = [text.strip() for text in header]
    if wrong := _unfit(opened.name, shown):
        raise JsnaError(wrong, title=TITLE)
    every = tuple(
        Column(text, f"column_{place}", "string", text, nullable=True)
        for place, text in enumerate(shown)
    )
    reading = opened.read(Table("file", "A row of the file.", every))
    problems = list(reading.findings.problems)
    frame = reading.frame
    found = []
    if frame is not None:
        for column in every:
            values = frame[column.field].dropna()
            found.append(Cells(column.name, tuple(map(str, values)), len(frame)))
    if frame is not None and (wrong := _no_header(opened.name, found)):
        # What is said of columns names what stands over them.
        problems = [*wrong, *(one for one in problems if one.column is None)]
    if other := _declared(shown):
        rule = f"its header is that of {other}, which has a source; name the file in an edition"
        problems.append(Problem(opened.name, rule, code="new.declared"))
    if problems:
        raise JsnaError(problems, title=TITLE)
    copies: frozenset[int] = frozenset()
    if frame is not None:
        again = frame.duplicated([column.field for column in every])
        copies = frozenset(map(int, frame.loc[again, "source_row"]))
    return found, copies


def _header(opened: Opened) -> list[str]:
    """The first line below titles: more than half of it is filled."""
    lines = [line for line in opened.lines if _filled(line)]
    often = Counter(map(len, lines))
    width = max(often, key=lambda size: (often[size], size), default=0)
    return list(next((line for line in lines if _filled(line) > width / 2), ()))


def _filled(line: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in line)


def _is_header(cell: str) -> bool:
    said = Cells(cell.strip(), (), 0)
    # What a record says where it says nothing, or yes and no, is over no column.
    answer = Cells("", (said.header,), 1).yes_no or said.key in _NOTHING
    return said.is_header and not has_form(said.header) and not answer


def _unfit(name: str, shown: list[str]) -> list[Problem]:
    """What no header can be, by the numbers of the columns: no text of the line is told."""
    numbers = [place for place, text in enumerate(shown, 1) if not _is_header(text)]
    if numbers:
        return [_like_a_record(name, numbers)]
    places: dict[str, list[int]] = {}
    for place, text in enumerate(shown, 1):
        places.setdefault(plain(text), []).append(place)
    rule = "columns have the same header: {}; give each column a header of its own"
    return [
        Problem(
            name,
            f"{'two' if len(same) == 2 else len(same)} {rule.format(columns(same))}",
            code="new.header_twice",
        )
        for same in places.values()
        if len(same) > 1
    ]


def _like_a_record(name: str, numbers: list[int]) -> Problem:
    rule = (
        f"what stands over {columns(numbers)} is no header, but like a record; put a row of "
        "headers on top, in words"
    )
    return Problem(name, rule, code="new.header")


def columns(numbers: Sequence[int]) -> str:
    """Columns by their numbers, in words: a header may be a record's, and is not told."""
    *others, last = map(str, numbers)
    return f"columns {', '.join(others)} and {last}" if others else f"column {last}"


def _no_header(name: str, found: list[Cells]) -> list[Problem]:
    """Columns over which no header stands; what does is not told, as it may be of a record."""
    if numbers := [place for place, one in enumerate(found, 1) if one.is_a_cell]:
        return [_like_a_record(name, numbers)]
    if any(map(_differs, found)):
        return []
    rule = (
        "nothing tells its first line from a record, as all its columns are of text under headers "
        "no source has; put headers on top, and ask for a column of days, numbers or identifiers"
    )
    return [Problem(name, rule, code="new.header")]


def _differs(cells: Cells) -> bool:
    """Whether a header is one because it is known, or because its cells are no words."""
    known = bool(identifier(cells)) or cells.key in known_headers()
    return known or cells.numbers or cells.yes_no or cells.days >= NEARLY_ALL


def _declared(header: list[str]) -> str:
    """The declared table all of whose required columns are in a header, in words."""
    cells = {plain(text) for text in header}
    for extract in registry().values():
        for table in extract.tables:
            needed = [column for column in table.columns if column.required]
            names = ({plain(name) for name in (c.name, *c.aliases)} for c in needed)
            if needed and all(cells & one for one in names):
                return f"the table {table.name!r} of {extract.title}"
    return ""

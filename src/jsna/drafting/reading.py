"""A file nobody has declared, read by the reader of the build: its header, then its cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from jsna.drafting.cells import NEARLY_ALL, Cells
from jsna.drafting.guess import identifier, known_headers
from jsna.drafting.opening import TITLE, Opened
from jsna.drafting.writable import has_form
from jsna.errors import JsnaError, Problem
from jsna.ingest.header import plain
from jsna.model.contract import Column, Table
from jsna.sources import registry

if TYPE_CHECKING:
    import pandas as pd

_NOTHING: Final = frozenset(
    {"tbc", "tba", "unknown", "notknown", "unk", "na", "none", "null", "nil", "pending", "missing"}
)
#: Rows that show of which kind a column is.
_BELOW: Final = 3
#: What says of a header that it is about one child, whose year of birth stands in it.
_BORN: Final = re.compile(r"\bborn\b.*\d", re.IGNORECASE)


def cells_of(opened: Opened) -> tuple[list[Cells], frozenset[int]]:
    """Every column of a file that has a header.

    Returns:
        the columns, and the numbers of rows that are one above over again in every cell.

    Raises:
        JsnaError: telling at once all for which a build would refuse the file.
    """
    header, below = _header(opened)
    shown = [text.strip() for text in header]
    if wrong := [*_unfit(opened.name, shown), *_on_top(opened.name, below)]:
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
        found = _with_holders(found, frame)
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


def _header(opened: Opened) -> tuple[list[str], list[tuple[str, ...]]]:
    """The first line below titles, more than half of which is filled, and those below it."""
    lines = [line for line in opened.lines if _filled(line)]
    often = Counter(map(len, lines))
    width = max(often, key=lambda size: (often[size], size), default=0)
    at = next((at for at, line in enumerate(lines) if _filled(line) > width / 2), len(lines))
    return [cell for line in lines[at : at + 1] for cell in line], lines[at + 1 :]


def _on_top(name: str, below: Sequence[Sequence[str]]) -> list[Problem]:
    """A line above the headers, as of whom a file is: below it stand words over days and numbers.

    Args:
        name: of the file.
        below: the lines below what was taken for the headers.
    """
    if len(below) <= _BELOW:
        return []
    kinds = []
    for at, text in enumerate(below[0]):
        rest = Cells("", tuple(v for row in below[1:] for v in row[at : at + 1] if v.strip()), 0)
        if rest.values and _no_words(rest):
            kinds.append(bool(text.strip()) and not _no_words(Cells("", (text.strip(),), 1)))
    if not kinds or not all(kinds):
        return []
    rule = (
        "its headers seem to stand one row lower, below a line that may say of whom it is: take "
        "out all that stands above the row of headers"
    )
    return [Problem(name, rule, code="new.header")]


def _no_words(cells: Cells) -> bool:
    """Whether cells are days, numbers or answers, but for those that say there is none."""
    kept, _ = cells.without_none
    return not kept.values or (
        kept.numbers or kept.marked or kept.yes_no or kept.days >= NEARLY_ALL
    )


def _with_holders(found: list[Cells], frame: pd.DataFrame) -> list[Cells]:
    """The columns, each with how many persons have each of its cells, where the file names any."""
    kinds = {identifier(one): f"column_{place}" for place, one in enumerate(found)}
    who = next(([kinds[k]] for k in ("upn", "nhs_number") if k in kinds), None)
    who = who or [kinds[k] for k in ("surname", "forename", "date_of_birth") if k in kinds]
    if not who:
        return found
    # However a number is spaced; rows that do not say all of it might be of one counted already.
    said = frame[who].apply(
        lambda column: column.astype("string").str.replace(r"\W", "", regex=True)
    )
    known = said.notna().all(axis=1)
    names = said[known].agg("|".join, axis=1).str.casefold()
    made = []
    for place, one in enumerate(found):
        texts = frame.loc[known, f"column_{place}"].dropna().map(str).str.casefold()
        made.append(replace(one, holders=names.loc[texts.index].groupby(texts).nunique().to_dict()))
    return made


def _filled(line: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in line)


def _is_header(cell: str) -> bool:
    said = Cells(cell.strip(), (), 0)
    # What a record says where it says nothing, or yes and no, is over no column.
    answer = Cells("", (said.header,), 1).yes_no or said.key in _NOTHING
    born = _BORN.search(said.header)
    return said.is_header and not has_form(said.header) and not answer and not born


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

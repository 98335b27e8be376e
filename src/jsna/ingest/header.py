"""Finding the header of a file and matching it to the declared columns.

Headers are compared without case, spaces or punctuation. A line that holds few of the declared
names is not taken for a header and its text is not shown: it may be a child's record.

Where a column is missing a header like its name is pointed out, to be asked about. Never for a
column that says which row or person a row belongs to, and never a header that is the name of some
declared column: following such advice would put children's records on other children.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from jsna.ingest.grid import Findings, listed_texts
from jsna.model.contract import Column, Table
from jsna.model.layouts import LAST_ROW, Place

#: Lines searched for the header below titles and notes.
SEARCHED = LAST_ROW
#: Share of the required columns a line must hold to be taken for the header.
ENOUGH = 0.5
#: How alike (difflib ratio) an unknown header must be to be suggested for a missing column.
ALIKE = 0.6
#: Columns that a sheet of a workbook may have; no return has as many.
MOST_COLUMNS = 16_384
#: Headers among which names like the declared ones are looked for, which is slow.
MOST_NEAR = 500
#: Unknown columns named in the line that tells them.
MOST_NAMED = 12
#: Ends of headers of keys of an export's own, declared or not.
_KEYS = ("id", "ids", "key", "number", "no", "ref", "reference", "upn", "uln", "urn", "ukprn")
_NUMBER = re.compile(r"\d+")
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
#: What may be shown of a header nobody declared: words, not dates, codes or identifiers.
SHOWABLE = re.compile(r"(?!(?:.*\d){5})[^\W\d][\w .()/%-]{0,39}")

#: What a cell of a record is like: a day, an identifier, a long number.
_OF_A_RECORD = re.compile(r"(?:.*\d){5}", re.DOTALL)


@lru_cache(maxsize=8192)
def plain(name: str) -> str:
    """A header without case, spaces and punctuation."""
    return "".join(character for character in name.casefold() if character.isalnum())


def of_its_own(title: str, other: str, name: str) -> bool:
    """Whether another sheet than a table's is a list of its own.

    One of another year, as in workbooks of population; or one of another number, where the table is
    called so and its sheet by it: lists 1 to 10 of one form have much the same headers.
    """
    number = _NUMBER if plain(title) == plain(name) else _YEAR
    return title != other and len({number.sub("#", one) for one in (title, other)}) == 1


def names(column: Column) -> tuple[str, ...]:
    """The headers a column may stand under, the declared one first."""
    return (column.name, *column.aliases)


def too_wide(cells: int, findings: Findings, row: int = 1) -> bool:
    """Refuse a file with a row of more cells than any table has; whether it has one."""
    if cells <= MOST_COLUMNS:
        return False
    findings.refuse(
        "file.wide",
        f"there are {cells:,} cells side by side, and a spreadsheet has at most {MOST_COLUMNS:,} "
        "columns: rows and columns were turned, or the ends of lines lost; export it again",
        row=row,
    )
    return True


@dataclass(frozen=True, slots=True)
class Located:
    """A line that looks like the header: its place (0 is the first line) and what it matches."""

    index: int
    matched: int
    enough: bool


def locate(lines: Sequence[Sequence[str]], table: Table, place: Place | None = None) -> Located:
    """The line among `lines` that matches most declared columns, the first of equals.

    Only where no line holds enough of the exact names are similar ones looked for, which is slow:
    a header all of whose names were changed is still recognised. Where the layout of the file says
    on which row the header stands, no other line is one.
    """
    if place is not None and place.header_row is not None:
        row = place.header_row
        found = locate(lines[row - 1 : row], table)
        return Located(row - 1, found.matched, found.enough)
    known = {plain(name): column.field for column in table.columns for name in names(column)}
    required = [column for column in table.columns if column.required] or list(table.columns)
    needed = ENOUGH * len(required)
    best = Located(0, 0, False)
    for index, line in enumerate(lines[:SEARCHED]):
        cells = {plain(cell) for cell in line}
        matched = len({known[cell] for cell in cells if cell in known})
        if matched > best.matched:
            best = Located(index, matched, matched >= needed)
    if best.enough:
        return best
    for index, line in enumerate(lines[:SEARCHED]):
        cells = {plain(cell) for cell in line} - {""}
        if needed <= len(cells) <= MOST_NEAR:
            near = sum(_nearest(column, cells) is not None for column in required)
            if near >= needed and near > best.matched:
                best = Located(index, near, True)
    return best


def match(header: Sequence[str], table: Table, findings: Findings) -> dict[str, int]:
    """Where each declared field stands in the file.

    Records missing and duplicate columns as problems, unknown ones as warnings. Where a required
    column is missing the closest unknown header is suggested.

    Returns:
        field -> position in `header`, for the declared columns found.
    """
    places: dict[str, list[int]] = {}
    for position, text in enumerate(header):
        places.setdefault(plain(text), []).append(position)
    found: dict[str, int] = {}
    used: set[int] = set()
    for column in table.columns:
        positions = sorted({p for name in names(column) for p in places.get(plain(name), [])})
        used.update(positions)
        if positions:
            found[column.field] = positions[0]
        if len(positions) > 1:
            shown = ", ".join(f"{p + 1} ({header[p].strip()!r})" for p in positions)
            findings.refuse(
                "column.duplicate",
                f"the column stands {len(positions)} times, as columns {shown}; "
                "ask its owner which is meant, and for a file of that one",
                column=column.name,
            )
    unknown = {p for p, text in enumerate(header) if p not in used and text.strip()}
    missing = [c for c in table.columns if c.required and c.field not in found]
    if missing:
        _refuse_other_table([header], table, findings)
    suggested = _report_missing(missing, table, header, unknown, findings)
    _tell_unknown(sorted(unknown - suggested), header, findings)
    return found


def _tell_unknown(positions: Sequence[int], header: Sequence[str], findings: Findings) -> None:
    """Columns nobody declared, in one line, whatever their number."""
    if not positions:
        return
    showable = _showable(header)
    shown = [
        f"{p + 1:,} {header[p].strip()!r}" if p in showable else f"{p + 1:,}" for p in positions
    ]
    named = listed_texts(shown, "is", "are", most=MOST_NAMED, noun="column")
    used = "is not used" if len(shown) == 1 else "are not used"
    findings.warn("column.unknown", f"{named} not declared for this table and {used}")


def _showable(header: Sequence[str]) -> frozenset[int]:
    """Which headers may be said: none where the line has run together with records."""
    if any(_OF_A_RECORD.match(text) for text in header):
        return frozenset()
    return frozenset(p for p, text in enumerate(header) if SHOWABLE.fullmatch(text))


def refuse_without_header(
    lines: Sequence[Sequence[str]], table: Table, findings: Findings, place: Place | None = None
) -> None:
    """Record that no line of a file is the table's header, or whose header it is instead."""
    if place is not None and place.header_row is not None:
        row = place.header_row
        if locate(lines, table).enough:
            row = locate(lines, table).index + 1
            rule = f"the mapping has the header on row {place.header_row}, and it stands on row "
            findings.refuse("file.header_row", f"{rule}{row}: put `header_row` right", row=row)
            return
    if not _refuse_other_table(lines[:SEARCHED], table, findings):
        findings.refuse(
            "file.header_missing",
            f"no header was found in the first {SEARCHED} rows; expected a row with the columns "
            f"{expected(table)} …; if it was deleted, or sorted among the rows, ask for the file "
            "again; if it is another file, name this one",
        )


def _refuse_other_table(lines: Sequence[Sequence[str]], table: Table, findings: Findings) -> bool:
    other = next((found for line in lines if (found := _other_table(line))), None)
    if other is not None:
        findings.refuse(
            "file.other_table",
            f"the header is that of {other}: check which file stands for {table.name!r} in the "
            "edition, and rename no column",
        )
    return other is not None


def _other_table(header: Sequence[str]) -> str | None:
    """The declared table whose every required column is here, in words; None where none is."""
    from jsna.sources import registry

    cells = {plain(cell) for cell in header}
    for extract in registry().values():
        for other in extract.tables:
            required = [column for column in other.columns if column.required]
            whole = all(cells & set(map(plain, names(column))) for column in required)
            if required and whole:
                return f"the table {other.name!r} of {extract.title}"
    return None


def joins(column: Column, table: Table) -> bool:
    """Whether a column says which row, person or place a row belongs to."""
    keys = {*table.key, *([table.parent[1]] if table.parent else [])}
    return (
        column.identifier is not None
        or (column.field in keys and column.type == "string")
        or plain(column.name).endswith(_KEYS)
    )


@cache
def _declared() -> frozenset[str]:
    """Every header some table declares."""
    from jsna.sources import registry

    return frozenset(
        plain(name)
        for extract in registry().values()
        for table in extract.tables
        for column in table.columns
        for name in names(column)
    )


def _report_missing(
    missing: Sequence[Column],
    table: Table,
    header: Sequence[str],
    unknown: set[int],
    findings: Findings,
) -> set[int]:
    """Record each missing column; return the positions of headers that may stand for one.

    A header like the names of two missing columns, or a column like two headers, says nothing.
    """
    free = {
        text: p
        for p in sorted(unknown & _showable(header))
        if (text := plain(header[p])) not in _declared() and not text.endswith(_KEYS)
    }
    if len(free) > MOST_NEAR:
        free = {}
    near = {
        column.field: None if joins(column, table) else _nearest(column, set(free))
        for column in missing
    }
    claimed = [name for name in near.values() if name is not None]
    suggested: set[int] = set()
    for column in missing:
        name = near[column.field]
        rule = "this column is missing; the table cannot be used without it"
        if name is not None and claimed.count(name) == 1:
            suggested.add(free[name])
            rule += (
                f". Column {free[name] + 1} {header[free[name]].strip()!r} has a name like it: "
                "ask the owner of the extract whether it holds the same"
            )
        elif joins(column, table):
            rule += (
                ". It says which rows belong together, and no other column can stand for it: have "
                "the file exported again with it"
            )
        findings.refuse("column.missing", rule, column=column.name)
    return suggested


def _nearest(column: Column, cells: set[str]) -> str | None:
    best: tuple[float, str] | None = None
    for name in names(column):
        for near in difflib.get_close_matches(plain(name), sorted(cells), n=1, cutoff=ALIKE):
            score = difflib.SequenceMatcher(None, plain(name), near).ratio()
            if best is None or score > best[0]:
                best = (score, near)
    return None if best is None else best[1]


def expected(table: Table, most: int = 6) -> str:
    """The first declared column names, for a message about a file without a header."""
    shown = [column.name for column in table.columns if column.required][:most]
    return ", ".join(shown)


def refuse_above(
    lines: Sequence[Sequence[str]], index: int, findings: Findings, place: Place | None = None
) -> None:
    """Record that rows stand above the header: titles to pass over, or records to keep.

    Args:
        lines: the first lines of the file.
        index: of the header among them.
        place: where its layout has the table, of a file that has one: titles are then expected.
    """
    if not index or (place is not None and place.header_row is not None):
        return
    filled = [sum(1 for cell in line if cell.strip()) for line in lines[: index + 1]]
    row = index + 1
    if any(2 * cells > filled[index] for cells in filled[:index]):
        rule = (
            f"the header stands on row {row}, below rows that look like records: the rows were "
            "sorted together with it; ask its owner to export it again"
        )
        findings.refuse("file.header_moved", rule, row=row)
        return
    if place is not None:
        return
    above = {1: "row 1", 2: "rows 1 and 2"}.get(index, f"rows 1 to {index}")
    rule = f"the header stands on row {row}, below {above} of titles or blank lines; "
    rule += "`jsna map` writes a mapping that says so, and the file stays as it came"
    findings.refuse("file.title_above", rule, row=row)

"""Finding the header of a file and matching it to the declared columns.

Headers are compared without case, spaces or punctuation. A line that holds few of the declared
names is not taken for a header and its text is not shown: it may be a child's record.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from jsna.extracts.base import Column, Table
from jsna.ingest.grid import Findings

#: Lines searched for the header below titles and notes.
SEARCHED = 30
#: Share of the required columns a line must hold to be taken for the header.
ENOUGH = 0.5
#: How alike (difflib ratio) an unknown header must be to be suggested for a missing column.
ALIKE = 0.6
#: What may be shown of a header nobody declared: words, not dates, codes or identifiers.
_SHOWABLE = re.compile(r"(?!(?:.*\d){5})[^\W\d][\w .()/%-]{0,39}")


def plain(name: str) -> str:
    """A header without case, spaces and punctuation."""
    return "".join(character for character in name.casefold() if character.isalnum())


def names(column: Column) -> tuple[str, ...]:
    """The headers a column may stand under, the declared one first."""
    return (column.name, *column.aliases)


@dataclass(frozen=True, slots=True)
class Located:
    """A line that looks like the header: its place (0 is the first line) and what it matches."""

    index: int
    matched: int
    enough: bool


def locate(lines: Sequence[Sequence[str]], table: Table) -> Located:
    """The line among `lines` that matches most declared columns, the first of equals.

    Only where no line holds enough of the exact names are similar ones looked for, which is slow:
    a header all of whose names were changed is still recognised.
    """
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
        if len(cells) >= needed:
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
                "keep one and delete the others",
                column=column.name,
            )
    unknown = {p for p, text in enumerate(header) if p not in used and text.strip()}
    missing = [c for c in table.columns if c.required and c.field not in found]
    suggested = _report_missing(missing, header, unknown, findings)
    for position in sorted(unknown - suggested):
        shown = f"{header[position].strip()!r} " if _SHOWABLE.fullmatch(header[position]) else ""
        findings.warn(
            "column.unknown",
            f"column {position + 1} {shown}is not declared for this table and is not used",
        )
    return found


def _report_missing(
    missing: Sequence[Column], header: Sequence[str], unknown: set[int], findings: Findings
) -> set[int]:
    """Record each missing column; return the positions of headers suggested instead."""
    suggested: set[int] = set()
    for column in missing:
        free = {plain(header[p]): p for p in sorted(unknown - suggested)}
        near = _nearest(column, set(free))
        rule = "this column is missing; the table cannot be used without it"
        if near is not None:
            suggested.add(free[near])
            rule = (
                f"this column is missing; column {free[near] + 1} "
                f"{header[free[near]].strip()!r} may be it under another name: rename it back"
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


def above(index: int) -> str:
    """The rows above a header at `index` (0 is the first line), in words."""
    return {1: "row 1", 2: "rows 1 and 2"}.get(index, f"rows 1 to {index}")

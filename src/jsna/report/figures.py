"""Figures as the chart stage left them: images with their titles and the cells of their tables."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from markupsafe import Markup

from jsna.report.marks import cell
from jsna.view.rows import Measures, Row
from jsna.view.words import SYMBOLS, symbol_note

#: Columns of numbers beside the row labels that fit the page; wider tables are split.
MOST_COLUMNS: Final = 7
#: Rows of one table in the annex; the rest is in the open data.
MOST_ROWS: Final = 35
#: Most notes below a figure that are not the auditor's; the data tables have all.
_MOST_NOTES: Final = 6
#: Between two sentences.
_ENDS: Final = re.compile(r"(?<=[.])\s+(?=[A-Z])")


#: Rows of a table: a label and its cells.
Body: TypeAlias = tuple[tuple[str, tuple[Markup, ...]], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table ready to print: the first header stands over the row labels."""

    caption: str
    header: tuple[str, ...]
    rows: Body
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its image (and that for a narrow screen), the words around it, its tables."""

    id: str
    indicator: str
    chapter: str
    type: str
    svg: Markup
    narrow: Markup
    title: str
    subtitle: str
    note: str
    sources: tuple[str, ...]
    tables: tuple[Table, ...]
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class NumberedFigure:
    """A figure where it stands in a document.

    Attributes:
        number: as it is printed.
        anchor: id of the block around it.
        source: where it comes from, in words or as notes that are led to.
    """

    number: str
    anchor: str
    figure: Figure
    source: str


def load(folder: Path, view: Measures, read: Callable[[Path], str]) -> dict[str, list[Figure]]:
    """Figures by indicator, in the order they were drawn.

    Args:
        folder: `charts/` of the draft.
        view: safe measures, which the cells of the data tables name by key.
        read: opens a text file (guarded by the caller).
    """
    found: dict[str, list[Figure]] = {}
    for entry in json.loads(read(folder / "figures.json"))["figures"]:
        svg, narrow = (Markup(read(folder / entry[layout])) for layout in ("file", "narrow"))
        found.setdefault(entry["indicator"], []).append(_figure(entry, svg, narrow, view))
    return found


def _figure(entry: Mapping[str, Any], svg: Markup, narrow: Markup, view: Measures) -> Figure:
    rows = [(label, [(c["key"], c["field"]) for c in cells]) for label, cells in entry["rows"]]
    keys = [key for _, cells in rows for key, _ in cells if key]
    shown = [view.by_key[key] for key in dict.fromkeys(keys) if key in view.by_key]
    return Figure(
        id=entry["id"],
        indicator=entry["indicator"],
        chapter=entry["chapter"],
        type=entry["type"],
        svg=svg,
        narrow=narrow,
        title=entry["title"],
        subtitle=entry["subtitle"],
        note=once([entry.get("note", "")]),
        sources=tuple(entry.get("sources") or view.sources(shown)),
        tables=tuple(tables(entry["subtitle"], entry["header"], rows, view)),
        keys=frozenset(keys),
    )


def tables(
    caption: str,
    header: Sequence[str],
    rows: Sequence[tuple[str, Sequence[tuple[str, str]]]],
    view: Measures,
) -> list[Table]:
    """Data tables of a figure, split by columns where they are too wide for the page."""
    if not header:
        return []
    width = len(header) - 1
    parts = -(-width // MOST_COLUMNS)
    step = -(-width // parts) if parts else 1
    made = []
    kept = rows[:MOST_ROWS]
    for part in range(parts):
        columns = slice(part * step, (part + 1) * step)
        body: Body = tuple(
            (label, tuple(_cell(key, field, view) for key, field in cells[columns]))
            for label, cells in kept
        )
        title = caption if parts == 1 else f"{caption} (part {part + 1} of {parts})"
        made.append(Table(title, (header[0], *header[1:][columns]), body, _note(rows, body, view)))
    return made


def _cell(key: str, field: str, view: Measures) -> Markup:
    row: Row | None = view.by_key.get(key)
    if row is None:
        return Markup("[x]")
    declared = view.declared(row.indicator)
    return cell(row, declared.decimals if declared else 1, field)


def shorthand(body: Body) -> str:
    """The shorthand that stands in a table's cells, explained."""
    cells = [str(cell) for _, row in body for cell in row]
    return symbol_note([s for s, mark in SYMBOLS.items() if any(mark in text for text in cells)])


def notes(rows: Sequence[Row], most: int | None = None) -> list[str]:
    """What is said of rows, once each.

    What the auditor says of a figure stands beside it, before what is said of every figure.

    Args:
        rows: of a table.
        most: most notes that are not the auditor's; all where it is None.
    """
    said = sorted({row.note for row in rows if row.note and row.audited})
    return [*said, *sorted({row.note for row in rows if row.note and not row.audited})[:most]]


def once(parts: Iterable[str]) -> str:
    """Parts as one text without its last full stop, each sentence once.

    Notes of figures that were added up, or of two periods, begin or end alike.
    """
    lines = (line.rstrip(".") for part in parts for line in _ENDS.split(part) if line)
    return ". ".join(dict.fromkeys(lines))


def _note(rows: Sequence[tuple[str, Sequence[tuple[str, str]]]], body: Body, view: Measures) -> str:
    keys = [key for _, cells in rows for key, _ in cells]
    parts = [shorthand(body)]
    parts += notes([view.by_key[k] for k in keys if k in view.by_key], _MOST_NOTES)
    if len(rows) > MOST_ROWS:
        parts.append(f"The first {MOST_ROWS} rows are shown; all are in the open data")
    return once(parts)

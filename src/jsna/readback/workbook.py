"""Reads a workbook with a library that wrote neither of them, and judges every cell of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from jsna.readback import parts
from jsna.readback.asked import Asked
from jsna.readback.figures import FIELDS, PUBLISHED, Figures, Value, expected
from jsna.readback.printed import Measure
from jsna.readback.result import HIDDEN, MEASURE, Tally

Rows = list[list[Value]]
#: Says of a text in a place: (number, type) of every number in it; the type is empty for none.
Judge = Callable[[str, str], list[tuple[str, str]]]
#: Sheets whose words are those of a list the report prints -> the place they are judged in.
_PLACES: Final = {
    "Sources": "p.citation", "Indicators": "words", "Notes": "words", "Questions": "words",
}  # fmt: skip
QUESTIONS: Final = "Questions"
SHEET: Final = "sheet"
_NOTE: Final = re.compile(r"\[note (\d+)\]")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
#: Columns that say what a row is of, by its kind of table.
_LABELS: Final = ("Indicator", "Unit", "Period", "Split by", "Group")
_WORDS: Final = ("Source", "Notes")


def sheets(file: Path) -> dict[str, Rows]:
    """Sheet -> its rows, each as long as the longest; an empty cell is "", a number a float."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    with CalamineWorkbook.from_path(file) as book:
        shown = [
            one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible
        ]
        return {
            name: [
                [float(cell) if isinstance(cell, int | float) else str(cell) for cell in row]
                for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            ]
            for name in shown
        }


class Workbooks:
    """Judges the workbooks of an edition, which must say the same.

    Args:
        figures: looks a measure up by words.
        judge: types of numbers in words.
        asked: the questions, as the measures answer them; None where nobody here knows.
    """

    def __init__(self, figures: Figures, judge: Judge, asked: Asked | None) -> None:
        self._figures, self._judge, self._asked = figures, judge, asked
        self._first: tuple[str, Mapping[str, Rows]] | None = None

    def read(self, file: Path, tally: Tally) -> None:
        """Judge one workbook."""
        found = parts.read(file, tally)
        for text in found.properties:
            # A date of the document is that of a page; anything else is words.
            self._text(text, "@content" if _DAY.fullmatch(text) else SHEET, "properties", tally)
        book = sheets(file)
        texts = {cell for rows in book.values() for row in rows for cell in row}
        for text in found.strings:
            if text not in texts:
                tally.wrong("a text is kept that no cell shows", printed=text[:40], code="part")
        for name, shown in found.shown.items():
            self._shown(name, shown, book.get(name, []), tally)
        notes = {str(row[0]) for row in book.get("Notes", [])}
        for name, rows in book.items():
            self._text(name, SHEET, name, tally)
            self._sheet(name, rows, notes, tally)
        if self._first is None:
            self._first = tally.output, book
        elif self._first[1] != book:
            self._apart(book, tally)

    def _apart(self, book: Mapping[str, Rows], tally: Tally) -> None:
        other, first = self._first or ("", {})
        apart = [n for n in dict.fromkeys([*first, *book]) if first.get(n) != book.get(n)]
        for name in apart or ["the order of sheets"]:
            tally.wrong(f"differs from the same of {other}", place=name, code="workbook")

    def _shown(
        self, name: str, shown: list[list[tuple[str, str | None]]], rows: Rows, tally: Tally
    ) -> None:
        """Whether an .ods shows what its cells hold, and nothing else is in it."""
        cells = [cell for row in rows for cell in row if cell != ""]
        given = [cell for row in shown for cell in row if cell != ("", None)]
        same = len(cells) == len(given) and all(
            text == cell if value is None else _number(text) == cell == _number(value)
            for (text, value), cell in zip(given, cells, strict=True)
        )
        if not same:
            tally.wrong("shows something else than its cells hold", place=name, code="part")

    # -- sheets ----------------------------------------------------------------------------------

    def _sheet(self, name: str, rows: Rows, notes: set[str], tally: Tally) -> None:
        filled = [sum(cell != "" for cell in row) for row in rows]
        top = next((at for at, count in enumerate(filled) if count > 1), len(rows))
        place = _PLACES.get(name, SHEET)
        for at, row in enumerate(rows):
            if "" in row[: 1 if at < top else None]:
                tally.wrong("has an empty cell", place=name, row=at + 1, code="blank")
        for row in rows[:top]:
            self._text(row[0], SHEET, name, tally)
        if top == len(rows):
            return
        header = [str(head) for head in rows[top]]
        figures = _columns(header)
        if name == QUESTIONS and self._asked is not None:
            self._asked.sheet(header, rows[top + 1 :], tally)
        if len(set(header)) < len(header):
            tally.wrong("two columns have one heading", place=name, code="heading")
        for head in header:
            self._text(head, "th" if place == SHEET else place, name, tally)
        for at, row in enumerate(rows[top + 1 :], top + 2):
            line = dict(zip(header, row, strict=True))
            if figures:
                self._figure_row(name, at, line, figures, notes, tally)
            else:
                for cell in row:
                    self._text(cell, place, name, tally, at)

    def _figure_row(
        self,
        name: str,
        at: int,
        line: Mapping[str, Value],
        figures: Mapping[str, tuple[str, str]],
        notes: set[str],
        tally: Tally,
    ) -> None:
        title, period = str(line["Indicator"]), str(line["Period"])
        for column in (*_LABELS[1:2], *_WORDS):
            said = str(line[column])
            for note in _NOTE.findall(said):
                if f"note {note}" not in notes:
                    tally.wrong("there is no such note", place=column, row=at, code="note")
            self._text(_NOTE.sub("", said), "p.source", name, tally, at)
        if "Group" in line:
            split, group = str(line["Split by"]), str(line["Group"])
            options = self._figures.of_group(title, period, split, group)
            cells = [(head, field, line[head]) for head, (_, field) in figures.items()]
            self._held(f"{title}, {period}, {group}", name, at, options, cells, tally)
            return
        areas: dict[str, list[tuple[str, str, Value]]] = {}
        for head, (area, field) in figures.items():
            areas.setdefault(area, []).append((head, field, line[head]))
        for area, cells in areas.items():
            options = self._figures.of_place(title, period, area)
            # What is published and not counted here stands in a column of its own, if there is one.
            apart = f"{area}{PUBLISHED}" in areas and not self._figures.local(title, period, area)
            if (apart or not options) and all(cell == "[x]" for _, _, cell in cells):
                tally.counts[HIDDEN] += len(cells)
                continue
            self._held(f"{title}, {period}, {area}", name, at, options, cells, tally)

    def _held(
        self,
        named: str,
        sheet: str,
        at: int,
        options: Sequence[Measure],
        cells: Sequence[tuple[str, str, Value]],
        tally: Tally,
    ) -> None:
        """Hold the cells of one figure to its measure: one of those its words may mean."""
        if not options:
            tally.wrong(f"no safe measure is called {named}", place=sheet, row=at, code="key")
            return
        for measure in options:
            if all(cell in expected(measure, field) for _, field, cell in cells):
                break
        else:
            for head, field, cell in cells:
                wanted = expected(options[0], field)
                if cell not in wanted:
                    rule = f"{named}: safe/ has {wanted[0]} here"
                    place = f"{sheet}, {head}"
                    tally.wrong(rule, place=place, row=at, printed=str(cell), code="value")
        for _, _, cell in cells:
            tally.counts[HIDDEN if isinstance(cell, str) else MEASURE] += 1

    def _text(
        self, text: Value, place: str, sheet: str, tally: Tally, row: int | None = None
    ) -> None:
        """Judge a cell of words."""
        if not isinstance(text, str):
            rule = "a number where no figure may stand"
            tally.wrong(rule, place=sheet, row=row, printed=str(text), code="unknown")
            return
        for number, kind in self._judge(" ".join(text.split()), place):
            tally.counts[kind] += 1
            if not kind:
                rule = f"no measure and no type of number is known for it in “{text[:80]}”"
                tally.wrong(rule, place=sheet, row=row, printed=number, code="unknown")


def _columns(header: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Heading -> (area, field) of each column of figures; none in a table of words."""
    if header[:1] != ["Indicator"] or header[-2:] != [*_WORDS]:
        return {}
    found = {}
    for head in header[:-2]:
        if head not in _LABELS:
            area, _, field = head.rpartition(": ")
            by_group = "Group" in header
            name = FIELDS.get(head.lower() if by_group else field)
            found[head] = (area, name) if name else (head, "value")
    return found


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "").replace("−", "-"))
    except ValueError:
        return float("nan")

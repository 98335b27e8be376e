"""Reads the open data: every row is held to the measure of its key, cell by cell."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from decimal import Context, Decimal, InvalidOperation
from operator import itemgetter
from typing import Final

import pandas as pd

from jsna.disclosure.readback.allowed import Allowed
from jsna.disclosure.readback.result import HIDDEN, MEASURE, Tally
from jsna.measures.schema import COLUMNS, KEY, NUMBERS, TEXT

#: Open data carry numbers to so many significant digits.
_DIGITS: Final = 10
_CONTEXT: Final = Context(prec=_DIGITS)
_FORMULA: Final = ("=", "+", "-", "@")
#: Columns of codes, and columns of words beside those of the measure table.
_CODES: Final = (*KEY, *TEXT)
_WORDS: Final = ("indicator_title", "area_name", "category_label", "status_meaning", "data")


class Tables:
    """The open data of one edition.

    Args:
        frame: safe measures of the edition.
        allowed: types of numbers in columns of words.
    """

    def __init__(self, frame: pd.DataFrame, allowed: Allowed) -> None:
        self._allowed = allowed
        self._numbers = list(zip(*(frame[name].tolist() for name in NUMBERS), strict=True))
        self._codes = list(zip(*(_plain(frame[name]) for name in _CODES), strict=True))
        self._rows = {codes[: len(KEY)]: row for row, codes in enumerate(self._codes)}
        #: Lines found right, with their measures shown and hidden, by header: the file of a
        #: chapter repeats lines of the file of all measures.
        self._right: dict[str, dict[str, tuple[int, int]]] = {}
        self._found: set[int] = set()

    def read(self, text: str, tally: Tally) -> None:
        """Judge one file: measures, or words about them."""
        lines = text.removeprefix("\ufeff").splitlines()
        header = next(csv.reader(lines[:1]), [])
        if set(COLUMNS) <= set(header):
            self._measures(lines, header, tally)
            return
        for number, cells in enumerate(csv.reader(lines), 1):
            for name, cell in zip(header, cells, strict=False):
                self._judge(cell, name, tally, number)

    def complete(self, tally: Tally) -> None:
        """Note measures that no file has."""
        lacking = len(self._rows) - len(self._found)
        if lacking:
            rule = f"{lacking:,} safe measures are in none of the files of open data"
            tally.wrong(rule, code="missing")

    def _measures(self, lines: Sequence[str], header: Sequence[str], tally: Tally) -> None:
        at = {name: place for place, name in enumerate(header)}
        for name in at.keys() - {*COLUMNS, *_WORDS}:
            tally.wrong("no column of this name is known", place=name, code="column")
        right = self._right.setdefault(lines[0], {})
        words: dict[str, set[str]] = {name: set() for name in _WORDS if name in at}
        codes = itemgetter(*(at[name] for name in _CODES))
        numbers = itemgetter(*(at[name] for name in NUMBERS))
        seen: set[str] = set()
        for number, line in enumerate(lines[1:], 2):
            if line in seen:
                tally.wrong("this row stands in the file before", row=number, code="repeated")
            seen.add(line)
            if line not in right:
                cells = next(csv.reader([line]))
                if len(cells) != len(header):
                    tally.wrong("has more or fewer cells than the header", row=number, code="row")
                    continue
                counted = self._row(codes(cells), numbers(cells), number, tally)
                if counted is None:
                    continue
                for name, values in words.items():
                    values.add(cells[at[name]])
                right[line] = counted
            tally.counts[MEASURE] += right[line][0]
            tally.counts[HIDDEN] += right[line][1]
        for name, values in words.items():
            for value in sorted(values):
                self._judge(value, name, tally)

    def _row(
        self, codes: tuple[str, ...], numbers: Sequence[str], number: int, tally: Tally
    ) -> tuple[int, int] | None:
        """How many numbers a row shows and hides; None where it is not its measure's."""
        key = "~".join(codes[1 : len(KEY)])
        row = self._rows.get(codes[: len(KEY)])
        if row is None:
            tally.wrong(f"no safe measure has the key {key}", row=number, code="key")
            return None
        self._found.add(row)
        ok = True
        for name, printed, value in zip(NUMBERS, numbers, self._numbers[row], strict=True):
            if not _same(printed, value):
                wanted = f"{_rounded(value):f}" if math.isfinite(value) else "nothing"
                rule = f"{key}: safe/ has {wanted} here"
                tally.wrong(rule, place=name, row=number, printed=printed, code="data")
                ok = False
        if codes != self._codes[row]:
            for name, printed, wanted in zip(_CODES, codes, self._codes[row], strict=True):
                if printed != wanted:
                    rule = f"{key}: safe/ has “{wanted}” here"
                    tally.wrong(rule, place=name, row=number, printed=printed, code="data")
            ok = False
        shown = sum(map(bool, numbers))
        return (shown, int(not numbers[NUMBERS.index("value")])) if ok else None

    def _judge(self, text: str, name: str, tally: Tally, row: int | None = None) -> None:
        """Judge a cell of words."""
        for number, kind in self._allowed.of(" ".join(text.split()), _place(name)):
            tally.counts[kind] += 1
            if not kind:
                rule = f"no measure and no type of number is known for it in “{text[:80]}”"
                tally.wrong(rule, place=name, printed=number, row=row, code="unknown")


def _place(name: str) -> str:
    return "label" if name == "category_label" else "words"


def _plain(column: pd.Series) -> list[str]:
    """Text as open data have it: on one line, and never a formula."""
    made = {text: " ".join(text.split()) for text in column.unique()}
    guarded = {key: "'" + v if v.startswith(_FORMULA) else v for key, v in made.items()}
    return [guarded[text] for text in column.tolist()]


def _rounded(value: float) -> Decimal:
    return _CONTEXT.create_decimal(Decimal(value))


def _same(printed: str, value: float) -> bool:
    """Whether a cell prints a number to the digits open data carry, and no further."""
    if not printed or not math.isfinite(value):
        return not printed and not math.isfinite(value)
    try:
        given = Decimal(printed)
    except InvalidOperation:
        return False
    return given.is_finite() and given == _rounded(value)

"""Reads the open data: every row is held to the measure of its key, cell by cell.

A file that has one measure of an indicator has them all, and one file has every measure.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Sequence
from decimal import Context, Decimal, InvalidOperation
from operator import itemgetter
from pathlib import Path
from typing import Final

import pandas as pd

from jsna import io
from jsna.formulas import guarded_line, unguarded
from jsna.model import open_data
from jsna.model.open_data import BY, CODES, FIGURES
from jsna.model.schema import KEY, NUMBERS, STATUS_WORDS, TEXT
from jsna.readback import standings
from jsna.readback.allowed import Allowed
from jsna.readback.names import Names
from jsna.readback.result import HIDDEN, MEASURE, Tally

#: Open data carry numbers to so many significant digits.
_DIGITS: Final = 10
_CONTEXT: Final = Context(prec=_DIGITS)
_CODES: Final = (*KEY, *TEXT)
#: The same but for breakdown and category, which a row has in its columns of dimensions.
_PLAIN: Final = tuple(name for name in _CODES if name not in open_data.SPLIT)
_AT: Final = KEY.index(open_data.SPLIT[0])
#: Columns of words beside those of the measure table.
_WORDS: Final = (*open_data.WORDS, open_data.MARK)
_INDICATOR, _AREA, _BREAKDOWN, _CATEGORY, _STATUS = (
    _CODES.index(name) for name in ("indicator", "area_code", "breakdown", "category", "status")
)
_SYNTHETIC: Final = "Synthetic"


class Tables:
    """The open data of one edition.

    Args:
        frame: safe measures of the edition.
        allowed: types of numbers in words about measures.
        names: what the codes are called.
        everyone: the table of standings.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        allowed: Allowed,
        names: Names,
        everyone: standings.Standings | None = None,
    ) -> None:
        self._everyone = everyone or standings.Standings((), {})
        self._allowed, self._names = allowed, names
        self._counts = Counter(frame["indicator"].tolist())
        self._numbers = list(zip(*(frame[name].tolist() for name in NUMBERS), strict=True))
        self._codes = list(zip(*(_plain(frame[name]) for name in _CODES), strict=True))
        self._rows = {codes[: len(KEY)]: row for row, codes in enumerate(self._codes)}
        #: Lines found right, with their indicator and numbers shown and hidden, by header: the
        #: file of a chart repeats lines of the file of all measures.
        self._right: dict[str, dict[str, tuple[str, int, int]]] = {}
        self._whole: Sequence[str] = ()
        self._called: dict[tuple[str, ...], tuple[frozenset[str], ...]] = {}

    def read(self, text: str, tally: Tally) -> None:
        """Judge one file: measures, or words about them."""
        lines = text.removeprefix("\ufeff").splitlines()
        header = next(csv.reader(lines[:1]), [])
        if standings.is_file(header):
            self._everyone.judge(lines, header, tally)
            return
        if set(open_data.PLAIN) <= set(header):
            self._measures(lines, header, tally)
            return
        if tuple(header[-len(CODES) :]) == CODES:
            self._labels(lines, header, tally)
            return
        for number, cells in enumerate(csv.reader(lines), 1):
            row = dict(zip(header, cells, strict=False))
            title = self._names.indicators.get(row.get("indicator", ""))
            if title is not None and row.get("title") != guarded_line(title):
                rule = f"this indicator is called “{title}”"
                tally.wrong(rule, place="title", row=number, printed=row["title"], code="words")
            for name, cell in row.items():
                self._judge(cell, name, tally, number)

    def complete(self, tally: Tally) -> None:
        """Note it where no file has every measure."""
        if not self._whole:
            tally.wrong("no file of open data has every safe measure", code="missing")

    def _measures(self, lines: Sequence[str], header: Sequence[str], tally: Tally) -> None:
        at = {name: place for place, name in enumerate(header)}
        dimensions = sorted(name for name in header if name.startswith(BY))
        known = {BY + name for name in self._names.categories}
        for name in sorted({*header} - {*open_data.PLAIN, *_WORDS} - known):
            tally.wrong("no column of this name is known", place=name, code="column")
        right = self._right.setdefault(lines[0], {})
        words: dict[str, int] = {name: at[name] for name in _WORDS if name in at}
        codes = itemgetter(*(at[name] for name in _PLAIN))
        split = [at[name] for name in dimensions]
        joined: dict[tuple[str, ...], tuple[str, str]] = {}
        numbers = itemgetter(*(at[name] for name in NUMBERS))
        seen: set[str] = set()
        found: Counter[str] = Counter()
        told = len(tally.problems)
        for number, line in enumerate(lines[1:], 2):
            if line in seen:
                tally.wrong("this row stands in the file before", row=number, code="repeated")
                continue
            seen.add(line)
            counted = right.get(line)
            if counted is None:
                cells = next(csv.reader([line]))
                if len(cells) != len(header):
                    tally.wrong("has more or fewer cells than the header", row=number, code="row")
                    continue
                groups = tuple(cells[place] for place in split)
                if (pair := joined.get(groups)) is None:
                    codes_of = map(unguarded, groups)
                    made = open_data.joined(dict(zip(dimensions, codes_of, strict=True)))
                    pair = joined[groups] = (guarded_line(made[0]), guarded_line(made[1]))
                plain = codes(cells)
                own = (*plain[:_AT], *pair, *plain[_AT:])
                given = self._row(own, numbers(cells), number, tally)
                said = {name: cells[place] for name, place in words.items()}
                if given is None or not self._said(own, said, number, tally):
                    found[own[_INDICATOR]] += 1
                    continue
                counted = right[line] = (own[_INDICATOR], *given)
            found[counted[0]] += 1
            tally.counts[MEASURE] += counted[1]
            tally.counts[HIDDEN] += counted[2]
        if f"/{FIGURES}/" in tally.output:
            return
        for name in sorted(found):
            # A row that is wrong was named already.
            if found[name] < self._counts[name] and len(tally.problems) == told:
                rule = f"has {self._counts[name] - found[name]:,} rows fewer of it than safe/"
                tally.wrong(rule, place="indicator", printed=name, code="missing")
        if found.keys() >= self._counts.keys():
            self._whole = lines

    def _labels(self, lines: Sequence[str], header: Sequence[str], tally: Tally) -> None:
        """Judge what codes are called."""
        for number, cells in enumerate(csv.reader(lines[1:]), 2):
            row = {name: unguarded(cell) for name, cell in zip(header, cells, strict=False)}
            column, code = row.get("column", ""), row.get("code", "")
            named = self._names.categories.get(column.removeprefix(BY), {})
            options = {STATUS_WORDS.get(code, "")} if column == "status" else named.get(code, ())
            if row.get("label") not in options:
                rule = f"{column}, {code}: is not called so here"
                tally.wrong(rule, row=number, printed=row.get("label", ""), code="words")
            if row.get("data", _SYNTHETIC) != _SYNTHETIC:
                tally.wrong("is marked otherwise", row=number, printed=row["data"], code="words")

    def read_parquet(self, file: Path, tally: Tally) -> None:
        """Judge the table of all measures: it is that of the CSV, which was read before it."""
        table = io.read_table(file)
        header, *rows = csv.reader(self._whole)
        if table.schema.metadata:
            tally.wrong("says something beside its columns", code="part")
        if table.column_names != header or table.num_rows != len(rows):
            tally.wrong("has other columns or rows than the CSV of all measures", code="data")
            return
        for at, name in enumerate(header):
            cells, wanted = table.column(name).to_pylist(), [row[at] for row in rows]
            if name in NUMBERS:
                same = cells == [float(cell) if cell else None for cell in wanted]
                tally.counts[MEASURE] += sum(cell is not None for cell in cells)
                tally.counts[HIDDEN] += cells.count(None) if name == "value" else 0
            else:
                same = cells == [*map(unguarded, wanted)]
            if not same:
                tally.wrong("differs from the CSV of all measures", place=name, code="data")

    def _said(
        self, codes: tuple[str, ...], said: dict[str, str], number: int, tally: Tally
    ) -> bool:
        """Whether the words of a row are those of its codes."""
        ok = True
        for name, options in zip(_WORDS, self._call(codes), strict=True):
            if name in said and said[name] not in options:
                wanted = " or ".join(sorted(options))
                rule = f"{'~'.join(codes[1 : len(KEY)])}: its codes are called “{wanted}” here"
                tally.wrong(rule, place=name, row=number, printed=said[name], code="words")
                ok = False
        return ok

    def _call(self, codes: tuple[str, ...]) -> tuple[frozenset[str], ...]:
        """What the columns of words may say of a row's codes."""
        places = (_INDICATOR, _AREA, _BREAKDOWN, _CATEGORY, _STATUS)
        key = tuple(codes[place] for place in places)
        made = self._called.get(key)
        if made is None:
            indicator, area, breakdown, category, status = (text.lstrip("'") for text in key)
            made = self._called[key] = tuple(
                frozenset(map(guarded_line, options))
                for options in (
                    {self._names.indicators.get(indicator, indicator)},
                    self._names.places.get(area, {area}),
                    self._names.category(breakdown, category),
                    {STATUS_WORDS[status]},
                    {_SYNTHETIC},
                )
            )
        return made

    def _row(
        self, codes: tuple[str, ...], numbers: Sequence[str], number: int, tally: Tally
    ) -> tuple[int, int] | None:
        """How many numbers a row shows and hides; None where it is not its measure's."""
        key = "~".join(codes[1 : len(KEY)])
        row = self._rows.get(codes[: len(KEY)])
        if row is None:
            tally.wrong(f"no safe measure has the key {key}", row=number, code="key")
            return None
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
    guarded = {text: guarded_line(text) for text in column.unique()}
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

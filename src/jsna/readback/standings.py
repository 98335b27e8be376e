"""Numbers of the table of standings: held to the safe table, places being counted anew."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from jsna.formulas import unguarded
from jsna.model.schema import NUMBERS
from jsna.model.standings import COLUMNS, PLACES, TEXT, key_of
from jsna.readback import printed
from jsna.readback.blocks import Cell
from jsna.readback.result import MEASURE, Tally

Row = Mapping[str, Any]
#: Significant digits of open data.
_DIGITS: Final = 10
#: Figures closer than this are the same.
_HAIR: Final = 1e-9


class Standings:
    """What of the table may be printed.

    Args:
        rows: of the table, each with all its columns.
        decimals: indicator -> decimals it is printed with.
    """

    def __init__(self, rows: Iterable[Row], decimals: Mapping[str, int]) -> None:
        self._rows = {key_of(dict(row)): row for row in rows}
        self._decimals = decimals
        self._values: dict[str, list[float]] = {}
        for row in self._rows.values():
            self._values.setdefault(row["indicator"], []).append(float(row["value"]))

    @classmethod
    def of(cls, frame: pd.DataFrame, decimals: Mapping[str, int]) -> Standings:
        """Of the table as it is in `safe/`."""
        names = list(COLUMNS)
        every = frame[names].astype("object").itertuples(index=False, name=None)
        return cls((dict(zip(names, row, strict=True)) for row in every), decimals)

    def __contains__(self, key: str) -> bool:
        """Whether it has a row of this key."""
        return key in self._rows

    def accepted(self, cell: Cell, place: str) -> tuple[str, ...]:
        """Every way a cell may print its number; empty where none is known."""
        row = self._rows[cell.key]
        if cell.field in ("value", "numerator", "denominator"):
            measure = printed.Measure(
                tuple(float(row[name]) for name in NUMBERS), row["unit"], "",
                self._decimals.get(row["indicator"], 1), row["mark"], row["method"],
            )  # fmt: skip
            return printed.accepted(measure, cell, place)
        values = self._values[row["indicator"]]
        if cell.field == "of":
            return (f"{len(values)}",)
        number = self._place(row, values, *cell.field.split("_"))
        return (f"{number}", _nth(number)) if number else ()

    def _place(self, row: Row, values: Sequence[float], which: str, end: str = "") -> int:
        """A place from one end; 0 of no known field, or where it is not known."""
        if end not in ("highest", "lowest"):
            return 0
        own, near = float(row["value"]), _HAIR * max(1.0, *map(abs, values))
        up = end == "highest"
        if which == "rank":
            return 1 + sum((v - own if up else own - v) > near for v in values)
        nearer, further = ("surely_above", "surely_below")[:: 1 if up else -1]
        if int(row[nearer]) < 0:
            return 0
        if which == "first":
            return 1 + int(row[nearer])
        return len(values) - int(row[further]) if which == "last" else 0

    # -- open data -------------------------------------------------------------------------------

    def judge(self, lines: Sequence[str], header: Sequence[str], tally: Tally) -> None:
        """Judge a file of open data: every row is one of the table, and every one is there."""
        seen = set()
        for number, cells in enumerate(csv.reader(lines[1:]), 2):
            given = dict(zip(header, map(unguarded, cells), strict=False))
            key = key_of({name: given.get(name, "") for name in COLUMNS})
            row = self._rows.get(key)
            if row is None:
                tally.wrong(f"safe/ has no row {key}", row=number, code="key")
                continue
            seen.add(key)
            for name in (*TEXT, *NUMBERS, *PLACES):
                if not _same(given.get(name, ""), row[name], name):
                    rule = f"{key}: safe/ has “{row[name]}” here"
                    tally.wrong(rule, place=name, row=number, printed=given.get(name, ""),
                                code="data")  # fmt: skip
            tally.counts[MEASURE] += sum(bool(given.get(name)) for name in (*NUMBERS, *PLACES))
        if lacking := len(self._rows.keys() - seen):
            tally.wrong(f"has {lacking:,} rows fewer than safe/", code="missing")


def is_file(header: Iterable[str]) -> bool:
    """Whether a file of open data with these columns is this table."""
    return {*COLUMNS} <= {*header}


def rows_of(lines: Sequence[str]) -> list[Row]:
    """Rows of a published file of open data, as those of the table."""
    reader = csv.DictReader(lines)
    return [
        {
            name: float(row[name] or "nan") if name in NUMBERS
            else int(row[name]) if name in PLACES
            else unguarded(row[name])
            for name in COLUMNS
        }
        for row in reader
    ]  # fmt: skip


def _same(given: str, value: Any, name: str) -> bool:
    if name in NUMBERS:
        number = float(value)
        return given == ("" if math.isnan(number) else f"{number:.{_DIGITS}g}")
    return given == str(value)


def _nth(number: int) -> str:
    teens = number // 10 % 10 == 1
    tail = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{tail}"

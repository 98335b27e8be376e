"""One line of a trend: its look, its marks by period, and where its way of counting changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from jsna.charts.marks import Mark


@dataclass(frozen=True, slots=True)
class Series:
    """One line: its name at the end, its look, its marks by period (year it begins in)."""

    name: str
    colour: str
    ink: str
    dashes: tuple[float, ...]
    weight: float
    marker: str
    marks: dict[str, Mark]

    @property
    def shown(self) -> list[str]:
        """Periods with a number."""
        return [period for period, mark in sorted(self.marks.items()) if mark.shown]


def year(period: str) -> int:
    """The year a period begins in."""
    return int(period[:4])


def runs(series: Series, step: int) -> list[list[str]]:
    """Periods with numbers, cut where one or more are missing and where the series breaks."""
    runs: list[list[str]] = []
    for period in series.shown:
        last = series.marks[runs[-1][-1]] if runs else None
        alike = last is not None and last.segment == series.marks[period].segment
        if runs and alike and year(period) - year(runs[-1][-1]) <= step:
            runs[-1].append(period)
        else:
            runs.append([period])
    return runs


def broken(marks: Mapping[str, Mark]) -> list[tuple[str, str]]:
    """Neighbouring periods between which the way of counting changes."""
    return [
        (one, other)
        for one, other in pairwise(sorted(marks))
        if marks[one].segment != marks[other].segment
    ]


def breaking(every: Sequence[Series]) -> list[tuple[str, str]]:
    """The breaks of the home area's lines, of which each has its own."""
    lines = [series.marks for series in every if series.marker in ("circle", "diamond")]
    return sorted({pair for marks in lines for pair in broken(marks)})


def doubted(series: Series) -> list[str]:
    """Periods whose number is in doubt, such as a zero that may stand for nothing received."""
    rows = {period: series.marks[period].row for period in series.shown}
    return [period for period, row in rows.items() if row is not None and row.doubted]

"""Figures of one place over the years: which may be compared, and how they went.

Local and official figures count differently, so only those of the latest figure's kind are
compared; of a series with breaks those since the last; and nothing up to a figure in doubt, or
across a jump that is to be confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from jsna.measures.methods import judging
from jsna.model.fallbacks import STANDING
from jsna.model.hierarchies import THREE_YEARS, years
from jsna.view.comparison import ESTIMATED, FAR, HIGHER, TOLD, TURNED, Verdict, bounds, changed
from jsna.view.rows import Row

#: From this many periods on a trend is judged over all of them.
FEWEST: Final = 5


@dataclass(frozen=True, slots=True)
class Course:
    """How a figure went over the periods that may be compared.

    Attributes:
        first, before, last: the first of them, the one before the latest, the latest.
        short: the latest against the one before.
        long: over all of them: of five or more whether a line through them rises or falls more
            than they wander, else the latest against the first.
        turn: where no line is clear, the highest or lowest between the ends, if both differ from
            it clearly and in the same direction.
    """

    first: Row
    before: Row
    last: Row
    short: Verdict
    long: Verdict
    turn: Row | None = None

    @property
    def up_to_turn(self) -> Verdict:
        """Whether the turn is higher or lower than the ends."""
        return "similar" if self.turn is None else HIGHER[self.turn.value > self.last.value]


def comparable(rows: Sequence[Row]) -> list[Row]:
    """Those of a place's totals, earliest first, that may be compared with the latest.

    Of periods of several years none shares a year with the next: what they share would make them
    look alike.
    """
    kept: list[Row] = []
    for row in reversed([row for row in rows if row.shown]):
        if kept and (row.local != kept[0].local or _overlap(row, kept[-1])):
            continue
        if kept and row.segment != kept[0].segment:
            continue
        kept.append(row)
    return kept[::-1]


def sound(rows: Sequence[Row]) -> list[Row]:
    """Those of `comparable` between which a change may be said.

    Figures in doubt are left out, and so is what lies before a jump: a change of several times is
    to be confirmed before it is relied on. None where the latest is in doubt itself.
    """
    kept: list[Row] = []
    for row in reversed(comparable(rows)):
        if row.doubted:
            if not kept:
                return []
            continue
        kept.append(row)
        if row.jumped:
            break
    return kept[::-1]


def official(rows: Sequence[Row]) -> list[Row]:
    """Those of the official figures between which a change may be said."""
    return sound([row for row in rows if not row.local])


def course(rows: Sequence[Row]) -> Course | None:
    """How a figure went over periods that may be compared; None of fewer than two.

    Figures without limits, as publishers give where they give no counts, are passed over.
    """
    if len(rows) < 2:
        return None
    sure = [row for row in rows if row.unit == "count" or row.limits()]
    before, last = rows[-2], rows[-1]
    if len(sure) < 2 or sure[-1] is not last:
        return Course(rows[0], before, last, "unknown", "unknown")
    short = changed(last, before)
    long = _trend(sure) if len(sure) >= FEWEST else changed(last, sure[0])
    turn = _turn(sure) if long == "similar" else None
    return Course(sure[0], before, last, short, long, turn)


@dataclass(frozen=True, slots=True)
class Path:
    """Where a figure's last move began, which is true of every figure between.

    Attributes:
        since: the highest or lowest figure that the latest is clearly lower or higher than: the
            first of all, or the last at which the path turned.
        way: which way it went from there.
        before: which way it had gone up to there.
        record: whether the latest is the highest, or the lowest, of all.
    """

    since: Row
    way: Verdict
    before: Verdict
    record: bool


def path(rows: Sequence[Row]) -> Path | None:
    """The last move of figures that may be compared; None where none is clear.

    Of the highest and the lowest before the latest, the last one that the latest differs from
    clearly, at the level for one picked among many. What `rows` leaves out, such as a figure in
    doubt, is not part of it.
    """
    if len(rows) < 2:
        return None
    *earlier, last = rows
    most, least = max(row.value for row in earlier), min(row.value for row in earlier)
    ends = [max((row for row in earlier if row.value == v), key=year) for v in (most, least)]
    level = FAR if len(rows) > 2 else TOLD
    for since in sorted(ends, key=year, reverse=True):
        way = changed(last, since, level)
        if way not in TURNED or (last.value > since.value) != (way == "higher"):
            continue
        # The highest is where a fall began, the lowest where a rise did.
        if since.value != (most if way == "lower" else least):
            continue
        before = changed(since, rows[0], level) if since is not rows[0] else "similar"
        return Path(since, way, before, last.value > most or last.value < least)
    return None


def year(row: Row) -> int:
    """The year a period begins in."""
    return int(row.period[:4])


def _trend(rows: Sequence[Row]) -> Verdict:
    """Whether figures rise or fall over all periods, the last being on that side of the first."""
    last, first = rows[-1], rows[0]
    if last.unit == "count" and last.period_type in ESTIMATED:
        return "unknown"
    if last.unit == "count":
        value = np.array([row.value for row in rows])
        chance = last.period_type not in STANDING and last.population_base != "areas"
        error = np.sqrt(np.maximum(value, 1.0)) if chance else np.zeros(len(rows))
    else:
        figures = bounds(rows)
        value, error = figures.value, figures.error
    slope, p = judging.line(np.array([float(year(row)) for row in rows]), value, error)
    if not p < judging.FALSE or slope * (last.value - first.value) <= 0:
        return "similar"
    return HIGHER[slope > 0]


def _turn(rows: Sequence[Row]) -> Row | None:
    """The highest or the lowest figure between the ends, where both are clearly on one side."""
    inner = rows[1:-1]
    if not inner:
        return None
    for peak in (max(inner, key=lambda r: r.value), min(inner, key=lambda r: r.value)):
        rise, fall = changed(peak, rows[0], FAR), changed(rows[-1], peak, FAR)
        if rise in TURNED and fall == TURNED[rise]:
            return peak
    return None


def _overlap(one: Row, other: Row) -> bool:
    """Whether two periods share a year; only those of several years can."""
    return one.period_type == THREE_YEARS == other.period_type and not set(
        years(one.period, one.period_type)
    ).isdisjoint(years(other.period, other.period_type))


def span_words(first: Row, last: Row) -> tuple[str, str]:
    """The first and the last year a title names: of periods of several years their outer years."""
    if last.period_type == THREE_YEARS:
        return first.period.split(" ")[0], last.period.split(" ")[-1]

    def named(row: Row) -> str:
        return row.period if len(row.period) > 4 else str(year(row))

    return named(first), named(last)

"""When two figures may be said to differ. Nothing is ever claimed from point estimates alone.

Rules (stated in the methods chapter in words):

* an area against a comparator: its 95 % interval excludes the comparator's value; of fewer than
  five it is never said that they are more than elsewhere, as one is always more than none;
* many areas against their average: the 99.8 % interval does, because one in twenty would be
  outside the 95 % interval by chance;
* two figures of the same area (two periods, two groups): their 95 % intervals do not overlap;
* two counts of events: they differ by more than 1.96 standard errors, each taken as Poisson;
* how many there are on a day: complete counts, compared as they are; estimates are not compared;
* a deprivation gradient: the 95 % intervals of the most and least deprived groups do not overlap
  and the figures rise or fall across the groups (rank correlation of at least one half).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from jsna.model.fallbacks import STANDING
from jsna.view.rows import Row

Verdict = Literal["higher", "lower", "similar", "unknown"]

#: Two-sided 95 % point of the normal distribution.
_Z95: Final = 1.959963984540054
#: Groups of less than this share of the average group are odd ones out, such as the few pupils
#: who stay on after year 13: never the highest or lowest of anything, and found in tables alone.
LEAST_SHARE: Final = 0.05
#: Population bases that count children and young people, or their plans.
PEOPLE: Final = ("attending", "resident", "maintained", "responsible")
#: Standardised differences from here on are usually called differences that matter (Austin, 2009).
MATTERS: Final = 0.1
#: Least rank correlation over the deprivation groups that is called a gradient.
LEAST_CORRELATION: Final = 0.5


#: Kinds of period of population estimates.
ESTIMATED: Final = frozenset({"mid_year"})
HIGHER: Final[Mapping[bool, Verdict]] = {True: "higher", False: "lower"}


def against(row: Row, comparator: Row, level: str = "95") -> Verdict:
    """Where the comparator's value lies to a row's interval; the verdict is about the row."""
    limits = row.limits(level)
    if limits is None or not row.shown or not comparator.shown:
        return "unknown"
    if row.doubted or comparator.doubted:
        return "unknown"
    if limits[0] > comparator.value:
        return "unknown" if row.few else "higher"
    return "lower" if limits[1] < comparator.value else "similar"


def differ(first: Row, second: Row) -> Verdict:
    """Whether `first` is higher or lower than `second`, both with uncertainty of their own."""
    if not first.shown or not second.shown or first.segment != second.segment:
        return "unknown"
    if first.unit == "count" and second.unit == "count":
        return _counts(first.value, second.value)
    one, other = first.limits(), second.limits()
    if one is None or other is None:
        return "unknown"
    if one[0] > other[1]:
        return "higher"
    return "lower" if one[1] < other[0] else "similar"


def changed(last: Row, first: Row) -> Verdict:
    """Whether a figure of one place is higher or lower than it was.

    How many there are on a day is a complete count, most of them the same children as a year ago,
    so no chance of independent events stands behind it: it has changed where it has. Estimates of
    population are revised by more than they move, and no verdict is given.
    """
    if first.unit != "count" or last.unit != "count" or not (first.shown and last.shown):
        return differ(last, first)
    if last.period_type in ESTIMATED:
        return "unknown"
    if last.period_type not in STANDING:
        return differ(last, first)
    return "similar" if last.value == first.value else HIGHER[last.value > first.value]


def furthest(rows: Sequence[Row]) -> tuple[Row, Row] | Literal["unknown"] | None:
    """Two rows that differ clearly, the higher first: as far apart as their intervals go.

    The highest and the lowest figure may be so uncertain that they do not differ where others do.

    Returns:
        The pair; None where no two rows differ; "unknown" where any row has no interval.
    """
    rows = [r for r in rows if not r.doubted]
    shown = [(r, limits) for r in rows if r.shown and (limits := r.limits()) is not None]
    if len(shown) < len(rows):
        return "unknown"
    ordered = sorted(shown, key=lambda pair: (-pair[0].value, pair[0].key))
    ends = (ordered[0][0], ordered[-1][0])
    if differ(*ends) == "higher":
        return ends
    top = max(ordered, key=lambda pair: pair[1][0])[0]
    low = min(ordered, key=lambda pair: pair[1][1])[0]
    return (top, low) if differ(top, low) == "higher" else None


def _counts(first: float, second: float) -> Verdict:
    if first < 0 or second < 0:
        return "unknown"
    error = _Z95 * math.sqrt(first + second)
    if abs(first - second) <= error:
        return "similar"
    return "higher" if first > second else "lower"


def odd(bases: Sequence[float]) -> list[bool]:
    """Whether each group is too small to be set beside the others; never where that is unknown."""
    known = [base for base in bases if math.isfinite(base)]
    least = LEAST_SHARE * sum(known) / len(known) if known else 0.0
    return [base < least for base in bases]


def gradient(rows: Sequence[Row], dimension: str) -> tuple[Verdict, Row, Row] | None:
    """Whether the most deprived group differs from the least deprived.

    Args:
        rows: one row a group, whose category of `dimension` is a number, 1 the most deprived.

    Returns:
        The verdict about the most deprived group, and the rows of the most and the least
        deprived group with a value; None where fewer than two groups have one.
    """
    shown = sorted((r for r in rows if r.shown), key=lambda r: int(r.code(dimension)))
    if len(shown) < 2:
        return None
    most, least = shown[0], shown[-1]
    verdict = differ(most, least)
    if verdict in ("higher", "lower"):
        correlation = _rank_correlation([r.value for r in shown])
        # Values that fall from the most to the least deprived correlate negatively with order.
        steady = -correlation if verdict == "higher" else correlation
        if steady < LEAST_CORRELATION:
            verdict = "similar"
    return verdict, most, least


def _rank_correlation(values: Sequence[float]) -> float:
    """Spearman's rank correlation of values with their order; ties share their mean rank."""
    n = len(values)
    ranks = [
        sum(other < v for other in values) + (sum(other == v for other in values) + 1) / 2
        for v in values
    ]
    middle = (n + 1) / 2
    spread = sum((rank - middle) ** 2 for rank in ranks)
    order = sum((i - middle) ** 2 for i in range(1, n + 1))
    if spread == 0:
        return 0.0
    both = sum((rank - middle) * (i - middle) for i, rank in enumerate(ranks, 1))
    return both / math.sqrt(spread * order)


def stand_out(rows: Sequence[Row], average: Row) -> tuple[list[Row], list[Row]]:
    """Rows clearly above and clearly below an average, by their 99.8 % intervals.

    Returns:
        Those above, highest first, and those below, lowest first.
    """
    above = [r for r in rows if against(r, average, "998") == "higher"]
    below = [r for r in rows if against(r, average, "998") == "lower"]
    return (
        sorted(above, key=lambda r: (-r.value, r.key)),
        sorted(below, key=lambda r: (r.value, r.key)),
    )


def leaders(rows: Sequence[Row]) -> list[Row]:
    """The largest row, and those whose intervals reach into the largest one's; largest first.

    One row means that there is a clear largest. Empty where nothing can be said.
    """
    shown = sorted((r for r in rows if r.shown), key=lambda r: (-r.value, r.key))
    if not shown:
        return []
    verdicts = [differ(shown[0], row) for row in shown[1:]]
    if "unknown" in verdicts:
        return []
    return [shown[0], *(r for r, v in zip(shown[1:], verdicts, strict=True) if v == "similar")]

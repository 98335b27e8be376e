"""What the marks of a figure bear out, by rule: clearly above or below, apart, up or down.

No more is said than intervals say. A list of areas is judged by 99.8% limits, since the extremes
of many areas lie outside 95% limits by chance. Complete counts have no chance behind them and
compare as they are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import pandas as pd

from jsna.charts.marks import Mark
from jsna.charts.shown import Shown
from jsna.model.fallbacks import STANDING
from jsna.view.comparison import ESTIMATED, LEAST_CORRELATION

#: Limits this close to a value are on it: they carry the rounding of their own arithmetic.
HAIR: Final = 1e-9


def against(mark: Mark, reference: float, *, far: bool = False) -> int | None:
    """1 where the mark lies above `reference`, −1 below, 0 not clearly either; None unknown.

    Args:
        far: judge by 99.8% limits instead of 95%.
    """
    low, high = (mark.low_far, mark.high_far) if far else (mark.low, mark.high)
    if mark.exact:
        low = high = mark.value
    if not (mark.shown and math.isfinite(reference) and math.isfinite(low + high)):
        return None
    if mark.doubted or (mark.few and low > reference + HAIR):
        return None
    return int(low > reference + HAIR) - int(high < reference - HAIR)


def apart(one: Mark, other: Mark) -> int | None:
    """1 where `one` is clearly above `other`, −1 below, 0 where limits overlap; None unknown."""
    if not (one.shown and other.shown) or one.segment != other.segment:
        return None
    if one.exact and other.exact:
        return int(one.value > other.value) - int(one.value < other.value)
    if not (one.has_limits and other.has_limits):
        return None
    return int(one.low > other.high + HAIR) - int(one.high < other.low - HAIR)


def slope(marks: Sequence[Mark]) -> int | None:
    """1 where figures clearly fall from the first mark to the last, −1 where they rise, else 0.

    The ends must differ, and the marks between them must by and large follow: a rank correlation
    with their order of at least one half, as in the sentences of the report. None where unknown.
    """
    if len(marks) < 2:
        return None
    sign = apart(marks[0], marks[-1])
    if not sign:
        return sign
    told = [mark.value for mark in marks if mark.shown]
    order = pd.Series(range(len(told)), dtype="float64")
    steady = -sign * pd.Series(told).rank().corr(order)
    return sign if steady >= LEAST_CORRELATION else 0


def since_a_break(alike: list[tuple[str, Mark]]) -> list[tuple[str, Mark]]:
    """Those a change may be told of: since the last break and jump, less figures in doubt."""
    last = alike[-1]
    kept = [(p, m) for p, m in alike if m.segment == last[1].segment and not m.doubted]
    if last[1].doubted:
        return [last]
    jumps = [place for place, (_, mark) in enumerate(kept) if mark.jumped]
    return kept[jumps[-1] if jumps else 0 :]


def moved(first: Mark, last: Mark, shown: Shown) -> int | None:
    """Change of one place between two periods, as `view.comparison.changed` judges it."""
    if shown.indicator.kind.chance == "limits" or not (first.shown and last.shown):
        return apart(last, first)
    if shown.period_type in ESTIMATED:
        return None
    if shown.period_type not in STANDING:
        return by_root(first, last)
    return (last.value > first.value) - (last.value < first.value)


def by_root(first: Mark, last: Mark) -> int | None:
    """Whether a count is clearly above (1) or below (−1) the first: by more than chance moves it.

    A count of events varies about as its square root does, so a difference as their sum.
    """
    margin = 1.96 * math.sqrt(max(first.value, 0) + max(last.value, 0))
    change = last.value - first.value
    return 0 if abs(change) <= margin else (1 if change > 0 else -1)

"""The gap between the ends of a line through groups of deprivation, worked out anew.

Nothing here comes from the judge: figures, limits and people are those of `safe/`, and every group
of the same area, period and breakdown that has a figure is found here, whichever the report took.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from jsna.model.schema import KEY
from jsna.readback.printed import Measure, digits

#: Fields that are limits of such a gap.
GAPS: Final = ("gap_low", "gap_high")
#: Normal deviates: of limits as they are published, and of those printed of a gap (99.8 %).
_NEAR: Final = 1.959963984540054
_FAR: Final = 3.090232306167813
#: A line through fewer groups is not laid.
_FEWEST: Final = 5
_CATEGORY: Final = KEY.index("category") - 1


def printed(measures: Mapping[str, Measure], key: str, field: str) -> str:
    """A limit of the gap along the line a row is the first group of; empty where there is none.

    Args:
        measures: every measure by its key.
        key: of the most deprived group that has a figure.
        field: which limit.
    """
    first, groups = key.split("~"), {}
    for place, own in _series(measures, first):
        if math.isfinite(own.number("value")) and not own.doubted:
            groups[place] = own
    places = sorted(groups)
    if len(places) < _FEWEST or str(places[0]) != first[_CATEGORY]:
        return ""
    gap, error = _line([groups[place] for place in places])
    if not math.isfinite(error):
        return ""
    sign = -1 if field == GAPS[0] else 1
    return digits(gap + sign * _FAR * error, groups[places[0]].decimals)


def _series(measures: Mapping[str, Measure], first: list[str]) -> list[tuple[int, Measure]]:
    """Every row that differs from one by its category alone."""
    start, end = "~".join(first[:_CATEGORY]) + "~", first[_CATEGORY + 1 :]
    found = []
    for key, own in measures.items():
        if key.startswith(start):
            parts = key.split("~")
            if parts[_CATEGORY + 1 :] == end and parts[_CATEGORY].isdigit():
                found.append((int(parts[_CATEGORY]), own))
    return found


def _line(groups: list[Measure]) -> tuple[float, float]:
    """Height of the least-squares line at its start less that at its end, and the standard error.

    Each group stands at the middle of its share of the people and counts by that share.
    """
    people = [own.number("denominator") for own in groups]
    if not all(one > 0 for one in people):
        people = [1.0] * len(groups)
    whole, before, middles = math.fsum(people), 0.0, []
    for one in people:
        middles.append((before + one / 2) / whole - 0.5)
        before += one
    square = math.fsum(n * m * m for n, m in zip(people, middles, strict=True))
    gap = variance = 0.0
    for own, n, m in zip(groups, people, middles, strict=True):
        weight = -n * m / square
        error = (own.number("upper_95") - own.number("lower_95")) / (2 * _NEAR)
        gap += weight * own.exact()
        variance += (weight * error) ** 2
    return gap, math.sqrt(variance)

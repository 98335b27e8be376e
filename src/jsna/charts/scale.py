"""Scales, label spacing and classes: the arithmetic of a figure, apart from any drawing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

#: Values closer together than this are one value to the eye.
FLAT: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight scale from values `low`..`high` to points `start`..`end`, with round ticks."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def __call__(self, value: float) -> float:
        """Position of a value in points."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def linear(values: Sequence[float], start: float, end: float, ticks: int = 4) -> Scale:
    """A scale that holds zero and every finite value, ending on round numbers.

    Args:
        values: whatever will be drawn, limits included; NaN and infinities are ignored.
        start, end: points at the low and the high end.
        ticks: about how many steps the scale is cut into.
    """
    finite = [value for value in values if math.isfinite(value)]
    low, high = min([0.0, *finite]), max([0.0, *finite])
    if high - low < FLAT:
        high = low + 1.0
    step = round_step((high - low) / ticks)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    marks = tuple(round(index * step, 10) for index in range(first, last + 1))
    return Scale(marks[0], marks[-1], start, end, marks)


def tight(values: Sequence[float], start: float, end: float) -> Scale:
    """A scale that holds zero and every finite value and no more: for bars without ticks."""
    scale = linear(values, start, end)
    finite = [value for value in values if math.isfinite(value)]
    low, high = min([0.0, *finite]), max([0.0, *finite])
    return scale if high - low < FLAT else Scale(low, high, start, end, scale.ticks)


def round_step(rough: float) -> float:
    """The least of 1, 2, 5 times a power of ten that is not below `rough`."""
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1, 2, 5):
        if factor * power >= rough * (1 - 1e-9):
            return factor * power
    return 10 * power


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Positions at least `gap` apart, in the order of `wanted` and as near to it as may be.

    Labels that would collide are pushed apart as blocks around their own mean. Where `low`..`high`
    has no room for all, they keep the gap and run over `high`.
    """
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    blocks: list[list[int]] = []
    centres: list[float] = []
    for index in order:
        blocks.append([index])
        centres.append(_centre(blocks[-1], wanted, gap, low, high))
        while len(blocks) > 1 and (
            centres[-1] - centres[-2] < gap * (len(blocks[-1]) + len(blocks[-2])) / 2 - 1e-9
        ):
            blocks[-2].extend(blocks.pop())
            centres.pop()
            centres[-1] = _centre(blocks[-1], wanted, gap, low, high)
    placed = [0.0] * len(wanted)
    for block, centre in zip(blocks, centres, strict=True):
        for offset, index in enumerate(block):
            placed[index] = centre + gap * (offset - (len(block) - 1) / 2)
    return placed


def _centre(
    block: Sequence[int], wanted: Sequence[float], gap: float, low: float, high: float
) -> float:
    half = gap * (len(block) - 1) / 2
    mean = sum(wanted[index] for index in block) / len(block)
    return max(min(mean, high - half), low + half)


def classes(values: Sequence[float], count: int) -> list[int]:
    """Class 0..count−1 of each value: equal numbers of distinct values, equal values together.

    NaN gets −1. With fewer distinct values than classes, the darkest classes are used.
    """
    distinct = np.unique([value for value in values if math.isfinite(value)])
    if len(distinct) < count:
        place = {float(v): count - len(distinct) + i for i, v in enumerate(distinct)}
    else:
        place = {float(v): i * count // len(distinct) for i, v in enumerate(distinct)}
    return [place[float(value)] if math.isfinite(value) else -1 for value in values]


def graded(values: Sequence[float], count: int) -> list[int]:
    """The same from the palest class to the darkest, however few distinct values there are.

    Where all are equal none stands out, and all are of the palest.
    """
    distinct = np.unique([value for value in values if math.isfinite(value)])
    if len(distinct) >= count:
        return classes(values, count)
    last = max(len(distinct) - 1, 1)
    place = {float(v): i * (count - 1) // last for i, v in enumerate(distinct)}
    return [place[float(value)] if math.isfinite(value) else -1 for value in values]

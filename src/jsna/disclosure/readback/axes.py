"""Numbers along the axis of a chart: evenly spaced round numbers at even distances, or nothing.

They carry no key, as they are no measure. A number slipped in among them breaks the ladder.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from jsna.disclosure.readback.blocks import Block

#: Kinds of chart that have an axis with numbers, as their ids tell.
_DRAWN: Final = re.compile(r"-trend$")
_TICK: Final = re.compile(r"(−?[\d,]+(?:\.\d+)?)(%| per (?:100|1,000|10,000))?")
#: Positions are written with two decimals.
_HAIR: Final = 0.03


def ticks(blocks: Iterable[Block]) -> set[int]:
    """Ids (as of `id`) of the blocks of one chart that are numbers along its axis."""
    found = [
        (block, float(match[1].replace(",", "").replace("−", "-")))
        for block in blocks
        if block.place == "text" and not block.cells and _DRAWN.search(block.figure)
        if block.x == "0" and (match := _TICK.fullmatch(block.text)) is not None
    ]
    if not found:
        return set()
    values = sorted(value for _, value in found)
    # Nought carries no label, and no more than one label stands at a height.
    every = sorted({0.0, *values})
    step = min(b - a for a, b in pairwise(every)) if len(every) > 1 else 0.0
    if not step or len(set(values)) != len(values) or not _round(step):
        return set()
    if any(abs(b - a - step) > step * 1e-6 for a, b in pairwise(every)):
        return set()
    if len(found) > 1 and not _level([(value, float(block.y)) for block, value in found]):
        return set()
    return {id(block) for block, _ in found}


def _round(step: float) -> bool:
    """Whether a step is 1, 2 or 5 times a power of ten."""
    lead = step / 10 ** math.floor(math.log10(step) + 1e-9)
    return any(abs(lead - factor) < 1e-6 for factor in (1, 2, 5))


def _level(points: list[tuple[float, float]]) -> bool:
    """Whether heights rise as their values do."""
    points = sorted(points)
    (low, start), (high, end) = points[0], points[-1]
    per = (end - start) / (high - low)
    return per < 0 and all(abs(start + (v - low) * per - y) <= _HAIR for v, y in points)

"""Numbers along the axes of a chart: round numbers at even distances; groups and periods in turn;
ends of the classes of a map.

They carry no key, as they are no measure. A number slipped in among them breaks the row, and
then none of them is taken for part of an axis.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import Final

from jsna.readback.blocks import Block
from jsna.readback.printed import UNITS

#: Kinds of chart that have an axis with numbers, as their ids tell.
_DRAWN: Final = re.compile(r"-(?:trend|multiples-[\w-]+?)(?:--narrow)?$")
#: Panels in rows, each row with its axis, as its id tells.
_PANELS: Final = re.compile(r"-multiples-[\w-]+$")
#: A map, as its id tells, and the ends of a class in its legend, of which the last holds both.
_MAP: Final = re.compile(r"-map(?:-[\w-]+)?$")
_CLASS: Final = re.compile(r"(−?[\d,]+(?:\.\d+)?)(%?) to (under )?(−?[\d,]+(?:\.\d+)?)(%?)")
#: A class of a map is as wide as one of these times a power of ten.
_WIDTHS: Final = (1, 2, 3, 4, 5)
#: A table of groups in its narrow layout, as its id tells.
_NARROW: Final = re.compile(r"-heat-[\w-]+--narrow$")
#: Fewer groups in a line are no line of a part of a table.
_FEWEST: Final = 2
_AFTER: Final = "|".join(UNITS.values())
_TICK: Final = re.compile(rf"(−?[\d,]+(?:\.\d+)?)({_AFTER})?")
_WHOLE: Final = re.compile(r"\d{1,2}")
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
    rows = _rows(found) if found and _PANELS.search(found[0][0].figure) else [found]
    # Every row of panels is on one scale.
    if len({tuple(sorted(value for _, value in row)) for row in rows}) > 1:
        return set()
    return {id(block) for block, _ in found} if all(map(_even, rows)) else set()


def _rows(found: Iterable[tuple[Block, float]]) -> list[list[tuple[Block, float]]]:
    """The numbers of each axis of a chart of rows of panels: down the page they fall, and begin
    again."""
    rows: list[list[tuple[Block, float]]] = []
    for block, value in sorted(found, key=lambda one: float(one[0].y)):
        if not rows or value >= rows[-1][-1][1]:
            rows.append([])
        rows[-1].append((block, value))
    return rows


def _even(found: Collection[tuple[Block, float]]) -> bool:
    """Whether numbers stand along one axis: round, and as far apart as they differ."""
    if not found:
        return False
    values = sorted(value for _, value in found)
    # Nought may carry no label, where a word stands; no more than one label stands at a height.
    every = sorted({0.0, *values})
    step = min(b - a for a, b in pairwise(every)) if len(every) > 1 else 0.0
    if not step or len(set(values)) != len(values) or not _round(step):
        return False
    if any(abs(b - a - step) > step * 1e-6 for a, b in pairwise(every)):
        return False
    return len(found) < 2 or _level([(value, float(block.y)) for block, value in found])


def classes(blocks: Iterable[Block]) -> set[int]:
    """Ids of the blocks of one chart that say from what to what each class of a map goes.

    Each begins where the one before ends, all are as wide, and by a round step.
    """
    found = [
        (block, match)
        for block in blocks
        if block.place == "text" and not block.cells and _MAP.search(block.figure)
        if (match := _CLASS.fullmatch(block.text)) is not None
    ]
    ends = [(_number(match[1]), _number(match[4])) for _, match in found]
    ends.sort()
    if not ends or any(one[1] != other[0] for one, other in pairwise(ends)):
        return set()
    step = ends[0][1] - ends[0][0]
    if step <= 0 or not _round(step, _WIDTHS):
        return set()
    if any(abs(high - low - step) > step * 1e-6 for low, high in ends):
        return set()
    last = [match for _, match in found if not match[3]]
    if len(last) != 1 or _number(last[0][4]) != ends[-1][1]:
        return set()
    if len({match[i] for _, match in found for i in (2, 5)}) > 1:
        return set()
    return {id(block) for block, _ in found}


def groups(blocks: Iterable[Block], known: Collection[str], graded: Collection[str]) -> set[int]:
    """Ids of the blocks of one chart that name the groups along its axis by bare numbers.

    Args:
        blocks: texts of a chart.
        known: numbers groups may have.
        graded: dimensions whose groups are numbered, which ids of charts by them end in.
    """
    by = tuple("-" + name.replace("_", "-") for name in graded)
    found = [
        block
        for block in blocks
        if block.place == "text" and not block.cells and any(name in block.figure for name in by)
        if _WHOLE.fullmatch(block.text)
    ]
    across, down = Counter(block.y for block in found), {block.x for block in found}
    if len(across) > 1 and len(down) > 1:
        # A narrow table is set in parts below each other, each with a line of several groups.
        narrow = all(_NARROW.search(block.figure) for block in found)
        if not narrow or min(across.values()) < _FEWEST:
            return set()
    along = sorted(found, key=lambda b: (float(b.y), float(b.x)))
    if any(block.text not in known for block in found) or any(
        int(a.text) >= int(b.text) for a, b in pairwise(along)
    ):
        return set()
    return {id(block) for block in found}


def times(blocks: Iterable[Block], known: Collection[str]) -> set[int]:
    """Ids of the blocks of one chart that name periods along its axis, each later than the last.

    Args:
        blocks: texts of a chart.
        known: periods there are.
    """
    found = [
        block
        for block in blocks
        if block.place == "text" and not block.cells and _DRAWN.search(block.figure)
        if block.text in known
    ]
    if found and _PANELS.search(found[0].figure):
        return {id(block) for block in found} if _ends(found) else set()
    along = sorted(found, key=lambda block: float(block.x))
    if len({block.y for block in found}) > 1 or any(a.text >= b.text for a, b in pairwise(along)):
        return set()
    return {id(block) for block in found}


def _ends(found: Iterable[Block]) -> bool:
    """Whether periods are the first and the last of each panel in turn, the same in all."""
    lines: dict[str, list[Block]] = {}
    for block in found:
        lines.setdefault(block.y, []).append(block)
    said = [[b.text for b in sorted(line, key=lambda b: float(b.x))] for line in lines.values()]
    first, last = min(said[0]), max(said[0])
    return first < last and all(line == [first, last] * (len(line) // 2) for line in said)


def _number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


def _round(step: float, factors: Collection[int] = (1, 2, 5)) -> bool:
    """Whether a step is one of some factors times a power of ten."""
    lead = step / 10 ** math.floor(math.log10(step) + 1e-9)
    return any(abs(lead - factor) < 1e-6 for factor in factors)


def _level(points: list[tuple[float, float]]) -> bool:
    """Whether heights rise as their values do."""
    points = sorted(points)
    (low, start), (high, end) = points[0], points[-1]
    per = (end - start) / (high - low)
    return per < 0 and all(abs(start + (v - low) * per - y) <= _HAIR for v, y in points)

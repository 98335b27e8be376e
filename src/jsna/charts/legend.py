"""The classes of a map of places, and the legend that says from what to what each goes.

Classes are even steps of a round number that lie against each other, so that every number has one
and the legend has no gap. One without a place keeps its entry: that nobody is there is a finding.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from jsna.charts import lettering, palette
from jsna.charts.canvas import Canvas
from jsna.charts.marks import SHORT, Mark
from jsna.model.schema import STATUS_WORDS
from jsna.view import words

#: Height of its first line, from the bottom of the map, and of each further one.
HEIGHT: Final = 18.0
LINE: Final = 13.0
#: Which of the colours a number of classes takes, low to high.
_TONES: Final = {1: (2,), 2: (1, 3), 3: (0, 2, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)}
#: Steps are these times a power of ten.
ROUND: Final = (1, 2, 3, 4, 5)
#: What is less than nothing beside a step.
_HAIR: Final = 1e-6

#: A piece of an entry: a text and the key of the measure it prints, if any.
Piece = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Classes:
    """Even classes of numbers: each holds its lower end, the last its upper end too.

    Attributes:
        start: lower end of the first.
        step: from one end to the next, one to five times a power of ten; 0 where all are alike.
        count: how many there are; none where there is no number.
    """

    start: float
    step: float
    count: int

    def of(self, value: float) -> int:
        """The class of a number as printed, from 0; −1 of none."""
        if not math.isfinite(value) or not self.count:
            return -1
        if not self.step:
            return 0
        return min(math.floor((value - self.start) / self.step + _HAIR), self.count - 1)

    def tone(self, value: float) -> int:
        """Where its colour stands in `palette.MAP_CLASSES`; −1 of no number."""
        at = self.of(value)
        return -1 if at < 0 else _TONES[self.count][at]

    def ends(self, at: int) -> tuple[float, float]:
        """Lower and upper end of one class."""
        return self.start + at * self.step, self.start + (at + 1) * self.step


def classes(values: Sequence[float], finest: float) -> Classes:
    """The fewest steps that part some numbers well: five classes at most.

    Args:
        values: as printed; NaN is ignored.
        finest: the least two numbers that are printed differ by.
    """
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return Classes(0.0, 0.0, 0)
    low, high = min(finite), max(finite)
    if high - low < finest / 2:
        return Classes(low, 0.0, 1)
    most = max(_TONES)
    for step in _steps(max((high - low) / most, finest)):
        first = math.floor(low / step + _HAIR)
        last = max(math.ceil(high / step - _HAIR), first + 1)
        if last - first <= most:
            break
    return Classes(round(first * step, 10), step, last - first)


def _steps(least: float) -> Iterator[float]:
    """Round steps that are no smaller, one after another."""
    power = 10.0 ** math.floor(math.log10(least) + _HAIR)
    while True:
        yield from (f * power for f in ROUND if f * power >= least * (1 - _HAIR))
        power *= 10


def of_marks(marks: Sequence[Mark]) -> Classes:
    """The classes of some marks, by their numbers as printed."""
    return classes([mark.rounded for mark in marks], 10.0 ** -_decimals(marks))


def tones(marks: Sequence[Mark]) -> list[int]:
    """Where the colour of each mark stands in `palette.MAP_CLASSES`; −1 where there is none."""
    found = of_marks(marks)
    return [found.tone(mark.rounded) for mark in marks]


def height(marks: Sequence[Mark], width: float) -> float:
    """Height it takes in a figure `width` points wide."""
    lines = max((line for _, _, line in _placed(marks, width)), default=0)
    return HEIGHT + LINE * lines


def draw(canvas: Canvas, marks: Sequence[Mark], y: float) -> None:
    """What each colour stands for, from the baseline `y`."""
    for entry, x, line in _placed(marks, canvas.width):
        base = y + LINE * line
        box = (x, base - 7.5, 14.0, 9.0)
        if entry.ground:
            canvas.rectangle(*box, entry.ground)
            canvas.rectangles([box], None, palette.SOFT)
        else:
            canvas.hatched([box])
        text, key = entry.piece
        canvas.text(x + 18, base, text, size=palette.SMALL, measure=key)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One colour, or the hatching of what is hidden, and what it stands for."""

    ground: str
    piece: Piece

    @property
    def width(self) -> float:
        return 18 + lettering.width(self.piece[0], palette.SMALL)


def _placed(marks: Sequence[Mark], width: float) -> list[tuple[_Entry, float, int]]:
    """The entries, how far right each stands, and on which line."""
    found: list[tuple[_Entry, float, int]] = []
    x, line = 0.0, 0
    for entry in _entries(marks):
        if x and x + entry.width > width:
            x, line = 0.0, line + 1
        found.append((entry, x, line))
        x += entry.width + 16
    return found


def _entries(marks: Sequence[Mark]) -> list[_Entry]:
    found, shown = of_marks(marks), [mark for mark in marks if mark.shown]
    unit = "%" if any("%" in mark.text for mark in shown) else ""
    entries = []
    for at in range(found.count):
        ground = palette.MAP_CLASSES[_TONES[found.count][at]]
        if not found.step:
            entries.append(_Entry(ground, (shown[0].text, shown[0].key)))
            continue
        places = max(0, -math.floor(math.log10(found.step) + _HAIR))
        low, high = (f"{words.number(end, places)}{unit}" for end in found.ends(at))
        under = "" if at == found.count - 1 else "under "
        entries.append(_Entry(ground, (f"{low} to {under}{high}", "")))
    if any(mark.hidden for mark in marks):
        entries.append(_Entry("", (f"{SHORT['c']} {STATUS_WORDS['c']}", "")))
    return entries


def _decimals(marks: Sequence[Mark]) -> int:
    """Most decimals any number is printed with."""
    texts = (mark.text.split(" [")[0].rstrip("%") for mark in marks if mark.shown)
    return max((len(text.partition(".")[2]) for text in texts), default=0)

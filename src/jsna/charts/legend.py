"""The three classes of a map of places, and the legend that says from what to what each goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jsna.charts import lettering, palette
from jsna.charts.canvas import Canvas
from jsna.charts.marks import SHORT, Mark
from jsna.charts.scale import classes
from jsna.model.schema import STATUS_WORDS

#: Height of its first line, from the bottom of the map, and of each further one.
HEIGHT = 18.0
LINE = 13.0

#: A piece of an entry: a text and the key of the measure it prints, if any.
Piece = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One colour, or the hatching of what is hidden, and what it stands for."""

    ground: str
    pieces: tuple[Piece, ...]

    @property
    def width(self) -> float:
        return 18 + sum(lettering.width(text, palette.SMALL) for text, _ in self.pieces)


def tones(marks: Sequence[Mark]) -> list[int]:
    """The class of each mark, 0 to 2, by its number as printed; −1 where there is none."""
    return classes([mark.rounded for mark in marks], len(palette.TILE_CLASSES))


def height(marks: Sequence[Mark], width: float) -> float:
    """Height it takes in a figure `width` points wide."""
    lines = max((line for _, _, line in _placed(marks, tones(marks), width)), default=0)
    return HEIGHT + LINE * lines


def draw(canvas: Canvas, marks: Sequence[Mark], of: Sequence[int], y: float) -> None:
    """The range of each class, from its own least and greatest numbers, from the baseline `y`."""
    for entry, x, line in _placed(marks, of, canvas.width):
        base = y + LINE * line
        if entry.ground:
            canvas.rectangle(x, base - 7.5, 14, 9, entry.ground)
        else:
            canvas.hatched([(x, base - 7.5, 14, 9)])
        at = x + 18
        for text, key in entry.pieces:
            # A text element drops the space it starts with, so it is left to the position.
            lead = lettering.width(" ", palette.SMALL) if text.startswith(" ") else 0.0
            canvas.text(at + lead, base, text.strip(), size=palette.SMALL, measure=key)
            at += lettering.width(text, palette.SMALL)


def _placed(
    marks: Sequence[Mark], of: Sequence[int], width: float
) -> list[tuple[_Entry, float, int]]:
    """The entries, how far right each stands, and on which line."""
    found: list[tuple[_Entry, float, int]] = []
    x, line = 0.0, 0
    for entry in _entries(marks, of):
        if x and x + entry.width > width:
            x, line = 0.0, line + 1
        found.append((entry, x, line))
        x += entry.width + 22
    return found


def _entries(marks: Sequence[Mark], of: Sequence[int]) -> list[_Entry]:
    entries = []
    for tone, ground in enumerate(palette.TILE_CLASSES):
        inside = sorted(
            (mark for mark, t in zip(marks, of, strict=True) if t == tone),
            key=lambda mark: (mark.value, mark.code),
        )
        if not inside:
            continue
        least, most = inside[0], inside[-1]
        pieces = [(least.text, least.key)]
        if most.text != least.text:
            pieces += [(" to", ""), (f" {most.text}", most.key)]
        entries.append(_Entry(ground, tuple(pieces)))
    if any(mark.hidden for mark in marks):
        entries.append(_Entry("", ((f"{SHORT['c']} {STATUS_WORDS['c']}", ""),)))
    return entries

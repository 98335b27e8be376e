"""The three classes of a map of places, and the legend that says from what to what each goes."""

from __future__ import annotations

from collections.abc import Sequence

from jsna.charts import lettering, palette
from jsna.charts.canvas import Canvas
from jsna.charts.marks import SHORT, Mark
from jsna.charts.scale import classes
from jsna.model.schema import STATUS_WORDS

#: Height it takes, from the bottom of the map to the last line.
HEIGHT = 18.0


def tones(marks: Sequence[Mark]) -> list[int]:
    """The class of each mark, 0 to 2, by its number as printed; −1 where there is none."""
    return classes([mark.rounded for mark in marks], len(palette.TILE_CLASSES))


def draw(canvas: Canvas, marks: Sequence[Mark], of: Sequence[int], y: float) -> None:
    """The range of each class, from its own least and greatest numbers, on the baseline `y`."""
    x = 0.0
    for tone, ground in enumerate(palette.TILE_CLASSES):
        inside = sorted(
            (mark for mark, t in zip(marks, of, strict=True) if t == tone),
            key=lambda mark: (mark.value, mark.code),
        )
        if not inside:
            continue
        canvas.rectangle(x, y - 7.5, 14, 9, ground)
        x += 18
        least, most = inside[0], inside[-1]
        x = _piece(canvas, x, y, least.text, least.key)
        if most.text != least.text:
            x = _piece(canvas, x, y, " to ", "")
            x = _piece(canvas, x, y, most.text, most.key)
        x += 22
    if any(mark.hidden for mark in marks):
        canvas.hatched([(x, y - 7.5, 14, 9)])
        _piece(canvas, x + 18, y, f"{SHORT['c']} {STATUS_WORDS['c']}", "")


def _piece(canvas: Canvas, x: float, y: float, text: str, key: str) -> float:
    """Text at `x`; returns where the next piece starts."""
    lead = lettering.width(" ", palette.SMALL) if text.startswith(" ") else 0.0
    canvas.text(x + lead, y, text.strip(), size=palette.SMALL, measure=key)
    return x + lettering.width(text, palette.SMALL)

"""The mark of a comparator, and the names of the home area and the country beside their marks."""

from __future__ import annotations

from typing import Final

from jsna.charts import lettering, palette
from jsna.charts.canvas import Canvas
from jsna.charts.shown import Shown

#: From the middle of a comparator's diamond to its corners.
DIAMOND: Final = 4.6
#: Height of a line of names.
LINE: Final = palette.LABEL * lettering.LEADING


def diamond(canvas: Canvas, x: float, y: float) -> None:
    """The mark of a comparator."""
    size = DIAMOND
    corners = [(x, y - size), (x + size, y), (x, y + size), (x - size, y)]
    canvas.shape(corners, fill=palette.ORANGE_TEXT, stroke=palette.WHITE, weight=1.2, closed=True)


def name_marks(canvas: Canvas, shown: Shown, x: float) -> None:
    """The names of the home area, beside its mark at `x`, and of the country, with its mark."""
    canvas.text(x + 13, 10.5, shown.home_name, weight=600, colour=palette.NAVY)
    beside = x + 13 + lettering.width(shown.home_name, palette.LABEL, 600) + 20
    down = names_height(shown, canvas.width)
    if down:
        beside = x + DIAMOND
    diamond(canvas, beside, 7 + down)
    how = {"weight": 600, "colour": palette.ORANGE_TEXT}
    canvas.text(beside + 9, 10.5 + down, shown.country_name, **how)  # type: ignore[arg-type]


def names_start(shown: Shown, width: float, x: float) -> float:
    """Where `name_marks` begins: at `x`, or further left where it has no room there."""
    return max(0.0, min(x, width - _named(shown)))


def names_height(shown: Shown, width: float) -> float:
    """What `name_marks` takes more than one line."""
    return LINE if _named(shown) > width else 0.0


def _named(shown: Shown) -> float:
    names = (shown.home_name, shown.country_name)
    return sum(lettering.width(name, palette.LABEL, 600) for name in names) + 42

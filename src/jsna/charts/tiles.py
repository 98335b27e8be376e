"""A tile map: one tile for each locality, placed about where it lies, shaded in classes.
It needs no boundary file; every tile carries its name and number, or on a narrow screen a letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from jsna.charts import bars, legend, lettered, lettering, palette
from jsna.charts.canvas import Canvas
from jsna.charts.finish import foot
from jsna.charts.maps import Drawn
from jsna.charts.marks import SHORT, Mark
from jsna.charts.shown import Shown
from jsna.model.areas import Locality, LocalityGroup, Shape

GAP: Final = 3.0
WIDEST: Final = 92.0
LINE: Final = palette.SMALL * 1.12
#: Tallest map a page holds, in points.
TALLEST: Final = 600.0
#: Fewest columns of the rows below a map, of localities that have no place on it.
PLAIN: Final = 6

Position = tuple[int, int]


def draw(
    shown: Shown, marks: Sequence[Mark], every: Sequence[Locality | LocalityGroup]
) -> Drawn | None:
    """The map of some places; None where no page holds all their names."""
    places = positions(every)
    if _draw(shown, marks, places).height > TALLEST:
        return None

    def paint(width: float) -> Canvas:
        if width >= palette.WIDE:
            return _draw(shown, marks, places)
        shapes = {mark.code: square(*places[mark.code]) for mark in marks}
        return lettered.draw(shown, bars.ranked(marks), shapes, width)

    return Drawn(paint, "Tile map", "Each tile is a place, set about where it lies.")


def square(column: int, row: int) -> Shape:
    """A tile as a shape: on a narrow screen it holds a letter, and the names stand below."""
    left, top = column, -row
    ends = ((left, top), (left + 1, top), (left + 1, top - 1), (left, top - 1), (left, top))
    return (ends,)


def positions(places: Sequence[Locality | LocalityGroup]) -> dict[str, Position]:
    """Column and row of each locality from the top left; those without one fill rows below."""
    placed: dict[str, Position] = {}
    taken: set[Position] = set()
    for place in places:
        if place.tile is not None and place.tile not in taken:
            placed[place.code] = place.tile
            taken.add(place.tile)
    least = (min((c for c, _ in taken), default=0), min((r for _, r in taken), default=0))
    placed = {code: (c - least[0], r - least[1]) for code, (c, r) in placed.items()}
    below = max((r for _, r in placed.values()), default=-1) + 1
    unplaced = [place for place in places if place.code not in placed]
    rest = [place.code for place in sorted(unplaced, key=lambda place: place.name)]
    across = max(PLAIN, max((c for c, _ in placed.values()), default=0) + 1)
    for index, code in enumerate(rest):
        placed[code] = (index % across, below + index // across)
    return placed


def _draw(shown: Shown, marks: Sequence[Mark], places: Mapping[str, Position]) -> Canvas:
    columns = max(places[mark.code][0] for mark in marks) + 1
    down = max(places[mark.code][1] for mark in marks) + 1
    width = min(WIDEST, (palette.WIDE + GAP) / columns - GAP)
    lines = {mark.code: lettering.wrap(mark.label, palette.SMALL, width - 6) for mark in marks}
    height = max(map(len, lines.values())) * LINE + 24
    bottom = down * (height + GAP)
    under = legend.height(marks, palette.WIDE) + foot(shown)
    canvas = Canvas(bottom + under, palette.WIDE)
    tones = legend.tones(marks)
    indent = (palette.WIDE - columns * (width + GAP) + GAP) / 2
    for mark, tone in zip(marks, tones, strict=True):
        column, row = places[mark.code]
        x, y = indent + column * (width + GAP), row * (height + GAP)
        _tile(canvas, mark, lines[mark.code], (x, y, width, height), tone)
    legend.draw(canvas, marks, bottom + 12)
    return canvas


def _tile(
    canvas: Canvas,
    mark: Mark,
    lines: Sequence[str],
    box: tuple[float, float, float, float],
    tone: int,
) -> None:
    x, y, width, height = box
    middle, ink = x + width / 2, palette.INK
    if mark.shown:
        canvas.rectangle(x, y, width, height, palette.MAP_CLASSES[tone])
        canvas.rectangles([(x, y, width, height)], None, palette.HATCH)
        ink = palette.ink_on(palette.MAP_CLASSES[tone])
    elif mark.hidden:
        canvas.hatched([(x, y, width, height)], step=6.0)
    else:
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        canvas.shape(corners, stroke=palette.HATCH, weight=0.8, closed=True)
    backing = mark.hidden
    first = y + (height - len(lines) * LINE - 13) / 2 + 8.5
    for index, line in enumerate(lines):
        size = palette.SMALL
        if lettering.width(line, size) > width - 4:  # one long word
            size *= (width - 4) / lettering.width(line, size)
        canvas.text(
            middle, first + index * LINE, line, size=size, colour=ink, anchor="center",
            backing=backing,
        )  # fmt: skip
    size = 11.0 if mark.shown else palette.SMALL
    text = SHORT["c"] if mark.hidden else mark.text
    if lettering.width(text, size, 600) > width - 4:
        size *= (width - 4) / lettering.width(text, size, 600)
    canvas.text(
        middle, first + len(lines) * LINE + 3, text, size=size, weight=600, colour=ink,
        anchor="center", measure=mark.key, backing=backing,
    )  # fmt: skip

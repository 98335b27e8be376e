"""A tile map: one tile for each locality, placed about where it lies, shaded in three classes.
It needs no boundary file; every tile carries its name and number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from jsna.charts import bars, findings, lettering, palette
from jsna.charts.canvas import Canvas
from jsna.charts.finish import finish, foot, period_words, value_table
from jsna.charts.marks import SHORT, Drawing, Mark, footnote
from jsna.charts.scale import classes
from jsna.charts.shown import Shown
from jsna.model.areas import Locality, LocalityGroup
from jsna.model.hierarchies import LOCALITY_GROUP
from jsna.model.indicators import Chart
from jsna.model.schema import STATUS_WORDS
from jsna.view import words

GAP: Final = 3.0
WIDEST: Final = 92.0
LINE: Final = palette.SMALL * 1.12
#: Tallest map a page holds, in points.
TALLEST: Final = 600.0
#: Fewest columns of the rows below a map, of localities that have no place on it.
PLAIN: Final = 6

Position = tuple[int, int]


def draw(shown: Shown, chart: Chart) -> Drawing | None:
    """The figure; None where the table has nothing to show.

    Where nobody has said where any place lies there is no map: the places stand as ranked bars.
    """
    area = shown.config.area
    grouped = shown.localities == LOCALITY_GROUP
    every = area.locality_groups if grouped else area.localities
    if not any(place.tile is not None for place in every):
        return bars.localities(shown, chart)
    return _map(shown, chart, every)


def _map(
    shown: Shown, chart: Chart, every: Sequence[Locality] | Sequence[LocalityGroup]
) -> Drawing | None:
    period = shown.latest(chart.by)
    marks = shown.marks_by_area(shown.local_codes, period)
    if not period or not marks:
        return None
    country = shown.national(period)
    home = shown.one(shown.home, period)
    reference = country if country.shown else home
    counts = shown.indicator.kind.adds_up
    title = (
        findings.categories(shown, shown.localities, marks)
        if counts
        else findings.places(shown, marks, reference, named=True)
    )
    canvas = _draw(shown, marks, positions(every))
    if canvas.height > TALLEST:
        return None  # too many long names for a page; bars and the open data have them
    return finish(
        canvas,
        shown,
        chart,
        title=title,
        place=f"{shown.places} of {shown.home_name}",
        period=period_words(shown, period),
        kind=f"Tile map of {words.small(len(marks))} {shown.places}",
        table=value_table(shown, words.upper_first(shown.places), marks),
        note=("Each tile is a place, set about where it lies.", footnote(marks)),
    )


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
    width = min(WIDEST, (palette.WIDTH + GAP) / columns - GAP)
    lines = {mark.code: lettering.wrap(mark.label, palette.SMALL, width - 6) for mark in marks}
    height = max(map(len, lines.values())) * LINE + 24
    bottom = down * (height + GAP)
    canvas = Canvas(bottom + 18 + foot(shown))
    tones = classes([mark.rounded for mark in marks], 3)
    indent = (palette.WIDTH - columns * (width + GAP) + GAP) / 2
    for mark, tone in zip(marks, tones, strict=True):
        column, row = places[mark.code]
        x, y = indent + column * (width + GAP), row * (height + GAP)
        _tile(canvas, mark, lines[mark.code], (x, y, width, height), tone)
    _legend(canvas, marks, tones, bottom + 12)
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
        canvas.rectangle(x, y, width, height, palette.TILE_CLASSES[tone])
        ink = palette.ink_on(palette.TILE_CLASSES[tone])
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


def _legend(canvas: Canvas, marks: Sequence[Mark], tones: Sequence[int], y: float) -> None:
    """The range of each class, from its own least and greatest numbers."""
    x = 0.0
    for tone, ground in enumerate(palette.TILE_CLASSES):
        inside = sorted(
            (mark for mark, t in zip(marks, tones, strict=True) if t == tone),
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

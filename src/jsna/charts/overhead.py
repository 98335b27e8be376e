"""What stands over the years of a trend: breaks of the series, and events that a council marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from jsna.charts import lettering, palette
from jsna.charts.canvas import Canvas
from jsna.charts.scale import Scale
from jsna.charts.series import Series, breaking, year
from jsna.charts.shown import Shown
from jsna.model.council import Event

#: Height of a line of words.
LINE: Final = 11.0
#: As many events as are marked, of more the last.
EVENTS: Final = 3


class Note(NamedTuple):
    """Words over the years, with a line below them: where, what, and how the line is drawn."""

    at: float
    lines: Sequence[str]
    dashes: tuple[float, float]


def notes(
    shown: Shown, every: Sequence[Series], periods: Sequence[str], width: float
) -> list[Note]:
    """Everything that is said over the years, from left to right.

    Args:
        shown: what the figure is of.
        every: the lines, the home area's first.
        periods: every period, in order.
        width: of the figure, in points.
    """
    return sorted(_notes(shown, every, periods, width), key=lambda note: note.at)


def _changed(
    shown: Shown, every: Sequence[Series], starts: str, width: float
) -> tuple[str, ...]:  # fmt: skip
    """What changed at a break, in lines; none where no release says it."""
    rows = [series.marks[starts].row for series in every if starts in series.marks]
    sources = {part for row in rows if row is not None for part in row.source.split("+")}
    segments = {row.segment for row in rows if row is not None}
    for release in shown.config.every_release:
        for segment in sorted(segments) if release.id in sources else ():
            if (found := release.break_at(shown.indicator.id, segment)) is not None:
                said = f"From {segment}: {found.label}"
                return lettering.wrap(said, palette.SMALL, width * 0.8)
    return ()


def happened(shown: Shown, periods: Sequence[str]) -> list[Event]:
    """The events that are marked: the last few within the years that are drawn."""
    first, last = year(periods[0]), year(periods[-1])
    within = [one for one in shown.events if first <= year(one.period) <= last]
    return within[-EVENTS:]


def _notes(
    shown: Shown, every: Sequence[Series], periods: Sequence[str], width: float
) -> Iterator[Note]:  # fmt: skip
    """What stands over the years: breaks between two of them, and events in one."""
    for one, other in breaking(every):
        at = (year(one) + year(other)) / 2
        yield Note(at, _changed(shown, every, other, width), (3, 3))
    for event in happened(shown, periods):
        said = lettering.wrap(event.marked, palette.SMALL, width * 0.8)
        yield Note(year(event.period), said, (1, 2.5))


def draw(
    canvas: Canvas, notes: Sequence[Note], across: Scale, between: tuple[float, float]
) -> None:
    """A line from top to bottom at each break and event, under what is said of it.

    Words are set over the lines, which may pass others' words.
    """
    y, bottom = between
    said = []
    for note in notes:
        x = across(note.at)
        said += [(x, y + LINE * row + 2, line) for row, line in enumerate(note.lines)]
        y += LINE * len(note.lines)
        ends = [(x, y - 4), (x, bottom)]
        canvas.shape(ends, stroke=palette.DARK, weight=1.0, dashes=note.dashes)
    how = {"size": palette.SMALL, "colour": palette.INK, "anchor": "center", "backing": True}
    for x, base, line in said:
        half = lettering.width(line, palette.SMALL) / 2
        middle = min(max(x, half), canvas.width - half)
        canvas.text(middle, base, line, **how)  # type: ignore[arg-type]

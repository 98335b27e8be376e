"""What every figure has in common: subtitle, text alternative, data table, "Synthetic"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from jsna.charts import alternative, extents, lettering, palette
from jsna.charts.canvas import Canvas
from jsna.charts.marks import Cell, Drawing, Mark, figure_id, narrow_id
from jsna.charts.shown import Shown
from jsna.errors import JsnaError, Problem
from jsna.model.hierarchies import THREE_YEARS, years
from jsna.model.indicators import Chart
from jsna.view import words

#: Height kept below a figure for the word every figure of a synthetic edition carries.
FOOT: Final = 11.0
SYNTHETIC: Final = "Synthetic data"
#: Points by which that word is moved in search of room.
STEP: Final = 6
INTERVALS: Final = "Thin lines: 95% intervals."
#: Added where many places are compared, by 99.8% limits: by the lines drawn more seem to differ.
FAR: Final = "As many places are compared, the title goes by wider intervals than those drawn."

#: A figure drawn at a width, in points.
Paint = Callable[[float], Canvas]
#: Headings, and rows of a label and cells.
Table = tuple[Sequence[str], Sequence[tuple[str, Sequence[Cell]]]]


def foot(shown: Shown) -> float:
    """Height to keep below the marks."""
    return FOOT if shown.synthetic else 0.0


def finish(
    paint: Paint,
    shown: Shown,
    chart: Chart,
    *,
    title: str,
    place: str,
    period: str,
    kind: str,
    table: Table,
    note: Sequence[str] = (),
    sources: Sequence[str] = (),
    of: int = 0,
) -> Drawing:
    """Close a figure: draw it at both widths and gather what stands around it.

    Args:
        paint: draws it.
        place, period: for the subtitle, as in "districts of the area", "January 2025".
        kind: what the image is, for the text alternative: "Bar chart of twelve districts".
        table: data table; the first heading stands over the row labels.
        note: how to read it, in parts, of which some may be empty.
        sources: what it stands on beside the sources of its numbers.
        of: which of the cells of a row of the table the text alternative tells of.
    """
    name = figure_id(shown.indicator, chart)
    synthetic = f" {SYNTHETIC}." if shown.synthetic else ""
    by_time = chart.type == "trend" and len(table[1]) > 1
    more = alternative.said(shown, table[1], by_time=by_time, of=of)
    alt = " ".join(filter(None, (f"{kind}.", f"{title}.", more))) + synthetic
    return Drawing(
        id=name,
        indicator=shown.indicator.id,
        chapter=shown.indicator.chapter,
        type=chart.type,
        svg=image(paint(palette.WIDE), name, alt, synthetic=shown.synthetic),
        narrow=image(paint(palette.NARROW), narrow_id(name), alt, synthetic=shown.synthetic),
        title=title,
        subtitle=chart.subtitle or subtitle(shown, place, period),
        alt=alt,
        note=" ".join(filter(None, (*note, f"{shown.reason}." if shown.reason else ""))),
        header=tuple(table[0]),
        rows=tuple((label, tuple(cells)) for label, cells in table[1]),
        keys=shown.keys,
        sources=tuple(sorted({*shown.sources, *sources})),
    )


def _stamp(canvas: Canvas) -> None:
    """Say that the data are invented, where no number stands: right, left, at the foot, on top.

    Where all of these are taken, wherever there is room on the same lines.
    """
    size = palette.SMALL
    room = lettering.width(SYNTHETIC, size)
    lines, right = (canvas.stamp, canvas.height - 2.5, size), canvas.width - room
    places = [(left, y) for y in lines for left in (right, 0.0, right / 2)]
    places += [(float(left), y) for y in lines for left in range(int(right), 0, -STEP)]
    free = (
        place for place in places
        if canvas.free(extents.text(*place, SYNTHETIC, size, 400, "left"))
    )  # fmt: skip
    left, y = next(free, places[0])
    if (left, y) == places[0]:
        canvas.text(canvas.width, y, SYNTHETIC, size=size, colour=palette.SOFT, anchor="right")
    else:
        canvas.text(left, y, SYNTHETIC, size=size, colour=palette.SOFT)


def image(canvas: Canvas, name: str, alt: str, *, synthetic: bool) -> str:
    """The image of a figure, of whatever kind.

    Args:
        canvas: as it was painted.
        name: of the image; its ids begin with it.
        alt: what stands for it in words.
        synthetic: whether its data are invented, which it then says.

    Raises:
        JsnaError: words of it collide, or are cut at its edge.
    """
    if synthetic:
        _stamp(canvas)
    if faults := canvas.faults():
        problems = [Problem(f"{name}.svg", fault, code="chart.text") for fault in faults]
        raise JsnaError(problems, title="A chart has words that cannot be read:")
    return canvas.svg(name, alt)


def subtitle(shown: Shown, place: str, period: str) -> str:
    """Measure with its unit, place and period."""
    title, unit = shown.indicator.title, shown.unit_words()
    if unit and not (unit.startswith("per ") and " per " in title):
        title += f", {unit}" if title.endswith(")") else f" ({unit})"
    return ", ".join(part for part in (title, place, period) if part)


def period_words(shown: Shown, period: str) -> str:
    """The period as a subtitle has it."""
    return words.period_label(period, shown.period_type) if period else ""


def span(shown: Shown, periods: Sequence[str]) -> str:
    """The first to the last period."""
    if not periods:
        return ""
    if shown.period_type == THREE_YEARS and len(periods) > 1:
        first, *_, last = (
            year for period in sorted(periods) for year in years(period, THREE_YEARS)
        )
        return f"{first} to {last}, three years together"
    first, last = (period_words(shown, period) for period in (min(periods), max(periods)))
    return first if first == last else f"{first} to {last}"


def limits_of(marks: Sequence[Mark]) -> bool:
    """Whether any mark has 95% limits."""
    return any(mark.has_limits and not mark.exact for mark in marks)


def value_table(
    shown: Shown,
    first: str,
    marks: Sequence[Mark],
    country: Sequence[Mark] = (),
) -> Table:
    """A data table of one value a row with its limits, and the country's beside it.

    Args:
        first: heading over the row labels.
        marks: one a row, in order.
        country: the country's in the same order; none where it is not in the table.
    """
    limits = limits_of(marks)
    unit = words.upper_first(words.UNIT_WORDS[shown.indicator.unit])
    header = [first, unit, *(["Lower 95% limit", "Upper 95% limit"] if limits else [])]
    header += [shown.country_name] if country else []
    rows: list[tuple[str, list[Cell]]] = []
    for index, mark in enumerate(marks):
        cells = [Cell(mark.key)]
        if limits:
            cells += [Cell(mark.key, "lower_95"), Cell(mark.key, "upper_95")]
        cells += [Cell(country[index].key)] if country else []
        rows.append((mark.label, cells))
    return header, rows

"""What every figure has in common: subtitle, text alternative, data table, "Synthetic"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from jsna.charts import palette
from jsna.charts.canvas import Canvas
from jsna.charts.marks import Cell, Drawing, Mark, figure_id
from jsna.charts.shown import Shown
from jsna.model.hierarchies import THREE_YEARS, years
from jsna.model.indicators import Chart
from jsna.view import words

#: Height kept below a figure for the word every figure of a synthetic edition carries.
FOOT: Final = 11.0
SYNTHETIC: Final = "Synthetic data"
INTERVALS: Final = "Thin lines: 95% intervals."
#: Added where many places are compared, by 99.8% limits: by the lines drawn more seem to differ.
FAR: Final = "As many places are compared, the title goes by wider intervals than those drawn."

Rows = Sequence[tuple[str, Sequence[Cell]]]


def foot(shown: Shown) -> float:
    """Height to keep below the marks."""
    return FOOT if shown.synthetic else 0.0


def finish(
    canvas: Canvas,
    shown: Shown,
    chart: Chart,
    *,
    title: str,
    place: str,
    period: str,
    kind: str,
    header: Sequence[str],
    rows: Rows,
    note: str = "",
    stamp: float | None = None,
) -> Drawing:
    """Close a figure: write its SVG and gather what stands around it.

    Args:
        place, period: for the subtitle, as in "districts of the area", "January 2025".
        kind: what the image is, for the text alternative: "Bar chart of twelve districts".
        header, rows: data table; the first heading stands over the row labels.
        stamp: height at which the right edge has room for the word of a synthetic edition; below
            the marks where not given.
    """
    if shown.synthetic:
        canvas.text(
            canvas.width,
            canvas.height - 2.5 if stamp is None else stamp,
            SYNTHETIC,
            size=palette.SMALL,
            colour=palette.SOFT,
            anchor="right",
        )
    name = figure_id(shown.indicator, chart)
    synthetic = f" {SYNTHETIC}." if shown.synthetic else ""
    alt = f"{kind}. {title}.{synthetic}"
    return Drawing(
        id=name,
        indicator=shown.indicator.id,
        chapter=shown.indicator.chapter,
        type=chart.type,
        svg=canvas.svg(name, alt),
        title=title,
        subtitle=chart.subtitle or subtitle(shown, place, period),
        alt=alt,
        note=" ".join(part for part in (note, f"{shown.reason}." if shown.reason else "") if part),
        header=tuple(header),
        rows=tuple((label, tuple(cells)) for label, cells in rows),
        keys=shown.keys,
        sources=shown.sources,
    )


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
    entries: Sequence[tuple[str, Mark]],
    beside: Mapping[str, Sequence[Mark]] | None = None,
) -> tuple[list[str], list[tuple[str, list[Cell]]]]:
    """A data table of one value a row with its limits, and further areas beside it.

    Args:
        first: heading over the row labels.
        entries: (row label, mark) in order.
        beside: heading -> marks in the same order.
    """
    limits = limits_of([mark for _, mark in entries])
    unit = words.upper_first(words.UNIT_WORDS[shown.indicator.unit])
    header = [first, unit, *(["Lower 95% limit", "Upper 95% limit"] if limits else [])]
    header += list(beside or {})
    rows: list[tuple[str, list[Cell]]] = []
    for index, (label, mark) in enumerate(entries):
        cells = [Cell(mark.key)]
        if limits:
            cells += [Cell(mark.key, "lower_95"), Cell(mark.key, "upper_95")]
        cells += [Cell(marks[index].key) for marks in (beside or {}).values()]
        rows.append((label, cells))
    return header, rows

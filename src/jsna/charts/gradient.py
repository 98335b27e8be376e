"""Deprivation gradient: one dot with its 95% interval for each tenth (or fifth), most deprived
first, against the area's own figure. On a narrow screen the groups go down the page, as bars.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jsna.charts import barrows, extents, findings, lettering, palette
from jsna.charts.canvas import Canvas
from jsna.charts.finish import finish, limits_of, period_words, value_table
from jsna.charts.marks import NOTHING, Drawing, Mark, footnote, rows_of
from jsna.charts.scale import Scale, linear
from jsna.charts.shown import Shown
from jsna.model.indicators import Chart
from jsna.view import words
from jsna.view.gradients import Gradient, gradient

PLOT: Final = 84.0
TOP: Final = 24.0
#: Height of the plot where every value is hidden.
EMPTY: Final = 44.0


def draw(shown: Shown, chart: Chart) -> Drawing | None:
    """The figure; None where the table has nothing to show."""
    (dimension,) = chart.by
    period = shown.latest(chart.by)
    marks = shown.marks_by_category(dimension, shown.home, period)
    if not period or not marks:
        return None
    counts = shown.indicator.kind.adds_up
    total = shown.one(shown.home, period) if not counts else NOTHING
    steps, step = len(marks), "group"
    if words.deprived(dimension, shown.config):
        steps, step = words.steps(dimension, shown.config)
    found = None if counts else gradient(rows_of(marks), dimension)
    if counts:
        title = findings.categories(shown, dimension, marks)
    else:
        title = findings.gradient(shown, marks, found, step, steps)
    called = words.dimension_words(dimension, shown.config)
    last = [total] if total.key else []
    limits = "Lines through dots: 95% intervals." if limits_of(marks) else ""

    def paint(width: float) -> Canvas:
        if width >= palette.WIDE:
            return _draw(shown, marks, total, (step, steps), found)
        rows = [barrows.Bar(mark, palette.NAVY) for mark in marks]
        return barrows.draw(shown, rows, total if total.shown else None, None, width)

    return finish(
        paint,
        shown,
        chart,
        title=title,
        place=f"{shown.home_name} by {called}",
        period=period_words(shown, period),
        kind=f"Chart of {words.small(len(marks))} {step}s from most to least deprived",
        table=value_table(shown, words.upper_first(called), [*marks, *last]),
        note=(limits, footnote(marks)),
    )


def _draw(
    shown: Shown,
    marks: Sequence[Mark],
    total: Mark,
    steps: tuple[str, int],
    found: Gradient | None,
) -> Canvas:
    bottom = TOP + PLOT if any(mark.shown for mark in marks) else EMPTY
    room = 0.0
    if total.shown:
        widths = [lettering.width(t, palette.LABEL, 600) for t in (total.label, total.text)]
        room = max(widths) + 10
    values = [v for m in (*marks, total) for v in (m.value, m.low, m.high)]
    scale = linear(values, bottom, min(TOP, bottom - 1))
    right = palette.WIDE - room
    slot = right / len(marks)
    canvas = Canvas(bottom + 32, palette.WIDE)
    canvas.stamp = 10.0
    if total.shown:
        _total(canvas, total, scale, right)
    canvas.strokes([((0, scale(0)), (right, scale(0)))], palette.DARK, 1.0)
    for index, mark in enumerate(marks):
        _mark(canvas, mark, slot * (index + 0.5), scale, slot, total)
        name = mark.code if len(mark.code) < 4 else mark.label
        canvas.text(slot * (index + 0.5), bottom + 13, name, size=palette.SMALL, anchor="center")
    _ends(canvas, bottom + 26, right, steps[0], whole=len(marks) >= steps[1])
    if found is not None and found.verdict in ("higher", "lower"):
        _ratio(canvas, marks, *steps, shown.indicator.decimals)
    return canvas


def _total(canvas: Canvas, total: Mark, scale: Scale, right: float) -> None:
    """The area's own figure: a dashed line, named and numbered at its right end."""
    y = scale(total.value)
    canvas.shape([(0, y), (right, y)], stroke=palette.ORANGE_TEXT, weight=1.3, dashes=(4.5, 3))
    how = {"weight": 600, "colour": palette.ORANGE_TEXT}
    canvas.text(right + 6, y - 2.5, total.label, **how)  # type: ignore[arg-type]
    canvas.text(right + 6, y + 8.9, total.text, measure=total.key, **how)  # type: ignore[arg-type]


def _mark(canvas: Canvas, mark: Mark, x: float, scale: Scale, slot: float, total: Mark) -> None:
    if not mark.shown:
        base = scale(0)
        lines = lettering.wrap(mark.text, palette.SMALL, slot - 2)
        top = base - 5 - (len(lines) - 1) * 11
        if total.shown and top - 9 < scale(total.value) < base - 1:  # not across its line
            top += scale(total.value) - 4 - (base - 5)
        for index, line in enumerate(lines):
            canvas.text(
                x, top + index * 11, line, size=palette.SMALL, anchor="center", backing=True,
                measure=mark.key if len(lines) == 1 else "",
            )  # fmt: skip
        return
    y = scale(mark.value)
    above = y - 4
    if mark.has_limits and not mark.exact:
        canvas.strokes([((x, scale(mark.low)), (x, scale(mark.high)))], palette.NAVY, 1.4)
        above = min(above, scale(mark.high))
    canvas.dot(x, y, 4.0, palette.NAVY)
    canvas.text(
        x, above - 4, mark.text, size=palette.SMALL, weight=600, colour=palette.INK,
        anchor="center", measure=mark.key, backing=True,
    )  # fmt: skip


def _ends(canvas: Canvas, y: float, right: float, step: str, *, whole: bool) -> None:
    """What the ends of the axis are; an area may lack the most or the least deprived."""
    most, least = ("Most", "Least") if whole else ("More", "Less")
    how = {"size": palette.SMALL, "weight": 600, "colour": palette.INK}
    canvas.text(0, y, f"{most} deprived", **how)  # type: ignore[arg-type]
    canvas.text(right, y, f"{least} deprived", anchor="right", **how)  # type: ignore[arg-type]
    between = f"{step}s of neighbourhoods in the country by deprivation"
    if lettering.width(between, palette.SMALL) < right - 150:
        canvas.text(right / 2, y, between, size=palette.SMALL, anchor="center")


def _ratio(canvas: Canvas, marks: Sequence[Mark], step: str, steps: int, decimals: int) -> None:
    """How many times the most deprived stand to the least, where there is a gradient."""
    first, last = marks[0], marks[-1]
    if not (first.shown and last.shown) or len(marks) < steps:
        return
    if words.rounded(last.value, decimals) <= 0:
        return  # nothing is so many times of nothing
    number = words.number(first.value / last.value, 1)
    x, y = 0.0, 10.0
    parts = ((f"Most deprived {step}: ", False), (f"{number} times", True),
             (f" the least deprived {step}", False))  # fmt: skip
    whole = "".join(text for text, _ in parts)
    if not canvas.free(extents.text(x, y, whole, palette.LABEL, 600, "left")):
        return  # the number of a tenth stands there, and both are in the table
    for text, counted in parts:
        weight = 600 if counted else 400
        colour = palette.NAVY if counted else palette.SOFT
        # Text elements drop the space they start with, so it is left to the position.
        lead = lettering.width(" ", palette.LABEL) if text.startswith(" ") else 0.0
        canvas.text(
            x + lead, y, text.strip(), weight=weight, colour=colour,
            measure=first.key if counted else "", field="ratio", over=last.key,
        )  # fmt: skip
        x += lettering.width(text, palette.LABEL, weight)

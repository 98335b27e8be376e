"""The heading of a topic: what its headline measure has come to, in one plain sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from jsna.model.indicators import Indicator
from jsna.report.changes import latest_change
from jsna.report.comparing import compared
from jsna.report.marks import mark, rest
from jsna.report.messages import matters
from jsna.report.narrative import join, noun, say, value, when
from jsna.view import words
from jsna.view.comparison import everyone_counted, untested
from jsna.view.groups import Groups
from jsna.view.rows import Measures, Row

#: Parts of a whole that a heading names as the most common.
_MOST = 2


Kind = Literal["duty", "most", "beside", "changed", "unequal", "close", "level"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A heading.

    Attributes:
        kind: what it says, so that no sentence beneath it says that again.
        text: a sentence without a full stop, its numbers marked.
    """

    kind: Kind
    text: Markup


def finding(
    view: Measures,
    indicator: Indicator,
    unequal: Markup | None = None,
    *,
    change_first: bool = True,
) -> Finding:
    """What the latest figures of an indicator come to.

    A duty in law that was missed comes first, then a difference from the country, a change, and a
    difference between groups of children, each only where it is borne out; failing all, how much
    there is.

    Args:
        unequal: the sentence on groups of children, where it is about this indicator.
        change_first: a change comes before that sentence.
    """
    moves: list[tuple[Kind, Markup | None]] = [
        ("changed", _changed(view, indicator)),
        ("unequal", Markup(unequal.removesuffix(".")) if unequal else None),
    ]
    tries: tuple[tuple[Kind, Markup | None], ...] = (
        ("duty", _duty(view, indicator)),
        ("most", _most(view, indicator)),
        ("beside", _beside(view, indicator, close=False)),
        *(moves if change_first else reversed(moves)),
        ("close", _beside(view, indicator, close=True)),
    )
    found = next(((kind, text) for kind, text in tries if text), None)
    kind, text = found or ("level", _level(view, indicator))
    return Finding(kind, Markup(words.upper_first(text)))


def called(indicator: Indicator) -> str:
    """What an indicator measures, without what its phrase puts in brackets."""
    return noun(indicator).split(" (")[0]


def _duty(view: Measures, indicator: Indicator) -> Markup | None:
    row, duty = view.latest(indicator.id), indicator.duty
    if duty is None or row is None or not row.shown or row.doubted or row.value >= 100:
        return None
    row = view.published(row) or row
    if math.isfinite(row.denominator - row.numerator):
        text = "{when}, {about}{rest} of {of} {missed}"
        about = "about " if view.rounded(row) else ""
        of = mark(row, 0, "denominator")
        return say(text, when=when(row), about=about, rest=rest(row), of=of, missed=duty.missed)
    among = indicator.among or indicator.phrase
    return say("{}, {} of {} {}", when(row), value(row, indicator), among, duty.kept)


def _most(view: Measures, indicator: Indicator) -> Markup | None:
    """`Autism is the most common primary need: 34.8% of 12,317 EHC plans`."""
    if not indicator.kind.of_one_whole:
        return None
    found = largest(view, indicator)
    if found is None:
        return None
    dimension, top, shown = found
    declared = view.config.dimension(dimension)
    what = declared.kind or declared.words
    most = "most common"
    of = " of those shown" if any(r.hidden for r in shown) else ""
    kind = f"the {most} {what}{of}"
    names = [words.prose_label(dimension, r.code(dimension), view.config) for r in top]
    if len(top) == 1:
        figure = value(top[0], indicator)
        return say("{} is {}: {} of {}", kind, names[0], figure, indicator.phrase)
    return say("{} are {} most common{}", join(names), f"the {words.small(len(top))}", of)


def largest(view: Measures, indicator: Indicator) -> tuple[str, list[Row], list[Row]] | None:
    """Of a whole by one dimension: the dimension, its largest parts, and all of them."""
    single = next((d[0] for d in indicator.breakdowns if len(d) == 1), None)
    if single is None or view.config.dimension(single).order == "number":
        return None  # of a distribution it is said where most lie
    rows = view.breakdown(indicator.id, (single,))
    top = Groups(rows, indicator).leaders
    return (single, top, rows) if 0 < len(top) <= _MOST else None


def _beside(view: Measures, indicator: Indicator, *, close: bool) -> Markup | None:
    """`The share of … was higher than in England: 5.5% against 5.3%`.

    Args:
        close: say that it is close, or cannot be told; else only that it differs.
    """
    found = compared(view, indicator)
    country = view.config.area.country
    national = next((x for x in found[1] if x[0] == country.code), None) if found else None
    if found is None or national is None:
        return None
    home, (_, other, verdict) = found[0], national
    if home.doubted or other.doubted or home.segment != other.segment:
        return None
    latest = view.latest(indicator.id)
    dated = latest is None or latest.period != home.period
    side = untested(home, other) if verdict == "unknown" and everyone_counted(home) else verdict
    figures = {
        "noun": called(indicator),
        "home": value(home, indicator),
        "country": country.name,
        "other": value(other, indicator),
        "when": say(" {}", when(home)) if dated else "",
    }
    far = side in ("higher", "lower") and matters(home, other)
    if far == close:
        return None
    if far:
        text = "{noun} was {side} than in {country}{when}: {home} against {other}"
        return say(text, side=side, **figures)
    if side == "similar":
        return say("{noun} was close to that of {country}{when}: {home} and {other}", **figures)
    if side == "unknown" and untested(home, other) == "similar":
        return say("{noun} was {home}{when}, the same as in {country}", **figures)
    if side == "unknown":
        return say("{noun} was {home}{when}; in {country} it was {other}", **figures)
    text = "{noun} was {home}{when}, a little {side} than in {country} ({other})"
    return say(text, side=side, **figures)


def _changed(view: Measures, indicator: Indicator) -> Markup | None:
    found = latest_change(view, indicator)
    if found is None:
        return None
    return say("{} {}", called(indicator), found.removesuffix("."))


def _level(view: Measures, indicator: Indicator) -> Markup:
    row = view.latest(indicator.id)
    place = words.area_phrase(view.config.area.code, view.config)
    if row is None or not row.shown:
        return Markup(words.upper_first(indicator.phrase))
    if row.unit == "count":
        amount = value(row, indicator)
        was = "there were" if words.rounded(row.value) != 1 else "there was"
        return say("{}, {} {} {} in {}", when(row), was, amount, indicator.phrase, place)
    return say("{} was {} {}", called(indicator), value(row, indicator, full=True), when(row))

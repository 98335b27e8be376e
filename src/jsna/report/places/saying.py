"""The heading and sentences of a place page, by the rules every comparison goes by.

A figure stands out where it is clearly above or below that of the whole area, by the test for many
places (`view.comparison.places`), and far enough from it to matter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator
from jsna.report.messages import matters
from jsna.report.narrative import noun, say, value, when
from jsna.report.scoring import OLDEST, age
from jsna.view import words
from jsna.view.comparison import Verdict, everyone_counted, untested
from jsna.view.place_figures import Place, PlaceFigure
from jsna.view.rows import Row


def standing_out(figures: Sequence[PlaceFigure], config: Configuration) -> list[PlaceFigure]:
    """The figures that stand out from the whole area's, the furthest from it first.

    What is old comes last, and before it what neighbourhoods are like rather than children. What
    is worse comes before what is better or neither.
    """
    told = [
        one
        for one in figures
        if one.beside in ("higher", "lower") and one.whole is not None and not one.row.doubted
        if matters(one.row, one.whole)
    ]
    return sorted(
        told,
        key=lambda one: (
            age(config, one.row) > OLDEST,
            one.indicator.population_base == "areas",
            not _worse(one),
            -_apart(one),
            one.indicator.id,
        ),
    )


def heading(place: Place, figures: Sequence[PlaceFigure], config: Configuration) -> Markup:
    """What stands out there, or that nothing does; without a full stop."""
    found = standing_out(figures, config)
    area = config.area.name
    if found:
        first = beside(found[0], config, dated=True)
        return say("{}: {}", words.upper_first(place.name), first)
    if any(one.beside == "similar" for one in figures):
        return say("{}: no figure is clearly apart from that of {}", place.name, area)
    return say("{}: no figure can be tested beside that of {}", place.name, area)


def also(figures: Sequence[PlaceFigure], config: Configuration) -> list[Markup]:
    """The further figures that stand out, as sentences; the table beneath them says when."""
    return [
        say("{}.", Markup(words.upper_first(beside(one, config))))
        for one in standing_out(figures, config)[1:]
    ]


def beside(one: PlaceFigure, config: Configuration, *, dated: bool = False) -> Markup:
    """`the share of … was higher than in Quillshire in 2025, 48.3% against 33.1%`."""
    assert one.whole is not None
    return say(
        "{noun} was {side} than in {area}{when}, {own} against {whole}",
        noun=noun(one.indicator),
        side=one.beside,
        area=words.area_phrase(config.area.code, config),
        when=f" {when(one.row)}" if dated else "",
        own=value(one.row, one.indicator),
        whole=value(one.whole, one.indicator),
    )


def how_many(place: Place, figures: Sequence[PlaceFigure]) -> Markup:
    """How many children live there: the first count of people; "" where none is shown."""
    for one in figures:
        people = one.indicator.population_base in ("resident", "attending")
        if one.indicator.unit == "count" and people and one.row.shown and one.row.value >= 2:
            return say(
                "{When}, there were {value} {phrase} in {place}.",
                When=words.upper_first(when(one.row)),
                value=value(one.row, one.indicator),
                phrase=one.indicator.phrase,
                place=place.name,
            )
    return Markup("")


def questions(figures: Sequence[PlaceFigure], config: Configuration, most: int) -> list[str]:
    """What to ask there: of the topics of what stands out, then of any it has figures of."""
    ordered = [*standing_out(figures, config), *figures]
    found: dict[str, None] = {}
    for turn in range(2):
        for one in ordered:
            for topic in config.topics.values():
                if one.indicator.id in topic.measures and len(topic.ask) > turn:
                    found.setdefault(topic.ask[turn])
                    break
    return list(found)[:most]


def verdict_words(own: Row, other: Row, verdict: Verdict, indicator: Indicator) -> str:
    """`higher`, `higher (worse)`, `similar`, `lower (not tested)`, `in doubt`."""
    good = {"high": "higher", "low": "lower"}.get(indicator.polarity)
    asides = []
    if verdict == "unknown":
        found = untested(own, other)
        if found is None:
            return "counted otherwise" if own.segment != other.segment else "cannot be told"
        verdict = found
        asides = ["all counted" if everyone_counted(own) else "not tested"]
    if verdict == "similar":
        return f"the same ({asides[0]})" if asides else verdict
    if good is not None:
        # Whatever others do, what misses a duty in law is not done better.
        better = "better" if indicator.duty is None or own.value >= 100 else "short of the duty"
        asides.insert(0, better if verdict == good else "worse")
    return f"{verdict} ({'; '.join(asides)})" if asides else verdict


def _worse(one: PlaceFigure) -> bool:
    bad = {"high": "lower", "low": "higher"}.get(one.indicator.polarity)
    return one.beside == bad


def _apart(one: PlaceFigure) -> float:
    """How many times the larger of the two is the smaller; at most ten."""
    assert one.whole is not None
    low, high = sorted((one.row.value, one.whole.value))
    return min(high / low, 10.0) if low > 0 and math.isfinite(high) else 10.0

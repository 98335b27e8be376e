"""The brief: what a member reads in two minutes, on the start page and on two sheets of paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from jsna.model.indicators import Indicator
from jsna.report import messages
from jsna.report.chapters import KeyNumber, key_number
from jsna.report.figures import Figure
from jsna.report.topics.finding import finding
from jsna.report.topics.page import TopicPage, anchor
from jsna.view.rows import Measures
from jsna.view.standings import subject

#: Large numbers at its head, questions to ask, and notes of care.
NUMBERS: Final = 4
ASKS: Final = 5
CARES: Final = 4


@dataclass(frozen=True, slots=True)
class Point:
    """One message.

    Attributes:
        title: of its topic.
        anchor: id of the topic's section.
        heading: the finding, as the topic's heading says it.
        text: what stands behind it, in a sentence or two.
    """

    title: str
    anchor: str
    heading: Markup
    text: Markup


@dataclass(frozen=True, slots=True)
class Brief:
    """What the brief prints.

    Attributes:
        heading: the first message; empty where nothing stands out.
        numbers: up to four.
        points: the messages.
        chart: of the first message whose topic has one.
        source: where the chart comes from.
        asks: (title of a topic, what to ask of it) of the messages' topics.
        care: what to beware of in them.
    """

    heading: Markup
    numbers: tuple[KeyNumber, ...]
    points: tuple[Point, ...]
    chart: Figure | None
    source: str
    asks: tuple[tuple[str, str], ...]
    care: tuple[str, ...]


def brief(
    view: Measures,
    pages: Sequence[TopicPage],
    figures: Mapping[str, Sequence[Figure]],
    first: Sequence[str],
) -> Brief:
    """The brief of an edition.

    Args:
        pages: of the topics; a measure that none of them shows is no message.
        figures: by indicator, as drawn.
        first: indicators whose numbers stand first; those of the messages follow.
    """
    of: dict[str, TopicPage] = {}
    for page in pages:
        for name in page.topic.measures:
            of.setdefault(name, page)
    pool = [one for name in of if (one := view.declared(name)) is not None and view.has(name)]
    told = messages.chosen(view, pool)
    about = [of[one.indicator.id] for one in told]
    points = tuple(_point(view, one, of[one.indicator.id]) for one in told)
    chart = next((c for one in told if (c := _chart(figures, one.indicator)) is not None), None)
    asks = [(page.topic.title, ask) for page in _once(about) for ask in page.topic.ask[:2]]
    first_asks = [pair for at in (0, 1) for pair in _nth(asks, at)]
    care = [line for page in _once(about) for line in page.care]
    return Brief(
        heading=points[0].heading if points else Markup(""),
        numbers=_numbers(view, [*first, *(one.indicator.id for one in told)]),
        points=points,
        chart=chart,
        source=", ".join(chart.sources) if chart else "",
        asks=tuple(first_asks[:ASKS]),
        care=tuple(dict.fromkeys(care))[:CARES],
    )


def _once(pages: Sequence[TopicPage]) -> list[TopicPage]:
    return [*{page.id: page for page in pages}.values()]


def _nth(asks: Sequence[tuple[str, str]], at: int) -> list[tuple[str, str]]:
    """The first, or the second, question of each topic."""
    by: dict[str, list[tuple[str, str]]] = {}
    for pair in asks:
        by.setdefault(pair[0], []).append(pair)
    return [pairs[at] for pairs in by.values() if at < len(pairs)]


def _point(view: Measures, one: messages.Message, page: TopicPage) -> Point:
    own = one.indicator.id == page.headline.id
    heading = page.heading if own else finding(view, one.indicator).text
    return Point(page.topic.title, anchor(page.id), heading, one.text)


def _chart(figures: Mapping[str, Sequence[Figure]], indicator: Indicator) -> Figure | None:
    drawn = figures.get(indicator.id, ())
    return next((one for one in drawn if one.type == "trend"), next(iter(drawn), None))


def _numbers(view: Measures, names: Sequence[str]) -> tuple[KeyNumber, ...]:
    """The first four that there are, one of a subject."""
    made: dict[str, KeyNumber] = {}
    for name in dict.fromkeys(names):
        indicator = view.declared(name)
        if indicator is None or not view.has(name) or subject(indicator) in made:
            continue
        number = key_number(view, indicator)
        if number is not None:
            made[subject(indicator)] = number
    return tuple(made.values())[:NUMBERS]

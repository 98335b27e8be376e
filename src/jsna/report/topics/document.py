"""The report: summary, where the area stands, its topics, and what nobody knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from jsna.report import messages
from jsna.report.chapters import KeyNumber, key_number
from jsna.report.figures import Figure, NumberedFigure
from jsna.report.narrative import noun, say
from jsna.report.sources import Register
from jsna.report.topics import unknown
from jsna.report.topics.finding import finding
from jsna.report.topics.page import TopicPage, first, pages, topics
from jsna.view import words
from jsna.view.answers import Answer, beyond
from jsna.view.rows import Measures

#: Key numbers of the summary.
NUMBERS: Final = 4
#: What a message on all children weighs beside one on children with SEND.
ALL_CHILDREN: Final = 0.5
#: Indicator of figures that are drawn of several.
_SEVERAL: Final = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A message of the summary, and the topic it leads to.

    Attributes:
        heading: the message in a line, without a full stop.
    """

    page: TopicPage
    text: Markup
    heading: Markup


@dataclass(frozen=True, slots=True)
class Report:
    """What the report's template prints.

    Attributes:
        pages: of topics.
        numbers: key numbers of the summary.
        messages: what matters most.
        strip: where the area stands among all; none where that is not known.
        gaps: what is not known.
        hidden: titles of topics whose figures are all hidden.
        anchors: indicator -> id of the topic that has it.
    """

    pages: tuple[TopicPage, ...]
    numbers: tuple[KeyNumber, ...]
    messages: tuple[Told, ...]
    strip: NumberedFigure | None
    gaps: tuple[unknown.Gap, ...]
    hidden: tuple[str, ...]
    anchors: Mapping[str, str]


def report(
    view: Measures,
    drawn: Mapping[str, Sequence[Figure]],
    register: Register,
    answered: Sequence[Answer],
) -> Report:
    """The report of an edition.

    Args:
        view: its safe measures.
        drawn: figures by indicator.
        register: says what sources are called.
        answered: what there is of each question that was asked.
    """
    several = drawn.get(_SEVERAL, ())
    strip = None
    if several:
        strip = NumberedFigure("1", "figure-1", several[0], register.line(several[0].sources))
    made = pages(view, drawn, register, before=1 if strip else 0)
    about = {name: page for page in reversed(made) for name in page.topic.measures}
    about |= {page.headline.id: page for page in reversed(made)}
    paged = {page.id for page in made}
    return Report(
        pages=tuple(made),
        numbers=_numbers(view),
        messages=tuple(told(view, about)),
        strip=strip,
        gaps=tuple(unknown.gaps(view.config, answered, paged, beyond(view))),
        hidden=tuple(
            topic.title
            for name, topic in topics(view.config).items()
            if name not in paged and any(view.has(one) for one in topic.headline)
        ),
        anchors={name: page.anchor for name, page in about.items()},
    )


def _numbers(view: Measures) -> tuple[KeyNumber, ...]:
    given = [one for topic in view.config.topics.values() if (one := first(view, topic.number))]
    found = (key_number(view, one) for one in given)
    return tuple(one for one in found if one is not None)[:NUMBERS]


def told(view: Measures, about: Mapping[str, TopicPage]) -> list[Told]:
    """The messages, one a topic."""
    ranked = {name for name, one in view.config.chapters.items() if one.ranked}
    told_of = [
        indicator
        for name in about
        if (indicator := view.declared(name)) is not None and indicator.chapter in ranked
    ]
    order = [*view.config.indicators]
    told_of.sort(key=lambda one: order.index(one.id))
    found = messages.chosen(
        view,
        told_of,
        lambda one: about[one.id].id,
        lambda one: ALL_CHILDREN if about[one.id].topic.all_children else 1.0,
    )
    return [Told(about[one.indicator.id], sentence(one), _line(view, one)) for one in found]


def _line(view: Measures, one: messages.Message) -> Markup:
    """A message in a line: of a duty what a topic about it has for a heading."""
    if one.kind == "duty":
        return finding(view, one.indicator).text
    return Markup(one.sentence.removesuffix("."))


def sentence(one: messages.Message) -> Markup:
    """A message that says what it is about: under the name of a topic, its measure is not clear."""
    if one.kind == "duty":
        return Markup(words.upper_first(one.text))
    was = "" if one.kind == "changed" else "was "
    return say("{} {}{}", words.upper_first(noun(one.indicator)), was, one.text)

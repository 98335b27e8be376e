"""The brief: what a member reads in two minutes, on the start page and on two sheets of paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from jsna.report.chapters import KeyNumber
from jsna.report.sources import Register
from jsna.report.topics.document import Link, Report
from jsna.report.topics.page import Shown, TopicPage

#: Questions to ask, and notes of care.
ASKS: Final = 5
CARES: Final = 4
#: Charts that show how something has gone say most in a brief.
_FIRST: Final = "trend"


@dataclass(frozen=True, slots=True)
class Point:
    """One message: a topic's heading, with what stands behind it."""

    page: TopicPage
    text: Markup


@dataclass(frozen=True, slots=True)
class Brief:
    """What the brief prints.

    Attributes:
        heading: the first message's finding; empty where nothing stands out.
        numbers: up to four.
        points: the messages.
        chart: of the first message whose topic has one; numbered 1.
        asks: (title of a topic, question) to ask officers, the first of each topic first.
        care: what to beware of in these figures.
    """

    heading: Markup
    numbers: tuple[KeyNumber, ...]
    points: tuple[Point, ...]
    chart: Shown | None
    asks: tuple[tuple[str, str], ...]
    care: tuple[str, ...]


def brief(report: Report, register: Register) -> Brief:
    """The brief of a report: nothing stands in it that the report does not say.

    Args:
        report: as its template has it.
        register: says what sources are called.
    """
    by = {page.anchor: page for page in report.pages}
    told = [(by[link.anchor], link) for link in report.messages]
    charts = [page.main for page, _ in told if page.main is not None]
    first = next((one for one in charts if one.figure.type == _FIRST), next(iter(charts), None))
    return Brief(
        heading=told[0][0].heading if told else Markup(""),
        numbers=report.numbers,
        points=tuple(Point(page, link.text) for page, link in told),
        chart=first and _alone(first, register),
        asks=tuple(_asks(told)[:ASKS]),
        care=tuple(dict.fromkeys(line for page, _ in told for line in page.care))[:CARES],
    )


def _alone(shown: Shown, register: Register) -> Shown:
    """A topic's figure with its sources in words: the notes of the topic are not there."""
    source = Markup.escape(register.line(shown.figure.sources))
    return Shown("1", "chart", shown.figure, source)


def _asks(told: Sequence[tuple[TopicPage, Link]]) -> list[tuple[str, str]]:
    """Every topic's first question, then every topic's second."""
    topics = [page.topic for page, _ in told]
    longest = max((len(topic.ask) for topic in topics), default=0)
    return [
        (topic.title, topic.ask[at])
        for at in range(longest)
        for topic in topics
        if at < len(topic.ask)
    ]

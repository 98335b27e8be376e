"""The brief: what a member reads in two minutes, on the start page and on two sheets of paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from jsna.report.figures import NumberedFigure
from jsna.report.sources import Register
from jsna.report.topics.document import Report
from jsna.report.topics.page import TopicPage

#: Questions to ask, and notes of care.
ASKS: Final = 5
CARES: Final = 4
#: Charts that show how something has gone say most in a brief.
_FIRST: Final = "trend"


@dataclass(frozen=True, slots=True)
class Brief:
    """What the brief prints beside the numbers and messages of the report.

    Attributes:
        heading: the first message's finding; empty where nothing stands out.
        chart: of the first message whose topic has one; numbered 1.
        asks: what to ask officers, the first question of each topic first.
        care: what to beware of in these figures that the messages do not say.
    """

    heading: Markup
    chart: NumberedFigure | None
    asks: tuple[str, ...]
    care: tuple[str, ...]


def brief(report: Report, register: Register) -> Brief:
    """The brief of a report: nothing stands in it that the report does not say.

    Args:
        report: as its template has it.
        register: says what sources are called.
    """
    told = [message.page for message in report.messages]
    charts = [page.main.figure for page in told if page.main is not None]
    first = next((one for one in charts if one.type == _FIRST), next(iter(charts), None))
    return Brief(
        heading=report.messages[0].heading if report.messages else Markup(""),
        # The notes of the topic, in which its sources stand there, are not here.
        chart=NumberedFigure("1", "chart", first, register.line(first.sources)) if first else None,
        asks=tuple(_asks(told)[:ASKS]),
        care=tuple(
            line
            for line in dict.fromkeys(line for page in told for line in page.care)
            if not any(line in message.text.striptags() for message in report.messages)
        )[:CARES],
    )


def _asks(told: Sequence[TopicPage]) -> list[str]:
    """Every topic's first question, then every topic's second."""
    questions = [page.topic.ask for page in told]
    longest = max(map(len, questions), default=0)
    return [asks[at] for at in range(longest) for asks in questions if at < len(asks)]

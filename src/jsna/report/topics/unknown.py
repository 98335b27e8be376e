"""What we do not know: what was asked and nobody gives, by topic, and who would have to give it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from jsna.model.configuration import Configuration
from jsna.model.questions import Needed
from jsna.view.answers import Answer


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing of one topic.

    Attributes:
        title: of the topic.
        anchor: name of the topic where it has a page, else "".
        missing: (who would have to give it, what they would), each source once.
    """

    title: str
    anchor: str
    missing: tuple[tuple[str, tuple[str, ...]], ...]


def gaps(
    config: Configuration,
    found: Sequence[Answer],
    paged: Collection[str],
    beyond: Sequence[Needed] = (),
) -> list[Gap]:
    """What is missing, topics without a page first; what two topics miss is told once.

    Args:
        found: what there is of each question.
        paged: topics with a page.
        beyond: what is missing that no question takes.
    """
    by_number = {one.number: one for one in found}
    told: set[str] = set()
    made: list[Gap] = []
    order = sorted(config.topics, key=lambda name: name in paged)
    for name in order:
        topic = config.topics[name]
        answers = [by_number[number] for number in topic.questions if number in by_number]
        every = [*(n for one in found for n in one.missing), *beyond]
        own = [one for one in every if one.topic == name]
        asked = [n for one in answers for n in one.missing if n.topic is None]
        needed = {n.what: n for n in (*own, *asked) if n.what not in told}
        told |= needed.keys()
        if needed:
            made.append(
                Gap(topic.title, name if name in paged else "", _by_source(needed.values()))
            )
    return made


def _by_source(needed: Collection[Needed]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    by: dict[str, list[str]] = {}
    for one in needed:
        by.setdefault(one.source, []).append(one.what)
    return tuple((source, tuple(what)) for source, what in by.items())

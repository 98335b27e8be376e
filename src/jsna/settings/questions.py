"""`config/questions.yaml` and `config/topics.yaml`, and what they must agree with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from jsna.errors import near
from jsna.model.hierarchies import PLACES
from jsna.model.indicators import LOCALITY, Indicator
from jsna.model.questions import NONE, Questions, QuestionsFile, with_indicators
from jsna.model.topics import Topic, TopicsFile
from jsna.settings import reading
from jsna.settings.indicators import FOLDER, all_read
from jsna.settings.reading import Gatherer

QUESTIONS: Final = "config/questions.yaml"
TOPICS: Final = "config/topics.yaml"


def load_questions(
    gather: Gatherer,
    indicators: Mapping[str, Indicator],
    chapters: Collection[str],
    dimensions: Collection[str],
) -> Questions:
    """The questions, with the indicators that give their figures; none where no file asks any."""
    if not (gather.root / QUESTIONS).is_file():
        return NONE
    found = gather.load(QUESTIONS, QuestionsFile, lines=True)
    if found is None:
        return NONE
    taken = {name for question in found.questions.values() for name in question.takes}
    for name, figure in found.figures.items():
        here = ("figures", name)
        if name not in taken and not figure.topic:
            rule = "no question takes this figure; name it in one's `takes`, or say its `topic`"
            gather.point(QUESTIONS, here, rule)
        # Where their own file is faulty there are none.
        for dimension in figure.by if dimensions else ():
            _known(gather, QUESTIONS, (*here, "by"), "dimension", dimension, dimensions, PLACES)
        if figure.told_in:
            _known(gather, QUESTIONS, (*here, "told_in"), "chapter", figure.told_in, chapters)
    for number, question in found.questions.items():
        here = ("questions", number)
        _known(gather, QUESTIONS, (*here, "asked"), "entry of `asked`", question.asked, found.asked)
        for at, name in enumerate(question.takes):
            _known(gather, QUESTIONS, (*here, "takes", at), "figure", name, found.figures)
    for indicator in indicators.values():
        _check_answers(gather, indicator, found)
    return with_indicators(found, indicators)


def _check_answers(gather: Gatherer, indicator: Indicator, file: QuestionsFile) -> None:
    """Gather figures an indicator is said to give, which there are not or which it cannot."""
    path = f"{FOLDER}/{indicator.chapter}.yaml"
    for name in indicator.answers:
        figure = file.figures.get(name)
        at = _entry(gather, path, indicator.id)
        if figure is None:
            what = f"figure in {QUESTIONS}"
            _known(gather, path, (*at, "answers"), what, name, file.figures)
        elif not any(set(figure.by) <= set(split) for split in ((), *indicator.breakdowns)):
            by = " and ".join(figure.by)
            rule = f"{QUESTIONS} says that this figure is by {by}; no breakdown of it is"
            gather.point(path, (*at, "answers"), rule, name)


def _entry(gather: Gatherer, path: str, name: str) -> reading.Place:
    """Where the entry of an indicator stands in its file."""
    content = reading.held(gather.root / path)
    entries = content.get("indicators") or () if isinstance(content, dict) else ()
    found = [n for n, one in enumerate(entries) if isinstance(one, dict) and one.get("id") == name]
    return ("indicators", *found[:1])


def load_topics(
    gather: Gatherer,
    indicators: Mapping[str, Indicator],
    questions: Questions,
    extracts: Collection[str],
) -> TopicsFile | None:
    """The topics and the words to avoid; None where no file has any."""
    if not (gather.root / TOPICS).is_file():
        return None
    found = gather.load(TOPICS, TopicsFile, lines=True)
    if found is None:
        return None
    asked = QUESTIONS not in gather.failed and questions.questions
    for name, topic in found.topics.items():
        here = ("topics", name)
        if all_read(gather):
            for key, one in topic.named():
                _known(gather, TOPICS, (*here, key), "indicator", one, indicators)
        for number in topic.questions if asked else ():
            what = f"question in {QUESTIONS}"
            _known(gather, TOPICS, (*here, "questions"), what, number, questions.questions)
        for at, one_break in enumerate(topic.breaks):
            place = (*here, "breaks", at, "extract")
            _known(gather, TOPICS, place, "extract", one_break.extract, extracts)
        for key, rule, value in _cannot(topic, indicators):
            gather.point(TOPICS, (*here, key), rule, value)
    for name, figure in questions.figures.items():
        if figure.topic:
            where, what = ("figures", name, "topic"), f"topic in {TOPICS}"
            _known(gather, QUESTIONS, where, what, figure.topic, found.topics)
    return found


def _cannot(topic: Topic, indicators: Mapping[str, Indicator]) -> Iterable[tuple[str, str, str]]:
    """What a topic asks of an indicator that it is not made for: key, rule and value."""
    alone = {name: {b[0] for b in i.breakdowns if len(b) == 1} for name, i in indicators.items()}
    for one in topic.comparison:
        if one in indicators and not indicators[one].kind.compared:
            yield "comparison", "a larger area has more of it; name a rate or a share", one
    for split in topic.inequality:
        if split.measure in alone and split.by not in alone[split.measure]:
            there = ", ".join(sorted(alone[split.measure])) or "none"
            rule = f"{split.measure} has no breakdown by it alone; there are {there}"
            yield "inequality", rule, split.by
    for one in topic.places:
        if one in alone and LOCALITY not in alone[one]:
            yield "places", f"has no breakdown by {LOCALITY}", one
    for one in topic.related:
        if topic.related.count(one) > 1:
            yield "related", "stands in this topic before; keep one", one


def _known(
    gather: Gatherer,
    path: str,
    place: reading.Place,
    what: str,
    name: str,
    *known: Iterable[str],
) -> None:
    """Gather a name that nothing is called, with the nearest one that something is."""
    every = [one for names in known for one in names]
    if name not in every:
        gather.point(path, place, f"no such {what}{near(name, every)}", name)

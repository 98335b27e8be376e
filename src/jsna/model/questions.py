"""What was asked of the assessment, and what it would take to answer: `config/questions.yaml`.

A question names the figures that would answer it, whether or not there are any; a figure says in
words what it is, and who would have to give it; and an indicator says in `answers` which figures it
gives. Which questions an indicator answers follows, and so does what is missing, and from whom.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

from pydantic import Field

from jsna.model.base import Id, Name, PrintedWords, QuestionNumber, Strict
from jsna.model.indicators import Indicator


class Asked(Strict):
    """Who asked some questions, and when.

    Attributes:
        by: who, as in "Asked by …".
        when: the day, or how it is dated where that is not known.
        brief: what it stands in.
    """

    by: PrintedWords
    when: PrintedWords
    brief: PrintedWords


class Needed(Strict):
    """A figure that a question takes, said before anybody looked whether there is one.

    Attributes:
        what: what it is, as in "… is missing".
        source: who would have to give it, and what: the owner and its extract, or the release.
        by: dimensions it must be split by, without which it answers nothing.
        compared: whether it answers nothing without the country's beside it.
        topic: topic it is a figure of, where the question that takes it is of others too, or none
            takes it; else that of the question.
        told_in: chapter that says it of every edition, where it is words and no indicator gives it.
    """

    what: PrintedWords
    source: PrintedWords
    by: tuple[str, ...] = ()
    compared: bool = False
    topic: Name | None = None
    told_in: Name | None = None


class Question(Strict):
    """A question that was asked.

    Attributes:
        asks: the question, in our own words.
        asked: who asked it: a key of `asked`.
        takes: the figures it takes: with all of them it is answered, with one or more in part.
    """

    asks: PrintedWords
    asked: Name
    takes: tuple[Id, ...] = Field(min_length=1)


class QuestionsFile(Strict):
    """Every question, in the order they were asked.

    Attributes:
        asked: who asked, and when.
        figures: every figure that some question takes, by name.
        questions: the questions by number.
    """

    asked: dict[Name, Asked]
    figures: dict[Id, Needed]
    questions: dict[QuestionNumber, Question]


class Questions(QuestionsFile):
    """The questions, with which indicator gives which figure.

    Attributes:
        giving: figure -> indicators that give it, in the order of the report.
    """

    giving: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)

    @cached_property
    def answered_by(self) -> Mapping[str, tuple[str, ...]]:
        """Indicator -> numbers of the questions it answers wholly or in part."""
        found: dict[str, list[str]] = {}
        for number, question in self.questions.items():
            for indicator in dict.fromkeys(self._giving(question)):
                found.setdefault(indicator, []).append(number)
        return {name: tuple(numbers) for name, numbers in found.items()}

    def _giving(self, question: Question) -> Iterator[str]:
        for name in question.takes:
            yield from self.giving.get(name, ())


NONE: Final = Questions(asked={}, figures={}, questions={})


def with_indicators(file: QuestionsFile, indicators: Mapping[str, Indicator]) -> Questions:
    """The questions with the indicators that give each figure."""
    giving: dict[str, list[str]] = {}
    for indicator in indicators.values():
        for name in indicator.answers:
            giving.setdefault(name, []).append(indicator.id)
    every = {name: tuple(found) for name, found in giving.items()}
    return Questions(**dict(file), giving=every)

"""What the report is about, in reading order: `config/topics.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from jsna.model.base import Id, Name, PrintedWords, QuestionNumber, Strict


class Split(Strict):
    """A measure by a dimension: `pupils_sen by imd_decile`.

    Attributes:
        measure: an indicator.
        by: the dimension, one its breakdowns have by itself.
    """

    measure: Id
    by: str


def _split(given: Any) -> Any:
    """`pupils_sen by imd_decile` for a measure and what it is by."""
    if not isinstance(given, str):
        return given
    measure, parted, by = given.partition(" by ")
    if not parted or not by.strip():
        raise ValueError("say a measure and a dimension, as in `pupils_sen by imd_decile`")
    return {"measure": measure.strip(), "by": by.strip()}


SplitOf = Annotated[Split, BeforeValidator(_split, json_schema_input_type=str | Split)]


class SourceBreak(Strict):
    """Records of the council's own that are counted otherwise from a period on.

    Attributes:
        extract: whose records.
        starts: the first period counted the new way, as the measure table writes it.
        reason: what changed, in words the report prints.
    """

    extract: Name
    starts: PrintedWords
    reason: PrintedWords


class Topic(Strict):
    """One topic: a page or two of the report, or a line of "What we do not know".

    A topic with no measures stands there because somebody asked: its questions say what is missing,
    and from whom.

    Attributes:
        title: short name, for contents.
        question: what a reader wants to know.
        questions: numbers of the questions of `config/questions.yaml` that it takes up.
        headline: indicator that its heading and first sentence are about.
        comparison: indicator set beside other areas, with rank; the headline where not given.
        inequality: measure by the dimension along which groups of children are set beside each
            other.
        places: indicator by the area's own localities, for its map and the place pages.
        related: further indicators, the most telling first.
        context: what a reader must know to read the figures: a duty, a reform, an event.
        breaks: of records counted here. Those of official releases stand in their own files, and
            are found by the indicators.
    """

    title: PrintedWords
    question: PrintedWords
    questions: tuple[QuestionNumber, ...] = ()
    headline: Id | None = None
    comparison: Id | None = None
    inequality: SplitOf | None = None
    places: Id | None = None
    related: tuple[Id, ...] = ()
    context: tuple[PrintedWords, ...] = ()
    breaks: tuple[SourceBreak, ...] = ()

    @property
    def compared(self) -> str | None:
        """The indicator set beside other areas."""
        return self.comparison or self.headline

    def named(self) -> Iterator[tuple[str, str]]:
        """Key and id of every indicator it names."""
        for key, one in (("headline", self.headline), ("comparison", self.comparison)):
            if one:
                yield key, one
        if self.inequality:
            yield "inequality", self.inequality.measure
        if self.places:
            yield "places", self.places
        yield from (("related", one) for one in self.related)

    @property
    def measures(self) -> tuple[str, ...]:
        """Every indicator it names, the headline first, each once."""
        return tuple(dict.fromkeys(one for _, one in self.named()))


class TopicsFile(Strict):
    """Every topic.

    Attributes:
        topics: the topics by name, in reading order.
    """

    topics: dict[Name, Topic] = Field(min_length=1)

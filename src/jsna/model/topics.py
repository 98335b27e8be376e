"""What the report is about, in reading order: `config/topics.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from jsna.model.base import Id, Name, Printed, PrintedWords, QuestionNumber, Strict, Words


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


def _several(given: Any) -> Any:
    """One name for itself alone."""
    return given if isinstance(given, list | tuple) else (given,)


#: One name, or several of which the first that has a figure counts.
FirstOf = Annotated[
    tuple[Id, ...], BeforeValidator(_several, json_schema_input_type=str | tuple[str, ...])
]
FirstSplitOf = Annotated[
    tuple[SplitOf, ...], BeforeValidator(_several, json_schema_input_type=str | tuple[str, ...])
]


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
        headline: indicator that its heading and first sentence are about. Here and below several
            may be given: the first that has a figure in an edition is taken, so that an edition of
            official statistics has a page too.
        comparison: indicator set beside other areas, with rank; the headline where not given, or
            where none of these has a figure of another area.
        inequality: measure by the dimension along which groups of children are set beside each
            other.
        places: indicator by the area's own localities, for its map and the place pages.
        related: further indicators, the most telling first.
        context: what a reader must know to read the figures: a duty, a reform, an event.
        meaning: what its figures do and do not show, true for any council.
        ask: what to ask of them, of any council.
        number: indicator of the key number that it gives the summary; none of most topics.
        all_children: whether its totals count all children, with SEND or without: what stands out
            among them weighs less in an assessment of SEND.
        breaks: of records counted here. Those of official releases stand in their own files, and
            are found by the indicators.
    """

    title: PrintedWords
    question: PrintedWords
    questions: tuple[QuestionNumber, ...] = ()
    headline: FirstOf = ()
    comparison: FirstOf = ()
    inequality: FirstSplitOf = ()
    places: FirstOf = ()
    related: tuple[Id, ...] = ()
    context: tuple[PrintedWords, ...] = ()
    meaning: Printed = ""
    ask: tuple[PrintedWords, ...] = ()
    number: FirstOf = ()
    all_children: bool = False
    breaks: tuple[SourceBreak, ...] = ()

    @property
    def compared(self) -> tuple[str, ...]:
        """The indicators set beside other areas, the first that can be."""
        return (*self.comparison, *self.headline)

    def named(self) -> Iterator[tuple[str, str]]:
        """Key and id of every indicator it names."""
        yield from (("headline", one) for one in self.headline)
        yield from (("comparison", one) for one in self.comparison)
        yield from (("inequality", one.measure) for one in self.inequality)
        yield from (("places", one) for one in self.places)
        yield from (("related", one) for one in self.related)
        yield from (("number", one) for one in self.number)

    @property
    def measures(self) -> tuple[str, ...]:
        """Every indicator it names, the headline first, each once."""
        return tuple(dict.fromkeys(one for _, one in self.named()))


class TopicsFile(Strict):
    """Every topic.

    Attributes:
        topics: the topics by name, in reading order.
        avoid: word that readers of the report do not use -> what they say.
    """

    topics: dict[Name, Topic] = Field(min_length=1)
    avoid: dict[Words, Words] = Field(default_factory=dict)

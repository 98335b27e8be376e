"""Which of the questions asked the safe measures answer, by what, and what is missing from whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from jsna.model.configuration import Configuration
from jsna.model.hierarchies import finer
from jsna.model.questions import Needed, Question
from jsna.view.rows import Measures

State = Literal["answered", "partly", "not"]
#: Every state, as it is told.
STATES: Final[Mapping[State, str]] = {
    "answered": "Answered",
    "partly": "Partly answered",
    "not": "Not answered",
}


@dataclass(frozen=True, slots=True)
class Given:
    """A figure that is there: given by indicators, or told in a chapter where there are none."""

    figure: Needed
    indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What there is of a question in one edition."""

    number: str
    question: Question
    given: tuple[Given, ...]
    missing: tuple[Needed, ...]

    @property
    def state(self) -> State:
        """Answered by all its figures, partly by some, or not."""
        if not self.missing:
            return "answered"
        return "partly" if self.given else "not"


def answers(view: Measures) -> list[Answer]:
    """What there is of every question, in their order."""
    asked, there = view.config.questions, _there(view)
    return [
        Answer(number, question, *_parted(question, asked.figures, there))
        for number, question in asked.questions.items()
    ]


def beyond(view: Measures) -> list[Needed]:
    """Figures that are missing and that no question takes: readers of the report ask for them."""
    asked, there = view.config.questions, _there(view)
    taken = {name for question in asked.questions.values() for name in question.takes}
    return [
        figure
        for name, figure in asked.figures.items()
        if name not in taken and there[name] is None
    ]


def _there(view: Measures) -> dict[str, tuple[str, ...] | None]:
    """Figure -> the indicators that give it here, none where a chapter tells it; None: missing."""
    config, shown = view.config, _Shown(view)
    asked = config.questions
    there: dict[str, tuple[str, ...] | None] = {}
    for name, figure in asked.figures.items():
        by = asked.giving.get(name, ())
        found = tuple(one for one in by if shown.gives(one, figure))
        told = figure.told_in in config.edition.chapters
        there[name] = found if found or told else None
    return there


def tally(found: Sequence[Answer]) -> dict[State, int]:
    """How many questions are answered wholly, partly and not."""
    return {state: sum(one.state == state for one in found) for state in STATES}


def _parted(
    question: Question,
    figures: Mapping[str, Needed],
    there: Mapping[str, tuple[str, ...] | None],
) -> tuple[tuple[Given, ...], tuple[Needed, ...]]:
    """The figures of a question that are there, and those that are missing."""
    found = [(figures[name], there[name]) for name in question.takes]
    given = tuple(Given(figure, by) for figure, by in found if by is not None)
    return given, tuple(figure for figure, by in found if by is None)


class _Shown:
    """What is shown of the home area and its places."""

    def __init__(self, view: Measures) -> None:
        config: Configuration = view.config
        area = config.area
        home = {area.code, *area.locality_names, *(g.code for g in area.locality_groups)}
        self._config = config
        #: Indicator -> sets of dimensions it is shown by, each as fine as its list goes.
        self._splits: dict[str, set[frozenset[str]]] = {}
        self._country: set[str] = set()
        for name in config.indicators:
            rows = [row for row in view.rows(name) if row.shown]
            splits = {row.split for row in rows if row.area_code in home}
            self._splits[name] = {frozenset(self._finest(split)) for split in splits}
            if any(row.area_code == area.country.code for row in rows):
                self._country.add(name)

    def _finest(self, dimensions: Sequence[str]) -> Iterator[str]:
        return (finer(name, self._config) for name in dimensions)

    def gives(self, indicator: str, figure: Needed) -> bool:
        """Whether an indicator has a figure here that is all that is needed."""
        if figure.compared and indicator not in self._country:
            return False
        by = {*self._finest(figure.by)}
        return any(by <= split for split in self._splits.get(indicator, ()))

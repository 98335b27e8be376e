"""Chapters as the templates print them: key numbers, a lede, and a section for each indicator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from jsna.model.indicators import Indicator
from jsna.report.breakdowns import sentences as breakdown_sentences
from jsna.report.changes import headline
from jsna.report.datatables import further
from jsna.report.figures import Figure, NumberedFigure, Table
from jsna.report.marks import mark
from jsna.report.metadata import caution, left
from jsna.report.narrative import RATES, Sentence, noun, rate_words, say
from jsna.report.thresholds import Thresholds
from jsna.view import words
from jsna.view.groups import Groups
from jsna.view.rows import Measures, Row

#: Key numbers at the head of a chapter.
STRIP = 4


@dataclass(frozen=True, slots=True)
class KeyNumber:
    """A large number with the words under it."""

    number: Markup
    text: Markup
    aside: Markup


@dataclass(frozen=True, slots=True)
class Section:
    """What a chapter says about one indicator."""

    id: str
    number: str
    indicator: Indicator
    sentences: tuple[Sentence, ...]
    parts: tuple[Sentence, ...]
    figures: tuple[NumberedFigure, ...]
    tables: tuple[Table, ...]
    source: str
    caution: str
    left: tuple[str, ...] = ()

    @property
    def paragraphs(self) -> list[tuple[Sentence, ...]]:
        """What is said, in one or two paragraphs: a lone remark is no paragraph of its own."""
        said = tuple(s for s in self.parts if s.kind != "hidden")
        if any(s.clear for s in said) and self.sentences:
            return [self.sentences, said]
        whole = (*self.sentences, *said)
        return [whole] if whole else []

    @property
    def withheld(self) -> Sentence | None:
        """Which figures are hidden, for the note on who is counted."""
        return next((s for s in self.parts if s.kind == "hidden"), None)


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter of the technical report; `lacking` names indicators it has no figures for.

    `thresholds` is what is given by several rules.
    """

    id: str
    document: str
    number: int
    title: str
    key_numbers: tuple[KeyNumber, ...]
    lede: Markup
    sections: tuple[Section, ...]
    lacking: tuple[Indicator, ...]
    thresholds: Thresholds | None = None

    @property
    def anchor(self) -> str:
        """Id of the chapter's element."""
        return "chapter-" + self.id.replace("_", "-")


def key_numbers(
    view: Measures, indicators: Sequence[Indicator], first: Sequence[str]
) -> tuple[KeyNumber, ...]:
    """Up to four key numbers: of the indicators named first, then of the others in order."""
    by_id = {i.id: i for i in indicators}
    order = [by_id[name] for name in first if name in by_id]
    order += [i for i in indicators if i not in order]
    made = (key_number(view, indicator) for indicator in order)
    return tuple(found for found in made if found is not None)[:STRIP]


def key_number(view: Measures, indicator: Indicator) -> KeyNumber | None:
    """The latest figure in large, with what it is and England's beside it."""
    if indicator.kind.of_one_whole:
        return _largest_share(view, indicator)
    row = view.latest(indicator.id)
    if row is None or not row.shown:
        return None
    period = words.period_label(row.period, row.period_type)
    per = rate_words(row, indicator)
    # A number of weeks, or a mean, is of nothing without a word on what it is.
    said = indicator.kind.of_values or indicator.kind.amounts
    what = noun(indicator).removeprefix("the ") if said else indicator.phrase
    text = say("{}{}, {}", what, f" {per}" if per else "", period)
    aside = Markup("")
    country = view.config.area.country
    national = view.at(indicator.id, country.code, row)
    comparable = indicator.kind.compared and "national" in indicator.comparators
    if national is not None and national.shown and comparable:
        aside = say("{} {}", country.name, bare(national, indicator))
        published = view.published(row)
        if published is not None and published.shown:
            # Where both print the same, one number says it.
            if bare(published, indicator).striptags() != bare(row, indicator).striptags():
                aside = say("as published {}; {}", bare(published, indicator), aside)
        elif national.segment != row.segment:
            aside += ", counted otherwise"
    return KeyNumber(bare(row, indicator), text, aside)


def bare(row: Row, indicator: Indicator) -> Markup:
    """A value for large print: a percentage keeps its sign, a rate's unit goes into the words."""
    return mark(row, indicator.decimals, unit=row.unit not in RATES)


def _largest_share(view: Measures, indicator: Indicator) -> KeyNumber | None:
    single = next((d[0] for d in indicator.breakdowns if len(d) == 1), None)
    rows = view.breakdown(indicator.id, (single,)) if single else []
    top = Groups(rows, indicator).leaders
    if len(top) != 1 or single is None:
        return None
    config, row = view.config, top[0]
    label = words.prose_label(single, row.code(single), config)
    period = words.period_label(row.period, row.period_type)
    declared = config.dimension(single)
    kind = "" if declared.labels == "sentences" else declared.kind
    what = f"the most common {kind}" if kind else "the largest group"
    if any(r.hidden for r in rows):
        what += " of those shown"
    text = say("of {}: {}, {}, {}", indicator.phrase, label, what, period)
    return KeyNumber(bare(row, indicator), text, Markup(""))


def sections(
    view: Measures,
    indicators: Sequence[Indicator],
    figures: Mapping[str, Sequence[Figure]],
    number: int,
    source_line: Callable[[Sequence[str]], str],
) -> tuple[Section, ...]:
    """A section for each indicator with figures, numbered; figures numbered on."""
    made: list[Section] = []
    figure_count = 0
    for indicator in (i for i in indicators if view.has(i.id)):
        drawn: list[NumberedFigure] = []
        charted: set[str] = set()
        for figure in figures.get(indicator.id, ()):
            figure_count += 1
            # The image has the figure's own id; the block around it is found by its number.
            name, place = f"{number}.{figure_count}", f"figure-{number}-{figure_count}"
            charted |= figure.keys
            drawn.append(NumberedFigure(name, place, figure, source_line(figure.sources)))
        made.append(
            Section(
                id="indicator-" + indicator.id.replace("_", "-"),
                number=f"{number}.{len(made) + 1}",
                indicator=indicator,
                sentences=tuple(headline(view, indicator)),
                parts=tuple(breakdown_sentences(view, indicator, charted)),
                figures=tuple(drawn),
                tables=tuple(further(view, indicator, charted)),
                source=source_line(view.sources(view.rows(indicator.id))),
                caution=caution(indicator, view),
                left=tuple(left(indicator, view)),
            )
        )
    return tuple(made)

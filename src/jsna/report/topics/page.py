"""The pages of the report, one a topic, in the order of `config/topics.yaml`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from markupsafe import Markup

from jsna.model.configuration import Configuration
from jsna.model.documents import REPORT
from jsna.model.hierarchies import PLACES
from jsna.model.indicators import Indicator
from jsna.model.topics import Split, Topic
from jsna.report.care import care
from jsna.report.figures import Figure, NumberedFigure
from jsna.report.scoring import OLDEST, age
from jsna.report.sources import Register
from jsna.report.topics import charts, saying
from jsna.report.topics.finding import Finding, finding
from jsna.report.topics.notes import Notes
from jsna.report.topics.related import Lines, lines
from jsna.view.rows import Measures, Row

#: How often the report says one sentence.
MOST_SAID: Final = 3
_SENTENCES: Final = re.compile(r"\. (?=[A-Z])")
#: Characters of a heading that two lines hold.
_TWO_LINES: Final = 110
#: Inequalities that a topic tells.
_TOLD: Final = 2
Drawn = Mapping[str, Sequence[Figure]]


@dataclass(frozen=True, slots=True)
class TopicPage:
    """A topic as its template prints it.

    Attributes:
        heading: the finding.
        lead: how many children.
        comparison, story, places: sentences, in order: beside others; since when and among whom;
            where.
        main: the chart of the headline; none where it has none.
        figures: the others.
        also: further measures.
        who: who is counted.
        care: what a reader must beware of.
        notes: sources.
        more: charts for a screen alone.
    """

    id: str
    number: int
    topic: Topic
    headline: Indicator
    heading: Markup
    lead: Markup
    comparison: tuple[Markup, ...]
    story: tuple[Markup, ...]
    places: Markup
    main: NumberedFigure | None
    figures: tuple[NumberedFigure, ...]
    also: Lines
    who: str
    care: tuple[str, ...]
    notes: Notes
    more: tuple[Figure, ...] = ()

    @property
    def shown(self) -> list[Figure]:
        """The charts that paper has."""
        return [one.figure for one in (self.main, *self.figures) if one is not None]

    @property
    def long(self) -> bool:
        """Whether its heading is set smaller on paper, where it would take three lines."""
        return len(self.heading.striptags()) > _TWO_LINES

    @property
    def file(self) -> str:
        """File of the web page it has of its own."""
        return self.id.replace("_", "-") + ".html"

    @property
    def anchor(self) -> str:
        """Id of its section."""
        return anchor(self.id)


def anchor(topic: str) -> str:
    """Id of the section of a topic."""
    return "topic-" + topic.replace("_", "-")


def pages(view: Measures, drawn: Drawn, register: Register, *, before: int = 0) -> list[TopicPage]:
    """A page for each topic whose headline has a figure in this edition, numbered.

    A chart stands in one topic alone, of those that have its indicator the first that shows it.

    Args:
        before: how many figures stand before them, which are numbered through the report.
    """
    made: list[TopicPage] = []
    for name, topic in topics(view.config).items():
        headline = _newest(view, topic.headline)
        if headline is not None:
            given = {figure.id for page in made for figure in page.shown}
            left = {key: [f for f in some if f.id not in given] for key, some in drawn.items()}
            page = _page(view, left, register, name, topic, headline, len(made) + 1, before)
            before += len(page.figures) + (page.main is not None)
            made.append(page)
    shown = {figure.id for page in made for figure in page.shown}
    return [*_with_the_rest(made, drawn, shown)]


def _with_the_rest(made: Sequence[TopicPage], drawn: Drawn, shown: set[str]) -> Iterator[TopicPage]:
    """Pages with the charts that none of them shows, each in the first that has its indicator.

    Who is counted is not said again where some pages before have said it.
    """
    told: Counter[str] = Counter()
    for page in made:
        more = [
            figure
            for name in page.topic.measures
            for figure in drawn.get(name, ())
            if figure.id not in shown
        ]
        shown |= {figure.id for figure in more}
        who = [one for one in _SENTENCES.split(page.who.rstrip(".")) if told[one] < MOST_SAID]
        told.update(who)
        yield replace(page, more=tuple(more), who=". ".join(who))


def topics(config: Configuration) -> Mapping[str, Topic]:
    """The topics that are declared, and one for each chapter of which they name no indicator.

    So an indicator that was declared, and nothing else, has a page all the same.
    """
    named = {one for topic in config.topics.values() for one in topic.measures}
    made = dict(config.topics)
    for name, chapter in config.chapters.items():
        own = [i for i in config.indicators.values() if i.chapter == name and i.id not in named]
        if chapter.document == REPORT.name and own:
            made[f"{name}_further" if name in made else name] = Topic(
                title=chapter.title,
                question=f"{chapter.title}?",
                headline=tuple(one.id for one in own),
                inequality=tuple(
                    Split(measure=one.id, by=dims[0])
                    for one in own
                    for dims in one.breakdowns
                    if len(dims) == 1 and dims[0] not in PLACES
                ),
                related=tuple(one.id for one in own[1:]),
                meaning=chapter.meaning,
                ask=chapter.questions,
            )
    return made


def first(view: Measures, names: Iterable[str]) -> Indicator | None:
    """The first of some indicators with a figure of the area that is shown."""
    return next((one for name in names if (one := _shown(view, name)) is not None), None)


def _newest(view: Measures, names: Iterable[str]) -> Indicator | None:
    """The first of some indicators whose figure is not old; where all are, the first there is."""
    found = [one for name in names if (one := _shown(view, name)) is not None]
    new = (
        one
        for one in found
        if all(age(view.config, row) <= OLDEST for row in _latest(view, one)[:1])
    )
    return next(new, next(iter(found), None))


def _shown(view: Measures, name: str) -> Indicator | None:
    indicator = view.declared(name)
    if indicator is None or not view.has(name):
        return None
    if indicator.kind.of_one_whole or indicator.derived:
        code = view.config.area.code
        shown = any(row.shown and row.area_code == code for row in view.rows(name))
        return indicator if shown else None
    latest = view.latest(name)
    return indicator if latest is not None and latest.shown else None


def _page(
    view: Measures,
    drawn: Drawn,
    register: Register,
    name: str,
    topic: Topic,
    headline: Indicator,
    number: int,
    before: int,
) -> TopicPage:
    notes = Notes(anchor(name), register)
    beside = _beside(view, topic, headline)
    placed = _placed(view, topic)
    told = _unequal(view, drawn, topic, headline)
    where = placed[0] if placed else None
    again = beside is None or beside[0] is headline
    figures = [*charts.chosen(view, drawn, topic, headline, told, where)]
    # A heading is of what the chart beneath it shows.
    over_time = any(one.type == "trend" for one in figures[:1])
    head, story = _story(view, told, headline, again=again, over_time=over_time)
    if not told:
        each = (saying.each(view, one) for one in topic.inequality)
        story = (*story, *[one for one in each if one is not None][:1])
    # What the comparison has told with its number and rank is not told again.
    known = {headline.id, *([beside[0].id] if beside else ())}
    related = [i for key in topic.related if key not in known and (i := _shown(view, key))]
    shown = [
        NumberedFigure(f"{at}", f"figure-{at}", one, notes.refer(one.sources))
        for at, one in enumerate(figures, before + 1)
    ]
    for indicator in (headline, *related, *(pair[0] for pair in (beside, placed) if pair)):
        notes.refer(view.sources(_latest(view, indicator)))
    latest = view.latest(headline.id)
    # A heading that says how many is not said again.
    said = head.kind in ("level", "changed") and headline.unit == "count"
    return TopicPage(
        id=name,
        number=number,
        topic=topic,
        headline=headline,
        heading=head.text,
        lead=Markup("")
        if said
        else saying.many(view, headline, known=head.kind in ("beside", "close")),
        comparison=tuple(beside[1]) if beside else (),
        story=story,
        places=placed[1] if placed else Markup(""),
        main=shown[0] if shown else None,
        figures=tuple(shown[1:]),
        also=lines(view, related),
        who=headline.population,
        care=tuple(care(view, latest)) if latest is not None else (),
        notes=notes,
    )


def _latest(view: Measures, indicator: Indicator) -> list[Row]:
    """The home area's row, or rows of parts, of the latest period that has one."""
    rows = [r for r in view.rows(indicator.id) if r.area_code == view.config.area.code and r.shown]
    last = max((row.period for row in rows), default="")
    return [row for row in rows if row.period == last]


def _beside(
    view: Measures, topic: Topic, headline: Indicator
) -> tuple[Indicator, list[Markup]] | None:
    """The first measure that can be set beside other areas, and the sentences that do."""
    for name in topic.compared:
        one = _shown(view, name)
        told = saying.beside(view, one, headline) if one is not None else []
        if one is not None and told:
            return one, told
    return None


def _placed(view: Measures, topic: Topic) -> tuple[Indicator, Markup] | None:
    """The first measure of which some place stands out, and the sentence that names it."""
    for name in topic.places:
        one = _shown(view, name)
        told = saying.where(view, one) if one is not None else None
        if one is not None and told is not None:
            return one, told
    return None


def _unequal(view: Measures, drawn: Drawn, topic: Topic, headline: Indicator) -> tuple[Split, ...]:
    """The inequalities that are told: at most two, by different dimensions.

    The headline's come first, and of them those that have a chart.
    """
    clear = [one for one in topic.inequality if saying.unequal(view, one)]
    clear.sort(key=lambda one: (one.measure != headline.id, not charts.of_split(view, drawn, one)))
    by = {one.by: one for one in reversed(clear)}
    return tuple(one for one in clear if by[one.by] is one)[:_TOLD]


def _story(
    view: Measures,
    splits: Sequence[Split],
    headline: Indicator,
    *,
    again: bool,
    over_time: bool,
) -> tuple[Finding, tuple[Markup, ...]]:
    """The heading, and what stands beneath the comparison that it does not say.

    Args:
        splits: the inequalities that are told.
        again: the sentence before was about the headline.
        over_time: the chart shows how it has gone.
    """
    own = next((one for one in splits if one.measure == headline.id), None)
    groups = saying.unequal(view, own) if own is not None else None
    head = finding(view, headline, groups, change_first=over_time)
    since = saying.since(view, headline, again=again) if head.kind != "changed" else None
    made = [one for one in (saying.hidden(view, headline), since) if one]
    again = since is not None or (again and not made)
    for split in splits:
        if split is own and head.kind == "unequal":
            continue
        again = again and split.measure == headline.id
        told = saying.unequal(view, split, again=again)
        made += [told] if told else []
    return head, tuple(made)

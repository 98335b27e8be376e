"""Chapters as the templates print them: key numbers, a lede, and a section for each indicator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from jsna.measures.declaration import Indicator
from jsna.report import format as words
from jsna.report.breakdowns import DEPRIVATION
from jsna.report.breakdowns import sentences as breakdown_sentences
from jsna.report.compare import gradient, leaders
from jsna.report.datatables import further
from jsna.report.figures import Figure, Table
from jsna.report.marks import mark
from jsna.report.narrative import Sentence, compared, headline, level, say
from jsna.report.view import Measures, Row

#: Key numbers at the head of a chapter.
STRIP = 4
#: Indicators named in one sentence of a lede.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class KeyNumber:
    """A large number with the words under it."""

    number: Markup
    text: Markup


@dataclass(frozen=True, slots=True)
class NumberedFigure:
    """A figure with its number, source line and the ids of its data tables."""

    number: str
    anchor: str
    figure: Figure
    source: str
    table_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NumberedTable:
    """A data table of the annex, with its number and the id it is linked by."""

    number: str
    id: str
    table: Table
    source: str
    back: str


@dataclass(frozen=True, slots=True)
class Section:
    """What a chapter says about one indicator."""

    id: str
    number: str
    indicator: Indicator
    sentences: tuple[Sentence, ...]
    parts: tuple[Sentence, ...]
    figures: tuple[NumberedFigure, ...]
    tables: tuple[NumberedTable, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter; `lacking` names indicators it has no figures for."""

    id: str
    number: int
    title: str
    key_numbers: tuple[KeyNumber, ...]
    lede: Markup
    sections: tuple[Section, ...]
    lacking: tuple[Indicator, ...]

    @property
    def anchor(self) -> str:
        """Id of the chapter's element."""
        return "chapter-" + self.id.replace("_", "-")

    @property
    def tables(self) -> list[NumberedTable]:
        """Every data table of the chapter, in order."""
        return [table for section in self.sections for table in section.tables]


def noun(indicator: Indicator) -> str:
    """What an indicator measures, inside a sentence: "the rate of suspensions"."""
    kinds = {"rate": "the rate of", "mean": "the average for", "count": "the number of"}
    return f"{kinds.get(indicator.kind, 'the share of')} {indicator.phrase}"


def national_verdicts(
    view: Measures, indicators: Sequence[Indicator]
) -> dict[str, list[Indicator]]:
    """Indicators by how the home area stands to the country: higher, lower, similar."""
    found: dict[str, list[Indicator]] = {"higher": [], "lower": [], "similar": []}
    country = view.config.area.country.code
    for indicator in indicators:
        pair = compared(view, indicator)
        for code, _, verdict in pair[1] if pair else ():
            if code == country and verdict in found:
                found[verdict].append(indicator)
    return found


def lede(view: Measures, indicators: Sequence[Indicator]) -> Markup:
    """What a chapter comes to: against the country, then by deprivation; else the first level."""
    verdicts = national_verdicts(view, indicators)
    country = view.config.area.country.name
    place = view.config.area.name
    made: list[Markup] = []
    parts: list[str] = []
    for verdict in ("higher", "lower"):
        names = [noun(i) for i in verdicts[verdict]][:_NAMED]
        if names:
            than = f" than in {country}" if not parts else ""
            is_are = "is" if len(names) == 1 else "are"
            parts.append(f"{words.join(names)} {is_are} {verdict}{than}")
    if parts:
        made.append(say("In {}, {}.", place, "; ".join(parts)))
    elif verdicts["similar"]:
        made.append(say("Nothing here differs clearly between {} and {}.", place, country))
    steep = [i for i in indicators if _steeper(view, i)][:_NAMED]
    if steep:
        text = "{} {} higher in the most deprived areas than in the least deprived."
        named = words.upper_first(words.join([noun(i) for i in steep]))
        made.append(say(text, named, "is" if len(steep) == 1 else "are"))
    if not made:
        first = next((s for i in indicators if (s := level(view, i)) and s.kind == "level"), None)
        made += [first.text] if first else []
    return Markup(" ").join(made)


def _steeper(view: Measures, indicator: Indicator) -> bool:
    if indicator.kind in ("count", "share"):
        return False
    for dims in indicator.breakdowns:
        if len(dims) == 1 and dims[0] in DEPRIVATION:
            found = gradient(view.breakdown(indicator.id, dims), dims[0])
            return found is not None and found[0] == "higher"
    return False


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
    if indicator.kind == "share":
        return _largest_share(view, indicator)
    row = view.latest(indicator.id)
    if row is None or not row.shown:
        return None
    period = words.period_label(row.period, row.period_type)
    text = say("{}, {}", indicator.phrase, period)
    country = view.config.area.country
    national = view.at(indicator.id, country.code, row)
    comparable = indicator.kind != "count" and "national" in indicator.comparators
    if national is not None and national.shown and comparable:
        text += say("; {} {}", country.name, mark_value(national, indicator))
    return KeyNumber(mark_value(row, indicator), text)


def mark_value(row: Row, indicator: Indicator) -> Markup:
    """A value with the shortest unit, for large print."""
    return mark(row, indicator.decimals)


def _largest_share(view: Measures, indicator: Indicator) -> KeyNumber | None:
    single = next((d[0] for d in indicator.breakdowns if len(d) == 1), None)
    top = leaders(view.breakdown(indicator.id, (single,))) if single else []
    if len(top) != 1 or single is None:
        return None
    config, row = view.config, top[0]
    label = words.prose_label(single, row.code(single), config)
    period = words.period_label(row.period, row.period_type)
    text = say("of {}: {}, the largest group, {}", indicator.phrase, label, period)
    return KeyNumber(mark_value(row, indicator), text)


def sections(
    view: Measures,
    indicators: Sequence[Indicator],
    figures: Mapping[str, Sequence[Figure]],
    number: int,
    source_line: Callable[[Sequence[str]], str],
) -> tuple[Section, ...]:
    """A section for each indicator with figures, numbered; figures and tables numbered on."""
    made: list[Section] = []
    figure_count = table_count = 0
    for indicator in (i for i in indicators if view.has(i.id)):
        anchor = "indicator-" + indicator.id.replace("_", "-")
        drawn: list[NumberedFigure] = []
        tables: list[NumberedTable] = []
        charted: set[str] = set()
        for figure in figures.get(indicator.id, ()):
            figure_count += 1
            # The image has the figure's own id; the block around it is found by its number.
            name, place = f"{number}.{figure_count}", f"figure-{number}-{figure_count}"
            line = source_line(figure.sources)
            ids = []
            for table in figure.tables:
                table_count += 1
                ids.append(f"table-{number}-{table_count}")
                label = f"A{number}.{table_count}"
                tables.append(NumberedTable(label, ids[-1], table, line, place))
            charted |= figure.keys
            drawn.append(NumberedFigure(name, place, figure, line, tuple(ids)))
        rows = view.rows(indicator.id)
        line = source_line(view.sources(rows))
        for table in further(view, indicator, charted):
            table_count += 1
            label, name = f"A{number}.{table_count}", f"table-{number}-{table_count}"
            tables.append(NumberedTable(label, name, table, line, anchor))
        made.append(
            Section(
                id=anchor,
                number=f"{number}.{len(made) + 1}",
                indicator=indicator,
                sentences=tuple(headline(view, indicator)),
                parts=tuple(breakdown_sentences(view, indicator)),
                figures=tuple(drawn),
                tables=tuple(tables),
                source=line,
            )
        )
    return tuple(made)

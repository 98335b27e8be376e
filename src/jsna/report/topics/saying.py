"""The sentences of a topic: how many children, beside whom, since when, who most, and where.

Each is short, and each states only what the rules of `view.comparison` bear out. A number of
children stands beside every share and rate where it is known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from jsna.model.indicators import Indicator
from jsna.model.schema import ADJUSTED
from jsna.model.topics import Split
from jsna.report import breakdowns, standings
from jsna.report.comparing import MEDIAN, compared
from jsna.report.deprivation import group_words, label
from jsna.report.marks import mark
from jsna.report.narrative import RATES, counts, join, level, say, value, when
from jsna.report.topics.finding import called, largest
from jsna.report.worked_out import sentences as worked_out
from jsna.view import series, words
from jsna.view.comparison import Verdict, everyone_counted, untested
from jsna.view.gradients import gradient
from jsna.view.groups import Groups
from jsna.view.kinds import said
from jsna.view.rows import Measures, Row

#: Most groups that a sentence names with their figures.
_EACH: Final = 3


def many(view: Measures, indicator: Indicator, *, known: bool = False) -> Markup:
    """How many children the headline is about: the first sentence of a topic.

    Args:
        known: the heading has said its value.
    """
    if indicator.kind.of_one_whole:
        return _parts(view, indicator)
    row = view.latest(indicator.id)
    told = level(view, indicator)
    if row is None or told is None:
        return Markup("")
    place = words.area_phrase(view.config.area.code, view.config)
    counted = math.isfinite(row.numerator) and not indicator.kind.of_values
    # A number beside a standardised rate would seem to be what the rate is worked out from.
    counted &= row.method not in ADJUSTED
    part = row.shown and row.unit in ("percent", *RATES)
    # Of none and of one there are no several to speak of.
    if not part or not counted or row.numerator < 2:
        unknown = part and not counted and row.method not in ADJUSTED
        if unknown and known:
            return say("That was {}; the number behind it was not published.", when(row))
        missing = Markup("; the number behind it was not published.") if unknown else None
        return told.text if missing is None else Markup(told.text.removesuffix(".")) + missing
    figures = {
        "When": words.upper_first(when(row)),
        "about": "about " if view.rounded(row) else "",
        "number": mark(row, 0, "numerator"),
        "phrase": indicator.phrase,
        "place": place,
        "value": value(row, indicator, full=True),
        "of": "",
    }
    if row.unit == "percent":
        among = f" {indicator.among}" if indicator.among else ""
        figures["of"] = say(" of {}{}", mark(row, 0, "denominator"), among)
    text = "{When}, there were {about}{number} {phrase} in {place}: {value}{of}."
    return say(text, **figures)


def _parts(view: Measures, indicator: Indicator) -> Markup:
    """`That is 4,290 of 12,317 EHC plans in January 2025; in England the share is 33.1%.`"""
    found = largest(view, indicator)
    if found is None:
        # Of a distribution, where most lie; of parts that are alike, which are the largest.
        made = [s for s in breakdowns.sentences(view, indicator) if s.kind == "breakdown"]
        return made[0].text if made else Markup("")
    dimension, top, _ = found
    first = top[0]
    if not math.isfinite(first.numerator) or not math.isfinite(first.denominator):
        return Markup("")
    country = view.config.area.country
    nation = view.at(indicator.id, country.code, first)
    alike = nation is not None and nation.shown and nation.segment == first.segment
    figures = {
        "number": mark(first, 0, "numerator"),
        "of": mark(first, 0, "denominator"),
        "phrase": indicator.phrase,
        "when": when(first),
        "label": words.prose_label(dimension, first.code(dimension), view.config),
        "beside": "",
    }
    if nation is not None and alike:
        figures["beside"] = say("; in {} the share is {}", country.name, value(nation, indicator))
    # A heading that names two leaves open which of them this is.
    text = "That is {number} of {of} {phrase} {when}{beside}."
    if len(top) > 1:
        text = "Of {of} {phrase} {when}, {number} are for {label}{beside}."
    return say(text, **figures)


def beside(view: Measures, indicator: Indicator, headline: Indicator) -> list[Markup]:
    """One comparison: the country and the region, then the place among all authorities."""
    found = compared(view, indicator)
    if found is None:
        return []
    home, rows = found
    latest = view.latest(indicator.id)
    wider = [one for one in rows if one[0] != MEDIAN]
    clauses = _clauses(view, indicator, home, wider)
    if not clauses:
        return []
    same = indicator is headline and latest is home
    lead = "This was"
    if not same:
        lead = say(
            "{} was {}{} {}:",
            words.upper_first(called(indicator)),
            value(home, indicator),
            # The counts of a local figure stand above; the publisher's are of other schools.
            "" if view.beside_local(home) else counts(home, view),
            when(home) + ", as published" * view.beside_local(home),
        )
    median = next((row for code, row, _ in rows if code == MEDIAN), None)
    median_is = "; the median of similar areas was {}"
    middle = say(median_is, value(median, indicator)) if median and median.shown else ""
    made = [say("{} {}{}.", lead, join(clauses), middle)]
    one = view.standings.home(indicator.id)
    if one is not None and standings.same(one, home):
        made.append(standings.sentence(one, indicator, why=False) + ".")
    return made


def _clauses(
    view: Measures, indicator: Indicator, home: Row, rows: Sequence[tuple[str, Row, Verdict]]
) -> list[Markup]:
    """`higher than in England (5.3%)`, by what may be said of each."""
    kept: dict[str, list[Markup]] = {}
    for code, row, verdict in rows:
        bare = untested(home, row) if verdict == "unknown" else None
        named = say("{} ({})", words.area_phrase(code, view.config), value(row, indicator))
        if verdict in ("higher", "lower"):
            way = f"{verdict} than in {{}}"
        elif verdict == "similar":
            way = "close to {}"
        elif bare in ("higher", "lower") and everyone_counted(home):
            way = f"{bare} than in {{}}"
        elif bare in ("higher", "lower"):
            way = f"published as {bare} than in {{}}"
        else:
            way = "the same as in {}" if bare == "similar" else "beside {}, counted otherwise"
        kept.setdefault(way, []).append(named)
    return [say(way, join(named)) for way, named in kept.items()]


def since(view: Measures, indicator: Indicator, *, again: bool) -> Markup | None:
    """How the headline has changed: since the period before, and over all there are.

    Args:
        again: the sentence before was about it, too.
    """
    if indicator.kind.of_one_whole or not indicator.kind.followed:
        return None
    every = view.series(indicator.id)
    went = series.course(series.sound(every))
    it = _it(indicator, again=again)
    if went is None:
        return _unsure(view, indicator, it)
    figures: dict[str, object] = {
        "it": it,
        "before": value(went.before, indicator),
        "when": when(went.before),
        "now": value(went.last, indicator),
        "first": value(went.first, indicator),
        "start": when(went.first),
        "to": when(went.before).removeprefix("in "),
    }
    verb = {"higher": "rose", "lower": "fell"}
    if went.short == "unknown":
        return say("{it} was {before} {when}.", **figures)
    longer = went.first is not went.before and went.long in verb
    if went.short in verb and longer and went.short == went.long:
        text = "{it} rose from {first} {start} to {before} {when}, and to {now} now."
        return say(text.replace("rose", verb[went.long]), **figures)
    if went.short in verb:
        text = say(f"{{it}} {verb[went.short]} from {{before}} {{when}} to {{now}}.", **figures)
        if longer:
            has = {"higher": "higher", "lower": "lower"}[went.long]
            text += say(f" It is {has} than {{start}} ({{first}}).", **figures)
        return text
    if longer:
        has = {"higher": "risen", "lower": "fallen"}[went.long]
        return say(f"{{it}} has {has} from {{first}} {{start}}, and changed little since {{to}}.",
                   **figures)  # fmt: skip
    if went.last.value == went.before.value:
        return say("{it} was the same {when}.", **figures)
    return say("{it} was {before} {when}, which is no clear change.", **figures)


def hidden(view: Measures, indicator: Indicator) -> Markup | None:
    """That a later figure than the one that is told is hidden."""
    latest = view.latest(indicator.id)
    every = view.series(indicator.id)
    if indicator.kind.of_one_whole or latest is None or not every or not every[-1].hidden:
        return None
    period = when(every[-1]).removeprefix("in ").removeprefix("on ")
    return say("The figure for {} is hidden, so that no child can be recognised.", period)


def _unsure(view: Measures, indicator: Indicator, it: str) -> Markup | None:
    """The figure before, where no change may be said."""
    plain = series.comparable(view.series(indicator.id))
    if len(plain) < 2:
        return None
    before = plain[-2]
    # That a sharp change is to be confirmed stands in the notes of care.
    text = "{} was {} {}."
    if plain[-1].doubted or before.doubted:
        text = "{} was {} {}. One of the two figures is in doubt."
    return say(text, it, value(before, indicator), when(before))


def _it(indicator: Indicator, *, again: bool) -> str:
    return said(indicator).again if again else words.upper_first(called(indicator))


def unequal(view: Measures, split: Split, *, again: bool = False) -> Markup | None:
    """Which children have more of it than others, where that is clear.

    Args:
        again: the sentence before was about the measure, too.
    """
    indicator = view.declared(split.measure)
    if indicator is None:
        return None
    dims = _shown_by(view, indicator, split.by)
    rows = view.breakdown(indicator.id, (dims,))
    if len([row for row in rows if row.shown]) < 2 or indicator.kind.categories_are_parts:
        return None
    it = _it(indicator, again=again)
    dated = _dated(view, indicator, rows[0])
    if words.deprived(dims, view.config):
        found = gradient(rows, dims)
        if found is None or found.verdict not in ("higher", "lower"):
            return None
        pair, way = (found.most, found.least), found.verdict
    else:
        ends = Groups(rows, indicator).furthest
        if ends is None:
            return None
        pair, way = ends, "higher"
    text = "{it} was {way} {of} {one} ({a}) than {of} {other} ({b}){when}."
    of = "in" if words.deprived(dims, view.config) else "for"
    return say(
        text, it=it, way=way, of=of, when=dated,
        one=label(dims, pair[0].code(dims), view), a=value(pair[0], indicator),
        other=_short(dims, pair[1].code(dims), view), b=value(pair[1], indicator),
    )  # fmt: skip


def each(view: Measures, split: Split) -> Markup | None:
    """The figure of each of two or three groups beside the country's, where nothing tests them.

    `For pupils with SEN support it was 36.4% (England 25.9%), and for …`
    """
    indicator = view.declared(split.measure)
    if indicator is None or indicator.kind.categories_are_parts:
        return None
    dims = _shown_by(view, indicator, split.by)
    rows = [row for row in view.breakdown(indicator.id, (dims,)) if row.shown]
    if not 1 < len(rows) <= _EACH or any(row.limits() is not None for row in rows):
        return None
    country = view.config.area.country
    parts = []
    for row in rows:
        nation = view.at(indicator.id, country.code, row)
        alike = nation is not None and nation.shown and nation.segment == row.segment
        aside = ""
        if nation is not None and alike:
            aside = say(" ({} {})", country.name, value(nation, indicator))
        group = label(dims, row.code(dims), view)
        parts.append(say("{}{} for {}", value(row, indicator), aside, group))
    return say("{} was {}{}.", words.upper_first(called(indicator)), join(parts),
               _dated(view, indicator, rows[0]))  # fmt: skip


def _short(dimension: str, code: str, view: Measures) -> str:
    """The second of two groups, where the first has said of what they are groups."""
    if words.deprived(dimension, view.config):
        return group_words(dimension, code, view)
    return label(dimension, code, view)


def _shown_by(view: Measures, indicator: Indicator, by: str) -> str:
    """The dimension a breakdown is shown by: a coarser one, where the finer was not to be shown."""
    shown = view.declared(indicator.id)
    single = [b[0] for b in (shown or indicator).breakdowns if len(b) == 1]
    if by in single:
        return by
    coarser = view.config.dimension(by).coarser
    return coarser if coarser in single else by


def _dated(view: Measures, indicator: Indicator, row: Row) -> Markup:
    latest = view.latest(indicator.id)
    same = latest is not None and latest.period == row.period
    return Markup("") if same else say(" {}", when(row))


def where(view: Measures, indicator: Indicator) -> Markup | None:
    """Which of the area's own places are clearly above or below the whole."""
    if indicator.population_base == "areas" or indicator.unit == "count":
        return None
    for dims in indicator.breakdowns:
        if len(dims) == 1 and dims[0] in ("locality", "locality_group"):
            rows = view.breakdown(indicator.id, dims)
            if len(rows) > 1:
                made, _ = breakdowns.places(view, indicator, rows)
                return next((s.text for s in made if s.clear), None)
    return None


def further(view: Measures, indicator: Indicator) -> Markup | None:
    """What a related measure that is no one figure comes to."""
    if indicator.kind.of_one_whole:
        found = largest(view, indicator)
        if found is None:
            return None
        dimension, top, _ = found
        named = join(
            say("{} ({})", words.prose_label(dimension, r.code(dimension), view.config),
                value(r, indicator)) for r in top
        )  # fmt: skip
        return say("{}: most often {}.", indicator.title, named)
    if indicator.derived:
        made = [s for s in worked_out(view, indicator) if s.clear]
        return made[-1].text if made else None
    return None

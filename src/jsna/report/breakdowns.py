"""Sentences about the parts of an area: deprivation, places, groups, and what is hidden."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace

from markupsafe import Markup

from jsna.model.hierarchies import PLACES, THREE_YEARS
from jsna.model.indicators import Indicator
from jsna.report.deprivation import MOST_NAMED, slope, slopes
from jsna.report.groups import groups, with_value
from jsna.report.marks import mark
from jsna.report.moves import sentences as moves
from jsna.report.narrative import Sentence, between, join, level, noun, say, value, when
from jsna.report.where_most import where_most
from jsna.report.worked_out import sentences as derived_sentences
from jsna.view import words
from jsna.view.comparison import stand_out
from jsna.view.groups import Groups
from jsna.view.rows import Measures, Row

#: Figures of a breakdown that are counted in words.
MOST_COUNTED = 20
#: What is said of breakdowns in which nothing differs, in this order: of all their figures, of
#: those that are not of a handful of people, of those shown, and where there are too few of them.
_FLAT_ALL = "There was no clear difference by {}."
_FLAT_LARGE = "Leaving out very small groups, there was no clear difference by {}."
_FLAT_SHOWN = "Of those shown, there was no clear difference by {}."
_FLAT_SHOWN_LARGE = (
    "Of those shown, leaving out very small groups, there was no clear difference by {}."
)
_TOO_FEW = "Too few figures by {} can be shown to compare them."
_FLAT = (_FLAT_ALL, _FLAT_LARGE, _FLAT_SHOWN, _FLAT_SHOWN_LARGE, _TOO_FEW)


def sentences(
    view: Measures, indicator: Indicator, charted: Collection[str] | None = None
) -> list[Sentence]:
    """Everything worth saying about an indicator's breakdowns, in declared order.

    Args:
        charted: keys of the measures that figures show; nothing is said of them where None.
    """
    if indicator.kind.moves:
        withheld = hidden(view, indicator, charted)
        return moves(view, indicator) + ([withheld] if withheld else [])
    if indicator.derived:
        withheld = hidden(view, indicator, charted)
        return derived_sentences(view, indicator) + ([withheld] if withheld else [])
    made: list[Sentence] = []
    flat: dict[str, list[Markup]] = {template: [] for template in _FLAT}
    subject = "it" if level(view, indicator) else noun(indicator)
    latest = view.latest(indicator.id)
    spoken = latest.period if latest is not None else ""
    for dims in indicator.breakdowns:
        rows = view.breakdown(indicator.id, dims)
        if len(rows) < 2:
            continue
        found, clear = _one(view, indicator, dims, rows, "it" if made else subject)
        together = rows[0].period_type == THREE_YEARS
        found = [_dated(s, rows[0]) for s in found] if together else found
        # Where the latest figure of the whole is hidden, its parts are of a later period.
        elsewhere = bool(spoken) and rows[0].period != spoken and dims[0] not in PLACES
        if found and elsewhere and not together:
            found, spoken = [_dated(found[0], rows[0]), *found[1:]], rows[0].period
        reason = view.recodings.reason(indicator.id, dims)
        if found and reason and charted is not None and any(r.key not in charted for r in rows):
            last = found[-1]  # no figure says it
            found = [*found[:-1], replace(last, text=say("{} {}.", last.text, reason))]
        made += found
        if not clear and len(dims) == 1:
            by = words.dimension_words(dims[0], view.config)
            named = say("{} (three years together)" if together else "{}", by)
            flat[_flat(rows, indicator)].append(named + _of_two(rows, indicator))
    for template, names in flat.items():
        if names:
            made.append(Sentence(say(template, join(names, "or")), "breakdown"))
    withheld = hidden(view, indicator, charted)
    return made + ([withheld] if withheld else [])


def _flat(rows: Sequence[Row], indicator: Indicator) -> str:
    """How it is said of a breakdown that nothing differs: of no more than is shown."""
    withheld = any(row.hidden for row in rows)
    if withheld and len(Groups(rows, indicator).shown) < 2:
        return _TOO_FEW
    if Groups(rows, indicator, every=True).furthest is not None:
        return _FLAT_SHOWN_LARGE if withheld else _FLAT_LARGE
    return _FLAT_SHOWN if withheld else _FLAT_ALL


def _of_two(rows: Sequence[Row], indicator: Indicator) -> Markup:
    """How far two groups may lie apart that do not clearly differ; nothing of more."""
    shown = Groups(rows, indicator).shown
    if len(rows) != 2 or len(shown) != 2:
        return Markup("")
    return between(shown[0], shown[1], indicator)


def _dated(sentence: Sentence, row: Row) -> Sentence:
    """A sentence about several years together: those before it are about one."""
    name = row.place and not sentence.text.startswith(("No ", "Of those shown"))
    said = sentence.text if name else words.lower_first(sentence.text)  # stays marked up
    text = say("{}, {}", words.upper_first(when(row)), said)
    return Sentence(text, sentence.kind, sentence.clear)


def _one(
    view: Measures, indicator: Indicator, dims: Sequence[str], rows: list[Row], subject: str
) -> tuple[list[Sentence], bool]:
    """Sentences of one breakdown, and whether it needs no mention among those without any.

    Args:
        subject: what the sentences are about: "it" where that has been said.
    """
    single = dims[0] if len(dims) == 1 else ""
    graded = bool(single) and words.deprived(single, view.config)
    if indicator.kind.categories_are_parts:
        areas = indicator.population_base == "areas"
        if not single or ((graded or single in PLACES) and not areas):
            return [], True
        scale = indicator.kind.of_one_whole and view.config.dimension(single).order == "number"
        found = where_most(view, indicator, single, rows) if scale else None
        found = found or largest(view, indicator, single, rows)
        return ([found] if found else []), True
    if single in PLACES:
        return places(view, indicator, rows)
    if graded:
        return slope(view, indicator, single, rows)
    if single:
        return groups(view, indicator, single, rows, subject)
    deprived = [d for d in dims if words.deprived(d, view.config)]
    if len(dims) == 2 and deprived:
        other = next(d for d in dims if d not in deprived)
        found = slopes(view, deprived[0], other, rows, subject)
        return ([found] if found else []), True
    return [], True


def places(
    view: Measures, indicator: Indicator, rows: Sequence[Row]
) -> tuple[list[Sentence], bool]:
    """Which localities stand clearly above or below the whole area (`comparison.places`).

    Of complete counts they are above or below it, and no chance makes that more or less clear.
    """
    # The row of the same period and, as places are no categories, of the same breakdown.
    average = view.at(indicator.id, view.config.area.code, rows[0])
    if average is None or not average.shown or not any(r.limits("998") for r in rows):
        return [], True
    whole = say("{} as a whole", words.area_phrase(view.config.area.code, view.config))
    above, below = stand_out(rows, average)
    kind = words.dimension_words(rows[0].place, view.config)
    clearly = "" if all(row.exact for row in rows) else " clearly"
    latest, lead = view.latest(indicator.id), Markup("")
    together = average.period_type == THREE_YEARS
    if together:
        whole += say(" ({})", value(average, indicator))
    elif latest is not None and latest.period != average.period:
        # The sentences before speak of a later period.
        text = "{when}, the latest with figures by {kind}, "
        lead = say(text, when=words.upper_first(when(average)), kind=kind)
        whole += say(" ({})", value(average, indicator))
    if not above and not below:
        no = "of those shown, no" if any(r.hidden for r in rows) else "no"
        no = no if lead else words.upper_first(no)
        text = "{no} {kind} was{clearly} above or below {whole}."
        told = say(text, no=no, kind=kind, clearly=clearly, whole=whole)
        return [Sentence(lead + told, "breakdown")], True
    parts = [
        say(
            template,
            a=_places(named, view, indicator),
            b=whole,
            was=("was" if len(named) == 1 else "were") + clearly,
        )
        for template, named in (
            ("{a} {was} above {b}", above),
            ("{a} {was} below {b}" if not above else "{a} {was} below it", below),
        )
        if named
    ]
    return [Sentence(lead + Markup(". ").join(parts) + ".", "breakdown", True)], True


def _places(named: Sequence[Row], view: Measures, indicator: Indicator) -> Markup:
    shown = list(named[:MOST_NAMED]) if len(named) > MOST_NAMED + 1 else list(named)
    parts: list[Markup | str] = [
        say("{} ({})", words.area_label(r.area_code, view.config), value(r, indicator))
        for r in shown
    ]
    rest = len(named) - len(shown)
    if rest:
        kind = view.config.dimension(named[0].place).many
        parts.append(f"{words.small(rest)} other {kind}")
    return join(parts)


def largest(
    view: Measures, indicator: Indicator, dimension: str, rows: Sequence[Row]
) -> Sentence | None:
    """The largest part of a whole, or the parts between which there is no clear difference."""
    found = Groups(rows, indicator)
    top, shown = found.leaders, found.shown
    if not top or len(top) > MOST_NAMED:
        return None
    withheld = found.hidden  # for the sake of others, it may be the largest
    if len(shown) == 2 and len(rows) == 2 and len(top) == 1 and indicator.kind.adds_up:
        pair = (with_value(row, dimension, view, indicator) for row in shown)
        people = indicator.population_base in ("attending", "resident")
        text = "There were more {} than {}." if people else "There were more for {} than for {}."
        return Sentence(say(text, *pair), "breakdown", True)
    named = join(with_value(r, dimension, view, indicator) for r in top)
    if len(top) == len(rows) == 2:
        return Sentence(say("There was no clear difference between {}.", named), "breakdown")
    declared = view.config.dimension(dimension)
    if declared.order == "deprivation" and len(top) == 1:
        other = "any other shown" if withheld else "any other"
        text = say("More were in {} than in {}.", named, other)
        return Sentence(text, "breakdown", True)
    by, base = declared.words, _whole(top[0], view, indicator)
    of = say(" of {}", indicator.phrase) if indicator.kind.of_one_whole else say("")
    if _itself(by, indicator):  # "reason of reasons"
        of = say("of the {}", indicator.phrase)
    lead = "Of those shown, the" if withheld else "The"
    most = "largest" if declared.largest else "most common"
    if len(top) > 1:
        text = "{lead} {most} {many}{of} were {named}{base}, with no clear difference between them."
        if not declared.plural:
            text = "{lead} largest groups{of} by {by} were {named}{base}, with no clear difference."
    else:
        text = "{lead} {most} {by}{of} was {named}{base}."
        second = found.followers
        if len(second) == 1:
            text = "{lead} {most} {by}{of} was {named}, followed by {second}{base}."
            follow = with_value(second[0], dimension, view, indicator)
            text = text.replace("{by}{of}", "{of}") if _itself(by, indicator) else text
            parts = {"lead": lead, "most": most, "of": of, "by": by, "named": named}
            filled = say(text, **parts, second=follow, base=base)
            return Sentence(filled, "breakdown", True)
    text = text.replace("{by}{of}", "{of}") if _itself(by, indicator) else text
    parts = {"lead": lead, "most": most, "of": of, "by": by, "named": named}
    filled = say(text, **parts, many=declared.plural, base=base)
    return Sentence(filled, "breakdown", len(top) == 1)


def _whole(row: Row, view: Measures, indicator: Indicator) -> Markup:
    """`, of 900 in all` of a share, which says what it is a share of; nothing of other figures."""
    if not indicator.kind.of_one_whole or not math.isfinite(row.denominator):
        return Markup("")
    about = "about " if view.rounded(row) else ""
    return say(", of {}{} in all", about, mark(row, 0, "denominator"))


def _itself(by: str, indicator: Indicator) -> bool:
    """Whether a share counts its own categories: reasons by reason."""
    return indicator.kind.of_one_whole and by.split()[0] in indicator.phrase


def hidden(
    view: Measures, indicator: Indicator, charted: Collection[str] | None = None
) -> Sentence | None:
    """Which figures of the breakdowns are withheld, in words; None where none is.

    Args:
        charted: keys of the measures that figures show. Tables show every breakdown by one
            dimension; what neither does is in the data files alone. Not said where None.
    """
    parts = []
    for dims in indicator.breakdowns:
        rows = view.breakdown(indicator.id, dims)
        count = sum(r.hidden for r in rows)
        if count:
            by = words.join([words.dimension_words(d, view.config) for d in dims])
            few = len(rows) <= MOST_COUNTED
            number = f"{words.small(count)} of the {words.small(len(rows))}" if few else "some"
            away = charted is not None and len(dims) > 1
            away = away and not any(r.key in (charted or ()) for r in rows if r.hidden)
            parts.append(f"{number} figures by {by}{' (in the data files)' if away else ''}")
    if not parts:
        return None
    text = say("Hidden to protect confidentiality: {}.", words.join(parts))
    return Sentence(text, "hidden")

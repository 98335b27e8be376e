"""Sentences about deprivation: whether the most and the least deprived areas differ."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from jsna.model.indicators import Indicator
from jsna.report.marks import gap
from jsna.report.narrative import Sentence, between, noun, say, value
from jsna.view import words
from jsna.view.comparison import Verdict
from jsna.view.gradients import Gradient, gradient, gradients
from jsna.view.rows import Measures, Row

#: Groups of another dimension from which on each one's gradient is worth a sentence.
LEAST_GROUPS = 3
#: More names than this in one sentence are counted instead.
MOST_NAMED = 3


def slope(
    view: Measures, indicator: Indicator, dimension: str, rows: Sequence[Row]
) -> tuple[list[Sentence], bool]:
    """Whether the figure differs between the most and the least deprived small areas."""
    found = gradient(rows, dimension)
    if found is None or found.verdict == "unknown":
        return [], True
    verdict, most, least = found.verdict, found.most, found.least
    if verdict == "similar":
        text = "There was no clear gradient by deprivation: {} in {} and {} in {}{}."
        ends = {most.code(dimension), least.code(dimension)}
        groups, _ = words.steps(dimension, view.config)
        narrow = 2 * (int(least.code(dimension)) - int(most.code(dimension))) < groups
        if any(row.hidden for row in rows) and ends != {"1", str(groups)} and narrow:
            return [], True  # neighbours that are alike say nothing of deprivation
        sure = _unclear(found, indicator)
        if most.value == least.value:
            text = "There was no clear gradient by deprivation{}."
            return [Sentence(say(text, sure), "gradient")], True
        ends_said = (
            part
            for row in (most, least)
            for part in (value(row, indicator), group_words(dimension, row.code(dimension), view))
        )
        return [Sentence(say(text, *ends_said, sure), "gradient")], True
    text = "{Noun} was {verdict} in {most} ({a}) than in {least} ({b})."
    filled = say(
        text,
        Noun=words.upper_first(noun(indicator)),
        verdict=verdict,
        most=group_words(dimension, most.code(dimension), view, full=True),
        a=value(most, indicator),
        least=group_words(dimension, least.code(dimension), view),
        b=value(least, indicator),
    )
    return [Sentence(filled, "gradient", True)], True


def _unclear(found: Gradient, indicator: Indicator) -> Markup:
    """How steep the line may be that is not clear, or how far its ends apart; "" without limits.

    Where the line is clear, its ends are not: what is printed then leaves in that there is none.
    """
    if found.gap is None:
        return Markup("")
    low, high = found.gap
    if low <= 0 <= high:
        line = gap(found.most, found.gap, indicator.decimals)
        return say(" (99.8% interval of the gap along a straight line {})", line)
    return between(found.most, found.least, indicator)


def group_words(dimension: str, code: str, view: Measures, *, full: bool = False) -> str:
    """`the most deprived tenth`; in full `the most deprived tenth of neighbourhoods`."""
    groups, name = words.steps(dimension, view.config)
    rank = int(code)
    if rank * 2 == groups + 1:
        return f"the middle {name}" + (" of neighbourhoods" if full else "")
    if rank * 2 <= groups:
        place = f"{words.ordinal(rank)} most".strip()
    else:
        place = f"{words.ordinal(groups + 1 - rank)} least".strip()
    return f"the {place} deprived {name}" + (" of neighbourhoods" if full else "")


def slopes(
    view: Measures,
    dimension: str,
    other: str,
    rows: Sequence[Row],
    subject: str = "it",
) -> Sentence | None:
    """For which categories of another dimension there is a deprivation gradient.

    A category hidden at either end cannot be compared: what lies between says nothing of the ends.
    """
    verdicts: dict[Verdict, list[str]] = {"higher": [], "lower": [], "similar": []}
    config, groups_there = view.config, sorted({int(r.code(dimension)) for r in rows})
    ends = {str(groups_there[0]), str(groups_there[-1])}
    apart: list[str] = []
    codes = words.category_order(other, [r.code(other) for r in rows], config)
    sets = [[r for r in rows if r.code(other) == code] for code in codes]
    for code, own, found in zip(codes, sets, gradients(sets, dimension), strict=True):
        if not ends <= {r.code(dimension) for r in own if r.shown}:
            apart.append(label(other, code, view))
        elif found is not None and found.verdict != "unknown":
            verdicts[found.verdict].append(label(other, code, view))
    clear = verdicts["higher"] or verdicts["lower"]
    # Where two groups go the same way the gradient of the whole says as much.
    if not clear or len(rows) < LEAST_GROUPS * words.steps(dimension, config)[0]:
        return None
    most, least = (group_words(dimension, str(groups_there[i]), view) for i in (0, -1))
    named = {verdict: words.join(names) for verdict, names in verdicts.items() if names}
    parts = [f"was {v} for {names}" for v, names in named.items() if v != "similar"]
    text = f"In {most} of neighbourhoods, {subject} {parts[0]} than in {least}."
    text += "".join(f" It {part}." for part in parts[1:])
    if "similar" in named:
        count = len(verdicts["similar"])
        many = f"{words.small(count)} others" if apart else f"the other {words.small(count)}"
        rest = many if count > MOST_NAMED else named["similar"]
        text += f" There was no clear difference for {rest}."
    if apart:
        them = words.small(len(apart)) if len(apart) > MOST_NAMED else words.join(apart)
        text += f" {words.upper_first(them)} cannot be compared."
    return Sentence(say("{}", text), "gradient", True)


def label(dimension: str, code: str, view: Measures) -> str:
    """A category inside a sentence, of any dimension."""
    if words.deprived(dimension, view.config):
        return group_words(dimension, code, view, full=True)
    return words.prose_label(dimension, code, view.config)

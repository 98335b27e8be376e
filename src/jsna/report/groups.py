"""Sentences about groups of an area's children: which have the highest and the lowest figures."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from jsna.model.hierarchies import finer
from jsna.model.indicators import Indicator
from jsna.report.deprivation import MOST_NAMED, label
from jsna.report.narrative import Sentence, join, say, value
from jsna.view import words
from jsna.view.groups import Groups
from jsna.view.rows import Measures, Row


def groups(
    view: Measures, indicator: Indicator, dimension: str, rows: Sequence[Row], subject: str = "it"
) -> tuple[list[Sentence], bool]:
    """Which groups of an area's children have the highest and the lowest figures."""
    found = Groups(rows, indicator)
    shown, pair = found.shown, found.furthest
    if len(shown) < 2:
        return [], not found.hidden
    if pair is None:
        return [], found.unknown
    top, low = found.leaders, shown[-1]
    uneven = found.differ(shown[0], low) != "higher" or top != shown[: len(top)]
    if len(shown) == 2 or uneven:
        return [_pair(view, indicator, dimension, found, pair, subject)], True
    return [_ends(view, indicator, dimension, found, subject)], True


def _pair(
    view: Measures,
    indicator: Indicator,
    dimension: str,
    found: Groups,
    pair: tuple[Row, Row],
    subject: str,
) -> Sentence:
    """Of which of two groups the figure is higher, where no more can be told.

    A lower figure may be too uncertain to differ from the highest where others do.
    """
    limit, by = _limit(found), words.dimension_words(dimension, view.config)
    alone = len(found.shown) == 2
    lead = limit if alone else ", ".join(filter(None, (f"by {by}", limit)))
    text = "{lead}{subject} was higher for {} than for {}."
    if not alone:
        text = "{lead}{subject} was clearly higher for {} than for {}."
    named = [with_value(row, dimension, view, indicator) for row in pair]
    filled = say(text, *named, lead=f"{lead}, " if lead else "", subject=subject)
    return Sentence(_capital(filled), "breakdown", True)


def _ends(
    view: Measures, indicator: Indicator, dimension: str, found: Groups, subject: str
) -> Sentence:
    """The groups with the highest and the lowest figure, or from where to where they go."""
    limit, by = _limit(found), words.dimension_words(dimension, view.config)
    top, low, lowest = found.leaders, found.shown[-1], _lowest(found)
    clear = found.clear_of_most(top, "higher")
    if not top or not clear or len(top) > MOST_NAMED or low in top:
        text = "By {by}, {subject} ranged from {b} ({low}) to {a} ({top})."
        top = found.shown[:1]
    elif (low.value == 0 and _of_age(dimension, view)) or not lowest:
        # Nursery children are seldom suspended; of many alike none is the lowest.
        text = "By {by}, {subject} was highest for {top_named}."
    else:
        text = "By {by}, {subject} was highest for {top_named} and lowest for {low_named}."
    filled = say(
        text,
        by=f"{by}, {limit}" if limit else by,
        subject=subject,
        top_named=join(with_value(r, dimension, view, indicator) for r in top),
        top=label(dimension, top[0].code(dimension), view),
        low_named=join(with_value(r, dimension, view, indicator) for r in lowest),
        a=value(top[0], indicator),
        low=label(dimension, low.code(dimension), view),
        b=value(low, indicator),
    )
    return Sentence(filled, "breakdown", True)


def _of_age(dimension: str, view: Measures) -> bool:
    """Whether categories are made of ages or school years, where nothing at all is no news."""
    return view.config.dimension(finer(dimension, view.config)).order in ("age", "school")


def _lowest(found: Groups) -> list[Row]:
    """The lowest row and those that cannot be told from it, lowest first; none where many are.

    None either where one of them leads or is not clear of most others, or another is as low.
    """
    top, alike = found.leaders, found.lowest
    leads = any(row in top for row in alike) or not found.clear_of_most(alike, "lower")
    even = found.shown[-2].value == alike[0].value
    return [] if leads or even or len(alike) > MOST_NAMED else alike


def _limit(found: Groups) -> str:
    """What an extreme is qualified by: what is hidden, or left out, may lie beyond it."""
    top, low = found.shown[0].value, found.shown[-1].value
    said = ["of those shown"] if found.hidden else []
    beyond = any(not low <= r.value <= top for r in found.small)
    return " and ".join([*said, *(["leaving out very small groups"] if beyond else [])])


def _capital(text: Markup) -> Markup:
    """The sentence with a capital; marked-up text begins with a word."""
    return Markup(words.upper_first(text))


def with_value(row: Row, dimension: str, view: Measures, indicator: Indicator) -> Markup:
    """`girls and young women (3.1%)`: a group with its figure."""
    named = label(dimension, row.code(dimension), view)
    return say("{} ({})", named, value(row, indicator))

"""Sentences about groups of an area's children: which have the highest and the lowest figures."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from jsna.model.hierarchies import finer
from jsna.model.indicators import Indicator
from jsna.report.deprivation import MOST_NAMED, label
from jsna.report.narrative import Sentence, join, say, value
from jsna.view import words
from jsna.view.comparison import PEOPLE, differ, furthest, leaders, odd
from jsna.view.rows import Measures, Row


def told(rows: Sequence[Row], indicator: Indicator) -> tuple[list[Row], list[Row]]:
    """Rows with a figure, highest first: those that are compared, and those of a handful."""
    people = indicator.population_base in PEOPLE
    few = odd([r.denominator for r in rows]) if people else [False] * len(rows)
    shown = sorted(
        ((r, out) for r, out in zip(rows, few, strict=True) if r.shown),
        key=lambda pair: (-pair[0].value, pair[0].key),
    )
    return [r for r, out in shown if not out], [r for r, out in shown if out]


def groups(
    view: Measures, indicator: Indicator, dimension: str, rows: Sequence[Row], subject: str = "it"
) -> tuple[list[Sentence], bool]:
    """Which groups of an area's children have the highest and the lowest figures."""
    shown, small = told(rows, indicator)
    if len(shown) < 2:
        return [], not any(r.hidden for r in rows)
    pair = furthest(shown)
    if pair is None or pair == "unknown":
        return [], pair == "unknown"
    limit = _limit(rows, small, shown[0].value, shown[-1].value)
    by = words.dimension_words(dimension, view.config)
    top, low = leaders(shown), shown[-1]
    lowest = _lowest(shown, top)
    uneven = differ(shown[0], low) != "higher" or top != shown[: len(top)]
    if len(shown) == 2 or uneven:
        # A lower figure may be too uncertain to differ from the highest where others do.
        lead = limit if len(shown) == 2 else ", ".join(filter(None, (f"by {by}", limit)))
        text = "{lead}{subject} was higher for {} than for {}."
        if len(shown) > 2:
            text = "{lead}{subject} was clearly higher for {} than for {}."
        named = [with_value(row, dimension, view, indicator) for row in pair]
        filled = say(text, *named, lead=f"{lead}, " if lead else "", subject=subject)
        return [Sentence(_capital(filled), "breakdown", True)], True
    if not top or len(top) > MOST_NAMED or low in top:
        text = "By {by}, {subject} ranged from {b} ({low}) to {a} ({top})."
        top = shown[:1]
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
    return [Sentence(filled, "breakdown", True)], True


def _of_age(dimension: str, view: Measures) -> bool:
    """Whether categories are made of ages or school years, where nothing at all is no news."""
    return view.config.dimension(finer(dimension, view.config)).order in ("age", "school")


def _lowest(shown: Sequence[Row], top: Sequence[Row]) -> list[Row]:
    """The lowest row and those that cannot be told from it, lowest first; none where many are.

    None either where one of them leads, or another is as low.
    """
    low = shown[-1]
    alike = [row for row in reversed(shown) if row is low or differ(row, low) != "higher"]
    leads = any(row in top for row in alike)
    even = shown[-2].value == low.value
    return [] if leads or even or len(alike) > MOST_NAMED else alike


def _limit(rows: Sequence[Row], small: Sequence[Row], top: float, low: float) -> str:
    """What an extreme is qualified by: what is hidden, or left out, may lie beyond it."""
    said = ["of those shown"] if any(r.hidden for r in rows) else []
    said += (
        ["leaving out very small groups"] if any(not low <= r.value <= top for r in small) else []
    )
    return " and ".join(said)


def _capital(text: Markup) -> Markup:
    """The sentence with a capital; marked-up text begins with a word."""
    return Markup(words.upper_first(text))


def with_value(row: Row, dimension: str, view: Measures, indicator: Indicator) -> Markup:
    """`girls and young women (3.1%)`: a group with its figure."""
    named = label(dimension, row.code(dimension), view)
    return say("{} ({})", named, value(row, indicator))

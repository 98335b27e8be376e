"""Sentences about what is worked out from other figures: ratios and standardised differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from jsna.model.hierarchies import PLACES
from jsna.model.indicators import Indicator
from jsna.report.deprivation import MOST_NAMED, group_words
from jsna.report.marks import mark
from jsna.report.narrative import PEOPLE, Sentence, join, say, value, when
from jsna.view import words
from jsna.view.comparison import MATTERS, from_none
from jsna.view.rows import Measures, Row

#: Categories of one breakdown up to which each has its sentence.
MOST_SAID: Final = 4


def ratios(view: Measures, indicator: Indicator) -> list[Sentence]:
    """What is worth saying of ratios, one breakdown after the other."""
    return [s for dims in indicator.breakdowns for s in _ratios(view, indicator, dims)]


def furthest(view: Measures, indicator: Indicator) -> Sentence | None:
    """The sentence about the ratio that lies furthest from one, where any clearly does."""
    if indicator.kind.no_difference != 1 or indicator.kind.worked_out != "pairs":
        return None
    clear = [
        row
        for dims in indicator.breakdowns
        for row in _clear(view.breakdown(indicator.id, dims), 1.0)
    ]
    if not clear:
        return None
    row = max(clear, key=lambda r: (_apart(r), r.key))
    return _ratio(view, indicator, row, clear=True, dated=True)


def _clear(rows: Sequence[Row], nothing: float) -> list[Row]:
    """Those of one breakdown that clearly lie on one side of no difference."""
    verdicts = from_none(rows, nothing)
    return [r for r, v in zip(rows, verdicts, strict=True) if v in ("higher", "lower")]


def _ratios(view: Measures, indicator: Indicator, dims: Sequence[str]) -> list[Sentence]:
    """Each category beside the reference; of many, those furthest from it on either side."""
    every = view.breakdown(indicator.id, dims)
    clear = _clear(every, 1.0)
    rows = [r for r in every if r.shown and r.limits()]
    if len(rows) > MOST_SAID:
        if not clear:
            by = words.join([words.dimension_words(d, view.config) for d in dims])
            text = "By {}, no group shown differed clearly from {}."
            return [Sentence(say(text, by, reference(view, indicator)), "breakdown")]
        rows = sorted(clear, key=lambda r: (-_apart(r), r.key))[:MOST_NAMED]
    else:
        rows.sort(key=lambda r: _order(view, r, dims))
    return [
        _ratio(view, indicator, row, clear=row in clear, dated=not at)
        for at, row in enumerate(rows)
    ]


def _ratio(view: Measures, indicator: Indicator, row: Row, *, clear: bool, dated: bool) -> Sentence:
    """`Pupils with an EHC plan were 3.1 times (2.8 to 3.4) as likely to … as all pupils.`"""
    rates = indicator.method == "ratio_rates"
    text = "{group} {were} {times} times ({low} to {high}) as likely to {phrase} as {reference}"
    if rates:
        text = "{phrase} were {times} times ({low} to {high}) as frequent among {group} as among "
        text += "{reference}"
    group, many = _group(view, indicator, row)
    filled = say(
        text + ("." if clear else ", which is no clear difference."),
        group=group,
        were="were" if many else "was",
        times=mark(row, indicator.decimals),
        low=mark(row, indicator.decimals, "lower_95"),
        high=mark(row, indicator.decimals, "upper_95"),
        phrase=indicator.phrase,
        reference=reference(view, indicator),
    )
    said = say("{}, {}", when(row), filled) if dated else filled
    return Sentence(Markup(words.upper_first(said)), "breakdown", clear)


def reference(view: Measures, indicator: Indicator) -> str:
    """What a ratio sets each category beside: "all pupils", "pupils without SEN"."""
    assert indicator.derived is not None
    dimension, code = indicator.derived.reference
    if dimension:
        return words.prose_label(dimension, code, view.config)
    people = PEOPLE.get(indicator.population_base, "others")
    return f"all {people}" if indicator.derived.against == "all" else f"all other {people}"


def _group(view: Measures, indicator: Indicator, row: Row) -> tuple[str, bool]:
    """How a sentence calls the group of a row, and whether in the plural."""
    assert indicator.derived is not None
    people = PEOPLE.get(indicator.population_base, "those")
    (dimension,) = indicator.derived.by(row.split)
    code = row.code(dimension)
    if (said := view.config.dimension(dimension).spoken.get(code)) is not None:
        return said, True
    if dimension in PLACES:
        return f"{people} in {words.area_label(code, view.config)}", True
    if words.deprived(dimension, view.config):
        return f"{people} in {group_words(dimension, code, view)} of neighbourhoods", True
    return f"the group “{words.category_label(dimension, code, view.config)}”", False


def differences(view: Measures, indicator: Indicator) -> list[Sentence]:
    """Which kinds those counted have clearly more and fewer of than the others."""
    broken = [view.breakdown(indicator.id, dims) for dims in indicator.breakdowns]
    rows = [row for part in broken for row in part]
    if not any(r.shown for r in rows):
        return []
    large = [r for part in broken for r in _clear(part, 0.0) if abs(r.value) >= MATTERS]
    withheld = any(r.hidden for r in rows)
    if not large:
        text = "Between {} and all others no difference {}was clearly as large as a tenth of a "
        text += "standard deviation, from which on it is usually said to matter."
        filled = say(text, indicator.phrase, "shown " if withheld else "")
        return [Sentence(filled, "breakdown")]
    ranked = sorted(large, key=lambda r: (-abs(r.value), r.key))
    parts = [
        say("{} often {}", much, join(_labelled(view, indicator, r) for r in some[:MOST_NAMED]))
        for much, some in (
            ("more", [r for r in ranked if r.value > 0]),
            ("less", [r for r in ranked if r.value < 0]),
        )
        if some
    ]
    same = [words.dimension_words(d, view.config) for d in _within(indicator)]
    others = f"all others of the same {words.join(same)}" if same else "all others"
    lead = "Of the figures shown, compared" if withheld else "Compared"
    text = "{} with {}, {} were {}."
    said = say(text, lead, others, indicator.phrase, join(parts))
    return [Sentence(said, "breakdown", True)]


def _labelled(view: Measures, indicator: Indicator, row: Row) -> Markup:
    """`“SEN support” (0.21)`, or of one source `aged 0 to 4 (mental health services: 0.21)`."""
    within = _within(indicator)
    labels, inside = [], []
    for dimension in row.split:
        code = row.code(dimension)
        named = words.category_label(dimension, code, view.config)
        if dimension in within:
            inside.append(words.prose_label(dimension, code, view.config))
        elif view.config.dimension(dimension).order == "age":
            labels.append(f"aged {named}")
        elif dimension in PLACES:
            labels.append(f"in {words.area_label(row.area_code, view.config)}")
        elif words.deprived(dimension, view.config):
            labels.append(f"in {group_words(dimension, code, view)} of neighbourhoods")
        else:
            labels.append(f"“{named}”")
    called = ", ".join(labels)
    if inside:
        return say("{} ({}: {})", called, ", ".join(inside), value(row, indicator))
    return say("{} ({})", called, value(row, indicator))


def _within(indicator: Indicator) -> tuple[str, ...]:
    return indicator.derived.within if indicator.derived else ()


def _apart(row: Row) -> float:
    """How many times a ratio is one, or one a ratio."""
    return max(row.value, 1 / row.value) if row.value > 0 else 0.0


def _order(view: Measures, row: Row, dims: Sequence[str]) -> tuple[int, ...]:
    """Place of a row in display order."""
    places = []
    for dimension in dims:
        codes = list(words.categories(dimension, view.config))
        code = row.code(dimension)
        places.append(codes.index(code) if code in codes else len(codes))
    return tuple(places)

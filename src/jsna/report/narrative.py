"""Sentences about one indicator, written from its measures by rule.

No number is typed here: each comes from a measure through `marks`. Nothing is called higher,
lower, risen or fallen unless `compare` says so; a figure that is not clear is called that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup, escape

from jsna.model.hierarchies import later
from jsna.model.indicators import Indicator
from jsna.report.marks import difference, limit, mark
from jsna.view import words
from jsna.view.comparison import FAR, TOLD, TURNED, off_none, side
from jsna.view.kinds import said
from jsna.view.rows import Measures, Row

Kind = Literal["level", "comparison", "polarity", "change", "gradient", "breakdown", "hidden"]

#: Who is counted, by population base, as in "all pupils".
PEOPLE: Final = {"attending": "pupils", "resident": "children and young people"}
#: Units of rates.
RATES: Final = ("per_100", "per_1000", "per_10000")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. `clear` says that it states a difference the intervals bear out."""

    text: Markup
    kind: Kind
    clear: bool = False


def join(parts: Iterable[Markup | str], last: str = "and") -> Markup:
    """`format.join` for marked-up text."""
    safe = [escape(part) for part in parts]
    if len(safe) < 2:
        return Markup("").join(safe)
    return Markup("{} {} {}").format(Markup(", ").join(safe[:-1]), last, safe[-1])


def say(template: str, *args: object, **parts: object) -> Markup:
    """Fill a sentence; everything filled in is escaped unless it is marked up already."""
    return Markup(template).format(*args, **parts)


def value(row: Row, indicator: Indicator, *, full: bool = False) -> Markup:
    """A measure's value as prose prints it; in full, a rate names what it stands on."""
    text = mark(row, indicator.decimals)
    return say("{} {}", text, indicator.per) if full and row.unit in RATES else text


def rate_words(row: Row, indicator: Indicator) -> str:
    """`per 100 pupils` of a rate; nothing of other figures."""
    if row.unit not in RATES:
        return ""
    return f"{words.UNIT_SUFFIX[row.unit].strip()} {indicator.per}"


def noun(indicator: Indicator) -> str:
    """What an indicator measures, inside a sentence: "the share of pupils with an EHC plan"."""
    return f"{said(indicator).noun} {indicator.phrase}"


def when(row: Row) -> str:
    """When a measure was true, as a sentence says it."""
    return words.period_words(row.period, row.period_type)


def counts(row: Row, view: Measures) -> Markup:
    """` (298 of 1,720)` where both counts are known, else nothing; `about` rounded ones."""
    if row.numerator != row.numerator or row.denominator != row.denominator:
        return Markup("")
    top, base = mark(row, 0, "numerator"), mark(row, 0, "denominator")
    about = "about " if view.rounded(row) else ""
    return say(" ({about}{top} of {base})", about=about, top=top, base=base)


def between(one: Row, other: Row, indicator: Indicator) -> Markup:
    """` (95% interval of the difference −0.2 to 2.1 percentage points)`; nothing without limits."""
    if one.limits() is None or other.limits() is None or one.exact:
        return Markup("")
    return say(" (95% interval of the difference {})", difference(one, other, indicator.decimals))


def _sure(row: Row, indicator: Indicator, view: Measures) -> Markup:
    """` (100 of 45,325; 95% interval 0.18% to 0.27%)`: how sure an error rate of linkage is."""
    known = counts(row, view)
    if not known or not row.limits() or indicator.population_base != "sources":
        return known
    low, high = (mark(row, indicator.decimals, f) for f in ("lower_95", "upper_95"))
    return say("{}; 95% interval {} to {})", known[:-1], low, high)


def _certainty(row: Row, indicator: Indicator, view: Measures) -> Markup | str:
    """What stands behind a figure: the counts of a percentage, the interval of a gap."""
    if row.unit == "percent":
        return _sure(row, indicator, view)
    nothing = indicator.kind.no_difference
    if nothing is None or row.limits() is None:
        return ""
    # As of gradients elsewhere: an edition has some twenty.
    least = FAR if indicator.kind.worked_out == "along" else TOLD
    clear = side(float(off_none([row], nothing)[0]), least) in TURNED
    end = "" if clear else f", which is {said(indicator).unclear}"
    level = "95" if clear or least < FAR or row.limits("998") is None else "99.8"
    low, high = (
        limit(row, indicator.decimals, f"{side_}_{level.replace('.', '')}", unit=side_ == "upper")
        for side_ in ("lower", "upper")
    )
    return say(" ({}% interval {} to {}){}", level, low, high, end)


def _before(row: Row, indicator: Indicator) -> str:
    """The period a change is since, in a sentence; "" of what is no change."""
    if indicator.derived is None or not indicator.kind.parts:
        return ""
    before = words.period_words(later(row.period, -indicator.derived.years), row.period_type)
    return before.removeprefix("in ").removeprefix("on ")


def level(view: Measures, indicator: Indicator) -> Sentence | None:
    """The latest figure of the home area, with its period and counts."""
    row = view.latest(indicator.id)
    if row is None or indicator.kind.of_one_whole:
        return None
    place = words.area_phrase(view.config.area.code, view.config)
    if not row.shown:
        template = "The figure for {phrase} in {place} {when} is {why}."
        why = words.status_words(row.status)
        text = say(template, phrase=indicator.phrase, place=place, when=when(row), why=why)
        return Sentence(text, "hidden")
    told = said(indicator)
    return Sentence(
        say(
            told.single if told.single and words.rounded(row.value) == 1 else told.level,
            place=place,
            value=value(row, indicator, full=True),
            phrase=indicator.phrase,
            when=when(row),
            before=_before(row, indicator),
            counts=_certainty(row, indicator, view),
        ),
        "level",
    )

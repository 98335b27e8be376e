"""Sentences about one indicator, written from its measures by rule.

No number is typed here: each comes from a measure through `marks`. Nothing is called higher,
lower, risen or fallen unless `compare` says so; a figure that is not clear is called that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup, escape

from jsna.model.indicators import Indicator
from jsna.report.marks import mark
from jsna.view import words
from jsna.view.comparison import Verdict, against, changed, differ
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


def _sure(row: Row, indicator: Indicator, view: Measures) -> Markup:
    """` (100 of 45,325; 95% interval 0.18% to 0.27%)`: how sure an error rate of linkage is."""
    known = counts(row, view)
    if not known or not row.limits() or indicator.population_base != "sources":
        return known
    low, high = (mark(row, indicator.decimals, f) for f in ("lower_95", "upper_95"))
    return say("{}; 95% interval {} to {})", known[:-1], low, high)


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
    return Sentence(
        say(
            said(indicator).level,
            place=place,
            were=words.plural(row.value, "was", "were"),
            value=value(row, indicator, full=True),
            phrase=indicator.phrase,
            when=when(row),
            counts=_sure(row, indicator, view) if row.unit == "percent" else "",
        ),
        "level",
    )


def comparator_codes(view: Measures, indicator: Indicator) -> list[str]:
    """Area codes of the declared comparators, in the order they are named."""
    area = view.config.area
    codes = {
        "national": area.country.code,
        "region": area.region.code,
        "neighbours": "neighbours",
    }
    return [codes[name] for name in indicator.comparators]


def compared(
    view: Measures, indicator: Indicator
) -> tuple[Row, list[tuple[str, Row, Verdict]]] | None:
    """The home figure beside each comparator of the same period, with the verdict about it.

    The latest period is taken in which the home area and at least one comparator have a value.
    Counts are never compared: a larger place has more of everything.
    """
    if indicator.kind.of_one_whole or not indicator.kind.compared:
        return None
    codes = comparator_codes(view, indicator)
    for home in reversed(view.series(indicator.id)):
        if not home.shown:
            continue
        found = [(code, view.at(indicator.id, code, home)) for code in codes]
        shown = [(code, row) for code, row in found if row is not None and row.shown]
        if shown:
            return home, [(code, row, against(home, row)) for code, row in shown]
    return None


_AGAINST: Final = {
    "higher": "higher than {}",
    "lower": "lower than {}",
    "similar": "similar to {}",
}


def comparator_name(code: str, view: Measures) -> str:
    """A comparator inside a sentence: "England", "the average of its statistical neighbours"."""
    if code == "neighbours":
        return "the average of its statistical neighbours"
    return words.area_phrase(code, view.config)


def comparison(view: Measures, indicator: Indicator) -> Sentence | None:
    """How the home area stands to England, its region and its statistical neighbours."""
    found = compared(view, indicator)
    if found is None:
        return None
    home, rows = found
    parts, clear = [], False
    for verdict, template in _AGAINST.items():
        named = [(code, row) for code, row, v in rows if v == verdict]
        if named:
            clear = clear or verdict != "similar"
            parts.append(say(template, _named(named, view, indicator)))
    plain = [(code, row) for code, row, v in rows if v == "unknown"]
    latest = view.latest(indicator.id)
    same = latest is not None and latest.period == home.period
    if not parts:
        figure = value(home, indicator)
        lead = "For comparison, the figure was" if same else "{When} it was {figure}, against"
        filled = say(lead, When=words.upper_first(when(home)), figure=figure)
        return Sentence(say("{} {}.", filled, _figures(plain, view, indicator)), "comparison")
    lead = Markup("This was") if same else _earlier(home, indicator)
    text = say("{} {}", lead, join(parts))
    if plain:
        text += say("; the figure was {}", _figures(plain, view, indicator))
    return Sentence(text + ".", "comparison", clear)


def _earlier(home: Row, indicator: Indicator) -> Markup:
    template = "{When}, the latest with figures elsewhere, it was {figure}:"
    return say(template, When=words.upper_first(when(home)), figure=value(home, indicator))


def _named(named: Sequence[tuple[str, Row]], view: Measures, indicator: Indicator) -> Markup:
    return join(
        say("{} ({})", comparator_name(code, view), value(row, indicator)) for code, row in named
    )


def _figures(rows: Sequence[tuple[str, Row]], view: Measures, indicator: Indicator) -> Markup:
    """`5.3% in England and 5.4% for the average of …`."""
    return join(
        say(
            "{} {} {}",
            value(row, indicator),
            "for" if code == "neighbours" else "in",
            comparator_name(code, view),
        )
        for code, row in rows
    )


def polarity(view: Measures, indicator: Indicator) -> Sentence | None:
    """Which direction is better, said only beside a clear difference from England."""
    found = compared(view, indicator)
    if found is None or indicator.polarity == "neutral":
        return None
    national = view.config.area.country.code
    verdict = next((v for code, _, v in found[1] if code == national), "unknown")
    if verdict not in ("higher", "lower"):
        return None
    better = {"high": "higher", "low": "lower"}[indicator.polarity]
    return Sentence(say("On this measure, {} is better.", better), "polarity")


def change(view: Measures, indicator: Indicator) -> Sentence | None:
    """How the home figure has changed: since the period before, and since the first."""
    if indicator.kind.of_one_whole:
        return None
    rows = view.sound(indicator.id)
    if len(rows) < 2:
        return _unsaid(view, indicator) or _official(view, indicator)
    last, before, first = rows[-1], rows[-2], rows[0]
    short = changed(last, before)
    long = changed(last, first) if first is not before else "unknown"
    verbs = {"higher": "rose", "lower": "fell"}
    if short == "unknown":
        template = "The figure {when} was {before}."
        text = say(template, when=when(before), before=value(before, indicator))
        return Sentence(text, "change")
    if short in verbs:
        template = "{It} {rose} from {before} {when}."
        if long in verbs:
            template = "{It} {rose} from {before} {when}, and {has} since {start} ({first})."
    elif long in verbs:
        template = "{It} changed little from {before} {when}, but {has} since {start} ({first})."
    else:
        template = "There was no clear change from {before} {when}."
    if short == "similar" and last.value == before.value:
        template = template.replace("changed little from {before}", "was the same")
        template = template.replace("There was no clear change from {before}", "{It} was the same")
    return Sentence(
        say(
            template,
            It=said(indicator).again,
            rose=verbs.get(short, ""),
            before=value(before, indicator),
            when=when(before),
            has={"higher": "has risen", "lower": "has fallen"}.get(long, ""),
            start=words.period_label(first.period, first.period_type),
            first=value(first, indicator),
        ),
        "change",
        short in verbs or long in verbs,
    )


def _unsaid(view: Measures, indicator: Indicator) -> Sentence | None:
    """What stands in the place of a change that is in doubt, or that lies across a break."""
    plain = view.comparable(indicator.id)
    if len(plain) > 1:
        template = "The figure {when} was {before}; a change of this size is to be confirmed."
        if plain[-1].doubted or plain[-2].doubted:
            template = "The figure {when} was {before}; the change is not relied on."
        before = plain[-2]
        text = say(template, when=when(before), before=value(before, indicator))
        return Sentence(text, "change")
    earlier = [row for row in view.series(indicator.id) if row.shown and not row.local]
    if plain and not plain[-1].local and len({row.segment for row in earlier}) > 1:
        return Sentence(
            say("Earlier figures were counted in another way and are not compared."), "change"
        )
    return None


def _official(view: Measures, indicator: Indicator) -> Sentence | None:
    """How official figures changed, where the latest is a local one that stands alone."""
    rows = [row for row in view.series(indicator.id) if row.shown and not row.local]
    rows = [row for row in rows if row.segment == rows[-1].segment and not row.doubted]
    jumps = [place for place, row in enumerate(rows) if row.jumped]
    rows = rows[jumps[-1] if jumps else 0 :]
    if len(rows) < 2:
        return None
    first, last = rows[0], rows[-1]
    verb = {"higher": "rose", "lower": "fell"}.get(changed(last, first))
    if verb is None:
        return None
    text = say(
        "Official figures {verb} from {first} {since} to {last} {when}.",
        verb=verb,
        first=value(first, indicator),
        since=when(first),
        last=value(last, indicator),
        when=when(last),
    )
    return Sentence(text, "change", True)


def latest_change(view: Measures, indicator: Indicator) -> Markup | None:
    """`rose from 5.2% in January 2024 to 5.5% in January 2025`, where that is clear."""
    rows = view.sound(indicator.id)
    if indicator.kind.of_one_whole or len(rows) < 2:
        return None
    before, last = rows[-2:]
    clear = differ(last, before)
    verb = (
        {"higher": "rose", "lower": "fell"}.get(clear) if clear == changed(last, before) else None
    )
    if verb is None:
        return None
    return say(
        "{} from {} {} to {} {}.",
        verb,
        value(before, indicator),
        when(before),
        value(last, indicator),
        when(last),
    )


def headline(view: Measures, indicator: Indicator) -> list[Sentence]:
    """Level, comparison and change, in that order; those that can be said."""
    made = (
        level(view, indicator),
        comparison(view, indicator),
        polarity(view, indicator),
        change(view, indicator),
    )
    return [sentence for sentence in made if sentence is not None]

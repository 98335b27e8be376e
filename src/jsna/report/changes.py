"""Sentences about years: how the home figure has changed, and what a section begins with."""

from __future__ import annotations

from markupsafe import Markup

from jsna.model.indicators import Indicator
from jsna.report.comparing import comparison, polarity
from jsna.report.narrative import Sentence, between, level, say, value, when
from jsna.view import series, words
from jsna.view.comparison import differ
from jsna.view.kinds import said
from jsna.view.rows import Measures


def change(view: Measures, indicator: Indicator) -> Sentence | None:
    """How the home figure has changed: since the period before, and over all periods."""
    if indicator.kind.of_one_whole or not indicator.kind.followed:
        return None
    went = series.course(series.sound(view.series(indicator.id)))
    if went is None:
        return _unsaid(view, indicator) or _official(view, indicator)
    verbs = {"higher": "rose", "lower": "fell"}
    has = {"higher": "has risen", "lower": "has fallen"}
    before = went.before
    if went.short == "unknown":
        text = say("The figure {} was {}.", when(before), value(before, indicator))
        return Sentence(text, "change")
    long = went.long if went.first is not before else "unknown"
    if went.short in verbs:
        template = "{It} {rose} from {before} {when}{rest}."
    elif went.last.value == before.value:
        template = "{It} was the same {when}{rest}."
    elif long in verbs:
        template = "{It} changed little from {before} {when}{rest}."
    else:
        template = "There was no clear change from {before} {when}{between}{rest}."
    rest = Markup("")
    if long in verbs:
        link = "and" if went.short == long else "but"
        start = words.period_label(went.first.period, went.first.period_type)
        figure = value(went.first, indicator)
        rest = say(", {} {} since {} ({})", link, has[long], start, figure)
    elif went.turn is not None and went.turn is not before:
        rest = _turned(went, indicator)
    text = say(
        template,
        It=said(indicator).again,
        rose=verbs.get(went.short, ""),
        before=value(before, indicator),
        when=when(before),
        between=between(went.last, before, indicator),
        rest=rest,
    )
    return Sentence(text, "change", went.short in verbs or long in verbs or bool(rest))


def _turned(went: series.Course, indicator: Indicator) -> Markup:
    """`; from 2.1% (2016) it had risen to 8.4% (2021)`."""
    assert went.turn is not None
    verb = {"higher": "had risen", "lower": "had fallen"}[went.up_to_turn]
    start, turn = (
        say("{} ({})", value(row, indicator), words.period_label(row.period, row.period_type))
        for row in (went.first, went.turn)
    )
    return say("; from {} it {} to {}", start, verb, turn)


def _unsaid(view: Measures, indicator: Indicator) -> Sentence | None:
    """What stands in the place of a change that is in doubt, or that lies across a break."""
    every = view.series(indicator.id)
    plain = series.comparable(every)
    if len(plain) > 1:
        template = "The figure {when} was {before}; a change of this size is to be confirmed."
        if plain[-1].doubted or plain[-2].doubted:
            template = "The figure {when} was {before}; the change is not relied on."
        before = plain[-2]
        text = say(template, when=when(before), before=value(before, indicator))
        return Sentence(text, "change")
    earlier = [row for row in every if row.shown and not row.local]
    if plain and not plain[-1].local and len({row.segment for row in earlier}) > 1:
        return Sentence(
            say("Earlier figures were counted in another way and are not compared."), "change"
        )
    return None


def beside(view: Measures, indicator: Indicator) -> Sentence | None:
    """How published figures changed over longer than the local ones beside them have stood."""
    own = series.course(series.sound(view.series(indicator.id)))
    latest = view.latest(indicator.id)
    if own is None or latest is None or view.published(latest) is None:
        return None
    went = series.course(series.sound(view.official(indicator.id)))
    longer = went is not None and went.first.period < own.first.period
    return _official(view, indicator) if longer else None


def _official(view: Measures, indicator: Indicator) -> Sentence | None:
    """How official figures changed, where the latest is a local one or has one beside it."""
    if indicator.kind.of_one_whole or not indicator.kind.followed:
        return None
    went = series.course(series.sound(view.official(indicator.id)))
    verb = {"higher": "rose", "lower": "fell"}.get(went.long) if went else None
    if went is None or verb is None:
        return None
    text = say(
        "Published figures {verb} from {first} {since} to {last} {when}.",
        verb=verb,
        first=value(went.first, indicator),
        since=when(went.first),
        last=value(went.last, indicator),
        when=when(went.last),
    )
    return Sentence(text, "change", True)


def latest_change(view: Measures, indicator: Indicator) -> Markup | None:
    """`rose from 5.2% in January 2024 to 5.5% in January 2025`, where that is clear.

    Not of how many there are on a day: that number is never quite the same.
    """
    went = series.course(series.sound(view.series(indicator.id)))
    if indicator.kind.of_one_whole or not indicator.kind.followed or went is None:
        return None
    verb = {"higher": "rose", "lower": "fell"}.get(went.short)
    if verb is None or differ(went.last, went.before) == "similar":
        return None
    return say(
        "{} from {} {} to {} {}.",
        verb,
        value(went.before, indicator),
        when(went.before),
        value(went.last, indicator),
        when(went.last),
    )


def headline(view: Measures, indicator: Indicator) -> list[Sentence]:
    """Level, comparison and change, in that order; those that can be said."""
    made = (
        level(view, indicator),
        comparison(view, indicator),
        polarity(view, indicator),
        change(view, indicator),
        beside(view, indicator),
    )
    return [sentence for sentence in made if sentence is not None]

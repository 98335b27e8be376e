"""What stands out, chosen and ranked by rule: messages of the summary, the lede of each chapter.

A difference is told only where `compare` bears it out, or where a duty in law is missed. What is
listed is ranked by a score (`Score`) that no larger number of children, duty missed, distance,
lasting or certainty can lower. What the auditor of releases marked may lead by its level, with what
changed in the counting said beside it, and not by its change.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from markupsafe import Markup

from jsna.model.indicators import Duty, Indicator
from jsna.report import standings
from jsna.report.beside import lasting, more_than, nation, similar
from jsna.report.care import care
from jsna.report.changes import latest_change
from jsna.report.comparing import compared
from jsna.report.deprivation import group_words
from jsna.report.marks import excess, mark, rest
from jsna.report.narrative import counts, noun, say, value, when
from jsna.report.scoring import PERIODS, Score, age, apart
from jsna.view import series, words
from jsna.view.comparison import estimate, everyone_counted, untested
from jsna.view.gradients import gradient
from jsna.view.rows import Measures, Row
from jsna.view.standings import QUARTERS, quarter, subject

Kind = Literal["duty", "worse", "better", "differs", "untested", "changed", "gap"]

#: Messages of a summary.
MOST: Final = 5
#: Kinds that are messages; a figure that is better, or only differs, is in the table.
TOLD: Final[Sequence[Kind]] = ("duty", "worse", "untested", "changed", "gap")
#: Figures are listed as unlike, where chance cannot be ruled out, from this proportion on.
UNLIKE: Final = 1.1
#: A difference that chance cannot explain and that is smaller than this stands out in no list.
LEAST: Final = 1.05


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that stands out.

    Attributes:
        text: for a list, after the indicator's title.
        sentence: the same as a sentence of its own.
        score: why it stands where it does.
    """

    kind: Kind
    indicator: Indicator
    text: Markup
    sentence: Markup
    score: Score


def matters(one: Row, other: Row) -> bool:
    """Whether two figures are far enough apart to stand out: 97 % and 99 % are, by those left."""
    left = apart(100 - one.value, 100 - other.value) if one.unit == "percent" else 1.0
    return max(apart(one.value, other.value), left) >= LEAST


def against_country(view: Measures, indicator: Indicator) -> Message | None:
    """How the area stands to a duty and to the country, where it clearly differs or may well do."""
    found = compared(view, indicator)
    code = view.config.area.country.code
    national = next((x for x in found[1] if x[0] == code), None) if found else None
    if indicator.duty is not None:
        own = found[0] if found and national else view.latest(indicator.id)
        return _duty(view, indicator, indicator.duty, own, national[1] if national else None)
    if found is None or national is None:
        return None
    home, (_, row, verdict) = found[0], national
    if home.doubted or row.doubted or home.segment != row.segment or not matters(home, row):
        return None
    far = apart(home.value, row.value)
    good = {"high": "higher", "low": "lower"}.get(indicator.polarity)
    bare = untested(home, row) if verdict == "unknown" else None
    side = bare or verdict
    kind: Kind
    if verdict == "unknown" and (good is None or side in (None, "similar", good)):
        # Of what is neither good nor bad, or is better, no more is said than can be tested.
        kind = "untested" if bare is None else "differs" if good is None else "better"
    elif verdict == "unknown":
        kind = "worse" if everyone_counted(home) else "untested"
    elif verdict == "similar":
        return None
    elif good is None:
        kind = "differs"
    else:
        kind = "better" if verdict == good else "worse"
    behind = _behind(view, home, indicator)
    if verdict == "unknown" and far < UNLIKE and not behind:
        return None
    figures = {
        "home": value(home, indicator),
        "counts": counts(home, view),
        "when": when(home) + ", as published" * view.beside_local(home),
        "country": view.config.area.country.name,
        "other": value(row, indicator),
        "others": similar(found[1], indicator),
        "more": _more(view, home, row, indicator),
    }
    text = say("{home}{counts} {when}; {country} {other}{others}.{more}", **figures)
    than = "{verdict} than {country} ({other})"
    if verdict == "unknown":
        than = "against {other} in {country}"
    whole = "In {place}, {noun} was {home} {when}, " + than + "."
    named = {"place": view.config.area.name, "noun": noun(indicator), "verdict": verdict}
    # Without counts, the place among all authorities is what there is to go by.
    sure = 1.0 if verdict != "unknown" or everyone_counted(home) else 0.8 if behind else 0.6
    score = Score(
        children=more_than(home, row),
        apart=far,
        lasting=lasting(view, indicator, home),
        behind=behind,
        certain=sure,
        weight=0.5 if kind in ("differs", "better") else 1.0,
        age=age(view.config, home),
    )
    return Message(kind, indicator, text, say(whole, **figures, **named), score)


def _duty(
    view: Measures, indicator: Indicator, duty: Duty, home: Row | None, country: Row | None
) -> Message | None:
    """A duty in law that was missed in some cases: whatever others do, that is not doing well."""
    if home is None or not home.shown or home.doubted or home.value >= 100:
        return None
    alike = country is not None and country.segment == home.segment and not country.doubted
    figures: dict[str, object] = {
        "when": words.upper_first(when(home)) + ", as published" * view.beside_local(home),
        "value": value(home, indicator),
        "kept": duty.kept,
        "beside": "",
    }
    if alike and country is not None:
        named = view.config.area.country.name
        figures["beside"] = say("; {} {}", named, value(country, indicator))
    missed = home.denominator - home.numerator
    if math.isfinite(missed):
        lead = "{when}, {about}{rest} of {of} {missed} ({value} {kept}{beside})."
        figures |= {
            "about": "about " if view.rounded(home) else "",
            "rest": rest(home),
            "of": mark(home, 0, "denominator"),
            "missed": duty.missed,
        }
    else:
        lead = "{when}, {value} {kept}{beside}."
    sentence = say(lead, **figures)
    told = [sentence, *_place(view, home, indicator), duty.care, *care(view, home)]
    text = Markup(" ").join(one for one in told if one)
    # That others miss it as often is no excuse, but adds nothing.
    worse = alike and country is not None and home.value < country.value
    score = Score(
        missed=1 - home.value / 100,
        children=missed if math.isfinite(missed) else 0.0,
        apart=apart(home.value, country.value) if worse and country is not None else 1.0,
        lasting=lasting(view, indicator, home) if worse else 0,
        behind=_behind(view, home, indicator),
        age=age(view.config, home),
    )
    return Message("duty", indicator, text, sentence, score)


def _place(view: Measures, home: Row, indicator: Indicator) -> list[Markup]:
    """Where it stands among all authorities, as a sentence; none where that is not known."""
    one = view.standings.home(indicator.id)
    if one is None or not standings.same(one, home):
        return []
    return [standings.sentence(one, indicator, why=False) + "."]


def _behind(view: Measures, home: Row, indicator: Indicator) -> bool:
    """Whether it lies in the worst quarter of all authorities."""
    one = view.standings.home(indicator.id)
    if one is None or indicator.polarity == "neutral" or not standings.same(one, home):
        return False
    return quarter(one, indicator) == len(QUARTERS)


def _more(view: Measures, home: Row, country: Row, indicator: Indicator) -> Markup:
    """How many children that is, or that nobody knows; then the place among all."""
    many = more_than(home, country)
    name = view.config.area.country.name
    if math.isnan(home.denominator) or math.isnan(home.numerator):
        known = Markup(" The number of children behind it was not published.")
    elif round(many) < 1:
        known = Markup("")
    else:
        side = "more" if estimate(home) > estimate(country) else "fewer"
        known = say(" That is about {} {} than at {}’s rate.", excess(home, country), side, name)
    return known + Markup("").join(" " + one for one in _place(view, home, indicator))


def change(view: Measures, indicator: Indicator) -> Message | None:
    """A clear change since the period before."""
    found = latest_change(view, indicator)
    if found is None:
        return None
    every = series.sound(view.series(indicator.id))
    before, last = every[-2:]
    if not matters(before, last):
        return None
    whole = say("{} {}", words.upper_first(noun(indicator)), found)
    text = say(
        "{}{}{}.", found.removesuffix("."), counts(last, view), nation(view, last, indicator)
    )
    ways = [b.value > a.value for a, b in pairwise(every[-PERIODS - 1 :])]
    times = sum(all(one == ways[-1] for one in ways[-n - 1 :]) for n in range(len(ways)))
    moved = last.value - before.value if last.unit == "count" else last.numerator - before.numerator
    score = Score(
        children=abs(moved) if math.isfinite(moved) else 0.0,
        apart=apart(before.value, last.value),
        lasting=times,
        weight=0.7,
        age=age(view.config, last),
    )
    return Message("changed", indicator, text, whole, score)


def gap(view: Measures, indicator: Indicator) -> Message | None:
    """A clear gap between the most and the least deprived areas."""
    if indicator.kind.categories_are_parts or indicator.kind.derived:
        return None
    for dims in indicator.breakdowns:
        if len(dims) != 1 or not words.deprived(dims[0], view.config):
            continue
        found = gradient(view.breakdown(indicator.id, dims), dims[0])
        if found is None or found.verdict not in ("higher", "lower"):
            return None
        verdict, most, least = found.verdict, found.most, found.least
        if not matters(most, least):
            return None
        figures = {
            "most": group_words(dims[0], most.code(dims[0]), view),
            "a": value(most, indicator),
            "counts": counts(most, view),
            "least": group_words(dims[0], least.code(dims[0]), view),
            "b": value(least, indicator),
            "others": counts(least, view),
            "when": when(most),
            "verdict": verdict,
            "noun": words.upper_first(noun(indicator)),
        }
        text = say(
            "{verdict} in {most} of neighbourhoods than in {least}: "
            "{a}{counts} and {b}{others} {when}.",
            **figures,
        )
        whole = say(
            "{noun} was {verdict} in {most} of neighbourhoods ({a}) than in {least} ({b}).",
            **figures,
        )
        score = Score(
            children=more_than(most, least), apart=apart(most.value, least.value), weight=0.7,
            age=age(view.config, most),
        )  # fmt: skip
        return Message("gap", indicator, text, whole, score)
    return None


#: Everything that may be found about one indicator.
FINDERS: Final[Sequence[Callable[[Measures, Indicator], Message | None]]] = (
    against_country,
    change,
    gap,
)


def findings(view: Measures, indicators: Sequence[Indicator]) -> list[Message]:
    """What stands out about some indicators, the highest score first.

    Of two ways of counting one thing the first declared speaks for both.
    """
    kept: dict[tuple[Kind, str], Message] = {}
    for find in FINDERS:
        for indicator in indicators:
            found = find(view, indicator)
            if found is not None:
                kept.setdefault((found.kind, subject(indicator)), found)
    return sorted(kept.values(), key=lambda one: -one.score.total)


def chosen(
    view: Measures,
    indicators: Sequence[Indicator],
    about: Callable[[Indicator], str] = subject,
    weight: Callable[[Indicator], float] = lambda _: 1.0,
) -> list[Message]:
    """The messages of a summary: at most five, one a subject, none of figures that are old.

    A duty that was kept in all but a few cases is none: three decisions of six hundred are no news.

    Args:
        about: the subject of an indicator.
        weight: how much its messages weigh beside those of others.
    """
    subjects: dict[str, Message] = {}
    found = findings(view, indicators)
    for one in sorted(found, key=lambda one: -one.score.total * weight(one.indicator)):
        kept = one.kind == "duty" and (1 - one.score.missed) * LEAST > 1
        if one.kind in TOLD and one.score.total > 0 and not kept:
            subjects.setdefault(about(one.indicator), one)
    return list(subjects.values())[:MOST]

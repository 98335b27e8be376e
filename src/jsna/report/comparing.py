"""Sentences that set the home area beside England, its region and its statistical neighbours.

Figures counted here in a way of their own are never set beside those of other areas. Where a
publisher gives the area's figure of the same period, that one is, and it is said that it is and how
it differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from jsna.model.indicators import Indicator
from jsna.report import standings
from jsna.report.marks import usual
from jsna.report.narrative import Sentence, join, say, value, when
from jsna.view import words
from jsna.view.comparison import Verdict, against, everyone_counted, untested
from jsna.view.neighbours import Standing, standing
from jsna.view.rows import Measures, Row

#: Area codes of the statistical neighbours' median, and of what they come to together.
MEDIAN: Final = "neighbours"
TOGETHER: Final = "neighbours_together"


def comparator_codes(view: Measures, indicator: Indicator) -> list[str]:
    """Area codes of the declared comparators, in the order they are named."""
    area = view.config.area
    codes = {"national": area.country.code, "region": area.region.code, "neighbours": MEDIAN}
    return [codes[name] for name in indicator.comparators]


def compared(
    view: Measures, indicator: Indicator
) -> tuple[Row, list[tuple[str, Row, Verdict]]] | None:
    """The home figure beside each comparator of the same period, with the verdict about it.

    The latest period is taken in which the home area and at least one comparator have a value and
    are counted in the same way; where there is none, the latest in which they have a value. Of a
    local figure that is counted otherwise the published one beside it is taken.
    Counts are never compared: a larger place has more of everything. Beside the median of the
    neighbours the verdict is the one of `view.neighbours`, about all of them.
    """
    known = view.compared.get(indicator.id)
    if known is None or known[0] is not indicator:
        known = view.compared[indicator.id] = indicator, _compared(view, indicator)
    found: tuple[Row, list[tuple[str, Row, Verdict]]] | None = known[1]
    return found


def _compared(
    view: Measures, indicator: Indicator
) -> tuple[Row, list[tuple[str, Row, Verdict]]] | None:
    if indicator.kind.of_one_whole or not indicator.kind.compared:
        return None
    codes = comparator_codes(view, indicator)
    beside = [
        (home, shown)
        for own in reversed(view.series(indicator.id))
        for home in (view.published(own) or own,)
        if home.shown and (shown := _comparators(view, home, codes))
    ]
    alike = (one for one in beside if all(row.segment == one[0].segment for _, row in one[1]))
    home, shown = next(alike, beside[0] if beside else (None, []))
    if home is None:
        return None
    return home, [(code, row, _judged(view, home, code, row)) for code, row in shown]


def _comparators(view: Measures, home: Row, codes: Sequence[str]) -> list[tuple[str, Row]]:
    """Figures of the period of the home area's, by area code."""
    found = [(code, view.at(home.indicator, code, home)) for code in codes]
    return [(code, row) for code, row in found if row is not None and row.shown]


def _judged(view: Measures, home: Row, code: str, row: Row) -> Verdict:
    if code != MEDIAN:
        return against(home, row)
    among = standing(home, view.neighbours(home.indicator, home))
    return among.verdict if among is not None else "unknown"


_AGAINST: Final = {
    "higher": "higher than {}",
    "lower": "lower than {}",
    "similar": "similar to {}",
}


def comparison(view: Measures, indicator: Indicator) -> Sentence | None:
    """How the home area stands to England and its region, and where among its neighbours."""
    found = compared(view, indicator)
    if found is None:
        return _published_alone(view, indicator)
    home, rows = found
    wider = [one for one in rows if one[0] != MEDIAN]
    parts = [
        say(template, _named(named, view, indicator))
        for verdict, template in _AGAINST.items()
        if (named := [(code, row) for code, row, v in wider if v == verdict])
    ]
    plain = [(code, row) for code, row, v in wider if v == "unknown"]
    latest = view.latest(indicator.id)
    same = latest is not None and latest.period == home.period
    published = _published(view, home, latest, indicator)
    told = [] if published else _otherwise(view, latest, home, indicator)
    if published:
        told.append(published + _beside_others(parts, plain, view, indicator))
    elif parts:
        lead = Markup("This was") if same else _earlier(home, latest, indicator)
        rest = say("; the figure was {}", _figures(plain, view, indicator)) if plain else ""
        told.append(say("{} {}{}", lead, join(parts), rest))
    elif plain and (bare := _untested(view, home, plain, indicator)) is not None:
        lead = Markup("This was") if same else _earlier(home, latest, indicator)
        told.append(say("{} {}", lead, bare))
    elif plain:
        figure = value(home, indicator)
        first = "For comparison, the figure was" if same else "{When} it was {figure}, against"
        if same and any(row.segment != home.segment for _, row in plain):
            first = _OTHERWISE
        filled = say(first, When=words.upper_first(when(home)), figure=figure)
        told.append(say("{} {}", filled, _figures(plain, view, indicator)))
    dated = same or bool(told)
    one = view.standings.home(indicator.id)
    if one is not None and standings.same(one, home):
        told.append(standings.sentence(one, indicator))
    if len(wider) < len(rows) and (among := _among(view, home, indicator, dated=dated)):
        told.append(among)
    clear = any(verdict in ("higher", "lower") for _, _, verdict in rows)
    text = Markup(". ").join(told)
    return Sentence(text + ".", "comparison", clear) if told else None


#: Said of figures nobody can test, where everyone was counted and where the counts are not known.
_ALL_COUNTED: Final = "; everyone is counted, so this is no matter of chance"
_NOT_TESTED: Final = "; the counts were not published, so chance cannot be ruled out"


def _untested(
    view: Measures, home: Row, rows: Sequence[tuple[str, Row]], indicator: Indicator
) -> Markup | None:
    """`higher than in England (5.3%); …` of published figures without counts; None of others."""
    verdicts = [untested(home, row) for _, row in rows]
    if None in verdicts:
        return None
    parts = [
        say(template, _named(named, view, indicator))
        for verdict, template in _BARE.items()
        if (named := [one for one, found in zip(rows, verdicts, strict=True) if found == verdict])
    ]
    return join(parts) + (_ALL_COUNTED if everyone_counted(home) else _NOT_TESTED)


_BARE: Final = {"higher": "higher than {}", "lower": "lower than {}", "similar": "the same as {}"}


def _published(
    view: Measures, home: Row, latest: Row | None, indicator: Indicator
) -> Markup | None:
    """`The published figure, which counts …, was 4.7%`, where that is what is compared.

    None where the figure compared is the latest itself, or of another period.
    """
    if latest is None or view.published(latest) is not home:
        return None
    decimals = 0 if home.unit == "count" else indicator.decimals
    same = words.number(home.value, decimals) == words.number(latest.value, decimals)
    return say(
        "The published figure, {which}, was {also}{figure}",
        which=indicator.caveats.differs or "counted in another way",
        also="also " if same else "",
        figure=value(home, indicator),
    )


def _published_alone(view: Measures, indicator: Indicator) -> Sentence | None:
    """The published figure beside the latest local one, where no other area has one."""
    latest = view.latest(indicator.id)
    home = view.published(latest) if latest is not None else None
    if home is None or not home.shown or indicator.kind.of_one_whole or indicator.derived:
        return None
    told = _published(view, home, latest, indicator)
    return Sentence(told + ".", "comparison") if told else None


def _beside_others(
    parts: Sequence[Markup],
    plain: Sequence[tuple[str, Row]],
    view: Measures,
    indicator: Indicator,
) -> Markup:
    """`: higher than England (4.2%); the figure was 4.4% in the North West`."""
    if not plain:
        return say(": {}", join(parts)) if parts else Markup("")
    figures = _figures(plain, view, indicator)
    return say(": {}; it was {}", join(parts), figures) if parts else say(", and {}", figures)


#: Said before published figures of which a local one of the same period is no fellow.
_OTHERWISE: Final = "Counted in another way, and so not to be compared, the published figure was"


def _otherwise(view: Measures, latest: Row | None, home: Row, indicator: Indicator) -> list[Markup]:
    """The figures of the latest period elsewhere, where an earlier one is compared for its way."""
    if latest is None or latest.segment == home.segment:
        return []
    codes = [code for code in comparator_codes(view, indicator) if code != MEDIAN]
    rows = _comparators(view, latest, codes)
    return [say("{} {}", _OTHERWISE, _figures(rows, view, indicator))] if rows else []


#: What is said of an area's place among its neighbours, by the verdict.
_USUAL: Final = {
    "higher": ", higher than is usual among them",
    "lower": ", lower than is usual among them",
    "similar": ", within what is usual among them",
}
#: Said where none is higher, or none lower, and that is no more than one of such areas will be.
_WIDE: Final = ", though they differ as much among themselves"


def _among(view: Measures, home: Row, indicator: Indicator, *, dated: bool) -> Markup | None:
    """`Of eleven, with its statistical neighbours, it was fifth highest (median 21.4%) …`."""
    among = standing(home, view.neighbours(indicator.id, home))
    median = view.at(indicator.id, MEDIAN, home)
    if among is None or median is None or not median.shown:
        return None
    together = view.at(indicator.id, TOGETHER, home)
    figures = say("their median {}", value(median, indicator))
    if among.usual is not None:
        ends = usual(home, among.usual, indicator.decimals)
        figures = say("usual is {}; {}", ends, figures)
    if together is not None and together.shown:
        figures += say(", all together {}", value(together, indicator))
    alike = among.verdict == "similar"
    lead = "" if dated else f"{words.upper_first(when(home))}, "
    text = (
        "{lead}{with_} its {others} statistical neighbours it was {rank} of {of}{usual} ({figures})"
    )
    return say(
        text,
        lead=lead,
        with_="with" if lead else "With",
        others=words.small(among.of - 1),
        rank=ranked(among),
        of=words.small(among.of),
        usual=_WIDE if alike and among.at_an_end else _USUAL.get(among.verdict, ""),
        figures=figures,
    )


def ranked(among: Standing) -> str:
    """`the highest`, `second lowest`, `joint highest`: a rank in a sentence."""
    plain = among.tied or not among.at_an_end
    return among.in_words if plain else f"the {among.in_words}"


def _earlier(home: Row, latest: Row | None, indicator: Indicator) -> Markup:
    template = "{When}, the latest with figures elsewhere, it was {figure}:"
    if latest is not None and latest.segment != home.segment:
        template = "{When}, the latest counted as elsewhere, the published figure was {figure}:"
    return say(template, When=words.upper_first(when(home)), figure=value(home, indicator))


def _named(named: Sequence[tuple[str, Row]], view: Measures, indicator: Indicator) -> Markup:
    return join(
        say("{} ({})", words.area_phrase(code, view.config), value(row, indicator))
        for code, row in named
    )


def _figures(rows: Sequence[tuple[str, Row]], view: Measures, indicator: Indicator) -> Markup:
    """`5.3% in England and 5.4% in the North West`."""
    return join(
        say("{} in {}", value(row, indicator), words.area_phrase(code, view.config))
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

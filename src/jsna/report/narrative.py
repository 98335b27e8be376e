"""Sentences about one indicator, written from its measures by rule.

No number is typed here: each comes from a measure through `marks`. Nothing is called higher,
lower, risen or fallen unless `compare` says so; a figure that is not clear is called that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup, escape

from jsna.model.hierarchies import later
from jsna.model.indicators import Indicator
from jsna.report.marks import difference, limit, mark
from jsna.view import words
from jsna.view.comparison import FAR, TOLD, TURNED, Verdict, against, off_none, side
from jsna.view.kinds import said
from jsna.view.neighbours import Standing, standing
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
    return Sentence(
        say(
            said(indicator).level,
            place=place,
            were=words.plural(row.value, "was", "were"),
            value=value(row, indicator, full=True),
            phrase=indicator.phrase,
            when=when(row),
            before=_before(row, indicator),
            counts=_certainty(row, indicator, view),
        ),
        "level",
    )


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
    are counted in the same way; where there is none, the latest in which they have a value.
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
        for home in reversed(view.series(indicator.id))
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
        return None
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
    said = _otherwise(view, latest, home, indicator)
    if parts:
        lead = Markup("This was") if same else _earlier(home, latest, indicator)
        rest = say("; the figure was {}", _figures(plain, view, indicator)) if plain else ""
        said.append(say("{} {}{}", lead, join(parts), rest))
    elif plain:
        figure = value(home, indicator)
        first = "For comparison, the figure was" if same else "{When} it was {figure}, against"
        if same and any(row.segment != home.segment for _, row in plain):
            first = _OTHERWISE
        filled = say(first, When=words.upper_first(when(home)), figure=figure)
        said.append(say("{} {}", filled, _figures(plain, view, indicator)))
    dated = same or bool(said)
    if len(wider) < len(rows) and (among := _among(view, home, indicator, dated=dated)):
        said.append(among)
    clear = any(verdict in ("higher", "lower") for _, _, verdict in rows)
    text = Markup(". ").join(said)
    return Sentence(text + ".", "comparison", clear) if said else None


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
    if together is not None and together.shown:
        figures += say(", all together {}", value(together, indicator))
    usual = among.verdict == "similar"
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
        usual=_WIDE if usual and among.at_an_end else _USUAL.get(among.verdict, ""),
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

"""What the annex says of each indicator, source and method, from the declarations alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jsna.model.configuration import Configuration
from jsna.model.formulas import FORMULAS
from jsna.model.indicators import Indicator
from jsna.model.releases import Release
from jsna.report import attrition
from jsna.report.sources import Register
from jsna.view import words
from jsna.view.rows import Measures, Row

#: How each method of the measure table is described to a reader.
METHOD_WORDS: Final = {
    "count": "Counts are complete counts of what was recorded and have no interval.",
    "sum": "Sums of money are complete sums of what was recorded and have no interval.",
    "proportion": "Percentages of complete counts, such as of small areas, have no interval.",
    "proportion_wilson": "Percentages have intervals by Wilson’s score method.",
    "rate_byar": "Rates have intervals by Byar’s method, and exact ones where few are counted.",
    "mean_t": "Averages have intervals from Student’s t distribution.",
    "quantile": (
        "Medians and percentiles have intervals from one of the values put in order to another, "
        "which suppose nothing of how they are spread; ends that fewer than the smallest number "
        "shown lie beyond are left out."
    ),
    "kaplan_meier": (
        "Of waits, those who are still waiting are counted as long as they have waited so far "
        "(Kaplan and Meier’s method); intervals are those of Brookmeyer and Crowley. What fewer "
        "than the smallest number shown have reached, or have lasted for, is left out."
    ),
    "dsr_dobson": "Directly standardised rates have intervals by Dobson’s method.",
    "isr_byar": "Indirectly standardised ratios have intervals by Byar’s method.",
    **FORMULAS,
    "median_of_areas": (
        "Of the figures of statistical neighbours the middle one is given, or half way between the "
        "middle two; it has no interval."
    ),
    "pooled_areas": (
        "Where every one of them gives its counts, they are also added up and taken together."
    ),
    "published": "Published figures are shown as their publisher issued them.",
}
#: Sentences about a method taken by itself, in an indicator's entry.
_SHORT: Final = {
    "count": "complete count, no interval",
    "sum": "complete sum, no interval",
    "proportion": "complete count, no interval",
    "proportion_wilson": "Wilson score interval",
    "rate_byar": "Byar’s interval, exact where few are counted",
    "mean_t": "interval from Student’s t distribution",
    "quantile": "interval between two of the values put in order",
    "kaplan_meier": "Kaplan–Meier, with those still waiting; Brookmeyer and Crowley’s interval",
    "dsr_dobson": "Dobson’s interval",
    "isr_byar": "Byar’s interval",
    "ratio_katz": "Katz’s interval",
    "ratio_rates": "interval on the scale of logarithms",
    "sii_linear": "straight line through all groups, interval from those of the groups",
    "stock_flows": "complete counts, no interval",
    "two_sources": "one figure less the other, no interval",
    "kitagawa": "Kitagawa’s two parts, interval from those of the groups",
    "rii_linear": "straight line through all groups, Fieller’s interval",
    "standardised_difference": "interval of Hedges and Olkin",
    "published": "as published",
}
_BASES: Final = {
    "attending": "children who attend schools in the area",
    "resident": "children and young people who live in the area",
    "maintained": "plans and cases the council is responsible for",
    "responsible": "children whose case the council holds, wherever they live",
    "areas": "places or areas, not people",
    "records": "records received, not people",
    "sources": "people as each source has them, so that one child may be counted in several",
}
_POLARITY: Final = {
    "high": "a higher figure is better",
    "low": "a lower figure is better",
    "neutral": "neither higher nor lower is better in itself",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """Everything the annex says of one indicator, as (term, words)."""

    id: str
    title: str
    parts: tuple[tuple[str, str], ...]


def _widened(indicator: Indicator) -> str:
    """What is said of limits of events that one person may have several of."""
    if not indicator.dispersion:
        return ""
    total, most = indicator.dispersed(()), max(indicator.dispersion.values())
    to = f" to {words.small(round(most))}" if most > total else ""
    return (
        f", with {words.small(round(total))}{to} times the variance of single events, as one "
        "person may have several"
    )


def entry(indicator: Indicator, view: Measures, register: Register) -> Entry:
    """The annex's entry for one indicator."""
    rows = view.rows(indicator.id)
    area = view.config.area
    names = {
        "national": area.country.name,
        "region": area.region.name,
        "neighbours": "statistical neighbours",
    }
    breakdowns = [
        " and ".join(words.dimension_words(d, view.config) for d in dims)
        for dims in indicator.breakdowns
    ]
    methods = sorted({_SHORT[r.method] for r in rows if r.method in _SHORT})
    methods = [f"{method}{_widened(indicator)}" for method in methods]
    parts = (
        ("Definition", indicator.definition),
        ("Worked out from", _base(indicator, view)),
        ("Who is counted", indicator.population),
        ("Population", _BASES[indicator.population_base]),
        ("Unit", unit_words(indicator)),
        ("Method", words.join(methods) or _SHORT.get(indicator.method, indicator.method)),
        ("Standardised to", indicator.standard.name if indicator.standard else ""),
        ("Broken down by", "; ".join(breakdowns)),
        ("Compared with", words.join([names[c] for c in indicator.comparators])),
        ("Reading it", _POLARITY[indicator.polarity]),
        ("Source", register.line(view.sources(rows))),
        ("Official counterpart", indicator.official),
        ("Caution", caution(indicator, view)),
        ("Left out", " ".join(left(indicator, view))),
    )
    return Entry(indicator.id, indicator.title, tuple(p for p in parts if p[1]))


_ROUNDED = (
    "Counts are rounded, and percentages and rates are worked out from the rounded counts: parts "
    "may come to more or less than the whole, and all of them may lie above or below it."
)


def caution(indicator: Indicator, view: Measures) -> str:
    """What to beware of in the figures that are shown: each caution where it is true, no other."""
    shown = [row for row in view.rows(indicator.id) if row.shown]
    local = any("local:" in row.source for row in shown)
    official = any("local:" not in row.source for row in shown)
    said = indicator.caveats
    published = " ".join(
        part
        for part in (said.official * official, _published(indicator, shown, view.config))
        if part
    )
    # Beside each other they would contradict each other, were it not said whose they are.
    both = local and official
    parts = (
        indicator.caveat,
        f"{'Local figures: ' * both}{said.local}" if local and said.local else "",
        f"{'Published figures: ' * both}{published}" if published else "",
        said.beside if local and official else "",
        _ROUNDED if any(view.rounded(row) for row in shown) else "",
    )
    return " ".join(part for part in parts if part)


def _published(indicator: Indicator, shown: Sequence[Row], config: Configuration) -> str:
    """The cautions of the releases whose figures are shown, each named where not all say it."""
    sources = {source for row in shown for source in row.source.split("+")}
    giving = [
        release
        for release in config.every_release
        if release.id in sources and indicator.id in release.gives
    ]
    told: dict[str, list[Release]] = {}
    for release in giving:
        for caution in release.cautions(indicator.id):
            told.setdefault(caution, []).append(release)
    return " ".join(
        caution
        if len(of) == len(giving)
        else f"{' and '.join(f'{one.title}, {one.release}' for one in of)}: {caution}"
        for caution, of in told.items()
    )


def left(indicator: Indicator, view: Measures) -> list[str]:
    """What left the count of an indicator, where a figure counted from local records is shown."""
    entries = view.stated.get(indicator.id, ())
    if not entries or not any(row.local for row in view.rows(indicator.id)):
        return []
    return attrition.lines(entries, view.config)


def _base(indicator: Indicator, view: Measures) -> str:
    """The indicators whose published figures a derived one is worked out from."""
    bases = [one for name in indicator.refers_to if (one := view.declared(name))]
    return f"the published figures of {words.join([f'“{one.title}”' for one in bases])}" * bool(
        bases
    )


def unit_words(indicator: Indicator) -> str:
    """The unit of an indicator's values, in words."""
    return f"{words.UNIT_WORDS[indicator.unit]} {indicator.per}".strip()


def method_lines(view: Measures) -> list[str]:
    """A sentence for each method behind the measures shown, in a fixed order."""
    used = {row.method for name in view.config.indicators for row in view.rows(name)}
    return [text for method, text in METHOD_WORDS.items() if method in used]

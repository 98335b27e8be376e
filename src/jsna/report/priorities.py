"""What stands out, ranked by rule: the lists of the summary, and the lede of each chapter.

A difference is listed only where `compare` bears it out. Those of one list are ranked by how far
the two figures lie apart in proportion, so that measures of different kinds can stand in one list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup

from jsna.model.indicators import Indicator
from jsna.report.changes import latest_change
from jsna.report.comparing import MEDIAN, compared
from jsna.report.deprivation import group_words
from jsna.report.narrative import noun, say, value, when
from jsna.view import series, words
from jsna.view.gradients import gradient
from jsna.view.rows import Measures, Row

Kind = Literal["worse", "better", "differs", "untested", "changed", "gap"]

#: Figures are listed as unlike, where chance cannot be ruled out, from this proportion on.
UNLIKE: Final = 1.1
#: A difference that chance cannot explain and that is smaller than this stands out in no list.
LEAST: Final = 1.05
#: How far apart a figure and nothing at all count as being.
_FAR: Final = 10.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that stands out.

    Attributes:
        text: for a list, after the indicator's title.
        sentence: the same as a sentence of its own.
        apart: how many times the larger figure is the smaller.
    """

    kind: Kind
    indicator: Indicator
    text: Markup
    sentence: Markup
    apart: float


def matters(one: Row, other: Row) -> bool:
    """Whether two figures are far enough apart to stand out: 97 % and 99 % are, by those left."""
    left = apart(100 - one.value, 100 - other.value) if one.unit == "percent" else 1.0
    return max(apart(one.value, other.value), left) >= LEAST


def apart(one: float, other: float) -> float:
    """How many times the larger figure is the smaller one."""
    low, high = sorted((abs(one), abs(other)))
    return high / low if low > high / _FAR else _FAR


def against_country(view: Measures, indicator: Indicator) -> Finding | None:
    """How the area stands to the country, where it clearly differs or may well do."""
    found = compared(view, indicator)
    code = view.config.area.country.code
    national = next((x for x in found[1] if x[0] == code), None) if found else None
    if found is None or national is None:
        return None
    home, (_, row, verdict) = found[0], national
    if home.doubted or row.doubted or home.segment != row.segment or not matters(home, row):
        return None
    far = apart(home.value, row.value)
    good = {"high": "higher", "low": "lower"}.get(indicator.polarity)
    kind: Kind
    if verdict == "unknown":
        kind = "untested"
        if far < UNLIKE:
            return None
    elif verdict == "similar":
        return None
    elif good is None:
        kind = "differs"
    else:
        kind = "better" if verdict == good else "worse"
    figures = {
        "home": value(home, indicator),
        "when": when(home) + ", as published" * view.beside_local(home),
        "country": view.config.area.country.name,
        "other": value(row, indicator),
        "others": _similar(view, found[1], indicator),
    }
    text = say("{home} {when}; {country} {other}{others}.", **figures)
    than = "{verdict} than {country} ({other})"
    if verdict == "unknown":
        than = "against {other} in {country}"
    whole = "In {place}, {noun} was {home} {when}, " + than + "."
    named = {"place": view.config.area.name, "noun": noun(indicator), "verdict": verdict}
    return Finding(kind, indicator, text, say(whole, **figures, **named), far)


def _similar(view: Measures, rows: Iterable[tuple[str, Row, str]], indicator: Indicator) -> Markup:
    median = next((row for code, row, _ in rows if code == MEDIAN), None)
    if median is None:
        return Markup("")
    return say("; the median of similar areas {}", value(median, indicator))


def change(view: Measures, indicator: Indicator) -> Finding | None:
    """A clear change since the period before."""
    text = latest_change(view, indicator)
    if text is None:
        return None
    before, last = series.sound(view.series(indicator.id))[-2:]
    if not matters(before, last):
        return None
    whole = say("{} {}", words.upper_first(noun(indicator)), text)
    return Finding("changed", indicator, text, whole, apart(before.value, last.value))


def gap(view: Measures, indicator: Indicator) -> Finding | None:
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
            "least": group_words(dims[0], least.code(dims[0]), view),
            "b": value(least, indicator),
            "verdict": verdict,
            "noun": words.upper_first(noun(indicator)),
        }
        text = say("{verdict} in {most} of small areas ({a}) than in {least} ({b}).", **figures)
        whole = say(
            "{noun} was {verdict} in {most} of small areas ({a}) than in {least} ({b}).", **figures
        )
        return Finding("gap", indicator, text, whole, apart(most.value, least.value))
    return None


#: Everything that may be found about one indicator.
FINDERS: Final[Sequence[Callable[[Measures, Indicator], Finding | None]]] = (
    against_country,
    change,
    gap,
)


def findings(view: Measures, indicators: Sequence[Indicator]) -> list[Finding]:
    """What stands out about some indicators, those furthest apart first.

    Of two ways of counting one thing the first declared speaks for both.
    """
    kept: dict[tuple[Kind, str], Finding] = {}
    for find in FINDERS:
        for indicator in indicators:
            finding = find(view, indicator)
            if finding is not None:
                kept.setdefault((finding.kind, subject(indicator)), finding)
    return sorted(kept.values(), key=lambda f: -f.apart)


def subject(indicator: Indicator) -> str:
    """What an indicator is about, however it is counted: its title before a bracket."""
    return indicator.title.split(" (")[0]

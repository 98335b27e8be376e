"""The home area beside the country and among all authorities, in one table and one chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from jsna.model.indicators import Indicator
from jsna.report.chapters import Chapter
from jsna.report.comparing import compared
from jsna.report.marks import cell
from jsna.report.narrative import say
from jsna.report.standings import cells, same
from jsna.view import words
from jsna.view.comparison import Verdict, everyone_counted, untested
from jsna.view.rows import Measures, Row


def context(view: Measures, made: Sequence[Chapter]) -> dict[str, Any]:
    """What the summary prints of them."""
    area = view.config.area
    placed = any(view.standings.home(s.indicator.id) for c in made for s in c.sections)
    header = ["Indicator", "Period", area.name, area.country.name, f"{area.name} is"]
    return {
        "scorecard": rows(view, made, placed=placed),
        "scorecard_caption": f"{area.name} beside {area.country.name}"
        + (" and among all authorities" if placed else "")
        + ", latest period with both",
        "scorecard_header": (*header, *(["Rank", "Quarter"] if placed else [])),
        "placed": placed,
    }


def rows(view: Measures, made: Sequence[Chapter], *, placed: bool) -> list[tuple[object, ...]]:
    """A row for each indicator that can be set beside the country: figures, verdict and place."""
    country = view.config.area.country.code
    found: list[tuple[object, ...]] = []
    for section in (section for chapter in made for section in chapter.sections):
        indicator = section.indicator
        pair = compared(view, indicator)
        national = next((x for x in pair[1] if x[0] == country), None) if pair else None
        if pair is None or national is None:
            continue
        home = pair[0]
        told: tuple[object, ...] = (
            f"{indicator.title}{_unit(indicator)}" + ", as published" * view.beside_local(home),
            words.period_label(home.period, home.period_type),
            cell(home, indicator.decimals),
            cell(national[1], indicator.decimals),
            verdict_words(home, national[1], national[2], indicator),
        )
        found.append((*told, *_place(view, home, indicator)) if placed else told)
    return found


def _place(view: Measures, home: Row, indicator: Indicator) -> tuple[Markup | str, str]:
    """`131 of 153 (125 to 139)` and the quarter; a dash where there is no place of that period."""
    one = view.standings.home(indicator.id)
    if one is None or not same(one, home):
        return "–", "–"
    place, between, quarter = cells(one, indicator)
    return (say("{} ({})", place, between) if one.sure else place), quarter


def _unit(indicator: Indicator) -> str:
    # A rate's title says what it is per.
    if indicator.unit != "percent":
        return ""
    return ", %" if indicator.title.endswith(")") else " (%)"


def verdict_words(home: Row, other: Row, verdict: Verdict, indicator: Indicator) -> str:
    """`higher`, `higher (worse)`, `similar`, `lower (worse; not tested)`, `in doubt`."""
    good = {"high": "higher", "low": "lower"}.get(indicator.polarity)
    asides = []
    if verdict == "unknown":
        found = untested(home, other)
        if found is None:
            return "counted otherwise" if home.segment != other.segment else "in doubt"
        verdict = found
        asides = ["all counted" if everyone_counted(home) else "not tested"]
    if verdict == "similar":
        return f"the same ({asides[0]})" if asides else verdict
    if good is not None:
        # Whatever others do, what misses a duty in law is not done better.
        better = "better" if indicator.duty is None or home.value >= 100 else "short of the duty"
        asides.insert(0, better if verdict == good else "worse")
    return f"{verdict} ({'; '.join(asides)})" if asides else verdict

"""Which figures an edition has: every chart declared that the safe measures can fill."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

import pandas as pd

from jsna.charts import bars, gradient, heat, multiples, pairs, places, ratios, trend
from jsna.charts.marks import Drawing
from jsna.charts.shown import Indexed, Shown
from jsna.errors import JsnaError, Problem
from jsna.model.configuration import Configuration
from jsna.model.council import Event
from jsna.model.dimensions import Dimension
from jsna.model.hierarchies import PLACES, THREE_YEARS
from jsna.model.indicators import LOCALITY, Chart, Indicator
from jsna.view.fallbacks import Recodings

Draw = Callable[[Shown, Chart], Drawing | None]


def _bars(shown: Shown, chart: Chart) -> Drawing | None:
    draw = bars.localities if PLACES.issuperset(chart.by) else bars.categories
    return draw(shown, chart)


def _pairs(how: pairs.How, shown: Shown, chart: Chart) -> Drawing | None:
    """Bars of the latest where there is no earlier date to set beside it."""
    drawn = pairs.draw(how, shown, chart)
    return _bars(shown, chart) if drawn is None and len(chart.by) == 1 else drawn


def _multiples(shown: Shown, chart: Chart) -> Drawing | None:
    """Two dates where there are no more, or too many groups."""
    drawn = multiples.draw(shown, chart)
    return _pairs(pairs.DOTS, shown, chart) if drawn is None else drawn


DRAWN: Final[Mapping[str, Draw]] = {
    "bars": _bars,
    "areas": bars.peers,
    "gradient": gradient.draw,
    "trend": trend.draw,
    "heat": heat.draw,
    "map": places.draw,
    "ratios": ratios.draw,
    "dumbbell": partial(_pairs, pairs.DOTS),
    "multiples": _multiples,
    "pyramid": partial(_pairs, pairs.PYRAMID),
    "slope": partial(_pairs, pairs.SLOPE),
}
#: Chart type -> numbers of dimensions it may have.
NEEDS: Final[Mapping[str, tuple[int, ...]]] = {
    "bars": (1,),
    "areas": (0,),
    "gradient": (1,),
    "trend": (0,),
    "heat": (2,),
    "map": (1,),
    "ratios": (1,),
    "dumbbell": (1, 2),
    "multiples": (1,),
    "pyramid": (2,),
    "slope": (1,),
}


def figures(
    config: Configuration, measures: pd.DataFrame, events: Sequence[Event] = ()
) -> Iterator[Drawing]:
    """Every figure the measures can fill, in the order of chapters, indicators and charts.

    Args:
        config: the edition; its indicators declare their charts.
        measures: the safe measure table.
        events: what the council marks in the charts of some measures, earliest first.

    Raises:
        JsnaError: listing every chart declared with the wrong dimensions.
    """
    problems = misdeclared(config.indicators, config.dimensions)
    if problems:
        raise JsnaError(problems, title="Charts are declared that cannot be drawn:")
    recodings = Recodings(measures, config)
    rows = dict(list(measures.groupby("indicator", sort=False)))
    for chapter in config.edition.chapters:
        for indicator in recodings.config.indicators.values():
            if indicator.chapter != chapter or indicator.id not in rows:
                continue
            indexed: dict[str, Indexed] = {}
            for chart in indicator.charts:
                kind = _kind(recodings, indicator, chart)
                if kind not in indexed:
                    indexed[kind] = Indexed(rows[indicator.id], kind)
                reason = recodings.reason(indicator.id, chart.by)
                told = [one for one in events if indicator.id in one.measures]
                shown = Shown(recodings.config, indicator, indexed[kind], chart.by, reason, told)
                drawing = DRAWN[chart.type](shown, chart)
                if drawing is not None:
                    yield drawing


def figure(
    config: Configuration,
    indicator: Indicator,
    chart: Chart,
    rows: pd.DataFrame,
    events: Sequence[Event] = (),
) -> Drawing | None:
    """One figure of one indicator's rows; None where they have nothing to show."""
    indexed = Indexed(rows, indicator.period_type)
    return DRAWN[chart.type](Shown(config, indicator, indexed, chart.by, events=events), chart)


def _kind(recodings: Recodings, indicator: Indicator, chart: Chart) -> str:
    """The type of the periods a chart shows."""
    together = recodings.together(indicator.id, chart.by)
    return THREE_YEARS if together else indicator.period_type


def _graded(dimension: str, dimensions: Mapping[str, Dimension]) -> bool:
    # Where their file is faulty nothing is judged by dimensions.
    known = dimensions.get(dimension)
    return not dimensions or (known is not None and known.order == "deprivation")


def _aged(dimension: str, dimensions: Mapping[str, Dimension]) -> bool:
    return dimension in dimensions and dimensions[dimension].order == "age"


def _of_years(dimension: str, dimensions: Mapping[str, Dimension]) -> bool:
    known = dimensions.get(dimension)
    return not dimensions or (known is not None and known.order in ("age", "school"))


def misdeclared(
    indicators: Mapping[str, Indicator], dimensions: Mapping[str, Dimension]
) -> list[Problem]:
    """What is wrong with the charts declared."""
    problems: list[Problem] = []
    for indicator in indicators.values():
        where = f"config/indicators/{indicator.chapter}.yaml"
        seen: set[Chart] = set()
        for chart in indicator.charts:
            rule = ""
            if len(chart.by) not in NEEDS[chart.type]:
                many = " or ".join(map(str, NEEDS[chart.type]))
                rule = f"a chart of type {chart.type!r} needs `by` of {many} dimensions"
            elif chart.type == "map" and chart.by != (LOCALITY,):
                rule = "a map is drawn by locality"
            elif chart.type == "ratios" and indicator.kind.no_difference != 1:
                rule = "a chart of ratios is of an indicator of that kind"
            elif chart.type == "gradient" and not _graded(chart.by[0], dimensions):
                rule = "a gradient runs from the most to the least deprived; take bars"
            elif chart.type == "pyramid" and not _of_years(chart.by[0], dimensions):
                rule = "a pyramid runs over age groups or school years"
            elif indicator.unit == "count" and any(_aged(name, dimensions) for name in chart.by):
                rule = (
                    "age groups are of unequal width, so that their numbers say nothing of each "
                    "other; draw a rate by age group"
                )
            elif chart in seen:
                rule = "this chart is declared twice"
            elif chart.by and set(chart.by) not in map(set, indicator.breakdowns):
                rule = "the indicator is not broken down this way; add it to `breakdowns`"
            seen.add(chart)
            if rule:
                found = f"{chart.type} by {', '.join(chart.by) or 'nothing'}"
                problems.append(
                    Problem(where, rule, column=f"{indicator.id}.charts", value=found,
                            code="chart.declared")
                )  # fmt: skip
    return problems

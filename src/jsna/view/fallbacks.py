"""Which recoding each breakdown is shown by, and why, as the safe rows themselves tell.

Where disclosure control took a coarser recoding of a fallback, only its rows are in `safe/`.
Charts, tables and sentences then read declarations whose breakdowns are those of the recoding, so
that each says what it shows: "by broad area of need", "2022/23 to 2024/25".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from jsna.model.configuration import Configuration
from jsna.model.fallbacks import GroupingSet, coarser, recodings
from jsna.model.hierarchies import THREE_YEARS
from jsna.model.indicators import Indicator, Recoding
from jsna.view import words

#: Indicator, breakdown, geography, and whether three years stand together.
_Place = tuple[str, str, str, bool]


class Recodings:
    """What is there of each indicator's fallbacks.

    Args:
        frame: safe measures in the measure schema.
        config: the edition's configuration, with the breakdowns as they are declared.
    """

    def __init__(self, frame: pd.DataFrame, config: Configuration) -> None:
        self._declared, area = config, config.area
        fallbacks = [i.id for i in config.indicators.values() if i.fallbacks]
        home = [area.code, *area.locality_names, *(g.code for g in area.locality_groups)]
        own = frame["indicator"].isin(fallbacks) & frame["area_code"].isin(home)
        # Official figures of the area stay as they are published, whatever recoding is taken.
        own &= frame["source"].str.startswith("local:")
        columns = frame.loc[own, ["indicator", "breakdown", "geography", "period_type"]]
        self._there: frozenset[_Place] = frozenset(
            (name, breakdown, geography, period_type == THREE_YEARS)
            for name, breakdown, geography, period_type in columns.drop_duplicates().itertuples(
                index=False, name=None
            )
        )
        self.config = self._as_shown()

    def taken(
        self, indicator: Indicator, breakdown: Sequence[str]
    ) -> tuple[GroupingSet, Recoding | None]:
        """The recoding a breakdown is shown by, and its grouping set; none where as declared."""
        every = recodings(indicator, tuple(breakdown), self._declared)
        return next(
            ((s, recoding) for s, recoding in every if self._has(indicator.id, s)), every[0]
        )

    def together(self, indicator: str, shown: Sequence[str]) -> bool:
        """Whether a breakdown, as it is shown, has local figures of several years alone."""
        dimensions = tuple(sorted(shown))
        single = self._has(indicator, GroupingSet(dimensions))
        return not single and self._has(indicator, GroupingSet(dimensions, 3))

    def reason(self, indicator: str, shown: Sequence[str]) -> str:
        """Why a breakdown is shown by a coarser recoding, in words; "" where it is as declared."""
        declared = self._declared.indicators.get(indicator)
        for fallback in declared.fallbacks if declared is not None else ():
            assert declared is not None
            grouping, recoding = self.taken(declared, fallback.breakdown)
            if recoding is not None and set(grouping.dimensions) == set(shown):
                return self._words(fallback.breakdown, recoding)
        return ""

    def _has(self, indicator: str, grouping: GroupingSet) -> bool:
        geography = grouping.geography(self._declared.area)
        return (indicator, grouping.breakdown, geography, grouping.years > 1) in self._there

    def _words(self, breakdown: Sequence[str], recoding: Recoding) -> str:
        def named(dimensions: Sequence[str]) -> str:
            return words.join([words.dimension_words(d, self._declared) for d in dimensions])

        changed = [coarser(d, recoding) for d in breakdown if coarser(d, recoding) != d]
        how = [f"by {named(changed)}"] if changed else []
        # Counts by one of several dimensions may well be large.
        together = " together" if len(breakdown) > 1 else ""
        why = [f"by {named(breakdown)}{together}"] if breakdown else []
        if recoding.years:
            how.append("for three years together")
            why.append("of single years")
        return f"Shown {words.join(how)} because counts {' '.join(why)} are small"

    def _as_shown(self) -> Configuration:
        """The configuration with every breakdown and chart as it is shown."""
        if not self._there:
            return self._declared
        found = {name: self._indicator(i) for name, i in self._declared.indicators.items()}
        return replace(self._declared, indicators=found)

    def _indicator(self, indicator: Indicator) -> Indicator:
        if not indicator.fallbacks:
            return indicator

        def dims(by: tuple[str, ...]) -> tuple[str, ...]:
            # In the order of the declaration: a chart's axes keep their places.
            _, recoding = self.taken(indicator, by)
            return by if recoding is None else tuple(coarser(d, recoding) for d in by)

        charts = (
            chart.model_copy(update={"by": dims(chart.by)}) if chart.by else chart
            for chart in indicator.charts
        )
        over = (
            coarser(d, recoding)
            for d in indicator.over
            for fallback in indicator.fallbacks
            for recoding in fallback.recodings
        )
        shown = {
            "breakdowns": tuple(dict.fromkeys(map(dims, indicator.breakdowns))),
            "charts": tuple(dict.fromkeys(charts)),
            "over": tuple(dict.fromkeys((*indicator.over, *over))),
        }
        return indicator.model_copy(update=shown)

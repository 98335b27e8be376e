"""The safe measures as the report reads them: one row at a time, found by what it is about."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

import pandas as pd

from jsna.model.configuration import Configuration
from jsna.model.fallbacks import GroupingSet
from jsna.model.hierarchies import PLACE_OF, PLACES, THREE_YEARS
from jsna.model.indicators import Indicator
from jsna.model.schema import COLUMNS, KEY, LOCAL, TOTAL, dimensions
from jsna.model.standings import empty
from jsna.view.fallbacks import Recodings
from jsna.view.standings import Standings

#: Fewer than this many say nothing about being more than elsewhere: one is always more than none.
FEW = 5
#: Columns of a key as the HTML carries it: the measure key without the edition.
KEY_FIELDS = KEY[1:]
_key_of: Final = attrgetter(*KEY_FIELDS)
#: `reason` of a figure the auditor of releases made not available.
AUDIT = "audit"
#: Methods of complete counts.
EXACT = ("proportion",)


@dataclass(frozen=True, slots=True)
class Row:
    """One measure. Numbers are NaN where there is none; `status` then says why."""

    indicator: str
    area_code: str
    geography: str
    period: str
    period_type: str
    breakdown: str
    category: str
    segment: str
    population_base: str
    numerator: float
    denominator: float
    value: float
    unit: str
    lower_95: float
    upper_95: float
    lower_998: float
    upper_998: float
    method: str
    status: str
    source: str
    note: str
    reason: str
    mark: str
    profile: str

    @property
    def few(self) -> bool:
        """Whether it counts so few that they are never said to be more than elsewhere."""
        return 0 < self.numerator < FEW

    @property
    def exact(self) -> bool:
        """Whether it is a percentage of a complete count, behind which no chance stands."""
        return self.method in EXACT

    @property
    def doubted(self) -> bool:
        """Whether the figure itself is in doubt: a zero, or a part of a sum that does not hold."""
        return bool({"zero", "doubt"} & set(self.mark.split("+")))

    @property
    def jumped(self) -> bool:
        """Whether the change up to it is in doubt."""
        return "jump" in self.mark.split("+")

    @property
    def audited(self) -> bool:
        """Whether the auditor of releases has said something of it."""
        return bool(self.mark) or self.reason == AUDIT

    @property
    def key(self) -> str:
        """The measure key as the HTML carries it."""
        return "~".join(_key_of(self))

    @property
    def dims(self) -> dict[str, str]:
        """Dimension -> category of this row."""
        return dimensions(self.breakdown, self.category)

    def code(self, dimension: str) -> str:
        """The row's category of a dimension; of the locality, its area code."""
        return self.area_code if dimension in PLACES else self.dims[dimension]

    @property
    def place(self) -> str:
        """The dimension of places it is one of; "" of whole areas."""
        return PLACE_OF.get(self.geography, "")

    @property
    def split(self) -> tuple[str, ...]:
        """Every dimension it is split by, places among them."""
        return (*self.dims, self.place) if self.place else tuple(self.dims)

    @property
    def local(self) -> bool:
        """Whether the figure was counted from local records."""
        return self.source.startswith("local:")

    @property
    def shown(self) -> bool:
        """Whether there is a value to print."""
        return math.isfinite(self.value)

    @property
    def hidden(self) -> bool:
        """Whether the value is withheld to protect confidentiality."""
        return self.status == "c"

    def limits(self, level: str = "95") -> tuple[float, float] | None:
        """Lower and upper limit at "95" or "998", None where the row has none.

        A percentage of a complete count has no chance behind it and is its own limits.
        """
        if self.exact and self.shown:
            return self.value, self.value
        pair = (self.lower_95, self.upper_95) if level == "95" else (self.lower_998, self.upper_998)
        return pair if all(map(math.isfinite, pair)) else None


_alike: Final = attrgetter("period", "period_type", "breakdown", "category")
_subject: Final = attrgetter(*(name for name in KEY_FIELDS if name != "segment"))


def beside(rows: Sequence[Row]) -> dict[str, Row]:
    """Key of a figure that is counted here in a way of its own -> the published one beside it."""
    local = {_subject(row): row for row in rows if row.segment == LOCAL}
    return {
        local[_subject(row)].key: row
        for row in rows
        if row.segment != LOCAL and _subject(row) in local
    }


def of_one_way(rows: Sequence[Row]) -> list[Row]:
    """Rows of one breakdown: those counted here in a way of their own alone, where there are any.

    A publisher may have categories that nobody here is in.
    """
    own = [row for row in rows if row.segment == LOCAL]
    return own or list(rows)


class Measures:
    """The measures of one edition, by indicator, area, period and breakdown.

    Args:
        frame: safe measures in the measure schema, of this edition.
        config: the edition's configuration, as declared; `config` of the view has breakdowns and
            charts as they are shown (see `recodings`).
        stated: indicator -> what is stated beside it; see `report.beside`.
        standings: the safe table of standings; none where it is not asked for.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        config: Configuration,
        stated: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
        standings: pd.DataFrame | None = None,
    ) -> None:
        names = Row.__slots__
        frame = frame.loc[frame["edition"].eq(config.edition.edition), [*COLUMNS]]
        values = frame[list(names)].astype(object).itertuples(index=False, name=None)
        self._rows = sorted(
            (Row(*row) for row in values), key=lambda r: (r.indicator, r.period, r.key)
        )
        self._beside = beside(self._rows)
        self.recodings = Recodings(frame, config)
        self.config = self.recodings.config
        self.stated = stated or {}
        #: Every authority's official figure, and the home area's place among them.
        self.standings = Standings(empty() if standings is None else standings, self.config)
        #: What `report.narrative.compared` found, by indicator: several parts of a report ask it.
        self.compared: dict[str, tuple[Indicator, Any]] = {}

    def rounded(self, row: Row) -> bool:
        """Whether the counts of a row, and what is worked out from them, are rounded."""
        return row.local and bool(row.profile) and self.config.profile(row.profile).rounding > 1

    @cached_property
    def _by_indicator(self) -> dict[str, list[Row]]:
        return {k: list(v) for k, v in groupby(self._rows, attrgetter("indicator"))}

    @cached_property
    def _at(self) -> dict[tuple[str, ...], Row]:
        rows = reversed([row for row in self._rows if row.key not in self._others])
        return {(row.indicator, row.area_code, *_alike(row)): row for row in rows}

    @cached_property
    def _others(self) -> frozenset[str]:
        """Keys of published figures that stand beside local ones."""
        return frozenset(row.key for row in self._beside.values())

    def beside_local(self, row: Row) -> bool:
        """Whether it is a published figure beside which a local one stands."""
        return row.key in self._others

    def published(self, row: Row) -> Row | None:
        """The published figure of the same thing, counted otherwise than this local one."""
        return self._beside.get(row.key)

    @cached_property
    def by_key(self) -> dict[str, Row]:
        """Every row by its key."""
        return {row.key: row for row in self._rows}

    def audited(self, indicators: Collection[str]) -> list[Row]:
        """Every row of some indicators of which the auditor of releases has said something."""
        return [row for row in self._rows if row.audited and row.indicator in indicators]

    def rows(self, indicator: str) -> list[Row]:
        """Every row of an indicator, earliest period first."""
        return self._by_indicator.get(indicator, [])

    def _own(self, indicator: str) -> list[Row]:
        """The rows of an indicator, of what is counted here and published too the former."""
        return [row for row in self.rows(indicator) if row.key not in self._others]

    def series(self, indicator: str, area_code: str = "") -> list[Row]:
        """Totals of an area (the home area where not given) over time, of one period type.

        Of a period that has a local figure and a published one the local one stands, unless it is
        hidden and the other is not.
        """
        own = self.counted(indicator, area_code)
        beside = ((row, self.published(row)) for row in own)
        return [row if row.shown or two is None or not two.shown else two for row, two in beside]

    def counted(self, indicator: str, area_code: str = "") -> list[Row]:
        """Totals of an area over time, of one period type: the local ones where there are any.

        Where several period types stand side by side the declared one is taken.
        """
        area_code = area_code or self.config.area.code
        rows = [
            r for r in self._own(indicator) if r.area_code == area_code and r.breakdown == TOTAL
        ]
        return self._one_period_type(rows, indicator)

    def official(self, indicator: str) -> list[Row]:
        """Published totals of the home area over time: those beside local ones among them."""
        every = (self.published(row) or row for row in self.counted(indicator))
        return [row for row in every if not row.local]

    def latest(self, indicator: str, area_code: str = "") -> Row | None:
        """The latest total with a value; else the latest total, whatever its status."""
        rows = self.series(indicator, area_code)
        return next((r for r in reversed(rows) if r.shown), rows[-1] if rows else None)

    def at(self, indicator: str, area_code: str, like: Row) -> Row | None:
        """The row of another area for the same period and category as `like`, counted as it is.

        Where there is none that is, the one counted here.
        """
        own = self._at.get((indicator, area_code, *_alike(like)))
        return own if own is None or own.segment == like.segment else self.published(own) or own

    def breakdown(
        self, indicator: str, dims: Sequence[str], period: str | None = None
    ) -> list[Row]:
        """Rows of a breakdown (as shown) of the home area, for one period (the latest if None)."""
        area, grouping = self.config.area, GroupingSet(tuple(sorted(dims)))
        geography, breakdown = grouping.geography(area), grouping.breakdown
        rows = [
            r
            for r in self._own(indicator)
            if r.breakdown == breakdown
            and r.geography == geography
            and (geography != "authority" or r.area_code == area.code)
        ]
        if self.recodings.together(indicator, dims):
            rows = [r for r in rows if r.period_type == THREE_YEARS]
        rows = self._one_period_type(rows, indicator)
        if period is None:
            shown = [r.period for r in rows if r.shown] or [r.period for r in rows]
            period = max(shown, default="")
        return of_one_way([r for r in rows if r.period == period])

    def neighbours(self, indicator: str, like: Row) -> list[Row]:
        """Rows of the statistical neighbours for the same period and category."""
        codes = [place.code for place in self.config.area.neighbours]
        found = (self.at(indicator, code, like) for code in codes)
        return [row for row in found if row is not None]

    def has(self, indicator: str) -> bool:
        """Whether the home area or a part of it has any row."""
        area = self.config.area
        home = {area.code, *area.locality_names, *(g.code for g in area.locality_groups)}
        return any(row.area_code in home for row in self.rows(indicator))

    def sources(self, rows: Sequence[Row]) -> list[str]:
        """Ids of the sources behind some rows, sorted."""
        return sorted({part for row in rows for part in row.source.split("+") if part})

    def _one_period_type(self, rows: list[Row], indicator: str) -> list[Row]:
        kinds = {r.period_type for r in rows}
        if len(kinds) < 2:
            return rows
        declared = self.declared(indicator)
        kind = declared.period_type if declared and declared.period_type in kinds else min(kinds)
        return [r for r in rows if r.period_type == kind]

    def declared(self, indicator: str) -> Indicator | None:
        """The declaration of an indicator."""
        return self.config.indicators.get(indicator)

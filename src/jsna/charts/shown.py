"""The safe measures as figures ask for them: rows found by breakdown and area, made into marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from jsna.charts.marks import NOTHING, Mark, printed
from jsna.model.configuration import Configuration
from jsna.model.council import Event
from jsna.model.hierarchies import LOCALITY_GROUP, PLACES
from jsna.model.indicators import LOCALITY, Indicator
from jsna.model.schema import TOTAL, canonical
from jsna.view import words
from jsna.view.rows import Row, beside, of_one_way


class Indexed:
    """The rows of one indicator by breakdown and area, of one kind of period.

    Args:
        rows: measure rows of the indicator.
        period_type: the kind of period it is declared with; the most common one where the rows
            have none of that kind.
    """

    def __init__(self, rows: pd.DataFrame, period_type: str) -> None:
        values = rows[list(Row.__slots__)].astype(object).itertuples(index=False, name=None)
        every = [Row(*row) for row in values]
        kinds = Counter(row.period_type for row in every)
        if kinds and period_type not in kinds:
            period_type = min(kinds, key=lambda kind: (-kinds[kind], kind))
        self.period_type = period_type
        #: Key of a local figure -> the published one that stands beside it, and is none of `of`.
        self.published = beside(every)
        others = {row.key for row in self.published.values()}
        self.of: dict[tuple[str, str], list[Row]] = {}
        for row in every:
            if row.period_type == period_type and row.key not in others:
                self.of.setdefault((row.breakdown, row.area_code), []).append(row)
        for found in self.of.values():
            found.sort(key=lambda row: (row.period, row.category))


def told(row: Row) -> bool:
    """Whether a row has a number, or one that is withheld."""
    return row.shown or row.hidden


class Shown:
    """The safe measures of one indicator, as one figure asks for them."""

    def __init__(
        self,
        config: Configuration,
        indicator: Indicator,
        rows: Indexed,
        by: Sequence[str] = (),
        reason: str = "",
        events: Sequence[Event] = (),
    ) -> None:
        self.config, self.indicator, self._rows = config, indicator, rows
        self.period_type = rows.period_type
        #: Dimensions of the figure.
        self.by = tuple(by)
        #: What the localities of this figure are, as a dimension: single ones, or groups.
        self.localities = LOCALITY_GROUP if LOCALITY_GROUP in by else LOCALITY
        #: Why it is drawn by a coarser recoding of a fallback; "" where it is as declared.
        self.reason = reason
        #: What a council marks over the years, earliest first.
        self.events = tuple(events)
        self._used: dict[str, Row] = {}

    # -- who is who ------------------------------------------------------------------------------

    @property
    def home(self) -> str:
        """Code of the home area."""
        return self.config.area.code

    @property
    def home_name(self) -> str:
        """Name of the home area."""
        return self.config.area.name

    @property
    def country(self) -> str:
        """Code of the country, where this indicator is compared with it."""
        compared = "national" in self.indicator.comparators and self.indicator.kind.compared
        return self.config.area.country.code if compared else ""

    @property
    def country_name(self) -> str:
        """Name of the country."""
        return self.config.area.country.name

    @property
    def places(self) -> str:
        """What the localities are, in the plural: districts, wards or groups of them."""
        return self.config.dimension(self.localities).many

    @property
    def place(self) -> str:
        """What one of the localities is: "district", "group of districts"."""
        return words.dimension_words(self.localities, self.config)

    @property
    def local_codes(self) -> list[str]:
        """Codes of the localities, or of the groups of them, that the figure shows."""
        return list(words.categories(self.localities, self.config))

    @property
    def synthetic(self) -> bool:
        """Whether the figure must say that its numbers are invented."""
        return self.config.edition.synthetic

    def label(self, dimension: str, code: str) -> str:
        """Name of a category or locality."""
        return words.category_label(dimension, code, self.config)

    # -- rows ------------------------------------------------------------------------------------

    def select(
        self,
        by: Sequence[str] = (),
        *,
        areas: Sequence[str] | None = None,
        period: str = "",
    ) -> list[Row]:
        """Rows broken down by `by`; a dimension of places means the rows of those places."""
        breakdown, _ = canonical(dict.fromkeys([d for d in by if d not in PLACES], ""))
        if areas is None:
            places = [d for d in by if d in PLACES]
            areas = list(words.categories(places[0], self.config)) if places else [self.home]
        rows = [row for area in areas for row in self._rows.of.get((breakdown, area), ())]
        if not period:
            return rows
        return of_one_way([row for row in rows if row.period == period])

    def published(self) -> list[Row]:
        """The home area's totals as published, wherever there is one beside the local one.

        Of other periods the one there is.
        """
        return [self._rows.published.get(row.key, row) for row in self.select()]

    def home_as_others(self, period: str) -> Mark:
        """The home area's mark as it is set beside other areas: its published figure, if any."""
        found = next((row for row in self.published() if row.period == period), None)
        return self.mark(found, self.home, self.home_name) if found else self.one(self.home, period)

    def latest(self, by: Sequence[str] = ()) -> str:
        """The last period with something to show of these rows; "" where there is none."""
        return max((row.period for row in self.select(by) if told(row)), default="")

    def latest_beside(self, areas: Sequence[str]) -> str:
        """The last period of the home area's total that is counted as that of some other area.

        Where no period is, the last with something to show.
        """
        others = {(row.period, row.segment) for row in self.select(areas=areas) if row.shown}
        home = [row for row in self.published() if told(row)]
        alike = [row.period for row in home if (row.period, row.segment) in others]
        return max(alike, default=self.latest())

    def mark(self, row: Row, code: str, label: str) -> Mark:
        """The mark of one row of the table."""
        key = row.key
        self._used.setdefault(key, row)
        unit, decimals = self.indicator.unit, self.indicator.decimals
        return Mark(
            key=key,
            code=code,
            label=label,
            value=row.value,
            low=row.lower_95,
            high=row.upper_95,
            status=row.status,
            text=printed(row.value, row.status, unit, decimals),
            exact=row.exact or unit == "count",
            row=row,
        )

    def one(self, area: str, period: str, by: dict[str, str] | None = None) -> Mark:
        """The mark of one area, or an empty one where the table has no such row."""
        label = words.area_label(area, self.config)
        breakdown, category = canonical(by or {})
        for row in self.select(tuple(by or ()), areas=[area], period=period):
            if breakdown == TOTAL or row.category == category:
                return self.mark(row, area, label)
        return Mark(key="", code=area, label=label)

    def national(self, period: str, home: Mark | None = None) -> Mark:
        """The country's mark, where the indicator is compared with it and counted as here.

        Args:
            home: the home area's mark that it is set beside, where that is not its own.
        """
        if not self.country:
            return NOTHING
        country, home = self.one(self.country, period), home or self.one(self.home, period)
        return NOTHING if home.shown and home.segment != country.segment else country

    def as_published(self, home: Mark) -> str:
        """That a mark is of a published figure beside which a local one stands; "" of others."""
        if home.key not in {row.key for row in self._rows.published.values()}:
            return ""
        which = self.indicator.caveats.differs
        return f"{self.home_name}: the published figure{f', {which}' if which else ''}."

    def marks_by_area(self, areas: Sequence[str], period: str) -> list[Mark]:
        """A mark for each area the table has, in the order given."""
        return [
            self.mark(row, row.area_code, words.area_label(row.area_code, self.config))
            for row in self.select(areas=areas, period=period)
        ]

    def marks_by_category(self, dimension: str, area: str, period: str) -> list[Mark]:
        """A mark for each category of one dimension, in display order."""
        rows = {r.category: r for r in self.select([dimension], areas=[area], period=period)}
        order = words.category_order(dimension, list(rows), self.config)
        return [self.mark(rows[code], code, self.label(dimension, code)) for code in order]

    def beside(self, dimension: str, marks: Sequence[Mark], period: str) -> list[Mark]:
        """The country's mark of the category of each; none at all where it has none of them.

        None either where it is counted in another way: the two are not set beside each other.
        """
        if not self.country or self.without(dimension, marks, period):
            return []
        found = {m.code: m for m in self.marks_by_category(dimension, self.country, period)}
        return [found.get(mark.code, NOTHING) for mark in marks] if found else []

    def without(self, dimension: str, marks: Sequence[Mark], period: str) -> str:
        """That the country is left out, as it is counted in another way; "" where it is not."""
        areas = [self.country] if self.country else []
        theirs = {
            row.segment for row in self.select([dimension], areas=areas, period=period) if row.shown
        }
        ours = {mark.segment for mark in marks if mark.shown}
        apart = bool(ours and theirs) and ours != theirs
        return f"{self.country_name}: counted in another way, and not drawn." if apart else ""

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the rows marks were made of, in that order."""
        return tuple(self._used)

    def row(self, key: str) -> Row | None:
        """The row of one of those keys."""
        return self._used.get(key)

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of the sources those rows stand on."""
        rows = self._used.values()
        return tuple(sorted({part for row in rows for part in row.source.split("+") if part}))

    def unit_words(self) -> str:
        """The unit as a subtitle says it: "%", "per 100 pupils"; nothing for counts."""
        return f"{words.UNIT_SUFFIX[self.indicator.unit].strip()} {self.indicator.per}".strip()

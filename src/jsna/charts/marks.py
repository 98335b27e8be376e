"""What a figure shows, read from the measure table: marks with their labels, limits and keys."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import pandas as pd

from jsna.edition import Configuration
from jsna.measures.declaration import LOCALITY, Chart, Indicator
from jsna.measures.schema import KEY, TOTAL, canonical
from jsna.report import format as words

#: What stands in place of a number, by status.
ABSENT: Final = {"c": "hidden", "z": "not applicable", "x": "not available", "low": "rounds to 0"}
#: Methods of complete counts, behind which no chance stands: their values are exact. So are
#: published counts, whatever their method.
EXACT: Final = frozenset({"count", "proportion"})
NAN: Final = float("nan")
#: Separates the parts of a measure key in `data-measure`.
SEPARATOR: Final = "~"


@dataclass(frozen=True, slots=True)
class Mark:
    """One value to be drawn, or the statement that there is none.

    Attributes:
        key: measure key; empty where the table has no such row.
        code: area or category it stands for.
        label: its name.
        value, low, high, low_far, high_far: value with 95% and 99.8% limits; NaN where none.
        status: as in the measure table.
        text: the number as printed, or why there is none.
        exact: a complete count, which is its own limits.
    """

    key: str
    code: str
    label: str
    value: float = NAN
    low: float = NAN
    high: float = NAN
    low_far: float = NAN
    high_far: float = NAN
    status: str = "x"
    text: str = "not available"
    exact: bool = False

    @property
    def shown(self) -> bool:
        """Whether there is a number."""
        return math.isfinite(self.value)

    @property
    def has_limits(self) -> bool:
        """Whether 95% limits are known."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def hidden(self) -> bool:
        """Whether the number is withheld to protect confidentiality."""
        return self.status == "c"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a figure's data table: a measure key, or none."""

    key: str = ""
    field: str = "value"


@dataclass(frozen=True)
class Drawing:
    """A finished figure: the image and what stands around it in HTML.

    Attributes:
        id: element id, and name of the file.
        title: the finding. subtitle: measure, place and period.
        alt: text alternative, also the SVG's own title.
        note: how to read it (intervals, shorthand used), for the source line.
        header: headings of the data table, the first over the row labels.
        rows: (row label, cells) of the data table in the order drawn.
        data: the measure rows shown.
    """

    id: str
    indicator: str
    chapter: str
    type: str
    svg: str
    title: str
    subtitle: str
    alt: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    data: pd.DataFrame = field(repr=False)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Keys of the measures shown."""
        return tuple(self.data["key"])

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of the sources the shown measures stand on."""
        ids = {part for text in self.data["source"] for part in str(text).split("+") if part}
        return tuple(sorted(ids))


class Shown:
    """The safe measures of one indicator, as one figure asks for them."""

    def __init__(self, config: Configuration, indicator: Indicator, rows: pd.DataFrame) -> None:
        self.config, self.indicator = config, indicator
        usual = rows["period_type"] == indicator.period_type
        if not usual.any() and len(rows):
            usual = rows["period_type"] == rows["period_type"].value_counts().sort_index().idxmax()
        self.rows = rows[usual]
        self.period_type = "" if self.rows.empty else str(self.rows["period_type"].iloc[0])
        self._used: dict[str, int] = {}

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
        compared = "national" in self.indicator.comparators and self.indicator.kind != "count"
        return self.config.area.country.code if compared else ""

    @property
    def country_name(self) -> str:
        """Name of the country."""
        return self.config.area.country.name

    @property
    def places(self) -> str:
        """What the localities are, in the plural: districts or wards."""
        return f"{self.config.area.localities_are}s"

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
    ) -> pd.DataFrame:
        """Rows broken down by `by`; `locality` among them means the rows of the localities."""
        breakdown, _ = canonical(dict.fromkeys([d for d in by if d != LOCALITY], ""))
        if areas is None:
            areas = list(self.config.area.locality_names) if LOCALITY in by else [self.home]
        rows = self.rows
        rows = rows[(rows["breakdown"] == breakdown) & rows["area_code"].isin(areas)]
        return rows[rows["period"] == period] if period else rows

    def latest(self, by: Sequence[str] = ()) -> str:
        """The last period with something to show of these rows; "" where there is none."""
        rows = self.select(by)
        told = rows[rows["value"].notna() | (rows["status"] == "c")]
        return "" if told.empty else str(told["period"].max())

    def mark(self, row: Any, code: str, label: str) -> Mark:
        """The mark of one row of the table."""
        key = key_of(row)
        self._used.setdefault(key, len(self._used))
        unit, decimals = self.indicator.unit, self.indicator.decimals
        return Mark(
            key=key,
            code=code,
            label=label,
            value=row.value,
            low=row.lower_95,
            high=row.upper_95,
            low_far=row.lower_998,
            high_far=row.upper_998,
            status=row.status,
            text=printed(row.value, row.status, unit, decimals),
            exact=row.method in EXACT or unit == "count",
        )

    def one(self, area: str, period: str, by: dict[str, str] | None = None) -> Mark:
        """The mark of one area, or an empty one where the table has no such row."""
        label = words.area_label(area, self.config)
        breakdown, category = canonical(by or {})
        rows = self.select(tuple(by or ()), areas=[area], period=period)
        rows = rows[rows["category"] == category] if breakdown != TOTAL else rows
        for row in rows.itertuples(index=False):
            return self.mark(row, area, label)
        return Mark(key="", code=area, label=label)

    def marks_by_area(self, areas: Sequence[str], period: str) -> list[Mark]:
        """A mark for each area the table has, in the order given."""
        found = {
            str(row.area_code): self.mark(
                row, str(row.area_code), words.area_label(str(row.area_code), self.config)
            )
            for row in self.select(areas=areas, period=period).itertuples(index=False)
        }
        return [found[code] for code in areas if code in found]

    def marks_by_category(self, dimension: str, area: str, period: str) -> list[Mark]:
        """A mark for each category of one dimension, in display order."""
        rows = {
            str(row.category): row
            for row in self.select([dimension], areas=[area], period=period).itertuples(index=False)
        }
        order = words.category_order(dimension, list(rows), self.config)
        return [self.mark(rows[code], code, self.label(dimension, code)) for code in order]

    def used(self) -> pd.DataFrame:
        """The rows marks were made of, in that order, with their `key`."""
        keyed = self.rows.assign(key=keys_of(self.rows))
        keyed = keyed[keyed["key"].isin(list(self._used))]
        place = keyed["key"].map(self._used)
        return keyed.iloc[place.argsort(kind="stable")].reset_index(drop=True)

    def unit_words(self) -> str:
        """The unit as a subtitle says it: "%", "per 100"; nothing for counts."""
        return words.UNIT_SUFFIX[self.indicator.unit].strip()


def key_of(row: Any) -> str:
    """A row's key as `data-measure` has it: the key columns but the edition, joined."""
    return SEPARATOR.join(str(getattr(row, column)) for column in KEY[1:])


def keys_of(rows: pd.DataFrame) -> pd.Series[str]:
    """The keys of many rows."""
    joined = rows[KEY[1]].astype("str")
    for column in KEY[2:]:
        joined = joined + SEPARATOR + rows[column].astype("str")
    return joined


def printed(value: float, status: str, unit: str, decimals: int) -> str:
    """A number as a figure prints it: with a per cent sign, other units being in the subtitle."""
    if not math.isfinite(value):
        return ABSENT.get(status, ABSENT["x"])
    text = words.number(value, 0 if unit == "count" else decimals)
    text += "%" if unit == "percent" else ""
    return f"{text} {words.SYMBOLS[status]}" if status in ("low", "u") else text


def figure_id(indicator: Indicator, chart: Chart) -> str:
    """Id of a figure, the same in every edition."""
    return "-".join(("fig", indicator.id, chart.type, *chart.by)).replace("_", "-")


def footnote(marks: Sequence[Mark]) -> str:
    """The shorthand used among the marks, explained."""
    used = [mark.status for mark in marks if mark.shown and mark.status in ("low", "u")]
    return words.symbol_note(used)

"""The tables of a chapter: its figures over time beside other areas, and the latest by group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from jsna.model.hierarchies import PLACES
from jsna.model.indicators import Indicator
from jsna.report.datatables import columns
from jsna.report.sources import Register
from jsna.view import words
from jsna.view.rows import Measures, Row
from jsna.workbook.book import ONE_TABLE, Cell, Sheet
from jsna.workbook.cells import cell
from jsna.workbook.notes import NONE, Notes

#: Fields beside a value -> how their columns are headed.
FIELDS: Final = {
    "lower_95": "Lower 95% limit",
    "upper_95": "Upper 95% limit",
    "numerator": "Number",
    "denominator": "Out of",
}
_WHOLE: Final = ("numerator", "denominator")
_READ: Final = (
    f"{ONE_TABLE} Notes are on the worksheet Notes, and the definition of "
    "each indicator is on the worksheet Indicators."
)


class Tables:
    """Makes the sheets of chapters.

    Args:
        view: safe measures of the edition.
        register: citations of its sources.
        notes: collects what is said of rows.
    """

    def __init__(self, view: Measures, register: Register, notes: Notes) -> None:
        self._view, self._register, self._notes = view, register, notes
        self._marked = " (synthetic data)" if view.config.edition.synthetic else ""

    def chapter(self, number: int, title: str, indicators: Sequence[Indicator]) -> list[Sheet]:
        """The sheets of a chapter: none of a kind of which it has no figure."""
        made = (
            self._over_time(f"{number}a_over_time", f"Table {number}a: {title}", indicators),
            self._by_group(f"{number}b_by_group", f"Table {number}b: {title}", indicators),
        )
        return [sheet for sheet in made if sheet is not None]

    # -- over time, beside other areas -----------------------------------------------------------

    def _over_time(self, name: str, title: str, indicators: Sequence[Indicator]) -> Sheet | None:
        view = self._view
        home = words.area_label(view.config.area.code, view.config)
        found = [(one, areas) for one in indicators if (areas := self._areas(one))]
        if not found:
            return None
        heads = list(dict.fromkeys(head for _, areas in found for head in areas))
        published = f"{home}{words.PUBLISHED}"
        if published in heads:
            # What is published of other indicators stands there too, and not as missing.
            for one, areas in found:
                areas[published] = {row.period: row for row in view.official(one.id)}
        order = {head: at for at, head in enumerate(self._order())}
        heads.sort(key=lambda head: order.get(head, len(order)))
        beside = {field: f"{home}: {words.lower_first(head)}" for field, head in FIELDS.items()}
        rows: list[tuple[Cell, ...]] = []
        decimals: list[int] = []
        for one, areas in found:
            own = areas[home]
            # A period stands here where there is a figure of the home area, of whichever kind.
            periods = {(row.period, row.period_type) for row in self._view.counted(one.id)}
            for period, kind in sorted(periods):
                there = [areas[head].get(period) for head in heads if head in areas]
                rows.append(
                    (
                        one.title,
                        words.upper_first(words.UNIT_WORDS[one.unit]),
                        words.period_label(period, kind),
                        cell(own.get(period), one.decimals),
                        *(cell(own.get(period), one.decimals, field) for field in FIELDS),
                        *(
                            cell(areas.get(head, {}).get(period), one.decimals)
                            for head in heads
                            if head != home
                        ),
                        self._source(there),
                        self._notes.of(there, one),
                    )
                )
                decimals.append(_decimals(one))
        header = (
            "Indicator", "Unit", "Period", home, *beside.values(),
            *(head for head in heads if head != home), "Source", "Notes",
        )  # fmt: skip
        whole = frozenset(header.index(beside[field]) for field in _WHOLE)
        return self._sheet(
            name, f"{title}, over time and beside other areas", header, rows, decimals, whole
        )

    def _order(self) -> list[str]:
        """Headings of areas in their order: home, the country, the region, similar areas."""
        config = self._view.config
        area = config.area
        home = words.area_label(area.code, config)
        codes = (area.country.code, area.region.code, "neighbours", "neighbours_together")
        rest = (*codes, *(place.code for place in area.neighbours))
        return [home, f"{home}{words.PUBLISHED}", *(words.area_label(c, config) for c in rest)]

    def _areas(self, indicator: Indicator) -> dict[str, Mapping[str, Row]]:
        """Heading -> the rows of an area by period: home, comparators, and each similar area."""
        view = self._view
        home = view.counted(indicator.id)
        if not home:
            return {}
        found: dict[str, Mapping[str, Row]] = {**columns(view, indicator, home)}
        periods = {row.period for row in home}
        for place in view.config.area.neighbours if "neighbours" in indicator.comparators else ():
            rows = {row.period: row for row in view.series(indicator.id, place.code)}
            if periods & rows.keys():
                found[words.area_label(place.code, view.config)] = rows
        return found

    # -- by group --------------------------------------------------------------------------------

    def _by_group(self, name: str, title: str, indicators: Sequence[Indicator]) -> Sheet | None:
        rows: list[tuple[Cell, ...]] = []
        decimals: list[int] = []
        for one in indicators:
            shown = self._view.declared(one.id) or one
            for dims in shown.breakdowns:
                for row in self._ordered(dims, self._view.breakdown(one.id, dims)):
                    rows.append(
                        (
                            one.title,
                            words.upper_first(words.UNIT_WORDS[one.unit]),
                            words.period_label(row.period, row.period_type),
                            self._split(dims),
                            self._group(dims, row),
                            cell(row, one.decimals),
                            *(cell(row, one.decimals, field) for field in FIELDS),
                            self._source([row]),
                            self._notes.of([row], one),
                        )
                    )
                    decimals.append(_decimals(one))
        if not rows:
            return None
        header = (
            "Indicator", "Unit", "Period", "Split by", "Group", "Value", *FIELDS.values(), "Source",
            "Notes",
        )  # fmt: skip
        whole = frozenset(header.index(FIELDS[field]) for field in _WHOLE)
        return self._sheet(
            name, f"{title}, the latest figures by group", header, rows, decimals, whole
        )

    def _ordered(self, dims: Sequence[str], rows: Sequence[Row]) -> list[Row]:
        """Rows in the order their categories are shown in, the first dimension first."""
        config = self._view.config
        places = []
        for name in dims:
            order = words.category_order(name, [row.code(name) for row in rows], config)
            places.append({code: at for at, code in enumerate(order)})
        return sorted(
            rows,
            key=lambda row: [at[row.code(name)] for name, at in zip(dims, places, strict=True)],
        )

    def _split(self, dims: Sequence[str]) -> str:
        config = self._view.config
        named = (words.dimension_words(name, config) for name in _sorted(dims))
        return words.upper_first(" and ".join(named))

    def _group(self, dims: Sequence[str], row: Row) -> str:
        config = self._view.config
        return ", ".join(
            words.category_label(name, row.code(name), config) for name in _sorted(dims)
        )

    # -- both ------------------------------------------------------------------------------------

    def _source(self, rows: Iterable[Row | None]) -> str:
        there = [row for row in rows if row is not None]
        return self._register.line(self._view.sources(there)) or NONE

    def _sheet(
        self,
        name: str,
        title: str,
        header: tuple[str, ...],
        rows: Sequence[tuple[Cell, ...]],
        decimals: Sequence[int],
        whole: frozenset[int],
    ) -> Sheet:
        cells = {value for row in rows for value in row if isinstance(value, str)}
        used = [status for status, mark in words.SYMBOLS.items() if mark in cells]
        legend = words.symbol_note(used)
        return Sheet(
            name=name,
            table=f"table_{name}",
            title=f"{title}{self._marked}",
            instructions=_READ,
            legend=(f"Shorthand: {legend}.",) if legend else (),
            header=header,
            rows=tuple(rows),
            decimals=tuple(decimals),
            whole=whole,
        )


def _decimals(indicator: Indicator) -> int:
    return 0 if indicator.unit == "count" else indicator.decimals


def _sorted(dims: Sequence[str]) -> list[str]:
    """Dimensions in the order a category's label has them: places, then by their names."""
    return sorted(dims, key=lambda name: (name not in PLACES, name))

"""Every figure of every authority that a mapping reads: what the auditor compares.

The areas of an edition alone add up to nothing; whole releases do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from jsna.model.areas import Area
from jsna.model.indicators import Indicator
from jsna.model.releases import SIDES, Published
from jsna.releases import areas, figures
from jsna.releases.areas import AREA_CODE, GEOGRAPHY
from jsna.releases.release import AUTHORITY, LEVEL, NATIONAL, REGIONAL, TIME, OfficialTable
from jsna.settings import recoded

COLUMNS: Final = ("side", "area_code", "geography", "period", "breakdown", "category", "value",
                  "status")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """The figures one indicator takes from one table of a release, for every authority.

    Attributes:
        columns: side -> the publisher's column(s), as the mapping names them.
        frame: `COLUMNS`; one row a cell, `value` NaN where `status` says why.
        where: file, for messages.
        scale: what a published value is multiplied by to be in the indicator's unit.
    """

    source: str
    dataset: str
    table: str
    indicator: Indicator
    columns: Mapping[str, str]
    frame: pd.DataFrame
    where: str
    scale: float = 1.0


class Places:
    """Codes of every area of some releases, and the region each authority lies in."""

    def __init__(self, frames: Iterable[pd.DataFrame], area: Area) -> None:
        self.area = area
        own = areas.authorities(area)
        self._own = frozenset(own)
        self._code = {old: code for code, old in own.items()}
        self._region_names = {area.region.name.strip().casefold(): area.region.code}
        #: Authority -> region.
        self.region_of: dict[str, str] = {}
        self.region_names: dict[str, str] = {area.region.code: area.region.name}
        for frame in frames:
            self._learn(frame)

    def _learn(self, frame: pd.DataFrame) -> None:
        regions = frame.loc[frame[LEVEL] == REGIONAL, ["region_code", "region_name"]]
        for code, name in regions.drop_duplicates().itertuples(index=False, name=None):
            if str(code).startswith("E12"):
                self._region_names.setdefault(str(name).strip().casefold(), str(code))
                self.region_names.setdefault(str(code), str(name).strip())
        columns = [TIME, "old_la_code", "new_la_code", "region_code"]
        known = frame.loc[frame[LEVEL] == AUTHORITY, columns].drop_duplicates()
        # The latest code an authority stands under names it in every period, and in releases of
        # earlier years.
        for _, old, new, region in known.sort_values(columns).itertuples(index=False, name=None):
            if old and new and self._code.get(old) not in self._own:
                self._code[old] = recoded.latest(new)
            code = self._code.get(old, new) or old
            if str(region).startswith("E12"):
                self.region_of[code] = region

    @property
    def known_as(self) -> str:
        """Which code it gives every area, and which region, as text."""
        named = (self._code, self._region_names, self.region_of)
        return repr([sorted(one.items()) for one in named]) + self.area.country.code

    def authority(self, old: str, new: str) -> str:
        """The code an authority goes by."""
        return self._code.get(old) or new or old

    def region(self, code: str, name: str) -> str:
        """The code of a region, by name where a release has no codes; "" of no region."""
        if code.startswith("E12"):
            return code
        return "" if code else self._region_names.get(name.strip().casefold(), "")


def everywhere(frame: pd.DataFrame, places: Places) -> pd.DataFrame:
    """Rows of the country, every region and every authority, with `area_code` and `geography`.

    Where a release has an authority under its present and an earlier code in one period, the row
    of the present code stands.
    """
    kept = frame[frame[LEVEL].isin((NATIONAL, REGIONAL, AUTHORITY))]
    named = kept[[LEVEL, "old_la_code", "new_la_code", "region_code", "region_name"]]
    found = named.drop_duplicates().copy()
    rows = found.astype("str").itertuples(index=False, name=None)
    pairs = [_area((row[0], row[1], row[2], row[3], row[4]), places) for row in rows]
    found[AREA_CODE] = [code for code, _ in pairs]
    found[GEOGRAPHY] = [geography for _, geography in pairs]
    out = kept.merge(found, on=list(named.columns), how="left")
    out = out[out[AREA_CODE] != ""]
    exact = (out["new_la_code"] == out[AREA_CODE]) | (out[GEOGRAPHY] != "authority")
    doubled = exact.groupby([out[TIME], out[AREA_CODE]], sort=False).transform("any")
    return out[exact | ~doubled].reset_index(drop=True)


def _area(row: tuple[str, str, str, str, str], places: Places) -> tuple[str, str]:
    level, old, new, code, name = row
    if level == NATIONAL:
        return places.area.country.code, "national"
    if level == REGIONAL:
        return places.region(code, name), "region"
    return places.authority(old, new), "authority"


def table(
    release: OfficialTable,
    indicator: Indicator,
    mapping: Published,
    places: Places,
    other: OfficialTable | None = None,
) -> Table | None:
    """The cells of one mapping; None where it reads none of whole authorities.

    What is wrong with single cells is told by the reading of the areas shown, not here.
    """
    rows = everywhere(release.frame, places)
    whole = None if other is None else everywhere(other.frame, places)
    if rows.empty or figures.missing_columns(rows, mapping, release.where):
        return None
    found, _ = figures.figures(rows, mapping, release.where, whole)
    if found.empty:
        return None
    if not indicator.kind.adds_up:
        # Shares of several published groups were added up, and stand for nothing.
        found = found.assign(value=found["value"].where(found["given"]))
    sides = [side for side in SIDES if found[side].notna().any()]
    parts = [
        found.assign(side=side, value=found[side], status=found[f"{side}_status"])[list(COLUMNS)]
        for side in sides
    ]
    if not parts:
        return None
    columns = {side: getattr(mapping, side) or "" for side in sides}
    frame = pd.concat(parts, ignore_index=True)
    return Table(
        mapping.release, mapping.dataset, mapping.table, indicator, columns, frame, release.where,
        mapping.scale,
    )  # fmt: skip


def together(tables: Iterable[Table]) -> list[Table]:
    """The tables, those of one table of a release and one indicator as one: totals and parts."""
    groups: dict[tuple[str, str, str], list[Table]] = {}
    for one in tables:
        groups.setdefault((one.source, one.table, one.indicator.id), []).append(one)
    made = []
    for same in groups.values():
        columns = {side: name for one in reversed(same) for side, name in one.columns.items()}
        frame = pd.concat([one.frame for one in same], ignore_index=True)
        made.append(replace(same[0], columns=columns, frame=frame))
    return made

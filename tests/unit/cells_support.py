"""Cells of measures that a test writes down by key, as the engine writes them beside its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from jsna.measures.cells import Cells
from jsna.model import schema
from jsna.model.cells import MISSING, OTHER, PERIOD, Cell
from jsna.model.configuration import Configuration
from jsna.model.hierarchies import LOCALITY_GROUP, finer, years
from jsna.model.indicators import LOCALITY, Side
from jsna.model.tables import AnalysisTable
from jsna.tables.catalogue import column_of, implied

Flags = npt.NDArray[np.bool_]


def cell_of(
    side: Side,
    config: Configuration,
    *,
    over: tuple[str, ...] = (),
    area_code: str = "",
    geography: str = "authority",
    period: str = "2025",
    period_type: str = "january",
    breakdown: str = schema.TOTAL,
    category: str = schema.TOTAL,
    below: tuple[str, ...] = (),
) -> Cell:
    """The cell of one side of a row.

    Args:
        side: numerator or denominator of an indicator.
        config: what nests in what.
        over: dimensions that do not split it.
        area_code, geography, period, period_type, breakdown, category: key of the row.
        below: periods of a denominator that are not the row's own.
    """
    whole = {finer(name, config) for name in over}
    split = [
        (name, code)
        for name, code in schema.dimensions(breakdown, category).items()
        if finer(name, config) not in whole
    ]
    if geography != "authority":
        split.append((geography if geography == LOCALITY_GROUP else LOCALITY, area_code))
    return Cells(config).cell(side, below or years(period, period_type), split)


def with_cells(frame: pd.DataFrame, config: Configuration) -> pd.DataFrame:
    """The measures with the cells of all counts but those of publishers."""
    made = frame.copy()
    key = [name for name in schema.SUBJECT if name not in ("edition", "indicator")]
    for column, cell in zip(("numerator", "denominator"), schema.CELLS, strict=True):
        texts = []
        for row in frame.to_dict("records"):
            indicator = config.indicators[str(row["indicator"])]
            side: Side | None = getattr(indicator, column)
            official = row["source"] and not str(row["source"]).startswith("local:")
            if side is None or official or np.isnan(float(row[column])):
                texts.append("")
                continue
            mine = {str(name): str(row[name]) for name in key}
            over = indicator.over if column == "denominator" else ()
            texts.append(cell_of(side, config, over=over, **mine).text())
        made[cell] = texts
    return schema.conform(made, cells=True)


@dataclass
class Recount:
    """Counts the rows of an analysis table that are in a cell, by pandas alone."""

    table: AnalysisTable
    rows: pd.DataFrame
    config: Configuration
    _known: dict[tuple[str, frozenset[str]], Flags] = field(default_factory=dict)

    def __call__(self, cell: Cell) -> float:
        """What the cell adds up to."""
        here = np.ones(len(self.rows), dtype=bool)
        for column, codes in cell.box:
            if (column, codes) not in self._known:
                self._known[column, codes] = self._among(column, codes)
            here &= self._known[column, codes]
        mine = self.rows.loc[here]
        if cell.what == "rows":
            return len(mine)
        return mine["person_key"].nunique() if cell.what == "persons" else mine[cell.what].sum()

    def _among(self, column: str, codes: frozenset[str]) -> Flags:
        name = column_of(column)
        if column.startswith("(") and codes == {"true"} and " " in column:
            # A condition that is no box is asked of the rows as it stands.
            found = duckdb.from_df(self.rows).project(f"coalesce({column}, false) as here").df()
            return np.asarray(found["here"], dtype=bool)
        if column == PERIOD:
            return np.array([self.table.january(p) in codes for p in self.rows[PERIOD]])
        if name not in self.rows:
            # What other columns of the cell say, and no column of the table.
            assert column in {said.of for said in implied(self.table)}, column
            return np.ones(len(self.rows), dtype=bool)
        values = self.rows[name]
        texts = values.astype("str").str.lower() if values.dtype == bool else values.astype("str")
        here = texts.isin(codes - {OTHER, MISSING}) & values.notna()
        listed = self.config.codelists.get(self.config.dimension(column).codes, {})
        listed = self.config.area.locality_names if column == LOCALITY else listed
        if OTHER in codes:
            here |= values.notna() & ~texts.isin(list(listed))
        if MISSING in codes:
            here |= values.isna()
        return here.to_numpy(dtype=bool)


def reworded(config: Configuration) -> Configuration:
    """Every title, phrase, description and label of the configuration in other words."""
    fields = ("title", "phrase", "definition", "population", "caveat", "official", "per")

    def other(one: Any, names: tuple[str, ...]) -> Any:
        there = {n: getattr(one, n) for n in names}
        return one.model_copy(
            update={n: f"Denominator of 1066. {text}" for n, text in there.items() if text}
        )

    def labels(listed: Mapping[str, str]) -> dict[str, str]:
        return {code: f"No. {at}" for at, code in enumerate(listed)}

    return replace(
        config,
        indicators={name: other(one, fields) for name, one in config.indicators.items()},
        codelists={name: labels(listed) for name, listed in config.codelists.items()},
        profiles={n: other(one, ("title", "rule")) for n, one in config.profiles.items()},
    )

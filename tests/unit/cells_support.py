"""Cells of measures that a test writes down by key, as the engine writes them beside its own."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jsna.measures.cells import Cells
from jsna.model import schema
from jsna.model.cells import Cell
from jsna.model.configuration import Configuration
from jsna.model.hierarchies import LOCALITY_GROUP, finer, years
from jsna.model.indicators import LOCALITY, Side


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
    key = [name for name in schema.KEY if name not in ("edition", "indicator")]
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

"""Counts of records received, kept and set aside, as an analysis table like the others."""

from __future__ import annotations

import pandas as pd

from jsna.model.configuration import Configuration


def record(quality: pd.DataFrame, config: Configuration) -> pd.DataFrame:
    """The `record` table: one row for each table of each delivery that was received.

    Args:
        quality: rows of `restricted/quality.parquet`.
        config: its edition names the period, as deliveries of unlike periods are counted together.
    """
    received = quality.loc[quality["status"] == "received"]
    return (
        received[["extract", "table", "rows_received", "rows_valid", "rows_quarantined"]]
        .assign(delivery_period=received["period"], period=str(config.edition.reference_date.year))
        .sort_values(["extract", "table", "delivery_period"], kind="stable")
        .reset_index(drop=True)
    )

"""Counts of records received, kept and set aside, as an analysis table like the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jsna.model.configuration import Configuration
from jsna.model.tables import AnalysisTable, Column
from jsna.shared.table_columns import declared
from jsna.sources import registry

if TYPE_CHECKING:
    import pandas as pd

TABLES: Final = (
    AnalysisTable(
        name="record",
        row="a table of a delivery, with the number of its rows",
        base="records",
        key=("extract", "table", "delivery_period"),
        columns=declared(
            Column("period", description="Year of the edition"),
            Column("extract"),
            Column("table"),
            Column("delivery_period", description="Period of the delivery"),
            Column("rows_received", "integer"),
            Column("rows_valid", "integer"),
            Column("rows_quarantined", "integer"),
        ),
        sql="",
    ),
)


def record(quality: pd.DataFrame, config: Configuration) -> pd.DataFrame:
    """The `record` table: one row for each table of each delivery that was received.

    Without look-ups that others are filled by: no row of them is kept, and none is a record.

    Args:
        quality: rows of `restricted/quality.parquet`.
        config: its edition names the period, as deliveries of unlike periods are counted together.
    """
    import pandas as pd

    left_behind = {
        (name, table.name)
        for name, extract in registry().items()
        for table in extract.tables
        if table.used_up
    }
    named = pd.MultiIndex.from_frame(quality[["extract", "table"]])
    received = quality.loc[(quality["status"] == "received") & ~named.isin(left_behind)]
    return (
        received[["extract", "table", "rows_received", "rows_valid", "rows_quarantined"]]
        .assign(delivery_period=received["period"], period=str(config.edition.reference_date.year))
        .sort_values(["extract", "table", "delivery_period"], kind="stable")
        .reset_index(drop=True)
    )

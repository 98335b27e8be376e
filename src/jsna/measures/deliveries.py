"""Which years each extract came for, as a table that queries of analysis tables may read.

A year whose file came and held nothing is a year in which nothing was; one whose file never came,
or may not be linked, is a gap.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from jsna.model.configuration import Configuration
from jsna.shared.periods import reference_date, window
from jsna.sources import permission, registry

if TYPE_CHECKING:
    import duckdb

#: Name of the table, and its columns: a delivery's first and last day, and the one it describes.
TABLE: Final = "delivery"
COLUMNS: Final = ("extract", "period", "first", "last", "day")


def register(
    connection: duckdb.DuckDBPyConnection, linked: Iterable[str], config: Configuration
) -> None:
    """Make the table: a row for each delivery that may be linked, and each that was.

    Args:
        connection: to a database that has the linked tables.
        linked: names of these, `<extract>.<table>`.
        config: of the edition.
    """
    connection.execute(
        f"create table {TABLE} (extract varchar, period varchar, first date, last date, day date)"
    )
    declared = registry()
    came = {(d.extract, d.period) for d in permission.linkable(config.edition)}
    for name in linked:
        if (extract := name.split(".")[0]) in declared:
            found = connection.execute(f'select distinct period from "{name}"').fetchall()
            came |= {(extract, period) for (period,) in found}
    for extract, period in sorted(came):
        kind = declared[extract].period_type
        day = reference_date(period, kind, config.edition.reference_date)
        row = [extract, period, *window(period, kind), day]
        connection.execute(f"insert into {TABLE} values (?, ?, ?, ?, ?)", row)

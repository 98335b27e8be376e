"""How long those who began to wait in a period waited, or have waited: a table of a file's rows.

A file often has, beside those who began in its period, older ones who were still waiting when it
began. Whoever waits long is more often among these, and they are left out: the table is of all who
began in the period, each followed to the last day of it.
"""

from __future__ import annotations

from typing import Final

from jsna.model.contract import Extract
from jsna.model.tables import AnalysisTable, Column
from jsna.shared.events import rows
from jsna.shared.fragments import first_and_last

#: What the columns of a wait are called: its length, and whether it has ended.
WEEKS: Final = "weeks"
ENDED: Final = "ended"


def waits(
    extract: Extract,
    row: str,
    *,
    began: str,
    ended: str,
    left: str = "",
    table: str = "",
    name: str = "",
    where: str = "",
) -> AnalysisTable:
    """The rows of a file whose wait began in their period, with its length and whether it ended.

    The length is the days waited over 7. Who has not been seen by the last day of the period has
    waited until then, or until the day they left, and their wait has not ended; what happened
    after that day is not known of anyone, and is not looked at. A wait that ended before it began
    has no length.

    Args:
        extract, row, table, where: as of `events.rows`.
        began: field of the day it began on, which every row has.
        ended: field of the day it ended on; empty while it has not.
        left: field of the day somebody left without an end, if the file has one.
        name: of the analysis table; `<extract>_wait` where not given.

    Raises:
        ValueError: one of the fields is no date of the file.
    """
    file = extract.table(table) if table else extract.tables[0]
    days = {column.field for column in file.columns if column.type == "date"}
    for field in filter(None, (began, ended, left)):
        if field not in days:
            raise ValueError(f"{extract.name}.{file.name} has no date {field!r}")
    first, last = first_and_last("e", extract.period_type)
    known = ", ".join(f"e.{field}" for field in (ended, left) if field)
    until = f"least({known}, {last})"
    seen = f"e.{ended} is not null and e.{ended} = {until}"
    began_then = f"e.{began} between {first} and {last}"
    return rows(
        extract,
        row,
        table=file.name,
        name=name or f"{extract.name}_wait",
        where=f"({where}) and {began_then}" if where else began_then,
        said={
            Column(WEEKS, "number", "Length of the wait, in weeks"): (
                f"case when {until} >= e.{began} then ({until} - e.{began}) / 7.0 end"
            ),
            Column(ENDED, "boolean", "Whether the wait has ended"): seen,
        },
        told_by=tuple(filter(None, (began, ended, left))),
    )

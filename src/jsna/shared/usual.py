"""The analysis tables of a source that declares none of its own: what follows from its file."""

from __future__ import annotations

from typing import Final

from jsna.model.contract import Extract
from jsna.model.tables import View
from jsna.shared.events import pupils_in, rows
from jsna.shared.waits import waits

#: Kinds of period whose years are those of the January rolls that pupils are set beside.
OF_ROLLS: Final = ("academic_year", "financial_year")


def tables(extract: Extract) -> tuple[View, ...]:
    """Its rows; of children the pupils beside them; and its waits, if it says when one began.

    What one row is, in words, is what its declaration says of it. A source of several files has no
    table that follows.
    """
    if len(extract.tables) != 1:
        return ()
    (file,) = extract.tables
    row = file.description.rstrip(".")
    row = f"{row[:1].lower()}{row[1:]}"
    found: tuple[View, ...] = (rows(extract, row),)
    if extract.person_level and extract.period_type in OF_ROLLS:
        found = (*found, *pupils_in(extract))
    # A wait of days that are not there is told where declarations are checked (`settings.fields`).
    days = {column.field for column in file.columns if column.type == "date"}
    if file.wait is not None and days.issuperset(file.wait):
        began, ended = file.wait
        found = (
            *found,
            waits(extract, f"{row} whose wait began in the year", began=began, ended=ended),
        )
    return found

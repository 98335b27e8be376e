"""What a file does not have and another gives: declared once, beside the columns it fills.

A school census without `URN` has the number of the authority and of the establishment, which the
register of schools turns into one; a file without small areas has postcodes, of which a look-up
says where they lie. Columns that only help to find them are read, and go no further.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Fill:
    """Fields of a table that another table gives, where the file has not the column at all.

    Attributes:
        fields: the fields, which the other table's rows have under the same names once ready.
        needs: fields of which a file must have one, or else its own columns are asked for.
        of: the other table: `table` of the same delivery, or `extract.table`.
        said: the other table in words.
        key: rows of this table, as text, and the number of the edition's authority -> what each is
            looked up by.
        ready: rows of the other table, as text with the days of its helping columns as
            year-month-day, and the day counted on -> the fields, and `key`; a
            key that stands twice gives nothing.
    """

    fields: tuple[str, ...]
    needs: tuple[str, ...]
    of: str
    said: str
    key: Callable[[pd.DataFrame, str], pd.Series[str]]
    ready: Callable[[pd.DataFrame, date], pd.DataFrame]

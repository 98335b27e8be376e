"""An extract that arrives in more files than it has tables, and how they become its own.

COLLECT exports a school census as a set of tables that hang on each other: pupils, their needs,
their addresses, their schools. Each is read under its own headers, as any file is; put together
they are what a file in the declared shape would have held.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from jsna.model.contract import Table
from jsna.model.layouts import Shape

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a delivery when it is put together.

    Attributes:
        period: of the delivery.
        day: the day it is counted on.
        codes: every code of the edition's authority, its own first.
        others: tables of other extracts, `extract.table`, as text, as far as they are read.
    """

    period: str
    day: date
    codes: tuple[str, ...] = ()
    others: Mapping[str, pd.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parts:
    """Files of one export.

    An edition names them `part: file`, or `part.set: file` where several exports make up a
    delivery, such as the three terms of a year.

    Attributes:
        tables: the files as they arrive.
        optional: those an export may lack.
        put_together: parts by name, as text with days as year-month-day, of one set -> the
            extract's tables: fields as declared, those that only help to fill others, and
            `source_row`.
        shapes: part and period -> where in its file it stands; None where as any file.
    """

    tables: tuple[Table, ...]
    optional: tuple[str, ...]
    put_together: Callable[[Mapping[str, pd.DataFrame], About], Mapping[str, pd.DataFrame]]
    shapes: Callable[[str, str], Shape | None] = lambda part, period: None

    @property
    def names(self) -> tuple[str, ...]:
        """Of its files."""
        return tuple(table.name for table in self.tables)


def part_of(key: str) -> tuple[str, str]:
    """The part and the set that a key of `files` names."""
    part, _, of = key.partition(".")
    return part, of

"""Tables of a return that stand below each other on one sheet of a workbook, each under its title.

A form is a declaration, beside the extract it is of, as that of an XML is. What a header says in
brackets or on further lines is a note to who fills the workbook in, and is no part of its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StackedTable:
    """One table of the sheet.

    Attributes:
        title: what stands in the first column above its header.
        columns: declared header -> the workbook's; two may stand under one header.
        numbered: the workbook's header of a number that every row has.
    """

    title: str
    columns: Mapping[str, str]
    numbered: str


@dataclass(frozen=True, slots=True)
class Stacked:
    """A workbook of such a sheet.

    Attributes:
        sheet: its name.
        tables: table of the extract -> where it stands.
        titles: of tables that nothing uses.
        unused: headers of what nothing uses.
        apart: rows above each title that are no rows of the table before it.
    """

    sheet: str
    tables: Mapping[str, StackedTable]
    titles: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    apart: int = 0

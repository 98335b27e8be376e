"""A further file from which columns are to be joined: where they stand, and whether it fits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jsna.drafting.cells import Cells
from jsna.errors import JsnaError, Problem
from jsna.ingest.header import plain
from jsna.model.layouts import Place
from jsna.receiving.sheets import sheets_of


@dataclass(frozen=True, slots=True)
class Other:
    """A further file.

    Attributes:
        name: what the mapping calls it.
        file: its name.
        place: where in it the columns stand.
        keys: cells below the header of the key, without case.
    """

    name: str
    file: str
    place: Place
    keys: frozenset[str]

    def share(self, cells: Cells) -> float:
        """Share of the rows of a table whose key it has."""
        good = sum(n for value, n in cells.counts.items() if value in self.keys)
        return good / len(cells.values) if cells.values else 0.0


def other(name: str, file: Path, key: str, columns: list[str]) -> Other:
    """The sheet of a file that has the key and the columns.

    Raises:
        JsnaError: there is none.
    """
    wanted = {plain(key), *map(plain, columns)}
    for sheet in sheets_of(file):
        for row in sheet.candidates:
            if wanted <= {plain(text) for text in sheet.header(row)}:
                every, _ = sheet.columns(row)
                keys = next(one for one in every if one.key == plain(key))
                place = Place(
                    sheet=sheet.title if sheet.sheets > 1 else "",
                    header_row=row if row > 1 else None,
                )
                return Other(name, file.name, place, frozenset(keys.counts))
    shown = ", ".join(repr(text) for text in (key, *columns))
    rule = f"no row of it has the headers {shown}"
    raise JsnaError(Problem(file.name, rule, code="map.beside"))

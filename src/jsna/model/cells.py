"""What a count is a count of: a cell of the micro-data, whichever indicator shows it.

The engine makes the cells of a row's numerator and denominator with the row and writes them beside
it; disclosure control, contributions and explanations read them there. Two indicators that count
the same rows show the same quantity, and hiding it in one of them hides nothing. So a cell says
which rows are counted in terms that can be compared: a set of codes for each column that a
condition, a category, the place or the period constrains.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

PERIOD: Final = "period"
#: Codes that stand for any value no list knows, and for none.
OTHER, MISSING = "\x00other", "\x00missing"

#: Made once: a call of `json.dumps` with other settings than the usual makes one each time.
_AS_TEXT: Final = json.JSONEncoder(ensure_ascii=False).encode

Codes = frozenset[str]
#: Column and the codes it may have, by column; a column not named may have any value or none.
Box = tuple[tuple[str, Codes], ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """Rows of one table.

    Attributes:
        table: the analysis table whose rows they are (`roll` is counted among `pupil`).
        what: what is added up: `rows`, `persons` or a column.
        box: what constrains them, sorted by column.
    """

    table: str
    what: str
    box: Box

    def without(self, column: str) -> Cell:
        """The cell with one column free."""
        for at, (name, _) in enumerate(self.box):
            if name == column:
                return Cell(self.table, self.what, self.box[:at] + self.box[at + 1 :])
        return self

    def codes(self, column: str) -> Codes | None:
        """The codes a column may have; None where it is free."""
        for name, codes in self.box:
            if name == column:
                return codes
        return None

    def label(self) -> str:
        """The cell in words, such as `pupil rows: period 2025, sen_provision E`."""
        words = [_in_words(column, codes) for column, codes in self.box]
        return f"{self.table} {self.what}: {', '.join(words) or 'all'}"

    def text(self) -> str:
        """The cell as JSON, the same for the same cell."""
        box = ", ".join(_as_text(column, codes) for column, codes in self.box)
        return f"[{_AS_TEXT(self.table)}, {_AS_TEXT(self.what)}, {{{box}}}]"

    @staticmethod
    @cache
    def read(text: str) -> Cell:
        """The cell of a text made by `text`; many rows have the same."""
        table, what, box = json.loads(text)
        return make(table, what, {column: frozenset(codes) for column, codes in box.items()})


@cache
def _as_text(column: str, codes: Codes) -> str:
    """A column of a cell as JSON; few are in the cells of very many rows."""
    return f"{_AS_TEXT(column)}: {_AS_TEXT(sorted(codes))}"


@cache
def _in_words(column: str, codes: Codes) -> str:
    """A column of a cell in words; few are in the cells of very many rows."""
    named = sorted(code.replace("\x00", "") for code in codes)
    return f"{column} {named[0]}" if len(named) == 1 else f"{column} in ({', '.join(named)})"


def make(table: str, what: str, box: Mapping[str, Codes]) -> Cell:
    """A cell of a box given in any order."""
    return Cell(table, what, tuple(sorted(box.items(), key=lambda pair: pair[0])))

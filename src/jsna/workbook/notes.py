"""Notes of rows, numbered in the order they are first met, and what is said on the cover."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from jsna.model.indicators import Indicator
from jsna.model.schema import STATUS_WORDS
from jsna.view import words
from jsna.view.rows import Measures, Row
from jsna.workbook.book import Sheet

#: What stands in a cell of words that has nothing to say: an empty one would be taken for a gap.
NONE: Final = "none"


class Notes:
    """Collects the notes of rows.

    Args:
        view: safe measures of the edition.
    """

    def __init__(self, view: Measures) -> None:
        self._view = view
        self._numbers: dict[str, int] = {}

    def of(self, rows: Iterable[Row | None], indicator: Indicator) -> str:
        """References to what is said of some rows of one indicator: `[note 1], [note 4]`."""
        found: list[str] = []
        for row in rows:
            if row is None:
                continue
            if row.status == "u" and row.shown:
                # The number stands as a number; what is to be said of it stands here.
                found.append(f"[u] {words.area_label(row.area_code, self._view.config)}")
            said = (row.note, self._view.recodings.reason(indicator.id, row.split))
            found += [f"[note {self._number(text)}]" for text in said if text]
        return ", ".join(dict.fromkeys(found)) or NONE

    def _number(self, text: str) -> int:
        return self._numbers.setdefault(" ".join(text.split()), len(self._numbers) + 1)

    def sheet(self) -> Sheet:
        """The sheet of shorthand and notes."""
        shorthand = [(mark, _sentence(STATUS_WORDS[s])) for s, mark in words.SYMBOLS.items()]
        notes = [(f"note {number}", text) for text, number in self._numbers.items()]
        return Sheet(
            name="Notes",
            table="notes",
            title="Shorthand and notes",
            header=("Shorthand or note", "What it means"),
            rows=(*shorthand, *notes),
        )


def _sentence(text: str) -> str:
    return f"{words.upper_first(text)}."

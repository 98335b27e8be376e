"""Whether cells can be those of a declared column: the share that reads as one, by any form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from jsna.drafting.cells import NEARLY_ALL, Cells
from jsna.drafting.guess import identifier
from jsna.ingest.dates import Written, read
from jsna.ingest.header import plain
from jsna.ingest.layout import in_order
from jsna.model.contract import Column
from jsna.model.layouts import Dates
from jsna.shared import patterns

#: Code list -> code -> label, and further codes that count as one of them -> which.
Lists = Mapping[str, Mapping[str, str]]
#: What may say that there is no value, or be a code: asked about, and no name.
MAY_BE_EMPTY: Final = frozenset(
    {"none", "nil", "na", "unknown", "not known", "not recorded", "not stated", "blank", "n/k"}
)
ORDERS: Final[tuple[Dates, ...]] = ("day first", "month first", "year first")
_YES_NO: Final = frozenset({"true", "t", "yes", "y", "1", "false", "f", "no", "n", "0"})
_NUMBER: Final = r"-?£?\d[\d,]*(\.\d+)?%?"
_SHAPES: Final[Mapping[str, str]] = {
    "postcode": r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}",
    "upn": patterns.UPN,
    "former_upn": patterns.UPN,
    "uln": patterns.TEN_DIGITS,
    "nhs_number": r"\d{3}[ -]?\d{3}[ -]?\d{4}",
}


@dataclass(frozen=True, slots=True)
class Held:
    """Codes of the lists as files write them.

    Attributes:
        lists: code list -> code -> label, of all there are.
        rolls: code list -> further code -> the code it counts as.
        until: code list -> code in capitals -> the last return that has it.
    """

    lists: Lists
    rolls: Lists
    until: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def spelt(self, column: Column) -> dict[str, str]:
        """What a file in the declared shape may write -> the code it is read as, without case.

        A further code that ends with a return stays itself: a mapping holds for every year, and
        what the code counts as in that of the file a build says.
        """
        if column.type == "boolean":
            return {text: "true" if text in _TRUE else "false" for text in _YES_NO}
        own = self.lists.get(str(column.codes), {})
        found = {c.lstrip("0").casefold(): c for c in own if c.isdigit()}
        found |= {code.casefold(): code for code in own}
        ended = self.ended(column)
        found |= {
            text.casefold(): text if text.upper() in ended else code
            for text, code in self.rolls.get(str(column.codes), {}).items()
        }
        return found | {text.casefold(): code for text, code in column.spellings}

    def former(self, text: str, code: str, column: Column) -> bool:
        """Whether a text is a former code of a list that counted as a code, and no longer does."""
        rolls = {said.upper(): to for said, to in self.rolls.get(str(column.codes), {}).items()}
        return text.upper() in self.ended(column) and rolls.get(text.upper()) == code

    def ended(self, column: Column) -> Mapping[str, int]:
        """Code in capitals -> the last return that has it, of those that end with one."""
        return self.until.get(str(column.codes), {})

    def labels(self, column: Column) -> dict[str, str]:
        """Code -> its label."""
        if column.type == "boolean":
            return {"true": "Yes", "false": "No"}
        return dict(self.lists.get(str(column.codes), {}))


_TRUE: Final = frozenset({"true", "t", "yes", "y", "1"})


def filled(cells: Cells) -> Counter[str]:
    """Cell as written -> how many, without those that say that there is no value."""
    return Counter(value for value in cells.values if value.casefold() not in patterns.NOTHING)


def share(cells: Cells, column: Column, held: Held) -> float | None:
    """Share of the cells that can be the column's; None where they say nothing for or against it.

    Args:
        cells: what stands below a header.
        column: the declared column.
        held: the codes there are.
    """
    said = filled(cells)
    total = sum(said.values())
    if not total:
        return None
    if column.type == "date":
        return max(_days(said, order) for order in ("", *ORDERS)) / total
    if column.type in ("integer", "number"):
        return _matching(said, _NUMBER) / total
    if column.identifier in _SHAPES:
        return _matching(said, _SHAPES[str(column.identifier)]) / total
    if column.codes is not None or column.type == "boolean":
        return _coded(said, column, held)
    if column.pattern is not None:
        return _matching(said, column.pattern) / total
    if kind := identifier(cells):
        return 1.0 if kind == column.identifier else 0.0
    return None


def _matching(said: Mapping[str, int], pattern: str) -> int:
    shape = re.compile(rf"({pattern})(\.0+)?", re.IGNORECASE)
    return sum(times for value, times in said.items() if shape.fullmatch(value))


def _days(said: Mapping[str, int], order: Dates) -> int:
    return sum(
        times
        for value, times in said.items()
        if isinstance(read(in_order(value, order) if order else value), Written)
    )


def _coded(said: Mapping[str, int], column: Column, held: Held) -> float | None:
    """Share of the cells that are codes or labels of the list; None where they may be a system's.

    Codes of a system's own are known by how few different ones there are.
    """
    own = {plain(label) for label in held.labels(column).values()} | held.spelt(column).keys()
    good = sum(n for v, n in said.items() if v.casefold() in own or plain(v) in own)
    found = good / sum(said.values())
    few = len(said) <= max(12, 2 * len(held.labels(column)))
    return None if few and found < NEARLY_ALL else found

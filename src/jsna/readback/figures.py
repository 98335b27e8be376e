"""Finds the measure of a number in a workbook by what stands beside and above it, in words.

A workbook carries no keys. That a row of it says "January 2025" and "Autism" is therefore read like
any reader reads it, and what it leads to is looked up in the safe measures.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from jsna.model.schema import STATUS_WORDS, TOTAL
from jsna.readback.printed import Measure, digits

#: Text, or a number: what stands in a cell.
Value: TypeAlias = str | float
#: How the source of what is counted here begins.
COUNTED: Final = "local:"
#: Period type -> what stands before a period of it.
_BEFORE: Final = {"january": "January ", "31_march": "31 March ", "mid_year": "mid-"}
#: What follows the name of an area over its published figures, where local ones stand beside them.
PUBLISHED: Final = ", published"
#: How a column of a field is headed, after the name of the area where it is of one.
FIELDS: Final = {
    "value": "value",
    "lower 95% limit": "lower_95",
    "upper 95% limit": "upper_95",
    "number": "numerator",
    "out of": "denominator",
}
#: Symbols that may stand for limits and counts a figure has not.
_NONE: Final = ("[x]", "[z]")


@dataclass(frozen=True, slots=True)
class Named:
    """A measure as readers know it.

    Attributes:
        key: its key.
        title: of its indicator.
        period, period_type, breakdown: codes.
        local: whether it was counted here, and not published by others.
        places: what its area may be called.
        groups: what its group may be called; none of a total of a whole area.
        split: what it is split by, in words; None where that is not known.
    """

    key: str
    title: str
    period: str
    period_type: str
    breakdown: str
    local: bool
    places: frozenset[str]
    groups: frozenset[str]
    split: str | None


class Figures:
    """Looks measures up by words.

    Args:
        named: every measure in words.
        measures: every measure by key.
    """

    def __init__(self, named: Iterable[Named], measures: Mapping[str, Measure]) -> None:
        self._measures = measures
        self._of_place: dict[tuple[str, str, str], list[Named]] = {}
        self._of_group: dict[tuple[str, str, str], list[Named]] = {}
        for one in named:
            period = _BEFORE.get(one.period_type, "") + one.period
            if one.breakdown == TOTAL:
                for place in one.places:
                    self._of_place.setdefault((one.title, period, place), []).append(one)
            for group in one.groups:
                self._of_group.setdefault((one.title, period, group), []).append(one)

    def of_place(self, title: str, period: str, head: str) -> list[Measure]:
        """The measures a row and a heading may mean; counted here, where both kinds are there."""
        place = head.removesuffix(PUBLISHED)
        found = self._of_place.get((title, period, place), [])
        local = [one for one in found if one.local]
        if head != place:
            found = [one for one in found if not one.local]
        return [self._measures[one.key] for one in (local if local and head == place else found)]

    def local(self, title: str, period: str, place: str) -> bool:
        """Whether there is a figure that is counted here."""
        return any(one.local for one in self._of_place.get((title, period, place), []))

    def of_group(self, title: str, period: str, split: str, group: str) -> list[Measure]:
        """The measures a row of groups may mean."""
        found = self._of_group.get((title, period, group), [])
        return [self._measures[one.key] for one in found if one.split in (None, split)]


def expected(measure: Measure, field: str) -> Sequence[Value]:
    """What may stand in a cell for a field of a measure, the likeliest first."""
    value = measure.number(field)
    if not math.isfinite(value):
        if math.isfinite(measure.number("value")):
            return _NONE
        return (f"[{measure.status if STATUS_WORDS.get(measure.status) else 'x'}]",)
    plain = digits(value, measure.places(field))
    vanished = value > 0 and not any(digit in plain for digit in "123456789")
    if field == "value" and (measure.status == "low" or (vanished and not measure.status)):
        return ("[low]",)
    return (float(plain.replace(",", "").replace("−", "-")),)

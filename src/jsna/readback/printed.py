"""How a measure may be printed, worked out anew: nothing here comes from the report.

Rounding is done on whole numbers of the last printed place, half away from zero on the digits a
reader sees; thousands are set apart by commas.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jsna.model.schema import ADJUSTED, KEY, MEASURED, MULTIPLIERS, NUMBERS, STATUS_WORDS
from jsna.readback.blocks import Cell

#: What may follow a value of each unit; the bare number may always stand.
UNITS: Final = {
    "percent": "%",
    "per_100": " per 100",
    "per_1000": " per 1,000",
    "per_10000": " per 10,000",
    "percentage_points": " percentage points",
    **{unit: f" {unit}" for unit in MEASURED},
}
#: What stands in a chart for a value that is not there, by status.
_WORDS: Final = {
    "c": ("hidden", "[c]"),
    "z": ("not applicable", "[z]"),
    "x": ("not available", "[x]"),
    "low": ("rounds to 0",),
}
_COUNTS: Final = ("numerator", "denominator")
#: Fields that are the limits of one figure less another.
DIFFERENCES: Final = ("difference_low", "difference_high")
#: A value a hair below a half is a half to a reader: arithmetic carries errors of its own.
_HAIR: Final = 5e-13


@dataclass(frozen=True, slots=True)
class Measure:
    """One safe measure: its numbers by field, and what of it decides how they are printed."""

    numbers: tuple[float, ...]
    unit: str
    status: str
    decimals: int
    mark: str = ""
    method: str = ""

    @property
    def doubted(self) -> bool:
        """Whether the auditor of releases doubts the figure itself."""
        return bool({"zero", "doubt"} & set(self.mark.split("+")))

    def number(self, field: str) -> float:
        """The number of a field."""
        return self.numbers[NUMBERS.index(field)]

    def exact(self) -> float:
        """Its value as its counts give it, where they are known; a publisher rounds."""
        top, base = self.number("numerator"), self.number("denominator")
        quotient = self.unit != "count" and self.method not in ADJUSTED
        if quotient and math.isfinite(top) and base > 0:
            return top / base * MULTIPLIERS[self.unit]
        return self.number("value")

    def places(self, field: str) -> int:
        """Decimals a field is printed with."""
        return 0 if self.unit == "count" or field in _COUNTS else self.decimals


def measures(frame: pd.DataFrame, decimals: Mapping[str, int]) -> dict[str, Measure]:
    """Safe measures by the key the outputs carry: the key columns without the edition.

    Args:
        frame: safe measures.
        decimals: indicator -> decimals it is printed with.
    """
    keys = map("~".join, zip(*(frame[name].tolist() for name in KEY[1:]), strict=True))
    numbers = zip(*(frame[name].tolist() for name in NUMBERS), strict=True)
    columns = ("unit", "status", "indicator", "mark", "method")
    rest = zip(*(frame[name].tolist() for name in columns), strict=True)
    return {
        key: Measure(own, unit, status, decimals.get(indicator, 1), *others)
        for key, own, (unit, status, indicator, *others) in zip(keys, numbers, rest, strict=True)
    }


def digits(value: float, decimals: int) -> str:
    """`12,317`, `5.5`, `−0.3`."""
    units = math.floor(abs(value) * 10**decimals * (1 + _HAIR) + 0.5)
    whole, part = divmod(units, 10**decimals)
    text = f"{whole:_}".replace("_", ",")
    if decimals:
        text += f".{part:0{decimals}d}"
    return f"−{text}" if value < 0 and units else text


def accepted(measure: Measure, cell: Cell, place: str) -> tuple[str, ...]:
    """Every way a cell may print its measure, the likeliest first; empty where none is known.

    Args:
        measure: the measure of its key.
        cell: what stands in the output.
        place: element it stands in: shorthand belongs to tables and charts, words to prose.
    """
    if cell.field not in NUMBERS:
        return ()
    value = measure.number(cell.field)
    if not math.isfinite(value):
        if cell.status is not None:
            return (f"[{measure.status}]",) if measure.status in STATUS_WORDS else ()
        return _WORDS.get(measure.status, _WORDS["x"]) if place == "text" else ()
    plain = digits(value, measure.places(cell.field))
    if cell.field in _COUNTS:
        return (plain,)
    unit = UNITS.get(measure.unit, "")
    vanished = value > 0 and not any(digit in plain for digit in "123456789")
    if measure.unit in MEASURED and (_least(measure) if vanished else plain) in ("1", "−1"):
        unit = unit.rstrip("s")
    status = measure.status if cell.field == "value" else ""
    if place == "text" and vanished and not status:
        return (f"<{_least(measure)}{unit}", f"<{_least(measure)}")
    if place in ("td", "listing", "text"):
        if vanished and not status and cell.field == "value":
            status = "low"
        after = f" [{status}]" if status in ("low", "u") else ""
        return tuple(dict.fromkeys((f"{plain}{after}", f"{plain}{unit}{after}")))
    if vanished and measure.unit != "count":
        least = (f"less than {_least(measure)}{unit}", f"less than {_least(measure)}")
        # A limit that rounds to nought is no finding, and may stand as it is rounded.
        return least if cell.field == "value" else (*least, plain + unit, plain)
    return tuple(dict.fromkeys((plain + unit, plain)))


def _least(measure: Measure) -> str:
    """The least number above nothing that is printed."""
    return f"0.{'1'.rjust(measure.decimals, '0')}" if measure.decimals else "1"


def difference(measure: Measure, less: Measure, field: str) -> str:
    """A limit of one figure less another, as prose prints it; empty where one has no limits.

    Newcombe's: the squares of how far the limits of each lie from it, added up.
    """
    sides = (("lower_95", "upper_95"), ("upper_95", "lower_95"))[field == DIFFERENCES[1]]
    first, second = measure.exact(), less.exact()
    reach = math.hypot(first - measure.number(sides[0]), less.number(sides[1]) - second)
    if not math.isfinite(reach):
        return ""
    apart = first - second - reach if field == DIFFERENCES[0] else first - second + reach
    return digits(apart, measure.decimals)


def percent_of(measure: Measure, whole: Measure) -> str:
    """One value as a percentage of another; empty where either is hidden, or the other nought."""
    top, base = measure.number("value"), whole.number("value")
    if not (math.isfinite(top) and math.isfinite(base)) or not base:
        return ""
    return digits(100 * top / base, 1) + "%"


def rest(measure: Measure) -> str:
    """How many of those a share is of are not in it; empty where a count is not known."""
    left = measure.number("denominator") - measure.number("numerator")
    return digits(left, 0) if math.isfinite(left) else ""


def excess(measure: Measure, other: Measure) -> str:
    """How many more or fewer are counted than at the other's rate; empty where nobody knows."""
    apart = abs(measure.exact() - other.exact())
    many = apart * measure.number("denominator") / MULTIPLIERS[measure.unit]
    return digits(many, 0) if math.isfinite(many) else ""


def ratio(measure: Measure, over: Measure) -> str:
    """How many times one value is the other, as charts print it; empty where either is hidden."""
    top, base = measure.number("value"), over.number("value")
    if not (math.isfinite(top) and math.isfinite(base)) or not base:
        return ""
    return f"{digits(top / base, 1)} times"

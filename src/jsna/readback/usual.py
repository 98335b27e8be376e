"""Between what an area's figure would be usual among its neighbours, worked out anew.

Nothing here comes from the judge: figures and limits are those of `safe/`, and the neighbours are
all other authorities that have a figure of the same thing, counted in the same way.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from jsna.model.schema import KEY
from jsna.readback.printed import Measure, digits

#: Fields that are the ends of such a range.
ENDS: Final = ("usual_low", "usual_high")
#: The normal deviate of limits as they are published.
_NEAR: Final = 1.959963984540054
#: Among fewer neighbours nothing is usual.
_FEWEST: Final = 3
#: Powers above this are more than a number of the machine.
_MOST: Final = 700.0
_AREA, _GEOGRAPHY = (KEY.index(name) - 1 for name in ("area_code", "geography"))
_AUTHORITY: Final = "authority"


def printed(measures: Mapping[str, Measure], key: str, field: str) -> str:
    """An end of the range; empty where there is none.

    Args:
        measures: every measure by its key.
        key: of the area's figure.
        field: which end.
    """
    home, parts = measures[key], key.split("~")
    before = "~".join(parts[:_AREA]) + "~"
    after = "~" + "~".join(parts[_AREA + 1 :])
    others = [
        own
        for other, own in measures.items()
        if other.startswith(before)
        and other.endswith(after)
        and other.count("~") == key.count("~")
        and other != key
        and math.isfinite(own.number("value"))
        and not own.doubted
    ]
    if parts[_GEOGRAPHY] != _AUTHORITY or len(others) < _FEWEST:
        return ""
    low, high = _range(home, others)
    end = low if field == ENDS[0] else high
    return digits(end, home.places("value")) if math.isfinite(end) else ""


def _range(home: Measure, others: Sequence[Measure]) -> tuple[float, float]:
    """Mean of the others, and as far to both sides as Student's t takes one more of their kind."""
    from scipy.special import stdtrit

    every = [one.exact() for one in (home, *others)]
    logit = home.unit == "percent" and all(0 < one < 100 for one in every)
    log = home.unit.startswith("per_") and all(one > 0 for one in every)

    def there(one: float) -> float:
        if logit:
            return math.log(one) - math.log(100 - one) if 0 < one < 100 else math.nan
        return (math.log(one) if one > 0 else math.nan) if log else one

    own = [there(one) for one in every]
    errors = [
        _error(value, there(one.number("lower_95")), there(one.number("upper_95")))
        for value, one in zip(own, (home, *others), strict=True)
    ]
    n = len(others)
    mean = math.fsum(own[1:]) / n
    variance = math.fsum((one - mean) ** 2 for one in own[1:]) / (n - 1)
    chance = math.fsum(one**2 for one in errors[1:]) / n
    spread = math.sqrt(max(variance - chance, 0.0) + errors[0] ** 2 + variance / n)
    reach = float(stdtrit(n - 1, 0.975)) * spread
    ends = [mean - reach, mean + reach]
    if logit:
        ends = [100 / (1 + math.exp(min(-end, _MOST))) for end in ends]
    elif log:
        ends = [math.exp(end) if end < _MOST else math.inf for end in ends]
    if home.unit == "percent" or home.unit.startswith("per_"):
        ends[0] = max(ends[0], 0.0)
    return ends[0], min(ends[1], 100.0) if home.unit == "percent" else ends[1]


def _error(value: float, low: float, high: float) -> float:
    """A standard error from the further of both limits that there are; 0 where there is none."""
    halves = [half for half in (value - low, high - value) if math.isfinite(half)]
    return max([0.0, *halves]) / _NEAR

"""The one door for the indicator engine: a method by name, and the four limits it stores."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jsna.measures.methods.arrays import Floats, Interval, Words
from jsna.measures.methods.means import mean_t, mean_t_summary
from jsna.measures.methods.proportions import proportion_wilson
from jsna.measures.methods.rates import rate_byar
from jsna.measures.methods.standardised import dsr_dobson, isr_byar

MethodName: TypeAlias = Literal[
    "proportion_wilson", "rate_byar", "mean_t", "dsr_dobson", "isr_byar"
]
METHOD_NAMES: Final[tuple[str, ...]] = get_args(MethodName)

#: Levels of the limits the measure table stores, in the order of `Limits`.
STORED: Final = (0.95, 0.998)


class Limits(NamedTuple):
    """Values with both stored pairs of limits, every array of shape (n,).

    Attributes:
        value, lower_95, upper_95, lower_998, upper_998: as in the measure table; NaN where there
            is none.
        reason: why a value or its limits are NaN; empty where they stand.
        area: the area of each result for methods that add rows up, sorted; otherwise None.
    """

    value: Floats
    lower_95: Floats
    upper_95: Floats
    lower_998: Floats
    upper_998: Floats
    reason: Words
    area: NDArray[np.generic] | None = None


def stored_limits(interval: Interval) -> Limits:
    """Any method's result at `confidence=STORED`, as the four columns of the measure table.

    Raises:
        ValueError: the interval does not hold exactly the stored levels.
    """
    if interval.lower.shape != (len(STORED), *interval.value.shape):
        raise ValueError("interval: must have been calculated with confidence=STORED")
    (lower_95, lower_998), (upper_95, upper_998) = interval.lower, interval.upper
    return Limits(
        interval.value, lower_95, upper_95, lower_998, upper_998, interval.reason, interval.area
    )


def interval(
    method: MethodName,
    numerator: ArrayLike,
    denominator: ArrayLike | None = None,
    multiplier: float = 1.0,
    *,
    standard_deviation: ArrayLike | None = None,
    standard_population: ArrayLike | None = None,
    reference_numerator: ArrayLike | None = None,
    reference_denominator: ArrayLike | None = None,
    area: ArrayLike | None = None,
) -> Limits:
    """Values and limits by one of the named methods, with both stored levels.

    Args:
        method: one of `METHOD_NAMES`.
        numerator: count, events, sum of values, or (for "mean_t" without a denominator) the
            values themselves.
        denominator: population, or number of values. NaN where nobody is in it: 0 is an error.
        multiplier: of the value and its limits.
        standard_deviation: "mean_t" from sums.
        standard_population: "dsr_dobson".
        reference_numerator, reference_denominator: "isr_byar".
        area: adds rows up by area; "dsr_dobson", "isr_byar" and "mean_t" from values.

    Raises:
        ValueError: an unknown method, an argument it needs and lacks or does not take, or
            whatever the method itself refuses.
    """
    given = {
        "denominator": denominator,
        "standard_deviation": standard_deviation,
        "standard_population": standard_population,
        "reference_numerator": reference_numerator,
        "reference_denominator": reference_denominator,
        "area": area,
    }
    from_values = method == "mean_t" and denominator is None
    _check_arguments("mean_t of values" if from_values else method, given)
    arrays = [value for name, value in given.items() if value is not None and name != "area"]
    match method:
        case "proportion_wilson":
            found = proportion_wilson(numerator, *arrays, multiplier=multiplier, confidence=STORED)
        case "rate_byar":
            found = rate_byar(numerator, *arrays, multiplier=multiplier, confidence=STORED)
        case "mean_t" if from_values:
            found = mean_t(numerator, area=area, multiplier=multiplier, confidence=STORED)
        case "mean_t":
            found = mean_t_summary(numerator, *arrays, multiplier=multiplier, confidence=STORED)
        case "dsr_dobson":
            found = dsr_dobson(
                numerator, *arrays, area=area, multiplier=multiplier, confidence=STORED
            )
        case "isr_byar":
            found = isr_byar(
                numerator, *arrays, area=area, multiplier=multiplier, confidence=STORED
            )
    return stored_limits(found)


#: What each method needs beside the numerator, in the order its function takes them; and
#: whether it takes `area`.
_NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "proportion_wilson": ("denominator",),
    "rate_byar": ("denominator",),
    "mean_t": ("denominator", "standard_deviation"),
    "mean_t of values": (),
    "dsr_dobson": ("denominator", "standard_population"),
    "isr_byar": ("denominator", "reference_numerator", "reference_denominator"),
}
_BY_AREA: Final = ("mean_t of values", "dsr_dobson", "isr_byar")


def _check_arguments(method: str, given: dict[str, ArrayLike | None]) -> None:
    """Raise ValueError for an unknown method, or arguments that are not the ones it takes."""
    if method not in _NEEDS:
        raise ValueError(f"method: {method!r} is not one of {', '.join(METHOD_NAMES)}")
    named = {name for name, value in given.items() if value is not None}
    needed = set(_NEEDS[method])
    allowed = needed | ({"area"} if method in _BY_AREA else set())
    if missing := sorted(needed - named):
        raise ValueError(f"{method}: needs {', '.join(missing)}")
    if extra := sorted(named - allowed):
        raise ValueError(f"{method}: does not take {', '.join(extra)}")

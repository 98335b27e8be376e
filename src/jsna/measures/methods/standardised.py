"""Rates and ratios made comparable between areas of different age (or other) make-up.

Rows are strata (say, age bands) of areas in long form; results are one per area, in sorted order.

Sources: Dobson AJ, Kuulasmaa K, Eberle E, Scherer J. Confidence intervals for weighted sums of
Poisson parameters. Stat Med 1991;10:457-62; Breslow NE, Day NE. Statistical Methods in Cancer
Research vol. II. IARC 1987.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from jsna.measures.methods.arrays import (
    MISSING,
    Confidence,
    Floats,
    Interval,
    floats,
    grouped,
    normal_quantile,
    not_negative,
    positive,
    same_shape,
    scale,
    totals,
    upper_tail,
)
from jsna.measures.methods.rates import byar_limits, checked_events, count_limits

#: Under this many events in all a directly standardised rate is too unstable to give.
FEWEST_EVENTS: Final = 10
TOO_FEW_EVENTS: Final = f"fewer than {FEWEST_EVENTS} events"
NONE_EXPECTED: Final = "no events are expected"


def dsr_dobson(
    events: ArrayLike,
    population: ArrayLike,
    standard_population: ArrayLike,
    *,
    area: ArrayLike | None = None,
    missing_events_are_zero: bool = False,
    multiplier: float = 1.0,
    confidence: Confidence = 0.95,
) -> Interval:
    """Directly standardised rates Σ(w·x/n)/Σw × multiplier with Dobson's limits.

    With O events in all and V = Σ x·(w/n)²/(Σw)², a limit is the rate plus √(V/O) times the
    distance from O to Byar's limit for O. A lower limit that would be negative, which a few
    events with very unequal weights can give, is 0. Not calculated under 10 events.

    Args:
        events: events in each stratum of each area, shape (rows,).
        population: people in the stratum, same shape.
        standard_population: weight of the stratum in the standard, same shape.
        area: which area each row is in; without it, all rows are one.
        missing_events_are_zero: take a missing number of events as none. Only for sources that
            leave cells without events blank: never where blanks are suppressed.
        multiplier: for a rate per so many.
        confidence: one level, or several.

    Raises:
        ValueError: events or weights below 0, population 0 or below, an area without weight.
    """
    x, n = checked_events(events, population)
    w = floats("standard_population", standard_population)
    same_shape(events=x, standard_population=w)
    not_negative("standard_population", w)
    labels, codes, groups = grouped(area, x)
    if missing_events_are_zero:
        x = np.where(np.isnan(x), 0.0, x)
    factor = scale(multiplier)

    weight = totals(codes, groups, w)
    positive("standard_population added up by area", weight)
    observed = totals(codes, groups, x)
    rate = totals(codes, groups, x * w / n) / weight
    variance = totals(codes, groups, x * (w / n) ** 2) / weight**2

    missing = np.isnan(rate)
    few = ~missing & (observed < FEWEST_EVENTS)
    o = np.where(few | missing, np.nan, observed)
    rate = np.where(few, np.nan, rate)
    spread = np.sqrt(variance / o)
    low, high = byar_limits(o, normal_quantile(upper_tail(confidence, o.ndim)))
    reason = np.select([missing, few], [MISSING, TOO_FEW_EVENTS], "").astype(np.str_)
    return Interval(
        rate * factor,
        np.maximum(rate + spread * (low - o), 0.0) * factor,
        (rate + spread * (high - o)) * factor,
        reason,
        labels,
    )


def isr_byar(
    events: ArrayLike,
    population: ArrayLike,
    reference_events: ArrayLike,
    reference_population: ArrayLike,
    *,
    area: ArrayLike | None = None,
    missing_events_are_zero: bool = False,
    multiplier: float = 1.0,
    confidence: Confidence = 0.95,
) -> Interval:
    """Indirectly standardised ratios: observed over expected events × multiplier.

    Limits are those of the observed count (exact under 10, else Byar's) over the expected.

    Args:
        events: events in each stratum of each area, shape (rows,).
        population: people in the stratum, same shape.
        reference_events, reference_population: the same for the reference population (say,
            England), repeated for every area, same shape.
        area: which area each row is in; without it, all rows are one.
        missing_events_are_zero: as for `dsr_dobson`.
        multiplier: 1 for a ratio, 100 for a ratio in percent.
        confidence: one level, or several.

    Raises:
        ValueError: events below 0, populations 0 or below.
    """
    x, n = checked_events(events, population)
    same_shape(events=x, reference_events=floats("reference_events", reference_events))
    labels, codes, groups = grouped(area, x)
    if missing_events_are_zero:
        x = np.where(np.isnan(x), 0.0, x)
    factor = scale(multiplier)

    observed = totals(codes, groups, x)
    expected = expected_events(n, reference_events, reference_population, area=area)
    missing = np.isnan(observed) | np.isnan(expected)
    none = ~missing & (expected == 0)
    base = np.where(none, np.nan, expected)
    low, high = count_limits(observed, upper_tail(confidence, observed.ndim))
    reason = np.select([missing, none], [MISSING, NONE_EXPECTED], "").astype(np.str_)
    return Interval(
        observed / base * factor, low / base * factor, high / base * factor, reason, labels
    )


def expected_events(
    population: ArrayLike,
    reference_events: ArrayLike,
    reference_population: ArrayLike,
    *,
    area: ArrayLike | None = None,
) -> Floats:
    """Events each area would have at the reference's rates: Σ population · reference rate.

    Shapes and errors are those of `isr_byar`; results are in sorted order of `area`.
    """
    n = floats("population", population)
    x_ref, n_ref = checked_events(reference_events, reference_population, " of the reference")
    same_shape(population=n, reference_events=x_ref)
    positive("population", n)
    _, codes, groups = grouped(area, n)
    return totals(codes, groups, x_ref / n_ref * n)

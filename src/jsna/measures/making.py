"""Values and limits that are made of what was kept of the rows, where counts do not give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from jsna.errors import JsnaError, Problem
from jsna.measures.methods import (
    STORED,
    Interval,
    Limits,
    dsr_dobson,
    mean_t_summary,
    order_statistics,
    quantile,
    standardised,
    stored_limits,
    survival,
    wait,
)
from jsna.measures.values import CALCULATED, Floats
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator

#: Why a standardised rate is not given, beside too few events.
EMPTY: Final = "a group of the standard population is empty"
#: Why it is not given, though there are events enough in all.
FEW_IN_GROUP: Final = "few events in a group of the standard population"
#: Why a method gives no value -> the reason of the row, and its note.
_NOT_GIVEN: Final = {
    order_statistics.TOO_FEW: ("few_values", "Too few lie on one side of it for it to be given."),
    standardised.TOO_FEW_EVENTS: ("few_events", "Too few were counted for a standardised rate."),
    EMPTY: ("empty_group", "Nobody is in one of the groups it is standardised by."),
    FEW_IN_GROUP: (
        "few_in_group",
        "Too few were counted in one of the groups it is standardised by.",
    ),
    survival.NOT_REACHED: (
        "still_waiting",
        "Too many were still waiting for it to be known.",
    ),
}


def fill(
    frame: pd.DataFrame,
    what: Sequence[tuple[Any, ...]],
    indicators: Mapping[str, Indicator],
    config: Configuration,
) -> None:
    """Fill value and limits that are made of what was kept, in place.

    Args:
        frame: rows with counts, and the values and limits that counts alone give.
        what: what was kept of each row, in the order of `kept`; () of most.
        indicators: the declarations.
        config: profiles, which say how few may lie beyond what is given of a quantile.
    """
    columns = list(CALCULATED)
    result = frame[columns].to_numpy(dtype=np.float64, copy=True)
    places: Any = frame.groupby("indicator", sort=False).indices
    status = frame["status"].to_numpy(dtype=object)
    said = frame[["status", "reason", "note"]].to_numpy(dtype=object, copy=True)
    for name, rows in places.items():
        indicator = indicators[name]
        rows = rows[status[rows] == ""]
        if indicator.method not in _MADE or not len(rows):
            continue
        fewest = max(config.profile(frame["profile"].iloc[rows[0]]).threshold, 1)
        counts = frame.iloc[rows][["numerator", "denominator"]].to_numpy(dtype=np.float64)
        of = [what[row] for row in rows]
        made = _MADE[indicator.method](indicator, counts, of, fewest)
        result[rows] = np.column_stack([getattr(made, name) for name in CALCULATED])
        result[rows] *= indicator.multiplier
        for row, why in zip(rows, made.reason, strict=True):
            if why in _NOT_GIVEN:
                reason, note = _NOT_GIVEN[why]
                said[row] = "x", reason, f"{said[row][2]} {note}".strip()
    frame[columns] = result
    frame[["status", "reason", "note"]] = said


def _means(
    indicator: Indicator, counts: Floats, what: Sequence[tuple[Any, ...]], fewest: int
) -> Limits:
    """Means and their limits from how many values there are and two sums."""
    total, count = counts.T
    squares = np.array([of for (of,) in what], dtype=np.float64)
    # About the mean; what is below nought is rounding, of values all alike.
    apart = np.maximum(squares - total**2 / count, 0.0)
    deviation = np.sqrt(apart / np.where(count > 1, count - 1, np.nan))
    return stored_limits(mean_t_summary(total, count, deviation, confidence=STORED))


def _standardised(
    indicator: Indicator, counts: Floats, what: Sequence[tuple[Any, ...]], fewest: int
) -> Limits:
    """Directly standardised rates and their limits, from both counts in each group.

    Weights and residents are public, so that a rate and the number of events say much of how many
    events are in each group: it is given where that is nought or enough to be shown in each.

    Raises:
        JsnaError: some of those counted are in no group of the standard population.
    """
    assert indicator.standard is not None
    weights = [*indicator.standard.population.values()]
    strata = np.array(what, dtype=np.float64)
    events, people = strata[:, : len(weights)], strata[:, len(weights) :]
    outside = counts != np.array([events.sum(axis=1), people.sum(axis=1)]).T
    if outside.any():
        rule = (
            f"counts some who are in no group of `standard.population`; leave them out of "
            f"`where` of both sides, as in `{indicator.standard.by} is not null`"
        )
        where = f"config/indicators/{indicator.chapter or '?'}.yaml"
        raise JsnaError(Problem(where, rule, column=f"{indicator.id}.standard", code="indicator"))
    empty = (people == 0).any(axis=1)
    rows = np.repeat(np.arange(len(strata)), len(weights))
    given = np.where(empty[:, None], 1.0, people).ravel(), np.tile(weights, len(strata))
    events = np.where(empty[:, None], np.nan, events)
    found = stored_limits(dsr_dobson(events.ravel(), *given, area=rows, confidence=STORED))
    # With more digits only one set of counts of the groups would give it.
    made = {name: _printed(getattr(found, name), indicator) for name in CALCULATED}
    made["value"] = np.where(made["value"] > 0, made["value"], _digit(found.value))
    few = ((events > 0) & (events < fewest)).any(axis=1) & (found.reason == "")
    made = {name: np.where(few, np.nan, numbers) for name, numbers in made.items()}
    reason = np.select([empty, few], [EMPTY, FEW_IN_GROUP], found.reason)
    return found._replace(**made, reason=reason, area=None)


def _printed(numbers: Floats, indicator: Indicator) -> Floats:
    """Values or limits, before the multiplier, to the decimals that are printed; half goes up."""
    step = 10.0**indicator.decimals * indicator.multiplier
    return np.asarray(np.floor(numbers * step + 0.5) / step)


def _digit(numbers: Floats) -> Floats:
    """The first digit of each, for what is low and is not nought; nought and NaN stay."""
    some = numbers > 0
    size = 10.0 ** np.floor(np.log10(np.where(some, numbers, 1.0)))
    return np.where(some, np.floor(numbers / size) * size, numbers)


def _of_values(method: Callable[..., Interval]) -> Callable[..., Limits]:
    """Quantiles and their limits by a method, to the decimals that are printed.

    More of them would be one child's own value to the last digit.
    """

    def made(
        indicator: Indicator, counts: Floats, what: Sequence[tuple[Any, ...]], fewest: int
    ) -> Limits:
        share = indicator.percentile / 100
        found = [
            method(*(of.numbers for of in row), share, fewest=fewest, confidence=STORED)
            for row in what
        ]

        def printed(parts: Sequence[Floats]) -> Floats:
            return _printed(np.concatenate(parts, axis=-1), indicator)

        return stored_limits(
            Interval(
                printed([one.value for one in found]),
                printed([one.lower for one in found]),
                printed([one.upper for one in found]),
                np.concatenate([one.reason for one in found]),
            )
        )

    return made


#: Method -> how its values and limits are made of what was kept.
_MADE: Final[Mapping[str, Callable[..., Limits]]] = {
    "mean_t": _means,
    "dsr_dobson": _standardised,
    "quantile": _of_values(quantile),
    "kaplan_meier": _of_values(wait),
}

"""Values and limits of measures from their counts, each by its declared method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from jsna.errors import JsnaError, Problem
from jsna.model import schema
from jsna.model.hierarchies import PLACE_OF
from jsna.model.indicators import Indicator

Floats = np.ndarray[Any, np.dtype[np.float64]]

#: Methods whose numerator is no part of the denominator: events of some, amounts.
_NO_PARTS: Final = ("rate_byar", "mean_t", *schema.ADJUSTED)
#: Columns that are calculated from `numerator` and `denominator`.
CALCULATED: Final = ("value", "lower_95", "upper_95", "lower_998", "upper_998")


def _refuse_parts_above_the_whole(
    frame: pd.DataFrame, above: np.ndarray[Any, np.dtype[np.bool_]]
) -> None:
    if above.any():
        rule = "the numerator is above the denominator; its condition must narrow the denominator's"
        raise JsnaError(
            Problem("config/indicators", rule, column=name, code="indicator.above")
            for name in sorted(set(frame.loc[above, "indicator"]))
        )


def dispersions(frame: pd.DataFrame, indicators: Mapping[str, Indicator]) -> Floats:
    """The dispersion declared of each row's events, by what it is split by; 1 of all others."""
    made: dict[tuple[str, str, str], float] = {}
    found = np.ones(len(frame))
    columns = frame[["indicator", "breakdown", "geography"]].itertuples(index=False, name=None)
    for at, (name, breakdown, geography) in enumerate(columns):
        if not (declared := indicators[name]).dispersion:
            continue
        if (split := (name, breakdown, geography)) not in made:
            place = PLACE_OF.get(geography, "")
            made[split] = declared.dispersed([*breakdown.split(schema.JOIN), place])
        found[at] = made[split]
    return found


def calculate(
    frame: pd.DataFrame,
    multiplier: Floats,
    dispersion: Floats | None = None,
) -> None:
    """Fill the values and limits that counts give, in place, each by its own method.

    What is made of more than counts (see `keeping`) has no limits here: those it has are of other
    counts, where the row's were rounded. Of a quantile the value stands as it is.

    Args:
        frame: rows with `method`, `numerator` and `denominator`. A row whose denominator is zero
            or missing (unless it is a count) gets none.
        multiplier: of each row's value.
        dispersion: of each row's events, see `Indicator.dispersion`; 1 where not given. As many
            events that come several to a person say as much as their number divided by it, each of
            which befell another.
    """
    from jsna.measures.methods import interval

    columns = list(CALCULATED)
    result = np.full((len(frame), len(columns)), np.nan)
    numerator = frame["numerator"].to_numpy(dtype=np.float64)
    denominator = frame["denominator"].to_numpy(dtype=np.float64)
    method = frame["method"].to_numpy(dtype=object)
    some = (denominator > 0) & ~np.isnan(numerator)
    _refuse_parts_above_the_whole(frame, (numerator > denominator) & ~np.isin(method, _NO_PARTS))
    counts = np.isin(method, ("count", "sum"))
    result[counts, 0] = numerator[counts]
    own = np.isin(method, schema.OF_VALUES)
    if "value" in frame:
        result[own, 0] = frame.loc[own, "value"].to_numpy(dtype=np.float64) / multiplier[own]
    plain = np.isin(method, ("proportion", "mean_t")) & some
    result[plain, 0] = numerator[plain] / denominator[plain]
    for name in ("proportion_wilson", "rate_byar"):
        mine = (method == name) & some
        if mine.any():
            spread = 1.0 if dispersion is None else dispersion[mine]
            found = interval(name, numerator[mine] / spread, denominator[mine] / spread)
            limits = (found.lower_95, found.upper_95, found.lower_998, found.upper_998)
            value = numerator[mine] / denominator[mine]
            result[mine] = np.column_stack((value, *limits))
    frame[columns] = result * multiplier[:, None]


def recalculated(
    rows: pd.DataFrame,
    indicators: Mapping[str, Indicator],
    rounded: np.ndarray[Any, np.dtype[np.bool_]],
) -> pd.DataFrame:
    """Rows with the values and limits of the counts they have, such as rounded ones.

    A mean has no value where its sum is rounded, as to thousands of pounds: of a few dozen it
    would be far from true.

    Args:
        rows: measures.
        indicators: their declarations.
        rounded: whether each row's numerator is rounded.
    """
    made = rows.copy()
    multiplier = np.array([indicators[name].multiplier for name in made["indicator"]])
    calculate(made, multiplier, dispersion=dispersions(made, indicators))
    made.loc[rounded & made["method"].eq("mean_t").to_numpy(dtype=bool), "value"] = np.nan
    return made


def mark_low(frame: pd.DataFrame, decimals: np.ndarray[Any, np.dtype[np.int64]]) -> None:
    """Set the status `low` where a value is printed as zero and is not zero, in place.

    To be called again whenever values change: a symbol left from before a count was rounded to 0
    would tell that it was none. A rounded 0 is a plain 0, which may stand for a few.

    Args:
        frame: rows with `value` and `status`; other symbols stay.
        decimals: decimals each value is printed with.
    """
    value = frame["value"].to_numpy(dtype=np.float64)
    status = frame["status"]
    low = (value > 0) & (value < 0.5 * 10.0**-decimals)
    frame["status"] = status.mask(status.eq("low") & ~low, "").mask(status.eq("") & low, "low")

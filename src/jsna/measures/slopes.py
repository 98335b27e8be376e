"""Slope and relative index of inequality: a straight line along all groups of deprivation.

Both set the most deprived end of the line beside the least deprived one, so that they are above 0,
or above 1, where the more deprived have more. The line stands on every group that has people:
where one of them is hidden, so is the line, and with fewer than five there is none. How it is laid
is in `methods.inequality`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from jsna.measures.ingredients import AT, EMPTY, NO_VALUE, notes, of, rounded, sources, split, told
from jsna.measures.methods import STORED, slope_index, standard_error, stored_limits
from jsna.measures.methods.arrays import MISSING
from jsna.measures.methods.inequality import NO_RATIO
from jsna.measures.values import CALCULATED, mark_low
from jsna.model.configuration import Configuration
from jsna.model.fallbacks import GroupingSet, coarser, recodings
from jsna.model.indicators import Indicator

#: Method -> which of the two indices it gives.
_INDEX: Final = {"sii_linear": "sii", "rii_linear": "rii"}
#: Said of a ratio without limits, or without those at 99.8 % alone.
_NO_LIMITS: Final = "the line’s least deprived end is not clearly above 0, so there are no limits"
_FAR: Final = " at 99.8%"
#: What a line stands on, of each group.
_OF_GROUPS: Final = ("value", "lower_95", "upper_95", "denominator")


def rows(indicator: Indicator, safe: pd.DataFrame, config: Configuration) -> Iterator[pd.DataFrame]:
    """The rows of an indicator that is a line along a dimension of another, finest groups first."""
    assert indicator.derived is not None
    base = config.indicators[indicator.derived.of]
    published = told(safe.loc[safe["indicator"].eq(base.id)])
    done: set[tuple[object, ...]] = set()
    for breakdown in ((), *indicator.breakdowns):
        for grouping, recoding in recodings(base, (*breakdown, indicator.derived.along), config):
            along = indicator.derived.along
            along = coarser(along, recoding) if recoding else along
            groups = of(grouping, published, config)
            if len(groups):
                made = _lines(indicator, groups, grouping, along, config)
                keys = [*made[[*AT, "breakdown", "category"]].itertuples(index=False, name=None)]
                yield made.loc[[key not in done for key in keys]]
                done.update(keys)


def _lines(
    indicator: Indicator,
    groups: pd.DataFrame,
    grouping: GroupingSet,
    along: str,
    config: Configuration,
) -> pd.DataFrame:
    """A line for each place, period and category of the other dimensions of a grouping set."""
    groups["group"], groups["rest"] = split(groups["category"], grouping.within, along)
    groups["group"] = groups["group"].astype("int64")
    at = [*AT, "rest"]
    groups = groups.sort_values([*at, "group"])
    together = groups.groupby(at)
    out = together[["edition", "population_base", "profile", "segment"]].first().reset_index()
    out = out.rename(columns={"rest": "category"})
    out["breakdown"] = GroupingSet(tuple(d for d in grouping.dimensions if d != along)).breakdown
    out["source"] = [sources(*([one] for one in own))[0] for _, own in together["source"]]
    out["indicator"], out["unit"], out["method"] = indicator.id, indicator.unit, indicator.method
    out["status"], out["reason"] = "", ""
    # Groups that are counted in two ways lie on no one line.
    out.loc[together["segment"].nunique().gt(1).to_list(), ["status", "reason"]] = "z", EMPTY
    # A group with nobody in it is no part of the line.
    for status, why in NO_VALUE[1:]:
        some = [bool((own == status).any()) for _, own in together["told"]]
        out.loc[some, ["status", "reason"]] = status, why
    return _filled(indicator, out, groups.pivot(index=at, columns="group"), config)


def _filled(
    indicator: Indicator, out: pd.DataFrame, groups: pd.DataFrame, config: Configuration
) -> pd.DataFrame:
    """Rows with value, limits and notes.

    Args:
        out: rows without, in the order of `groups`.
        groups: published columns, each of one column a group.
    """
    clear = out["status"].eq("").to_numpy(dtype=bool)
    value, low, high, people = (groups[n].to_numpy(dtype=np.float64) for n in _OF_GROUPS)
    people = np.where(clear[:, None], np.nan_to_num(people), 0.0)
    value, low, high = (np.where(people > 0, one, 0.0) for one in (value, low, high))
    # From the least deprived on, so that an index above 0, or 1, says that the most have more.
    value, low, high, people = (one[:, ::-1] for one in (value, low, high, people))
    indices = slope_index(value, standard_error(low, high), people, confidence=STORED)
    found = stored_limits(getattr(indices, _INDEX[indicator.method]))
    for name in CALCULATED:
        out[name] = np.where(clear, getattr(found, name), np.nan)
    missing = clear & np.isnan(found.value)
    out.loc[missing, ["status", "reason"]] = "z", EMPTY
    unbounded = clear & ~missing & (found.reason == NO_RATIO)
    why = np.where(np.isnan(found.lower_95), _NO_LIMITS, _NO_LIMITS + _FAR)
    out["note"] = notes(np.where(unbounded, why, ""), rounded(out, config) & out["status"].eq(""))
    mark_low(out, np.full(len(out), indicator.decimals, dtype=np.int64))
    # Values without counts or limits, as in some official figures: there is nothing to stand on.
    stands: pd.Series[bool] = pd.Series(~(clear & (found.reason == MISSING)), out.index)
    return out.loc[stands]

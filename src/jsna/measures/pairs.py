"""Ratios and differences: each category of a breakdown beside another, or beside everyone.

A figure that is hidden, rounded or not published makes what is worked out from it hidden, rounded
or not available (see `derived`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from jsna.errors import JsnaError, Problem
from jsna.measures.ingredients import (
    AT,
    EMPTY,
    NO_VALUE,
    Floats,
    broken,
    notes,
    of,
    rounded,
    sources,
    split,
)
from jsna.measures.methods import (
    STORED,
    Limits,
    ratio_of_proportions,
    ratio_of_rates,
    ratio_to_all,
    standardised_difference,
    stored_limits,
)
from jsna.measures.methods.comparison import NO_EVENTS, NO_OTHER_EVENTS, NO_SPREAD
from jsna.measures.values import CALCULATED, mark_low
from jsna.model.configuration import Configuration
from jsna.model.fallbacks import GroupingSet, coarser, recodings
from jsna.model.hierarchies import PLACES
from jsna.model.indicators import LOCALITY, Indicator

#: What a row has of the category it is of.
_KEPT: Final = ["edition", "breakdown", "category", "segment", "population_base", "profile"]
#: Reasons of a value without limits, which become its note.
_NO_LIMITS: Final = (NO_EVENTS, NO_OTHER_EVENTS, NO_SPREAD)
_NO_CATEGORY: Final = "there is no such category of {} to compare with"


def unknown(indicator: Indicator, config: Configuration) -> Iterator[str]:
    """What is wrong with the category an indicator compares with, over all it may be shown by."""
    assert indicator.derived is not None
    dimension, code = indicator.derived.reference
    base = config.indicators[indicator.derived.of]
    for breakdown in indicator.breakdowns if dimension else ():
        for _, recoding in recodings(base, breakdown, config):
            shown = coarser(dimension, recoding) if recoding else dimension
            known = config.area.locality_names if shown == LOCALITY else config.codes(shown)
            if shown == dimension and known and code not in known:
                yield f"{_NO_CATEGORY.format(shown)}; there are {', '.join(known)}"
            elif shown != dimension and code not in known:
                yield (
                    f"{_NO_CATEGORY.format(shown)}, by which {base.id} is shown where its figures "
                    f"by {', '.join(breakdown)} are small; give {base.id} a fallback of that "
                    "breakdown without it"
                )


def rows(
    indicator: Indicator, safe: pd.DataFrame, config: Configuration, *, expected: bool = True
) -> Iterator[pd.DataFrame]:
    """The rows of an indicator of which each sets a category beside another, by grouping set.

    Args:
        indicator: worked out from another.
        safe: published rows, those of the other among them.
        config: declarations.
        expected: whether the area must have the category that others are compared with. What
            others publish of it may lack it: then there is nothing to work out.

    Raises:
        JsnaError: it must, and does not.
    """
    assert indicator.derived is not None
    base = config.indicators[indicator.derived.of]
    published = safe.loc[safe["indicator"].eq(base.id)]
    done: set[GroupingSet] = set()
    for breakdown in indicator.breakdowns:
        for grouping, recoding in recodings(base, breakdown, config):
            (by,) = (
                coarser(d, recoding) if recoding else d for d in indicator.derived.by(breakdown)
            )
            if grouping in done or not len(published):
                continue
            done.add(grouping)
            pairs = _pairs(indicator, by, grouping, published, config, expected)
            if len(pairs):
                yield _worked_out(indicator, pairs, near=rounded(pairs, config))


def _pairs(
    indicator: Indicator,
    by: str,
    grouping: GroupingSet,
    published: pd.DataFrame,
    config: Configuration,
    expected: bool,
) -> pd.DataFrame:
    """Rows of one grouping set, each beside what it is compared with (columns in `_beside`)."""
    assert indicator.derived is not None
    dimension, code = indicator.derived.reference
    own = of(grouping, published, config)
    own["here"], own["rest"] = split(own["category"], grouping.within, by)
    if dimension:
        beside = own.loc[own["here"].eq(code)]
        if expected:
            _expect(indicator, own, beside, config)
        own = own.loc[own["here"].ne(code)]
        at, there = ["rest", *AT], ["rest", *AT]
    else:
        whole = GroupingSet(tuple(d for d in grouping.dimensions if d != by), grouping.years)
        beside = of(whole, published, config)
        at, there = ["rest", *AT], ["category", *AT]
        if by in PLACES:  # the whole of a place is the area it is a part of
            own["whole_code"] = config.area.code
            own["whole"] = whole.geography(config.area)
            at = ["rest", "whole_code", "whole", "period", "period_type"]
    columns = ["numerator", "denominator", "status", "source", "segment"]
    right = beside[[*there, *columns]].add_suffix("_beside")
    return own.merge(right, left_on=at, right_on=[f"{c}_beside" for c in there], how="inner")


def _expect(
    indicator: Indicator, own: pd.DataFrame, beside: pd.DataFrame, config: Configuration
) -> None:
    """Raise where the area's own rows do not have the category to compare with."""
    home = own["area_code"].eq(config.area.code)
    if home.any() and not beside["area_code"].eq(config.area.code).any():
        assert indicator.derived is not None
        dimension, code = indicator.derived.reference
        rule = _NO_CATEGORY.format(dimension)
        where = f"config/indicators/{indicator.chapter}.yaml"
        key = f"{indicator.id}.derived.against"
        raise JsnaError(Problem(where, rule, column=key, value=code, code="indicator"))


def _worked_out(indicator: Indicator, pairs: pd.DataFrame, near: pd.Series[bool]) -> pd.DataFrame:
    """The rows of an indicator from rows beside those they are compared with."""
    counts = ("numerator", "denominator", "numerator_beside", "denominator_beside")
    four = [pairs[name].to_numpy(dtype=np.float64) for name in counts]
    statuses = [pairs["status"], pairs["status_beside"]]
    told = pd.Series("", index=pairs.index, dtype="str")
    reason = told.copy()
    for status, why in NO_VALUE:
        either = statuses[0].eq(status) | statuses[1].eq(status)
        told, reason = told.mask(either, status), reason.mask(either, why)
    apart = broken(told, pairs["segment"], pairs["segment_beside"])
    told, reason = told.mask(apart, "z"), reason.mask(apart, EMPTY)
    whole = np.isfinite(four).all(axis=0)
    clear = whole & told.eq("").to_numpy(dtype=bool)
    found = _calculated(indicator, *(np.where(clear, one, np.nan) for one in four))
    missing = clear & np.isnan(found.value)
    out = pairs[[*AT, *_KEPT]].copy()
    for name in CALCULATED:
        out[name] = getattr(found, name)
    out["status"], out["reason"] = told.mask(missing, "z"), reason.mask(missing, EMPTY)
    out["indicator"], out["unit"], out["method"] = indicator.id, indicator.unit, indicator.method
    notes_of = pd.Series(np.where(np.isin(found.reason, _NO_LIMITS), found.reason, ""), pairs.index)
    out["note"] = notes(notes_of.where(clear, ""), near & clear)
    out["source"] = sources(pairs["source"], pairs["source_beside"])
    mark_low(out, np.full(len(out), indicator.decimals, dtype=np.int64))
    return out.loc[whole | told.ne("").to_numpy(dtype=bool)]


def _calculated(indicator: Indicator, x: Floats, n: Floats, y: Floats, m: Floats) -> Limits:
    """Values and limits of x of n beside y of m.

    Counts rounded one by one may contradict each other: then there is nothing to work out.
    """
    assert indicator.derived is not None
    against, rates = indicator.derived.against, indicator.method == "ratio_rates"
    profiles = indicator.method == "standardised_difference"
    if profiles:
        # Of everyone (m) y are counted; of those of the category (n) x are.
        sides = x, y, n - x, m - y
    elif against == "rest":
        sides = x, n, y - x, m - n
    else:
        sides = x, n, y, m
    parts = not isinstance(against, dict) and not profiles
    others = (y - x, m - n) if parts else (sides[2], sides[3])
    bad = (others[0] < 0) | (others[1] < 0) | (sides[0] > sides[1]) & (not rates)
    bad |= (others[0] > others[1]) & (not rates)
    # Nobody to compare with is no error; a rate has to have somebody.
    bad |= (sides[1] <= 0) | (sides[3] <= 0)
    a, b, c, d = (np.where(bad, np.nan, one) for one in sides)
    if profiles:
        return stored_limits(standardised_difference(a, b, c, d, confidence=STORED))
    if against == "all":
        return stored_limits(ratio_to_all(a, b, c, d, rates=rates, confidence=STORED))
    between = ratio_of_rates if rates else ratio_of_proportions
    return stored_limits(between(a, b, c, d, confidence=STORED))

"""Ratios and differences worked out from published rows, after protection.

A pure function of what is shown: a figure that is hidden, rounded or not published makes what is
worked out from it hidden, rounded or not available. Nobody therefore learns more from these rows
than from those beside them; `prove` works them out once more and holds the published ones to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from jsna.errors import JsnaError, Problem
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
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.model.fallbacks import GroupingSet, coarser, recodings
from jsna.model.hierarchies import LOCALITY_GROUP, PLACES, THREE_YEARS
from jsna.model.indicators import LOCALITY, Indicator

Floats = np.ndarray[Any, np.dtype[np.float64]]

#: Why a row has no value -> what `reason` says.
HIDDEN: Final = "worked_out_from_hidden"
ABSENT: Final = "worked_out_from_unavailable"
EMPTY: Final = "nothing_to_compare"
#: Reasons of a value without limits, which become its note.
_NO_LIMITS: Final = (NO_EVENTS, NO_OTHER_EVENTS, NO_SPREAD)
#: Said of what is worked out from rounded counts.
ROUNDED: Final = "Worked out from rounded counts."
#: Geographies of whole areas: an area's own, and those it is compared with.
_WHOLE: Final = ("national", "region", "authority", "neighbours")
_NO_CATEGORY: Final = "there is no such category of {} to compare with"
_AT: Final = ["area_code", "geography", "period", "period_type"]


def complete(safe: pd.DataFrame, config: Configuration) -> pd.DataFrame:
    """Protected measures together with what is worked out from them, in the schema."""
    made = derive(safe, config)
    if not len(made):
        return safe
    whole = pd.concat([counted(safe, config), made], ignore_index=True)
    return schema.check(schema.conform(whole), "safe measures")


def counted(safe: pd.DataFrame, config: Configuration) -> pd.DataFrame:
    """Published rows less those worked out from others: all there is to protect and attack."""
    names = [i.id for i in config.indicators.values() if i.derived]
    return safe.loc[~safe["indicator"].isin(names)].reset_index(drop=True)


def verify(safe: pd.DataFrame, config: Configuration) -> int:
    """Work out again what is published as worked out; returns how many rows that are.

    Raises:
        JsnaError: naming every row that is not what the rows beside it give.
    """
    names = [i.id for i in config.indicators.values() if i.derived]
    given = schema.conform(safe.loc[safe["indicator"].isin(names)])
    expected = derive(counted(safe, config), config)
    key = list(schema.KEY)
    both = given.merge(expected, on=key, how="outer", suffixes=("", "_again"), indicator=True)
    same = both["_merge"].eq("both").to_numpy(dtype=bool, copy=True)
    for name in (*schema.NUMBERS, *schema.TEXT):
        one, other = both[name], both[f"{name}_again"]
        if name in schema.NUMBERS:
            same = same & np.isclose(one, other, rtol=1e-9, atol=1e-12, equal_nan=True)
        else:
            same = same & one.eq(other).to_numpy(dtype=bool)
    if not same.all():
        rule = "is not what the published figures it is worked out from give"
        raise JsnaError(
            [
                Problem("safe measures", rule, value="; ".join(map(str, one)), code="prove.derived")
                for one in both.loc[~same, key].itertuples(index=False)
            ],
            title="What is to be published is not what was measured:",
        )
    return len(given)


def derive(safe: pd.DataFrame, config: Configuration) -> pd.DataFrame:
    """Every row that can be worked out from protected measures.

    Args:
        safe: protected measures; rows of derived indicators among them are not looked at.
        config: declarations, profiles and the area.

    Returns:
        Measures of the derived indicators, without numerator and denominator. A row stands
        wherever its ingredients stand: status c where one is hidden, x where one is not
        available, z where there is nobody to compare. Where ingredients have values but no
        counts, as in some official figures, there is no row.

    Raises:
        JsnaError: a category to compare with that the rows do not have.
    """
    made = [
        frame
        for indicator in config.indicators.values()
        if indicator.derived is not None and indicator.derived.of in config.indicators
        for frame in _indicator(indicator, safe, config)
    ]
    return schema.conform(pd.concat(made, ignore_index=True)) if made else schema.empty()


def faults(config: Configuration) -> list[Problem]:
    """Categories to compare with that a dimension, or what is shown instead of it, does not have.

    Told before there are rows; `derive` holds the rows to it.
    """
    return [
        Problem(
            f"config/indicators/{indicator.chapter}.yaml", rule,
            column=f"{indicator.id}.derived.against", value=indicator.derived.reference[1],
            code="indicator",
        )
        for indicator in config.indicators.values()
        if indicator.derived is not None and indicator.derived.of in config.indicators
        for rule in dict.fromkeys(_unknown(indicator, config))
    ]  # fmt: skip


def _unknown(indicator: Indicator, config: Configuration) -> Iterator[str]:
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


def _indicator(
    indicator: Indicator, safe: pd.DataFrame, config: Configuration
) -> Iterator[pd.DataFrame]:
    assert indicator.derived is not None
    base = config.indicators[indicator.derived.of]
    rows = safe.loc[safe["indicator"].eq(base.id)]
    done: set[GroupingSet] = set()
    for breakdown in indicator.breakdowns:
        for grouping, recoding in recodings(base, breakdown, config):
            (by,) = (
                coarser(d, recoding) if recoding else d for d in indicator.derived.by(breakdown)
            )
            if grouping in done or not len(rows):
                continue
            done.add(grouping)
            pairs = _pairs(indicator, by, grouping, rows, config)
            if len(pairs):
                yield _worked_out(indicator, pairs, rounded=_rounded(pairs, config))


def _pairs(
    indicator: Indicator, by: str, grouping: GroupingSet, rows: pd.DataFrame, config: Configuration
) -> pd.DataFrame:
    """Rows of one grouping set, each beside what it is compared with (columns in `_beside`)."""
    assert indicator.derived is not None
    dimension, code = indicator.derived.reference
    own = _of(grouping, rows, config)
    own["here"], own["rest"] = _split(own["category"], grouping.within, by)
    if dimension:
        beside = own.loc[own["here"].eq(code)]
        _expect(indicator, own, beside, config)
        own = own.loc[own["here"].ne(code)]
        at, of = ["rest", *_AT], ["rest", *_AT]
    else:
        whole = GroupingSet(tuple(d for d in grouping.dimensions if d != by), grouping.years)
        beside = _of(whole, rows, config)
        at, of = ["rest", *_AT], ["category", *_AT]
        if by in PLACES:  # the whole of a place is the area it is a part of
            own["whole_code"] = config.area.code
            own["whole"] = whole.geography(config.area)
            at = ["rest", "whole_code", "whole", "period", "period_type"]
    columns = ["numerator", "denominator", "status", "source"]
    right = beside[[*of, *columns]].rename(columns={c: f"{c}_beside" for c in [*of, *columns]})
    return own.merge(right, left_on=at, right_on=[f"{c}_beside" for c in of], how="inner")


def _of(grouping: GroupingSet, rows: pd.DataFrame, config: Configuration) -> pd.DataFrame:
    """Rows of a grouping set: of the area's own parts, or of every whole area there is."""
    parts = LOCALITY in grouping.dimensions or LOCALITY_GROUP in grouping.dimensions
    geographies = [grouping.geography(config.area)] if parts else list(_WHOLE)
    together = rows["period_type"].eq(THREE_YEARS)
    mine = rows["geography"].isin(geographies) & rows["breakdown"].eq(grouping.breakdown)
    return rows.loc[mine & (together if grouping.years > 1 else ~together)].copy()


def _split(
    category: pd.Series[str], within: Sequence[str], by: str
) -> tuple[pd.Series[str], pd.Series[str]]:
    """Code of one dimension of each category, and the category without it."""
    if by not in within:  # a place is no part of the category
        return category, category
    place = list(within).index(by)
    codes = [one.split(schema.JOIN) for one in category]
    here = [one[place] for one in codes]
    rest = [schema.JOIN.join(one[:place] + one[place + 1 :]) or schema.TOTAL for one in codes]
    index = category.index
    return pd.Series(here, index=index, dtype="str"), pd.Series(rest, index=index, dtype="str")


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


def _worked_out(
    indicator: Indicator, pairs: pd.DataFrame, rounded: pd.Series[bool]
) -> pd.DataFrame:
    """The rows of an indicator from rows beside those they are compared with."""
    counts = ("numerator", "denominator", "numerator_beside", "denominator_beside")
    four = [pairs[name].to_numpy(dtype=np.float64) for name in counts]
    statuses = [pairs["status"], pairs["status_beside"]]
    told = pd.Series("", index=pairs.index, dtype="str")
    reason = told.copy()
    for status, why in (("z", EMPTY), ("x", ABSENT), ("c", HIDDEN)):
        either = statuses[0].eq(status) | statuses[1].eq(status)
        told, reason = told.mask(either, status), reason.mask(either, why)
    whole = np.isfinite(four).all(axis=0)
    clear = whole & told.eq("").to_numpy(dtype=bool)
    found = _calculated(indicator, *(np.where(clear, one, np.nan) for one in four))
    missing = clear & np.isnan(found.value)
    out = pairs[[*_AT, "edition", "breakdown", "category", "population_base", "profile"]].copy()
    for name in CALCULATED:
        out[name] = getattr(found, name)
    out["status"], out["reason"] = told.mask(missing, "z"), reason.mask(missing, EMPTY)
    out["indicator"], out["unit"], out["method"] = indicator.id, indicator.unit, indicator.method
    notes = pd.Series(np.where(np.isin(found.reason, _NO_LIMITS), found.reason, ""), pairs.index)
    out["note"] = [
        " ".join(
            part for part in (f"{why[:1].upper()}{why[1:]}." if why else "", ROUNDED * near) if part
        )
        for why, near in zip(notes.where(clear, ""), rounded & clear, strict=True)
    ]
    out["source"] = [
        "+".join(dict.fromkeys([*one.split("+"), *other.split("+")]))
        for one, other in zip(pairs["source"], pairs["source_beside"], strict=True)
    ]
    mark_low(out, np.full(len(out), indicator.decimals, dtype=np.int64))
    return out.loc[whole | told.ne("").to_numpy(dtype=bool)]


def _rounded(pairs: pd.DataFrame, config: Configuration) -> pd.Series[bool]:
    steps = {name: config.profile(name).rounding for name in pairs["profile"].unique()}
    return pairs["profile"].map(steps).gt(1)


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

"""What a change between two periods comes of: the make-up by group, and figures within groups.

A row of the change itself, and one of each part; they stand where the figures of everyone and of
every group are shown in both periods. Those in no group, as everyone less all groups has it, are a
group of their own, with everyone's chance, wider as they are fewer. Events of nobody counted, such
as those of pupils who are on no roll, cannot be taken apart, and there are no rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

import numpy as np
import pandas as pd

from jsna.measures.ingredients import (
    AT,
    EMPTY,
    NO_VALUE,
    Flags,
    Floats,
    broken,
    notes,
    of,
    rounded,
    rounding,
    sources,
    split,
    told,
)
from jsna.measures.methods import STORED, Limits, stored_limits
from jsna.measures.methods.decomposition import decomposition
from jsna.measures.methods.judging import LEVELS
from jsna.measures.values import CALCULATED, mark_low
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.model.fallbacks import GroupingSet, coarser, recodings
from jsna.model.hierarchies import later
from jsna.model.indicators import Indicator

#: Codes of the parts, as their dimension has them; before them the change itself.
_PARTS: Final = ("", "composition", "rates")
#: What a change of everyone is found by, and what is taken of every row.
_WHERE: Final = [*AT, "rest"]
_TAKEN: Final = ["numerator", "denominator", "error", "told", "source", "segment"]
_KEPT: Final = ["edition", "population_base", "profile"]


def rows(indicator: Indicator, safe: pd.DataFrame, config: Configuration) -> Iterator[pd.DataFrame]:
    """The rows of an indicator that takes changes of another apart, by the finest groups first."""
    assert indicator.derived is not None
    base = config.indicators[indicator.derived.of]
    published = told(safe.loc[safe["indicator"].eq(base.id)])
    published["error"] = (published["upper_95"] - published["lower_95"]) / (2 * LEVELS[0])
    done: set[tuple[object, ...]] = set()
    for breakdown in indicator.breakdowns:
        own = tuple(name for name in breakdown if name != indicator.kind.parts)
        for grouping, recoding in recodings(base, (*own, indicator.derived.along), config):
            along = indicator.derived.along
            along = coarser(along, recoding) if recoding else along
            if grouping.years == 1 and len(of(grouping, published, config)):
                made = _changes(indicator, base, grouping, along, published, config)
                keys = [*made[[*AT, "breakdown", "category"]].itertuples(index=False, name=None)]
                yield made.loc[[key not in done for key in keys]]
                done.update(keys)


def _changes(
    indicator: Indicator,
    base: Indicator,
    grouping: GroupingSet,
    along: str,
    published: pd.DataFrame,
    config: Configuration,
) -> pd.DataFrame:
    """Changes of every place and category of the other dimensions of a grouping set."""
    assert indicator.derived is not None
    rest = GroupingSet(tuple(d for d in grouping.dimensions if d != along))
    groups = of(grouping, published, config)
    groups["group"], groups["rest"] = split(groups["category"], grouping.within, along)
    whole = of(rest, published, config).rename(columns={"category": "rest"})
    years = indicator.derived.years
    every = _since(whole[[*_WHERE, *_TAKEN, *_KEPT]], _WHERE, years, "inner")
    parts = _since(groups[[*_WHERE, "group", *_TAKEN]], [*_WHERE, "group"], years, "outer")
    # Everyone in both periods, and some group in one of them.
    parts = parts.merge(every[_WHERE], on=_WHERE)
    every = every.merge(parts[_WHERE].drop_duplicates(), on=_WHERE).sort_values(_WHERE)
    every = every.reset_index(drop=True)
    if not len(every):
        return schema.empty()
    _judge(every, parts)
    clear = every["status"].eq("").to_numpy(dtype=bool)
    steps = rounding(every, config)
    before, after = (
        _side(every, parts, end, base, np.where(clear, steps, np.nan)) for end in ("_before", "")
    )
    # What is not there in one of the periods is in neither.
    for people, other in ((before[2], after[2]), (after[2], before[2])):
        people[np.isnan(other).any(-1)] = np.nan
    found = decomposition(before, after, confidence=STORED)
    made = (
        _rows(indicator, every, rest, *one, config)
        for one in zip(_PARTS, map(stored_limits, found), strict=True)
    )
    return pd.concat(made, ignore_index=True)


def _since(
    rows: pd.DataFrame, at: list[str], years: int, how: Literal["inner", "outer"]
) -> pd.DataFrame:
    """Rows beside those of as many years before, whose columns end in `_before`."""
    before = rows[[*at, *_TAKEN]].copy()
    before["period"] = [later(period, years) for period in before["period"]]
    both = rows.merge(before, on=at, how=how, suffixes=("", "_before"))
    texts = [name for name in both if both[name].dtype.kind not in "fi"]
    return both.fillna(dict.fromkeys(texts, ""))


def _judge(every: pd.DataFrame, parts: pd.DataFrame) -> None:
    """Give changes the sources, status and reason that come of all they stand on, in place."""
    of_groups = [parts[name] for name in _WHERE]
    names = ("source", "source_before")
    several = [parts[name].groupby(of_groups).agg("+".join).to_list() for name in names]
    every["source"] = sources(*(every[name] for name in names), *several)
    status, reason = pd.Series("", every.index), pd.Series("", every.index)
    for lacking, why in NO_VALUE[1:]:
        some = every["told"].eq(lacking) | every["told_before"].eq(lacking)
        for name in ("told", "told_before"):
            some |= parts[name].eq(lacking).groupby(of_groups).any().to_numpy(dtype=bool)
        status, reason = status.mask(some, lacking), reason.mask(some, why)
    # Figures counted in two ways are not compared.
    apart = broken(status, every["segment"], every["segment_before"])
    apart |= status.eq("") & _otherwise(every, parts)
    every["status"], every["reason"] = status.mask(apart, "z"), reason.mask(apart, EMPTY)


def _otherwise(every: pd.DataFrame, parts: pd.DataFrame) -> Flags:
    """Of each change, whether some group is counted in another way than everyone is."""
    at = pd.MultiIndex.from_frame(parts[_WHERE])
    whole = every.set_index(_WHERE)[["segment", "segment_before"]].reindex(at)
    found = np.zeros(len(parts), dtype=np.bool_)
    for end in ("", "_before"):
        there = parts[f"source{end}"].ne("").to_numpy(dtype=np.bool_)
        found |= there & (parts[f"segment{end}"].to_numpy() != whole[f"segment{end}"].to_numpy())
    by = [parts[name] for name in _WHERE]
    return pd.Series(found, parts.index).groupby(by).any().to_numpy(dtype=np.bool_)


def _side(
    every: pd.DataFrame, parts: pd.DataFrame, end: str, base: Indicator, steps: Floats
) -> tuple[Floats, Floats, Floats]:
    """Figures, standard errors and people of one period, of the groups and of those in none.

    Args:
        steps: of each change, to what its counts are rounded; NaN where there is none to tell.

    Returns:
        Of shape (changes, groups and one more); people are NaN where counts contradict each other.
    """
    table = parts.pivot(index=_WHERE, columns="group", values=[f"{n}{end}" for n in _TAKEN[:3]])
    x, n, error = (
        np.nan_to_num(table[f"{name}{end}"].to_numpy(dtype=np.float64)) for name in _TAKEN[:3]
    )
    top, whole, chance = (every[f"{name}{end}"].to_numpy(dtype=np.float64) for name in _TAKEN[:3])
    # Counts rounded one by one may come to somewhat more or less than everyone.
    slack = np.where(steps > 1, steps / 2 * (x.shape[1] + 1), 0.0)
    left, few = top - x.sum(-1), whole - n.sum(-1)
    fits = np.isfinite(steps) & (left >= -slack) & (few >= -slack)
    fits &= (left <= (few if base.kind.inside else np.inf) + slack) & ((few > 0) | (left <= slack))
    few = np.where(fits, np.maximum(few, 0.0), 0.0)
    left = np.minimum(np.maximum(left, 0.0), few) if base.kind.inside else np.maximum(left, 0.0)
    x, n = np.column_stack([x, left]), np.column_stack([n, few])
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(n > 0, x / n, 0.0) * base.multiplier
        rest = np.where(few > 0, chance * np.sqrt(whole / few), 0.0)
    n[~fits] = np.nan
    return value, np.column_stack([error, rest]), n


def _rows(
    indicator: Indicator,
    every: pd.DataFrame,
    rest: GroupingSet,
    part: str,
    found: Limits,
    config: Configuration,
) -> pd.DataFrame:
    """The rows of changes, or of one part of them."""
    out = every[[*AT, *_KEPT, "source", "segment", "status", "reason"]].copy()
    added = {indicator.kind.parts: part} if part else {}
    named = [
        schema.canonical({**schema.dimensions(rest.breakdown, category), **added})
        for category in every["rest"]
    ]
    out["breakdown"], out["category"] = zip(*named, strict=True)
    for name in CALCULATED:
        out[name] = getattr(found, name)
    missing = out["status"].eq("") & out["value"].isna()
    out.loc[missing, ["status", "reason"]] = "z", EMPTY
    out.loc[out["status"].ne(""), list(CALCULATED)] = np.nan
    out["indicator"], out["unit"], out["method"] = indicator.id, indicator.unit, indicator.method
    out["note"] = notes([""] * len(out), rounded(out, config) & out["status"].eq(""))
    mark_low(out, np.full(len(out), indicator.decimals, dtype=np.int64))
    return out

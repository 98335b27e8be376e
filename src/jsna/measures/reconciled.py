"""One source beside another: the same thing counted in two, and by how much they differ.

Both count the same people, so that no chance stands between them: a difference has no limits, and
is what it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd

from jsna.measures.ingredients import AT, NO_VALUE, notes, of, rounded, sources, told
from jsna.model.configuration import Configuration
from jsna.model.fallbacks import GroupingSet, recodings
from jsna.model.indicators import Indicator

#: What the same figure of two sources is found by, and what is taken of each.
_WHERE: Final = [*AT, "breakdown", "category"]
_TAKEN: Final = ["value", "told", "source", "segment", "profile"]


def rows(indicator: Indicator, safe: pd.DataFrame, config: Configuration) -> Iterator[pd.DataFrame]:
    """The rows of an indicator that sets two sources beside each other, by grouping set."""
    assert indicator.derived is not None
    base = config.indicators[indicator.derived.of]
    one, other = (told(safe.loc[safe["indicator"].eq(name)]) for name in indicator.derived.every)
    done: set[GroupingSet] = set()
    for breakdown in ((), *indicator.breakdowns):
        for grouping, _ in recodings(base, breakdown, config):
            if grouping not in done:
                done.add(grouping)
                yield _differences(
                    indicator, of(grouping, one, config), of(grouping, other, config), config
                )


def _differences(
    indicator: Indicator, one: pd.DataFrame, other: pd.DataFrame, config: Configuration
) -> pd.DataFrame:
    """Rows of which both sources have one."""
    kept = [*_WHERE, *_TAKEN, "edition", "population_base"]
    out = one[kept].merge(other[[*_WHERE, *_TAKEN]], on=_WHERE, suffixes=("", "_beside"))
    status, reason = pd.Series("", out.index), pd.Series("", out.index)
    for lacking, why in NO_VALUE:
        some = out["told"].eq(lacking) | out["told_beside"].eq(lacking)
        status, reason = status.mask(some, lacking), reason.mask(some, why)
    clear = status.eq("")
    near = rounded(out, config)
    near |= rounded(out[["profile_beside"]].set_axis(["profile"], axis=1), config)
    out["value"] = (out["value"] - out["value_beside"]).where(clear)
    out["status"], out["reason"] = status, reason
    out["source"] = sources(out["source"], out["source_beside"])
    # A difference changes its meaning where either source counts in another way.
    out["segment"] = sources(out["segment"], out["segment_beside"])
    out["indicator"], out["unit"], out["method"] = indicator.id, indicator.unit, indicator.method
    out["note"] = notes([""] * len(out), near & clear)
    lacks: pd.Series[bool] = out["value"].isna() & clear
    return out.loc[~lacks, [name for name in out if not str(name).endswith("_beside")]]

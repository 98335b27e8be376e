"""Local and official figures side by side: which stands, and how far they are apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jsna.model import schema

_KEY = list(schema.KEY)


def merge(local: pd.DataFrame, published: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measures and the official figures they replace.

    Args:
        local: measures of the home area and its localities, with their cells. Those counted in
            official reference tables (of an open edition) give way to a figure the publisher gives
            itself.
        published: official measures of the home area and its comparators.

    Returns:
        measures: where both have a key the local row stands; all other official rows,
            comparators and other periods among them, are kept.
        official: the official rows that gave way, for reconciliation.
    """
    own = local["source"].str.startswith("local:")
    repeated = ~own & _keys(local).isin(_keys(published))
    local = local.loc[~repeated]
    taken = _keys(published).isin(_keys(local))
    parts = [part for part in (local, published.loc[~taken]) if len(part)]
    whole = pd.concat(parts, ignore_index=True) if parts else schema.empty(cells=True)
    measures = schema.conform(whole, cells=True)
    return measures, schema.conform(published.loc[taken])


def _keys(frame: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(frame[_KEY])


def reconcile(measures: pd.DataFrame, official: pd.DataFrame) -> pd.DataFrame:
    """Local beside official figures of the same key, and the difference.

    Returns:
        Key columns, then `local`, `official` (values), `local_numerator`, `official_numerator`,
        `local_denominator`, `official_denominator`, `difference` (local less official),
        `relative` (difference over the official value; none where that is 0) and `agrees`: equal
        as printed to one decimal (a count: exactly). Sorted by key.
    """
    fields = ["value", "numerator", "denominator"]
    pairs = measures[[*_KEY, "unit", *fields]].merge(
        official[[*_KEY, *fields]], on=_KEY, suffixes=("_local", "_official"), validate="1:1"
    )
    out = pairs[_KEY].copy()
    for field, name in zip(fields, ("", "_numerator", "_denominator"), strict=True):
        out[f"local{name}"] = pairs[f"{field}_local"]
        out[f"official{name}"] = pairs[f"{field}_official"]
    out["difference"] = out["local"] - out["official"]
    out["relative"] = out["difference"] / out["official"].where(out["official"] != 0)
    tolerance = np.where(pairs["unit"] == "count", 0.0, 0.05 + 1e-9)
    out["agrees"] = out["difference"].abs() <= tolerance
    return out.sort_values(_KEY, kind="stable").reset_index(drop=True)

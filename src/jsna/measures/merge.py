"""Local and official figures side by side: which stands, and how far they are apart."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from jsna.model import schema

_SUBJECT = list(schema.SUBJECT)
_COUNTED_HERE: Final = "local:"


def merge(local: pd.DataFrame, published: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measures, and the official figures of what was counted here too.

    Args:
        local: measures of the home area and its localities, with their cells. Those counted in
            official reference tables (of an open edition) give way to a figure the publisher gives
            itself.
        published: official measures of the home area and its comparators.

    Returns:
        measures: of what both have the local row stands, and the official one beside it where
            the two are counted differently; all other official rows, comparators and other
            periods among them, are kept.
        official: the official rows of what has a local row, whether they stand or not: for
            reconciliation, and for what everybody knows of local counts.
    """
    own = local["source"].str.startswith(_COUNTED_HERE)
    repeated = ~own & _subjects(local).isin(_subjects(published))
    local = local.loc[~repeated]
    alike = local.loc[local["segment"].ne(schema.LOCAL)]
    replaced = _subjects(published).isin(_subjects(alike))
    parts = [part for part in (local, published.loc[~replaced]) if len(part)]
    whole = pd.concat(parts, ignore_index=True) if parts else schema.empty(cells=True)
    measures = schema.conform(whole, cells=True)
    both = _subjects(published).isin(_subjects(local))
    return measures, schema.conform(published.loc[both])


def _subjects(frame: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(frame[_SUBJECT])


def reconcile(measures: pd.DataFrame, official: pd.DataFrame) -> pd.DataFrame:
    """Local beside official figures of the same thing, and the difference.

    Returns:
        Columns of the subject, then `local`, `official` (values), `local_numerator`,
        `official_numerator`, `local_denominator`, `official_denominator`, `difference` (local less
        official), `relative` (difference over the official value; none where that is 0) and
        `agrees`: equal as printed to one decimal (a count: exactly). Sorted by subject.
    """
    fields = ["value", "numerator", "denominator"]
    own = measures.loc[measures["source"].str.startswith(_COUNTED_HERE)]
    pairs = own[[*_SUBJECT, "unit", *fields]].merge(
        official[[*_SUBJECT, *fields]],
        on=_SUBJECT,
        suffixes=("_local", "_official"),
        validate="1:1",
    )
    out = pairs[_SUBJECT].copy()
    for field, name in zip(fields, ("", "_numerator", "_denominator"), strict=True):
        out[f"local{name}"] = pairs[f"{field}_local"]
        out[f"official{name}"] = pairs[f"{field}_official"]
    out["difference"] = out["local"] - out["official"]
    out["relative"] = out["difference"] / out["official"].where(out["official"] != 0)
    tolerance = np.where(pairs["unit"] == "count", 0.0, 0.05 + 1e-9)
    out["agrees"] = out["difference"].abs() <= tolerance
    return out.sort_values(_SUBJECT, kind="stable").reset_index(drop=True)

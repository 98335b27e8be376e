"""A reader with two publications: what a sum of money has become since it was printed.

Written from the ledgers of earlier publications and from who is behind the sums now; of how the
choice was made it uses nothing. 24,000 pounds then and 75,000 now are 51,000 of whoever came since:
of ten people one of whom cost 50,000, nearly all of it is what that one cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from jsna.disclosure.system import Flags
from jsna.measures.contributions import amount
from jsna.model import schema
from jsna.model.configuration import Configuration

#: Pounds that are nothing.
_NOTHING: Final = 0.005


def telling(
    safe: pd.DataFrame,
    rows: pd.DataFrame,
    anew: Flags,
    config: Configuration,
    earlier: Mapping[str, pd.DataFrame],
    behind: pd.DataFrame | None,
) -> Flags:
    """Rows whose sum of money is another than was printed, by what tells of a few people.

    Args:
        safe: rows as published; k rows.
        rows: the true measures of them, with their cells.
        anew: which rows print what has been measured, shape (k,).
        config: declarations and profiles.
        earlier: ledgers of earlier publications by name.
        behind: who is behind sums of money, see `measures.contributions`.
    """
    found = np.zeros(len(rows), dtype=np.bool_)
    sums = [name for name, one in config.indicators.items() if one.kind.sums and amount(one)]
    mine = np.flatnonzero(rows["indicator"].isin(sums) & anew & safe["numerator"].notna())
    if not len(mine) or not earlier:
        return found
    parts: dict[str, list[float]] = {}
    if behind is not None:
        for cell, pounds in behind[["cell", "amount"]].itertuples(index=False):
            parts.setdefault(cell, []).append(abs(pounds))
    told = pd.concat([_printed(ledger) for ledger in earlier.values()])
    of = {cell: some.to_dict("records") for cell, some in told.groupby("cell")}
    for row in mine.tolist():
        cell, now = rows[schema.NUMERATOR_CELL].iloc[row], safe["numerator"].iloc[row]
        rule = config.profile(rows["profile"].iloc[row])
        people = parts.get(cell, [])
        for before in of.get(cell, ()):
            moved = abs(now - before["printed"])
            if moved <= _NOTHING:
                continue
            # Nobody's part of the difference is larger than the largest there is or was.
            most = max(before["largest"], max(people, default=0.0))
            beside = abs(rows["numerator"].iloc[row] - before["value"]) - 2 * most
            enough = abs(len(people) - before["people"]) >= rule.minimum_contributors
            even = not rule.dominance or beside >= rule.dominance / 100 * most - _NOTHING
            found[row] |= not (enough and even) or not np.isfinite(before["largest"])
    return found


def _printed(ledger: pd.DataFrame) -> pd.DataFrame:
    """Sums that a publication printed; of older ones nobody knows who was behind them."""
    own = ledger.loc[ledger["shown"] & ~ledger["derived"] & ~ledger["earlier"]]
    return own.reindex(columns=["cell", "value", "printed", "people", "largest"])

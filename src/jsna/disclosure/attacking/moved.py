"""A reader with two publications: what a sum has become since it was printed, and of how many.

Written from the ledgers of earlier publications and from who is behind the sums now; of how the
choice was made it uses nothing. 24,000 pounds then and 75,000 now are 51,000 of whoever came since:
of ten people one of whom cost 50,000, nearly all of it is what that one cost. A mean and its number
give their sum as well: the mean of four who came is printed as good as in a row of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from jsna.disclosure.system import Flags
from jsna.measures.contributions import amount
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.model.profiles import Profile

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
    """Rows whose sum, or mean, is another than was printed, by what tells of a few people.

    Args:
        safe: rows as published; k rows.
        rows: the true measures of them, with their cells.
        anew: which rows print what has been measured, shape (k,).
        config: declarations and profiles.
        earlier: ledgers of earlier publications by name.
        behind: who is behind sums of money, see `measures.contributions`.
    """
    found = np.zeros(len(rows), dtype=np.bool_)
    declared = config.indicators
    sums = {name for name, one in declared.items() if amount(one) is not None}
    means = {name for name, one in declared.items() if one.kind.amounts}
    mine = np.flatnonzero(rows["indicator"].isin(sums | means) & anew & safe["numerator"].notna())
    if not len(mine) or not earlier:
        return found
    parts: dict[str, list[float]] = {}
    if behind is not None:
        for cell, pounds in behind[["cell", "amount"]].itertuples(index=False):
            parts.setdefault(cell, []).append(abs(pounds))
    told = [_printed(ledger) for ledger in earlier.values()]
    for row in mine.tolist():
        name, cell = rows["indicator"].iloc[row], rows[schema.NUMERATOR_CELL].iloc[row]
        rule = config.profile(rows["profile"].iloc[row])
        for before in (one[cell] for one in told if cell in one):
            if abs(safe["numerator"].iloc[row] - before["printed"]) <= _NOTHING:
                continue
            now = rows["numerator"].iloc[row]
            if name in sums:
                found[row] |= _few(now, before, parts.get(cell, []), rule)
        for one in told if name in means else ():
            then = one.get(rows[schema.DENOMINATOR_CELL].iloc[row])
            if cell not in one or then is None:
                continue
            came = abs(safe["denominator"].iloc[row] - then["printed"])
            moved = abs(safe["numerator"].iloc[row] - one[cell]["printed"]) > _NOTHING or came > 0
            found[row] |= moved and came < rule.minimum_contributors
    return found


def _few(now: float, before: Mapping[str, float], people: Sequence[float], rule: Profile) -> bool:
    """Whether few are behind the difference of a sum of money, or nearly all of it is one's."""
    # Nobody's part of the difference is larger than the largest there is or was.
    most = max(before["largest"], max(people, default=0.0))
    beside = abs(now - before["value"]) - 2 * most
    enough = abs(len(people) - before["people"]) >= rule.minimum_contributors
    even = not rule.dominance or beside >= rule.dominance / 100 * most - _NOTHING
    return not (enough and even) or not np.isfinite(before["largest"])


def _printed(ledger: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Counts and sums that a publication printed, by cell; of older ones nobody knows who."""
    own = ledger.loc[ledger["shown"] & ~ledger["derived"] & ~ledger["earlier"]]
    kept = own.reindex(columns=["cell", "value", "printed", "people", "largest"])
    numbers = kept.set_index("cell").astype("float64")
    return {
        str(cell): {str(k): float(v) for k, v in one.items()} for cell, one in numbers.iterrows()
    }

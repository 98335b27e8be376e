"""Limits that would tell more than the sums beside them: some of means.

The limits of a mean give the squares of its values added up. Squares of a whole less those of all
its shown parts are those of the hidden parts together, and bound their sums where values are much
alike, however uncertain the sums are kept. No equation of the linked tables has squares in it. So
of rows that add up with a hidden one none has limits: without those of its fellows, nothing of it
follows from the limits of what they add up to. Of three years of which one is hidden it is they
that have none.

Squares tell of single values too. Of few values, or of values much alike, sum and squares leave few
possibilities; where one has nearly all of a sum, its square is nearly all of the squares. So limits
are those of at least 30 values, whose standard deviation is at least the share of the mean that the
p % rule of their profile asks for, and of which none can have half of the sum. A hidden part of
no more than half of the values is then left at least that share of room by the spread of all.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from jsna.disclosure.system import Flags
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.model.hierarchies import THREE_YEARS, years

LIMITS: Final = schema.NUMBERS[3:]
#: Fewest values of which there are limits, as from which on means are taken for normal.
FEWEST: Final = 30
#: Sum squared over squares, at least. Whoever has half of a sum has a quarter of it squared.
_SHARED: Final = 4.0
#: Part of a mean that is a matter of floating point alone.
_NOISE: Final = 1e-9
#: What rows of a year and of the years it is one of have in common, and when they are of.
_PLACE: Final = [
    "indicator", "geography", "area_code", "breakdown", "category", "period", "period_type"
]  # fmt: skip
#: What the rows of one breakdown of one period have in common.
_TOGETHER: Final = ["indicator", "geography", "breakdown", "period", "period_type"]


def of_squares(rows: pd.DataFrame, config: Configuration) -> Flags:
    """Rows whose limits give squares added up, shape (k,)."""
    means = [name for name, one in config.indicators.items() if one.kind.amounts]
    return np.asarray(rows["indicator"].isin(means).to_numpy(dtype=np.bool_))


def telling(rows: pd.DataFrame, config: Configuration) -> Flags:
    """Means whose limits would tell of single values, k rows."""
    from scipy import stats

    columns = ("numerator", "denominator", "lower_95", "upper_95")
    total, count, low, high = (rows[name].to_numpy(dtype=np.float64) for name in columns)
    times = {name: one.multiplier for name, one in config.indicators.items()}
    shares = {name: config.profile(name).dominance / 100 for name in rows["profile"].unique()}
    found: Flags = rows["method"].eq("mean_t").to_numpy(dtype=np.bool_, copy=True)
    some = np.flatnonzero(found & (count >= FEWEST) & (high > low))
    total, n = total[some], count[some]
    reach = (high - low)[some] / 2 / rows["indicator"].iloc[some].map(times).to_numpy()
    variance = n * (reach / stats.t.ppf(0.975, n - 1)) ** 2
    share = np.maximum(rows["profile"].iloc[some].map(shares).to_numpy(), _NOISE)
    alike = np.sqrt(variance) < share * np.abs(total / n) * (1 - _NOISE)
    squares = variance * (n - 1) + total**2 / n
    found[some] = alike | (total**2 < _SHARED * squares * (1 - _NOISE))
    return found


def _of_hidden_years(rows: pd.DataFrame, hidden: Flags) -> Flags:
    """Rows of several years of which one is hidden, k rows.

    Squares of the others taken away from theirs would be those of the hidden year.
    """
    places = [tuple(place) for place in rows[_PLACE].itertuples(index=False, name=None)]
    gone = {place[:-1] for place, off in zip(places, hidden, strict=True) if off}
    return np.array(
        [
            kind == THREE_YEARS and any((*key, year) in gone for year in years(period, kind))
            for *key, period, kind in places
        ],
        dtype=np.bool_,
    )


def withheld(rows: pd.DataFrame, past: pd.DataFrame, hidden: Flags, config: Configuration) -> Flags:
    """Rows whose limits may not be printed, k rows.

    Limits that were printed before tell nothing new; those that were withheld then stay withheld,
    as what was hidden then would follow from them still.

    Args:
        rows: true measures.
        past: what was last printed of them, see `revision.align`.
        hidden: rows that are not printed, or are printed as before and not as measured.
        config: declarations.
    """
    names = list(LIMITS)
    together = rows[_TOGETHER].assign(hidden=hidden).groupby(_TOGETHER)["hidden"]
    beside: Flags = np.asarray(together.transform("any"), dtype=np.bool_)
    close: Flags = np.isclose(rows[names], past[names], rtol=1e-9, atol=1e-12)
    known: Flags = np.all(close, axis=1)
    told = past[["value", *names]].notna().to_numpy(dtype=np.bool_)
    kept = told[:, 0] & ~told[:, 1:].any(axis=1)
    asked = ((beside | _of_hidden_years(rows, hidden) | telling(rows, config)) & ~known) | kept
    return np.asarray(asked & of_squares(rows, config) & ~hidden)

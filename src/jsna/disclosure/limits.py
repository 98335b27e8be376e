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
from scipy import special

from jsna.disclosure.ledger.families import nested
from jsna.disclosure.system import Flags, Floats
from jsna.model import schema
from jsna.model.cells import Cell
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
#: What parts of a whole have in common, of whichever periods.
_LEVEL: Final = ["indicator", "geography", "breakdown", "period_type"]
#: Fewer than one value is none.
_SOMEBODY: Final = 0.5
#: What the rows of one breakdown of one period have in common.
_TOGETHER: Final = ["indicator", "geography", "breakdown", "period", "period_type"]


def of_squares(rows: pd.DataFrame, config: Configuration) -> Flags:
    """Rows whose limits give squares added up, shape (k,)."""
    means = [name for name, one in config.indicators.items() if one.kind.amounts]
    return np.asarray(rows["indicator"].isin(means).to_numpy(dtype=np.bool_))


def telling(rows: pd.DataFrame, config: Configuration) -> Flags:
    """Means whose limits would tell of single values, k rows."""
    sums = _sums(rows, config)
    found: Flags = rows["method"].eq("mean_t").to_numpy(dtype=np.bool_, copy=True)
    some = found & ~np.isnan(sums[2])
    found[some] = _tells(sums[:, some], _shares(rows, config)[some])
    return found


def _sums(rows: pd.DataFrame, config: Configuration) -> Floats:
    """How many values, their sum and that of their squares: shape (3, k).

    Squares, as the limits of a mean have them, are NaN where there are none, or of too few.
    """
    columns = ("denominator", "numerator", "lower_95", "upper_95")
    count, total, low, high = (rows[name].to_numpy(dtype=np.float64) for name in columns)
    times = {name: one.multiplier for name, one in config.indicators.items()}
    squares = np.full(len(rows), np.nan)
    some = np.flatnonzero(rows["method"].eq("mean_t") & (count >= FEWEST) & (high > low))
    n = count[some]
    reach = (high - low)[some] / 2 / rows["indicator"].iloc[some].map(times).to_numpy()
    variance = n * (reach / special.stdtrit(n - 1, 0.975)) ** 2
    squares[some] = variance * (n - 1) + total[some] ** 2 / n
    return np.stack([count, total, squares])


def _shares(rows: pd.DataFrame, config: Configuration) -> Floats:
    """The share of a mean by which values have to deviate from it, shape (k,)."""
    shares = {name: config.profile(name).dominance / 100 for name in rows["profile"].unique()}
    own: Floats = rows["profile"].map(shares).to_numpy(dtype=np.float64)
    return np.maximum(own, _NOISE)


def _tells(sums: Floats, shares: Floats) -> Flags:
    """Whether number, sum and squares of values tell of single ones, shapes (3, k) and (k,)."""
    n, total, squares = sums
    variance = (squares - total**2 / n) / np.maximum(n - 1, 1)
    alike = np.sqrt(np.maximum(variance, 0)) < shares * np.abs(total / n) * (1 - _NOISE)
    few = n < FEWEST
    return np.asarray(few | alike | (total**2 < _SHARED * squares * (1 - _NOISE)))


def _leaving(rows: pd.DataFrame, shown: Flags, config: Configuration) -> Flags:
    """Parts whose limits, with those of a whole, would tell of single values that are left.

    The smallest part has none first: what is left then is left with it.

    Args:
        rows: true measures with their cells, k rows.
        shown: those that have limits which nothing else forbids to print.
        config: declarations.
    """
    found = np.zeros(len(rows), dtype=np.bool_)
    some = np.flatnonzero(shown & of_squares(rows, config))
    if not len(some):
        return found
    sums, shares = _sums(rows, config), _shares(rows, config)
    some = some[~np.isnan(sums[2, some])]
    cells = {row: Cell.read(rows[schema.DENOMINATOR_CELL].iloc[row]) for row in some.tolist()}
    for (name, *_), at in rows.iloc[some].groupby(_LEVEL, sort=False).indices.items():
        level = sorted(some[at].tolist(), key=lambda row: (sums[0, row], row))
        for whole, outer in cells.items():
            if name != rows["indicator"].iloc[whole]:
                continue
            parts = [r for r in level if cells[r] != outer and nested(cells[r], outer)]
            parts = [row for row in parts if not found[row]]
            while parts:
                left = sums[:, [whole]] - sums[:, parts].sum(axis=1, keepdims=True)
                if left[0, 0] < _SOMEBODY or not _tells(left, shares[[whole]])[0]:
                    break
                found[parts.pop(0)] = True
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
    asked = beside | _of_hidden_years(rows, hidden) | telling(rows, config)
    asked |= _leaving(rows, ~hidden & (known | ~(asked | kept)), config)
    asked = (asked & ~known) | kept
    return np.asarray(asked & of_squares(rows, config) & ~hidden)

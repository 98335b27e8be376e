"""Areas ranked into quantiles of equal size.

The rule is the one public-health indicator tools in England use: ties share the lowest rank, and
area of rank r among N goes to quantile k + 1 - ⌈(N + 1 - r)·k/N⌉.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from jsna.measures.methods.arrays import Floats, floats, grouped


class TooFewAreasWarning(UserWarning):
    """A group has fewer areas than quantiles, so none of its areas got one."""


def quantiles(
    values: ArrayLike,
    count: int,
    *,
    group: ArrayLike | None = None,
    invert: bool = False,
) -> Floats:
    """Which quantile each area is in: 1 is the lowest values, or the highest with `invert`.

    The ceiling is taken in whole numbers, so no rounding decides a boundary. Areas without a
    value have no quantile (NaN) and do not count among the N. Ties can leave a quantile empty.

    Args:
        values: one per area, shape (n,).
        count: how many quantiles: 4, 5, 10.
        group: rank within each of these (say, regions); without it, among all.
        invert: make quantile 1 the highest values.

    Returns:
        Quantiles 1 to `count` as floats, shape (n,), NaN where there is none.

    Raises:
        ValueError: fewer than two quantiles, no areas.

    Warns:
        TooFewAreasWarning: a group has fewer areas with a value than quantiles.
    """
    if count < 2 or count != int(count):
        raise ValueError("count: there must be 2 quantiles or more, in whole numbers")
    # Imported here: scipy.stats costs more than everything else this package imports.
    from scipy import stats

    y = floats("values", values)
    _, codes, groups = grouped(group, y)
    result = np.full(y.shape, np.nan)
    short: list[int] = []
    for code in range(groups):
        rows = np.flatnonzero((codes == code) & ~np.isnan(y))
        if len(rows) < count:
            short.append(code)
            continue
        rank = stats.rankdata(-y[rows] if invert else y[rows], method="min").astype(np.int64)
        from_top = len(rows) + 1 - rank
        result[rows] = count + 1 - -(-from_top * int(count) // len(rows))
    if short:
        _warn_short(short, groups, int(count))
    return result


def _warn_short(short: Iterable[int], groups: int, count: int) -> None:
    """Say that some groups got no quantiles, by their place in sorted order, not their values."""
    places = ", ".join(str(place) for place in short)
    where = f" in group(s) {places} (sorted, from 0)" if groups > 1 else ""
    warnings.warn(
        f"fewer areas with a value than the {count} quantiles{where}: none given",
        TooFewAreasWarning,
        stacklevel=3,
    )

"""Interval propagation: what single equations say about hidden cells, again and again.

With every other cell of an equation between its bounds, the last one lies between two sums. This is
the arithmetic a reader does with a pencil; it is cheap, it is sound, and it is not complete.
"""

from __future__ import annotations

import numpy as np

from jsna.disclosure.system import TOLERANCE, Floats, Matrix

#: Passes over the equations; more would change bounds by ever less.
PASSES = 40


def propagate(matrix: Matrix, right: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Bounds of x ≥ `low`, x ≤ `high` tightened by `matrix @ x == right`, row by row."""
    low, high = low.astype(float), high.astype(float)
    if not matrix.shape[0]:
        return low, high
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    cells, factors = matrix.indices, matrix.data
    for _ in range(PASSES):
        ends = factors * low[cells], factors * high[cells]
        least, most = np.minimum(*ends), np.maximum(*ends)
        rest_least = _others(rows, least, matrix.shape[0], -np.inf)
        rest_most = _others(rows, most, matrix.shape[0], np.inf)
        one, other = (right[rows] - rest_most) / factors, (right[rows] - rest_least) / factors
        new_low, new_high = low.copy(), high.copy()
        np.maximum.at(new_low, cells, np.minimum(one, other))
        np.minimum.at(new_high, cells, np.maximum(one, other))
        with np.errstate(invalid="ignore", over="ignore"):
            gain = np.nan_to_num(new_low - low, nan=0.0) + np.nan_to_num(high - new_high, nan=0.0)
        low, high = new_low, new_high
        if not (gain > TOLERANCE).any():
            break
    return low, high


def _others(rows: np.ndarray, terms: Floats, count: int, infinite: float) -> Floats:
    """For each term, the sum of the others of its row, where infinities may be among them."""
    endless = ~np.isfinite(terms)
    finite = np.where(endless, 0.0, terms)
    total = np.bincount(rows, weights=finite, minlength=count)[rows] - finite
    others = np.bincount(rows, weights=endless, minlength=count)[rows] - endless
    return np.asarray(np.where(others > 0.5, infinite, total))

"""Numbers drawn so that every band of a column is well filled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jsna.model.bands import ends
from jsna.model.contract import Column


def banded(
    random: np.random.Generator, column: Column, low: float, high: float, size: int
) -> NDArray[Any]:
    """Numbers of a column with bands, as many in each and of any size within it.

    Args:
        random: what they are drawn with.
        column: a number or an integer, which none of them goes beyond.
        low, high: the smallest and the largest that there may be.
        size: how many.

    Returns:
        numbers of three decimals, or whole ones.
    """
    assert column.bands is not None
    whole = column.type == "integer"
    low, high = (np.ceil(low), np.floor(high) + 1) if whole else (low, high)
    first, last = (np.array(edge) for edge in ends(column.bands, low, high))
    at = random.integers(0, len(first), size)
    if whole:
        first, last = np.ceil(first).astype(np.int64), np.ceil(last).astype(np.int64)
        made: NDArray[Any] = random.integers(first[at], np.maximum(last, first + 1)[at])
        return made
    return np.round(random.uniform(first[at], last[at]), 3).clip(low, high)

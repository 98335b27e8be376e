"""What every method shares: checked arrays, confidence levels, groups, and the shape of a result.

Missing figures are NaN. They are never an error and never a zero: the result they feed is NaN,
with `MISSING` as its reason. Impossible figures are an error, which names the argument and the
position (counted from 0) and never the figure itself, because it may be about a child.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Codes: TypeAlias = NDArray[np.int64]
Words: TypeAlias = NDArray[np.str_]
Confidence: TypeAlias = float | Sequence[float]

MISSING: Final = "a figure it needs is missing"


class Interval(NamedTuple):
    """Values with confidence limits.

    Attributes:
        value: the estimates, shape (n,).
        lower, upper: limits. Shape (n,) for one confidence level; (k, n) for k levels, in the
            order they were asked for.
        reason: why a value or its limits are NaN, shape (n,); empty where both stand.
        area: for methods that add rows up by area, the area each result is for, sorted;
            otherwise None, and result i belongs to input i.
    """

    value: Floats
    lower: Floats
    upper: Floats
    reason: Words
    area: NDArray[np.generic] | None = None


def floats(name: str, values: ArrayLike) -> Floats:
    """`values` as floats, missing as NaN. Text and infinities are a ValueError."""
    given = np.asarray(values)
    if given.dtype == object:  # None and pandas' NA become NaN only by way of objects
        seen = [np.nan if _is_missing(value) else value for value in given.ravel()]
        given = np.array(seen, dtype=None if seen else np.float64).reshape(given.shape)
    if given.dtype.kind not in "biufO":
        raise ValueError(f"{name}: every value must be a number or missing")
    try:
        checked = given.astype(np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: every value must be a number or missing") from None
    require(~np.isinf(checked), name, "must be finite")
    return checked


def _is_missing(value: object) -> bool:
    """Whether an object stands for a missing figure (None, or pandas' NA, which has no truth)."""
    return value is None or type(value).__name__ == "NAType"


def require(holds: Flags, name: str, rule: str) -> None:
    """Raise ValueError naming the first position where `holds` is false, and how many there are."""
    if not np.all(holds):
        broken = np.argwhere(~np.atleast_1d(holds))
        first = ", ".join(str(index) for index in broken[0])
        raise ValueError(
            f"{name}: {rule} (broken at position {first}, counting from 0; {len(broken):,} in all)"
        )


def same_shape(**arrays: Floats) -> None:
    """Raise ValueError unless all the named arrays have one shape."""
    shapes = {name: array.shape for name, array in arrays.items()}
    if len(set(shapes.values())) > 1:
        told = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"arrays must have the same shape: {told}")


def not_negative(name: str, values: Floats) -> None:
    """Raise ValueError where a value is below 0. NaN passes."""
    require(~(values < 0), name, "must be 0 or more")


def positive(name: str, values: Floats) -> None:
    """Raise ValueError where a value is 0 or below. NaN passes."""
    require(~(values <= 0), name, "must be more than 0")


def scale(multiplier: float) -> float:
    """`multiplier` if it is a positive finite number, else ValueError."""
    if not (np.isfinite(multiplier) and multiplier > 0):
        raise ValueError("multiplier: must be a finite number above 0")
    return float(multiplier)


def upper_tail(confidence: Confidence, ndim: int) -> Floats:
    """The probability below the upper limit of each two-sided interval: c + (1 - c)/2.

    Shape: () for one level; (k, 1, …) with `ndim` ones for k levels, ready to broadcast.
    """
    level = np.asarray(confidence, dtype=np.float64)
    if level.ndim > 1 or level.size == 0 or not bool(np.all((level > 0) & (level < 1))):
        raise ValueError("confidence: each level must lie between 0 and 1, such as 0.95")
    tail = level + (1 - level) / 2
    return tail.reshape(tail.shape + (1,) * ndim) if tail.ndim else tail


def normal_quantile(probability: Floats) -> Floats:
    """Φ⁻¹ of a probability."""
    return np.asarray(special.ndtri(probability), dtype=np.float64)


def missing_reason(*arrays: Floats) -> Words:
    """`MISSING` at every position where any of the arrays is NaN, empty elsewhere."""
    gaps = np.logical_or.reduce([np.isnan(array) for array in arrays])
    # Words are wide: where nothing is missing, as nearly always, none are written.
    reasons = np.zeros(gaps.shape, dtype=f"<U{len(MISSING)}")
    if gaps.any():
        reasons[gaps] = MISSING
    return reasons


def grouped(area: ArrayLike | None, like: Floats) -> tuple[NDArray[np.generic] | None, Codes, int]:
    """Which group each row is in: (sorted labels, group number by row, number of groups).

    Without `area` all rows are one group, whose labels are None.
    """
    if like.ndim != 1 or like.size == 0:
        raise ValueError("rows must be a one-dimensional array with something in it")
    if area is None:
        return None, np.zeros(like.size, dtype=np.int64), 1
    given = np.asarray(area)
    if given.shape != like.shape:
        raise ValueError(f"area: {given.shape} labels for {like.shape} rows")
    try:
        labels, codes = np.unique(given, return_inverse=True)
    except TypeError:
        raise ValueError("area: labels must all be of one kind, with none missing") from None
    return labels, codes.astype(np.int64), len(labels)


def totals(codes: Codes, groups: int, values: Floats) -> Floats:
    """Sum of `values` in each group; NaN where any value of the group is."""
    return np.bincount(codes, weights=values, minlength=groups).astype(np.float64)

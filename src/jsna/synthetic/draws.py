"""Random draws: one independent, stable stream for each thing drawn, and vectorised choices."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
Labels = npt.NDArray[Any]
#: Days of a year, on average.
YEAR: Final = 365.25


def stream(seed: int, *names: str) -> np.random.Generator:
    """The generator of the thing so named: what else is drawn does not change its numbers."""
    words = [zlib.crc32(name.encode()) for name in names]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))


def choose(
    rng: np.random.Generator, shares: Mapping[str, float], size: int
) -> npt.NDArray[np.int64]:
    """Positions in `shares` drawn with those (not yet normalised) probabilities."""
    return choose_weighted(rng, np.array(list(shares.values()), dtype=float), size)


def choose_weighted(rng: np.random.Generator, weights: Floats, size: int) -> Ints:
    """Positions drawn with probability in proportion to `weights`."""
    bounds = np.cumsum(weights) / weights.sum()
    found = np.searchsorted(bounds, rng.random(size), side="right")
    chosen: Ints = np.minimum(found, len(weights) - 1)
    return chosen


def choose_rows(rng: np.random.Generator, weights: Floats) -> Ints:
    """For each row of a matrix of weights, a column drawn in proportion to them."""
    bounds = np.cumsum(weights, axis=1)
    drawn = rng.random(len(weights)) * bounds[:, -1]
    chosen: Ints = np.minimum((bounds <= drawn[:, None]).sum(axis=1), weights.shape[1] - 1)
    return chosen


def lowest(keys: Floats, count: int) -> Ints:
    """Positions of the `count` lowest keys, in order of position (fewer where there are fewer)."""
    count = min(count, int(np.isfinite(keys).sum()))
    if count <= 0:
        return np.empty(0, dtype=np.int64)
    return np.sort(np.argpartition(keys, count - 1)[:count])


def logistic(values: Floats) -> Floats:
    """Probability of log odds."""
    return 1.0 / (1.0 + np.exp(-values))


def calibrated(log_odds: Floats, target: float) -> Floats:
    """Probabilities with the relative log odds given, whose mean is `target`."""
    low, high = -25.0, 25.0
    for _ in range(45):
        middle = (low + high) / 2
        if float(logistic(log_odds + middle).mean()) < target:
            low = middle
        else:
            high = middle
    return logistic(log_odds + low)


def spread(shares: Mapping[str, float], total: int) -> dict[str, int]:
    """Whole numbers that add up to `total` in proportion to `shares` (largest remainders)."""
    whole = sum(shares.values())
    exact = {key: share / whole * total for key, share in shares.items()}
    counts = {key: int(value) for key, value in exact.items()}
    rest = sorted(exact, key=lambda key: (counts[key] - exact[key], key))
    for key in rest[: total - sum(counts.values())]:
        counts[key] += 1
    return counts


def narrow(values: Ints, kind: type[np.signedinteger[Any]]) -> Ints:
    """Whole numbers in fewer bytes, of those held for everyone."""
    found: Ints = values.astype(kind)
    return found


def days(day: date) -> np.datetime64:
    """A date as numpy writes it."""
    return np.datetime64(day, "D")


def completed_years(born: Days, on: date) -> Ints:
    """Whole years of age on a day; negative before birth."""
    months = born.astype("datetime64[M]")
    years = born.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = (born - months.astype("datetime64[D]")).astype(np.int64) + 1
    before = (month > on.month) | ((month == on.month) & (day > on.day))
    age: Ints = on.year - years - before
    return age


def group_of(ages: Ints, groups: Sequence[str]) -> Ints:
    """Position of the group, written `5-10` or `4`, each age lies in; ends are open."""
    uppers = np.array([int(group.split("-")[-1]) for group in groups])
    return np.minimum(np.searchsorted(uppers, ages, side="left"), len(groups) - 1)

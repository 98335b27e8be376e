"""Codes that are sums of others: looked for in the counts, whatever they are called.

A row that adds others up and is taken for one of them is counted twice, and protected as if nobody
could subtract. So every code is compared with the sums of others over all combinations of the other
dimensions. How many sums would agree by chance is reckoned from how far the counts spread; where
that is next to none the code is a total, and where it is not the user is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from jsna.disclosure.system import Flags, Floats, Ints

#: Sums that chance alone would make agree, as a power of two, below which a sum is no chance.
CERTAIN = -10.0
#: Steps of the search for the parts of one code, and for those of all codes of a dimension.
STEPS, ALL_STEPS = 4_000, 120_000
#: With more codes than this, runs of rows away from a code are not tried one by one.
RUNS = 60
#: A code above the sum of all others by at most this share may be a total with a part left out.
NEARLY = 0.1

#: Which sums were tried: of all other codes, of a run of rows beside or away from the code, any.
Kind = Literal["all", "beside", "run", "any"]


@dataclass(frozen=True, slots=True)
class Sum:
    """A code that is the sum of others, as column numbers of the counts.

    Attributes:
        total: the code.
        parts: those it adds up.
        bits: how many sums of this kind would agree by chance, as a power of two.
        exact: whether it is the sum; otherwise it is only near.
    """

    total: int
    parts: tuple[int, ...]
    bits: float
    exact: bool = True

    @property
    def certain(self) -> bool:
        """Whether chance does not explain it."""
        return self.exact and self.bits <= CERTAIN


@dataclass(slots=True)
class Sums:
    """What was found in one dimension, and codes of which it could not be settled."""

    found: list[Sum] = field(default_factory=list)
    unsettled: list[int] = field(default_factory=list)


class Counts:
    """Counts of the codes of one dimension at every combination of the others.

    Attributes:
        low: shape (combinations, codes); 0 where a count is hidden.
        hidden: where it is.
        known: where a code has a count at all.
    """

    def __init__(self, values: Floats, known: Flags) -> None:
        self.hidden: Flags = np.isnan(values) & known
        self.low = np.where(np.isnan(values), 0.0, values)
        self.known = known
        self.size = values.shape[1]
        self.left = ALL_STEPS

    def fits(self, total: int, parts: Sequence[int]) -> tuple[bool, Floats, Flags]:
        """Whether a code may be a sum: by how much it is above it, and where that is seen."""
        at = list(parts)
        seen = self.known[:, total] & ~self.hidden[:, total]
        above = self.low[:, total] - self.low[:, at].sum(axis=1)
        loose = self.hidden[:, at].any(axis=1)
        fits = bool((above[seen] >= 0).all() and (above[seen & ~loose] == 0).all())
        return fits, above, seen & ~loose

    def within(self, part: int, total: int) -> bool:
        """Whether one code never exceeds another."""
        seen = self.known[:, total] & ~self.hidden[:, total]
        return bool((self.low[seen, part] <= self.low[seen, total]).all())

    def bits(self, total: int, parts: Sequence[int], kind: Kind, among: Sequence[int]) -> float:
        """How many sums of a kind would agree where this one does, as a power of two."""
        _, above, at = self.fits(total, parts)
        at &= above == 0
        low = np.unique(self.low[at][:, list(among)], axis=0)
        if not at.any():
            return float("inf")
        # Combinations that follow from others, such as margins, are no evidence of their own.
        low = low[~(2 * low == low.sum(axis=0)).all(axis=1) | (len(low) < 3)]
        spread = 2.5 * np.sqrt((low**2).sum(axis=1) / 4)
        each = np.sort(-np.log2(np.maximum(spread, 1)))
        rank = int(np.linalg.matrix_rank(low))
        kept = rank if rank < min(low.shape) else len(low)
        tried = {
            "all": np.log2(self.size),
            "beside": 2 * np.log2(self.size) + 1,
            "run": 3 * np.log2(self.size),
            "any": float(len(among)) + np.log2(self.size),
        }[kind]
        return float(tried + each[:kept].sum())


def find_sums(values: Floats, known: Flags, leaves: Flags, open_: Flags) -> Sums:
    """Codes that are, may be, or nearly are sums of others.

    Args:
        values: shape (combinations of the other dimensions, codes in the order of the rows); NaN
            where a count is hidden.
        known: whether a code has a count at a combination.
        leaves: codes that may be parts: not those known to be totals.
        open_: codes of which it is not known whether they are totals.
    """
    counts, made = Counts(values, known), Sums()
    parts = leaves & (counts.low.sum(axis=0) > 0)
    size = counts.low.sum(axis=0)
    for code in map(int, np.argsort(size, kind="stable")):
        if not open_[code] or size[code] == 0:
            continue
        among = [int(i) for i in np.flatnonzero(parts) if i != code]
        found, settled = _decompose(counts, code, among)
        made.found += found
        if any(one.certain for one in found):
            parts[code] = False
        elif not settled:
            made.unsettled.append(code)
    return made


def _decompose(counts: Counts, code: int, among: list[int]) -> tuple[list[Sum], bool]:
    """The likeliest sums that make a code, and whether others can be ruled out."""
    if not among:
        return [], True
    found: dict[tuple[int, ...], Sum] = {}

    def note(parts: Sequence[int], kind: Kind) -> None:
        at = tuple(sorted(parts))
        fits, _, seen = counts.fits(code, at)
        if fits and seen.any() and counts.low[seen][:, code].any():
            one = Sum(code, at, counts.bits(code, at, kind, among))
            if at not in found or one.bits < found[at].bits:
                found[at] = one

    if len(among) > 1:
        note(among, "all")
    for kind, run in _runs(counts, code, among):
        note(run, kind)
    smaller = [i for i in among if counts.within(i, code)]
    settled = True
    if not any(one.certain for one in found.values()):
        many, settled = _search(counts, code, smaller)
        for parts in many:
            note(parts, "any")
    certain = [one for one in found.values() if one.certain]
    # A namesake of the same counts has the same parts: what it is the sum of says more.
    certain = [one for one in certain if len(one.parts) > 1] or certain
    if not certain and not found and (near := _near(counts, code, among)) is not None:
        return [near], settled
    kept = certain or sorted(found.values(), key=lambda one: (one.bits, one.parts))
    return kept[:3], settled


def _runs(counts: Counts, code: int, among: list[int]) -> list[tuple[Kind, list[int]]]:
    """Runs of rows that do not exceed a code, at their longest and just where they reach it."""
    made: list[tuple[Kind, list[int]]] = []
    before, after = [i for i in among if i < code][::-1], [i for i in among if i > code]
    starts: list[tuple[Kind, list[int]]] = [("beside", before), ("beside", after)]
    if len(among) <= RUNS:
        starts += [("run", among[i:]) for i in range(1, len(among))]
        starts += [("run", among)]
    seen = counts.known[:, code] & ~counts.hidden[:, code]
    target = counts.low[seen][:, code]
    low, hidden = counts.low[seen], counts.hidden[seen]
    for kind, row in starts:
        total, loose = np.zeros(len(target)), np.zeros(len(target), dtype=np.bool_)
        for length, part in enumerate(row, start=1):
            total += low[:, part]
            loose |= hidden[:, part]
            if (total > target).any():
                break
            if length > 1 and (total == target)[~loose].all():
                made.append((kind, row[:length]))
    return made


def _search(counts: Counts, code: int, among: list[int]) -> tuple[list[list[int]], bool]:
    """Up to two sums of any codes that make a code, and whether every other was ruled out."""
    seen = counts.known[:, code] & ~counts.hidden[:, code]
    size = counts.low[seen].sum(axis=0)
    order = sorted(among, key=lambda i: (-size[i], i))
    low, hidden = counts.low[seen][:, order].T, counts.hidden[seen][:, order].T
    rest = np.concatenate([np.cumsum(low[::-1], axis=0)[::-1], np.zeros((1, low.shape[1]))])
    loose_rest = np.concatenate(
        [np.logical_or.accumulate(hidden[::-1], axis=0)[::-1], np.zeros((1, low.shape[1]), bool)]
    )
    found: list[list[int]] = []
    steps = min(STEPS, counts.left)
    none: Flags = np.zeros(low.shape[1], dtype=np.bool_)
    todo: list[tuple[int, Floats, Flags, list[int]]] = [(0, counts.low[seen][:, code], none, [])]
    while todo and len(found) < 2 and steps > 0:
        at, left, loose, chosen = todo.pop()
        steps -= 1
        counts.left -= 1
        if chosen and (left[~loose] == 0).all():
            found.append([order[i] for i in chosen])
            continue
        if at == len(order) or (rest[at] < left)[~(loose | loose_rest[at])].any():
            continue
        todo.append((at + 1, left, loose, chosen))
        after = left - low[at]
        if (after >= 0).all():
            todo.append((at + 1, after, loose | hidden[at], [*chosen, at]))
    return found, not todo or len(found) == 2


def _near(counts: Counts, code: int, among: list[int]) -> Sum | None:
    """All other codes, or a run beside the code, that all but make it."""
    before, after = [i for i in among if i < code][::-1], [i for i in among if i > code]
    seen = counts.known[:, code] & ~counts.hidden[:, code]
    most = 1.1 * counts.low[seen][:, code].sum()
    tried: list[tuple[Kind, list[int]]] = [("all", among)]
    for row in (before, after):
        sums = np.cumsum([counts.low[seen][:, i].sum() for i in row])
        tried += [("beside", row[: n + 1]) for n in range(1, len(row)) if sums[n] <= most]
    for kind, parts in tried:
        _, above, at = counts.fits(code, parts)
        if len(parts) < 2 or not at.any():
            continue
        share = above[at].sum() / max(counts.low[at][:, code].sum(), 1)
        bits = counts.bits(code, parts, kind, among)
        whole = kind == "all" or bits <= CERTAIN
        if whole and (above[at] >= 0).all() and 0 < share <= NEARLY:
            return Sum(code, tuple(sorted(parts)), bits, exact=False)
    return None


def confirmed(counts: Floats, total: Floats, code: int, leaves: Ints) -> bool:
    """Whether totals count a code beside all others, so that it is a sum of none of them.

    Args:
        counts: shape (combinations, codes); NaN where hidden.
        total: the printed total at each combination; NaN where there is none.
        code: column of the code.
        leaves: columns of all codes that the total adds up, this one among them.
    """
    low = np.nan_to_num(counts[:, leaves]).sum(axis=1)
    hidden = np.isnan(counts[:, leaves]).any(axis=1)
    at = ~np.isnan(total) & (np.nan_to_num(counts[:, code]) > 0)
    agrees = np.where(hidden, low <= total, low == total)
    return bool(at.any() and agrees[at].all())

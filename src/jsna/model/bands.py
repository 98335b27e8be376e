"""Bands of a number: the codes it falls into by its size, declared once beside its column.

A distribution over bands is that of any other dimension. So the first band is open below and the
last one above: a closed one would say how small the smallest number is, and how large the largest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

#: A code stands in SQL and in keys of measures.
_CODE: Final = re.compile(r"[A-Za-z0-9_+-]+")


@dataclass(frozen=True, slots=True)
class Band:
    """One band.

    Attributes:
        code, label: of the code list.
        least: the smallest number in it; None where it is open below.
        below: the numbers in it lie below this; None where it is open above.
    """

    code: str
    label: str
    least: float | None
    below: float | None


@dataclass(frozen=True, slots=True)
class Bands:
    """Bands of the number in a column.

    Attributes:
        of: field of the column.
        each: the bands, smallest numbers first.
        groups: broader ones, which are shown instead where counts are small; each is made of bands
            that adjoin, and one of the ends of its neighbour. None where not given.
    """

    of: str
    each: tuple[Band, ...]
    groups: tuple[Band, ...] = ()

    @property
    def name(self) -> str:
        """The column of their codes, its code list and its dimension."""
        return f"{self.of}_band"

    @property
    def group(self) -> str:
        """The code list and dimension of the broader ones."""
        return f"{self.name}_group"

    @property
    def finer(self) -> dict[str, tuple[str, ...]]:
        """Code of a broader band -> those of the bands that it is made of."""
        return {
            group.code: tuple(band.code for band in self.each if _within(band, group))
            for group in self.groups
        }

    def sql(self, number: str) -> str:
        """SQL of the band a number is in; of none there is none.

        Args:
            number: its SQL.
        """
        conditions = (_condition(number, band) for band in self.each)
        cases = zip(conditions, self.each, strict=True)
        when = " ".join(f"when {condition} then '{band.code}'" for condition, band in cases)
        return f"case {when} end"

    def faults(self, least: float | None, most: float | None) -> Iterator[str]:
        """What is wrong with the declaration: rules that it breaks.

        Args:
            least, most: bounds of the number, where it has any.
        """
        yield from _faults(self.each)
        for band in self.each:
            under = least is not None and band.below is not None and band.below <= least
            over = most is not None and band.least is not None and band.least > most
            if under or over:
                yield f"no number that the column may hold is in band {band.code}"
        if self.groups:
            yield from (f"of the broader bands, {rule}" for rule in _faults(self.groups))
            yield from self._nested()

    def _nested(self) -> Iterator[str]:
        edges = set(_edges(self.each))
        for edge in _edges(self.groups):
            if edge not in edges:
                yield f"a broader band has its edge at {edge:g}, where no band has one"
        ends = {(band.least, band.below) for band in self.groups}
        if all((band.least, band.below) in ends for band in (self.each[0], self.each[-1])):
            yield "the broader bands join neither the first nor the last band with its neighbour"


def reach(
    least: float | None, most: float | None, span: float, bands: Bands | None = None
) -> tuple[float, float]:
    """From where to where numbers of a column are drawn: to its bounds, and in each of its bands.

    Args:
        least, most: bounds of the column, where it has any.
        span: how far numbers go past what is known of them.
        bands: of the column.
    """
    edges = _edges(bands.each) if bands else []
    low = min([0.0, *(edge - span for edge in edges[:1] if edge <= 0)]) if least is None else least
    high = max([low, *edges[-1:]]) + span if most is None else most
    return low, high


def ends(bands: Bands, low: float, high: float) -> tuple[list[float], list[float]]:
    """Where each band begins and where each ends, of numbers from `low` to below `high`."""
    edges = [edge for edge in _edges(bands.each) if low < edge < high]
    return [low, *edges], [*edges, high]


def _edges(bands: Sequence[Band]) -> list[float]:
    """Where one band ends and the next begins."""
    return [band.least for band in bands[1:] if band.least is not None]


def _within(band: Band, group: Band) -> bool:
    starts = group.least is None or (band.least is not None and band.least >= group.least)
    stops = group.below is None or (band.below is not None and band.below <= group.below)
    return starts and stops


def _condition(number: str, band: Band) -> str:
    from_ = [f"{number} >= {band.least!r}"] if band.least is not None else []
    below = [f"{number} < {band.below!r}"] if band.below is not None else []
    return " and ".join([*from_, *below]) or f"{number} is not null"


def _faults(bands: Sequence[Band]) -> Iterator[str]:
    """What is wrong with bands, whatever they are of."""
    if len(bands) < 2:
        yield "one band divides nothing; give two or more"
    codes = [band.code for band in bands]
    for code in dict.fromkeys(codes):
        if codes.count(code) > 1:
            yield f"two bands have the code {code}"
        if not _CODE.fullmatch(code):
            yield f"the code {code!r} is not of letters, digits and - + _ alone"
    for place, band in enumerate(bands):
        yield from _open(band, first=not place, last=place == len(bands) - 1)
    for one, other in pairwise(bands):
        if one.below is not None and other.least is not None:
            yield from _adjoin(one, other, one.below, other.least)


def _open(band: Band, *, first: bool, last: bool) -> Iterator[str]:
    """A band that is open where it may not be, or closed, or has nothing in it."""
    if first and band.least is not None:
        yield f"the first band, {band.code}, is closed at {band.least:g}; leave it open below"
    if last and band.below is not None:
        yield f"the last band, {band.code}, is closed at {band.below:g}; leave it open above"
    if not first and band.least is None:
        yield f"band {band.code} is open below and is not the first"
    if not last and band.below is None:
        yield f"band {band.code} is open above and is not the last"
    if band.least is not None and band.below is not None and band.least >= band.below:
        yield f"band {band.code} runs from {band.least:g} to {band.below:g}, which is nothing"


def _adjoin(one: Band, other: Band, below: float, least: float) -> Iterator[str]:
    """What keeps the end of one band from being where the next one begins."""
    pair = f"{one.code} and {other.code}"
    if one.least is not None and least <= one.least:
        yield f"bands {pair} are not in order"
    elif least < below:
        yield f"bands {pair} overlap from {least:g} to {below:g}"
    elif least > below:
        yield f"bands {pair} leave a gap from {below:g} to {least:g}"

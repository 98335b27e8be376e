"""What share of some records something is, in bands so wide that no small number shows.

Published of records that left a count: never how many, only in which band their share lies. The
bands of a file follow from how many records it has and from nothing else, so that the choice tells
nothing. The first reaches from none to at least the threshold, and every other begins at the
threshold or above and is as wide: whoever knows the number of records exactly is left with every
small count where it is small. See `docs/disclosure.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import ceil
from typing import Any, Final

from jsna import io
from jsna.errors import JsnaError, Problem
from jsna.measures.attrition import FILE
from jsna.model.configuration import Configuration

#: Shares at which bands begin, in per cent. Each is at most twice and a half the one before, so
#: that a band above the first is no narrower than what lies below it, but for rounding.
EDGES: Final = (1, 2, 5, 10, 25, 50)
#: No band may hold fewer counts than this, whatever the profiles say.
FEWEST: Final = 5

#: What of an entry of the record says how many there are, and is never published.
_EXACT: Final = ("rows", "received")
#: Indicator -> what is stated beside it.
Record = Mapping[str, Sequence[Mapping[str, Any]]]

#: Lower and upper bound in per cent; 0 and 100 are the ends.
Band = tuple[int, int]


def least(config: Configuration) -> int:
    """The width every band must have: what the strictest profile of the edition protects.

    One for the edition, so that two indicators never say two things of one number.
    """
    edition = config.edition
    names = {edition.profile, *edition.profiles.values()}
    profiles = [config.profile(name) for name in sorted(names)]
    return max(FEWEST, *(max(p.threshold, p.rounding, p.protects) for p in profiles))


def bands(records: int, width: int) -> list[Band]:
    """The bands of a number of records, from none of them to all.

    Args:
        records: how many there are.
        width: how many counts a band must hold; see `least`.
    """
    edges = [edge for edge in EDGES if first(edge, records) >= width]
    if edges and records - first(edges[-1], records) < width:
        edges.pop()
    bounds = [0, *edges, 100]
    found = list(pairwise(bounds))
    return _wide(found, records, width)


def _wide(found: list[Band], records: int, width: int) -> list[Band]:
    """The bands, of which one too narrow is one with that before it."""
    kept: list[Band] = []
    for low, high in found:
        if kept and first(high, records) - first(low, records) < width:
            kept[-1] = kept[-1][0], high
        else:
            kept.append((low, high))
    return kept


def first(edge: int, records: int) -> int:
    """The least count whose share is not below an edge."""
    return -(-edge * records // 100)


def band(count: int, records: int, width: int) -> Band:
    """The band a count lies in."""
    among = bands(records, width)
    return next((one for one in among if count < first(one[1], records)), among[-1])


def around(some: Iterable[Band]) -> Band:
    """The band that holds several."""
    found = list(some)
    return min(low for low, _ in found), max(high for _, high in found)


def coarse(record: Record, width: int) -> dict[str, list[dict[str, Any]]]:
    """The record as it is published: a band in the place of every number.

    Args:
        record: indicator -> entries of `measures.beside.record`.
        width: how many counts a band must hold; see `least`.
    """
    return {
        indicator: [
            {
                **{name: value for name, value in entry.items() if name not in _EXACT},
                "band": list(band(entry["rows"], entry["received"], width)),
            }
            for entry in entries
        ]
        for indicator, entries in record.items()
    }


def write(config: Configuration, paths: io.Paths) -> None:
    """Write `safe/attrition.json` from `restricted/attrition.json`."""
    record = io.read_json(paths.restricted / FILE)
    io.write_json(paths.safe / FILE, coarse(record, least(config)))


def verify(config: Configuration, paths: io.Paths) -> None:
    """Hold what is published beside indicators to the record, and to what bands must leave open.

    Raises:
        JsnaError: it says something else, or a band leaves less open than the profile asks.
    """
    record, safe = io.read_json(paths.restricted / FILE), io.read_json(paths.safe / FILE)
    width = least(config)
    problems = []
    if safe != coarse(record, width):
        rule = "is not what the record gives; run the protect stage again"
        problems.append(Problem(f"safe/{FILE}", rule, code="prove.beside"))
    said: dict[tuple[str, ...], tuple[int, int]] = {}
    for indicator, entries in record.items():
        for entry, shown in zip(entries, safe.get(indicator, ()), strict=False):
            key = (entry["table"], entry["field"], entry["kind"])
            same = said.setdefault(key, tuple(shown["band"])) == tuple(shown["band"])
            if not (same and _open(shown["band"], entry["received"], width)):
                rule = f"the share of {key[0]} ({key[2]}) gives a small number away"
                problems.append(
                    Problem(f"safe/{FILE}", rule, column=indicator, code="prove.beside")
                )
    if problems:
        raise JsnaError(problems, title="What is stated beside indicators gives numbers away:")


def _open(shown: Sequence[int], records: int, width: int) -> bool:
    """Whether a band leaves open all small counts, or holds none and is as wide."""
    if records < width:
        return list(shown) == [0, 100]
    low, high = (records * edge / 100 for edge in shown)
    lowest = ceil(low)
    highest = records if shown[1] == 100 else ceil(high) - 1
    return highest - lowest + 1 >= width and (lowest == 0 or lowest >= width)

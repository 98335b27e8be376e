"""Titles of figures of pairs: which groups moved between two dates, or how two groups differ.

All pairs are judged at once, and of the differences found those are told that false discovery
control leaves, as of the groups of one breakdown. What is said holds of every pair drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from jsna.charts import findings
from jsna.charts.dots import Pair
from jsna.charts.marks import Mark
from jsna.charts.shown import Shown
from jsna.measures.methods import judging
from jsna.view import comparison, series, words
from jsna.view.comparison import HIGHER, TURNED, Verdict

#: What is said of a later figure that is higher or lower than the first.
MOVED: Final = {"higher": "up", "lower": "down"}


def since(shown: Shown, dimension: str, pairs: Sequence[Pair]) -> str:
    """Which groups are clearly up or down since the first date."""
    found = _told(shown, dimension, pairs)
    if isinstance(found, str):
        return found
    told, first, _ = found
    among = _among(pairs)
    if not told:
        return findings.titled(
            shown,
            f"no clear change since {first}{among}",
            f"none has clearly changed since {first}{among}",
        )
    moved = [(MOVED[way], some) for way, some in told]
    if len(told[0][1]) == len(pairs) > 2:
        declared = shown.config.dimension(dimension)
        return findings.titled(shown, f"{moved[0][0]} in every {declared.one} since {first}")
    named = [
        f"{way}{among} for {words.join([_named(shown, dimension, p.other) for p in some])}"
        for way, some in moved
    ]
    many = [f"{way} for {words.small(len(some))}" for way, some in moved]
    whom = f" of {words.small(len(pairs))}"
    return findings.titled(
        shown,
        f"{', and '.join(named)} since {first}",
        f"{' and '.join(many)}{whom}{among} since {first}",
        f"{' and '.join(many)}{among} since {first}",
    )


def than(shown: Shown, dimension: str, pairs: Sequence[Pair]) -> str:
    """Which groups are clearly higher or lower at the latest date than at the first.

    Where whole paths are drawn that is true of their ends, however they went between.
    """
    found = _told(shown, dimension, pairs)
    if isinstance(found, str):
        return found
    told, first, last = found
    among = _among(pairs)
    if not told:
        return findings.titled(
            shown, f"none is clearly higher or lower in {last} than in {first}{among}",
            f"none clearly differs from {first}{among}",
        )  # fmt: skip
    if len(told[0][1]) == len(pairs) > 2:
        every = f"every {shown.config.dimension(dimension).one}"
        return findings.titled(
            shown, f"clearly {told[0][0]} in {last} than in {first} in {every}",
            f"clearly {told[0][0]} than in {first} in {every}",
        )  # fmt: skip
    named = [words.join([_named(shown, dimension, p.other) for p in some]) for _, some in told]
    counts = [words.small(len(some)) for _, some in told]
    whole = words.small(sum(pair.whole for pair in pairs))
    of = f"all {whole}" if counts == [whole] else f"{counts[0]} of {whole}"
    some = " shown" if among else ""
    options = [
        ", ".join(
            f"{'' if at else 'clearly '}{way}{'' if at else ' than in ' + first} for {whom}"
            for at, ((way, _), whom) in enumerate(zip(told, who, strict=True))
        )
        for who in (
            [named[0] + among, *named[1:]],
            [of + some, *counts[1:]],
            [counts[0] + some, *counts[1:]],
        )
    ]
    return findings.titled(shown, *options)


#: Groups that went one way, by which way that is, of those that went any.
_Told = list[tuple[Verdict, list[Pair]]]


def _told(shown: Shown, dimension: str, pairs: Sequence[Pair]) -> tuple[_Told, str, str] | str:
    """Which groups went which way, from which year and to which; a title where none is judged."""
    if (said := findings.nothing_shown(shown, _marks(pairs))) is not None:
        return said
    verdicts = _judged(shown, pairs, dates=True)
    whole = next(pair for pair in pairs if pair.whole)
    assert whole.one.row is not None
    assert whole.other.row is not None
    first, last = series.span_words(whole.one.row, whole.other.row)
    if "unknown" in verdicts:
        called = words.dimension_words(dimension, shown.config)
        plain = [f"by {called}, {first} and {last}"]
        return findings.titled(shown, *(_beside(shown, dimension, pairs, last) or plain))
    ways: tuple[Verdict, ...] = ("higher", "lower")
    told = [
        (way, [pair for pair, verdict in zip(pairs, verdicts, strict=True) if verdict == way])
        for way in ways
    ]
    return [(way, some) for way, some in told if some], first, last


def _beside(shown: Shown, dimension: str, pairs: Sequence[Pair], last: str) -> list[str]:
    """Of figures without counts: that all stand on one side of the country's, else the highest."""
    ways = {
        comparison.untested(pair.other.row, pair.beside.row)
        for pair in pairs
        if pair.other.row is not None and pair.beside.row is not None
    }
    if ways in ({"higher"}, {"lower"}) and all(p.other.shown and p.beside.shown for p in pairs):
        (way,) = ways
        every = f"every {shown.config.dimension(dimension).one}"
        said = f"{findings.PUBLISHED} {way} than {shown.country_name}"
        return [f"{said} in {every} in {last}", f"{said} for all in {last}"]
    marks = [pair.other for pair in pairs]
    said = findings.published(marks, [_named(shown, dimension, mark) for mark in marks])
    return [f"{said} in {last}"] if said else []


def between(shown: Shown, dimension: str, pairs: Sequence[Pair], names: Sequence[str]) -> str:
    """Of which of two groups the figure is higher, and in how many rows.

    Args:
        dimension: what the rows are.
        names: of the two groups, as titles say them.
    """
    if (said := findings.nothing_shown(shown, _marks(pairs))) is not None:
        return said
    verdicts = _judged(shown, pairs, dates=False)
    one, other = names
    called = words.dimension_words(dimension, shown.config)
    if "unknown" in verdicts:
        return findings.titled(shown, f"{one} and {other}, by {called}", f"by {called}")
    among = _among(pairs)
    ways = [(way, verdicts.count(way)) for way in ("higher", "lower") if way in verdicts]
    if not ways:
        return findings.titled(
            shown,
            f"no clear difference between {one} and {other}{among}",
            f"no clear difference{among}",
        )
    (way, count), *_ = sorted(ways, key=lambda found: -found[1])
    high, low = (one, other) if way == "higher" else (other, one)
    declared = shown.config.dimension(dimension)
    where = f"{words.small(count)} of {words.small(len(pairs))} {declared.many}"
    if count == len(pairs):
        where = f"every {declared.one}"
    elif count == sum(pair.whole for pair in pairs):
        where, among = f"all {words.small(count)} {declared.many} shown", ""
    back = ""
    if len(ways) > 1:
        back = f", and {words.small(verdicts.count(TURNED[way]))} the other way"
    return findings.titled(
        shown,
        f"higher for {high} than for {low} in {where}{among}{back}",
        f"higher for {high} in {where}{among}{back}",
    )


def _judged(shown: Shown, pairs: Sequence[Pair], *, dates: bool) -> list[Verdict]:
    """Whether the second date is higher than the first, or the first group than the second.

    A pair of which one has no number is neither.
    """
    if shown.indicator.kind.chance == "none":  # no judge has a word on it
        return ["unknown"] * len(pairs)
    whole = [pair for pair in pairs if pair.whole]
    firsts = [pair.other.row if dates else pair.one.row for pair in whole]
    seconds = [pair.one.row if dates else pair.other.row for pair in whole]
    rows = [(a, b) for a, b in zip(firsts, seconds, strict=True) if a is not None and b is not None]
    if dates and shown.indicator.unit == "count":
        found: list[Verdict] = [comparison.changed(a, b) for a, b in rows]
    else:
        deviates = comparison.apart([a for a, _ in rows], [b for _, b in rows])
        kept = judging.discoveries(judging.probability(deviates))
        found = [
            "unknown" if np.isnan(z) else HIGHER[bool(z > 0)] if good else "similar"
            for z, good in zip(deviates, kept, strict=True)
        ]
    of = iter(found)
    return [next(of) if pair.whole else "similar" for pair in pairs]


def _marks(pairs: Sequence[Pair]) -> list[Mark]:
    return [mark for pair in pairs for mark in (pair.one, pair.other)]


def _among(pairs: Sequence[Pair]) -> str:
    """What is qualified where one of a pair has no number."""
    return "" if all(pair.whole for pair in pairs) else " of those shown"


def _named(shown: Shown, dimension: str, mark: Mark) -> str:
    return words.title_label(dimension, mark.code, mark.label, shown.config)

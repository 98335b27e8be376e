"""What is worked out from other figures, worked out anew from what is published of those.

Nothing here comes from `measures`: lines, parts of changes and differences of sources are laid from
the figures, counts and limits of `safe/` by arithmetic of its own. Ratios and standardised
differences are held to it by `prove`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator
from jsna.model.schema import JOIN, KEY, LOCAL, MULTIPLIERS, TOTAL
from jsna.readback.printed import Measure
from jsna.readback.result import Tally

Measures: TypeAlias = Mapping[str, Measure]
#: Parts of a key, without the edition.
Place: TypeAlias = dict[str, str]

#: Where what is wrong is told to stand.
SAFE: Final = "safe/measures.parquet"
_NAMES: Final = KEY[1:]
#: The normal deviate of 95 % limits.
_NEAR: Final = 1.959963984540054
#: Arithmetic in another order comes to another last digit.
_CLOSE: Final = 1e-7


def tally(measures: Measures, config: Configuration) -> Tally:
    """What of the rows that are worked out is not what the others give."""
    found = Tally(SAFE)
    for key, own in measures.items():
        indicator = config.indicators.get(key.partition("~")[0])
        again = _AGAIN.get(indicator.method) if indicator and indicator.derived else None
        if again is None or indicator is None or not math.isfinite(own.number("value")):
            continue
        place = dict(zip(_NAMES, key.split("~"), strict=True))
        if not any(again(indicator, place, own, measures, config)):
            rule = f"{key}: is not what the published figures it is worked out from give"
            found.wrong(rule, place="value", code="worked")
    return found


def _key(place: Place, **changes: str) -> str:
    return "~".join({**place, **changes}[name] for name in _NAMES)


def _ways(segment: str) -> list[str]:
    """Segments in which what a row is worked out from may be, its own first."""
    return list(dict.fromkeys([segment, *segment.split("+"), LOCAL, ""]))


def _found(measures: Measures, place: Place, **changes: str) -> Measure | None:
    """The row of a place with some parts of its key changed, counted as it is if there is one."""
    keys = (_key(place, segment=way, **changes) for way in _ways(place["segment"]))
    return next((measures[key] for key in keys if key in measures), None)


def _dims(place: Place) -> dict[str, str]:
    if place["breakdown"] == TOTAL:
        return {}
    pairs = zip(place["breakdown"].split(JOIN), place["category"].split(JOIN), strict=True)
    return dict(pairs)


def _split(dims: Mapping[str, str]) -> dict[str, str]:
    names = sorted(dims)
    named = {"breakdown": JOIN.join(names), "category": JOIN.join(dims[n] for n in names)}
    return named if names else {"breakdown": TOTAL, "category": TOTAL}


def _same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=_CLOSE, abs_tol=_CLOSE)


def _groups(
    of: str, place: Place, dims: Mapping[str, str], along: str, measures: Measures
) -> dict[str, Measure]:
    """Category of a dimension -> the row of another indicator with it and the other categories."""
    names = JOIN.join(sorted([*dims, along]))
    start = _key(place, indicator=of, breakdown=names, category="", segment="").rstrip("~") + "~"
    at = sorted([*dims, along]).index(along)
    found: dict[str, dict[str, Measure]] = {way: {} for way in _ways(place["segment"])}
    for key, own in measures.items():
        if key.startswith(start):
            category, _, segment = key[len(start) :].partition("~")
            codes = category.split(JOIN)
            code = codes.pop(at)
            if codes == [dims[name] for name in sorted(dims)] and segment in found:
                found[segment][code] = own
    return next(filter(None, found.values()), {})


def _chain(indicator: Indicator, config: Configuration) -> Iterator[str]:
    """The dimension it is worked out along, and those it may be shown by instead."""
    name = indicator.derived.along if indicator.derived else ""
    while name:
        yield name
        name = config.dimensions[name].coarser if name in config.dimensions else ""


def _line(
    indicator: Indicator, place: Place, own: Measure, measures: Measures, config: Configuration
) -> Iterator[bool]:
    """Whether a row is the gap, or the ratio, of the ends of the line through the groups."""
    assert indicator.derived is not None
    for along in _chain(indicator, config):
        named = _groups(indicator.derived.of, place, _dims(place), along, measures)
        there = [named[c] for c in sorted(named, key=int) if named[c].number("denominator") > 0]
        if there:
            yield _laid(there, own, ratio=own.unit == "ratio")


def _laid(groups: list[Measure], own: Measure, *, ratio: bool) -> bool:
    people = [group.number("denominator") for group in groups]
    whole, before, middles = math.fsum(people), 0.0, []
    for n in people:
        middles.append(0.5 - (before + n / 2) / whole)
        before += n
    square = math.fsum(n * m * m for n, m in zip(people, middles, strict=True))
    steep = [n * m / square for n, m in zip(people, middles, strict=True)]
    ends = [
        [n / whole + half * s for n, s in zip(people, steep, strict=True)] for half in (0.5, -0.5)
    ]
    top, low = (
        math.fsum(w * group.number("value") for w, group in zip(end, groups, strict=True))
        for end in ends
    )
    errors = [(g.number("upper_95") - g.number("lower_95")) / (2 * _NEAR) for g in groups]
    if not _same(own.number("value"), top / low if ratio else top - low):
        return False
    # A limit is where the one end less as many times the other is as far from nought as its chance.
    for field in ("lower_95", "upper_95"):
        limit = own.number(field)
        if math.isnan(limit):
            continue
        times = limit if ratio else 1.0
        chance = math.sqrt(
            math.fsum(((a - times * b) * e) ** 2 for a, b, e in zip(*ends, errors, strict=True))
        )
        off = top - limit * low if ratio else top - low - limit
        if not _same(abs(off), _NEAR * chance):
            return False
    return True


def _change(
    indicator: Indicator, place: Place, own: Measure, measures: Measures, config: Configuration
) -> Iterator[bool]:
    """Whether a row is a change since an earlier period, or the part of it that it says."""
    assert indicator.derived is not None
    dims = _dims(place)
    part = dims.pop(indicator.kind.parts, "")
    here = place | _split(dims)
    first = int(place["period"][:4]) - indicator.derived.years
    tail = f"/{(first + 1) % 100:02d}" if "/" in place["period"] else ""
    sides = [here | {"period": f"{first}{tail}"}, here]
    of = indicator.derived.of
    every = [_found(measures, side, indicator=of) for side in sides]
    for along in _chain(indicator, config):
        groups = [_groups(of, side, dims, along, measures) for side in sides]
        if any(groups) and None not in every:
            before, after = (_counts(o, named) for o, named in zip(every, groups, strict=True))
            yield _same(own.number("value"), _part(before, after, part) * _unit(every))


def _unit(every: list[Measure | None]) -> float:
    return next(MULTIPLIERS[one.unit] for one in every if one is not None)


def _counts(every: Measure | None, groups: Mapping[str, Measure]) -> dict[str, tuple[float, float]]:
    """Counted and people of each group, and of those in none."""
    assert every is not None
    found = {
        code: (one.number("numerator"), one.number("denominator"))
        for code, one in groups.items()
        if one.number("denominator") > 0
    }
    left = every.number("numerator") - math.fsum(x for x, _ in found.values())
    few = every.number("denominator") - math.fsum(n for _, n in found.values())
    left = min(left, few) if every.unit == "percent" else left
    return found | ({"": (max(left, 0.0), few)} if few > 0 else {})


def _part(
    before: Mapping[str, tuple[float, float]], after: Mapping[str, tuple[float, float]], part: str
) -> float:
    wholes = [math.fsum(n for _, n in side.values()) for side in (before, after)]
    total = 0.0
    for code in {*before, *after}:
        (x, n), (y, m) = before.get(code, (0.0, 0.0)), after.get(code, (0.0, 0.0))
        one, other = n / wholes[0], m / wholes[1]
        rate, later = (x / n if n else y / m), (y / m if m else x / n)
        make_up, within = (other - one) * (rate + later) / 2, (later - rate) * (one + other) / 2
        total += {"composition": make_up, "rates": within}.get(part, make_up + within)
    return total


def _sources(
    indicator: Indicator, place: Place, own: Measure, measures: Measures, config: Configuration
) -> Iterator[bool]:
    """Whether a row is the figure of one source less that of the other."""
    one, other = (_found(measures, place, indicator=name) for name in indicator.refers_to)
    if one is not None and other is not None:
        yield _same(own.number("value"), one.number("value") - other.number("value"))


def _stock(
    indicator: Indicator, place: Place, own: Measure, measures: Measures, config: Configuration
) -> Iterator[bool]:
    """Whether a row is a change in a stock, or what joined, left or came and went otherwise."""
    dims = _dims(place)
    part = dims.pop(indicator.kind.parts, "")
    stock, joined, left = indicator.refers_to
    year = int(place["period"])
    named = place | _split(dims)
    # The stock a year before is of a day; what joined and left of the year from there to here.
    one, other = (
        _found(measures, named, indicator=stock, period=period)
        for period in (place["period"], str(year - 1))
    )
    kind, period = {
        "january": ("calendar_year", str(year - 1)),
        "31_march": ("financial_year", f"{year - 1}/{year % 100:02d}"),
    }[place["period_type"]]
    came, went = (
        _found(measures, named, indicator=name, period=period, period_type=kind)
        for name in (joined, left)
    )
    if one is None or other is None or came is None or went is None:
        return
    change, up, down = (
        one.number("value") - other.number("value"), came.number("value"), went.number("value")
    )  # fmt: skip
    parts = {"": change, "joined": up, "left": -down, "other": change - up + down}
    yield _same(own.number("value"), parts[part])


#: Method -> whether a row is what each of the ways it may have been worked out gives.
_AGAIN: Final[
    Mapping[str, Callable[[Indicator, Place, Measure, Measures, Configuration], Iterator[bool]]]
] = {
    "sii_linear": _line,
    "rii_linear": _line,
    "kitagawa": _change,
    "two_sources": _sources,
    "stock_flows": _stock,
}

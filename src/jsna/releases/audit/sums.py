"""What does not add up in a release, and which figure is to blame.

Three kinds of sum are held up: a total and its categories, a region and its authorities, the nation
and its regions. A sum is judged only where every part has a figure; where some have none, only that
the parts exceed their whole. Counts a publisher rounds may be apart by as much as rounding allows.

Whose fault a broken sum is follows from the other sums a figure stands in: the figure that breaks
two, or that alone could have broken the one, is to blame. Where that cannot be told the figures are
marked, and none is thrown away for another's fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np

from jsna.model.audits import FindingKind
from jsna.model.schema import TOTAL
from jsna.releases.audit.grid import HOLDS, OPEN, OVER, UNDER, Grid, Slice, Sum

#: A figure this many times those of the years beside it did not come about by growth.
LEAP: Final = 3.0
#: Least share of the whole by which a sum must be out for its parts to be marked.
WORTH_A_MARK: Final = 0.01
_BROKEN: Final = (OVER, UNDER)
#: What another sum says of a figure: broken it speaks against it, held for it.
_WEIGHT: Final = {OVER: 2, UNDER: 2, HOLDS: -2, OPEN: 0}


class Blame(NamedTuple):
    """A figure to blame: where it stands, what it is, why; `sure` where it must not be used."""

    area: str
    at: Slice
    kind: FindingKind
    reason: str
    sure: bool = True


def contradictions(table: Grid, names: Mapping[str, str]) -> list[Blame]:
    """Every figure to blame, each once.

    Args:
        names: region or country -> its name.
    """
    blames = [*_of_their_region(table, names)]
    _without(table, blames)
    # Each round takes out what is surely wrong, after which the rest is looked at again.
    for _ in range(len(table.areas)):
        found = [b for at in range(len(table.slices)) for b in _between_areas(table, at, names)]
        blames += found
        if not any(blame.sure for blame in found):
            break
        _without(table, found)
    blames += _parts(table)
    kept: dict[tuple[str, Slice], Blame] = {}
    for blame in sorted(blames, key=lambda b: not b.sure):
        kept.setdefault((blame.area, blame.at), blame)
    return list(kept.values())


def _without(table: Grid, blames: list[Blame]) -> None:
    for blame in blames:
        if blame.sure:
            table.remove(blame.at, blame.area)


def _of_their_region(table: Grid, names: Mapping[str, str]) -> Iterator[Blame]:
    """Authorities that have their region's figure, where they cannot all be right."""
    for at, row in zip(table.slices, table.values, strict=True):
        for region, inside in table.groups.items():
            whole = row[region]
            own = row[list(inside)]
            there = np.isfinite(own)
            same = [i for i in inside if row[i] == whole]
            if not whole > 0 or not same:
                continue
            if own[there].sum() - whole <= table.tolerance(int(there.sum()), whole):
                continue
            name = table.areas[region]
            many = f", given for {len(same)} authorities" if len(same) > 1 else ""
            reason = (
                f"The published figure, {whole:,.0f}, is that of the whole region "
                f"({names.get(name, name)}){many}."
            )
            for area in same:
                yield Blame(table.areas[area], at, "region_value", reason)


def _between_areas(table: Grid, at: int, names: Mapping[str, str]) -> Iterator[Blame]:
    """Who is to blame for sums over areas that do not hold in one slice."""
    sums = table.sums(at)
    for one in sums:
        if one.state in _BROKEN:
            upper = next((s for s in sums if one.whole in s.parts), None)
            yield from _who(table, at, one, sums, upper, names)


def _who(
    table: Grid,
    at: int,
    one: Sum,
    sums: list[Sum],
    upper: Sum | None,
    names: Mapping[str, str],
) -> Iterator[Blame]:
    slice_, code = table.slices[at], table.areas[one.whole]
    national = one.whole == table.nation
    kind: FindingKind = "nation_sum" if national else "region_sum"
    whole = float(table.values[at, one.whole])
    said = (
        f"the {'regions' if national else 'authorities'} of {names.get(code, code)} add up to "
        f"{whole + one.excess:,.0f} where its own figure is {whole:,.0f}"
    )
    states = {s.whole: s.state for s in sums}
    suspects, against = _suspects(table, at, one, states)
    own = 2 * _breaks_total(table, at, one.whole, -one.excess) + (
        _WEIGHT[upper.state] if upper else 0
    )
    if own > against or not suspects:
        reason = f"The published figure, {whole:,.0f}, cannot be right: {said}."
        yield Blame(code, slice_, kind, reason)
    elif len(suspects) == 1:
        value = float(table.values[at, suspects[0]])
        reason = f"The published figure, {value:,.0f}, cannot be right: {said}."
        yield Blame(table.areas[suspects[0]], slice_, kind, reason)
    elif abs(one.excess) >= WORTH_A_MARK * abs(whole):
        for area in suspects:
            yield Blame(table.areas[area], slice_, kind, f"In doubt: {said}.", sure=False)


def _suspects(table: Grid, at: int, one: Sum, states: Mapping[int, str]) -> tuple[list[int], int]:
    """Parts that alone could have broken the sum, those with most against them, and how much."""
    figures = table.values[at]
    could = [a for a in one.parts if np.isfinite(figures[a]) and figures[a] - one.excess >= -1e-9]
    scores = [
        2 * _breaks_total(table, at, a, one.excess)
        + _WEIGHT[states.get(a, OPEN)]
        + 2 * ((table.slices[at], table.areas[a]) in table.doubted)
        + _leaps(table, at, a, one.excess)
        for a in could
    ]
    best = max(scores, default=0)
    return [a for a, score in zip(could, scores, strict=True) if score == best], best


def _breaks_total(table: Grid, at: int, area: int, excess: float = 0.0) -> bool:
    """Whether the figure's total and its categories contradict each other, or are as far apart as
    the sum over areas is."""
    period, breakdown, _ = table.slices[at]
    others = [b for p, b in table.broken_down if p == period and breakdown in (TOTAL, b)]
    for other in others:
        if table.against_total(period, other)[area] in _BROKEN:
            return True
        whole = table.wholes.get((period, other))
        parts = table.values[table.broken_down[period, other], area]
        if not excess or whole is None or not np.isfinite(parts).all():
            continue
        over = whole[area] - parts.sum() if breakdown == TOTAL else parts.sum() - whole[area]
        if abs(over - excess) <= table.tolerance(len(parts)):
            return True
    return False


def _leaps(table: Grid, at: int, area: int, excess: float) -> bool:
    """Whether the figure is out of line with the years beside it, and would not be if mended."""
    periods, values = table.series(table.slices[at], area)
    place = periods.index(table.slices[at][0])
    beside = [float(values[i]) for i in (place - 1, place + 1) if 0 <= i < len(values)]
    value = float(values[place])
    return (
        bool(beside)
        and all(far(value, other) for other in beside)
        and not any(far(value - excess, other) for other in beside)
    )


def far(one: float, other: float) -> bool:
    """Whether of two counts one is several times the other, and not by chance (three errors)."""
    low, high = sorted((max(one, 0.0), max(other, 0.0)))
    return high >= LEAP * low and high - low > 3 * float(np.sqrt(high + low))


def _parts(table: Grid) -> Iterator[Blame]:
    """Totals and categories that contradict each other."""
    for (period, breakdown), rows in table.broken_down.items():
        states = table.against_total(period, breakdown)
        for area in np.flatnonzero(np.isin(states, _BROKEN)).tolist():
            parts = [i for i in rows if np.isfinite(table.values[i, area])]
            known = float(table.values[parts, area].sum())
            whole = float(table.wholes[period, breakdown][area])
            reason = (
                f"The published total, {whole:,.0f}, and its parts by "
                f"{breakdown.replace('_', ' ')}, which add up to {known:,.0f}, contradict each "
                "other."
            )
            total = table.row.get((period, TOTAL, TOTAL))
            backed = total is None or _borne_out(table, total, area)
            # Parts that fit every other sum stand, unless it is they that do not cover the total.
            sound = all(_borne_out(table, i, area) for i in parts)
            if not backed and total is not None:
                yield Blame(table.areas[area], table.slices[total], "parts", reason)
            if backed or not sound:
                for i in parts:
                    yield Blame(table.areas[area], table.slices[i], "parts", reason)


def _borne_out(table: Grid, at: int, area: int) -> bool:
    """Whether a sum over areas that the figure stands in holds."""
    return any(s.state == HOLDS and area in (s.whole, *s.parts) for s in table.sums(at))

"""Which recoding of its fallback each breakdown is published by.

A breakdown of which much would be hidden says less than a coarser one of which nothing is. So the
recodings an indicator declares are tried before any figure is hidden: the first on which few enough
counts are small is published, and the finer rows are withheld as a whole.

The choice itself tells little (that more than a share of many counts are small), and is made for
all periods of a breakdown together, so that a change of recoding between two years tells nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jsna.measures.cubes import sets_of
from jsna.model import schema
from jsna.model.cells import PERIOD, Cell
from jsna.model.configuration import Configuration
from jsna.model.fallbacks import GroupingSet, recodings
from jsna.model.indicators import LOCALITY, Indicator

#: Columns of the decisions: one row for each fallback of an indicator that has rows.
COLUMNS: Final = ("indicator", "breakdown", "used", "rows", "withheld", "small", "shares")

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of one grouping set of one indicator.

    Attributes:
        places: where they stand in the measures.
        share: the share of their figures that would be hidden, by a first estimate: those that
            are small, and one more beside each that is the only one to be so among those it adds
            up with, as their total would give it away. 0 where there are no figures.
    """

    places: NDArray[np.int64]
    share: float


def _share(lines: NDArray[np.object_], told: Flags, small: Flags) -> float:
    """The share of figures that are small or stand beside a lone one.

    Args:
        lines: what each row adds up with others of the same name to.
        told: whether a number stands there.
        small: whether a count behind it is small.
    """
    if not told.any():
        return 0.0
    _, line = np.unique(lines[told].astype(str), return_inverse=True)
    few, many = np.bincount(line, weights=small[told]), np.bincount(line)
    alone = int(((few == 1) & (many > 1)).sum())
    return float((small.sum() + alone) / told.sum())


def choose(
    measures: pd.DataFrame, config: Configuration, before: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows to publish, of each breakdown those of one recoding of its fallback.

    A recoding is taken where the share of its figures that are small, or stand beside a lone one
    that is, is at most `fallback_limit` of their profile; where none is, the one with the least
    share. A figure is small where its count, its denominator or those not counted are from 1 to
    below the threshold. Where years stand together, so does the total beside what is declared, to
    compare with. An edition that was published before keeps its recodings: figures of two recodings
    of the same records give away more than either, and which small change turned the choice.

    Args:
        measures: measures of the edition in the schema with their cells, every recoding among
            them.
        config: declarations, profiles and the area.
        before: decisions of the last publication of this edition.

    Returns:
        rows: the measures less those of recodings not taken, in the order given. Rows of other
            areas and of profiles without a threshold stay as they are declared.
        decisions: for each fallback with rows: `indicator`, `breakdown` (as declared, `locality`
            among its dimensions), `used` (the recoding's name, "" as declared), `rows` of it,
            `withheld` rows as declared that it stands in for, `small` (that share of `rows`) and
            `shares` (of every recoding that has rows, in words). Sorted.
    """
    groupings = _by_grouping(measures, config)
    dropped = np.zeros(len(measures), dtype=bool)
    decisions: list[dict[str, Any]] = []
    kept: dict[tuple[str, str], str] = {}
    if before is not None:
        names = [before[name].astype(str) for name in ("indicator", "breakdown", "used")]
        kept = {(one, name): used or name for one, name, used in zip(*names, strict=True)}
    for indicator in config.indicators.values():
        if not indicator.fallbacks:
            continue
        taken: set[GroupingSet] = set()
        offered: set[GroupingSet] = set()
        for breakdown in sets_of(indicator):
            every = [grouping for grouping, _ in recodings(indicator, breakdown, config)]
            there = [grouping for grouping in every if (indicator.id, grouping) in groupings]
            offered.update(there)
            if not there:
                continue
            limit = _limit(groupings[indicator.id, there[0]], measures, config)
            used = _first(
                there, [groupings[indicator.id, grouping].share for grouping in there], limit
            )
            named = kept.get((indicator.id, there[0].name))
            used = next((grouping for grouping in there if grouping.name == named), used)
            taken.add(used)
            if len(every) > 1:
                decisions.append(_decision(indicator, there, used, groupings))
        if any(grouping.years > 1 for grouping in taken):
            taken.add(GroupingSet((), 3))
        for grouping in offered - taken:
            dropped[groupings[indicator.id, grouping].places] = True
    made = pd.DataFrame(decisions, columns=list(COLUMNS))
    made = made.sort_values(["indicator", "breakdown"], kind="stable").reset_index(drop=True)
    return measures.loc[~dropped].reset_index(drop=True), made


def _first(groupings: list[GroupingSet], shares: list[float], limit: float) -> GroupingSet:
    """The first grouping set with a share within the limit; else the first with the least share."""
    within = (grouping for grouping, share in zip(groupings, shares, strict=True) if share <= limit)
    return next(within, groupings[shares.index(min(shares))])


def _limit(rows: _Rows, measures: pd.DataFrame, config: Configuration) -> float:
    names = measures["profile"].iloc[rows.places].unique()
    return min(config.profile(name).fallback_limit for name in names)


def _decision(
    indicator: Indicator,
    there: list[GroupingSet],
    used: GroupingSet,
    groupings: dict[tuple[str, GroupingSet], _Rows],
) -> dict[str, Any]:
    return {
        "indicator": indicator.id,
        "breakdown": there[0].name,
        "used": "" if used == there[0] else used.name,
        "rows": len(groupings[indicator.id, used].places),
        "withheld": 0 if used == there[0] else len(groupings[indicator.id, there[0]].places),
        "small": groupings[indicator.id, used].share,
        "shares": "; ".join(f"{s.name} {groupings[indicator.id, s].share:.3f}" for s in there),
    }


def _by_grouping(
    measures: pd.DataFrame, config: Configuration
) -> dict[tuple[str, GroupingSet], _Rows]:
    """The local rows of indicators with fallbacks by what they are split by."""
    falling_back = [i.id for i in config.indicators.values() if i.fallbacks]
    own = measures["indicator"].isin(falling_back) & measures[schema.NUMERATOR_CELL].ne("")
    # What the publisher of official figures shows is shown as it is, on whatever recoding.
    names = measures["profile"].unique()
    guarded = [name for name in names if config.profile(name).threshold > 0]
    own &= measures["profile"].isin(guarded) | measures["source"].str.startswith("local:")
    places = np.flatnonzero(own.to_numpy(dtype=bool))
    rows = measures.iloc[places]
    told, small = _small(rows, config)
    cells = [Cell.read(text) for text in rows[schema.NUMERATOR_CELL]]
    keys = rows[["indicator", "geography", "breakdown", "period_type"]]
    found: dict[tuple[str, GroupingSet], _Rows] = {}
    # The groups are sorted, so that nothing depends on the order of the rows.
    groups: Any = keys.groupby(list(keys.columns), sort=True).indices
    for (indicator, geography, breakdown, period_type), where in sorted(groups.items()):
        grouping = GroupingSet.of(geography, breakdown, period_type, config.area)
        line = np.array([_adds_up(cells[at], breakdown) for at in where], dtype=object)
        share = _share(line, told[where], small[where])
        found[indicator, grouping] = _Rows(places[where], share)
    return found


def _adds_up(cell: Cell, breakdown: str) -> str:
    """What the rows of a grouping set that add up with a cell have in common, as a text."""
    period = sorted(cell.codes(PERIOD) or ())
    # In the total it is places that add up with each other.
    place = () if breakdown == schema.TOTAL else sorted(cell.codes(LOCALITY) or ())
    return json.dumps([period, place])


def _small(rows: pd.DataFrame, config: Configuration) -> tuple[Flags, Flags]:
    """Whether each row has a number, and whether a count behind it is small."""
    profiles = {name: config.profile(name) for name in rows["profile"].unique()}
    threshold = rows["profile"].map({name: p.threshold for name, p in profiles.items()})
    limit = threshold.to_numpy(dtype=np.float64)
    rest = rows["profile"].map({name: p.complements for name, p in profiles.items()})
    kinds = {i.id: i.kind.inside for i in config.indicators.values()}
    inside = rows["indicator"].map(kinds).to_numpy(dtype=bool) & rest.to_numpy(dtype=bool)
    top = rows["numerator"].to_numpy(dtype=np.float64)
    bottom = rows["denominator"].to_numpy(dtype=np.float64)

    def few(counts: NDArray[np.float64]) -> Flags:
        return np.asarray((counts > 0) & (counts < limit), dtype=np.bool_)

    told = np.isfinite(top) & ~(bottom == 0)
    return told, told & (few(top) | few(bottom) | (inside & few(bottom - top)))

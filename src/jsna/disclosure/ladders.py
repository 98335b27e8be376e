"""Which rung of its ladder each breakdown is published by.

A breakdown of which much would be hidden says less than a coarser one of which nothing is. So the
rungs an indicator declares are tried before any figure is hidden: the first on which few enough
counts are small is published, and the finer rows are withheld as a whole.

The choice itself tells little (that more than a share of many counts are small), and is made for
all periods of a breakdown together, so that a change of rung between two years tells nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jsna.measures.cubes import sets_of
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.model.fallbacks import Shape, rungs
from jsna.model.hierarchies import LOCALITY_GROUP, THREE_YEARS
from jsna.model.indicators import Indicator

#: Columns of the decisions: one row for each ladder of an indicator that has rows.
COLUMNS: Final = ("indicator", "breakdown", "used", "rows", "withheld", "small", "shares")
#: Kinds of indicator whose numerator lies inside its denominator.
_INSIDE: Final = frozenset({"proportion", "share"})

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of one shape of one indicator.

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
    """The rows to publish, of each breakdown those of one rung of its ladder.

    A rung is taken where the share of its figures that are small, or stand beside a lone one that
    is, is at most `ladder_limit` of their profile; where none is, the one with the least share. A
    figure is small where its count, its denominator or those not counted are from 1 to below the
    threshold. Where years stand together, so does the total beside what is declared, to compare
    with. An edition that was published before keeps its rungs: figures of two rungs of the same
    records give away more than either, and which small change turned the choice.

    Args:
        measures: measures of the edition in the schema, every rung among them.
        config: declarations, profiles and the area.
        before: decisions of the last publication of this edition.

    Returns:
        rows: the measures less those of rungs not taken, in the order given. Rows of other
            areas and of profiles without a threshold stay as they are declared.
        decisions: for each ladder with rows: `indicator`, `breakdown` (as declared, `locality`
            among its dimensions), `used` (the rung's name, "" as declared), `rows` of it,
            `withheld` rows as declared that it stands in for, `small` (that share of `rows`) and
            `shares` (of every rung that has rows, in words). Sorted.
    """
    shapes = _by_shape(measures, config)
    dropped = np.zeros(len(measures), dtype=bool)
    decisions: list[dict[str, Any]] = []
    kept: dict[tuple[str, str], str] = {}
    if before is not None:
        names = [before[name].astype(str) for name in ("indicator", "breakdown", "used")]
        kept = {(one, name): used or name for one, name, used in zip(*names, strict=True)}
    for indicator in config.indicators.values():
        if not indicator.ladders:
            continue
        taken: set[Shape] = set()
        offered: set[Shape] = set()
        for breakdown in sets_of(indicator):
            every = [shape for shape, _ in rungs(indicator, breakdown, config)]
            there = [shape for shape in every if (indicator.id, shape) in shapes]
            offered.update(there)
            if not there:
                continue
            limit = _limit(shapes[indicator.id, there[0]], measures, config)
            used = _first(there, [shapes[indicator.id, shape].share for shape in there], limit)
            named = kept.get((indicator.id, there[0].name))
            used = next((shape for shape in there if shape.name == named), used)
            taken.add(used)
            if len(every) > 1:
                decisions.append(_decision(indicator, there, used, shapes))
        if any(shape.years > 1 for shape in taken):
            taken.add(Shape((), 3))
        for shape in offered - taken:
            dropped[shapes[indicator.id, shape].places] = True
    made = pd.DataFrame(decisions, columns=list(COLUMNS))
    made = made.sort_values(["indicator", "breakdown"], kind="stable").reset_index(drop=True)
    return measures.loc[~dropped].reset_index(drop=True), made


def _first(shapes: list[Shape], shares: list[float], limit: float) -> Shape:
    """The first shape with a share within the limit; else the first with the least share."""
    within = (shape for shape, share in zip(shapes, shares, strict=True) if share <= limit)
    return next(within, shapes[shares.index(min(shares))])


def _limit(rows: _Rows, measures: pd.DataFrame, config: Configuration) -> float:
    names = measures["profile"].iloc[rows.places].unique()
    return min(config.profile(name).ladder_limit for name in names)


def _decision(
    indicator: Indicator, there: list[Shape], used: Shape, shapes: dict[tuple[str, Shape], _Rows]
) -> dict[str, Any]:
    return {
        "indicator": indicator.id,
        "breakdown": there[0].name,
        "used": "" if used == there[0] else used.name,
        "rows": len(shapes[indicator.id, used].places),
        "withheld": 0 if used == there[0] else len(shapes[indicator.id, there[0]].places),
        "small": shapes[indicator.id, used].share,
        "shares": "; ".join(f"{s.name} {shapes[indicator.id, s].share:.3f}" for s in there),
    }


def _by_shape(measures: pd.DataFrame, config: Configuration) -> dict[tuple[str, Shape], _Rows]:
    """The local rows of indicators with ladders by what they are split by."""
    laddered = [i.id for i in config.indicators.values() if i.ladders]
    area = config.area
    home = {area.code, *area.locality_names, *(group.code for group in area.locality_groups)}
    own = measures["indicator"].isin(laddered) & measures["area_code"].isin(home)
    # What the publisher of official figures shows is shown as it is, on whatever rung.
    names = measures["profile"].unique()
    guarded = [name for name in names if config.profile(name).threshold > 0]
    own &= measures["profile"].isin(guarded) | measures["source"].str.startswith("local:")
    places = np.flatnonzero(own.to_numpy(dtype=bool))
    rows = measures.iloc[places]
    told, small = _small(rows, config)
    keys = rows[["indicator", "geography", "breakdown", "period_type"]]
    found: dict[tuple[str, Shape], _Rows] = {}
    # The groups are sorted, so that nothing depends on the order of the rows.
    groups: Any = keys.groupby(list(keys.columns), sort=True).indices
    for (indicator, geography, breakdown, period_type), where in sorted(groups.items()):
        shape = _shape(geography, breakdown, period_type, config)
        line = rows["period"].iloc[where].to_numpy(dtype=object)
        if breakdown != schema.TOTAL:  # else places add up with each other
            line = line + rows["area_code"].iloc[where].to_numpy(dtype=object)
        share = _share(line, told[where], small[where])
        found[indicator, shape] = _Rows(places[where], share)
    return found


def _shape(geography: str, breakdown: str, period_type: str, config: Configuration) -> Shape:
    place = {config.area.localities_are: "locality", LOCALITY_GROUP: LOCALITY_GROUP}
    dims = [] if breakdown == schema.TOTAL else breakdown.split(schema.JOIN)
    dims += [place[geography]] if geography in place else []
    return Shape(tuple(sorted(dims)), 3 if period_type == THREE_YEARS else 1)


def _small(rows: pd.DataFrame, config: Configuration) -> tuple[Flags, Flags]:
    """Whether each row has a number, and whether a count behind it is small."""
    profiles = {name: config.profile(name) for name in rows["profile"].unique()}
    threshold = rows["profile"].map({name: p.threshold for name, p in profiles.items()})
    limit = threshold.to_numpy(dtype=np.float64)
    rest = rows["profile"].map({name: p.complements for name, p in profiles.items()})
    kinds = {i.id: i.kind in _INSIDE for i in config.indicators.values()}
    inside = rows["indicator"].map(kinds).to_numpy(dtype=bool) & rest.to_numpy(dtype=bool)
    top = rows["numerator"].to_numpy(dtype=np.float64)
    bottom = rows["denominator"].to_numpy(dtype=np.float64)

    def few(counts: NDArray[np.float64]) -> Flags:
        return np.asarray((counts > 0) & (counts < limit), dtype=np.bool_)

    told = np.isfinite(top) & ~(bottom == 0)
    return told, told & (few(top) | few(bottom) | (inside & few(bottom - top)))

"""The indicator engine: declarations and analysis tables in, measures out.

Counting is one pass over each analysis table (see `cubes`); here numerators meet denominators,
values and limits are calculated by the declared method, and the official figures join.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from jsna import io
from jsna.edition import Configuration
from jsna.measures import schema
from jsna.measures.checks import check
from jsna.measures.cubes import Cubes, Dimensions, columns, count, counted, sets_of, wanted
from jsna.measures.declaration import LOCALITY, Indicator, Side
from jsna.measures.merge import merge, reconcile
from jsna.measures.sources import profile_of, source_of
from jsna.measures.values import calculate

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["measure", "run"]

Objects = np.ndarray[Any, np.dtype[np.object_]]


def run(config: Configuration, paths: io.Paths) -> None:
    """Measure an edition; writes `measures`, `official` and `reconciliation` in `restricted/`."""
    import pyarrow.parquet as pq

    from jsna.measures.quality import record

    needed = wanted(config.indicators.values())
    folder = paths.restricted / "tables"
    tables: dict[str, pa.Table | pd.DataFrame] = {
        name: pq.read_table(file, columns=columns(name, asked))
        for name, asked in needed.items()
        if (file := folder / f"{name}.parquet").is_file()
    }
    quality = paths.restricted / "quality.parquet"
    if quality.is_file():
        tables["record"] = record(io.read_parquet(quality), config)
    local = measure(tables, config.indicators.values(), config)
    published = schema.read(paths.restricted / "published.parquet")
    measures, official = merge(local, published)
    schema.write(paths.restricted / "measures.parquet", measures)
    schema.write(paths.restricted / "official.parquet", official)
    io.write_parquet(paths.restricted / "reconciliation.parquet", reconcile(measures, official))


def measure(
    tables: Mapping[str, pa.Table | pd.DataFrame],
    indicators: Iterable[Indicator],
    config: Configuration,
) -> pd.DataFrame:
    """Measure every indicator that the tables allow.

    Args:
        tables: analysis tables by name (see `catalogue`); one not received is left out, and so
            are the indicators that count it.
        indicators: declarations; those without a local numerator are left out.
        config: names the edition, the area and its localities, the code lists and profiles.

    Returns:
        Measures of the home area and its localities, unprotected. Every category of a dimension
        is there: nobody in it is a zero, nobody it could be of is status z.

    Raises:
        JsnaError: with everything wrong in the declarations, such as a ratio across population
            bases or an unknown column.
    """
    local = [i for i in indicators if i.numerator is not None]
    check(local)
    cubes, categories = count(tables, wanted(local), config)
    blocks = [
        block
        for indicator in local
        if all(side is None or side.table in cubes for side in _sides(indicator))
        for block in _blocks(indicator, cubes, categories, config, tables)
    ]
    if not blocks:
        return schema.empty()
    frame = pd.concat(blocks, ignore_index=True)
    multiplier = frame.pop("multiplier").to_numpy(dtype=np.float64)
    decimals = frame.pop("decimals").to_numpy(dtype=np.int64)
    calculate(frame, multiplier)
    rounds_to_zero = (frame["value"] > 0) & (frame["value"] < 0.5 * 10.0**-decimals)
    frame.loc[rounds_to_zero, "status"] = "low"
    return schema.check(schema.conform(frame), "measures")


def _sides(indicator: Indicator) -> tuple[Side | None, Side | None]:
    return indicator.numerator, indicator.denominator


@dataclass(frozen=True, slots=True)
class _Block:
    """Aligned numerators and denominators of one indicator and breakdown, as dense arrays.

    The arrays have an axis for periods and one for each dimension; `kept` says which cells are
    measures (the others are combinations no one could be in anywhere).
    """

    periods: list[str]
    numerator: np.ndarray[Any, np.dtype[np.float64]]
    denominator: np.ndarray[Any, np.dtype[np.float64]]
    kept: np.ndarray[Any, np.dtype[np.bool_]]
    notes: list[str]


def _blocks(
    indicator: Indicator,
    cubes: Mapping[str, Cubes],
    categories: Mapping[str, list[str]],
    config: Configuration,
    tables: Mapping[str, pa.Table | pd.DataFrame],
) -> Iterable[pd.DataFrame]:
    constant: dict[str, Any] = {
        "edition": config.edition.edition,
        "indicator": indicator.id,
        "period_type": indicator.period_type,
        "population_base": indicator.population_base,
        "unit": indicator.unit,
        "method": indicator.method,
        "profile": profile_of(indicator, config),
        "source": source_of(indicator, config, tables),
        "multiplier": indicator.multiplier,
        "decimals": indicator.decimals,
    }
    for set_ in sets_of(indicator):
        if not _told(indicator, set_, cubes):
            continue
        block = _align(indicator, set_, cubes)
        if block.kept.any():
            yield _rows(block, set_, categories, config).assign(**constant)


def _told(indicator: Indicator, set_: Dimensions, cubes: Mapping[str, Cubes]) -> bool:
    """Whether the rows tell every dimension: one no row has is a gap, not a table of zeros."""
    assert indicator.numerator is not None
    below = indicator.denominator or indicator.numerator
    for dimension in set_:
        side = indicator.numerator if dimension in indicator.over else below
        if not cubes[side.table].seen[dimension].any():
            return False
    return True


def _align(indicator: Indicator, set_: Dimensions, cubes: Mapping[str, Cubes]) -> _Block:
    """Numerator over denominator, cell by cell, each at its own period."""
    assert indicator.numerator is not None
    top = cubes[indicator.numerator.table]
    numerator = top.counts(counted(indicator.numerator), set_)
    if indicator.denominator is None:
        nothing = np.full(numerator.shape, np.nan)
        return _Block(
            top.periods, numerator, nothing, np.ones(numerator.shape, bool), [""] * len(top.periods)
        )
    bottom = cubes[indicator.denominator.table]
    split = tuple(d for d in set_ if d not in indicator.over)
    below = bottom.counts(counted(indicator.denominator), split)
    places = [_period(p, bottom.periods, indicator.denominator.period) for p in top.periods]
    known = [i for i, place in enumerate(places) if place is not None]
    below = below[[place for place in places if place is not None]]
    # The denominator has no axis for a dimension it is the total over.
    below = below.reshape(
        (
            len(known),
            *(n if d in split else 1 for d, n in zip(set_, numerator.shape[1:], strict=True)),
        )
    )
    below = np.broadcast_to(below, (len(known), *numerator.shape[1:]))
    possible = np.ones(below.shape[1:], bool)
    for axis, dimension in enumerate(set_):
        if dimension in split and dimension != LOCALITY:
            shape = [1] * len(set_)
            shape[axis] = -1
            possible &= bottom.seen[dimension].reshape(shape)
    kept = (below > 0) | (numerator[known] > 0) | possible
    notes = [
        "" if places[i] is None or bottom.periods[cast(int, places[i])] == top.periods[i]
        else f"Denominator of {bottom.periods[cast(int, places[i])]}."
        for i in known
    ]  # fmt: skip
    return _Block([top.periods[i] for i in known], numerator[known], below, kept, notes)


def _period(period: str, among: Sequence[str], which: str) -> int | None:
    """Where a denominator's period is found for a numerator's; None where there is none."""
    if which == "same":
        return among.index(period) if period in among else None
    earlier = [i for i, other in enumerate(among) if other[:4] <= period[:4]]
    return earlier[-1] if earlier else None


def _rows(
    block: _Block, set_: Dimensions, categories: Mapping[str, list[str]], config: Configuration
) -> pd.DataFrame:
    """The kept cells as rows: place, period, breakdown and category beside the two counts."""
    at = np.nonzero(block.kept)
    named: dict[str, Objects] = {
        dimension: np.array(categories[dimension], dtype=object)[at[1 + axis]]
        for axis, dimension in enumerate(set_)
    }
    area = named.pop(LOCALITY, None)
    within = [d for d in set_ if d != LOCALITY]
    category: Objects = np.full(len(at[0]), schema.TOTAL, dtype=object)
    for position, dimension in enumerate(within):
        category = named[dimension] if position == 0 else category + schema.JOIN + named[dimension]
    numerator, denominator = block.numerator[block.kept], block.denominator[block.kept]
    nobody = denominator == 0
    return pd.DataFrame(
        {
            "area_code": config.area.code if area is None else area,
            "geography": "authority" if area is None else config.area.localities_are,
            "period": np.array(block.periods, dtype=object)[at[0]],
            "breakdown": schema.JOIN.join(within) or schema.TOTAL,
            "category": category,
            "numerator": numerator,
            "denominator": denominator,
            "status": np.where(nobody, "z", "").astype(object),
            "reason": np.where(nobody, "no_population", "").astype(object),
            "note": np.array(block.notes, dtype=object)[at[0]],
        }
    )

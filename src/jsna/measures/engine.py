"""The indicator engine: declarations and analysis tables in, measures out.

Counting is one pass over each analysis table (see `cubes`); here numerators meet denominators,
values and limits are calculated by the declared method, and the official figures join.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from jsna import io
from jsna.measures import assessed, contributions, dispersion
from jsna.measures.blocks import Axis, Block, align, axis_of, together
from jsna.measures.cells import Cells
from jsna.measures.checks import check
from jsna.measures.cubes import Cubes, Dimensions, columns, count, sets_of, wanted
from jsna.measures.making import fill
from jsna.measures.merge import merge, reconcile
from jsna.measures.sources import profile_of, source_of
from jsna.measures.values import calculate, dispersions, mark_low
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.model.fallbacks import GroupingSet, recodings
from jsna.model.hierarchies import LOCALITY_GROUP, THREE_YEARS
from jsna.model.indicators import LOCALITY, Indicator, Side

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["measure", "run", "tables_of"]

Objects = np.ndarray[Any, np.dtype[np.object_]]
Column = np.ndarray[Any, np.dtype[Any]]


def run(config: Configuration, paths: io.Paths) -> None:
    """Measure an edition.

    Writes `measures`, `official`, `reconciliation` and `contributions` in `restricted/`, and
    `attrition.json`: which records left the count of which indicator; and first, with its receipt,
    the analysis table of how good the links are.
    """
    from jsna.measures import attrition

    assessed.make(config, paths)
    dispersion.check(contributions.tables_of(paths), config.indicators.values())
    local = measure(tables_of(config, paths), config.indicators.values(), config)
    published = io.read_measures(paths.restricted / "published.parquet")
    measures, official = merge(local, published)
    io.write_measures(paths.restricted / "measures.parquet", measures, cells=True)
    io.write_measures(paths.restricted / "official.parquet", official)
    contributions.run(measures, config, paths)
    io.write_parquet(paths.restricted / "reconciliation.parquet", reconcile(measures, official))
    io.write_json(paths.restricted / attrition.FILE, attrition.record(config, paths))


@dataclass(frozen=True, slots=True)
class _Read(Mapping[str, "pa.Table | pd.DataFrame"]):
    """Analysis tables, each read when it is asked for and held no longer than it is used.

    Attributes:
        files: name -> the file, and the columns of it that are read.
        made: tables that are in no file.
    """

    files: Mapping[str, tuple[Path, list[str]]]
    made: Mapping[str, pd.DataFrame]

    def __getitem__(self, name: str) -> pa.Table | pd.DataFrame:
        return self.made[name] if name in self.made else io.read_table(*self.files[name])

    def __contains__(self, name: object) -> bool:
        return name in self.made or name in self.files

    def __iter__(self) -> Iterator[str]:
        return iter({**self.files, **self.made})

    def __len__(self) -> int:
        return len({**self.files, **self.made})


def tables_of(config: Configuration, paths: io.Paths) -> Mapping[str, pa.Table | pd.DataFrame]:
    """The analysis tables that indicators of an edition are counted in, of those that are made.

    Of each only the columns that some indicator asks for, read when they are.
    """
    from jsna.tables.quality import record

    made = contributions.tables_of(paths)
    files = {
        name: (made[name], columns(name, asked))
        for name, asked in wanted(config.indicators.values()).items()
        if name in made
    }
    quality = paths.restricted / "quality.parquet"
    there = quality.is_file()
    return _Read(files, {"record": record(io.read_parquet(quality), config)} if there else {})


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
    check(local, config.codes)
    cubes, categories = count(tables, wanted(local), config)
    cells = Cells(config)
    blocks = [
        block
        for indicator in local
        if all(side is None or side.table in cubes for side in _sides(indicator))
        for block in _blocks(indicator, cubes, categories, cells, tables)
    ]
    if not blocks:
        return schema.empty(cells=True)
    frame = pd.DataFrame({name: np.concatenate([b[name] for b in blocks]) for name in blocks[0]})
    multiplier = frame.pop("multiplier").to_numpy(dtype=np.float64)
    decimals = frame.pop("decimals").to_numpy(dtype=np.int64)
    beside = frame.pop("beside").tolist()
    declared = {indicator.id: indicator for indicator in local}
    calculate(frame, multiplier, dispersions(frame, declared))
    fill(frame, beside, declared, config)
    mark_low(frame, decimals)
    return schema.check(schema.conform(frame, cells=True), "measures", cells=True)


def _sides(indicator: Indicator) -> tuple[Side | None, Side | None]:
    return indicator.numerator, indicator.denominator


def _blocks(
    indicator: Indicator,
    cubes: Mapping[str, Cubes],
    categories: Mapping[str, list[str]],
    cells: Cells,
    tables: Mapping[str, pa.Table | pd.DataFrame],
) -> Iterable[Mapping[str, Column]]:
    """The measures of one indicator, block by block: every column as an array of shape (rows,)."""
    config = cells.config
    constant: dict[str, Any] = {
        "edition": config.edition.edition,
        "indicator": indicator.id,
        "population_base": indicator.population_base,
        "unit": indicator.unit,
        "method": indicator.method,
        "profile": profile_of(indicator, config),
        "source": source_of(indicator, config, tables),
        "segment": schema.LOCAL if indicator.caveats.beside else "",
        "multiplier": indicator.multiplier,
        "decimals": indicator.decimals,
    }
    done: set[GroupingSet] = set()
    for set_ in sets_of(indicator):
        if not _told(indicator, set_, cubes):
            continue
        for grouping, recoding in recodings(indicator, set_, config):
            if grouping in done:
                continue
            done.add(grouping)
            axes = [axis_of(d, recoding, categories, config) for d in set_]
            block = align(indicator, axes, cubes)
            if grouping.years > 1:
                block = together(block, grouping.years)
            if block.kept.any():
                kind = indicator.period_type if grouping.years == 1 else THREE_YEARS
                rows = _rows(indicator, block, axes, cells)
                same = {**constant, "period_type": kind}
                size = len(rows["period"])
                yield {**rows, **{name: _filled(size, value) for name, value in same.items()}}


def _told(indicator: Indicator, set_: Dimensions, cubes: Mapping[str, Cubes]) -> bool:
    """Whether the rows tell every dimension: one no row has is a gap, not a table of zeros."""
    assert indicator.numerator is not None
    below = indicator.denominator or indicator.numerator
    for dimension in set_:
        side = indicator.numerator if dimension in indicator.over else below
        if not cubes[side.table].seen[dimension].any():
            return False
    return True


def _rows(
    indicator: Indicator, block: Block, axes: Sequence[Axis], cells: Cells
) -> dict[str, Column]:
    """The kept cells as rows: place, period, breakdown and category beside the two counts.

    Columns stay arrays until all blocks are one frame: a frame a block costs more than the counts.
    """
    config = cells.config
    at = np.nonzero(block.kept)
    named: dict[str, Objects] = {
        axis.shown: np.array(axis.codes, dtype=object)[at[1 + place]]
        for place, axis in enumerate(axes)
    }
    grouping = GroupingSet(tuple(sorted(named)))
    category: Objects = np.full(len(at[0]), schema.TOTAL, dtype=object)
    for position, dimension in enumerate(grouping.within):
        category = named[dimension] if position == 0 else category + schema.JOIN + named[dimension]
    numerator, denominator = block.numerator[block.kept], block.denominator[block.kept]
    nobody = (numerator if indicator.kind.of_values else denominator) == 0
    notes = [_note(*years) for years in zip(block.years, block.below, strict=True)]
    size = len(at[0])
    place = named.get(LOCALITY, named.get(LOCALITY_GROUP))
    return {
        "area_code": _filled(size, config.area.code) if place is None else place,
        "geography": _filled(size, grouping.geography(config.area)),
        "period": np.array(block.periods, dtype=object)[at[0]],
        "breakdown": _filled(size, grouping.breakdown),
        "category": category,
        "numerator": numerator,
        "denominator": denominator,
        "beside": _beside(block, size),
        "status": np.where(nobody, "z", "").astype(object),
        "reason": np.where(nobody, "no_population", "").astype(object),
        "note": np.array(notes, dtype=object)[at[0]],
        schema.NUMERATOR_CELL: cells.texts(indicator.numerator, (), axes, block.years, at),
        schema.DENOMINATOR_CELL: cells.texts(
            indicator.denominator, indicator.over, axes, block.below, at
        ),
    }


def _filled(size: int, value: float | str) -> Column:
    """A column of one value; texts stay the objects that a frame takes them for."""
    return np.full(size, value, dtype=object if isinstance(value, str) else np.float64)


def _beside(block: Block, size: int) -> Column:
    """What is kept beside the counts of each row, as tuples."""
    parts = [of[block.kept] for of in block.beside]
    told = zip(*parts, strict=True) if parts else ((),) * size
    return np.fromiter(told, dtype=object, count=size)


def _note(years: Sequence[str], below: Sequence[str]) -> str:
    """Which other periods the denominators are of, in words."""
    other = (of for year, of in zip(years, below, strict=False) if of != year)
    return " ".join(f"Divided by the count of {of}." for of in dict.fromkeys(other))

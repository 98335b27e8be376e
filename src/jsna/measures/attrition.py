"""What is stated beside an indicator: which records left its count, or changed it, and why.

Nobody lists indicators here. What a count stands on follows from the queries of its table
(`lineage`) and from its own declaration: its sides, their conditions, its breakdowns. An emptied
date touches the indicators that use that date; a home without a place those by area or deprivation,
and those of residents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jsna import io
from jsna.ingest.attrition import APART, EMPTIED, REPEATS, SET_ASIDE
from jsna.measures.conditions import conjuncts, names
from jsna.measures.keeping import kept
from jsna.measures.lineage import HOME, ROW, Cell, Cells, Lineage, ancestors, lineages
from jsna.model.asked import counted, recorded
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator, Side
from jsna.sources import registry
from jsna.tables.catalogue import CATALOGUE, column_of

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

#: In the restricted zone, with how many there are; in the safe one, with bands alone.
FILE: Final = "attrition.json"
#: A home that has no place in the area.
UNPLACED: Final = "unplaced"
#: A row that stands, and says nothing of what is counted of each.
UNSAID: Final = "unsaid"
#: How a count stands on a cell: without it the record is not counted; what it says is asked; a
#: breakdown is by it.
COUNTED, KNOWN = "counted", "known"
_KINDS: Final[Mapping[str, tuple[str, ...]]] = {ROW: (SET_ASIDE, REPEATS), HOME: (UNPLACED,)}


@dataclass(frozen=True, slots=True)
class Touch:
    """What an indicator stands on.

    Attributes:
        counted: cells without which a record is in none of its figures.
        known: further cells that all of its figures go by.
        by: dimension -> further cells that figures split by it go by.
        asked: cells of `known` that must say something for a record to be in any figure.
    """

    counted: Cells
    known: Cells
    by: Mapping[str, Cells]
    asked: Cells = frozenset()

    @property
    def cells(self) -> Cells:
        """All of them."""
        return self.counted.union(self.known, *self.by.values())


def touches(config: Configuration, linked: Iterable[str]) -> dict[str, Touch]:
    """What each indicator that is counted from records stands on.

    Args:
        config: gives the indicators and the area.
        linked: tables there are, `<extract>.<table>`.
    """
    from jsna.measures.derive import usable

    made = lineages(usable(config, linked))
    found = {}
    for indicator in config.indicators.values():
        of = config.indicators.get(indicator.derived.of) if indicator.derived else indicator
        if of is not None and (touch := _touch(indicator, of, made)) is not None:
            found[indicator.id] = touch
    return found


def _touch(indicator: Indicator, of: Indicator, made: Mapping[str, Lineage]) -> Touch | None:
    """What an indicator stands on that shows, or is worked out from, what `of` counts."""
    sides = [side for side in (of.numerator, of.denominator) if side is not None]
    if not sides or any(side.table not in made for side in sides):
        return None
    rows = frozenset().union(*(made[side.table].rows for side in sides))
    # Every figure of a share is split by what it is a share of.
    over = [column_of(d) for d in of.over]
    asked = [*sides, *kept(of)]
    own = [made[s.table].of([*_asked(s), *over]) | made[s.table].unsure for s in asked]
    known = frozenset().union(*own) - rows
    dimensions = sorted({d for set_ in indicator.breakdowns for d in set_})
    split = {
        d: frozenset().union(*(made[s.table].of([column_of(d)]) for s in sides)) - rows - known
        for d in dimensions
    }
    # A row without the row it belongs to is set aside itself, and counted there.
    above = set().union(*(ancestors(cell.table) for cell in rows if cell.field == ROW))
    return Touch(
        rows,
        _without(known, above),
        {d: _without(cells, above) for d, cells in split.items()},
        _must_say(counted(of) or sides[0], made) & known,
    )


def _must_say(side: Side, made: Mapping[str, Lineage]) -> Cells:
    """Cells without which a row of a side is not counted, by its condition.

    None of a column that is worked out: who still waits has a wait and no day it ended.
    """
    table = made[side.table]
    found = [(name, table.of([name]) - table.all) for name in recorded(side.where)]
    return frozenset(
        cell
        for name, cells in found
        for cell in cells
        if len(cells) == 1 and cell.field == name != HOME
    )


def _without(cells: Cells, above: set[str]) -> Cells:
    return frozenset(cell for cell in cells if not (cell.field == ROW and cell.table in above))


def _asked(side: Side) -> list[str]:
    """Columns a side asks: those of its condition, and the one it adds up."""
    named = {side.count}.union(*map(names, conjuncts(side.where)))
    return [column for column in CATALOGUE[side.table].columns if column in named]


@dataclass(frozen=True, slots=True)
class Lost:
    """How many records of a table left a count, or changed it, in one way.

    Attributes:
        kind: one of the kinds of `ingest.left`, or `unplaced`.
        cell: the table, and the field where it is a cell of one.
        rows: how many records, of those `received` in the deliveries it happened in.
        periods: those deliveries; none where it is every one.
        between: cells a count must stand on, all of them, to be touched; none where `cell` is it.
    """

    kind: str
    cell: Cell
    rows: int
    received: int
    periods: tuple[str, ...] = ()
    between: Cells = frozenset()


def of_cells(
    left: pd.DataFrame,
    homes: Mapping[str, Mapping[str, int]],
    unsaid: Mapping[Cell, tuple[int, int]] | None = None,
) -> dict[Cell, tuple[Lost, ...]]:
    """What left or changed counts, by the cell that counts stand on.

    Args:
        left: rows of `restricted/attrition.parquet`.
        homes: linked table -> where homes lie -> homes; see `tables.homes`.
        unsaid: cell that must say something -> in how many rows it does not, and of how many.
    """
    found: dict[Cell, tuple[Lost, ...]] = {}
    there = left[left["kind"].eq("")].groupby(["extract", "table"])["period"].agg(set)
    happened = left[left["rows"].gt(0)]
    for key, rows in happened.groupby(["extract", "table", "kind", "field"], sort=True):
        extract, table, kind, name = map(str, key)
        if name == HOME:
            # What became of it is known where homes are looked up: a postcode may say it as well.
            continue
        cell = Cell(f"{extract}.{table}", name or ROW)
        between = _between(extract, cell) if kind == APART else frozenset()
        if between:
            cell = min(one for one in between if one.table == cell.table)
        periods = sorted(set(rows["period"]))
        one = Lost(
            kind, cell, int(rows["rows"].sum()), int(rows["received"].sum()),
            () if set(periods) == there.loc[extract, table] else tuple(periods), between,
        )  # fmt: skip
        found[cell] = (*found.get(cell, ()), one)
    for name, counts in sorted(homes.items()):
        # A share that is always stated, so that to state it says nothing of how many there are.
        if every := counts.get("all", 0):
            cell = Cell(name, HOME)
            away = every - counts.get("placed", 0)
            found[cell] = (Lost(UNPLACED, cell, away, every),)
    for cell, (empty, every) in sorted((unsaid or {}).items()):
        if empty:
            found[cell] = (*found.get(cell, ()), Lost(UNSAID, cell, empty, every))
    return found


def _between(extract: str, rule: Cell) -> Cells:
    """The fields between which nothing is counted where a rule (by its code) is broken."""
    table = rule.table.split(".")[1]
    (found,) = (
        one
        for one in registry()[extract].cross_rules
        if (one.table, one.code) == (table, rule.field)
    )
    own = {Cell(rule.table, name) for name in found.fields}
    return frozenset(own | {Cell(*f"{extract}.{name}".rsplit(".", 1)) for name in found.apart})


def beside(touch: Touch, of: Mapping[Cell, tuple[Lost, ...]]) -> Iterator[tuple[str, str, Lost]]:
    """What is stated beside an indicator: how the count stands on it, by what, and what it is.

    Yields:
        `counted` or `known`; the dimension of the figures it is about, "" for all of them; and what
        left the count.
    """
    for how, by, cells in (
        (COUNTED, "", touch.counted),
        (KNOWN, "", touch.known),
        *((KNOWN, dimension, cells) for dimension, cells in sorted(touch.by.items())),
    ):
        for cell in sorted(cells):
            for one in of.get(cell, ()):
                if one.between:
                    if one.between <= touch.counted | touch.known:
                        yield COUNTED, "", one
                elif cell in touch.asked:
                    # What is empty without having been emptied is left out all the same.
                    if one.kind == UNSAID:
                        yield COUNTED, "", one
                elif one.kind in _KINDS.get(cell.field, (EMPTIED,)):
                    yield how, by, one


def record(config: Configuration, paths: io.Paths) -> dict[str, list[dict[str, Any]]]:
    """Indicator -> what left its count or changed it, exact: for the restricted zone alone."""
    from jsna.measures.derive import received

    homes = io.read_json(paths.restricted / "derive.json")["homes"]
    linked = received(paths)
    every = touches(config, linked)
    unsaid = {
        cell: _empty(io.read_table(linked[cell.table], [cell.field])[cell.field])
        for cell in sorted(frozenset().union(*(touch.asked for touch in every.values())))
    }
    of = of_cells(io.read_parquet(paths.restricted / "attrition.parquet"), homes, unsaid)
    return {
        name: found
        for name, touch in every.items()
        if (found := [_entry(*one) for one in beside(touch, of)])
    }


def _empty(cells: pa.ChunkedArray[Any]) -> tuple[int, int]:
    return cells.null_count, len(cells)


def _entry(how: str, by: str, one: Lost) -> dict[str, Any]:
    return {
        "how": how,
        "by": by,
        "kind": one.kind,
        "table": one.cell.table,
        "field": one.cell.field,
        "periods": list(one.periods),
        "rows": one.rows,
        "received": one.received,
    }

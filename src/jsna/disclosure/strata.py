"""Standardised rates beside what would tell the counts of the groups they are made of.

A rate is a sum of the events of each group times a factor that everybody knows, and to its decimals
one more equation of these counts; with its limits and where groups are small, often the last one
that is needed. So whoever has a rate is taken to have them. Rates are given only where no group has
few (`measures/making`). A count of a group may still be hidden elsewhere, because another would
follow from it: then the rate is hidden as well. And from the rates of a whole and of its parts
follow the groups of what the parts leave: where one of these has few, one more part is hidden.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from jsna.disclosure.ledger.families import apart, nested
from jsna.disclosure.ledger.linked_tables import LinkedTables, printed
from jsna.disclosure.revision import GROUP
from jsna.disclosure.system import Flags, Ints
from jsna.measures.contributions import group_numbers
from jsna.model import hierarchies as nesting
from jsna.model import schema
from jsna.model.cells import Cell, make
from jsna.model.configuration import Configuration
from jsna.model.measured import Standard

#: Row of a rate -> cell of each of its groups -> how many are counted there.
_Told = Mapping[int, Mapping[Cell, float]]


def telling(
    rows: pd.DataFrame,
    made: LinkedTables,
    rules: Sequence[str],
    config: Configuration,
    behind: pd.DataFrame | None,
) -> list[str]:
    """The rules that hide rows, with those of rates that would tell few of a group.

    Args:
        rows: true measures, k rows.
        made: their linked tables.
        rules: the rule that hides each row, "" where it is shown.
        config: declarations.
        behind: how many are counted in each group, see `measures.contributions`.
    """
    standardised = [name for name, one in config.indicators.items() if one.standard]
    rates = np.flatnonzero(rows["indicator"].isin(standardised) & rows["value"].notna())
    if not len(rates):
        return list(rules)
    told = _told(rows, rates, behind, config)
    found: list[str] = list(rules)
    before: list[str] = []
    while found != before:
        before = found
        found = _beside_hidden(made, found, told)
        while (row := _leaves_few(rows, made, found, told)) is not None:
            found[row] = GROUP
    return found


def _told(
    rows: pd.DataFrame, rates: Ints, behind: pd.DataFrame | None, config: Configuration
) -> _Told:
    """The groups of each rate, and how many are counted in them."""
    counts: dict[str, dict[int, float]] = defaultdict(dict)
    if behind is not None:
        for cell, who, many in behind.itertuples(index=False):
            counts[cell][who] = many
    numbers, found = group_numbers(config), {}
    for row in map(int, rates):
        standard = config.indicators[rows["indicator"].iloc[row]].standard
        assert standard is not None
        text = rows[schema.NUMERATOR_CELL].iloc[row]
        cells = zip(standard.population, _groups(text, standard, config), strict=True)
        who = numbers[standard.by]
        found[row] = {cell: counts[text].get(who[code], 0.0) for code, cell in cells}
    return found


def _leaves_few(
    rows: pd.DataFrame, made: LinkedTables, rules: Sequence[str], told: _Told
) -> int | None:
    """A shown rate whose groups, with those of others or printed counts, leave few; the smallest.

    Whatever counts a group of it, and whatever is counted of a group of it, is looked at.
    """
    every = _known(made, rules, told)
    mine = [cell for cell, (_, row) in every.items() if row is not None]
    for whole in every:
        if whole not in mine and not any(nested(cell, whole) for cell in mine):
            continue
        levels: dict[tuple[str, ...], list[Cell]] = defaultdict(list)
        for cell in every:
            if cell != whole and nested(cell, whole):
                levels[*(column for column, _ in cell.box)].append(cell)
        for parts in map(apart, levels.values()):
            used = [by for one in (whole, *parts) if (by := every[one][1]) is not None]
            left = every[whole][0] - sum(every[part][0] for part in parts)
            most = max((made.threshold[made.numerators[by]] for by in used), default=0)
            if 0 < left < most:
                return min(used, key=lambda by: (rows["numerator"].iloc[by], by))
    return None


def _known(
    made: LinkedTables, rules: Sequence[str], told: _Told
) -> dict[Cell, tuple[float, int | None]]:
    """What is printed of the tables of rates: how many, and the rate that alone tells it."""
    rates = {row: groups for row, groups in told.items() if not rules[row]}
    tables = {(cell.table, cell.what) for groups in rates.values() for cell in groups}
    found: dict[Cell, tuple[float, int | None]] = {}
    for number in np.flatnonzero(_shown(made, rules) | np.array(made.public, dtype=np.bool_)):
        cell = made.cells[number]
        own = not made.earlier[number] and not made.derived[number]
        if own and (cell.table, cell.what) in tables:
            found[cell] = made.value[number], None
    for row, groups in rates.items():
        for cell, many in groups.items():
            found.setdefault(cell, (many, row))
    return found


def _shown(made: LinkedTables, rules: Sequence[str]) -> Flags:
    return printed(made, np.array([rule != "" for rule in rules], dtype=np.bool_))


def _beside_hidden(made: LinkedTables, rules: Sequence[str], told: _Told) -> list[str]:
    """The rules, with those of rates beside a hidden count of one of their groups."""
    found = list(rules)
    while True:
        shown = _shown(made, found)
        more = [
            row
            for row, cells in told.items()
            if not found[row] and any(_hides(made, shown, cell) for cell in cells)
        ]
        if not more:
            return found
        for row in more:
            found[row] = GROUP


def _groups(text: str, standard: Standard, config: Configuration) -> Iterator[Cell]:
    """The cells of the groups of what a rate counts."""
    whole = Cell.read(text)
    column = nesting.finer(standard.by, config)
    for code in standard.population:
        own = nesting.codes(standard.by, code, config)
        codes = own & (whole.codes(column) or own)
        yield make(whole.table, whole.what, {**dict(whole.box), column: codes})


def _hides(made: LinkedTables, shown: Flags, group: Cell) -> bool:
    """Whether some row counts a group, none prints it, and nobody else does."""
    numbers = [n for n in made.of(group) if not made.earlier[n] and not made.derived[n]]
    return any(made.value[n] > 0 and not shown[n] and not made.public[n] for n in numbers)

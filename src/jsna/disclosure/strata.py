"""Standardised rates beside what would tell the counts of the groups they are made of.

A rate is a sum of the events of each group times a factor that everybody knows, and to its decimals
one more equation of these counts; with its limits and where groups are small, often the last one
that is needed. So whoever has a rate is taken to have them. Rates are given only where no group has
few (`measures/making`). A count of a group may still be hidden elsewhere, because another would
follow from it: then the rate is hidden as well. And from the rates of a whole and of its parts
follow the groups of what the parts leave: where one of these has few, one more part is hidden.

To the solver the groups of a rate are rows of their own, which are printed with it: so it knows
what a rate tells of counts within a group or beside it, and may hide the rate for it.
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


def with_groups(
    rows: pd.DataFrame, config: Configuration, behind: pd.DataFrame | None
) -> tuple[pd.DataFrame, Ints]:
    """Rows, and after them one for each group of each rate, with its count alone.

    Counts that are rounded leave a rate no value, and so no group.

    Args:
        rows: true measures, k rows.
        config: declarations and profiles.
        behind: how many are counted in each group, see `measures.contributions`; without it there
            are no further rows.

    Returns:
        The rows, and of which row each is told: itself, or that of the rate.
    """
    rates = _rates(rows, config)
    exact = [row for row in rates if config.profile(rows["profile"].iloc[row]).rounding <= 1]
    told = (
        _told(rows, np.array(exact, dtype=np.int64), behind, config) if behind is not None else {}
    )
    every = [(row, cell, many) for row, cells in told.items() for cell, many in cells.items()]
    of: Ints = np.array([*range(len(rows)), *(row for row, *_ in every)], dtype=np.int64)
    if not every:
        return rows, of
    more = rows.iloc[of[len(rows) :]].copy()
    more[[*schema.NUMBERS]] = np.nan
    more[["method", "denominator_cell", "breakdown"]] = "", "", GROUP
    more["numerator"] = [many for *_, many in every]
    more["numerator_cell"] = more["category"] = [cell.text() for _, cell, _ in every]
    return pd.concat([rows, more], ignore_index=True), of


def telling(
    rows: pd.DataFrame,
    made: LinkedTables,
    rules: Sequence[str],
    config: Configuration,
    behind: pd.DataFrame | None,
    of: Ints,
) -> list[str]:
    """The rules that hide rows, with those of rates that would tell few of a group.

    Args:
        rows: true measures, k rows; with those of groups, see `with_groups`.
        made: their linked tables.
        rules: the rule that hides each row, "" where it is shown.
        config: declarations.
        behind: how many are counted in each group, see `measures.contributions`.
        of: of which row each is told.
    """
    rates = _rates(rows, config)
    if not len(rates):
        return list(rules)
    told = _told(rows, rates, behind, config)
    found: list[str] = list(rules)
    before: list[str] = []
    while found != before:
        before = found
        found = _beside_hidden(made, _with_its_groups(found, of), told)
        while (row := _leaves_few(rows, made, found, told)) is not None:
            found[row] = GROUP
    return found


def _rates(rows: pd.DataFrame, config: Configuration) -> Ints:
    """Rows of standardised rates that are given."""
    standardised = [name for name, one in config.indicators.items() if one.standard]
    return np.flatnonzero(rows["indicator"].isin(standardised) & rows["value"].notna())


def _with_its_groups(rules: Sequence[str], of: Ints) -> list[str]:
    """The rules, with those of rates of which a group is hidden, and of groups of hidden rates."""
    found = list(rules)
    for row, rate in enumerate(of.tolist()):
        if found[row] and not found[rate]:
            found[rate] = GROUP
    return [rule or (GROUP if found[rate] else "") for rule, rate in zip(found, of, strict=True)]


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

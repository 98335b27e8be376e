"""Standardised rates beside what would tell the counts of the groups they are made of.

A rate is a sum of the events of each group times a factor that everybody knows, and to its decimals
one more equation of these counts; with its limits and where groups are small, often the last one
that is needed. So whoever has a rate is taken to have them. Rates are given only where no group has
few (`measures/making`). A count of a group may still be hidden elsewhere, because another would
follow from it: then the rate is hidden as well. And from the rates of a whole and of its parts
follow the groups of what the parts leave: where one of these has few, one more part is hidden.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from jsna.disclosure.ledger.families import nested
from jsna.disclosure.ledger.linked_tables import LinkedTables, printed
from jsna.disclosure.revision import GROUP
from jsna.disclosure.system import Flags, Ints
from jsna.model import hierarchies as nesting
from jsna.model import schema
from jsna.model.cells import Cell, make
from jsna.model.configuration import Configuration
from jsna.model.measured import Standard


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
    standards = {name: one.standard for name, one in config.indicators.items() if one.standard}
    rates = np.flatnonzero(rows["indicator"].isin(list(standards)) & rows["value"].notna())
    if not len(rates):
        return list(rules)
    groups = _behind(rows, rates, behind)
    found: list[str] = list(rules)
    before: list[str] = []
    while found != before:
        before = found
        found = _beside_hidden(rows, made, found, config, rates)
        while (row := _leaves_few(rows, made, found, groups, standards)) is not None:
            found[row] = GROUP
    return found


def _behind(
    rows: pd.DataFrame, rates: Ints, behind: pd.DataFrame | None
) -> dict[int, Counter[int]]:
    """Row of a rate -> how many are counted in each group of it, by the number of the group."""
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    if behind is not None:
        for cell, who, many in behind.itertuples(index=False):
            counts[cell][who] = int(many)
    return {int(row): counts[rows[schema.NUMERATOR_CELL].iloc[row]] for row in rates}


def _leaves_few(
    rows: pd.DataFrame,
    made: LinkedTables,
    rules: Sequence[str],
    groups: Mapping[int, Counter[int]],
    standards: Mapping[str, Standard],
) -> int | None:
    """The smallest shown part of a shown whole that leaves few in a group of it, if any."""
    shown = [row for row in groups if not rules[row]]
    names = rows["indicator"].tolist()
    alike = rows[["indicator", "geography", "breakdown", "period_type"]]
    levels: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row in shown:
        levels[*alike.iloc[row]].append(row)
    for whole in shown:
        outer = made.cells[made.numerators[whole]]
        for (name, *_), level in levels.items():
            if standards[name] != standards[names[whole]]:
                continue
            cells = {row: made.cells[made.numerators[row]] for row in level}
            parts = [row for row, cell in cells.items() if cell != outer and nested(cell, outer)]
            most = max(made.threshold[made.numerators[row]] for row in (whole, *parts))
            left = {
                group: many - sum(groups[part][group] for part in parts)
                for group, many in groups[whole].items()
            }
            if parts and any(0 < many < most for many in left.values()):
                return min(parts, key=lambda row: (rows["numerator"].iloc[row], row))
    return None


def _beside_hidden(
    rows: pd.DataFrame,
    made: LinkedTables,
    rules: Sequence[str],
    config: Configuration,
    rates: Ints,
) -> list[str]:
    """The rules, with those of rates beside a hidden count of one of their groups."""
    found = list(rules)
    standards = {name: one.standard for name, one in config.indicators.items() if one.standard}
    names, texts = rows["indicator"].tolist(), rows[schema.NUMERATOR_CELL].tolist()
    groups = {row: [*_groups(texts[row], standards[names[row]], config)] for row in rates.tolist()}
    while True:
        hidden: Flags = np.array([rule != "" for rule in found], dtype=np.bool_)
        shown = printed(made, hidden)
        more = [
            row
            for row, cells in groups.items()
            if not hidden[row] and any(_hides(made, shown, cell) for cell in cells)
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

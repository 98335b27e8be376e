"""Standardised rates beside hidden counts of the groups they are made of.

A rate is a sum of the events of each group times a factor that everybody knows, and to its decimals
one more equation of these counts. Rates are given only where no group has few (`measures/making`);
a count of a group may still be hidden elsewhere, because another would follow from it. Then the
rate is hidden as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from jsna.disclosure.ledger.linked_tables import LinkedTables, printed
from jsna.disclosure.revision import GROUP
from jsna.disclosure.system import Flags
from jsna.model import hierarchies as nesting
from jsna.model import schema
from jsna.model.cells import Cell, make
from jsna.model.configuration import Configuration
from jsna.model.measured import Standard


def beside_hidden(
    rows: pd.DataFrame, made: LinkedTables, rules: Sequence[str], config: Configuration
) -> list[str]:
    """The rules that hide rows, with those of rates beside a hidden count of one of their groups.

    Args:
        rows: true measures, k rows.
        made: their linked tables.
        rules: the rule that hides each row, "" where it is shown.
        config: declarations.
    """
    found = list(rules)
    standards = {name: one.standard for name, one in config.indicators.items() if one.standard}
    rates = np.flatnonzero(rows["indicator"].isin(list(standards)) & rows["value"].notna())
    if not len(rates):
        return found
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

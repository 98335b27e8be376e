"""The cells of what the engine counts, made from the numbers' own axes and never from their words.

They are written beside each restricted measure (`schema.CELLS`) and nowhere else. What is published
has none: a cell says of hidden figures which of them are the same count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from jsna.measures.blocks import Axis
from jsna.measures.conditions import Condition
from jsna.model.cells import MISSING, PERIOD, Cell, Codes, make
from jsna.model.configuration import Configuration
from jsna.model.hierarchies import codes, finer
from jsna.model.indicators import Side
from jsna.model.tables import AnalysisTable
from jsna.tables.catalogue import CATALOGUE, implied, single

Objects = np.ndarray[Any, np.dtype[np.object_]]
Places = np.ndarray[Any, np.dtype[np.intp]]
#: Dimension and category of each thing that a count is split by.
_Categories = tuple[tuple[str, str], ...]
#: What decides a cell: table, condition and what is counted; periods; categories.
_Asked = tuple[str, str, str, tuple[str, ...], _Categories]


@dataclass(slots=True)
class Cells:
    """Makes cells; what a condition or a category stands for is worked out once.

    Attributes:
        config: code lists, and what nests in what.
    """

    config: Configuration
    _conditions: dict[tuple[str, str], Condition] = field(default_factory=dict)
    _categories: dict[tuple[str, str], tuple[str, Codes]] = field(default_factory=dict)
    _texts: dict[_Asked, str] = field(default_factory=dict)

    def texts(
        self,
        side: Side | None,
        over: Sequence[str],
        axes: Sequence[Axis],
        periods: Sequence[tuple[str, ...]],
        at: Sequence[Places],
    ) -> Objects:
        """The cells of one side of the rows of a block, as texts, shape (rows,); "" for no side.

        Args:
            side: numerator or denominator.
            over: dimensions it is not split by.
            axes: those of the block, but for its first.
            periods: periods of the side's table that are counted together at each place of the
                block's first axis.
            at: where each row stands on each axis.
        """
        if side is None:
            return np.full(len(at[0]), "", dtype=object)
        split = [place for place, axis in enumerate(axes) if axis.dimension not in over]
        mine = np.column_stack([at[0], *(at[1 + place] for place in split)])
        rows, where = np.unique(mine, axis=0, return_inverse=True)
        by = [axes[place] for place in split]
        made = [
            self._text(
                side,
                tuple(periods[first]),
                tuple((axis.shown, axis.codes[i]) for axis, i in zip(by, places, strict=True)),
            )
            for first, *places in rows.tolist()
        ]
        return np.array(made, dtype=object)[where.reshape(-1)]

    def _text(self, side: Side, periods: tuple[str, ...], categories: _Categories) -> str:
        """A cell's text; many indicators have the same denominators."""
        key = side.table, side.where, side.count, periods, categories
        if key not in self._texts:
            self._texts[key] = self.cell(side, periods, categories).text()
        return self._texts[key]

    def cell(
        self, side: Side, periods: Iterable[str], categories: Iterable[tuple[str, str]]
    ) -> Cell:
        """The rows a side counts in some periods and categories.

        Args:
            side: numerator or denominator.
            periods: periods of the side's table; one given twice is counted twice.
            categories: dimension and category of each thing that it is split by, places too.
        """
        table = CATALOGUE[side.table]
        split: dict[str, Codes] = {}
        for dimension, category in categories:
            column, allowed = self._category(dimension, category)
            split[column] = split.get(column, allowed) & allowed
        condition = self._condition(side)
        own = {column: condition.among(column, allowed) for column, allowed in split.items()}
        box = {**condition.box, **own}
        box[PERIOD] = _periods(table, periods)
        restrict(table, box)
        alone = side.count == "persons" and single(table)
        return make(table.rows_of or table.name, "rows" if alone else side.count, box)

    def _condition(self, side: Side) -> Condition:
        key = side.table, side.where
        if key not in self._conditions:
            self._conditions[key] = Condition(side, self.config)
        return self._conditions[key]

    def _category(self, dimension: str, category: str) -> tuple[str, Codes]:
        key = dimension, category
        if key not in self._categories:
            found = finer(dimension, self.config), codes(dimension, category, self.config)
            self._categories[key] = found
        return self._categories[key]


def _periods(table: AnalysisTable, periods: Iterable[str]) -> Codes:
    """The periods as codes; what is counted twice is another count than what is counted once."""
    times = Counter(map(table.january, periods))
    return frozenset(period if n == 1 else f"{period}, {n} times" for period, n in times.items())


def restrict(table: AnalysisTable, box: dict[str, Codes]) -> None:
    """Restrict a box by what its columns say of others, as the table has it."""
    changed = True
    while changed:
        changed = False
        for said in implied(table):
            allowed = box.get(said.column)
            if allowed is None or MISSING in allowed or not allowed <= (said.codes or allowed):
                continue
            known = box.get(said.of)
            if known is None or not known <= said.are:
                box[said.of] = said.are if known is None else known & said.are
                changed = True

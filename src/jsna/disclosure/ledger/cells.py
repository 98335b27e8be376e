"""What a count is a count of, read from a row's key and its declaration."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from jsna.measures.conditions import Condition
from jsna.model import hierarchies as nesting
from jsna.model.cells import MISSING, PERIOD, Cell, Codes, make
from jsna.model.configuration import Configuration
from jsna.model.indicators import LOCALITY, Indicator, Side
from jsna.model.schema import dimensions
from jsna.model.tables import AnalysisTable
from jsna.tables.catalogue import CATALOGUE

#: As `measures.engine` writes it.
_LATEST = re.compile(r"Denominator of (\S+)\.")


@dataclass(slots=True)
class Reader:
    """Turns the sides of declarations, with a row's place, period and categories, into cells."""

    config: Configuration
    _boxes: dict[tuple[str, str], dict[str, Codes]] = field(default_factory=dict)
    _splits: dict[tuple[str, str], dict[str, Codes]] = field(default_factory=dict)

    def cell(
        self,
        side: Side,
        indicator: Indicator,
        *,
        area: str,
        geography: str,
        period: str,
        period_type: str,
        breakdown: str,
        category: str,
        over: tuple[str, ...] = (),
        note: str = "",
    ) -> Cell:
        """The cell one side of a row counts.

        Args:
            side: numerator or denominator of the declaration.
            indicator: the declaration.
            area, geography, period, period_type, breakdown, category: key of the row.
            over: dimensions that split the other side only.
            note: of the row; there the engine says of which year a `latest` denominator is.
        """
        table = CATALOGUE[side.table]
        box = dict(self._condition(table.rows_of or table.name, side))
        for column, codes in self._split(breakdown, category).items():
            if column not in {nesting.finer(d, self.config) for d in over}:
                box[column] = box[column] & codes if column in box else codes
        if geography != "authority":
            of = nesting.LOCALITY_GROUP if geography == nesting.LOCALITY_GROUP else LOCALITY
            box[LOCALITY] = nesting.codes(of, area, self.config)
        years = nesting.years(period, period_type)
        box[PERIOD] = frozenset(table.january(year) for year in years)
        if side.period == "latest":
            told = _LATEST.match(note)
            box[PERIOD] = frozenset({told.group(1)}) if told else frozenset(years)
        _restrict(table, box)
        return make(table.rows_of or table.name, side.count, box)

    def _split(self, breakdown: str, category: str) -> dict[str, Codes]:
        found = self._splits.get((breakdown, category))
        if found is None:
            found = {}
            for dimension, code in dimensions(breakdown, category).items():
                column = nesting.finer(dimension, self.config)
                codes = nesting.codes(dimension, code, self.config)
                found[column] = found[column] & codes if column in found else codes
            self._splits[breakdown, category] = found
        return found

    def _condition(self, table: str, side: Side) -> dict[str, Codes]:
        key = side.table, side.where
        if key not in self._boxes:
            self._boxes[key] = Condition(side, self.config).box
        return self._boxes[key]


def _restrict(table: AnalysisTable, box: dict[str, Codes]) -> None:
    """Restrict a box by what its columns say of others, as the catalogue has it."""
    before = None
    while before != box:
        before = dict(box)
        for implied in table.implied:
            codes = box.get(implied.column)
            if codes is None or MISSING in codes or not codes <= (implied.codes or codes):
                continue
            box[implied.of] = box.get(implied.of, implied.are) & implied.are

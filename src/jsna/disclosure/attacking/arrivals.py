"""A reader with a pencil: who came since a year before, from one roll and where another's went.

Written from the key of a measure, from the declaration of its table and from what each count says
it counts; of what protection takes to add up it uses nothing. 120 with SEN support in one January,
of whom 118 had moved into it or stayed since the January before: two came, though no row says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jsna.disclosure.ledger.linked_tables import NONE, LinkedTables
from jsna.model import schema
from jsna.model.cells import PERIOD, Cell, Codes
from jsna.model.configuration import Configuration
from jsna.model.hierarchies import later
from jsna.model.tables import Followed
from jsna.tables.catalogue import CATALOGUE

#: What rows that do not overlap have in common: they are split and placed alike.
_LEVEL: Final = ("indicator", "geography", "breakdown", "period", "period_type")
#: Sides of a row: its count, and the column with what it counts.
_SIDES: Final = tuple(zip(("numerator", "denominator"), schema.CELLS, strict=True))


@dataclass(frozen=True, slots=True)
class _Printed:
    """A count of a row: which row and side of it, what it counts, and how many."""

    row: int
    side: int
    limits: Mapping[str, Codes]
    value: float
    threshold: int


class Arrivals:
    """Counts of rolls and of those followed among published rows, and who came between.

    Args:
        rows: the true measures of the rows, with their cells; k rows.
        config: declarations and profiles.
    """

    def __init__(self, rows: pd.DataFrame, config: Configuration) -> None:
        self._moves: dict[Followed, dict[tuple[str, ...], list[_Printed]]] = {}
        self._rolls: dict[str, dict[str, list[_Printed]]] = defaultdict(lambda: defaultdict(list))
        tables = {
            name: [CATALOGUE[side.table] for side in (one.numerator, one.denominator) if side]
            for name, one in config.indicators.items()
        }
        follow = {table.name for some in tables.values() for table in some if table.followed}
        if not follow:
            return
        limits = {name: config.profile(name).threshold for name in rows["profile"].unique()}
        for at, (count, column) in enumerate(_SIDES):
            mine = rows.loc[rows[column].ne("") & rows[count].notna()]
            for row, one in zip(mine.index, mine.to_dict("records"), strict=True):
                table = tables[one["indicator"]][at]
                cell = Cell.read(one[column])
                if cell.what not in ("rows", "persons"):
                    continue
                threshold = limits[one["profile"]]
                made = _Printed(row, at, dict(cell.box), one[count], threshold)
                if table.followed is None:
                    self._rolls[cell.table][one[column]].append(made)
                elif table.followed.column in made.limits:
                    level = (*(one[name] for name in _LEVEL), count)
                    self._moves.setdefault(table.followed, {}).setdefault(level, []).append(made)

    def leaves(self, shown: Set[int]) -> Iterator[tuple[_Printed, list[_Printed]]]:
        """Rolls of which few came since the year before, by what some rows print.

        Args:
            shown: the rows a reader has.

        Yields:
            The roll, and those followed into it.
        """
        for followed, levels in self._moves.items():
            rolls = self._rolls[CATALOGUE[followed.table].rows_of or followed.table]
            for moves in levels.values():
                for alike in rolls.values():
                    roll = next((one for one in alike if one.row in shown), None)
                    parts = [one for one in moves if roll and _within(one, roll, followed)]
                    # Where a part is hidden as well, two are known together, as anywhere.
                    if roll is None or not parts or not {one.row for one in parts} <= shown:
                        continue
                    most = max(one.threshold for one in (roll, *parts))
                    if 0 < roll.value - sum(one.value for one in parts) < most:
                        yield roll, parts

    def told(self, shown: Set[int], made: LinkedTables) -> set[int]:
        """Rows of rolls of which it is printed to the last one that few came.

        Who came is no secret where all of it is public, and not known where a count is rounded.
        """
        found = set()
        for roll, parts in self.leaves(shown):
            cells = {_cell(made, one) for one in (roll, *parts)} - {NONE}
            public = all(made.public[cell] for cell in cells)
            if not public and all(made.rounding[cell] == 1 for cell in cells):
                found.add(roll.row)
        return found

    def require(self, made: LinkedTables) -> None:
        """Ask of linked tables that who came stays uncertain, in place."""
        rows = [one.row for some in self._rolls.values() for same in some.values() for one in same]
        rows += [one.row for some in self._moves.values() for same in some.values() for one in same]
        for roll, parts in [*self.leaves({*rows})]:
            self._ask(made, roll, parts)

    def _ask(self, made: LinkedTables, roll: _Printed, parts: Sequence[_Printed]) -> None:
        whole, *cells = (_cell(made, one) for one in (roll, *parts))
        if NONE in (whole, *cells) or all(made.public[cell] for cell in (whole, *cells)):
            return
        left = made.add(
            made.cells[whole],
            f"{made.labels[whole]}; who came since a period before",
            roll.value - sum(one.value for one in parts),
            threshold=max(made.threshold[cell] for cell in (whole, *cells)),
            contributor=max(made.contributor[cell] for cell in (whole, *cells)),
            derived=True,
        )
        made.equations.append((whole, *sorted(cells), left))


def _cell(made: LinkedTables, one: _Printed) -> int:
    return (made.numerators, made.denominators)[one.side][one.row]


def _within(move: _Printed, roll: _Printed, followed: Followed) -> bool:
    """Whether all who made a move are on a roll, by what both say they count."""
    states = move.limits[followed.column]
    if followed.gone in states:
        return False
    known = {column: move.limits.get(column) for column in followed.lasting}
    known |= {followed.of: states}
    if PERIOD in move.limits:
        known[PERIOD] = frozenset(later(period, 1) for period in move.limits[PERIOD])
    return all(
        (mine := known.get(c)) is not None and mine <= codes for c, codes in roll.limits.items()
    )

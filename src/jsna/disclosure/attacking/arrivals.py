"""A reader with a pencil: who came since a year before, from one roll and where another's went.

Written from the key of a measure, from the declaration of its table and from what each count says
it counts; of what protection takes to add up it uses nothing. 120 with SEN support in one January,
of whom 118 had moved into it or stayed since the January before: two came, though no row says so.
Nor does one row have to be the roll: of 124 and 91 in two rows, 212 of whom had moved into either,
three came. Nor does any row have to be of them
alone: 604 less 484 without it are 120 as well (`regions`).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jsna.disclosure.attacking.regions import known_groups
from jsna.disclosure.ledger.linked_tables import NONE, LinkedTables
from jsna.model import schema
from jsna.model.cells import PERIOD, Cell, Codes
from jsna.model.configuration import Configuration
from jsna.model.hierarchies import later
from jsna.model.tables import Followed
from jsna.tables.catalogue import CATALOGUE

#: What rows that do not overlap have in common: they are split and placed alike.
_LEVEL: Final = ("indicator", "geography", "breakdown", "period", "period_type")
#: Where a level says what is added up; the columns of its cells follow.
_WHAT: Final = len(_LEVEL) + 1
#: Stands for every code that no row names, and for none.
_ANY: Final = "\x00any"
#: Sides of a row: its count, and the column with what it counts.
_SIDES: Final = tuple(zip(("numerator", "denominator"), schema.CELLS, strict=True))


@dataclass(frozen=True, slots=True)
class _Printed:
    """A count of a row: which row and side of it, what it counts, and how many."""

    row: int
    side: int
    cell: str
    limits: Mapping[str, Codes]
    value: float
    threshold: int


#: How rows are split and placed, with what they count -> text of what each counts -> the row.
_Levels = dict[tuple[str, ...], dict[str, _Printed]]


class Arrivals:
    """Counts of rolls and of those followed among published rows, and who came between.

    Args:
        rows: the true measures of the rows, with their cells; k rows.
        config: declarations and profiles.
    """

    def __init__(self, rows: pd.DataFrame, config: Configuration) -> None:
        #: What is counted -> the same count, wherever it is printed.
        self._alike: dict[str, list[_Printed]] = {}
        self._moves: dict[Followed, _Levels] = {}
        #: Table -> level -> counts of it.
        self._rolls: dict[str, _Levels] = {}
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
                text = one[column]
                made = _Printed(row, at, text, dict(cell.box), one[count], threshold)
                level = (*(one[name] for name in _LEVEL), count, cell.what, *sorted(made.limits))
                if table.followed is None:
                    levels = self._rolls.setdefault(cell.table, {})
                elif table.followed.column in made.limits:
                    levels = self._moves.setdefault(table.followed, {})
                else:
                    continue
                self._alike.setdefault(text, []).append(made)
                levels.setdefault(level, {}).setdefault(text, made)

    def leaves(self, shown: Set[int]) -> Iterator[tuple[list[_Printed], list[_Printed]]]:
        """Rolls of which few came since the year before, by what some rows print.

        Args:
            shown: the rows a reader has.

        Yields:
            The roll, or those that are one together, and those followed into it.
        """
        for followed, levels in self._moves.items():
            name, seen = CATALOGUE[followed.table].rows_of or followed.table, set()
            for some in self._ways(levels, self._rolls.get(name, {}), followed, shown):
                wholes, parts = (self._known(each, shown) for each in some)
                # Where a part is hidden as well, two are known together, as anywhere.
                if len(wholes) < len(some[0]) or len(parts) < len(some[1]):
                    continue
                mark = tuple(sorted(one.cell for one in (*wholes, *parts)))
                most = max(one.threshold for one in (*wholes, *parts))
                came = sum(one.value for one in wholes) - sum(one.value for one in parts)
                if 0 < came < most and mark not in seen:
                    seen.add(mark)
                    yield wholes, parts

    def _ways(
        self, levels: _Levels, rolls: _Levels, followed: Followed, shown: Set[int]
    ) -> Iterator[tuple[list[_Printed], list[_Printed]]]:
        """What may be taken from what: moves from the rolls that hold them, alone or together."""
        for moves, others in _pairs(levels, rolls, followed):
            yield from _together(moves, others, followed)
        usable = {*followed.lasting, followed.of, PERIOD}
        alike: dict[tuple[str, ...], dict[str, _Printed]] = {}
        for level, some in levels.items():
            alike.setdefault(level[_WHAT:], {}).update(some)
        for (what, *_), some in alike.items():
            pool = {
                text: one
                for level, each in rolls.items()
                for text, one in each.items()
                if level[_WHAT] == what and {*one.limits} <= usable and self._known([one], shown)
            }
            into = [(one, then) for one in some.values() if (then := _then(one, followed))]
            counts = sorted(pool.values(), key=_size)
            found = known_groups([one.limits for one in counts], [then for _, then in into])
            for added, taken, inside in found:
                moves = _apart([into[at][0] for at in inside])
                yield [counts[at] for at in added], [*(counts[at] for at in taken), *moves]

    def _known(self, some: Sequence[_Printed], shown: Set[int]) -> list[_Printed]:
        """Counts as some row prints them, less those that none does."""
        found = (
            next((one for one in self._alike[each.cell] if one.row in shown), None) for each in some
        )
        return [one for one in found if one is not None]

    def told(self, shown: Set[int], made: LinkedTables) -> set[int]:
        """Rows of rolls of which it is printed to the last one that few came.

        Who came is no secret where all of it is public, and not known where a count is rounded.
        """
        found = set()
        for rolls, parts in self.leaves(shown):
            cells = {_cell(made, one) for one in (*rolls, *parts)} - {NONE}
            public = all(made.public[cell] for cell in cells)
            if not public and all(made.rounding[cell] == 1 for cell in cells):
                found.add(rolls[0].row)
        return found

    def require(self, made: LinkedTables) -> None:
        """Ask of linked tables that who came stays uncertain, in place."""
        rows = {one.row for alike in self._alike.values() for one in alike}
        for rolls, parts in [*self.leaves(rows)]:
            self._ask(made, rolls, parts)

    def _ask(
        self, made: LinkedTables, rolls: Sequence[_Printed], parts: Sequence[_Printed]
    ) -> None:
        wholes, cells = ([_cell(made, one) for one in some] for some in (rolls, parts))
        every = (*wholes, *cells)
        if NONE in every or all(made.public[cell] for cell in every):
            return
        whole, label = wholes[0], " + ".join(made.labels[one] for one in wholes)
        if len(wholes) > 1:
            total = sum(one.value for one in rolls)
            whole = made.add(made.cells[whole], label, total, derived=True)
            made.equations.append((whole, *sorted(wholes)))
        left = made.add(
            made.cells[whole],
            f"{label}; who came since a period before",
            sum(one.value for one in rolls) - sum(one.value for one in parts),
            threshold=max(made.threshold[cell] for cell in every),
            contributor=max(made.contributor[cell] for cell in every),
            derived=True,
        )
        made.equations.append((whole, *sorted(cells), left))


def _pairs(
    moves: _Levels, rolls: _Levels, followed: Followed
) -> Iterator[tuple[list[_Printed], list[_Printed]]]:
    """Moves that share nobody, with rolls: of each level, and of all levels together.

    Girls with SEN support are counted in one place and everyone with a plan in another: together
    they hold the girls who moved into either, and all who moved into a plan.
    """
    known = {*followed.lasting, followed.of, PERIOD}
    usable = {
        level: [*some.values()]
        for level, some in rolls.items()
        if {*next(iter(some.values())).limits} <= known
    }
    for some, others in itertools.product(moves.values(), usable.values()):
        yield [*some.values()], others
    alike: dict[tuple[str, ...], dict[str, _Printed]] = {}
    for level, some in moves.items():
        alike.setdefault(level[_WHAT:], {}).update(some)
    for (what, *_), some in alike.items():
        all_ = {
            one.cell: one for level, each in usable.items() if level[_WHAT] == what for one in each
        }
        if all_:
            mine = _apart([*some.values()])
            yield mine, sorted(all_.values(), key=_size)
            yield mine, sorted(all_.values(), key=_size, reverse=True)


def _size(one: _Printed) -> tuple[int, int, str]:
    """How finely a row splits: by more columns, or fewer codes of them."""
    return -len(one.limits), math.prod(map(len, one.limits.values())), one.cell


def _apart(moves: Sequence[_Printed]) -> list[_Printed]:
    """Of moves that say the same columns those that share nobody, the finest first."""
    chosen: list[_Printed] = []
    for one in sorted(moves, key=_size):
        if all(
            any(codes.isdisjoint(other.limits[column]) for column, codes in one.limits.items())
            for other in chosen
        ):
            chosen.append(one)
    return chosen


def _together(
    moves: Sequence[_Printed], rolls: Sequence[_Printed], followed: Followed
) -> Iterator[tuple[list[_Printed], list[_Printed]]]:
    """Rolls that hold all of some moves, and every move of theirs they hold.

    Each combination of codes is one place; it belongs to one roll. The rolls a move needs are those
    that have a place of it; where two moves need one roll, what both need is looked at as well.
    Rolls that share a place with another are looked at apart from it.
    """
    then = [_then(move, followed) for move in moves]
    every: dict[str, set[str]] = {c: {_ANY} for one in rolls for c in sorted(one.limits)}
    for limits in (*then, *(one.limits for one in rolls)):
        for column in every.keys() & limits.keys():
            every[column] |= limits[column]
    owner: dict[tuple[str, ...], int] = {}
    others = []
    for at, one in enumerate(rolls):
        places = [*_places(one.limits, every)]
        if owner.keys().isdisjoint(places):
            owner.update(dict.fromkeys(places, at))
        else:
            others.append(one)
    needs: dict[int, frozenset[int]] = {}
    for number, known in enumerate(then):
        found = frozenset(owner.get(place, -1) for place in _places(known, every))
        if known and -1 not in found:
            needs[number] = found
    for some in _wanted([*needs.values()]):
        parts = [moves[number] for number, need in needs.items() if need <= some]
        yield [rolls[at] for at in sorted(some)], parts
    if others:
        yield from _together(moves, others, followed)


def _wanted(needs: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """Rolls that one move needs, and all that moves need which need some of the same."""
    found = {*needs}
    for need in needs:
        more = need
        while (wider := more.union(*(one for one in needs if one & more))) != more:
            more = wider
        found.add(more)
    return sorted(found, key=sorted)


def _places(
    limits: Mapping[str, Codes], every: Mapping[str, Set[str]]
) -> Iterator[tuple[str, ...]]:
    """Every combination of codes that limits allow: any code of a column they do not name."""
    return itertools.product(*(limits.get(column) or codes for column, codes in every.items()))


def _cell(made: LinkedTables, one: _Printed) -> int:
    return (made.numerators, made.denominators)[one.side][one.row]


def _then(move: _Printed, followed: Followed) -> Mapping[str, Codes]:
    """What is known a year later of those who made a move, by what it says it counts."""
    states = move.limits[followed.column]
    if followed.gone in states:
        return {}
    known = {c: codes for c in followed.lasting if (codes := move.limits.get(c)) is not None}
    known[followed.of] = states
    if PERIOD in move.limits:
        known[PERIOD] = frozenset(later(period, 1) for period in move.limits[PERIOD])
    return known

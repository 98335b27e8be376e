"""Counts that nobody prints and that tie printed ones: places where two ways of adding up meet.

Sums are found along one column at a time. Where one indicator is shown by tenths for three years
together and another by fifths for single years, no printed count lies between them, and yet a
reader adds both up to fifths for three years. Such counts are added here, with their values, so
that the sums on either side find each other. The same holds of columns that have a value in the
same rows: all localities together and all tenths together are the rows with a known place.

The rows with none of a column's codes (without SEN, without a known place) are a count too, and add
up along the other columns like any other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from jsna.disclosure.ledger.families import Sum, nested, smallest
from jsna.model.cells import Cell, Codes, make
from jsna.tables.catalogue import CATALOGUE

#: How often counts made here may lead to further ones: a cell has few columns that differ.
_ROUNDS: Final = 3
#: Stands for every value of a column that is in no category, and for none.
REST: Final[Codes] = frozenset({"\x00other or not known"})
#: Rounding of sums of whole numbers.
_CLOSE: Final = 1e-6

#: Regions that differ in one column: the cell without it, and the column.
_Family = tuple[Cell, str]


def links(cells: Mapping[Cell, float]) -> dict[Cell, float]:
    """Regions that are sums of the given ones along a column, with their counts.

    Args:
        cells: cell -> its count.

    Returns:
        Regions not among `cells`. One that adds up to different counts in different ways is left
        out: categories may be missing that no list knows.
    """
    found: dict[Cell, float] = {}
    at_odds: set[Cell] = set()
    seen: dict[tuple[str, str, str], set[Codes]] = {}
    families: dict[_Family, dict[Codes, float]] = {}
    for cell in cells:
        for column, codes in cell.box:
            seen.setdefault((cell.table, cell.what, column), set()).add(codes)
    wanted = {key: _Wanted(sets) for key, sets in seen.items()}
    nobody = _Nobody(cells)
    columns: dict[Cell, list[str]] = {}
    fresh = dict(cells)
    for _ in range(_ROUNDS):
        changed: dict[_Family, None] = {}
        for cell, value in fresh.items():
            for column, codes in cell.box:
                family = cell.without(column), column
                if family not in families:
                    families[family] = {}
                    columns.setdefault(family[0], []).append(column)
                families[family][codes] = value
                changed.setdefault(family)
        for cell in fresh:
            changed.update(dict.fromkeys((cell, column) for column in columns.get(cell, ())))
        fresh = {}
        for family in changed:
            rest, column = family
            own = wanted[rest.table, rest.what, column]
            total = cells.get(rest, found.get(rest))
            for cell, value in _unions(family, families[family], own, nobody, total):
                if cell in cells:
                    continue
                if abs(found.setdefault(cell, value) - value) > _CLOSE:
                    at_odds.add(cell)
                else:
                    fresh[cell] = value
    return {cell: value for cell, value in found.items() if cell not in at_odds}


class _Wanted:
    """The sets of codes that cells have in a column.

    Attributes:
        sets: the smallest first.
        every: the codes of all of them.
    """

    def __init__(self, sets: Collection[Codes]) -> None:
        self.sets = sorted(sets, key=smallest)
        self.every: Codes = frozenset().union(*sets)


def _unions(
    family: _Family,
    counted: Mapping[Codes, float],
    wanted: _Wanted,
    nobody: _Nobody,
    total: float | None,
) -> Iterator[tuple[Cell, float]]:
    """Unions of a family's sets: those wanted, of all where that is exact, and the rest."""
    rest, column = family
    if len(counted) < 2 and total is None:
        return
    empty = [c for c in wanted.sets if c not in counted and nobody(rest, column, c)]
    sets = {**counted, **dict.fromkeys(empty, 0.0)}
    for union in wanted.sets:
        if union not in sets:
            parts = _cover(union, sets)
            # Nobody alone is no link: it would stand for a count that is not known to be 0.
            if any(codes in counted for codes in parts):
                box = {**dict(rest.box), column: union}
                yield make(rest.table, rest.what, box), sum(sets[codes] for codes in parts)
    parts = _cover(wanted.every, sets)
    if not parts:
        return
    every = sum(sets[codes] for codes in parts)
    mark, _ = CATALOGUE[rest.table].known.get(column, ("", ""))
    if rest.codes(mark) is not None:
        if len(counted) > 1:
            yield rest, every
    elif total is not None and total - every > _CLOSE:
        yield make(rest.table, rest.what, {**dict(rest.box), column: REST}), total - every


class _Nobody:
    """Where everyone knows that nobody is: categories with nobody in all of a wider cell.

    Such a category has no row of its own in the narrower one.
    """

    def __init__(self, numbers: Mapping[Cell, float]) -> None:
        self._empty: dict[tuple[str, str, str, Codes], list[Cell]] = {}
        for cell, value in numbers.items():
            if value == 0:
                for column, codes in cell.box:
                    key = cell.table, cell.what, column, codes
                    self._empty.setdefault(key, []).append(cell.without(column))
        for key, cells in self._empty.items():
            self._empty[key] = _widest(cells)

    def __call__(self, rest: Cell, column: str, codes: Codes) -> bool:
        boxes = self._empty.get((rest.table, rest.what, column, codes), ())
        return any(nested(rest, empty) for empty in boxes)


def _widest(cells: Iterable[Cell]) -> list[Cell]:
    """Cells without those that are within another: they are nested in nothing more."""
    kept: list[Cell] = []
    for cell in sorted(cells, key=lambda one: len(one.box)):
        if not any(nested(cell, wider) for wider in kept):
            kept.append(cell)
    return kept


def _cover(union: Codes, sets: Iterable[Codes]) -> list[Codes]:
    """Sets that make up a union without sharing a code; none where there are no such sets."""
    within = [codes for codes in sets if codes <= union]
    for order in (smallest, _largest):
        ordered = sorted(within, key=order)
        covered: set[str] = set()
        parts: list[Codes] = []
        for codes in ordered:
            if covered.isdisjoint(codes):
                parts.append(codes)
                covered |= codes
        if len(covered) == len(union):
            return parts
    return []


@cache
def _largest(codes: Codes) -> tuple[int, tuple[str, ...]]:
    """Sorts sets of codes, the largest first; few sets are in very many families."""
    return -len(codes), tuple(sorted(codes))


def is_rest(cell: Cell) -> bool:
    """Whether a cell is what categories leave of a total."""
    return any(codes == REST for _, codes in cell.box)


def useful(found: Sequence[Sum], first: int, made: Sequence[Cell] = ()) -> list[Sum]:
    """Sums less those that say no more than what a link is.

    A link that is what parts leave of a total is a count that everybody gets by subtraction: it
    stays, however few sums it is in.

    Args:
        found: sums of cells, of which those from number `first` are links.
        first: number of the first link.
        made: the links, in the order of their numbers.
    """
    rests = {first + at for at, cell in enumerate(made) if is_rest(cell)}
    within: dict[int, set[int]] = {}
    for at, (total, parts) in enumerate(found):
        for number in (total, *parts):
            if isinstance(number, int) and number >= first and number not in rests:
                within.setdefault(number, set()).add(at)
    gone: set[int] = set()
    waiting = [number for number, places in within.items() if len(places) == 1]
    while waiting:
        for at in within.pop(waiting.pop(), set()):
            gone.add(at)
            total, parts = found[at]
            for number in (total, *parts):
                if isinstance(number, int) and number in within:
                    within[number].discard(at)
                    if len(within[number]) == 1:
                        waiting.append(number)
    return [one for at, one in enumerate(found) if at not in gone]

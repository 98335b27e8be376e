"""The equations of linked tables: sums between cells, what they leave over, and what ties them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from jsna.disclosure.ledger.arrivals import arrivals, beside, unions
from jsna.disclosure.ledger.families import Derived, Sum, nested, sums
from jsna.disclosure.ledger.linked_tables import LinkedTables
from jsna.disclosure.ledger.links import is_rest, links, useful
from jsna.disclosure.ledger.places import is_shape
from jsna.errors import JsnaError, Problem
from jsna.model.cells import Cell
from jsna.model.profiles import Profile

#: Times the sums are gone through until every link is protected like those it follows from.
_SETTLED: Final = 3
#: How many more there are than in parts, beside what is rounding of whole numbers.
_SOMEBODY: Final = 1e-6


def add_equations(
    made: LinkedTables,
    known: dict[Cell, int],
    shared: dict[Hashable, int] | None = None,
    *,
    strict: bool = True,
) -> dict[Hashable, int]:
    """Add the sums between cells, with a cell for each count they leave over or that ties them.

    Args:
        made: the linked tables; gets equations and derived cells.
        known: cell -> its cell; gets the counts that tie printed ones.
        shared: derived cells of other publications by what they are and their value; gets these.
        strict: whether parts above their total are a fault. Across editions, of which the later
            may revise the earlier, such parts say nothing.

    Returns:
        What is left over -> its number, the same of the same rest whatever its count.

    Raises:
        JsnaError: naming the total.
    """
    shared = {} if shared is None else shared
    followed: dict[Hashable, int] = {}
    # The order of the parts is no part of an equation.
    seen = {(e[0], frozenset(e[1:])) for e in made.equations}
    counts = {cell: made.value[number] for cell, number in known.items()}
    between = links(counts)
    between |= unions({**counts, **between})
    first, values = made.size, [*made.value, *between.values()]
    numbers = {**known, **{cell: first + at for at, cell in enumerate(between)}}
    try:
        plain = {cell: number for cell, number in numbers.items() if not is_shape(cell)}
        followed_in = (*arrivals(numbers, values), *beside(plain, values))
        every = [*sums(plain, values, strict=strict), *followed_in]
        found = useful(list(_not_known_to_be_nothing(every, numbers, values)), first, list(between))
    except ValueError as error:
        rule = f"the parts of a count come to more than it: {error}"
        raise JsnaError(Problem("measures", rule, code="linked.parts")) from error
    found = _with_links(made, known, found, list(between.items()), shared)
    for total, parts in found:
        cells = [total]
        for part in parts:
            if isinstance(part, int):
                cells.append(part)
                continue
            if part not in shared:
                mates = [total, *(p for p in parts if isinstance(p, int))]
                shared[part] = _rest(made, part, mates)
            cells.append(shared[part])
            if part.certain:
                followed[part.cell, part.column, part.codes, part.rest] = shared[part]
        mark = cells[0], frozenset(cells[1:])
        if mark not in seen:
            seen.add(mark)
            made.equations.append((cells[0], *sorted(cells[1:])))
    return followed


def _not_known_to_be_nothing(
    found: Iterable[Sum], numbers: Mapping[Cell, int], values: Sequence[float]
) -> Iterator[Sum]:
    """The sums, with a rest of nothing where amounts of somebody come to nothing.

    Where nobody is left everyone knows that nothing is; but that seven have nothing is known of
    them by nobody before it is told.
    """
    cells = {number: cell for cell, number in numbers.items()}
    for total, parts in found:
        whole = cells[total]
        counted = whole.what in ("rows", "persons")
        if not counted and all(isinstance(part, int) for part in parts):
            rows = [
                numbers.get(Cell(one.table, "rows", one.box))
                for one in (whole, *(cells[part] for part in parts if isinstance(part, int)))
            ]
            counts = [values[number] for number in rows if number is not None]
            if len(counts) == len(rows) and counts[0] - sum(counts[1:]) > _SOMEBODY:
                parts = (*parts, Derived(whole, "nothing", frozenset(), True, 0.0))
        yield total, parts


def _with_links(
    made: LinkedTables,
    known: dict[Cell, int],
    found: Sequence[Sum],
    between: Sequence[tuple[Cell, float]],
    shared: dict[Hashable, int],
) -> list[Sum]:
    """The sums with the links in them as cells, protected like the strictest of their mates."""
    first = made.size
    limit: dict[int, int] = {}
    spare: dict[int, float] = {}
    hides_zeros: set[int] = set()
    near_rounded: set[int] = set()
    rests = {first + at for at, (cell, _) in enumerate(between) if is_rest(cell)}
    # What is left of a total may be tied to other links alone: those have to be settled first.
    for again in range(_SETTLED):
        for total, parts in found:
            cells = [number for number in (total, *parts) if isinstance(number, int)]
            mates = [number for number in cells if number < first]
            most = max((made.threshold[number] for number in mates), default=0)
            if again:
                most = max([most, *(limit.get(number, 0) for number in cells)])
            for number in cells:
                if number < first or (again and number not in rests):
                    continue
                limit[number] = max(limit.get(number, 0), most)
                if made.rounds(mates) or not near_rounded.isdisjoint(cells):
                    near_rounded.add(number)
                if number in rests:
                    widths = (made.contributor[mate] for mate in mates)
                    spare[number] = max([spare.get(number, 0.0), *widths])
                    if not all(made.zeros_shown[mate] for mate in mates):
                        hides_zeros.add(number)
    at: dict[int, int] = {}
    for number, threshold in sorted(limit.items()):
        cell, value = between[number - first]
        same = shared.get((cell, value))
        if same is None:
            same = shared[cell, value] = made.add(
                cell,
                cell.label(),
                value,
                threshold=threshold,
                contributor=spare.get(number, 0.0),
                zeros_shown=number in rests and number not in hides_zeros,
                derived=True,
            )
            made.index(cell, same)
            if number in near_rounded:
                made.blurred.add(same)
        at[number] = known[cell] = same
        made.threshold[same] = max(made.threshold[same], threshold)
    return [
        (
            at.get(total, total),
            tuple(at.get(p, p) if isinstance(p, int) else p for p in parts),
        )
        for total, parts in found
    ]


def _rest(made: LinkedTables, part: Derived, mates: Sequence[int]) -> int:
    """A derived cell: protected like the strictest of the counts it follows from."""
    limit = max(made.threshold[cell] for cell in mates) if part.certain else 0
    if made.rounds(mates):
        made.blurred.add(made.size)
    return made.add(
        part.cell,
        part.label(),
        part.value,
        threshold=limit,
        zeros_shown=all(made.zeros_shown[cell] for cell in mates),
        contributor=max(made.contributor[cell] for cell in mates),
        derived=True,
    )


def complements(
    made: LinkedTables, pairs: Mapping[tuple[int, int], Profile], shared: dict[Hashable, int]
) -> dict[Hashable, int]:
    """Those of a denominator who are not counted, where no family has them yet.

    Returns:
        Whole and part -> the cell of those left, the same whatever their count.
    """
    followed: dict[Hashable, int] = {}
    had = {(e[0], part) for e in made.equations if len(e) == 3 for part in e[1:]}
    for (whole, part), rule in sorted(pairs.items(), key=lambda pair: pair[0]):
        if whole == part or (whole, part) in had:
            continue
        if not nested(made.cells[part], made.cells[whole]):
            continue
        left = made.value[whole] - made.value[part]
        if left == 0:
            made.equations.append((whole, part))
            continue
        key = made.cells[whole], made.cells[part]
        if (same := shared.get((*key, left))) is not None:
            made.equations.append((whole, *sorted((part, same))))
            followed[key] = same
            continue
        if made.rounds((whole, part)):
            made.blurred.add(made.size)
        rest = followed[key] = shared[(*key, left)] = made.add(
            made.cells[whole],
            f"{made.labels[whole]}; less {made.labels[part]}",
            left,
            threshold=max(made.threshold[whole], made.threshold[part]),
            zeros_shown=rule.zeros_shown,
            contributor=rule.contributor_width,
            derived=True,
        )
        made.equations.append((whole, *sorted((part, rest))))
    return followed

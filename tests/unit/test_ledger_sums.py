"""The equations of linked tables against somebody who adds and subtracts by hand what is printed.

Micro-data are a few kinds of pupil, each printed count a set of kinds. Nothing here knows how the
linked finds its sums: a dependence between sets of kinds is found as one finds the rank of a
matrix.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsna.disclosure.ledger.equations import add_equations
from jsna.disclosure.ledger.linked_tables import LinkedTables
from jsna.disclosure.ledger.links import REST, useful
from jsna.model.cells import Cell, make

steady = settings(derandomize=True, max_examples=60)
#: Columns of the pupils, and the codes a list has of each. "?" is in no list.
CODES = {"period": "45", "sex": "FM?", "sen_provision": "NKE", "language": "abc?"}
KINDS = [dict(zip(CODES, kind, strict=True)) for kind in itertools.product(*CODES.values())]


def counted(cell: Cell) -> np.ndarray:
    """Which kinds of pupil a cell counts."""
    return np.array(
        [all(kind[column] in codes for column, codes in cell.box) for kind in KINDS], dtype=float
    )


def rank(rows: list[np.ndarray]) -> int:
    return int(np.linalg.matrix_rank(np.array(rows))) if rows else 0


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[int], list[Cell]]:
    """How many pupils there are of each kind, and the counts that are printed.

    Counts are printed by whole breakdowns, as indicators are, of one or two columns: their codes
    one by one, or in groups that may overlap.
    """
    people = draw(
        st.lists(st.sampled_from([0, 0, 1, 2, 7, 30]), min_size=len(KINDS), max_size=len(KINDS))
    )
    columns = [c for c in CODES if c != "period"]
    printed: dict[Cell, None] = {}
    for _ in range(draw(st.integers(1, 4))):
        split = draw(st.lists(st.sampled_from(columns), max_size=2, unique=True))
        periods = draw(st.sampled_from([["4"], ["5"], ["4", "5"], ["45"]]))
        groups = []
        for column in split:
            known = [code for code in CODES[column] if code != "?"]
            finest = st.just(known)
            coarser = st.lists(
                st.sets(st.sampled_from(known), min_size=1).map(lambda s: "".join(sorted(s))),
                min_size=1,
                max_size=3,
                unique=True,
            )
            groups.append(draw(st.one_of(finest, coarser)))
        for period in periods:
            for chosen in itertools.product(*groups):
                box = {c: frozenset(g) for c, g in zip(split, chosen, strict=True)}
                printed[make("pupil", "rows", box | {"period": frozenset(period)})] = None
    return people, list(printed)


def ledger(
    people: list[int], printed: list[Cell], rounding: int = 1
) -> tuple[LinkedTables, dict[Cell, int]]:
    """The linked tables of these counts, all of them protected below 5 and rounded to a base."""
    made = LinkedTables()
    known = {}
    for cell in printed:
        value = float(counted(cell) @ people)
        known[cell] = made.add(cell, cell.label(), value, threshold=5, contributor=1.0)
        made.rounding[known[cell]] = rounding
    add_equations(made, known)
    return made, known


@steady
@given(worlds())
def test_whatever_follows_along_one_column_is_an_equation(
    given_: tuple[list[int], list[Cell]],
) -> None:
    """Of counts that differ in one column, every sum and difference that holds is implied."""
    people, printed = given_
    made, known = ledger(people, printed)
    matrix = made.matrix().toarray()
    assert np.abs(matrix @ np.array(made.value)).max(initial=0.0) < 1e-6
    families: dict[tuple[Cell, str], list[Cell]] = {}
    for cell in printed:
        for column, _ in cell.box:
            families.setdefault((cell.without(column), column), []).append(cell)
    for (rest, _), mates in families.items():
        if rest in known:
            mates = [*mates, rest]
        sets = np.array([counted(cell) for cell in mates])
        # Each combination of the sets that counts nobody, whoever there is: a basis of them.
        _, size, turned = np.linalg.svd(sets.T)
        free = turned[int((size > 1e-9).sum()) :]
        for combination in free:
            row = np.zeros(made.size)
            row[[known[cell] for cell in mates]] = combination
            assert rank([*matrix, row]) == rank(list(matrix)), [r.label() for r in mates]


@steady
@given(worlds())
def test_what_is_left_of_a_total_is_protected_and_attacked(
    given_: tuple[list[int], list[Cell]],
) -> None:
    """A total less the codes shown of a column is a cell, where it is somebody."""
    people, printed = given_
    made, known = ledger(people, printed)
    matrix = made.matrix().toarray()
    for cell in printed:
        for column, _ in cell.box:
            rest = cell.without(column)
            if rest not in known:
                continue
            mates = [r for r in known if r.without(column) == rest and r.codes(column) is not None]
            mates = [r for r in mates if r in printed]
            if sum(len(r.codes(column) or ()) for r in mates) != len(
                frozenset().union(*(r.codes(column) or () for r in mates))
            ):
                continue
            left = made.value[known[rest]] - sum(made.value[known[r]] for r in mates)
            if left < 0.5:
                continue
            row = np.zeros(made.size)
            row[known[rest]] = 1.0
            row[[known[r] for r in mates]] = -1.0
            cells = [number for number in range(made.size) if made.value[number] == left]
            tied = []
            for number in cells:
                one = row.copy()
                one[number] -= 1.0
                if rank([*matrix, one]) == rank(list(matrix)):
                    tied.append(number)
            assert tied, rest.label()
            # As wide to each who gave as the counts it is worked out from.
            assert min(made.contributor[number] for number in tied) == 1.0, rest.label()
            if left < 5:
                assert made.small()[tied].any(), rest.label()


@steady
@given(worlds())
def test_what_follows_from_rounded_counts_alone_is_as_blurred_as_they(
    given_: tuple[list[int], list[Cell]],
) -> None:
    exact, rounded = (ledger(*given_, base)[0] for base in (1, 10))
    assert not exact.blurred
    assert rounded.blurred == set(np.flatnonzero(rounded.derived).tolist())


@st.composite
def sums_of_cells(draw: st.DrawFn) -> tuple[list[tuple[int, tuple[int, ...]]], int, list[Cell]]:
    """Sums of printed cells 0 to 5 and links from 6 on, some of which are rests."""
    rest = make("pupil", "rows", {"sex": REST, "period": frozenset("5")})
    link = make("pupil", "rows", {"sex": frozenset("F"), "period": frozenset("5")})
    cells = draw(st.lists(st.sampled_from([rest, link]), min_size=1, max_size=5))
    numbers = st.integers(0, 5 + len(cells))
    sums = draw(
        st.lists(
            st.lists(numbers, min_size=2, max_size=4, unique=True).map(
                lambda line: (line[0], tuple(line[1:]))
            ),
            min_size=1,
            max_size=8,
            unique=True,
        )
    )
    return sums, 6, cells


@steady
@given(sums_of_cells())
def test_sums_that_are_dropped_say_nothing_of_counts_that_a_reader_has(
    given_: tuple[list[tuple[int, tuple[int, ...]]], int, list[Cell]],
) -> None:
    """Links may go with the sums they are defined by; rests stay, as everybody has them."""
    sums, first, cells = given_
    size = first + len(cells)
    had = [n < first or any(c == REST for _, c in cells[n - first].box) for n in range(size)]
    told = []
    for kept in (sums, useful(sums, first, cells)):
        matrix = np.zeros((len(kept), size))
        for at, (total, parts) in enumerate(kept):
            matrix[at, total] -= 1.0
            matrix[at, list(parts)] += 1.0
        # What is said of the counts a reader has: combinations in which no other link is left.
        others = matrix[:, ~np.array(had)]
        keep = np.eye(len(kept))
        if others.size:
            left, size_, _ = np.linalg.svd(others)
            keep = left[:, int((size_ > 1e-9).sum()) :].T
        told.append(list(keep @ matrix[:, np.array(had)]) if len(kept) else [])
    before, after = told
    assert rank(before) == rank(after) == rank([*before, *after])


def test_a_rest_that_stands_in_one_sum_alone_stays() -> None:
    """12 pupils, of whom 9 are girls: the 3 that are left are somebody, in whatever few sums."""
    rest = make("pupil", "rows", {"sex": REST, "period": frozenset("5")})
    sums = [(0, (1, 10)), (2, (3, 4))]
    assert useful(sums, 10, [rest]) == sums


def test_two_sums_of_one_total_that_share_all_parts_but_one_are_both_kept() -> None:
    made = LinkedTables()
    whole = make("pupil", "rows", {"period": frozenset("5")})
    known = {whole: made.add(whole, "all", 20.0, threshold=5)}
    for column, code, value in (("sex", "F", 12.0), ("sex", "M", 8.0)):
        cell = make("pupil", "rows", {"period": frozenset("5"), column: frozenset(code)})
        known[cell] = made.add(cell, code, value, threshold=5)
    cells = dict(zip(made.labels, range(made.size), strict=True))
    # Another count of 12 and the same boys make up the whole, as an equation that is there already.
    other = made.add(whole, "other", 12.0, threshold=5)
    made.equations.append((cells["all"], other, cells["M"]))
    add_equations(made, known)
    assert (cells["all"], cells["F"], cells["M"]) in made.equations
    assert len(made.equations) == 2


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_same_sum_with_its_parts_in_another_order_is_one(order: tuple[int, int]) -> None:
    made = LinkedTables()
    whole = make("pupil", "rows", {"period": frozenset("5")})
    parts = [make("pupil", "rows", dict(whole.box) | {"sex": frozenset(code)}) for code in "FM"]
    known = {whole: made.add(whole, "all", 20.0, threshold=5)}
    for cell, value in zip(parts, (12.0, 8.0), strict=True):
        known[cell] = made.add(cell, cell.label(), value, threshold=5)
    made.equations.append((0, *(order[at] + 1 for at in (0, 1))))
    add_equations(made, known)
    assert len(made.equations) == 1

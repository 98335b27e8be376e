"""What adds up to what: sums between cells, and what they leave over."""

from __future__ import annotations

import pytest

from jsna.disclosure.ledger.families import Derived, nested, sums
from jsna.disclosure.ledger.links import REST, links
from jsna.model.cells import Cell, make


def at(**box: str) -> Cell:
    """A cell of pupils: `sex="F"`; several codes with spaces."""
    return make(
        "pupil", "rows", {column: frozenset(codes.split()) for column, codes in box.items()}
    )


def found(counts: dict[Cell, float], *, strict: bool = True) -> set[tuple[object, ...]]:
    """Sums as (total, part, …): cells, and derived counts as (codes, rest, value, certain)."""
    cells = list(counts)
    result = set()
    numbers = {cell: number for number, cell in enumerate(cells)}
    for total, parts in sums(numbers, list(counts.values()), strict=strict):
        named: list[object] = [
            (" ".join(sorted(part.codes)), part.rest, part.value, part.certain)
            if isinstance(part, Derived)
            else cells[part]
            for part in parts
        ]
        result.add((cells[total], *sorted(named, key=str)))
    return result


ALL, GIRLS, BOYS = at(), at(sex="F"), at(sex="M")


def test_parts_that_are_all_there_is_add_up_to_the_total() -> None:
    assert found({ALL: 10, GIRLS: 4, BOYS: 6}) == {(ALL, *sorted((GIRLS, BOYS), key=str))}


def test_what_parts_leave_of_a_total_is_a_count_too() -> None:
    rest = ("F M", True, 3, True)
    assert found({ALL: 13, GIRLS: 4, BOYS: 6}) == {(ALL, *sorted((GIRLS, BOYS, rest), key=str))}


def test_a_total_nobody_prints_makes_no_sum() -> None:
    assert found({GIRLS: 4, BOYS: 6}) == set()


def test_a_hierarchy_adds_up_on_every_level() -> None:
    """Tenths 1 and 2 in a fifth of 9; the fifth is in a total of 20."""
    one, two, fifth = at(imd="1"), at(imd="2"), at(imd="1 2")
    made = found({ALL: 20, one: 4, two: 5, fifth: 9})
    assert (fifth, *sorted((one, two), key=str)) in made
    assert (ALL, *sorted((one, two, ("1 2", True, 11, True)), key=str)) in made


def test_sets_that_overlap_give_what_they_do_not_share() -> None:
    """Years 1 to 3 are 20, years 2 and 3 are 8 and 9: 3 are left of year 1."""
    span, two, three = at(period="1 2 3"), at(period="2"), at(period="3")
    made = found({span: 20, two: 8, three: 9})
    assert made == {(span, *sorted((two, three, ("1", False, 3, True)), key=str))}


def test_what_overlapping_sets_do_not_settle_is_not_taken_for_certain() -> None:
    """Years 1-3 and 2-4 alone: 20 and 23 say nothing certain of any year."""
    made = found({at(period="1 2 3"): 20, at(period="2 3 4"): 23})
    derived = [part for one in made for part in one if isinstance(part, tuple)]
    assert derived
    assert not any(certain for *_, certain in derived)
    # One that fits: the counts come to what is printed.
    for total, *parts in made:
        count = 20 if total == at(period="1 2 3") else 23
        assert sum(part[2] for part in parts if isinstance(part, tuple)) == pytest.approx(count)


def test_a_margin_two_columns_away_adds_up_where_nothing_stands_between() -> None:
    year = at(period="2025")
    cells = {at(period="2025", sex=s, need=n): 5.0 for s in "FM" for n in ("A", "B")}
    assert found({year: 20, **cells}) == {(year, *sorted(cells, key=str))}
    rest = [part for one in found({year: 22, **cells}) for part in one if isinstance(part, tuple)]
    assert [part[2] for part in rest] == [2]


def test_parts_above_their_total_are_a_fault_or_say_nothing() -> None:
    counts = {ALL: 9.0, GIRLS: 4.0, BOYS: 6.0}
    with pytest.raises(ValueError, match="pupil rows: all"):
        found(counts)
    assert found(counts, strict=False) == set()


def test_nested_is_what_the_boxes_say() -> None:
    assert nested(at(sex="F", sen="E"), GIRLS)
    assert nested(at(sen="E"), at(sen="E K"))
    assert not nested(GIRLS, at(sex="F", sen="E"))
    assert not nested(GIRLS, BOYS)
    assert not nested(GIRLS, make("plan", "rows", {"sex": frozenset("F")}))


def placed(**box: str) -> Cell:
    """A cell of pupils of a known place."""
    return at(**{"(place)": "known", **box})


#: Of 54 boys 34 and 13 live in tenths 1 and 2, and the rest in the last fifth; of 120 pupils, 74,
#: 35 and 11. Nobody lives in tenth 10, so that tenth has no row among the boys.
FIFTHS = {
    at(): 120.0,
    at(sex="M"): 54.0,
    placed(imd_decile="1"): 74.0,
    placed(imd_decile="2"): 35.0,
    placed(imd_decile="9"): 11.0,
    placed(imd_decile="10"): 0.0,
    placed(imd_decile="1", sex="M"): 34.0,
    placed(imd_decile="2", sex="M"): 13.0,
    placed(imd_decile="9", sex="M"): 7.0,
}


def test_a_category_without_a_row_where_nobody_is_does_not_break_a_sum() -> None:
    made = links(FIFTHS)
    assert made[placed(sex="M")] == 54
    assert made[placed()] == 120


def test_categories_that_overlap_still_add_up_to_all_of_a_known_place() -> None:
    """Tenths and fifths of the same boys: 34, 13 and the last fifth of 7, which holds tenth 9."""
    made = links({**FIFTHS, placed(imd_decile="9 10", sex="M"): 7.0})
    assert made[placed(sex="M")] == 54
    assert made[placed(imd_decile="9 10")] == 11


def test_those_in_no_category_add_up_along_the_other_columns() -> None:
    """One girl has no known place: so there is nobody else without one, boy or girl."""
    counts = {at(): 150.0, at(sex="F"): 76.0, at(sex="M"): 74.0}
    for place, (girls, boys) in {"w": (60, 54), "e": (15, 20)}.items():
        counts[placed(locality=place)] = girls + boys
        counts[placed(locality=place, sex="F")] = girls
        counts[placed(locality=place, sex="M")] = boys
    made = links(counts)
    nowhere = frozenset(REST)
    assert made[make("pupil", "rows", {"(place)": nowhere})] == 1
    assert made[make("pupil", "rows", {"(place)": nowhere, "sex": frozenset("F")})] == 1
    assert make("pupil", "rows", {"(place)": nowhere, "sex": frozenset("M")}) not in made
    assert made[placed()] == 149


def test_a_count_that_adds_up_in_two_ways_to_two_numbers_is_no_count() -> None:
    """Localities come to 20 and tenths to 19: someone has no tenth, whatever the catalogue says."""
    counts = {placed(locality="w"): 12.0, placed(locality="e"): 8.0}
    counts |= {placed(imd_decile="1"): 12.0, placed(imd_decile="2"): 7.0}
    assert placed() not in links(counts)

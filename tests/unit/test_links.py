"""Counts nobody prints that tie printed ones, worked out by hand."""

from __future__ import annotations

from jsna.disclosure.ledger.links import links, useful
from jsna.model.cells import Cell, make


def cell(**box: str) -> Cell:
    """Pupils of years and tenths, as `years="2023 2024"`."""
    codes = {column: frozenset(text.split()) for column, text in box.items()}
    return make("pupil", "rows", codes)


YEARS = "2023 2024"


def test_tenths_over_years_and_fifths_of_single_years_meet_in_fifths_over_years() -> None:
    cells = {
        cell(period=YEARS, imd_decile="1"): 30.0,
        cell(period=YEARS, imd_decile="2"): 12.0,
        cell(period="2023", imd_decile="1 2"): 19.0,
        cell(period="2024", imd_decile="1 2"): 23.0,
    }
    assert links(cells) == {cell(period=YEARS, imd_decile="1 2"): 42.0}


def test_what_is_printed_already_is_no_link() -> None:
    cells = {
        cell(period="2023", imd_decile="1"): 5.0,
        cell(period="2023", imd_decile="2"): 6.0,
        cell(period="2023", imd_decile="1 2"): 11.0,
    }
    assert links(cells) == {}


def test_ways_that_add_up_to_different_counts_tie_nothing() -> None:
    cells = {
        cell(period=YEARS, imd_decile="1"): 30.0,
        cell(period=YEARS, imd_decile="2"): 12.0,
        cell(period="2023", imd_decile="1 2"): 19.0,
        cell(period="2024", imd_decile="1 2"): 24.0,
    }
    assert links(cells) == {}


def test_all_localities_and_all_tenths_are_those_with_a_known_place() -> None:
    # A cell of one locality, or of one tenth, is marked as having a place.
    mark = {"(place)": "known"}
    cells = {
        cell(locality="west", **mark): 8.0,
        cell(locality="east", **mark): 9.0,
        cell(imd_decile="1", **mark): 4.0,
        cell(imd_decile="10", **mark): 13.0,
    }
    assert links(cells)[cell(**mark)] == 17.0


def test_categories_alone_do_not_say_how_many_there_are_in_all() -> None:
    # Some may have no sex recorded: nothing marks a row as having one.
    cells = {cell(sex="F"): 8.0, cell(sex="M"): 9.0}
    assert links(cells) == {}


def test_a_link_that_ties_nothing_is_dropped_with_its_sum() -> None:
    tied, alone = 10, 11
    sums = [(tied, (0, 1)), (tied, (2, 3)), (alone, (4, 5)), (6, (7, 8))]
    assert useful(sums, first=10) == [(tied, (0, 1)), (tied, (2, 3)), (6, (7, 8))]


def test_links_that_tie_each_other_alone_are_dropped_one_after_another() -> None:
    first, second = 10, 11
    sums = [(first, (0, 1)), (second, (first, 2))]
    assert useful(sums, first=10) == []


def test_a_category_with_nobody_is_no_link_by_itself() -> None:
    # No row of 2024 has the tenth 3, as nobody is in it in any year.
    cells = {
        cell(period=YEARS, imd_decile="3"): 0.0,
        cell(period="2024", imd_decile="1"): 5.0,
        cell(period="2024", imd_decile="2"): 6.0,
    }
    cells |= {cell(imd_decile="3"): 0.0, cell(imd_decile="2 3"): 9.0}
    assert cell(period="2024", imd_decile="3") not in links(cells)
    assert links(cells)[cell(period="2024", imd_decile="2 3")] == 6.0

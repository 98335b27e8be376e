"""Totals and their parts that contradict each other, and who of several is to blame for a sum."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from jsna.releases.audit.sums import far
from tests.unit.published_support import every_finding, indicator
from tests.unit.test_audit import (
    BOYS,
    COLUMNS,
    EAST,
    ENGLAND,
    FAR,
    GIRLS,
    HOME,
    MARCHES,
    WEST,
    audited,
    changed,
    found,
    plans,
    release,
    row,
    told,
)

Rows = Sequence[dict[str, str]]


def without(rows: Rows, what: str) -> Rows:
    """The rows without the figures of regions and the country, in all or by sex."""
    return [
        r
        for r in rows
        if r["geographic_level"] == "Local authority"
        or (r["breakdown_topic"] == "Sex") != (what == "Sex")
    ]


#: 370 plans of East moved to its neighbour: every sum over areas holds as before.
MOVED = changed(changed(release(GIRLS, BOYS), EAST, "270"), WEST, "350")


@pytest.mark.parametrize(
    ("rows", "blamed"),
    [
        # Its region bears out the parts, and nothing the total.
        (without(MOVED, "All"), {"total"}),
        # The other way round.
        (without(MOVED, "Sex"), {"F", "M"}),
        # Nobody bears out either: which is wrong cannot be told.
        (without(without(MOVED, "All"), "Sex"), {"total", "F", "M"}),
        # Both are borne out: the parts are of something else than the total.
        (MOVED, {"F", "M"}),
    ],
)
def test_parts_above_their_total_are_no_figures_of_the_same(
    tmp_path: Path, rows: Rows, blamed: set[str]
) -> None:
    findings = found(tmp_path, rows, plans())
    assert told(findings) == {(EAST, category, "parts", "not_available") for category in blamed}
    assert {f.reason for f in findings} == {
        "The published total, 270, and its parts by sex, which add up to 370, contradict each "
        "other."
    }


@pytest.mark.parametrize(("girls", "contradiction"), [("84", True), ("85", False)])
def test_parts_that_are_less_than_half_of_their_total_do_not_cover_it(
    tmp_path: Path, girls: str, contradiction: bool
) -> None:
    """Of 370 plans 184 and 185 are told apart by sex, where the country's all are."""
    rows = without(without(release(GIRLS, BOYS), "All"), "Sex")
    rows = [r for r in rows if r["geographic_level"] == "Local authority"]
    rows += [r for r in release(GIRLS, BOYS) if r["geographic_level"] == "National"]
    rows = changed(changed(rows, EAST, girls, "Girls"), EAST, "100", "Boys")
    found_ = told(found(tmp_path, rows, plans()))
    every = {(EAST, category, "parts", "not_available") for category in ("total", "F", "M")}
    assert found_ == (every if contradiction else set())
    # A part that is withheld says why they do not.
    assert told(found(tmp_path, changed(rows, EAST, "c", "Girls"), plans())) == set()


def years(change: dict[str, dict[str, str]]) -> Rows:
    """Totals of three years, in which nobody has changed, but for what is changed by year."""
    rows: list[dict[str, str]] = []
    for year in ("2022", "2023", "2024"):
        one = [r for r in release(GIRLS, BOYS, year) if r["breakdown"] == "All"]
        for area, value in change.get(year, {}).items():
            one = changed(one, area, value)
        rows += one
    return rows


@pytest.mark.parametrize("year", ["2022", "2023", "2024"])
def test_of_those_who_could_be_to_blame_it_is_who_leaps(tmp_path: Path, year: str) -> None:
    """950 too many, of the 955 of home or the 1,320 of East: the 370 of East are what leaps."""
    rows = years({year: {EAST: "1320"}})
    surely = {f for f in found(tmp_path, rows, plans()) if f.effect == "not_available"}
    assert {(f.area_code, f.period, f.kind) for f in surely} == {(EAST, year, "region_sum")}


def test_where_nobody_leaps_all_are_in_doubt_and_stand(tmp_path: Path) -> None:
    """For one year alone: 500 too many, which the 250 of West cannot be."""
    rows = [r for r in release(GIRLS, BOYS) if r["breakdown"] == "All"]
    findings = found(tmp_path, changed(rows, EAST, "870"), plans())
    assert {(f.area_code, f.effect) for f in findings} == {(HOME, "mark"), (EAST, "mark")}
    assert {f.reason for f in findings} == {
        "In doubt: the authorities of The Marches add up to 2,075 where its own figure is 1,575."
    }


def test_a_region_that_the_country_and_its_authorities_speak_against_is_wrong(
    tmp_path: Path,
) -> None:
    rows = [r for r in release(GIRLS, BOYS) if r["breakdown"] == "All"]
    findings = found(tmp_path, changed(rows, MARCHES, "1900"), plans())
    assert told(findings) == {(MARCHES, "total", "region_sum", "not_available")}
    assert found(tmp_path, changed(rows, ENGLAND, "2900"), plans())


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        # Three times as many, and more than three times the root of both together.
        (100, 301, True),
        (301, 100, True),
        (100, 140, False),
        # 2 and 9: 7 is less than 3 × √11.
        (2, 9, False),
        (0, 9, False),
        (0, 10, True),
        (-5, 10, True),
        (0, 0, False),
    ],
)
def test_counts_far_apart_by_hand(one: float, other: float, apart: bool) -> None:
    assert far(one, other) is apart


@pytest.mark.parametrize(
    ("counts", "doubted"), [((60, 0, 70), True), ((60, 0, 9), False), ((10, 0, 10), True)]
)
def test_a_count_of_nought_between_years_of_ten_or_more_is_doubted(
    tmp_path: Path, counts: tuple[int, ...], doubted: bool
) -> None:
    rows = [row(HOME, f"202{n}", plans=str(count)) for n, count in enumerate(counts)]
    rows += [row(ENGLAND, f"202{n}", plans="20000") for n in range(3)]
    zeros = {f.period for f in found(tmp_path, rows, plans()) if f.kind == "zero"}
    assert zeros == ({"2021"} if doubted else set())


@pytest.mark.parametrize(
    ("country", "beside", "doubted"),
    [("45.0", "6.0", True), ("5.0", "0.4", True), ("4.9", "6.0", False), ("45.0", "0.0", False)],
)
def test_a_percentage_of_nought_is_doubted_where_it_is_common_and_was_not_nought(
    tmp_path: Path, country: str, beside: str, doubted: bool
) -> None:
    """Of values without counts: five in a hundred of the country are common."""
    declared = indicator(published=[{**COLUMNS, "value": "timely_pc"}])
    rows = [row(ENGLAND, year, timely_pc=country) for year in ("2023", "2024")]
    rows += [row(HOME, "2023", timely_pc=beside), row(HOME, "2024", timely_pc="0.0")]
    zeros = {(f.area_code, f.period) for f in found(tmp_path, rows, declared) if f.kind == "zero"}
    assert zeros == ({(HOME, "2024")} if doubted else set())


def test_the_areas_of_an_edition_are_told_of_and_no_others(tmp_path: Path) -> None:
    """The home area, its neighbours, region and country; not one of another region."""
    rows = release(GIRLS, BOYS)
    for area in (HOME, FAR):
        rows = changed(rows, area, "9999")
    config = audited(plans())
    assert {f.area_code for f in every_finding(tmp_path, rows, config, everywhere=False)} == {HOME}
    assert {f.area_code for f in every_finding(tmp_path, rows, config)} == {HOME, FAR}


def test_authorities_under_three_digits_alone_are_told_apart(tmp_path: Path) -> None:
    rows = [{**r, "new_la_code": ""} for r in release(GIRLS, BOYS)]
    assert found(tmp_path, rows, plans()) == []
    # A neighbour goes by the code the configuration has, anyone else by the one there is.
    for area, code in ((WEST, WEST), (FAR, "999")):
        wrong = [{**r, "new_la_code": ""} for r in changed(release(GIRLS, BOYS), area, "9999")]
        findings = found(tmp_path, wrong, plans())
        assert {(f.area_code, f.category) for f in findings} == {(code, "total")}

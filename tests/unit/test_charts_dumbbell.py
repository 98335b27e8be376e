"""Pairs of dots: two dates or two groups, what stands on a row, and titles true of every pair."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.charts.marks import Drawing
from jsna.charts.select import figure
from jsna.model.indicators import Chart
from jsna.view import words
from tests.unit.charts_support import (
    HOME,
    LONG,
    NATION,
    configuration,
    fits,
    frame,
    indicator,
    key_of,
    row,
    texts,
)

DATES = Chart(type="dumbbell", by=("primary_need",))
GROUPS = Chart(type="dumbbell", by=("imd_decile", "sex"))
PLACES = Chart(type="dumbbell", by=("locality",))
PLAIN = indicator(DATES, GROUPS, PLACES)
NEEDS = ("ASD", "MLD", "SEMH", "SLCN")
Rows = list[dict[str, Any]]


def need(
    code: str, year: str, value: float | None, area: str = HOME, **more: Any
) -> dict[str, Any]:
    return row(PLAIN, area, value, period=year, by={"primary_need": code}, **more)


def drawn(chart: Chart, rows: Rows, names: tuple[str, ...] = ()) -> Drawing:
    config = configuration(names) if names else configuration()
    made = figure(config, PLAIN, chart, frame(rows))
    assert made is not None
    fits(made)
    return made


def of_dates(first: float = 10.0, last: float = 20.0) -> Rows:
    return [
        need(code, year, value + at)
        for at, code in enumerate(NEEDS)
        for year, value in (("2021", first), ("2023", 1.0), ("2025", last))
    ]


def test_two_dates_are_the_first_and_the_latest_that_may_be_compared() -> None:
    made = drawn(DATES, of_dates())
    said = [text for text, _ in texts(made.svg)]
    assert said[:2] == ["In January 2021", "In January 2025"]
    assert made.header == ("Primary need", "January 2021", "January 2025")
    assert made.title == "Pupils with an EHC plan: up in every primary need since 2021"
    assert [len(cells) for _, cells in made.rows] == [2] * 4
    assert "The line at the left is zero." in made.note


def test_what_was_counted_in_another_way_is_set_beside_nothing() -> None:
    rows = [one | {"segment": "2023" if one["period"] > "2022" else ""} for one in of_dates()]
    made = drawn(DATES, rows)
    assert made.header[1:] == ("January 2023", "January 2025")
    only = [one | {"segment": one["period"]} for one in of_dates()]
    bars = drawn(DATES, only)
    assert bars.alt.startswith("Bar chart by primary need.")
    one_off = of_dates()
    one_off[0] |= {"segment": "2019"}
    one_off[1] |= {"segment": "2019"}
    assert "not compared" in {text for text, _ in texts(drawn(DATES, one_off).svg)}


def test_a_jump_and_a_doubt_are_no_change() -> None:
    jumped = [one | ({"mark": "jump"} if one["period"] == "2025" else {}) for one in of_dates()]
    assert drawn(DATES, jumped).alt.startswith("Bar chart")
    doubted = [one | ({"mark": "doubt"} if one["period"] == "2021" else {}) for one in of_dates()]
    assert drawn(DATES, doubted).header[1] == "January 2023"


def test_the_country_stands_on_each_row_and_in_the_table() -> None:
    england = [need(code, "2025", 15.0, NATION, of=1e6) for code in NEEDS]
    made = drawn(DATES, [*of_dates(), *england])
    assert made.header[-1] == "England"
    assert all(cells[2].key for _, cells in made.rows)
    assert "England" in {text for text, _ in texts(made.narrow)}


def test_hidden_is_said_in_words_and_the_title_is_of_those_shown() -> None:
    rows = of_dates()
    rows[2] = need("ASD", "2025", None, status="c")
    made = drawn(DATES, rows)
    assert "hidden" in {text for text, _ in texts(made.svg)}
    assert "of those shown" in made.title
    assert "Hidden: " in made.alt


def sexes(first: float, second: float, deciles: int = 10) -> Rows:
    return [
        row(PLAIN, HOME, value + at, by={"imd_decile": str(at), "sex": sex})
        for at in range(1, deciles + 1)
        for sex, value in (("F", first), ("M", second))
    ]


def test_two_groups_are_told_from_the_higher_one() -> None:
    made = drawn(GROUPS, sexes(10, 30))
    where = "in every deprivation tenth"
    assert made.title == f"Pupils with an EHC plan: higher for males than for females {where}"
    assert drawn(GROUPS, sexes(30, 10)).title.startswith(
        "Pupils with an EHC plan: higher for females than for males"
    )
    assert "no clear difference" in drawn(GROUPS, sexes(20, 20)).title
    assert [len(cells) for _, cells in made.rows] == [2] * 10


def test_one_group_alone_or_three_are_no_pair() -> None:
    alone = [one for one in sexes(10, 30) if "F" in one["category"]]
    assert figure(configuration(), PLAIN, GROUPS, frame(alone)) is None


def test_long_names_of_places_are_drawn_at_both_widths() -> None:
    names = (LONG, *(f"{LONG} {word}" for word in ("East", "West", "North")))
    codes = configuration(names).area.locality_names
    rows = [
        row(PLAIN, code, value + at, period=year)
        for at, code in enumerate(codes)
        for year, value in (("2021", 10.0), ("2025", 20.0))
    ]
    made = drawn(PLACES, rows, names)
    assert made.title == "Pupils with an EHC plan: up in every district since 2021"


@given(data=st.data(), count=st.integers(2, 14))
def test_nothing_collides_and_titles_hold_whatever_is_hidden(
    data: st.DataObject, count: int
) -> None:
    codes = list(configuration().codelists["sen_type"])[:count]
    value = st.integers(0, 1000).map(lambda n: n / 10)
    rows: Rows = []
    for code in codes:
        for year in ("2022", "2024", "2025"):
            kind = data.draw(st.sampled_from(["shown", "shown", "shown", "hidden", "absent"]))
            if kind == "hidden":
                rows.append(need(code, year, None, status="c"))
            elif kind == "shown":
                rows.append(need(code, year, data.draw(value)))
        if data.draw(st.booleans()):
            rows.append(need(code, "2025", data.draw(value), NATION, of=1e6))
    if not rows:
        return
    table = frame(rows)
    made = figure(configuration(), PLAIN, DATES, table)
    if made is None:
        return
    fits(made)
    if not made.alt.startswith("Two dots"):
        return
    values = {key_of(one): one.value for one in table.itertuples()}
    pairs = [[values.get(cell.key, float("nan")) for cell in cells[:2]] for _, cells in made.rows]
    whole = [(first, last) for first, last in pairs if first == first and last == last]
    rises = sum(last > first for first, last in whole)
    falls = sum(last < first for first, last in whole)
    if "up in every" in made.title:
        assert rises == len(made.rows)
    if "down in every" in made.title:
        assert falls == len(made.rows)
    for number in range(1, len(codes) + 1):
        if f"up for {words.small(number)} " in made.title:
            assert rises >= number
        if f"down for {words.small(number)} " in made.title:
            assert falls >= number
    if len(whole) < len(made.rows):
        told = any(word in made.title for word in (": up ", ": down ", ": no clear "))
        assert "of those shown" in made.title or not told


@pytest.mark.parametrize("by", [(), ("sex", "imd_decile", "locality")])
def test_it_needs_one_dimension_or_two(by: tuple[str, ...]) -> None:
    from jsna.charts.select import misdeclared

    wrong = PLAIN.model_copy(update={"charts": (Chart(type="dumbbell", by=by),)})
    (problem,) = misdeclared({"a": wrong}, {})
    assert "needs `by` of 1 or 2 dimensions" in problem.rule

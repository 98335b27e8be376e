"""Small multiples: one scale, every path whole, and titles true of the ends of each panel."""

from __future__ import annotations

from typing import Any

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

NEEDS = Chart(type="multiples", by=("primary_need",))
PLACES = Chart(type="multiples", by=("locality",))
PLAIN = indicator(NEEDS, PLACES)
CODES = ("ASD", "MLD", "SEMH", "SLCN")
YEARS = ("2021", "2022", "2023", "2024", "2025")
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


def paths(first: float = 10.0, last: float = 30.0) -> Rows:
    step = (last - first) / (len(YEARS) - 1)
    return [
        need(code, year, first + step * at + more)
        for more, code in enumerate(CODES)
        for at, year in enumerate(YEARS)
    ]


def words_of(made: Drawing) -> list[str]:
    return [text for text, _ in texts(made.svg)]


def test_each_panel_has_its_first_and_last_number_and_all_share_one_scale() -> None:
    made = drawn(NEEDS, paths())
    said = words_of(made)
    assert said.count("2021") == said.count("2025") == 4
    assert {"10.0%", "30.0%", "13.0%", "33.0%"} <= set(said)
    assert said.count("40%") == 1  # one scale at the left of one row of panels
    assert made.header == ("Primary need", *(f"January {year}" for year in YEARS))
    assert made.title.endswith("clearly higher than in 2021 in every primary need")
    assert "Highest: speech, language and communication needs." in made.alt


def test_the_country_is_a_second_line_with_a_row_of_the_table_for_each_group() -> None:
    theirs = [need(code, year, 20.0, NATION, of=1e6) for code in CODES for year in YEARS]
    made = drawn(NEEDS, [*paths(), *theirs])
    assert "England" in words_of(made)
    assert [label.endswith(": England") for label, _ in made.rows] == [False, True] * 4
    assert "England" not in made.alt.split("Highest")[1]


def test_places_are_set_beside_the_whole_area() -> None:
    names = (LONG, *(f"{LONG} {word}" for word in ("East", "West", "North")))
    codes = configuration(names).area.locality_names
    rows = [
        row(PLAIN, code, 10.0 + at, period=year)
        for code in (*codes, HOME)
        for at, year in enumerate(YEARS)
    ]
    made = drawn(PLACES, rows, names)
    assert made.rows[-1][0] == "Quillshire"
    assert "Each district" in words_of(made)


def test_hidden_and_broken_are_said_in_words() -> None:
    rows = paths()
    rows[2] = need("ASD", "2023", None, status="c")
    rows[9] = need("MLD", "2025", None, status="c")
    made = drawn(NEEDS, rows)
    assert {"hidden in 2023", "hidden"} <= set(words_of(made))
    assert made.title.endswith("clearly higher than in 2021 for all three shown")
    assert "a gap" in made.note
    assert made.alt.endswith(
        "Hidden: autistic spectrum disorder, moderate learning difficulty. Synthetic data."
    )
    many = [need("ASD", y, None, status="c") if y < "2025" else need("ASD", y, 9.0) for y in YEARS]
    assert "hidden in 2024" in words_of(drawn(NEEDS, [*many, *paths()[5:]]))


def test_a_group_too_small_for_the_scale_is_in_the_table_alone() -> None:
    small = [need("VI", year, 1.0) for year in YEARS]
    made = drawn(NEEDS, [*paths(), *small])
    assert "Vision impairment is in the table alone, too small for this scale." in made.note
    assert "Vision impairment" not in words_of(made)
    assert "Vision impairment" in {label for label, _ in made.rows}


def test_figures_without_counts_are_told_beside_the_country() -> None:
    bare = [one | {"source": "sen_census", "lower_95": None, "upper_95": None} for one in paths()]
    theirs = [
        need(code, year, 50.0, NATION, limits=False, source="sen_census")
        for code in CODES
        for year in YEARS
    ]
    made = drawn(NEEDS, [*bare, *theirs])
    said = "published as lower than England for all in 2025"
    assert made.title == f"Pupils with an EHC plan: {said}"
    assert drawn(NEEDS, bare).title == (
        "Published as highest for speech, language and communication needs in 2025"
    )


def test_two_dates_are_pairs_of_dots_and_one_date_bars() -> None:
    two = [one for one in paths() if one["period"] in ("2021", "2025")]
    assert drawn(NEEDS, two).alt.startswith("Two dots")
    assert drawn(NEEDS, [one for one in two if one["period"] == "2025"]).alt.startswith("Bar chart")


@given(data=st.data(), count=st.integers(2, 14))
def test_nothing_collides_and_titles_hold_whatever_is_hidden(
    data: st.DataObject, count: int
) -> None:
    codes = list(configuration().codelists["sen_type"])[:count]
    value = st.integers(0, 1000).map(lambda n: n / 10)
    kinds = st.sampled_from(["shown", "shown", "shown", "hidden", "none", "absent"])
    rows: Rows = []
    for code in codes:
        for year in YEARS[-data.draw(st.integers(1, 5)) :]:
            kind = data.draw(kinds)
            if kind in ("hidden", "none"):
                rows.append(need(code, year, None, status="c" if kind == "hidden" else "x"))
            elif kind == "shown":
                rows.append(need(code, year, data.draw(value)))
            if data.draw(st.booleans()):
                rows.append(need(code, year, data.draw(value), NATION, of=1e6))
    if not rows:
        return
    table = frame(rows)
    made = figure(configuration(), PLAIN, NEEDS, table)
    if made is None:
        return
    fits(made)
    if not made.alt.startswith("Small line"):
        return
    values = {key_of(one): one.value for one in table.itertuples()}
    at = [str(head).removeprefix("January ") for head in made.header[1:]]
    first = next((at.index(year) for year in YEARS if f"than in {year}" in made.title), None)
    if first is None:
        return
    ends = [
        (values.get(cells[first].key), values.get(cells[-1].key))
        for label, cells in made.rows
        if not label.endswith(": England")
    ]
    rises = sum(bool(a is not None and b is not None and b > a) for a, b in ends)
    falls = sum(bool(a is not None and b is not None and b < a) for a, b in ends)
    for number in range(1, len(codes) + 1):
        if f"higher than in {made.header[first + 1][-4:]} for {words.small(number)} " in made.title:
            assert rises >= number
        if f"lower for {words.small(number)}" in made.title:
            assert falls >= number

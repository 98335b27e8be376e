"""Slopes: a label at both ends of each line, none over another, all beside their points."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jsna.charts.marks import Drawing
from jsna.charts.select import figure
from jsna.charts.slope import _rising
from jsna.model.indicators import Chart
from tests.unit.charts_support import (
    HOME,
    LONG,
    configuration,
    fits,
    frame,
    indicator,
    row,
    texts,
)

NEEDS = Chart(type="slope", by=("primary_need",))
PLACES = Chart(type="slope", by=("locality",))
PLAIN = indicator(NEEDS, PLACES)
CODES = ("ASD", "MLD", "SEMH", "SLCN")
Rows = list[dict[str, Any]]


def need(code: str, year: str, value: float | None, **more: Any) -> dict[str, Any]:
    return row(PLAIN, HOME, value, period=year, by={"primary_need": code}, **more)


def drawn(chart: Chart, rows: Rows, names: tuple[str, ...] = ()) -> Drawing:
    config = configuration(names) if names else configuration()
    made = figure(config, PLAIN, chart, frame(rows))
    assert made is not None
    fits(made)
    return made


def rows_of(*pairs: tuple[float, float]) -> Rows:
    return [
        need(code, year, value)
        for code, ends in zip(CODES, pairs, strict=False)
        for year, value in zip(("2021", "2025"), ends, strict=True)
    ]


def numbers_at_left(made: Drawing) -> dict[str, float]:
    """Number at the left end -> how far down it stands."""
    return {
        text: float(attributes["y"])
        for text, attributes in texts(made.svg)
        if text.endswith("%") and float(attributes["x"]) < 100
    }


def test_both_ends_have_their_number_in_the_order_of_the_numbers() -> None:
    made = drawn(NEEDS, rows_of((10, 40), (20, 30), (30, 20)))
    left = numbers_at_left(made)
    assert [*sorted(left, key=left.__getitem__)] == ["30.0%", "20.0%", "10.0%"]
    said = [text for text, _ in texts(made.svg)]
    assert said[:2] == ["In January 2021", "In January 2025"]
    assert said.count("20.0%") == said.count("30.0%") == 2
    assert "Autistic spectrum disorder" in said
    assert made.title == "Pupils with an EHC plan: up for two and down for one since 2021"
    assert made.alt.startswith("Lines from one date to the other, one for each primary need")


def test_labels_of_figures_that_are_alike_stand_below_one_another() -> None:
    left = numbers_at_left(drawn(NEEDS, rows_of((20.3, 20), (20.2, 20), (20.1, 20), (20, 90))))
    places = [left[text] for text in ("20.3%", "20.2%", "20.1%", "20.0%")]
    assert all(below - above > 10 for above, below in pairwise(places))


def test_what_has_no_number_is_said_in_words_and_has_no_line() -> None:
    rows = rows_of((10, 40), (20, 30), (30, 20))
    rows[0] = need("ASD", "2021", None, status="c")
    made = drawn(NEEDS, rows)
    assert "hidden" in {text for text, _ in texts(made.svg)}
    assert made.svg.count('stroke-width="1.8"') <= 2
    assert "Hidden: autistic spectrum disorder." in made.alt


def test_long_names_have_room_at_both_widths() -> None:
    names = (LONG, *(f"{LONG} {word}" for word in ("East", "West", "North")))
    rows = [
        row(PLAIN, code, value, period=year)
        for code in configuration(names).area.locality_names
        for year, value in (("2021", 10.0), ("2025", 20.0))
    ]
    assert drawn(PLACES, rows, names).title.endswith("up in every district since 2021")


def test_one_date_is_bars() -> None:
    only = [one for one in rows_of((10, 40), (20, 30)) if one["period"] == "2025"]
    assert drawn(NEEDS, only).alt.startswith("Bar chart")


def test_positions_that_cross_meet_at_their_mean() -> None:
    assert _rising([1, 2, 3]) == [1, 2, 3]
    assert _rising([3, 1]) == [2, 2]
    assert _rising([0, 4, 2, 0]) == [0, 2, 2, 2]


@given(data=st.data(), count=st.integers(2, 14))
def test_no_label_collides_or_is_cut(data: st.DataObject, count: int) -> None:
    codes = list(configuration().codelists["sen_type"])[:count]
    value = st.integers(0, 1000).map(lambda n: n / 10) | st.just(50.0)
    rows: Rows = []
    for code in codes:
        for year in ("2021", "2025"):
            kind = data.draw(st.sampled_from(["shown", "shown", "shown", "hidden", "none"]))
            status = {"hidden": "c", "none": "x"}.get(kind, "")
            rows.append(
                need(code, year, data.draw(value) if kind == "shown" else None, status=status)
            )
    made = figure(configuration(), PLAIN, NEEDS, frame(rows))
    if made is not None:
        fits(made)

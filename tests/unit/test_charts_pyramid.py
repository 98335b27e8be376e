"""Pyramids: the youngest at the foot, both sides on one scale, hidden in words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.charts import lettering, palette
from jsna.charts.marks import Drawing
from jsna.charts.select import figure, misdeclared
from jsna.model.indicators import Chart
from tests.unit.charts_support import (
    HOME,
    ROOT,
    configuration,
    fits,
    frame,
    indicator,
    row,
    texts,
)

YEARS = Chart(type="pyramid", by=("year_group", "sex"))
AGES = Chart(type="pyramid", by=("age_group", "sex"))
PLAIN = indicator(YEARS, AGES)
Rows = list[dict[str, Any]]


def one(year: str, sex: str, value: float | None, by: str = "year_group", **more: Any) -> Any:
    return row(PLAIN, HOME, value, by={by: year, "sex": sex}, **more)


def rows_of(girls: float, boys: float) -> Rows:
    return [
        one(str(year), sex, value + year)
        for year in range(1, 12)
        for sex, value in (("F", girls), ("M", boys))
    ]


def drawn(chart: Chart, rows: Rows) -> Drawing:
    made = figure(configuration(), PLAIN, chart, frame(rows))
    assert made is not None
    fits(made)
    return made


def test_the_youngest_stand_at_the_foot_and_the_title_says_who_is_higher() -> None:
    made = drawn(YEARS, rows_of(5, 15))
    height = {text: float(attributes["y"]) for text, attributes in texts(made.svg)}
    assert height["Year 1"] > height["Year 5"] > height["Year 11"] > height["Female"]
    assert (
        made.title
        == "Pupils with an EHC plan: higher for males than for females in every year group"
    )
    assert made.header == ("Year group", "Female", "Male")
    assert made.alt.startswith("Pyramid, bars to both sides of each year group: females and males.")


def bars(svg: str, colour: str) -> list[float]:
    """Widths of the bars of a colour."""
    groups = re.findall(rf'<g fill="{colour.lower()}">(.*?)</g>', svg)
    return [float(wide) for group in groups for wide in re.findall(r"h([\d.]+)v", group)]


def test_both_sides_are_on_one_scale() -> None:
    made = drawn(
        YEARS, [one(str(y), sex, v) for y in (1, 2, 3) for sex, v in (("F", 10), ("M", 30))]
    )
    left, right = bars(made.svg, "#28A197"), bars(made.svg, "#12436D")
    assert len(left) == len(right) == 3
    assert max(right) == pytest.approx(3 * max(left), rel=0.01)


def test_a_name_in_brackets_keeps_them_where_it_is_broken() -> None:
    """Read back: "Years 7 to 9 )" is no name of a group."""
    said = lettering.wrap("Key stage 3 (Years 7 to 9)", palette.LABEL, 65)
    assert said == ("Key stage 3", "(Years 7 to 9)")


def test_hidden_is_said_in_words_on_its_side() -> None:
    rows = rows_of(5, 15)
    rows[4] = one("3", "F", None, status="c")
    made = drawn(YEARS, rows)
    (hidden,) = [attributes for text, attributes in texts(made.svg) if text == "hidden"]
    assert float(hidden["x"]) == 0
    assert made.title.endswith("higher for males in all ten year groups shown")
    assert "Hidden: " in made.alt


def test_it_runs_over_ages_or_school_years_and_takes_no_numbers_of_unequal_bands() -> None:
    from jsna.settings import shared

    dimensions = shared.dimensions(ROOT)

    def rule(chart: Chart, **changes: Any) -> str:
        wrong = indicator(chart, **changes)
        return "".join(problem.rule for problem in misdeclared({"a": wrong}, dimensions))

    assert not rule(YEARS)
    assert not rule(AGES)
    assert "age groups or school years" in rule(Chart(type="pyramid", by=("primary_need", "sex")))
    assert "unequal width" in rule(AGES, kind="count")
    assert "needs `by` of 2" in rule(Chart(type="pyramid", by=("year_group",)))


@given(data=st.data(), chart=st.sampled_from([YEARS, AGES]))
def test_nothing_collides_whatever_is_shown(data: st.DataObject, chart: Chart) -> None:
    lists = configuration().codelists
    codes = list(lists[chart.by[0]])[: data.draw(st.integers(2, 18))]
    value = st.integers(0, 1000).map(lambda n: n / 10)
    rows: Rows = []
    for code in codes:
        for sex in ("F", "M"):
            kind = data.draw(st.sampled_from(["shown", "shown", "shown", "hidden", "none"]))
            status = {"hidden": "c", "none": "x"}.get(kind, "")
            shown = data.draw(value) if kind == "shown" else None
            rows.append(one(code, sex, shown, chart.by[0], status=status))
    made = figure(configuration(), PLAIN, chart, frame(rows))
    if made is not None:
        fits(made)

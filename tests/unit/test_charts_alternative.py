"""Text alternatives: highest, lowest, home and hidden, in names alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest

from jsna.charts.draw import listing
from jsna.charts.select import figure
from jsna.model.indicators import Chart
from tests.unit.charts_support import HOME, NAMES, NATION, configuration, frame, indicator, row

BARS = Chart(type="bars", by=("locality",))
TREND = Chart(type="trend")
NEEDS = Chart(type="bars", by=("primary_need",))
HEAT = Chart(type="heat", by=("primary_need", "sex"))
PLAIN = indicator(BARS, TREND, NEEDS, HEAT)
CONFIG = configuration()
PLACES = [one.code for one in CONFIG.area.localities]


def alternative(chart: Chart, rows: Sequence[dict[str, Any]]) -> str:
    made = figure(CONFIG, PLAIN, chart, frame(rows))
    assert made is not None
    assert made.alt.endswith(" Synthetic data.")
    assert listing([made])[0]["alt"] == made.alt
    return made.alt.split(f"{made.title}. ")[1].removesuffix("Synthetic data.").strip()


def places(*values: float | None, home: float = 5.5) -> list[dict[str, Any]]:
    rows = [row(PLAIN, HOME, home, of=60_000), row(PLAIN, NATION, 9.5, of=9_000_000)]
    rows += [
        row(PLAIN, code, value, status="" if value is not None else "c")
        for code, value in zip(PLACES, values, strict=False)
    ]
    return rows


@pytest.mark.parametrize(
    ("values", "home", "said"),
    [
        ((4.0, 7.0, 5.0), 5.5,
         "Highest: Gannerby. Lowest: Dravenford. Quillshire lies between them."),
        # The country is none of the places, however high it is.
        ((4.0, 7.0), 9.0,
         "Highest: Gannerby. Lowest: Dravenford. Quillshire is higher than all."),
        # What prints alike is alike: 4.04 and 4.01 are both 4.0.
        ((4.04, 7.0, 4.01), 3.0,
         "Highest: Gannerby. Lowest: Dravenford and Hesketon. Quillshire is lower than all."),
        ((4.0, 4.0, 4.0, 7.0), 5.5,
         "Highest: Kestrelholm. Lowest: Dravenford and two others. Quillshire lies between them."),
        ((None, 7.0, 5.0), 5.5,
         "Highest: Gannerby. Lowest: Hesketon. Quillshire lies between them. Hidden: Dravenford."),
        ((None, None, None, None, 7.0, 5.0), 5.5,
         "Highest: Lorrimere. Lowest: Merrowby. Quillshire lies between them. "
         "Hidden: four of them."),
        ((5.0, 5.0), 5.5, "All are alike. Quillshire is higher than all."),
    ],
)  # fmt: skip
def test_of_places(values: tuple[float | None, ...], home: float, said: str) -> None:
    assert NAMES[:2] == ("Dravenford", "Gannerby")
    assert alternative(BARS, places(*values, home=home)) == said


def over_time(*values: float | None, **marks: str) -> list[dict[str, Any]]:
    return [
        row(PLAIN, HOME, value, period=f"{2020 + at}", status="" if value is not None else "c")
        | marks
        for at, value in enumerate(values)
    ]


def test_of_years() -> None:
    ends = "Quillshire: highest in January 2022, lowest in January 2020."
    assert alternative(TREND, over_time(4.0, 5.0, 7.0, 6.0)) == ends
    hidden = alternative(TREND, over_time(4.0, None, 7.0, 6.0))
    assert hidden == f"{ends} Hidden: in January 2021."
    two = alternative(TREND, over_time(4.0, None, None, 6.0, 7.0))
    assert two.endswith("Hidden: in January 2021, in January 2022.")
    alike = alternative(TREND, over_time(7.0, 5.0, 7.0))
    assert alike == (
        "Quillshire: highest in January 2020, in January 2022, lowest in January 2021."
    )


def test_nothing_is_said_across_a_break_or_of_a_figure_in_doubt() -> None:
    cut = [r | {"segment": "2022" if r["period"] >= "2022" else ""} for r in over_time(4, 5, 7, 6)]
    assert alternative(TREND, cut) == ""
    doubted = over_time(4.0, 5.0, 7.0, 6.0)
    doubted[2] |= {"mark": "doubt"}
    assert "highest in January 2023" in alternative(TREND, doubted)


def test_of_categories_and_of_tables_of_two_ways_as_titles_call_them() -> None:
    needs = [row(PLAIN, HOME, v, by={"primary_need": n}) for n, v in (("ASD", 9.0), ("VI", 2.0))]
    assert alternative(NEEDS, needs) == (
        "Highest: autistic spectrum disorder. Lowest: vision impairment."
    )
    both = [
        row(PLAIN, HOME, v, by={"primary_need": need, "sex": sex})
        for need, sex, v in (("ASD", "M", 9.0), ("ASD", "F", 5.0), ("VI", "M", 2.0), ("VI", "F", 3))
    ]
    said = alternative(HEAT, both)
    assert said == "Highest: autistic spectrum disorder, males. Lowest: vision impairment, males."
    assert not re.search(r"\d", said)

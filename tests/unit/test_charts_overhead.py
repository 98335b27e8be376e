"""What stands over the years of a trend: events of the council, whatever else is drawn."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jsna.charts.marks import Drawing
from jsna.charts.select import figure
from jsna.model.council import Event
from jsna.model.indicators import Chart
from tests.unit.charts_support import (
    HOME,
    NATION,
    configuration,
    fits,
    frame,
    indicator,
    row,
    texts,
)

TREND = Chart(type="trend")
PLAIN = indicator()
SHORT = ("Inspection", "Requests recorded by case", "A new way to ask for help, of this length")


def event(period: str, short: str = SHORT[0]) -> Event:
    return Event(
        period=period,
        kind="event",
        short=short[:40],
        says="It happened.",
        source="The council",
        measures=(PLAIN.id,),
    )


def drawn(rows: list[dict[str, Any]], *events: Event) -> Drawing:
    made = figure(configuration(), PLAIN, TREND, frame(rows), events)
    assert made is not None
    fits(made)
    return made


def over(*values: float) -> list[dict[str, Any]]:
    return [row(PLAIN, HOME, v, period=str(2018 + at)) for at, v in enumerate(values)]


def said(made: Drawing) -> list[str]:
    return [text for text, _ in texts(made.svg) if ": " in text]


def test_zero_is_said_where_a_line_has_figures_and_never_beside_hidden_ones_alone() -> None:
    assert ("0%", "0.0") in [(t, f"{float(a['x'])}") for t, a in texts(drawn(over(4, 5, 6)).svg)]
    hidden = [row(PLAIN, HOME, None, period=str(at), status="c") for at in (2023, 2024, 2025)]
    assert not [text for text, _ in texts(drawn(hidden).svg) if text.startswith("0")]


def test_an_event_stands_over_its_year_and_below_the_chart() -> None:
    made = drawn(over(4, 5, 6, 7), event("2019"))
    assert said(made) == ["2019: Inspection"]
    assert "Dotted line: 2019: Inspection." in made.note
    (x,) = {float(a["x"]) for text, a in texts(made.svg) if text == "2019"}
    (over_it,) = {float(a["x"]) for text, a in texts(made.svg) if text == "2019: Inspection"}
    assert abs(x - over_it) < 1


def test_events_outside_the_years_are_not_drawn_and_of_many_the_last_three() -> None:
    made = drawn(over(4, 5, 6, 7), event("2015"), event("2030"))
    assert said(made) == []
    assert "Dotted" not in made.note
    years = ("2018", "2019", "2020", "2021")
    assert said(drawn(over(4, 5, 6, 7), *map(event, years))) == [
        f"{year}: Inspection" for year in years[1:]
    ]


def test_a_school_year_stands_where_it_begins() -> None:
    assert said(drawn(over(4, 5, 6, 7), event("2019/20"))) == ["2019/20: Inspection"]


@given(data=st.data(), periods=st.integers(2, 12))
def test_nothing_collides_whatever_is_missing_hidden_broken_or_marked(
    data: st.DataObject, periods: int
) -> None:
    value = st.integers(0, 1000).map(lambda n: n / 10)
    rows: list[dict[str, Any]] = []
    for at in range(periods):
        year = str(2012 + at)
        kind = data.draw(st.sampled_from(["shown", "shown", "shown", "hidden", "absent", "doubt"]))
        cut = {"segment": "2016" if at >= 4 and data.draw(st.booleans()) else ""}
        if kind == "hidden":
            rows.append(row(PLAIN, HOME, None, period=year, status="c") | cut)
        elif kind != "absent":
            mark = {"mark": "doubt"} if kind == "doubt" else {}
            rows.append(row(PLAIN, HOME, data.draw(value), period=year) | cut | mark)
        if data.draw(st.booleans()):
            rows.append(row(PLAIN, NATION, data.draw(value), period=year, of=9e6))
        if data.draw(st.booleans()):
            near = row(PLAIN, "neighbours", data.draw(value), period=year, limits=False)
            rows.append(near)
    events = [
        event(str(2011 + data.draw(st.integers(0, 13))), data.draw(st.sampled_from(SHORT)))
        for _ in range(data.draw(st.integers(0, 4)))
    ]
    events.sort(key=lambda one: one.period)
    if rows:
        made = figure(configuration(), PLAIN, TREND, frame(rows), events)
        if made is not None:
            fits(made)

"""Titles of trends are true of every figure drawn since the year they name, whatever the path."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from jsna.charts.select import figure
from jsna.model.indicators import Chart
from tests.unit.charts_support import HOME, configuration, fits, frame, indicator, row

TREND = Chart(type="trend")
PLAIN = indicator()
FIRST = 2016
_SPAN = re.compile(r"since (\d{4})")
_RECORD = re.compile(r"(highest|lowest)(?: in Quillshire)? since (\d{4})")


def titled(values: list[float], of: float, marks: str = "", limits: bool = True) -> str:
    rows = [
        row(PLAIN, HOME, value, of=of, period=str(FIRST + at), limits=limits)
        | {"source": "lait", "mark": "zero" if at < len(marks) and marks[at] == "z" else ""}
        | ({} if limits else {"numerator": None, "denominator": None})
        for at, value in enumerate(values)
    ]
    made = figure(configuration(), PLAIN, TREND, frame(rows))
    assert made is not None
    fits(made)
    return made.title


def true_of(title: str, values: list[float]) -> None:
    """What a title says, held to the figures drawn."""
    last = values[-1]
    for word, year in _RECORD.findall(title):
        every = values[int(year) - FIRST :]
        assert last == (max if word == "highest" else min)(every), title
    if (
        turn := re.search(r"(up|down)(?: in Quillshire)? to (\d{4}), (up|down) since", title)
    ) is not None:
        at, up = int(turn[2]) - FIRST, turn[3] == "up"
        assert (turn[1] == "up") != up, title
        assert values[at] == (min if up else max)(values), title
        assert (last > values[at]) == up, title
        assert (values[at] < values[0]) == up, title
    elif (moved := re.search(r"(up|down)(?: in Quillshire)? since (\d{4})", title)) is not None:
        start = int(moved[2]) - FIRST
        assert (last > values[start]) == (moved[1] == "up"), title


@given(
    values=st.lists(st.integers(0, 1000).map(lambda n: n / 10), min_size=2, max_size=9),
    of=st.sampled_from([200.0, 5_000.0, 200_000.0]),
    limits=st.booleans(),
)
def test_a_title_is_true_of_the_whole_path(values: list[float], of: float, limits: bool) -> None:
    true_of(titled(values, of, limits=limits), values)


@given(st.lists(st.integers(0, 60).map(lambda n: n / 10), min_size=3, max_size=9), st.data())
def test_a_figure_in_doubt_never_makes_a_title_false(
    values: list[float], data: st.DataObject
) -> None:
    marks = "".join(data.draw(st.sampled_from("z.")) for _ in values[1:])
    true_of(titled(values, 5_000.0, marks), values)


def test_worked_paths() -> None:
    # Plans in time in Lancashire as published: a peak, then a fall below all before.
    fall = titled([55.0, 83.0, 81.0, 75.0, 75.0, 66.0, 99.0, 80.0, 17.0], 1_700)
    assert fall == (
        "Pupils with an EHC plan: down in Quillshire since 2022, to its lowest since 2016"
    )
    # Down since the first, and yet four times what it was a year ago: the last move leads.
    rise = titled([30.0, 42.0, 60.0, 5.0, 20.0], 1_700)
    assert rise == "Pupils with an EHC plan: down in Quillshire to 2019, up since"
    assert titled([4.0, 4.1, 4.0, 4.1, 4.05], 2_000).endswith(
        "no clear change in Quillshire since 2016"
    )
    # No counts, no verdict: but that it is the highest can be seen.
    none = titled([3.0, 3.1, 3.3, 3.2, 5.0], 5_000, limits=False)
    assert none == "Pupils with an EHC plan: at its highest in Quillshire since 2016"
    assert "since" not in titled([3.0, 3.1, 3.3, 3.2, 3.1], 5_000, limits=False)
    # A zero in doubt is no low from which anything rose.
    zero = titled([30.0, 31.0, 0.0, 24.0, 24.1], 5_000, "..z")
    assert "2018" not in zero

"""Words that collide or are cut are found by measuring them; a figure with any is refused."""

from __future__ import annotations

import pytest

from jsna.charts import barrows, extents
from jsna.charts.canvas import Canvas
from jsna.charts.select import figure
from jsna.errors import JsnaError
from jsna.model.indicators import Chart
from tests.unit.charts_support import HOME, configuration, frame, indicator, row


def at(x: float, y: float, words: str = "Word", anchor: str = "left") -> extents.Text:
    return extents.text(x, y, words, 10.0, 400, anchor)


def test_words_apart_are_none() -> None:
    assert extents.faults([at(0, 10), at(0, 22), at(30, 10)], 100, 30) == []


def test_words_on_one_another_and_over_the_edge_are_named() -> None:
    wide = at(0, 10).right  # some 22 points
    assert extents.faults([at(0, 10), at(wide - 2, 10, "Next")], 100, 30) == [
        "“Word” and “Next” collide"
    ]
    assert extents.faults([at(0, 10), at(wide + 1, 10, "Next")], 100, 30) == []
    assert extents.faults([at(0, 10), at(3, 16, "Below")], 100, 30) == [
        "“Word” and “Below” collide"
    ]
    for placed in (at(99, 10), at(0, 5), at(0, 29.5), at(0, 10, anchor="right")):
        assert extents.faults([placed], 100, 30) == ["“Word” is cut at the edge"]


def test_a_figure_made_to_collide_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def name(canvas: Canvas, *_: object) -> None:
        canvas.text(0, 20, "Overprinted")

    monkeypatch.setattr(barrows, "_name", name)
    by = {"age_group": "0-4"}, {"age_group": "5-10"}
    declared = indicator(Chart(type="bars", by=("age_group",)))
    rows = [row(declared, HOME, 5.0, by=one) for one in by]
    with pytest.raises(JsnaError, match="“Overprinted” and “Overprinted” collide"):
        figure(configuration(), declared, declared.charts[0], frame(rows))

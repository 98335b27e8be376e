"""One figure by several rules stands in one table, and in no section of its own."""

from __future__ import annotations

from dataclasses import replace

from jsna.report.thresholds import thresholds
from jsna.view.rows import Measures
from tests.unit import report_support as made


def test_a_row_for_each_figure_and_a_column_for_each_rule() -> None:
    config = made.configuration()
    base = config.indicators["pupils_ehc_plan"].model_copy(update={"breakdowns": ()})
    given = {
        name: base.model_copy(update={"id": name, "title": title})
        for name, title in (
            ("need_all", "SEN among pupils in need: every link"),
            ("need_sure", "SEN among pupils in need: sure links"),
            ("weight_all", "Obesity: every link"),
            ("weight_likely", "Obesity: likely links"),
            ("alone", "Plans: every link"),
            ("plain", "Plans"),
        )
    }
    grown = replace(config, indicators=given)
    frame = made.frame([
        made.measure(given["need_all"], 40, 100),
        made.measure(given["need_sure"], 3, 100, status="c"),
        made.measure(given["weight_all"], 30, 100),
        made.measure(given["weight_likely"], 29, 100),
        made.measure(given["alone"], 10, 100),
        made.measure(given["plain"], 10, 100),
    ])  # fmt: skip
    found = thresholds(Measures(frame, grown), list(given.values()))
    assert found is not None
    assert [one.id for one in found.indicators] == [
        "need_all", "need_sure", "weight_all", "weight_likely"
    ]  # fmt: skip
    assert found.header == ("Figure", "Every link", "Sure links", "Likely links")
    texts = [[getattr(cell, "striptags", lambda cell=cell: cell)() for cell in row]
             for row in found.rows]  # fmt: skip
    assert texts == [
        ["SEN among pupils in need", "40.0", "[c]", "–"],
        ["Obesity", "30.0", "–", "29.0"],
    ]
    assert thresholds(Measures(frame, grown), [given["plain"], given["alone"]]) is None

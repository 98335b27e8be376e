"""The report where a coarser recoding is published: what it draws, says and explains."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from jsna.charts.marks import Drawing
from jsna.charts.select import figures
from jsna.model.areas import LocalityGroup
from jsna.model.indicators import Indicator
from jsna.report.breakdowns import hidden, sentences
from jsna.report.changes import change
from jsna.report.datatables import further
from jsna.view.rows import Measures
from jsna.view.series import comparable

from .report_support import AREA, configuration, configured, frame, measure

NORTH, SOUTH = "north", "south"
GROUPED = AREA.model_copy(
    update={
        "locality_groups": (
            LocalityGroup(code=NORTH, name="North Marrowshire",
                          localities=("E07000961", "E07000962"), tile=(0, 0)),
            LocalityGroup(code=SOUTH, name="South Marrowshire",
                          localities=("E07000963", "E07000964"), tile=(0, 1)),
        )
    }
)  # fmt: skip
CONFIG = replace(configuration(), area=GROUPED)
DECLARED = configured()[0]
NEEDS = DECLARED["plans_independent"]
EXCLUDED = DECLARED["permanent_exclusion_rate"]
SUSPENDED = DECLARED["suspended_pupils"]
SETTINGS = DECLARED["plans_by_setting"]
SPANS = ["2018/19 to 2020/21", "2019/20 to 2021/22", "2020/21 to 2022/23", "2021/22 to 2023/24"]


def together(indicator: Indicator, *counts: Any, period: str, **given: Any) -> dict[str, Any]:
    """A row of three years together."""
    return measure(indicator, *counts, period=period, **given) | {"period_type": "three_years"}


def by_need(**counts: tuple[int, int]) -> list[dict[str, Any]]:
    """Rows by broad area of need, those with (0, 0) hidden; and the total."""
    rows = [
        measure(NEEDS, *pair, dims={"need_group": need}, status="" if pair[1] else "c")
        for need, pair in counts.items()
    ]
    return [measure(NEEDS, 300, 3000), *rows]


def drawn(rows: list[dict[str, Any]]) -> dict[str, Drawing]:
    return {drawing.id: drawing for drawing in figures(CONFIG, frame(rows))}


def words_of(rows: list[dict[str, Any]], indicator: Indicator) -> list[str]:
    """What is said of an indicator's breakdowns, without marks."""
    view = Measures(frame(rows), CONFIG)
    said = sentences(view, view.config.indicators[indicator.id])
    return [re.sub("<[^>]+>", "", sentence.text) for sentence in said]


GROUPS = by_need(communication=(90, 900), cognition=(30, 900), semh=(170, 900), other=(0, 0))


def test_a_chart_of_needs_is_drawn_by_areas_of_need_and_says_why() -> None:
    found = drawn(GROUPS)["fig-plans-independent-bars-need-group"]
    assert found.header[0] == "Broad area of need"
    assert found.rows[0][0] == "Social, emotional and mental health"
    assert "Shown by broad area of need because counts by primary need are small." in found.note
    assert all("need_group" in key for key in found.keys)


def test_a_chart_as_declared_gives_no_reason() -> None:
    rows = [measure(NEEDS, 30 + n, 900, dims={"primary_need": need})
            for n, need in enumerate(("ASD", "SLCN", "SEMH"))]  # fmt: skip
    found = drawn([measure(NEEDS, 300, 3000), *rows])
    assert "small" not in found["fig-plans-independent-bars-primary-need"].note
    assert "fig-plans-independent-bars-need-group" not in found


def test_official_figures_of_finer_categories_do_not_stand_in_for_the_recoding() -> None:
    """The publisher shows single needs of another year; the area's own figures are by group."""
    official = [
        measure(NEEDS, 40, 900, period="2019", dims={"primary_need": need}, source="ehcp")
        for need in ("ASD", "SEMH")
    ]
    found = drawn([*GROUPS, *official])
    assert "fig-plans-independent-bars-need-group" in found
    assert "fig-plans-independent-bars-primary-need" not in found


def test_sentences_and_tables_are_of_the_recoding() -> None:
    view = Measures(frame(GROUPS), CONFIG)
    shown = view.config.indicators[NEEDS.id]
    assert ("need_group",) in shown.breakdowns
    said = " ".join(re.sub("<[^>]+>", "", s.text) for s in sentences(view, shown))
    assert "By broad area of need, of those shown, it was highest for social" in said
    withheld = hidden(view, shown)
    assert withheld is not None
    assert "one of the four figures by broad area of need" in withheld.text
    (table,) = (t for t in further(view, shown, ()) if t.header[0] == "Broad area of need")
    assert table.note.endswith(
        "Shown by broad area of need because counts by primary need are small"
    )
    assert ["[c]" in str(cells[0]) for label, cells in table.rows if "Other" in label] == [True]


def test_two_collapsed_dimensions_are_both_named() -> None:
    rows = [
        measure(SETTINGS, 20 + n, 500, dims={"need_group": need, "setting_group": setting})
        for n, (need, setting) in enumerate(
            (a, b) for a in ("semh", "cognition") for b in ("special", "mainstream")
        )
    ]
    found = drawn(rows)["fig-plans-by-setting-heat-need-group-setting-group"]
    assert (
        "Shown by broad area of need and kind of setting because counts by primary need and "
        "setting together are small."
    ) in found.note


def test_groups_of_localities_have_a_tile_map_of_their_own() -> None:
    rows = [
        measure(SUSPENDED, 900, 30_000, period="2024/25"),
        measure(SUSPENDED, 500, 9_000, period="2024/25", area=NORTH, geography="locality_group"),
        measure(SUSPENDED, 0, 0, period="2024/25", area=SOUTH, geography="locality_group",
                status="c"),
    ]  # fmt: skip
    found = drawn(rows)["fig-suspended-pupils-map-locality-group"]
    assert "groups of districts of Marrowshire" in found.subtitle
    assert "Shown by group of districts because counts by district are small." in found.note
    assert [label for label, _ in found.rows] == ["North Marrowshire", "South Marrowshire"]
    assert "hidden to protect confidentiality" in re.sub("<[^>]+>", "", found.svg)
    view = Measures(frame(rows), CONFIG)
    shown = view.config.indicators[SUSPENDED.id]
    said = " ".join(re.sub("<[^>]+>", "", s.text) for s in sentences(view, shown))
    assert "North Marrowshire (5.56%) was clearly above Marrowshire as a whole" in said


def test_three_years_together_are_drawn_where_single_years_are_not() -> None:
    last = SPANS[-1]
    rows = [measure(EXCLUDED, 40, 30_000, period=year) for year in ("2021/22", "2023/24")]
    rows += [together(EXCLUDED, 120, 90_000, period=last)]
    rows += [
        together(EXCLUDED, 20 + 60 * n, 20_000, period=last, dims={"sen_provision": code})
        for n, code in enumerate("NKE")
    ]
    found = drawn(rows)
    bars = found["fig-permanent-exclusion-rate-bars-sen-provision"]
    assert last in bars.subtitle
    assert "together because counts by SEN provision of single years are small." in bars.note
    trend = found["fig-permanent-exclusion-rate-trend"]
    (said,) = words_of(rows, EXCLUDED)
    assert said.startswith(f"Over {last}, by SEN provision, it was highest for pupils with an EHC")
    assert "to 2023/24" in trend.subtitle
    assert all("three_years" not in key for key in trend.keys)


def test_places_over_three_years_are_set_against_the_whole_of_those_years() -> None:
    last = SPANS[-1]
    rows = [measure(EXCLUDED, 40, 30_000, period="2023/24"),
            together(EXCLUDED, 120, 90_000, period=last)]  # fmt: skip
    rows += [
        together(EXCLUDED, count, 20_000, period=last, area=f"E070009{61 + n}",
                 geography="district")
        for n, count in enumerate((90, 25, 26))
    ]  # fmt: skip
    (said,) = words_of(rows, EXCLUDED)
    assert said == (
        f"Over {last}, Ablecote (0.45 per 100) was clearly above Marrowshire as a whole "
        "(0.13 per 100)."
    )


def test_a_trend_of_spans_compares_none_that_share_a_year() -> None:
    """The last two spans share two years; the first and the last none."""
    pairs = [(20, 90_000), (25, 90_000), (60, 90_000), (90, 90_000)]
    rows = [together(EXCLUDED, *pair, period=p) for p, pair in zip(SPANS, pairs, strict=True)]
    view = Measures(frame(rows), CONFIG)
    kept = [row.period for row in comparable(view.series(EXCLUDED.id))]
    assert kept == [SPANS[0], SPANS[3]]
    sentence = change(view, view.config.indicators[EXCLUDED.id])
    assert sentence is not None
    assert f"over {SPANS[0]}" in sentence.text
    found = drawn(rows)["fig-permanent-exclusion-rate-trend"]
    assert "up in Marrowshire from 2018/19 to 2023/24" in found.title
    assert found.subtitle.endswith("Marrowshire, 2018/19 to 2023/24, three years together")


def test_a_span_that_is_hidden_is_a_gap_with_a_mark_and_no_line_to_zero() -> None:
    rows = [together(EXCLUDED, 60, 90_000, period=period) for period in SPANS]
    rows[1] = together(EXCLUDED, math.nan, math.nan, period=SPANS[1], status="c")
    found = drawn(rows)["fig-permanent-exclusion-rate-trend"]
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", found.svg)
    assert "hidden" in texts
    assert [key for key in found.keys if SPANS[1] in key]


@pytest.mark.parametrize("status", ["", "c"])
def test_a_rank_is_among_those_shown_where_one_is_hidden(status: str) -> None:
    rows = [
        measure(SETTINGS, 900, 1000, dims={"setting": "mainstream"}),
        measure(SETTINGS, 60, 1000, dims={"setting": "special"}),
        measure(SETTINGS, 40, 1000, dims={"setting": "fe"}, status=status),
    ]
    view = Measures(frame(rows), CONFIG)
    said = re.sub("<[^>]+>", "", sentences(view, SETTINGS)[0].text)
    title = drawn(rows)["fig-plans-by-setting-dumbbell-setting"].title
    assert said.startswith("Of those shown, the most common" if status else "The most common")
    assert title.endswith("of those shown") == bool(status)


def test_rows_tell_the_same_whatever_their_order() -> None:
    mixed = pd.concat([frame(GROUPS).iloc[::-1]]).reset_index(drop=True)
    one, other = (list(figures(CONFIG, rows)) for rows in (frame(GROUPS), mixed))
    assert one == other

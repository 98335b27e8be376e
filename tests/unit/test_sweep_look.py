"""What a sweep sees in a draft: empty charts and sentences, words over an edge, places nowhere."""

from __future__ import annotations

import pandas as pd
import pytest

from jsna.sweeping.look import chart, places, running, sentences
from tests.unit.published_support import AREA

KEY = "plans~E10000951~authority~2024~january~total~total~"
LISTED = {
    "id": "fig-plans-bars", "title": "Plans rose", "subtitle": "Plans", "alt": "Bars of plans",
    "keys": [KEY], "type": "bars", "rows": [],
}  # fmt: skip


def svg(text: str = "Plans", x: float = 10, anchor: str = "start", y: float = 20) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 50"><title>Bars</title>'
        f'<g font-size="9" text-anchor="{anchor}"><text x="{x}" y="{y}">{text}</text></g></svg>'
    )


def test_a_chart_that_shows_something_within_its_edges_passes() -> None:
    assert [*chart(LISTED, svg(), frozenset({KEY, "other"}))] == []
    # A label that ends at the edge is within it, and so is one of nearly the whole width.
    assert [*chart(LISTED, svg("Plans", 199, "end"), frozenset({KEY}))] == []
    assert [*chart(LISTED, svg("m" * 22, 2), frozenset({KEY}))] == []


@pytest.mark.parametrize(
    ("listed", "image", "told", "wanted"),
    [
        ({}, svg(), frozenset({"other"}), "fig-plans-bars shows no figure"),
        ({"keys": []}, svg(), frozenset({KEY}), "fig-plans-bars shows no figure"),
        ({"title": " "}, svg(), frozenset({KEY}), "fig-plans-bars has no title"),
        ({}, svg().replace("text", "path"), frozenset({KEY}), "fig-plans-bars has no label"),
        ({}, svg("Plans", 190), frozenset({KEY}), "'Plans' stands over its edge"),
        ({}, svg("Plans", 10, "end"), frozenset({KEY}), "'Plans' stands over its edge"),
        ({}, svg("Plans", 5, "middle"), frozenset({KEY}), "'Plans' stands over its edge"),
        ({}, svg(y=60), frozenset({KEY}), "'Plans' stands over its edge"),
    ],
)
def test_a_chart_that_would_not_do_is_named(
    listed: dict[str, object], image: str, told: frozenset[str], wanted: str
) -> None:
    (found,) = chart({**LISTED, **listed}, image, told)
    assert found.endswith(wanted)


def test_texts_that_say_something_pass() -> None:
    said = (
        "<p>Plans made up 4.5% of pupils (January 2024), of whom none (0) moved. None is known.</p>"
        '<li>Most <data value="1" data-measure="k">1</data>, 2 and 3; none of which…</li><p>Nan</p>'
    )
    assert [*sentences(f"<html><body>{said}</body></html>")] == []


@pytest.mark.parametrize(
    ("lost", "wanted"),
    [
        ("<p></p>", "an empty <p>"),
        ('<li class="a"> </li>', "an empty <li>"),
        ("<h3>\n</h3>", "an empty <h3>"),
        ("<p>None of them is nan.</p>", "'None of them is nan.' lacks a word"),
        ("<p>The figure of None rose.</p>", "'The figure of None rose.' lacks a word"),
        ("<p>The figure of {place} rose.</p>", "lacks a word"),
        ("<p>Kent, , and Essex.</p>", "lacks a word"),
        ("<p>Plans () rose.</p>", "lacks a word"),
        ("<p>Plans of Kent , rose.</p>", "lacks a word"),
    ],
)
def test_a_text_that_lost_a_word_is_told(lost: str, wanted: str) -> None:
    (found,) = sentences(f"<html><body><p>Before.</p>{lost}</body></html>")
    assert wanted in found


def cover(report: str, head: str = "3 Plans", title: str = "Plans of Kent", foot: str = "f") -> str:
    return (
        f'<header class="cover" id="top" data-report="{report}" data-foot="{foot}"><h1>{title}</h1>'
        f'</header><section class="chapter summary" id="a"><h2 id="b">{head}</h2></section>'
    )


def test_titles_that_run_over_the_page_are_told() -> None:
    assert [*running(cover("Kent SEND JSNA 2025"))] == []
    long = "Bournemouth, Christchurch and Poole " * 4
    assert "run into each other" in next(running(cover("Kent SEND JSNA 2025", head=long)))
    assert "run into each other" in next(running(cover(long)))
    topic = f'<section class="topic"><p class="topic-name">{long}</p><h2>A finding</h2></section>'
    assert "run into each other" in next(running(cover("Kent SEND JSNA 2025") + topic))
    finding = f'<section class="topic"><p class="topic-name">4 Plans</p><h2>{long}</h2></section>'
    assert [*running(cover("Kent SEND JSNA 2025") + finding)] == []
    assert "runs into the number" in next(running(cover("Kent", foot=long * 2)))
    assert "wider than the cover" in next(running(cover("Kent", title="Plans of " + "M" * 30)))
    assert "no name or no foot" in next(running(cover("")))


def test_places_that_stand_nowhere_are_told() -> None:
    first, second = AREA.localities[:2]
    frame = pd.DataFrame(
        {"area_code": [first.code, second.code, AREA.code], "value": [1.0, 2.0, 3.0]}
    )
    tiles = {"id": "fig-map", "type": "map", "rows": [[first.name, []], [second.name, []]]}
    html = f"<p>{first.name} and {second.name}</p>"
    assert [*places(AREA, [tiles], frame, html)] == []
    assert [*places(AREA, [{**tiles, "rows": tiles["rows"][:1]}], frame, html)] == [
        f"fig-map: the map lacks {second.name}"
    ]
    assert [*places(AREA, [], frame, f"<p>{first.name}</p>")] == [
        f"{second.name} has figures and is not named"
    ]
    assert [*places(AREA, [], frame.tail(1), html)] == [
        f"none of its {len(AREA.localities)} places has a figure"
    ]

"""Place pages: what stands out there, figures beside the whole, who has no page and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from jsna.charts import place as chart
from jsna.model.indicators import Indicator
from jsna.model.topics import Topic
from jsna.report.places import page, saying
from jsna.report.sources import Register
from jsna.view.place_figures import MOST_PLACES, declared, figures, with_page
from jsna.view.rows import Measures
from tests.unit.charts_support import (
    HOME,
    LONG,
    NAMES,
    NATION,
    collisions,
    configuration,
    frame,
    indicator,
    outside,
    row,
)  # fmt: skip


def measures_of(count: int, polarity: str = "low") -> list[Indicator]:
    """Proportions by place, the first of which is worse where it is higher."""
    return [
        indicator(
            id=f"measure_{chr(97 + n)}", title=f"Measure {chr(65 + n)}",
            phrase=f"thing {chr(97 + n)}",
            breakdowns=[["locality"]], polarity=polarity if not n else "neutral",
        )
        for n in range(count)
    ]  # fmt: skip


def seen(
    names: Sequence[str] = NAMES, count: int = 7, *, apart: float = 9.0, hidden: int = 0, **how: Any
) -> Measures:
    """Places of 5.5 % but the first: its first measure is `apart`, its last are hidden."""
    every = measures_of(count)
    config = configuration(names, indicators=every, **how)
    topic = Topic(title="One", question="What?", headline=tuple(i.id for i in every),
                  ask=("Why there?", "What is done?"))  # fmt: skip
    config = replace(config, topics={"one": topic})
    rows = []
    for n, one in enumerate(every):
        rows += [row(one, HOME, 5.5, of=60_000), row(one, NATION, 5.0, of=9_000_000)]
        for at, code in enumerate(config.area.locality_names):
            value = apart if not at and not n else 5.5
            if not at and n >= count - hidden:
                rows.append(row(one, code, None, status="c"))
            else:
                rows.append(row(one, code, value))
    return Measures(frame(rows), config)


def test_a_figure_clearly_apart_is_the_heading_and_others_say_none_is() -> None:
    view = seen()
    found = figures(view)
    first, second = declared(view.config)[:2]
    said = saying.heading(first, found[first.code], view.config)
    assert Markup(said).striptags() == (
        "Dravenford: the share of thing a was higher than in Quillshire in January 2025, "
        "9.0% against 5.5%"
    )
    assert 'data-measure="measure_a~' in said
    told = saying.heading(second, found[second.code], view.config)
    assert told == "Gannerby: no figure is clearly apart from that of Quillshire"
    own = found[first.code][0]
    assert own.whole is not None
    assert saying.verdict_words(own.row, own.whole, own.beside, own.indicator) == "higher (worse)"


def test_a_difference_that_chance_may_have_made_is_no_heading() -> None:
    """5.9 % of 5,000 against 5.5 %: 1.2 standard errors."""
    view = seen(apart=5.9)
    code = declared(view.config)[0].code
    assert saying.standing_out(figures(view)[code], view.config) == []


@pytest.mark.parametrize(("hidden", "pages"), [(0, 12), (1, 12), (2, 11), (7, 11)])
def test_a_place_with_fewer_than_six_figures_has_no_page(hidden: int, pages: int) -> None:
    view = seen(hidden=hidden)
    good, without = with_page(view.config, figures(view))
    assert len(good) == pages
    assert [place.name for place in without] == ["Dravenford"][: 12 - pages]


def test_more_places_than_thirty_have_pages_by_group_alone() -> None:
    many = [f"Ward {chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(MOST_PLACES + 1)]
    assert declared(configuration(many, kind="ward")) == []
    assert len(declared(configuration(many[:-1], kind="ward"))) == MOST_PLACES


def test_an_edition_of_more_wards_is_one_table_with_its_source() -> None:
    many = [f"Ward {chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(MOST_PLACES + 1)]
    view = seen(many, kind="ward")
    found = page.made(view, {}, Register(view.config, {}), {})
    assert found.pages == ()
    for listing in found.listings:
        assert [str(line[0]) for line in listing.rows] == [*many, "Quillshire"]
        assert all(len(line) == len(listing.header) for line in listing.rows)
    assert found.source
    assert not found.compared


@pytest.mark.parametrize(
    "names", [NAMES, NAMES[:1], [LONG.replace("Long", name) for name in NAMES]]
)
@pytest.mark.parametrize("tiles", [False, True])
def test_a_figure_of_each_place_holds_at_both_widths(names: Sequence[str], tiles: bool) -> None:
    view = seen(names, tiles=tiles, hidden=1)
    config = view.config
    rows = frame([row(view.declared(r.indicator), r.area_code, r.value if r.shown else None,  # type: ignore[arg-type]
                      status=r.status, of=r.denominator or 5000)
                  for name in config.indicators for r in view.rows(name)])  # fmt: skip
    made = [*chart.draw(config, rows)]
    # One place alone has no strip, and without a tile nothing to draw.
    assert len(made) == (len(names) if len(names) > 1 or tiles else 0)
    for one in made:
        for image in (one.svg, one.narrow):
            assert collisions(image) == []
            assert outside(image) == []
            ET.fromstring(image)
        assert one.chapter == "places"
        assert "Synthetic data" in one.svg


def test_questions_are_those_of_the_topics_of_what_stands_out() -> None:
    view = seen()
    code = declared(view.config)[0].code
    assert saying.questions(figures(view)[code], view.config, 4) == ["Why there?", "What is done?"]

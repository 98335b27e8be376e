"""Maps by shapes: the figures of tiles, lettered and hatched; bars where a shape is lacking."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from jsna.charts import outline
from jsna.charts.maps import letters_for
from jsna.charts.marks import Drawing
from jsna.charts.select import figure
from jsna.model.areas import LocalityGroup, Shape
from jsna.model.configuration import Configuration
from jsna.model.indicators import Chart
from jsna.model.releases import Release
from jsna.releases import outlines
from tests.unit.boundaries_support import squares
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
    texts,
)  # fmt: skip
from tests.unit.test_charts_figures import COUNT, PATTERNS, PLAIN, hold, rows_for

MAP = Chart(type="map", by=("locality",))
RELEASE = Release(
    dataset="boundaries", id="squares", publisher="Invented", title="Squares", release="Synthetic",
    file="squares.geojson", licence="MIT", codes="LAD25CD", attribution="Contains invented data",
)  # fmt: skip


def mapped(
    names: Sequence[str] = NAMES, *, across: int = 4, kind: str = "district", less: int = 0
) -> Configuration:
    """An edition whose places have shapes, but for the first `less`."""
    config = configuration(names, kind=kind)
    codes = [*config.area.locality_names]
    every = outlines.simplified(squares(codes, across))
    shapes = {code: shape for code, shape in every.items() if code in codes[less:]}
    area = config.area.model_copy(update={"shapes_from": "squares", "shapes": shapes})
    return replace(config, area=area, releases={"boundaries": (RELEASE,)})


def drawn(config: Configuration, pattern: str = "usual", declared: object = PLAIN) -> Drawing:
    assert declared in (PLAIN, COUNT)
    one = PLAIN if declared is PLAIN else COUNT
    rows = rows_for(MAP, one, config, PATTERNS[pattern])
    made = figure(config, one, MAP, frame(rows))
    assert made is not None
    hold(made, rows, one)
    return made


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_map_holds_with_every_pattern_and_shows_what_tiles_show(pattern: str) -> None:
    made = drawn(mapped(), pattern)
    assert made.alt.startswith("Map of twelve districts. ")
    assert made.note.startswith("North is at the top; shapes are simplified. Contains invented")
    tiles = drawn(configuration(), pattern)
    assert tiles.alt.startswith("Tile map")
    assert {*made.keys} == {*tiles.keys}
    assert {*made.sources} == {*tiles.sources, "squares"}
    assert (made.title, made.header, made.rows) == (tiles.title, tiles.header, tiles.rows)


@pytest.mark.parametrize("count", [1, 2, 17, 40, 70])
@pytest.mark.parametrize("long", [False, True])
def test_letters_and_names_never_touch_and_a_page_holds_them(count: int, long: bool) -> None:
    called = [
        LONG.replace("Long", f"{NAMES[i % 12]} {i}") if long else f"Ward {i}" for i in range(count)
    ]
    made = drawn(mapped(called, across=9, kind="ward"), "some of each")
    if "Map of" in made.alt:
        assert float(ET.fromstring(made.svg).attrib["height"].removesuffix("pt")) <= 612
        told = [words for words, _ in texts(made.svg)]
        # Each letter stands twice, in its place and in the key.
        assert all(told.count(letter) == 2 for letter in letters_for(count))
    else:
        assert count >= 40 and long  # no page holds them: ranked bars


def test_the_key_ranks_places_and_its_letters_stand_in_their_shapes() -> None:
    config = mapped()
    codes = [*config.area.locality_names]
    values = [float(n) for n in (4, 9, 7, 3, 12, 5, 6, 8, 10, 11, 2, 1)]
    rows = [row(PLAIN, code, value) for code, value in zip(codes, values, strict=True)]
    made = figure(config, PLAIN, MAP, frame([*rows, row(PLAIN, HOME, 5.5), row(PLAIN, NATION, 5)]))
    assert made is not None
    found = [(words, float(a["x"]), float(a["y"])) for words, a in texts(made.svg)]
    # Square 5 is highest: first of the second row, so lettered A at the left of the map.
    places = {words: (x, y) for words, x, y in found[:12]}
    points = [point for (ring,) in config.area.shapes.values() for point in ring]
    wide, high = (max(p[i] for p in points) - min(p[i] for p in points) for i in (0, 1))
    # It is 330 points high, in the middle of the page.
    side = 10_000 * 330 / high
    left = (482 - wide * 330 / high) / 2
    for rank, letter in enumerate("ABCDEFGHIJKL"):
        index = values.index(sorted(values, reverse=True)[rank])
        column, line = index % 4, index // 4
        x, y = places[letter]
        assert column * side < x - left < (column + 1) * side
        assert line * side < y < (line + 1) * side
    key = [words for words, *_ in found[12:]]
    assert key[:6] == ["A", "12.0%", "Lorrimere", "B", "11.0%", "Tarnbeck"]


def test_a_place_too_small_for_its_letter_has_it_beside_with_a_line() -> None:
    config = mapped()
    code = config.area.localities[5].code
    x, y = config.area.shapes[code][0][0]
    speck: Shape = (((x, y), (x + 900, y), (x + 900, y + 900), (x, y + 900), (x, y)),)
    area = config.area.model_copy(update={"shapes": {**config.area.shapes, code: speck}})
    made = drawn(replace(config, area=area), "all alike")
    assert collisions(made.svg) == []
    assert outside(made.svg) == []
    dots = [e for e in ET.fromstring(made.svg).iter() if e.get("stroke") == "#FFFFFF".lower()]
    assert dots or "c" in made.svg
    told = [words for words, _ in texts(made.svg)]
    assert all(told.count(letter) == 2 for letter in letters_for(12))


def test_where_a_place_has_no_shape_there_are_ranked_bars_and_it_is_said() -> None:
    made = drawn(mapped(less=1))
    assert made.alt.startswith("Bar chart of twelve districts")
    assert made.note.startswith(
        f"There is no map, as the boundaries of this edition have no shape of {NAMES[0]}."
    )
    none = drawn(mapped(less=12))
    assert "have no shape of any of the districts." in none.note


def test_counts_have_a_map_that_says_of_what() -> None:
    assert drawn(mapped(), "usual", COUNT).alt.startswith("Map of twelve districts")


def test_places_put_together_lose_the_border_between_them() -> None:
    shapes = squares(["a", "b", "c", "d"], 2)
    (ring,) = outline.together(shapes.values())
    edges = {e for shape in shapes.values() for r in shape for e in itertools.pairwise(r)}
    assert {*itertools.pairwise(ring)} == {e for e in edges if e[::-1] not in edges}
    assert len(outline.together([shapes["a"], shapes["d"]])) == 2  # they touch in a point alone


def test_groups_of_places_are_drawn_put_together() -> None:
    config = mapped()
    codes = [*config.area.locality_names]
    groups = tuple(
        LocalityGroup(code=name, name=name.title(), localities=tuple(part))
        for name, part in (("north", codes[:6]), ("south", codes[6:]))
    )
    config = replace(config, area=config.area.model_copy(update={"locality_groups": groups}))
    chart = Chart(type="map", by=("locality_group",))
    one = indicator(chart)
    rows = [row(one, "north", 7.0), row(one, "south", None, status="c"), row(one, HOME, 5.5)]
    for made in rows[:2]:
        made["geography"] = "locality_group"
    found = figure(config, one, chart, frame(rows))
    assert found is not None
    assert "Map of two" in found.alt
    assert [label for label, _ in found.rows] == ["North", "South"]
    assert [w for w, _ in texts(found.svg)].count("[c]") == 1


def test_hatching_stays_within_the_shape() -> None:
    ring = [(0.0, 0.0), (60.0, 0.0), (60.0, 20.0), (30.0, 20.0), (30.0, 60.0), (0.0, 60.0),
            (0.0, 0.0)]  # fmt: skip
    lines = outline.hatching([ring], 6.0)
    assert len(lines) > 10
    for (x, y), (u, v) in lines:
        assert x + y == pytest.approx(u + v)
        for at in (0.01, 0.5, 0.99):
            px, py = x + (u - x) * at, y + (v - y) * at
            assert (0 < px < 60 and 0 < py < 20) or (0 < px < 30 and 0 < py < 60)

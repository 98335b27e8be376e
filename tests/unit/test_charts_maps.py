"""Maps by shapes: the figures of tiles, lettered and hatched; bars where a shape is lacking."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsna.charts import labels, legend, outline
from jsna.charts.lettered import letters_for
from jsna.charts.marks import Drawing, Mark
from jsna.charts.select import figure
from jsna.model.areas import LocalityGroup, Shape
from jsna.model.configuration import Configuration
from jsna.model.indicators import Chart
from jsna.model.releases import Release
from jsna.releases import outlines
from tests.unit.boundaries_support import SEA, SIDE, squares
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

NUMBERS = st.sampled_from(("5.0%", "[c]", "12,345", "100.0%"))
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


def mapped_as(shapes: Mapping[str, Shape], names: Mapping[str, str]) -> Drawing:
    """A map of some shapes, one of them hidden."""
    config = configuration([names[code] for code in shapes])
    own = dict(zip(config.area.locality_names, shapes.values(), strict=True))
    area = config.area.model_copy(update={"shapes_from": "squares", "shapes": own})
    config = replace(config, area=area, releases={"boundaries": (RELEASE,)})
    first, *rest = own
    rows = [row(PLAIN, code, 2.0 + 7 * at % 11) for at, code in enumerate(rest)]
    rows += [row(PLAIN, first, None, status="c"), row(PLAIN, HOME, 5.5), row(PLAIN, NATION, 5.2)]
    made = figure(config, PLAIN, MAP, frame(rows))
    assert made is not None
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
def test_names_or_letters_never_touch_and_a_page_holds_them(count: int, long: bool) -> None:
    called = [
        LONG.replace("Long", f"{NAMES[i % 12]} {i}") if long else f"Ward {i}" for i in range(count)
    ]
    made = drawn(mapped(called, across=9, kind="ward"), "some of each")
    if "Map of" in made.alt:
        assert float(ET.fromstring(made.svg).attrib["height"].removesuffix("pt")) <= 612
        told = [words for words, _ in texts(made.svg)]
        if "A" in told:  # each letter stands twice, in its place and in the key
            assert count >= 17
            assert all(told.count(letter) == 2 for letter in letters_for(count))
        else:
            assert all(name in " ".join(told) for name in called)
    else:
        assert count >= 40 and long  # no page holds them: ranked bars


def ramp(config: Configuration) -> tuple[list[float], Drawing]:
    codes = [*config.area.locality_names]
    values = [float(n) for n in (4, 9, 7, 3, 12, 5, 6, 8, 10, 11, 2, 1)]
    rows = [row(PLAIN, code, value) for code, value in zip(codes, values, strict=True)]
    made = figure(config, PLAIN, MAP, frame([*rows, row(PLAIN, HOME, 5.5), row(PLAIN, NATION, 5)]))
    assert made is not None
    return values, made


def test_each_place_has_its_name_and_under_it_its_number_where_it_lies() -> None:
    config = mapped()
    values, made = ramp(config)
    # Twelve squares, four by three: 330 points high, in the middle of a page of 482.
    points = [point for (ring,) in config.area.shapes.values() for point in ring]
    wide, high = (max(p[i] for p in points) - min(p[i] for p in points) for i in (0, 1))
    scale = min((482 - 48) / wide, 330 / high)
    left, side = (482 - wide * scale) / 2, 10_000 * scale
    at = {words: (float(a["x"]), float(a["y"])) for words, a in texts(made.svg)}
    for index, name in enumerate(NAMES):
        x, y = at[name]
        assert index % 4 * side < x - left < (index % 4 + 1) * side
        assert index // 4 * side < y < (index // 4 + 1) * side
        number = at[f"{values[index]:.1f}%"]
        assert number[0] == x and 9 < number[1] - y < 12
    assert [words for words, _ in texts(made.svg) if " to " in words] == [
        "0% to under 3%", "3% to under 6%", "6% to under 9%", "9% to 12%",
    ]  # fmt: skip


def test_on_a_narrow_screen_a_key_ranks_places_whose_letters_stand_in_their_shapes() -> None:
    config = mapped([LONG.replace("Long", name) for name in NAMES])
    values, made = ramp(config)
    found = [(words, float(a["x"]), float(a["y"])) for words, a in texts(made.narrow)]
    places = {words: (x, y) for words, x, y in found[:12]}
    points = [point for (ring,) in config.area.shapes.values() for point in ring]
    side = 10_000 * 216 / (max(x for x, _ in points) - min(x for x, _ in points))
    for rank, letter in enumerate("ABCDEFGHIJKL"):
        index = values.index(sorted(values, reverse=True)[rank])
        x, y = places[letter]
        assert index % 4 * side < x < (index % 4 + 1) * side
        assert index // 4 * side < y < (index // 4 + 1) * side
    key = [words for words, *_ in found[12:]]
    assert key[:2] == ["A", "12.0%"]


@given(st.lists(st.floats(-500, 5000), min_size=1, max_size=40), st.integers(0, 2))
def test_classes_lie_against_each_other_and_hold_every_number(
    values: list[float], decimals: int
) -> None:
    printed = [round(value, decimals) for value in values]
    found = legend.classes(printed, 10.0**-decimals)
    assert 1 <= found.count <= 5
    at = [found.of(value) for value in printed]
    assert {*at} <= {*range(found.count)}
    if not found.step:
        assert max(printed) - min(printed) < 10.0**-decimals / 2
        return
    assert found.step >= 10.0**-decimals * (1 - 1e-9)
    hair = found.step * 1e-5
    for value, one in zip(printed, at, strict=True):
        low, high = found.ends(one)
        assert low - hair <= value < high + hair
        assert value < high - hair or one == found.count - 1 or abs(value - high) <= hair
    # Neither end is empty of numbers, and equal numbers have one colour.
    assert {found.of(min(printed)), found.of(max(printed))} == {0, found.count - 1} or (
        found.count == 1
    )
    assert [found.of(value) for value in sorted(printed)] == sorted(at)


def test_classes_of_worked_examples() -> None:
    """Lancashire's shares of areas among England's most deprived fifth; alike; one apart."""
    shares = [0.0, 6.0, 10.0, 13.0, 16.0, 17.0, 24.0, 33.0, 42.0, 45.0, 48.0, 51.0]
    found = legend.classes(shares, 0.1)
    assert (found.start, found.step, found.count) == (0.0, 20.0, 3)
    assert [found.of(value) for value in (0.0, 19.9, 20.0, 51.0)] == [0, 0, 1, 2]
    assert legend.classes([7.0, 7.0], 0.1) == legend.Classes(7.0, 0.0, 1)
    assert legend.classes([float("nan")], 0.1).of(3.0) == -1
    assert legend.classes([3.0, 4.0], 1.0) == legend.Classes(3.0, 1.0, 1)


@given(st.data())
@settings(max_examples=40)
def test_no_label_is_over_another_or_leaves_the_sheet(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 14))
    words = st.text("abcdefghij ", min_size=1, max_size=28).filter(str.strip)
    marks = [
        Mark("", f"p{n}", " ".join(data.draw(words).split()), 1.0, text=data.draw(NUMBERS))
        for n in range(count)
    ]
    wide = data.draw(st.integers(30, 120))
    shapes = squares([mark.code for mark in marks], data.draw(st.integers(1, 5)))
    scale = wide / 10_000
    placed = {
        code: outline.polygon([[((x - SEA[0]) * scale, (SEA[1] + SIDE - y) * scale) for x, y in r]
                               for r in shape])
        for code, shape in shapes.items()
    }  # fmt: skip
    middles = {
        code: (
            ((outline.middle(shape)[0][0] - SEA[0]) * scale,
             (SEA[1] + SIDE - outline.middle(shape)[0][1]) * scale),
            outline.middle(shape)[1] * scale,
        )
        for code, shape in shapes.items()
    }  # fmt: skip
    found = labels.placed(marks, placed, middles, (0.0, 0.0, 482.0, 600.0))
    if found is None:
        return
    assert [label.mark for label in found] == marks
    for one, other in itertools.combinations([label.box for label in found], 2):
        apart = one[0] >= other[0] + other[2] or other[0] >= one[0] + one[2]
        assert apart or one[1] >= other[1] + other[3] - 1e-9 or other[1] >= one[1] + one[3] - 1e-9
    for x, y, across, down in (label.box for label in found):
        assert min(x, y) >= 0 and x + across <= 482 and y + down <= 600


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
    # A line leads from a dot on the place to its name.
    assert '<path d="M' in made.svg and made.svg.count("<text") >= 24


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

"""Every kind of figure in every odd case: it is drawn, nothing collides, nothing is made up."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.charts import clear, palette
from jsna.charts.marks import Drawing, printed
from jsna.charts.select import figure
from jsna.model.configuration import Configuration
from jsna.model.indicators import Chart, Indicator
from tests.unit.charts_support import (
    HOME,
    LONG,
    NAMES,
    NATION,
    boxes,
    configuration,
    fits,
    frame,
    indicator,
    key_of,
    row,
    texts,
)

BARS = Chart(type="bars", by=("locality",))
TILES = Chart(type="map", by=("locality",))
AREAS = Chart(type="areas")
TREND = Chart(type="trend")
GRADIENT = Chart(type="gradient", by=("imd_decile",))
NEEDS = Chart(type="bars", by=("primary_need",))
HEAT = Chart(type="heat", by=("primary_need", "locality"))
HEAT_DECILES = Chart(type="heat", by=("primary_need", "imd_decile"))
HEAT_SETTINGS = Chart(type="heat", by=("primary_need", "setting"))
EVERY = (BARS, TILES, AREAS, TREND, GRADIENT, NEEDS, HEAT, HEAT_DECILES, HEAT_SETTINGS)
PLAIN = indicator()
SHARE = indicator(id="sen_primary_need", title="Primary need of pupils with SEN", kind="share")
RATE = indicator(
    id="suspension_rate",
    title="Suspensions per 100 pupils",
    kind="rate",
    per="pupils",
    unit="per_100",
    method="rate_byar",
    period_type="academic_year",
    decimals=2,
)
COUNT = indicator(id="plans", title="EHC plans", kind="count", unit="count", method="count")

Rows = list[dict[str, Any]]
#: Value (or a status where there is none) of the n-th mark.
Pattern = Callable[[int], float | str]


def rows_for(chart: Chart, declared: Indicator, config: Configuration, pattern: Pattern) -> Rows:
    """Rows that fill a chart, their values from `pattern`, with home area, country and peers."""
    places = list(config.area.locality_names)
    needs = list(config.codelists["sen_type"])
    wide = {
        "imd_decile": [str(n) for n in range(1, 11)],
        "setting": list(config.codelists["setting"]),
        "primary_need": needs,
    }
    made: Rows = []

    def add(area: str, index: int, by: dict[str, str] | None = None, period: str = "") -> None:
        found = pattern(index)
        when = period or ("2024/25" if declared.period_type == "academic_year" else "2025")
        value, status = (None, found) if isinstance(found, str) else (found, "")
        made.append(row(declared, area, value, status=status, by=by, period=when))

    if chart.type == "trend":
        for index in range(7):
            year = 2019 + index
            when = str(year) if declared.period_type == "january" else f"{year}/{year - 1999}"
            for shift, area in enumerate((HOME, "neighbours", NATION)):
                add(area, index + shift, period=when)
        return made
    plain = [d for d in chart.by if d != "locality"]
    if not plain:
        targets = places if chart.by else [p.code for p in config.area.neighbours]
        for index, area in enumerate([*targets, HOME, NATION]):
            add(area, index)
        return made
    index = 0
    for area in places if "locality" in chart.by else [HOME, NATION]:
        for one in wide[plain[0]]:
            for other in wide[plain[1]] if len(plain) > 1 else [""]:
                by = {plain[0]: one} | ({plain[1]: other} if other else {})
                add(area, index, by)
                index += 1
    if declared.id != SHARE.id:
        add(HOME, 3)
    return made


def drawn(
    chart: Chart, rows: Sequence[dict[str, Any]], declared: Indicator = PLAIN,
    config: Configuration | None = None,
) -> Drawing:  # fmt: skip
    made = figure(config or configuration(), declared, chart, frame(rows))
    assert made is not None
    return made


def hold(drawing: Drawing, rows: Sequence[dict[str, Any]], declared: Indicator) -> None:
    """What must be so of every figure."""
    fits(drawing)
    # A table of 238 hatched cells, or a map of a coast, is what comes above 60 KB.
    most = 70_000 if drawing.type in ("heat", "map") else 30_000
    assert len(drawing.svg.encode()) < most
    assert len(drawing.title.split()) <= 15
    assert "nan" not in drawing.svg.lower().replace("governan", "")
    # Every printed number is the one in the measure table, and every absence is its status.
    table = {key_of(r): r for r in frame(rows).itertuples(index=False)}
    for words, attributes in texts(drawing.svg):
        key = attributes.get("data-measure")
        if key is None or attributes.get("data-field") == "ratio":
            continue
        measure = table[key]
        text = printed(measure.value, measure.status, declared.unit, declared.decimals)
        assert words in (text, text.rstrip("%"), f"[{measure.status}]"), key
        assert words


PATTERNS: dict[str, Pattern] = {
    "usual": lambda i: 3.0 + (i * 7) % 11,
    "one hidden": lambda i: "c" if i == 2 else 4.0 + i % 5,
    "some of each": lambda i: ("c", 2.0, "x", 0.0, "z", 9.9, 4.4)[i % 7],
    "all hidden": lambda i: "c",
    "all zero": lambda i: 0.0,
    "all hundred": lambda i: 100.0,
    "all alike": lambda i: 5.0,
    "tiny and huge": lambda i: 0.01 if i % 2 else 99.9,
}


def example(
    chart: Chart, pattern: str, config: Configuration | None = None
) -> tuple[Drawing, Rows, Indicator]:
    """A chart of one of the patterns, its rows, and the indicator they are of."""
    declared = SHARE if "primary_need" in chart.by else PLAIN
    rows = rows_for(chart, declared, config or configuration(), PATTERNS[pattern])
    return drawn(chart, rows, declared, config), rows, declared


@pytest.mark.parametrize(
    ("chart", "pattern"),
    [
        # Each chart and each pattern with some of the others; in `make test-full` with all.
        pytest.param(
            chart, pattern, id="-".join((chart.type, *chart.by, pattern)),
            marks=[] if (one + other) % 3 == 0 else [pytest.mark.full],
        )
        for one, chart in enumerate(EVERY)
        for other, pattern in enumerate(PATTERNS)
    ],
)  # fmt: skip
def test_every_kind_holds_with_every_pattern(chart: Chart, pattern: str) -> None:
    hold(*example(chart, pattern))


@pytest.mark.parametrize("names", [1, 2, 17, 30, 70])
@pytest.mark.parametrize("chart", [BARS, TILES, HEAT], ids=lambda c: c.type)
@pytest.mark.parametrize("long", [False, True], ids=["short names", "long names"])
def test_any_number_of_localities_fits(chart: Chart, names: int, long: bool) -> None:
    called = [
        LONG.replace("Long", f"{NAMES[i % 12]} {i}") if long else f"Ward {i}" for i in range(names)
    ]
    config = configuration(called, kind="ward", tiles=False)
    declared = SHARE if chart is HEAT else PLAIN
    rows = rows_for(chart, declared, config, PATTERNS["one hidden"])
    if names == 70 and chart is HEAT:
        assert figure(config, declared, chart, frame(rows)) is None  # no page holds it
        return
    drawing = drawn(chart, rows, declared, config)
    fits(drawing)
    # A page has about 600 points for a figure.
    assert float(ET.fromstring(drawing.svg).attrib["height"].removesuffix("pt")) <= 600
    if chart is not HEAT:
        hold(drawing, rows, declared)
        assert len(drawing.rows) >= names
    if chart is TILES:  # nobody said where the places lie
        assert "ar chart of" in drawing.svg
        assert "Tile" not in drawing.svg


@pytest.mark.parametrize("chart", EVERY, ids=lambda c: "-".join((c.type, *c.by)))
@pytest.mark.parametrize("value", [134.27, 2345.67, -3.2])
def test_rates_beyond_a_hundred_and_negative_published_values(chart: Chart, value: float) -> None:
    rows = rows_for(chart, RATE, configuration(), lambda i: value * (1 + i % 3 / 10))
    drawing = drawn(chart, rows, RATE)
    fits(drawing)
    shown = printed(value, "", RATE.unit, RATE.decimals)
    assert shown in [words for words, _ in texts(drawing.svg)]


@pytest.mark.parametrize("chart", [BARS, AREAS, TREND, NEEDS], ids=lambda c: c.type)
def test_without_comparators_the_home_area_stands_alone(chart: Chart) -> None:
    declared = SHARE if chart is NEEDS else PLAIN
    rows = [r for r in rows_for(chart, declared, configuration(), PATTERNS["usual"])
            if r["area_code"] not in (NATION, "neighbours")]  # fmt: skip
    drawing = drawn(chart, rows, declared)
    hold(drawing, rows, declared)
    assert "England" not in drawing.svg


def test_a_hidden_value_is_marked_and_never_a_zero() -> None:
    for chart in EVERY:
        told = [words for words, a in texts(example(chart, "one hidden")[0].svg)
                if a.get("data-measure")]  # fmt: skip
        assert any(words in ("hidden", "[c]") for words in told), chart
        assert not any(words.startswith("0") and "times" not in words for words in told), chart


def test_a_true_zero_is_printed_and_not_hidden() -> None:
    rows = rows_for(BARS, PLAIN, configuration(), lambda i: 0.0 if i == 4 else 5.0)
    drawing = drawn(BARS, rows)
    told = [words for words, attributes in texts(drawing.svg) if "data-measure" in attributes]
    assert told.count("0.0%") == 1
    assert "hidden" not in drawing.svg


def test_nothing_to_show_is_no_figure() -> None:
    config = configuration()
    for chart in EVERY:
        declared = SHARE if "primary_need" in chart.by else PLAIN
        assert figure(config, declared, chart, frame([])) is None
        absent = rows_for(chart, declared, config, lambda i: "x")
        assert figure(config, declared, chart, frame(absent)) is None


def test_bars_stand_from_highest_to_lowest_with_the_absent_last() -> None:
    values: list[float | str] = [4.0, "c", 9.0, 6.5]
    config = configuration(NAMES[:4])
    rows = [
        row(
            PLAIN,
            code,
            *((None,) if isinstance(v, str) else (v,)),
            status=v if isinstance(v, str) else "",
        )
        for code, v in zip(config.area.locality_names, values, strict=True)
    ]
    drawing = drawn(BARS, rows, config=config)
    assert [label for label, _ in drawing.rows] == [
        "Hesketon",
        "Kestrelholm",
        "Dravenford",
        "Gannerby",
    ]


def test_ordered_categories_keep_their_order() -> None:
    chart = Chart(type="bars", by=("age_group",))
    ages = ["0-4", "5-10", "11-15", "16-19", "20-25"]
    rows = [
        row(COUNT, HOME, 100.0 + (i * 37) % 90, by={"age_group": a}) for i, a in enumerate(ages)
    ]
    drawing = drawn(chart, rows, COUNT)
    assert [label for label, _ in drawing.rows] == [
        "0 to 4",
        "5 to 10",
        "11 to 15",
        "16 to 19",
        "20 to 25",
    ]


def test_counts_are_not_compared_with_the_country() -> None:
    rows = [row(COUNT, HOME, 12_317.0), row(COUNT, NATION, 638_745.0)]
    rows += [
        row(COUNT, code, 1_000.0 + i) for i, code in enumerate(configuration().area.locality_names)
    ]
    drawing = drawn(BARS, rows, COUNT)
    assert "638,745" not in drawing.svg
    assert "England" not in drawing.title


def strokes(drawing: Drawing) -> int:
    """Of how many lines the home area's trend is made."""
    thick = drawing.svg.split('stroke-width="2.6"')[1:]
    return sum(part.split("</g>")[0].count("<path") for part in thick)


def test_a_trend_breaks_where_a_year_is_missing() -> None:
    whole = [row(PLAIN, HOME, 4.0 + y / 10, period=str(2015 + y)) for y in range(8)]
    gap = [r for r in whole if r["period"] not in ("2018", "2020")]
    assert drawn(TREND, whole).svg.count('stroke-width="2.6"') == 1
    # 2015-17, the single year 2019 (a dot, no line) and 2021-22.
    assert strokes(drawn(TREND, gap)) == 2


def test_a_trend_is_cut_and_marked_at_a_break_and_its_title_tells_none_across_it() -> None:
    whole = [row(PLAIN, HOME, 4.0 + y, period=str(2015 + y)) for y in range(8)]
    cut = [r | {"segment": "2020" if r["period"] >= "2020" else ""} for r in whole]
    one, two = drawn(TREND, whole), drawn(TREND, cut)
    assert strokes(two) == 2
    assert "Dashed line: break in the series." in two.note
    assert "Dashed line" not in one.note
    assert "since 2015" in one.title
    assert "2015" not in two.title


def test_a_jump_is_not_the_title_of_its_trend() -> None:
    rows = [row(PLAIN, HOME, v, period=p) for p, v in (("2023", 80.4), ("2024", 17.3))]
    country = row(PLAIN, NATION, 45.9, period="2024")
    assert "down" in drawn(TREND, [*rows, country]).title
    marked = [rows[0], rows[1] | {"mark": "jump"}, country]
    assert "down" not in drawn(TREND, marked).title
    assert "lower than England" in drawn(TREND, marked).title


def test_one_period_makes_bars_not_a_line() -> None:
    rows = [
        row(PLAIN, HOME, 5.5),
        row(PLAIN, NATION, 5.2),
        row(PLAIN, "neighbours", 5.0, limits=False),
    ]
    drawing = drawn(TREND, rows)
    hold(drawing, rows, PLAIN)
    assert drawing.alt.startswith("Bar chart")
    assert len(drawing.keys) == 3


def test_the_legend_of_tiles_has_no_gap() -> None:
    config = configuration(NAMES[:6])
    values = (1.0, 2.0, 5.86, 5.94, 8.0, 9.0)
    rows = [row(PLAIN, c, v) for c, v in zip(config.area.locality_names, values, strict=True)]
    told = [words for words, _ in texts(drawn(TILES, rows, config=config).svg)]
    assert [words for words in told if " to " in words] == [
        "0% to under 2%", "2% to under 4%", "4% to under 6%", "6% to under 8%", "8% to 10%",
    ]  # fmt: skip


def test_one_number_is_no_figure() -> None:
    assert figure(configuration(), PLAIN, TREND, frame([row(PLAIN, HOME, 5.5)])) is None


def test_an_area_that_lacks_a_tenth_does_not_show_the_least_deprived() -> None:
    rows = [row(PLAIN, HOME, 9.0 - n, by={"imd_decile": str(n)}) for n in range(1, 9)]
    told = [words for words, _ in texts(drawn(GRADIENT, rows).svg)]
    assert "Less deprived" in told
    assert "Least deprived" not in told


def test_a_comparator_never_covers_the_word_for_a_hidden_value() -> None:
    for value in (0.5, 2.0, 4.0, 8.0, 30.0):
        rows = [row(SHARE, HOME, 30.0, by={"primary_need": "ASD"}),
                row(SHARE, HOME, None, status="c", by={"primary_need": "PD"}),
                row(SHARE, NATION, value, by={"primary_need": "PD"})]  # fmt: skip
        svg = drawn(NEEDS, rows, SHARE).svg
        ((left, top, right, low),) = [box[1:] for box in boxes(svg) if box[0] == "hidden"]
        # A diamond's path starts at its upper corner, 4.6 points above its middle.
        found = re.findall(r'd="M([\d.]+) ([\d.]+)l4.6 4.6', svg)
        beside = [float(x) for x, y in found if top < float(y) + 4.6 < low]
        assert len(beside) == 1
        assert beside[0] + 4.6 <= left or beside[0] - 4.6 >= right


@pytest.mark.parametrize("chart", [BARS, AREAS, NEEDS, TREND, GRADIENT], ids=lambda c: c.type)
def test_a_hidden_value_is_a_word_and_nothing_drawn_to_scale(chart: Chart) -> None:
    """A mark of any length at zero would be read as a small number."""
    svg, hidden = (example(chart, f"{how} hidden")[0].svg for how in ("one", "all"))
    assert ">hidden<" in svg
    assert palette.HATCH.lower() not in svg.lower()
    fills = [one.lower().count(f'fill="{colour.lower()}"')
             for one in (svg, hidden) for colour in (palette.NAVY, palette.GREY)]  # fmt: skip
    assert sum(fills[:2]) > 0
    # The home area's swatch in the legend of a figure with diamonds is no bar.
    assert sum(fills[2:]) == 0


@pytest.mark.parametrize("chart", [TILES, HEAT], ids=lambda c: c.type)
def test_hidden_squares_carry_the_shorthand_of_the_tables_with_its_meaning(chart: Chart) -> None:
    svg = example(chart, "one hidden")[0].svg
    told = [(words, a.get("data-measure", "")) for words, a in texts(svg)]
    keyed = [words for words, key in told if key]
    assert keyed.count("[c]") == 1
    assert not {"c", "hidden"} & set(keyed)
    assert ("[c] hidden to protect confidentiality", "") in told
    assert "[c]" not in example(chart, "usual")[0].svg


@pytest.mark.parametrize("value", [0.0, 0.2, 0.5, 1.0, 2.0, 5.0])
def test_no_line_of_another_area_passes_through_the_word_for_a_hidden_value(value: float) -> None:
    """On England's line the word would say that England's number is hidden."""
    years = range(2015, 2024)
    rows = [row(PLAIN, HOME, None if y == 2019 else 5.0, status="c" if y == 2019 else "",
                period=str(y)) for y in years]  # fmt: skip
    rows += [row(PLAIN, NATION, value, period=str(y)) for y in years]
    svg = drawn(TREND, rows).svg
    ((_, top, _, low),) = [box[1:] for box in boxes(svg) if box[0] == "hidden"]
    # The dotted line is level, so its path gives its height where it starts.
    dotted = r'<g [^>]*dasharray="2,2.4"[^>]*><path d="M[\d.]+ ([\d.]+)'
    (height,) = [float(y) for y in re.findall(dotted, svg)]
    assert not top < height < low


@given(
    st.lists(st.floats(20, 100), min_size=1, max_size=6),
    st.floats(0, 200),
    st.floats(10, 60),
)
def test_a_clear_baseline_is_clear_wherever_there_is_one(
    heights: list[float], left: float, width: float
) -> None:
    points = [(40.0 * i, y) for i, y in enumerate(heights)]
    spans = clear.passing(points, left, left + width)
    y = clear.baseline(spans, 99.0, 16.0)
    # The line sampled closely, apart from how its spans were worked out.
    at = [left + width * i / 200 for i in range(201)]
    xs, ys = zip(*points, strict=True)
    inside = [v for v in at if v <= xs[-1]]
    met = any(y - 7 < height < y + 2 for height in np.interp(inside, xs, ys))
    free = [b for b in np.arange(99.0, 16.0, -2.0)
            if not any(high < b + 2 and low > b - 7 for high, low in spans)]  # fmt: skip
    assert y == (free[0] if free else 99.0)
    assert not (free and met)


def test_labels_of_equal_series_do_not_collide() -> None:
    rows = [
        row(PLAIN, area, 5.0, period=str(year))
        for year in range(2019, 2026)
        for area in (HOME, NATION, "neighbours")
    ]
    hold(drawn(TREND, rows), rows, PLAIN)


def test_a_comparator_that_ends_earlier_says_so() -> None:
    rows = [row(PLAIN, HOME, 5.0 + y / 10, period=str(2020 + y)) for y in range(6)]
    rows += [row(PLAIN, NATION, 4.0, period=str(2020 + y)) for y in range(5)]
    assert "(2024)" in [words for words, _ in texts(drawn(TREND, rows).svg)]


def test_synthetic_stands_in_every_figure_of_a_synthetic_edition_alone() -> None:
    for synthetic in (True, False):
        config = configuration(synthetic=synthetic)
        for chart in EVERY:
            drawing = example(chart, "usual", config)[0]
            seen = any("Synthetic" in words for words, _ in texts(drawing.svg))
            assert seen is synthetic
            assert ("Synthetic" in drawing.alt) is synthetic


def test_the_data_table_holds_every_measure_drawn() -> None:
    for chart in EVERY:
        drawing = example(chart, "some of each")[0]
        printed_keys = {a["data-measure"] for _, a in texts(drawing.svg) if "data-measure" in a}
        cells = {cell.key for _, cells in drawing.rows for cell in cells}
        assert printed_keys <= cells, chart
        assert all(len(cells) == len(drawing.header) - 1 for _, cells in drawing.rows), chart


def test_among_areas_the_latest_figure_counted_as_theirs_is_drawn() -> None:
    rows = rows_for(AREAS, PLAIN, configuration(), lambda n: 2.0 + n)
    earlier = [{**row, "period": "2024"} for row in rows]
    local = [{**row, "segment": "local" if row["area_code"] == HOME else ""} for row in rows]
    assert "2024" in drawn(AREAS, [*earlier, *local], PLAIN).subtitle
    assert "2025" in drawn(AREAS, [*earlier, *rows], PLAIN).subtitle
    # Where no year is counted alike, no verdict is drawn from it.
    alone = drawn(AREAS, local, PLAIN)
    assert "higher" not in alone.title and "lower" not in alone.title
    assert "Similar areas: counted in another way." in alone.note


def test_places_are_set_beside_the_area_where_the_country_is_counted_otherwise() -> None:
    chart = Chart(type="bars", by=("locality",))
    rows = rows_for(chart, PLAIN, configuration(), lambda n: 2.0 + n)
    assert drawn(chart, rows, PLAIN).title.endswith("than England")
    local = [{**r, "segment": "" if r["area_code"] == NATION else "local"} for r in rows]
    title = drawn(chart, local, PLAIN).title
    assert "England" not in title and ("higher" in title or "lower" in title)


def test_a_group_stands_beside_the_country_only_where_both_are_counted_alike() -> None:
    rows = rows_for(NEEDS, PLAIN, configuration(), lambda n: 2.0 + n)
    alike = drawn(NEEDS, rows, PLAIN)
    assert alike.header[-1] == "England" and "counted in another way" not in alike.note
    local = [{**r, "segment": "" if r["area_code"] == NATION else "local"} for r in rows]
    apart = drawn(NEEDS, local, PLAIN)
    assert apart.header == alike.header[:-1]
    assert "England: counted in another way, and not drawn." in apart.note


def test_what_is_usual_among_similar_areas_is_drawn_where_the_sentence_names_it() -> None:
    rows = rows_for(AREAS, PLAIN, configuration(), lambda n: 2.0 + n)
    drawing = drawn(AREAS, rows, PLAIN)
    assert "usual among them" in [words for words, _ in texts(drawing.svg)]
    assert "where another area like these lies" in drawing.note
    # Of two neighbours nothing is usual, and nothing is drawn.
    peers = sorted({r["area_code"] for r in rows} - {HOME, NATION})
    few = drawn(AREAS, [r for r in rows if r["area_code"] not in peers[2:]], PLAIN)
    assert "usual among them" not in [words for words, _ in texts(few.svg)]
    assert "another area like these" not in few.note


def test_between_an_official_and_a_local_way_of_counting_the_line_breaks() -> None:
    trend = Chart(type="trend")
    rows = rows_for(trend, PLAIN, configuration(), lambda n: 2.0 + n)
    assert "break in the series" not in drawn(trend, rows, PLAIN).note
    rows = [
        {**row, "segment": "local"} if (row["area_code"], row["period"]) == (HOME, "2025") else row
        for row in rows
    ]
    assert "break in the series" in drawn(trend, rows, PLAIN).note


def test_a_published_line_stands_beside_the_local_one_and_each_is_unbroken() -> None:
    trend = Chart(type="trend")
    rows = rows_for(trend, PLAIN, configuration(), lambda n: 2.0 + n)
    home = [row for row in rows if row["area_code"] == HOME]
    local = [{**row, "segment": "local"} for row in home[-2:]]
    given = [{**row, "source": "sen_2025"} for row in rows]
    drawing = drawn(trend, [*given, *local], PLAIN)
    hold(drawing, [*given, *local], PLAIN)
    assert "break in the series" not in drawing.note
    assert "the published figure" in drawing.note
    own, published = drawing.header[1:3]
    assert published == f"{own}, published"
    # Of years before the first local figure there is the published one alone.
    assert [bool(cells[0].key) for _, cells in drawing.rows] == [False] * (len(home) - 2) + [
        True
    ] * 2
    assert all(cells[1].key for _, cells in drawing.rows)
    # England is compared with the published figure.
    areas = drawn(AREAS, [*given, *local], PLAIN)
    assert any(cell.key.endswith("~") for _, cells in areas.rows for cell in cells)
    assert "counted in another way" not in areas.note
    assert "the published figure" in areas.note


def test_each_need_is_shaded_by_itself() -> None:
    """Where a rare need is most common is seen as well as where a common one is."""
    config = configuration()
    rows = [
        row(SHARE, code, share * (1 + at / 10), by={"primary_need": need})
        for at, code in enumerate(config.area.locality_names)
        for need, share in (("SLCN", 30.0), ("VI", 0.5))
    ]
    made = figure(config, SHARE, HEAT, frame(rows))
    assert made is not None
    fits(made)
    assert re.search(r"Darker cells are higher in their (row|column)\.", made.note)
    inks = {text: attributes["fill"].upper() for text, attributes in texts(made.svg)}
    assert inks["30.0"] == inks["0.5"] == palette.INK
    assert inks["63.0"] == inks["1.1"] == palette.WHITE

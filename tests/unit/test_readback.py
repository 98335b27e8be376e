"""Reading back, on pages, charts and files of a few lines: what passes, and what is caught."""

from __future__ import annotations

import csv
import io as text_io
import json
import math
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pyarrow as pa
import pytest

from jsna import io
from jsna.errors import JsnaError
from jsna.model.audits import Break
from jsna.readback import align, axes, paper, printed, record
from jsna.readback import page as webpage
from jsna.readback.blocks import Block, Segment
from jsna.readback.certificate import KIND as CERTIFIED
from jsna.readback.certificate import Certificate
from jsna.readback.reader import Reader
from jsna.readback.result import HIDDEN, MEASURE, Tally
from jsna.readback.run import readback
from jsna.report import opendata
from jsna.view import words
from tests.unit import readback_support as small
from tests.unit import report_support as made
from tests.unit.readback_support import BOYS, GIRLS, PLANS, PUPILS, data, html, judged, svg
from tests.unit.test_report import written


def only(tally: Tally) -> str:
    """The one problem of an output, in words."""
    assert len(tally.problems) == 1, [str(p) for p in tally.problems]
    return str(tally.problems[0])


# -- numbers as printed ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0.0, 0, "0"), (999.5, 0, "1,000"), (12_317.0, 0, "12,317"), (1_234_567.0, 0, "1,234,567"),
        (17.25, 1, "17.3"), (0.15, 1, "0.2"), (2.675, 2, "2.68"), (0.1 + 0.2, 1, "0.3"),
        (-0.34, 1, "−0.3"), (-0.04, 1, "0.0"), (99.95, 1, "100.0"), (0.05, 1, "0.1"),
        (0.0499, 1, "0.0"), (5.0, 3, "5.000"),
    ],
)  # fmt: skip
def test_digits_by_hand(value: float, decimals: int, text: str) -> None:
    assert printed.digits(value, decimals) == text


def test_two_formatters_made_apart_agree() -> None:
    for numerator in range(1, 400):
        for denominator in (7, 16, 40, 64, 1_000, 12_345):
            for decimals in (0, 1, 2):
                value = numerator / denominator * 100
                assert printed.digits(value, decimals) == words.number(value, decimals)


# -- the web page ----------------------------------------------------------------------------------


def test_keyed_numbers_pass(tmp_path: Path) -> None:
    body = (
        f"<p>It was {data(PUPILS, '5.5', '5.5%')} in January 2025 "
        f"({data(PUPILS, '2200', '2,200', 'numerator')} of "
        f"{data(PUPILS, '40000', '40,000', 'denominator')}).</p>"
        f"<table><tr><td>{data(BOYS, '7.5', '7.5')}</td>"
        f'<td><span data-measure="{small.HIDDEN}" data-status="c">[c]</span></td></tr></table>'
    )
    tally = judged(tmp_path, "report.html", html(body))
    assert tally.problems == []
    assert tally.counts[MEASURE] == 4
    assert tally.counts[HIDDEN] == 1
    assert tally.counts["period"] + tally.counts["date"] == 1


@pytest.mark.parametrize(
    ("body", "words_"),
    [
        (data(PUPILS, "5.5", "5.6%"), ("5.5%", "5.6%", PUPILS)),
        (data(PUPILS, "5.5", "7.5%"), ("5.5%", "7.5%")),  # the boys' own
        (data(PUPILS, "7.5", "5.5%"), ("value attribute", "7.5")),
        (data(PUPILS, "5.5", "5.50%"), ("5.50%",)),
        (data(PLANS, "12317", "12.317"), ("12,317", "12.317")),
        (data(PLANS, "12317", "12,317", "rank"), ("no number",)),
        (data("plans~E10000000~x", "5", "5"), ("no safe measure has the key",)),
        (data(small.HIDDEN, "3", "3"), ("no number", "'3'")),
        (data(PUPILS, "5.5", ""), ("5.5%",)),
    ],
)
def test_a_changed_number_is_named(tmp_path: Path, body: str, words_: tuple[str, ...]) -> None:
    problems = judged(tmp_path, "report.html", html(f"<p>It was {body}.</p>")).problems
    told = "\n".join(map(str, problems))
    assert problems
    assert all(word in told for word in words_), told


def _apart(low: str, high: str, over: str = GIRLS) -> str:
    pieces = (
        f'<span data-measure="{BOYS}" data-field="{field}" data-over="{over}">{text}</span>'
        for field, text in (("difference_low", low), ("difference_high", high))
    )
    return f"<p>Apart by {' to '.join(pieces)} percentage points.</p>"


def test_the_limits_of_a_difference_are_worked_out_anew(tmp_path: Path) -> None:
    """1,500 less 700 of 20,000, in per cent: Newcombe has 3.556 to 4.447."""
    assert judged(tmp_path, "report.html", html(_apart("3.6", "4.4"))).problems == []
    for wrong in (_apart("3.5", "4.4"), _apart("3.6", "4.5"), _apart("3.6", "4.4", PUPILS)):
        assert judged(tmp_path, "report.html", html(wrong)).problems


def test_two_real_values_that_change_places_are_both_named(tmp_path: Path) -> None:
    body = f"<p>{data(BOYS, '3.5', '3.5%')} and {data(GIRLS, '7.5', '7.5%')}</p>"
    told = [str(p) for p in judged(tmp_path, "report.html", html(body)).problems]
    assert sum(BOYS in line for line in told) == sum(GIRLS in line for line in told) == 2


def test_a_hidden_cell_with_a_number_is_named(tmp_path: Path) -> None:
    cell = f'<td><span data-measure="{small.HIDDEN}" data-status="c">3</span></td>'
    assert small.HIDDEN in only(judged(tmp_path, "report.html", html(f"<table>{cell}</table>")))


def test_a_status_of_its_own_is_named(tmp_path: Path) -> None:
    cell = f'<td><span data-measure="{small.HIDDEN}" data-status="x">[x]</span></td>'
    told = [
        str(p) for p in judged(tmp_path, "report.html", html(f"<table>{cell}</table>")).problems
    ]
    assert any("status" in line for line in told)


def test_what_vanishes_is_less_than_the_least_printed(tmp_path: Path) -> None:
    row = data(small.RICHEST, "0.025", "less than 0.1%")
    cell = data(small.RICHEST, "0.025", "0.0 [low]")
    body = f"<p>{row}</p><table><td>{cell}</td></table>"
    assert judged(tmp_path, "report.html", html(body)).problems == []
    bare = data(small.RICHEST, "0.025", "0.0%")
    assert "less than 0.1%" in only(judged(tmp_path, "report.html", html(f"<p>{bare}</p>")))


@pytest.mark.parametrize(
    "body",
    [
        "<p>There were 12 more.</p>",
        "<p>There were 2025 more.</p>",
        "<p>In 2025 children were counted.</p>",
        "<p>It rose by 5.5%.</p>",
        "<p>In 1987 it was higher.</p>",
        "<table><td>3</td></table>",
        "<table><td>2025</td></table>",
        "<p>A 90% confidence interval.</p>",
        "<p>Twelve of 14 districts</p>",
        "<p title='12 children'>x</p>",
        "<p>On 3 March 2025.</p>",
        "<h3>Twelve, or 12</h3>",
        "<!-- 12 -->",
        "<style>p::after { content: '12' }</style>",
        "<p>[c] 5</p>",
    ],
)
def test_a_free_number_is_named(tmp_path: Path, body: str) -> None:
    told = only(judged(tmp_path, "report.html", html(body)))
    assert "no type of number" in told


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<h2>1 Summary</h2><h3>1.1 Pupils</h3>", "section"),
        ('<p class="figure-number">Figure 4.1, synthetic data</p>', "figure"),
        ("<table><caption>Pupils (part 1 of 1)</caption></table>", "part of a table"),
        ("<p>As at 16 January 2025.</p>", "date"),
        ("<p>It changed little since 2025.</p>", "period"),
        (f'<p>From <span data-measure="{PUPILS}">5.5%</span> (2025) it had risen.</p>', "period"),
        ("<p>A 95% confidence interval</p>", "confidence level"),
        ("<p>A stricter, 99.8%, interval</p>", "confidence level"),
        ("<p>The rate per 1,000 was higher.</p>", "base of a rate"),
        ("<p>Counts of 1 to 4 are hidden, with every percentage, rate and interval built on them, "
         "and so are groups in which all but 1 to 4 children are counted. Further figures are "
         "hidden so that none of these can be worked out from totals. One marker is used for all. "
         "Zeros are shown unless hiding one protects another figure.</p>", "disclosure rule"),
        ("<table><th>10 (least deprived)</th></table>", "deprivation group"),
        ("<table><th>Year group: Year 6</th></table>", "year group"),
        ("<p>It was for a specialist post-16 institution.</p>", "category"),
        ('<p><a href="https://example.org/ehcp2">x</a></p>', ""),
    ],
)  # fmt: skip
def test_other_numbers_are_counted_by_type(tmp_path: Path, body: str, kind: str) -> None:
    tally = judged(tmp_path, "report.html", html(body))
    assert tally.counts[kind] > 0
    assert bool(tally.problems) is not bool(kind)


def test_words_over_the_line_of_a_break_are_those_of_a_declared_one(tmp_path: Path) -> None:
    config = made.configuration()
    (release, *_), *_ = config.releases.values()
    changed = Break(
        tables=("all",),
        starts="2023",
        reason="It changed.",
        label="each child",
        guidance="Notes of the release.",
    )
    dataset = next(iter(config.releases))
    broken = (release.model_copy(update={"breaks": (changed,)}),)
    config = replace(config, releases={**config.releases, dataset: broken})
    known = html("<svg><text>From 2023: each child</text></svg>")
    tally = judged(tmp_path, "report.html", known, config=config)
    assert tally.problems == []
    assert tally.counts["release"] == 1
    for other in ("From 2024: each child", "From 2023: each plan"):
        unknown = html(f"<svg><text>{other}</text></svg>")
        assert "no type of number" in only(judged(tmp_path, "report.html", unknown, config=config))


def test_what_shows_no_text_cannot_be_read_back(tmp_path: Path) -> None:
    assert "<img>" in only(judged(tmp_path, "report.html", html("<img alt='x'>")))


# -- charts ----------------------------------------------------------------------------------------


def test_keyed_labels_of_a_chart(tmp_path: Path) -> None:
    texts = (
        f'<text x="9" y="9" data-measure="{PUPILS}">5.5%</text>'
        f'<text x="9" y="9" data-measure="{small.HIDDEN}">hidden</text>'
        f'<text x="9" y="9" data-measure="{BOYS}" data-field="ratio" data-over="{GIRLS}">'
        "2.1 times</text>"
    )
    tally = judged(tmp_path, "chart.svg", svg(texts))
    assert tally.problems == []
    assert tally.counts[MEASURE] == 2
    for old, new, named in (
        ("5.5%", "5.6%", PUPILS), ("hidden", "3", small.HIDDEN), ("2.1 times", "2.2 times", BOYS),
        (GIRLS, PUPILS, "ratio"), (GIRLS, small.HIDDEN, "no number"),
    ):  # fmt: skip
        assert named in only(judged(tmp_path, "chart.svg", svg(texts.replace(old, new))))


def test_a_chart_apart_is_the_chart_of_the_page(tmp_path: Path) -> None:
    chart = svg('<text x="9" y="9">Marrowshire</text>')
    page = html(f"<figure>{chart}</figure>")
    assert judged(tmp_path, "a.svg", chart, page).problems == []
    moved = chart.replace('x="9"', 'x="10"')
    assert "differs from the chart" in only(judged(tmp_path, "a.svg", moved, page))


def _axis(*ticks: tuple[str, str]) -> set[int]:
    blocks = [
        Block("text", "fig-plans-trend", "0", y, [Segment(text)]) for text, y in ticks
    ]  # fmt: skip
    return axes.ticks(blocks)


def test_an_axis_is_an_even_fallback_of_round_numbers() -> None:
    assert len(_axis(("5%", "80"), ("10%", "60"), ("15%", "40"))) == 3
    assert len(_axis(("0.2", "80"), ("0.4 per 100", "60"))) == 2
    assert len(_axis(("2,000", "70"))) == 1
    assert _axis(("5%", "80"), ("10%", "60"), ("16%", "40")) == set()
    assert _axis(("5%", "80"), ("10%", "60"), ("15%", "45")) == set()
    assert _axis(("37", "80")) == set()
    assert _axis(("5%", "80"), ("5%", "60")) == set()
    # Lower down for more, or no higher up.
    assert _axis(("5%", "60"), ("10%", "80")) == set()
    assert _axis(("5%", "60"), ("10%", "60")) == set()


def _panels(*found: tuple[str, str, str]) -> list[Block]:
    return [Block("text", "fig-a-multiples-sex", x, y, [Segment(text)]) for text, x, y in found]


def test_each_row_of_panels_has_the_same_axis_and_years() -> None:
    scale = [("10%", "0", "10"), ("5%", "0", "20"), ("0%", "0", "30")]
    again = [("10%", "0", "60"), ("5%", "0", "70"), ("0%", "0", "80")]
    assert len(axes.ticks(_panels(*scale, *again))) == 6
    assert axes.ticks(_panels(*scale, ("20%", "0", "60"), *again[1:])) == set()
    assert axes.ticks(_panels(*scale, ("10%", "0", "65"), *again[1:])) == set()
    assert axes.ticks(_panels(*scale, ("7%", "0", "50"), *again)) == set()
    years = [("2021", "9", "40"), ("2025", "50", "40"), ("2021", "70", "40"), ("2025", "99", "40")]
    below = [("2021", "9", "90"), ("2025", "50", "90")]
    known = {"2021", "2023", "2025"}
    assert len(axes.times(_panels(*years, *below), known)) == 6
    assert axes.times(_panels(*years, *below[:1]), known) == set()
    assert axes.times(_panels(*years, ("2021", "9", "90"), ("2023", "50", "90")), known) == set()


def _classes(*texts: str, figure: str = "fig-plans-map-locality") -> int:
    return len(axes.classes([Block("text", figure, "9", "9", [Segment(text)]) for text in texts]))


def test_the_legend_of_a_map_has_classes_that_lie_against_each_other() -> None:
    assert _classes("0% to under 3%", "3% to under 6%", "6% to 9%", "Dravenford") == 3
    assert _classes("1,000 to under 1,500", "1,500 to 2,000", figure="fig-a-map--narrow") == 2
    for wrong in (
        ("0% to under 3%", "4% to 7%"),  # a gap
        ("0% to under 3%", "3% to 5%"),  # not as wide
        ("0% to under 3%", "3% to under 6%"),  # nobody holds the last end
        ("0% to 3%", "3% to 6%"),  # both hold one end
        ("0% to under 7%", "7% to 14%"),  # no round step
        ("0% to under 3%", "3 to 6"),  # of two units
        ("5.5%",),
    ):
        assert _classes(*wrong) == 0, wrong
    assert _classes("0% to 3%", figure="fig-plans-trend") == 0


def test_groups_stand_bare_along_an_axis_alone(tmp_path: Path) -> None:
    def chart(*texts: tuple[int, int, str]) -> Tally:
        made_of = "".join(f'<text x="{x}" y="{y}">{text}</text>' for x, y, text in texts)
        return judged(tmp_path, "a.svg", svg(made_of, "fig-pupils-gradient-imd-decile"))

    along = [(10, 9, "1"), (20, 9, "2"), (30, 9, "4")]
    assert chart(*along).counts["deprivation group"] == 3
    for strange in ((15, 9, "3"), (40, 9, "4"), (40, 9, "11"), (25, 12, "3"), (12, 30, "7")):
        assert "no type of number" in str(chart(*along, strange).problems[0])
    down = [(9, 10, "2"), (9, 20, "3")]
    assert chart(*down).problems == []
    told = judged(tmp_path, "a.svg", svg('<text x="1" y="9">3</text>')).problems
    assert "'3'" in str(told[0])  # a chart of something else


def test_a_narrow_table_goes_on_with_its_groups_in_a_second_part(tmp_path: Path) -> None:
    def chart(name: str, *texts: tuple[int, int, str]) -> list[str]:
        made_of = "".join(f'<text x="{x}" y="{y}">{text}</text>' for x, y, text in texts)
        return [str(one) for one in judged(tmp_path, "a.svg", svg(made_of, name)).problems]

    narrow = "fig-pupils-heat-need-group-imd-decile--narrow"
    parts = [(10, 9, "1"), (30, 9, "2"), (12, 90, "3"), (25, 90, "4")]
    assert chart(narrow, *parts) == []
    # In the wide layout, out of turn, twice, or by itself, a number is none of the groups.
    assert chart("fig-pupils-heat-need-group-imd-decile", *parts) != []
    for strange in ((40, 9, "7"), (40, 90, "4"), (12, 50, "2")):
        assert "no type of number" in chart(narrow, *parts, strange)[0]
    assert chart(narrow, *parts, (12, 150, "5")) != []


def test_periods_stand_along_an_axis_in_turn(tmp_path: Path) -> None:
    def along(*years: str) -> int:
        places = enumerate(years)
        blocks = [
            Block("text", "fig-plans-trend", str(20 * n), "9", [Segment(year)])
            for n, year in places
        ]
        return len(axes.times(blocks, {"2023", "2024", "2025"}))

    assert along("2023", "2025") == 2
    assert along("2025", "2024") == along("2025", "2025") == 0
    assert along("2019", "2025") == 1  # of no measure, delivery or source
    texts = '<text x="1" y="9">2025</text><text x="9" y="9">2025</text>'
    assert len(judged(tmp_path, "a.svg", svg(texts)).problems) == 2


def test_a_number_beside_an_axis_is_named(tmp_path: Path) -> None:
    ticks = '<text x="0" y="80">5%</text><text x="0" y="60">10%</text>'
    assert judged(tmp_path, "a.svg", svg(ticks)).counts["axis"] == 2
    told = only(judged(tmp_path, "a.svg", svg(ticks + '<text x="7" y="70">7%</text>')))
    assert "'7%'" in told


# -- open data -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rows() -> str:
    config = made.configuration()
    return opendata.OpenData(small.frame(config), config).measures()


def test_open_data_pass_and_count(tmp_path: Path, rows: str) -> None:
    tally = judged(tmp_path, "a.csv", "﻿" + rows)
    assert tally.problems == []
    cells = list(csv.DictReader(text_io.StringIO(rows)))
    names = ("numerator", "denominator", "value", "lower_95", "upper_95", "lower_998", "upper_998")
    assert tally.counts[MEASURE] == sum(bool(row[name]) for row in cells for name in names)
    assert tally.counts[HIDDEN] == 1


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (",12317,,12317,", ",12317,,12318,", ("value", "12317", "12318", PLANS)),
        (",2200,40000,5.5,", ",2200,40000,7.5,", ("value", "5.5", "7.5", PUPILS)),
        (",2200,40000,5.5,", ",2200,40000,5.50000000001,", ("5.50000000001",)),
        (",,,,count,,,,,count,c,", ",3,,3,count,,,,,count,c,", ("nothing", "'3'", small.HIDDEN)),
        (",M,Male,", ",F,Male,", (GIRLS,)),
        (",M,Male,", ",X,Male,", ("no safe measure has the key",)),
        ("percent", "per_100", ("unit", "percent")),
        ("EHC plans maintained by the authority", "EHC plans of 12 children", ("12 children",)),
        (",F,Female,", ",F,Male,", ("~sex~F", "“Female”", "'Male'")),
        (",Marrowshire,", ",Elsewhere,", ("area_name", "“Marrowshire”")),
        ("hidden to protect", "no need to protect", ("status_meaning", small.HIDDEN)),
        ("Synthetic,", "Real,", ("data", "“Synthetic”")),
    ],
)
def test_a_changed_cell_is_named(
    tmp_path: Path, rows: str, old: str, new: str, told: tuple[str, ...]
) -> None:
    assert old in rows
    problems = judged(tmp_path, "a.csv", rows.replace(old, new, 1)).problems
    said = "\n".join(map(str, problems))
    assert problems
    assert all(word in said for word in told), said


def test_a_row_twice_or_without_a_cell_is_named(tmp_path: Path, rows: str) -> None:
    head, first, *rest = rows.splitlines()
    twice = "\n".join([head, first, first, *rest])
    assert "row 3" in only(judged(tmp_path, "a.csv", twice))
    cut = "\n".join([head, first.rpartition(",")[0], *rest])
    assert "more or fewer cells" in only(judged(tmp_path, "a.csv", cut))


def test_what_codes_are_called(tmp_path: Path) -> None:
    text = "data,column,code,label\nSynthetic,by_sex,F,Female\nSynthetic,status,x,not available\n"
    assert judged(tmp_path, "codes.csv", text).problems == []
    told = only(judged(tmp_path, "codes.csv", text.replace("F,Female", "F,Male")))
    assert "row 2" in told
    assert "by_sex, F: is not called so" in told


def test_the_parquet_is_the_table_of_the_csv(tmp_path: Path) -> None:
    config = made.configuration()
    data = opendata.OpenData(small.frame(config), config)

    def said(table: pa.Table) -> list[str]:
        reader = Reader(small.frame(config), config, small.allowed(), Certificate({}))
        io.write_text(tmp_path / "data/measures.csv", data.measures())
        io.write_parquet(tmp_path / "data/measures.parquet", table)
        for name in ("data/measures.csv", "data/measures.parquet"):
            reader.read(name, tmp_path / name)
        return [str(problem) for tally in reader.finish() for problem in tally.problems]

    table = data.table()
    assert said(table) == []
    values = table.column("value").to_pylist()
    hidden = values.index(None)
    values[hidden] = 3.0
    at = table.column_names.index("value")
    told = said(table.set_column(at, "value", pa.array(values, pa.float64())))
    assert len(told) == 1
    assert "column 'value'" in told[0]
    assert "other columns or rows" in " ".join(said(table.slice(1)))


def test_words_of_the_dictionary(tmp_path: Path) -> None:
    text = "indicator,title\npopulation_0_25,Children and young people aged 0 to 25\n"
    assert judged(tmp_path, "words.csv", text).problems == []
    changed = judged(tmp_path, "words.csv", text.replace("0 to 25\n", "0 to 25 (312)\n"))
    told = [str(problem) for problem in changed.problems]
    assert any("is called" in line and "row 2" in line for line in told)
    assert any("'312'" in line and "row 2" in line for line in told)


def test_a_file_that_lacks_a_row_of_an_indicator_is_named(tmp_path: Path, rows: str) -> None:
    *most, _ = rows.splitlines()
    assert "1 rows fewer" in only(judged(tmp_path, "a.csv", "\n".join(most)))


def test_the_list_of_figures(tmp_path: Path) -> None:
    listed = {"figures": [{"id": "fig-1", "title": "Up since 2025", "keys": [PUPILS]}]}
    assert judged(tmp_path, "figures.json", json.dumps(listed)).problems == []
    for changed in ("Up to 312", "Up by 5.5%"):
        listed["figures"][0]["title"] = changed
        assert "no type of number" in only(judged(tmp_path, "f.json", json.dumps(listed)))
    assert "without a key" in only(judged(tmp_path, "f.json", '{"a": 312}'))
    assert "no safe measure" in only(judged(tmp_path, "f.json", '{"keys": ["x~y"]}'))


# -- a whole edition -------------------------------------------------------------------------------


@pytest.mark.full
def test_an_edition_of_every_indicator_passes(tmp_path: Path) -> None:
    config, frame = made.whole()
    found = readback(config, written(tmp_path, config, frame))
    assert found.problems == ()
    assert found.totals[MEASURE] > 1_000
    assert "" not in found.totals
    assert all(isinstance(n, int) for counts in found.counts.values() for n in counts.values())


def test_a_file_of_another_kind_stops_it(tmp_path: Path) -> None:
    assert "no way is known" in only(judged(tmp_path, "map.png", b"\x89PNG"))


def test_the_record_holds_counts_and_digests_and_guards_the_draft(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n")
    record.write(tmp_path, {"totals": {"measure": 1}})
    record.check(tmp_path)
    (tmp_path / "a.csv").write_text("b\n")
    (tmp_path / "b.csv").write_text("b\n")
    with pytest.raises(JsnaError, match=r"a\.csv[\s\S]*b\.csv"):
        record.check(tmp_path)
    (tmp_path / record.RECORD).unlink()
    with pytest.raises(JsnaError):
        record.check(tmp_path)


def test_a_release_that_is_called_by_its_year_alone_is_of_that_period() -> None:
    of = small.allowed().of
    assert of("2025", "p.citation") == [("2025", "period")]
    for text in ("2025 12", "12 2025", "12", "1066"):
        assert ("", "period") not in of(text, "p.citation")
        assert any(not kind for _, kind in of(text, "p.citation")), text


def test_periods_that_are_hidden_may_be_named_together() -> None:
    of = small.allowed().of
    assert of("Hidden: in 2025 and in 2025.", "title") == [("2025", "period")] * 2
    assert ("", "period") not in of("Hidden: in 2025 and 12 more.", "title")
    assert of("Hidden: in 2025 and 12 more.", "title")[0] == ("2025", "")


def test_blocks_join_what_reads_on(tmp_path: Path) -> None:
    page = webpage.read(html(f"<p>In <a href='#x'>2025</a> {data(PUPILS, '5.5', '5.5%')}.</p>"))
    (block,) = [b for b in page.blocks if b.place == "p"]
    assert block.text == "In 2025 ￼."
    assert [math.isclose(float(c.value or "nan"), 5.5) for c in block.cells] == [True]


# -- paper against the page ------------------------------------------------------------------------


def aligned(body: str, *runs: str, page: int = 3) -> Tally:
    """What is told of a PDF with these lines of text, printed from this page."""
    tally = Tally("report.pdf")
    found = paper.Paper([paper.Run(page, text, 0) for text in runs])
    blocks = webpage.read(html(body)).blocks
    align.compare(found, align.expected(blocks, small.allowed(), found), tally)
    return tally


BODY = (
    f"<nav><ol><li><a href='#a'>1 Summary</a></li></ol></nav><h2>1 Summary</h2>"
    f"<p>It was {data(PUPILS, '5.5', '5.5%')} in 2025, {data(BOYS, '7.5', '7.5%')} for boys."
    f'<a class="screen-only">Figure as a table</a></p>'
    "<ol><li>One</li><li>Two</li></ol><p class='citation'>See https://example.org/ehcp/2025/12</p>"
)
LINES = ("1 Summary", "3", "1 Summary", "It was 5.5% in 2025,", "7.5% for boys.", "1. One",
         "2. Two", "See https://example.org/ehcp/20", "25/12")  # fmt: skip


def test_paper_follows_the_page() -> None:
    tally = aligned(BODY, *LINES)
    assert [str(p) for p in tally.problems] == []
    assert tally.counts[MEASURE] == 2
    assert tally.counts["page"] == 1
    assert tally.counts["number of an item"] == 2
    # Numbers of the certificate are of their own kind, as they are on the page.
    proved = '<p>Of <data data-certificate="published.rows" value="12317">12,317</data>.</p>'
    tally = aligned(BODY + proved, *LINES, "Of 12,317.")
    assert [str(p) for p in tally.problems] == []
    assert (tally.counts[MEASURE], tally.counts[CERTIFIED]) == (2, 1)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("5.5%", "5.6%", (PUPILS, "5.5%", "'5.6%'")),
        ("5.5%", "7.5%", (PUPILS, "'7.5%'")),
        ("It was 5.5%", "It was high", (PUPILS, "the PDF nothing")),
        ("boys.", "boys, 12 in all.", ("not in the web page", "'12'")),
        ("2025,", "2024,", ("'2024'",)),
        ("2. Two", "3. Two", ("'3'",)),
        ("1. One", "One", ("number of an item",)),
        ("25/12", "25/13", ("2025/12",)),
    ],
)
def test_paper_that_differs_is_named(old: str, new: str, told: tuple[str, ...]) -> None:
    lines = [line.replace(old, new) for line in LINES]
    said = "\n".join(map(str, aligned(BODY, *lines).problems))
    assert said
    assert all(word in said for word in told), said


def test_contents_lead_to_the_page_of_the_heading() -> None:
    told = [str(p) for p in aligned(BODY, *LINES, page=4).problems]
    assert any("page: the web page has 4 here" in line for line in told)


def test_running_heads_are_those_of_the_report() -> None:
    tally = Tally("report.pdf")
    outside = [paper.Run(4, "4"), paper.Run(4, "1 Summary"), paper.Run(4, "Draft")]
    align.around(paper.Paper(outside=outside), frozenset({"1 Summary"}), small.allowed(), tally)
    assert tally.problems == []
    strange = [paper.Run(4, "5"), paper.Run(4, "2 Summary")]
    align.around(paper.Paper(outside=strange), frozenset({"1 Summary"}), small.allowed(), tally)
    assert len(tally.problems) == 2


@pytest.mark.parametrize("kind", ["", " class='by-place'"])
def test_the_head_of_a_table_may_stand_again_where_the_table_goes_on(kind: str) -> None:
    body = f"<table{kind}><tr><th>Neighbourhoods, 2025</th></tr><tr><td>Wards 7</td></tr></table>"
    known = align.heads(webpage.read(html(body)).blocks)
    tally = Tally("places.pdf")
    again = paper.Paper(outside=[paper.Run(5, "Neighbourhoods, 2025")])
    align.around(again, known, small.allowed(), tally)
    assert tally.problems == []
    strange = paper.Paper(outside=[paper.Run(5, "Wards 7")])
    align.around(strange, known, small.allowed(), tally)
    assert len(tally.problems) == 1


@pytest.mark.parametrize(
    ("kind", "text", "known"),
    [
        ("outline", "1 Summary", True),
        ("outline", "1 Summary: 5.5%", False),
        ("link", "1 Summary", True),
        ("title", "Summary", True),
        ("title", "1 Summary", False),
        ("title", "12,317 plans", False),
    ],
)
def test_what_a_pdf_says_unseen_is_judged_by_where_it_stands(
    kind: str, text: str, known: bool
) -> None:
    tally = Tally("report.pdf")
    align.around(paper.Paper(unseen=[(kind, text)]), frozenset(), small.allowed(), tally)
    assert (tally.problems == []) == known, tally.problems


@pytest.mark.parametrize(
    ("line", "whole", "part"),
    [
        ("specialist post-16 institution", True, True),
        ("a specialist post-16 institution!", True, True),
        # Its first, middle and last words, as lines of a chart.
        ("specialist post-16", False, True),
        ("post-16", False, True),
        ("post-16 institution", False, True),
        # The first words of one phrase alone.
        ("electoral ward (2024)", False, True),
        # Words that are not whole, or are others.
        ("alist post-16", False, False),
        ("post-16 instit", False, False),
        ("general post-16", False, False),
        # The number alone is said of anything.
        ("16", False, False),
    ],
)
def test_a_phrase_is_known_whole_and_in_a_chart_line_by_line(
    line: str, whole: bool, part: bool
) -> None:
    words_ = small.allowed()._words
    number = "16" if "16" in line else "2024"
    at = line.index(number)
    assert bool(words_.kind(line, at, number)) is whole
    assert bool(words_.kind(line, at, number, part=True)) is part


def test_a_tab_stop_is_no_number_a_reader_sees(tmp_path: Path) -> None:
    page = small.html('<div class="table" tabindex="0">Words</div>')
    assert not judged(tmp_path, "report.html", page).problems
    assert judged(tmp_path, "report.html", small.html('<div title="7 more">Words</div>')).problems


def test_what_is_attached_is_a_file_of_the_data_of_figures(tmp_path: Path) -> None:
    body = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.attachments["plans.csv"] = pikepdf.AttachedFileSpec(document, b"a\n1\n")
        document.save(body)
    page = html("<p>Words.</p>")
    assert "is attached" in only(judged(tmp_path, "report.pdf", body.getvalue(), page))
    own = tmp_path / "data" / "figures" / "plans.csv"
    io.write_bytes(own, b"a\n1\n")
    tally = judged(tmp_path, "report.pdf", body.getvalue(), page)
    assert tally.counts["attached file"] == 1
    assert not [problem for problem in tally.problems if "attached" in str(problem)]
    io.write_bytes(own, b"a\n2\n")
    told = [
        str(problem) for problem in judged(tmp_path, "report.pdf", body.getvalue(), page).problems
    ]
    assert any("is attached" in line for line in told)

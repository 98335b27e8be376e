"""The web page and the open data: valid, self-contained, marked, and from safe measures alone."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import StringIO
from itertools import pairwise
from pathlib import Path

import html5lib
import pandas as pd
import pytest
import yaml

from jsna import io
from jsna.errors import JsnaError
from jsna.model import schema, scripts
from jsna.model.documents import TECHNICAL
from jsna.model.editions import Delivery
from jsna.model.indicators import Indicator
from jsna.report import figures, opendata, sources, write
from jsna.report.datatables import further
from jsna.report.safe_files import SafeFiles
from jsna.settings import loading
from jsna.view import words
from jsna.view.rows import KEY_FIELDS, Measures
from tests.unit import report_support as made

CONFIG, FRAME = made.whole()
VIEW = Measures(FRAME, CONFIG)
#: A limit of one figure less another: both have their keys, and no field of the table its value.
_DIFFERENCE = re.compile(
    r'<span data-measure="[^"]*" data-field="(?:(?:difference|gap|usual)_(?:low|high)|rest|excess)"'
    r'(?: data-over="[^"]*")?>'
    r"[^<]*</span>"
)
_MARK = re.compile(
    r'<data value="([^"]*)" data-measure="([^"]*)" data-field="([^"]*)">([^<]*)</data>'
)


def written(folder: Path, config: made.Configuration, frame: pd.DataFrame) -> io.Paths:
    """An edition drawn and written below `folder`."""
    from jsna.charts import draw

    paths = io.Paths(folder, config.edition.edition)
    measures = paths.safe / "measures.parquet"
    io.write_measures(measures, frame)
    made_up = made.certificate(config, frame, measures)
    io.write_json(paths.safe / "certificate.json", made_up)
    made.alone(paths)
    draw.run(config, paths)
    write.run(config, paths, templates=made.TEMPLATES)
    return paths


def few(frame: pd.DataFrame) -> pd.DataFrame:
    """A few indicators of the edition, which draw and write faster."""
    return frame[frame["indicator"].isin(["plans", "pupils_ehc_plan"])].reset_index(drop=True)


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> io.Paths:
    return written(tmp_path_factory.mktemp("report"), *made.whole())


def test_a_sentence_that_several_notes_have_is_said_once() -> None:
    """Notes of columns that were added up begin or end alike; `e.g.` ends no sentence."""
    first = "Calculated from counts. Includes those waiting (e.g. special school). Some lack one."
    second = (
        "Calculated from counts. Of 38 to 51 weeks. Includes those waiting (e.g. special school)."
    )
    assert figures.once([first, "", second]) == (
        "Calculated from counts. Includes those waiting (e.g. special school). Some lack one. "
        "Of 38 to 51 weeks"
    )
    assert figures.once([]) == ""


@pytest.mark.parametrize(
    ("began", "came_of", "says"),
    [
        (date(2023, 4, 1), ("Cumbria",), "since April 2023, when Cumbria was divided or merged."),
        (date(2019, 4, 1), ("A", "B", "C"), "since April 2019, when A, B and C were divided or"),
        # Longer ago than figures go back.
        (date(2009, 4, 1), ("Cheshire",), ""),
    ],
)
def test_a_council_younger_than_its_figures_says_since_when_it_is(
    began: date, came_of: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    area = CONFIG.area.model_copy(update={"began": began, "came_of": came_of})
    made_of = written(tmp_path, replace(CONFIG, area=area), few(FRAME))
    page = io.read_text(made_of.draft / "report.html")
    found = re.search(r"has been a council ([^<]*)</li>", page)
    assert (found is None) if not says else (found is not None and found[1].startswith(says))


def test_every_chart_is_there_twice_and_one_of_them_out_of_sight(paths: io.Paths) -> None:
    page = io.read_text(paths.draft / "report.html")
    ids = re.findall(r'\sid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    twice = page.count('<div class="figure-image wide">')
    # Beside another one it is small on paper, too.
    small = page.count('<div class="figure-image small">')
    assert page.count("<svg") == 2 * twice + small > 0
    # Neither is shown or read out but by a rule; where none holds, it is the one for paper.
    assert ".figure-image.narrow { display: none; }" in page
    rules = page[page.index("@media screen and (max-width: 42.5rem)") :]
    assert rules.index(".figure-image.wide { display: none; }") < rules.index("}\n}")
    assert 'figure-image wide" tabindex' not in page  # nothing there scrolls


@pytest.fixture(scope="module")
def page(paths: io.Paths) -> str:
    return (paths.draft / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def technical(paths: io.Paths) -> str:
    return io.read_text(paths.draft / "technical-report.html")


@pytest.fixture(scope="module")
def tree(page: str) -> object:
    # A strict parser raises at the first thing that is not valid HTML.
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(page)


def test_the_page_is_valid_and_says_its_language_and_title(tree: object, page: str) -> None:
    assert '<html lang="en-GB">' in page
    assert re.search(r"<title>Marrowshire SEND JSNA 2025 \(synthetic data\)</title>", page)


def test_ids_are_unique_and_every_inner_link_leads_somewhere(page: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'href="#([^"]+)"', page):
        assert target in set(ids), target
    for names in re.findall(r'aria-labelledby="([^"]+)"', page):
        assert set(names.split()) <= set(ids)


def test_nothing_is_fetched_from_outside(page: str, technical: str) -> None:
    page += technical
    assert not re.search(r"<(link|iframe|img|object|embed)\b", page)
    assert set(re.findall(r"<script[^>]*>.*?</script>", page)) == {
        f'<script src="{name}"></script>' for name in scripts.LOADED
    }
    outside = re.findall(r'(?:src|url|href|action)\s*[=(]\s*["\']?((?:https?:)?//[^"\')\s]+)', page)
    # Links a reader may follow are no requests; the one address here is the source's page.
    assert set(outside) == {"https://example.org/ehcp"}
    assert "url(data:font/woff2;base64," in page


def test_headings_go_down_one_step_at_a_time(page: str) -> None:
    levels = [int(n) for n in re.findall(r"<h([1-6])\b", page)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_topic_and_every_chapter_is_there_in_order(page: str, technical: str) -> None:
    names = re.findall(r'<p class="topic-name">(\d+) ([^<]+)</p>', page)
    wanted = [one.title for one in CONFIG.topics.values() if one.headline]
    assert names == [(str(n), title) for n, title in enumerate(wanted, 1)]
    titles = re.findall(r'<h2 id="chapter-[^"]+-title">(\d+) ([^<]+)</h2>', technical)
    assert [title for _, title in titles] == [
        chapter.title
        for name in made.CHAPTERS
        if (chapter := CONFIG.chapters[name]).document == TECHNICAL.name
    ]
    assert [int(n) for n, _ in titles] == list(range(1, len(titles) + 1))


def test_the_summary_is_of_chapters_that_can_change_and_of_no_other(page: str) -> None:
    """Neither how many people there are nor how good the records are is a finding about SEND."""
    summary = page.split('<section class="chapter summary"')[1].split("</section>")[0]
    links = re.findall(r'<li><strong><a href="#topic-([^"]+)">', summary)
    assert len(links) == len({*links}) == 5
    told = {key.split("~")[0] for _, key, _, _ in _MARK.findall(summary.split("<ol")[1])}
    chapters = {CONFIG.indicators[name].chapter for name in told}
    assert chapters
    assert not chapters & {"population", "data_quality"}
    # Its key numbers are those that topics give it, in their order.
    numbers = summary.split('<div class="key-numbers">')[1].split("</div>")[0]
    first = re.findall(r'<strong><data value="[^"]*" data-measure="([^"~]+)', numbers)
    assert first == [one.number[0] for one in CONFIG.topics.values() if one.number][:4]


def test_every_printed_number_reads_back_as_its_measure(page: str) -> None:
    marks = _MARK.findall(page)
    assert len(marks) > 500
    for raw, key, field, text in marks:
        row = VIEW.by_key[key]
        value = getattr(row, field)
        assert float(raw) == pytest.approx(value, rel=1e-15)
        declared = CONFIG.indicators[row.indicator]
        whole = field in ("numerator", "denominator") or row.unit == "count"
        decimals = 0 if whole else declared.decimals
        if words.vanishes(value, decimals) and field == "value":
            # Not zero, and never printed as if it were.
            assert text.startswith("less than ") or text.endswith("[low]"), (text, value)
            continue
        assert text.startswith(words.number(value, decimals)), (text, value)


def test_no_number_of_a_sentence_or_key_number_stands_outside_a_mark(page: str) -> None:
    body = page[page.index("<main") : page.index("</main>")]
    prose = re.findall(r'<p>(?!<a)(.*?)</p>|<p class="lede">(.*?)</p>', body, re.DOTALL)
    for found in prose:
        left = _MARK.sub("", "".join(found))
        left = _DIFFERENCE.sub("", left)
        left = re.sub(r"<[^>]+>", "", left)
        # Periods, ages, statutory weeks and sections of Acts are names of things, not measures.
        left = re.sub(r"\bsection 47\b|\bLicence v3\.0|, edition marrow-2025", "", left)
        left = re.sub(
            r"\b31 March \b(?=20\d\d)|\b20\d\d(/\d\d)?\b|\b\d+ (to \d+|weeks|years)\b|\bYear \d+\b",
            "",
            left,
        )
        left = re.sub(r"per 1[0,]*0|99\.8%|95%|\bpost-16\b", "", left)
        assert not re.search(r"\d", left), left


def sentences(page: str) -> list[str]:
    """What the report says, in sentences: no tables, charts, captions, notes or lists of names."""
    body = page[page.index("<main") : page.index("</main>")]
    left_out = (
        r"<(svg|table|details)\b.*?</\1>", r'<ol class="notes">.*?</ol>',
        r'<ul class="short.*?</ul>',
        r'<p class="(?:source|figure-\w+|topic-name)"[^>]*>.*?</p>', r'<div class="gaps">.*?</div>',
        r'<div class="key-numbers">.*?</div>',
    )  # fmt: skip
    for pattern in left_out:
        body = re.sub(pattern, " ", body, flags=re.DOTALL)
    blocks = re.findall(r"<(?:p|li|dd|h2)\b[^>]*>(.*?)</(?:p|li|dd|h2)>", body, re.DOTALL)
    plain = [" ".join(re.sub(r"<[^>]+>", "", block).split()) for block in blocks]
    found = [one for text in plain for one in re.split(r"(?<=[.?!]) (?=[A-Z“])", text)]
    return [one for one in found if len(one.split()) > 2]


def test_sentences_are_short_and_none_is_said_more_than_three_times(page: str) -> None:
    said = sentences(page)
    assert len(said) > 150
    assert sum(len(one.split()) for one in said) / len(said) < 18
    often = {one: times for one, times in Counter(said).items() if times > 3}
    assert often == {}


def test_a_hidden_value_is_a_mark_of_shorthand_and_never_zero(page: str) -> None:
    hidden = set(re.findall(r'data-measure="([^"]+)" data-status="c">\[c\]<', page))
    assert hidden
    assert all(VIEW.by_key[key].hidden for key in hidden)
    numbers = {key for _, key, field, _ in _MARK.findall(page) if field == "value"}
    assert not any(VIEW.by_key[key].hidden for key in numbers)


def test_synthetic_stands_on_every_part_of_a_synthetic_edition(page: str) -> None:
    for kind, pattern in (
        ("figure", r"<figure.*?</figure>"),
        ("table", r"<caption>.*?</caption>"),
        ("source", r'<p class="source">Source: .*?</p>'),
    ):
        parts = re.findall(pattern, page, re.DOTALL)
        assert parts, kind
        assert all("ynthetic" in part for part in parts), kind


def test_synthetic_stands_nowhere_in_another_edition(tmp_path: Path) -> None:
    edition = CONFIG.edition.model_copy(update={"synthetic": False, "synthesis": None})
    real = written(tmp_path, replace(CONFIG, edition=edition), few(FRAME))
    assert "ynthetic" not in (real.draft / "report.html").read_text(encoding="utf-8")
    for file in sorted((real.draft / "data").rglob("*")):
        if file.is_file():
            assert b"ynthetic" not in file.name.encode() + file.read_bytes()


def test_every_synthetic_data_file_says_so_in_name_and_rows(paths: io.Paths) -> None:
    files = sorted((paths.draft / "data").rglob("*.csv"))
    assert len(files) > 5
    for file in files:
        rows = list(csv.DictReader(StringIO(file.read_text(encoding="utf-8-sig"))))
        assert file.name.startswith("synthetic_")
        assert rows
        assert {row["data"] for row in rows} == {"Synthetic"}


def test_an_extract_not_received_is_stated_where_it_is_missed(page: str, technical: str) -> None:
    line = "was not received: the provider could not supply the file in time."
    assert line in page[page.index('id="unknown"') :]
    assert line in technical[technical.index('id="chapter-data-quality"') :]


def test_a_topic_without_figures_is_left_out(tmp_path: Path) -> None:
    short = written(tmp_path, CONFIG, few(FRAME))
    text = (short.draft / "report.html").read_text(encoding="utf-8")
    assert 'id="topic-having-a-plan"' in text
    assert 'id="topic-suspension"' not in text
    assert "suspension" not in text[text.index("<nav") : text.index("</nav>")].lower()


def test_what_is_not_compared_is_not_said_to_be(tmp_path: Path) -> None:
    own = FRAME["area_code"].eq(CONFIG.area.code)
    beside = few(FRAME.assign(source=FRAME["source"].where(own, "ehcp_2025")))
    for frame, compared in ((beside, True), (few(FRAME[own]), False)):
        report = written(tmp_path / str(compared), CONFIG, frame)
        text = (report.draft / "report.html").read_text(encoding="utf-8")
        topic = text[text.index('id="topic-having-a-plan"') : text.index('id="unknown"')]
        assert ("England" in topic) == compared


def test_a_release_of_figures_that_gives_none_of_the_place_is_cited_so() -> None:
    (given,) = CONFIG.releases["ehcp"]
    of_residents = {"dataset": sources.RESIDENTS, "id": "residents", "note": "Of 2020."}
    residents = given.model_copy(update=of_residents)
    config = replace(CONFIG, releases={"ehcp": (given,), sources.RESIDENTS: (residents,)})
    plans = config.indicators["plans"]

    def notes(*rows: dict[str, object]) -> list[str]:
        register = sources.Register(config, {}, made.frame(rows))
        return [register.cite(name).note for name in ("ehcp_2025", "residents")]

    none = "Of 2020. No figure of Marrowshire in this report is from it."
    near = made.measure(plans, 7, area="E10000971", source="residents")
    assert notes(near) == ["", none]  # a look-up has no figures to miss
    assert notes(near, made.measure(plans, 7, source="residents+lookup"))[1] == "Of 2020."
    ward = config.area.localities[0].code
    own = made.measure(plans, 7, area=ward, geography="district", source="residents")
    assert notes(own)[1] == "Of 2020."


def test_a_chapter_is_added_in_its_file_alone(tmp_path: Path) -> None:
    shutil.copytree(made.ROOT / "config", tmp_path / "config")
    entry = {
        **dict.fromkeys(("title", "phrase", "definition", "population"), "plans of the older"),
        **{"id": "plans_older", "kind": "count", "numerator": {"table": "plan"}},
    }
    content = {
        **{"title": "Growing up", "order": 75, "fed_by": ["ncmp"]},
        **{"key_numbers": ["plans_older"]},
        **{"meaning": "Plans may end.", "questions": ["What then?"], "indicators": [entry]},
    }
    file = tmp_path / "config/indicators/adulthood.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    loaded = loading.load("test-2025", tmp_path)
    order = [*made.CHAPTERS]
    order.insert(order.index("health"), "adulthood")
    assert list(loaded.edition.chapters) == order
    # None of its releases gives this one a figure of it.
    others = loading.load("lancashire-open-2025", tmp_path).edition.chapters
    assert list(others) == [n for n in made.CHAPTERS if n not in ("social_care", "linkage")]

    late = Delivery(extract="ncmp", period="2024/25", status="not received", reason="It was late")
    config = replace(
        made.configuration(extracts=[late], chapters=order, indicators={**loaded.indicators}),
        chapters=loaded.chapters,
    )
    frame = made.frame([made.measure(config.indicators["plans_older"], 100)])
    text = (written(tmp_path, config, frame).draft / "report.html").read_text(encoding="utf-8")
    # No topic names it: it has a page of its own, called like its chapter.
    part = text[text.index('id="topic-adulthood"') : text.index('id="unknown"')]
    for said in (
        "1 Growing up</p>", "there were <data", "<p>Plans may end.</p>", "<li>What then?</li>",
    ):  # fmt: skip
        assert said in part, said
    assert "It was late" in text[text.index('id="unknown"') :]

    content["questions"] = ["Until 25?"]
    content["fed_by"], content["key_numbers"] = ["ncpm"], ["plans_oldest"]
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(JsnaError, match=r"write other numbers in letters \(found 25\)"):
        loading.load("test-2025", tmp_path)
    file.write_text(yaml.safe_dump({**content, "questions": []}), encoding="utf-8")
    with pytest.raises(JsnaError, match=r"(?s)'plans_oldest'.*'ncpm'"):
        loading.load("test-2025", tmp_path)


def test_a_new_indicator_appears_with_sentence_table_and_metadata(tmp_path: Path) -> None:
    old = CONFIG.indicators["pupils_ehc_plan"]
    new = Indicator.model_validate(
        {
            **old.model_dump(),
            "id": "pupils_brand_new",
            "title": "Pupils with something new",
            "phrase": "pupils with something new",
            "definition": "Pupils with something new over all pupils",
            "charts": (),
        }
    )
    frame = made.frame([made.measure(new, 100, 1_000), made.measure(new, 90, 1_000, period="2024")])
    grown = replace(CONFIG, indicators={**CONFIG.indicators, new.id: new})
    paths = written(tmp_path, grown, frame)
    text = io.read_text(paths.draft / "report.html")
    # In the topic of its chapter, as no other names it.
    assert re.search(r'<p class="topic-name">\d+ Prevalence and need</p>', text)
    assert "pupils with something new in Marrowshire: <data" in text
    technical = io.read_text(paths.draft / "technical-report.html")
    assert "Pupils with something new over all pupils." in technical


def test_templates_hold_no_number_of_their_own() -> None:
    for file in sorted(made.TEMPLATES.rglob("*.j2")):
        text = file.read_text(encoding="utf-8")
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", text, flags=re.DOTALL)
        # The version of the accessibility guidelines and standard names are names.
        text = text.replace("version 2.2", "")
        assert not re.search(r"\d", text), (file.name, re.findall(r".*\d.*", text))


def test_the_same_measures_give_the_same_page_whatever_their_order(tmp_path: Path) -> None:
    small = few(FRAME)
    one = written(tmp_path / "one", CONFIG, small)
    two = written(tmp_path / "two", CONFIG, small.sample(frac=1, random_state=3))
    for name in ("report.html", "data/synthetic_measures.csv"):
        assert (one.draft / name).read_bytes() == (two.draft / name).read_bytes()


def test_measures_that_break_their_schema_are_refused(tmp_path: Path) -> None:
    paths = io.Paths(tmp_path, CONFIG.edition.edition)
    version = {schema.VERSION_KEY: schema.SCHEMA_VERSION}
    wrong = FRAME.assign(status="hidden")
    io.write_parquet(paths.safe / "measures.parquet", wrong, version)
    with pytest.raises(JsnaError, match="must be one of"):
        write.run(CONFIG, paths, templates=made.TEMPLATES)


def test_measures_of_another_version_of_the_schema_are_refused(tmp_path: Path) -> None:
    paths = io.Paths(tmp_path, CONFIG.edition.edition)
    io.write_parquet(paths.safe / "measures.parquet", FRAME, {schema.VERSION_KEY: "0.9"})
    with pytest.raises(JsnaError, match=r"schema version 0\.9"):
        write.run(CONFIG, paths, templates=made.TEMPLATES)


@pytest.fixture
def walled(tmp_path: Path) -> Iterator[tuple[SafeFiles, io.Paths]]:
    paths = io.Paths(tmp_path, "marrow-2025")
    for folder in (paths.safe, paths.draft, paths.restricted, paths.identified, paths.raw):
        io.write_text(folder / "file.txt", "content")
    yield SafeFiles(paths, made.TEMPLATES), paths


def test_the_report_opens_the_protected_side_alone(walled: tuple[SafeFiles, io.Paths]) -> None:
    safe_files, paths = walled
    assert safe_files.text(paths.safe / "file.txt") == "content"
    for folder in (paths.restricted, paths.identified, paths.raw):
        with pytest.raises(JsnaError, match="may open only"):
            safe_files.text(folder / "file.txt")
        with pytest.raises(JsnaError, match="may open only"):
            safe_files.text(paths.safe / ".." / folder.name / "file.txt")


def test_a_link_does_not_lead_out_of_the_protected_side(walled: tuple[SafeFiles, io.Paths]) -> None:
    safe_files, paths = walled
    (paths.safe / "link.txt").symlink_to(paths.restricted / "file.txt")
    with pytest.raises(JsnaError, match="may open only"):
        safe_files.bytes(paths.safe / "link.txt")


@pytest.mark.parametrize("text", ["=1+1", "+44+1", "-9-1", "@cmd", "\tx", "\r=2", "\u200b=1"])
def test_text_a_spreadsheet_takes_for_a_formula_is_disarmed(text: str) -> None:
    row = made.measure(CONFIG.indicators["plans"], 5) | {"note": text}
    content = opendata.OpenData(made.frame([row]), CONFIG).measures()
    [read] = csv.DictReader(StringIO(content, newline=""))
    assert read["note"][0] not in "=+-@\t\r\u200b"
    assert read["note"].lstrip("'") == text.strip()


@pytest.mark.parametrize("text", ["+44", "-9", "-1,234.5%"])
def test_a_number_with_its_sign_is_no_formula(text: str) -> None:
    """As in a protected table, whose labels may be numbers."""
    row = made.measure(CONFIG.indicators["plans"], 5) | {"note": text}
    content = opendata.OpenData(made.frame([row]), CONFIG).measures()
    [read] = csv.DictReader(StringIO(content, newline=""))
    assert read["note"] == text


def test_open_data_holds_every_measure_with_its_numbers_unrounded() -> None:
    content = opendata.OpenData(FRAME, CONFIG).measures()
    read = pd.read_csv(StringIO(content), keep_default_na=False)
    assert len(read) == len(FRAME)
    dims = [name for name in read if name.startswith("by_")]
    plain = [name for name in KEY_FIELDS if name not in ("breakdown", "category")]
    assert not read.duplicated([*plain, *dims]).any()
    # One fact a cell: of each row as many columns of dimensions are filled as it is split by.
    split = FRAME["breakdown"].map(lambda one: 0 if one == "total" else one.count("|") + 1)
    assert sorted(read[dims].ne("").sum(axis=1)) == sorted(split)
    back = pd.to_numeric(read["value"].replace("", None))
    expected = FRAME["value"].to_numpy()
    assert (back.isna().to_numpy() == pd.isna(expected)).all()
    assert (back - expected).abs().max() < 1e-7
    assert {*schema.COLUMNS} - {*read.columns} == {"breakdown", "category"}


def test_a_hidden_measure_has_no_number_in_the_open_data() -> None:
    read = pd.read_csv(StringIO(opendata.OpenData(FRAME, CONFIG).measures()), keep_default_na=False)
    hidden = read[read["status"].eq("c")]
    assert len(hidden)
    for column in schema.NUMBERS:
        assert hidden[column].eq("").all()
    assert hidden["status_meaning"].eq("hidden to protect confidentiality").all()


def test_short_breakdowns_share_a_table_and_long_ones_do_not() -> None:
    joined = 0
    for indicator in CONFIG.indicators.values():
        split = [VIEW.breakdown(indicator.id, d) for d in indicator.breakdowns if len(d) == 1]
        sizes = [len(rows) for rows in split if rows]
        totals = VIEW.series(indicator.id)
        rows = [len(table.rows) for table in further(VIEW, indicator, ())][len(totals) > 0 :]
        if sizes and not indicator.derived:
            # Every row of every breakdown once: sixteen together, or one breakdown alone.
            assert sum(rows) == sum(sizes), indicator.id
            assert max(rows) <= max(16, *sizes), indicator.id
            joined += len(rows) < len(sizes)
    assert joined


def test_the_figures_of_each_chart_are_one_click_away(
    paths: io.Paths, page: str, technical: str
) -> None:
    page += technical + io.read_text(paths.draft / "places.html")
    folder = paths.draft / "data"

    def rows(name: str) -> list[str]:
        return (folder / name).read_text(encoding="utf-8").splitlines()

    head, *everything = rows("synthetic_measures.csv")
    listed = json.loads((paths.draft / "charts/figures.json").read_text(encoding="utf-8"))
    links = re.findall(r'href="data/(figures/[^"]+)"', page)
    assert len(links) == len(listed["figures"])
    images = re.findall(r'href="(charts/[^"]+\.svg)"', page)
    assert sorted(images) == sorted(f"charts/{one['file']}" for one in listed["figures"])
    assert sorted(links) == sorted(f"figures/{one.name}" for one in folder.glob("figures/*.csv"))
    for link in links:
        first, *own = rows(link)
        assert first == head
        assert own
        assert {*own} <= {*everything}


def test_an_edition_with_everything_hidden_still_builds_and_shows_no_number(
    tmp_path: Path,
) -> None:
    bare = few(FRAME).assign(status="c", reason="disclosure_control")
    bare[list(schema.NUMBERS)] = float("nan")
    text = (written(tmp_path, CONFIG, bare).draft / "report.html").read_text(encoding="utf-8")
    assert not _MARK.findall(text)
    assert "Hidden, so that no child can be recognised: having a plan" in text


# -- what left a count, beside the indicator -------------------------------------------------------


def stated(folder: Path) -> io.Paths:
    """An edition of two indicators, of which one lacks some of its records."""
    paths = written(folder, CONFIG, few(FRAME))
    entry = {
        "how": "counted", "by": "", "kind": "set_aside", "table": "sen2.activeplans", "field": "*",
        "periods": [], "band": [0, 1],
    }  # fmt: skip
    io.write_json(paths.safe / "attrition.json", {"plans": [entry], "pupils_ehc_plan": []})
    proved = io.read_json(paths.safe / "certificate.json")
    proved["beside_sha256"] = io.sha256(paths.safe / "attrition.json")
    io.write_json(paths.safe / "certificate.json", proved)
    return paths


def test_what_left_a_count_stands_beside_its_indicator_alone(tmp_path: Path) -> None:
    paths = stated(tmp_path)
    write.run(CONFIG, paths, templates=made.TEMPLATES)
    said = (
        "Not counted: fewer than one in a hundred of the plans in force, set aside by validation."
    )
    # Beside its definition, and in the open data.
    technical = io.read_text(paths.draft / "technical-report.html")
    assert technical.count(said) == 1
    assert said in technical.split('id="about-plans"')[1].split("</div>")[0]
    (file,) = paths.draft.glob("data/*indicators.csv")
    rows = {row["indicator"]: row for row in csv.DictReader(file.open(encoding="utf-8-sig"))}
    assert rows["plans"]["left_out"] == said
    assert rows["pupils_ehc_plan"]["left_out"] == ""


def test_shares_that_were_not_proved_are_not_printed(tmp_path: Path) -> None:
    paths = stated(tmp_path)
    io.write_json(paths.safe / "attrition.json", {})
    with pytest.raises(JsnaError, match="not the file that was proved"):
        write.run(CONFIG, paths, templates=made.TEMPLATES)

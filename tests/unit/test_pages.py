"""The start page, which is the brief, and a page for each topic beside the whole report."""

from __future__ import annotations

import re

import pytest

from jsna import io
from jsna.model.documents import DOCUMENTS, PRINTED_FROM, START
from jsna.readback import numbering
from jsna.readback.page import read
from jsna.readback.result import Tally
from tests.unit import report_support as made
from tests.unit.test_report import written


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """File name -> every web page of the made-up edition."""
    paths = written(tmp_path_factory.mktemp("pages"), *made.whole())
    return {file.name: io.read_text(file) for file in sorted(paths.draft.glob("*.html"))}


def heads(page: str) -> list[str]:
    return re.findall(r'<h2 id="topic-[\w-]+-title">(.*?)</h2>', page, re.DOTALL)


def test_the_brief_is_short_and_says_nothing_that_the_report_does_not(
    pages: dict[str, str],
) -> None:
    start, report = pages[START], pages["report.html"]
    numbers = re.findall(r"<strong><data.*?</strong>", start)
    messages = re.findall(r'<li><strong><a href="([\w-]+\.html)#topic-', start)
    assert 1 <= len(messages) <= 5
    assert len(set(messages)) == len(messages)
    assert 1 <= len(numbers) <= 4
    assert start.count("<figure ") == 1
    assert start.count("<h1") == 1
    (title,) = re.findall(r"<h1>(.*?)</h1>", start)
    # The heading is the first message in a line.
    first = re.findall(r'<ol class="messages">\s*<li>(.*?)</li>', start, re.DOTALL)[0]
    own = re.findall(r'data-measure="([^"]+)"', title)
    assert own and {*own} <= {*re.findall(r'data-measure="([^"]+)"', first)}
    asks = re.findall(r"<ol class=\"asks\">(.*?)</ol>", start, re.DOTALL)[0]
    questions = re.findall(r"<li>(.*?)</li>", asks)
    assert 1 <= len(questions) <= 5
    assert all(question in report for question in questions)
    marks = set(re.findall(r'data-measure="([^"]+)"', start))
    assert marks <= set(re.findall(r'data-measure="([^"]+)"', report))


def test_every_topic_of_the_report_has_a_page_and_the_way_to_all_others(
    pages: dict[str, str],
) -> None:
    report = pages["report.html"]
    topics = re.findall(r'<section class="topic[^"]*" id="topic-([\w-]+)"', report)
    assert len(topics) > 5
    own = {name for name in pages if name not in PRINTED_FROM.values()}
    assert own == {f"{topic}.html" for topic in topics}
    for name in own:
        page = pages[name]
        links = set(re.findall(r'href="([\w-]+\.html)', page))
        assert {START, "report.html", "technical-report.html"} <= links
        assert own - {name} <= links
        (head,) = heads(page)
        assert head in heads(report)


def test_every_link_between_pages_leads_somewhere_and_numbers_are_those_of_the_report(
    pages: dict[str, str],
) -> None:
    found = {name: read(page) for name, page in pages.items()}
    tally = Tally("")
    for name, page in found.items():
        numbering.judge(page, tally, part=name not in PRINTED_FROM.values())
    numbering.between(found, tally)
    assert [str(problem) for problem in tally.problems] == []
    name = "plans-in-time.html"
    number = re.search(r"Figure (\d+)", pages[name])
    assert number
    other = pages[name].replace(number[0], f"Figure {int(number[1]) + 40}")
    for wrong in (other, pages[name].replace('href="report.html#unknown"', 'href="report.html#x"')):
        tally = Tally("")
        numbering.between({**found, name: read(wrong)}, tally)
        assert tally.problems


def test_a_page_whose_topic_has_gone_goes(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("gone")
    config, frame = made.whole()
    paths = written(folder, config, frame)
    before = {file.name for file in paths.draft.glob("*.html")}
    kept = frame[frame["indicator"].isin(["plans", "pupils_ehc_plan"])].reset_index(drop=True)
    after = {file.name for file in written(folder, config, kept).draft.glob("*.html")}
    assert after < before
    assert {one.page for one in DOCUMENTS} <= after

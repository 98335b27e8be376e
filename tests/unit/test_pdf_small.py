"""A page of a few lines printed: what the PDF says to who reads it with a screen reader."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from jsna.machine import libraries as system
from jsna.readback import paper
from jsna.report import pdf, pdffit
from jsna.report.pdfpage import prepare
from jsna.report.pdftags import link_words
from tests.unit.report_support import ROOT

PUBLISHED = datetime(2025, 11, 27, tzinfo=UTC)
#: Three words at one place, anchored at their start, middle and end; another size and weight.
CHART = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 60" width="200" height="60">
<title>Girls &amp; "boys"</title><text x="100" y="10" font-size="9" data-measure="k">Girls 7</text>
<text x="100" y="25" font-size="9" text-anchor="middle">Girls 7</text>
<text x="100" y="40" font-size="9" text-anchor="end">Girls 7</text>
<text x="100" y="55" font-size="9" font-weight="600">Girls 7</text>
<text x="3" y="3"></text></svg>"""
PAGE = f"""<!doctype html><html lang="en"><head><title>Needs</title>
<style id="screen">p {{ colour: no such thing }}</style></head><body>
<nav><ol><li><a href="#a">1 Summary</a></li></ol></nav><h2 id="a">1 Summary</h2>
<p>It was <data data-measure="k" data-field="value" value="5.5">5.5%</data> of
<span data-measure="x" data-status="c">[c]</span>. See
<a href="https://example.org/x?a=1&amp;b=2">the <b>guide</b></a>.</p>
<ul><li>One</li><li>Two</li></ul>
<table><thead><tr><th>Need</th><th>Plans</th></tr></thead>
<tbody><tr><th>Autism</th><td>12</td></tr></tbody></table>
{CHART}<h2>2 Plans</h2><p>Of <a href="#a">the first</a>.</p></body></html>"""
STYLE = """@page { size: A4; margin: 22mm 20mm 18mm; @top-left { content: "Head of 31" }
@bottom-right { content: counter(page) } }
body { font-family: "Source Sans 3" } nav ol { list-style: none }
h2 { break-before: page; bookmark-level: 1 }"""


@pytest.fixture(scope="module")
def content() -> Iterator[bytes]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FONTCONFIG_FILE", os.environ.get("FONTCONFIG_FILE", ""))
        patch.setenv("SOURCE_DATE_EPOCH", "7")
        system.isolate_fonts(ROOT)
        made = pdf.print_page(PAGE, STYLE, PUBLISHED, "report.pdf")
        assert pdf.print_page(PAGE, STYLE, PUBLISHED, "report.pdf") == made
        # What was changed to print is as it was.
        assert os.environ["SOURCE_DATE_EPOCH"] == "7"
        assert gc.isenabled()
        yield made


@pytest.fixture
def document(content: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(content)) as opened:
        yield opened


def test_text_stands_in_the_order_of_the_page_and_running_heads_beside_it(content: bytes) -> None:
    found = paper.read(content)
    text = " ".join(" ".join(run.text for run in found.runs).split())
    words = ["1 Summary", "1 Summary", "It was 5.5% of", "[c]", "See", "the guide", "One", "Two",
             "Need", "Plans", "Autism", "12", "2 Plans", "Of", "the first"]  # fmt: skip
    at = 0
    for word in words:
        at = text.index(word, at) + len(word)
    assert "Head" not in text
    heads = [(run.page, run.text) for run in found.outside if run.text != "Girls 7"]
    assert sorted(heads) == sorted(
        (page, words) for page in (1, 2, 3) for words in ("Head of 31", str(page))
    )
    assert found.unreadable == []


def test_links_and_charts_say_in_words_what_they_are(content: bytes, document: pikepdf.Pdf) -> None:
    assert set(paper.read(content).unseen) == {
        ("link", "1 Summary"), ("link", "the guide"), ("outline", "1 Summary"),
        ("outline", "2 Plans"), ("title", "Needs"), ("title", 'Girls & "boys"'),
    }  # fmt: skip
    links = [note for page in document.pages for note in page.get("/Annots", [])]
    # A link of two pieces is two; its words are those of the first that leads there.
    words = ["1 Summary", "the guide", "the guide", "1 Summary"]
    assert [str(note.Contents) for note in links] == words
    assert {int(note.F) for note in links} == {4}
    assert document.Root.PageMode == "/UseOutlines"


def elements(document: pikepdf.Pdf, kind: str) -> list[Any]:
    """Tags of a kind, in the order of the document."""
    found: list[Any] = []

    def walk(item: Any) -> None:
        if isinstance(item, pikepdf.Array):
            for one in item:
                walk(one)
        elif isinstance(item, pikepdf.Dictionary):
            if item.get("/S") == kind:
                found.append(item)
            if "/K" in item:
                walk(item.K)

    walk(document.Root.StructTreeRoot.K)
    return found


def test_header_cells_say_what_they_head_and_lists_of_what_kind_they_are(
    document: pikepdf.Pdf,
) -> None:
    cells = elements(document, "/TH")
    assert [str(one.A.Scope) for one in cells] == ["/Column", "/Column", "/Row"]
    assert {str(one.A.O) for one in cells} == {"/Table"}
    lists = elements(document, "/L")
    assert [str(one.A.ListNumbering) for one in lists] == ["/None", "/Disc"]
    assert {str(one.A.O) for one in lists} == {"/List"}


def test_running_heads_are_artifacts_and_no_tag_leads_to_them(document: pikepdf.Pdf) -> None:
    for page in document.pages:
        stream = page.Contents.read_bytes()
        heads = re.findall(rb"/Type /Pagination /Subtype /(\w+)", stream)
        assert sorted(heads) == [b"Footer", b"Header"]
    top = document.Root.StructTreeRoot.K
    top = top[0] if isinstance(top, pikepdf.Array) else top
    # The contents, what stands on the page and a chart: nothing of a margin.
    kinds = [str(one.S) for one in top.K]
    assert kinds == ["/NonStruct", "/H2", "/P", "/L", "/Table", "/NonStruct", "/H2", "/P"]


def test_text_of_a_chart_is_set_where_it_is_anchored(document: pikepdf.Pdf) -> None:
    places = [
        tuple(float(operand) for operand in list(step.operands)[4:])
        for step in pikepdf.parse_content_stream(document.pages[1])
        if str(step.operator) == "Tm"
    ]
    at = [place for place in places if place[1] in (10, 25, 40, 55)]
    start, middle, end, bold = at
    width = start[0] - end[0]
    assert start[0] == bold[0] == 100
    assert start[0] - middle[0] == pytest.approx(width / 2)
    # Seven letters of 9 points.
    assert 20 < width < 40
    assert [y for _, y in at] == [10, 25, 40, 55]


def test_a_page_for_paper_has_nothing_that_only_a_browser_needs() -> None:
    page, images = prepare(PAGE)
    assert "<data" not in page and "data-measure" not in page and "no such thing" not in page
    assert "It was 5.5% of\n[c]. See" in page
    ((address, (media, image)),) = images.items()
    assert media == "image/svg+xml"
    assert f'<img src="{address}" alt="Girls &amp; &quot;boys&quot;">' in page
    assert "data-measure" not in image and image.startswith("<svg")


def test_the_words_of_a_link_are_plain_and_those_of_the_first() -> None:
    links = (
        '<a class="x" href="#a">1  <b>Of\n more</b></a><a href="#a">2</a><a href="/b">c &amp; d</a>'
    )
    assert link_words(links) == {"a": "1 Of more", "/b": "c & d"}


def _sections(*lines: int) -> str:
    """A cover, and sections of that many lines each."""
    sections = "".join(
        f'<section class="topic" id="s{number}"><h2>{number}</h2>{"<p>Line</p>" * count}</section>'
        for number, count in enumerate(lines)
    )
    return (
        f"<html lang='en'><head><title>x</title></head><body><p>Cover</p>{sections}</body></html>"
    )


def _laid_out(lines: tuple[int, ...], more: str = "") -> tuple[int, list[float]]:
    """How many pages a document of such sections has, and how far each is filled."""
    from weasyprint import CSS, HTML, Document

    sheet = CSS(
        string="@page { size: 100mm 100mm; margin: 10mm } body, h2, p { margin: 0 } "
        "h2, p { font-size: 4mm; line-height: 8mm } section { break-before: page } "
        ".closer p { line-height: 6mm } " + more
    )

    def laid_out(paper: str) -> Document:
        return HTML(string=paper).render(stylesheets=[sheet])

    document = pdffit.fitted(_sections(*lines), laid_out)
    return len(document.pages), [round(page.share, 1) for page in pdffit.pages(document)]


@pytest.mark.parametrize(
    ("lines", "pages", "shares"),
    [
        # Ten lines a page of 80 mm: nine and the heading fill it.
        ((9,), 2, [0.1, 1.0]),
        # One line would stand on a page alone, which closer lines take in: 8 + 10 × 6 mm.
        ((10,), 2, [0.1, 0.8]),
        # The second of two that are neither long nor short: only the first is set closer.
        ((10, 5), 3, [0.1, 0.8, 0.6]),
        # Too much to be taken in, and then left as it was.
        ((18, 4), 4, [0.1, 1.0, 0.9, 0.5]),
        # A section of one line is nearly empty whatever is done.
        ((1,), 2, [0.1, 0.2]),
    ],
)
def test_a_page_that_would_be_nearly_empty_is_taken_in_by_the_one_before(
    lines: tuple[int, ...], pages: int, shares: list[float]
) -> None:
    assert _laid_out(lines) == (pages, shares)


def test_a_section_that_ends_on_a_nearly_empty_page_begins_one_where_closer_lines_do_not_help() -> (
    None
):
    follow = "section + section { break-before: auto } section.apart { break-before: page }"
    # Eight lines and five: closer they would come to 82 mm of 80.
    assert _laid_out((7, 4), follow) == (3, [0.1, 0.8, 0.5])
    assert _laid_out((7, 3), follow) == (2, [0.1, 0.9])

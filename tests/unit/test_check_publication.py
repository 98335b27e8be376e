"""Each check of `make check-publication` finds the fault it is there for, and passes what is sound.

The checks that need a browser or Java are tried where the tools are; the target itself never goes
without them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest

from jsna.machine import libraries as system
from jsna.report import pdf
from tests.publication import run, screen, sheets, tools
from tests.unit.report_support import ROOT

PUBLISHED = datetime(2025, 11, 27, tzinfo=UTC)
STYLE = """@page { size: A4; margin: 22mm 20mm 18mm }
body { font: 11pt/1.4 "Source Sans 3" } h1 { bookmark-level: 1 } h2 { bookmark-level: 2 }
h3 { bookmark-level: 3 } .next { break-before: page } .tall { height: 190mm }"""
HEAD = '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Needs</title></head>'
SOUND = f"{HEAD}<body><main><h1>Needs</h1><p>Words.</p></main></body></html>"
FAULTY = (
    f'{HEAD}<body><main><h1>Needs</h1><p style="color:#ccc;background:#fff">Pale words</p>'
    '<div class="figure-image" style="width:100px"><svg id="wide" width="900" height="9" '
    'role="img" aria-label="Chart"></svg></div></main></body></html>'
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tools.Tools:
    return tools.fetched(tmp_path_factory.mktemp("tools"))


def printed(folder: Path, body: str) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FONTCONFIG_FILE", "")
        system.isolate_fonts(ROOT)
        page = f"{HEAD}<body>{body}</body></html>"
        file = folder / "report.pdf"
        file.write_bytes(pdf.print_page(page, STYLE, PUBLISHED, "report.pdf"))
    return file


@pytest.mark.full
def test_axe_and_charts_wider_than_their_box(kept: tools.Tools) -> None:
    assert screen.browsed(SOUND, kept) == []
    found = screen.browsed(FAULTY, kept)
    for width in screen.WIDTHS:
        assert any(line.startswith(f"at {width} px: color-contrast") for line in found)
        assert f"at {width} px: chart: is wider than its box wide" in found
    assert "at 320 px: page: scrolls sideways" in found


@pytest.mark.full
def test_charts_without_a_ground_and_what_is_left_on_paper(
    kept: tools.Tools, tmp_path: Path
) -> None:
    chart = (
        '<figure><svg id="one" width="90" height="9" role="img" aria-label="Chart"></svg></figure>'
    )
    ground = "<style>figure svg{forced-color-adjust:none;background:#fff}</style>"
    gone = "<style>@media print{.screen-only{display:none}}</style>"
    wide = '<p style="width:900px">Wide</p>'
    pages = {
        "sound.html": f'{ground}{gone}{chart}<p class="screen-only">Search</p>',
        "faulty.html": f'{chart}<p class="screen-only">Search</p>{wide}',
    }
    for name, body in pages.items():
        (tmp_path / name).write_text(f"{HEAD}<body><main>{body}</main></body></html>")
    assert screen.in_other_media(tmp_path / "sound.html", kept) == []
    assert screen.in_other_media(tmp_path / "faulty.html", kept) == [
        "in forced colours: one: a chart is not on a ground of its own",
        "printed: P screen-only: is for a screen alone",
        "printed: P : is wider than the sheet",
    ]


def test_a_note_that_says_a_thing_twice_is_told() -> None:
    once = '<p class="source">Source: A. [c] is hidden.</p><table></table>'
    assert screen.noted(once + once) == []
    twice = once.replace("</p>", '</p>\n<p class="source">[c] is hidden.</p>')
    assert screen.noted(twice) == ["note 1 says twice: [c] is hidden."]


def test_a_chart_on_a_later_page_than_the_words_that_bring_it_is_told(tmp_path: Path) -> None:
    chart = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9" height="9">'
        "<title>Chart</title></svg>"
    )
    beside = printed(tmp_path, f"<h1>Needs</h1><p>It rose.</p><p>{chart}</p>")
    assert sheets.brought(beside) == []
    later = printed(tmp_path, f'<h1>Needs</h1><p>It rose.</p><p class="next">{chart}</p>')
    assert sheets.brought(later) == ["page 2 begins with a chart that words on page 1 bring"]


@pytest.mark.full
def test_the_checker_of_the_w3c_reads_every_page(kept: tools.Tools, tmp_path: Path) -> None:
    for name, page in {"a.html": SOUND, "b.html": SOUND.replace("</p>", "</b>")}.items():
        (tmp_path / name).write_text(page, encoding="utf-8")
    assert screen.checked([tmp_path / "a.html"], kept) == []
    found = screen.checked([tmp_path / "a.html", tmp_path / "b.html"], kept)
    assert found
    assert all(line.startswith("b.html: line ") for line in found)


@pytest.mark.full
def test_verapdf_holds_both_standards_and_tells_the_rule(kept: tools.Tools, tmp_path: Path) -> None:
    file = printed(tmp_path, "<h1>Needs</h1><p>Words.</p>")
    assert sheets.validated([file], kept) == []
    with pikepdf.open(file, allow_overwriting_input=True) as opened:
        del opened.Root.OutputIntents
        del opened.Root.Lang
        opened.save(file)
    found = sheets.validated([file], kept)
    assert any(": PDFA-3A 6.2.4.3-" in line for line in found), found
    assert any(": PDFUA-1 7.2-" in line for line in found), found


def test_a_page_too_empty_is_told_unless_a_chapter_ends_there(tmp_path: Path) -> None:
    lines = "<p>Line</p>" * 9  # some 100 mm of 257
    cover = "<h1>Cover</h1>"
    split = printed(tmp_path, f'{cover}<h1 class="next">One</h1>{lines}<h2 class="next">More</h2>'
                              f'<div class="tall"></div><p>End</p>')  # fmt: skip
    assert len(sheets.filled(split)) == 1
    assert sheets.filled(split)[0].startswith("page 2 is filled to ")
    ended = printed(tmp_path, f'{cover}<h1 class="next">One</h1>{lines}<h1 class="next">Two</h1>'
                              f'<div class="tall"></div><p>End</p>')  # fmt: skip
    assert sheets.filled(ended) == []
    short = printed(tmp_path, f'{cover}<h1 class="next">One</h1><p>Line</p>')
    assert len(sheets.filled(short)) == 1


def test_a_table_that_became_two_is_told(tmp_path: Path) -> None:
    body = "<h1>N</h1><table><tr><th>A</th></tr></table><table><tr><th>B</th></tr></table>"
    file = printed(tmp_path, body)
    assert sheets.whole(file, body) == []
    one = body.replace("</table><table>", "")
    assert sheets.whole(file, one) == ["2 /Table elements for 1 of the page"]


def test_bookmarks_less_deep_than_the_page_are_told(tmp_path: Path) -> None:
    """Chapters, sections and titles of figures; a document without figures has no third level."""

    def told(paper: str, page: str) -> list[str]:
        file = printed(tmp_path, paper)
        file.with_suffix(".html").write_text(page, encoding="utf-8")
        return sheets.bookmarked(file)

    two, three = "<h1>A</h1><h2>B</h2>", "<h1>A</h1><h2>B</h2><h3>C</h3>"
    sections, figures = "<h2>A</h2><h3>B</h3>", '<h2>A</h2><h3>B</h3><p class="figure-title">C</p>'
    assert told(three, figures) == told(two, sections) == []
    assert told(two, figures) == ["bookmarks go to level 2, not to 3"]
    assert told("<h1>A</h1>", sections) == ["bookmarks go to level 1, not to 2"]


def test_a_table_of_one_figure_is_told() -> None:
    one = "<table><tr><th>A</th><td> </td><td><data>5</data></td></tr></table>"
    assert screen.tables(one) == ["table 1 has one figure or none"]
    assert screen.tables(one.replace("<td> </td>", "<td>[c]</td>")) == []


@pytest.mark.parametrize(
    "asks",
    ['<img src="https://example.org/a.png" alt="">', "<style>p{background:url(//x.org/a)}</style>",
     '<link rel="stylesheet" href="http://example.org/a.css">', "<style>@import 'https://x.org'</style>"],
)  # fmt: skip
def test_a_request_outside_is_told(asks: str) -> None:
    assert screen.requests('<a href="https://example.org">a link asks for nothing</a>') == []
    assert len(screen.requests(asks)) == 1


def test_a_tool_that_is_not_the_one_declared_is_not_run() -> None:
    digest = "sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="  # of "hello"
    assert tools.held(b"hello", digest, "x") == b"hello"
    with pytest.raises(tools.MissingError, match="is not the file declared"):
        tools.held(b"hallo", digest, "x")


def test_an_edition_that_is_not_built_is_told_before_anything_is_fetched(tmp_path: Path) -> None:
    found = run.problems(tmp_path / "none", tmp_path / "cache")
    assert "report.pdf: is not there; build the edition first" in found
    assert not (tmp_path / "cache").exists()

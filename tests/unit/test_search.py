"""The search of the web pages: what is looked through, and what may run."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from jsna.model import scripts
from jsna.readback import scripts as judged
from jsna.readback.page import Page, read
from jsna.readback.result import Tally
from jsna.report import search
from tests.unit import report_support as made

PAGE = (
    "<!doctype html><html lang=en><head><title>t</title><style>p{}</style></head><body>"
    "<h1>Marrowshire 2025</h1><nav><h2 id=contents>Contents</h2></nav>"
    '<h2 id="plans">Plans &amp; waits in 2025</h2><p>In all 1,422 families waited.</p>'
    '<details class="screen-only data"><table><tr><td>Tables</td></tr></table></details>'
    '<p class="figure-title" id="fig">Waits rose</p><svg><text>drawn</text></svg>'
    "<p>Families’ waits.</p></body></html>"
)
#: Two lines, worked out by hand.
LINES = [
    {
        "title": "Plans & waits in 2025",
        "address": "report.html#plans",
        "page": "Marrowshire 2025",
        "words": "all families waited",
    },
    {
        "title": "Waits rose",
        "address": "report.html#fig",
        "page": "Marrowshire 2025",
        "words": "families",
    },
]


def test_a_line_for_each_heading_and_figure_and_no_number_among_its_words() -> None:
    lines = [*search.entries_of("report.html", PAGE)]
    assert [line["title"] for line in lines] == [line["title"] for line in LINES]
    for line, wanted in zip(lines, LINES, strict=True):
        assert line["address"] == wanted["address"]
        assert line["page"] == wanted["page"]
        assert set(wanted["words"].split()) <= set(line["words"].split())
        assert not any(letter.isdigit() for letter in line["words"])
    said = " ".join(line["words"] for line in lines)
    assert not {"tables", "drawn"} & set(said.split())


def index(lines: object) -> bytes:
    return f"{scripts.STATEMENT}{json.dumps(lines)};\n".encode()


def told(content: bytes, name: str = scripts.INDEX, page: Page | None = None) -> list[str]:
    tally = Tally(name)
    judged.judge(name, content, {"report.html": page or read(PAGE)}, tally)
    return [problem.rule for problem in tally.problems]


def test_the_index_passes_where_its_titles_stand_in_the_pages() -> None:
    assert told(index([*search.entries_of("report.html", PAGE)])) == []


@pytest.mark.parametrize(
    ("part", "value", "wanted"),
    [
        ("title", "Plans & waits in 2024", "does not lead to this title"),
        ("address", "report.html#fig", "does not lead to this title"),
        ("address", "other.html#plans", "does not lead to this title"),
        ("page", "Marrowshire", "has another title"),
        ("words", "families 1422", "hold a number"),
        ("words", 7, "other parts"),
    ],
)
def test_an_entry_that_is_not_so_is_named(part: str, value: object, wanted: str) -> None:
    first = next(search.entries_of("report.html", PAGE))
    assert any(wanted in rule for rule in told(index([first | {part: value}])))


def test_what_runs_is_what_is_known() -> None:
    for content in (b"alert(1)", index([])[:-2] + b"; alert(1);\n", b"const searchIndex = 7;\n"):
        assert told(content)
    for name, digest in scripts.FIXED.items():
        content = (made.TEMPLATES / scripts.FOLDER / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest, name
        assert told(content, name) == []
        assert told(content + b"\n", name)
    assert told(b"", "other.js")


def test_a_page_may_load_what_is_known_and_hold_no_script() -> None:
    def unreadable(body: str) -> list[str]:
        return read(f"<html><body>{body}</body></html>").unreadable

    assert unreadable("".join(f'<script src="{name}"></script>' for name in scripts.LOADED)) == []
    assert unreadable("<script>alert(1)</script>")
    assert unreadable('<script src="https://example.org/x.js"></script>')
    assert unreadable(f'<script src="{scripts.LOADED[0]}">alert(1)</script>')


def test_scripts_ask_for_nothing(tmp_path: Path) -> None:
    own = (made.TEMPLATES / scripts.FOLDER / "search.js").read_text(encoding="utf-8")
    for word in ("fetch", "XMLHttp", "import", "eval", "innerHTML", "localStorage", "cookie"):
        assert word not in own

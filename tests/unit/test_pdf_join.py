"""What breaks over a page is one element to who reads the PDF with a screen reader."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import page as validator
import pikepdf
import pytest

from jsna.machine import libraries as system
from jsna.readback import paper
from jsna.report import pdf
from tests.unit.report_support import ROOT

PUBLISHED = datetime(2025, 11, 27, tzinfo=UTC)
ROWS = "".join(f"<tr><th scope=row>Row {n}</th><td>{n}</td></tr>" for n in range(90))
ITEMS = "".join(f"<li>Item {n}</li>" for n in range(70))
WORDS = "Many words, and more of them. " * 400
#: A table, lists and a paragraph that each go over a page, and neighbours that must stay apart.
PAGE = f"""<!doctype html><html lang="en"><head><title>Needs</title></head><body><main>
<h1>Needs</h1>
<section><table><caption>Long</caption>
<thead><tr><th scope=col>Need 2025</th><th scope=col>Plans</th></tr></thead>
<tbody>{ROWS}</tbody></table>
<table><caption>Short</caption><thead><tr><th scope=col>Need</th><th scope=col>Plans</th></tr>
</thead><tbody><tr><th scope=row>Autism</th><td>12</td></tr></tbody></table></section>
<section><ul>{ITEMS}</ul><ul><li>Another list</li></ul></section>
<ul class="two"><li>Words<span class="below">and more below</span></li>
<li><p>One</p><p>Two</p></li></ul>
<p>{WORDS}<a href="https://example.org/{"x" * 8}">{WORDS}</a></p></main></body></html>"""
STYLE = """@page { size: A4; margin: 22mm 20mm 18mm; @bottom-right { content: counter(page) } }
body { font-family: "Source Sans 3" } table { width: 100% } .below { display: block }"""


@pytest.fixture(scope="module")
def content() -> Iterator[bytes]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FONTCONFIG_FILE", os.environ.get("FONTCONFIG_FILE", ""))
        system.isolate_fonts(ROOT)
        made = pdf.print_page(PAGE, STYLE, PUBLISHED, "report.pdf")
        assert pdf.print_page(PAGE, STYLE, PUBLISHED, "report.pdf") == made
        yield made


@pytest.fixture
def document(content: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(content)) as opened:
        yield opened


def tree(element: Any) -> Iterator[Any]:
    """Every structure element, in reading order."""
    yield element
    held = element.get("/K")
    kids = [*held] if isinstance(held, pikepdf.Array) else [held]
    for kid in kids:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            assert kid.P.objgen == element.objgen
            yield from tree(kid)


def of(document: pikepdf.Pdf, kind: str) -> list[Any]:
    root = document.Root.StructTreeRoot.K
    root = root[0] if isinstance(root, pikepdf.Array) else root
    return [element for element in tree(root) if str(element.S) == kind]


def test_every_element_of_the_page_is_one(document: pikepdf.Pdf) -> None:
    assert len(document.pages) > 6
    count = {
        kind: len(of(document, kind)) for kind in ("/Part", "/Sect", "/Table", "/L", "/Caption")
    }
    assert count == {"/Part": 1, "/Sect": 2, "/Table": 2, "/L": 3, "/Caption": 2}
    long, short = of(document, "/Table")
    rows = [len([e for e in tree(one) if str(e.S) == "/TR"]) for one in (long, short)]
    assert rows == [91, 2]
    assert [str(kid.S) for kid in long.K] == ["/Caption", "/THead", "/TBody"]
    assert [len(one.K) for one in of(document, "/L")] == [70, 1, 2]
    assert not any("/JsnaOf" in item for item in document.objects
                   if isinstance(item, pikepdf.Dictionary))  # fmt: skip


def test_it_still_passes_pdf_ua(content: bytes) -> None:
    profile = validator.ValidationProfile.PDF_UA_1
    report = validator.validate_pdf_bytes(content, profile=profile)
    assert report.rules.failed == 0, [f"{f.rule_id}: {f.message}" for f in report.failures]


def test_marked_content_and_the_tree_name_each_other(document: pikepdf.Pdf) -> None:
    nums = document.Root.StructTreeRoot.ParentTree.Nums
    entries = {int(nums[i]): nums[i + 1] for i in range(0, len(nums), 2)}
    held: dict[Any, set[int]] = {}
    for element in of(document, "/Document")[:1]:
        for one in tree(element):
            kids = one.get("/K")
            for kid in [*kids] if isinstance(kids, pikepdf.Array) else [kids]:
                if isinstance(kid, int):
                    page, number = one.Pg, kid
                elif isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/MCR":
                    page, number = kid.Pg, int(kid.MCID)
                else:
                    continue
                assert entries[int(page.StructParents)][number].objgen == one.objgen
                held.setdefault(page.objgen, set()).add(number)
    for page in document.pages:
        found = {at for at, entry in enumerate(entries[int(page.obj.StructParents)])
                 if isinstance(entry, pikepdf.Dictionary) and "/S" in entry}  # fmt: skip
        # What stands in the margins is artifact; all else that has an entry is held.
        assert held.get(page.obj.objgen, set()) <= found


def test_a_repeated_head_is_not_read_out_and_cells_name_the_first(
    content: bytes, document: pikepdf.Pdf
) -> None:
    heads = of(document, "/THead")
    assert len(heads) == 2
    named = {bytes(cell.ID) for cell in of(document, "/TH") if "/ID" in cell}
    asked = {bytes(name) for kind in ("/TD", "/TH") for cell in of(document, kind)
             if "/A" in cell and "/Headers" in cell.A for name in cell.A.Headers}  # fmt: skip
    assert asked
    assert asked <= named
    found = paper.read(content)
    assert " ".join(run.text for run in found.runs).count("Need 2025") == 1
    assert sum("Need 2025" in run.text for run in found.outside) >= 1

"""The PDF: accessible by the standard, one font, no warning, the same bytes everywhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import page as validator
import pandas as pd
import pikepdf
import pypdf
import pytest

from jsna import io
from jsna.errors import JsnaError
from jsna.model.configuration import Configuration
from jsna.report import pdf
from tests.unit import report_support as made
from tests.unit.test_report import written

# What is built once for the module is built by one worker.
pytestmark = pytest.mark.xdist_group("pdf")

#: Enough to have every kind of part: key numbers, figures, tables, a hidden value, lists.
INDICATORS = ("plans", "pupils_ehc_plan", "plan_primary_need", "ehc_plans_20_weeks")
#: Those they stand in, and those that every report has.
CHAPTERS = ("prevalence", "ehc_process", "data_quality", "protection", "methods")
PUBLISHED = datetime(2025, 11, 27, tzinfo=UTC)


def declared() -> tuple[Configuration, pd.DataFrame]:
    """The made-up edition with a few chapters and indicators alone, which prints sooner."""
    config, frame = made.whole()
    edition = config.edition.model_copy(update={"chapters": CHAPTERS})
    few = {name: config.indicators[name] for name in INDICATORS}
    kept = frame[frame["indicator"].isin(INDICATORS)].reset_index(drop=True)
    return replace(config, edition=edition, indicators=few), kept


def _run(paths: io.Paths, environment: dict[str, str]) -> bytes:
    """Print in a process of its own, as the pipeline does, and read the file."""
    code = (
        "import sys; from pathlib import Path; from jsna import io; from jsna.report import pdf;"
        "from tests.unit import report_support as made; from tests.workflow import test_pdf;"
        "config = test_pdf.declared()[0];"
        "pdf.run(config, io.Paths(Path(sys.argv[1]), 'marrow-2025'), templates=made.TEMPLATES)"
    )
    kept = {k: v for k, v in os.environ.items() if k != "FONTCONFIG_FILE"}
    subprocess.run(
        [sys.executable, "-c", code, str(paths.root)],
        cwd=made.ROOT,
        env={**kept, "PYTHONPATH": f"{made.ROOT / 'src'}{os.pathsep}{made.ROOT}", **environment},
        check=True,
        capture_output=True,
        text=True,
    )
    return (paths.draft / "report.pdf").read_bytes()


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> io.Paths:
    return written(tmp_path_factory.mktemp("pdf"), *declared())


@pytest.fixture(scope="module")
def content(paths: io.Paths) -> bytes:
    return _run(paths, {})


@pytest.fixture(scope="module")
def document(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(content))


@pytest.fixture(scope="module")
def printed(content: bytes) -> list[str]:
    """Text of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages]


def elements(document: pikepdf.Pdf, kind: str) -> list[Any]:
    found = []
    for item in document.objects:
        if not isinstance(item, pikepdf.Dictionary) or item.get("/Type") != "/StructElem":
            continue
        if item.get("/S") == kind:
            found.append(item)
    return found


@pytest.mark.parametrize("profile", ["PDF_UA_1", "PDF_A_3A"])
def test_it_passes_both_standards_in_one_file(content: bytes, profile: str) -> None:
    report = validator.validate_pdf_bytes(
        content, profile=getattr(validator.ValidationProfile, profile)
    )
    assert report.rules.failed == 0, [f"{f.rule_id}: {f.message}" for f in report.failures]
    assert report.is_compliant
    assert report.rules.total > 50


def test_the_data_of_its_figures_are_attached(document: pikepdf.Pdf, paths: io.Paths) -> None:
    assert len(document.attachments) >= 1
    for name, item in document.attachments.items():
        own = paths.draft / "data" / "figures" / name
        assert item.get_file().read_bytes() == own.read_bytes()
    kinds = {str(item.AFRelationship) for item in document.Root.AF}
    assert kinds == {"/Data"}


def test_only_the_bundled_font_is_in_it(document: pikepdf.Pdf) -> None:
    names = set()
    for item in document.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
            names.add(str(item.FontName).split("+")[-1])
    assert names
    assert all(name.startswith("Source-Sans-3") for name in names)


def test_it_is_small_and_named(content: bytes, document: pikepdf.Pdf) -> None:
    assert len(content) < 5_000_000
    assert str(document.Root.Lang) == "en-GB"
    assert str(document.docinfo["/Title"]).startswith("Marrowshire SEND JSNA 2025")
    assert str(document.docinfo["/CreationDate"]).startswith("D:20251127")
    assert document.Root.PageMode == "/UseOutlines"


def test_header_cells_say_which_way_they_head(content: bytes, paths: io.Paths) -> None:
    assert content  # printed with it
    opened = pikepdf.open(paths.draft / "technical-report.pdf")
    cells = elements(opened, "/TH")
    scopes = {str(cell.A.Scope) for cell in cells}
    assert cells
    assert scopes == {"/Row", "/Column"}
    for cell in cells:
        in_head = cell.P.P.S == "/THead"
        assert (cell.A.Scope == "/Column") == in_head


def test_lists_say_what_kind_they_are(document: pikepdf.Pdf) -> None:
    kinds = {str(item.A.ListNumbering) for item in elements(document, "/L")}
    assert {"/Disc", "/None"} <= kinds <= {"/Disc", "/Decimal", "/None"}


def test_links_say_where_they_lead(document: pikepdf.Pdf) -> None:
    words = []
    for page in document.pages:
        for item in page.get("/Annots", []):
            assert item.F == 4
            words.append(str(item.Contents))
    assert "Summary" in words
    assert any(re.match(r"\d+ \w", text) for text in words)
    assert not any(text.startswith(("chapter-", "topic-", "figure-")) for text in words)


def test_running_heads_are_not_read_out(document: pikepdf.Pdf) -> None:
    for number, page in enumerate(document.pages):
        stream = page.Contents.read_bytes()
        heads = stream.count(b"/Subtype /Header")
        feet = stream.count(b"/Subtype /Footer")
        # The cover has none; every other page chapter, report, notice and number.
        assert (heads, feet) == ((0, 0) if number == 0 else (2, 2))
    bare = [e for e in elements(document, "/Span") if e.P.P.get("/S") == "/Document"]
    assert bare == [] or all(not hasattr(e, "K") for e in bare)


def test_every_page_says_synthetic_and_the_right_number(printed: list[str]) -> None:
    for number, text in enumerate(printed, 1):
        assert "Synthetic data" in text
        if number > 1:
            assert text.split()[-1] == str(number), text[-200:]


def test_contents_pages_are_where_the_bookmarks_lead(content: bytes, printed: list[str]) -> None:
    reader = pypdf.PdfReader(BytesIO(content))
    contents = printed[1].replace("\n", " ")
    assert "Contents" in contents
    assert "...." not in contents

    def flat(items: list[Any]) -> list[Any]:
        return [x for item in items for x in (flat(item) if isinstance(item, list) else [item])]

    marks = [m for m in flat(reader.outline) if re.match(r"\d", str(m.title))]
    assert marks
    for mark in marks:
        page = (reader.get_destination_page_number(mark) or 0) + 1
        squeezed = re.sub(r"\s+", "", f"{mark.title}{page}")
        assert squeezed in re.sub(r"\s+", "", contents), (mark.title, page)


def test_numbers_of_the_page_are_in_the_text_of_the_pdf(
    printed: list[str], paths: io.Paths
) -> None:
    page = (paths.draft / "report.html").read_text(encoding="utf-8")
    # What is folded away on the screen is in the workbooks.
    page = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    shown = set(re.findall(r'data-field="value">([^<]+)</data>', page))
    text = re.sub(r"\s+", "", "".join(printed))
    assert len(shown) > 15
    assert [number for number in shown if re.sub(r"\s+", "", number) not in text] == []


def test_no_heading_stands_alone_at_the_foot_of_a_page(printed: list[str]) -> None:
    for page in printed[2:]:
        lines = [line.strip() for line in page.splitlines() if line.strip()]
        body = [x for x in lines if not x.startswith("Synthetic data. SEND") and not x.isdigit()]
        assert not re.match(r"(\d+\.\d+ [A-Z]|Figure \d)", body[-1]), body[-1]


@pytest.mark.full
def test_the_bytes_do_not_depend_on_the_machine(paths: io.Paths, content: bytes) -> None:
    other = {"PYTHONHASHSEED": "77", "TZ": "Pacific/Auckland", "LC_ALL": "C.UTF-8", "LANG": "C"}
    assert _run(paths, other) == content


def _page(body: str) -> str:
    return f"<!doctype html><html lang=en><title>t</title><body><h1>Title</h1>{body}</body></html>"


def test_a_warning_of_the_printer_fails_the_build() -> None:
    with pytest.raises(JsnaError, match=r"pdf\.warning"):
        pdf.print_page(_page('<p style="colour: red">x</p>'), "", PUBLISHED, "report.pdf")


@pytest.mark.parametrize(
    "address", ["https://example.org/a.png", "file:///etc/hostname", "data:image/png;base64,AAAA"]
)
def test_nothing_outside_the_page_is_fetched(address: str) -> None:
    with pytest.raises(JsnaError, match="something outside itself"):
        pdf.print_page(_page(f'<img src="{address}" alt="x">'), "", PUBLISHED, "report.pdf")


def test_a_broken_link_inside_the_page_fails_the_build() -> None:
    with pytest.raises(JsnaError, match="nowhere"):
        pdf.print_page(_page('<p><a href="#nowhere">x</a></p>'), "", PUBLISHED, "report.pdf")


def test_a_missing_page_is_named(tmp_path: Path) -> None:
    with pytest.raises(JsnaError, match=r"index\.html.*missing"):
        pdf.run(made.whole()[0], io.Paths(tmp_path, "marrow-2025"), templates=made.TEMPLATES)

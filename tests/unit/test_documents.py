"""Pages made from declarations are as they would be written now, and say what is declared."""

from pathlib import Path

import pytest

from jsna import documents
from jsna.stages import STAGES
from tests.conftest import ROOT


def test_every_rendered_page_is_as_it_would_be_written_now() -> None:
    stale = [
        name
        for name, text in documents.rendered(ROOT).items()
        if (ROOT / name).read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run `jsna render`"


def test_the_table_of_stages_names_each_with_its_zones() -> None:
    lines = documents.rendered(ROOT)["docs/data-flow.md"].splitlines()
    told = {line.split("|")[1].strip(" `"): line for line in lines if line.startswith("| `")}
    assert {*STAGES} <= {*told}
    assert told["print"].endswith("| `jsna.report.pdf` | `draft` | `draft` |")
    assert told["discover"].endswith("| none | `restricted` |")
    assert told["seal"].endswith("| any | any |")


@pytest.mark.parametrize("times", [0, 2])
def test_a_page_without_its_marks_is_told(tmp_path: Path, times: int) -> None:
    marks = "<!-- rendered: stages -->\n<!-- /rendered: stages -->\n"
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/data-flow.md").write_text("# Data flow\n" + marks * times, encoding="utf-8")
    with pytest.raises(ValueError, match=f"has it {times} times"):
        documents.render(tmp_path)


def test_rendering_writes_what_changed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    page = tmp_path / "docs/data-flow.md"
    page.write_text("<!-- rendered: stages -->\n<!-- /rendered: stages -->\n", encoding="utf-8")
    assert documents.render(tmp_path) == ["docs/data-flow.md"]
    assert "Printing the PDF" in page.read_text(encoding="utf-8")
    assert documents.render(tmp_path) == []

"""The reports of two real authorities hold the real figures: cell by cell and on paper."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.conftest import Project

#: In one process: the reports are built once for all.
pytestmark = [pytest.mark.real, pytest.mark.xdist_group("open-reports")]

SHARED = Path(__file__).parents[3] / "shared" / "published"
LANCASHIRE, SOUTHEND = "E10000017", "E06000033"
ENGLAND, BURNLEY = "E92000001", "E07000117"


def key(
    indicator: str,
    area: str,
    period: str,
    period_type: str,
    category: str = "total",
    breakdown: str = "total",
    segment: str = "",
) -> str:
    geography = {"E92": "national", "E07": "district"}.get(area[:3], "authority")
    place = area, geography, period, period_type
    return "~".join((indicator, *place, breakdown, category, segment))


def weeks(area: str, year: int) -> str:
    """A new collection began with the plans of 2023."""
    segment = "2023" if year >= 2023 else ""
    return key("ehc_plans_20_weeks", area, str(year), "calendar_year", segment=segment)


LANCASHIRE_FIGURES = {
    key("plans", LANCASHIRE, "2025", "january"): "12,317",
    weeks(LANCASHIRE, 2021): "66.0",
    weeks(LANCASHIRE, 2022): "98.6",
    weeks(LANCASHIRE, 2023): "80.4",
    weeks(LANCASHIRE, 2024): "17.3",
    weeks(ENGLAND, 2024): "45.9",
    key("pupils_ehc_plan", LANCASHIRE, "2025", "january"): "5.5",
    key("pupils_sen_support", LANCASHIRE, "2025", "january"): "13.2",
    # The release gives Burnley 55.9 per cent for communication, language and literacy
    # (`comm_lang_lit_percentage`) and 54.7 for a good level of development (`gld_percentage`).
    key("early_language", BURNLEY, "2021/22", "academic_year"): "55.9",
    key("good_level_of_development", BURNLEY, "2021/22", "academic_year"): "54.7",
    key("lsoas", LANCASHIRE, "2025", "release"): "760",
}
SOUTHEND_FIGURES = {
    weeks(SOUTHEND, 2023): "3.8",
    weeks(SOUTHEND, 2024): "16.1",
    key("lsoas", SOUTHEND, "2025", "release"): "108",
}


class Marked(HTMLParser):
    """Figures by measure key."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: str | None = None
        self.anywhere: dict[str, set[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("data-measure") and given.get("data-field") == "value":
            self.inside = given["data-measure"]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("data", "span"):
            self.inside = None

    def handle_data(self, data: str) -> None:
        if self.inside is None:
            return
        figure = re.sub(r"%$| per [\d,]+$", "", data.strip())  # the unit stands in prose only
        self.anywhere.setdefault(self.inside, set()).add(figure)


@pytest.fixture(scope="module")
def project(new_project: Callable[..., Project]) -> Project:
    assert SHARED.is_dir(), "the real official files are not beside the project"
    return new_project()


#: Published folder -> what is in it.
_READ: dict[Path, tuple[Marked, str]] = {}


def built(project: Project, edition: str) -> tuple[Marked, str]:
    """The marked figures of an edition's HTML, and the text of its PDF."""
    folder = project.report(edition)
    if folder not in _READ:
        _READ[folder] = _built(project, edition)
    return _READ[folder]


def _built(project: Project, edition: str) -> tuple[Marked, str]:
    if not (project.report(edition) / "report.pdf").is_file():
        project.jsna("fetch", edition, "--from", str(SHARED))
        project.jsna("build", edition)
    page = Marked()
    names = ("report", "technical-report", "places")
    for name in names:
        page.feed((project.report(edition) / f"{name}.html").read_text(encoding="utf-8"))
    readers = [PdfReader(project.report(edition) / f"{name}.pdf") for name in names]
    return page, "\n".join(p.extract_text() for reader in readers for p in reader.pages)


@pytest.mark.parametrize(
    ("edition", "figures"),
    [
        ("lancashire-open-2025", LANCASHIRE_FIGURES),
        ("southend-open-2025", SOUTHEND_FIGURES),
    ],
)
def test_real_figures_stand_on_the_pages_and_on_paper(
    project: Project, edition: str, figures: dict[str, str]
) -> None:
    page, paper = built(project, edition)
    found = {k: {v.rstrip("%") for v in page.anywhere.get(k, ())} for k in figures}
    assert found == {k: {v} for k, v in figures.items()}
    for figure in figures.values():
        assert re.search(rf"(?<![\d.,]){re.escape(figure)}(?![\d,]|\.\d)", paper), figure


def test_one_figure_has_one_value_wherever_it_is_printed(project: Project) -> None:
    page, _ = built(project, "lancashire-open-2025")
    assert len(page.anywhere) > 300
    assert {k: v for k, v in page.anywhere.items() if len(v) > 1} == {}


def test_placement_types_are_not_counted_twice(project: Project) -> None:
    _, paper = built(project, "lancashire-open-2025")
    assert "4,290 of 12,317" in " ".join(paper.split())  # plans for autism, as the release has them
    assert "24,098" not in paper


def test_an_open_edition_is_nowhere_called_synthetic(project: Project) -> None:
    _, paper = built(project, "lancashire-open-2025")
    assert "ynthetic" not in paper
    report = project.report("lancashire-open-2025")
    for path in (*(report / "data").rglob("*"), *report.glob("charts/*")):
        if path.is_file():
            assert b"ynthetic" not in path.name.encode() + path.read_bytes(), path.name

"""Reading back a whole built edition: it passes, and one digit changed anywhere is found."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from jsna import io, records
from jsna.model.configuration import Configuration
from jsna.model.documents import DOCUMENTS
from jsna.readback import paper
from jsna.readback.certificate import KIND
from jsna.readback.result import MEASURE
from jsna.readback.run import readback
from jsna.settings import loading
from tests.conftest import SMALL, Project

pytestmark = pytest.mark.xdist_group("readback")
_CELL = re.compile(
    r'<data value="([^"]+)" data-measure="([^"]+)" data-field="value">(\d\d\.\d)%</data>'
)


def record_anew(draft: Path) -> None:
    """Record the digests of the files of a draft as they are, as a stage at fault would have."""
    for file in draft.rglob("*"):
        if file.is_file() and not file.name.startswith("."):
            records.beside(file).write_text(records.line(file, records.sha256(file)))
    receipt = draft / records.WRITTEN
    if receipt.is_file():
        written = [
            draft / name for name in json.loads(receipt.read_text(encoding="utf-8"))["files"]
        ]
        io.write_json(receipt, {"files": records.digests(draft, written)})


@dataclass(frozen=True)
class Draft:
    """A copy of some files of a draft, beside the safe measures it was written from."""

    paths: io.Paths
    config: Configuration

    def file(self, name: str) -> Path:
        return self.paths.draft / name

    def told(self, name: str) -> list[str]:
        """Problems of one file, in words, had its stage written it so."""
        record_anew(self.paths.draft)
        found = readback(self.config, self.paths)
        return [str(problem) for problem in found.problems if problem.where == name]


@pytest.fixture
def draft(built: Project, tmp_path: Path) -> Callable[..., Draft]:
    """Copies files of the built draft into a project of their own."""

    def copy(*names: str) -> Draft:
        paths = io.Paths(tmp_path, SMALL)
        source = io.Paths(built.root, SMALL)
        shutil.copytree(source.safe, paths.safe)
        # The council's own words are held to its files.
        own = f"config/editions/{SMALL}"
        shutil.copytree(built.root / own, tmp_path / own)
        for name in names:
            target = paths.draft / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source.draft / name, target)
            if name.endswith(".pdf"):
                # The data of its figures are attached, and held to the files.
                figures = "data/figures"
                shutil.copytree(source.draft / figures, paths.draft / figures, dirs_exist_ok=True)
        return Draft(paths, loading.load(SMALL, built.root))

    return copy


#: What is published beside the draft that was read back.
BESIDE = ("manifest.json", "certificate.json", "readback.json")


@pytest.fixture(scope="module")
def page(built: Project) -> str:
    return (io.Paths(built.root, SMALL).draft / "report.html").read_text(encoding="utf-8")


def test_the_built_edition_was_read_back(built: Project) -> None:
    record = io.read_json(built.report() / "readback.json")
    files = {
        file.relative_to(built.report()).as_posix()
        for file in built.report().rglob("*")
        if file.is_file() and file.name not in BESIDE
    }
    assert set(record["outputs"]) == set(record["sha256"]) == files
    assert record["problems"] == 0
    assert record["totals"][MEASURE] > 10_000
    assert "" not in record["totals"]
    # Every number a web page prints on paper is on paper: all but those of the charts of narrow
    # screens, and what is folded away.
    narrow = [v for name, v in record["outputs"].items() if name.endswith("--narrow.svg")]
    charts = [v for name, v in record["outputs"].items() if name.endswith(".svg")]
    assert len(charts) == 2 * len(narrow)
    whole = 0
    for document in DOCUMENTS:
        page = io.read_text(built.report() / document.page)
        html, pdf = record["outputs"][document.page], record["outputs"][document.pdf]
        screen = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
        on_paper = pdf[MEASURE] + pdf.get(KIND, 0)
        assert html[MEASURE] >= on_paper >= screen.count("<data ") > 0
        whole += html[MEASURE]
    assert 0 < sum(chart.get(MEASURE, 0) for chart in charts) < whole


@pytest.mark.full
def test_seal_refuses_a_draft_altered_since(built: Project, tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.copytree(built.root, root)
    project = Project(root)
    (io.Paths(root, SMALL).draft / "report.html").write_text("<p>12 children</p>", encoding="utf-8")
    run = project.jsna("seal", SMALL, check=False)
    assert run.returncode == 1
    assert "report.html" in run.stderr
    record_anew(io.Paths(root, SMALL).draft)
    run = project.jsna("readback", SMALL, check=False)
    assert run.returncode == 1
    assert "'12'" in run.stderr


# -- web page and charts ---------------------------------------------------------------------------


def changed(text: str) -> str:
    """The same with its last digit another."""
    at = max(n for n, letter in enumerate(text) if letter.isdigit())
    return f"{text[:at]}{(int(text[at]) + 1) % 10}{text[at + 1 :]}"


def test_a_digit_of_the_web_page(draft: Callable[..., Draft], page: str) -> None:
    cell = next(_CELL.finditer(page))
    made = draft("report.html")
    altered = page.replace(f">{cell[3]}%<", f">{changed(cell[3])}%<", 1)
    made.file("report.html").write_text(altered, encoding="utf-8")
    (told,) = made.told("report.html")
    assert all(part in told for part in (cell[2], f"{cell[3]}%", f"{changed(cell[3])}%"))


@pytest.mark.full
def test_two_values_of_the_web_page_change_places(draft: Callable[..., Draft], page: str) -> None:
    cells = list(_CELL.finditer(page))
    one = cells[0]
    other = next(cell for cell in cells if cell[3] != one[3] and cell[2] != one[2])
    texts = [page[: one.start()], page[one.end() : other.start()], page[other.end() :]]
    swap = [
        one[0].replace(one[1], other[1]).replace(f"{one[3]}%", f"{other[3]}%"),
        other[0].replace(other[1], one[1]).replace(f"{other[3]}%", f"{one[3]}%"),
    ]
    made = draft("report.html")
    altered = texts[0] + swap[0] + texts[1] + swap[1] + texts[2]
    made.file("report.html").write_text(altered, encoding="utf-8")
    told = "\n".join(made.told("report.html"))
    assert one[2] in told
    assert other[2] in told


def test_a_hidden_cell_and_a_sentence_with_a_number(draft: Callable[..., Draft], page: str) -> None:
    hidden = re.search(r'<span data-measure="([^"]+)" data-status="c">\[c\]', page)
    assert hidden is not None
    altered = page.replace(hidden[0], hidden[0].replace("[c]", "3"), 1)
    sentence = re.search(r"<p>[A-Z][^<]{20,}\.(?=</p>)", altered)
    assert sentence is not None
    altered = altered.replace(sentence[0], f"{sentence[0]} There were 3,512 more.", 1)
    made = draft("report.html")
    made.file("report.html").write_text(altered, encoding="utf-8")
    told = made.told("report.html")
    assert len(told) == 2
    assert any(hidden[1] in line and "'3'" in line for line in told)
    assert any("'3,512'" in line for line in told)


@pytest.mark.full
def test_a_number_of_the_certificate(draft: Callable[..., Draft], built: Project) -> None:
    name = "technical-report.html"
    page = io.read_text(built.processed() / "draft" / name)
    cell = re.search(r'data-certificate="(attack\.cells)" value="(\d+)">([\d,]+)<', page)
    assert cell is not None
    made = draft(name)
    altered = page.replace(cell[0], cell[0].replace(f">{cell[3]}<", f">{changed(cell[3])}<"), 1)
    made.file(name).write_text(altered, encoding="utf-8")
    (told,) = made.told(name)
    assert all(part in told for part in (cell[1], cell[3], changed(cell[3])))


@pytest.mark.full
def test_a_heading_over_numbers_of_another_year(draft: Callable[..., Draft], page: str) -> None:
    row = re.search(
        r'<th scope="row">(20\d\d/\d\d)</th><td><data [^>]*data-measure="([^"]+)"', page
    )
    assert row is not None
    made = draft("report.html")
    altered = page.replace(row[0], row[0].replace(f">{row[1]}<", ">2012/13<", 1), 1)
    made.file("report.html").write_text(altered, encoding="utf-8")
    told = made.told("report.html")
    assert any(row[2] in line and "'2012/13'" in line for line in told)


@pytest.mark.full
def test_a_year_of_a_sentence_is_held_to_the_paper(draft: Callable[..., Draft], page: str) -> None:
    found = re.search(r'<p class="lead">In January 2025, ', page)
    assert found is not None
    made = draft("report.html", "report.pdf")
    altered = page.replace(found[0], found[0].replace("January 2025", "January 2024"), 1)
    made.file("report.html").write_text(altered, encoding="utf-8")
    (told,) = made.told("report.pdf")
    assert "the web page has 2024 here (found '2025')" in told


def test_a_digit_of_a_chart(draft: Callable[..., Draft], built: Project) -> None:
    folder = io.Paths(built.root, SMALL).draft / "charts"
    for file in sorted(folder.glob("fig-*-trend.svg")):
        text = file.read_text(encoding="utf-8")
        label = re.search(r'data-measure="([^"]+)">([\d.,]*\d)', text)
        if label is not None:
            break
    assert label is not None
    name = f"charts/{file.name}"
    made = draft("report.html", name)
    altered = text.replace(label[0], changed(label[0]), 1)
    made.file(name).write_text(altered, encoding="utf-8")
    told = "\n".join(made.told(name))
    assert label[1] in told
    assert changed(label[2]) in told
    assert "differs from the chart of this name" in told


# -- open data -------------------------------------------------------------------------------------


def test_a_digit_of_a_data_file(draft: Callable[..., Draft]) -> None:
    every = "data/synthetic_measures.csv"
    chart = "data/figures/synthetic_fig-pupils-ehc-plan-areas.csv"
    made = draft(every, chart)
    lines = made.file(chart).read_text(encoding="utf-8").splitlines(keepends=True)
    number, cells = next(
        (n, line.split(",")) for n, line in enumerate(lines) if n and ",percent," in line
    )
    at = cells.index("percent") - 1
    cells[at] = changed(cells[at])
    lines[number] = ",".join(cells)
    made.file(chart).write_text("".join(lines), encoding="utf-8")
    (told,) = made.told(chart)
    assert f"row {number + 1}, column 'value'" in told
    assert cells[at] in told
    assert made.told(every) == []


@pytest.mark.full
def test_two_rows_of_a_data_file_change_values(draft: Callable[..., Draft]) -> None:
    name = "data/synthetic_measures.csv"
    made = draft(name)
    lines = made.file(name).read_text(encoding="utf-8").splitlines(keepends=True)
    count = re.compile(r",(\d\d+),,(\1),count,")
    found = [(n, match) for n, line in enumerate(lines) if (match := count.search(line))]
    one, first = found[0]
    other, second = next((n, match) for n, match in found if match[1] != first[1])
    lines[one] = lines[one].replace(first[0], second[0])
    lines[other] = lines[other].replace(second[0], first[0])
    made.file(name).write_text("".join(lines), encoding="utf-8")
    told = "\n".join(made.told(name))
    assert f"row {one + 1}," in told
    assert f"row {other + 1}," in told


def test_a_lost_row_of_the_data(draft: Callable[..., Draft]) -> None:
    name = "data/synthetic_measures.csv"
    made = draft(name)
    lines = made.file(name).read_text(encoding="utf-8").splitlines(keepends=True)
    made.file(name).write_text("".join(lines[:-1]), encoding="utf-8")
    (told,) = made.told(name)
    assert "1 rows fewer" in told


# -- the PDF ---------------------------------------------------------------------------------------


@dataclass
class Shown:
    """An instruction of a PDF that shows text: where it is, and what it says."""

    owner: Any
    steps: list[Any]
    index: int
    text: str
    letters: dict[str, bytes]
    page: int

    def say(self, text: str) -> None:
        """Say something else, in the same font."""
        raw = b"".join(self.letters[letter] for letter in text)
        step = pikepdf.ContentStreamInstruction(
            [pikepdf.Array([pikepdf.String(raw)])], pikepdf.Operator("TJ")
        )
        self.steps[self.index] = step
        stream = pikepdf.unparse_content_stream(self.steps)
        if isinstance(self.owner, pikepdf.Page):
            self.owner.Contents.write(stream)
        else:
            self.owner.write(stream)


def shown(pdf: pikepdf.Pdf) -> Iterator[Shown]:
    """Every piece of text of a PDF."""
    reader = paper._Reader(pdf)

    def walk(owner: Any, resources: Any, page: int) -> Iterator[Shown]:
        steps = list(pikepdf.parse_content_stream(owner))
        font: dict[bytes, str] = {}
        for index, step in enumerate(steps):
            name = str(step.operator)
            if name == "Tf":
                font = reader._font(resources.Font[str(step.operands[0])])
            elif name == "TJ":
                raw = b"".join(bytes(p) for p in step.operands[0] if isinstance(p, pikepdf.String))
                letters = {letter: glyph for glyph, letter in font.items()}
                yield Shown(owner, steps, index, paper._decoded(raw, font), letters, page)
            elif name == "Do":
                form = resources.XObject[str(step.operands[0])]
                yield from walk(form, form.get("/Resources", resources), page)

    for number, page in enumerate(pdf.pages, 1):
        yield from walk(page, page.Resources, number)


def reprinted(
    made: Draft, change: Callable[[pikepdf.Pdf], None], name: str = "report.pdf"
) -> list[str]:
    """What is told of a PDF after a change to it."""
    file = made.file(name)
    out = BytesIO()
    with pikepdf.open(file) as pdf:
        change(pdf)
        pdf.save(out)
    file.write_bytes(out.getvalue())
    return made.told(name)


def test_a_digit_in_a_sentence_of_the_pdf(draft: Callable[..., Draft], page: str) -> None:
    printed = {match[3]: match[2] for match in _CELL.finditer(page)}
    kept: list[tuple[str, str, int]] = []

    def change(pdf: pikepdf.Pdf) -> None:
        for run in shown(pdf):
            found = re.search(r"\((\d\d\.\d)%\)", run.text)
            if run.page > 6 and found and found[1] in printed:
                run.say(run.text.replace(found[1], changed(found[1])))
                kept.append((found[1], changed(found[1]), run.page))
                return

    (told,) = reprinted(draft("report.html", "report.pdf"), change)
    old, new, number = kept[0]
    assert f"page {number}" in told
    assert f"{old}%" in told
    assert f"'{new}%'" in told
    assert "~" in told


def test_two_cells_of_a_table_of_the_pdf_change_places(draft: Callable[..., Draft]) -> None:
    kept: list[Shown] = []

    def change(pdf: pikepdf.Pdf) -> None:
        cells = [run for run in shown(pdf) if re.fullmatch(r"\d\d\.\d", run.text) and run.page > 5]
        one, other = next(
            (one, other)
            for one, other in combinations(cells, 2)
            if one.text != other.text and one.owner.objgen == other.owner.objgen
        )
        first, second = one.text, other.text
        one.say(second)
        other.say(first)
        kept.extend((one, other))

    names = [f"technical-report.{kind}" for kind in ("html", "pdf")]
    told = "\n".join(reprinted(draft(*names), change, names[1]))
    for cell in kept:
        assert f"page {cell.page}" in told
        assert f"'{cell.text}'" in told
    assert told.count("~") > 2


@pytest.mark.full
def test_a_digit_in_a_chart_of_the_pdf(draft: Callable[..., Draft], page: str) -> None:
    labels = re.findall(r'<text [^>]*data-measure="[^"]+">(\d+\.\d%)</text>', page)
    kept: list[tuple[str, int]] = []

    def change(pdf: pikepdf.Pdf) -> None:
        # The text of a chart is set line by line, each line by itself.
        run = next(run for run in shown(pdf) if run.page > 6 and run.text in labels)
        kept.append((run.text, run.page))
        run.say(f"{changed(run.text[:-1])}%")

    (told,) = reprinted(draft("report.html", "report.pdf"), change)
    text, number = kept[0]
    assert "~" in told
    assert f"the web page has {text} here" in told
    assert f"page {number}" in told


@pytest.mark.full
@pytest.mark.full
def test_a_hidden_cell_of_the_pdf_given_a_number(draft: Callable[..., Draft]) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        next(run for run in shown(pdf) if run.text == "[c]" and "3" in run.letters).say("3")

    names = [f"technical-report.{kind}" for kind in ("html", "pdf")]
    (told,) = reprinted(draft(*names), change, names[1])
    assert "[c]" in told
    assert "'3'" in told


@pytest.mark.full
def test_a_number_more_in_the_pdf(draft: Callable[..., Draft]) -> None:
    def sentence(pdf: pikepdf.Pdf) -> None:
        run = next(run for run in shown(pdf) if run.page > 6 and "school year" in run.text)
        run.say(run.text.replace("school year", "2.5 year"))

    (told,) = reprinted(draft("report.html", "report.pdf"), sentence)
    assert "'2.5'" in told
    assert "not in the web page at this place" in told


@pytest.mark.full
def test_a_number_outside_the_reading_order_of_the_pdf(draft: Callable[..., Draft]) -> None:
    def foot(pdf: pikepdf.Pdf) -> None:
        [run for run in shown(pdf) if run.page == 7 and run.text == "7"][-1].say("71")

    (told,) = reprinted(draft("report.html", "report.pdf"), foot)
    assert "page 7" in told
    assert "'71'" in told
    assert "outside the reading order" in told


@pytest.mark.full
def test_a_bookmark_of_the_pdf(draft: Callable[..., Draft]) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        with pdf.open_outline() as outline:
            outline.root[0].title = "1 Summary of 312 children"

    (told,) = reprinted(draft("report.html", "report.pdf"), change)
    assert "'312'" in told

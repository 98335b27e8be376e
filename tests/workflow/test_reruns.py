"""What is rebuilt when something changes, and what is not."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jsna.machine import standing
from jsna.stages import STAGES as ORDERED
from tests.conftest import SMALL, Project

pytestmark = pytest.mark.xdist_group("reruns")

STAGES = tuple(ORDERED)


@pytest.fixture(scope="module")
def project(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the built project that these tests may edit. Times are kept."""
    root = tmp_path_factory.mktemp("rerun") / "project"
    shutil.copytree(built.root, root)
    return Project(root)


@pytest.fixture
def edited(project: Project) -> Iterator[Callable[[str, str, str], None]]:
    """Edits a file of the project, and undoes it (and rebuilds nothing) afterwards."""
    kept: dict[Path, str] = {}

    def edit(file: str, old: str, new: str) -> None:
        path = project.root / file
        text = path.read_text(encoding="utf-8")
        assert old in text, file
        kept.setdefault(path, text)
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    yield edit
    for path, text in kept.items():
        path.write_text(text, encoding="utf-8")


def stages_run(project: Project, build: Callable[[], object] | None = None) -> list[str]:
    """The stages a build runs, in pipeline order, seen by their logs being written.

    Stages whose work stands say so in theirs.
    """
    logs = project.processed() / "logs"
    before = {p.name: p.stat().st_mtime_ns for p in logs.glob("*.log")}
    build() if build else project.jsna("build", SMALL)
    after = {
        p.name: p.stat().st_mtime_ns
        for p in logs.glob("*.log")
        if standing.SAID not in p.read_text(encoding="utf-8")
    }
    return [s for s in STAGES if (log := f"{s}.log") in after and after[log] != before.get(log)]


def stages_planned(project: Project) -> list[str]:
    """The stages a build would run, in pipeline order, as the workflow itself says."""
    plan = project.python(
        *("-m", "snakemake", "--cores", "1", "--config", f"edition={SMALL}"),
        *("--workflow-profile", "profiles/default", "--dry-run"),
    )
    jobs = set(re.findall(r"^(\w+) +\d+$", plan.stdout + plan.stderr, re.M))
    return [stage for stage in STAGES if stage in jobs]


def test_nothing_changed_but_times_of_inputs_runs_no_job(project: Project) -> None:
    for path in (project.root / "data/raw" / SMALL).iterdir():
        if path.is_file():
            path.touch()
    assert stages_run(project) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "untouched"),
    [
        # A method, a rule of linkage, a declaration, a profile, the words of a declaration.
        (
            "src/jsna/measures/methods/proportions.py",
            "def ",
            "_EDITED = True\n\n\ndef ",
            {"ingest", "link"},
        ),
        pytest.param(
            "config/linkage/linkage.yaml",
            "held_out: 20000",
            "held_out: 10000",
            {"ingest", "published", "verdict"},
            marks=pytest.mark.full,
        ),
        pytest.param(
            "config/indicators/exclusions.yaml",
            "year_group, sex]",
            "year_group]",
            {"ingest", "link"},
            marks=pytest.mark.full,
        ),
        pytest.param(
            "config/disclosure/default.yaml",
            "threshold: 5",
            "threshold: 5\nminimum_contributors: 11",
            {"ingest", "published", "link", "derive"},
            marks=pytest.mark.full,
        ),
        # The auditor of releases calls it so where published figures contradict each other.
        pytest.param(
            "config/indicators/exclusions.yaml",
            "    phrase: ",
            "    phrase: rewritten ",
            {"ingest", "link", "verdict"},
            marks=pytest.mark.full,
        ),
        pytest.param(
            "config/indicators/exclusions.yaml",
            "    title: ",
            "    title: Rewritten ",
            set(STAGES) - {"draw", "write", "tabulate", "print", "readback", "seal"},
            marks=pytest.mark.full,
        ),
        pytest.param(
            "config/indicators/exclusions.yaml",
            "definition: ",
            "definition: Rewritten ",
            set(STAGES) - {"draw", "write", "tabulate", "print", "readback", "seal"},
            marks=pytest.mark.full,
        ),
    ],
)
def test_what_is_edited_is_to_be_run_again_with_all_that_depends_on_it(
    project: Project,
    edited: Callable[[str, str, str], None],
    file: str,
    old: str,
    new: str,
    untouched: set[str],
) -> None:
    edited(file, old, new)
    planned = stages_planned(project)
    from_measure = [stage for stage in STAGES[STAGES.index("measure") :] if stage not in untouched]
    assert [stage for stage in planned if stage in from_measure] == from_measure
    assert not untouched & set(planned)


@pytest.mark.parametrize(
    "file",
    [
        "config/codelists/sex.yaml",
        pytest.param("config/linkage/linkage.yaml", marks=pytest.mark.full),
        pytest.param("config/indicators/exclusions.yaml", marks=pytest.mark.full),
    ],
)
def test_a_comment_makes_the_manifest_anew_that_lists_the_file_and_nothing_else(
    project: Project, edited: Callable[[str, str, str], None], file: str
) -> None:
    edited(file, "\n", "\n# Edited.\n")
    assert stages_planned(project) == ["seal"]


@pytest.mark.full
@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("config/questions.yaml", "asks: Is speech", "asks: Is it so that speech"),
        ("config/topics.yaml", "title: Deprivation", "title: Deprived neighbourhoods"),
        ("config/indicators/placements.yaml", "answers: [independent_places]", "answers: []"),
    ],
)
def test_what_was_asked_is_written_anew_and_nothing_measured_or_drawn(
    project: Project, edited: Callable[[str, str, str], None], file: str, old: str, new: str
) -> None:
    edited(file, old, new)
    assert stages_planned(project) == ["write", "tabulate", "print", "readback", "seal"]


@pytest.mark.full
def test_what_an_edition_tells_readers_is_written_anew_and_nothing_measured(
    project: Project, edited: Callable[[str, str, str], None]
) -> None:
    edited(f"config/editions/{SMALL}.yaml", "title: ", "title: Another ")
    assert stages_planned(project) == ["draw", "write", "tabulate", "print", "readback", "seal"]


@pytest.mark.full
def test_where_a_stage_makes_the_same_again_nothing_after_it_is_made_again(
    project: Project,
) -> None:
    """All that follows is planned, and finds in a moment that what it made stands.

    `publications` does not follow: it goes by the files received, and not by what is made of them.
    """
    processed = project.processed()
    made = {f: f.read_bytes() for zone in ("restricted", "safe", "draft")
            for f in sorted((processed / zone).rglob("[!.]*")) if f.is_file()}  # fmt: skip
    (processed / "identified" / ".ingest.made").unlink()
    plan = ("--cores", "2", "--workflow-profile", "profiles/default", "--forcerun", "ingest")
    ran = stages_run(
        project, lambda: project.python("-m", "snakemake", "--config", f"edition={SMALL}", *plan)
    )
    assert ran == ["ingest", "seal"]
    assert {file: file.read_bytes() for file in made} == made


@pytest.mark.full
def test_a_lost_report_is_published_again_without_rebuilding(project: Project) -> None:
    (project.report() / "report.pdf").unlink()
    assert stages_run(project) == ["seal"]
    assert (project.report() / "report.pdf").is_file()


@pytest.mark.full
def test_an_altered_report_is_published_again(project: Project) -> None:
    html = project.report() / "report.html"
    text = html.read_text(encoding="utf-8")
    html.write_text(text + "<!-- altered -->", encoding="utf-8")
    assert stages_run(project) == ["seal"]
    assert html.read_text(encoding="utf-8") == text


def add_a_sentence(project: Project, edited: Callable[[str, str, str], None]) -> None:
    """Add a sentence to a template."""
    template = project.root / "reports/templates/report.html.j2"
    text = template.read_text(encoding="utf-8")
    sentence = re.search(r"<p>Owners, legal basis[^<{]{20,}", text)
    assert sentence is not None
    file = template.relative_to(project.root).as_posix()
    edited(file, sentence.group(), sentence.group() + " An added sentence.")


REPORT = ["write", "print", "readback", "seal"]


def test_a_sentence_of_a_template_concerns_the_report_alone(
    project: Project, edited: Callable[[str, str, str], None]
) -> None:
    add_a_sentence(project, edited)
    assert stages_planned(project) == REPORT


@pytest.mark.full
def test_a_sentence_of_a_template_rebuilds_only_the_report(
    project: Project, edited: Callable[[str, str, str], None]
) -> None:
    add_a_sentence(project, edited)
    assert stages_run(project) == REPORT
    assert "An added sentence." in (project.report() / "report.html").read_text(encoding="utf-8")

"""Projects in folders of their own, and editions built in them once for all tests."""

import gc
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import is_hypothesis_test, settings

from jsna import cli
from jsna.checking import tables
from jsna.disclosure.discovery import supposed
from jsna.errors import Problem
from jsna.model.configuration import Configuration
from jsna.stages import ZONES
from tests.tried import EXAMPLES, FEWER, FULL

ROOT = Path(__file__).parents[1]
#: What a checkout holds that a build needs; never data or output.
PARTS = ("Snakefile", "rules", "config", "profiles", "src", "requirements.lock", "environment.yml")
SMALL = "test-2025"
# A busy machine is no fault of the code: time is measured by benchmarks, never by a test.
settings.register_profile("jsna", deadline=None, max_examples=EXAMPLES // FEWER)
settings.register_profile(FULL, deadline=None, max_examples=EXAMPLES)
settings.load_profile("jsna")
# Objects are looked through for cycles less often: what is imported and collected lives until the
# end, and to go through all of it again and again is a twentieth of the time.
gc.set_threshold(5000, 20, 20)
#: Names a folder in which several runs, one after another, share the small edition (`.ci/run`).
SHARED = "JSNA_TESTS_BUILT_IN"
#: Seconds a worker waits for another to build the edition they share.
PATIENCE = 1800


@dataclass(frozen=True)
class Project:
    """A checkout in a folder of its own, run as a user runs it: one process a command."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    def jsna(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `python -m jsna …` in the project's folder, on the project's own source."""
        return self.python("-m", "jsna", *arguments, check=check)

    def here(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command that confines no process in this one, on the source that is tested."""
        assert arguments[0] not in ZONES
        with (
            patch.dict(os.environ, self.environment),
            redirect_stdout(StringIO()) as said,
            redirect_stderr(StringIO()) as told,
        ):
            code = cli.main([*arguments, "--root", str(self.root)])
        return subprocess.CompletedProcess(arguments, code, said.getvalue(), told.getvalue())

    def python(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run Python in the project's folder, on the project's own source."""
        run = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env={
                **os.environ,
                "PYTHONPATH": str(self.root / "src"),
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                **self.environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert not check or run.returncode == 0, run.stdout + run.stderr
        return run

    def report(self, edition: str = SMALL) -> Path:
        """Folder of a published edition."""
        return self.root / "reports" / edition

    def processed(self, edition: str = SMALL) -> Path:
        """Folder of an edition's zones."""
        return self.root / "data" / "processed" / edition


def copy_project(to: Path, environment: dict[str, str] | None = None) -> Project:
    """A fresh checkout at `to`, with what is compiled: no process there must compile it again."""
    to.mkdir(parents=True, exist_ok=True)
    # What another worker is just writing is not there any more when it is copied.
    ignore = shutil.ignore_patterns("*.pyc.*", "*.egg-info")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, to / part, ignore=ignore)
        else:
            shutil.copy2(source, to / part)
    shutil.copytree(ROOT / "reports/templates", to / "reports/templates")
    return Project(to, environment or {})


@pytest.fixture(scope="session")
def new_project(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Project]:
    """Makes fresh checkouts; each call gives another folder."""

    def make(environment: dict[str, str] | None = None) -> Project:
        return copy_project(tmp_path_factory.mktemp("checkout") / "project", environment)

    return make


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Every property is tried on all its examples in `make test-full`."""
    if is_hypothesis_test(getattr(item, "obj", None)):
        item.add_marker("sampled")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """An order in which no worker waits for the edition that another builds, or for the other.

    One test that needs the edition comes first, and so starts its build. Then come what needs no
    edition, first whole runs and then the first half of the other tests; by when the edition is
    there, and what needs it follows, long groups before short tests.
    """

    def rank(item: pytest.Item) -> int:
        if "built" in getattr(item, "fixturenames", ()):
            return 3
        if "workflow" in item.path.parts:
            return 1
        return 2 if item.path.name < "test_f" else 4

    items.sort(key=rank)
    starts = next((at for at, item in enumerate(items) if rank(item) == 3), None)
    if starts is not None:
        items.insert(0, items.pop(starts))


def pytest_collection_finish() -> None:
    """What is there before the first test is not looked through again."""
    gc.freeze()


def pytest_sessionfinish() -> None:
    """At the end it is taken away as ever."""
    gc.unfreeze()


_TRIED: dict[str, list[Problem]] = {}


@pytest.fixture
def queries_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of something else: rows that queries are tried on are drawn once for what they are.

    What they are made of is what the answer is kept by.
    """
    tried = tables.faults

    def faults(config: Configuration) -> list[Problem]:
        # Rows are drawn over the same edition, whichever is asked about.
        of = supposed.configuration(config)
        made_of = (not config.edition.received, of.area, of.edition, of.codelists, of.rolls)
        key = repr((*made_of, of.hierarchies))
        if key not in _TRIED:
            _TRIED[key] = tried(config)
        return _TRIED[key]

    monkeypatch.setattr(tables, "faults", faults)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The small synthetic edition, built once, for all workers. Tests must not change it."""
    base = tmp_path_factory.getbasetemp()
    if SHARED in os.environ:
        base = Path(os.environ[SHARED])
    elif "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    return _once(base / "built")


def _once(folder: Path) -> Project:
    """The project in a folder, built by whoever comes first; the others wait."""
    from tests.workflow.canary import plant_in

    project, ended = Project(folder / "project"), folder / "ended.txt"
    try:
        folder.mkdir()
    except FileExistsError:
        waited_since = time.monotonic()
        while not ended.is_file():
            assert time.monotonic() - waited_since < PATIENCE, "whoever builds it has not ended"
            time.sleep(0.2)
    else:
        said = "the build was stopped"
        try:
            copy_project(project.root)
            run = project.jsna("synthesise", SMALL, check=False)
            if not run.returncode:
                # Values that must not be seen again outside the identified zone.
                plant_in(project.root, SMALL)
                run = project.jsna("build", SMALL, check=False)
            said = run.stdout + run.stderr if run.returncode else ""
        finally:
            # In one step: who waits must not read half of it.
            (folder / "said.txt").write_text(said, encoding="utf-8")
            (folder / "said.txt").replace(ended)
    said = ended.read_text(encoding="utf-8")
    assert not said, said
    return project

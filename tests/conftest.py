"""Projects in folders of their own, and editions built in them once for all tests."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: What a checkout holds that a build needs; never data or output.
PARTS = ("Snakefile", "rules", "config", "profiles", "src", "requirements.lock", "environment.yml")
SMALL = "test-2025"


@dataclass(frozen=True)
class Project:
    """A checkout in a folder of its own, run as a user runs it: one process a command."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    def jsna(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `python -m jsna …` in the project's folder, on the project's own source."""
        return self.python("-m", "jsna", *arguments, check=check)

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
    """A fresh checkout at `to`."""
    to.mkdir(parents=True, exist_ok=True)
    ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
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


@pytest.fixture(scope="session")
def built(new_project: Callable[..., Project]) -> Project:
    """The small synthetic edition, built once. Tests may read it and must not change it."""
    project = new_project()
    project.jsna("build", SMALL)
    return project

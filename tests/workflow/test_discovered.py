"""Sums nobody declared are really looked for, once for all editions that declare the same."""

import shutil
from pathlib import Path

from jsna import io
from tests.conftest import SMALL, Project


def test_every_indicator_with_a_local_count_is_looked_at_and_nothing_is_undeclared(
    built: Project,
) -> None:
    found = io.read_json(built.processed() / "restricted/discovery.json")
    # A fresh checkout has nothing to go by: this is a look.
    assert (built.processed() / "logs/discover.log").read_text(encoding="utf-8") == ""
    assert found["looked"] is True
    assert found["undeclared"] == 0
    assert found["unseen"] == []
    assert found["quantities"] > 5000
    assert found["declared"] + found["rank"] + found["zero"] == found["quantities"]


def test_what_was_found_serves_another_edition(built: Project, tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    shutil.copytree(built.root, project.root, ignore=shutil.ignore_patterns("raw", "reports"))
    file = project.root / f"config/editions/{SMALL}.yaml"
    text = file.read_text(encoding="utf-8").replace(SMALL, "other-2025")
    file.with_name("other-2025.yaml").write_text(text, encoding="utf-8")
    run = project.jsna("discover", "other-2025")
    assert "looked through before" in run.stderr
    assert str(tmp_path) not in run.stderr
    made = project.processed("other-2025") / "restricted/discovery.json"
    mine = project.processed() / "restricted/discovery.json"
    assert made.read_bytes() == mine.read_bytes()

"""Sums nobody declared are really looked for, once for all editions that declare the same."""

import shutil
from pathlib import Path

import pytest

from jsna import io
from jsna.disclosure.discovery import search, verdicts
from jsna.disclosure.discovery.digest import digest
from jsna.model.configuration import Configuration
from jsna.settings import loading
from tests.conftest import ROOT, SMALL, Project


def test_every_indicator_with_a_local_count_is_looked_at_and_nothing_is_undeclared(
    built: Project,
) -> None:
    found = io.read_json(built.processed() / "restricted/discovery.json")
    assert found["looked"] is True
    assert found["undeclared"] == 0
    assert found["unseen"] == []
    assert found["quantities"] > 5000
    assert found["declared"] + found["rank"] + found["zero"] == found["quantities"]
    # Of these very declarations, by this code; and whoever has the report can tell.
    assert found["verdict"] == digest(loading.load(SMALL, built.root), ROOT)
    assert io.read_json(built.report() / "manifest.json")["verdict"] == found["verdict"]


def test_what_was_found_serves_another_edition(built: Project, tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    shutil.copytree(built.root, project.root, ignore=shutil.ignore_patterns("raw", "reports"))
    file = project.root / f"config/editions/{SMALL}.yaml"
    text = file.read_text(encoding="utf-8").replace(SMALL, "other-2025")
    file.with_name("other-2025.yaml").write_text(text, encoding="utf-8")
    run = project.jsna("verdict", "other-2025")
    assert "is kept" in run.stderr or "looked through before" in run.stderr
    assert str(tmp_path) not in run.stderr
    made = project.processed("other-2025") / "restricted/discovery.json"
    mine = project.processed() / "restricted/discovery.json"
    assert made.read_bytes() == mine.read_bytes()


def declared() -> dict[str, list[Configuration]]:
    """Digest -> the editions of the repository that declare the same."""
    found: dict[str, list[Configuration]] = {}
    for name in loading.editions(ROOT):
        config = loading.load(name, ROOT)
        if config.edition.kind != "open":
            found.setdefault(digest(config, ROOT), []).append(config)
    return found


def test_of_every_edition_of_the_repository_a_current_verdict_is_kept_and_no_other() -> None:
    """Without one a build is right all the same, and takes the time of a search longer."""
    kept = declared()
    lacking = [
        config.edition.edition
        for name, editions in kept.items()
        for config in editions
        if verdicts.kept(ROOT, name) is None
    ]
    assert not lacking, f"no current verdict of {', '.join(lacking)}; run: make discover"
    there = {file.name for file in (ROOT / verdicts.FOLDER).iterdir()}
    assert there == {verdicts.file(name).name for name in kept}, "run: make discover"


@pytest.mark.full
def test_what_is_kept_is_what_a_search_finds() -> None:
    for name, editions in declared().items():
        assert verdicts.kept(ROOT, name) == search.look(editions[0], ROOT)

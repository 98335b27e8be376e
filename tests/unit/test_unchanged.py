"""What a build need not look at again, and when it need not start the workflow."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from jsna import build, io
from jsna.checking.known import Known
from jsna.errors import Problem
from jsna.provenance import made_with, unchanged
from jsna.settings import loading
from tests.conftest import ROOT, SMALL

WRONG = Problem("config/a.yaml", "this is wrong")


def judged(known: Known, part: str, digest: str, *found: Problem) -> list[Problem] | None:
    """What is told of a part; None where it was not looked at."""
    looked = []

    def judge() -> list[Problem]:
        looked.append(True)
        return [*found]

    told = known.unless(part, lambda: digest, judge)
    assert looked or not told
    return told if looked else None


def test_what_was_in_order_is_not_looked_at_again_until_it_changes(tmp_path: Path) -> None:
    known = Known(tmp_path)
    assert judged(known, "words", "one") == []
    known.keep()
    assert judged(Known(tmp_path), "words", "one") is None
    assert judged(Known(tmp_path), "words", "two") == []
    assert judged(Known(tmp_path), "tables", "one") == []


def test_what_is_wrong_is_told_every_time(tmp_path: Path) -> None:
    known = Known(tmp_path)
    for _ in range(2):
        assert judged(known, "words", "one", WRONG) == [WRONG]
    known.keep()
    assert judged(Known(tmp_path), "words", "one", WRONG) == [WRONG]


def test_nothing_is_known_before_a_build_has_kept_it(tmp_path: Path) -> None:
    assert judged(Known(tmp_path), "words", "one") == []
    assert judged(Known(tmp_path), "words", "one") == []
    assert not [*tmp_path.iterdir()]
    (tmp_path / ".checked.json").write_text("{", encoding="utf-8")
    assert judged(Known(tmp_path), "words", "one") == []


def test_who_keeps_nothing_looks_every_time() -> None:
    known = Known(None)
    assert judged(known, "words", "one") == judged(known, "words", "one") == []
    known.keep()


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> io.Paths:
    """A built edition, of a file of each kind."""
    monkeypatch.setattr(made_with, "source", lambda root: {"commit": "a", "tree": "clean"})
    found = io.Paths(tmp_path, SMALL)
    shared = ("Snakefile", "requirements.lock", "config/codelists/sex.yaml", "rules/a.smk")
    other = ("reports/templates/css/print.css", "data/publications/other/0001/entry.json")
    made = (found.restricted / "link.json", found.identified / "valid/a/b.parquet")
    rest = (
        found.raw / "a.csv",
        found.published / "b.csv",
        found.draft / ".draw.json",
        found.sealed,
    )
    for file in (*(tmp_path / name for name in (*shared, *other)), *made, *rest):
        io.write_text(file, "a")
    return found


def edit(file: Path) -> None:
    file.write_text("b", encoding="utf-8")


def edit_keeping_its_time(file: Path) -> None:
    before = file.stat()
    file.write_text("b", encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def add_beside(file: Path) -> None:
    file.with_name("new.txt").write_text("a", encoding="utf-8")


@pytest.mark.parametrize("how", [edit, edit_keeping_its_time, add_beside, Path.unlink])
@pytest.mark.parametrize(
    "name",
    [
        *("config/codelists/sex.yaml", "rules/a.smk", "reports/templates/css/print.css"),
        *("data/publications/other/0001/entry.json", f"data/raw/{SMALL}/a.csv"),
        *(f"data/raw/{SMALL}/published/b.csv", f"data/processed/{SMALL}/restricted/link.json"),
        *(f"data/processed/{SMALL}/identified/valid/a/b.parquet",),
        *(f"data/processed/{SMALL}/draft/.draw.json",),
    ],
)
def test_any_file_that_is_not_as_it_was_is_for_the_workflow(
    paths: io.Paths, name: str, how: Callable[[Path], None]
) -> None:
    before = unchanged.state(paths)
    assert unchanged.state(paths) == before
    how(paths.root / name)
    assert unchanged.state(paths) != before


def test_so_is_another_commit(paths: io.Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    before = unchanged.state(paths)
    monkeypatch.setattr(made_with, "source", lambda root: {"commit": "b", "tree": "clean"})
    assert unchanged.state(paths) != before


def test_logs_and_other_editions_are_no_part_of_it(paths: io.Paths) -> None:
    before = unchanged.state(paths)
    for name in ("logs/link.log", "../other-2025/restricted/link.json"):
        io.write_text(paths.sealed.parent / name, "b")
    assert unchanged.state(paths) == before


@pytest.mark.parametrize(
    ("state", "whole", "force", "runs"),
    [
        ("as it was", True, False, None),
        ("as it was", True, True, ["--forceall"]),
        ("as it was", False, False, ["--forcerun", "seal"]),
        ("another", True, False, []),
    ],
)
def test_the_workflow_is_started_unless_nothing_has_changed(
    paths: io.Paths,
    monkeypatch: pytest.MonkeyPatch,
    state: str,
    whole: bool,
    force: bool,
    runs: list[str] | None,
) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(build, "synthesise", lambda *_: None)
    monkeypatch.setattr(build, "_expect_files", lambda *_: None)
    monkeypatch.setattr(build, "_is_whole", lambda _: whole)
    monkeypatch.setattr(build, "_snakemake", lambda *given: ran.append(given[3]) or 0)
    monkeypatch.setattr(unchanged, "state", lambda _: state)
    known = Known(paths.sealed.parent)
    known.note("built", "as it was")
    config = loading.load(SMALL, ROOT)
    assert build._build(config, paths, lambda _: None, 1, force, None, known) == 0
    assert ran == ([] if runs is None else [runs])
    assert Known(paths.sealed.parent).holds("built", state)

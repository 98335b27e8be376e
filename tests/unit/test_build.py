"""What `jsna build` looks at before it starts any stage."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jsna import build, io
from jsna.errors import JsnaError
from jsna.machine import trouble
from jsna.model.configuration import Configuration
from jsna.provenance.manifest import finished
from jsna.settings import loading
from tests.conftest import ROOT, SMALL

pytestmark = pytest.mark.usefixtures("queries_tried_once")


def rules_of_linkage(root: Path) -> None:
    """What else a build looks at before it starts."""
    shutil.copytree(ROOT / "config/linkage", root / "config/linkage")


def real() -> Configuration:
    """The configuration of the small edition, as if it stood on real extracts."""
    config = loading.load(SMALL, ROOT)
    return replace(config, edition=config.edition.model_copy(update={"synthetic": False}))


def test_missing_files_and_a_missing_key_are_told_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JSNA_PERSON_KEY", raising=False)
    monkeypatch.delenv("JSNA_PERSON_KEY_FILE", raising=False)
    rules_of_linkage(tmp_path)
    with pytest.raises(JsnaError) as caught:
        build._expect_files(real(), io.Paths(tmp_path, SMALL))
    codes = {problem.code for problem in caught.value.problems}
    assert codes == {"key.missing", "raw.missing", "release.missing"}


def test_a_synthetic_edition_needs_no_key(tmp_path: Path) -> None:
    with pytest.raises(JsnaError) as caught:
        build._expect_files(loading.load(SMALL, ROOT), io.Paths(tmp_path, SMALL))
    assert "key.missing" not in {problem.code for problem in caught.value.problems}


def sealed(paths: io.Paths, content: object) -> Path:
    """A manifest as the stage `seal` publishes it."""
    manifest = paths.reports / "manifest.json"
    io.write_json(manifest, content)
    io.write_json(paths.sealed, {"manifest": {"sha256": io.sha256(manifest)}})
    return manifest


@pytest.mark.parametrize(
    ("content", "whole"),
    [
        ({"outputs": {}}, True),
        ({"outputs": {"report.html": {"sha256": "0" * 64}}}, False),
        ({"outputs": []}, False),
        ("", False),
    ],
)
def test_a_report_is_whole_where_it_is_as_it_was_sealed(
    tmp_path: Path, content: object, whole: bool
) -> None:
    paths = io.Paths(tmp_path, SMALL)
    manifest = sealed(paths, content)
    assert build._is_whole(paths) is whole
    # The previous manifest stays with the previous report until another is sealed.
    assert manifest.is_file()


def test_a_report_without_the_manifest_it_was_sealed_with_is_not_whole(tmp_path: Path) -> None:
    paths = io.Paths(tmp_path, SMALL)
    # What was never sealed the workflow publishes by itself.
    assert build._is_whole(paths)
    manifest = sealed(paths, {"outputs": {}})
    manifest.write_text('{"outputs": { }}', encoding="utf-8")
    assert not build._is_whole(paths)
    manifest.unlink()
    assert not build._is_whole(paths)


def test_a_folder_snakemake_cannot_work_in_is_told(tmp_path: Path) -> None:
    with pytest.raises(JsnaError, match="has a brace"):
        build._expect_usable_folder(tmp_path / "a {draft} folder")
    build._expect_usable_folder(tmp_path / "päth with spaces & [brackets]")


@pytest.fixture
def stopped_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """What is said of a workflow that printed these lines and ended, before or in a stage."""

    def told(lines: list[str], log: str | None = None, code: int = 1) -> str:
        if log is not None:
            io.write_text(tmp_path / "data" / "processed" / SMALL / "logs" / "link.log", log)

        class Stopped:
            stdout = iter(f"{line}\n" for line in lines)

            def wait(self) -> int:
                return code

        monkeypatch.setattr(build.subprocess, "Popen", lambda *_, **__: Stopped())
        said: list[str] = []
        assert build._snakemake(SMALL, tmp_path, 1, [], said.append) == 1
        return "\n".join(said)

    return told


def test_what_stops_the_workflow_is_told_without_a_trace(stopped_by: Callable[..., str]) -> None:
    lines = ["Traceback (most recent call last):", '  File "a.py", line 1', "NameError: no name"]
    told = stopped_by(lines)
    assert "NameError: no name" in told
    assert "Traceback" not in told
    assert "line 1" not in told


#: As Snakemake 9 words it.
STATUS = (
    "Command 'set -euo pipefail;  python -m jsna link test-2025 2> data/logs/link.log' "
    "returned non-zero exit status {}."
)


def test_a_stage_the_system_killed_is_told_to_have_wanted_memory(
    stopped_by: Callable[..., str],
) -> None:
    lines = ["CalledProcessError in file", STATUS.format(137), "Error in rule link:"]
    told = stopped_by(lines, "")
    assert "The stage 'link' stopped:" in told
    assert "because memory ran out" in told
    assert "--cores 1" in told
    assert "fault of jsna" not in told
    # One that says itself why it stopped was not killed.
    lines = [STATUS.format(1), "Error in rule link:"]
    told = stopped_by(lines, "  - census.csv: no header")
    assert "census.csv: no header" in told
    assert "memory" not in told


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("OSError: [Errno 28] No space left on device: '.snakemake/log/x'", "the disk is full"),
        ("OSError: [Errno 5] Input/output error", "may be failing"),
        ("MemoryError", "not enough memory"),
    ],
)
def test_what_the_machine_did_to_the_workflow_is_told(
    stopped_by: Callable[..., str], line: str, words: str
) -> None:
    told = stopped_by(["Traceback (most recent call last):", line])
    assert words in told
    assert "Traceback" not in told


def test_a_workflow_the_system_killed_is_told_so(stopped_by: Callable[..., str]) -> None:
    assert "because memory ran out" in stopped_by(["1 of 9 steps"], code=-9)


def test_a_stage_that_could_not_even_write_why_is_told_of_the_full_disk(
    stopped_by: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [STATUS.format(1), "Error in rule link:"]
    assert "no reason was written" in stopped_by(lines, "")
    monkeypatch.setattr(trouble, "_free", lambda _: 4096.0)
    assert "the disk is full" in stopped_by(lines, "")


def test_what_killed_stages_were_writing_is_removed_before_the_next(tmp_path: Path) -> None:
    paths = io.Paths(tmp_path, SMALL)
    kept = set()
    for zone in (paths.identified, paths.restricted, paths.safe, paths.draft):
        for name in ("children.parquet", ".draw.json", "sen2.activeplans.parquet", "no_ending"):
            io.write_text(zone / "deep" / name, "x")
        kept |= set((zone / "deep").iterdir())
        for name in (".a.parquet.abcd_123.parquet", "..a.parquet.sha256.00000000.sha256"):
            (zone / "deep" / name).write_text("rows", encoding="utf-8")
        with pytest.raises(KeyError), io._temporary(zone / "deep" / "a.parquet") as one:
            # These are the names there are.
            assert io._LEFT.fullmatch(one.name)
            raise KeyError
    io.clear_left(paths)
    assert {file for file in tmp_path.rglob("*") if file.is_file()} == kept


def test_what_a_killed_process_left_is_not_published(tmp_path: Path) -> None:
    left: list[Path] = []
    with pytest.raises(KeyboardInterrupt), io.replacing(tmp_path / "report.pdf") as temporary:
        temporary.write_bytes(b"half")
        assert temporary.is_file()
        left += finished((tmp_path,))
        raise KeyboardInterrupt
    assert left == []
    io.write_bytes(tmp_path / "report.pdf", b"whole")
    assert finished((tmp_path,)) == [tmp_path / "report.pdf"]


def test_an_interrupted_build_ends_its_workflow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began: list[subprocess.Popen[str]] = []
    start = subprocess.Popen

    def sleeping(_: object, **options: Any) -> subprocess.Popen[str]:
        words = "print('Nothing to be done', flush=True); import time; time.sleep(60)"
        began.append(start([sys.executable, "-c", words], **options))
        return began[0]

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(build.subprocess, "Popen", sleeping)
    monkeypatch.setattr(build, "_PATIENCE", 0.1)
    with pytest.raises(KeyboardInterrupt):
        build._snakemake(SMALL, tmp_path, 1, [], interrupt)
    assert began[0].poll() is not None


def test_every_folder_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = io.Paths(tmp_path, SMALL)
    for folder in (paths.reports, paths.safe, paths.draft):
        folder.mkdir(parents=True)
    build._expect_writable(paths)
    shut = {paths.reports, paths.safe}
    monkeypatch.setattr(build.os, "access", lambda path, _: path not in shut)
    with pytest.raises(JsnaError) as caught:
        build._expect_writable(paths)
    told = {problem.where for problem in caught.value.problems}
    assert told == {f"reports/{SMALL}", f"data/processed/{SMALL}/safe"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_private_zones_are_private_whoever_made_them(tmp_path: Path) -> None:
    # A folder above that happens to be called so is nobody's zone.
    paths = io.Paths(tmp_path / "restricted" / "project", SMALL)
    (tmp_path / "restricted").mkdir(mode=0o755)
    for zone in (paths.identified, paths.restricted, paths.safe):
        zone.mkdir(parents=True, mode=0o755)
        io.write_text(zone / "rows" / "one.txt", "x")
    rights = {
        file.relative_to(paths.root).as_posix(): file.stat().st_mode & 0o777
        for file in paths.root.rglob("*")
    }
    below = f"data/processed/{SMALL}"
    for zone in ("identified", "restricted"):
        assert rights[f"{below}/{zone}"] == 0o700
        assert rights[f"{below}/{zone}/rows"] == 0o700
        assert rights[f"{below}/{zone}/rows/one.txt"] == 0o600
    assert rights[f"{below}/safe/rows/one.txt"] == 0o644
    assert (tmp_path / "restricted").stat().st_mode & 0o777 == 0o755

"""Who may read what is about children: extracts as received, and what is told about others."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from jsna import io
from jsna.build import _expect_files
from jsna.checking.rows import check
from jsna.errors import JsnaError
from jsna.ingest.run import run
from jsna.machine import rights
from tests.workflow.small_world import CENSUS, EDITION, World

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists")

RAW = f"data/raw/{EDITION}"


def refused(world: World) -> list[str]:
    """What is told of rights by each of the commands that read extracts."""
    config = world.config()
    told = []
    for command in (run, _expect_files):
        with pytest.raises(JsnaError) as caught:
            command(config, world.paths)
        told.append([str(p) for p in caught.value.problems if p.code == "raw.permissions"])
    assert told[0] == told[1]
    report = check(config, world.paths)
    assert not report.ok
    text = " ".join(report.text.split())
    assert all("chmod" in text and line.partition(":")[0] in text for line in told[0])
    return told[0]


@pytest.fixture
def world(queries_tried_once: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("JSNA_PERSON_KEY", "".join(f"{n * n * 7919 % 251:02x}" for n in range(40)))
    made = World(tmp_path)
    made.place()
    return made


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o644, 0o601])
def test_an_extract_others_can_read_is_refused_with_the_command(world: World, mode: int) -> None:
    (world.paths.raw / CENSUS).chmod(mode)
    (one,) = refused(world)
    assert f"run: chmod 600 {RAW}/{CENSUS} " in one
    assert not world.paths.identified.exists()


@pytest.mark.parametrize("mode", [0o701, 0o750, 0o755])
def test_a_folder_others_can_open_is_refused_with_the_command(world: World, mode: int) -> None:
    world.paths.raw.chmod(mode)
    (one,) = refused(world)
    assert f"run: chmod 700 {RAW} " in one


def test_following_every_command_is_all_there_is_to_do(world: World) -> None:
    for path in (world.paths.raw, *world.paths.raw.iterdir()):
        path.chmod(path.stat().st_mode | 0o044)
    told = refused(world)
    assert len(told) == 4
    for line in told:
        words = line.partition("run: ")[2].partition(" (")[0]
        subprocess.run(words, shell=True, check=True, cwd=world.root)
    run(world.config(), world.paths)
    _expect_files(world.config(), world.paths)


def test_invented_extracts_are_nobodys_and_are_written_private_all_the_same(
    tmp_path: Path,
) -> None:
    paths = io.Paths(tmp_path, "invented")
    paths.raw.mkdir(parents=True, mode=0o755)
    io.write_text(paths.raw / "census.csv", "x")
    io.write_text(paths.published / "release.csv", "x")
    for path, mode in ((paths.raw, 0o700), (paths.raw / "census.csv", 0o600)):
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_name_with_spaces_is_quoted(tmp_path: Path) -> None:
    file = tmp_path / "my census; rm -r x.csv"
    file.touch(mode=0o644)
    file.chmod(0o644)
    told = rights.open_file(file, file.name)
    assert told.endswith("run: chmod 600 'my census; rm -r x.csv'")


def test_what_others_use_too_is_never_shut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared, file = tmp_path / "shared", tmp_path / "census.csv"
    shared.mkdir()
    file.touch()
    file.chmod(0o644)
    (tmp_path / "way").symlink_to(shared)
    (tmp_path / "second.csv").hardlink_to(file)
    (tmp_path / "third.csv").symlink_to(file)
    for name in ("second.csv", "third.csv"):
        assert "put a copy of your own here" in rights.open_file(tmp_path / name, name)
    for mode in (0o777, 0o1770):
        shared.chmod(mode)
        assert "mkdir -m 700" in rights.open_folder(shared, "shared")
    shared.chmod(0o755)
    assert rights.open_folder(shared, "shared").endswith("run: chmod 700 shared")
    told = [rights.open_folder(tmp_path / "way", "way")]
    monkeypatch.chdir(shared)
    told.append(rights.open_folder(shared, "."))
    monkeypatch.setattr(Path, "home", lambda: shared)
    monkeypatch.chdir(tmp_path)
    told.append(rights.open_folder(shared, "shared"))
    assert all("chmod" not in one and "mkdir -m 700" in one for one in told)


def test_what_belongs_to_another_is_for_its_owner_to_shut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "a").chmod(0o644)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert "ask its owner to run: chmod 600 a" in rights.open_file(tmp_path / "a", "a")

"""A report is published as a whole folder, whatever stops it, and whenever."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from pathlib import Path

import pytest

from jsna.provenance import publication

OLD = {"report.html": b"old", "charts/fig-1.svg": b"old", "charts/fig-2.svg": b"old"}
NEW = {"report.html": b"new", "charts/fig-1.svg": b"new", "data/a.csv": b"new"}


def content(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text)


def publish(published: Path) -> None:
    with publication.replacing(published) as folder:
        put(folder, NEW)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    put(tmp_path / "reports" / "a-2025", OLD)
    return tmp_path / "reports" / "a-2025"


def names(published: Path) -> list[str]:
    return sorted(path.name for path in published.parent.iterdir())


def test_the_new_folder_takes_the_place_of_the_old(published: Path) -> None:
    publish(published)
    assert content(published) == NEW
    assert names(published) == ["a-2025"]


def test_the_first_report_needs_no_older_one(tmp_path: Path) -> None:
    publish(tmp_path / "reports" / "a-2025")
    assert content(tmp_path / "reports" / "a-2025") == NEW


def test_a_link_goes_on_pointing_where_it_did(tmp_path: Path) -> None:
    put(tmp_path / "share" / "a-2025", OLD)
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "a-2025").symlink_to(tmp_path / "share" / "a-2025")
    publish(tmp_path / "reports" / "a-2025")
    assert (tmp_path / "reports" / "a-2025").is_symlink()
    assert content(tmp_path / "share" / "a-2025") == NEW


def test_nothing_of_a_report_that_failed_is_published(published: Path) -> None:
    with (
        pytest.raises(OSError, match="No space"),
        publication.replacing(published) as folder,
    ):
        put(folder, {"charts/fig-1.svg": b"new"})
        raise OSError(errno.ENOSPC, "No space left on device")
    assert content(published) == OLD
    assert names(published) == ["a-2025"]


@pytest.mark.parametrize("failing", [1, 2])
def test_a_rename_that_fails_leaves_the_old_report(
    published: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    rename, times = Path.rename, 0

    def refused(self: Path, target: Path) -> Path:
        nonlocal times
        times += 1
        if times == failing:
            raise OSError(errno.EBUSY, "Device or resource busy")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(OSError, match="busy"):
        publish(published)
    assert content(published) == OLD
    assert names(published) == ["a-2025"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
def test_a_process_killed_anywhere_leaves_one_whole_report(tmp_path: Path) -> None:
    """At every call that changes a folder in turn: before the next start one report is whole."""
    seen = set()
    for step in range(100):
        published = tmp_path / str(step) / "reports" / "a-2025"
        put(published, OLD)
        ended = _killed_at(step, published)
        aside = published.with_name(".a-2025.old")
        assert content(published if published.is_dir() else aside) in (OLD, NEW)
        seen.add((published.is_dir(), aside.is_dir()))
        publication.recover(published)
        assert content(published) == (NEW if ended else content(published))
        assert content(published) in (OLD, NEW)
        assert names(published) == ["a-2025"]
        publish(published)
        assert content(published) == NEW
        if ended:
            break
    # The moment between the two renames, and that before the old folder is gone, were met.
    assert {(False, True), (True, True), (True, False)} <= seen
    assert step > 10


def _killed_at(step: int, published: Path) -> bool:
    """Publish in a process that dies at one change of a folder; whether it came to its end."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    left = step

    def hook(event: str, _: object) -> None:
        nonlocal left
        if event in ("os.rename", "os.mkdir", "os.rmdir", "os.remove", "shutil.rmtree"):
            if not left:
                os._exit(9)
            left -= 1

    sys.addaudithook(hook)
    try:
        publish(published)
    finally:
        os._exit(0 if content(published) == NEW else 1)


def test_what_an_unfinished_one_left_is_no_report(published: Path) -> None:
    put(published.with_name(".a-2025.new"), {"report.html": b"half"})
    publication.recover(published)
    assert content(published) == OLD
    shutil.rmtree(published)
    put(published.with_name(".a-2025.new"), {"report.html": b"half"})
    publication.recover(published)
    assert names(published) == []

"""One build at a time in a folder; what a killed one left stops nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jsna.errors import JsnaError
from jsna.machine import liveness
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")
_BUILDS = """
import subprocess, sys
from pathlib import Path
from jsna.machine import liveness
with liveness.building(Path(sys.argv[1]), "a-2025", print) as lock:
    if "--workflow" in sys.argv:
        subprocess.Popen([sys.executable, "-c", "input()"], pass_fds=(lock,))
    print("at work", flush=True)
    input()
"""
_STAGE = """
import sys
from pathlib import Path
from jsna.machine import liveness
liveness.working(Path(sys.argv[1]))
print("at work", flush=True)
input()
"""


@contextmanager
def process(code: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    begun = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert begun.stdout is not None
    try:
        assert begun.stdout.readline() == "at work\n"
        yield begun
    finally:
        begun.kill()
        # Whatever it began waits for a line that will not come.
        assert begun.stdin is not None
        begun.stdin.close()
        begun.wait()
        begun.stdout.close()


def build(root: Path) -> list[str]:
    said: list[str] = []
    with liveness.building(root, "b-2025", said.append):
        pass
    return said


def stale(root: Path) -> Path:
    """The lock of a workflow that is no more."""
    locks = root / ".snakemake" / "locks"
    locks.mkdir(parents=True)
    (locks / "0.input.lock").write_text("data/raw/a.csv\n", encoding="utf-8")
    return locks


def test_a_second_build_is_refused_while_one_is_at_work(tmp_path: Path) -> None:
    with process(_BUILDS, str(tmp_path)) as first:
        with pytest.raises(JsnaError) as caught:
            build(tmp_path)
        assert f"another build is at work in this folder (a-2025, process {first.pid}" in str(
            caught.value
        )
        build(tmp_path / "another folder")
    build(tmp_path)


def test_the_workflow_of_a_killed_build_still_holds_its_lock(tmp_path: Path) -> None:
    with process(_BUILDS, str(tmp_path), "--workflow") as first:
        first.send_signal(signal.SIGKILL)
        first.wait()
        with pytest.raises(JsnaError, match="another build is at work"):
            build(tmp_path)


def test_a_stage_that_outlived_its_build_is_waited_for(tmp_path: Path) -> None:
    with (
        process(_STAGE, str(tmp_path)),
        process(_STAGE, str(tmp_path)),
        pytest.raises(JsnaError, match="a stage is at work"),
    ):
        build(tmp_path)
    build(tmp_path)


def test_a_lock_nobody_holds_is_taken_over_and_said(tmp_path: Path) -> None:
    locks = stale(tmp_path)
    assert build(tmp_path) == [
        "An earlier build was stopped before its end; this one goes on from there."
    ]
    assert not locks.exists()
    assert build(tmp_path) == []


def test_a_lock_of_a_workflow_at_work_is_not_taken_over(tmp_path: Path) -> None:
    locks = stale(tmp_path)
    # A program of that name, in this folder; one in another folder is none of ours.
    for folder, refused in ((tmp_path, True), (tmp_path / "elsewhere", False)):
        folder.mkdir(exist_ok=True)
        words = ["-c", "input()", "snakemake"]
        with subprocess.Popen(
            [sys.executable, *words], stdin=subprocess.PIPE, cwd=folder
        ) as workflow:
            if refused:
                with pytest.raises(JsnaError, match=f"process {workflow.pid}"):
                    build(tmp_path)
            else:
                build(tmp_path)
            assert locks.exists() is refused
            workflow.kill()


def test_a_stage_where_nothing_can_be_written_goes_on(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder", encoding="utf-8")
    liveness.working(tmp_path)

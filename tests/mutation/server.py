"""Runs tests in forks of one process that has loaded every library, and nothing of the project.

Reads a line of JSON for each run: `{"tests": [...], "seconds": limit}`, the tests in the order in
which they are to run. Answers with a line: `{"failed": [...], "ended": true, "said": "..."}`.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import pytest

#: Prints the libraries that all of the project loads, in the order in which it loads them.
_LOADED: Final = """
import importlib, pkgutil, sys
import jsna, hypothesis.internal.conjecture.engine
for one in pkgutil.walk_packages(jsna.__path__, "jsna."):
    if "__main__" not in one.name:
        importlib.import_module(one.name)
print(*(name for name in sys.modules if name.split(".")[0] not in ("jsna", "__main__")))
"""
#: A share of the machine's memory that one fault may take.
_SHARE: Final = 0.5


class Chosen:
    """A pytest plugin: only the tests asked for, in the order asked for; keeps which failed."""

    def __init__(self, tests: list[str], to: Path) -> None:
        self.order, self.to = {test: at for at, test in enumerate(tests)}, to

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        # What a fault renames (a parameter's value) cannot be run, and is noticed by no one.
        items[:] = [item for item in items if item.nodeid in self.order]
        items.sort(key=lambda item: self.order[item.nodeid])

    def _keep(self, failed: bool, test: str) -> None:
        if failed:
            with self.to.open("a", encoding="utf-8") as file:
                file.write(f"{test}\n")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._keep(report.failed, report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._keep(report.failed, report.nodeid)


def _load() -> None:
    """Load the libraries; what cannot be loaded on its own is left to the tests."""
    run = subprocess.run([sys.executable, "-c", _LOADED], capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(run.stderr[-2000:])
    for name in run.stdout.split():
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    if any(name.split(".")[0] == "jsna" for name in sys.modules):
        raise SystemExit("a library has loaded the project: faults would not be loaded")


def _tests(asked: dict[str, Any], folder: Path) -> int:
    """In the fork: run the tests."""
    os.setsid()
    most = int(_SHARE * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    said = os.open(folder / "said.txt", os.O_WRONLY | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for of_process, to in ((0, nothing), (1, said), (2, said)):
        os.dup2(to, of_process)
    # An example that failed with one fault must not be tried first with the next.
    shutil.rmtree(".hypothesis", ignore_errors=True)
    files = list(dict.fromkeys(test.split("::")[0] for test in asked["tests"]))
    options = ["-q", "-n", "0", "-p", "no:cacheprovider", f"--basetemp={folder / 'tests'}"]
    first = ["-x"] if asked.get("first", True) else []
    chosen = Chosen(asked["tests"], folder / "failed.txt")
    return int(pytest.main([*options, *first, *files], plugins=[chosen]))


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        child = os.fork()
        if not child:
            code = 70
            try:
                code = _tests(asked, folder)
            finally:
                os._exit(code)
        ended = _wait(child, asked["seconds"])
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        failed, said = folder / "failed.txt", folder / "said.txt"
        return {
            "failed": failed.read_text(encoding="utf-8").split("\n")[:-1]
            if failed.is_file()
            else [],
            "ended": ended,
            "said": said.read_text(encoding="utf-8", errors="replace")[-2000:]
            if said.is_file()
            else "",
        }


def _wait(child: int, seconds: float) -> str:
    """The code of a process that ends by itself, a signal's as negative; "too long" for others."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return str(os.waitstatus_to_exitcode(status))
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "too long"


def main() -> None:
    """Answer until nothing more is asked."""
    _load()
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()

"""A pytest plugin: which functions of the project each test calls, and how long it takes."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Generator
from pathlib import Path
from types import CodeType, FrameType

import pytest

#: The variable that names the file to write.
TO = "JSNA_CALLS"
_SOURCE = f"{os.sep}src{os.sep}jsna{os.sep}"


class Calls:
    """Collects `file|function:line` by test. What fixtures call counts for every test of a file."""

    def __init__(self) -> None:
        self.made: dict[str, list[str]] = {}
        self.seconds: dict[str, float] = {}
        self.shared: dict[str, set[CodeType]] = {}
        self.codes: set[CodeType] = set()

    def _called(self, frame: FrameType, event: str, argument: object) -> None:
        # As a tracer that follows no line of what it is told of: half the price of a profiler.
        self.codes.add(frame.f_code)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, None, None]:
        self.codes = set()
        began = time.perf_counter()
        sys.settrace(self._called)
        yield
        sys.settrace(None)
        self.seconds[item.nodeid] = round(time.perf_counter() - began, 3)
        of_file = self.shared.setdefault(item.nodeid.split("::")[0], set())
        if any(scope != "function" for scope in _scopes(item)):
            # A fixture of a module is made for whichever test comes first.
            of_file |= self.codes
            self.codes |= of_file
        self.made[item.nodeid] = sorted(filter(None, map(_named, self.codes)))

    def pytest_sessionfinish(self) -> None:
        made = {
            "calls": self.made,
            "seconds": self.seconds,
        }
        Path(os.environ[TO]).write_text(json.dumps(made), encoding="utf-8")


def _scopes(item: pytest.Item) -> list[str]:
    names = getattr(item, "_fixtureinfo", None)
    found = names.name2fixturedefs if names else {}
    return [str(one.scope) for many in found.values() for one in many]


def _named(code: CodeType) -> str:
    at = code.co_filename.find(_SOURCE)
    if at < 0 or code.co_name.startswith("<"):
        return ""
    return f"{code.co_filename[at + 1 :]}|{code.co_name}:{code.co_firstlineno}"


def pytest_configure(config: pytest.Config) -> None:
    if TO in os.environ:
        config.pluginmanager.register(Calls(), "jsna-calls")

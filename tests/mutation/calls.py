"""A pytest plugin: which blocks of the project each test runs, and how long it takes."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.mutation import blocks

#: The variable that names the file to write.
TO = "JSNA_CALLS"


class Calls:
    """Collects blocks and seconds by test, and apart by fixture where tests share one."""

    def __init__(self) -> None:
        self.tests: dict[str, dict[str, Any]] = {}
        self.fixtures: dict[str, dict[str, Any]] = {}
        self.collected: dict[str, list[str]] = {}
        self.shared = 0.0
        self.file = ""

    @pytest.hookimpl(hookwrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, None, None]:
        # What a file of tests runs while it is read, all of its tests look at.
        blocks.called.clear()
        yield
        if isinstance(collector, pytest.Module):
            self.collected[collector.nodeid] = sorted(blocks.called)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, None, None]:
        if self.file != (file := item.nodeid.split("::")[0]):
            # What one file's tests have cached, those of the next run again.
            self.file = file
            _forget()
        blocks.called.clear()
        self.shared, began = 0.0, _seconds()
        yield
        self.tests[item.nodeid] = {
            "seconds": round(_seconds() - began - self.shared, 4),
            "blocks": sorted(blocks.called),
            "fixtures": [_of(one) for one in _fixtures(item) if one.scope != "function"],
        }

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Generator[None, None, None]:
        before, began, within = set(blocks.called), _seconds(), self.shared
        blocks.called.clear()
        yield
        if fixturedef.scope != "function":
            seconds = _seconds() - began
            known = self.fixtures.setdefault(_of(fixturedef), {"seconds": 0.0, "blocks": []})
            known["seconds"] = max(known["seconds"], round(seconds - (self.shared - within), 4))
            known["blocks"] = sorted({*known["blocks"], *blocks.called})
            self.shared = within + seconds
        blocks.called.update(before)

    def pytest_sessionfinish(self) -> None:
        made = {
            "tests": self.tests,
            "fixtures": self.fixtures,
            "collected": self.collected,
            "loading": sorted(blocks.loading),
        }
        Path(os.environ[TO]).write_text(json.dumps(made), encoding="utf-8")


def _seconds() -> float:
    """Seconds of a processor, with those of processes that have ended: a busy machine adds none."""
    return sum(os.times()[:4])


def _forget() -> None:
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == "jsna":
            for value in list(vars(module).values()):
                if callable(clear := getattr(value, "cache_clear", None)):
                    clear()


def _fixtures(item: pytest.Item) -> list[pytest.FixtureDef[Any]]:
    info = getattr(item, "_fixtureinfo", None)
    return [one for many in (info.name2fixturedefs.values() if info else ()) for one in many]


def _of(fixture: pytest.FixtureDef[Any]) -> str:
    return f"{fixture.baseid}::{fixture.argname}"


def pytest_configure(config: pytest.Config) -> None:
    if TO in os.environ:
        blocks.follow()
        config.pluginmanager.register(Calls(), "jsna-calls")

"""The library the PDF needs: installed where that is allowed, else the exact command is told."""

import subprocess

import pytest

from jsna.errors import JsnaError
from jsna.machine import libraries as system

PANGO = "libpango-1.0-0"


@pytest.fixture
def told() -> list[str]:
    return []


def machine(monkeypatch: pytest.MonkeyPatch, *, root: bool, tool: str) -> list[list[str]]:
    """A machine without Pango that has one package manager; gives the commands that are run."""
    run: list[list[str]] = []
    there = {"pango-1.0": False}

    def install(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        run.append(command)
        there["pango-1.0"] = there["pango-1.0"] or PANGO in command
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(
        system.ctypes.util, "find_library", lambda name: name if there.get(name, True) else None
    )
    monkeypatch.setattr(system.shutil, "which", lambda name: name if name == tool else None)
    monkeypatch.setattr(system.subprocess, "run", install)
    monkeypatch.setattr(system, "_is_root", lambda: root)
    monkeypatch.setattr(system.sys, "platform", "linux")
    return run


def test_root_with_apt_gets_it_installed(monkeypatch: pytest.MonkeyPatch, told: list[str]) -> None:
    run = machine(monkeypatch, root=True, tool="apt-get")
    system.prepare(told.append)
    assert run[0] == ["apt-get", "update"]
    assert run[1][:2] == ["apt-get", "install"]
    assert PANGO in run[1]
    assert PANGO in told[0]


@pytest.mark.parametrize(
    ("tool", "words"),
    [
        ("apt-get", f"sudo apt-get update && sudo apt-get install --yes {PANGO}"),
        ("brew", "brew install pango"),
        ("dnf", "sudo dnf install pango harfbuzz"),
    ],
)
def test_others_are_told_the_exact_command(
    monkeypatch: pytest.MonkeyPatch, told: list[str], tool: str, words: str
) -> None:
    run = machine(monkeypatch, root=False, tool=tool)
    with pytest.raises(JsnaError) as error:
        system.prepare(told.append)
    assert words in error.value.report()
    assert run == []


def test_nothing_is_done_where_it_is_there(
    monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    run = machine(monkeypatch, root=True, tool="apt-get")
    monkeypatch.setattr(system.ctypes.util, "find_library", lambda name: name)
    system.prepare(told.append)
    assert run == []
    assert told == []

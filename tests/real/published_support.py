"""Editions on the real official files, fetched into a folder of the test's own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from copy import copy
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jsna.io import Paths
from jsna.model.configuration import Configuration
from jsna.releases import ees, home, lait, workbook
from jsna.releases.fetch import fetch
from jsna.settings import loading

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT.parent / "shared" / "published"


#: (reader, file, size, what is read of it) -> what was read.
_READ: dict[tuple[object, ...], Any] = {}


@pytest.fixture(scope="module", autouse=True)
def read_once() -> Iterator[None]:
    """Each release is read once in a process, however many editions stand on it."""
    with pytest.MonkeyPatch.context() as patched:
        for module in (ees, lait, workbook):
            patched.setattr(module, "read", _remembered(module.read))
        yield


def _remembered(reader: Callable[..., Any]) -> Callable[..., Any]:
    def read(path: Path, what: Any) -> Any:
        key = (reader.__module__, path.name, path.stat().st_size, repr(what))
        if key not in _READ:
            _READ[key] = reader(path, what)
        return copy(_READ[key])

    return read


def fetched(name: str, root: Path) -> tuple[Configuration, Paths]:
    """The edition's configuration below `root`, with its real releases fetched."""
    assert PUBLISHED.is_dir(), f"the real official files are not at {PUBLISHED}"
    if not (root / "config").exists():
        shutil.copytree(ROOT / "config", root / "config")
    config, paths = loading.load(name, root), Paths(root, name)
    fetch(config, paths, PUBLISHED, progress=lambda line: None)
    home.settle(name, root)
    return loading.load(name, root), paths


def at(
    measures: pd.DataFrame,
    indicator: str,
    area: str,
    period: str,
    category: str = "total",
) -> pd.Series:
    """The row at a measure key; fails unless there is exactly one."""
    rows = measures[
        (measures["indicator"] == indicator)
        & (measures["area_code"] == area)
        & (measures["period"] == period)
        & (measures["category"] == category)
    ]
    assert len(rows) == 1, f"{indicator} {area} {period} {category}: {len(rows)} rows"
    return rows.iloc[0]

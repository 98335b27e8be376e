"""Editions on the real official files, fetched into a folder of the test's own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd

from jsna import edition
from jsna.edition import Configuration
from jsna.io import Paths
from jsna.published.fetch import fetch

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT.parent / "shared" / "published"


def fetched(name: str, root: Path) -> tuple[Configuration, Paths]:
    """The edition's configuration below `root`, with its real releases fetched."""
    assert PUBLISHED.is_dir(), f"the real official files are not at {PUBLISHED}"
    if not (root / "config").exists():
        shutil.copytree(ROOT / "config", root / "config")
    config, paths = edition.load(name, root), Paths(root, name)
    fetch(config, paths, PUBLISHED, progress=lambda line: None)
    return config, paths


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

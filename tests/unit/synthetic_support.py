"""Synthetic worlds for tests, made once a size; never written to the project's folder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest

from jsna.generator import generate, official, truth
from jsna.generator.found import parameters
from jsna.io import Paths, text_type
from jsna.model.configuration import Configuration
from jsna.releases.official import Published, audited_measures
from jsna.settings import loading
from jsna.sources import registry
from jsna.synthetic import effects
from jsna.synthetic.world import World

ROOT = Path(__file__).parents[2]
#: For tests that read a world that is made here: what is made once is made by one worker.
ONE_WORKER = pytest.mark.xdist_group("invented")
#: Folders that stand until the tests end.
_KEPT: list[TemporaryDirectory[str]] = []


def configuration(
    name: str = "test-2025", *, pupils: int = 0, plans: int = 0, lsoas: int = 0, seed: int = 0
) -> Configuration:
    """An edition's configuration, of another size or seed where given."""
    from dataclasses import replace

    config = loading.load(name, ROOT)
    synthesis = config.edition.synthesis
    assert synthesis is not None
    sizes = {"pupils": pupils, "plans": plans, "lsoas": lsoas, "seed": seed}
    changed = synthesis.model_copy(update={k: v for k, v in sizes.items() if v})
    return replace(config, edition=config.edition.model_copy(update={"synthesis": changed}))


def frames(config: Configuration, chosen: effects.Effects | None = None) -> dict[str, pd.DataFrame]:
    """Clean tables of a world: `extract.table/period` -> declared fields."""
    tables = generate.make_tables(config, chosen or parameters(), registry())
    return {key: table.to_pandas() for key, table in tables.items()}


@cache
def small() -> dict[str, pd.DataFrame]:
    """The test edition, clean. Shared: do not change."""
    return frames(configuration())


def county() -> Configuration:
    """The demonstration's county, of 40,000 pupils."""
    return configuration("demo-2025", pupils=40_000, plans=2_800, lsoas=180)


@cache
def middling() -> dict[str, pd.DataFrame]:
    """A county of 40,000 pupils, clean. Shared: do not change."""
    return frames(county())


@cache
def people() -> World:
    """The people of the test edition. Shared: do not change."""
    return generate.invent(configuration(), parameters())


@cache
def shown() -> dict[str, pd.DataFrame]:
    """What their extracts show of them, in text as received. Shared: do not change."""
    tables = generate.show(people(), configuration(), registry())
    return {key: rows.to_pandas(types_mapper=text_type) for key, rows in tables.items()}


@cache
def facts() -> Mapping[str, pd.DataFrame]:
    """What is so of them, whatever is shown. Shared: do not change."""
    return truth.facts(people(), configuration())


@cache
def files(*, clean: bool) -> Paths:
    """The test edition written as a user has it, with faults or without. Shared: do not change."""
    folder = TemporaryDirectory(prefix="jsna-invented-")
    _KEPT.append(folder)
    paths = Paths(Path(folder.name), "test-2025")
    generate.run(configuration(), paths, lambda line: None, clean=clean)
    return paths


@cache
def release() -> Mapping[str, bytes]:
    """Their official figures, by file."""
    return official.release(facts(), configuration())


@cache
def audited() -> Published:
    """The same as read from the release, with all that is found in it. Shared: do not change."""
    config = configuration()
    with TemporaryDirectory() as folder:
        paths = Paths(Path(folder), config.edition.edition)
        paths.published.mkdir(parents=True)
        for name, content in release().items():
            (paths.published / name).write_bytes(content)
        return audited_measures(config, paths)


def roll(world: dict[str, pd.DataFrame], january: int) -> pd.DataFrame:
    """Pupils on a January roll: sole and dual main registrations."""
    rows = world[f"school_census.census/{january}"]
    return rows[rows["enrol_status"].isin(["C", "M"])]


def age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def module(world: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """A module of SEN2 without the export's own counters, which every module has alike."""
    return world[f"sen2.{name}/2025"].drop(columns=["native_id", "order_sequence", "source_id"])

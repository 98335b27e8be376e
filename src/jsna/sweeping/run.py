"""Every stage of many open editions but the PDF, in one process that reads each release once.

It works in a folder of its own, with the project's configuration, and publishes nothing.
"""

from __future__ import annotations

import importlib
import os
import shutil
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from jsna import io
from jsna.drafting.edition import Wanted, draft, write
from jsna.errors import JsnaError
from jsna.model.configuration import Configuration
from jsna.releases import home, store
from jsna.releases.fetch import fetch
from jsna.settings import loading
from jsna.settings.authorities import Authority
from jsna.stages import STAGES

#: Stages that a sweep leaves out: the PDF, and the publishing that asks for it.
LEFT_OUT: Final = frozenset({"print", "seal"})
#: What a project's folder has that stages read, beside data.
_OWN: Final = ("config", "reports/templates", "rules", "profiles", "Snakefile", "requirements.lock")


@dataclass(slots=True)
class Swept:
    """What came of the edition of one authority.

    Attributes:
        authority: whose it is.
        stage: the last stage that was begun; "" where all are done.
        faults: what stopped it.
        lacking: releases that have no figures of the authority.
        figures: figures of the authority itself, without its localities.
        indicators: indicators of which it has any.
        localities: districts or wards of its report.
        seconds: of one processor.
    """

    authority: Authority
    stage: str = ""
    faults: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    figures: int = 0
    indicators: int = 0
    localities: int = 0
    seconds: float = 0.0


def sweep(
    asked: Iterable[Authority], project: Path, folder: Path, releases: Path, year: int, today: date
) -> Iterator[Swept]:
    """Make the open edition of each authority, and tell what came of it.

    Args:
        asked: authorities.
        project: folder whose configuration and templates are used.
        folder: an empty folder to work in.
        releases: folder that `fetch` takes releases from.
        year: of the editions; 0 for the latest.
        today: day they are dated.
    """
    prepare(project, folder)
    first: io.Paths | None = None
    with store.keeping():
        for one in asked:
            begun = time.process_time()
            swept = Swept(one)
            try:
                made = draft(Wanted(one.number, year, "open", today), folder)
                write(made, folder)
                paths = io.Paths(folder, made.name)
                if first is not None:
                    _share(first, paths)
                _make(swept, paths, releases)
                first = first or paths
            except JsnaError as error:
                swept.faults += [str(problem) for problem in error.problems]
            except Exception as error:
                swept.faults.append(_told(error))
            swept.seconds = time.process_time() - begun
            yield swept


def prepare(project: Path, folder: Path) -> None:
    """Copy what stages read of a project, apart from data and editions."""
    for name in _OWN:
        source, target = project / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target)
        elif source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    for edition in (folder / "config/editions").glob("*.yaml"):
        edition.unlink()


def _share(first: io.Paths, paths: io.Paths) -> None:
    """Give an edition the releases another has, without a second copy where disks allow it."""
    paths.published.mkdir(parents=True, exist_ok=True)
    for file in first.published.iterdir():
        target = paths.published / file.name
        with suppress(FileExistsError):
            try:
                os.link(file, target)
            except OSError:
                shutil.copyfile(file, target)


def _make(swept: Swept, paths: io.Paths, releases: Path) -> None:
    """Every stage of one edition."""
    swept.stage = "fetch"
    fetch(loading.load(paths.edition, paths.root), paths, releases, progress=lambda _: None)
    home.settle(paths.edition, paths.root)
    config = loading.load(paths.edition, paths.root)
    swept.localities = len(config.area.localities)
    for verb, stage in STAGES.items():
        if verb not in LEFT_OUT:
            swept.stage = verb
            importlib.import_module(stage.module).run(config, paths)
    swept.stage = ""
    _count(swept, config, paths)


def _count(swept: Swept, config: Configuration, paths: io.Paths) -> None:
    frame = io.read_measures(paths.safe / "measures.parquet")
    own = frame.loc[frame["area_code"].eq(config.area.code) & frame["value"].notna()]
    swept.figures, swept.indicators = len(own), own["indicator"].nunique()
    swept.lacking = list(io.read_json(paths.restricted / "published.json")["lacking"])


def _told(error: Exception) -> str:
    """A fault of the program, with its place; an open edition has nothing to hide."""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if "jsna" in one.filename]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown place"
    return f"{type(error).__name__} at {place}: {error}"

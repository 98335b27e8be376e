"""Every stage of many open editions but the PDF, in processes that read each release once.

They work in folders of their own, with the project's configuration, and publish nothing. What they
read of releases is kept with the project (`releases.store`).
"""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from jsna import io
from jsna.drafting.edition import Wanted, draft, write
from jsna.errors import JsnaError
from jsna.model.configuration import Configuration
from jsna.releases import home, shelf, store
from jsna.releases.fetch import fetch
from jsna.settings import loading
from jsna.settings.authorities import Authority
from jsna.stages import STAGES
from jsna.sweeping.look import look

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
        charts: how many it has.
        looks: what of it would not do to be printed.
        seconds: of one processor.
    """

    authority: Authority
    stage: str = ""
    faults: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    figures: int = 0
    indicators: int = 0
    localities: int = 0
    charts: int = 0
    looks: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked of a process.

    Attributes:
        project: folder whose configuration and templates are used.
        folder: to work in.
        releases: folder that `fetch` takes releases from.
        year: of the editions; 0 for the latest.
        today: day they are dated.
    """

    project: Path
    folder: Path
    releases: Path
    year: int
    today: date


def sweep(asked: Sequence[Authority], work: Work, jobs: int = 1) -> Iterator[Swept]:
    """Make the open edition of each authority, and tell what came of it as it is done.

    Args:
        asked: authorities.
        work: `folder` is to be an empty one.
        jobs: processes at work beside each other.
    """
    if jobs == 1:
        with ExitStack() as stack:
            bench = _Bench(work, stack)
            for one in asked:
                yield bench.make(one)
        return
    # A process that is divided has the threads of its libraries in an unknown state.
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (work,))
    try:
        for done in as_completed([pool.submit(_next, one) for one in asked]):
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


class _Bench:
    """A folder in which editions are made one after another, of releases fetched once.

    Args:
        work: what is asked.
        stack: until its end what is read is kept in memory.
    """

    def __init__(self, work: Work, stack: ExitStack) -> None:
        self._work = work
        self._first: io.Paths | None = None
        stack.enter_context(store.keeping(work.project / "data" / shelf.FOLDER))
        prepare(work.project, work.folder)

    def make(self, authority: Authority) -> Swept:
        """The edition of one authority."""
        begun = time.process_time()
        swept, work = Swept(authority), self._work
        try:
            wanted = Wanted(authority.number, work.year, "open", work.today)
            made = draft(wanted, work.folder)
            write(made, work.folder)
            paths = io.Paths(work.folder, made.name)
            if self._first is not None:
                _share(self._first, paths)
            _make(swept, paths, work.releases)
            self._first = self._first or paths
        except JsnaError as error:
            swept.faults += [str(problem) for problem in error.problems]
        except Exception as error:
            swept.faults.append(_told(error))
        swept.seconds = time.process_time() - begun
        return swept


#: The bench of a process that works beside others, and what it keeps until its end.
_benches: Final[list[_Bench]] = []
_kept: Final = ExitStack()


def _begin(work: Work) -> None:
    """Set up a process that works beside others."""
    folder = Path(tempfile.mkdtemp(dir=work.folder))
    _benches.append(_Bench(replace(work, folder=folder), _kept))


def _next(authority: Authority) -> Swept:
    return _benches[-1].make(authority)


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
    swept.stage = "look"
    seen = look(config, paths)
    swept.charts, swept.looks = seen.charts, seen.faults
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

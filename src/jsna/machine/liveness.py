"""Who is at work in a project's folder: one build at a time, and none beside a stage of another.

Held by locks of the operating system, which end with whoever holds them, however that ends: what a
killed build leaves behind stops nobody. The workflow's own lock is a file that outlives it, and is
taken over where nothing runs that could have made it.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from jsna.errors import JsnaError, Problem

#: Held by a build and its workflow, and by every stage, below `data/processed/`.
_BUILD: Final = ".build.lock"
_STAGES: Final = ".stages.lock"
#: What this process holds to its end.
_held: list[IO[str]] = []


@contextmanager
def building(root: Path, edition: str, say: Callable[[str], None]) -> Iterator[int | None]:
    """Be the only build in a folder.

    Yields:
        The open file to be handed to the workflow, which holds the lock with it and so keeps it
        should it outlive this process; None where the system has no such locks.

    Raises:
        JsnaError: another build, or a stage, is at work in this folder.
    """
    with _opened(root, _BUILD) as file:
        if not _lock(file, alone=True):
            raise _refused(f"another build is at work in this folder{_who(file)}; wait for it")
        file.seek(0)
        file.truncate()
        told = {"edition": edition, "process": os.getpid(), "since": time.strftime("%H:%M")}
        json.dump(told, file)
        file.flush()
        _expect_no_stage(root)
        _take_over(root, say)
        yield None if sys.platform == "win32" else file.fileno()


def working(root: Path) -> None:
    """Say that a stage is at work in a folder, to the end of this process."""
    # Where nothing can be written the stage says so itself, of the file it is about.
    with suppress(OSError):
        file = _opened(root, _STAGES)
        _lock(file, alone=False)
        _held.append(file)


def _expect_no_stage(root: Path) -> None:
    with _opened(root, _STAGES) as file:
        if not _lock(file, alone=True):
            raise _refused(
                "a stage is at work in this folder, of a build that was stopped or begun by hand; "
                "wait for it"
            )


def _take_over(root: Path, say: Callable[[str], None]) -> None:
    """Remove the workflow's lock where no workflow that could have made it runs."""
    locks = root / ".snakemake" / "locks"
    if not locks.is_dir() or not any(locks.iterdir()):
        return
    if processes := _workflows(root):
        raise _refused(
            "a workflow is at work in this folder, or may be "
            f"(process {', '.join(map(str, processes))}); wait for it"
        )
    shutil.rmtree(locks)
    say("An earlier build was stopped before its end; this one goes on from there.")


def _workflows(root: Path) -> list[int]:
    """Processes of Snakemake in a folder, and those of which nobody tells us the folder."""
    import psutil

    here = root.resolve()
    found = []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
        except (psutil.Error, OSError):
            continue
        if process.pid == os.getpid() or "snakemake" not in {Path(word).name for word in words}:
            continue
        try:
            where = Path(process.cwd()).resolve()
        except psutil.AccessDenied:
            where = here
        except (psutil.Error, OSError):
            continue
        if where == here:
            found.append(process.pid)
    return sorted(found)


def _refused(rule: str) -> JsnaError:
    return JsnaError(Problem("this folder", rule, code="build.locked"))


def _who(file: IO[str]) -> str:
    """Which build holds the lock, as it says itself; nothing where it is only just beginning."""
    file.seek(0)
    try:
        told = json.load(file)
        return f" ({told['edition']}, process {told['process']}, since {told['since']})"
    except (ValueError, KeyError, TypeError):
        return ""


def _opened(root: Path, name: str) -> IO[str]:
    folder = root / "data" / "processed"
    folder.mkdir(parents=True, exist_ok=True)
    return (folder / name).open("a+", encoding="utf-8")


def _lock(file: IO[str], *, alone: bool) -> bool:
    """Whether the lock could be had at once; True where the system or the disk has none."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # Some network disks keep no locks.
        return True
    return True

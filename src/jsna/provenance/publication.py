"""A report takes the place of the last one as a whole folder, or not at all.

The new folder is written beside the published one (`reports/.<edition>.new`), the published one is
set aside (`.<edition>.old`), the new one takes its name, and the old one is removed. Whatever stops
this leaves one whole report, under the published name or aside; `recover` puts that right, and is
called wherever an edition is built or sealed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(published: Path) -> Iterator[Path]:
    """A new folder that takes the place of `published` when the block ends well.

    Where the block fails, or the folder cannot be put in place, what was published stays as it was.

    Args:
        published: `reports/<edition>`; a link is followed.
    """
    recover(published)
    published = published.resolve()
    new, old = _beside(published)
    new.mkdir(parents=True)
    try:
        yield new
        _settle(new)
        _swap(published, new, old)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


def recover(published: Path) -> None:
    """Put right what a process left that was stopped while it published.

    A new folder that is not in place yet is not known to be whole and is removed: the stage that
    was to publish it runs again. An old folder goes back where nothing took its place.
    """
    published = published.resolve()
    new, old = _beside(published)
    if old.exists():
        if published.exists():
            shutil.rmtree(old)
        else:
            old.rename(published)
    if new.exists():
        shutil.rmtree(new)


def _beside(published: Path) -> tuple[Path, Path]:
    """Where the new and the old folder stand meanwhile; no edition has a name like theirs."""
    return (
        published.with_name(f".{published.name}.new"),
        published.with_name(f".{published.name}.old"),
    )


def _swap(published: Path, new: Path, old: Path) -> None:
    there = published.exists()
    try:
        if there:
            published.rename(old)
        new.rename(published)
    except BaseException:
        if there and not published.exists():
            old.rename(published)
        raise
    _sync(published.parent)


def _settle(folder: Path) -> None:
    """Have everything below a folder on the disk before it is given its name."""
    for path in sorted(folder.rglob("*")):
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    # Some systems open no folders, and some file systems have no such call: then it is as it is.
    try:
        handle = os.open(path, os.O_RDONLY)
    except (PermissionError, IsADirectoryError):
        return
    try:
        with suppress(OSError if path.is_dir() else PermissionError):
            os.fsync(handle)
    finally:
        os.close(handle)

"""Releases read once for many editions: what a reader made of a file is kept by its digest.

What is made of a release of an edition is kept in the project's `data/releases/` (`shelf`). Whoever
makes many editions of the same releases in one process says so with `keeping`, and has it kept in
memory too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import pandas as pd

from jsna.io import sha256
from jsna.releases import shelf
from jsna.releases.release import OfficialTable

T = TypeVar("T")


class _Keeping(NamedTuple):
    """What one process keeps for many editions, and the folder all editions share."""

    folder: Path | None
    made: dict[tuple[str, ...], Any]


_keeps: Final[list[_Keeping]] = []


@contextmanager
def keeping(folder: Path | None = None) -> Iterator[None]:
    """Keep what is read until the end of the block.

    Args:
        folder: of what is kept beyond it, instead of that of the project a release lies in.
    """
    _keeps.append(_Keeping(folder, {}))
    try:
        yield
    finally:
        _keeps.pop()


@contextmanager
def together() -> Iterator[None]:
    """Keep what is read until the end of the block, unless whoever called this keeps it longer."""
    if _keeps:
        yield
        return
    with keeping():
        yield


def once(reader: Callable[..., T], path: Path, *what: object) -> T:
    """What a reader makes of a file: read, or kept from a file of the same name and bytes."""
    kept = _keeps[-1] if _keeps else None
    folder = kept.folder if kept and kept.folder else _beside(path)
    if kept is None and folder is None:
        return reader(path, *what)
    named = f"{reader.__module__}.{reader.__qualname__}"
    asked = shelf.Asked(named, sha256(path), path.name, tuple(map(repr, what)))
    key = (asked.reader, asked.release, asked.name, *asked.what)
    if kept is not None and key in kept.made:
        own: T = _own(kept.made[key])
        return own
    made: T | None = shelf.recall(folder, asked) if folder else None
    if made is None:
        made = reader(path, *what)
        # A file that was changed while it was read is kept under neither digest.
        if folder and sha256(path) == asked.release:
            shelf.keep(folder, asked, made)
    if kept is not None:
        kept.made[key] = made
        return _own(made)  # type: ignore[no-any-return]
    return made


def _beside(path: Path) -> Path | None:
    """Where is kept what is made of a release of an edition: beside the extracts of its project."""
    folders = path.parents
    if len(folders) > 3 and (folders[0].name, folders[2].name) == ("published", "raw"):
        return folders[3] / shelf.FOLDER
    return None


def kept(key: tuple[str, ...], make: Callable[[], T]) -> T:
    """What is worked out of releases whatever the area: made, or kept under all it depends on.

    It is kept in memory alone. The caller changes nothing of it.
    """
    if not _keeps:
        return make()
    made = _keeps[-1].made
    if key not in made:
        made[key] = make()
    found: T = made[key]
    return found


def _own(made: Any) -> Any:
    """A copy whose tables the caller may add columns to."""
    if isinstance(made, pd.DataFrame):
        return made.copy(deep=False)
    if isinstance(made, OfficialTable):
        return OfficialTable(_own(made.frame), made.where, made.footnotes, made.scopes)
    if isinstance(made, dict):
        return {name: _own(one) for name, one in made.items()}
    return copy(made)

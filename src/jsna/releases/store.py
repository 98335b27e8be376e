"""Releases read once for many editions: what a reader made of a file is kept by its digest.

A build is of one edition and keeps nothing. Whoever makes many editions of the same releases in one
process says so with `keeping`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Any, Final, TypeVar

import pandas as pd

from jsna.io import sha256
from jsna.releases.release import OfficialTable

T = TypeVar("T")
#: (reader, digest, name of the file, what is read of it) -> what was made of it.
_kept: Final[dict[tuple[str, ...], Any]] = {}
_keeps: Final[list[bool]] = []


@contextmanager
def keeping() -> Iterator[None]:
    """Keep what is read until the end of the block."""
    _keeps.append(True)
    try:
        yield
    finally:
        _keeps.pop()
        if not _keeps:
            _kept.clear()


def once(reader: Callable[..., T], path: Path, *what: object) -> T:
    """What a reader makes of a file: read, or kept from a file of the same name and bytes."""
    if not _keeps:
        return reader(path, *what)
    named = f"{reader.__module__}.{reader.__qualname__}"
    key = (named, sha256(path), path.name, *map(repr, what))
    if key not in _kept:
        _kept[key] = reader(path, *what)
    made: T = _own(_kept[key])
    return made


def kept(key: tuple[str, ...], make: Callable[[], T]) -> T:
    """What is worked out of releases whatever the area: made, or kept under all it depends on.

    The caller changes nothing of it.
    """
    if not _keeps:
        return make()
    if key not in _kept:
        _kept[key] = make()
    found: T = _kept[key]
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

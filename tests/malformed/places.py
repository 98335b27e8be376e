"""What stands where a file should: folders, links, pipes, files that change while they are read."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

from tests.malformed.kind import GOOD

Change = Callable[[Path, pytest.MonkeyPatch], None]


@dataclass(frozen=True, slots=True)
class Place:
    """One kind of what stands under the name of a file.

    Attributes:
        put: puts it there.
        code: of what is said.
        word: stands in it.
    """

    put: Change
    code: str
    word: str


def _opened(change: Callable[[Path], None], error: OSError | None = None) -> Change:
    """A good file that something happens to as it is opened."""

    def put(file: Path, patch: pytest.MonkeyPatch) -> None:
        file.write_text(GOOD, encoding="utf-8")
        really = Path.open

        def open_it(path: Path, *how: str) -> IO[Any]:
            if path == file:
                change(file)
                if error is not None:
                    raise error
            return really(path, *how)

        patch.setattr(Path, "open", open_it)

    return put


def _grow(file: Path) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_APPEND)
    os.write(handle, GOOD.encode())
    os.close(handle)


def _link(file: Path, to: str) -> None:
    file.symlink_to(to)


PLACES: dict[str, Place] = {
    "nothing": Place(lambda file, _: None, "file.missing", "not in the edition's folder"),
    "a folder": Place(lambda file, _: file.mkdir(), "file.no_file", "a folder"),
    "a link to nothing": Place(lambda file, _: _link(file, "nowhere"), "file.no_file", "a link"),
    "a link to itself": Place(lambda file, _: _link(file, file.name), "file.no_file", "a link"),
    "a link to a folder": Place(lambda file, _: _link(file, "."), "file.no_file", "a folder"),
    "a pipe": Place(lambda file, _: os.mkfifo(file), "file.no_file", "a device or pipe"),
    "a file nobody may read": Place(
        _opened(lambda _: None, PermissionError(13, "Permission denied")), "file.locked",
        "you may not read it"),
    "a file that vanishes": Place(_opened(lambda file: file.unlink()), "file.missing",
                                  "while it was being read"),
    "a file that grows": Place(_opened(_grow), "file.digest", "not the file the edition names"),
    "a file that is cut": Place(_opened(lambda file: os.truncate(file, 9)), "file.digest",
                                "not the file the edition names"),
}  # fmt: skip
